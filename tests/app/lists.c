/* lists.c - what whoever works here every day asks first: what is due, late, open, and whom it
 * waits for; a page at a time, and in an order that helps. */
#include "stories.h"

#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const json_t *items_of(struct instance *i, const char *who, const char *command,
                              const char *params)
{
    return vector_at(did(i, who, command, params), "items");
}

static size_t count_of(struct instance *i, const char *who, const char *command, const char *params)
{
    return json_array_size(items_of(i, who, command, params));
}

static int64_t number_of(const json_t *row, const char *field)
{
    return json_integer_value(vector_at(row, field));
}

static void register_some(struct instance *i, int n)
{
    for (int k = 0; k < n; k++)
        did(i, "adm", "account register",
            arena_printf(i->mem, "{'account': 'a%d', 'url': 'https://x.com/a%d'}", k, k));
}

/* ---- A page at a time ------------------------------------------------------------------------ */

/* All items of a list, fetched a few at a time, one field of each on a line. */
static const char *read_by(struct instance *i, const char *command, const char *more, int limit,
                           const char *field)
{
    const char *after = NULL;
    struct buf out;

    buf_init(&out, i->mem, 1 << 16);
    do {
        const json_t *page =
            did(i, "adm", command,
                after ? arena_printf(i->mem, "{'limit': %d, 'after': '%s'%s}", limit, after, more)
                      : arena_printf(i->mem, "{'limit': %d%s}", limit, more));
        const json_t *item;
        size_t k;
        json_array_foreach (vector_at(page, "items"), k, item) {
            buf_printf(&out, "%s\n", json_text(item, field));
        }
        cr_expect(json_array_size(vector_at(page, "items")) <= (size_t)limit);
        after = json_text(page, "next");
    } while (after);
    return out.at;
}

/* Each account's secret is due; a3 can reset a1. */
static void let_secrets_be_due(struct instance *i)
{
    register_some(i, 5);
    for (int k = 0; k < 5; k++) {
        i->now += 1000;
        did(i, "adm", "credential record",
            arena_printf(i->mem,
                         "{'credential':'c%d','account':'a%d','kind':'password','shared':true}", k,
                         k));
        did(i, "adm", "credential compromise",
            arena_printf(i->mem, "{'credential':'c%d','reason':'seen in a paste'}", k));
    }
    did(i, "adm", "controlpoint add",
        "{'controlpoint':'cp','account':'a1','kind':'recovery_mail','via':'a3','person':'sam'}");
}

Test(lists, what_is_due_comes_a_page_at_a_time_in_the_same_order)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    let_secrets_be_due(i);
    const char *all = read_by(i, "credential due", "", 100, "credential");
    cr_expect_eq(strlen(all), strlen("c0\n") * 5, "%s", all);
    cr_expect(strstr(all, "c3") < strstr(all, "c1"), "what resets another comes first: %s", all);
    for (int limit = 1; limit < 6; limit++)
        cr_expect_str_eq(read_by(i, "credential due", "", limit, "credential"), all, "%d", limit);
}

Test(lists, what_is_settled_between_two_pages_hides_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    let_secrets_be_due(i);
    const json_t *page = did(i, "adm", "credential due", "{'limit': 3}");
    const char *first = json_text(json_array_get(vector_at(page, "items"), 0), "credential");
    i->now += 1000;
    did(i, "adm", "credential retire",
        arena_printf(mem, "{'credential':'%s','reason':'no longer used'}", first));
    page = did(i, "adm", "credential due",
               arena_printf(mem, "{'limit': 3, 'after': '%s'}", vector_text(page, "next")));
    cr_expect_eq(json_array_size(vector_at(page, "items")), 2, "%s", json_compact(mem, page));
}

