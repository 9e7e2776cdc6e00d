/* replay.c - see replay.h. One bundle of 256 entries is held at a time, and one head per subject,
 * so a log of any length can be checked. */
#include "replay.h"

#include "log/entry.h"
#include "log/heads.h"

#include <inttypes.h>

enum { LEVELS = TREE_TILE_LEVELS };

/* The tile that is filling up at one level. */
struct filling {
    uint8_t hashes[TILE_WIDTH * SHA256_BYTES];
    uint64_t n; /* hashes so far at this level, those of full tiles too */
};

struct state {
    struct replay *r;
    struct arena *mem; /* lives through all of it */
    struct tree_range range;
    struct filling *levels;
    struct map *heads;
    struct digest log_tag;
    size_t rotations; /* of the log's key, so far */
};

/* ---- Tiles ----------------------------------------------------------------------------------- */

static struct err *compare_tile(struct state *s, unsigned level, uint64_t n, unsigned width)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const struct tile tile = {.level = level, .n = n, .width = width};
    struct tiles tiles;
    const uint8_t *hashes;

    tiles_init(&tiles, mem, s->r->at.size, s->r->read, s->r->ctx);
    struct err *e = tiles_read(&tiles, tile, &hashes);
    if (e)
        return err_new(s->mem, e->kind, "%s", e->text);
    if (memcmp(hashes, s->levels[level].hashes, width * SHA256_BYTES) != 0)
        return err_new(s->mem, ERR_BROKEN, "the tile %s does not hold the hashes of its entries",
                       tile_path(s->mem, &tile));
    s->r->files++;
    return NULL;
}

static struct err *add_hash(struct state *s, unsigned level, struct digest hash)
{
    struct filling *f = &s->levels[level];

    memcpy(f->hashes + f->n % TILE_WIDTH * SHA256_BYTES, hash.at, SHA256_BYTES);
    f->n++;
    return f->n % TILE_WIDTH ? NULL : compare_tile(s, level, f->n / TILE_WIDTH - 1, TILE_WIDTH);
}

static struct err *compare_partial(struct state *s)
{
    for (unsigned level = 0; level < LEVELS; level++) {
        uint64_t n = s->levels[level].n;
        if (n % TILE_WIDTH)
            TRY(compare_tile(s, level, n / TILE_WIDTH, (unsigned)(n % TILE_WIDTH)));
    }
    return NULL;
}

/* ---- Subjects -------------------------------------------------------------------------------- */

static struct err *follow(struct state *s, const struct leaf_subject *subject, struct digest hash,
                          uint64_t index)
{
    char tag[44];
    struct head *head;

    base64url_encode_32(subject->tag.at, tag);
    head = map_get(s->heads, tag);
    if (subject->seq != (head ? head->count : 0))
        return err_new(s->mem, ERR_BROKEN,
                       "entry %" PRIu64 " says it is number %" PRIu64
                       " of the subject %s, which has %" PRIu64 " before it",
                       index, subject->seq, tag, head ? head->count : 0);
    if (head && !digest_same(head->last, subject->prev))
        return err_new(s->mem, ERR_BROKEN,
                       "entry %" PRIu64 " does not name the previous entry of the subject %s",
                       index, tag);
    if (!head) {
        head = arena_alloc(s->mem, sizeof(*head));
        map_set(s->heads, arena_copy(s->mem, tag), head);
        s->r->subjects++;
    }
    head->count++;
    head->last = hash;
    return NULL;
}

/* ---- Entries --------------------------------------------------------------------------------- */

static struct err *check_points(struct state *s)
{
    const struct replay *r = s->r;

    for (size_t i = 0; i < r->n; i++) {
        if (r->points[i].at.size != s->range.size)
            continue;
        if (!digest_same(tree_root(&s->range), r->points[i].at.root))
            return err_new(s->mem, ERR_BROKEN,
                           "the first %" PRIu64
                           " entries are not those of %s: the log was rewritten",
                           s->range.size, r->points[i].what);
    }
    return NULL;
}

/* A change of the log's key shows in the leaf: each must be one that the history has. */
static struct err *check_rotation(struct state *s, const struct leaf *leaf, uint64_t index)
{
    const struct log_keys *keys = &s->r->keys;

    if (leaf->n != 1 || !digest_same(leaf->subjects[0].tag, s->log_tag))
        return NULL;
    if (s->rotations + 1 >= keys->n || keys->rotations[s->rotations].index != index ||
        !digest_same(keys->rotations[s->rotations].root, tree_root(&s->range)))
        return err_new(s->mem, ERR_BROKEN,
                       "entry %" PRIu64
                       " changes the log's key, and the history of its keys does not say so",
                       index);
    s->rotations++;
    return NULL;
}

