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

    if (r->findings++ >= AUDIT_FINDINGS_MAX)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    struct audit_finding *f = arena_alloc(a->mem, sizeof(*f));
    f->table = arena_copy(a->mem, table);
    f->row = arena_copy(a->mem, row);
    f->text = text_printable(a->mem, text, strlen(text));
    *r->last = f;
    r->last = &f->next;
}

const char *audit_row(struct audit *a, uint64_t index)
{
    return arena_printf(a->page, "%" PRIu64, index);
}

void audit_say(struct audit *a, const char *what, uint64_t done, uint64_t of)
{
    if (a->progress && a->progress->say)
        a->progress->say(a->progress->ctx, what, done, of);
}

static struct err *run(struct audit *a)
{
    TRY(audit_replay_begin(a));
    TRY(audit_nodes_load(a));
    TRY(audit_seals_load(a));
    TRY(audit_erased_load(a));
    TRY(audit_entries(a));
    audit_keys_end(a);
    audit_published_reached(a);
    TRY(audit_tables(a));
    TRY(audit_witness(a));
    return audit_replay_compare(a);
}

struct err *audit_run(struct arena *mem, struct store *owner, const struct service *service,
                      const char *published, const struct audit_progress *progress,
                      struct audit_report *ret)
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
                      .intents = map_new(mem),
                      .nodes = map_new(mem),
                      .erased = map_new(mem)};

    *ret = (struct audit_report){.origin = service->origin};
    ret->last = &ret->first;
    TRY(audit_keys_begin(&a));
    audit_published_open(&a, published);
    TRY(store_trial(mem, owner));
    struct err *e = run(&a);
    store_rollback(owner);
    if (e)
        return e;
    struct digest root = tree_root(&a.range);
    ret->entries = a.size;
    ret->subjects = a.subjects_n;
    ret->root = base64_encode(mem, root.at, sizeof(root.at));
    return NULL;
}

const char *audit_json(struct arena *mem, const struct audit_report *r)
{
    json_t *findings = json_array();

    for (const struct audit_finding *f = r->first; f; f = f->next)
        json_array_append_new(findings, json_pack("{s:s, s:s, s:s}", "table", f->table, "row",
                                                  f->row, "text", f->text));
    json_t *all = json_pack("{s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "log",
                            r->origin, "entries", (json_int_t)r->entries, "root", r->root,
                            "checkpoints", (json_int_t)r->checkpoints, "seals",
                            (json_int_t)r->seals, "subjects", (json_int_t)r->subjects, "signatures",
                            (json_int_t)r->signatures, "attested", (json_int_t)r->attested, "files",
                            (json_int_t)r->blobs, "cosignatures", (json_int_t)r->cosignatures,
                            "wrong", (json_int_t)r->findings, "findings", findings);
    return json_compact(mem, json_keep(mem, all));
}
