/* vectors.c - the formats of the log against vectors that three other implementations agree on. */
#include "support/vectors.h"
#include "log/checkpoint.h"
#include "log/tile.h"
#include "log/tree.h"

#include <criterion/criterion.h>
#include <inttypes.h>

static struct arena *mem;
static const json_t *v;

static void open_vectors(void)
{
    mem = arena_new();
    v = vectors(mem, "tlog.json");
}

static void close_vectors(void)
{
    arena_free(mem);
}

TestSuite(vectors, .init = open_vectors, .fini = close_vectors);

/* A tree kept whole in memory: every hash of every complete subtree. */
struct whole {
    struct digest *levels[40];
};

static struct err *whole_node(void *ctx, struct arena *unused, unsigned level, uint64_t index,
                              struct digest *ret)
{
    (void)unused;
    *ret = ((struct whole *)ctx)->levels[level][index];
    return NULL;
}

static struct tree_source whole_tree(const struct digest *leaves, size_t n)
{
    struct whole *w = arena_alloc(mem, sizeof(*w));

    w->levels[0] = arena_array(mem, n + 1, sizeof(*leaves));
    memcpy(w->levels[0], leaves, n * sizeof(*leaves));
    for (unsigned level = 1; n >> level; level++) {
        w->levels[level] = arena_array(mem, n >> level, sizeof(*leaves));
        for (size_t i = 0; i < n >> level; i++)
            w->levels[level][i] =
                tree_node(w->levels[level - 1][2 * i], w->levels[level - 1][2 * i + 1]);
    }
    return (struct tree_source){whole_node, w};
}

static struct digest small[8];

static struct tree_source small_tree(void)
{
    const json_t *leaves = vector_at(v, "3_roots.leaves_hex");

    for (size_t i = 0; i < 8; i++)
        small[i] = tree_leaf(vector_hex(mem, json_array_get(leaves, i)));
    return whole_tree(small, 8);
}

static struct digest small_root(size_t n)
{
    struct digest d;

    vector_digest(json_array_get(vector_at(v, "3_roots.roots_hex_n0_to_n8"), n), &d);
    return d;
}

static void expect_proof(const struct tree_proof *p, const json_t *expected)
{
    cr_assert_eq(p->n, json_array_size(expected));
    for (unsigned i = 0; i < p->n; i++)
        cr_expect_str_eq(hex_encode(mem, p->at[i].at, 32),
                         json_string_value(json_array_get(expected, i)));
}

Test(vectors, leaves_and_roots)
{
    struct tree_source tree = small_tree();
    struct tree_range grown = {.n = 0}, loaded;

    for (size_t n = 0; n <= 8; n++) {
        cr_expect(digest_same(tree_root(&grown), small_root(n)), "root of %zu", n);
        cr_assert_ok(tree_range_load(mem, &tree, n, &loaded));
        cr_expect(digest_same(tree_root(&loaded), small_root(n)), "loaded root of %zu", n);
        if (n == 8)
            break;
        cr_expect_str_eq(
            hex_encode(mem, small[n].at, 32),
            json_string_value(json_array_get(vector_at(v, "3_roots.leaf_hashes_hex"), n)));
        tree_append(&grown, small[n], NULL);
    }
}

Test(vectors, inclusion)
{
    struct tree_source tree = small_tree();
    const json_t *row;
    size_t i;

    json_array_foreach (vector_at(v, "4_inclusion"), i, row) {
        uint64_t index = (uint64_t)json_integer_value(json_object_get(row, "index"));
        uint64_t size = (uint64_t)json_integer_value(json_object_get(row, "size"));
        struct tree_proof p;
        cr_assert_ok(tree_prove_inclusion(mem, &tree, index, size, &p));
        expect_proof(&p, json_object_get(row, "proof"));
        cr_expect(tree_verify_inclusion(index, size, small[index], &p, small_root(size)));
    }
}

Test(vectors, consistency)
{
    struct tree_source tree = small_tree();
    const json_t *row;
    size_t i;

    json_array_foreach (vector_at(v, "5_consistency"), i, row) {
        uint64_t old = (uint64_t)json_integer_value(json_object_get(row, "old"));
        uint64_t new = (uint64_t)json_integer_value(json_object_get(row, "new"));
        struct tree_proof p;
        cr_assert_ok(tree_prove_consistency(mem, &tree, old, new, &p));
        expect_proof(&p, json_object_get(row, "proof"));
        cr_expect(tree_verify_consistency(old, new, &p, small_root(old), small_root(new)));
    }
}

