/* server.h - the service at the network: what it listens on, how it starts, drains and stops.
 *
 * One thread runs the event loop and alone touches connections; workers with a database connection
 * each read and verify; changes go to the writer. A client that is slow, rude or gone never keeps
 * the loop or a worker waiting.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct exchange;
struct routes;
struct service;
struct witness;
struct witnesses;
struct writer;

/* Pages for people, beside what programs ask for: their routes, and what a browser is shown instead
 * of a problem document. Neither waits. */
struct http_pages {
    void (*add)(struct routes *r);
    void (*fail)(struct exchange *x, int status, const char *because);
};

/* Everything pointed to must outlive the server. Numbers that are 0 mean what is said. */
struct http_config {
    const struct service *service;
    struct writer *writer;
    const char *database;        /* as libpq takes it */
    struct witnesses *witnesses; /* that are asked to cosign; NULL: none */

    /* Instead of all that: serve as this witness, and nothing else. */
    struct witness *witness;

    /* "unix:PATH", "HOST:PORT", "[ADDRESS]:PORT", or "fd:N" for a socket that listens already. With
     * a certificate everything but unix sockets speaks TLS; without, only loopback addresses are
     * taken, unless insecure. */
    const char *const *listen;
    size_t listen_n;
    mode_t socket_mode;                    /* of unix sockets; 0: 0660 */
    const char *tls_certificate, *tls_key; /* PEM files: the chain, the key */
    bool insecure;

    bool public_log;                /* the log's files need no session */
    const char *openapi;            /* the document served as /openapi.json */
    const struct http_pages *pages; /* NULL: none */

    unsigned workers;       /* 0: 4 */
    unsigned connections;   /* at once; 0: 1000, and never more than the process may have files */
    unsigned head_seconds;  /* for a request's head, all of it; 0: 10 */
    unsigned body_seconds;  /* for its body, besides a second for each 64 KiB; 0: 20 */
    unsigned idle_seconds;  /* between requests; 0: 60 */
    unsigned drain_seconds; /* how long http_drain() waits; 0: 10 */
};

struct http_server;

/* Ignores SIGPIPE in the whole process. ERR_USAGE for an address that makes no sense, ERR_CONFLICT
 * for one that is taken. */
MUST struct err *http_start(struct arena *mem, const struct http_config *config,
                            struct http_server **ret);

/* Is it an address to listen on, as far as its words tell? ERR_USAGE says what it would have to be.
 */
MUST struct err *http_listen_check(struct arena *mem, const char *listen);

/* What it listens on, as it is now (a port 0 has become a real one); NULL after the last. */
const char *http_address(const struct http_server *s, size_t i);

/* Says "not ready", takes no more connections, finishes the requests under way; returns when all
 * connections are closed or the time is over. */
void http_drain(struct http_server *s);

/* Closes what is still open, waits for what is being worked on, frees everything. The writer must
 * still run. NULL is fine. */
void http_stop(struct http_server *s);

#endif
