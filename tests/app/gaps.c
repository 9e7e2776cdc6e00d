/* gaps.c - what is listed as missing or wrong: each says what it is about, and none is left out
 * for its kind. */
#include "stories.h"

#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
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
