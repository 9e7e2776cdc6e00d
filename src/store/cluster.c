/* cluster.c - see cluster.h. A thread of its own starts the server, waits for its end and starts it
 * again; it lives as long as the cluster, because the server is told to go down when that thread
 * does. */
#include "store/cluster.h"

#include "base/file.h"
#include "base/journal.h"
#include "base/text.h"
#include "child.h"
#include "cluster_archive.h"

#include <errno.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

#define PORT "5432" /* a part of the socket's name, nothing else */

enum {
    SOCKET_PATH_MAX = 107,
    LOG_MAX = 16 << 20,  /* then it becomes log.old at the next start */
    SILENCE_MS = 60000,  /* from its start to its first sign of life */
    PAUSE_MAX_MS = 5000, /* between a death and the next try */
};

struct cluster {
    struct arena *mem;
    struct cluster_place place;
    const char *program;
    const char *uri;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    pid_t pid;        /* 0: it does not run */
    off_t said;       /* where in the log this server's own words begin */
    off_t said_first; /* and those of the first that was started */
    bool stop, ended; /* told to end; the thread has ended */
    unsigned starts;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

bool cluster_sockets_ok(const char *folder)
{
    return strlen(folder) + strlen("/.s.PGSQL." PORT) <= SOCKET_PATH_MAX && !strchr(folder, ',');
}

const char *cluster_uri(struct arena *mem, const struct cluster_place *place)
{
    struct buf quoted;

    buf_init(&quoted, mem, 4096);
    for (const char *c = place->sockets; *c; c++)
        buf_printf(&quoted, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
    return arena_printf(mem,
                        "host='%s' port=" PORT " hostaddr='' user=tenure dbname=tenure options='' "
                        "connect_timeout=10 application_name=tenured",
                        quoted.at);
}

/* ---- Running it
 * ---------------------------------------------------------------------------------------------- */

/* The pid files of a server that was killed may name a process that lives by now and is another.
 * Once no process of the old one is left they mean nothing. */
static struct err *clear_leftovers(struct arena *mem, const struct cluster_place *place)
{
    TRY(end_processes_in(mem, place->data, "postgres"));
    unlink(arena_printf(mem, "%s/postmaster.pid", place->data));
    unlink(arena_printf(mem, "%s/.s.PGSQL." PORT ".lock", place->sockets));
    return NULL;
}

static off_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : 0;
}

enum { SETTINGS_MAX = 16 };

static struct err *launch(struct arena *mem, const struct cluster *c, pid_t *ret)
{
    static const char *const always[] = {
        "listen_addresses=",      "unix_socket_permissions=0700",
        "max_connections=300",    "logging_collector=off",
        "log_destination=stderr", "log_error_verbosity=terse", /* the detail shows rows */
        "cluster_name=tenure",
    };
    enum { ALWAYS = sizeof(always) / sizeof(*always) };
    const char *settings[SETTINGS_MAX], *argv[2 * SETTINGS_MAX + 8] = {c->program, "-D"};
    size_t settings_n = archive_settings(mem, &c->place, settings), n = 2;

    argv[n++] = c->place.data;
    argv[n++] = "-k";
    argv[n++] = c->place.sockets;
    argv[n++] = "-p";
    argv[n++] = PORT;
    for (size_t i = 0; i < ALWAYS + settings_n; i++) {
        argv[n++] = "-c";
        argv[n++] = i < ALWAYS ? always[i] : settings[i - ALWAYS];
    }
    argv[n] = NULL;
    TRY(clear_leftovers(mem, &c->place));
    const struct child server = {
        .argv = argv, .user = c->place.user, .log = c->place.log, .parting = SIGQUIT};
    return child_run(mem, &server, ret);
}

/* Waits, unless told to stop. The lock is held. */
static void pause_for(struct cluster *c, long ms)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    while (!c->stop && pthread_cond_timedwait(&c->news, &c->lock, &until) != ETIMEDOUT) {
    }
}

static void set_pid(struct cluster *c, pid_t pid)
{
    c->pid = pid;
    pthread_cond_broadcast(&c->news);
}

/* One server from its start to its end. The lock is held, but not while it runs. */
static void run_once(struct cluster *c)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    pid_t pid = 0;
    int status = 0;

    c->said = size_of(c->place.log);
    if (c->starts == 0)
        c->said_first = c->said;
    struct err *e = launch(mem, c, &pid);
    c->starts++;
    set_pid(c, e ? 0 : pid);
    if (!e && c->starts > 1)
        journal(JOURNAL_INFO, "postgres-started-again", NULL);
    if (!e) {
        pthread_mutex_unlock(&c->lock);
        status = child_wait(pid);
        pthread_mutex_lock(&c->lock);
    }
    set_pid(c, 0);
    if (!c->stop)
        journal(JOURNAL_ERROR, "postgres-ended", "because", e ? e->text : child_end(mem, status),
                "said", e ? NULL : last_words(mem, c->place.log, c->said), NULL);
}

