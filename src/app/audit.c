/* audit.c - the audit from start to end; see audit.h. */
#include "audit.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void audit_find(struct audit *a, const char *table, const char *row, const char *fmt, ...)
{
    struct audit_report *r = a->report;
    char text[2000];
    va_list args;

    r->elsewhere += !text_starts(table, "state.");
    r->catalog += strcmp(table, "catalog") == 0;
    if (r->findings++ >= AUDIT_FINDINGS_MAX)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    struct audit_finding *f = arena_alloc(a->mem, sizeof(*f));
    f->table = arena_copy(a->mem, table);
    f->row = text_printable(a->mem, row, strlen(row));
    f->text = text_printable(a->mem, text, strlen(text));
    *r->last = f;
    r->last = &f->next;
}

const char *audit_row(struct audit *a, uint64_t index)
{
    return arena_printf(a->page, "%" PRIu64, index);
}

void audit_missing(struct audit *a, const char *table, uint64_t from, uint64_t to)
{
    enum { EACH_MAX = 100 };
    uint64_t each = to - from > EACH_MAX ? from + EACH_MAX : to;

    for (uint64_t i = from; i < each; i++)
        audit_find(a, table, audit_row(a, i), "is missing");
    if (each < to)
        audit_find(a, table, audit_row(a, each), "is missing, and so are all up to %" PRIu64,
                   to - 1);
}

const char *audit_text(const struct rows *rows, size_t row, const char *column)
{
    const char *text = rows_text(rows, row, column);

    return text ? text : "";
}

void audit_say(struct audit *a, const char *what, uint64_t done, uint64_t of)
{
    if (a->progress && a->progress->say)
        a->progress->say(a->progress->ctx, what, done, of);
}

static struct err *run(struct audit *a)
{
    TRY(tag_public_load(a->mem, bytes_of_text(a->service->tag_public), &a->tag_public));
    TRY(audit_replay_begin(a));
    TRY(audit_nodes_load(a));
    TRY(audit_seals_load(a));
    TRY(audit_erased_load(a));
    TRY(audit_entries(a));
    TRY(audit_beside_rest(a));
    audit_keys_end(a);
    audit_published_reached(a);
    TRY(audit_tables(a));
    TRY(audit_witness(a));
    return audit_replay_compare(a);
}

/* What the catalog holds is seen before anything in the database is called, and said when all else
 * is; and should what was put there keep the rest from being read, it is named all the same. */
static struct err *run_and_name(struct audit *a)
{
    TRY(audit_catalog_load(a));
    struct err *e = run(a);
    size_t before = a->report->findings;
    if (e && e->kind != ERR_SYSTEM)
        return e;
    audit_catalog(a);
    if (!e || a->report->findings == before)
        return e;
    audit_find(a, "catalog", "all", "more cannot be looked at: %s", e->text);
    return NULL;
}

bool audit_of_state_only(const struct audit_report *r)
{
    return r->findings > 0 && r->elsewhere == 0;
}

/* Before anything is read: what is read afterwards is as it is then. */
static struct err *nobody_appends(struct audit *a)
{
    return store_script(a->mem, a->store, "LOCK TABLE log.head IN EXCLUSIVE MODE");
}

static struct err *rebuild(struct audit *a)
{
    const struct audit_finding *f = a->report->first;

    if (!f)
        return NULL;
    while (f->next && text_starts(f->table, "state."))
        f = f->next; /* what is elsewhere may be behind the end of the list */
    if (!audit_of_state_only(a->report))
        return err_new(
            a->mem, ERR_BROKEN,
            "more is wrong than tables that the log makes (%s %s: %s): none was made from "
            "it. %s, or ask 'tenured audit' for all that is wrong",
            f->table, f->row, f->text,
            a->report->catalog == a->report->elsewhere
                ? "Run 'tenured migrate --again' first, and drop or revoke what then still "
                  "stands under 'catalog'"
                : "Bring back a backup");
    TRY(audit_replay_mend(a));
    return store_commit(a->mem, a->store);
}

/* With a then, that comes after, in the same transaction, and nobody appends meanwhile. */
static struct err *audit_then(struct arena *mem, struct store *owner, const struct service *service,
                              const char *published, const struct audit_progress *progress,
                              struct err *(*then)(struct audit *a), struct audit_report *ret)
{
    AUTO(arena_auto) struct arena *page = arena_new();
    struct audit a = {.mem = mem,
                      .page = page,
                      .store = owner,
                      .service = service,
                      .progress = progress,
                      .report = ret,
                      .subjects = map_new(mem),
                      .accounts = map_new(mem),
                      .keys = map_new(mem),
                      .people = map_new(mem),
                      .words = map_new(mem),
                      .sites = map_new(mem),
                      .invited = map_new(mem),
                      .keyed = map_new(mem),
                      .tokens = map_new(mem),
                      .intents = map_new(mem),
                      .nodes = map_new(mem),
                      .erased = map_new(mem)};

    *ret = (struct audit_report){.origin = service->origin};
    ret->last = &ret->first;
    TRY(audit_keys_begin(&a));
    audit_published_open(&a, published);
    TRY(store_trial(mem, owner));
    struct err *e = then ? nobody_appends(&a) : NULL;
    if (!e)
        e = run_and_name(&a);
    if (!e && then)
        e = then(&a);
    store_rollback(owner);
    arena_free(a.carried);
    if (e)
        return e;
    struct digest root = tree_root(&a.range);
    ret->entries = a.size;
    ret->subjects = a.subjects_n;
    ret->root = base64_encode(mem, root.at, sizeof(root.at));
    return NULL;
}

struct err *audit_run(struct arena *mem, struct store *owner, const struct service *service,
                      const char *published, const struct audit_progress *progress,
                      struct audit_report *ret)
{
    return audit_then(mem, owner, service, published, progress, NULL, ret);
}

struct err *audit_rebuild(struct arena *mem, struct store *owner, const struct service *service,
                          const char *published, const struct audit_progress *progress,
                          struct audit_report *ret)
{
    return audit_then(mem, owner, service, published, progress, rebuild, ret);
}

const char *audit_json(struct arena *mem, const struct audit_report *r)
{
    json_t *findings = json_array();

    for (const struct audit_finding *f = r->first; f; f = f->next)
        json_array_append_new(findings, json_pack("{s:s, s:s, s:s}", "table", f->table, "row",
                                                  f->row, "text", f->text));
    json_t *all =
        json_pack("{s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "log",
                  r->origin, "entries", (json_int_t)r->entries, "root", r->root, "checkpoints",
                  (json_int_t)r->checkpoints, "seals", (json_int_t)r->seals, "subjects",
                  (json_int_t)r->subjects, "signatures", (json_int_t)r->signatures, "attested",
                  (json_int_t)r->attested, "by_token", (json_int_t)r->by_token, "files",
                  (json_int_t)r->blobs, "cosignatures", (json_int_t)r->cosignatures, "wrong",
                  (json_int_t)r->findings, "findings", findings);
    return json_compact(mem, json_keep(mem, all));
}
