/* published.c - the newest checkpoint outside the database. A database that was put back to an
 * older state would sign other entries under the same numbers; against what was published it shows.
 */
#include "commands.h"

#include "app/bootstrap.h"
#include "app/newest.h"
#include "log/checkpoint.h"
#include "store/log.h"

#include <inttypes.h>

static struct err *behind(struct arena *mem, const struct opened *o, uint64_t has, uint64_t wanted)
{
    return err_new(mem, ERR_BROKEN,
                   "the database is behind: it has %" PRIu64 " entries, and the checkpoint in "
                   "%s/published is of %" PRIu64 ": bring back a newer database, nothing is signed "
                   "on top of this one",
                   has, o->home.data, wanted);
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

/* *ret_there: is there one? */
static struct err *read_published(struct arena *mem, const struct opened *o, bool *ret_there,
                                  struct checkpoint *ret)
{
    struct note_verifier verifier;
    const char *note;

    TRY(home_published(mem, &o->home, &note));
    *ret_there = note != NULL;
    if (!note)
        return NULL;
    TRY(note_verifier_parse(mem, o->service.vkey, &verifier));
    struct err *e = checkpoint_open(mem, bytes_of_text(note), &verifier, ret);
    if (e)
        return err_new(mem, ERR_BROKEN, "%s/published: %s", o->home.data, e->text);
    return NULL;
}

struct err *refuse_rollback(struct arena *mem, const struct opened *o)
{
    struct checkpoint published;
    struct store *store;
    bool there;

    TRY(read_published(mem, o, &there, &published));
    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &store)); /* the schema may not be there yet */
    struct err *e = compare(mem, o, store, there ? &published : NULL);
    store_close(store);
    return e;
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