/* Every proof between all sizes up to 40 verifies, and no other index, size, root or hash does. */
Test(vectors, proofs_prove_one_thing_only)
{
    enum { N = 40 };
    struct digest leaves[N], roots[N + 1];
    struct tree_range range = {.n = 0};
    struct tree_proof p;

    for (size_t i = 0; i < N; i++) {
        leaves[i] = tree_leaf(bytes_of(&i, sizeof(i)));
        roots[i] = tree_root(&range);
        tree_append(&range, leaves[i], NULL);
    }
    roots[N] = tree_root(&range);
    struct tree_source tree = whole_tree(leaves, N);
    for (uint64_t size = 1; size <= N; size++) {
        for (uint64_t i = 0; i < size; i++) {
            cr_assert_ok(tree_prove_inclusion(mem, &tree, i, size, &p));
            cr_expect(tree_verify_inclusion(i, size, leaves[i], &p, roots[size]));
            cr_expect_not(tree_verify_inclusion(i, size, leaves[(i + 1) % N], &p, roots[size]));
            cr_expect_not(tree_verify_inclusion(i, size, leaves[i], &p, roots[size - 1]));
            for (uint64_t j = 0; j < size + 2; j++)
                cr_expect(j == i || !tree_verify_inclusion(j, size, leaves[i], &p, roots[size]));
            if (p.n) {
                p.at[p.n / 2].at[5] ^= 1;
                cr_expect_not(tree_verify_inclusion(i, size, leaves[i], &p, roots[size]));
            }
        }
        for (uint64_t old = 1; old < size; old++) {
            cr_assert_ok(tree_prove_consistency(mem, &tree, old, size, &p));
            cr_expect(tree_verify_consistency(old, size, &p, roots[old], roots[size]));
            cr_expect_not(tree_verify_consistency(old, size, &p, roots[old - 1], roots[size]));
            cr_expect_not(tree_verify_consistency(old, size, &p, roots[old], roots[size - 1]));
            p.n--;
            cr_expect_not(tree_verify_consistency(old, size, &p, roots[old], roots[size]));
        }
    }
}

Test(vectors, checkpoints)
{
    static const struct {
        const char *at;
        size_t n;
    } rows[] = {{"2_checkpoints.size0", 0}, {"2_checkpoints.size3", 3}, {"2_checkpoints.size8", 8}};
    struct note_verifier log;
    const char *name;
    uint8_t seed[32];

    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.verifier_key"), &log));
    cr_assert_ok(note_signer_parse(mem, vector_text(v, "1_keys.private_key_note"), &name, seed));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    for (size_t i = 0; i < 3; i++) {
        const char *expected = vector_text(v, rows[i].at);
        struct checkpoint c = {.origin = name, .size = rows[i].n, .root = small_root(rows[i].n)};
        struct checkpoint opened;
        cr_expect_str_eq(note_sign(mem, checkpoint_text(mem, &c), name, key), expected);
        cr_assert_ok(checkpoint_open(mem, bytes_of_text(expected), &log, &opened));
        cr_expect_eq(opened.size, rows[i].n);
        cr_expect(digest_same(opened.root, c.root));
        cr_expect_not(opened.sealed);
    }
}

/* No byte of a checkpoint can change unnoticed. */
Test(vectors, a_changed_checkpoint_does_not_open)
{
    struct note_verifier log;
    struct checkpoint c;

    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.verifier_key"), &log));
    const char *good = vector_text(v, "2_checkpoints.size8");
    for (size_t i = 0; i < strlen(good); i++) {
        for (int bit = 0; bit < 8; bit++) {
            char *bad = arena_copy(mem, good);
            bad[i] = (char)(bad[i] ^ (1 << bit));
            cr_expect_not_null(checkpoint_open(mem, bytes_of(bad, strlen(good)), &log, &c),
                               "byte %zu bit %d", i, bit);
        }
    }
}

