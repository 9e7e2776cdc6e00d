/* client.c - many people at once: requests over the service's socket, for so many seconds.
 *
 *     client --socket S --log ORIGIN --key FILE --person REF --token T --case CASE --clients N
 *            --seconds S [--accounts N] [--people N] [--first N] [--cookie C]
 *
 * Cases: signed, token (`grant give`, by signature or by service token), register (`account
 * register`, signed), show (`account show`), holds (`person holds`); a path is a page, with the
 * cookie of a browser, a {n} in it the number of some account. Everything is signed before
 * the clock starts, so that the service is measured and not this program. One thread with epoll
 * drives all connections, as pgbench does. Prints: requests a second, median and 99th percentile of
 * the time of one in milliseconds. */
#include "base/file.h"
#include "log/intent.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PREPARED_MAX = 200000, REPLY_MAX = 1 << 18, EVENTS = 64 };

struct connection {
    int fd;
    double began;
    size_t got, need; /* bytes of the reply; need 0: not known yet */
    char *reply;
};

struct bench {
    struct arena *mem;
    const char *socket, *log, *key_file, *person, *token, *what, *cookie;
    size_t clients, accounts, people, first;
    double seconds;
    struct ed25519 *key;
    char **requests;
    size_t prepared, sent;
    double *ms;
    size_t done, ms_room;
    struct connection *all;
};

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void give_up(const char *why)
{
    fprintf(stderr, "client: %s\n", why);
    exit(1);
}

/* ---- What is asked --------------------------------------------------------------------------- */

static bool is(const struct bench *b, const char *what)
{
    return strcmp(b->what, what) == 0;
}

static char *post(const struct bench *b, const char *path, const char *more, const char *body)
{
    return arena_printf(b->mem,
                        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        "%sContent-Length: %zu\r\n\r\n%s",
                        path, more, strlen(body), body);
}

static char *post_signed(const struct bench *b, const char *path, const char *command,
                         json_t *params)
{
    struct intent intent = {.actor = b->person,
                            .at = (int64_t)time(NULL) * 1000,
                            .command = command,
                            .log = b->log,
                            .nonce = nonce_new(b->mem),
                            .params = json_keep(b->mem, params)};
    const char *text = intent_text(b->mem, &intent, NULL, 0);
    json_t *envelope =
        json_pack("{s:s, s:s}", "intent", text, "signature",
                  ssh_sign(b->mem, b->key, signature_namespace, bytes_of_text(text)));

    return post(b, path, "", json_compact(b->mem, json_keep(b->mem, envelope)));
}

static char *post_by_token(const struct bench *b, const char *path, json_t *params)
{
    const char *more = arena_printf(b->mem, "Authorization: Bearer %s\r\nIdempotency-Key: %s\r\n",
                                    b->token, nonce_new(b->mem));

    return post(b, path, more, json_compact(b->mem, json_keep(b->mem, params)));
}

/* Accounts and people in an order that has no rhythm; each pair with a role of its own. */
static json_t *grant_params(const struct bench *b, size_t i)
{
    uint64_t mixed = i * UINT64_C(0x9E3779B97F4A7C15);

    return json_pack("{s:s, s:s, s:s}", "account",
                     arena_printf(b->mem, "a%zu", (size_t)(mixed >> 20) % b->accounts), "person",
                     arena_printf(b->mem, "p%zu", (size_t)(mixed >> 40) % b->people), "role",
                     arena_printf(b->mem, "role %d-%zu", (int)getpid(), i));
}

static char *get(const struct bench *b, const char *path)
{
    return arena_printf(b->mem, "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
                        path, b->token);
}

/* {n} in a path becomes n. */
static char *page(const struct bench *b, size_t n)
{
    const char *hole = strstr(b->what, "{n}");
    const char *path =
        hole ? arena_printf(b->mem, "%.*s%zu%s", (int)(hole - b->what), b->what, n, hole + 3)
             : b->what;

    return arena_printf(b->mem, "GET %s HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n", path,
                        b->cookie);
}

static bool reads(const struct bench *b)
{
    return is(b, "show") || is(b, "holds") || *b->what == '/';
}

static char *request(const struct bench *b, size_t i)
{
    uint64_t mixed = i * UINT64_C(0x9E3779B97F4A7C15) >> 20;

    if (is(b, "signed"))
        return post_signed(b, "/v1/grants", "grant give", grant_params(b, i));
    if (is(b, "token"))
        return post_by_token(b, "/v1/grants", grant_params(b, i));
    if (is(b, "register"))
        return post_signed(
            b, "/v1/accounts", "account register",
            json_pack("{s:s}", "url",
                      arena_printf(b->mem, "https://x.com/b%d_%zu", (int)getpid(), i)));
    if (*b->what == '/')
        return page(b, (size_t)mixed % b->accounts);
    if (is(b, "show"))
        return get(b, arena_printf(b->mem, "/v1/accounts/a%zu", (size_t)mixed % b->accounts));
    return get(b, arena_printf(b->mem, "/v1/people/p%zu/holds", (size_t)mixed % b->people));
}

