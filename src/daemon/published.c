/* published.c - the newest checkpoint outside the database. A database that was put back to an
 * older state would sign other entries under the same numbers; against what was published it shows.
 */
#include "commands.h"

#include "app/bootstrap.h"
#include "app/logkey.h"
#include "app/newest.h"
#include "base/journal.h"
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

struct err *checkpoint_of_log(struct arena *mem, const struct opened *o, struct store *store,
                              const char *note, struct checkpoint *ret)
{
    struct log_keys history;
    struct note_verifier own;

    TRY(note_verifier_parse(mem, keyring_vkey(o->service.keys), &own));
    struct err *e = checkpoint_open(mem, bytes_of_text(note), &own, ret);
    if (e && !logkey_history(mem, store, &history))
        e = log_keys_open(mem, bytes_of_text(note), &history, ret, NULL);
    return e;
}

static struct err *compare(struct arena *mem, const struct opened *o, struct store *store,
                           const struct checkpoint *published)
{
    struct tree_source source = log_source(store);
    struct tree_range range;
    struct log_head head;

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
static struct err *read_published(struct arena *mem, const struct opened *o, struct store *store,
                                  const char **ret_note, struct checkpoint *ret)
{
    TRY(home_published(mem, &o->home, ret_note));
    struct err *e = *ret_note ? checkpoint_of_log(mem, o, store, *ret_note, ret) : NULL;
    return e ? err_new(mem, ERR_BROKEN, "%s/published: %s", o->home.data, e->text) : NULL;
}

static struct err *look(struct arena *mem, const struct opened *o, struct store *store)
{
    struct checkpoint published;
    const char *note;
    struct rows *rows;

    TRY(store_call(mem, store, "instance_has_log", NULL, &rows));
    bool there = rows_bool(rows, 0, "there");
    if (there)
        TRY(bootstrap_check_keys(mem, store, &o->service));
    TRY(read_published(mem, o, store, &note, &published));
    if (!note)
        return NULL;
    return there ? compare(mem, o, store, &published) : behind(mem, o, 0, published.size);
}

struct err *refuse_rollback(struct arena *mem, const struct opened *o)
{
    struct store *store;

    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &store)); /* the schema may not be there yet */
    struct err *e = look(mem, o, store);
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

    TRY(read_published(mem, o, store, &note, &lost));
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
