/* client.c - many people at once: signed commands over the service's socket, for so many seconds.
 *
 *     client SOCKET KEY PERSON LOG ACCOUNT CLIENTS SECONDS
 *
 * Everything is signed before the clock starts, so that the service is measured and not this
 * program. Prints: commands a second, median and 99th percentile of the time of one in
 * milliseconds. */
#include "base/file.h"
#include "log/intent.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PER_CLIENT_MAX = 4000, TOTAL_MAX = 60000, REPLY_MAX = 1 << 16 };

struct client {
    pthread_t thread;
    const char *socket;
    char **requests;
    size_t n, done;
    double *ms;
    bool failed;
};

static atomic_bool over;
static pthread_barrier_t begin;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int connected(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
        return -1;
    return fd;
}

/* One request, one reply; false when it was not taken. */
static bool exchange(int fd, const char *request)
{
    char reply[REPLY_MAX];
    size_t got = 0, need = SIZE_MAX;

    for (size_t n = strlen(request), sent = 0; sent < n;) {
        ssize_t w = write(fd, request + sent, n - sent);
        if (w <= 0)
            return false;
        sent += (size_t)w;
    }
    while (got < need) {
        ssize_t r = read(fd, reply + got, sizeof(reply) - 1 - got);
        if (r <= 0)
            return false;
        got += (size_t)r;
        reply[got] = '\0';
        const char *end = strstr(reply, "\r\n\r\n"), *length = strstr(reply, "\r\nContent-Length:");
        if (need == SIZE_MAX && end && length)
            need = (size_t)(end + 4 - reply) + strtoul(length + 17, NULL, 10);
    }
    return strncmp(reply, "HTTP/1.1 20", 11) == 0;
}

static void *run(void *ctx)
{
    struct client *c = ctx;
    int fd = connected(c->socket);

    pthread_barrier_wait(&begin);
    for (; fd >= 0 && c->done < c->n && !atomic_load(&over); c->done++) {
        double began = now();
        if (!exchange(fd, c->requests[c->done])) {
            c->failed = true;
            break;
        }
        c->ms[c->done] = now() - began;
    }
    c->failed = c->failed || fd < 0;
    if (fd >= 0)
        close(fd);
    return NULL;
}

static char *request(struct arena *mem, struct ed25519 *key, char **argv, size_t n)
{
    json_t *params = json_pack("{s:s, s:s, s:s}", "account", argv[5], "person", argv[3], "role",
                               arena_printf(mem, "role %d-%zu", (int)getpid(), n));
    struct intent intent = {.actor = argv[3],
                            .at = (int64_t)time(NULL) * 1000,
                            .command = "grant give",
                            .log = argv[4],
                            .nonce = nonce_new(mem),
                            .params = json_keep(mem, params)};
    const char *text = intent_text(mem, &intent, NULL, 0);
    json_t *envelope = json_pack("{s:s, s:s}", "intent", text, "signature",
                                 ssh_sign(mem, key, intent_namespace, bytes_of_text(text)));
    const char *body = json_compact(mem, json_keep(mem, envelope));

    return arena_printf(mem,
                        "POST /v1/grants HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        strlen(body), body);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static void report(const struct client *clients, size_t n, double seconds)
{
    double *all = calloc(TOTAL_MAX + 1, sizeof(*all));
    size_t total = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < clients[i].done && total < TOTAL_MAX; k++)
            all[total++] = clients[i].ms[k];
    qsort(all, total, sizeof(*all), by_value);
    printf("%.0f %.3f %.3f\n", (double)total / seconds, total ? all[total / 2] : 0,
           total ? all[total * 99 / 100] : 0);
    free(all);
}

int main(int argc, char **argv)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    uint8_t seed[ED25519_SEED];
    struct ssh_public public;
    struct bytes file;

    if (argc != 8)
        return 2;
    size_t n = strtoul(argv[6], NULL, 10), each = TOTAL_MAX / n;
    double seconds = strtod(argv[7], NULL);
    struct err *e = file_read(mem, argv[2], SSH_KEY_FILE_MAX, &file);
    if (!e)
        e = ssh_private_parse(mem, file, seed, &public);
    if (e) {
        fprintf(stderr, "client: %s\n", e->text);
        return 1;
    }
    struct ed25519 *key = ed25519_new(seed);
    struct client *clients = arena_array(mem, n, sizeof(*clients));
    each = each < PER_CLIENT_MAX ? each : PER_CLIENT_MAX;
    pthread_barrier_init(&begin, NULL, (unsigned)n + 1);
    for (size_t i = 0; i < n; i++) {
        clients[i] = (struct client){.socket = argv[1],
                                     .n = each,
                                     .requests = arena_array(mem, each, sizeof(char *)),
                                     .ms = arena_array(mem, each, sizeof(double))};
        for (size_t k = 0; k < each; k++)
            clients[i].requests[k] = request(mem, key, argv, i * each + k);
        pthread_create(&clients[i].thread, NULL, run, &clients[i]);
    }
    pthread_barrier_wait(&begin);
    double began = now();
    bool going = true;
    while (going && now() - began < seconds * 1e3) {
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
        going = false;
        for (size_t i = 0; i < n; i++)
            going = going || (clients[i].done < clients[i].n && !clients[i].failed);
    }
    double took = (now() - began) / 1e3;
    atomic_store(&over, true);
    bool failed = false;
    for (size_t i = 0; i < n; i++) {
        pthread_join(clients[i].thread, NULL);
        failed = failed || clients[i].failed;
    }
    report(clients, n, took);
    ed25519_free(key);
    if (failed)
        fprintf(stderr, "client: a command was refused or the connection was lost\n");
    return failed;
}
