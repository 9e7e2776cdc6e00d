/* listener.h - somebody who answers on a unix socket what the test says, and remembers what came.
 */
#ifndef SUPPORT_LISTENER_H
#define SUPPORT_LISTENER_H

#include <stddef.h>

enum { TURNS = 40 };

struct turn {
    int status;              /* 0: take the request and hang up */
    const char *head, *body; /* head: more lines, each ended by \r\n; NULL: none */
};

/* Listens at path; request number i gets turns[i], those after the last too. */
void listener_start(const char *path, const struct turn *turns, size_t n);
void listener_stop(void);

size_t listener_count(void);
const char *listener_request(size_t i); /* head and body as they came */

#endif
