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

    if (size == a->checkpoint) {
        audit_find(a, "log.checkpoint", row, "is there twice");
        a->misnumbered = true;
        return;
    }
    a->misnumbered = a->misnumbered || number != a->checkpoints;
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
    check_note(a, "log.checkpoint", row, audit_text(rows, i, "note"), size, &p->root, NULL);
    audit_keys_turn(a, size, audit_text(rows, i, "note"));
}

struct err *audit_checkpoints(struct audit *a, const struct audit_point *points, size_t n,
                              uint64_t from)
{
    struct rows *rows;
    struct binds b;
    size_t p = 0;

    if (n == 0)
        return NULL;
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
        audit_find(a, "log.checkpoint", rows_text(rows, i, "row"),
                   "covers entries that are not there");
    a->misnumbered = a->misnumbered || rows_count(rows);
    if (a->size && a->checkpoint != a->size)
        audit_find(a, "log.checkpoint", audit_row(a, a->size),
                   "is missing: no checkpoint covers the newest entries");
    return NULL;
}

/* Those whose size nothing else tells are named by their numbers. */
static struct err *check_gaps(struct audit *a)
{
    struct rows *rows;

    if (!a->misnumbered)
        return NULL;
    TRY(store_call(a->page, a->store, "audit_checkpoint_gaps", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *first = rows_text(rows, i, "first"), *last = rows_text(rows, i, "last");
        audit_find(a, "log.checkpoint", arena_printf(a->page, "number %s", first),
                   "is missing%s%s: that before it is of %s entries, that after it of %s",
                   strcmp(first, last) == 0 ? "" : ", and so are all up to number ",
                   strcmp(first, last) == 0 ? "" : last, audit_text(rows, i, "smaller"),
                   audit_text(rows, i, "size"));
    }
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

static void say_seal_of_nothing(struct audit *a)
{
    const char *size = rows_text(a->seals, a->seal, "size");

    audit_find(a, "log.seal", size ? size : "without a size", "covers entries that are not there");
}

void audit_seals_here(struct audit *a, const struct digest *root)
{
    for (;
         a->seal < rows_count(a->seals) && rows_int(a->seals, a->seal, "size") <= (int64_t)a->size;
         a->seal++) {
        if ((uint64_t)rows_int(a->seals, a->seal, "size") != a->size) {
            say_seal_of_nothing(a);
            continue;
        }
        struct digest heads = heads_now(a);
        if (!same(rows_bytes(a->page, a->seals, a->seal, "heads"), &heads))
            audit_find(a, "log.seal", audit_row(a, a->size),
                       "the column heads is not the root over the subjects");
        struct audit_seal *s = arena_alloc(a->mem, sizeof(*s));
        *s = (struct audit_seal){audit_text(a->seals, a->seal, "note"), a->size, *root, heads,
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

/* Which there must be. */
static struct err *check_list(struct audit *a)
{
    struct rows *list, *rows;

    TRY(store_call(a->page, a->store, "audit_sealed", NULL, &list));
    if (rows_count(list) != 1) {
        audit_find(a, "log.sealed", "one", "there is not one row but %zu", rows_count(list));
        return NULL;
    }
    if (!rows_bool(list, 0, "one"))
        audit_find(a, "log.sealed", "one", "the row is not the one that lists the seals");
    if (!rows_bool(list, 0, "ordered"))
        audit_find(a, "log.sealed", "one", "sizes is not in order");
    TRY(store_call(a->page, a->store, "audit_seals_listed", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *size = audit_text(rows, i, "size");
        int64_t listed = rows_int(rows, i, "listed"), there = rows_int(rows, i, "there");
        audit_find(a, "log.seal", size,
                   there == 0    ? "is missing: log.sealed lists it"
                   : listed == 0 ? "is not one that log.sealed lists"
                                 : "is there %" PRId64 " times, and log.sealed lists it %" PRId64,
                   there, listed);
        audit_find(a, "log.sealed", "one", "sizes has %s %" PRId64 " times, log.seal %" PRId64,
                   size, listed, there);
    }
    return NULL;
}

struct err *audit_signed_rest(struct audit *a)
{
    for (; a->seal < rows_count(a->seals); a->seal++)
        say_seal_of_nothing(a);
    check_seals(a);
    TRY(check_list(a));
    TRY(check_beyond(a));
    return check_gaps(a);
}