Test(vectors, seals_keep_their_heads)
{
    struct checkpoint c = {.origin = "a.example/log", .size = 7, .sealed = true}, opened;

    memset(c.heads.at, 0x5a, sizeof(c.heads.at));
    const char *text = checkpoint_text(mem, &c);
    cr_assert_ok(checkpoint_parse(mem, bytes_of_text(text), &opened));
    cr_expect(opened.sealed && digest_same(opened.heads, c.heads));
    const char *twice = arena_printf(mem, "%sheads AAAA\n", text);
    cr_expect_not_null(checkpoint_parse(mem, bytes_of_text(twice), &opened));
}

Test(vectors, witness_cosignatures)
{
    struct note_verifier log, witness;
    struct note note;
    uint64_t time;
    uint8_t seed[32];

    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.verifier_key"), &log));
    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.witness_vkey"), &witness));
    cr_expect_str_eq(note_verifier_text(mem, &witness), vector_text(v, "1_keys.witness_vkey"));
    cr_assert_ok(note_parse(mem, bytes_of_text(vector_text(v, "8_cosigned_size8")), &note));
    cr_assert_ok(note_verify(mem, &note, &log, NULL));
    cr_assert_ok(note_verify(mem, &note, &witness, &time));
    cr_expect_eq(time, 1767225600);

    cr_assert(hex_decode(vector_text(v, "1_keys.witness_seed"), seed, 32));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    const char *line = note_cosign(mem, note.text, witness.name, key, time);
    cr_expect(text_ends(vector_text(v, "8_cosigned_size8"), line));
}

Test(vectors, tile_paths)
{
    static const struct {
        const char *name;
        struct tile tile;
    } rows[] = {
        {"0", {false, 0, 0, 256}},
        {"5", {false, 0, 5, 256}},
        {"999", {false, 0, 999, 256}},
        {"1000", {false, 0, 1000, 256}},
        {"123456", {false, 0, 123456, 256}},
        {"1234067", {false, 0, 1234067, 256}},
        {"1000000000", {false, 0, 1000000000, 256}},
        {"1234067 partial 42", {false, 0, 1234067, 42}},
        {"entries 273 partial 112", {true, 0, 273, 112}},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *path =
            json_string_value(json_object_get(json_object_get(v, "6_tile_paths"), rows[i].name));
        struct tile t;
        cr_expect_str_eq(tile_path(mem, &rows[i].tile), path);
        cr_assert(tile_parse(path, &t), "%s", path);
        cr_expect(t.entries == rows[i].tile.entries && t.level == rows[i].tile.level &&
                  t.n == rows[i].tile.n && t.width == rows[i].tile.width);
    }
}

Test(vectors, other_spellings_of_paths_are_refused)
{
    static const char *const bad[] = {
        "tile/0/0",         "tile/0/0000",
        "tile/00/000",      "tile/0/x000/000",
        "tile/0/1000",      "tile/64/000",
        "tile/0/000.p/0",   "tile/0/000.p/256",
        "tile/0/000.p/",    "tile/0/000.p/01",
        "tile/entries/",    "tile/0/000/",
        "tile/-1/000",      "tile/0/x001/x/000",
        "tile/0/x01/000",   "tile//000",
        "tile/0/000.p/1x",  "/tile/0/000",
        "tile/0/../../etc", "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/000",
    };
    struct tile t;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not(tile_parse(bad[i], &t), "%s", bad[i]);
}