static void prepare(struct bench *b)
{
    b->prepared = reads(b) ? 5000 : (size_t)(b->seconds * 12000);
    b->prepared = b->prepared < PREPARED_MAX ? b->prepared : PREPARED_MAX;
    b->requests = arena_array(b->mem, b->prepared, sizeof(*b->requests));
    for (size_t i = 0; i < b->prepared; i++)
        b->requests[i] = request(b, b->first + i);
    b->ms_room = reads(b) ? 1000000 : b->prepared;
    b->ms = arena_array(b->mem, b->ms_room, sizeof(*b->ms));
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static bool more(const struct bench *b)
{
    return b->sent < (reads(b) ? b->ms_room : b->prepared);
}

static void send_next(struct bench *b, struct connection *c)
{
    const char *text = b->requests[b->sent++ % b->prepared];

    c->began = now();
    c->got = c->need = 0;
    for (size_t n = strlen(text), sent = 0; sent < n;) {
        ssize_t w = write(c->fd, text + sent, n - sent);
        if (w <= 0)
            give_up("the connection was lost");
        sent += (size_t)w;
    }
}

/* True when the reply is whole. */
static bool take(struct connection *c)
{
    ssize_t r = read(c->fd, c->reply + c->got, REPLY_MAX - 1 - c->got);

    if (r <= 0)
        give_up("the connection was lost");
    c->got += (size_t)r;
    c->reply[c->got] = '\0';
    if (!c->need) {
        const char *end = strstr(c->reply, "\r\n\r\n");
        const char *length = strstr(c->reply, "\r\nContent-Length:");
        if (end && length)
            c->need = (size_t)(end + 4 - c->reply) + strtoul(length + 17, NULL, 10);
    }
    if (!c->need || c->got < c->need)
        return false;
    if (strncmp(c->reply, "HTTP/1.1 20", 11) != 0)
        give_up(c->reply);
    return true;
}

static void connect_all(struct bench *b, int ep)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    snprintf(to.sun_path, sizeof(to.sun_path), "%s", b->socket);
    b->all = arena_array(b->mem, b->clients, sizeof(*b->all));
    for (size_t i = 0; i < b->clients; i++) {
        struct connection *c = &b->all[i];
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        c->reply = arena_array(b->mem, REPLY_MAX, 1);
        c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&to, sizeof(to)) != 0 ||
            epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e) != 0)
            give_up("cannot connect");
    }
}

/* Everybody asks, and asks again when answered, until the time is over; then the last answers. */
static double drive(struct bench *b, int ep)
{
    struct epoll_event events[EVENTS];
    double began = now(), until = began + b->seconds * 1e3, ended = began;
    size_t open = b->clients;

    for (size_t i = 0; i < b->clients; i++)
        send_next(b, &b->all[i]);
    while (open) {
        int n = epoll_wait(ep, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            give_up("epoll");
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (!take(c))
                continue;
            ended = now();
            b->ms[b->done++] = ended - c->began;
            if (ended < until && more(b))
                send_next(b, c);
            else
                open--;
        }
    }
    return (ended - began) / 1e3;
}

/* ---- ------------------------------------------------------------------------------------------
 */

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static const char text_letters[] = "slkptcC", number_letters[] = "naPf";

static void take_options(struct bench *b, int argc, char **argv)
{
    static const struct option known[] = {{"socket", 1, NULL, 's'},
                                          {"log", 1, NULL, 'l'},
                                          {"key", 1, NULL, 'k'},
                                          {"person", 1, NULL, 'p'},
                                          {"token", 1, NULL, 't'},
                                          {"case", 1, NULL, 'c'},
                                          {"clients", 1, NULL, 'n'},
                                          {"seconds", 1, NULL, 'S'},
                                          {"accounts", 1, NULL, 'a'},
                                          {"people", 1, NULL, 'P'},
                                          {"first", 1, NULL, 'f'},
                                          {"cookie", 1, NULL, 'C'},
                                          {0}};
    const char **texts[] = {&b->socket, &b->log,  &b->key_file, &b->person,
                            &b->token,  &b->what, &b->cookie};
    size_t *numbers[] = {&b->clients, &b->accounts, &b->people, &b->first};

    for (int o; (o = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        const char *text = strchr(text_letters, o), *number = strchr(number_letters, o);
        if (text)
            *texts[text - text_letters] = optarg;
        else if (number)
            *numbers[number - number_letters] = strtoul(optarg, NULL, 10);
        else if (o == 'S')
            b->seconds = strtod(optarg, NULL);
        else
            exit(2);
    }
}

static void load_key(struct bench *b)
{
    uint8_t seed[ED25519_SEED];
    struct ssh_public public;
    struct bytes file;
    struct err *e = file_read(b->mem, b->key_file, SSH_KEY_FILE_MAX, &file);

    if (!e)
        e = ssh_private_parse(b->mem, file, seed, &public);
    if (e)
        give_up(e->text);
    b->key = ed25519_new(seed);
}

int main(int argc, char **argv)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bench b = {.mem = mem,
                      .token = "",
                      .cookie = "",
                      .clients = 1,
                      .accounts = 1,
                      .people = 1,
                      .seconds = 3};
    int ep = epoll_create1(0);

    take_options(&b, argc, argv);
    load_key(&b);
    prepare(&b);
    connect_all(&b, ep);
    double took = drive(&b, ep);
    qsort(b.ms, b.done, sizeof(*b.ms), by_value);
    printf("%.1f %.3f %.3f\n", (double)b.done / took, b.ms[b.done / 2], b.ms[b.done * 99 / 100]);
    ed25519_free(b.key);
    return 0;
}
