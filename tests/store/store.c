/* store.c - talking to PostgreSQL: statements by name, transactions, lost connections, migrations.
 */
#include "base/map.h"
#include "base/text.h"
#include "store/migrate.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static struct store *opened(struct arena *mem, const char *uri, enum store_as as)
{
    struct store *s;

    cr_assert_ok(store_open(mem, uri, as, &s));
    return s;
}

Test(store, the_schema_is_laid_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct store *s = opened(mem, database_new(mem), STORE_AS_OWNER);
    size_t n = 99;

    cr_assert_ok(store_is_current(mem, s));
    cr_assert_ok(store_migrate(mem, s, &n));
    cr_expect_eq(n, 0, "nothing is applied twice");
    store_close(s);
}

Test(store, a_changed_migration_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    struct store *s = opened(mem, uri, STORE_AS_OWNER);
    size_t n;

    database_sql(
        mem, uri,
        "UPDATE tenure.migration SET sha256 = repeat('0', 64) WHERE path = 'schema/001_log.sql'");
    struct err *e = store_migrate(mem, s, &n);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "001_log.sql"), "%s", e->text);
    store_close(s);
}

Test(store, a_database_of_another_encoding_is_refused)
{
    static const char *const encodings[] = {"SQL_ASCII", "LATIN1"};

    for (size_t i = 0; i < sizeof(encodings) / sizeof(*encodings); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const char *uri = database_encoded(mem, encodings[i]);
        struct store *s = opened(mem, uri, STORE_AS_OWNER);
        size_t n = 99;
        struct err *e = store_migrate(mem, s, &n);
        cr_assert_not_null(e, "%s", encodings[i]);
        cr_expect_eq(e->kind, ERR_CONFLICT);
        cr_expect_not_null(strstr(e->text, encodings[i]), "%s", e->text);
        cr_expect_not_null(strstr(e->text, "ENCODING 'UTF8'"), "what to do: %s", e->text);
        cr_expect_eq(n, 0);
        cr_expect_str_eq(database_value(mem, uri,
                                        "SELECT count(*)::text FROM pg_namespace WHERE "
                                        "nspname IN ('log', 'state', 'tenure') AND $1 = ''",
                                        ""),
                         "0", "nothing was laid");
        store_close(s);
    }
}

/* Rights that a fresh database gives. */
Test(store, nobody_but_the_service_may_call_anything)
{
    static const char everybody[] =
        "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace "
        "CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a "
        "WHERE n.nspname IN ('log', 'tenure', 'state', 'outbox', 'browser', 'upload') "
        "AND a.grantee = 0 AND $1 = ''";
    static const char rights[] =
        "SELECT string_agg(concat(p.oid::regprocedure, ' ', a.grantee::regrole, ' ', "
        "a.privilege_type), E'\n' ORDER BY p.oid::regprocedure::text, a.grantee) FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace "
        "CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a "
        "WHERE n.nspname IN ('log', 'tenure', 'state', 'outbox', 'browser', 'upload') "
        "AND $1 = ''";
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    struct store *s = opened(mem, uri, STORE_AS_OWNER);
    size_t n;

    cr_expect_null(database_value(mem, uri, everybody, ""), "%s may be called by everybody",
                   database_value(mem, uri, everybody, ""));
    const char *fresh = database_value(mem, uri, rights, "");
    cr_expect_not_null(strstr(fresh, "tenure_service EXECUTE"));
    /* As a dump that was brought back without its rights has it. */
    database_sql(mem, uri,
                 "REVOKE ALL ON SCHEMA log, tenure, state, outbox, browser, upload "
                 "FROM tenure_service; "
                 "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA log, tenure, state, outbox, browser, "
                 "upload FROM tenure_service; "
                 "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA log, tenure, state, outbox, browser, "
                 "upload TO PUBLIC");
    cr_assert_ok(store_migrate(mem, s, &n));
    cr_expect_gt(n, 0);
    cr_expect_str_eq(database_value(mem, uri, rights, ""), fresh);
    store_close(s);
}

Test(store, whoever_owns_the_database_needs_no_other_right)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_owned(mem);
    struct store *s = opened(mem, uri, STORE_AS_OWNER);
    struct catalog c;
    size_t n;

    cr_assert_ok(store_migrate(mem, s, &n));
    cr_assert_ok(store_trial(mem, s));
    cr_assert_ok(store_catalog(mem, s, &c));
    cr_expect_gt(rows_count(c.laid), 1000);
    cr_assert_eq(rows_count(c.live), rows_count(c.laid));
    for (size_t i = 0; i < rows_count(c.laid); i++)
        cr_expect_str_eq(rows_text(c.live, i, "name"), rows_text(c.laid, i, "name"));
    cr_expect_eq(rows_count(c.around), 0);
    store_rollback(s);
    store_close(s);
    store_close(opened(mem, uri, STORE_AS_SERVICE));
}

