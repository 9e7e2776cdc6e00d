/* url.h - an address of the web, taken apart. Strict (RFC 3986): what a browser and a reader could
 * take for two different places is refused, not guessed at.
 */
#ifndef DOMAIN_URL_H
#define DOMAIN_URL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum { URL_MAX = 1000, URL_PARTS_MAX = 32 };

struct url {
    const char *host;                 /* lower case, ASCII, no dot at its end */
    const char *port;                 /* NULL: the scheme's own */
    const char *parts[URL_PARTS_MAX]; /* of the path, decoded; "/a/b/" has "a" and "b" */
    size_t parts_n;
    struct {
        const char *name, *value;
    } query[URL_PARTS_MAX]; /* decoded, in their order */
    size_t query_n;
};

/* http, https or no scheme; no user before the host; no part of the path that is empty, "." or
 * "..", encoded or not. The fragment is forgotten. ERR_INVALID (field url) for all else. */
MUST struct err *url_parse(struct arena *mem, const char *text, struct url *ret);

/* The value of the query's one member of that name; NULL when there is none, or several. */
const char *url_query(const struct url *u, const char *name);

/* Do both lead to the same page? The scheme and "www." do not count. */
bool url_same(const struct url *a, const struct url *b);

#endif
