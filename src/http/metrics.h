/* metrics.h - what is counted of requests, for Prometheus. Safe for all threads. */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include "base/text.h"
#include "http/route.h"

#include <pthread.h>

enum { METRIC_STATUSES = 16, METRIC_BUCKETS = 11 };

struct metric {
    struct {
        int status;
        uint64_t n;
    } at[METRIC_STATUSES];
    uint64_t n, us;
};

struct metrics {
    pthread_mutex_t lock;
    const struct routes *routes;
    struct metric *by_route; /* two more than there are routes: not found, refused at the door */
    uint64_t buckets[METRIC_BUCKETS + 1], n, us;
};

void metrics_init(struct metrics *m, struct arena *mem, const struct routes *routes);
void metrics_release(struct metrics *m);

/* route NULL: there was none; refused: its head was refused before we looked for one. */
void metrics_count(struct metrics *m, const struct route *route, bool refused, int status,
                   int64_t us);

/* In the text format, after the lines that are there already. */
void metrics_write(struct metrics *m, struct buf *out);

/* One number with its help: type is "counter" or "gauge". */
void metric_write(struct buf *out, const char *name, const char *type, const char *help,
                  double value);

#endif