/* What an earlier version laid and this one does not would be called in the place of ours. */
Test(store, functions_that_no_file_has_any_more_go)
{
    static const char there[] =
        "SELECT (to_regprocedure('state.ref_of(text)') IS NOT NULL)::text WHERE $1 = ''";
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    struct store *s = opened(mem, uri, STORE_AS_OWNER);
    size_t n;

    database_sql(mem, uri,
                 "CREATE FUNCTION state.ref_of(text) RETURNS text LANGUAGE sql AS 'SELECT $1'");
    cr_assert_ok(store_migrate(mem, s, &n));
    cr_expect_str_eq(database_value(mem, uri, there, ""), "true", "nothing was to be laid");
    database_sql(mem, uri,
                 "UPDATE tenure.migration SET sha256 = '' WHERE path = 'fold/990_fold.sql'");
    cr_assert_ok(store_migrate(mem, s, &n));
    cr_expect_str_eq(database_value(mem, uri, there, ""), "false");
    store_close(s);
}

/* A function that somebody replaced and a right that is gone come back, though no file has changed.
 */
Test(store, what_was_forgotten_is_laid_anew)
{
    static const char as_laid[] =
        "SELECT (prosrc !~ 'Eve' AND has_function_privilege('tenure_service', oid, "
        "'EXECUTE'))::text "
        "FROM pg_proc WHERE oid = 'state.ref_of(uuid)'::regprocedure AND $1 = ''";
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    struct store *s = opened(mem, uri, STORE_AS_OWNER);
    size_t n;

    database_sql(mem, uri,
                 "CREATE OR REPLACE FUNCTION state.ref_of(thing_id uuid) RETURNS text LANGUAGE sql "
                 "STABLE AS 'SELECT ''Eve''::text'; "
                 "REVOKE EXECUTE ON FUNCTION state.ref_of(uuid) FROM tenure_service");
    cr_assert_ok(store_migrate(mem, s, &n));
    cr_expect_str_eq(database_value(mem, uri, as_laid, ""), "false", "nothing was to be laid");
    cr_assert_ok(store_forget_functions(mem, s));
    cr_assert_ok(store_migrate(mem, s, &n));
    cr_expect_str_eq(database_value(mem, uri, as_laid, ""), "true");
    store_close(s);
}

/* A name that would be a statement of its own, were it put into one as it is. */
#define HOSTILE "\"t.x) ON TABLE f FROM PUBLIC;DROP TABLE state.extra;--\""

/* Rights that were given, and triggers and references that were switched off. A table of somebody's
 * is left, and the service has nothing to do with it; what they switched off of their own stays so.
 */
