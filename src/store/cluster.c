/* cluster.c - see cluster.h. A thread of its own starts the server, waits for its end and starts it
 * again; it lives as long as the cluster, because the server is told to go down when that thread
 * does. */
#include "store/cluster.h"

#include "base/file.h"
#include "base/journal.h"
#include "base/text.h"
#include "child.h"

#include <errno.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

struct cluster {
    struct arena *mem;
    struct cluster_place place;
    const char *program;
    const char *uri;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;
    pid_t pid;        /* 0: it does not run */
    bool stop, ended; /* told to end; the thread has ended */
    unsigned starts;
};

static void wait_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

const char *cluster_uri(struct arena *mem, const struct cluster_place *place)
{
    struct buf quoted;

    buf_init(&quoted, mem, 4096);
    for (const char *c = place->sockets; *c; c++)
        buf_printf(&quoted, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
    return arena_printf(mem, "host='%s' user=tenure dbname=tenure", quoted.at);
}

/* ---- Making it
 * ---------------------------------------------------------------------------------------------- */

struct err *user_may_reach(struct arena *mem, const char *user, const char *folder, bool *ret_may)
{
    struct passwd *who = getpwnam(user);
    int status = 0;

    if (!who)
        return err_new(mem, ERR_NOT_FOUND,
                       "there is no user '%s' on this machine: --user names another", user);
    pid_t pid = fork();
    if (pid < 0)
        return err_new(mem, ERR_SYSTEM, "cannot make a process: %s", strerror(errno));
    if (pid == 0) {
        bool may = setgroups(0, NULL) == 0 && setgid(who->pw_gid) == 0 &&
                   setuid(who->pw_uid) == 0 && access(folder, X_OK) == 0;
        _exit(may ? 0 : 1);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    *ret_may = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return NULL;
}

/* A folder that only the cluster's user can enter (and root). One that somebody else made is
 * refused. */
static struct err *own_folder(struct arena *mem, const char *path, const char *user)
{
    struct passwd *who = user ? getpwnam(user) : NULL;
    uid_t uid = who ? who->pw_uid : geteuid();
    struct stat st;

    if (user && !who)
        return err_new(mem, ERR_NOT_FOUND,
                       "there is no user '%s' on this machine: --user names another", user);
    if (mkdir(path, 0700) == 0) {
        if (who && chown(path, who->pw_uid, who->pw_gid) != 0)
            return err_new(mem, ERR_SYSTEM, "cannot give %s to %s: %s", path, user,
                           strerror(errno));
        return NULL;
    }
    if (errno != EEXIST || lstat(path, &st) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot make the folder %s: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode) || st.st_uid != uid || (st.st_mode & 077))
        return err_new(mem, ERR_CONFLICT, "%s must be a folder of %s's with mode 0700", path,
                       user ? user : "yours");
    return NULL;
}

static struct err *run_to_end(struct arena *mem, const char *const *argv,
                              const struct cluster_place *place)
{
    int status = 0;
    pid_t pid;

    TRY(child_run(mem, argv, place->user, place->log, true, &pid));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return NULL;
    return err_new(mem, ERR_SYSTEM, "%s did not work: %s (see %s)", argv[0],
                   last_words(mem, place->log), place->log);
}

struct err *cluster_make(struct arena *mem, const struct cluster_place *place)
{
    const char *fresh = arena_printf(mem, "%s.new", place->data), *initdb;

    if (strlen(place->sockets) > CLUSTER_SOCKET_MAX)
        return err_new(mem, ERR_INVALID, "the path %s is too long for a socket", place->sockets);
    TRY(own_folder(mem, place->sockets, place->user));
    if (file_exists(place->data))
        return NULL;
    TRY(server_program(mem, "initdb", NULL, &initdb));
    const char *const clear[] = {"/bin/rm", "-rf", fresh, NULL};
    TRY(run_to_end(mem, clear, &(struct cluster_place){.log = place->log}));
    TRY(own_folder(mem, fresh, place->user));
    const char *const make[] = {
        initdb,  "-D", fresh,  "-U",         "tenure",           "-A",
        "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-instructions",
        NULL};
    TRY(run_to_end(mem, make, place));
    if (rename(fresh, place->data) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot rename %s: %s", fresh, strerror(errno));
    return NULL;
}

/* ---- Running it
 * ---------------------------------------------------------------------------------------------- */

/* The pid file of a server that was killed may name a process that lives by now and is another. */
static void clear_leftovers(const struct cluster *c)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    end_processes_in(c->place.data);
    unlink(arena_printf(mem, "%s/postmaster.pid", c->place.data));
}

static struct err *launch(struct cluster *c, pid_t *ret)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *const argv[] = {c->program,
                                "-D",
                                c->place.data,
                                "-c",
                                "listen_addresses=",
                                "-c",
                                "unix_socket_permissions=0700",
                                "-c",
                                "logging_collector=off",
                                "-c",
                                "log_destination=stderr",
                                "-c",
                                "cluster_name=tenure",
                                "-k",
                                c->place.sockets,
                                NULL};

    clear_leftovers(c);
    struct err *e = child_run(mem, argv, c->place.user, c->place.log, true, ret);
    return e ? err_new(c->mem, e->kind, "%s", e->text) : NULL;
}

