/* library.c - libtenure as a program that is not ours uses it. */
#include "tenure/tenure.h"

#include "sample.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

struct proof {
    struct sample *s;
    struct bytes zip;
    struct bundle *b;
};

static struct proof proof_new(struct arena *mem)
{
    struct sample *s = sample_new(mem);
    struct bundle *b = sample_bundle(s, 0, "", "");

    return (struct proof){s, sample_zip(s, b), b};
}

static struct tenure_bytes given(struct bytes b)
{
    return (struct tenure_bytes){b.at, b.n};
}

static struct tenure_bytes cut(struct bytes b, size_t n)
{
    return (struct tenure_bytes){b.at, b.n - n};
}

static struct bytes file_of(const struct proof *p, const char *path)
{
    struct archive_file *files;
    size_t n;

    cr_assert_ok(archive_read(p->s->mem, p->zip, &files, &n));
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].path, path) == 0)
            return files[i].bytes;
    cr_assert_fail("there is no %s", path);
    return (struct bytes){0};
}

Test(library, checks_a_proof)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct proof p = proof_new(mem);
    char *text = NULL;

    cr_assert_eq(tenure_verify_bundle(given(p.zip), p.s->vkey, &text), TENURE_OK, "%s", text);
    cr_expect_eq(text[0], '{', "the report is JSON");
    tenure_free(text);
    cr_expect_eq(tenure_verify_bundle(given(p.zip), NULL, NULL), TENURE_OK);
    cr_assert_eq(tenure_verify_bundle(cut(p.zip, 1), p.s->vkey, &text), TENURE_BROKEN);
    cr_expect_gt(strlen(text), 0, "it says what is wrong");
    tenure_free(text);
    cr_expect_eq(tenure_verify_bundle(given(p.zip), "no key", NULL), TENURE_USAGE);
    cr_expect_eq(tenure_verify_bundle(cut(bytes_of_text(""), 0), NULL, NULL), TENURE_BROKEN);
}

Test(library, checks_an_entry)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct proof p = proof_new(mem);
    struct bytes proof = file_of(&p, "events/000002.tlog-proof");
    struct bytes leaf = file_of(&p, "events/000002.leaf");
    const char *vkey = p.s->vkey;
    uint64_t index = 0, size = 0;

    cr_expect_eq(tenure_verify_proof(given(proof), given(leaf), vkey, &index, &size, NULL),
                 TENURE_OK);
    cr_expect_eq(index, p.b->chain[2]->index);
    cr_expect_eq(size, p.b->point.size);
    cr_expect_eq(tenure_verify_proof(given(proof), cut(leaf, 1), vkey, NULL, NULL, NULL),
                 TENURE_BROKEN);
    cr_expect_eq(tenure_verify_proof(given(proof), given(leaf), NULL, NULL, NULL, NULL),
                 TENURE_USAGE);
}

Test(library, checks_seals_and_that_they_go_on_from_each_other)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct proof p = proof_new(mem);
    struct bytes seal = file_of(&p, "seal.txt");
    const char *vkey = p.s->vkey;
    unsigned char root[100 * TENURE_HASH];
    const struct tenure_bytes none = {NULL, 0}, one = {root, TENURE_HASH},
                              many = {root, sizeof(root)};
    uint64_t size = 0;

    memset(root, 0, sizeof(root));

    cr_expect_eq(tenure_verify_checkpoint(given(seal), vkey, &size, root, NULL), TENURE_OK);
    cr_expect_eq(size, p.b->point.size);
    cr_expect_arr_eq(root, p.b->point.root.at, TENURE_HASH);
    cr_expect_eq(tenure_verify_checkpoint(cut(seal, 3), vkey, NULL, NULL, NULL), TENURE_BROKEN);
    cr_expect_eq(tenure_verify_consistency(given(seal), given(seal), vkey, none, NULL), TENURE_OK);
    cr_expect_eq(tenure_verify_consistency(given(seal), given(seal), vkey, one, NULL),
                 TENURE_BROKEN);
    cr_expect_eq(tenure_verify_consistency(given(seal), given(seal), vkey, many, NULL),
                 TENURE_BROKEN);
}

Test(library, goes_on_from_an_older_seal)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle *newer = sample_bundle(s, 0, "", "");
    struct bundle *older = sample_bundle(s, s->n - 1, "", "");
    const struct tenure_bytes none = {NULL, 0};

    cr_expect_eq(tenure_verify_consistency(given(bytes_of_text(newer->seal)),
                                           given(bytes_of_text(older->seal)), s->vkey, none, NULL),
                 TENURE_BROKEN, "a log does not get shorter");
    cr_expect_eq(tenure_verify_consistency(given(bytes_of_text(older->seal)),
                                           given(bytes_of_text(newer->seal)), s->vkey, none, NULL),
                 TENURE_BROKEN, "without its hashes nothing is shown");
}

Test(library, checks_what_an_actor_signed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct proof p = proof_new(mem);
    struct bytes intent = file_of(&p, "events/000000.intent");
    struct bytes armored = file_of(&p, "events/000000.sig");
    const char *signature = arena_copy_n(mem, (const char *)armored.at, armored.n);
    const char *line = p.b->chain[0]->key->public.line;

    cr_expect_eq(tenure_verify_signature(given(intent), signature, line, NULL), TENURE_OK);
    cr_expect_eq(tenure_verify_signature(cut(intent, 1), signature, line, NULL), TENURE_BROKEN);
    cr_expect_eq(tenure_verify_signature(given(intent), signature, "ssh-rsa AAAA", NULL),
                 TENURE_USAGE);
    cr_expect_eq(tenure_verify_signature(given(intent), NULL, line, NULL), TENURE_BROKEN);
}
