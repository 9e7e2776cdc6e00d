/* restore.c - tenured restore: an instance out of a backup, into a folder where none is. Every file
 * is compared with the backup's list, and everything in the database audited, before it may be
 * used. With an archive of the write-ahead log it is brought forward from there. */
#include "backup.h"

#include "app/audit.h"
#include "app/bootstrap.h"
#include "app/service.h"
#include "base/date.h"
#include "base/file.h"
#include "commands.h"
#include "log/checkpoint.h"
#include "store/log.h"
#include "store/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- Before anything is made ----------------------------------------------------------------- */

static struct err *must_be_free(struct arena *mem, const char *data)
{
    DIR *dir = opendir(data);
    bool empty = true;

    if (!dir)
        return errno == ENOENT ? NULL : err_new(mem, ERR_CONFLICT, "%s: %s", data, strerror(errno));
    for (struct dirent *d; (d = readdir(dir));)
        empty = empty && (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0);
    closedir(dir);
    return empty ? NULL
                 : err_new(mem, ERR_CONFLICT,
                           "there is something in %s already: nothing is written over, choose "
                           "another --data or move it away",
                           data);
}

static struct err *check_words(struct arena *mem, const struct daemon_options *options,
                               const struct backup *b)
{
    int64_t until;

    if (options->until && !options->archive)
        return err_new(mem, ERR_USAGE,
                       "--until needs --archive: a backup alone has no other time than its own");
    if (options->until && !instant_said(options->until, &until))
        return err_new(mem, ERR_USAGE, "--until must be an instant: 2026-11-22T10:00:00Z");
    if (options->archive && !file_exists(options->archive))
        return err_new(mem, ERR_NOT_FOUND, "there is no archive in %s", options->archive);
    if (!b->keys && !options->keys)
        return err_new(mem, ERR_USAGE,
                       "the backup is without the keys: --keys must name a copy of them");
    return NULL;
}

/* ---- Making it ------------------------------------------------------------------------------- */

static struct err *bring_keys(struct arena *mem, const struct daemon_options *options,
                              const struct backup *b, const struct home *home, struct progress *p)
{
    const char *keys = arena_printf(mem, "%s/keys", home->data);

    if (!options->keys)
        return backup_take_out(mem, options->from, b, "keys", keys, NULL, p);
    TRY(folder_make(mem, keys, 0700));
    DIR *dir = opendir(options->keys);
    struct err *e = NULL;
    if (!dir)
        return err_new(mem, ERR_NOT_FOUND, "cannot open %s: %s", options->keys, strerror(errno));
    for (struct dirent *d; !e && (d = readdir(dir));) {
        struct bytes content;
        if (*d->d_name == '.')
            continue;
        e = file_read(mem, arena_printf(mem, "%s/%s", options->keys, d->d_name), 1 << 20, &content);
        if (!e)
            e = file_write(mem, arena_printf(mem, "%s/%s", keys, d->d_name), 0600, content);
    }
    closedir(dir);
    return e;
}

/* The newest checkpoint that is known of: a newer one than the backup's shows what is missing. */
static struct err *bring_published(struct arena *mem, const struct daemon_options *options,
                                   const struct backup *b, const struct home *home)
{
    struct bytes note = bytes_of_text(b->checkpoint);

    if (options->published)
        TRY(file_read(mem, options->published, NOTE_BYTES_MAX, &note));
    return home_publish(mem, home, arena_copy_n(mem, (const char *)note.at, note.n));
}

static struct err *bring_database(struct arena *mem, const struct daemon_options *options,
                                  const struct backup *b, struct home *home, struct progress *p)
{
    struct cluster_place *c = &home->cluster;
    int64_t until;

    TRY(backup_take_out(mem, options->from, b, "pg", c->data, c->user, p));
    if (!options->archive)
        return NULL;
    char *real = realpath(options->archive, NULL);
    if (!real)
        return err_new(mem, ERR_NOT_FOUND, "there is no archive in %s", options->archive);
    c->recover = arena_copy(mem, real);
    if (options->until && instant_said(options->until, &until))
        c->until = instant_text(mem, until);
    free(real);
    const char *sign = arena_printf(mem, "%s/recovery.signal", c->data);
    TRY(file_write(mem, sign, 0600, bytes_of_text("")));
    return cluster_give(mem, c, sign);
}

/* ---- Is it what was backed up? --------------------------------------------------------------- */

/* What the database must have: the entries of the checkpoint that the backup names. */
static struct err *must_hold(struct arena *mem, const struct opened *o, const struct backup *b)
{
    struct checkpoint point;
    struct tree_range then;
    struct log_head head;
    struct store *store;

    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &store));
    struct tree_source source = log_source(store);
    struct err *e = checkpoint_of_log(mem, o, store, b->checkpoint, &point);
    if (!e)
        e = log_look(mem, store, &head);
    if (!e && head.range.size >= point.size)
        e = tree_range_load(mem, &source, point.size, &then);
    if (!e && (head.range.size < point.size || !digest_same(tree_root(&then), point.root)))
        e = err_new(mem, ERR_BROKEN,
                    "the database does not hold the %" PRIu64 " entries that the backup names",
                    point.size);
    store_close(store);
    return e;
}

