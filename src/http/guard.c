/* guard.c - what a connection may send: whole heads that head.h finds good, and bodies of the
 * length that they name.
 *
 * A good head is let through to libevent, and then its body. For a bad one libevent, which answers
 * what it finds wrong in words of its own, is given a harmless request instead, and that one is
 * answered with the refusal. */
#include "loop.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODIES_MAX = 128 << 20, /* of all connections together */
    BODY_BYTES_PER_SECOND = 65536,
    REFUSED_MS = 1000,
    REFUSED_BYTES = 32 << 20,
};

static const char harmless[] = "GET / HTTP/1.1\r\nHost: refused\r\nConnection: close\r\n\r\n";

static int length_of(struct slice s)
{
    return s.n < HEAD_MAX ? (int)s.n : 0;
}

void guard_keep(struct conn *c, const struct request_head *h)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const struct slice *s[] = {&h->target, &h->accept, &h->languages, &h->cookie};
    const char *text = arena_printf(
        mem,
        "GET %.*s HTTP/1.1\r\nHost: refused\r\nAccept: %.*s\r\nAccept-Language: %.*s\r\n"
        "Cookie: %.*s\r\nConnection: close\r\n\r\n",
        length_of(*s[0]), s[0]->at, length_of(*s[1]), s[1]->n ? s[1]->at : "", length_of(*s[2]),
        s[2]->n ? s[2]->at : "", length_of(*s[3]), s[3]->n ? s[3]->at : "");

    free(c->harmless);
    c->harmless = strdup(text);
}

void guard_say_no(struct conn *c)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    const char *instead = c->harmless ? c->harmless : harmless;

    evbuffer_drain(in, evbuffer_get_length(in));
    evbuffer_prepend(in, instead, strlen(instead));
    conn_enter(c, PHASE_BODY, REFUSED_MS);
    conn_let_through(c);
}

/* Whoever gets an answer while still sending loses it when we close: so for a moment we listen. */
void guard_throw_away(struct conn *c)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    size_t n = evbuffer_get_length(in);

    evbuffer_drain(in, n);
    c->left -= n < c->left ? n : c->left;
    if (!c->left)
        guard_say_no(c);
}

void guard_refuse(struct conn *c, struct refusal why, uint64_t left)
{
    c->refused = why;
    c->left = left < REFUSED_BYTES ? left : REFUSED_BYTES;
    conn_enter(c, PHASE_REFUSED, REFUSED_MS);
    guard_throw_away(c);
}

/* ---- Heads ----------------------------------------------------------------------------------- */

static const char *text_of(struct arena *mem, struct slice s)
{
    return arena_copy_n(mem, s.n ? s.at : "", s.n);
}

/* A large body is read only for somebody with a session, or a token that was good lately. */
static bool may_upload(const struct conn *c, const struct request_head *h)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *token = head_bearer(text_of(mem, h->authorization));

    if (!token)
        return browser_is_known(c->server, mem, text_of(mem, h->cookie));
    return session_is_open(c->server, token) || token_is_known(c->server, token);
}

static bool admit(struct conn *c, const struct request_head *h, struct refusal *why)
{
    if (!head_body_ok(h, why))
        return false;
    if (h->length > BODY_MAX && !may_upload(c, h)) {
        *why = (struct refusal){
            401, "sign in, or ask for something with the token, before sending a file"};
        return false;
    }
    if (h->length > BODIES_MAX - c->server->bodies) {
        *why = (struct refusal){503, "the service has too much to read: try again"};
        return false;
    }
    c->charged = (size_t)h->length;
    c->server->bodies += c->charged;
    return true;
}

static void take_head(struct conn *c, size_t n)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    int64_t seconds = c->server->config.body_seconds;
    struct refusal why;
    struct request_head h;

    const char *raw = (const char *)evbuffer_pullup(in, (ev_ssize_t)n);
    assert(raw); /* at most HEAD_MAX bytes and they are there */
    if (!head_read(raw, n, &h, &why)) {
        evbuffer_drain(in, n);
        guard_refuse(c, why, why.status == 411 ? REFUSED_BYTES : h.expects ? 0 : h.length);
        return;
    }
    if (!admit(c, &h, &why)) {
        guard_keep(c, &h);
        evbuffer_drain(in, n);
        guard_refuse(c, why, h.expects ? 0 : h.length);
        return;
    }
    conn_enter(c, PHASE_BODY, (seconds + (int64_t)(h.length / BODY_BYTES_PER_SECOND)) * 1000);
    conn_let_through(c);
}

/* An empty line or two before a request means nothing (RFC 9112 section 2.2). */
static void skip_empty_lines(struct evbuffer *in)
{
    char start[2];

    while (evbuffer_copyout(in, start, 2) == 2 && memcmp(start, "\r\n", 2) == 0)
        evbuffer_drain(in, 2);
}

void guard_look(struct conn *c)
{
    struct evbuffer *in = bufferevent_get_input(c->bev);
    struct evbuffer_ptr from;

    evbuffer_prepend_buffer(in, c->held);
    if (!c->scanned)
        skip_empty_lines(in);
    size_t n = evbuffer_get_length(in);
    if (!n)
        return;
    if (c->phase == PHASE_IDLE)
        conn_enter(c, PHASE_HEAD, (int64_t)c->server->config.head_seconds * 1000);
    evbuffer_ptr_set(in, &from, c->scanned, EVBUFFER_PTR_SET);
    struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, &from);
    if (end.pos >= 0) {
        c->scanned = 0;
        take_head(c, (size_t)end.pos + 4);
    } else if (n > HEAD_MAX) {
        guard_refuse(c, (struct refusal){431, "the head of the request is longer than 16 KiB"},
                     REFUSED_BYTES);
    } else {
        c->scanned = n > 3 ? n - 3 : 0;
    }
}
