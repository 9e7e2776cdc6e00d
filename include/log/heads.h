/* heads.h - the Merkle prefix tree over all subjects, whose root stands in a seal.
 *
 * A subject's leaf is H(0x02 || tag || count, 8 bytes big-endian || hash of its last event's
 * leaf). Bit d of the tag, from the most significant, chooses left (0) or right (1) at depth d. An
 * inner node is H(0x03 || left || right); an empty subtree is 32 zero bytes; a subtree with one
 * subject is that subject's leaf. So there is one possible place for a subject: its leaf there
 * shows that these are all of its events, and an empty place or another subject's leaf shows that
 * it has none.
 */
#ifndef LOG_HEADS_H
#define LOG_HEADS_H

#include "base/err.h"
#include "crypto/hash.h"

struct head {
    struct digest tag;
    uint64_t count;     /* events of the subject, at least 1 */
    struct digest last; /* leaf hash of the newest */
};

enum { HEADS_DEPTH = 256 };

struct heads_proof {
    struct digest siblings[HEADS_DEPTH]; /* from the root down */
    unsigned depth;
    bool found;        /* the tag's own leaf is there: `there` is its head */
    bool empty;        /* nothing is there */
    struct head there; /* the leaf that is there, unless empty */
};

/* heads must be sorted by tag and without doubles: heads_sort() does the first. */
void heads_sort(struct head *heads, size_t n);
struct digest heads_root(const struct head *heads, size_t n);
void heads_prove(const struct head *heads, size_t n, struct digest tag, struct heads_proof *ret);

/* Does the proof show, under root, what there is of tag? *ret_count is 0 for a proven absence. */
bool heads_verify(const struct heads_proof *proof, struct digest tag, struct digest root,
                  uint64_t *ret_count, struct digest *ret_last);

/* As JSON: {"empty"|"other"|"head", "path"}; see src/log/heads.c. */
char *heads_proof_text(struct arena *mem, const struct heads_proof *proof);
MUST struct err *heads_proof_parse(struct arena *mem, struct bytes text, struct digest tag,
                                   struct heads_proof *ret);

#endif