Test(lists, gaps_are_counted_as_they_are_listed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *row;
    size_t k, n = 0;

    sam_holds(i);
    register_some(i, 3);
    json_array_foreach (items_of(i, "aud", "gaps", "{'count':true}"), k, row) {
        const char *risk = arena_printf(mem, "{'risk':'%s'}", vector_text(row, "risk"));
        cr_expect_eq(count_of(i, "aud", "gaps", risk), (size_t)number_of(row, "count"), "%s", risk);
        n += (size_t)number_of(row, "count");
    }
    cr_expect(n > 3);
    cr_expect_eq(count_of(i, "aud", "gaps", "{'limit': 1000}"), n);
    cr_expect_str_eq(read_by(i, "gaps", "", 2, "detail"), read_by(i, "gaps", "", 100, "detail"));
    const json_t *sales = items_of(i, "aud", "gaps", "{'count':true,'unit':'sales'}");
    cr_expect(json_array_size(sales) > 0 && !strstr(json_compact(mem, sales), "\"orphan\""), "%s",
              json_compact(mem, sales));
    cr_expect_eq(count_of(i, "uma", "gaps", "{'count':true}"), 0,
                 "who answers for nothing sees nothing");
}

/* ---- What stands open -------------------------------------------------------------------------
 */

Test(lists, what_has_stood_open_the_longest_comes_first)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    cr_expect_eq(count_of(i, "aud", "exposures", "{}"), 0);
    did(i, "adm", "grant revoke", "{'grant':'g-tess','reason':'moved'}");
    i->now += INT64_C(3) * MS_PER_DAY;
    did(i, "adm", "grant revoke", "{'grant':'g-vault','reason':'moved'}");
    did(i, "adm", "grant confirm", "{'grant':'g-vault'}");
    i->now += INT64_C(2) * MS_PER_DAY;
    const json_t *open = items_of(i, "aud", "exposures", "{}");
    const json_t *access = json_array_get(open, 0), *secret = json_array_get(open, 1);
    cr_assert_eq(json_array_size(open), 2, "%s", json_compact(mem, open));
    cr_expect_str_eq(vector_text(access, "grant"), "g-tess");
    cr_expect_eq(number_of(access, "days"), 5);
    cr_expect_str_eq(vector_text(secret, "credential"), "c-1");
    cr_expect_eq(number_of(secret, "days"), 2);
    says(json_compact(mem, secret), "\"through\":[\"sam\"]");
    cr_expect_str_eq(read_by(i, "exposures", "", 1, "since"),
                     read_by(i, "exposures", "", 9, "since"));
    cr_expect_eq(count_of(i, "aud", "exposures", "{'person':'sam'}"), 1);
    cr_expect_eq(count_of(i, "aud", "exposures", "{'account':'acme-group'}"), 2);
    cr_expect_eq(count_of(i, "kim", "exposures", "{}"), 2, "it is of her unit");
    cr_expect_eq(count_of(i, "uma", "exposures", "{}"), 0, "and nothing to others");
    did(i, "adm", "grant confirm", "{'grant':'g-tess'}");
    did(i, "adm", "grant give", "{'store':'vault','person':'kim','role':'reader'}");
    did(i, "kim", "credential rotate", "{'credential':'c-1','proof':'vault_version','value':'2'}");
    cr_expect_eq(count_of(i, "aud", "exposures", "{}"), 0);
}

/* ---- Cases ------------------------------------------------------------------------------------
 */

Test(lists, cases_come_by_their_last_days)
{
    static const char *const cases[][2] = {
        {"sam", "2026-12-31"}, {"tess", "2026-12-11"}, {"uma", "2027-01-29"}};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    for (size_t k = 0; k < 3; k++)
        did(i, "hana", "handover create",
            arena_printf(mem, "{'handover':'lv-%s','person':'%s','last_day':'%s'}", cases[k][0],
                         cases[k][0], cases[k][1]));
    cr_expect_str_eq(read_by(i, "handover list", "", 2, "handover"), "lv-sam\nlv-tess\nlv-uma\n");
    for (int limit = 1; limit < 4; limit++)
        cr_expect_str_eq(
            read_by(i, "handover list", ", 'order': 'last_day', 'open': true", limit, "handover"),
            "lv-tess\nlv-sam\nlv-uma\n");
}

