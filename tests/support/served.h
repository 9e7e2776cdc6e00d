/* served.h - a registry served on a unix socket for one test, and a client that says what it likes.
 */
#ifndef SUPPORT_SERVED_H
#define SUPPORT_SERVED_H

#include "http/server.h"
#include "support/instance.h"

struct served {
    struct instance *i;
    struct writer *writer;
    struct http_config config;
    struct http_server *server;
    const char *path; /* of the socket */
};

/* tweak (may be NULL) changes the configuration before the start. */
struct served *serve(struct arena *mem, void (*tweak)(struct http_config *config));
void serve_no_more(struct served *s);

/* Bytes out, everything that comes until the end in. */
int dial(const struct served *s);
void dial_send(int fd, const char *bytes, size_t n);
const char *dial_rest(struct arena *mem, int fd); /* closes */

/* One request on a connection of its own. */
struct said {
    int status;
    const char *head;
    struct bytes body;
    const json_t *json; /* of the body, or NULL */
};
struct said ask(struct served *s, const char *raw, size_t n);
struct said get(struct served *s, const char *path, const char *token);
struct said send_body(struct served *s, const char *method, const char *path, const char *headers,
                      struct bytes body);

/* Signed by a person, now. params are JSON with ' for ". */
const char *envelope(struct served *s, const char *who, const char *command, const char *params);
struct said change(struct served *s, const char *who, const char *command, const char *path,
                   const char *params);
const char *session(struct served *s, const char *who); /* a token */

#endif
