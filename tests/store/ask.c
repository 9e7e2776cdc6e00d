/* ask.c - statements that go out together: what comes back, and what does not after an error. */
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static const struct binds *size_of(struct binds *b, struct arena *mem, const char *size)
{
    binds_init(b, mem);
    bind_text(b, "size", size);
    return b;
}

Test(ask, answers_come_together_and_in_order)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct rows *rows[50];
    struct store *s;
    struct binds b;

    cr_assert_ok(store_open(mem, database_new(mem), STORE_AS_SERVICE, &s));
    cr_assert_ok(store_snapshot(mem, s));
    for (size_t i = 0; i < 50; i++) /* more than one breath takes */
        cr_assert_ok(i % 2 ? store_ask(mem, s, "log_look", NULL, &rows[i])
                           : store_ask(mem, s, "log_seal", size_of(&b, mem, "1"), &rows[i]));
    cr_assert_ok(store_answers(mem, s));
    for (size_t i = 0; i < 50; i++)
        cr_expect_eq(rows_count(rows[i]), i % 2);
    cr_assert_ok(store_answers(mem, s)); /* nothing is asked: nothing is waited for */
    store_rollback(s);
    store_close(s);
}

/* The first error is the one that is said; what was asked after it was not done, and the connection
 * goes on. */
Test(ask, after_an_error_nothing_is_done)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct rows *good, *bad, *after;
    struct store *s;
    struct binds b;

    cr_assert_ok(store_open(mem, database_new(mem), STORE_AS_SERVICE, &s));
    for (int round = 0; round < 2; round++) { /* prepared or not */
        cr_assert_ok(store_begin(mem, s));
        cr_assert_ok(store_ask(mem, s, "log_look", NULL, &good));
        cr_assert_ok(store_ask(mem, s, "log_seal", size_of(&b, mem, "no number"), &bad));
        cr_assert_ok(store_ask(mem, s, "log_heads", size_of(&b, mem, "0"), &after));
        struct err *e = store_answers(mem, s);
        cr_assert_not_null(e);
        cr_expect_not_null(strstr(e->text, "log_seal"), "%s", e->text);
        cr_assert_not_null(store_commit(mem, s), "nothing can be committed");
        store_rollback(s);
    }
    cr_assert_ok(store_begin(mem, s));
    cr_assert_ok(store_call(mem, s, "log_heads", size_of(&b, mem, "0"), &after));
    cr_assert_ok(store_commit(mem, s));
    store_close(s);
}

Test(ask, a_connection_that_is_lost_meanwhile_is_said_and_opened_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    struct rows *one, *two;
    struct store *s;

    cr_assert_ok(store_open(mem, uri, STORE_AS_SERVICE, &s));
    cr_assert_ok(store_begin(mem, s));
    cr_assert_ok(store_ask(mem, s, "log_look", NULL, &one));
    database_sql(mem, uri,
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    struct err *e = store_ask(mem, s, "log_look", NULL, &two);
    e = e ? e : store_answers(mem, s);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNAVAILABLE);
    store_rollback(s);
    cr_assert_ok(store_begin(mem, s));
    cr_assert_ok(store_call(mem, s, "log_look", NULL, &one));
    cr_expect_eq(rows_count(one), 1);
    cr_assert_ok(store_commit(mem, s));
    store_close(s);
}

/* Nobody reads what was asked: the transaction ends all the same. */
Test(ask, what_is_not_waited_for_is_left_behind)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct store *s;
    struct rows *rows;

    cr_assert_ok(store_open(mem, database_new(mem), STORE_AS_SERVICE, &s));
    for (int i = 0; i < 3; i++) {
        AUTO(arena_auto) struct arena *gone = arena_new();
        cr_assert_ok(store_begin(gone, s));
        cr_assert_ok(store_ask(gone, s, "log_look", NULL, &rows));
        store_rollback(s);
    }
    cr_assert_ok(store_call(mem, s, "log_look", NULL, &rows));
    cr_expect_eq(rows_count(rows), 1);
    store_close(s);
}

