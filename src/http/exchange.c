/* exchange.c - one request and its answer, between libevent and those who work on it. */
#include "loop.h"

#include "base/journal.h"
#include "http/query.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- What was asked -------------------------------------------------------------------------- */

static void free_buffer(void *buffer)
{
    evbuffer_free(buffer);
}

static const char *header_of(struct exchange *x, const char *name)
{
    return arena_copy(x->mem, evhttp_find_header(evhttp_request_get_input_headers(x->req), name));
}

/* W3C trace context: 00-<32 hex>-<16 hex>-<2 hex>. Anything else is not worth keeping. */
static const char *trace_of(struct exchange *x)
{
    static const unsigned parts[] = {2, 32, 16, 2};
    const char *text = header_of(x, "traceparent"), *at = text;

    for (size_t i = 0; text && i < sizeof(parts) / sizeof(*parts); i++) {
        size_t n = strspn(at, "0123456789abcdef");
        if (n != parts[i] || at[n] != (i < 3 ? '-' : '\0'))
            return NULL;
        at += n + 1;
    }
    return text;
}

/* Headers that name a client are believed from a unix socket only: there an edge is in front. */
static const char *peer_of(struct exchange *x)
{
    char *address = NULL;
    ev_uint16_t port;

    evhttp_connection_get_peer(evhttp_request_get_connection(x->req), &address, &port);
    if (address && strpbrk(address, ".:"))
        return arena_copy(x->mem, address);
    return header_of(x, "X-Forwarded-For");
}

static const char *method_of(struct evhttp_request *req)
{
    switch (evhttp_request_get_command(req)) {
    case EVHTTP_REQ_GET:
        return "GET";
    case EVHTTP_REQ_HEAD:
        return "HEAD";
    case EVHTTP_REQ_POST:
        return "POST";
    case EVHTTP_REQ_PUT:
        return "PUT";
    case EVHTTP_REQ_DELETE:
        return "DELETE";
    case EVHTTP_REQ_PATCH:
        return "PATCH";
    default:
        return "OPTIONS";
    }
}

static struct exchange *exchange_new(struct conn *c, struct evhttp_request *req)
{
    struct arena *mem = arena_new();
    struct exchange *x = arena_alloc(mem, sizeof(*x));

    x->mem = mem;
    x->server = c->server;
    x->conn = c;
    x->req = req;
    x->began = now_us();
    x->method = method_of(req);
    target_split(mem, evhttp_request_get_uri(req), &x->path, &x->query);
    x->authorization = header_of(x, "Authorization");
    x->media_type = header_of(x, "Content-Type");
    x->idempotency_key = header_of(x, "Idempotency-Key");
    x->trace = trace_of(x);
    x->accept = header_of(x, "Accept");
    x->languages = header_of(x, "Accept-Language");
    x->cookie = header_of(x, "Cookie");
    x->if_none_match = header_of(x, "If-None-Match");
    x->last_event = header_of(x, "Last-Event-ID");
    x->agent = header_of(x, "User-Agent");
    x->peer = peer_of(x);
    x->came = evbuffer_new();
    arena_on_free(mem, free_buffer, x->came);
    evbuffer_add_buffer(x->came, evhttp_request_get_input_buffer(req));
    return x;
}

struct bytes exchange_body(struct exchange *x)
{
    size_t n = evbuffer_get_length(x->came);

    if (!x->body.at && n)
        x->body = bytes_of(evbuffer_pullup(x->came, -1), n);
    return x->body;
}

/* ---- On the loop ----------------------------------------------------------------------------- */

/* A browser is shown a page, a program gets a problem document. */
static bool for_a_browser(const struct exchange *x)
{
    return x->server->config.pages && x->accept && strstr(x->accept, "text/html");
}

static void find_route(struct exchange *x)
{
    route_find(&x->server->routes, x->mem, x->method, x->path, &x->match);
    x->route = x->match.route;
    x->run = x->route ? x->route->run : NULL;
    if (x->match.allow) {
        exchange_fail_status(
            x, 405,
            arena_printf(x->mem, "%s is not possible there, but %s is", x->method, x->match.allow));
        exchange_header(x, "Allow", x->match.allow);
    } else if (!x->route && for_a_browser(x)) {
        x->server->config.pages->fail(x, 404, "there is nothing here");
    } else if (!x->route) {
        const char *path = arena_copy_n(x->mem, x->path, strnlen(x->path, 200));
        exchange_fail_status(
            x, 404, arena_printf(x->mem, "there is nothing at %s: see /openapi.json", path));
    }
}

