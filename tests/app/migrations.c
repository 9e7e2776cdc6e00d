/* A schema that was laid on an instance with a history has what it would have had from the start.
 */
#include "stories.h"

#include "store/migrate.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *value(struct instance *i, const char *what)
{
    return database_value(i->mem, i->uri, arena_printf(i->mem, "SELECT %s WHERE $1 = ''", what),
                          "");
}

static void migrate(struct instance *i)
{
    struct store *owner;
    size_t n;

    cr_assert_ok(store_open(i->mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(store_migrate(i->mem, owner, &n));
    cr_expect_gt(n, 0);
    store_close(owner);
}

static void rotate(struct instance *i, const char *who, const char *value_said, const char *files)
{
    i->now += 60000;
    did(i, who, "credential rotate",
        arena_printf(i->mem, "{'credential':'c-1','proof':'platform_changed','value':'%s'%s}",
                     value_said, files));
}

/* As it was before schema/026. */
static void lay_no_rotation_evidence(struct instance *i)
{
    database_sql(i->mem, i->uri,
                 "DROP FUNCTION state.rotation_evidence_at(timestamptz, bigint); "
                 "DROP TABLE state.rotation_evidence; "
                 "DROP INDEX state.step_evidence_evidence_idx, state.title_evidence_evidence_idx; "
                 "DELETE FROM tenure.migration WHERE path = 'schema/026_rotation_evidence.sql'");
}

Test(migrations, what_rotations_were_proven_by_is_taken_out_of_the_log)
{
    static const char rows[] = "(SELECT string_agg(r::text, E'\\n' ORDER BY r.known_from, r.id) "
                               "FROM state.rotation_evidence r)";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    i->now += 60000;
    did(i, "kim", "credential rotate", "{'credential':'c-1','proof':'vault_version','value':'2'}");
    rotate(i, "adm", "2026-11-21",
           arena_printf(mem, ",'evidence':['%s','%s']", uploaded(i, "a.png", "\x89PNG a"),
                        uploaded(i, "b.png", "\x89PNG b")));
    did(i, "kim", "credential confirm", "{'credential':'c-1'}");
    rotate(i, "kim", "2026-11-22",
           arena_printf(mem, ",'evidence':['%s']", uploaded(i, "a.png", "\x89PNG a")));
    const char *before = value(i, rows);
    cr_expect_str_eq(value(i, "(SELECT count(*) FROM state.rotation_evidence)"), "3");

    lay_no_rotation_evidence(i);
    migrate(i);
    cr_expect_str_eq(value(i, rows), before);
    const json_t *shown = did(i, "kim", "credential show", "{'credential':'c-1'}");
    cr_expect_not_null(vector_text(shown, "versions.0.documents.0.evidence"));
    audit_is_clean(i);
    rotate(i, "adm", "2026-11-23",
           arena_printf(mem, ",'evidence':['%s']", uploaded(i, "c.png", "\x89PNG c")));
    audit_is_clean(i);
}

/* As it was before schema/035. */
static void lay_nothing_wanting(struct instance *i)
{
    database_sql(
        i->mem, i->uri,
        "DROP TABLE state.wanting CASCADE; "
        "DROP INDEX state.account_begins, state.owner_begins, state.title_begins, "
        "state.holding_begins, state.person_begins, state.person_service, "
        "state.owner_unaccepted, state.owner_accepted, state.title_disputed, "
        "state.access_grant_ends, state.access_grant_begins, state.access_grant_unconfirmed, "
        "state.access_grant_via, state.account_gone_mailbox, state.glass_break_unreviewed; "
        "DELETE FROM tenure.migration WHERE path = 'schema/035_wanting.sql'");
}

Test(migrations, what_is_wanting_is_found_in_what_there_is)
{
    static const char rows[] =
        "(SELECT string_agg(w::text, E'\\n' ORDER BY w.ref) FROM state.wanting w)";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "account register", "{'account':'a1','url':'https://x.com/a1'}");
    did(i, "adm", "position register", "{'position':'empty','title':'Empty'}");
    const char *before = value(i, rows);
    cr_expect(strstr(before, "acme-group") && strstr(before, "a1") && strstr(before, "empty"), "%s",
              before);

    lay_nothing_wanting(i);
    migrate(i);
    cr_expect_str_eq(value(i, rows), before);
    audit_is_clean(i);
}
