/* guards.c - clients that are slow, rude or gone, on a server that runs. */
#include "support/served.h"

#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEALTH "GET /healthz HTTP/1.1\r\nHost: x\r\n"

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static size_t times(const char *in, const char *what)
{
    size_t n = 0;

    for (const char *at = in; (at = strstr(at, what)); at++)
        n++;
    return n;
}

/* The rules themselves are tested with head.h: here, that every refusal reaches the client as a
 * problem document and ends the connection. */
Test(guards, a_bad_head_is_answered)
{
    static const struct {
        const char *raw;
        int status;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
         400},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n{}", 413},
        {"PUT /v1/files/0 HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n{}", 401},
        {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
        {"\x16\x03\x01 not HTTP at all\r\n\r\n", 400},
        {"GET /healthz HTTP/1.0\r\n\r\n", 200},
        {"\r\n" HEALTH "Connection: close\r\n\r\n", 200},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct said said = ask(s, cases[i].raw, strlen(cases[i].raw));
        cr_expect_eq(said.status, cases[i].status, "%s: %d", cases[i].raw, said.status);
        cr_expect(said.status == 200 || json_text(said.json, "detail"));
    }
    serve_no_more(s);
}

Test(guards, an_endless_head_is_cut)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    char *raw = arena_alloc(mem, 300000);

    memset(raw, 'a', 299999);
    memcpy(raw, "GET / HTTP/1.1\r\nX: ", 19);
    cr_expect_eq(ask(s, raw, 299999).status, 431);
    serve_no_more(s);
}

/* Each phase has a time for all of it: a byte now and then does not help. */
static double drip(struct arena *mem, struct served *s, const char *first, const char **ret)
{
    int fd = dial(s);
    double began = now();

    dial_send(fd, first, strlen(first));
    while (now() - began < 10 && send(fd, "a", 1, MSG_NOSIGNAL) == 1)
        pause_ms(50);
    *ret = dial_rest(mem, fd);
    return now() - began;
}

Test(guards, a_dripping_client_is_left)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const char *said;

    cr_expect_lt(drip(mem, s, "GET / HTTP/1.1\r\nX: ", &said), 4);
    cr_expect(text_starts(said, "HTTP/1.1 408"), "%s", said);
    cr_expect_lt(drip(mem, s, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n", &said),
                 4);
    cr_expect_lt(drip(mem, s, "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", &said), 4);
    cr_expect(text_starts(said, "HTTP/1.1 400"), "%s", said);
    serve_no_more(s);
}

Test(guards, requests_sent_ahead_are_answered_in_turn)
{
    static const char post[] = "POST /v1/seals HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    struct buf raw;

    buf_init(&raw, mem, 1 << 20);
    for (int i = 0; i < 20; i++) {
        buf_text(&raw, HEALTH "\r\n");
        buf_text(&raw, post);
    }
    int fd = dial(s);
    dial_send(fd, raw.at, raw.n);
    dial_send(fd, "GET /hea", 8);
    pause_ms(200);
    dial_send(fd, "lthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 46);
    const char *said = dial_rest(mem, fd);
    cr_expect_eq(times(said, "HTTP/1.1 200"), 21, "%zu", times(said, "HTTP/1.1 200"));
    cr_expect_eq(times(said, "HTTP/1.1 401"), 20);

    fd = dial(s); /* a bad one ends it, whatever comes after */
    dial_send(fd, HEALTH "\r\nGET / HTTP/1.1\r\n\r\n" HEALTH "\r\n", 2 * strlen(HEALTH) + 22);
    said = dial_rest(mem, fd);
    cr_expect(times(said, "HTTP/1.1 200") == 1 && times(said, "HTTP/1.1 400") == 1, "%s", said);
    serve_no_more(s);
}

Test(guards, a_client_may_close_its_half)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    int fd = dial(s);

    dial_send(fd, "GET /v1/service HTTP/1.1\r\nHost: x\r\n\r\n", 38);
    shutdown(fd, SHUT_WR);
    cr_expect(strstr(dial_rest(mem, fd), "\"vkey\""));
    serve_no_more(s);
}

static void few_connections(struct http_config *c)
{
    c->connections = 20;
    c->head_seconds = 2;
}

Test(guards, no_more_connections_than_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, few_connections);
    int fds[60];

    for (size_t i = 0; i < 60; i++) /* all silent: they lose their place when their time is over */
        fds[i] = dial(s);
    cr_expect_eq(get(s, "/healthz", NULL).status, 200);
    for (size_t i = 0; i < 60; i++)
        close(fds[i]);
    for (size_t i = 0; i < 20; i++) { /* all between requests: these give way at once */
        fds[i] = dial(s);
        dial_send(fds[i], HEALTH "\r\n", strlen(HEALTH) + 2);
        cr_expect_gt(recv(fds[i], &(char[2000]){0}, 2000, 0), 0);
    }
    double began = now();
    cr_expect_eq(get(s, "/healthz", NULL).status, 200);
    cr_expect_lt(now() - began, 1);
    for (size_t i = 0; i < 20; i++)
        close(fds[i]);
    serve_no_more(s);
}

