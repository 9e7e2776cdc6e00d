/* heads.c - the prefix tree over all subjects: whole, and held by its top. */
#include "log/heads_top.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct digest some(unsigned char c)
{
    struct digest d;

    memset(d.at, c, sizeof(d.at));
    return d;
}

Test(heads, prove_every_subject_and_every_absence)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    enum { N = 60 };
    struct head heads[N];
    struct digest last;
    uint64_t count;

    for (size_t n = 0; n <= N; n++) {
        if (n)
            heads[n - 1] =
                (struct head){sha256(bytes_of(&n, sizeof(n))), n, some((unsigned char)n)};
        struct head sorted[N];
        memcpy(sorted, heads, n * sizeof(*heads));
        heads_sort(sorted, n);
        struct digest root = heads_root(sorted, n);
        for (size_t i = 0; i < N; i += n < 20 ? 1 : 7) {
            size_t k = i + 1;
            struct digest tag = sha256(bytes_of(&k, sizeof(k)));
            struct heads_proof p = {0}, parsed = {0};
            heads_prove(sorted, n, tag, &p);
            cr_assert(heads_verify(&p, tag, root, &count, &last));
            cr_expect_eq(count, i < n ? k : 0);
            const char *text = heads_proof_text(mem, &p);
            cr_assert_ok(heads_proof_parse(mem, bytes_of_text(text), tag, &parsed));
            cr_assert(heads_verify(&parsed, tag, root, &count, &last));
            if (i >= n)
                continue;
            p.there.count--;
            cr_expect_not(heads_verify(&p, tag, root, &count, &last));
            p.there.count++;
            p.there.last.at[0] ^= 1;
            cr_expect_not(heads_verify(&p, tag, root, &count, &last));
            p.empty = true;
            p.found = false;
            cr_expect_not(heads_verify(&p, tag, root, &count, &last));
        }
    }
}

Test(heads, another_leaf_proves_absence_only_from_its_own_place)
{
    struct head heads[3] = {
        {some(0x00), 1, some(1)}, {some(0x80), 1, some(2)}, {some(0xc0), 1, some(3)}};
    struct heads_proof p = {0};
    struct digest last;
    uint64_t count;

    heads_prove(heads, 3, some(0x00), &p);
    cr_assert(heads_verify(&p, some(0x00), heads_root(heads, 3), &count, &last) && count == 1);
    /* The leaf of 0x00 says nothing about a tag that begins with a one. */
    p.found = false;
    cr_expect_not(heads_verify(&p, some(0x80), heads_root(heads, 3), &count, &last));
    cr_expect(heads_verify(&p, some(0x40), heads_root(heads, 3), &count, &last) && count == 0);
}

/* Tags of which many begin alike: in one of 1, 2, 16, … subtrees. */
static struct head one_of(size_t n, unsigned kinds)
{
    struct head h = {sha256(bytes_of(&n, sizeof(n))), n + 1, some((unsigned char)n)};

    h.tag.at[0] = (uint8_t)(n % kinds * 13);
    h.tag.at[1] = (uint8_t)(n % kinds ? n : 7);
    return h;
}

static size_t within(const struct head *sorted, size_t n, unsigned subtree, const struct head **ret)
{
    size_t first = 0, end;

    while (first < n && heads_subtree_of(&sorted[first].tag) < subtree)
        first++;
    for (end = first; end < n && heads_subtree_of(&sorted[end].tag) == subtree;)
        end++;
    *ret = sorted + first;
    return end - first;
}

/* The same tree, a subject after the other, and the same proofs. */
static void grows_as_the_whole_does(unsigned kinds)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    enum { N = 40 };
    struct heads_top *top = heads_top_new();
    struct head sorted[N];
    const struct head *there;

    for (size_t n = 0; n < N; n++) {
        for (size_t i = 0; i < N; i += 3) { /* those that are there, and those that are not yet */
            struct digest tag = one_of(i, kinds).tag;
            struct heads_proof whole = {0}, by_top = {0};
            heads_prove(sorted, n, tag, &whole);
            size_t k = within(sorted, n, heads_top_needs(top, &tag), &there);
            heads_top_prove(top, there, k, tag, &by_top);
            cr_assert_str_eq(heads_proof_text(mem, &by_top), heads_proof_text(mem, &whole));
            cr_assert_eq(by_top.found, whole.found);
        }
        sorted[n] = one_of(n, kinds);
        unsigned subtree = heads_subtree_of(&sorted[n].tag);
        heads_sort(sorted, n + 1);
        size_t k = within(sorted, n + 1, subtree, &there);
        heads_top_set(top, subtree, there, k);
        heads_top_fold(top);
        struct digest root = heads_top_root(top), whole = heads_root(sorted, n + 1);
        cr_assert(digest_same(root, whole), "%zu subjects of %u kinds", n + 1, kinds);
    }
    struct heads_top *copy = heads_top_copy(top);
    struct digest before = heads_top_root(top);
    heads_top_set(copy, heads_subtree_of(&sorted[0].tag), NULL, 0);
    heads_top_fold(copy);
    struct digest after = heads_top_root(copy), still = heads_top_root(top);
    cr_expect_not(digest_same(after, before));
    cr_expect(digest_same(still, before));
    heads_top_free(copy);
    heads_top_free(top);
}

Test(heads, are_held_by_their_top)
{
    static const unsigned kinds[] = {1, 2, 5, 16, 40};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        grows_as_the_whole_does(kinds[i]);
}
