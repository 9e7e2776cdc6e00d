/* replay.c - a whole log is computed anew, and nothing that was done to it goes unnoticed. */
#include "../../src/cli/replay.h"

#include "crypto/tag.h"
#include "log/entry.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ENTRIES = 700, SUBJECTS = 7 };

static struct arena *mem;
static struct bytes entries[ENTRIES];
static struct digest hashes[ENTRIES];
static struct cli cli;

/* What is done to the files on their way. */
static struct {
    const char *path;
    size_t at;  /* byte to flip */
    size_t cut; /* bytes to leave; 0: all */
    bool more;  /* nothing is flipped: a hash too many stands at the end */
    const char *gone;
} cheat;

/* Each entry is about two of the subjects, chained as leaves must be. */
static void write_log(void)
{
    struct digest tags[SUBJECTS], last[SUBJECTS];
    uint64_t counts[SUBJECTS] = {0};

    for (size_t i = 0; i < SUBJECTS; i++)
        tags[i] = tag_other("thing", arena_printf(mem, "%zu", i));
    for (size_t i = 0; i < ENTRIES; i++) {
        size_t one = i % SUBJECTS, two = (i * 3 + 1) % SUBJECTS;
        struct leaf_subject subjects[2] = {{tags[one], counts[one], last[one]},
                                           {tags[two], counts[two], last[two]}};
        struct leaf leaf = {.body = sha256(bytes_of(&i, sizeof(i))),
                            .subjects = subjects,
                            .n = one == two ? 1 : 2,
                            .ts = 1790000000000 + (int64_t)i};
        cr_assert(leaf_sort(subjects, leaf.n));
        entries[i] = bytes_of_text(leaf_text(mem, &leaf));
        hashes[i] = tree_leaf(entries[i]);
        counts[one]++;
        counts[two] += one != two;
        last[one] = last[two] = hashes[i];
    }
}

static void open_all(void)
{
    mem = arena_new();
    memset(&cheat, 0, sizeof(cheat));
    cli = (struct cli){.mem = mem, .out = stdout, .err = stderr};
    write_log();
}

static void close_all(void)
{
    arena_free(mem);
}

TestSuite(replay, .init = open_all, .fini = close_all);

static struct err *node(void *ctx, struct arena *in, unsigned level, uint64_t index,
                        struct digest *ret)
{
    struct tree_range range = {.size = 0};

    (void)ctx;
    (void)in;
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        tree_append(&range, hashes[i], NULL);
    *ret = tree_root(&range);
    return NULL;
}

/* The files as a log of ENTRIES serves them. */
static struct err *serve(void *ctx, struct arena *in, const char *path, struct bytes *ret)
{
    struct tile t;
    struct buf out;

    (void)ctx;
    if (cheat.gone && strcmp(path, cheat.gone) == 0)
        return err_new(in, ERR_NOT_FOUND, "no %s", path);
    cr_assert(tile_parse(path, &t), "%s", path);
    cr_assert(tile_exists(&t, ENTRIES), "%s", path);
    buf_init(&out, in, 1 << 24);
    for (unsigned i = 0; i < t.width; i++) {
        struct digest d;
        if (t.entries)
            bundle_add(&out, entries[t.n * TILE_WIDTH + i]);
        else if (!node(NULL, in, t.level * TILE_HEIGHT, t.n * TILE_WIDTH + i, &d))
            buf_add(&out, d.at, SHA256_BYTES);
    }
    if (cheat.path && strcmp(path, cheat.path) == 0) {
        out.at[cheat.at % out.n] ^= !cheat.cut && !cheat.more;
        out.n = cheat.cut ? cheat.cut : out.n;
        if (cheat.more)
            buf_add(&out, hashes[0].at, SHA256_BYTES);
    }
    *ret = bytes_of(out.at, out.n);
    return NULL;
}

static struct digest root_at(uint64_t size)
{
    struct tree_range range = {.size = 0};

    for (uint64_t i = 0; i < size; i++)
        tree_append(&range, hashes[i], NULL);
    return tree_root(&range);
}

static struct err *replayed(struct replay *r, uint64_t size)
{
    struct progress progress;

    progress_begin(&progress, &cli, "checking");
    r->read = serve;
    r->at.size = size;
    r->at.root = root_at(size);
    r->progress = &progress;
    return replay_log(mem, r);
}

Test(replay, a_log_in_order_is_in_order_at_every_size)
{
    static const uint64_t sizes[] = {0, 1, 2, 255, 256, 257, 511, 512, 513, 699, 700};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct replay r = {.n = 0};
        struct err *e = replayed(&r, sizes[i]);
        cr_assert_null(e, "%zu: %s", (size_t)sizes[i], e ? e->text : "");
        cr_expect_eq(r.subjects, sizes[i] < 2 ? sizes[i] * 2 : r.subjects);
    }
}