static void *watch(void *ctx)
{
    struct cluster *c = ctx;
    long pause = 0;

    pthread_mutex_lock(&c->lock);
    while (!c->stop) {
        pid_t pid = 0;
        int status = 0;
        struct err *e = launch(c, &pid);
        c->pid = e ? 0 : pid;
        c->starts++;
        pthread_cond_broadcast(&c->news);
        pthread_mutex_unlock(&c->lock);
        time_t began = time(NULL);
        while (!e && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        pthread_mutex_lock(&c->lock);
        c->pid = 0;
        pthread_cond_broadcast(&c->news);
        if (c->stop)
            break;
        AUTO(arena_auto) struct arena *mem = arena_new();
        journal(JOURNAL_ERROR, "postgres-ended", "because",
                e ? e->text : last_words(mem, c->place.log), NULL);
        pause = time(NULL) - began > 60 ? 0 : pause * 2 + 100;
        pthread_mutex_unlock(&c->lock);
        wait_ms(pause < 5000 ? pause : 5000);
        pthread_mutex_lock(&c->lock);
    }
    c->ended = true;
    pthread_cond_broadcast(&c->news);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* Answers as soon as it takes sessions; while the process lives, recovery may take its time. */
static struct err *wait_until_ready(struct arena *mem, struct cluster *c)
{
    for (;;) {
        pthread_mutex_lock(&c->lock);
        bool lost = c->starts > 1 || (c->starts == 1 && c->pid == 0);
        pthread_mutex_unlock(&c->lock);
        if (lost)
            return err_new(mem, ERR_UNAVAILABLE, "PostgreSQL does not start: %s (see %s)",
                           last_words(mem, c->place.log), c->place.log);
        if (PQping(c->uri) == PQPING_OK)
            return NULL;
        wait_ms(20);
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
            e = err_new(mem, ERR_SYSTEM, "cannot make the database: %s", PQerrorMessage(conn));
        PQclear(r);
    } else {
        e = err_new(mem, ERR_UNAVAILABLE, "cannot reach PostgreSQL: %s", PQerrorMessage(conn));
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

struct err *cluster_start(struct arena *mem, const struct cluster_place *place,
                          struct cluster **ret)
{
    const char *program;

    TRY(server_program(mem, "postgres", version_of(mem, place->data), &program));
    TRY(own_folder(mem, place->sockets, place->user));
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* a killed server's processes become ours to end */
    struct cluster *c = calloc(1, sizeof(*c));
    if (!c)
        abort();
    c->mem = arena_new();
    c->place =
        (struct cluster_place){arena_copy(c->mem, place->data), arena_copy(c->mem, place->sockets),
                               arena_copy(c->mem, place->log), arena_copy(c->mem, place->user)};
    c->program = arena_copy(c->mem, program);
    c->uri = cluster_uri(c->mem, place);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->news, NULL);
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
    static const int ways[] = {SIGINT, SIGQUIT, SIGKILL}; /* fast, immediate, at once */

    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->stop = true;
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways) && !c->ended; i++) {
        if (c->pid)
            kill(c->pid, ways[i]);
        ended_within(c, 30);
    }
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
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
