/* http.h - the line to the service: one request, one answer. What the requests mean is not known
 * here. */
#ifndef CLI_HTTP_H
#define CLI_HTTP_H

#include "base/bytes.h"
#include "base/err.h"
#include "cli.h"

enum { ANSWER_MAX = 1 << 30, HEADERS_MAX = 64 };

struct request {
    const char *method, *path; /* the path with its query, escaped */
    const char *media_type;    /* of the body; NULL: no body */
    struct bytes body;
    const char *token; /* of a session, or NULL */
    const char *nonce; /* of a change: sent as Idempotency-Key, or NULL */
    const char *doing; /* for the progress: "sending contract.pdf" */
    size_t limit;      /* bytes of the answer; 0: ANSWER_MAX */
    int seconds;       /* for all of it; 0: as long as bytes come */
};

struct header {
    const char *name, *value; /* the name in lower case */
};

struct answer {
    long status;
    struct bytes body; /* a NUL follows */
    struct header headers[HEADERS_MAX];
    size_t n;
};

/* server is unix:PATH, http://HOST[:PORT] or https://HOST[:PORT]; ca a file of authorities or NULL.
 * Nothing is sent yet. */
MUST struct err *http_open(struct arena *mem, struct cli *cli, const char *server, const char *ca,
                           struct http **ret);

/* Any status is an answer. ERR_UNAVAILABLE when there was none; *ret_lost then says whether the
 * request may have arrived all the same (may be NULL). */
MUST struct err *http_send(struct arena *mem, struct http *h, const struct request *request,
                           struct answer *ret, bool *ret_lost);

const char *answer_header(const struct answer *a, const char *name); /* or NULL */

/* text as one part of a path, or as a value of a query. */
const char *url_escape(struct arena *mem, const char *text);

#endif
