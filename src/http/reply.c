/* reply.c - what is said to a request: a body, headers, or what went wrong. */
#include "http_internal.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "http/problem.h"

#include <assert.h>
#include <string.h>

void exchange_say(struct exchange *x, int status, const char *media_type, struct bytes body)
{
    x->reply.status = status;
    x->reply.media_type = media_type;
    x->reply.body = body;
}

void exchange_header(struct exchange *x, const char *name, const char *value)
{
    assert(x->reply.n < REPLY_HEADERS_MAX);
    x->reply.headers[x->reply.n].name = name;
    x->reply.headers[x->reply.n++].value = value;
}

/* ---- Files and versions ------------------------------------------------------------------------
 */

/* attachment; filename="plain.zip"; filename*=UTF-8''pl%C3%A4in.zip (RFC 6266) */
static const char *disposition(struct arena *mem, const char *name)
{
    struct buf out;

    buf_init(&out, mem, 4096);
    buf_text(&out, "attachment; filename=\"");
    for (const char *c = name; *c; c++)
        buf_byte(&out, *c > ' ' - 1 && *c < 0x7f && !strchr("\"\\%", *c) ? (unsigned char)*c : '_');
    buf_text(&out, "\"; filename*=UTF-8''");
    for (const unsigned char *c = (const unsigned char *)name; *c; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= 'a' && *c <= 'z') || strchr("-._~", *c);
        buf_printf(&out, plain ? "%c" : "%%%02X", *c);
    }
    return out.at;
}

void exchange_attach(struct exchange *x, int status, const char *media_type, const char *name,
                     struct bytes bytes)
{
    exchange_say(x, status, media_type, bytes);
    x->reply.policy = "default-src 'none'; frame-ancestors 'none'; sandbox";
    exchange_header(x, "Content-Disposition", disposition(x->mem, name));
    exchange_header(x, "Cross-Origin-Resource-Policy", "same-origin");
}

/* Is it among the versions that the client has? An edge that packs an answer calls it weak. */
static bool has_version(const char *list, const char *tag)
{
    size_t n = strlen(tag);

    while (list && *list) {
        list += strspn(list, ", \t");
        if (*list == '*')
            return true;
        if (strncmp(list, "W/", 2) == 0)
            list += 2;
        if (strncmp(list, tag, n) == 0 && (!list[n] || strchr(", \t", list[n])))
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

void exchange_tag(struct exchange *x)
{
    struct digest d = sha256(x->reply.body);
    const char *tag =
        arena_printf(x->mem, "\"%s\"", base64url_encode(x->mem, d.at, sizeof(d.at) / 2));

    exchange_header(x, "ETag", tag);
    if (!has_version(x->if_none_match, tag))
        return;
    x->reply.status = 304;
    x->reply.body = (struct bytes){0};
}

/* ---- What went wrong ---------------------------------------------------------------------------
 */

static void fail(struct exchange *x, int status, const char *problem, const char *because)
{
    x->reply.n = 0;
    x->reply.cache = NULL;
    x->reply.policy = NULL;
    x->reply.because = because;
    exchange_say(x, status, problem_media_type, bytes_of_text(problem));
    if (status == 401)
        exchange_header(x, "WWW-Authenticate", "Bearer realm=\"tenure\"");
    if (status == 503)
        exchange_header(x, "Retry-After", "1");
}

void exchange_fail(struct exchange *x, const struct err *e)
{
    fail(x, err_faces[e->kind].http, problem_of_error(x->mem, e), e->text);
    if (e->wait)
        exchange_header(x, "Retry-After", arena_printf(x->mem, "%d", e->wait));
}

void exchange_fail_status(struct exchange *x, int status, const char *because)
{
    fail(x, status, problem_of_status(x->mem, status, because), because);
}
