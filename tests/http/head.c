/* head.c - what is let through to the parser, and what is not. */
#include "http/head.h"

#include "base/bytes.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static int judged(const char *raw, struct request_head *h)
{
    struct refusal why = {0};

    return head_read(raw, strlen(raw), h, &why) ? 200 : why.status;
}

Test(head, rules)
{
    static const struct {
        const char *raw;
        int status;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200},
        {"GET /a?b=c%20d HTTP/1.1\r\nhost:x:80\r\nX: \t y \r\n\r\n", 200},
        {"GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n", 200},
        {"GET / HTTP/1.0\r\n\r\n", 200},
        {"POST / HTTP/1.1\r\nHost: [::1]:8\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
         200},
        /* lines */
        {"", 400},
        {"\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n", 400},
        /* the first one */
        {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 505},
        {"GET /\r\nHost: x\r\n\r\n", 400},
        {"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"GET / HTTP/1.10\r\nHost: x\r\n\r\n", 505},
        {"get / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        /* hosts */
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", 400},
        /* lengths */
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
         400},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 411},
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: tea\r\n\r\n", 417},
    };
    struct request_head h;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        cr_expect_eq(judged(cases[i].raw, &h), cases[i].status, "%s: %d", cases[i].raw,
                     judged(cases[i].raw, &h));
}

Test(head, a_nul_ends_nothing)
{
    static const char raw[] = "GET / HTTP/1.1\r\nHost: x\r\nA: \0b\r\n\r\n";
    struct refusal why;
    struct request_head h;

    cr_expect_not(head_read(raw, sizeof(raw) - 1, &h, &why));
    cr_expect_eq(why.status, 400);
}

Test(head, other_sites_may_look_but_not_touch)
{
    static const struct {
        const char *method, *origin;
        int status;
    } cases[] = {
        {"POST", "https://log.example", 200},
        {"POST", "http://LOG.example", 200},
        {"POST", "https://evil.example", 403},
        {"PUT", "https://log.example.evil", 403},
        {"POST", "https://log.example:444", 403},
        {"DELETE", "null", 403},
        {"POST", "log.example", 403},
        {"GET", "https://evil.example", 200},
        {"HEAD", "null", 200},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct request_head h;

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *raw =
            arena_printf(mem, "%s / HTTP/1.1\r\nHost: log.example\r\nOrigin: %s\r\n\r\n",
                         cases[i].method, cases[i].origin);
        cr_expect_eq(judged(raw, &h), cases[i].status, "%s from %s", cases[i].method,
                     cases[i].origin);
    }
}

Test(head, has_limits)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    char *fill = arena_alloc(mem, HEAD_MAX + 1), *lines = arena_alloc(mem, 1 << 12);
    struct request_head h;

    memset(fill, 'a', HEAD_MAX);
    cr_expect_eq(judged(arena_printf(mem, "GET / HTTP/1.1\r\nHost: x\r\nA: %s\r\n\r\n", fill), &h),
                 431);
    for (int i = 0; i < HEAD_LINES_MAX; i++)
        strcat(lines, "A: b\r\n");
    cr_expect_eq(judged(arena_printf(mem, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", lines), &h), 431);
}

Test(head, bodies_have_limits)
{
    static const struct {
        const char *start;
        unsigned long length;
        bool ok;
    } cases[] = {
        {"POST /v1/accounts", BODY_MAX, true},     {"POST /v1/accounts", BODY_MAX + 1, false},
        {"PUT /v1/files/0", FILE_MAX, true},       {"PUT /v1/files/0", FILE_MAX + 1, false},
        {"POST /v1/files/0", BODY_MAX + 1, false},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct request_head h;
        struct refusal why = {0};
        const char *raw = arena_printf(mem, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: %lu\r\n\r\n",
                                       cases[i].start, cases[i].length);
        cr_expect_eq(judged(raw, &h), 200);
        cr_expect_eq(h.length, cases[i].length);
        cr_expect_eq(head_body_ok(&h, &why), cases[i].ok);
        cr_expect_eq(why.status, cases[i].ok ? 0 : 413);
    }
}

Test(head, bearer)
{
    cr_expect_null(head_bearer(NULL));
    cr_expect_null(head_bearer("Basic YTpi"));
    cr_expect_null(head_bearer("Bearer"));
    cr_expect_str_eq(head_bearer("Bearer tt1.a.b"), "tt1.a.b");
    cr_expect_str_eq(head_bearer("bearer  tt1.a.b"), "tt1.a.b");
}

/* Whatever comes, it is judged and no byte beyond is read: the sanitizers look on. */
Test(head, random_bytes_are_judged)
{
    static const char *const words[] = {"GET ", "/", " HTTP/1.1",    "\r\n", "Host: x",
                                        ":",    "%", "\r",           "\n",   "Content-Length: 1",
                                        "\t",   "a", "Origin: a://b"};

    srand(1);
    for (int round = 0; round < 20000; round++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        char text[512] = "";
        struct request_head h;
        struct refusal why;
        for (int i = rand() % 24; i > 0; i--)
            strcat(text, words[(size_t)rand() % (sizeof(words) / sizeof(*words))]);
        size_t n = strlen(text);
        const char *exact =
            bytes_copy(mem, text, n).at ? (const char *)bytes_copy(mem, text, n).at : "";
        if (head_read(exact, n, &h, &why))
            cr_expect(h.target.n > 0 && h.host.n > 0);
    }
}