Test(store, what_was_given_away_and_switched_off_is_put_right)
{
    static const char *const left[] = {"column state." HOSTILE ".\"a.b\"", "column state.extra.x",
                                       "table state." HOSTILE, "table state.extra",
                                       "trigger theirs on state.extra"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    struct store *s = opened(mem, uri, STORE_AS_OWNER);
    struct map *ours = map_new(mem);
    struct catalog c;
    size_t n, strange = 0;

    database_sql(
        mem, uri,
        "ALTER TABLE log.entry DISABLE TRIGGER ALL; "
        "ALTER TABLE state.account DISABLE TRIGGER ALL; "
        "GRANT SELECT ON log.entry TO PUBLIC; "
        "GRANT UPDATE (name) ON state.person TO PUBLIC; "
        "GRANT CREATE ON SCHEMA state TO PUBLIC; "
        "GRANT EXECUTE ON FUNCTION state.ref_of(uuid) TO tenure_service WITH GRANT OPTION; "
        "CREATE TABLE state." HOSTILE " (\"a.b\" int); "
        "GRANT UPDATE (\"a.b\") ON state." HOSTILE " TO PUBLIC; "
        "CREATE TABLE state.extra (x int); CREATE TRIGGER theirs AFTER INSERT ON "
        "state.extra EXECUTE FUNCTION log.refuse(); "
        "ALTER TABLE state.extra DISABLE TRIGGER ALL");
    cr_assert_ok(store_forget_functions(mem, s));
    cr_assert_ok(store_migrate(mem, s, &n));
    cr_assert_ok(store_begin(mem, s));
    cr_assert_ok(store_catalog(mem, s, &c));
    for (size_t i = 0; i < rows_count(c.laid); i++)
        map_set(ours, catalog_name(mem, c.laid, i), arena_copy(mem, rows_text(c.laid, i, "made")));
    for (size_t i = 0; i < rows_count(c.live); i++) {
        const char *name = catalog_name(mem, c.live, i), *laid = map_get(ours, name);
        if (laid)
            cr_expect_str_eq(rows_text(c.live, i, "made"), laid, "%s", name);
        else if (strange < sizeof(left) / sizeof(*left))
            cr_expect_str_eq(name, left[strange++]);
        else
            cr_expect(false, "%s is none of ours", name);
    }
    cr_expect_eq(strange, sizeof(left) / sizeof(*left));
    store_rollback(s);
    store_close(s);
}

/* An auditor is told to migrate first, and of a ledger that somebody edited. */
Test(store, a_database_that_is_behind_is_no_edited_one)
{
    static const struct {
        const char *edit;
        bool behind;
    } cases[] = {
        {"DELETE FROM tenure.migration WHERE path = (SELECT max(path) FROM tenure.migration WHERE "
         "path LIKE 'schema/%')",
         true},
        {"UPDATE tenure.migration SET sha256 = repeat('0', 64) WHERE path LIKE 'fold/%'", true},
        {"UPDATE tenure.migration SET sha256 = repeat('0', 64) WHERE path LIKE 'schema/%'", false},
        {"INSERT INTO tenure.migration (path, sha256) VALUES ('schema/999_later.sql', '')", true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const char *uri = database_new(mem);
        struct store *s = opened(mem, uri, STORE_AS_OWNER);
        cr_assert_ok(store_is_behind(mem, s));
        database_sql(mem, uri, cases[i].edit);
        struct err *e = store_is_behind(mem, s);
        cr_expect_eq(e != NULL, cases[i].behind, "%s: %s", cases[i].edit, e ? e->text : "nothing");
        cr_expect_not_null(store_is_current(mem, s));
        store_close(s);
    }
}

Test(store, the_service_can_read_everything_and_change_nothing)
{
    static const char *const forbidden[] = {
        "UPDATE log.entry SET leaf = ''",
        "DELETE FROM log.entry",
        "TRUNCATE log.checkpoint",
        "INSERT INTO state.thing VALUES (gen_random_uuid(), 'person', 'x')",
        "UPDATE state.person SET name = 'x'",
        "UPDATE log.head SET size = 0",
        "DROP SCHEMA state CASCADE",
        "ALTER TABLE log.entry DISABLE TRIGGER ALL",
        "CREATE TABLE state.mine (x int)",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct store *s = opened(mem, database_new(mem), STORE_AS_SERVICE);

    cr_assert_ok(store_script(mem, s, "SELECT count(*) FROM log.entry"));
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
        cr_expect_not_null(store_script(mem, s, forbidden[i]), "%s", forbidden[i]);
    store_close(s);
}

Test(store, not_even_the_owner_edits_the_log)
{
    static const char *const forbidden[] = {
        "UPDATE log.checkpoint SET note = ''", "DELETE FROM log.checkpoint",
        "TRUNCATE log.entry CASCADE", "DELETE FROM log.history"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    struct store *s = opened(mem, uri, STORE_AS_OWNER);

    cr_assert_ok(store_script(mem, s,
                              "INSERT INTO log.checkpoint VALUES (1, sha256(''), 'x');"
                              "INSERT INTO log.entry VALUES (0, now(), '', sha256(''), '');"
                              "INSERT INTO log.history VALUES (sha256(''), 0, 0)"));
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
        cr_expect_not_null(store_script(mem, s, forbidden[i]), "%s", forbidden[i]);
    store_close(s);
}

Test(store, a_lost_connection_is_opened_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem), *value;
    struct store *s = opened(mem, uri, STORE_AS_SERVICE);
    struct binds b;

    binds_init(&b, mem);
    bind_int(&b, "size", 1);
    cr_assert_ok(store_value(mem, s, "log_seal", &b, &value));
    database_sql(mem, uri,
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    struct err *e = store_value(mem, s, "log_seal", &b, &value);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNAVAILABLE);
    cr_assert_ok(store_check(mem, s));
    cr_assert_ok(store_value(mem, s, "log_seal", &b, &value));
    store_close(s);
}

Test(store, nobody_there_is_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct store *s;
    struct err *e = store_open(mem, "host=/nowhere dbname=x", STORE_AS_SERVICE, &s);

    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNAVAILABLE);
}
