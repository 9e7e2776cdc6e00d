/* audit_witness.c - what witnesses have cosigned, as it is kept: each line is theirs, over a note
 * that is there, and none is missing. See audit.h. */
#include "audit.h"

#include "base/text.h"
#include "log/witness.h"

#include <inttypes.h>

static const int64_t most = 1000000000000000; /* more than there ever are */

struct kept {
    uint64_t n;
    struct digest chain;
    struct rows *last;
};

static struct digest next_chain(struct audit *a, const struct kept *k, const struct rows *rows,
                                size_t i)
{
    const char *text =
        arena_printf(a->page, "%" PRIu64 "\n%s\n%s\n%s\n%s", k->n, audit_text(rows, i, "size"),
                     rows_bool(rows, i, "sealed") ? "seal" : "checkpoint",
                     audit_text(rows, i, "witness"), audit_text(rows, i, "line"));
    const struct bytes parts[] = {digest_bytes(&k->chain), bytes_of_text(text)};

    return sha256_parts(parts, 2);
}

static struct err *check_line(struct audit *a, const struct rows *rows, size_t i)
{
    const char *note = rows_text(rows, i, "note"), *line = audit_text(rows, i, "line"), *found;
    struct note_verifier witness;
    struct note parsed;

    if (!note)
        return err_new(a->page, ERR_BROKEN, "the %s that it cosigns is not there",
                       rows_bool(rows, i, "sealed") ? "seal" : "checkpoint");
    TRY(note_verifier_parse(a->page, audit_text(rows, i, "witness"), &witness));
    TRY(note_parse(a->page, bytes_of_text(note), &parsed));
    TRY(note_line_by(a->page, parsed.text, bytes_of_text(line), &witness, &found, NULL));
    if (strcmp(found, line) != 0)
        return err_new(a->page, ERR_BROKEN, "there is more in it than the cosignature");
    return NULL;
}

static void check_row(struct audit *a, const struct rows *rows, size_t i, struct kept *k)
{
    uint64_t n = (uint64_t)rows_int(rows, i, "n");
    struct bytes chain = rows_bytes(a->page, rows, i, "chain");

    if (n < k->n) {
        audit_find(a, "log.cosignature", audit_row(a, n), "is there twice");
        return;
    }
    audit_missing(a, "log.cosignature", k->n, n);
    k->n = n;
    struct err *e = check_line(a, rows, i);
    if (e)
        audit_find(a, "log.cosignature", audit_row(a, n), "%s", e->text);
    k->chain = next_chain(a, k, rows, i);
    if (!bytes_same(chain, digest_bytes(&k->chain))) {
        audit_find(a, "log.cosignature", audit_row(a, n),
                   "does not follow the rows before it: the column chain is another");
        if (chain.n == sizeof(k->chain.at)) /* so that the next ones are judged by themselves */
            memcpy(k->chain.at, chain.at, chain.n);
    }
    k->n = n + 1;
    a->report->cosignatures++;
}

/* The row beside them says where they end. */
static struct err *load_last(struct audit *a, struct kept *k)
{
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_cosigned", NULL, &rows));
    k->last = rows;
    if (rows_count(rows) != 1)
        audit_find(a, "log.cosigned", "one", "there is not one row but %zu", rows_count(rows));
    else if (!rows_bool(rows, 0, "one"))
        audit_find(a, "log.cosigned", "one", "the row is not the one that is counted in");
    return NULL;
}

static void check_last(struct audit *a, const struct kept *k)
{
    if (rows_count(k->last) != 1)
        return;
    uint64_t count = (uint64_t)rows_int(k->last, 0, "count");
    bool ends = bytes_same(rows_bytes(a->page, k->last, 0, "chain"), digest_bytes(&k->chain));
    if (count != k->n)
        audit_find(a, "log.cosigned", "one",
                   "count is %" PRIu64 ", log.cosignature goes on to %" PRIu64, count, k->n);
    if (!ends)
        audit_find(a, "log.cosigned", "one", "chain is not that of the newest cosignature");
    if (count > k->n && !ends)
        audit_missing(a, "log.cosignature", k->n, count);
}

/* What has a number that none can have. */
static struct err *check_outside(struct audit *a)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, a->page);
    bind_int(&b, "most", most);
    TRY(store_call(a->page, a->store, "audit_cosignatures_outside", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        audit_find(a, "log.cosignature", rows_text(rows, i, "row"),
                   "has a number that no cosignature can have");
    return NULL;
}

static struct err *check_page(struct audit *a, struct kept *k, bool *ret_more)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, a->page);
    bind_int(&b, "from", (int64_t)k->n);
    bind_int(&b, "most", most);
    bind_int(&b, "rows", AUDIT_PAGE);
    TRY(store_call(a->page, a->store, "audit_cosignatures", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        check_row(a, rows, i, k);
    *ret_more = rows_count(rows) > 0;
    return NULL;
}

struct err *audit_witness(struct audit *a)
{
    struct arena *whole = a->page;
    struct kept kept = {.n = 0};
    bool more = true;

    TRY(load_last(a, &kept));
    while (more) {
        AUTO(arena_auto) struct arena *page = arena_new();
        a->page = page;
        struct err *e = check_page(a, &kept, &more);
        a->page = whole;
        if (e)
            return err_new(a->mem, e->kind, "%s", e->text);
    }
    check_last(a, &kept);
    return check_outside(a);
}
