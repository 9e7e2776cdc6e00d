/* home.h - the data directory of an instance: what is where, who uses it, how far its log has got.
 *
 *     config.json   the log's name, and where everything is
 *     keys/         the service's keys (app/service.h)
 *     lock          held by whoever uses the instance
 *     published     the newest checkpoint, kept apart from the database: a rollback shows there
 *     witnesses     which witnesses are asked, and who of them is away; while the service runs
 *     run/          the service's socket, unless the path is too long
 *     pg/           the private cluster, unless its user could not reach it here
 *     s/            the cluster's socket, unless the path is too long
 *     postgres.log  what the cluster's server says
 *
 * A backup (backup.h) has config.json, keys/, published and pg/ in the same places.
 */
#ifndef HOME_H
#define HOME_H

#include "app/job.h"
#include "store/cluster.h"

struct home {
    const char *data; /* the folder, as a real path */
    const char *origin;
    const char *admin;     /* ref of the first administrator */
    const char *database;  /* a URI, when there is no private cluster */
    const char *run;       /* folder of the service's own socket */
    struct list witnesses; /* "VKEY URL": who is asked to cosign the log's checkpoints */
    int64_t quorum;        /* how many of them make one witnessed; 0: all */
    struct cluster_place cluster;
    bool unfinished; /* tenured init was cut short */
    bool restoring;  /* tenured restore was cut short, or what it made is not in order */
};

const char *home_default(struct arena *mem); /* ~/.local/share/tenure */

/* ERR_NOT_FOUND, with what to do, when there is no instance. */
MUST struct err *home_load(struct arena *mem, const char *data, struct home *ret);

/* The folder, the lock and the config of a new, unfinished instance. One that is there is loaded
 * instead; what is wished for must be as it was then, or not said. */
struct home_wish {
    const char *data, *origin, *database, *user, *admin;
    bool restoring;
};
MUST struct err *home_make(struct arena *mem, const struct home_wish *wish, struct home *ret,
                           int *ret_lock);

/* The witnesses that another config names are asked here too. */
MUST struct err *home_take_over(struct arena *mem, struct home *home, const char *config);

/* Where the private cluster's write-ahead log is kept from now on; "off": nowhere. */
MUST struct err *home_archive(struct arena *mem, struct home *home, const char *folder);

/* Its making has come to the end. */
MUST struct err *home_finish(struct arena *mem, struct home *home);

/* ERR_CONFLICT when somebody still uses it after patience_ms: one who only looks whether it is held
 * has it for a moment, one who was killed until the system has taken all of it away. The lock goes
 * with the process; *ret_fd must stay open. */
enum { PATIENCE_TO_LOOK_MS = 100, PATIENCE_TO_HAVE_MS = 2000, PATIENCE_TO_REACH_MS = 60000 };
MUST struct err *home_lock(struct arena *mem, const struct home *home, unsigned patience_ms,
                           int *ret_fd);
bool home_is_in_use(struct arena *mem, const struct home *home);

/* The address of the service's own socket, and its folder: it is made when it is not there (after a
 * restart of the machine). ERR_CONFLICT when others could put something there. */
const char *home_address(struct arena *mem, const struct home *home);
MUST struct err *home_make_run(struct arena *mem, const struct home *home);

/* The newest checkpoint that was published; NULL when there is none yet. */
MUST struct err *home_published(struct arena *mem, const struct home *home, const char **ret);
MUST struct err *home_publish(struct arena *mem, const struct home *home, const char *note);

/* How it stands with the witnesses, as JSON, for tenured status; NULL: none are asked. */
MUST struct err *home_witnesses(struct arena *mem, const struct home *home, json_t **ret);
MUST struct err *home_say_witnesses(struct arena *mem, const struct home *home, const char *json);

#endif
