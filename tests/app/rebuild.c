/* rebuild.c - whatever was done to the tables of the state, the log makes them again. */
#include "stories.h"

#include "app/audit.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>

static void edit(PGconn *conn, const char *sql)
{
    PGresult *r = PQexec(conn, sql);

    cr_assert(PQresultStatus(r) == PGRES_COMMAND_OK, "%s: %s", sql, PQerrorMessage(conn));
    PQclear(r);
}

static struct err *mend(struct instance *i, struct audit_report *ret)
{
    struct store *owner;

    cr_assert_ok(store_open(i->mem, i->uri, STORE_AS_OWNER, &owner));
    struct err *e = audit_rebuild(i->mem, owner, &i->service, NULL, NULL, ret);
    store_close(owner);
    return e;
}

/* Every table loses rows, gets other words where its checks let them in, and rows with other ids.
 */
static const char harm[] =
    "DO $$ DECLARE t regclass; c name; BEGIN "
    "FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'state'::regnamespace "
    "         AND relkind = 'r' AND relname <> 'span' "
    "LOOP "
    "  EXECUTE format('DELETE FROM %s WHERE ctid IN (SELECT ctid FROM %s ORDER BY ctid LIMIT 2)', "
    "t, t); "
    "  FOR c IN SELECT attname FROM pg_attribute WHERE attrelid = t AND attnum > 0 "
    "           AND atttypid = 'text'::regtype LOOP "
    "    BEGIN "
    "      EXECUTE format('UPDATE %s SET %I = %I || ''x'' WHERE ctid = (SELECT max(ctid) FROM "
    "%s)', "
    "                     t, c, c, t); "
    "    EXCEPTION WHEN check_violation THEN NULL; END; "
    "  END LOOP; "
    "  EXECUTE format('UPDATE %s SET id = gen_random_uuid() WHERE ctid = (SELECT max(ctid) FROM "
    "%s)', "
    "                 t, t); "
    "END LOOP; END $$";

Test(rebuild, the_log_makes_every_table_again)
{
    static const char *const ways[] = {
        "TRUNCATE state.thing CASCADE",
        harm,
        "UPDATE state.thing SET ref = ref || 'x'",
        "DELETE FROM state.owner; INSERT INTO state.unit SELECT * FROM state.unit WHERE false",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct audit_report report;

    sam_holds(i);
    case_opened(i);
    PGconn *conn = PQconnectdb(i->uri);
    edit(conn, "SET session_replication_role = replica");
    cr_assert_ok(mend(i, &report));
    cr_assert_eq(report.findings, 0, "a state that was right was found wrong");
    for (size_t k = 0; k < sizeof(ways) / sizeof(*ways); k++) {
        edit(conn, ways[k]);
        cr_assert_ok(mend(i, &report));
        cr_expect(report.findings > 0 && audit_of_state_only(&report), "%s", ways[k]);
        audit_is_clean(i);
    }
    did(i, "aud", "account show", "{'account':'acme-group'}");
    PQfinish(conn);
}

Test(rebuild, not_from_a_log_that_is_not_whole)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct audit_report report;

    sam_holds(i);
    PGconn *conn = PQconnectdb(i->uri);
    edit(conn, "SET session_replication_role = replica");
    edit(conn, "UPDATE state.unit SET name = 'Eve'");
    edit(conn, "UPDATE log.entry SET recorded_at = recorded_at + interval '1 ms' WHERE index = 5");
    struct err *e = mend(i, &report);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_BROKEN);
    cr_expect_not_null(strstr(e->text, "log.entry"), "%s", e->text);
    edit(conn, "UPDATE log.entry SET recorded_at = recorded_at - interval '1 ms' WHERE index = 5");
    audit_names(i, "state.unit", NULL);
    PQfinish(conn);
}

/* What hides rows from the service hides nothing from the audit; and nothing is made through it. */
Test(rebuild, what_stands_before_the_rows_is_named)
{
    static const struct {
        const char *edit, *back, *row;
    } rows[] = {
        {"ALTER TABLE state.access_grant ENABLE ROW LEVEL SECURITY",
         "ALTER TABLE state.access_grant DISABLE ROW LEVEL SECURITY", "state.access_grant"},
        {"CREATE POLICY hide ON log.entry FOR SELECT USING (index <> 3)",
         "DROP POLICY hide ON log.entry", "log.entry"},
        {"CREATE RULE quiet AS ON DELETE TO state.owner DO INSTEAD NOTHING",
         "DROP RULE quiet ON state.owner", "state.owner"},
        {"CREATE TABLE state.more () INHERITS (state.unit)", "DROP TABLE state.more", "state.unit"},
        {"CREATE FUNCTION state.ref_of(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
         "DROP FUNCTION state.ref_of(text)", "state.ref_of(text)"},
        {"ALTER FUNCTION state.ref_of(uuid) SECURITY DEFINER",
         "ALTER FUNCTION state.ref_of(uuid) SECURITY INVOKER", "state.ref_of"},
        {"ALTER FUNCTION state.ref_of(uuid) SET search_path = public",
         "ALTER FUNCTION state.ref_of(uuid) RESET search_path", "state.ref_of"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct audit_report report;
    PGconn *conn = PQconnectdb(i->uri);

    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        edit(conn, rows[k].edit);
        audit_names(i, "catalog", rows[k].row);
        cr_expect_not_null(mend(i, &report), "%s", rows[k].edit);
        edit(conn, rows[k].back);
        audit_is_clean(i);
    }
    PQfinish(conn);
}
