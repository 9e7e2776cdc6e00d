/* log_files.c - the log as C2SP tlog-tiles serves it, for clients that we did not write:
 * checkpoint, tiles of hashes, bundles of entries, and proofs of inclusion; and
 * besides those the newest checkpoint that witnesses have cosigned. Nothing beyond the
 * newest checkpoint is shown. Tiles never change, so they may be kept by whoever has them. */
#include "http_internal.h"

#include "app/fields.h"
#include "log/checkpoint.h"
#include "log/tile.h"
#include "store/log.h"
#include "witness/witnesses.h"

#include <inttypes.h>

static const char text[] = "text/plain; charset=utf-8";
static const char for_ever[] = "max-age=31536000, immutable";

#define P none_params
struct none_params {
    char none;
};
static const struct field none_fields[] = {{0}};
#undef P

#define P tile_params
struct tile_params {
    const char *tile;
};
static const struct field tile_fields[] = {
    {.name = "tile", .kind = KIND_TEXT, .max = 100, .help = "which one", AT(struct P, tile)}, {0}};
#undef P

#define P proof_params
struct proof_params {
    int64_t index, size;
};
static const struct field proof_fields[] = {
    {.name = "index", .kind = KIND_INT, .help = "which entry", AT(struct P, index)},
    MAYBE_INT(size, 1, 0,
              "the checkpoint of this size, or the next after it; if not said, the newest, or one "
              "that is cosigned"),
    {0}};
#undef P

static const char *cached(const struct exchange *x)
{
    return arena_printf(x->mem, "%s, %s", x->server->config.public_log ? "public" : "private",
                        for_ever);
}

static void say(struct job *job, const char *media_type, struct bytes bytes)
{
    exchange_say(job->owner, 200, media_type, bytes);
}

/* ---- Checkpoint ------------------------------------------------------------------------------ */

struct point {
    const char *note; /* with the cosignatures that are known */
    uint64_t size;
    size_t cosignatures;
};

static struct err *take_point(struct job *job, const struct rows *rows, struct point *ret)
{
    struct list by;

    if (rows_count(rows) == 0)
        return err_new(job->mem, ERR_NOT_FOUND, "there is no such checkpoint yet");
    ret->size = (uint64_t)rows_int(rows, 0, "size");
    TRY(cosigned(job->mem, job->store, ret->size, false, rows_text(rows, 0, "note"), NULL,
                 &ret->note, &by));
    ret->cosignatures = by.n;
    return NULL;
}

/* The newest, or that of the size or the next after it. */
static struct err *checkpoint(struct job *job, int64_t size, struct point *ret)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_int(&b, "size", size);
    TRY(store_call(job->mem, job->store, size ? "log_checkpoint_at" : "log_checkpoint", &b, &rows));
    return take_point(job, rows, ret);
}

/* The newest that a quorum of the witnesses has cosigned; or else any of them. */
static struct err *witnessed(struct job *job, struct point *ret)
{
    struct witness_state *states;
    uint64_t quorum_size;
    size_t quorum = 1;
    struct rows *rows;
    struct binds b;

    if (job->service->witnesses)
        witnesses_look(job->service->witnesses, job->mem, &states, &quorum, &quorum_size);
    for (;; quorum = 1) {
        binds_init(&b, job->mem);
        bind_int(&b, "quorum", (int64_t)quorum);
        TRY(store_call(job->mem, job->store, "cosigned_newest", &b, &rows));
        if (rows_count(rows) || quorum == 1)
            return take_point(job, rows, ret);
    }
}

static struct err *answer_checkpoint(struct job *job, const void *params, const char **ret)
{
    struct exchange *x = job->owner;
    struct point p;

    (void)params;
    (void)ret;
    TRY(checkpoint(job, 0, &p));
    say(job, text, bytes_of_text(p.note));
    x->reply.cache = "no-cache";
    exchange_tag(x);
    return NULL;
}

static struct err *answer_witnessed(struct job *job, const void *params, const char **ret)
{
    struct exchange *x = job->owner;
    struct point p;

    (void)params;
    (void)ret;
    TRY(witnessed(job, &p));
    say(job, text, bytes_of_text(p.note));
    x->reply.cache = "no-cache";
    exchange_tag(x);
    return NULL;
}

/* ---- Tiles ----------------------------------------------------------------------------------- */

static struct err *rows_of(struct job *job, const struct tile *t, struct rows **ret)
{
    const char *statement = t->entries ? "log_bundle" : t->level ? "log_nodes" : "log_hashes";
    struct binds b;

