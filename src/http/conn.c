/* conn.c - one connection, from its first byte to its last; how long it may take for each.
 *
 * libevent parses and writes, but its time limits never end a client that sends a byte now and
 * then. So every phase of a connection has a deadline of ours, for all of it and not for each byte,
 * and what comes in is held back from libevent (a low watermark that is never reached) until
 * guard.c has judged it. */
#include "loop.h"

#include "http/problem.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOLD = 1 << 30,           /* more than a connection ever has: libevent is not called */
    AHEAD_MAX = 4 * HEAD_MAX, /* what a client may send ahead of its answers */
    SEND_SECONDS = 30,
    SEND_BYTES_PER_SECOND = 16384,
};

static void *must(void *p)
{
    if (!p)
        abort(); /* out of memory, as in an arena */
    return p;
}

struct event *loop_event(struct event_base *base, event_callback_fn call, void *arg)
{
    struct event *e = must(calloc(1, event_get_struct_event_size()));

    event_assign(e, base, -1, 0, call, arg);
    return e;
}

/* ---- Phases ---------------------------------------------------------------------------------- */

void conn_enter(struct conn *c, enum phase phase, int64_t ms)
{
    const struct timeval after = {ms / 1000, ms % 1000 * 1000};

    c->phase = phase;
    if (ms)
        evtimer_add(c->deadline, &after);
    else
        evtimer_del(c->deadline);
}

/* Nothing more goes to libevent until we say so. */
static void hold_back(struct conn *c)
{
    bufferevent_setwatermark(c->bev, EV_READ, HOLD, AHEAD_MAX);
}

void conn_let_through(struct conn *c)
{
    bufferevent_setwatermark(c->bev, EV_READ, 0, 0);
    bufferevent_trigger(c->bev, EV_READ, 0);
}

static void discharge(struct conn *c)
{
    c->server->bodies -= c->charged;
    c->charged = 0;
}

/* ---- Life and death -------------------------------------------------------------------------- */

static void forget(struct conn *c)
{
    struct http_server *s = c->server;

    *c->at = c->next;
    if (c->next)
        c->next->at = c->at;
    if (c->fd >= 0 && (size_t)c->fd < s->by_fd_n && s->by_fd[c->fd].conn == c)
        s->by_fd[c->fd].conn = NULL;
    discharge(c);
    event_free(c->wake);
    event_free(c->deadline);
    evbuffer_free(c->held);
    free(c->harmless);
    free(c);
    atomic_fetch_sub(&s->conns_n, 1);
    event_active(s->wake, 0, 0); /* a place is free, or it was the last one to wait for */
}

/* libevent closes the connection. A request that is being worked on is either cut loose by it, and
 * then ours to free, or freed by it right after. */
static void gone(struct evhttp_connection *evcon, void *arg)
{
    struct conn *c = arg;
    struct exchange *x = c->exchange;

    (void)evcon;
    evbuffer_remove_cb_entry(bufferevent_get_input(c->bev), c->watch);
    if (x) {
        if (!evhttp_request_get_connection(x->req))
            evhttp_request_free(x->req);
        x->req = NULL;
        x->conn = NULL;
    }
    forget(c);
}

static void index_by_fd(struct conn *c)
{
    struct http_server *s = c->server;
    size_t need = (size_t)c->fd + 1;

    if (need > s->by_fd_n) {
        size_t room = need < 64 ? 64 : 2 * need;
        s->by_fd = must(realloc(s->by_fd, room * sizeof(struct place)));
        memset(s->by_fd + s->by_fd_n, 0, (room - s->by_fd_n) * sizeof(struct place));
        s->by_fd_n = room;
    }
    s->by_fd[c->fd].conn = c;
}

/* libevent's connection object is the argument of the callbacks that it has set by now. When it has
 * taken them away again, the connection is over already. */
static bool adopt(struct conn *c)
{
    bufferevent_event_cb on_event = NULL;
    void *evcon = NULL;
    int yes = 1;

    bufferevent_getcb(c->bev, NULL, NULL, &on_event, &evcon);
    if (!on_event) {
        evbuffer_remove_cb_entry(bufferevent_get_input(c->bev), c->watch);
        bufferevent_decref(c->bev);
        forget(c);
        return false;
    }
    bufferevent_decref(c->bev);
    c->evcon = evcon;
    assert(evhttp_connection_get_bufferevent(c->evcon) == c->bev);
    c->fd = bufferevent_getfd(c->bev);
    index_by_fd(c);
    evhttp_connection_set_closecb(c->evcon, gone, c);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)); /* a unix socket says no */
    return true;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct conn *c = arg;

    (void)fd;
    (void)what;
    if (!c->evcon && !adopt(c))
        return;
    if (c->phase == PHASE_IDLE || c->phase == PHASE_HEAD)
        guard_look(c);
    else if (c->phase == PHASE_REFUSED)
        guard_throw_away(c);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct conn *c = arg;

    (void)fd;
    (void)what;
    if (c->phase == PHASE_REFUSED)
        guard_say_no(c);
    else if (c->phase == PHASE_HEAD && evbuffer_get_length(bufferevent_get_input(c->bev)))
        guard_refuse(c, (struct refusal){408, "the head of the request did not come in time"}, 0);
    else
        conn_close(c);
}

