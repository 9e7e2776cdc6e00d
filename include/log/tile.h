/* tile.h - the read API of C2SP tlog-tiles: how paths name tiles, and what an entry bundle is. */
#ifndef LOG_TILE_H
#define LOG_TILE_H

#include "base/bytes.h"
#include "base/text.h"

enum { TILE_HEIGHT = 8, TILE_WIDTH = 256, ENTRY_MAX = 65535 };

/* tile/<level>/<n>, or tile/entries/<n>; partial tiles end in .p/<width>. */
struct tile {
    bool entries;
    unsigned level; /* 0 to 63; 0 for entries */
    uint64_t n;
    unsigned width; /* 1 to 255, or 256 for a full tile */
};

char *tile_path(struct arena *mem, const struct tile *t);

/* Strictly the one spelling of a path; false otherwise. */
bool tile_parse(const char *path, struct tile *ret);

/* Does a log of this size have the tile? */
bool tile_exists(const struct tile *t, uint64_t size);

/* One entry of a bundle: its length as 16 bits, big-endian, and its bytes. */
void bundle_add(struct buf *out, struct bytes entry);

#endif
