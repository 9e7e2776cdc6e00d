/* client.c - many people who do not give up: signed commands over the service's socket, each sent
 * again with the same nonce until it is answered, whatever is killed meanwhile.
 *
 *     client load SOCKET KEY PERSON LOG CLIENTS SEED ACKED    until SIGTERM; then what was begun is
 *                                                             brought to its end
 *     client one  SOCKET KEY PERSON LOG NAME ACKED            one command
 *     client check VKEY ACKED LEAVES                          what was acknowledged against the log
 *     client arm …, client clock …                            for shim.so; see faults.h
 *
 * What was acknowledged is in ACKED, synced, before the next is asked. Some clients are rude: they
 * hang up in the middle of a request or before its reply, or ask again for what they have. */
#include "faults.h"

#include "base/file.h"
#include "log/intent.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { REPLY_MAX = 1 << 16, CLIENTS_MAX = 512 };

struct asking {
    const char *socket, *person, *log;
    struct ed25519 *key;
    int acked;
    pthread_mutex_t signing; /* a key is for one thread at a time */
};

struct client {
    pthread_t thread;
    struct asking *asking;
    uint64_t seed, random; /* a number of its own, and where its dice have got */
};

static atomic_bool over, wrong;

/* splitmix64 */
static uint64_t dice(struct client *c, uint64_t sides)
{
    uint64_t z = (c->random += 0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % sides;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* ---- One request ----------------------------------------------------------------------------- */

struct request {
    const char *name, *nonce, *text;
};

static struct request request_new(struct arena *mem, struct asking *a, const char *name, bool grant)
{
    struct timespec now;
    json_t *params =
        grant ? json_pack("{s:s, s:s, s:s}", "account", "shared", "person", a->person, "role", name)
              : json_pack("{s:s, s:s}", "unit", name, "name", name);

    clock_gettime(CLOCK_REALTIME, &now);
    struct intent intent = {.actor = a->person,
                            .at = now.tv_sec * 1000,
                            .command = grant ? "grant give" : "unit register",
                            .log = a->log,
                            .nonce = nonce_new(mem),
                            .params = json_keep(mem, params)};
    const char *text = intent_text(mem, &intent, NULL, 0);
    pthread_mutex_lock(&a->signing);
    const char *signature = ssh_sign(mem, a->key, signature_namespace, bytes_of_text(text));
    pthread_mutex_unlock(&a->signing);
    json_t *envelope = json_pack("{s:s, s:s}", "intent", text, "signature", signature);
    const char *body = json_compact(mem, json_keep(mem, envelope));
    return (struct request){name, intent.nonce,
                            arena_printf(mem,
                                         "POST /v1/%s HTTP/1.1\r\nHost: x\r\n"
                                         "Content-Type: application/json\r\n"
                                         "Content-Length: %zu\r\n\r\n%s",
                                         grant ? "grants" : "units", strlen(body), body)};
}

static int connected(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool send_all(int fd, const char *text, size_t n)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t w = send(fd, text + sent, n - sent, MSG_NOSIGNAL);
        if (w <= 0)
            return false;
        sent += (size_t)w;
    }
    return true;
}

/* The whole reply; false when the connection was lost before its end. */
static bool receive(int fd, char reply[REPLY_MAX])
{
    size_t got = 0, need = SIZE_MAX;

    while (got < need) {
        ssize_t r = read(fd, reply + got, REPLY_MAX - 1 - got);
        if (r <= 0)
            return false;
        got += (size_t)r;
        reply[got] = '\0';
        const char *end = strstr(reply, "\r\n\r\n"), *length = strstr(reply, "\r\nContent-Length:");
        if (need == SIZE_MAX && end && length)
            need = (size_t)(end + 4 - reply) + strtoul(length + 17, NULL, 10);
    }
    return true;
}

/* Until it is answered. A refusal is none: nothing here deserves one. */
static bool ask(const struct asking *a, int *fd, const struct request *r, char reply[REPLY_MAX])
{
    for (;;) {
        if (*fd < 0)
            *fd = connected(a->socket);
        bool whole = *fd >= 0 && send_all(*fd, r->text, strlen(r->text)) && receive(*fd, reply);
        if (whole && strncmp(reply, "HTTP/1.1 20", 11) == 0)
            return true;
        if (whole && strncmp(reply, "HTTP/1.1 4", 10) == 0) {
            fprintf(stderr, "client: %s was refused: %s\n", r->name, strstr(reply, "\r\n\r\n") + 4);
            return false;
        }
        if (*fd >= 0)
            close(*fd);
        *fd = -1;
        pause_ms(whole ? 50 : 10);
    }
}

/* ---- What was acknowledged ------------------------------------------------------------------- */

struct answer {
    int64_t index, size;
    const char *checkpoint;
};

static bool read_answer(struct arena *mem, const char *reply, struct answer *ret)
{
    json_t *value;
    const char *body = strstr(reply, "\r\n\r\n") + 4;

    if (json_read(mem, bytes_of_text(body), REPLY_MAX, "the reply", &value))
        return false;
    ret->checkpoint = json_text(value, "checkpoint");
    const json_t *first = json_array_get(json_object_get(value, "events"), 0);
    return ret->checkpoint && json_whole(value, "size", &ret->size) &&
           json_whole(first, "index", &ret->index);
}

static bool keep(struct arena *mem, const struct asking *a, const struct request *r,
                 const struct answer *answer)
{
    const char *note =
        base64_encode(mem, (const uint8_t *)answer->checkpoint, strlen(answer->checkpoint));
    const char *line = arena_printf(mem, "%s\t%s\t%lld\t%lld\t%s\n", r->nonce, r->name,
                                    (long long)answer->index, (long long)answer->size, note);

    return write(a->acked, line, strlen(line)) == (ssize_t)strlen(line) && fdatasync(a->acked) == 0;
}

/* Asks, and keeps the answer. Asked again it must be the same one. */
static bool ask_and_keep(struct arena *mem, const struct asking *a, int *fd,
                         const struct request *r, bool twice)
{
    char reply[REPLY_MAX];
    struct answer first, second;

    if (!ask(a, fd, r, reply))
        return false;
    if (!read_answer(mem, reply, &first) || !keep(mem, a, r, &first)) {
        fprintf(stderr, "client: %s: no answer to keep: %s\n", r->name, reply);
        return false;
    }
    if (!twice)
        return true;
    if (!ask(a, fd, r, reply) || !read_answer(mem, reply, &second))
        return false;
    if (second.index == first.index)
        return true;
    fprintf(stderr, "client: %s is entry %lld, and asked again %lld\n", r->name,
            (long long)first.index, (long long)second.index);
    return false;
}

/* ---- Many ------------------------------------------------------------------------------------ */

/* Sends a part of it, or all, and is gone. */
static void hang_up(struct client *c, const struct request *r, int *fd)
{
    size_t n = strlen(r->text);

    if (*fd < 0)
        *fd = connected(c->asking->socket);
    if (*fd >= 0) {
        send_all(*fd, r->text, dice(c, 2) ? n : dice(c, n));
        pause_ms((long)dice(c, 4));
        close(*fd);
    }
    *fd = -1;
}

static void *run(void *ctx)
{
    struct client *c = ctx;
    int fd = -1;

    for (unsigned n = 0; !atomic_load(&over) && !atomic_load(&wrong); n++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const char *name = arena_printf(mem, "n-%llu-%u", (unsigned long long)c->seed, n);
        struct request r = request_new(mem, c->asking, name, dice(c, 4) == 0);
        if (dice(c, 16) == 0)
            hang_up(c, &r, &fd);
        if (!ask_and_keep(mem, c->asking, &fd, &r, dice(c, 16) == 0))
            atomic_store(&wrong, true);
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static int load(struct asking *a, unsigned n, uint64_t seed)
{
    struct client clients[CLIENTS_MAX];
    sigset_t stop;
    int sig;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    for (unsigned i = 0; i < n; i++) {
        uint64_t own = seed * CLIENTS_MAX + i;
        clients[i] = (struct client){.asking = a, .seed = own, .random = own};
        pthread_create(&clients[i].thread, NULL, run, &clients[i]);
    }
    sigwait(&stop, &sig);
    atomic_store(&over, true);
    for (unsigned i = 0; i < n; i++)
        pthread_join(clients[i].thread, NULL);
    return atomic_load(&wrong);
}

static int one(struct asking *a, const char *name)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct request r = request_new(mem, a, name, false);
    int fd = -1;

    return !ask_and_keep(mem, a, &fd, &r, true);
}

static struct err *open_asking(struct arena *mem, char **argv, const char *acked, struct asking *a)
{
    uint8_t seed[ED25519_SEED];
    struct ssh_public public;
    struct bytes file;

    TRY(file_read(mem, argv[3], SSH_KEY_FILE_MAX, &file));
    TRY(ssh_private_parse(mem, file, seed, &public));
    *a = (struct asking){.socket = argv[2],
                         .person = argv[4],
                         .log = argv[5],
                         .key = ed25519_new(seed),
                         .acked = open(acked, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
                         .signing = PTHREAD_MUTEX_INITIALIZER};
    if (a->acked < 0)
        return err_new(mem, ERR_SYSTEM, "cannot open %s: %s", acked, strerror(errno));
    return NULL;
}

int main(int argc, char **argv)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    bool loads = argc == 9 && strcmp(argv[1], "load") == 0;
    struct asking a;

    if ((argc == 3 || argc == 5) && strcmp(argv[1], "arm") == 0)
        return arm(argc, argv);
    if (argc == 4 && strcmp(argv[1], "clock") == 0)
        return arm(argc, argv);
    if (argc == 5 && strcmp(argv[1], "check") == 0)
        return check(mem, argv[2], argv[3], argv[4]);
    if (!loads && (argc != 8 || strcmp(argv[1], "one") != 0))
        return 2;
    struct err *e = open_asking(mem, argv, argv[loads ? 8 : 7], &a);
    if (e) {
        fprintf(stderr, "client: %s\n", e->text);
        return 1;
    }
    unsigned long n = loads ? strtoul(argv[6], NULL, 10) : 1;
    if (n < 1 || n > CLIENTS_MAX)
        return 2;
    int status = loads ? load(&a, (unsigned)n, strtoull(argv[7], NULL, 10)) : one(&a, argv[6]);
    ed25519_free(a.key);
    return status;
}
