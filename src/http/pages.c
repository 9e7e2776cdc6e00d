/* pages.c - what is served besides the commands: health, metrics, the log's keys, OpenAPI. */
#include "http_internal.h"

#include "app/logkey.h"
#include "app/receiver.h"
#include "app/writer.h"
#include "base/file.h"
#include "store/log.h"
#include "store/migrate.h"
#include "witness/witnesses.h"
#include "json/json.h"

#include <stdlib.h>

static const char text[] = "text/plain; charset=utf-8";

static void say_text(struct exchange *x, const char *media_type, const char *body)
{
    exchange_say(x, 200, media_type, bytes_of_text(body));
}

/* ---- At once, whatever else is going on ------------------------------------------------------ */

static void healthz(struct exchange *x, struct worker *w)
{
    (void)w;
    say_text(x, text, "ok\n");
}

static void openapi(struct exchange *x, struct worker *w)
{
    (void)w;
    if (!x->server->config.openapi) {
        exchange_fail_status(x, 404, "the document is not served here");
        return;
    }
    say_text(x, "application/json", x->server->config.openapi);
    x->reply.cache = "max-age=300";
}

static void tag_key(struct exchange *x, struct worker *w)
{
    (void)w;
    say_text(x, "application/x-pem-file", x->server->config.service->tag_public);
}

/* ---- With a look at the database ------------------------------------------------------------- */

static struct err *ready(struct exchange *x, struct worker *w)
{
    struct store *store;

    if (atomic_load(&x->server->draining))
        return err_new(x->mem, ERR_UNAVAILABLE, "the service is stopping");
    TRY(worker_store(w, x->mem, &store));
    return store_is_current(x->mem, store);
}

static void readyz(struct exchange *x, struct worker *w)
{
    struct err *e = ready(x, w);

    if (e)
        exchange_fail_status(x, 503, e->text);
    else
        say_text(x, text, "ready\n");
    exchange_back(x);
}

/* The log's keys are for everybody: who is to check a proof has no session here. */
static struct err *find_keys(struct exchange *x, struct worker *w, struct log_keys *ret)
{
    struct store *store;

    TRY(worker_store(w, x->mem, &store));
    TRY(store_snapshot(x->mem, store));
    struct err *e = logkey_history(x->mem, store, ret);
    store_rollback(store);
    return e;
}

static void say_keys(struct exchange *x, struct worker *w, bool all)
{
    struct log_keys keys;
    struct err *e = find_keys(x, w, &keys);

    if (e) {
        exchange_fail(x, e);
    } else if (all) {
        say_text(x, "application/json", log_keys_text(x->mem, &keys));
        x->reply.cache = "no-cache";
        exchange_tag(x);
    } else {
        say_text(x, text, arena_printf(x->mem, "%s\n", log_keys_newest(&keys)->vkey));
        x->reply.cache = "no-cache";
        exchange_tag(x);
    }
    exchange_back(x);
}

static void vkey(struct exchange *x, struct worker *w)
{
    say_keys(x, w, false);
}

static void vkeys(struct exchange *x, struct worker *w)
{
    say_keys(x, w, true);
}

static double resident_bytes(struct arena *mem)
{
    struct bytes statm;

    if (file_read(mem, "/proc/self/statm", 4096, &statm) || !statm.n)
        return 0;
    const char *second = strchr((const char *)statm.at, ' ');
    return second ? (double)strtoll(second, NULL, 10) * (double)sysconf(_SC_PAGESIZE) : 0;
}

static void write_server(struct buf *out, struct http_server *s)
{
    struct writer_counts c;

    writer_counts(s->config.writer, &c);
    metric_write(out, "tenure_http_connections", "gauge", "open connections",
                 (double)atomic_load(&s->conns_n));
    metric_write(out, "tenure_http_in_flight", "gauge", "requests with workers and writer",
                 (double)atomic_load(&s->busy));
    metric_write(out, "tenure_writer_batches_total", "counter", "transactions of the writer",
                 (double)c.batches);
    metric_write(out, "tenure_writer_changes_total", "counter", "changes decided", (double)c.jobs);
    metric_write(out, "tenure_writer_refused_total", "counter", "changes refused",
                 (double)c.failures);
    metric_write(out, "tenure_writer_entries_total", "counter", "entries of the log written",
                 (double)c.entries);
    metric_write(out, "tenure_writer_waiting", "gauge", "changes that wait for the writer",
                 (double)c.waiting);
}

