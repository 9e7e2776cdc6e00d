/* tiles.h - the hashes of the log's tree, as /log/tile/… serves them (C2SP tlog-tiles). */
#ifndef CLI_TILES_H
#define CLI_TILES_H

#include "base/map.h"
#include "cli.h"
#include "log/checkpoint.h"
#include "log/tile.h"

/* Where a file below /log/ comes from: "checkpoint", "tile/0/000". */
typedef struct err *log_file_fn(void *ctx, struct arena *mem, const char *path, struct bytes *ret);

/* From the service, asked without a signature: ERR_… when it does not let us. ctx is the cli. */
log_file_fn log_file_quietly;

struct tiles {
    struct arena *mem; /* what was read is kept there */
    uint64_t size;     /* of the tree */
    log_file_fn *read;
    void *ctx;
    struct map *known;
};
void tiles_init(struct tiles *t, struct arena *mem, uint64_t size, log_file_fn *read, void *ctx);

/* Hashes of a tile that the tree has, 32 bytes each: t.width of them. */
MUST struct err *tiles_read(struct tiles *tiles, struct tile t, const uint8_t **ret);

struct tree_source tiles_source(struct tiles *tiles);

/* The tile at a level that hash number n is in, as wide as the tree has it. */
struct tile tile_of(unsigned level, uint64_t n, uint64_t size);

#endif
