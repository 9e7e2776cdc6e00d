/* parse.c - every command of the table can be said on the command line. */
#include "../../src/cli/parse.h"

#include "../../src/cli/suggest.h"
#include "docs/docs.h"
#include "support/vectors.h"
#include "json/record_json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 400 };

static struct arena *mem;

static void open_mem(void)
{
    mem = arena_new();
    EACH_FIELD (f, &options_record)
        if (option_variable(f))
            unsetenv(option_variable(f));
}

static void close_mem(void)
{
    arena_free(mem);
}

TestSuite(parse, .init = open_mem, .fini = close_mem);

struct words {
    char *at[WORDS];
    int n;
};

static void word(struct words *w, const char *text)
{
    cr_assert_lt(w->n, WORDS);
    w->at[w->n++] = arena_copy(mem, text);
}

/* Words as a shell splits them: blanks, and quotes of either kind. */
static struct words split(const char *line)
{
    struct words w = {.n = 0};

    while (*(line += strspn(line, " "))) {
        char quote = *line == '\'' || *line == '"' ? *line++ : ' ';
        const char *end = strchr(line, quote);
        size_t n = end ? (size_t)(end - line) : strlen(line);
        word(&w, arena_copy_n(mem, line, n));
        line += n + (end != NULL);
    }
    return w;
}

static struct err *parsed(const struct words *w, struct call *ret)
{
    struct options options = {0};

    return cli_parse(mem, w->n, w->at, &options, ret);
}

static struct err *parsed_line(const char *line, struct call *ret)
{
    struct words w = split(line);

    return parsed(&w, ret);
}

/* ---- The whole table ------------------------------------------------------------------------- */

static const char *sample(const struct field *f, enum kind kind)
{
    switch (kind) {
    case KIND_NAME:
    case KIND_REF:
        return "some-key";
    case KIND_ID:
        return "94629c2b-77e8-4476-8beb-c6b764afed07";
    case KIND_CHOICE:
        return f->choices[0];
    case KIND_DATE:
        return "2026-01-31";
    case KIND_TIME:
        return "2026-01-31T17:00:00.000Z";
    case KIND_INT:
        return arena_printf(mem, "%lld", (long long)(f->min > 1 ? f->min : 1));
    case KIND_DIGEST:
        return "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    case KIND_JSON:
        return "{}";
    default:
        return f->mail ? "ana@acme.example" : "some text";
    }
}

static bool is_file(const struct field *f)
{
    return f->kind == KIND_FILE || (f->kind == KIND_LIST && f->each == KIND_FILE);
}

/* All fields of a command as words, arguments as arguments when so is asked. */
static struct words spoken(const struct noun *n, const struct command *c, bool arguments,
                           bool equals)
{
    struct words w = {.n = 0};
    const struct field *argument;

    word(&w, n->name);
    if (*c->verb)
        word(&w, c->verb);
    EACH_FIELD (f, &c->params) {
        const char *value = sample(f, f->kind == KIND_LIST ? f->each : f->kind);
        if (arguments && docs_is_argument(c, f))
            continue;
        if (f->kind == KIND_BOOL || equals)
            word(&w,
                 arena_printf(mem, "%s%s%s", docs_option(mem, f), f->kind == KIND_BOOL ? "" : "=",
                              f->kind == KIND_BOOL ? "" : value));
        if (f->kind == KIND_BOOL || equals)
            continue;
        word(&w, docs_option(mem, f));
        word(&w, value);
    }
    for (size_t i = 0; arguments && (argument = docs_argument(c, i)); i++)
        word(&w, sample(argument, argument->kind == KIND_LIST ? argument->each : argument->kind));
    return w;
}

