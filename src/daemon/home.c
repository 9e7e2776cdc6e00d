/* home.c - the config of an instance: where everything is, chosen once; see home.h. */
#include "home.h"

#include "base/file.h"
#include "crypto/note.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONFIG_MAX = 65536, SOCKET_PATH_MAX = 107 };
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

/* ---- Config ---------------------------------------------------------------------------------- */

static struct err *read_witnesses(struct arena *mem, const char *path, const json_t *config,
                                  struct home *home)
{
    const json_t *list = json_object_get(config, "witnesses"), *row;
    const json_t *quorum = json_object_get(config, "witness_quorum");
    size_t i;

    home->witnesses = (struct list){arena_array(mem, json_array_size(list) + 1, sizeof(char *)), 0};
    json_array_foreach (list, i, row) {
        if (!json_is_string(row))
            return err_new(mem, ERR_BROKEN, "%s: each of witnesses must be a text: \"VKEY URL\"",
                           path);
        home->witnesses.at[home->witnesses.n++] = json_string_value(row);
    }
    home->quorum = json_integer_value(quorum);
    if ((list && !json_is_array(list)) || (quorum && !json_is_integer(quorum)) || home->quorum < 0)
        return err_new(mem, ERR_BROKEN, "%s: witnesses must be a list, witness_quorum a number",
                       path);
    return NULL;
}

static void write_witnesses(const struct home *home, json_t *config)
{
    json_t *list = json_array();

    for (size_t i = 0; i < home->witnesses.n; i++)
        json_array_append_new(list, json_string(home->witnesses.at[i]));
    if (home->witnesses.n)
        json_object_set(config, "witnesses", list);
    if (home->quorum)
        json_object_set_new(config, "witness_quorum", json_integer(home->quorum));
    json_decref(list);
}

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
    const char *admin = json_text(config, "admin"), *run = json_text(config, "run");
    home->origin = json_text(config, "origin");
    home->admin = admin ? admin : "admin";
    home->database = json_text(config, "database");
    home->run = run ? run : path_in(mem, home, "run");
    home->cluster =
        (struct cluster_place){json_text(cluster, "data"), json_text(cluster, "sockets"),
                               path_in(mem, home, "postgres.log"), json_text(cluster, "user"),
                               .archive = json_text(cluster, "archive")};
    home->unfinished = json_is_true(json_object_get(config, "unfinished"));
    home->restoring = json_is_true(json_object_get(config, "restoring"));
    TRY(read_witnesses(mem, path, config, home));
    if (!home->origin || (!home->database && (!home->cluster.data || !home->cluster.sockets)))
        return err_new(mem, ERR_BROKEN, "%s lacks the log's name or the place of the database",
                       path);
    if (home->restoring) /* an empty cluster in its place would sign a second history */
        return err_new(
            mem, ERR_CONFLICT,
            "the restore into %s was not finished: remove it, and what is in %s, and run "
            "tenured restore again",
            home->data, home->cluster.data);
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
    json_t *config = json_pack("{s:i, s:s, s:s, s:s}", "version", 1, "origin", home->origin,
                               "admin", home->admin, "run", home->run);

    json_keep(mem, config);
    if (home->unfinished)
        json_object_set_new(config, "unfinished", json_true());
    if (home->restoring)
        json_object_set_new(config, "restoring", json_true());
    if (home->database) {
        json_object_set_new(config, "database", json_string(home->database));
    } else {
        json_t *cluster =
            json_pack("{s:s, s:s}", "data", home->cluster.data, "sockets", home->cluster.sockets);
        if (home->cluster.user)
            json_object_set_new(cluster, "user", json_string(home->cluster.user));
        if (home->cluster.archive)
            json_object_set_new(cluster, "archive", json_string(home->cluster.archive));
        json_object_set_new(config, "cluster", cluster);
    }
    write_witnesses(home, config);
    const char *text = arena_printf(mem, "%s\n", json_compact(mem, config));
    return file_write(mem, path_in(mem, home, "config.json"), 0600, bytes_of_text(text));
}

struct err *home_finish(struct arena *mem, struct home *home)
{
    if (!home->unfinished && !home->restoring)
        return NULL;
    home->unfinished = home->restoring = false;
    return write_config(mem, home);
}

struct err *home_take_over(struct arena *mem, struct home *home, const char *path)
{
    struct bytes text;
    json_t *config;

    TRY(file_read(mem, path, CONFIG_MAX, &text));
    TRY(json_read(mem, text, CONFIG_MAX, path, &config));
    TRY(read_witnesses(mem, path, config, home));
    return write_config(mem, home);
}

/* It is in the config, not said each time: a server that once ran without it would leave a gap that
 * shows when it is too late. */
struct err *home_archive(struct arena *mem, struct home *home, const char *folder)
{
    const char *wish = NULL;

