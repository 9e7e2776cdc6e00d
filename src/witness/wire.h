/* wire.h - several requests to witnesses at once. Connections are kept for the next ones. */
#ifndef WITNESS_WIRE_H
#define WITNESS_WIRE_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdatomic.h>

enum { WIRE_ANSWER_MAX = 1 << 16 };

struct wire; /* for one thread at a time */

/* Lives as long as mem. Once *stop is set, what is under way is given up within a second; NULL:
 * never. */
MUST struct err *wire_new(struct arena *mem, const atomic_bool *stop, struct wire **ret);

struct wire_call {
    const char *url; /* http://, https://, or unix:PATH */
    const char *body;

    /* The answer. */
    struct err *e; /* there was none */
    long status;
    const char *media_type; /* or NULL */
    struct bytes said;      /* a NUL follows */
};

/* POST each body to its url/add-checkpoint. Comes back when all have answered, or after ms. */
void wire_post(struct arena *mem, struct wire *w, struct wire_call *calls, size_t n, long ms);

#endif