/* One line a witness. */
static void write_each(struct buf *out, const char *name, const char *type, const char *help,
                       const struct witness_state *all, size_t n,
                       double (*value)(const struct witness_state *))
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s{witness=", name);
        buf_json(out, all[i].at->key.name, strlen(all[i].at->key.name));
        buf_printf(out, "} %.15g\n", value(&all[i]));
    }
}

static double is_up(const struct witness_state *s)
{
    return s->away_since ? 0 : 1;
}
static double is_other(const struct witness_state *s)
{
    return s->other ? 1 : 0;
}
static double size_of(const struct witness_state *s)
{
    return (double)s->size;
}
static double time_of(const struct witness_state *s)
{
    return (double)s->time;
}
static double failures_of(const struct witness_state *s)
{
    return (double)s->failures;
}

static void write_witnesses(struct buf *out, struct exchange *x)
{
    struct witnesses *w = x->server->config.witnesses;
    struct witness_state *all;
    uint64_t quorum_size;
    size_t quorum;

    if (!w)
        return;
    size_t n = witnesses_look(w, x->mem, &all, &quorum, &quorum_size);
    write_each(out, "tenure_witness_up", "gauge", "0 while the witness is away", all, n, is_up);
    write_each(out, "tenure_witness_other_history", "gauge",
               "1 when it has cosigned entries that this log does not hold", all, n, is_other);
    write_each(out, "tenure_witness_size", "gauge", "entries that it has cosigned", all, n,
               size_of);
    write_each(out, "tenure_witness_time_seconds", "gauge", "of its newest cosignature", all, n,
               time_of);
    write_each(out, "tenure_witness_failures_total", "counter", "times it did not cosign", all, n,
               failures_of);
    metric_write(out, "tenure_witness_quorum", "gauge", "witnesses that make a quorum",
                 (double)quorum);
    metric_write(out, "tenure_witnessed_size", "gauge", "entries that a quorum has cosigned",
                 (double)quorum_size);
}

static void write_database(struct buf *out, struct exchange *x, struct worker *w)
{
    struct store *store;
    struct log_head head;
    struct err *e = worker_store(w, x->mem, &store);

    if (!e)
        e = log_look(x->mem, store, &head);
    metric_write(out, "tenure_database_ways_total", "counter",
                 "times that something waited for the database", (double)store_ways());
    metric_write(out, "tenure_database_up", "gauge", "1 when the database answers", e ? 0 : 1);
    if (!e)
        metric_write(out, "tenure_log_size", "gauge", "entries in the log",
                     (double)head.range.size);
}

static void metrics(struct exchange *x, struct worker *w)
{
    struct http_server *s = x->server;
    struct buf out;

    buf_init(&out, x->mem, 4 << 20);
    metrics_write(&s->metrics, &out);
    write_server(&out, s);
    write_database(&out, x, w);
    write_witnesses(&out, x);
    metric_write(&out, "process_resident_memory_bytes", "gauge", "memory in use",
                 resident_bytes(x->mem));
    metric_write(&out, "process_start_time_seconds", "gauge", "when the service began",
                 (double)s->started / 1000);
    say_text(x, "text/plain; version=0.0.4; charset=utf-8", out.at);
    exchange_back(x);
}

/* Its name is the key: so nothing about it is logged but that it was asked for. */
static struct err *read_calendar(struct exchange *x, struct worker *w, const char **ret)
{
    struct store *store;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    TRY(worker_store(w, x->mem, &store));
    TRY(store_snapshot(x->mem, store));
    struct err *e =
        calendar_write(x->mem, store, x->server->config.service, x->match.params[0].value,
                       now.tv_sec * 1000 + now.tv_nsec / 1000000, ret);
    store_rollback(store);
    return e;
}

static void calendar(struct exchange *x, struct worker *w)
{
    const char *body;
    struct err *e = read_calendar(x, w, &body);

    if (e) {
        exchange_fail(x, e);
    } else {
        say_text(x, "text/calendar; charset=utf-8", body);
        x->reply.cache = "private, max-age=900";
    }
    exchange_back(x);
}

void pages_add(struct routes *r)
{
    static const struct route pages[] = {
        {.method = "GET", .path = "/healthz", .run = healthz, .at_once = true},
        {.method = "GET", .path = "/readyz", .run = readyz},
        {.method = "GET", .path = "/metrics", .run = metrics},
        {.method = "GET", .path = "/openapi.json", .run = openapi, .at_once = true},
        {.method = "GET", .path = "/calendar/{name}.ics", .run = calendar},
        {.method = "GET", .path = "/log/vkey", .run = vkey},
        {.method = "GET", .path = "/log/vkeys", .run = vkeys},
        {.method = "GET", .path = "/log/tag-key", .run = tag_key, .at_once = true},
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        routes_add(r, pages[i]);
}
