/* backup.c - tenured backup: a copy of an instance, whether it runs or not; see backup.h. The
 * database is copied by PostgreSQL itself, as it is at the end of the copying; its own checksums
 * are looked at on the way. */
#include "backup.h"

#include "app/bootstrap.h"
#include "base/date.h"
#include "base/file.h"
#include "base/journal.h"
#include "commands.h"
#include "log/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* ---- The parts ------------------------------------------------------------------------------- */

struct copying {
    struct store *store;
    struct progress progress;
};

static void say_copied(void *ctx)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct copying *c = ctx;
    struct rows *rows;

    if (c->progress.quiet || store_call(mem, c->store, "backup_progress", NULL, &rows))
        return;
    progress_say(&c->progress, (uint64_t)rows_int(rows, 0, "done"),
                 (uint64_t)rows_int(rows, 0, "total"), true);
}

static struct err *copy_database(struct arena *mem, const struct opened *o, const char *to,
                                 bool quiet)
{
    struct copying c = {.progress = progress_begin("copying", quiet)};

    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &c.store));
    struct err *e =
        cluster_copy(mem, &o->home.cluster, arena_printf(mem, "%s/pg", to), say_copied, &c);
    store_close(c.store);
    progress_end(&c.progress);
    return e;
}

static struct err *copy_file(struct arena *mem, const char *from, const char *to)
{
    enum { SMALL = 1 << 20 };
    struct bytes content;

    TRY(file_read(mem, from, SMALL, &content));
    return file_write(mem, to, 0600, content);
}

static struct err *copy_keys(struct arena *mem, const struct opened *o, const char *to)
{
    const char *from = arena_printf(mem, "%s/keys", o->home.data),
               *into = arena_printf(mem, "%s/keys", to);
    struct err *e = folder_make(mem, into, 0700);
    DIR *dir = opendir(from);

    if (!dir)
        return err_new(mem, ERR_SYSTEM, "cannot open %s: %s", from, strerror(errno));
    for (struct dirent *d; !e && (d = readdir(dir));)
        if (*d->d_name != '.')
            e = copy_file(mem, arena_printf(mem, "%s/%s", from, d->d_name),
                          arena_printf(mem, "%s/%s", into, d->d_name));
    closedir(dir);
    return e;
}

static struct err *newest_checkpoint(struct arena *mem, const struct opened *o, struct backup *b)
{
    struct store *store;
    struct rows *rows;

    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = bootstrap_check_keys(mem, store, &o->service);
    if (!e)
        e = store_call(mem, store, "log_checkpoint", NULL, &rows);
    if (!e && rows_count(rows) == 0)
        e = err_new(mem, ERR_CONFLICT, "the log is empty: there is nothing to back up");
    if (!e)
        b->checkpoint = arena_copy(mem, rows_text(rows, 0, "note"));
    store_close(store);
    return e;
}

/* ---- All of it ------------------------------------------------------------------------------- */

static struct err *back_up(struct arena *mem, const struct daemon_options *options,
                           const struct opened *o, struct backup *b)
{
    struct progress listing = progress_begin("checking", options->json);
    const char *to = options->to;

    TRY(newest_checkpoint(mem, o, b));
    TRY(copy_database(mem, o, to, options->json));
    if (b->keys) /* after the database: a key that was changed meanwhile is in both */
        TRY(copy_keys(mem, o, to));
    TRY(copy_file(mem, arena_printf(mem, "%s/config.json", o->home.data),
                  arena_printf(mem, "%s/config.json", to)));
    TRY(file_write(mem, arena_printf(mem, "%s/published", to), 0644, bytes_of_text(b->checkpoint)));
    struct err *e = backup_list(mem, to, &listing, b);
    progress_end(&listing);
    return e ? e : backup_write(mem, to, b);
}

static void say(struct arena *mem, const struct daemon_options *options, const struct backup *b)
{
    json_t *said = json_pack("{s:s, s:s, s:s, s:I, s:I, s:b}", "backup", options->to, "log",
                             b->origin, "made", b->made, "files", (json_int_t)b->n, "bytes",
                             (json_int_t)b->bytes, "keys", b->keys);

    if (options->json)
        printf("%s\n", json_compact(mem, json_keep(mem, said)));
    else
        printf("The backup of %s is in %s: %zu files and folders, %.1f MB, %s.\n"
               "tenured restore --from %s --data DIR brings it back.\n",
               b->origin, options->to, b->n, (double)b->bytes / 1e6,
               b->keys ? "with the keys: keep it as safe as them"
                       : "without the keys: it cannot be used without a copy of them",
               options->to);
}

struct err *daemon_backup(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct opened o;

    (void)ret_status;
    if (!options->to)
        return err_new(mem, ERR_USAGE, "--to must name the folder to make");
    TRY(instance_open(mem, options, false, &o));
    struct backup b = {.origin = o.home.origin,
                       .vkey = keyring_vkey(o.service.keys),
                       .admin = o.home.admin,
                       .made = instant_text(mem, clock_ms()),
                       .keys = !options->without_keys};
    struct err *e = NULL;
    if (o.home.database || options->database)
        e = err_new(mem, ERR_USAGE,
                    "the database is yours: back it up with pg_basebackup or pg_dump, and keep a "
                    "copy of %s/keys and of %s/published",
                    o.home.data, o.home.data);
    else if (mkdir(options->to, 0700) != 0)
        e = err_new(mem, errno == EEXIST ? ERR_CONFLICT : ERR_SYSTEM,
                    "cannot make the folder %s: %s", options->to, strerror(errno));
    if (!e)
        e = back_up(mem, options, &o, &b);
    instance_close(&o);
    TRY(e);
    say(mem, options, &b);
    return NULL;
}