/* The end of a transaction that only reads costs no way of its own; after an error it does. */
Test(ask, a_transaction_may_end_with_what_is_asked_last)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct rows *rows, *bad;
    struct store *s;
    struct binds b;

    cr_assert_ok(store_open(mem, database_new(mem), STORE_AS_SERVICE, &s));
    for (int round = 0; round < 4; round++) {
        uint64_t before = store_ways();
        cr_assert_ok(store_snapshot(mem, s));
        cr_assert_ok(store_ask(mem, s, "log_look", NULL, &rows));
        if (round == 2)
            cr_assert_ok(store_ask(mem, s, "log_seal", size_of(&b, mem, "no number"), &bad));
        cr_assert_ok(store_ask_rollback(mem, s));
        struct err *e = store_answers(mem, s);
        cr_expect_eq(e != NULL, round == 2);
        store_rollback(s);
        cr_expect_eq(store_ways() - before, round == 2 ? 2 : 1, "round %d: %d", round,
                     (int)(store_ways() - before));
        if (!e)
            cr_expect_eq(rows_count(rows), 1);
    }
    store_close(s);
}

/* What a question leaves out is left out of its plan; any of it can be, also when the connection
 * has all the plans that it can bear. */
Test(ask, whatever_is_optional_can_be_left_out)
{
    static const char *const optional[] = {"platform", "kind",   "status", "unit",  "parent",
                                           "owner",    "person", "title",  "search"};
    enum { OPTIONAL = sizeof(optional) / sizeof(*optional) };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct rows *rows;
    struct store *s;
    struct binds b;

    cr_assert_ok(store_open(mem, database_new(mem), STORE_AS_SERVICE, &s));
    for (unsigned set = 0; set < 1U << OPTIONAL; set++) {
        cr_assert_ok(store_snapshot(mem, s));
        binds_init(&b, mem);
        for (size_t i = 0; i < OPTIONAL; i++) {
            bool is_id = strchr("uop", *optional[i]) && strcmp(optional[i], "platform") != 0;
            bind_text(&b, optional[i],
                      !(set & 1U << i) ? NULL
                      : is_id          ? "018f0000-0000-7000-8000-000000000001"
                                       : "none");
        }
        bind_text(&b, "as_of", "2026-01-01T00:00:00Z");
        bind_text(&b, "now", "2026-01-01T00:00:00Z");
        bind_text(&b, "as_known", "1000");
        bind_text(&b, "all", "true");
        bind_text(&b, "units", "{}");
        bind_text(&b, "actor", NULL);
        bind_text(&b, "after", NULL);
        bind_text(&b, "orphans", NULL);
        bind_text(&b, "limit", "5");
        cr_assert_ok(store_call(mem, s, "account_list", &b, &rows));
        cr_expect_eq(rows_count(rows), 0);
        store_rollback(s);
    }
    store_close(s);
}

static void count_one(void *ctx, const struct rows *one)
{
    cr_expect_eq(rows_count(one), 1);
    ++*(size_t *)ctx;
}

/* Row by row, in a transaction or not, behind what was asked before; and after an error the
 * connection goes on. */
Test(ask, rows_can_come_one_by_one)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    size_t n = 0, none = 0;
    struct rows *before;
    struct store *s;
    struct binds b;

    cr_assert_ok(store_open(mem, database_new(mem), STORE_AS_SERVICE, &s));
    binds_init(&b, mem);
    for (int round = 0; round < 2; round++) { /* prepared or not */
        cr_assert_ok(store_begin(mem, s));
        cr_assert_ok(store_ask(mem, s, "log_look", NULL, &before));
        cr_assert_ok(store_stream(mem, s, "log_look", NULL, count_one, &n));
        cr_expect_eq(rows_count(before), 1);
        cr_assert_ok(store_call(mem, s, "log_look", NULL, &before)); /* comes whole again */
        cr_expect_not_null(rows_text(before, 0, "size"));
        cr_assert_ok(store_commit(mem, s));
        cr_assert_ok(store_stream(mem, s, "log_heads", size_of(&b, mem, "0"), count_one, &none));
        struct err *e =
            store_stream(mem, s, "log_heads", size_of(&b, mem, "no number"), count_one, &none);
        cr_assert_not_null(e);
        cr_expect_not_null(strstr(e->text, "log_heads"), "%s", e->text);
    }
    cr_expect_eq(n, 2);
    cr_expect_eq(none, 0);
    store_close(s);
}
