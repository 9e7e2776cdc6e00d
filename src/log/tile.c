/* tile.c - see tile.h. */
#include "log/tile.h"

#include <inttypes.h>

/* 1234067 is x001/x234/067: groups of three digits, all but the last with an x. */
static void add_number(struct buf *out, uint64_t n)
{
    if (n >= 1000) {
        uint64_t groups[8];
        unsigned used = 0;
        for (uint64_t rest = n / 1000; rest || used == 0; rest /= 1000)
            groups[used++] = rest % 1000;
        while (used)
            buf_printf(out, "x%03" PRIu64 "/", groups[--used]);
    }
    buf_printf(out, "%03" PRIu64, n % 1000);
}

char *tile_path(struct arena *mem, const struct tile *t)
{
    struct buf out;

    buf_init(&out, mem, 256);
    if (t->entries)
        buf_text(&out, "tile/entries/");
    else
        buf_printf(&out, "tile/%u/", t->level);
    add_number(&out, t->n);
    if (t->width < TILE_WIDTH)
        buf_printf(&out, ".p/%u", t->width);
    return out.at;
}

/* The digits of all groups; the spelling is checked by writing the path again. */
static bool take_number(const char **at, uint64_t *ret)
{
    uint64_t n = 0;

    for (int group = 0; group < 7; group++) {
        bool more = **at == 'x';
        *at += more;
        for (int i = 0; i < 3; i++, ++*at) {
            if (**at < '0' || **at > '9' || n > UINT64_MAX / 16)
                return false;
            n = n * 10 + (uint64_t)(**at - '0');
        }
        if (!more) {
            *ret = n;
            return true;
        }
        if (*(*at)++ != '/')
            return false;
    }
    return false;
}

bool tile_parse(const char *path, struct tile *ret)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct tile t = {.width = TILE_WIDTH};
    const char *at = path;
    uint64_t v;

    if (!text_starts(at, "tile/"))
        return false;
    at += strlen("tile/");
    size_t n = strcspn(at, "/");
    if (n == 7 && strncmp(at, "entries", n) == 0)
        t.entries = true;
    else if (text_to_u64(at, n, 63, &v))
        t.level = (unsigned)v;
    else
        return false;
    at += n;
    if (*at++ != '/' || !take_number(&at, &t.n))
        return false;
    if (text_starts(at, ".p/")) {
        if (!text_to_u64(at + 3, strlen(at + 3), TILE_WIDTH - 1, &v) || v == 0)
            return false;
        t.width = (unsigned)v;
    } else if (*at) {
        return false;
    }
    if (strcmp(tile_path(mem, &t), path) != 0)
        return false;
    *ret = t;
    return true;
}

bool tile_exists(const struct tile *t, uint64_t size)
{
    unsigned shift = t->level * TILE_HEIGHT;
    uint64_t hashes = shift < 64 ? size >> shift : 0;

    return t->n <= hashes / TILE_WIDTH && t->n * TILE_WIDTH + t->width <= hashes;
}

void bundle_add(struct buf *out, struct bytes entry)
{
    buf_byte(out, (unsigned char)(entry.n >> 8));
    buf_byte(out, (unsigned char)entry.n);
    buf_add(out, entry.at, entry.n);
}
