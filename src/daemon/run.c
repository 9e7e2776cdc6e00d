/* run.c - tenured run: the database, the writer, the listeners; until somebody says stop. */
#include "cosigners.h"
#include "housekeeping.h"

#include "app/newest.h"
#include "app/site.h"
#include "app/writer.h"
#include "base/file.h"
#include "base/journal.h"
#include "docs/docs.h"
#include "domain/platform.h"
#include "http/server.h"
#include "notify/notify.h"
#include "store/migrate.h"
#include "web/web.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* The private database goes forward by itself; with yours you say when. */
static struct err *check_database(struct arena *mem, const struct daemon_options *options,
                                  const struct opened *o)
{
    size_t files, playbooks;
    struct store *owner;

    if (options->rollback)
        TRY(accept_rollback(mem, o, strtoull(options->rollback, NULL, 10)));
    TRY(refuse_rollback(mem, o));
    if (o->cluster) {
        TRY(bring_up_to_date(mem, o, &files, &playbooks));
        return publish_head(mem, o);
    }
    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = store_is_current(mem, owner);
    store_close(owner);
    return e ? e : publish_head(mem, o);
}

static struct err *learn_site(struct arena *mem, struct opened *o)
{
    struct store *store;

    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = site_load(mem, store, &o->service);
    store_close(store);
    return e;
}

struct publishing {
    const struct home *home;
    uint64_t size; /* what was published last */
    bool failing;
    struct witnesses *witnesses;
    uint64_t said; /* of them */
};

static void publish_newest(struct publishing *p)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct newest newest;

    newest_get(&newest);
    if (newest.size <= p->size)
        return;
    struct err *e = home_publish(mem, p->home, newest.note);
    if (!e)
        p->size = newest.size;
    else if (!p->failing) /* once, not each second */
        journal(JOURNAL_ERROR, "checkpoint-not-published", "because", e->text, NULL);
    p->failing = e != NULL;
}

/* Until a signal says stop; meanwhile the newest checkpoint is published at most each second. */
static void watch(struct publishing *p, const sigset_t *stop)
{
    for (;;) {
        int sig = sigtimedwait(stop, NULL, &(struct timespec){.tv_sec = 1});
        publish_newest(p);
        cosigners_watch(p->home, p->witnesses, &p->said);
        if (sig > 0)
            return;
    }
}

/* Where to listen: what was said, what systemd gives; or else our own socket. */
static size_t choose_doors(struct arena *mem, const struct daemon_options *options,
                           const struct home *home, const char **ret)
{
    size_t n = given_sockets(mem, ret);

    for (size_t i = 0; i < options->listen_n; i++)
        ret[n++] = options->listen[i];
    if (n == 0)
        ret[n++] = home_address(mem, home);
    return n;
}

static void say_doors(const struct http_server *server, const struct opened *o)
{
    for (size_t i = 0; http_address(server, i); i++)
        journal(JOURNAL_INFO, "listening", "address", http_address(server, i), "log",
                o->service.origin, NULL);
}

/* The password is a line of a file, which others must not be able to read. */
static struct err *read_password(struct arena *mem, const char *path, const char **ret)
{
    struct bytes file;
    struct stat st;

    if (!path)
        return NULL;
    TRY(file_read(mem, path, 4096, &file));
    if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)))
        return err_new(mem, ERR_USAGE, "%s can be read by others: chmod 600 %s", path, path);
    *ret = arena_copy_n(mem, (const char *)file.at, strcspn((const char *)file.at, "\r\n"));
    return NULL;
}

static struct err *start_sender(struct arena *mem, const struct daemon_options *options,
                                const struct opened *o, struct sender **ret)
{
    struct notify_config config = {.database = o->uri,
                                   .service = &o->service,
                                   .smtp = options->smtp,
                                   .smtp_user = options->smtp_user,
                                   .smtp_ca = options->smtp_ca,
                                   .mail_from = options->mail_from,
                                   .texts = options->texts};

    TRY(read_password(mem, options->smtp_password_file, &config.smtp_password));
    return notify_start(mem, &config, ret);
}

static struct err *serve(struct arena *mem, const struct daemon_options *options,
                         const struct opened *o, const sigset_t *stop)
{
    const char *doors[2 * LISTEN_MAX];
    struct writer *writer = writer_start(&o->service, o->uri);
    struct publishing publishing = {.home = &o->home, .witnesses = o->service.witnesses};
    struct http_config config = {
        .service = &o->service,
        .writer = writer,
        .database = o->uri,
        .witnesses = o->service.witnesses,
        .listen = doors,
        .listen_n = choose_doors(mem, options, &o->home, doors),
        .tls_certificate = options->tls_certificate,
        .tls_key = options->tls_key,
        .insecure = options->insecure,
        .public_log = options->public_log,
        .openapi = docs_openapi(mem),
        .pages = &web_pages,
        .workers = (unsigned)options->workers,
    };
    struct http_server *server = NULL;
    struct housekeeping *housekeeping = NULL;
    struct sender *sender = NULL;
    struct err *e = start_sender(mem, options, o, &sender);

    if (!e)
        e = housekeeping_start(mem, o->uri, &housekeeping);
    if (!e)
        e = http_start(mem, &config, &server);

    if (!e) {
        say_doors(server, o);
        notify("READY=1");
        watch(&publishing, stop);
        notify("STOPPING=1");
        journal(JOURNAL_INFO, "stopping", NULL);
        http_drain(server);
    }
    http_stop(server);
    housekeeping_stop(housekeeping);
    notify_stop(sender);
    writer_stop(writer);
    publish_newest(&publishing);
    return e;
}

struct err *daemon_run(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct opened o = {.lock = -1};
    sigset_t stop;

    (void)ret_status;
    if (options->verbose)
        journal_set_level(JOURNAL_DEBUG);
    for (size_t i = 0; i < options->listen_n; i++) /* before the database is started */
        TRY(http_listen_check(mem, options->listen[i]));
    take_signals(&stop);
    embedded_load();
    journal(JOURNAL_INFO, "starting", "version", VERSION, "data", options->data, NULL);
    struct err *e = instance_open(mem, options, true, &o);
    o.service.base_url = options->base_url;
    o.service.public_lookup = options->public_lookup;
    o.service.private_receivers = options->private_receivers;
    if (!e)
        e = home_make_run(mem, &o.home);
    if (!e)
        e = check_database(mem, options, &o);
    if (!e)
        e = learn_site(mem, &o);
    if (!e)
        e = settle_keys(mem, &o, false);
    if (!e)
        e = cosigners_start(mem, options, &o);
    if (!e)
        e = serve(mem, options, &o, &stop);
    witnesses_stop(o.service.witnesses);
    instance_close(&o);
    if (e && !told_to_stop(&stop)) {
        journal(JOURNAL_ERROR, "not-started", "because", e->text, NULL);
        return e;
    }
    journal(JOURNAL_INFO, "stopped", NULL);
    return NULL;
}
