/* replay.c - the files of a log that somebody else serves: bundles of entries, and tiles. What is
 * taken is what the checkpoint stands for, byte for byte. */
#include "../../src/cli/replay.h"

#include "crypto/tag.h"
#include "log/entry.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { ENTRIES = 5 };

struct served {
    struct bytes entries, tile;
};

static struct err *serve(void *ctx, struct arena *mem, const char *path, struct bytes *ret)
{
    const struct served *s = ctx;
    struct tile t;

    if (!tile_parse(path, &t) || t.n || t.level || t.width == TILE_WIDTH)
        return err_new(mem, ERR_NOT_FOUND, "no %s", path);
    *ret = t.entries ? s->entries : s->tile;
    return NULL;
}

static bool takes(struct arena *mem, struct served *s, const struct checkpoint *at)
{
    const struct cli quiet = {.mem = mem, .err = stderr, .options.quiet = true};
    struct progress progress;
    struct replay r = {.read = serve, .ctx = s, .at = *at, .progress = &progress};

    progress_begin(&progress, &quiet, "checking");
    return !replay_log(mem, &r);
}

/* Read as the specification says, and by nothing of ours: the entries, and how many there are. */
static size_t split(struct bytes file, struct bytes *entries, size_t most)
{
    size_t n = 0, at = 0;

    while (n < most && file.n - at >= 2) {
        size_t length = (size_t)file.at[at] << 8 | file.at[at + 1];
        if (file.n - at - 2 < length)
            break;
        entries[n++] = bytes_of(file.at + at + 2, length);
        at += 2 + length;
    }
    return n;
}

static struct served served_of(struct arena *mem, const struct bytes *entries, size_t n,
                               struct digest *ret_root)
{
    struct tree_range range = {.size = 0};
    struct buf bundle, tile;

    buf_init(&bundle, mem, 1 << 20);
    buf_init(&tile, mem, 1 << 14);
    for (size_t i = 0; i < n; i++) {
        struct digest hash = tree_leaf(entries[i]);
        bundle_add(&bundle, entries[i]);
        buf_add(&tile, hash.at, sizeof(hash.at));
        tree_append(&range, hash, NULL);
    }
    *ret_root = tree_root(&range);
    return (struct served){bytes_of(bundle.at, bundle.n), bytes_of(tile.at, tile.n)};
}

/* A log whose whole is what came in: whether its entries are entries is for the replay to say. */
static void try_log(struct arena *mem, struct bytes file)
{
    struct bytes entries[TILE_WIDTH - 1];
    struct checkpoint at = {.origin = "example.com/log"};

    at.size = split(file, entries, TILE_WIDTH - 1);
    if (at.size == 0)
        return;
    struct served whole = served_of(mem, entries, at.size, &at.root), s = {file, whole.tile};
    if (takes(mem, &s, &at))
        assert(bytes_same(file, whole.entries));
}

/* A log of ours with one of its files as it came in. */
static void try_file(struct arena *mem, struct bytes file)
{
    struct bytes entries[ENTRIES];
    struct digest last = {{0}};
    struct checkpoint at = {.origin = "example.com/log", .size = ENTRIES};

    for (size_t i = 0; i < ENTRIES; i++) {
        struct leaf_subject subject = {tag_other("thing", "one"), i, last};
        struct leaf leaf = {sha256(bytes_of(&i, 1)), &subject, 1, INT64_C(1790000000000)};
        entries[i] = bytes_of_text(leaf_text(mem, &leaf));
        last = tree_leaf(entries[i]);
    }
    const struct served ours = served_of(mem, entries, ENTRIES, &at.root);
    struct served s = ours;
    assert(takes(mem, &s, &at));
    s = (struct served){file, ours.tile};
    assert(takes(mem, &s, &at) == bytes_same(file, ours.entries));
    s = (struct served){ours.entries, file};
    assert(takes(mem, &s, &at) == bytes_same(file, ours.tile));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    try_log(mem, bytes_of(data, n));
    try_file(mem, bytes_of(data, n));
    return 0;
}