static void heard(const struct noun *n, const struct command *c, const struct words *w)
{
    const char *name = command_name(mem, n, c);
    struct call call;
    struct err *e = parsed(w, &call);

    cr_assert_null(e, "%s: %s %s", name, e ? e->field : "", e ? e->text : "");
    cr_assert(call.noun == n && call.command == c, "%s", name);
    EACH_FIELD (f, &c->params) {
        const char *value = sample(f, f->kind == KIND_LIST ? f->each : f->kind), *got;
        if (is_file(f) && !c->client)
            continue;
        cr_expect(field_is_set(f, call.params), "%s: %s", name, f->name);
        if (f->held_as == HELD_AS_LIST)
            got = ((const struct list *)field_of(f, call.params))->at[0];
        else
            got = field_text(mem, f, call.params);
        cr_expect_str_eq(got, f->kind == KIND_BOOL ? "true" : value, "%s: %s", name, f->name);
    }
}

Test(parse, every_command_is_understood_with_all_its_parameters)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            for (int way = 0; way < 4; way++) {
                struct words w = spoken(n, c, way & 1, way & 2);
                heard(n, c, &w);
            }
        }
    }
}

/* An example may cut a long value short: h-1 --inventory 5f0c… */
Test(parse, every_example_is_understood)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            struct call call = {0};
            struct err *e = c->example ? parsed_line(c->example, &call) : NULL;
            if (e && e->field && strstr(c->example, "…"))
                e = NULL;
            cr_expect_null(e, "tenure %s: %s %s", c->example, e && e->field ? e->field : "",
                           e ? e->text : "");
            cr_expect(!c->example || call.command == c, "tenure %s", c->example);
        }
    }
}

Test(parse, what_is_needed_is_missed_by_name)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            bool needs = false;
            struct call call;
            EACH_FIELD (f, &c->params)
                needs = needs || !f->optional;
            struct err *e = parsed_line(command_name(mem, n, c), &call);
            cr_expect_eq(e != NULL, needs, "%s", command_name(mem, n, c));
            if (e)
                cr_expect(e->field && strstr(e->text, "is missing"), "%s", e->text);
        }
    }
}

/* ---- What goes wrong, and what is said then -------------------------------------------------- */

