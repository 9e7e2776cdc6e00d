/* look.c - tenured migrate and audit: looking after an instance that runs or does not. */
#include "commands.h"

#include "app/audit.h"
#include "store/migrate.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

struct err *daemon_migrate(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct opened o;
    size_t files, playbooks;

    (void)ret_status;
    TRY(instance_open(mem, options, false, &o));
    struct err *e = refuse_rollback(mem, &o);
    if (!e)
        e = bring_up_to_date(mem, &o, &files, &playbooks);
    if (!e)
        e = publish_head(mem, &o);
    instance_close(&o);
    TRY(e);
    if (options->json)
        printf("{\"files\":%zu,\"playbooks\":%zu}\n", files, playbooks);
    else if (files + playbooks == 0)
        printf("The database is of this version already.\n");
    else
        printf("Applied %zu file(s), published %zu playbook(s).\n", files, playbooks);
    return NULL;
}

/* ---- purge ----------------------------------------------------------------------------------- */

struct err *daemon_purge(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct store *owner;
    struct opened o;

    (void)ret_status;
    TRY(instance_open(mem, options, false, &o));
    bool ours = !options->database && !o.home.database;
    struct err *e = store_open(mem, o.uri, STORE_AS_OWNER, &owner);
    if (!e) {
        e = store_purge(mem, owner, ours);
        store_close(owner);
    }
    instance_close(&o);
    TRY(e);
    if (options->json)
        printf("{\"purged\":true,\"wal\":%s}\n", ours ? "true" : "false");
    else
        printf("The database's files%s hold nothing that was erased. Backups%s were not touched.\n",
               ours ? " and its write-ahead log" : "",
               ours ? "" : ", the write-ahead log and its archive");
    return NULL;
}

/* ---- audit ----------------------------------------------------------------------------------- */

enum { TRIES = 3 };

struct looking {
    int64_t since, said;
    bool live;
};

static void say_progress(void *ctx, const char *what, uint64_t done, uint64_t of)
{
    struct looking *l = ctx;
    int64_t now = clock_ms();

    if (now - l->since < 1000 || now - l->said < 500 || !l->live)
        return;
    l->said = now;
    fprintf(stderr, "\r%s", what);
    if (done)
        fprintf(stderr, " %" PRIu64, done);
    if (of)
        fprintf(stderr, " of %" PRIu64, of);
    fprintf(stderr, "        ");
}

static void print_report(const struct audit_report *r)
{
    for (const struct audit_finding *f = r->first; f; f = f->next)
        printf("%s %s: %s\n", f->table, f->row, f->text);
    if (r->findings > AUDIT_FINDINGS_MAX)
        printf("… and %zu more\n", r->findings - AUDIT_FINDINGS_MAX);
    printf("%s: %" PRIu64 " entries, root %s\n", r->origin, r->entries, r->root);
    printf("%" PRIu64 " signed by people, %" PRIu64 " attested by the service; %" PRIu64
           " checkpoints, %" PRIu64 " seals, %" PRIu64 " subjects, %" PRIu64 " files, %" PRIu64
           " cosignatures\n",
           r->signatures, r->attested, r->checkpoints, r->seals, r->subjects, r->blobs,
           r->cosignatures);
    if (r->findings)
        printf("%zu thing(s) are wrong.\n", r->findings);
    else
        printf("Every hash, chain, signature and checkpoint holds, and the tables are what the log "
               "makes of them.\n");
}

/* *ret_cut: the session was there and went away. */
static struct err *audit_once(struct arena *mem, const struct daemon_options *options,
                              const struct audit_progress *progress, struct audit_report *report,
                              bool *ret_cut)
{
    struct opened o;
    struct store *owner;
    const char *published;

    *ret_cut = false;
    TRY(instance_open(mem, options, false, &o));
    struct err *e = store_open(mem, o.uri, STORE_AS_OWNER, &owner);
    if (!e) {
        e = home_published(mem, &o.home, &published);
        if (!e)
            e = audit_run(mem, owner, &o.service, published, progress, report);
        store_close(owner);
        *ret_cut = e && e->kind == ERR_UNAVAILABLE;
    } else if (o.cluster == NULL && !options->database && !o.home.database) {
        *ret_cut = e->kind == ERR_UNAVAILABLE; /* it stopped in between */
    }
    instance_close(&o);
    return e;
}

struct err *daemon_audit(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct looking looking = {clock_ms(), 0, isatty(STDERR_FILENO) && !options->json};
    struct audit_progress progress = {say_progress, &looking};
    struct audit_report report = {0};
    struct err *e;
    bool cut = true;

    /* A service that stops takes the database along: then it is looked at without the service. */
    for (int i = 0; i < TRIES && cut; i++)
        e = audit_once(mem, options, &progress, &report, &cut);
    if (looking.said)
        fprintf(stderr, "\r%40s\r", "");
    TRY(e);
    if (options->json)
        printf("%s\n", audit_json(mem, &report));
    else
        print_report(&report);
    *ret_status = report.findings ? err_faces[ERR_BROKEN].exit : 0;
    return NULL;
}
