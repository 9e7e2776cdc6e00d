/* audit_tables.c - what the database keeps beside the entries, against what the entries amount to:
 * head, nodes, subjects, intents, files; see audit.h. */
#include "audit.h"

#include "base/date.h"
#include "store/migrate.h"

#include <inttypes.h>
#include <stdlib.h>

static bool same(struct bytes b, const struct digest *d)
{
    return bytes_same(b, digest_bytes(d));
}

/* ---- Nodes ----------------------------------------------------------------------------------- */

static void keep_nodes(struct audit *a, const struct rows *rows)
{
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct bytes hash = rows_bytes(a->page, rows, i, "hash");
        struct digest *d = arena_alloc(a->mem, sizeof(*d));
        const char *name = arena_printf(a->mem, "%s/%s", audit_text(rows, i, "level"),
                                        audit_text(rows, i, "index"));
        if (hash.n != sizeof(d->at)) {
            audit_find(a, "log.node", name, "is no hash");
            continue;
        }
        memcpy(d->at, hash.at, sizeof(d->at));
        if (map_get(a->nodes, name))
            audit_find(a, "log.node", name, "is there twice");
        map_set(a->nodes, name, d);
    }
}

struct err *audit_nodes_load(struct audit *a)
{
    struct rows *rows;

    TRY(store_call(a->mem, a->store, "audit_nodes", NULL, &rows));
    keep_nodes(a, rows);
    return NULL;
}

static bool node_may_be(const struct audit *a, int64_t level, uint64_t index)
{
    return level >= 1 && level < TREE_TILE_LEVELS && index < a->size >> 8 * (unsigned)level;
}

static struct err *check_stray_nodes(struct audit *a)
{
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_nodes", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        if (!node_may_be(a, rows_int(rows, i, "level"), (uint64_t)rows_int(rows, i, "index")))
            audit_find(a, "log.node",
                       arena_printf(a->page, "%s/%s", audit_text(rows, i, "level"),
                                    audit_text(rows, i, "index")),
                       "covers entries that are not there");
    return NULL;
}

/* ---- Head ------------------------------------------------------------------------------------ */

static struct err *check_head(struct audit *a)
{
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_head", NULL, &rows));
    if (rows_count(rows) != 1) {
        audit_find(a, "log.head", "one", "there is not one row but %zu", rows_count(rows));
        return NULL;
    }
    struct bytes range = rows_bytes(a->page, rows, 0, "range");
    if (!rows_bool(rows, 0, "one"))
        audit_find(a, "log.head", "one", "the row is not the one that the writer locks");
    if ((uint64_t)rows_int(rows, 0, "size") != a->size)
        audit_find(a, "log.head", "one", "size is %s, there are %" PRIu64 " entries",
                   rows_text(rows, 0, "size"), a->size);
    if (!bytes_same(range, bytes_of(a->range.at, a->range.n * sizeof(struct digest))))
        audit_find(a, "log.head", "one", "range is not that of the entries");
    const char *vkey = rows_text(rows, 0, "vkey");
    if (a->size ? !text_same(vkey, log_keys_newest(&a->log_keys)->vkey) : vkey != NULL)
        audit_find(a, "log.head", "one", "vkey is %s, the entries lead to %s",
                   vkey ? vkey : "not there",
                   a->size ? log_keys_newest(&a->log_keys)->vkey : "none");
    const char *at = rows_text(rows, 0, "recorded_at"), *ts = instant_text(a->page, a->ts);
    if (a->size &&
        (!at || strncmp(at, ts, strlen(ts) - 1) != 0 || strcmp(at + strlen(ts) - 1, "000") != 0))
        audit_find(a, "log.head", "one", "recorded_at is %s, the newest entry says %s",
                   at ? at : "not there", ts);
    return NULL;
}

/* ---- Subjects and intents -------------------------------------------------------------------- */

static struct err *check_subjects(struct audit *a)
{
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_subjects", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct bytes tag = rows_bytes(a->page, rows, i, "tag");
        const char *name = base64url_encode(a->page, tag.at, tag.n);
        struct audit_subject *s = map_get(a->subjects, name);
        if (!s) {
            audit_find(a, "log.subject", name, "is no subject of any entry");
            continue;
        }
        if (s->in_table)
            audit_find(a, "log.subject", name, "is there twice");
        s->in_table = true;
        if ((uint64_t)rows_int(rows, i, "count") != s->head.count)
            audit_find(a, "log.subject", name, "count is %s, there are %" PRIu64 " events",
                       rows_text(rows, i, "count"), s->head.count);
        if (!same(rows_bytes(a->page, rows, i, "last"), &s->head.last))
            audit_find(a, "log.subject", name, "last is not the hash of its newest entry");
    }
    for (const struct audit_subject *s = a->all; s; s = s->next)
        if (!s->in_table)
            audit_find(a, "log.subject", s->name, "is missing");
    return NULL;
}

static void check_intent(struct audit *a, const struct rows *rows, size_t i)
{
    const char *nonce = audit_text(rows, i, "nonce");
    struct audit_intent *in = map_get(a->intents, nonce);

    if (!in) {
        audit_find(a, "log.intent", nonce, "is of no entry");
        return;
    }
    if (in->in_table)
        audit_find(a, "log.intent", nonce, "is there twice");
    in->in_table = true;
    if (!same(rows_bytes(a->page, rows, i, "digest"), &in->digest))
        audit_find(a, "log.intent", nonce, "digest is not that of the intent");
    if (!rows_text(rows, i, "first") || (uint64_t)rows_int(rows, i, "first") != in->first ||
        rows_int(rows, i, "entries") != in->entries)
        audit_find(a, "log.intent", nonce,
                   "made the %" PRId64 " entries from %" PRIu64 ", the row says others",
                   in->entries, in->first);
}

static struct err *check_intents(struct audit *a)
{
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_intents", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        check_intent(a, rows, i);
    for (const struct audit_intent *in = a->all_intents; in; in = in->next)
        if (!in->in_table)
            audit_find(a, "log.intent", in->nonce, "is missing: entry %" PRIu64 " has it",
                       in->first);
    return NULL;
}

/* ---- Files ----------------------------------------------------------------------------------- */

static struct err *check_blobs(struct audit *a)
{
    struct rows *rows;
    const char *n;

    TRY(store_call(a->page, a->store, "audit_blobs", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        audit_find(a, "tenure.blob", rows_text(rows, i, "sha256"), "%s",
                   rows_text(rows, i, "fault"));
    TRY(store_value(a->page, a->store, "audit_blob_count", NULL, &n));
    a->report->blobs = strtoull(n, NULL, 10);
    return NULL;
}

/* ---- What was applied ------------------------------------------------------------------------ */

static struct err *check_ledger(struct audit *a)
{
    struct ledger_fault *faults;

    TRY(store_ledger(a->page, a->store, &faults));
    for (const struct ledger_fault *f = faults; f; f = f->next)
        audit_find(a, "tenure.migration", f->path, "%s", f->text);
    return NULL;
}

struct err *audit_tables(struct audit *a)
{
    audit_say(a, "tables", 0, 0);
    TRY(check_head(a));
    TRY(audit_signed_rest(a));
    TRY(check_stray_nodes(a));
    TRY(check_subjects(a));
    TRY(check_intents(a));
    TRY(check_blobs(a));
    return check_ledger(a);
}