/* And each that the history has must have come. */
static struct err *check_rotations_end(const struct state *s)
{
    const struct log_keys *keys = &s->r->keys;

    if (s->rotations + 1 < keys->n && keys->rotations[s->rotations].index < s->range.size)
        return err_new(s->mem, ERR_BROKEN,
                       "the history of the log's keys has a change at entry %" PRIu64
                       ", which is no such entry",
                       keys->rotations[s->rotations].index);
    return NULL;
}

static struct err *take_entry(struct state *s, struct arena *mem, struct bytes text, uint64_t index)
{
    struct digest hash = tree_leaf(text), completed[LEVELS];
    struct leaf leaf;

    struct err *e = leaf_parse(mem, text, &leaf);
    if (e)
        return err_new(s->mem, ERR_BROKEN, "entry %" PRIu64 " is malformed: %s", index, e->text);
    for (size_t i = 0; i < leaf.n; i++)
        TRY(follow(s, &leaf.subjects[i], hash, index));
    if (index == 0)
        s->r->first_ts = leaf.ts;
    s->r->last_ts = leaf.ts;
    tree_append(&s->range, hash, completed);
    TRY(check_rotation(s, &leaf, index));
    TRY(add_hash(s, 0, hash));
    uint64_t whole = s->range.size;
    for (unsigned level = 1; level < LEVELS && whole % TILE_WIDTH == 0; level++) {
        TRY(add_hash(s, level, completed[level]));
        whole /= TILE_WIDTH;
    }
    return check_points(s);
}

/* What was asked for, or the full bundle once the partial one is gone: tile says which it is. */
static struct err *read_bundle(struct state *s, struct arena *mem, struct tile *tile,
                               const char **ret_path, struct bytes *ret)
{
    *ret_path = tile_path(mem, tile);
    struct err *e = s->r->read(s->r->ctx, mem, *ret_path, ret);
    if (e && e->kind == ERR_NOT_FOUND && tile->width < TILE_WIDTH) {
        tile->width = TILE_WIDTH;
        *ret_path = tile_path(mem, tile);
        e = s->r->read(s->r->ctx, mem, *ret_path, ret);
    }
    s->r->files++;
    return e ? err_new(s->mem, e->kind, "%s", e->text) : NULL;
}

static struct err *take_bundle(struct state *s, uint64_t n, unsigned width)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct tile tile = {.entries = true, .n = n, .width = width};
    struct bytes bundle;
    const char *path;

    TRY(read_bundle(s, mem, &tile, &path, &bundle));
    struct reader reader = reader_of(bundle);
    for (unsigned i = 0; i < width; i++) {
        uint8_t high = read_u8(&reader), low = read_u8(&reader);
        struct bytes text = read_n(&reader, (size_t)high << 8 | low);
        if (reader.failed)
            return err_new(s->mem, ERR_BROKEN, "the bundle %s ends within entry %" PRIu64, path,
                           n * TILE_WIDTH + i);
        TRY(take_entry(s, mem, text, n * TILE_WIDTH + i));
    }
    if (tile.width == width && !reader_done(&reader))
        return err_new(s->mem, ERR_BROKEN, "the bundle %s goes on behind its last entry", path);
    return NULL;
}

struct err *replay_log(struct arena *mem, struct replay *r)
{
    struct state s = {.r = r,
                      .mem = mem,
                      .levels = arena_array(mem, LEVELS, sizeof(struct filling)),
                      .heads = map_new(mem),
                      .log_tag = log_keys_tag()};

    for (size_t i = 0; i < r->n; i++)
        if (r->points[i].at.size > r->at.size)
            return err_new(mem, ERR_BROKEN,
                           "the log has become shorter: %s has %" PRIu64
                           " entries, now there are %" PRIu64,
                           r->points[i].what, r->points[i].at.size, r->at.size);
    for (uint64_t done = 0; done < r->at.size; done += TILE_WIDTH) {
        uint64_t left = r->at.size - done;
        progress_at(r->progress, done, r->at.size, "entries");
        TRY(take_bundle(&s, done / TILE_WIDTH, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH));
    }
    TRY(compare_partial(&s));
    TRY(check_rotations_end(&s));
    if (!digest_same(tree_root(&s.range), r->at.root))
        return err_new(
            mem, ERR_BROKEN,
            "the entries do not add up to the root in the checkpoint: some were changed, left "
            "out or put in");
    return NULL;
}
