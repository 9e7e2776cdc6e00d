/* tamper_catalog.c - whoever changes what decides how the rows are read and written is found out
 * too: functions, triggers, rules, policies, defaults, constraints, views, rights. The edits are
 * made by tamper_catalog.sql from the catalogue; `make tamper` does all of them, `make test` some
 * of each kind. */
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include "app/audit.h"
#include "base/file.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdlib.h>

struct edits {
    struct arena *mem;
    struct instance *i;
    PGresult *all; /* kind, name, sql, together; by kind */
    size_t tried, caught;
};

static const char *at(const struct edits *m, int row, const char *column)
{
    return PQgetvalue(m->all, row, PQfnumber(m->all, column));
}

/* Of a kind as many as are judged together, or all. */
static const char some[] = "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY "
                           "hashtext(name), n) AS nth FROM tamper.cases) c WHERE nth <= together "
                           "ORDER BY kind, nth";
static const char all[] = "SELECT * FROM tamper.cases ORDER BY kind, n";

static void load(struct edits *m)
{
    const char *path =
        arena_printf(m->mem, "%s/tests/app/tamper_catalog.sql", getenv("TENURE_ROOT"));
    struct bytes sql;

    cr_assert_ok(file_read(m->mem, path, 1 << 20, &sql));
    database_sql(m->mem, m->i->uri, arena_copy_n(m->mem, (const char *)sql.at, sql.n));
    PGconn *conn = PQconnectdb(m->i->uri);
    m->all = PQexec(conn, text_same(getenv("TENURE_TAMPER"), "all") ? all : some);
    cr_assert_eq(PQresultStatus(m->all), PGRES_TUPLES_OK, "%s", PQerrorMessage(conn));
    PQfinish(conn);
}

static bool is_named(const struct audit_report *report, const char *name)
{
    for (const struct audit_finding *f = report->first; f; f = f->next)
        if (strcmp(f->table, "catalog") == 0 && strcmp(f->row, name) == 0)
            return true;
    return false;
}

static void say_missed(const struct edits *m, int row, const struct audit_report *report)
{
    int shown = 0;

    fprintf(stderr, "not named: %s: %s: %s\n", at(m, row, "kind"), at(m, row, "name"),
            at(m, row, "sql"));
    for (const struct audit_finding *f = report->first; f && shown < 5; f = f->next, shown++)
        fprintf(stderr, "    %s %s: %s\n", f->table, f->row, f->text);
}

/* In one transaction, which the audit undoes. */
static void try_these(struct edits *m, int from, int to)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct audit_report report;
    struct store *owner;

    cr_assert_ok(store_open(mem, m->i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(store_script(mem, owner,
                              "BEGIN ISOLATION LEVEL REPEATABLE READ; "
                              "SET LOCAL check_function_bodies = off"));
    for (int row = from; row < to; row++) {
        struct err *e = store_script(mem, owner, at(m, row, "sql"));
        cr_assert_null(e, "%s: %s", at(m, row, "sql"), e ? e->text : "");
    }
    cr_assert_ok(store_script(mem, owner, "SET LOCAL check_function_bodies = on"));
    struct err *e = audit_run(mem, owner, &m->i->service, NULL, NULL, &report);
    cr_assert_null(e, "%s: %s", at(m, from, "sql"), e ? e->text : "");
    store_close(owner);
    for (int row = from; row < to; row++) {
        bool named = is_named(&report, at(m, row, "name"));
        m->tried++;
        m->caught += named;
        if (!named)
            say_missed(m, row, &report);
    }
}

Test(tamper, what_the_rows_are_read_by)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct edits m = {.mem = mem, .i = i};
    int to = 0;

    sam_holds(i);
    audit_is_clean(i);
    load(&m);
    for (int from = 0; from < PQntuples(m.all); from = to) {
        int together = atoi(at(&m, from, "together"));
        while (to < PQntuples(m.all) && to - from < together &&
               strcmp(at(&m, to, "kind"), at(&m, from, "kind")) == 0)
            to++;
        try_these(&m, from, to);
    }
    PQclear(m.all);
    audit_is_clean(i);
    printf("cases %zu caught %zu\n", m.tried, m.caught);
    cr_expect_gt(m.tried, 0);
    cr_expect_eq(m.caught, m.tried, "%zu edits were not named", m.tried - m.caught);
}
