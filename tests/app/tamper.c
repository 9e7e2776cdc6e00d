/* tamper.c - whoever edits the database, as superuser and with every trigger off, is found out: for
 * every column of every table that holds log or state, generated from the catalogue. */
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include "app/audit.h"
#include "log/entry.h"
#include "log/tree.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>

/* Another value for every column that has one, a row less and a row more: what to do, and where. */
static const char edits_sql[] =
    "WITH tables AS (SELECT c.oid, n.nspname, c.relname, n.nspname || '.' || c.relname AS "
    "name "
    "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "  WHERE n.nspname IN ('log', 'state') AND c.relkind = 'r' AND c.relname <> 'span'), "
    "columns AS (SELECT t.*, quote_ident(a.attname) AS col, y.typname "
    "  FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped "
    "  JOIN pg_type y ON y.oid = a.atttypid) "
    "SELECT name, format('UPDATE %s SET %s = %s WHERE ctid = (SELECT min(ctid) FROM %s WHERE %s IS "
    "NOT NULL%s)', "
    "  name, col, CASE typname WHEN 'text' THEN col || ' || chr(120)' WHEN 'bytea' THEN "
    "format('sha256(%s)', col) "
    "  WHEN 'int8' THEN col || ' + 1' WHEN 'int4' THEN col || ' + 1' WHEN 'bool' THEN 'NOT ' || "
    "col "
    "  WHEN 'date' THEN col || ' + 1' WHEN 'timestamptz' THEN col || ' - interval ''1 "
    "microsecond''' "
    "  WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'jsonb' THEN format('jsonb_build_array(%s)', col) "
    "  WHEN '_int4' THEN format('array_append(%s, 77)', col) "
    "  WHEN '_text' THEN format('array_append(%s, ''x'')', col) END, name, col, "
    "  CASE typname WHEN 'timestamptz' THEN format(' AND isfinite(%s)', col) "
    "  WHEN 'int8' THEN format(' AND %s < 9223372036854775807', col) ELSE '' END) AS sql FROM "
    "columns "
    "UNION ALL SELECT name, format('DELETE FROM %s WHERE ctid = (SELECT min(ctid) FROM %s)', name, "
    "name) "
    "  FROM tables "
    "UNION ALL SELECT name, format('DELETE FROM %s WHERE %s = (SELECT %s FROM %s LIMIT 1)', name, "
    "col, "
    "how, name) "
    "  FROM (VALUES ('log.checkpoint', 'number', '(min(number) + max(number)) / 2'), "
    "('log.checkpoint', "
    "'size', 'max(size)'), "
    "    ('log.seal', 'number', '1'), ('log.seal', 'number', 'max(number)')) x (name, col, how) "
    "UNION ALL VALUES ('log.checkpoint', 'WITH gone AS (SELECT max(number) - 1 AS n FROM "
    "log.checkpoint), "
    "  out AS (DELETE FROM log.checkpoint c USING gone WHERE c.number = gone.n) "
    "UPDATE log.checkpoint c SET number = c.number - 1 FROM gone WHERE c.number > gone.n') "
    "UNION ALL SELECT name, format('INSERT INTO %s SELECT * FROM %s LIMIT 1', name, name) "
    "  FROM tables WHERE nspname = 'state' "
    "UNION ALL VALUES ('tenure.blob', 'UPDATE tenure.blob SET bytes = sha256(bytes)'), "
    "  ('tenure.blob', 'UPDATE tenure.blob SET size = size + 1'), ('tenure.blob', 'DELETE FROM "
    "tenure.blob') "
    "ORDER BY 1, 2";

/* Constraints would stop some of it: a superuser takes them away first. */
static const char disarm_sql[] =
    "DO $$ DECLARE r record; BEGIN "
    "FOR r IN SELECT n.nspname, c.relname, k.conname FROM pg_constraint k JOIN pg_class c ON c.oid "
    "= k.conrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('log', 'state', 'tenure') "
    "ORDER BY k.contype = 'p' LOOP EXECUTE format('ALTER TABLE %I.%I DROP CONSTRAINT IF EXISTS %I "
    "CASCADE', "
    "r.nspname, r.relname, r.conname); END LOOP; "
    "FOR r IN SELECT n.nspname, c.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('log', 'state') AND "
    "x.indisunique LOOP "
    "EXECUTE format('DROP INDEX %I.%I', r.nspname, r.relname); END LOOP; END $$";