    if (home->database)
        return err_new(mem, ERR_USAGE,
                       "--archive is for the private PostgreSQL: yours has an archive_command of "
                       "its own");
    if (strcmp(folder, "off") != 0) {
        TRY(cluster_folder(mem, &home->cluster, folder));
        TRY(real_path(mem, folder, &wish));
    }
    if (text_same(wish, home->cluster.archive))
        return NULL;
    home->cluster.archive = wish;
    return write_config(mem, home);
}

/* ---- Where everything goes ------------------------------------------------------------------- */

static const char *short_hash(struct arena *mem, const char *text)
{
    struct digest d = sha256(bytes_of_text(text));

    return hex_encode(mem, d.at, 6);
}

/* For a socket whose own place has too long a path: the same one each time, where a restart of the
 * machine may take it away. */
static const char *short_folder(struct arena *mem, const struct home *home, const char *what)
{
    return arena_printf(mem, "%s/tenure-%u-%s-%s", geteuid() == 0 ? "/run" : "/tmp",
                        (unsigned)geteuid(), short_hash(mem, home->data), what);
}

/* As root the cluster runs as another user, who must be able to get to it. */
static struct err *choose_cluster(struct arena *mem, struct home *home, const char *user)
{
    struct cluster_place *c = &home->cluster;
    const char *base = home->data;
    bool may = true;

    c->user = geteuid() == 0 ? (user ? user : "postgres") : NULL;
    if (user && !c->user)
        return err_new(mem, ERR_USAGE,
                       "--user is for root: here PostgreSQL runs as you, like tenured");
    if (c->user)
        TRY(user_may_reach(mem, c->user, home->data, &may));
    if (!may) {
        base = arena_printf(mem, ELSEWHERE "/%s", short_hash(mem, home->data));
        TRY(folder_make(mem, base, 0755));
    }
    c->data = arena_printf(mem, "%s/pg", base);
    c->sockets = arena_printf(mem, "%s/s", base);
    if (!cluster_sockets_ok(c->sockets))
        c->sockets = short_folder(mem, home, "pg");
    c->log = path_in(mem, home, "postgres.log");
    /* We would take it for one of ours, and end the server that runs there. */
    if (file_exists(c->data))
        return err_new(mem, ERR_CONFLICT,
                       "%s is there already and may be somebody else's: move it away, or choose "
                       "another --data",
                       c->data);
    return NULL;
}

static void choose_run(struct arena *mem, struct home *home)
{
    home->run = path_in(mem, home, "run");
    if (strlen(home->run) + strlen("/http.sock") > SOCKET_PATH_MAX)
        home->run = short_folder(mem, home, "run");
}

static const char *default_origin(struct arena *mem)
{
    char host[256] = "localhost";

    gethostname(host, sizeof(host) - 1);
    return arena_printf(mem, "%s/tenure", host);
}

/* ---- A new one ------------------------------------------------------------------------------- */

static struct err *check_origin(struct arena *mem, const char *origin)
{
    if (note_name_ok(origin))
        return NULL;
    return err_field(mem, "origin", "'%s' must not be empty nor hold white space or '+'", origin);
}

static struct err *make_config(struct arena *mem, const struct home_wish *wish, struct home *home)
{
    home->origin = wish->origin ? wish->origin : default_origin(mem);
    home->admin = wish->admin ? wish->admin : "admin";
    home->database = wish->database;
    home->unfinished = !wish->restoring;
    home->restoring = wish->restoring;
    TRY(check_origin(mem, home->origin));
    choose_run(mem, home);
    if (!home->database)
        TRY(choose_cluster(mem, home, wish->user));
    return write_config(mem, home);
}

static struct err *must_stay(struct arena *mem, const char *option, const char *wish,
                             const char *have)
{
    if (!wish || text_same(wish, have))
        return NULL;
    return err_new(mem, ERR_CONFLICT, "--%s %s: it is '%s' in this instance, and that stays",
                   option, wish, have ? have : "not there");
}

struct err *home_make(struct arena *mem, const struct home_wish *wish, struct home *ret,
                      int *ret_lock)
{
    /* The keys are behind a door of their own; the cluster's user must get past this one. */
    mode_t mode = geteuid() == 0 && !wish->database ? 0711 : 0700;
    struct home home = {0};

    if (wish->origin) /* before anything is made */
        TRY(check_origin(mem, wish->origin));
    TRY(folder_make(mem, wish->data, mode));
    TRY(real_path(mem, wish->data, &home.data));
    TRY(home_lock(mem, &home, PATIENCE_TO_HAVE_MS, ret_lock));
    struct err *e = read_config(mem, &home);
    if (e && e->kind == ERR_NOT_FOUND)
        e = make_config(mem, wish, &home);
    TRY(e);
    TRY(must_stay(mem, "origin", wish->origin, home.origin));
    TRY(must_stay(mem, "admin", wish->admin, home.admin));
    if (wish->database && !text_same(wish->database, home.database)) /* it has a password in it */
        return err_new(mem, ERR_CONFLICT, "--database: this instance has %s, and that stays",
                       home.database ? "another one" : "one of its own");
    TRY(must_stay(mem, "user", wish->user, home.cluster.user));
    *ret = home;
    return NULL;
}
