/* tree.c - see tree.h. */
#include "log/tree.h"

#include <assert.h>

struct digest tree_leaf(struct bytes entry)
{
    static const uint8_t zero = 0x00;
    const struct bytes parts[] = {bytes_of(&zero, 1), entry};

    return sha256_parts(parts, 2);
}

struct digest tree_node(struct digest left, struct digest right)
{
    static const uint8_t one = 0x01;
    const struct bytes parts[] = {bytes_of(&one, 1), digest_bytes(&left), digest_bytes(&right)};

    return sha256_parts(parts, 3);
}

void tree_append(struct tree_range *r, struct digest leaf_hash,
                 struct digest completed[TREE_TILE_LEVELS])
{
    struct digest h = leaf_hash;
    unsigned level = 0;

    for (uint64_t i = r->size; i & 1; i >>= 1) {
        h = tree_node(r->at[--r->n], h);
        if (++level % 8 == 0 && completed)
            completed[level / 8] = h;
    }
    r->at[r->n++] = h;
    r->size++;
}

struct digest tree_root(const struct tree_range *r)
{
    if (r->n == 0)
        return sha256((struct bytes){0});
    struct digest h = r->at[r->n - 1];
    for (unsigned i = r->n - 1; i-- > 0;)
        h = tree_node(r->at[i], h);
    return h;
}

/* ---- Making proofs --------------------------------------------------------------------------- */

/* MTH of the leaves [from, to): the whole subtrees it is made of, folded from the right. `from` is
 * a multiple of the largest power of two that is not greater than its length. */
static struct err *range_hash(struct arena *mem, const struct tree_source *source, uint64_t from,
                              uint64_t to, struct digest *ret)
{
    struct digest parts[64];
    unsigned n = 0;

    while (from < to) {
        unsigned level = 63 - (unsigned)__builtin_clzll(to - from);
        TRY(source->node(source->ctx, mem, level, from >> level, &parts[n++]));
        from += UINT64_C(1) << level;
    }
    assert(n);
    struct digest h = parts[--n];
    while (n)
        h = tree_node(parts[--n], h);
    *ret = h;
    return NULL;
}

struct err *tree_range_load(struct arena *mem, const struct tree_source *from, uint64_t size,
                            struct tree_range *ret)
{
    struct tree_range r = {.size = size};
    uint64_t at = 0;

    for (unsigned level = 63; level-- > 0;) {
        if (!(size >> level & 1))
            continue;
        TRY(from->node(from->ctx, mem, level, at >> level, &r.at[r.n++]));
        at += UINT64_C(1) << level;
    }
    *ret = r;
    return NULL;
}

/* The largest power of two below n, n > 1. */
static uint64_t split_of(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct tree_proof *p)
{
    for (unsigned i = 0; i < p->n / 2; i++) {
        struct digest swap = p->at[i];
        p->at[i] = p->at[p->n - 1 - i];
        p->at[p->n - 1 - i] = swap;
    }
}

struct err *tree_prove_inclusion(struct arena *mem, const struct tree_source *source,
                                 uint64_t index, uint64_t size, struct tree_proof *ret)
{
    struct tree_proof p = {.n = 0};
    uint64_t from = 0, to = size;

    assert(index < size);
    while (to - from > 1) {
        uint64_t middle = from + split_of(to - from);
        if (index < middle) {
            TRY(range_hash(mem, source, middle, to, &p.at[p.n++]));
            to = middle;
        } else {
            TRY(range_hash(mem, source, from, middle, &p.at[p.n++]));
            from = middle;
        }
    }
    reverse(&p);
    *ret = p;
    return NULL;
}

struct err *tree_prove_consistency(struct arena *mem, const struct tree_source *source,
                                   uint64_t old_size, uint64_t size, struct tree_proof *ret)
{
    struct tree_proof p = {.n = 0};
    uint64_t from = 0, to = size;
    bool whole = true; /* the old tree is, so far, a subtree whose root the verifier has */

    assert(old_size <= size);
    if (old_size == 0 || old_size == size) {
        *ret = p;
        return NULL;
    }
    while (to != old_size) {
        uint64_t middle = from + split_of(to - from);
        if (old_size <= middle) {
            TRY(range_hash(mem, source, middle, to, &p.at[p.n++]));
            to = middle;
        } else {
            TRY(range_hash(mem, source, from, middle, &p.at[p.n++]));
            from = middle;
            whole = false;
        }
    }
    if (!whole)
        TRY(range_hash(mem, source, from, to, &p.at[p.n++]));
    reverse(&p);
    *ret = p;
    return NULL;
}

/* ---- Verifying (RFC 9162 sections 2.1.3.2 and 2.1.4.2) --------------------------------------- */

/* Both ways climb: a right child, or the last node of a row that is not full, has its sibling on
 * the left. */
struct climb {
    uint64_t fn, sn;
};

static bool on_left(struct climb *c)
{
    bool left = (c->fn & 1) || c->fn == c->sn;

    if (left && !(c->fn & 1)) {
        do {
            c->fn >>= 1;
            c->sn >>= 1;
        } while (!(c->fn & 1) && c->fn != 0);
    }
    c->fn >>= 1;
    c->sn >>= 1;
    return left;
}

bool tree_climb(uint64_t index, uint64_t size, struct digest leaf_hash,
                const struct tree_proof *proof, struct tree_step ret[TREE_PROOF_MAX])
{
    struct climb c = {index, size - 1};
    struct digest r = leaf_hash;

    if (index >= size)
        return false;
    for (unsigned i = 0; i < proof->n; i++) {
        if (c.sn == 0)
            return false;
        bool left = on_left(&c);
        r = left ? tree_node(proof->at[i], r) : tree_node(r, proof->at[i]);
        ret[i] = (struct tree_step){left, r};
    }
    return c.sn == 0;
}

bool tree_verify_inclusion(uint64_t index, uint64_t size, struct digest leaf_hash,
                           const struct tree_proof *proof, struct digest root)
{
    struct tree_step steps[TREE_PROOF_MAX];

    return tree_climb(index, size, leaf_hash, proof, steps) &&
           digest_same(proof->n ? steps[proof->n - 1].node : leaf_hash, root);
}

bool tree_verify_consistency(uint64_t old_size, uint64_t size, const struct tree_proof *proof,
                             struct digest old_root, struct digest root)
{
    struct climb c = {old_size - 1, size - 1};
    unsigned i = 0;

    if (old_size > size)
        return false;
    if (old_size == size || old_size == 0)
        return proof->n == 0 && (old_size == 0 || digest_same(old_root, root));
    if (proof->n == 0)
        return false;
    while (c.fn & 1) {
        c.fn >>= 1;
        c.sn >>= 1;
    }
    bool power_of_two = (old_size & (old_size - 1)) == 0;
    struct digest old = power_of_two ? old_root : proof->at[i++], new = old;
    for (; i < proof->n; i++) {
        if (c.sn == 0)
            return false;
        if (on_left(&c)) {
            old = tree_node(proof->at[i], old);
            new = tree_node(proof->at[i], new);
        } else {
            new = tree_node(new, proof->at[i]);
        }
    }
    return c.sn == 0 && digest_same(old, old_root) && digest_same(new, root);
}
