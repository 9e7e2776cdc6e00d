/* proof_tree.c - the tree's hashes for the many paths of one proof. They share most of what they
 * need: hashes are read 256 at a time, and each is read and each node is folded once. */
#include "proof_gather.h"

#include <inttypes.h>

enum { BLOCK = 256, LEVELS = 8 };

struct proof_tree {
    struct arena *mem;
    struct store *store;
    struct map *blocks; /* "level index" -> struct block */
    struct map *nodes;  /* "level index" -> struct digest */
};

struct block {
    struct digest at[BLOCK];
    size_t n; /* the last block of a level is not full */
};

/* The hashes that are kept, of every eighth level: those of leaves, or of whole tiles. */
static struct err *read_block(struct proof_tree *t, unsigned kept, uint64_t number,
                              struct block *ret)
{
    struct rows *rows;
    struct binds b;

    if (!t->store)
        return err_new(t->mem, ERR_BROKEN, "the log lacks hashes at level %u: run tenured audit",
                       kept);
    binds_init(&b, t->mem);
    bind_int(&b, "level", kept);
    bind_int(&b, "first", (int64_t)(number * BLOCK));
    bind_int(&b, "n", BLOCK);
    TRY(store_call(t->mem, t->store, kept ? "log_nodes" : "log_hashes", &b, &rows));
    ret->n = rows_count(rows);
    for (size_t i = 0; i < ret->n && i < BLOCK; i++) {
        struct bytes hash = rows_bytes(t->mem, rows, i, "hash");
        if (hash.n == SHA256_BYTES)
            memcpy(ret->at[i].at, hash.at, SHA256_BYTES);
    }
    return NULL;
}

static struct err *block_of(struct proof_tree *t, unsigned kept, uint64_t number,
                            const struct block **ret)
{
    const char *name = arena_printf(t->mem, "%u %" PRIu64, kept, number);
    struct block *known = map_get(t->blocks, name);

    if (!known) {
        known = arena_alloc(t->mem, sizeof(*known));
        TRY(read_block(t, kept, number, known));
        map_set(t->blocks, name, known);
    }
    *ret = known;
    return NULL;
}

static struct err *node(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret);

static struct err *make_node(struct proof_tree *t, unsigned level, uint64_t index,
                             struct digest *ret)
{
    const struct block *block;
    struct digest left, right;

    if (level % LEVELS == 0) {
        TRY(block_of(t, level / LEVELS, index / BLOCK, &block));
        if (index % BLOCK >= block->n)
            return err_new(t->mem, ERR_BROKEN,
                           "the log lacks hashes at level %u: run tenured audit", level / LEVELS);
        *ret = block->at[index % BLOCK];
        return NULL;
    }
    TRY(node(t, t->mem, level - 1, index * 2, &left));
    TRY(node(t, t->mem, level - 1, index * 2 + 1, &right));
    *ret = tree_node(left, right);
    return NULL;
}

static struct err *node(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret)
{
    struct proof_tree *t = ctx;
    const char *name = arena_printf(t->mem, "%u %" PRIu64, level, index);
    struct digest *known = map_get(t->nodes, name);

    (void)mem;
    if (!known) {
        known = arena_alloc(t->mem, sizeof(*known));
        TRY(make_node(t, level, index, known));
        map_set(t->nodes, name, known);
    }
    *ret = *known;
    return NULL;
}

struct tree_source proof_tree(struct arena *mem, struct store *store)
{
    struct proof_tree *t = arena_alloc(mem, sizeof(*t));

    *t = (struct proof_tree){mem, store, map_new(mem), map_new(mem)};
    return (struct tree_source){node, t};
}

/* As log_path has them: by level and place. */
struct tree_source proof_tree_of(struct arena *mem, const struct rows *rows)
{
    struct tree_source source = proof_tree(mem, NULL);
    struct proof_tree *t = source.ctx;

    for (size_t i = 0; i < rows_count(rows); i++) {
        uint64_t index = (uint64_t)rows_int(rows, i, "index");
        struct bytes hash = rows_bytes(mem, rows, i, "hash");
        const char *name =
            arena_printf(mem, "%u %" PRIu64, (unsigned)rows_int(rows, i, "level"), index / BLOCK);
        struct block *block = map_get(t->blocks, name);
        if (!block) {
            block = arena_alloc(mem, sizeof(*block));
            block->n = 0;
            map_set(t->blocks, name, block);
        }
        if (hash.n == SHA256_BYTES && index % BLOCK == block->n)
            memcpy(block->at[block->n++].at, hash.at, SHA256_BYTES);
    }
    return source;
}