Test(lists, a_case_says_whom_it_waits_for)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const json_t *row = json_array_get(items_of(i, "hana", "handover list", "{}"), 0);
    says(json_compact(mem, row), "\"waits_for\":[\"sam\",\"tess\"]");
    cr_expect_eq(count_of(i, "tess", "handover list", "{'waits_for':'tess'}"), 1, "to accept");
    cr_expect_eq(count_of(i, "sam", "handover list", "{'waits_for':'sam'}"), 1, "to declare");
    cr_expect_eq(count_of(i, "hana", "handover list", "{'waits_for':'kim'}"), 0);
    cr_expect_eq(count_of(i, "uma", "handover list", "{'waits_for':'tess'}"), 0, "it is not hers");
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    cr_expect_eq(count_of(i, "hana", "handover list", "{'waits_for':'tess'}"), 0);
    cr_expect_eq(count_of(i, "hana", "handover list", "{'waits_for':'sam'}"), 0);
    row = json_array_get(items_of(i, "hana", "handover list", "{}"), 0);
    cr_expect_null(json_object_get(row, "waits_for"), "%s", json_compact(mem, row));
}

Test(lists, late_steps_say_whose_they_are)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *step;
    size_t k;

    sam_holds(i);
    case_opened(i);
    cr_expect_eq(count_of(i, "hana", "step list", "{'overdue':true}"), 0);
    i->now += INT64_C(60) * MS_PER_DAY;
    const json_t *late = items_of(i, "hana", "step list", "{'overdue':true,'limit':500}");
    cr_assert(json_array_size(late) > 0);
    json_array_foreach (late, k, step) {
        cr_expect(json_is_true(json_object_get(step, "overdue")));
        if (text_same(json_text(step, "assignee"), "kim"))
            cr_expect_str_eq(vector_text(step, "name"), "Kim Okafor");
    }
    const json_t *row = json_array_get(items_of(i, "hana", "handover list", "{}"), 0);
    says(json_compact(mem, row), "\"waits_for\":[\"");
}

/* ---- Titles -----------------------------------------------------------------------------------
 */

Test(lists, titles_of_several_standings_are_listed_together)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_some(i, 4);
    for (int k = 1; k < 4; k++)
        did(i, "lea", "title assert", arena_printf(mem, "{'account':'a%d','holder':'acme'}", k));
    did(i, "lea", "title evidence",
        arena_printf(mem, "{'account':'a2','evidence':['%s']}", uploaded(i, "a.txt", "a letter")));
    did(i, "lea", "title dispute",
        "{'account':'a3','claimant':'Sam Fletcher','reason':'he says that it is his'}");
    cr_expect_eq(count_of(i, "lea", "title list", "{'standing':['undocumented']}"), 1);
    cr_expect_eq(count_of(i, "lea", "title list", "{'standing':['undocumented','asserted']}"), 2);
    cr_expect_eq(count_of(i, "lea", "title list", "{'standing':['disputed']}"), 1);
    cr_expect_eq(count_of(i, "lea", "title list", "{}"), 4);
}

/* ---- Filters ----------------------------------------------------------------------------------
 */

