/* instance.c - an instance with its database, for the commands that need one; see commands.h. */
#include "commands.h"

#include "app/bootstrap.h"
#include "app/service.h"
#include "store/migrate.h"

#include <time.h>
#include <unistd.h>

int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct err *open_database(struct arena *mem, const struct daemon_options *options,
                                 struct opened *o)
{
    const char *given = options->database ? options->database : o->home.database;

    o->uri = given ? given : cluster_uri(mem, &o->home.cluster);
    if (given || o->lock < 0)
        return NULL;
    TRY(cluster_make(mem, &o->home.cluster));
    return cluster_start(mem, &o->home.cluster, &o->cluster);
}

struct err *instance_open(struct arena *mem, const struct daemon_options *options, bool alone,
                          struct opened *ret)
{
    struct opened o = {.lock = -1};

    TRY(home_load(mem, options->data, &o.home));
    struct err *e = home_lock(mem, &o.home, &o.lock);
    if (e && alone)
        return e;
    TRY(service_load(mem, o.home.data, &o.service));
    e = open_database(mem, options, &o);
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
