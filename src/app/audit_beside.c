/* audit_beside.c - what the database keeps in other tables for each entry: its fields and its place
 * in the histories of its subjects. Each row belongs to an entry, and none is there twice. See
 * audit.h. */
#include "audit.h"

#include <inttypes.h>

struct err *audit_beside_load(struct audit *a, uint64_t from, uint64_t to, struct audit_beside *ret)
{
    struct binds b;

    *ret = (struct audit_beside){0};
    binds_init(&b, a->page);
    bind_int(&b, "from", (int64_t)from);
    bind_int(&b, "to", (int64_t)to);
    TRY(store_call(a->page, a->store, "audit_disclosed", &b, &ret->disclosed));
    return store_call(a->page, a->store, "audit_history", &b, &ret->history);
}

static bool is_of(const struct rows *rows, size_t row, uint64_t index)
{
    return row < rows_count(rows) && (uint64_t)rows_int(rows, row, "index") == index;
}

/* What is of an entry that is missing is passed over: that was said. */
static size_t skip_to(const struct rows *rows, size_t row, uint64_t index)
{
    while (row < rows_count(rows) && (uint64_t)rows_int(rows, row, "index") < index)
        row++;
    return row;
}

void audit_beside_take(struct audit *a, uint64_t index, struct audit_beside *b)
{
    size_t at = skip_to(b->disclosed, b->disclosed_next, index), first = at;

    b->type = b->fields = NULL;
    for (; is_of(b->disclosed, at, index); at++) {
        if (at > first) {
            audit_find(a, "log.disclosed", audit_row(a, index), "is there twice");
            continue;
        }
        b->type = rows_text(b->disclosed, at, "type");
        b->fields = audit_text(b->disclosed, at, "fields");
    }
    b->disclosed_next = at;
    b->history_from = at = skip_to(b->history, b->history_next, index);
    while (is_of(b->history, at, index))
        at++;
    b->history_next = at;
}

/* ---- Histories ------------------------------------------------------------------------------- */

static bool is_place_of(struct audit *a, const struct rows *rows, size_t row,
                        const struct leaf_subject *s)
{
    return bytes_same(rows_bytes(a->page, rows, row, "tag"), digest_bytes(&s->tag)) &&
           rows_text(rows, row, "seq") && (uint64_t)rows_int(rows, row, "seq") == s->seq;
}

static const char *place(struct audit *a, struct bytes tag, const char *seq)
{
    return arena_printf(a->page, "%s/%s", base64url_encode(a->page, tag.at, tag.n), seq);
}

void audit_beside_history(struct audit *a, uint64_t index, const struct leaf *leaf,
                          const struct audit_beside *b)
{
    bool *there = arena_array(a->page, leaf->n + 1, sizeof(*there));

    for (size_t row = b->history_from; row < b->history_next; row++) {
        size_t k = 0;
        while (k < leaf->n && !is_place_of(a, b->history, row, &leaf->subjects[k]))
            k++;
        if (k == leaf->n || there[k])
            audit_find(a, "log.history",
                       place(a, rows_bytes(a->page, b->history, row, "tag"),
                             audit_text(b->history, row, "seq")),
                       k == leaf->n ? "entry %" PRIu64 " is not that event of this subject"
                                    : "is there twice, for entry %" PRIu64,
                       index);
        there[k] = true;
    }
    for (size_t k = 0; k < leaf->n; k++)
        if (!there[k])
            audit_find(a, "log.history",
                       place(a, digest_bytes(&leaf->subjects[k].tag),
                             arena_printf(a->page, "%" PRIu64, leaf->subjects[k].seq)),
                       "is missing: it is entry %" PRIu64, index);
}

/* ---- What is of no entry --------------------------------------------------------------------- */

struct err *audit_beside_rest(struct audit *a)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, a->page);
    bind_int(&b, "size", (int64_t)a->expected);
    TRY(store_call(a->page, a->store, "audit_outside", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *index = rows_text(rows, i, "index"), *row = rows_text(rows, i, "row");
        if (!index)
            index = "without an index";
        audit_find(a, rows_text(rows, i, "tbl"), row ? row : index, "is of no entry of the log: %s",
                   index);
    }
    return NULL;
}