/* Some accounts of which each filter leaves some and not others. */
static void register_unlike(struct instance *i)
{
    sam_holds(i);
    register_some(i, 4);
    did(i, "adm", "account register",
        "{'account':'page','platform':'facebook','kind':'page','handle':'acme','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "lea", "title assert", "{'account':'a1','holder':'acme'}");
    did(i, "lea", "title assert", "{'account':'page','holder':'acme'}");
    did(i, "adm", "account retire", "{'account':'a2','reason':'closed'}");
}

/* Of the rows, those that are like this one in two fields: by the list's filters, and by hand. */
static void expect_alike(struct instance *i, const json_t *rows, const json_t *like,
                         const char *first, const char *second)
{
    const char *one = json_text(like, first), *other = json_text(like, second);
    const json_t *row;
    struct buf wanted;
    size_t k;

    if (!one || !other)
        return;
    buf_init(&wanted, i->mem, 1 << 16);
    json_array_foreach (rows, k, row) {
        if (text_same(json_text(row, first), one) && text_same(json_text(row, second), other))
            buf_printf(&wanted, "%s\n", json_text(row, "account"));
    }
    const char *more = strcmp(first, second) == 0 ? arena_printf(i->mem, ", '%s': '%s'", first, one)
                                                  : arena_printf(i->mem, ", '%s': '%s', '%s': '%s'",
                                                                 first, one, second, other);
    cr_expect_str_eq(read_by(i, "account list", more, 3, "account"), wanted.at, "%s", more);
}

/* Whether few are left and fetched by an index, or many and met along the keys. */
Test(lists, filters_leave_what_the_whole_list_holds_of_it)
{
    static const char *const fields[] = {"platform", "kind",   "status", "unit",
                                         "owner",    "person", "title"};
    enum { FIELDS = sizeof(fields) / sizeof(*fields) };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *row;
    size_t r;

    register_unlike(i);
    const json_t *rows = items_of(i, "adm", "account list", "{'limit':100}");
    cr_assert_eq(json_array_size(rows), 6);
    for (int most = 2000; most >= 0; most -= 1000) {
        database_sql(mem, i->uri,
                     arena_printf(mem,
                                  "CREATE OR REPLACE FUNCTION state.if_few(ids uuid[]) RETURNS "
                                  "uuid[] LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN "
                                  "cardinality(ids) <= %d THEN ids END $$",
                                  most / 1000));
        json_array_foreach (rows, r, row) {
            for (size_t a = 0; a < FIELDS; a++) {
                for (size_t b = a; b < FIELDS; b++)
                    expect_alike(i, rows, row, fields[a], fields[b]);
            }
        }
        cr_expect_str_eq(read_by(i, "account list", ", 'search': 'x.com'", 2, "account"),
                         "a0\na1\na2\na3\n");
        cr_expect_str_eq(
            read_by(i, "account list", ", 'search': 'x.com', 'title': 'asserted'", 1, "account"),
            "a1\n");
        cr_expect_str_eq(read_by(i, "account list", ", 'orphans': true", 2, "account"),
                         "a0\na1\na3\n");
    }
}

/* What the database reads to narrow a list does not grow with how many accounts there are. */
Test(lists, what_narrows_a_list_does_not_read_all_accounts)
{
    static const char *const by[] = {
        "{'kind':'page'}",
        "{'kind':'profile'}", /* of which there are many: the first are enough */
        "{'platform':'facebook'}",
        "{'platform':'twitter','kind':'page'}",
        "{'status':'retired'}",
        "{'title':'asserted'}",
        "{'parent':'1'}",
        "{'unit':'1'}",
        "{'owner':'1'}",
        "{'person':'1'}",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);

    database_sql(
        mem, uri,
        "SET session_replication_role = replica;"
        "INSERT INTO state.account (id, platform, kind, tag_id, status, valid_from, known_from) "
        "SELECT md5(n::text)::uuid, 'twitter', 'profile', 't', 'active', '2020-01-01', 1 "
        "FROM generate_series(1, 30000) n;"
        "INSERT INTO state.owner (id, position, valid_from, known_from) "
        "SELECT md5(n::text)::uuid, md5('other')::uuid, '2020-01-01', 1 "
        "FROM generate_series(1, 30000) n;"
        "INSERT INTO state.title (id, account, link, holder, status, valid_from, known_from) "
        "SELECT md5(n::text)::uuid, md5(n::text)::uuid, 0, md5('holder')::uuid, 'evidenced', "
        "'2020-01-01', 1 FROM generate_series(1, 30000) n;"
        "CREATE FUNCTION public.seen() RETURNS bigint LANGUAGE sql VOLATILE AS $$ "
        "SELECT sum(pg_stat_get_xact_tuples_returned(c.oid) + "
        "pg_stat_get_xact_tuples_fetched(c.oid))::bigint "
        "FROM pg_class c LEFT JOIN pg_index x ON x.indexrelid = c.oid "
        "WHERE coalesce(x.indrelid, c.oid) IN ('state.account'::regclass, "
        "'state.owner'::regclass, 'state.title'::regclass) $$;"
        "CREATE FUNCTION public.rows_read(how text) RETURNS bigint LANGUAGE plpgsql "
        "SET search_path = state, log, tenure, public AS $$ DECLARE before bigint := seen(); BEGIN "
        "PERFORM accounts_narrowed(f ->> 'platform', f ->> 'kind', f ->> 'status', "
        "md5(f ->> 'unit')::uuid, md5(f ->> 'parent')::uuid, md5(f ->> 'owner')::uuid, "
        "md5(f ->> 'person')::uuid, f ->> 'title', now(), 5) "
        "FROM (SELECT translate(how, chr(39), chr(34))::jsonb) x (f); RETURN seen() - before; END "
        "$$;");
    for (size_t k = 0; k < sizeof(by) / sizeof(*by); k++) {
        const char *rows = database_value(mem, uri, "SELECT public.rows_read($1)", by[k]);
        cr_expect(strtol(rows, NULL, 10) <= 5000, "%s read %s rows", by[k], rows);
    }
}

/* Nor does what the other lists begin with, what is searched among people and positions, or a page
 * of a kind of gap that nearly every account has. */
Test(lists, what_a_page_begins_with_does_not_read_everything)
{
    static const char *const asked[] = {
        "few_of('access_grant', 'person', ARRAY[md5('1')::uuid], 5)",
        "few_of('access_grant', 'status', ARRAY['revoked'], 5)",
        "few_of('access_grant', 'status', ARRAY['active'], 5)", /* many: the first are enough */
        "few_of('access_grant', 'level', ARRAY['owner'], 5)",
        "few_of('person', 'status', ARRAY['left'], 5)",
        "few_of('person', 'unit', ARRAY[md5('1')::uuid, md5('2')::uuid], 5)",
        "few_of('position', 'unit', ARRAY[md5('1')::uuid], 5)",
        "few_of('title', 'holder', ARRAY[md5('1')::uuid], 5, 'account')",
        "accounts_seen(false, ARRAY[md5('1')::uuid], md5('1')::uuid, now(), 5)",
        "things_stored('access_grant', false, ARRAY[md5('1')::uuid], md5('1')::uuid, now(), 5)",
        "ARRAY(SELECT people_found('erson 29999', 2001))",
        "ARRAY(SELECT positions_found('anager 29999', 2001))",
        "ARRAY(SELECT w.key FROM gaps_walk('undocumented', '', 101, true, '{}', NULL, NULL, NULL, "
        "now(), 5) w)",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);

    database_sql(
        mem, uri,
        "SET session_replication_role = replica;"
        "INSERT INTO state.thing (id, noun, ref, known_from) SELECT md5(n || noun)::uuid, noun, "
        "left(noun, 1) || n, 1 FROM generate_series(1, 30000) n, unnest(ARRAY['account', "
        "'person', 'position']) noun;"
        "INSERT INTO state.account (id, platform, kind, tag_id, unit, status, valid_from, "
        "known_from) SELECT md5(n || 'account')::uuid, 'twitter', 'profile', 't', md5((n % "
        "1000)::text)::uuid, 'active', '2020-01-01', 1 FROM generate_series(1, 30000) n;"
        "INSERT INTO state.person (id, name, unit, status, valid_from, known_from) SELECT md5(n || "
        "'person')::uuid, 'Person ' || n, md5((n % 1000)::text)::uuid, 'active', '2020-01-01', 1 "
        "FROM generate_series(1, 30000) n;"
        "INSERT INTO state.position (id, title, unit, valid_from, known_from) SELECT md5(n || "
        "'position')::uuid, 'Manager ' || n, md5((n % 1000)::text)::uuid, '2020-01-01', 1 FROM "
        "generate_series(1, 30000) n;"
        "INSERT INTO state.access_grant (id, account, person, role, level, through, status, "
        "valid_from, known_from) SELECT md5(n || 'grant')::uuid, md5(n || 'account')::uuid, md5((n "
        "% 1000)::text)::uuid, 'editor', 'other', 'direct', 'active', '2020-01-01', 1 FROM "
        "generate_series(1, 30000) n;"
        "ANALYZE;"
        "CREATE FUNCTION public.seen() RETURNS bigint LANGUAGE sql VOLATILE AS $$ "
        "SELECT sum(pg_stat_get_xact_tuples_returned(c.oid) + "
        "pg_stat_get_xact_tuples_fetched(c.oid))::bigint FROM pg_class c "
        "WHERE c.relnamespace = 'state'::regnamespace $$;"
        "CREATE FUNCTION public.rows_read(asked text) RETURNS bigint LANGUAGE plpgsql "
        "SET search_path = state, log, tenure, public AS $$ DECLARE before bigint := seen(); BEGIN "
        "EXECUTE 'SELECT ' || asked; RETURN seen() - before; END $$;");
    for (size_t k = 0; k < sizeof(asked) / sizeof(*asked); k++) {
        const char *rows = database_value(mem, uri, "SELECT public.rows_read($1)", asked[k]);
        cr_expect(strtol(rows, NULL, 10) <= 6000, "%s read %s rows", asked[k], rows);
    }
}

/* Of 20,000 accounts of which nearly all are as they should be, some that are not are found without
 * looking at the others. */
Test(lists, what_few_accounts_have_is_found_without_reading_the_others)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    const char *kinds = database_value(
        mem, uri, "SELECT string_agg(risk, ' ' ORDER BY risk) || $1 FROM state.gap_kinds()", "");

    database_sql(
        mem, uri,
        "SET session_replication_role = replica; SET search_path = state, log, tenure, public;"
        "CREATE FUNCTION public.i(noun text, n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ "
        "SELECT md5(noun || n)::uuid $$;"
        "INSERT INTO thing (id, noun, ref, tag, known_from) SELECT i(noun, n), noun, left(noun, 2) "
        "|| n, CASE noun WHEN 'account' THEN sha256(convert_to(nullif(n, 11)::text, 'UTF8')) END, "
        "1 FROM generate_series(1, 20000) n, unnest(ARRAY['account', 'grant']) noun;"
        "INSERT INTO thing (id, noun, ref, known_from) SELECT i(noun, n), noun, left(noun, 2) || "
        "n, 1 FROM generate_series(0, 99) n, unnest(ARRAY['person', 'position']) noun;"
        "INSERT INTO account (id, platform, kind, tag_id, status, valid_from, known_from) SELECT "
        "i('account', n), 'twitter', CASE n WHEN 12 THEN 'mailbox' ELSE 'profile' END, 't', CASE "
        "WHEN n IN (12, 13) THEN 'retired' ELSE 'active' END, '2020-01-01', 1 FROM "
        "generate_series(1, 20000) n;"
        "INSERT INTO identifier (id, account, platform, kind, value, valid_from, known_from) "
        "SELECT i('i', n), i('account', n), 'twitter', 'handle', 'a' || CASE n WHEN 10 THEN 9 ELSE "
        "n END, '2020-01-01', 1 FROM generate_series(1, 20000) n;"
        "INSERT INTO person (id, name, status, last_day, valid_from, known_from) SELECT "
        "i('person', n), 'P', CASE n WHEN 0 THEN 'left' WHEN 98 THEN 'leaver' ELSE 'active' END, "
        "CASE n WHEN 98 THEN '2999-01-01'::date END, '2020-01-01', 1 FROM generate_series(0, 99) n;"
        "INSERT INTO position (id, title, valid_from, known_from) SELECT i('position', n), 'T', "
        "'2020-01-01', 1 FROM generate_series(0, 99) n;"
        "INSERT INTO holding (id, position, person, valid_from, known_from) SELECT i('h', n), "
        "i('position', n), i('person', n), '2020-01-01', 1 FROM generate_series(1, 98) n;"
        "INSERT INTO owner (id, position, accepted_by, valid_from, known_from) SELECT i('account', "
        "n), i('position', CASE n WHEN 4 THEN 99 ELSE 1 + n % 97 END), CASE WHEN n <> 3 THEN "
        "i('person', 1 + n % 97) END, '2020-01-01', 1 FROM generate_series(2, 20000) n;"
        "INSERT INTO title (id, account, link, holder, status, valid_from, known_from) SELECT "
        "i('t', n), i('account', n), 0, i('e', 1), CASE n WHEN 5 THEN 'asserted' WHEN 6 THEN "
        "'disputed' ELSE 'evidenced' END, '2020-01-01', 1 FROM generate_series(2, 20000) n;"
        "INSERT INTO access_grant (id, account, person, role, level, through, status, ends_at, "
        "via, valid_from, known_from) SELECT i('grant', n), i('account', n), i('person', CASE n "
        "WHEN 8 THEN 0 ELSE 1 + (n + k) % 97 END), 'r', CASE WHEN n = 7 THEN 'other' ELSE 'owner' "
        "END, 'direct', CASE n WHEN 14 THEN 'revoked_unconfirmed' ELSE 'active' END, CASE n WHEN "
        "15 THEN '2021-01-01'::timestamptz END, CASE n WHEN 16 THEN 'ac12' END, '2020-01-01', 1 "
        "FROM generate_series(1, 20000) n, generate_series(0, 1) k;"
        "INSERT INTO heir (id, account, position, rank, valid_from, known_from) SELECT i('heir', "
        "n), i('account', n), i('position', CASE n WHEN 17 THEN 98 ELSE 1 END), 1, '2020-01-01', 1 "
        "FROM generate_series(1, 20000) n;"
        "INSERT INTO wanting SELECT * FROM wants(ARRAY(SELECT t.id FROM thing t)); ANALYZE;"
        "CREATE FUNCTION public.seen() RETURNS bigint LANGUAGE sql VOLATILE AS $$ "
        "SELECT sum(pg_stat_get_xact_tuples_returned(c.oid) + "
        "pg_stat_get_xact_tuples_fetched(c.oid))::bigint FROM pg_class c "
        "WHERE c.relnamespace = 'state'::regnamespace $$;"
        "CREATE FUNCTION public.gaps_read(kind text, counted boolean, OUT rows bigint, OUT n "
        "bigint) LANGUAGE plpgsql SET search_path = state, log, tenure, public SET jit = off AS $$ "
        "DECLARE "
        "before "
        "bigint := seen(); BEGIN SELECT CASE WHEN counted THEN coalesce(max(g.n), 0) ELSE count(*) "
        "END INTO n FROM gaps_of(kind, '', 101, counted, true, '{}', NULL, NULL, NULL, now(), "
        "latest()) g; rows := seen() - before; END $$;");
    for (const char *kind = strtok(arena_copy(mem, kinds), " "); kind; kind = strtok(NULL, " ")) {
        for (int counted = 0; counted < 2; counted++) {
            const char *read =
                database_value(mem, uri,
                               arena_printf(mem, "SELECT rows FROM public.gaps_read($1, %s)",
                                            counted ? "true" : "false"),
                               kind);
            cr_expect(strtol(read, NULL, 10) <= 3000, "%s read %s rows", kind, read);
        }
    }
    cr_expect_str_eq(
        database_value(mem, uri,
                       "SELECT string_agg(k.risk || ' ' || r.n, ', ' ORDER BY k.risk) || $1 FROM "
                       "state.gap_kinds() k, public.gaps_read(k.risk, true) r WHERE r.n > 0",
                       ""),
        "contested 2, disputed 1, exposure_window 2, heir_leaves 1, leaver_holds 1, mailbox_ends "
        "1, not_accepted 1, orphan 2, overdue_access 2, sole_owner 3, undocumented 2");
}