static void a_full_history(struct instance *i)
{
    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "step ask-waiver", with(i, h, "'steps':'2','reason':'is a member already'"));
    did(i, "lea", "step waive", with(i, h, "'steps':'2'"));
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    did(i, "adm", "title assert", "{'account':'acme-group','holder':'acme','since':'2019-05-01'}");
    did(i, "adm", "heir designate", "{'account':'acme-group','position':'marketing-lead'}");
    did(i, "adm", "account custodian", "{'account':'acme-group','person':'tess'}");
    for (int k = 0; k < 3; k++) {
        i->now += 1000;
        did(i, "aud", "log seal", "{}");
        did(i, "adm", "unit register", arena_printf(i->mem, "{'unit':'u%d','name':'U'}", k));
    }
}

static void run(PGconn *conn, const char *sql)
{
    PGresult *r = PQexec(conn, sql);

    cr_assert(PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK,
              "%s: %s", sql, PQerrorMessage(conn));
    PQclear(r);
}

static void keep(PGconn *conn, struct arena *mem, const char *table)
{
    run(conn, arena_printf(mem, "CREATE TABLE kept.%s AS SELECT * FROM %s", strchr(table, '.') + 1,
                           table));
}

static void put_back(PGconn *conn, struct arena *mem, const char *table)
{
    const char *name = strchr(table, '.') + 1;

    run(conn, arena_printf(mem, "DELETE FROM %s", table));
    run(conn, arena_printf(mem, "INSERT INTO %s SELECT * FROM kept.%s", table, name));
    run(conn, arena_printf(mem, "DROP TABLE kept.%s", name));
}

/* Edits that wait for the next audit: one a table, because each table is compared by itself. A
 * table of the log is tried alone: what is wrong there hides other things. */
struct round {
    struct instance *i;
    PGconn *conn;
    const char *tables[64], *sql[64];
    size_t n;
    int tried;
};

static void look(struct round *r)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct audit_report report;
    struct store *owner;

    if (r->n == 0)
        return;
    cr_assert_ok(store_open(mem, r->i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(mem, owner, &r->i->service, NULL, NULL, &report));
    store_close(owner);
    for (size_t k = 0; k < r->n; k++) {
        bool found = false;
        for (const struct audit_finding *f = report.first; f; f = f->next)
            found = found || strcmp(f->table, r->tables[k]) == 0;
        cr_expect(found, "%s was not found out", r->sql[k]);
        put_back(r->conn, mem, r->tables[k]);
    }
    r->n = 0;
}

static void edit(struct round *r, const char *table, const char *sql)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    bool state = strncmp(table, "state.", 6) == 0;

    if (!state)
        look(r);
    keep(r->conn, mem, table);
    PGresult *done = PQexec(r->conn, sql);
    cr_assert_eq(PQresultStatus(done), PGRES_COMMAND_OK, "%s: %s", sql, PQerrorMessage(r->conn));
    bool edited = strcmp(PQcmdTuples(done), "0") != 0;
    PQclear(done);
    if (!edited) {
        put_back(r->conn, mem, table);
        return;
    }
    r->tables[r->n] = table;
    r->sql[r->n++] = sql;
    r->tried++;
    if (!state)
        look(r);
}

/* The n-th edit of every table, then the next. */
static void all_edits(struct round *r, const PGresult *edits)
{
    bool more = true;

    for (int nth = 0; more; nth++) {
        int of_table = 0;
        more = false;
        for (int k = 0; k < PQntuples(edits); k++) {
            bool same = k && strcmp(PQgetvalue(edits, k, 0), PQgetvalue(edits, k - 1, 0)) == 0;
            of_table = same ? of_table + 1 : 0;
            if (of_table != nth)
                continue;
            edit(r, PQgetvalue(edits, k, 0), PQgetvalue(edits, k, 1));
            more = true;
        }
        look(r);
    }
}

Test(tamper, every_edit_of_every_table_is_named)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct round r = {.i = instance_new(mem)};

    a_full_history(r.i);
    database_sql(mem, r.i->uri, disarm_sql);
    audit_is_clean(r.i);
    r.conn = PQconnectdb(r.i->uri);
    PGresult *edits = PQexec(r.conn, edits_sql);
    cr_assert_eq(PQresultStatus(edits), PGRES_TUPLES_OK, "%s", PQerrorMessage(r.conn));
    run(r.conn, "SET session_replication_role = replica");
    run(r.conn, "CREATE SCHEMA kept");
    all_edits(&r, edits);
    PQclear(edits);
    PQfinish(r.conn);
    audit_is_clean(r.i);
    cr_expect_gt(r.tried, 250, "only %d edits were possible", r.tried);
}

/* ---- By somebody who knows how entries are made ------------------------------------------------
 */