/* As tenured run would: the audit goes by what this program applies. */
static struct err *migrate(struct arena *mem, const struct opened *o)
{
    struct store *owner;
    size_t files;

    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = store_migrate(mem, owner, &files);
    store_close(owner);
    return e;
}

/* What stands under catalog was so where the backup was made, and is said at the end. */
static struct err *check(struct arena *mem, const struct daemon_options *options,
                         const struct opened *o, const struct backup *b, struct audit_report *ret)
{
    TRY(must_hold(mem, o, b));
    TRY(migrate(mem, o));
    TRY(audit_opened(mem, o, b->checkpoint, options->json, ret));
    if (ret->findings == ret->catalog)
        return NULL;
    if (options->json)
        printf("%s\n", audit_json(mem, ret));
    else
        audit_print(ret);
    return err_new(mem, ERR_BROKEN, "what was brought back is not in order: it is not to be used");
}

/* ---- All of it ------------------------------------------------------------------------------- */

/* PostgreSQL's own words for it say neither which option is meant nor what to do. */
static struct err *start(struct arena *mem, const struct daemon_options *options, struct opened *o)
{
    struct err *e = instance_start(mem, &(struct daemon_options){.data = options->data}, o);

    if (e && options->until && strstr(e->text, "recovery ended before"))
        return err_new(
            mem, ERR_CONFLICT,
            "the archive ends before --until %s: name an earlier time, or none, to go on "
            "to its end; remove %s first",
            options->until, options->data);
    return e;
}

static struct err *restore(struct arena *mem, const struct daemon_options *options,
                           const struct backup *b, struct opened *o, struct audit_report *ret)
{
    struct progress copying = progress_begin("bringing back", options->json);

    TRY(bring_keys(mem, options, b, &o->home, &copying));
    TRY(bring_published(mem, options, b, &o->home));
    TRY(home_take_over(mem, &o->home, arena_printf(mem, "%s/config.json", options->from)));
    struct err *e = bring_database(mem, options, b, &o->home, &copying);
    progress_end(&copying);
    TRY(e);
    TRY(start(mem, options, o));
    return check(mem, options, o, b, ret);
}

static void say_json(struct arena *mem, const struct opened *o, const struct audit_report *audit,
                     const char *behind)
{
    json_t *found = audit->findings ? json_loads(audit_json(mem, audit), 0, NULL) : NULL;
    json_t *said =
        json_pack("{s:s, s:s, s:I, s:s*, s:o*}", "data", o->home.data, "log", o->home.origin,
                  "entries", (json_int_t)audit->entries, "behind", behind, "audit", found);

    printf("%s\n", json_compact(mem, json_keep(mem, said)));
}

static void say(const struct opened *o, const struct audit_report *audit, const char *behind)
{
    if (audit->findings)
        audit_print(audit);
    printf("%s is back in %s with %" PRIu64 " entries; every file%s in order.\n", o->home.origin,
           o->home.data, audit->entries,
           audit->findings ? ", the log and the tables that it makes are" : " and the audit are");
    printf("%s%s\n", behind ? "But " : "Run it: tenured run --data ",
           behind ? behind : o->home.data);
    if (audit->findings)
        printf("What stands under 'catalog' above stood so where the backup was made: see to it "
               "before this is used.\n");
}

struct err *daemon_restore(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct opened o = {.lock = -1};
    struct backup b;
    struct audit_report audit = {0};

    if (!options->from)
        return err_new(mem, ERR_USAGE, "--from must name the folder of a backup");
    TRY(backup_read(mem, options->from, &b));
    TRY(check_words(mem, options, &b));
    TRY(must_be_free(mem, options->data));
    const struct home_wish wish = {.data = options->data,
                                   .origin = b.origin,
                                   .user = options->user,
                                   .admin = b.admin,
                                   .restoring = true};
    TRY(home_make(mem, &wish, &o.home, &o.lock));
    struct err *e = restore(mem, options, &b, &o, &audit);
    struct err *behind = e ? NULL : refuse_rollback(mem, &o);
    if (!e && !behind)
        e = publish_head(mem, &o);
    if (!e)
        e = home_finish(mem, &o.home);
    instance_close(&o);
    TRY(e);
    if (options->json)
        say_json(mem, &o, &audit, behind ? behind->text : NULL);
    else
        say(&o, &audit, behind ? behind->text : NULL);
    *ret_status = audit.findings ? err_faces[ERR_BROKEN].exit : 0;
    return NULL;
}
