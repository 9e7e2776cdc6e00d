/* tiles.c - see tiles.h. */
#include "tiles.h"

#include "talk.h"

struct err *log_file_quietly(void *ctx, struct arena *mem, const char *path, struct bytes *ret)
{
    struct cli *cli = ctx;
    const struct request request = {
        .method = "GET", .path = arena_printf(mem, "/log/%s", path), .seconds = 20};
    struct answer answer;

    TRY(ask_quietly(mem, cli, &request, &answer));
    *ret = answer.body;
    return NULL;
}

void tiles_init(struct tiles *t, struct arena *mem, uint64_t size, log_file_fn *read, void *ctx)
{
    *t = (struct tiles){.mem = mem, .size = size, .read = read, .ctx = ctx, .known = map_new(mem)};
}

struct tile tile_of(unsigned level, uint64_t n, uint64_t size)
{
    uint64_t hashes = size >> level * TILE_HEIGHT, first = n / TILE_WIDTH * TILE_WIDTH;
    uint64_t width = hashes - first < TILE_WIDTH ? hashes - first : TILE_WIDTH;

    return (struct tile){.level = level, .n = n / TILE_WIDTH, .width = (unsigned)width};
}

/* A partial tile may be gone once the full one is there: its first hashes are the same. */
static struct err *fetch(struct tiles *tiles, struct tile t, struct bytes *ret)
{
    const char *path = tile_path(tiles->mem, &t);
    struct err *e = tiles->read(tiles->ctx, tiles->mem, path, ret);

    if (e && e->kind == ERR_NOT_FOUND && t.width < TILE_WIDTH) {
        t.width = TILE_WIDTH;
        path = tile_path(tiles->mem, &t);
        e = tiles->read(tiles->ctx, tiles->mem, path, ret);
    }
    if (!e && ret->n != t.width * SHA256_BYTES)
        return err_new(tiles->mem, ERR_BROKEN, "the tile %s has %zu bytes, not %u", path, ret->n,
                       t.width * SHA256_BYTES);
    return e;
}

struct err *tiles_read(struct tiles *tiles, struct tile t, const uint8_t **ret)
{
    const char *path = tile_path(tiles->mem, &t);
    const uint8_t *known = map_get(tiles->known, path);
    struct bytes file;

    if (!known) {
        TRY(fetch(tiles, t, &file));
        union {
            const uint8_t *in;
            void *out;
        } same = {file.at};
        map_set(tiles->known, path, same.out);
        known = file.at;
    }
    *ret = known;
    return NULL;
}

/* The root of the 2^r hashes from first on. */
static struct digest root_of(const uint8_t *hashes, unsigned n)
{
    struct digest left, right;

    if (n == 1) {
        memcpy(left.at, hashes, SHA256_BYTES);
        return left;
    }
    left = root_of(hashes, n / 2);
    right = root_of(hashes + n / 2 * SHA256_BYTES, n / 2);
    return tree_node(left, right);
}

static struct err *node(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret)
{
    struct tiles *tiles = ctx;
    unsigned tile_level = level / TILE_HEIGHT, rest = level % TILE_HEIGHT;
    uint64_t first = index << rest;
    const uint8_t *hashes;

    (void)mem;
    TRY(tiles_read(tiles, tile_of(tile_level, first, tiles->size), &hashes));
    *ret = root_of(hashes + first % TILE_WIDTH * SHA256_BYTES, 1U << rest);
    return NULL;
}

struct tree_source tiles_source(struct tiles *tiles)
{
    return (struct tree_source){node, tiles};
}
