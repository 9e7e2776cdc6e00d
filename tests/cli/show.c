/* show.c - tables and replies as people see them. */
#include "../../src/cli/show.h"

#include "../../src/cli/table.h"
#include "app/command.h"
#include "support/vectors.h"
#include "json/json.h"
#include "json/record_json.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *mem;

static void open_mem(void)
{
    mem = arena_new();
}

static void close_mem(void)
{
    arena_free(mem);
}

TestSuite(show, .init = open_mem, .fini = close_mem);

static const json_t *of(const char *text)
{
    char *copy = arena_copy(mem, text);
    json_t *value;

    for (char *c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    cr_assert_ok(json_read(mem, bytes_of_text(copy), 1 << 20, "a reply", &value));
    return value;
}

static const char *rows(const struct record *shape, const char *json, size_t width)
{
    const struct look look = {mem, width, false};
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    show_rows(&out, &look, shape, of(json), 0);
    return out.at;
}

static const char *object(const struct record *shape, const char *json, size_t width)
{
    const struct look look = {mem, width, false};
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    show_object(&out, &look, shape, of(json), 0);
    return out.at;
}

static const struct field row_fields[] = {{.name = "account", .kind = KIND_TEXT},
                                          {.name = "handle", .kind = KIND_TEXT},
                                          {.name = "since_when", .kind = KIND_TEXT},
                                          {.name = "n", .kind = KIND_INT},
                                          {0}};
static const struct record row_shape = {0, row_fields};

Test(show, columns_are_aligned_and_empty_ones_are_left_out)
{
    cr_expect_str_eq(
        rows(&row_shape,
             "[{'account':'acme','since_when':'2026-11-22T10:00:01.000Z','n':5},"
             "{'account':'über-konto','n':12345,'handle':''},{'account':'日本','n':7}]",
             0),
        "ACCOUNT     SINCE WHEN             N\n"
        "acme        2026-11-22 10:00Z      5\n"
        "über-konto                     12345\n"
        "日本                               7\n");
}

Test(show, what_no_shape_knows_is_shown_too)
{
    cr_expect_str_eq(rows(&row_shape, "[{'more':true,'account':'a'}]", 0),
                     "ACCOUNT  MORE\na        yes\n");
    cr_expect_str_eq(rows(NULL, "[{'x':1}]", 0), "X\n1\n");
    cr_expect_str_eq(object(NULL, "{'new':{'a':1},'b_c':[1,2]}", 0), "b c  1, 2\n\nnew\n  a  1\n");
}

/* What stands there in words too is for programs. */
Test(show, what_is_said_in_words_is_said_once)
{
    static const struct field fields[] = {
        {.name = "what", .kind = KIND_TEXT},
        {.name = "parts", .kind = KIND_ROWS, .rows = &row_shape, .in_words = "what"},
        {0}};
    static const struct record shape = {0, fields};
    struct buf csv;

    cr_expect_str_eq(rows(&shape, "[{'what':'acme 5','parts':[{'account':'acme','n':5}]}]", 0),
                     "WHAT\nacme 5\n");
    cr_expect_str_eq(object(&shape, "{'what':'acme 5','parts':[{'account':'acme','n':5}]}", 0),
                     "what  acme 5\n");
    buf_init(&csv, mem, 1 << 10);
    json_csv(&csv, &shape, of("[{'what':'acme 5','parts':[{'account':'acme','n':5}]}]"));
    cr_expect_str_eq(csv.at, "what\r\nacme 5\r\n");
}

Test(show, no_line_is_wider_than_the_terminal)
{
    const char *json =
        "[{'account':'a-rather-long-key-of-an-account','handle':'and a handle of several "
        "words 日本語 that goes on','since_when':'2026-11-22T10:00:01.000Z','n':1},"
        "{'account':'b','handle':"
        "'onewordwithoutanyblanksinitthatislongerthanthewholeterminaliswide','n':2}]";

    for (size_t width = 30; width < 160; width++) {
        char *text = arena_copy(mem, rows(&row_shape, json, width)), *rest = NULL;
        for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
            cr_assert_leq(text_width(line), width, "%zu: %s", width, line);
            cr_assert(text_is_utf8(line, strlen(line)));
        }
    }
}

Test(show, a_last_column_of_text_goes_on_below)
{
    cr_expect_str_eq(
        rows(NULL, "[{'risk':'sole','detail':'one two three four five six seven eight'}]", 36),
        "RISK  DETAIL\n"
        "sole  one two three four five six\n"
        "      seven eight\n");
}

