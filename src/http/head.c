/* head.c - see head.h. */
#include "http/head.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What came of the headers that decide how the request is read. */
struct framing {
    unsigned hosts, lengths;
    bool coded, old;
    struct slice length, expect;
};

static bool same(struct slice s, const char *word)
{
    return s.n == strlen(word) && strncasecmp(s.at, word, s.n) == 0;
}

static bool exactly(struct slice s, const char *word)
{
    return s.n == strlen(word) && memcmp(s.at, word, s.n) == 0;
}

static bool begins(struct slice s, const char *with)
{
    return s.n >= strlen(with) && memcmp(s.at, with, strlen(with)) == 0;
}

static bool refuse(struct refusal *why, int status, const char *because)
{
    *why = (struct refusal){status, because};
    return false;
}

static bool all_of(struct slice s, bool (*ok)(unsigned char c))
{
    for (size_t i = 0; i < s.n; i++)
        if (!ok((unsigned char)s.at[i]))
            return false;
    return s.n > 0;
}

static bool in_token(unsigned char c)
{
    return isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool in_target(unsigned char c)
{
    return isalnum(c) || (c && strchr("-._~:/?[]@!$&'()*+,;=%", c));
}

static bool in_host(unsigned char c)
{
    return isalnum(c) || (c && strchr("-._~:[]%", c));
}

static bool in_value(unsigned char c)
{
    return c == '\t' || (c >= ' ' && c != 0x7f);
}

/* ---- Lines ----------------------------------------------------------------------------------- */

/* The next line without its end; false when it ends in any other way than CR LF. */
static bool next_line(struct slice *rest, struct slice *ret)
{
    const char *end = memchr(rest->at, '\n', rest->n);

    if (!end || end == rest->at || end[-1] != '\r')
        return false;
    *ret = (struct slice){rest->at, (size_t)(end - rest->at) - 1};
    rest->n -= ret->n + 2;
    rest->at = end + 1;
    return memchr(ret->at, '\r', ret->n) == NULL;
}

static struct slice cut(struct slice *rest, char at)
{
    const char *end = memchr(rest->at, at, rest->n);
    struct slice piece = {rest->at, end ? (size_t)(end - rest->at) : rest->n};

    rest->at += piece.n + (end != NULL);
    rest->n -= piece.n + (end != NULL);
    return piece;
}

static struct slice trim(struct slice s)
{
    while (s.n && (s.at[0] == ' ' || s.at[0] == '\t'))
        s = (struct slice){s.at + 1, s.n - 1};
    while (s.n && (s.at[s.n - 1] == ' ' || s.at[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static bool known_method(struct slice m)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (exactly(m, known[i]))
            return true;
    return false;
}

static bool escapes_ok(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.at[i] == '%' && (i + 2 >= s.n || !isxdigit((unsigned char)s.at[i + 1]) ||
                               !isxdigit((unsigned char)s.at[i + 2])))
            return false;
    return true;
}

static bool read_request_line(struct slice line, struct request_head *h, struct framing *f,
                              struct refusal *why)
{
    h->method = cut(&line, ' ');
    h->target = cut(&line, ' ');
    if (!all_of(h->method, in_token) || !all_of(h->target, in_target) || !escapes_ok(h->target))
        return refuse(why, 400, "the first line is not METHOD /path HTTP/1.1");
    if (!begins(h->target, "/") && !begins(h->target, "http://") && !begins(h->target, "https://"))
        return refuse(why, 400, "the target must be a path");
    f->old = exactly(line, "HTTP/1.0");
    if (!f->old && !exactly(line, "HTTP/1.1"))
        return refuse(why, begins(line, "HTTP/") ? 505 : 400, "only HTTP/1.1 is spoken here");
    if (!known_method(h->method))
        return refuse(why, 501, "there is no such method");
    return true;
}

static bool read_header(struct slice line, struct request_head *h, struct framing *f,
                        struct refusal *why)
{
    struct slice value = line, name = cut(&value, ':');

    if (name.n == line.n || !all_of(name, in_token))
        return refuse(why, 400, "a header is not 'Name: value' on one line");
    value = trim(value);
    if (value.n && !all_of(value, in_value))
        return refuse(why, 400, "a header holds control characters");
    if (same(name, "Host")) {
        f->hosts++;
        h->host = value;
    } else if (same(name, "Content-Length")) {
        f->lengths++;
        f->length = value;
    } else if (same(name, "Transfer-Encoding")) {
        f->coded = true;
    } else if (same(name, "Expect")) {
        f->expect = value;
    } else if (same(name, "Origin")) {
        h->origin = value;
    } else if (same(name, "Cookie")) {
        h->cookie = value;
    } else if (same(name, "Authorization")) {
        h->authorization = value;
    } else if (same(name, "Accept")) {
        h->accept = value;
    } else if (same(name, "Accept-Language")) {
        h->languages = value;
    }
    return true;
}

/* ---- Rules ----------------------------------------------------------------------------------- */

static bool read_length(const struct framing *f, struct request_head *h, struct refusal *why)
{
    if (f->lengths > 1)
        return refuse(why, 400, "there are two Content-Length headers");
    if (f->coded && f->lengths)
        return refuse(why, 400, "Transfer-Encoding and Content-Length exclude each other");
    if (f->coded)
        return refuse(why, 411, "send the body with a Content-Length");
    if (f->lengths && (f->length.n == 0 || f->length.n > 18))
        return refuse(why, 400, "Content-Length is not a number");
    for (size_t i = 0; i < f->length.n; i++) {
        if (!isdigit((unsigned char)f->length.at[i]))
            return refuse(why, 400, "Content-Length is not a number");
        h->length = h->length * 10 + (uint64_t)(f->length.at[i] - '0');
    }
    if (h->length && (exactly(h->method, "GET") || exactly(h->method, "HEAD")))
        return refuse(why, 400, "a GET has no body");
    return true;
}

/* A page of another site may make a browser send requests here, but not change anything. */
static bool origin_ok(const struct request_head *h)
{
    struct slice host = h->origin;
    const char *colon = h->origin.n ? memchr(host.at, ':', host.n) : NULL;

    if (!h->origin.n || exactly(h->method, "GET") || exactly(h->method, "HEAD"))
        return true;
    if (!colon || host.n - (size_t)(colon - host.at) < 3 || memcmp(colon, "://", 3) != 0)
        return false;
    host.n -= (size_t)(colon - host.at) + 3;
    host.at = colon + 3;
    return host.n == h->host.n && strncasecmp(host.at, h->host.at, host.n) == 0;
}

static bool obey(const struct framing *f, struct request_head *h, struct refusal *why)
{
    if (!read_length(f, h, why))
        return false;
    if (f->hosts > 1)
        return refuse(why, 400, "there are two Host headers");
    if (f->hosts ? !all_of(h->host, in_host) : !f->old)
        return refuse(why, 400, "there must be one Host header");
    h->expects = f->expect.n && h->length;
    if (f->expect.n && !same(f->expect, "100-continue"))
        return refuse(why, 417, "only 100-continue can be expected");
    if (!origin_ok(h))
        return refuse(why, 403, "a page of another site may not change anything here");
    return true;
}

bool head_read(const char *raw, size_t n, struct request_head *ret, struct refusal *ret_why)
{
    struct slice rest = {raw, n}, line;
    struct framing f = {0};
    unsigned lines = 0;

    *ret = (struct request_head){0};
    if (n > HEAD_MAX)
        return refuse(ret_why, 431, "the head of the request is longer than 16 KiB");
    if (memchr(raw, '\0', n) || !next_line(&rest, &line))
        return refuse(ret_why, 400, "the lines of the head must end with CR LF");
    if (!read_request_line(line, ret, &f, ret_why))
        return false;
    for (;;) {
        if (!next_line(&rest, &line))
            return refuse(ret_why, 400, "the lines of the head must end with CR LF");
        if (line.n == 0)
            break;
        if (++lines > HEAD_LINES_MAX)
            return refuse(ret_why, 431, "there are more than 100 headers");
        if (!read_header(line, ret, &f, ret_why))
            return false;
    }
    return obey(&f, ret, ret_why);
}

bool head_is_upload(const struct request_head *h)
{
    return (exactly(h->method, "PUT") && begins(h->target, "/v1/files/")) ||
           (exactly(h->method, "POST") &&
            (begins(h->target, "/do/") || begins(h->target, "/verify")));
}

bool head_body_ok(const struct request_head *h, struct refusal *ret_why)
{
    if (head_is_upload(h) ? h->length <= FILE_MAX : h->length <= BODY_MAX)
        return true;
    return refuse(ret_why, 413,
                  head_is_upload(h) ? "a file may have 16 MiB" : "a request may have 2 MiB");
}

const char *head_bearer(const char *header)
{
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    header += 7;
    return header + strspn(header, " ");
}