Test(parse, errors_say_what_to_do)
{
    static const struct {
        const char *line, *field, *text;
    } rows[] = {
        {"", NULL, "tenure --help"},
        {"acount show x", NULL, "did you mean 'account'?"},
        {"account regster x", NULL, "did you mean 'register'?"},
        {"account", NULL, "tenure account --help"},
        {"account show x --as-knwon 2026-01-01", NULL, "did you mean '--as-known'?"},
        {"account show x --sever y", NULL, "did you mean '--server'?"},
        {"--jsno account list", NULL, "did you mean '--json'?"},
        {"step waive h 1 --reason x", NULL, "has no option '--reason'"},
        {"grant give --since 2026-01-01", NULL, "it takes "},
        {"hlep", NULL, "there is no 'hlep'"},
        {"account list -x", NULL, "no option '-x'"},
        {"account show x y", NULL, "'y' is one word too many"},
        {"account show x --as-of", NULL, "--as-of needs a value"},
        {"account show x --as-of=2026-01-01 --as-of 2026-01-02", "as_of", "given twice"},
        {"account show x --account y", "account", "is given twice"},
        {"account show x --as-of 31.1.2026", "as_of", "is not a time like"},
        {"account list --status frozn", "status", "frozen"},
        {"account list --limit 0", "limit", "must lie between"},
        {"account list --orphans=maybe", "orphans", "must be true or false"},
        {"person retire e1", "last_day", "is missing: last day of work"},
        {"account list --server=", NULL, "--server must not be empty"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct call call;
        struct err *e = parsed_line(rows[i].line, &call);
        cr_assert_not_null(e, "%s", rows[i].line);
        cr_expect(strstr(e->text, rows[i].text), "%s: %s", rows[i].line, e->text);
        cr_expect(text_same(e->field, rows[i].field), "%s: %s", rows[i].line, e->field);
        cr_expect_eq(err_faces[e->kind].exit, 2);
    }
}

Test(parse, options_of_the_program_stand_anywhere)
{
    static const char *const lines[] = {"--json --server unix:/x account show a -q",
                                        "account --json show --server=unix:/x a --quiet",
                                        "account show a --json -q --server unix:/x"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct words w = split(lines[i]);
        struct options o = {0};
        struct call call;
        cr_assert_ok(cli_parse(mem, w.n, w.at, &o, &call));
        cr_expect(o.json && o.quiet && !o.yes, "%s", lines[i]);
        cr_expect_str_eq(o.server, "unix:/x");
        cr_expect_str_eq(call.command->verb, "show");
    }
}

Test(parse, the_environment_speaks_when_the_words_do_not)
{
    struct words w = split("--server unix:/said account list");
    struct options o = {0};
    struct call call;

    setenv("TENURE_SERVER", "unix:/env", 1);
    setenv("TENURE_PROFILE", "work", 1);
    setenv("TENURE_KEY", "", 1);
    cr_assert_ok(cli_parse(mem, w.n, w.at, &o, &call));
    cr_expect_str_eq(o.server, "unix:/said");
    cr_expect_str_eq(o.profile, "work");
    cr_expect_null(o.key);
}

Test(parse, after_two_dashes_everything_is_an_argument)
{
    struct call call;

    struct err *e = parsed_line("account show -- --x", &call);
    cr_assert_not_null(e);
    cr_expect_str_eq(e->field, "account");
    cr_expect(strstr(e->text, "'--x'"));
}

Test(parse, lists_keep_their_order)
{
    struct call call;

    cr_assert_ok(parsed_line("person change e1 --clear email --name X --clear phone", &call));
    const struct field *f = record_find(&call.command->params, "clear");
    const struct list *list = field_of(f, call.params);
    cr_assert_eq(list->n, 2);
    cr_expect_str_eq(list->at[0], "email");
    cr_expect_str_eq(list->at[1], "phone");
}

Test(parse, what_needs_the_service_stays_open)
{
    static const struct {
        const char *line;
        size_t open;
    } rows[] = {
        {"person show ana@acme.example", 1},
        {"person show 'Ana Petrova'", 1},
        {"person show e1007", 0},
        {"account show https://x.example/acme", 1},
        {"account show x:acme", 0},
        {"unit show a@b", 0},
        {"title evidence acme --evidence /a.pdf --evidence ../b.pdf", 2},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct call call;
        size_t open = 0;
        cr_assert_ok(parsed_line(rows[i].line, &call));
        for (size_t k = 0; k < call.n; k++)
            open += call_is_open(call.command, &call.said[k]);
        cr_expect_eq(open, rows[i].open, "%s", rows[i].line);
    }
}

Test(parse, help_needs_nothing_else)
{
    static const char *const lines[] = {"--help",
                                        "account --help",
                                        "account show --help",
                                        "-h person retire",
                                        "--version",
                                        "account --man",
                                        "help",
                                        "help account",
                                        "help account show",
                                        "account help"};

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        struct call call;
        cr_expect_null(parsed_line(lines[i], &call), "%s", lines[i]);
    }
}

Test(parse, the_nearest_word_is_near)
{
    static const char *const words[] = {"register", "retire", "show", "list", NULL};

    cr_expect_str_eq(nearest("regsiter", words), "register");
    cr_expect_str_eq(nearest("lst", words), "list");
    cr_expect_str_eq(nearest("reg", words), "register");
    cr_expect_null(nearest("frobnicate", words));
    cr_expect_null(nearest("", words) ? NULL : nearest("", words));
    cr_expect_null(
        nearest("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", words));
}

/* ---- Several cases at once ------------------------------------------------------------------- */

Test(parse, a_change_takes_several_cases_and_a_question_one)
{
    struct call call;

    cr_assert_ok(parsed_line("handover schedule @draft", &call));
    cr_expect(call_is_open(call.command, &call.said[0]));
    cr_assert_ok(parsed_line("step verify lv-1,lv-2 all", &call));
    cr_expect(call_is_open(call.command, &call.said[0]));
    cr_assert_ok(parsed_line("handover schedule lv-ana@acme", &call));
    cr_expect_not(call_is_open(call.command, &call.said[0]), "it is one name");
    struct err *e = parsed_line("handover show @draft", &call);
    cr_expect(e && strstr(e->text, "say which handover"));
    e = parsed_line("account retire a,b --reason x", &call);
    cr_expect(e && strstr(e->text, "say which account"));
}