Test(vectors, which_tiles_a_size_has)
{
    static const struct {
        const char *path;
        uint64_t size;
        bool there;
    } rows[] = {
        {"tile/0/272", 70000, true},
        {"tile/0/273", 70000, false},
        {"tile/0/273.p/112", 70000, true},
        {"tile/0/273.p/113", 70000, false},
        {"tile/1/001.p/17", 70000, true},
        {"tile/1/001.p/18", 70000, false},
        {"tile/2/000.p/1", 70000, true},
        {"tile/2/000.p/2", 70000, false},
        {"tile/0/000", 256, true},
        {"tile/1/000.p/1", 256, true},
        {"tile/0/001.p/1", 256, false},
        {"tile/8/000.p/1", UINT64_MAX / 2, false},
        {"tile/entries/273.p/112", 70000, true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct tile t;
        cr_assert(tile_parse(rows[i].path, &t), "%s", rows[i].path);
        cr_expect_eq(tile_exists(&t, rows[i].size), rows[i].there, "%s", rows[i].path);
    }
}

Test(vectors, entry_bundles)
{
    const json_t *entries = vector_at(v, "7_entry_bundle_hex.entries_hex");
    struct buf out;

    buf_init(&out, mem, 1000);
    for (size_t i = 0; i < json_array_size(entries); i++)
        bundle_add(&out, vector_hex(mem, json_array_get(entries, i)));
    cr_expect_str_eq(hex_encode(mem, out.at, out.n),
                     vector_text(v, "7_entry_bundle_hex.bundle_hex"));
}

Test(vectors, offline_proofs)
{
    static const uint8_t entry[] = {0x40, 0x41, 0x42, 0x43};
    const char *text = vector_text(v, "10_tlog_proof");
    struct note_verifier log;
    struct checkpoint c;
    struct tlog_proof p;

    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.verifier_key"), &log));
    cr_assert_ok(tlog_proof_verify(mem, bytes_of_text(text), bytes_of(entry, 4), &log, &c));
    cr_expect_eq(c.size, 8);
    cr_expect_not_null(tlog_proof_verify(mem, bytes_of_text(text), bytes_of(entry, 3), &log, &c));
    cr_assert_ok(tlog_proof_parse(mem, bytes_of_text(text), &p));
    cr_expect_str_eq(tlog_proof_text(mem, p.index, &p.path, (const char *)p.checkpoint.at), text);
    const char *extra = "c2sp.org/tlog-proof@v1\nextra AAAA\n";
    const char *with = arena_printf(mem, "%s%s", extra, strchr(text, '\n') + 1);
    cr_assert_ok(tlog_proof_verify(mem, bytes_of_text(with), bytes_of(entry, 4), &log, &c));
}

Test(vectors, a_big_tree)
{
    enum { N = 70000 };
    const json_t *roots = vector_at(v, "11_big_tree.roots_b64"), *row;
    struct digest *leaves = arena_array(mem, N, sizeof(*leaves));
    struct tree_range range = {.n = 0};
    const char *size;
    size_t i;

    for (i = 0; i < N; i++)
        leaves[i] = tree_leaf(bytes_of_text(arena_printf(mem, "%zu", i)));
    struct tree_source tree = whole_tree(leaves, N);
    json_object_foreach (json_plain(roots), size, row) {
        cr_assert_ok(tree_range_load(mem, &tree, strtoull(size, NULL, 10), &range));
        cr_expect_str_eq(base64_encode(mem, tree_root(&range).at, 32), json_string_value(row));
    }
    json_array_foreach (vector_at(v, "11_big_tree.tiles_for_70000"), i, row) {
        struct tile t;
        struct buf content;
        cr_assert(tile_parse(json_string_value(json_object_get(row, "path")), &t));
        cr_expect(tile_exists(&t, N));
        buf_init(&content, mem, 8192);
        for (uint64_t k = 0; k < t.width; k++) {
            struct digest d;
            cr_assert_ok(tree.node(tree.ctx, mem, t.level * 8, t.n * 256 + k, &d));
            buf_add(&content, d.at, 32);
        }
        cr_expect_eq((json_int_t)content.n, json_integer_value(json_object_get(row, "bytes")));
        cr_expect_str_eq(hex_encode(mem, sha256(bytes_of(content.at, content.n)).at, 32),
                         json_string_value(json_object_get(row, "sha256")));
    }
    struct buf bundle;
    buf_init(&bundle, mem, 100000);
    for (i = 273 * 256; i < N; i++)
        bundle_add(&bundle, bytes_of_text(arena_printf(mem, "%zu", i)));
    cr_expect_str_eq(hex_encode(mem, sha256(bytes_of(bundle.at, bundle.n)).at, 32),
                     vector_text(v, "11_big_tree.bundle_entries_273_p112.sha256"));
}

Test(vectors, published_note_example)
{
    static const char vkey[] =
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    static const char text[] = "This is an example message.\n\n\xe2\x80\x94 example.com/foo "
                               "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH"
                               "3mFXmRKuwHjG1Yu72IneyaQM="
                               "\n";
    struct note_verifier key;
    struct note note;

    cr_assert_ok(note_verifier_parse(mem, vkey, &key));
    cr_assert_ok(note_parse(mem, bytes_of_text(text), &note));
    cr_assert_ok(note_verify(mem, &note, &key, NULL));
}
