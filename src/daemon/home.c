/* home.c - see home.h. */
#include "home.h"

#include "base/file.h"
#include "crypto/note.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONFIG_MAX = 65536 };
#define ELSEWHERE "/var/lib/tenure"

static const char *path_in(struct arena *mem, const struct home *home, const char *name)
{
    return arena_printf(mem, "%s/%s", home->data, name);
}

const char *home_default(struct arena *mem)
{
    const char *home = getenv("HOME"), *base = getenv("XDG_DATA_HOME");

    if (base && *base == '/')
        return arena_printf(mem, "%s/tenure", base);
    return arena_printf(mem, "%s/.local/share/tenure", home && *home ? home : "");
}

static struct err *real_path(struct arena *mem, const char *data, const char **ret)
{
    char *real = realpath(data, NULL);

    if (!real)
        return err_new(mem, ERR_NOT_FOUND, "there is no instance in %s: tenured init --data %s",
                       data, data);
    *ret = arena_copy(mem, real);
    free(real);
    return NULL;
}

/* ---- Config
 * ---------------------------------------------------------------------------------------------- */

static struct err *read_config(struct arena *mem, struct home *home)
{
    const char *path = path_in(mem, home, "config.json");
    struct bytes text;
    json_t *config;

    struct err *e = file_read(mem, path, CONFIG_MAX, &text);
    if (e && e->kind == ERR_NOT_FOUND)
        return err_new(mem, ERR_NOT_FOUND, "there is no instance in %s: tenured init --data %s",
                       home->data, home->data);
    TRY(e);
    TRY(json_read(mem, text, CONFIG_MAX, path, &config));
    const json_t *cluster = json_object_get(config, "cluster");
    home->origin = json_text(config, "origin");
    home->database = json_text(config, "database");
    home->cluster =
        (struct cluster_place){json_text(cluster, "data"), json_text(cluster, "sockets"),
                               path_in(mem, home, "postgres.log"), json_text(cluster, "user")};
    if (!home->origin || (!home->database && (!home->cluster.data || !home->cluster.sockets)))
        return err_new(mem, ERR_BROKEN, "%s lacks the log's name or the place of the database",
                       path);
    return NULL;
}

struct err *home_load(struct arena *mem, const char *data, struct home *ret)
{
    *ret = (struct home){0};
    TRY(real_path(mem, data, &ret->data));
    return read_config(mem, ret);
}

static struct err *write_config(struct arena *mem, const struct home *home)
{
    json_t *config = json_pack("{s:i, s:s}", "version", 1, "origin", home->origin);

    json_keep(mem, config);
    if (home->database) {
        json_object_set_new(config, "database", json_string(home->database));
    } else {
        json_t *cluster =
            json_pack("{s:s, s:s}", "data", home->cluster.data, "sockets", home->cluster.sockets);
        if (home->cluster.user)
            json_object_set_new(cluster, "user", json_string(home->cluster.user));
        json_object_set_new(config, "cluster", cluster);
    }
    const char *text = arena_printf(mem, "%s\n", json_compact(mem, config));
    return file_write(mem, path_in(mem, home, "config.json"), 0600, bytes_of_text(text));
}

/* ---- Where the cluster goes
 * ---------------------------------------------------------------------------------- */

static const char *short_hash(struct arena *mem, const char *text)
{
    struct digest d = sha256(bytes_of_text(text));

    return hex_encode(mem, d.at, 6);
}

/* As root the cluster runs as another user, who must be able to get to it. */
static struct err *choose_place(struct arena *mem, struct home *home, const char *user)
{
    const char *base = home->data;
    bool may = true;

    home->cluster.user = geteuid() == 0 ? (user ? user : "postgres") : NULL;
    if (home->cluster.user)
        TRY(user_may_reach(mem, home->cluster.user, home->data, &may));
    if (!may) {
        base = arena_printf(mem, ELSEWHERE "/%s", short_hash(mem, home->data));
        TRY(folder_make(mem, base, 0755));
    }
    home->cluster.data = arena_printf(mem, "%s/pg", base);
    home->cluster.sockets = arena_printf(mem, "%s/s", base);
    if (strlen(home->cluster.sockets) > CLUSTER_SOCKET_MAX)
        home->cluster.sockets =
            arena_printf(mem, "/tmp/tenure-%d-%s", (int)geteuid(), short_hash(mem, home->data));
    home->cluster.log = path_in(mem, home, "postgres.log");
    return NULL;
}

static const char *default_origin(struct arena *mem)
{
    char host[256] = "localhost";

    gethostname(host, sizeof(host) - 1);
    return arena_printf(mem, "%s/tenure", host);
}

struct err *home_make(struct arena *mem, const struct home_wish *wish, struct home *ret,
                      bool *ret_fresh)
{
    /* The keys are behind a door of their own; the cluster's user must get past this one. */
    mode_t mode = geteuid() == 0 ? 0711 : 0700;

    if (wish->origin && !note_name_ok(wish->origin))
        return err_field(mem, "origin", "'%s' must not be empty nor hold white space or '+'",
                         wish->origin);
    TRY(folder_make(mem, wish->data, mode));
    struct err *e = home_load(mem, wish->data, ret);
    *ret_fresh = e != NULL;
    if (!e && wish->origin && strcmp(wish->origin, ret->origin) != 0)
        return err_field(mem, "origin", "this instance is '%s': a log's name stays", ret->origin);
    if (!e || e->kind != ERR_NOT_FOUND)
        return e;
    TRY(real_path(mem, wish->data, &ret->data));
    ret->origin = wish->origin ? wish->origin : default_origin(mem);
    ret->database = wish->database;
    TRY(folder_make(mem, path_in(mem, ret, "run"), 0755));
    if (!ret->database)
        TRY(choose_place(mem, ret, wish->user));
    return write_config(mem, ret);
}

/* ---- Who uses it
 * ------------------------------------------------------------------------------------------------
 */

static struct err *take_lock(struct arena *mem, const struct home *home, int *ret_fd)
{
    int fd = open(path_in(mem, home, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_new(mem, ERR_SYSTEM, "cannot open %s/lock: %s", home->data, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *ret_fd = fd;
        return NULL;
    }
    close(fd);
    return err_new(mem, ERR_CONFLICT, "the instance in %s is in use: another tenured runs on it",
                   home->data);
}

struct err *home_lock(struct arena *mem, const struct home *home, int *ret_fd)
{
    return take_lock(mem, home, ret_fd);
}

bool home_is_in_use(struct arena *mem, const struct home *home)
{
    int fd;

    if (take_lock(mem, home, &fd))
        return true;
    close(fd);
    return false;
}

const char *home_address(struct arena *mem, const struct home *home)
{
    return arena_printf(mem, "unix:%s/run/http.sock", home->data);
}

/* ---- The newest checkpoint, kept apart
 * ------------------------------------------------------------------------------ */

struct err *home_published(struct arena *mem, const struct home *home, const char **ret)
{
    struct bytes note;
    struct err *e = file_read(mem, path_in(mem, home, "published"), NOTE_BYTES_MAX, &note);

    *ret = NULL;
    if (e && e->kind == ERR_NOT_FOUND)
        return NULL;
    TRY(e);
    *ret = arena_copy_n(mem, (const char *)note.at, note.n);
    return NULL;
}

struct err *home_publish(struct arena *mem, const struct home *home, const char *note)
{
    return file_write(mem, path_in(mem, home, "published"), 0644, bytes_of_text(note));
}
