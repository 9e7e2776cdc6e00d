/* look.c - tenured migrate and audit: looking after an instance that runs or does not. */
#include "backup.h"
#include "commands.h"

#include "app/audit.h"
#include "base/file.h"
#include "crypto/note.h"
#include "store/migrate.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

static struct err *forget_functions(struct arena *mem, const struct opened *o)
{
    struct store *owner;

    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = store_forget_functions(mem, owner);
    store_close(owner);
    return e;
}

struct err *daemon_migrate(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct opened o;
    size_t files, playbooks;

    (void)ret_status;
    TRY(instance_open(mem, options, false, &o));
    struct err *e = refuse_rollback(mem, &o);
    if (!e && options->again)
        e = forget_functions(mem, &o);
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

void progress_of_audit(void *ctx, const char *what, uint64_t done, uint64_t of)
{
    struct progress *p = ctx;

    p->what = what;
    progress_say(p, done, of, false);
}

struct err *audit_opened(struct arena *mem, const struct opened *o, const char *published,
                         bool quiet, struct audit_report *ret)
{
    struct progress progress = progress_begin("", quiet);
    struct audit_progress each = {progress_of_audit, &progress};
    struct store *owner;

    *ret = (struct audit_report){0};
    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = store_is_behind(mem, owner); /* all that is new would be missing */
    if (!e)
        e = audit_run(mem, owner, &o->service, published, &each, ret);
    store_close(owner);
    progress_end(&progress);
    return e;
}

void audit_print_findings(const struct audit_report *r)
{
    for (const struct audit_finding *f = r->first; f; f = f->next)
        printf("%s %s: %s\n", f->table, f->row, f->text);
    if (r->findings > AUDIT_FINDINGS_MAX)
        printf("… and %zu more\n", r->findings - AUDIT_FINDINGS_MAX);
}

void audit_print(const struct audit_report *r)
{
    audit_print_findings(r);
    printf("%s: %" PRIu64 " entries, root %s\n", r->origin, r->entries, r->root);
    printf("%" PRIu64 " signed by people, %" PRIu64 " attested by the service, %" PRIu64
           " of them asked for with a token; %" PRIu64 " checkpoints, %" PRIu64 " seals, %" PRIu64
           " subjects, %" PRIu64 " files, %" PRIu64 " cosignatures\n",
           r->signatures, r->attested, r->by_token, r->checkpoints, r->seals, r->subjects, r->blobs,
           r->cosignatures);
    if (r->findings)
        printf("%zu thing(s) are wrong.%s\n", r->findings,
               audit_of_state_only(r) ? " The log itself is whole: 'tenured rebuild' makes the "
                                        "tables from it again."
               : r->catalog           ? " 'tenured migrate --again' lays functions, rights and "
                                        "triggers as they should be; drop or revoke whatever then still "
                                        "stands under 'catalog'."
                                      : "");
    else
        printf("Every hash, chain, signature and checkpoint holds, and the tables are what the log "
               "makes of them.\n");
}

static struct err *read_published(struct arena *mem, const struct daemon_options *options,
                                  const struct home *home, const char **ret)
{
    struct bytes note;

    if (!options->published)
        return home_published(mem, home, ret);
    TRY(file_read(mem, options->published, NOTE_BYTES_MAX, &note));
    *ret = arena_copy_n(mem, (const char *)note.at, note.n);
    return NULL;
}

/* *ret_cut: the session went away, or was not there any more. */
static struct err *audit_once(struct arena *mem, const struct daemon_options *options,
                              struct audit_report *report, bool *ret_cut)
{
    struct opened o;
    const char *published;

    *ret_cut = false;
    TRY(instance_open(mem, options, false, &o));
    bool theirs = o.cluster == NULL && !options->database && !o.home.database;
    struct err *e = read_published(mem, options, &o.home, &published);
    if (!e)
        e = audit_opened(mem, &o, published, options->json, report);
    *ret_cut = e && e->kind == ERR_UNAVAILABLE && theirs;
    instance_close(&o);
    return e;
}

struct err *daemon_audit(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct audit_report report = {0};
    struct err *e = NULL;
    bool cut = true;

    /* A service that stops takes the database along: then it is looked at without the service. */
    for (int i = 0; i < TRIES && cut; i++)
        e = audit_once(mem, options, &report, &cut);
    TRY(e);
    if (options->json)
        printf("%s\n", audit_json(mem, &report));
    else
        audit_print(&report);
    *ret_status = report.findings ? err_faces[ERR_BROKEN].exit : 0;
    return NULL;
}
