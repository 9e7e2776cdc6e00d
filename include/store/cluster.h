/* cluster.h - a private PostgreSQL: made, started, watched over and stopped by us.
 *
 * It listens on a unix socket only, in a folder that nobody else can enter, and keeps every default
 * that has to do with durability. It runs as our direct child; when it dies it is started again,
 * and when we die it goes down by itself. Whoever calls has made sure that nobody else uses the
 * place.
 */
#ifndef STORE_CLUSTER_H
#define STORE_CLUSTER_H

#include "base/err.h"

#include <stdbool.h>

struct cluster_place {
    const char *data;    /* the cluster's own folder; its parent is there */
    const char *sockets; /* folder of its socket: the path must be short */
    const char *log;     /* what the server says */
    const char *user;    /* whom it runs as when we are root; NULL: as we are */
    const char *archive; /* every finished piece of its write-ahead log is copied there; or NULL */

    /* At this start only: what is in this archive comes after what is in data, up to an instant
     * (as instant_text() writes it; NULL: all of it). The server answers when it has it. */
    const char *recover, *until;
};

/* Can a socket be in this folder, and libpq find it? Its path holds 107 bytes and no comma. */
bool cluster_sockets_ok(const char *folder);

/* What libpq needs to get there, whatever the environment says. */
const char *cluster_uri(struct arena *mem, const struct cluster_place *place);

/* Makes the cluster if it is not there yet, whole or not at all. */
MUST struct err *cluster_make(struct arena *mem, const struct cluster_place *place);

/* Starts the server and waits until it answers: as long as it takes while it says that it recovers,
 * a minute while it says nothing, and no longer when a SIGTERM or SIGINT that the caller has
 * blocked is waiting. What an earlier server of this place has left behind (pid files, processes)
 * is cleared away first. ERR_UNAVAILABLE with the server's own words when it does not come up. */
struct cluster;
MUST struct err *cluster_start(struct arena *mem, const struct cluster_place *place,
                               struct cluster **ret);

/* Ends sessions and stops it; waits. NULL is fine. */
void cluster_stop(struct cluster *c);

/* A copy of a running cluster into a folder that is not there yet: a cluster as it was at the end
 * of the copying, with all that it needs to start. tick is called several times a second meanwhile.
 */
MUST struct err *cluster_copy(struct arena *mem, const struct cluster_place *place, const char *to,
                              void (*tick)(void *ctx), void *ctx);

/* A folder that the cluster's user owns and nobody else can enter; made when it is not there. */
MUST struct err *cluster_folder(struct arena *mem, const struct cluster_place *place,
                                const char *path);

/* A file of ours becomes one of the cluster's user. */
MUST struct err *cluster_give(struct arena *mem, const struct cluster_place *place,
                              const char *path);

/* How often it had to be started again. */
unsigned cluster_restarts(struct cluster *c);

/* May this user reach the folder? Sets *ret_may. ERR_NOT_FOUND when there is no such user. */
MUST struct err *user_may_reach(struct arena *mem, const char *user, const char *folder,
                                bool *ret_may);

#endif
