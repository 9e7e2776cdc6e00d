/* replay.h - all of a log computed anew from its entries, and compared with what it says of itself.
 */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include "log/keys.h"
#include "progress.h"
#include "tiles.h"

/* A root that the log must have had at a size. */
struct point {
    const char *what; /* "the newest checkpoint seen before" */
    struct checkpoint at;
};

enum { POINTS_MAX = 4 };

struct replay {
    log_file_fn *read;
    void *ctx;
    struct log_keys keys; /* of the log: every change of them must be where it says */
    struct checkpoint at; /* how far */
    struct point points[POINTS_MAX];
    size_t n;
    struct progress *progress;

    /* What was found. */
    uint64_t subjects, files;
    int64_t first_ts, last_ts;
};

/* ERR_BROKEN names the first thing that is wrong. */
MUST struct err *replay_log(struct arena *mem, struct replay *r);

#endif
