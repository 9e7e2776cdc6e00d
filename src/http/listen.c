/* listen.c - the doors: unix sockets, TCP addresses, and sockets that somebody opened for us. */
#include "loop.h"

#include "base/file.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { BACKLOG = 1024, LIBEVENT_SECONDS = 3600 };

/* ---- One more door --------------------------------------------------------------------------- */

/* fd listens already and is the door's from here on. */
static struct err *add_door(struct arena *mem, struct http_server *s, int fd, bool tls,
                            const char *address, const char *path)
{
    const unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
    struct door *d = arena_alloc(s->mem, sizeof(*d));
    struct evconnlistener *listener;

    *d = (struct door){.server = s, .tls = tls};
    d->address = arena_copy(s->mem, address);
    d->path = arena_copy(s->mem, path);
    if (!(d->http = evhttp_new(s->base)))
        return err_new(mem, ERR_SYSTEM, "libevent cannot be used");
    *s->last_door = d;
    s->last_door = &d->next;
    evhttp_set_bevcb(d->http, conn_new, d);
    evhttp_set_gencb(d->http, exchange_begin, s);
    evhttp_set_timeout(d->http, LIBEVENT_SECONDS); /* ours come first */
    evhttp_set_max_headers_size(d->http, 2 * HEAD_MAX);
    evhttp_set_max_body_size(d->http, FILE_MAX);
    evhttp_set_default_content_type(d->http, NULL);
    evhttp_set_allowed_methods(d->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
                                            EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_PATCH |
                                            EVHTTP_REQ_OPTIONS);
    if (evutil_make_socket_nonblocking(fd) != 0 ||
        !(listener = evconnlistener_new(s->base, NULL, NULL, flags, 0, fd))) {
        close(fd);
        return err_new(mem, ERR_SYSTEM, "libevent cannot listen on %s", address);
    }
    d->bound = evhttp_bind_listener(d->http, listener);
    if (!d->bound) {
        evconnlistener_free(listener);
        return err_new(mem, ERR_SYSTEM, "libevent cannot listen on %s", address);
    }
    return NULL;
}

/* ---- Unix sockets ---------------------------------------------------------------------------- */

/* A socket that nobody answers at any more is what a killed service left behind. */
static struct err *clear_away(struct arena *mem, const struct sockaddr_un *at)
{
    struct stat was;

    if (lstat(at->sun_path, &was) != 0)
        return NULL;
    if (!S_ISSOCK(was.st_mode))
        return err_new(mem, ERR_CONFLICT, "%s is there already and is not a socket", at->sun_path);
    AUTO_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0 || errno != ECONNREFUSED)
        return err_new(mem, ERR_CONFLICT, "another service is listening at %s", at->sun_path);
    if (unlink(at->sun_path) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot remove the dead socket %s: %s", at->sun_path,
                       strerror(errno));
    return NULL;
}

static struct err *bind_unix(struct arena *mem, const struct sockaddr_un *at, mode_t mode, int *ret)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return err_new(mem, ERR_SYSTEM, "no socket: %s", strerror(errno));
    if (bind(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 || chmod(at->sun_path, mode) != 0 ||
        listen(fd, BACKLOG) != 0) { /* nobody gets in before it has its mode */
        int why = errno;
        close(fd);
        return err_new(mem, ERR_USAGE, "cannot listen at %s: %s", at->sun_path, strerror(why));
    }
    *ret = fd;
    return NULL;
}

static struct err *open_unix(struct arena *mem, struct http_server *s, const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd;

    if (!*path || strlen(path) >= sizeof(at.sun_path))
        return err_new(mem, ERR_USAGE, "the path of a socket may have 1 to %zu bytes, not %zu: %s",
                       sizeof(at.sun_path) - 1, strlen(path), path);
    memcpy(at.sun_path, path, strlen(path));
    TRY(clear_away(mem, &at));
    TRY(bind_unix(mem, &at, s->config.socket_mode, &fd));
    return add_door(mem, s, fd, false, arena_printf(mem, "unix:%s", path), path);
}

/* ---- TCP ------------------------------------------------------------------------------------- */

static bool is_loopback(const struct sockaddr *at)
{
    if (at->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)at;
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    }
    if (at->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)at;
        return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
    }
    return at->sa_family == AF_UNIX;
}

static struct err *check_safe(struct arena *mem, const struct http_server *s,
                              const struct sockaddr *at, const char *listen)
{
    if (s->tls || s->config.insecure || is_loopback(at))
        return NULL;
    return err_new(mem, ERR_USAGE,
                   "%s can be reached from elsewhere: give a certificate with --tls-cert and "
                   "--tls-key, or say --insecure",
                   listen);
}