/* The first entry of a type, written again in all of its parts, with nothing in its payload. */
static const char *emptied(struct arena *mem, struct store *owner, const char *type)
{
    struct rows *rows;
    struct leaf leaf;
    struct binds b;
    size_t at = 0;

    binds_init(&b, mem);
    bind_int(&b, "from", 0);
    bind_int(&b, "n", 1000);
    cr_assert_ok(store_call(mem, owner, "audit_entries", &b, &rows));
    while (strcmp(rows_text(rows, at, "type"), type) != 0)
        cr_assert_lt(++at, rows_count(rows), "there is no %s", type);
    const char *fields[] = {
        disclosure_new(mem, "type", arena_printf(mem, "\"%s\"", type)),
        disclosure_new(mem, "after", "{}"),
    };
    const char *body = body_new(mem, fields, 2);
    cr_assert_ok(leaf_parse(mem, rows_bytes(mem, rows, at, "leaf"), &leaf));
    leaf.body = sha256(bytes_of_text(body));
    const char *text = leaf_text(mem, &leaf);
    struct digest hash = tree_leaf(bytes_of_text(text));
    return arena_printf(
        mem,
        "SET session_replication_role = replica; "
        "UPDATE log.entry SET leaf = '\\x%s', body = '\\x%s', hash = '\\x%s' WHERE index = %lld; "
        "UPDATE log.disclosed SET fields = '%s~%s' WHERE index = %lld",
        hex_encode(mem, text, strlen(text)), hex_encode(mem, body, strlen(body)),
        hex_encode(mem, hash.at, sizeof(hash.at)), (long long)rows_int(rows, at, "index"),
        fields[0], fields[1], (long long)rows_int(rows, at, "index"));
}

Test(tamper, an_entry_that_says_nothing_is_named)
{
    static const char *const types[] = {"person.joined", "key.enrolled"};

    for (size_t k = 0; k < 2; k++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct instance *i = instance_new(mem);
        struct store *owner;
        cr_assert_ok(store_open(mem, i->uri, STORE_AS_OWNER, &owner));
        const char *sql = emptied(mem, owner, types[k]);
        store_close(owner);
        database_sql(mem, i->uri, sql);
        audit_names(i, "log.disclosed", NULL);
    }
}

/* ---- Rights that were never given --------------------------------------------------------------
 */

static const char *next_entry(struct instance *i)
{
    struct rows *rows;

    cr_assert_ok(store_call(i->mem, i->store, "log_checkpoint", NULL, &rows));
    return rows_text(rows, 0, "size");
}

/* A right is put into the tables, used, and taken away again. */
static const char *by_a_forged_right(struct instance *i, const char *role, const char *unit,
                                     const char *command, const char *params)
{
    const char *entry = next_entry(i);

    database_sql(i->mem, i->uri,
                 arena_printf(i->mem,
                              "INSERT INTO state.role_grant (id, person, role, unit, valid_from, "
                              "valid_to, known_from, known_to) SELECT gen_random_uuid(), p.id, "
                              "'%s', u.id, '2020-01-01', 'infinity', 0, 9223372036854775807 FROM "
                              "state.thing p LEFT JOIN state.thing u ON u.noun = 'unit' AND u.ref "
                              "= '%s' WHERE p.noun = 'person' AND p.ref = 'tess'",
                              role, unit));
    did(i, "tess", command, params);
    database_sql(i->mem, i->uri,
                 arena_printf(i->mem,
                              "DELETE FROM state.role_grant WHERE role = '%s' AND person = "
                              "(SELECT id FROM state.thing WHERE ref = 'tess')",
                              role));
    return entry;
}

Test(tamper, a_right_that_was_never_given_is_named)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct audit_report report;
    struct store *owner;

    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales','owner':'head-of-sales'}");
    const char *first = by_a_forged_right(i, "admin", "", "unit register",
                                          "{'unit':'ours','name':'Ours','parent':'sales'}");
    const char *second = by_a_forged_right(i, "keeper", "sales", "account change",
                                           "{'account':'acme-x','note':'is mine'}");
    cr_assert_ok(store_open(mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(mem, owner, &i->service, NULL, NULL, &report));
    store_close(owner);
    cr_assert_eq(report.findings, 2);
    cr_expect_str_eq(report.first->row, first);
    cr_expect_str_eq(report.first->text,
                     "tess had no right to 'unit register': this needs admin, hr; tess is not");
    cr_expect_str_eq(report.first->next->row, second);
    cr_expect_not_null(strstr(report.first->next->text, "tess had no right to 'account change'"));
}
