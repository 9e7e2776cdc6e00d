/* words.c - queries, paths and problem documents. */
#include "app/fields.h"
#include "http/problem.h"
#include "http/query.h"
#include "support/vectors.h"
#include "json/json.h"

#include <criterion/criterion.h>

#define P asked
struct asked {
    const char *status;
    struct ref account;
    struct list units;
    int64_t limit;
    bool open;
};
static const struct field asked_fields[] = {
    MAYBE_CHOICE(status, WORDS("active", "retired"), "which"),
    MAYBE_A(account, "account", "which"),
    SOME(units, "unit", "which"),
    MAYBE_INT(limit, 1, 100, "how many"),
    FLAG(open, "only open ones"),
    {0}};
#undef P
static const struct record asked_record = RECORD(struct asked, asked_fields);

Test(percent, decoding)
{
    static const struct {
        const char *in, *form, *path; /* NULL: refused */
    } cases[] = {
        {"", "", ""},         {"a+b", "a b", "a+b"}, {"a%20b%2Bc", "a b+c", "a b+c"},
        {"%c3%A9", "é", "é"}, {"%2f", "/", "/"},     {"%", NULL, NULL},
        {"%1", NULL, NULL},   {"%g1", NULL, NULL},   {"a%00b", NULL, NULL},
        {"%%", NULL, NULL},   {"%25", "%", "%"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *form = NULL, *path = NULL;
        size_t n = strlen(cases[i].in);
        cr_expect_eq(percent_decode(mem, cases[i].in, n, true, &form), cases[i].form != NULL, "%s",
                     cases[i].in);
        cr_expect_eq(percent_decode(mem, cases[i].in, n, false, &path), cases[i].path != NULL);
        cr_expect(text_same(form, cases[i].form) && text_same(path, cases[i].path), "%s",
                  cases[i].in);
    }
}

Test(target, is_split)
{
    static const struct {
        const char *target, *path, *query;
    } cases[] = {
        {"/", "/", NULL},          {"/a/b?c=d", "/a/b", "c=d"}, {"/a?", "/a", ""},
        {"/a?b?c", "/a", "b?c"},   {"http://x", "/", NULL},     {"http://x/a?b", "/a", "b"},
        {"https://x?b", "/", "b"}, {"/a://b", "/a://b", NULL},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *path, *query;
        target_split(mem, cases[i].target, &path, &query);
        cr_expect_str_eq(path, cases[i].path);
        cr_expect(text_same(query, cases[i].query), "%s", cases[i].target);
    }
}

Test(query, fills_the_params)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct seen seen = {0};
    struct asked in = {0};

    cr_assert_ok(query_read(mem, &asked_record,
                            "status=active&account=a%2Fb&units=x&units=y&limit=7&open=true&", &seen,
                            &in));
    cr_expect_str_eq(in.status, "active");
    cr_expect_str_eq(in.account.said, "a/b");
    cr_expect(in.units.n == 2 && text_same(in.units.at[1], "y"));
    cr_expect(in.limit == 7 && in.open);
    cr_expect(seen.at[0] && seen.at[4]);
}

Test(query, says_what_is_wrong)
{
    static const struct {
        const char *query, *field, *words;
    } cases[] = {
        {"stat=active", NULL, "'stat'"},
        {"status", "status", "not one of"},
        {"limit=5&limit=6", "limit", "twice"},
        {"limit=0", "limit", "between"},
        {"limit=x", "limit", "whole number"},
        {"open=maybe", "open", "true or false"},
        {"status=active%zz", NULL, "escape"},
        {"as-of=2026-01-01", NULL, "'as-of'"},
        {"=5", NULL, "''"},
        {"status=active&&x=1", NULL, "'x'"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct seen seen = {0};
        struct asked in = {0};
        struct err *e = query_read(mem, &asked_record, cases[i].query, &seen, &in);
        cr_assert_not_null(e, "%s", cases[i].query);
        cr_expect(text_same(e->field, cases[i].field), "%s: %s", cases[i].query, e->field);
        cr_expect_not_null(strstr(e->text, cases[i].words), "%s: %s", cases[i].query, e->text);
    }
}

Test(query, may_not_repeat_the_path)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct seen seen = {.at = {[1] = true, [2] = true}};
    struct asked in = {0};

    cr_expect_not_null(query_read(mem, &asked_record, "account=b", &seen, &in));
    cr_expect_not_null(query_read(mem, &asked_record, "units=b", &seen, &in));
}

Test(problem, is_a_document)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct err *e = err_field(mem, "owner", "has \"left\"");
    json_t *p;

    err_add(mem, e, "I3", "step 4", "nobody accepted it");
    err_add(mem, e, NULL, NULL, "and more");
    cr_assert_ok(json_read(mem, bytes_of_text(problem_of_error(mem, e)), 9999, "it", &p));
    cr_expect_str_eq(json_text(p, "type"), "urn:tenure:problem:invalid");
    cr_expect_str_eq(json_text(p, "detail"), "has \"left\"");
    cr_expect_str_eq(json_text(p, "field"), "owner");
    cr_expect_eq(json_integer_value(json_object_get(p, "status")), 422);
    const json_t *items = json_object_get(p, "items");
    cr_expect_eq(json_array_size(items), 2);
    cr_expect_str_eq(json_text(json_array_get(items, 0), "where"), "step 4");
    cr_expect_null(json_object_get(json_array_get(items, 1), "code"));
}

/* Every kind of error, and every status that we say without one, has its words. */
Test(problem, every_status_has_a_phrase)
{
    static const int own[] = {200, 201, 405, 408, 411, 415, 417, 431, 501, 505};
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (int kind = 1; kind < ERR_KINDS; kind++)
        cr_expect_str_neq(status_phrase(err_faces[kind].http), "Unknown", "%s",
                          err_faces[kind].slug);
    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
        cr_expect_str_neq(status_phrase(own[i]), "Unknown");
    cr_expect_not_null(strstr(problem_of_status(mem, 503, "x"), "problem:unavailable\""));
    cr_expect_not_null(strstr(problem_of_status(mem, 405, "x"), "problem:method-not-allowed\""));
}
