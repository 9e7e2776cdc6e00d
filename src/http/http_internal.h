/* http_internal.h - what the files of this floor share: exchanges, workers, the server.
 *
 * Who may touch what: the loop's thread has the connections, libevent's objects and every exchange
 * that is not with a worker or the writer; an exchange belongs to one thread at a time and changes
 * hands in queue.c; what else is shared lies under the server's lock or is atomic. libevent's own
 * headers are only in loop.h: they have a struct event and so has the registry.
 */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include "http/exchange.h"
#include "http/head.h"
#include "http/route.h"
#include "http/server.h"
#include "metrics.h"
#include "store/store.h"

#include <pthread.h>
#include <stdatomic.h>

struct door;
struct event;
struct event_base;
struct ssl_ctx_st;

/* ---- The server ------------------------------------------------------------------------------ */

struct worker {
    struct http_server *server;
    struct store *store; /* NULL: none open */
    unsigned forgot;     /* of the server's forget, how many it has heeded */
    pthread_t thread;
};

enum { KNOWN_TOKENS = 64 };
struct known_tokens {
    char digests[KNOWN_TOKENS][65]; /* SHA-256 in hexadecimal; "": none yet */
    size_t next;
};

struct http_server {
    struct arena *mem;
    struct http_config config; /* with every number filled in */
    struct event_base *base;
    struct event *wake;
    struct ssl_ctx_st *tls;
    struct door *doors, **last_door;
    struct routes routes;
    struct metrics metrics;
    pthread_t loop;
    struct worker *workers;
    size_t workers_n;
    int64_t started; /* wall clock, milliseconds */

    /* The loop's. */
    struct conn *conns;
    struct place {
        struct conn *conn;
    } * by_fd; /* by its socket's number */
    size_t by_fd_n;
    size_t bodies;    /* bytes of all bodies that are here or on their way */
    size_t in_flight; /* exchanges with workers and writer */
    bool paused;      /* no place is free: the doors are shut for now */

    /* Read by anybody. */
    atomic_size_t conns_n, busy; /* connections; exchanges in flight */
    atomic_bool draining;

    /* Under the lock. */
    pthread_mutex_t lock;
    pthread_cond_t more, changed;
    struct exchange *todo, **todo_last; /* for the workers */
    size_t todo_n;
    unsigned forget; /* times that the workers were told to close their connections */
    struct exchange *done, **done_last; /* for the loop */
    struct known_tokens known;
    bool drain, drained, stop, ended;
};

/* ---- queue.c: exchanges and workers ---------------------------------------------------------- */

bool queue_put(struct http_server *s, struct exchange *x); /* false: full */
struct exchange *queue_take_done(struct http_server *s);   /* a list, in order */
/* Each worker closes its connection to the database as soon as it has nothing to do. */
void workers_forget(struct http_server *s);
MUST struct err *workers_start(struct arena *mem, struct http_server *s);
void workers_stop(struct http_server *s);

/* ---- What is served -------------------------------------------------------------------------- */

void run_command(struct exchange *x, struct worker *w);
void pages_add(struct routes *r);                   /* health, metrics, keys, OpenAPI */
void witness_pages_add(struct routes *r);           /* of a witness: witness_pages.c */
extern const struct noun upload_noun;               /* files.c */
extern const struct noun log_noun, public_log_noun; /* log_files.c */

/* Is it a token of an open session? */
bool session_is_open(const struct http_server *s, const char *token);
/* Does a browser show our cookie, as far as the cookie itself tells? */
bool browser_is_known(const struct http_server *s, struct arena *mem, const char *cookies);

/* tokens.c: a service's token was good just now, by its SHA-256; has this one been, lately? */
void token_remember(struct http_server *s, const char *digest);
bool token_is_known(struct http_server *s, const char *token);

#endif