static void *watch(void *ctx)
{
    struct cluster *c = ctx;
    long pause = 0;

    pthread_mutex_lock(&c->lock);
    while (!c->stop) {
        int64_t began = now_ms();
        run_once(c);
        pause = now_ms() - began > 60000 ? 50 : pause * 2 + 50;
        pause = pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
        pause_for(c, pause);
    }
    c->ended = true;
    pthread_cond_broadcast(&c->news);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static bool told_to_stop(void)
{
    sigset_t waiting;

    return sigpending(&waiting) == 0 &&
           (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1);
}

/* Ready as soon as it takes sessions. */
static struct err *wait_until_ready(struct arena *mem, struct cluster *c)
{
    const int64_t began = now_ms();

    for (int64_t heard = began;;) {
        pthread_mutex_lock(&c->lock);
        bool lost = c->starts > 1 || (c->starts == 1 && c->pid == 0);
        off_t said = c->said_first; /* one that was started again meanwhile has said nothing yet */
        pthread_mutex_unlock(&c->lock);
        bool silent = now_ms() - heard > SILENCE_MS;
        if (lost || silent)
            return err_new(mem, ERR_UNAVAILABLE, "PostgreSQL does not %s: %s (see %s)",
                           lost ? "start" : "answer", last_words(mem, c->place.log, said),
                           c->place.log);
        if (told_to_stop())
            return err_new(mem, ERR_UNAVAILABLE, "told to stop before PostgreSQL was ready");
        PGPing answer = PQping(c->uri);
        if (answer == PQPING_OK)
            return NULL;
        if (answer == PQPING_REJECT) /* it recovers */
            heard = now_ms();
        wait_ms(now_ms() - began < 1000 ? 20 : 200);
    }
}

static struct err *make_database(struct arena *mem, struct cluster *c)
{
    const char *uri = arena_printf(mem, "%s dbname=postgres", c->uri);
    PGconn *conn = PQconnectdb(uri);
    struct err *e = NULL;

    if (PQstatus(conn) == CONNECTION_OK) {
        PGresult *there = PQexec(conn, "SELECT FROM pg_database WHERE datname = 'tenure'");
        bool missing = PQresultStatus(there) == PGRES_TUPLES_OK && PQntuples(there) == 0;
        PQclear(there);
        PGresult *r = missing ? PQexec(conn, "CREATE DATABASE tenure") : NULL;
        if (r && PQresultStatus(r) != PGRES_COMMAND_OK)
            e = err_new(mem, ERR_SYSTEM, "cannot make the database: %s",
                        text_trim(mem, PQerrorMessage(conn)));
        PQclear(r);
    } else {
        e = err_new(mem, ERR_UNAVAILABLE, "cannot reach PostgreSQL: %s",
                    text_trim(mem, PQerrorMessage(conn)));
    }
    PQfinish(conn);
    return e;
}

static const char *version_of(struct arena *mem, const char *data)
{
    struct bytes text;

    if (file_read(mem, arena_printf(mem, "%s/PG_VERSION", data), 16, &text))
        return NULL;
    return text_trim(mem, (const char *)text.at);
}

static struct cluster *cluster_new(const struct cluster_place *place, const char *program)
{
    struct cluster *c = calloc(1, sizeof(*c));

    if (!c)
        abort();
    c->mem = arena_new();
    c->place = (struct cluster_place){
        arena_copy(c->mem, place->data),    arena_copy(c->mem, place->sockets),
        arena_copy(c->mem, place->log),     arena_copy(c->mem, place->user),
        arena_copy(c->mem, place->archive), arena_copy(c->mem, place->recover),
        arena_copy(c->mem, place->until)};
    c->program = arena_copy(c->mem, program);
    c->uri = cluster_uri(c->mem, place);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->news, NULL);
    return c;
}

struct err *cluster_start(struct arena *mem, const struct cluster_place *place,
                          struct cluster **ret)
{
    const char *program;

    if (!file_exists(place->data))
        return err_new(mem, ERR_NOT_FOUND, "there is no cluster in %s", place->data);
    TRY(server_program(mem, "postgres", version_of(mem, place->data), &program));
    TRY(own_folder(mem, place->sockets, place->user));
    if (place->archive)
        TRY(own_folder(mem, place->archive, place->user));
    if (size_of(place->log) > LOG_MAX)
        rename(place->log, arena_printf(mem, "%s.old", place->log));
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* a killed server's processes become ours to end */
    struct cluster *c = cluster_new(place, program);
    if (pthread_create(&c->thread, NULL, watch, c) != 0)
        abort();
    struct err *e = wait_until_ready(mem, c);
    if (!e)
        e = make_database(mem, c);
    if (e) {
        cluster_stop(c);
        return e;
    }
    *ret = c;
    return NULL;
}

static bool ended_within(struct cluster *c, int seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    while (!c->ended)
        if (pthread_cond_timedwait(&c->news, &c->lock, &until) == ETIMEDOUT)
            return c->ended;
    return true;
}

void cluster_stop(struct cluster *c)
{
    static const struct {
        int sig, seconds;
    } ways[] = {{SIGINT, 60}, {SIGQUIT, 20}, {SIGKILL, 10}}; /* fast, immediate, at once */

    if (!c)
        return;
    AUTO(arena_auto) struct arena *mem = arena_new();
    pthread_mutex_lock(&c->lock);
    c->stop = true;
    pthread_cond_broadcast(&c->news);
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways) && !c->ended; i++) {
        if (c->pid)
            kill(c->pid, ways[i].sig);
        if (!ended_within(c, ways[i].seconds))
            journal(JOURNAL_WARN, "postgres-does-not-stop", NULL);
    }
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    struct err *e =
        end_processes_in(mem, c->place.data, "postgres"); /* of one that had to be killed */
    if (e)
        journal(JOURNAL_ERROR, "postgres-left", "because", e->text, NULL);
    pthread_cond_destroy(&c->news);
    pthread_mutex_destroy(&c->lock);
    arena_free(c->mem);
    free(c);
}

unsigned cluster_restarts(struct cluster *c)
{
    pthread_mutex_lock(&c->lock);
    unsigned n = c->starts > 0 ? c->starts - 1 : 0;
    pthread_mutex_unlock(&c->lock);
    return n;
}
