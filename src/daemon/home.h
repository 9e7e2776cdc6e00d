/* home.h - the data directory of an instance: what is where, who uses it, how far its log has got.
 *
 *     config.json   the log's name, and where the database is
 *     keys/         the service's keys (app/service.h)
 *     lock          held by whoever uses the instance
 *     published     the newest checkpoint, kept apart from the database: a rollback shows against
 * it run/          the service's socket pg/           the private cluster, unless its user could
 * not reach it here
 */
#ifndef HOME_H
#define HOME_H

#include "app/job.h"
#include "store/cluster.h"

struct home {
    const char *data; /* the folder, as a real path */
    const char *origin;
    const char *database; /* a URI, when there is no private cluster */
    struct cluster_place cluster;
};

const char *home_default(struct arena *mem); /* ~/.local/share/tenure */

/* ERR_NOT_FOUND, with what to do, when there is no instance. */
MUST struct err *home_load(struct arena *mem, const char *data, struct home *ret);

/* The folder and the config of a new instance. An instance that is there is loaded instead:
 * *ret_fresh says which. */
struct home_wish {
    const char *data, *origin, *database, *user;
};
MUST struct err *home_make(struct arena *mem, const struct home_wish *wish, struct home *ret,
                           bool *ret_fresh);

/* ERR_CONFLICT when somebody uses it. The lock goes with the process; *ret_fd must stay open. */
MUST struct err *home_lock(struct arena *mem, const struct home *home, int *ret_fd);
bool home_is_in_use(struct arena *mem, const struct home *home);

/* The address of the service's own socket: "unix:DATA/run/http.sock". */
const char *home_address(struct arena *mem, const struct home *home);

/* The newest checkpoint that was published; NULL when there is none yet. */
MUST struct err *home_published(struct arena *mem, const struct home *home, const char **ret);
MUST struct err *home_publish(struct arena *mem, const struct home *home, const char *note);

#endif
