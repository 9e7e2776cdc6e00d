/* published.c - the newest checkpoint outside the database. A database that was put back to an
 * older state would sign other entries under the same numbers; against what was published it shows.
 */
#include "commands.h"

#include "app/bootstrap.h"
#include "app/newest.h"
#include "base/journal.h"
#include "log/checkpoint.h"
#include "store/log.h"

#include <inttypes.h>

static struct err *behind(struct arena *mem, const struct opened *o, uint64_t has, uint64_t wanted)
{
    return err_new(mem, ERR_BROKEN,
                   "the database is behind: it has %" PRIu64 " entries, and the checkpoint in "
                   "%s/published is of %" PRIu64 ": bring back a newer database, nothing is signed "
                   "on top of this one (when there is none: tenured run --accept-rollback %" PRIu64
                   ")",
                   has, o->home.data, wanted, has);
}

static struct err *compare(struct arena *mem, const struct opened *o, struct store *store,
                           const struct checkpoint *published)
{
    struct tree_source source = log_source(store);
    struct tree_range range;
    struct log_head head;
    struct rows *rows;

    TRY(store_call(mem, store, "instance_has_log", NULL, &rows));
    if (!rows_bool(rows, 0, "there"))
        return published ? behind(mem, o, 0, published->size) : NULL;
    TRY(bootstrap_check_keys(mem, store, &o->service));
    if (!published)
        return NULL;
    TRY(log_look(mem, store, &head));
    if (head.range.size < published->size)
        return behind(mem, o, head.range.size, published->size);
    TRY(tree_range_load(mem, &source, published->size, &range));
    if (!digest_same(tree_root(&range), published->root))
        return err_new(mem, ERR_BROKEN,
                       "the database holds another log than the checkpoint of %" PRIu64
                       " entries in %s/published: nothing is signed on top of it",
                       published->size, o->home.data);
    return NULL;
}

/* *ret_note: NULL when there is none. */
static struct err *read_published(struct arena *mem, const struct opened *o, const char **ret_note,
                                  struct checkpoint *ret)
{
    struct note_verifier verifier;

    TRY(home_published(mem, &o->home, ret_note));
    if (!*ret_note)
        return NULL;
    TRY(note_verifier_parse(mem, o->service.vkey, &verifier));
    struct err *e = checkpoint_open(mem, bytes_of_text(*ret_note), &verifier, ret);
    if (e)
        return err_new(mem, ERR_BROKEN, "%s/published: %s", o->home.data, e->text);
    return NULL;
}

struct err *refuse_rollback(struct arena *mem, const struct opened *o)
{
    struct checkpoint published;
    struct store *store;
    const char *note;

    TRY(read_published(mem, o, &note, &published));
    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &store)); /* the schema may not be there yet */
    struct err *e = compare(mem, o, store, note ? &published : NULL);
    store_close(store);
    return e;
}

/* ---- Going on all the same ------------------------------------------------------------------- */

static struct err *go_on(struct arena *mem, const struct opened *o, struct store *store,
                         uint64_t size)
{
    struct checkpoint lost;
    struct log_head head;
    const char *note;

    TRY(read_published(mem, o, &note, &lost));
    TRY(log_look(mem, store, &head));
    if (note && !compare(mem, o, store, &lost))
        return err_new(mem, ERR_USAGE,
                       "--accept-rollback: the database is not behind, leave it out");
    TRY(bootstrap_check_keys(mem, store, &o->service));
    if (!note || head.range.size != size)
        return err_new(mem, ERR_USAGE,
                       "--accept-rollback must say how many entries the database has: %" PRIu64,
                       head.range.size);
    journal(JOURNAL_WARN, "rollback-accepted", "entries", arena_printf(mem, "%" PRIu64, size),
            "lost-checkpoint", arena_printf(mem, "%" PRIu64, lost.size), NULL);
    return bootstrap_rolled_back(mem, store, &o->service, clock_ms(), &lost, note);
}

struct err *accept_rollback(struct arena *mem, const struct opened *o, uint64_t size)
{
    struct store *store;

    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = go_on(mem, o, store, size);
    store_close(store);
    return e ? e : publish_head(mem, o);
}

struct err *publish_head(struct arena *mem, const struct opened *o)
{
    struct store *store;
    struct rows *rows;

    if (o->lock < 0)
        return NULL;
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = store_call(mem, store, "log_checkpoint", NULL, &rows);
    if (!e && rows_count(rows)) {
        newest_set(rows_text(rows, 0, "note"), (uint64_t)rows_int(rows, 0, "size"));
        e = home_publish(mem, &o->home, rows_text(rows, 0, "note"));
    }
    store_close(store);
    return e;
}
