/* loop.h - what runs on the loop's thread: connections and doors. */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include "http_internal.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

/* libevent's event_new() has the name of one of ours, which the linker would take instead: so the
 * loop's events are made here and in no other way. Freed by event_free(). */
struct event *loop_event(struct event_base *base, event_callback_fn call, void *arg);

/* ---- Connections ----------------------------------------------------------------------------- */

enum phase {
    PHASE_HEAD,    /* the head of a request is on its way */
    PHASE_BODY,    /* libevent has the head and reads the body */
    PHASE_REFUSED, /* what still comes is thrown away before we say no */
    PHASE_WORKING,
    PHASE_SENDING,
    PHASE_IDLE, /* between requests */
};

struct conn {
    struct http_server *server;
    struct bufferevent *bev;
    struct evhttp_connection *evcon; /* NULL until libevent has made it */
    struct evbuffer_cb_entry *watch;
    struct event *wake, *deadline;
    int fd;
    enum phase phase;
    size_t scanned;        /* bytes of the head that hold no end of it */
    struct evbuffer *held; /* what the client sent ahead, while it was being answered */
    struct refusal refused;
    char *harmless;            /* the request that is answered with it; NULL: any */
    uint64_t left;             /* bytes to be thrown away in PHASE_REFUSED */
    size_t charged;            /* for the body on its way */
    struct exchange *exchange; /* in PHASE_WORKING */
    struct conn *next, **at;
};

/* libevent asks for the bufferevent of a connection that it has accepted; arg is the door. */
struct bufferevent *conn_new(struct event_base *base, void *arg);
struct conn *conn_of(struct http_server *s, struct evhttp_request *req);
void conn_working(struct conn *c, struct exchange *x);
/* body NULL: none. */
void conn_send(struct conn *c, struct evhttp_request *req, int status, struct evbuffer *body);
void conn_close(struct conn *c);                                /* c is gone afterwards */
void conns_close_idle(struct http_server *s, bool also_silent); /* … that never sent anything */
void conns_close_all(struct http_server *s);

/* Until when: ms from now; 0 is for ever. */
void conn_enter(struct conn *c, enum phase phase, int64_t ms);

/* All that comes goes to libevent from now on, and what is there goes at once. */
void conn_let_through(struct conn *c);

/* guard.c: something came between requests; something came after a refusal; the refusal is due. */
void guard_look(struct conn *c);
void guard_throw_away(struct conn *c);
void guard_say_no(struct conn *c);

/* left: bytes that the client is still going to send. Whoever is refused after a good head is shown
 * a page if they asked for one: guard_keep() keeps what it is made of. */
void guard_keep(struct conn *c, const struct request_head *h);
void guard_refuse(struct conn *c, struct refusal why, uint64_t left);

/* libevent has a whole request: the generic callback; arg is the server. */
void exchange_begin(struct evhttp_request *req, void *arg);
void exchange_send(struct exchange *x); /* and forget it */

/* ---- Doors: the addresses that we listen on -------------------------------------------------- */

struct door {
    struct http_server *server;
    struct evhttp *http;
    struct evhttp_bound_socket *bound; /* NULL once it is closed */
    bool tls;
    const char *address; /* "unix:/run/tenured.sock", "http://127.0.0.1:8080" */
    const char *path;    /* of a unix socket that we made */
    struct door *next;
};

MUST struct err *doors_open(struct arena *mem, struct http_server *s, const char *listen);
void doors_accept(struct http_server *s, bool yes);
void doors_close(struct http_server *s);
void doors_free(struct http_server *s);

MUST struct err *tls_load(struct arena *mem, const char *certificate, const char *key,
                          struct ssl_ctx_st **ret);
struct bufferevent *tls_bufferevent(struct event_base *base, struct ssl_ctx_st *tls);

#endif