static void on_input(struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
    struct conn *c = arg;

    (void)in;
    if (info->n_added && c->phase != PHASE_BODY && c->phase != PHASE_WORKING)
        event_active(c->wake, 0, 0);
}

struct bufferevent *conn_new(struct event_base *base, void *arg)
{
    const struct door *door = arg;
    struct http_server *s = door->server;
    struct conn *c = must(calloc(1, sizeof(*c)));

    c->server = s;
    c->fd = -1;
    c->bev = must(door->tls ? tls_bufferevent(base, s->tls)
                            : bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE));
    bufferevent_incref(c->bev); /* until it is adopted */
    c->held = must(evbuffer_new());
    c->wake = loop_event(base, on_wake, c);
    c->deadline = loop_event(base, on_deadline, c);
    c->watch = must(evbuffer_add_cb(bufferevent_get_input(c->bev), on_input, c));
    c->next = s->conns;
    if (c->next)
        c->next->at = &c->next;
    c->at = &s->conns;
    s->conns = c;
    hold_back(c);
    conn_enter(c, PHASE_HEAD, (int64_t)s->config.head_seconds * 1000);
    event_active(c->wake, 0, 0);
    if (atomic_fetch_add(&s->conns_n, 1) + 1 >= s->config.connections) {
        s->paused = true;
        doors_accept(s, false);
        conns_close_idle(s, false);
    }
    return c->bev;
}

/* ---- For those who answer -------------------------------------------------------------------- */

struct conn *conn_of(struct http_server *s, struct evhttp_request *req)
{
    struct evhttp_connection *evcon = evhttp_request_get_connection(req);
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));

    return fd >= 0 && (size_t)fd < s->by_fd_n ? s->by_fd[fd].conn : NULL;
}

void conn_working(struct conn *c, struct exchange *x)
{
    hold_back(c);
    conn_enter(c, PHASE_WORKING, 0);
    c->exchange = x;
    x->charged = c->charged; /* until it is answered, or nobody waits any more */
    c->charged = 0;
}

/* What the client sent ahead is taken out of libevent's sight: it would be read past our guard. */
static void sent(struct evhttp_request *req, void *arg)
{
    struct conn *c = arg;

    (void)req;
    evbuffer_add_buffer(c->held, bufferevent_get_input(c->bev));
    conn_enter(c, PHASE_IDLE, (int64_t)c->server->config.idle_seconds * 1000);
    event_active(c->wake, 0, 0);
}

/* Nothing is read meanwhile: a client that has said all may have closed its half. */
void conn_send(struct conn *c, struct evhttp_request *req, int status, struct evbuffer *body)
{
    int64_t seconds = body ? (int64_t)(evbuffer_get_length(body) / SEND_BYTES_PER_SECOND) : 0;

    hold_back(c);
    discharge(c);
    c->exchange = NULL;
    conn_enter(c, PHASE_SENDING, (SEND_SECONDS + seconds) * 1000);
    evhttp_request_set_on_complete_cb(req, sent, c);
    evhttp_send_reply(req, status, status_phrase(status), body);
    bufferevent_disable(c->bev, EV_READ);
}

void conn_close(struct conn *c)
{
    if (c->evcon || adopt(c)) /* libevent hears that the time is over, and closes */
        bufferevent_trigger_event(c->bev, BEV_EVENT_TIMEOUT | BEV_EVENT_READING, 0);
}

static bool is_silent(const struct conn *c)
{
    return c->phase == PHASE_HEAD && !evbuffer_get_length(bufferevent_get_input(c->bev));
}

void conns_close_idle(struct http_server *s, bool also_silent)
{
    for (struct conn *c = s->conns, *next; c; c = next) {
        next = c->next;
        if (c->phase == PHASE_IDLE || (also_silent && is_silent(c)))
            conn_close(c);
    }
}

void conns_close_all(struct http_server *s)
{
    for (struct conn *c = s->conns, *next; c; c = next) {
        next = c->next;
        conn_close(c);
    }
}