/* ---- Search ---------------------------------------------------------------------------------- */

/* By key, name, address and handle, also those that it had before; letters mean themselves. */
Test(lists, accounts_are_found_by_what_they_are_and_were_called)
{
    static const struct {
        const char *said, *found;
    } rows[] = {
        {"a1", "a1\n"},
        {"Spring", "a1\n"},
        {"SPRING sal", "a1\n"},
        {"x.com/a2", "a2\n"},
        {"g s", "a1\n"},
        {"%", "a1\n"},
        {"50%", "a1\n"},
        {"5_%", ""},
        {"\\\\", ""},
        {"a_1", ""},
        {"newer", "a2\n"},
        {"nobody", ""},
        {"x.com", "a0\na1\na2\n"},
        {"A", "a0\na1\na2\n"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_some(i, 3);
    did(i, "adm", "account change", "{'account': 'a1', 'name': 'Spring sale 50%'}");
    did(i, "adm", "identifier rename", "{'account': 'a2', 'value': 'newer'}");
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        const char *more = arena_printf(mem, ", 'search': '%s'", rows[k].said);
        for (int limit = 1; limit <= 50; limit += 49)
            cr_expect_str_eq(read_by(i, "account list", more, limit, "account"), rows[k].found,
                             "%s", rows[k].said);
    }
}

/* However it is accented, and in whatever size of letters, in each of the lists and by few letters.
 */
Test(lists, names_are_found_without_their_accents)
{
    static const struct {
        const char *command, *noun, *said, *found;
    } rows[] = {
        {"person list", "person", "eloise", "z1\n"},
        {"person list", "person", "ÉLOÏSE B", "z1\n"},
        {"person list", "person", "Åse Løken", "z2\n"},
        {"person list", "person", "ase loken", "z2\n"},
        {"person list", "person", "weiß", "z3\n"},
        {"person list", "person", "WEISS", "z3\n"},
        {"person list", "person", "иван", "z4\n"},
        {"position list", "position", "depute", "deputy\n"},
        {"unit list", "unit", "generale", "dg\n"},
        {"account list", "account", "ete", "a1\n"},
        {"account list", "account", "soldes d\\u0027été", "a1\n"},
        {"account list", "account", "dé", "a1\n"},
        {"account list", "account", "x.com/A1", "a1\n"},
        {"entity list", "entity", "societe", "soc\n"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_some(i, 3);
    did(i, "adm", "account change", "{'account':'a1','name':'Soldes d\\u2019Été 50%'}");
    did(i, "adm", "entity register", "{'entity':'soc','name':'La Société','kind':'company'}");
    did(i, "adm", "unit register", "{'unit':'dg','name':'Direction générale'}");
    did(i, "hana", "position register", "{'position':'deputy','title':'Député','unit':'dg'}");
    did(i, "adm", "person register", "{'person':'z1','name':'Éloïse Béranger'}");
    did(i, "adm", "person register", "{'person':'z2','name':'Åse Løken'}");
    did(i, "adm", "person register", "{'person':'z3','name':'Jörg Weiß'}");
    did(i, "adm", "person register", "{'person':'z4','name':'Иван Петров'}");
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        const char *more = arena_printf(mem, ", 'search': \"%s\"", rows[k].said);
        cr_expect_str_eq(read_by(i, rows[k].command, more, 50, rows[k].noun), rows[k].found, "%s",
                         rows[k].said);
    }
}

/* An account has several rows of what it was called and of whose it was: it stands there once. */
Test(lists, an_account_that_was_changed_stands_there_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_some(i, 3);
    did(i, "adm", "entity register", "{'entity':'beta','name':'Beta','kind':'company'}");
    did(i, "lea", "title assert", "{'account':'a1','holder':'acme'}");
    did(i, "lea", "title transfer", "{'account':'a1','holder':'beta','reason':'sold'}");
    did(i, "lea", "title transfer", "{'account':'a1','holder':'acme','reason':'back'}");
    for (int k = 0; k < 3; k++)
        did(i, "adm", "account change",
            arena_printf(mem, "{'account':'a1','name':'Spring sale %d'}", k));
    const char *title = json_text(
        json_array_get(items_of(i, "adm", "account list", "{'search':'a1'}"), 0), "title");
    const char *more = arena_printf(mem, ", 'title': '%s'", title);
    cr_expect_str_eq(read_by(i, "account list", more, 50, "account"), "a1\n");
    cr_expect_str_eq(read_by(i, "account list", more, 1, "account"), "a1\n");
    cr_expect_str_eq(read_by(i, "account list", ", 'search': 'spring'", 50, "account"), "a1\n");
}
