/* heads_top.h - the prefix tree over all subjects (heads.h), held by its top: a subtree for each
 * first 16 bits of a tag. Where one subject changes, the root is found by reading the subjects of
 * its subtree and no others.
 */
#ifndef LOG_HEADS_TOP_H
#define LOG_HEADS_TOP_H

#include "log/heads.h"

enum { HEADS_TOP_DEPTH = 16, HEADS_SUBTREES = 1 << HEADS_TOP_DEPTH };

struct heads_top; /* 4 MiB */

/* A tree with no subjects. The caller owns it, and its copies. */
struct heads_top *heads_top_new(void);
struct heads_top *heads_top_copy(const struct heads_top *from);
void heads_top_free(struct heads_top *top);

/* In which subtree a tag has its place. */
unsigned heads_subtree_of(const struct digest *tag);

/* All heads of a subtree, sorted; what was there before is forgotten. */
void heads_top_set(struct heads_top *top, unsigned subtree, const struct head *heads, size_t n);

/* To be called after the last heads_top_set(), before what follows. */
void heads_top_fold(struct heads_top *top);
struct digest heads_top_root(const struct heads_top *top);

/* The subtree whose heads a proof of the tag needs: its own, or where above it only one subject is
 * left, that one's. */
unsigned heads_top_needs(const struct heads_top *top, const struct digest *tag);

/* heads: all of that subtree, sorted. The proof is what heads_prove() makes of all heads. */
void heads_top_prove(const struct heads_top *top, const struct head *heads, size_t n,
                     struct digest tag, struct heads_proof *ret);

#endif
