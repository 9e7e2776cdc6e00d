/* heads_parts.h - the prefix tree's own arithmetic, of heads.c and heads_top.c. */
#ifndef LOG_HEADS_PARTS_H
#define LOG_HEADS_PARTS_H

#include "log/heads.h"

struct digest heads_node(struct digest left, struct digest right);
bool heads_bit(const struct digest *tag, unsigned depth);

/* The root of a subtree at a depth: of sorted heads that all agree above it. */
struct digest heads_subtree(const struct head *heads, size_t n, unsigned depth);

/* Goes on with a proof from a depth, among the heads of the subtree there. */
void heads_prove_from(const struct head *heads, size_t n, unsigned depth, struct digest tag,
                      struct heads_proof *ret);

#endif