/* What a listening socket is really bound to, as a URL. */
static const char *url_of(struct arena *mem, int fd, bool tls)
{
    struct sockaddr_storage at;
    socklen_t n = sizeof(at);
    char host[128], port[16];

    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0 || at.ss_family == AF_UNIX ||
        getnameinfo((struct sockaddr *)&at, n, host, sizeof(host), port, sizeof(port),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return "a given socket";
    bool v6 = at.ss_family == AF_INET6;
    return arena_printf(mem, "%s://%s%s%s:%s", tls ? "https" : "http", v6 ? "[" : "", host,
                        v6 ? "]" : "", port);
}

static struct err *open_address(struct arena *mem, struct http_server *s, const struct addrinfo *a,
                                const char *listen_at)
{
    int yes = 1;

    TRY(check_safe(mem, s, a->ai_addr, listen_at));
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_new(mem, ERR_SYSTEM, "no socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (a->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
    if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int why = errno;
        close(fd);
        return err_new(mem, why == EADDRINUSE ? ERR_CONFLICT : ERR_USAGE, "cannot listen on %s: %s",
                       listen_at, strerror(why));
    }
    return add_door(mem, s, fd, s->tls != NULL, url_of(mem, fd, s->tls != NULL), NULL);
}

/* HOST:PORT, [ADDRESS]:PORT, :PORT. */
static bool split(struct arena *mem, const char *listen_at, const char **host, const char **port)
{
    const char *colon = strrchr(listen_at, ':');
    size_t n = colon ? (size_t)(colon - listen_at) : 0;
    uint64_t number;

    if (!colon || !text_to_u64(colon + 1, strlen(colon + 1), 65535, &number))
        return false;
    if (n > 1 && listen_at[0] == '[' && listen_at[n - 1] == ']')
        *host = arena_copy_n(mem, listen_at + 1, n - 2);
    else
        *host = n ? arena_copy_n(mem, listen_at, n) : NULL;
    *port = colon + 1;
    return true;
}

struct err *http_listen_check(struct arena *mem, const char *listen)
{
    const char *host, *port;

    if (text_starts(listen, "unix:") || text_starts(listen, "fd:") ||
        split(mem, listen, &host, &port))
        return NULL;
    return err_new(mem, ERR_USAGE, "'%s' is neither unix:PATH nor HOST:PORT", listen);
}

/* Every address of a name; one that this machine does not have is passed over if another was good.
 */
static struct err *open_tcp(struct arena *mem, struct http_server *s, const char *listen_at)
{
    const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    const char *host, *port;
    struct addrinfo *all;
    struct err *e = NULL;
    size_t opened = 0;

    if (!split(mem, listen_at, &host, &port))
        return err_new(mem, ERR_USAGE, "'%s' is neither unix:PATH nor HOST:PORT", listen_at);
    int bad = getaddrinfo(host, port, &hints, &all);
    if (bad)
        return err_new(mem, ERR_USAGE, "there is no address '%s': %s", listen_at,
                       gai_strerror(bad));
    for (const struct addrinfo *a = all; a; a = a->ai_next) {
        struct err *one = open_address(mem, s, a, listen_at);
        opened += one == NULL;
        if (one && (!e || one->kind == ERR_CONFLICT))
            e = one;
    }
    freeaddrinfo(all);
    return opened && (!e || e->kind != ERR_CONFLICT) ? NULL : e;
}

/* ---- A socket that listens already ----------------------------------------------------------- */

static struct err *open_given(struct arena *mem, struct http_server *s, const char *number)
{
    struct sockaddr_storage at = {0};
    socklen_t n = sizeof(at), yes_n = sizeof(int);
    uint64_t fd;
    int yes = 0;

    if (!text_to_u64(number, strlen(number), 65535, &fd) ||
        getsockopt((int)fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &yes_n) != 0 || !yes ||
        getsockname((int)fd, (struct sockaddr *)&at, &n) != 0)
        return err_new(mem, ERR_USAGE, "fd:%s is not a socket that listens", number);
    TRY(check_safe(mem, s, (struct sockaddr *)&at, arena_printf(mem, "fd:%s", number)));
    bool tls = s->tls && at.ss_family != AF_UNIX;
    return add_door(mem, s, (int)fd, tls, url_of(mem, (int)fd, tls), NULL);
}

struct err *doors_open(struct arena *mem, struct http_server *s, const char *listen)
{
    if (text_starts(listen, "unix:"))
        return open_unix(mem, s, listen + strlen("unix:"));
    if (text_starts(listen, "fd:"))
        return open_given(mem, s, listen + strlen("fd:"));
    return open_tcp(mem, s, listen);
}

/* ---- All doors ------------------------------------------------------------------------------- */

void doors_accept(struct http_server *s, bool yes)
{
    for (struct door *d = s->doors; d; d = d->next) {
        struct evconnlistener *l = d->bound ? evhttp_bound_socket_get_listener(d->bound) : NULL;
        if (l && yes)
            evconnlistener_enable(l);
        else if (l)
            evconnlistener_disable(l);
    }
}

void doors_close(struct http_server *s)
{
    for (struct door *d = s->doors; d; d = d->next) {
        if (d->path)
            unlink(d->path);
        if (d->bound)
            evhttp_del_accept_socket(d->http, d->bound);
        d->bound = NULL;
        d->path = NULL;
    }
}

void doors_free(struct http_server *s)
{
    doors_close(s);
    for (struct door *d = s->doors; d; d = d->next)
        evhttp_free(d->http);
    s->doors = NULL;
}
