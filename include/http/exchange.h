/* exchange.h - one request and its answer, for whoever serves a route.
 *
 * A route's run() gets an exchange, says an answer into it and gives it back; until then it belongs
 * to the thread that works on it. Everything lives in its arena: what is said must live as long.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/bytes.h"
#include "base/err.h"
#include "http/route.h"

#include <stddef.h>
#include <stdint.h>

struct conn;
struct evbuffer;
struct evhttp_request;
struct http_server;
struct job;
struct service;
struct store;
struct worker;

enum { REPLY_HEADERS_MAX = 12 };

struct reply {
    int status;
    struct bytes body;
    const char *media_type; /* NULL: nothing was said yet */
    const char *cache;      /* Cache-Control; NULL: no-store */
    const char *policy;     /* Content-Security-Policy; NULL: nothing may be loaded or run */
    struct {
        const char *name, *value;
    } headers[REPLY_HEADERS_MAX];
    size_t n;
    const char *because; /* for the journal, when it went wrong */
};

struct exchange {
    struct arena *mem; /* holds the exchange itself and all that belongs to it */
    struct http_server *server;
    struct conn *conn;          /* the loop's; NULL: the client has gone */
    struct evhttp_request *req; /* the loop's */
    const struct route *route;
    struct route_match match;

    /* What was asked; NULL where a header was not sent. */
    const char *method, *path, *query;
    const char *authorization, *media_type, *idempotency_key, *trace;
    const char *accept, *languages, *cookie, *if_none_match, *last_event, *agent;
    const char *peer; /* address of whoever asks; of an edge on a unix socket as it says; or NULL */
    struct evbuffer *came; /* the body in pieces … */
    struct bytes body;     /* … and in one, for whoever works on it: exchange_body() */
    size_t charged;        /* bytes counted against the server's limit for bodies */

    /* What a worker does with it: its route's run(), until exchange_resume() names another. */
    void (*run)(struct exchange *x, struct worker *w);
    void *kept; /* from one step to the next, by whoever serves the route */

    int64_t began; /* monotonic, microseconds */
    struct reply reply;
    struct exchange *next;
};

struct bytes exchange_body(struct exchange *x);
void exchange_say(struct exchange *x, int status, const char *media_type, struct bytes body);
void exchange_fail(struct exchange *x, const struct err *e);
void exchange_fail_status(struct exchange *x, int status, const char *because);
void exchange_header(struct exchange *x, const char *name, const char *value);
/* A file to be kept, under its name: a browser runs nothing that is in it. */
void exchange_attach(struct exchange *x, int status, const char *media_type, const char *name,
                     struct bytes bytes);
/* The body, which was said, may be kept by whoever asks, who asks each time whether it is still so:
 * then 304 without a body is said instead (RFC 9110, ETag and If-None-Match). */
void exchange_tag(struct exchange *x);

/* Each gives it away: x is not ours any more. To the loop, to be sent; to a worker, who goes on
 * with run() from a thread that must not wait. */
void exchange_back(struct exchange *x);
void exchange_resume(struct exchange *x, void (*run)(struct exchange *x, struct worker *w),
                     void *kept);

/* What the exchange's server serves. */
const struct service *exchange_service(const struct exchange *x);

/* Hands a change to the writer; job->done is called on the writer's thread. */
void exchange_submit(struct exchange *x, struct job *job);

/* What a change was, and it must not stay in any connection's buffers. */
void exchange_forget(struct exchange *x);

/* The worker's store, usable now, or ERR_UNAVAILABLE. */
MUST struct err *worker_store(struct worker *w, struct arena *mem, struct store **ret);

int64_t now_ms(void); /* the wall clock */
int64_t now_us(void); /* a clock that only goes on */

#endif
