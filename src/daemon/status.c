/* status.c - tenured status: how an instance is, whether it runs or not. It starts nothing. */
#include "cosigners.h"

#include "app/service.h"
#include "app/site.h"
#include "base/date.h"
#include "base/file.h"
#include "log/checkpoint.h"
#include "store/log.h"
#include "store/migrate.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void set(json_t *status, const char *key, const char *text)
{
    json_object_set_new(status, key, json_string(text));
}

static void set_number(json_t *status, const char *key, uint64_t n)
{
    json_object_set_new(status, key, json_integer((json_int_t)n));
}

/* ---- The database ---------------------------------------------------------------------------- */

static struct err *add_site(struct arena *mem, struct store *store, json_t *status)
{
    struct service there = {0};

    TRY(site_load(mem, store, &there));
    if (there.web_origin) {
        set(status, "url", there.web_origin);
        set(status, "rp_id", there.rp_id);
    }
    return NULL;
}

/* A folder that takes nothing loses nothing yet, and a restore would end where it began to refuse.
 */
static struct err *add_archive(struct arena *mem, struct store *store, const char *keeper,
                               json_t *status)
{
    struct rows *rows;

    TRY(store_call(mem, store, "instance_archive", NULL, &rows));
    if (rows_count(rows) == 0)
        return NULL;
    const char *last = rows_text(rows, 0, "last");
    const char *at = last ? arena_printf(mem, ", the last at %s", last) : "";
    bool fails = rows_bool(rows, 0, "fails");
    json_object_set_new(status, "archive_fails", json_boolean(fails));
    if (fails)
        set(status, "archive",
            arena_printf(mem,
                         "fails (%" PRId64 " tries%s): see that PostgreSQL can write where %s "
                         "says, and that the disk is not full there",
                         rows_int(rows, 0, "failures"), at, keeper));
    else
        set(status, "archive",
            arena_printf(mem, "%" PRId64 " pieces%s", rows_int(rows, 0, "pieces"), at));
    return NULL;
}

static struct err *add_counts(struct arena *mem, struct store *store, const char *keeper,
                              json_t *status)
{
    struct log_head head;
    struct rows *rows;
    struct binds b;

    TRY(log_look(mem, store, &head));
    set_number(status, "entries", head.range.size);
    TRY(cosigners_progress(mem, store, status));
    TRY(add_archive(mem, store, keeper, status));
    struct err *old = store_is_current(mem, store);
    set(status, "schema", old ? old->text : "current");
    if (!old)
        TRY(add_site(mem, store, status));
    binds_init(&b, mem);
    bind_text(&b, "now", instant_text(mem, clock_ms()));
    TRY(store_call(mem, store, "instance_counts", &b, &rows));
    set_number(status, "people", (uint64_t)rows_int(rows, 0, "people"));
    set_number(status, "accounts", (uint64_t)rows_int(rows, 0, "accounts"));
    return NULL;
}

/* keeper: what says where the write-ahead log is kept. */
static void add_database(struct arena *mem, const char *uri, const char *keeper, json_t *status)
{
    struct store *store;
    struct err *e = store_open(mem, uri, STORE_AS_SERVICE, &store);

    if (!e) {
        e = add_counts(mem, store, keeper, status);
        store_close(store);
    }
    set(status, "database", e ? e->text : "answers");
}

/* ---- The folder ------------------------------------------------------------------------------ */

enum { DEPTH_MAX = 32 };

/* Bytes on the disk of all that is in a folder, as far as it can be read. */
static uint64_t disk_use(int parent, const char *name, int depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    uint64_t sum = 0;
    struct stat st;

    if (fd >= 0 && !dir)
        close(fd);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
            fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        sum += (uint64_t)st.st_blocks * 512;
        if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
            sum += disk_use(fd, d->d_name, depth + 1);
    }
    if (dir)
        closedir(dir);
    return sum;
}

static void add_folder(const struct home *home, json_t *status)
{
    const char *cluster = home->cluster.data;
    uint64_t bytes = disk_use(AT_FDCWD, home->data, 0);

    if (cluster && strncmp(cluster, home->data, strlen(home->data)) != 0)
        bytes += disk_use(AT_FDCWD, cluster, 0);
    set_number(status, "bytes", bytes);
}

static struct err *add_published(struct arena *mem, const struct home *home, json_t *status)
{
    struct checkpoint c;
    const char *note;
    struct note n;

    TRY(home_published(mem, home, &note));
    if (!note)
        return NULL;
    TRY(note_parse(mem, bytes_of_text(note), &n));
    TRY(checkpoint_parse(mem, n.text, &c));
    set_number(status, "published", c.size);
    set(status, "root", base64_encode(mem, c.root.at, sizeof(c.root.at)));
    return NULL;
}

/* ---- All of it ------------------------------------------------------------------------------- */

static const char *megabytes(struct arena *mem, const json_t *bytes)
{
    return arena_printf(mem, "%.1f MB", (double)json_integer_value(bytes) / 1e6);
}

static void print(struct arena *mem, const json_t *status)
{
    static const struct {
        const char *key, *words;
    } lines[] = {
        {"data", "instance in"},          {"service", "service"},    {"server", "reached at"},
        {"url", "in the web at"},         {"rp_id", "passkeys for"}, {"log", "log"},
        {"vkey", "verifier key"},         {"log_key", "which lies"}, {"entries", "entries"},
        {"published", "published up to"}, {"root", "with root"},     {"database", "database"},
        {"place", "database in"},         {"schema", "schema"},      {"people", "people"},
        {"accounts", "accounts"},         {"archive", "archive"},    {"bytes", "on the disk"},
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        const json_t *value = json_object_get(status, lines[i].key);
        if (!value)
            continue;
        const char *text = json_is_string(value)                ? json_string_value(value)
                           : strcmp(lines[i].key, "bytes") == 0 ? megabytes(mem, value)
                                                                : json_compact(mem, value);
        printf("%-16s %s\n", lines[i].words, text);
    }
    cosigners_print(status);
}

static struct err *look(struct arena *mem, const struct daemon_options *options,
                        const struct home *home, json_t *status)
{
    const char *given = options->database ? options->database : home->database;
    bool runs = home_is_in_use(mem, home);
    struct service service;

    set(status, "service",
        home->unfinished ? "not finished: run tenured init again"
        : runs           ? "runs"
                         : "stopped");
    set(status, "server", home_address(mem, home));
    if (file_exists(arena_printf(mem, "%s/keys", home->data))) {
        TRY(service_load(mem, home->data, &service));
        set(status, "vkey", keyring_vkey(service.keys));
        set(status, "log_key", keyring_in_token(service.keys) ? "in a token" : "in a file");
    }
    TRY(cosigners_status(mem, home, runs, status));
    set(status, "place", given ? "a server of your own" : home->cluster.data);
    if (given || runs)
        add_database(mem, given ? given : cluster_uri(mem, &home->cluster),
                     given ? "your archive_command" : "--archive", status);
    else
        set(status, "database", "stopped");
    add_folder(home, status);
    return add_published(mem, home, status);
}

struct err *daemon_status(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct home home;

    TRY(home_load(mem, options->data, &home));
    json_t *status = json_pack("{s:s, s:s}", "data", home.data, "log", home.origin);
    json_keep(mem, status);
    TRY(look(mem, options, &home, status));
    *ret_status = 0;
    if (options->json)
        printf("%s\n", json_compact(mem, status));
    else
        print(mem, status);
    return NULL;
}