static void begin(struct conn *c, struct exchange *x)
{
    conn_working(c, x);
    find_route(x);
    if (!x->route) {
        exchange_send(x);
    } else if (x->route->at_once) {
        x->run(x, NULL);
        exchange_send(x);
    } else if (!queue_put(x->server, x)) {
        exchange_fail_status(x, 503, "the service has too much to do: try again");
        exchange_send(x);
    }
}

static void begin_refused(struct conn *c, struct exchange *x)
{
    conn_working(c, x);
    exchange_fail_status(x, c->refused.status, c->refused.because);
    if (for_a_browser(x))
        x->server->config.pages->fail(x, c->refused.status, c->refused.because);
    exchange_send(x);
}

void exchange_begin(struct evhttp_request *req, void *arg)
{
    struct conn *c = conn_of(arg, req);

    assert(c);
    struct exchange *x = exchange_new(c, req);
    if (c->refused.status)
        begin_refused(c, x);
    else
        begin(c, x);
}

static const char nothing_at_all[] = "default-src 'none'; frame-ancestors 'none'";
/* A page says by itself what it needs of its browser; what is no page needs nothing. */
static const char no_powers[] =
    "publickey-credentials-get=(), publickey-credentials-create=(), camera=(), microphone=(), "
    "geolocation=(), payment=(), usb=(), display-capture=()";

static bool says(const struct reply *r, const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->headers[i].name, name) == 0)
            return true;
    return false;
}

static void add_headers(struct exchange *x, struct evkeyvalq *to)
{
    const struct reply *r = &x->reply;
    bool last = x->conn->refused.status || atomic_load(&x->server->draining);

    evhttp_add_header(to, "Content-Type", r->media_type);
    evhttp_add_header(to, "Cache-Control", r->cache ? r->cache : "no-store");
    evhttp_add_header(to, "X-Content-Type-Options", "nosniff");
    evhttp_add_header(to, "Content-Security-Policy", r->policy ? r->policy : nothing_at_all);
    /* a form that is sent without a referrer has no origin either */
    evhttp_add_header(to, "Referrer-Policy", r->policy ? "same-origin" : "no-referrer");
    if (!says(r, "Permissions-Policy"))
        evhttp_add_header(to, "Permissions-Policy", no_powers);
    for (size_t i = 0; i < r->n; i++)
        evhttp_add_header(to, r->headers[i].name, r->headers[i].value);
    if (last)
        evhttp_add_header(to, "Connection", "close");
}

/* By its route: the real path may name people. */
static void journal_it(const struct exchange *x, bool refused, int64_t us)
{
    const struct reply *r = &x->reply;
    bool failed = r->status >= 500 && !refused;

    journal(failed ? JOURNAL_ERROR : JOURNAL_DEBUG, failed ? "request-failed" : "request", "method",
            refused ? NULL : x->method, "route",
            x->route  ? x->route->path
            : refused ? "refused"
                      : "unknown",
            "status", arena_printf(x->mem, "%d", r->status), "ms",
            arena_printf(x->mem, "%.3f", (double)us / 1000), "because", r->because, "trace",
            x->trace, NULL);
}

static void release(const void *bytes, size_t n, void *mem)
{
    (void)bytes;
    (void)n;
    arena_free(mem);
}

/* The body goes by reference: it and all else of the exchange lives until libevent has sent it. */
static void hand_to_libevent(struct exchange *x)
{
    const struct reply *r = &x->reply;
    bool head = strcmp(x->method, "HEAD") == 0;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(x->req);

    add_headers(x, headers);
    if (head && r->status != 304 && !evhttp_find_header(headers, "Content-Length"))
        evhttp_add_header(headers, "Content-Length", arena_printf(x->mem, "%zu", r->body.n));
    if (head || !r->body.n) {
        conn_send(x->conn, x->req, r->status, NULL);
        arena_free(x->mem);
        return;
    }
    struct evbuffer *out = evbuffer_new();
    evbuffer_add_reference(out, r->body.at, r->body.n, release, x->mem);
    conn_send(x->conn, x->req, r->status, out); /* x may be gone afterwards */
    evbuffer_free(out);
}

void exchange_send(struct exchange *x)
{
    int64_t us = now_us() - x->began;
    bool refused = x->conn && x->conn->refused.status;

    assert(x->reply.media_type);
    x->server->bodies -= x->charged;
    metrics_count(&x->server->metrics, x->route, refused, x->reply.status, us);
    journal_it(x, refused, us);
    if (x->conn)
        hand_to_libevent(x);
    else
        arena_free(x->mem); /* the client did not wait */
}
