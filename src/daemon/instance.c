/* instance.c - an instance with its database, for the commands that need one; see commands.h. */
#include "commands.h"

#include "app/bootstrap.h"
#include "app/service.h"
#include "base/file.h"
#include "store/migrate.h"

#include <pwd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct err *unfinished(struct arena *mem, const struct home *home)
{
    return err_new(mem, ERR_NOT_FOUND,
                   "the instance in %s was not finished: run tenured init --data %s again",
                   home->data, home->data);
}

/* PostgreSQL refuses to run as root, and its files must stay its user's. */
static struct err *check_user(struct arena *mem, const struct home *home)
{
    struct stat st;

    if (geteuid() != 0 || home->cluster.user)
        return NULL;
    const struct passwd *owner = stat(home->data, &st) == 0 ? getpwuid(st.st_uid) : NULL;
    return err_new(mem, ERR_CONFLICT,
                   "this instance is %s's: run tenured as that user, not as root",
                   owner ? owner->pw_name : "another user");
}

static struct err *start_cluster(struct arena *mem, struct opened *o)
{
    const struct home *home = &o->home;

    TRY(check_user(mem, home));
    if (home->unfinished)
        TRY(cluster_make(mem, &home->cluster));
    if (!file_exists(
            home->cluster.data)) /* an empty one in its place would sign a second history */
        return err_new(mem, ERR_NOT_FOUND, "there is no cluster in %s: bring it back from a backup",
                       home->cluster.data);
    return cluster_start(mem, &home->cluster, &o->cluster);
}

struct err *instance_start(struct arena *mem, const struct daemon_options *options,
                           struct opened *o)
{
    const char *given = options->database ? options->database : o->home.database;

    o->uri = given ? given : cluster_uri(mem, &o->home.cluster);
    TRY(service_load(mem, o->home.data, &o->service));
    return given || o->lock < 0 ? NULL : start_cluster(mem, o);
}

static bool answers(const char *uri)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct store *store = NULL;
    struct err *e = store_open(mem, uri, STORE_AS_OWNER, &store);

    store_close(store);
    return !e;
}

/* Somebody else has the private cluster, and is perhaps just starting or stopping it: it comes to
 * answer, or it becomes ours. */
static struct err *await_other(struct arena *mem, struct opened *o)
{
    const int64_t began = clock_ms();
    const char *uri = cluster_uri(mem, &o->home.cluster);

    while (!answers(uri)) {
        AUTO(arena_auto) struct arena *try = arena_new();
        struct err *e = home_lock(try, &o->home, PATIENCE_TO_LOOK_MS, &o->lock);
        if (!e)
            return NULL;
        if (e->kind != ERR_CONFLICT)
            return err_new(mem, e->kind, "%s", e->text);
        if (clock_ms() - began > PATIENCE_TO_REACH_MS)
            return err_new(mem, ERR_UNAVAILABLE,
                           "the instance in %s is in use and its database does not answer: see %s",
                           o->home.data, o->home.cluster.log);
    }
    return NULL;
}

struct err *instance_open(struct arena *mem, const struct daemon_options *options, bool alone,
                          struct opened *ret)
{
    struct opened o = {.lock = -1};

    TRY(home_load(mem, options->data, &o.home));
    struct err *e =
        home_lock(mem, &o.home, alone ? PATIENCE_TO_HAVE_MS : PATIENCE_TO_LOOK_MS, &o.lock);
    if (e && (alone || e->kind != ERR_CONFLICT))
        return e;
    e = NULL;
    if (alone && options->archive)
        e = home_archive(mem, &o.home, options->archive);
    if (!e && o.lock < 0 && !o.home.unfinished && !options->database && !o.home.database)
        e = await_other(mem, &o);
    if (!e)
        e = o.home.unfinished ? unfinished(mem, &o.home) : instance_start(mem, options, &o);
    if (e) {
        instance_close(&o);
        return e;
    }
    *ret = o;
    return NULL;
}

void instance_close(struct opened *o)
{
    cluster_stop(o->cluster);
    if (o->lock >= 0)
        close(o->lock);
    o->cluster = NULL;
    o->lock = -1;
}

struct err *bring_up_to_date(struct arena *mem, const struct opened *o, size_t *ret_files,
                             size_t *ret_playbooks)
{
    struct store *owner, *store;

    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = store_migrate(mem, owner, ret_files);
    store_close(owner);
    TRY(e);
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    e = bootstrap_playbooks(mem, store, &o->service, clock_ms(), ret_playbooks);
    store_close(store);
    return e;
}
