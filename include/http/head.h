/* head.h - judging the head of a request before anybody else reads it.
 *
 * The parser of HTTP is libevent's and forgives much. What two programs in a row could understand
 * in two ways is refused here, by the letter of RFC 9112: bare line ends, folded lines, two
 * lengths, two hosts, a length beside a transfer coding. So the size of every body is known
 * beforehand.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HEAD_MAX = 16384, /* bytes of request line and headers together */
    HEAD_LINES_MAX = 100,
    BODY_MAX = 2 << 20,  /* of JSON */
    FILE_MAX = 16 << 20, /* of an uploaded file */
};

struct slice {
    const char *at;
    size_t n;
};

struct request_head {
    struct slice method, target, host, origin, authorization, cookie, accept, languages;
    uint64_t length; /* of the body */
    bool expects;    /* waits for 100 Continue before it sends the body */
};

/* Why a request is refused. */
struct refusal {
    int status;
    const char *because; /* one line */
};

/* raw is one head with the empty line that ends it. False: *ret_why says why not; what was
 * understood until then is in *ret. Slices point into raw. */
bool head_read(const char *raw, size_t n, struct request_head *ret, struct refusal *ret_why);

/* May a body of this length come with this head? Files, and forms with files, are larger than JSON.
 */
bool head_body_ok(const struct request_head *h, struct refusal *ret_why);
bool head_is_upload(const struct request_head *h);

/* The token of "Bearer <token>", else NULL. header is a NUL-terminated value or NULL. */
const char *head_bearer(const char *header);

#endif