/* Requests cut anywhere, answers that nobody takes: the sanitizers look on. */
Test(guards, clients_that_go_away)
{
    static const char raw[] =
        "POST /v1/units HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n{}GET /v1/service HTTP/1.1\r\nHost: x\r\n\r\n";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const struct linger at_once = {1, 0};

    for (size_t n = 1; n < sizeof(raw); n++) {
        int fd = dial(s);
        dial_send(fd, raw, n);
        if (n % 3 == 0)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        if (n % 4 == 0)
            pause_ms(2);
        close(fd);
    }
    cr_expect_eq(get(s, "/healthz", NULL).status, 200);
    serve_no_more(s);
}

/* Ends the request of a connection while the server drains. */
static void *end_later(void *fd)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    pause_ms(300);
    dial_send(*(int *)fd, "}", 1);
    return strstr(dial_rest(mem, *(int *)fd), "HTTP/1.1 401") ? fd : NULL;
}

Test(guards, the_end_finishes_what_was_begun)
{
    static const char start[] =
        "POST /v1/units HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n{";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    int begun = dial(s), silent = dial(s);

    dial_send(begun, start, strlen(start));
    pause_ms(100);
    pthread_t other;
    void *answered;
    cr_assert_eq(pthread_create(&other, NULL, end_later, &begun), 0);
    double began = now();
    serve_no_more(s);
    pthread_join(other, &answered);
    cr_expect_not_null(answered, "the request was not answered");
    cr_expect_lt(now() - began, 3);
    cr_expect_eq(recv(silent, &(char){0}, 1, 0), 0);
    close(silent);
}

Test(guards, a_socket_has_one_owner)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    struct http_server *second;
    struct stat is;

    cr_expect(stat(s->path, &is) == 0 && (is.st_mode & 0777) == 0660);
    struct err *e = http_start(mem, &s->config, &second);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "another service"), "%s", e->text);
    cr_expect_eq(get(s, "/healthz", NULL).status, 200);

    int dead = dial(s); /* what a killed service leaves behind: bound, and nobody there */
    close(dead);
    const char *path = arena_printf(mem, "%s.dead", s->path);
    struct served other = {.i = s->i, .config = s->config, .path = path};
    const char *listen = arena_printf(mem, "unix:%s", path);
    other.config.listen = &listen;
    cr_assert_ok(http_start(mem, &other.config, &other.server));
    cr_assert_eq(link(path, arena_printf(mem, "%s.kept", path)), 0);
    http_stop(other.server);
    cr_assert_eq(rename(arena_printf(mem, "%s.kept", path), path), 0);
    cr_assert_ok(http_start(mem, &other.config, &other.server));
    cr_expect_eq(get(&other, "/healthz", NULL).status, 200);
    http_stop(other.server);
    serve_no_more(s);
}

Test(guards, addresses_are_checked)
{
    static const struct {
        const char *listen, *words;
    } cases[] = {
        {"0.0.0.0:0", "--tls-cert"},
        {"[::]:0", "--tls-cert"},
        {":0", "--tls-cert"},
        {"nonsense", "neither"},
        {"127.0.0.1:http", "neither"},
        {"unix:", "path"},
        {"fd:99", "fd:99"},
        {"unix:/dev/null", "not a socket"},
        {"127.0.0.1:70000", "neither"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct http_config config = s->config;
        struct http_server *server;
        config.listen = &cases[i].listen;
        struct err *e = http_start(mem, &config, &server);
        cr_assert_not_null(e, "%s", cases[i].listen);
        cr_expect_not_null(strstr(e->text, cases[i].words), "%s: %s", cases[i].listen, e->text);
    }
    const char *loopback = "127.0.0.1:0";
    struct http_config config = s->config;
    struct http_server *server;
    config.listen = &loopback;
    cr_assert_ok(http_start(mem, &config, &server));
    cr_expect(text_starts(http_address(server, 0), "http://127.0.0.1:"));
    cr_expect_null(http_address(server, 1));
    http_stop(server);
    serve_no_more(s);
}

Test(guards, a_lost_database_comes_back)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);

    cr_expect_eq(get(s, "/readyz", NULL).status, 200);
    cr_expect_eq(get(s, "/v1/service", NULL).status, 200);
    database_sql(mem, s->i->uri,
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    for (int i = 0; i < 8; i++)
        cr_expect_eq(get(s, "/v1/service", NULL).status, 200);
    serve_no_more(s);
}

static void nowhere(struct http_config *c)
{
    c->database = "host=/nowhere dbname=x";
}

Test(guards, without_a_database_it_says_so)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, nowhere);
    struct said said = get(s, "/v1/service", NULL);

    cr_expect_eq(said.status, 503);
    cr_expect_not_null(strstr(said.head, "Retry-After: 1\r\n"));
    cr_expect_not_null(strstr(json_text(said.json, "detail"), "the database is away: try again"));
    cr_expect_eq(get(s, "/readyz", NULL).status, 503);
    cr_expect_eq(get(s, "/healthz", NULL).status, 200);
    cr_expect_not_null(
        strstr((const char *)get(s, "/metrics", NULL).body.at, "tenure_database_up 0"));
    serve_no_more(s);
}
