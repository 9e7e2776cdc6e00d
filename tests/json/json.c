/* json.c - strict in, canonical out. */
#include "json/json.h"

#include "json/record_json.h"

#include <criterion/criterion.h>

static struct err *read(struct arena *mem, const char *text, json_t **ret)
{
    return json_read(mem, bytes_of_text(text), 1000, "the text", ret);
}

/* RFC 8785, section 3.2.2 and appendix B, and the rules of its section 3.2.3. */
Test(canonical, writes_as_the_rfc_says)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"{\"b\":1,\"a\":[true,false,null]}", "{\"a\":[true,false,null],\"b\":1}"},
        {"{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,"
         "\"\\u00f6\":7}",
         "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":1,\"\xf0\x9f\x98\x80\":"
         "5,\"\xef\xac\xb3\":3}"},
        {"\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"",
         "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""},
        {"[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001]",
         "[333333333.3333333,1e+30,4.5,0.002,1e-27]"},
        {"[-0.0,0.0,5e-324,-5e-324,1.7976931348623157e308]",
         "[0,0,5e-324,-5e-324,1.7976931348623157e+308]"},
        {"[9007199254740992.0,295147905179352830000.0,1e21,9.999999999999997e22,1e23]",
         "[9007199254740992,295147905179352830000,1e+21,9.999999999999997e+22,1e+23]"},
        {"[0.000001,1e-7,0.00012,123456.789,1e20]",
         "[0.000001,1e-7,0.00012,123456.789,100000000000000000000]"},
        {"[9007199254740993]", "[9007199254740992]"},
        {"[1.0,-1.5,10.0]", "[1,-1.5,10]"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        json_error_t e;
        json_t *v = json_keep(mem, json_loads(rows[i].in, JSON_DECODE_ANY, &e));
        cr_assert_not_null(v, "row %zu: %s", i, e.text);
        cr_expect_str_eq(json_canonical(mem, v), rows[i].out, "row %zu: %s", i,
                         json_canonical(mem, v));
    }
}

