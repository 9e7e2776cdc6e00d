/* server.c - starting, draining and stopping; see server.h. */
#include "loop.h"

#include "base/journal.h"

#include <event2/thread.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { FILES_FOR_OTHERS = 100 }; /* the database, the log's key, standard error … */

/* ---- The loop -------------------------------------------------------------------------------- */

static bool asked(struct http_server *s, const bool *what)
{
    pthread_mutex_lock(&s->lock);
    bool yes = *what;
    pthread_mutex_unlock(&s->lock);
    return yes;
}

static void say_drained(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->drained = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void begin_to_drain(struct http_server *s)
{
    atomic_store(&s->draining, true);
    doors_close(s);
    conns_close_idle(s, true);
}

static void send_done(struct http_server *s)
{
    for (struct exchange *x = queue_take_done(s), *next; x; x = next) {
        next = x->next;
        exchange_send(x);
    }
}

/* Something has changed: answers are ready, a connection has ended, or it is time to go. */
static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    struct http_server *s = arg;

    (void)fd;
    (void)what;
    send_done(s);
    bool stop = asked(s, &s->stop);
    if ((stop || asked(s, &s->drain)) && !atomic_load(&s->draining))
        begin_to_drain(s);
    if (stop)
        conns_close_all(s);
    if (s->paused && atomic_load(&s->conns_n) < s->config.connections) {
        s->paused = false;
        doors_accept(s, true);
    }
    if (atomic_load(&s->draining) && !atomic_load(&s->conns_n))
        say_drained(s);
    if (stop && !s->in_flight)
        event_base_loopbreak(s->base);
}

static void *loop(void *ctx)
{
    struct http_server *s = ctx;

    event_base_loop(s->base, EVLOOP_NO_EXIT_ON_EMPTY);
    return NULL;
}

static void libevent_says(int severity, const char *message)
{
    journal(severity >= EVENT_LOG_ERR ? JOURNAL_ERROR : JOURNAL_WARN, "libevent", "message",
            message, NULL);
}

/* ---- Start ----------------------------------------------------------------------------------- */

static unsigned or_else(unsigned said, unsigned usual)
{
    return said ? said : usual;
}

/* Every connection is an open file. */
static unsigned connections_possible(unsigned wanted)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return wanted;
    if (files.rlim_cur < files.rlim_max && files.rlim_cur < (rlim_t)wanted + FILES_FOR_OTHERS) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
        getrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur >= (rlim_t)wanted + FILES_FOR_OTHERS)
        return wanted;
    return files.rlim_cur > FILES_FOR_OTHERS ? (unsigned)files.rlim_cur - FILES_FOR_OTHERS : 1;
}

static struct http_config completed(const struct http_config *config)
{
    struct http_config c = *config;

    c.socket_mode = c.socket_mode ? c.socket_mode : 0660;
    c.workers = or_else(c.workers, 4);
    c.connections = connections_possible(or_else(c.connections, 1000));
    c.head_seconds = or_else(c.head_seconds, 10);
    c.body_seconds = or_else(c.body_seconds, 20);
    c.idle_seconds = or_else(c.idle_seconds, 60);
    c.drain_seconds = or_else(c.drain_seconds, 10);
    return c;
}

static void add_routes(struct http_server *s)
{
    if (s->config.witness) {
        witness_pages_add(&s->routes);
        return;
    }
    EACH_NOUN (n, nouns)
        routes_add_noun(&s->routes, n, run_command);
    routes_add_noun(&s->routes, &upload_noun, run_command);
    routes_add_noun(&s->routes, s->config.public_log ? &public_log_noun : &log_noun, run_command);
    pages_add(&s->routes);
    if (s->config.pages)
        s->config.pages->add(&s->routes);
}

static struct http_server *server_new(const struct http_config *config)
{
    struct arena *mem = arena_new();
    struct http_server *s = arena_alloc(mem, sizeof(*s));

    s->mem = mem;
    s->config = completed(config);
    s->started = now_ms();
    s->last_door = &s->doors;
    s->todo_last = &s->todo;
    s->done_last = &s->done;
    s->routes.mem = mem;
    add_routes(s);
    metrics_init(&s->metrics, mem, &s->routes);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->more, NULL);
    pthread_cond_init(&s->changed, NULL);
    return s;
}

static void server_free(struct http_server *s)
{
    doors_free(s);
    if (s->wake)
        event_free(s->wake);
    if (s->base)
        event_base_free(s->base);
    SSL_CTX_free(s->tls);
    free(s->by_fd);
    metrics_release(&s->metrics);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->more);
    pthread_cond_destroy(&s->changed);
    arena_free(s->mem);
}

/* A connection changes what it waits for several times in a request: only the last is told to the
 * kernel. */
static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (config && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0)
        base = event_base_new_with_config(config);
    if (config)
        event_config_free(config);
    return base;
}

static struct err *open_all(struct arena *mem, struct http_server *s)
{
    const struct http_config *c = &s->config;

    if (!c->tls_certificate != !c->tls_key)
        return err_new(mem, ERR_USAGE, "a certificate and its key go together");
    if (c->tls_certificate)
        TRY(tls_load(mem, c->tls_certificate, c->tls_key, &s->tls));
    if (!c->listen_n)
        return err_new(mem, ERR_USAGE, "there is nothing to listen on");
    if (evthread_use_pthreads() != 0 || !(s->base = base_new()))
        return err_new(mem, ERR_SYSTEM, "libevent cannot be used");
    s->wake = loop_event(s->base, on_wake, s);
    for (size_t i = 0; i < c->listen_n; i++)
        TRY(doors_open(mem, s, c->listen[i]));
    return NULL;
}

/* Signals are for the main thread: none of ours takes any. */
static struct err *start_threads(struct arena *mem, struct http_server *s)
{
    sigset_t all, before;

    signal(SIGPIPE, SIG_IGN);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct err *e = workers_start(mem, s);
    if (!e && pthread_create(&s->loop, NULL, loop, s) != 0)
        e = err_new(mem, ERR_SYSTEM, "cannot start a thread");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e)
        workers_stop(s);
    return e;
}

struct err *http_start(struct arena *mem, const struct http_config *config,
                       struct http_server **ret)
{
    event_set_log_callback(libevent_says);
    struct http_server *s = server_new(config);
    struct err *e = open_all(mem, s);
    if (!e)
        e = start_threads(mem, s);
    if (e) {
        server_free(s);
        return e;
    }
    *ret = s;
    return NULL;
}

const char *http_address(const struct http_server *s, size_t i)
{
    const struct door *d = s->doors;

    while (d && i--)
        d = d->next;
    return d ? d->address : NULL;
}

/* ---- The end --------------------------------------------------------------------------------- */

static void ask(struct http_server *s, bool *what)
{
    pthread_mutex_lock(&s->lock);
    *what = true;
    event_active(s->wake, 0, 0);
    pthread_mutex_unlock(&s->lock);
}

void http_drain(struct http_server *s)
{
    struct timespec until;

    ask(s, &s->drain);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += s->config.drain_seconds;
    pthread_mutex_lock(&s->lock);
    while (!s->drained && pthread_cond_timedwait(&s->changed, &s->lock, &until) == 0)
        continue;
    bool all = s->drained;
    pthread_mutex_unlock(&s->lock);
    journal(JOURNAL_INFO, "drained", "connections", all ? "all closed" : "some are left", NULL);
}

void http_stop(struct http_server *s)
{
    if (!s)
        return;
    ask(s, &s->stop);
    pthread_join(s->loop, NULL);
    workers_stop(s);
    server_free(s);
}