    binds_init(&b, job->mem);
    bind_int(&b, "level", t->level);
    bind_int(&b, "first", (int64_t)(t->n * TILE_WIDTH));
    bind_int(&b, "n", t->width);
    TRY(store_call(job->mem, job->store, statement, &b, ret));
    if (rows_count(*ret) != t->width)
        return err_new(job->mem, ERR_BROKEN,
                       "the log lacks a part of this tile: run tenured audit");
    return NULL;
}

static struct err *read_tile(struct job *job, const struct tile *t, struct bytes *ret)
{
    struct rows *rows;
    struct buf out;

    TRY(rows_of(job, t, &rows));
    buf_init(&out, job->mem, (size_t)TILE_WIDTH * (ENTRY_MAX + 2));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct bytes b = rows_bytes(job->mem, rows, i, t->entries ? "leaf" : "hash");
        if (t->entries)
            bundle_add(&out, b);
        else
            buf_add(&out, b.at, b.n);
    }
    *ret = bytes_of(out.at, out.n);
    return NULL;
}

static struct err *answer_tile(struct job *job, const void *params, const char **ret)
{
    const struct tile_params *in = params;
    const char *path = arena_printf(job->mem, "tile/%s", in->tile);
    struct exchange *x = job->owner;
    struct log_head head;
    struct bytes bytes;
    struct tile tile;

    (void)ret;
    if (!tile_parse(path, &tile))
        return err_new(job->mem, ERR_NOT_FOUND, "there is no tile of this name");
    TRY(log_look(job->mem, job->store, &head));
    if (!tile_exists(&tile, head.range.size))
        return err_new(job->mem, ERR_NOT_FOUND, "a log of %" PRIu64 " entries has no such tile",
                       head.range.size);
    TRY(read_tile(job, &tile, &bytes));
    say(job, "application/octet-stream", bytes);
    x->reply.cache = cached(x);
    return NULL;
}

/* ---- Proofs ---------------------------------------------------------------------------------- */

/* The newest has no cosignatures yet while much is going on: then one that has them is better. */
static struct err *choose_point(struct job *job, const struct proof_params *in, struct point *ret)
{
    struct point older;

    TRY(checkpoint(job, in->size, ret));
    if (in->size || ret->cosignatures)
        return NULL;
    struct err *e = witnessed(job, &older);
    if (!e && older.size > (uint64_t)in->index)
        *ret = older;
    return e && e->kind != ERR_NOT_FOUND ? e : NULL;
}

static struct err *answer_proof(struct job *job, const void *params, const char **ret)
{
    const struct proof_params *in = params;
    const struct tree_source source = log_source(job->store);
    struct tree_proof path;
    struct point p;

    (void)ret;
    TRY(choose_point(job, in, &p));
    if ((uint64_t)in->index >= p.size)
        return err_new(job->mem, ERR_NOT_FOUND,
                       "under this checkpoint there are %" PRIu64 " entries", p.size);
    TRY(tree_prove_inclusion(job->mem, &source, (uint64_t)in->index, p.size, &path));
    say(job, text, bytes_of_text(tlog_proof_text(job->mem, (uint64_t)in->index, &path, p.note)));
    return NULL;
}

/* ---- For whom -------------------------------------------------------------------------------- */

#define LOG_FILES(who) \
    { \
        .verb = "checkpoint", \
        .summary = "the newest checkpoint", \
        .roles = (who), \
        .method = "GET", \
        .path = "/log/checkpoint", \
        .params = PARAMS(none_params, none_fields), \
        .answer = answer_checkpoint, \
    }, \
        { \
            .verb = "witnessed", \
            .summary = "the newest checkpoint that a quorum of witnesses has cosigned", \
            .roles = (who), \
            .method = "GET", \
            .path = "/log/witnessed", \
            .params = PARAMS(none_params, none_fields), \
            .answer = answer_witnessed, \
        }, \
        { \
            .verb = "tile", \
            .summary = "a tile or an entry bundle", \
            .roles = (who), \
            .method = "GET", \
            .path = "/log/tile/{tile*}", \
            .params = PARAMS(tile_params, tile_fields), \
            .answer = answer_tile, \
        }, \
        { \
            .verb = "proof", \
            .summary = "a proof that an entry is in the log", \
            .roles = (who), \
            .method = "GET", \
            .path = "/log/proof/{index}.tlog-proof", \
            .params = PARAMS(proof_params, proof_fields), \
            .answer = answer_proof, \
        }, \
    { \
        0 \
    }

static const struct command for_the_signed_in[] = {
    LOG_FILES(ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)};
static const struct command for_everybody[] = {LOG_FILES(ROLE_ANYONE)};

const struct noun log_noun = {"log file", "the log, for its verifiers", for_the_signed_in};
const struct noun public_log_noun = {"log file", "the log, for its verifiers", for_everybody};
