/* audit_tables.c - what the database keeps beside the entries, against what the entries amount to:
 * head, nodes, checkpoints, seals, subjects, intents, files; see audit.h. */
#include "audit.h"

#include "base/date.h"

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
        const char *name =
            arena_printf(a->mem, "%s/%s", rows_text(rows, i, "level"), rows_text(rows, i, "index"));
        if (hash.n != sizeof(d->at)) {
            audit_find(a, "log.node", name, "is no hash");
            continue;
        }
        memcpy(d->at, hash.at, sizeof(d->at));
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
                       arena_printf(a->page, "%s/%s", rows_text(rows, i, "level"),
                                    rows_text(rows, i, "index")),
                       "covers entries that are not there");
    return NULL;
}

/* ---- Checkpoints and seals ------------------------------------------------------------------- */

static void check_note(struct audit *a, const char *table, const char *row, const char *note,
                       uint64_t size, const struct digest *root, const struct digest *heads)
{
    struct checkpoint c;
    struct err *e = checkpoint_open(a->page, bytes_of_text(note), &a->verifier, &c);

    if (e)
        audit_find(a, table, row, "the signed note: %s", e->text);
    else if (c.size != size)
        audit_find(a, table, row, "the signed note is of size %" PRIu64, c.size);
    else if (!digest_same(c.root, *root))
        audit_find(a, table, row, "the signed root is not the root of the entries");
    else if (heads && (!c.sealed || !digest_same(c.heads, *heads)))
        audit_find(a, table, row, "the signed heads are not those of the entries");
}

/* Of the entries [from, to); roots[i] is the root at size from + i + 1. */
struct err *audit_checkpoints(struct audit *a, const struct digest *roots, uint64_t from,
                              uint64_t to)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, a->page);
    bind_int(&b, "from", (int64_t)from);
    bind_int(&b, "to", (int64_t)to);
    TRY(store_call(a->page, a->store, "audit_checkpoints", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        uint64_t size = (uint64_t)rows_int(rows, i, "size");
        const struct digest *root = &roots[size - from - 1];
        if (!same(rows_bytes(a->page, rows, i, "root"), root))
            audit_find(a, "log.checkpoint", audit_row(a, size),
                       "the column root is not the root of the entries");
        check_note(a, "log.checkpoint", audit_row(a, size), rows_text(rows, i, "note"), size, root,
                   NULL);
        a->report->checkpoints++;
    }
    return NULL;
}

struct err *audit_seals_load(struct audit *a)
{
    return store_call(a->mem, a->store, "audit_seals", NULL, &a->seals);
}

/* The root over all subjects as they are now. */
static struct digest heads_now(struct audit *a)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct head *heads = arena_array(mem, a->subjects_n + 1, sizeof(*heads));
    size_t n = 0;

    for (const struct audit_subject *s = a->all; s; s = s->next)
        heads[n++] = s->head;
    heads_sort(heads, n);
    return heads_root(heads, n);
}

void audit_seals_here(struct audit *a, const struct digest *root)
{
    for (;
         a->seal < rows_count(a->seals) && (uint64_t)rows_int(a->seals, a->seal, "size") == a->size;
         a->seal++) {
        struct digest heads = heads_now(a);
        if (!same(rows_bytes(a->page, a->seals, a->seal, "heads"), &heads))
            audit_find(a, "log.seal", audit_row(a, a->size),
                       "the column heads is not the root over the subjects");
        check_note(a, "log.seal", audit_row(a, a->size), rows_text(a->seals, a->seal, "note"),
                   a->size, root, &heads);
        a->report->seals++;
    }
}

static void check_stray_seals(struct audit *a)
{
    for (; a->seal < rows_count(a->seals); a->seal++)
        audit_find(a, "log.seal", rows_text(a->seals, a->seal, "size"),
                   "covers entries that are not there");
}

static struct err *check_beyond(struct audit *a)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, a->page);
    bind_int(&b, "to", (int64_t)a->size);
    TRY(store_call(a->page, a->store, "audit_checkpoints_beyond", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        audit_find(a, "log.checkpoint", rows_text(rows, i, "size"),
                   "covers entries that are not there: the log was cut");
    binds_init(&b, a->page);
    bind_int(&b, "size", (int64_t)a->size);
    TRY(store_call(a->page, a->store, "log_checkpoint_at", &b, &rows));
    if (a->size && rows_count(rows) == 0)
        audit_find(a, "log.checkpoint", audit_row(a, a->size),
                   "no checkpoint covers the newest entries");
    return NULL;
}

/* ---- Head ------------------------------------------------------------------------------------ */

static struct err *check_head(struct audit *a)
{
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_head", NULL, &rows));
    if (rows_count(rows) != 1) {
        audit_find(a, "log.head", "all", "there is not one row but %zu", rows_count(rows));
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
    const char *at = rows_text(rows, 0, "recorded_at"), *ts = instant_text(a->page, a->ts);
    if (a->size &&
        (!at || strncmp(at, ts, strlen(ts) - 1) != 0 || strcmp(at + strlen(ts) - 1, "000") != 0))
        audit_find(a, "log.head", "one", "recorded_at is %s, the newest entry says %s",
                   at ? at : "not there", ts);
    if ((uint64_t)rows_int(rows, 0, "disclosed") != (uint64_t)rows_int(rows, 0, "entries"))
        audit_find(a, "log.disclosed", "all", "there are %s rows for %s entries",
                   rows_text(rows, 0, "disclosed"), rows_text(rows, 0, "entries"));
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

static struct err *check_intents(struct audit *a)
{
    struct rows *rows;
    size_t known = 0;

    TRY(store_call(a->page, a->store, "audit_intents", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *nonce = rows_text(rows, i, "nonce");
        const struct audit_intent *in = map_get(a->intents, nonce);
        known += in != NULL;
        if (!in)
            audit_find(a, "log.intent", nonce, "is of no entry");
        else if (!same(rows_bytes(a->page, rows, i, "digest"), &in->digest))
            audit_find(a, "log.intent", nonce, "digest is not that of the intent");
        else if ((uint64_t)rows_int(rows, i, "first") != in->first ||
                 rows_int(rows, i, "entries") != in->entries)
            audit_find(a, "log.intent", nonce,
                       "made the %" PRId64 " entries from %" PRIu64 ", the row says others",
                       in->entries, in->first);
    }
    if (known < a->intents_n)
        audit_find(a, "log.intent", "all", "%zu row(s) are missing", a->intents_n - known);
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

struct err *audit_tables(struct audit *a)
{
    audit_say(a, "tables", 0, 0);
    TRY(check_head(a));
    TRY(check_beyond(a));
    TRY(check_stray_nodes(a));
    TRY(check_subjects(a));
    TRY(check_intents(a));
    check_stray_seals(a);
    return check_blobs(a);
}
