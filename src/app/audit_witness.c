/* audit_witness.c - what witnesses have cosigned, as it is kept: each line is theirs, over a note
 * that is there, and none is missing. See audit.h. */
#include "audit.h"

#include "base/text.h"
#include "log/witness.h"

#include <inttypes.h>

struct kept {
    uint64_t n;
    struct digest chain;
};

static struct digest next_chain(struct audit *a, const struct kept *k, const struct rows *rows,
                                size_t i)
{
    const char *text =
        arena_printf(a->page, "%" PRIu64 "\n%s\n%s\n%s\n%s", k->n, rows_text(rows, i, "size"),
                     rows_bool(rows, i, "sealed") ? "seal" : "checkpoint",
                     rows_text(rows, i, "witness"), rows_text(rows, i, "line"));
    const struct bytes parts[] = {digest_bytes(&k->chain), bytes_of_text(text)};

    return sha256_parts(parts, 2);
}

static struct err *check_line(struct audit *a, const struct rows *rows, size_t i)
{
    const char *note = rows_text(rows, i, "note"), *line = rows_text(rows, i, "line"), *found;
    struct note_verifier witness;
    struct note parsed;

    if (!note)
        return err_new(a->page, ERR_BROKEN, "the %s that it cosigns is not there",
                       rows_bool(rows, i, "sealed") ? "seal" : "checkpoint");
    TRY(note_verifier_parse(a->page, rows_text(rows, i, "witness"), &witness));
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

    for (; k->n < n; k->n++)
        audit_find(a, "log.cosignature", audit_row(a, k->n), "is missing");
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

static struct err *check_last(struct audit *a, const struct kept *k)
{
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_cosigned", NULL, &rows));
    if (rows_count(rows) != 1)
        audit_find(a, "log.cosigned", "all", "there is not one row but %zu", rows_count(rows));
    else if (!rows_bool(rows, 0, "one"))
        audit_find(a, "log.cosigned", "one", "the row is not the one that is counted in");
    else if ((uint64_t)rows_int(rows, 0, "count") != k->n)
        audit_find(a, "log.cosigned", "one",
                   "count is %s, the newest row of log.cosignature is %" PRIu64,
                   rows_text(rows, 0, "count"), k->n ? k->n - 1 : 0);
    else if (!bytes_same(rows_bytes(a->page, rows, 0, "chain"), digest_bytes(&k->chain)))
        audit_find(a, "log.cosigned", "one", "chain is not that of the newest cosignature");
    return NULL;
}

struct err *audit_witness(struct audit *a)
{
    struct arena *whole = a->page;
    struct kept kept = {.n = 0};
    struct err *e = NULL;
    bool more = true;

    while (more && !e) {
        AUTO(arena_auto) struct arena *page = arena_new();
        struct rows *rows;
        struct binds b;
        a->page = page;
        binds_init(&b, page);
        bind_int(&b, "from", (int64_t)kept.n);
        bind_int(&b, "rows", AUDIT_PAGE);
        e = store_call(page, a->store, "audit_cosignatures", &b, &rows);
        for (size_t i = 0; !e && i < rows_count(rows); i++)
            check_row(a, rows, i, &kept);
        more = !e && rows_count(rows) == AUDIT_PAGE;
        if (e)
            e = err_new(a->mem, e->kind, "%s", e->text);
        a->page = whole;
    }
    return e ? e : check_last(a, &kept);
}
