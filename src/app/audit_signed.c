/* audit_signed.c - what the log's key has signed: checkpoints and seals. Each is of the entries
 * that it says, and none was taken away; see audit.h. */
#include "audit.h"

#include <inttypes.h>

static bool same(struct bytes b, const struct digest *d)
{
    return bytes_same(b, digest_bytes(d));
}

static void check_note(struct audit *a, const char *table, const char *row, const char *note,
                       uint64_t size, const struct digest *root, const struct digest *heads)
{
    struct checkpoint c;
    struct err *e = log_keys_open(a->page, bytes_of_text(note), &a->log_keys, &c, NULL);

    if (e)
        audit_find(a, table, row, "the signed note: %s", e->text);
    else if (c.size != size)
        audit_find(a, table, row, "the signed note is of size %" PRIu64, c.size);
    else if (!digest_same(c.root, *root))
        audit_find(a, table, row, "the signed root is not the root of the entries");
    else if (heads && (!c.sealed || !digest_same(c.heads, *heads)))
        audit_find(a, table, row, "the signed heads are not those of the entries");
}

/* ---- Checkpoints ----------------------------------------------------------------------------- */

/* The entries of a batch are of one moment, and a checkpoint ends it. */
static void check_ended(struct audit *a, const struct audit_point *p)
{
    if (p->begins && a->checkpoint != p->size - 1)
        audit_find(a, "log.checkpoint", audit_row(a, p->size - 1),
                   "is missing: a batch ended there");
}

static void check_checkpoint(struct audit *a, const struct rows *rows, size_t i,
                             const struct audit_point *p)
{
    uint64_t size = (uint64_t)rows_int(rows, i, "size");
    int64_t number = rows_int(rows, i, "number");
    const char *row = audit_row(a, size);

    if (number != a->checkpoints)
        audit_find(a, "log.checkpoint", row,
                   "is number %" PRId64 " in the order of making, where %" PRId64 " must come",
                   number, a->checkpoints);
    a->checkpoints = number + 1;
    a->checkpoint = size;
    a->report->checkpoints++;
    if (!p || p->size != size) {
        audit_find(a, "log.checkpoint", row, "covers entries that are not there");
        return;
    }
    if (!same(rows_bytes(a->page, rows, i, "root"), &p->root))
        audit_find(a, "log.checkpoint", row, "the column root is not the root of the entries");
    check_note(a, "log.checkpoint", row, rows_text(rows, i, "note"), size, &p->root, NULL);
    audit_keys_turn(a, size, rows_text(rows, i, "note"));
}

struct err *audit_checkpoints(struct audit *a, const struct audit_point *points, size_t n,
                              uint64_t from)
{
    struct rows *rows;
    struct binds b;
    size_t p = 0;

    binds_init(&b, a->page);
    bind_int(&b, "from", (int64_t)from);
    bind_int(&b, "to", (int64_t)points[n - 1].size);
    TRY(store_call(a->page, a->store, "audit_checkpoints", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        for (; p < n && points[p].size <= (uint64_t)rows_int(rows, i, "size"); p++)
            check_ended(a, &points[p]);
        check_checkpoint(a, rows, i, p ? &points[p - 1] : NULL);
    }
    for (; p < n; p++)
        check_ended(a, &points[p]);
    return NULL;
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
    if (a->size && rows_count(rows) == 0 && a->checkpoint != a->size)
        audit_find(a, "log.checkpoint", audit_row(a, a->size),
                   "no checkpoint covers the newest entries");
    return NULL;
}

/* ---- Seals ----------------------------------------------------------------------------------- */

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
        struct audit_seal *s = arena_alloc(a->mem, sizeof(*s));
        *s = (struct audit_seal){rows_text(a->seals, a->seal, "note"), a->size, *root, heads,
                                 a->sealed};
        a->sealed = s;
        a->report->seals++;
    }
}

/* A seal of an earlier size is signed by the key of the day on which it is made: all keys are known
 * at the end only. */
static void check_seals(struct audit *a)
{
    for (const struct audit_seal *s = a->sealed; s; s = s->next)
        check_note(a, "log.seal", audit_row(a, s->size), s->note, s->size, &s->root, &s->heads);
}

/* n seals have the numbers below n, each once. */
static void check_seal_numbers(struct audit *a)
{
    size_t n = rows_count(a->seals);
    bool *there = arena_array(a->page, n + 1, sizeof(*there));

    for (size_t i = 0; i < n; i++) {
        int64_t number = rows_int(a->seals, i, "number");
        if (number < 0 || (uint64_t)number >= n || there[number])
            audit_find(a, "log.seal", rows_text(a->seals, i, "size"),
                       "is number %" PRId64 " in the order of making, and there are %zu", number,
                       n);
        else
            there[number] = true;
    }
}

static struct err *check_seal_count(struct audit *a)
{
    size_t n = rows_count(a->seals);
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_sealed", NULL, &rows));
    if (rows_count(rows) != 1) {
        audit_find(a, "log.sealed", "all", "there is not one row but %zu", rows_count(rows));
        return NULL;
    }
    if (!rows_bool(rows, 0, "one"))
        audit_find(a, "log.sealed", "one", "the row is not the one that counts");
    if ((uint64_t)rows_int(rows, 0, "count") == n)
        return NULL;
    audit_find(a, "log.sealed", "one", "count is %s, there are %zu seals",
               rows_text(rows, 0, "count"), n);
    audit_find(a, "log.seal", "all", "there are %zu rows, %s were made", n,
               rows_text(rows, 0, "count"));
    return NULL;
}

struct err *audit_signed_rest(struct audit *a)
{
    for (; a->seal < rows_count(a->seals); a->seal++)
        audit_find(a, "log.seal", rows_text(a->seals, a->seal, "size"),
                   "covers entries that are not there");
    check_seals(a);
    check_seal_numbers(a);
    TRY(check_seal_count(a));
    return check_beyond(a);
}
