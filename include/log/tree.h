/* tree.h - the Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), with SHA-256. */
#ifndef LOG_TREE_H
#define LOG_TREE_H

#include "base/err.h"
#include "crypto/hash.h"

enum { TREE_PROOF_MAX = 63 }; /* hashes in a proof: sizes are below 2^63 */

struct digest tree_leaf(struct bytes entry); /* H(0x00 || entry) */
struct digest tree_node(struct digest left, struct digest right);

/* The compact range: one hash for each bit of size, the largest subtree first. */
struct tree_range {
    uint64_t size;
    struct digest at[64];
    unsigned n;
};

/* completed, when not NULL, gets the hash of every subtree of 256^L leaves (L from 1) which this
 * leaf completes, at L; those are as many as 256^L divides the new size. */
enum { TREE_TILE_LEVELS = 8 };
void tree_append(struct tree_range *r, struct digest leaf_hash,
                 struct digest completed[TREE_TILE_LEVELS]);
struct digest tree_root(const struct tree_range *r); /* H("") when empty */

/* Where the hashes of whole subtrees come from: that of the leaves [index << level,
 * (index + 1) << level). */
struct tree_source {
    struct err *(*node)(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret);
    void *ctx;
};

struct tree_proof {
    struct digest at[TREE_PROOF_MAX];
    unsigned n;
};

/* The compact range of the first size leaves. */
MUST struct err *tree_range_load(struct arena *mem, const struct tree_source *from, uint64_t size,
                                 struct tree_range *ret);

/* PATH(index, D[size]), index < size: the leaf's sibling first. */
MUST struct err *tree_prove_inclusion(struct arena *mem, const struct tree_source *from,
                                      uint64_t index, uint64_t size, struct tree_proof *ret);
/* PROOF(old_size, D[size]), old_size <= size; empty for 0 and for equal sizes. */
MUST struct err *tree_prove_consistency(struct arena *mem, const struct tree_source *from,
                                        uint64_t old_size, uint64_t size, struct tree_proof *ret);

/* The way up from a leaf: on which side the sibling is, and the node that comes of it. False when
 * the proof has not as many hashes as the place asks for. */
struct tree_step {
    bool left;
    struct digest node;
};
bool tree_climb(uint64_t index, uint64_t size, struct digest leaf_hash,
                const struct tree_proof *proof, struct tree_step ret[TREE_PROOF_MAX]);

bool tree_verify_inclusion(uint64_t index, uint64_t size, struct digest leaf_hash,
                           const struct tree_proof *proof, struct digest root);
bool tree_verify_consistency(uint64_t old_size, uint64_t size, const struct tree_proof *proof,
                             struct digest old_root, struct digest root);

#endif
