/* run.c - tenured run: the database, the writer, the listeners; until somebody says stop. */
#include "commands.h"

#include "app/batch.h"
#include "app/writer.h"
#include "base/journal.h"
#include "docs/docs.h"
#include "http/server.h"
#include "log/checkpoint.h"
#include "store/log.h"
#include "store/migrate.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* ---- Telling systemd
 * -------------------------------------------------------------------------------------- */

static void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    if (!path || strlen(path) >= sizeof(to.sun_path))
        return;
    memcpy(to.sun_path, path, strlen(path));
    if (*path == '@')
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to, n) < 0)
        journal(JOURNAL_WARN, "notify-failed", NULL);
    close(fd);
}

/* ---- Is this the log that was published?
 * ---------------------------------------------------------------------- */

static struct err *compare(struct arena *mem, struct store *store,
                           const struct checkpoint *published)
{
    struct tree_source source = log_source(store);
    struct tree_range range;
    struct log_head head;

    TRY(log_look(mem, store, &head));
    if (head.range.size < published->size)
        return err_new(mem, ERR_BROKEN,
                       "the database is behind: it has %" PRIu64
                       " entries, and a checkpoint of %" PRIu64
                       " was published. An older backup? Nothing is signed on top of it",
                       head.range.size, published->size);
    TRY(tree_range_load(mem, &source, published->size, &range));
    if (!digest_same(tree_root(&range), published->root))
        return err_new(mem, ERR_BROKEN,
                       "the database holds another log than the checkpoint of %" PRIu64
                       " entries which was published: nothing is signed on top of it",
                       published->size);
    return NULL;
}

static struct err *refuse_rollback(struct arena *mem, const struct opened *o)
{
    struct note_verifier verifier;
    struct checkpoint published;
    struct store *store;
    const char *note;

    TRY(home_published(mem, &o->home, &note));
    if (!note)
        return NULL;
    TRY(note_verifier_parse(mem, o->service.vkey, &verifier));
    TRY(checkpoint_open(mem, bytes_of_text(note), &verifier, &published));
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = compare(mem, store, &published);
    store_close(store);
    return e;
}

/* ---- Running
 * ----------------------------------------------------------------------------------------------------
 */

static struct err *check_schema(struct arena *mem, const struct daemon_options *options,
                                const struct opened *o)
{
    size_t files, playbooks;
    struct store *owner;

    if (o->cluster)
        return bring_up_to_date(mem, o, &files, &playbooks);
    (void)options;
    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = store_is_current(mem, owner);
    store_close(owner);
    return e;
}

static void publish_newest(const struct home *home, uint64_t *size)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct published newest;

    batch_published(&newest);
    if (newest.size <= *size)
        return;
    struct err *e = home_publish(mem, home, newest.note);
    if (e)
        journal(JOURNAL_ERROR, "checkpoint-not-published", "because", e->text, NULL);
    else
        *size = newest.size;
}

/* Until a signal says stop; meanwhile the newest checkpoint is published at most each second. */
static void watch(const struct home *home, const sigset_t *stop)
{
    uint64_t size = 0;

    for (;;) {
        int sig = sigtimedwait(stop, NULL, &(struct timespec){.tv_sec = 1});
        publish_newest(home, &size);
        if (sig > 0)
            return;
    }
}

static struct err *serve(struct arena *mem, const struct daemon_options *options,
                         const struct opened *o, const sigset_t *stop)
{
    const char *own = home_address(mem, &o->home);
    const char *const *listen = options->listen_n ? options->listen : &own;
    struct writer *writer = writer_start(&o->service, o->uri);
    struct http_config config = {
        .service = &o->service,
        .writer = writer,
        .database = o->uri,
        .listen = listen,
        .listen_n = options->listen_n ? options->listen_n : 1,
        .tls_certificate = options->tls_certificate,
        .tls_key = options->tls_key,
        .insecure = options->insecure,
        .public_log = options->public_log,
        .openapi = docs_openapi(mem),
        .workers = (unsigned)options->workers,
    };
    struct http_server *server = NULL;
    struct err *e = http_start(mem, &config, &server);

    if (!e) {
        for (size_t i = 0; http_address(server, i); i++)
            journal(JOURNAL_INFO, "listening", "address", http_address(server, i), "log",
                    o->service.origin, NULL);
        notify("READY=1");
        watch(&o->home, stop);
        notify("STOPPING=1");
        journal(JOURNAL_INFO, "stopping", NULL);
        http_drain(server);
    }
    http_stop(server);
    writer_stop(writer);
    uint64_t size = 0;
    publish_newest(&o->home, &size);
    return e;
}

struct err *daemon_run(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct opened o;
    sigset_t stop;

    (void)ret_status;
    if (options->verbose)
        journal_set_level(JOURNAL_DEBUG);
    /* Before the first thread, so that all have them blocked and this one takes them. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
    TRY(instance_open(mem, options, true, &o));
    struct err *e = check_schema(mem, options, &o);
    if (!e)
        e = refuse_rollback(mem, &o);
    if (!e)
        e = serve(mem, options, &o, &stop);
    instance_close(&o);
    if (!e)
        journal(JOURNAL_INFO, "stopped", NULL);
    return e;
}