Test(read, refuses_what_can_be_read_in_two_ways)
{
    static const char *const bad[] = {"{\"a\":1,\"a\":2}",
                                      "{\"a\":1}x",
                                      "{\"a\":\"\\u0000\"}",
                                      "{'a':1}",
                                      "{\"a\":01}",
                                      "{\"a\":1,}",
                                      "\xff",
                                      "",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "nul"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    json_t *v;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not_null(read(mem, bad[i], &v), "%s", bad[i]);
    struct buf deep;
    buf_init(&deep, mem, 10000);
    for (int i = 0; i < JSON_DEPTH + 1; i++)
        buf_byte(&deep, '[');
    struct err *e = read(mem, deep.at, &v);
    cr_expect(e && strstr(e->text, "deeper"));
    cr_assert_null(read(mem, "[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]", &v));
    e = json_read(mem, bytes_of_text("[1,2,3]"), 6, "the text", &v);
    cr_expect(e && e->kind == ERR_TOO_LARGE);
}

struct sample {
    const char *name;
    int64_t n;
    bool yes;
    struct list words;
};
static const struct field fields[] = {
    {"name", KIND_NAME, .help = "a key", AT(struct sample, name)},
    {"n", KIND_INT, .optional = true, .max = 10, .help = "a number", AT(struct sample, n)},
    {"yes", KIND_BOOL, .optional = true, .help = "or no", AT(struct sample, yes)},
    {"words", KIND_LIST, .optional = true, .each = KIND_TEXT, .max = 2, .help = "some",
     AT(struct sample, words)},
    {0}};
static const struct record record = RECORD(struct sample, fields);

Test(record_json, goes_there_and_back)
{
    static const char text[] = "{\"n\":3,\"name\":\"a\",\"words\":[\"x\",\"y\"],\"yes\":true}";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct seen seen = {0};
    struct sample s = {0};
    json_t *v;

    cr_assert_null(read(mem, text, &v));
    cr_assert_null(record_from_json(mem, &record, v, &seen, &s));
    cr_expect_str_eq(json_canonical(mem, record_to_json(mem, &record, &s, NULL)), text);
}

Test(record_json, names_what_is_wrong)
{
    static const struct {
        const char *in, *says;
    } rows[] = {
        {"{\"nome\":\"a\"}", "'nome'"},
        {"{\"name\":1}", "text"},
        {"{\"n\":\"3\"}", "whole"},
        {"{\"n\":11}", "between"},
        {"{\"yes\":1}", "true or false"},
        {"{\"words\":\"x\"}", "array"},
        {"{\"words\":[1]}", "item 1"},
        {"{\"words\":[\"a\",\"b\",\"c\"]}", "more than 2"},
        {"[]", "object"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct seen seen = {0};
        struct sample s = {0};
        json_t *v;
        cr_assert_null(read(mem, rows[i].in, &v));
        struct err *e = record_from_json(mem, &record, v, &seen, &s);
        cr_assert_not_null(e, "%s", rows[i].in);
        cr_expect_not_null(strstr(e->text, rows[i].says), "%s: %s", rows[i].in, e->text);
    }
}

/* RFC 4180; and what a spreadsheet would run is text (CWE-1236). */
Test(csv, a_table_for_spreadsheets)
{
    static const struct field columns[] = {{.name = "who", .kind = KIND_TEXT},
                                           {.name = "n", .kind = KIND_INT},
                                           {.name = "is", .kind = KIND_BOOL},
                                           {0}};
    static const struct record shape = {0, columns};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct buf out;
    json_t *rows;

    cr_assert_null(read(mem,
                        "[{\"who\":\"=1+1\",\"n\":-3,\"is\":true},{\"who\":\"a, \\\"b\\\"\"},"
                        "{\"who\":[\"x\",\"-y\"],\"n\":0,\"is\":false},{\"who\":\"two\\nlines\"},"
                        "{\"who\":\"@sum\",\"more\":1},{\"who\":\"Ün;e\"}]",
                        &rows));
    buf_init(&out, mem, 1000);
    json_csv(&out, &shape, rows);
    cr_expect_str_eq(out.at, "who,n,is\r\n"
                             "\"'=1+1\",-3,yes\r\n"
                             "\"a, \"\"b\"\"\",,\r\n"
                             "\"x; -y\",0,no\r\n"
                             "\"two\nlines\",,\r\n"
                             "\"'@sum\",,\r\n"
                             "\"Ün;e\",,\r\n");
}

/* ---- Read quickly, and read by jansson ---- */

static void expect_same(struct arena *mem, const char *text, size_t n)
{
    json_error_t trouble;
    json_t *slow = json_loadb(text, n, JSON_REJECT_DUPLICATES, &trouble), *quick = NULL;
    struct err *e = json_read(mem, bytes_of(text, n), 1 << 20, "the text", &quick);

    cr_expect(!e == (slow != NULL), "%.*s", (int)n, text);
    if (!e && slow)
        cr_expect(json_equal(quick, slow), "%.*s", (int)n, text);
    json_decref(slow);
}

/* Wrong at every place in every way: what one takes, the other takes as the same. */
Test(read, is_as_strict_as_jansson_wherever_a_text_goes_wrong)
{
    static const char good[] =
        " {\"f\":\"more than two times eight letters\",\"a\": [1, -20, 0, {}, [], "
        "\"x\\n\\\"y\\\\\", true,false , null],\"b\":\"\xc3\xa9 z\","
        "\"\":{\"c\":\"\\u00e9\\ud83d\\ude00\",\"d\":1.5e3},\"e\":123456789012345678}\n";
    static const char other[] = "\"\\{}[],:0-1.eEaun \n\t\x01\x7f\xc3\xff";
    char text[sizeof(good)];

    for (size_t at = 0; at < sizeof(good) - 1; at++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        for (size_t i = 0; i < sizeof(other); i++) { /* with its NUL */
            memcpy(text, good, sizeof(good));
            text[at] = other[i];
            expect_same(mem, text, sizeof(good) - 1);
        }
        expect_same(mem, good, at);
        memmove(text, good, at);
        memmove(text + at, good + at + 1, sizeof(good) - at - 1);
        expect_same(mem, text, sizeof(good) - 2);
    }
}

Test(read, is_as_strict_as_jansson_with_numbers_and_ends)
{
    static const char *const texts[] = {"[9223372036854775807]",
                                        "[9223372036854775808]",
                                        "[-9223372036854775808]",
                                        "[-9223372036854775809]",
                                        "[9999999999999999999]",
                                        "[99999999999999999999]",
                                        "[999999999999999999]",
                                        "[-999999999999999999]",
                                        "[1000000000000000000]",
                                        "[-1000000000000000000]",
                                        "[0000000000000000000]",
                                        "[123456789012345678",
                                        "[1234567890123456789",
                                        "[1234567890123456789]",
                                        "[-0]",
                                        "[00]",
                                        "[-]",
                                        "[1",
                                        "[1 2]",
                                        "[1,]",
                                        "[,1]",
                                        "{,}",
                                        "{\"a\":1,\"a\":1}",
                                        "{\"a\":{\"b\":1},\"b\":{\"a\":1}}",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "1",
                                        "\"a\"",
                                        "[]]",
                                        "[] []",
                                        "[\"\\",
                                        "[\"\\\"",
                                        "[\"a\\/b\"]",
                                        "[\"a\tb\"]",
                                        "[tru]",
                                        "[truex]",
                                        "[\"\xed\xa0\x80\"]",
                                        "[\"\xf0\x9f\x98\x80\"]",
                                        "[\"\xc0\x80\"]",
                                        "\xef\xbb\xbf[]"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        expect_same(mem, texts[i], strlen(texts[i]));
    }
}

/* ---- Where values live ---- */

/* Made while an arena is named, dropped when it is not, or with it; and the other way round. */
Test(memory, of_values_is_an_arena_s_where_it_is_named)
{
    json_in_arenas();
    struct arena *mem = arena_new();
    json_t *apart = json_pack("{s:[i,s]}", "a", 1, "b"), *in_arena;
    {
        JSON_INTO(mem);
        in_arena = json_keep(mem, json_pack("{s:s, s:[s,i]}", "k", "v", "list", "x", 1));
        json_keep(mem, apart);
        json_keep(mem, json_true());
        cr_expect(json_lies_in(mem, in_arena) && !json_lies_in(mem, apart));
    }
    cr_expect(!json_lies_in(mem, in_arena), "nothing is made there any more");
    json_object_del(in_arena, "list");
    cr_expect_str_eq(json_compact(mem, in_arena), "{\"k\":\"v\"}");
    cr_expect_str_eq(json_compact(mem, apart), "{\"a\":[1,\"b\"]}");
    cr_expect_str_eq(json_indented(mem, json_object_get(in_arena, "k"), 1), "\"v\"");
    arena_free(mem);
}
