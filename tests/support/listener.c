/* listener.c - see listener.h. */
#include "support/listener.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_MAX = 1 << 20 };

static struct {
    int fd;
    pthread_t thread;
    const struct turn *turns;
    size_t n, count;
    char *requests[TURNS];
} l;

/* One request, whole, by its Content-Length. */
static char *take(int fd)
{
    char *text = calloc(1, REQUEST_MAX + 1), *end, *length;
    size_t n = 0, want = REQUEST_MAX;

    while (n < want) {
        ssize_t got = read(fd, text + n, REQUEST_MAX - n);
        if (got <= 0)
            break;
        n += (size_t)got;
        end = strstr(text, "\r\n\r\n");
        length = end ? strstr(text, "Content-Length: ") : NULL;
        if (end)
            want = (size_t)(end + 4 - text) +
                   (length && length < end ? strtoul(length + 16, NULL, 10) : 0);
    }
    return text;
}

static void give(int fd, const struct turn *t)
{
    const char *type = t->status < 400 ? "json" : "problem+json", *body = t->body ? t->body : "";
    bool typed = t->head && strstr(t->head, "Content-Type:");

    dprintf(fd, "HTTP/1.1 %d x\r\nConnection: close\r\nContent-Length: %zu\r\n%s%s%s%s\r\n",
            t->status, strlen(body), t->head ? t->head : "",
            typed ? "" : "Content-Type: application/", typed ? "" : type, typed ? "" : "\r\n");
    dprintf(fd, "%s", body);
}

static void *answer(void *nothing)
{
    for (;;) {
        int fd = accept(l.fd, NULL, NULL);
        if (fd < 0)
            return nothing;
        const struct turn *t = &l.turns[l.count < l.n ? l.count : l.n - 1];
        if (l.count < TURNS)
            l.requests[l.count++] = take(fd);
        if (t->status)
            give(fd, t);
        close(fd);
    }
}

void listener_start(const char *path, const struct turn *turns, size_t n)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    l.turns = turns;
    l.n = n;
    l.count = 0;
    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    l.fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert(l.fd >= 0 && bind(l.fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
              listen(l.fd, 16) == 0);
    cr_assert_eq(pthread_create(&l.thread, NULL, answer, NULL), 0);
}

void listener_stop(void)
{
    shutdown(l.fd, SHUT_RDWR);
    close(l.fd);
    pthread_join(l.thread, NULL);
    for (size_t i = 0; i < l.count; i++)
        free(l.requests[i]);
}

size_t listener_count(void)
{
    return l.count;
}

const char *listener_request(size_t i)
{
    cr_assert_lt(i, l.count, "there was no request number %zu", i);
    return l.requests[i];
}