Test(show, values_are_made_short_and_harmless)
{
    static const struct {
        const char *json, *shown;
    } table[] = {
        {"['2026-11-22T10:00:01.000Z']", "2026-11-22 10:00Z"},
        {"['2026-11-22T10:00:01.93+00:00']", "2026-11-22 10:00Z"},
        {"['2026-11-22T00:00:00.000Z']", "2026-11-22"},
        {"['2026-11-22']", "2026-11-22"},
        {"['a', 1, true, null, '']", "a, 1, yes"},
        {"[{'evidence':'ev-1','name':'x'},{'evidence':'ev-2'}]", "ev-1, ev-2"},
        {"['\\u001b[31mred']", "?[31mred"},
        {"['two\\nlines']", "two lines"},
        {"[false]", "no"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        cr_expect_str_eq(show_value(mem, of(table[i].json)), table[i].shown);
    cr_expect_null(show_value(mem, of("[]")));
    cr_expect_null(show_value(mem, NULL));
}

static const struct field part_fields[] = {{.name = "holder", .kind = KIND_TEXT}, {0}};
static const struct record part_shape = {0, part_fields};
static const struct field view_fields[] = {
    {.name = "history", .kind = KIND_ROWS, .rows = &row_shape},
    {.name = "title", .kind = KIND_OBJECT, .rows = &part_shape},
    {.name = "account", .kind = KIND_TEXT},
    {.name = "note", .kind = KIND_TEXT},
    {0}};
static const struct record view_shape = {0, view_fields};

Test(show, values_come_before_parts_and_tables)
{
    const char *json =
        "{'account':'acme','title':{'holder':'Acme','since':'2021-04-12'},'note':'one\\ntwo',"
        "'history':[{'account':'x','n':1},{'account':'y','n':20}],'none':[],'nil':null}";

    cr_expect_str_eq(object(&view_shape, json, 0), "account  acme\n"
                                                   "note     one\n"
                                                   "         two\n"
                                                   "\n"
                                                   "history (2)\n"
                                                   "  ACCOUNT   N\n"
                                                   "  x         1\n"
                                                   "  y        20\n"
                                                   "\n"
                                                   "title\n"
                                                   "  holder  Acme\n"
                                                   "  since   2021-04-12\n");
}

Test(show, changes_are_told_in_a_line)
{
    static const struct {
        const char *json, *makes, *about, *shown;
    } table[] = {
        {"{'events':[],'entries':0,'size':5}", NULL, "x", "nothing to record: it is so already\n"},
        {"{'events':[{'index':12,'type':'account.registered','after':{'account':'1','ref':'acme'}}]"
         ","
         "'entries':1,'size':13}",
         "account", "x", "recorded as entry 12: account.registered acme\n"},
        {"{'events':[{'index':3,'type':'evidence.added','after':{'evidence':'1','ref':'ev-1'}},"
         "{'index':4,'type':'evidence.added','after':{}},{'index':5,'type':'title.asserted','after'"
         ":{}}],"
         "'entries':3,'size':6}",
         NULL, "acme", "recorded as entries 3 to 5: evidence.added (2), title.asserted acme\n"},
        {"{'events':[{'index':7,'type':'a.b','after':{}}],'entries':300,'result':{'plan_hash':'ff'}"
         "}",
         NULL, NULL, "recorded as entries 7 to 306: a.b, …\nplan hash  ff\n"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        const struct look look = {mem, 0, false};
        struct buf out;
        buf_init(&out, mem, 1 << 20);
        show_change(&out, &look, NULL, of(table[i].json), table[i].makes, table[i].about);
        cr_expect_str_eq(out.at, table[i].shown);
    }
}

Test(show, text_is_cut_at_whole_letters)
{
    static const char text[] = "a日e\xcc\x81z€";

    for (size_t n = 1; n < 12; n++) {
        const char *cut = text_cut(mem, text, n);
        cr_expect_leq(text_width(cut), n);
        cr_expect(text_is_utf8(cut, strlen(cut)));
    }
    cr_expect_str_eq(text_cut(mem, text, 6), text);
}

/* Whatever the service answers, it can be shown. */
Test(show, every_shape_of_the_table_can_be_shown)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            json_t *one = json_keep(mem, json_object()), *many = json_keep(mem, json_array());
            const struct look look = {mem, 72, true};
            struct buf out;
            if (!c->reply.fields)
                continue;
            EACH_FIELD (f, &c->reply)
                json_object_set_new(one, f->name,
                                    f->kind == KIND_ROWS     ? json_pack("[{}]")
                                    : f->kind == KIND_OBJECT ? json_pack("{s:i}", "x", 1)
                                                             : json_string(f->help));
            json_array_append(many, one);
            buf_init(&out, mem, 1 << 20);
            show_object(&out, &look, &c->reply, one, 0);
            show_rows(&out, &look, &c->reply, many, 2);
            cr_expect(buf_ok(&out) && out.n > 0, "%s", command_name(mem, n, c));
        }
    }
}
