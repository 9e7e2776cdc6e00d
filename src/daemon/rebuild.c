/* rebuild.c - tenured rebuild: the tables of the state, made anew from the log. */
#include "commands.h"

#include "app/audit.h"
#include "backup.h"

static struct err *rebuild(struct arena *mem, const struct opened *o, bool quiet,
                           struct audit_report *ret)
{
    struct progress progress = progress_begin("", quiet);
    struct audit_progress each = {progress_of_audit, &progress};
    const char *published;
    struct store *owner;

    TRY(home_published(mem, &o->home, &published));
    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = audit_rebuild(mem, owner, &o->service, published, &each, ret);
    store_close(owner);
    progress_end(&progress);
    return e;
}

static const char *rebuilt_json(struct arena *mem, const struct audit_report *mended,
                                const struct audit_report *now)
{
    return arena_printf(mem, "{\"mended\":%s,\"audit\":%s}", audit_json(mem, mended),
                        audit_json(mem, now));
}

/* What was done is audited as if somebody else had done it. */
struct err *daemon_rebuild(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct audit_report mended = {0}, now = {0};
    const char *published;
    struct opened o;

    TRY(instance_open(mem, options, false, &o));
    struct err *e = rebuild(mem, &o, options->json, &mended);
    if (!e)
        e = home_published(mem, &o.home, &published);
    if (!e)
        e = audit_opened(mem, &o, published, options->json, &now);
    instance_close(&o);
    TRY(e);
    if (options->json) {
        printf("%s\n", rebuilt_json(mem, &mended, &now));
    } else {
        if (mended.findings) {
            audit_print_findings(&mended);
            printf("Made anew: the tables are what the log makes of them again. Keep the lines "
                   "above: they say what was in the tables and should not have been.\n");
        } else {
            printf("The tables were what the log makes of them: nothing was changed.\n");
        }
        audit_print(&now);
    }
    *ret_status = now.findings ? err_faces[ERR_BROKEN].exit : 0;
    return NULL;
}
