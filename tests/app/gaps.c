/* gaps.c - what is listed as missing or wrong: each says what it is about, and none is left out
 * for its kind. */
#include "stories.h"

#include "base/file.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const json_t *rows_of(struct instance *i, const char *params)
{
    return vector_at(did(i, "aud", "gaps", params), "items");
}

Test(gaps, only_those_that_are_counted_say_how_many)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *row;
    size_t k;

    sam_holds(i);
    cr_assert_neq(json_array_size(rows_of(i, "{}")), 0);
    json_array_foreach (rows_of(i, "{}"), k, row) {
        cr_expect_null(json_object_get(row, "count"), "%s", json_compact(mem, row));
    }
    json_array_foreach (rows_of(i, "{'count':true}"), k, row) {
        cr_expect_not_null(json_object_get(row, "count"), "%s", json_compact(mem, row));
    }
}

/* A store may have the key of an account. */
Test(gaps, a_store_does_not_go_by_an_accounts_name)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *row;
    size_t k, accounts = 0, stores = 0;

    sam_holds(i);
    did(i, "adm", "account register",
        "{'account':'vault','url':'https://x.com/vault','name':'The Vault','unit':'sales'}");
    did(i, "adm", "credential record",
        "{'credential':'c-2','store':'vault','kind':'api_key','shared':true}");
    did(i, "adm", "credential compromise", "{'credential':'c-2','reason':'seen in a paste'}");
    json_array_foreach (rows_of(i, "{}"), k, row) {
        const char *name = json_text(row, "name");
        if (!text_same(json_text(row, "on"), "vault"))
            continue;
        if (text_same(json_text(row, "risk"), "rotation_due")) {
            cr_expect_null(name, "%s", name);
            stores++;
        } else {
            cr_expect_str_eq(name, "The Vault");
            accounts++;
        }
    }
    cr_expect_eq(stores, 1);
    cr_expect_gt(accounts, 0);
}

/* ---- Kinds ----------------------------------------------------------------------------------- */

/* The words of one list, in their order, as the other list has them. */
static const char *words_of(struct instance *i, const char *list)
{
    return database_value(i->mem, i->uri,
                          "SELECT string_agg(DISTINCT w, ' ' ORDER BY w) "
                          "FROM regexp_split_to_table($1, ' ') w",
                          list);
}

static const char *choices_of(struct arena *mem, const char *command, const char *field)
{
    const struct noun *noun;
    const struct field *f = command_find(command, &noun)->params.fields;
    struct buf out;

    while (strcmp(f->name, field) != 0)
        f++;
    buf_init(&out, mem, 4096);
    for (const char *const *word = f->choices; *word; word++)
        buf_printf(&out, "%s%s", out.n ? " " : "", *word);
    return out.at;
}

/* Each part of both functions begins with its kind; but for one, which takes over the other's. */
Test(gaps, every_kind_that_there_can_be_is_listed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *found = database_value(
        mem, i->uri,
        "SELECT string_agg(DISTINCT m[2], ' ' ORDER BY m[2]) || CASE WHEN count(*) - count(m[2]) "
        "> 1 THEN ' and a part without its kind' ELSE '' END "
        "FROM pg_proc p, regexp_matches(p.prosrc, "
        "'\\n    SELECT (DISTINCT )?(?:a\\.id, )?(?:''([a-z_]+)'')?', 'g') m "
        "WHERE p.proname IN ('risks_at', 'gaps_besides') AND $1 = ''",
        "");
    const char *listed =
        database_value(mem, i->uri,
                       "SELECT string_agg(risk, ' ' ORDER BY risk) FROM state.gap_kinds() "
                       "WHERE $1 = ''",
                       "");

    cr_expect_str_eq(listed, found);
    cr_expect_str_eq(words_of(i, choices_of(mem, "gaps", "risk")), found);
}

/* ---- What few have --------------------------------------------------------------------------- */

/* What is found from what few have is what is found by looking at all, of random registries, now,
 * in the past and in the future, for whoever sees everything or a part, a page at a time and
 * counted; and the same where more may have it than are looked at one by one. TENURE_SEEDS says how
 * many. */
Test(gaps, found_from_what_few_have_are_those_of_all)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri =
        arena_printf(mem,
                     "%s options='-c session_replication_role=replica -c "
                     "search_path=state,log,tenure,public -c timezone=UTC -c jit=off'",
                     database_new(mem));
    const char *said = getenv("TENURE_SEEDS");
    long seeds = said ? strtol(said, NULL, 10) : 2, compared = 0;
    struct bytes sql;

    cr_assert_ok(file_read(mem, arena_printf(mem, "%s/tests/app/gaps.sql", getenv("TENURE_ROOT")),
                           1 << 20, &sql));
    database_sql(mem, uri, arena_copy_n(mem, (const char *)sql.at, sql.n));
    for (long seed = 1; seed <= seeds; seed++) {
        if (seed == seeds)
            database_sql(mem, uri,
                         "CREATE OR REPLACE FUNCTION gaps_few() RETURNS int LANGUAGE sql IMMUTABLE "
                         "AS 'SELECT 2'");
        const char *number = arena_printf(mem, "%ld", seed);
        const char *look = "SELECT say FROM dice.look($1::int)";
        const char *differs = database_value(mem, uri, look, number);
        cr_expect_null(differs, "seed %ld: %s", seed, differs);
        compared +=
            strtol(database_value(mem, uri, "SELECT count(*) FROM dice.f WHERE $1 <> ''", number),
                   NULL, 10);
    }
    cr_expect_gt(compared, 0, "there was nothing to compare");
}