Test(replay, partial_files_that_are_gone_are_found_in_the_full_ones)
{
    struct replay r = {.n = 0};

    cheat.gone = "tile/0/000.p/200";
    cr_assert_ok(replayed(&r, 200));
    cheat.gone = "tile/entries/000.p/200";
    cr_assert_ok(replayed(&r, 200));
}

Test(replay, older_checkpoints_must_fit)
{
    struct replay good = {.points = {{"old", {.size = 300}}, {"same", {.size = 700}}}, .n = 2};
    struct replay bad = {.points = {{"the old one", {.size = 300}}}, .n = 1};
    struct replay longer = {.points = {{"the old one", {.size = 701}}}, .n = 1};

    good.points[0].at.root = root_at(300);
    good.points[1].at.root = root_at(700);
    bad.points[0].at.root = root_at(299);
    cr_assert_ok(replayed(&good, 700));
    struct err *e = replayed(&bad, 700);
    cr_assert(e && e->kind == ERR_BROKEN);
    cr_expect(strstr(e->text, "first 300 entries are not those of the old one"), "%s", e->text);
    e = replayed(&longer, 700);
    cr_assert(e && e->kind == ERR_BROKEN);
    cr_expect(strstr(e->text, "become shorter"), "%s", e->text);
}

Test(replay, a_flipped_bit_in_any_file_is_noticed)
{
    static const char *const paths[] = {"tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2",
                                        "tile/entries/000", "tile/entries/002.p/188"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        for (size_t at = 0; at < 40000; at += 997) {
            struct replay r = {.n = 0};
            cheat.path = paths[i];
            cheat.at = at;
            struct err *e = replayed(&r, 700);
            cr_assert(e && e->kind == ERR_BROKEN, "%s byte %zu: %s", paths[i], at,
                      e ? e->text : "fine");
        }
}

Test(replay, a_file_that_ends_early_is_named)
{
    static const char *const paths[] = {"tile/0/001", "tile/entries/001"};

    for (size_t i = 0; i < 2; i++) {
        struct replay r = {.n = 0};
        cheat.path = paths[i];
        cheat.cut = 100;
        struct err *e = replayed(&r, 700);
        cr_assert(e && e->kind == ERR_BROKEN);
        cr_expect(strstr(e->text, paths[i]), "%s", e->text);
    }
}

Test(replay, a_file_that_goes_on_is_named)
{
    static const char *const paths[] = {"tile/0/001", "tile/entries/001", "tile/0/002.p/188",
                                        "tile/entries/002.p/188"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct replay r = {.n = 0};
        cheat.path = paths[i];
        cheat.more = true;
        struct err *e = replayed(&r, 700);
        cr_assert(e && e->kind == ERR_BROKEN, "%s", paths[i]);
        cr_expect(strstr(e->text, paths[i]), "%s", e->text);
    }
}

/* A log that is sound as a tree, but leaves an event of a subject out. */
Test(replay, a_gap_in_a_subjects_chain_is_named)
{
    struct replay r = {.n = 0};

    memmove(&entries[400], &entries[401], (ENTRIES - 401) * sizeof(*entries));
    memmove(&hashes[400], &hashes[401], (ENTRIES - 401) * sizeof(*hashes));
    struct err *e = replayed(&r, 600);
    cr_assert(e && e->kind == ERR_BROKEN);
    cr_expect(strstr(e->text, "says it is number"), "%s", e->text);
}

Test(replay, two_entries_that_changed_places_are_noticed)
{
    struct replay r = {.n = 0};
    struct bytes spare = entries[10];

    entries[10] = entries[11];
    entries[11] = spare;
    struct err *e = replayed(&r, 600);
    cr_assert(e && e->kind == ERR_BROKEN);
}

/* Consistency as it is shown from tiles. */
Test(replay, tiles_prove_consistency)
{
    static const uint64_t olds[] = {1, 2, 255, 256, 300, 512, 699};

    for (size_t i = 0; i < sizeof(olds) / sizeof(*olds); i++) {
        struct tree_proof proof;
        struct tiles tiles;
        tiles_init(&tiles, mem, ENTRIES, serve, NULL);
        const struct tree_source source = tiles_source(&tiles);
        cr_assert_ok(tree_prove_consistency(mem, &source, olds[i], ENTRIES, &proof));
        cr_expect(
            tree_verify_consistency(olds[i], ENTRIES, &proof, root_at(olds[i]), root_at(ENTRIES)));
    }
}
