/* metrics.c - see metrics.h. */
#include "metrics.h"

#include <inttypes.h>

static const double limits[METRIC_BUCKETS] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                              0.1,   0.25,   0.5,   1,    5};

void metrics_init(struct metrics *m, struct arena *mem, const struct routes *routes)
{
    *m = (struct metrics){.routes = routes};
    m->by_route = arena_array(mem, routes->n + 2, sizeof(*m->by_route));
    pthread_mutex_init(&m->lock, NULL);
}

void metrics_release(struct metrics *m)
{
    pthread_mutex_destroy(&m->lock);
}

static void count_status(struct metric *r, int status)
{
    size_t i = 0;

    while (i < METRIC_STATUSES - 1 && r->at[i].status && r->at[i].status != status)
        i++;
    r->at[i].status = status;
    r->at[i].n++;
}

void metrics_count(struct metrics *m, const struct route *route, bool refused, int status,
                   int64_t us)
{
    size_t at = route ? (size_t)(route - m->routes->at) : m->routes->n + refused;
    struct metric *r = &m->by_route[at];
    size_t bucket = 0;

    while (bucket < METRIC_BUCKETS && (double)us / 1e6 > limits[bucket])
        bucket++;
    pthread_mutex_lock(&m->lock);
    count_status(r, status);
    r->n++;
    r->us += (uint64_t)us;
    m->buckets[bucket]++;
    m->n++;
    m->us += (uint64_t)us;
    pthread_mutex_unlock(&m->lock);
}

/* ---- As text --------------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metric_write(struct buf *out, const char *name, const char *type, const char *help,
                  double value)
{
    head(out, name, type, help);
    buf_printf(out, "%s %.15g\n", name, value);
}

static void labels(struct buf *out, const struct metrics *m, size_t i)
{
    const char *path = i < m->routes->n    ? m->routes->at[i].path
                       : i == m->routes->n ? "unknown"
                                           : "refused";

    buf_printf(out, "{method=\"%s\",route=\"%s\"", i < m->routes->n ? m->routes->at[i].method : "",
               path);
}

static void write_requests(const struct metrics *m, struct buf *out)
{
    static const char name[] = "tenure_http_requests_total";

    head(out, name, "counter", "requests answered");
    for (size_t i = 0; i < m->routes->n + 2; i++) {
        for (size_t k = 0; k < METRIC_STATUSES && m->by_route[i].at[k].status; k++) {
            buf_text(out, name);
            labels(out, m, i);
            buf_printf(out, ",status=\"%d\"} %" PRIu64 "\n", m->by_route[i].at[k].status,
                       m->by_route[i].at[k].n);
        }
    }
}

static void write_times(const struct metrics *m, struct buf *out)
{
    static const char name[] = "tenure_http_route_seconds";

    head(out, name, "summary", "time to answer, by route");
    for (size_t i = 0; i < m->routes->n + 2; i++) {
        if (!m->by_route[i].n)
            continue;
        buf_printf(out, "%s_sum", name);
        labels(out, m, i);
        buf_printf(out, "} %.6f\n%s_count", (double)m->by_route[i].us / 1e6, name);
        labels(out, m, i);
        buf_printf(out, "} %" PRIu64 "\n", m->by_route[i].n);
    }
}

static void write_histogram(const struct metrics *m, struct buf *out)
{
    static const char name[] = "tenure_http_request_seconds";
    uint64_t below = 0;

    head(out, name, "histogram", "time to answer");
    for (size_t i = 0; i < METRIC_BUCKETS; i++) {
        below += m->buckets[i];
        buf_printf(out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, limits[i], below);
    }
    buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_sum %.6f\n%s_count %" PRIu64 "\n", name,
               m->n, name, (double)m->us / 1e6, name, m->n);
}

void metrics_write(struct metrics *m, struct buf *out)
{
    pthread_mutex_lock(&m->lock);
    write_requests(m, out);
    write_times(m, out);
    write_histogram(m, out);
    pthread_mutex_unlock(&m->lock);
}
