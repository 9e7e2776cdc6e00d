/* docs.c - every document says everything that is in the table of commands. */
#include "docs/docs.h"

#include "support/vectors.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *mem;

static void open_mem(void)
{
    mem = arena_new();
}

static void close_mem(void)
{
    arena_free(mem);
}

TestSuite(docs, .init = open_mem, .fini = close_mem);

/* The text without the places where a line was broken. */
static const char *unwrapped(const char *text)
{
    char *copy = arena_copy(mem, text), *to = copy;

    for (const char *c = copy; *c; c++) {
        bool white = *c == ' ' || *c == '\n';
        if (!white || to == copy || to[-1] != ' ')
            *to++ = white ? ' ' : *c;
    }
    *to = '\0';
    return copy;
}

Test(docs, help_of_the_program_names_every_noun_option_and_exit_status)
{
    const char *help = unwrapped(docs_help(mem, NULL, NULL));

    EACH_NOUN (n, nouns)
        cr_expect(strstr(help, arena_printf(mem, " %s %s", n->name, n->summary)), "%s", n->name);
    EACH_FIELD (f, &options_record) {
        bool document = f->kind == KIND_BOOL && text_starts(f->help, "write the ");
        const char *shown = strstr(help, arena_printf(mem, "%s ", docs_option(mem, f)));
        cr_expect_eq(shown != NULL, !document, "%s", f->name);
    }
    for (int k = 1; k < ERR_KINDS; k++)
        cr_expect(strstr(help, arena_printf(mem, "(%s)", err_faces[k].slug)), "%d", k);
}

Test(docs, help_of_a_noun_names_every_command)
{
    EACH_NOUN (n, nouns) {
        const char *help = unwrapped(docs_help(mem, n, NULL));
        EACH_COMMAND (c, n)
            cr_expect(strstr(help, arena_printf(mem, "%s %s", command_name(mem, n, c), c->summary)),
                      "%s", command_name(mem, n, c));
    }
}

static void whole_help(const struct noun *n, const struct command *c)
{
    const char *name = command_name(mem, n, c), *help = unwrapped(docs_help(mem, n, c));

    cr_expect(strstr(help, docs_synopsis(mem, n, c)), "%s: synopsis", name);
    cr_expect(strstr(help, docs_roles(mem, c)), "%s: roles", name);
    if (c->example)
        cr_expect(strstr(help, unwrapped(c->example)), "%s: example", name);
    EACH_FIELD (f, &c->params) {
        cr_expect(strstr(help, docs_name(mem, c, f)), "%s: %s", name, f->name);
        cr_expect(strstr(help, unwrapped(f->help)), "%s: help of %s", name, f->name);
        for (const char *const *w = f->choices; w && *w; w++)
            cr_expect(strstr(help, *w), "%s: %s: %s", name, f->name, *w);
    }
}

Test(docs, help_of_a_command_says_all_of_it)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n)
            whole_help(n, c);
    }
}

/* But --version may say which version of a secret; the program's own makes no sense there. */
Test(docs, no_command_has_an_option_that_all_commands_have)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            EACH_FIELD (f, &c->params) {
                bool common = record_find(&options_record, f->name) && !docs_is_argument(c, f);
                cr_expect(!common || strcmp(f->name, "version") == 0, "%s: --%s",
                          command_name(mem, n, c), f->name);
            }
        }
    }
}

Test(docs, arguments_that_may_be_left_out_come_last)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            bool optional = false;
            size_t i = 0, marked = 0;
            for (const struct field *f; (f = docs_argument(c, i)); i++) {
                cr_expect(f->optional || !optional, "%s: %s", command_name(mem, n, c), f->name);
                optional = f->optional;
            }
            EACH_FIELD (f, &c->params)
                marked += docs_is_argument(c, f);
            cr_expect_eq(i, marked);
        }
    }
}

/* ---- The manual ------------------------------------------------------------------------------ */

static const char *without_roff(const char *text)
{
    char *copy = arena_copy(mem, text), *to = copy;

    for (const char *c = copy; *c; c++) {
        if (c[0] == '\\' && c[1] == '-')
            c++;
        else if (strncmp(c, "\\(aq", 4) == 0)
            *to++ = '\'', c += 4;
        else if (strncmp(c, "\\(dq", 4) == 0)
            *to++ = '"', c += 4;
        else if (strncmp(c, "\\[u2026]", 8) == 0) {
            to = stpcpy(to, "…");
            c += 8;
        }
        *to++ = *c;
    }
    *to = '\0';
    return copy;
}

Test(docs, the_manual_has_every_command_and_every_option)
{
    const char *man = without_roff(docs_man(mem));

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n)
            cr_expect(strstr(man, docs_synopsis(mem, n, c)), "%s", command_name(mem, n, c));
    }
    EACH_FIELD (f, &options_record)
        cr_expect(strstr(man, docs_option(mem, f)), "%s", f->name);
}

Test(docs, the_manual_is_ascii_and_no_line_is_a_request_by_accident)
{
    const struct man_section section = {"TRAPS",
                                        ".so /etc/passwd\n'x\nback\\slash „quoted“ \"so\"\n"};
    const char *page = docs_man_page(mem, "trap", "what can go wrong", &section, 1);

    for (const char *c = page; *c; c++)
        cr_assert((*c >= 0x20 && *c < 0x7f) || *c == '\n');
    cr_expect(strstr(page, "\n\\&.so /etc/passwd\n"));
    cr_expect(strstr(page, "\n\\&\\(aqx\n"));
    cr_expect(strstr(page, "back\\eslash \\[u201E]quoted\\[u201C] \\(dqso\\(dq"));
}

/* ---- OpenAPI --------------------------------------------------------------------------------- */

static const json_t *operation(const json_t *openapi, const struct command *c)
{
    const json_t *path = json_object_get(json_object_get(openapi, "paths"), c->path);

    return json_object_get(path, text_lower(mem, c->method));
}

static const json_t *parameter(const json_t *op, const char *name)
{
    size_t i;
    const json_t *p;

    json_array_foreach (json_object_get(op, "parameters"), i, p)
        if (text_same(json_text(p, "name"), name))
            return p;
    return NULL;
}

/* The schema of a body that is signed; where a token may come instead, it is the first of two. */
static const json_t *signed_schema(const json_t *op)
{
    const json_t *schema = vector_at(op, "requestBody.content.application/json.schema");
    const json_t *any = json_object_get(schema, "anyOf");

    return any ? json_array_get(any, 0) : schema;
}

static void token_may_come(const char *name, const json_t *op, const struct command *c)
{
    const json_t *schema = vector_at(op, "requestBody.content.application/json.schema");
    const json_t *plain = json_array_get(json_object_get(schema, "anyOf"), 1);

    cr_expect_eq(plain != NULL, c->by_token, "%s", name);
    cr_expect_eq(parameter(op, "Idempotency-Key") != NULL, c->by_token, "%s", name);
    EACH_FIELD (f, &c->params) {
        bool path = strstr(c->path, arena_printf(mem, "{%s}", f->name)) != NULL;
        const json_t *there = json_object_get(json_object_get(plain, "properties"), f->name);
        cr_expect_eq(there != NULL, c->by_token && !path, "%s: %s", name, f->name);
    }
}

static void whole_operation(const json_t *openapi, const struct noun *n, const struct command *c)
{
    const char *name = command_name(mem, n, c);
    const json_t *op = operation(openapi, c);

    cr_assert_not_null(op, "%s", name);
    cr_expect_str_eq(json_text(op, "summary"), c->summary);
    EACH_FIELD (f, &c->params) {
        const char *in = json_text(parameter(op, f->name), "in");
        bool path = strstr(c->path, arena_printf(mem, "{%s}", f->name)) != NULL;
        if (path)
            cr_expect_str_eq(in, "path", "%s: %s", name, f->name);
        else if (strcmp(c->method, "GET") == 0)
            cr_expect_str_eq(in, "query", "%s: %s", name, f->name);
        if (command_changes(c))
            cr_expect(json_object_get(vector_at(signed_schema(op), "x-tenure-params.properties"),
                                      f->name),
                      "%s: %s", name, f->name);
    }
    if (command_changes(c))
        token_may_come(name, op, c);
}

static const json_t *read_openapi(void)
{
    json_t *openapi;

    cr_assert_ok(json_read(mem, bytes_of_text(docs_openapi(mem)), 16 << 20, "it", &openapi));
    return openapi;
}

Test(docs, openapi_has_every_command_and_its_parameters)
{
    const json_t *openapi = read_openapi();

    cr_expect_str_eq(json_text(openapi, "openapi"), "3.1.0");
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (!c->client)
                whole_operation(openapi, n, c);
        }
    }
}

Test(docs, openapi_has_no_operation_twice)
{
    const json_t *openapi = read_openapi(), *path, *op;
    json_t *ids = json_keep(mem, json_object());
    const char *name, *method;
    size_t operations = 0, commands = 0;

    json_object_foreach (json_object_get(openapi, "paths"), name, path)
        json_object_foreach (json_plain(path), method, op) {
            operations += strncmp(name, "/v1/", 4) == 0 && strncmp(name, "/v1/files/", 10) != 0;
            json_object_set_new(ids, json_text(op, "operationId"), json_true());
            cr_expect_not_null(vector_at(op, "responses.200"), "%s %s", method, name);
        }
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n)
            commands += !c->client;
    }
    cr_expect_eq(operations, commands, "two commands have the same method and path");
    cr_expect_geq(json_object_size(ids), commands);
}

static void check_references(const json_t *openapi, const json_t *value)
{
    const char *key, *to = json_text(value, "$ref");
    const json_t *part;
    size_t i;

    if (to) {
        char *path = arena_copy(mem, to + 2);
        for (char *c = path; *c; c++)
            *c = *c == '/' ? '.' : *c;
        cr_expect_not_null(vector_at(openapi, path), "%s", to);
    }
    json_object_foreach (json_plain(value), key, part)
        check_references(openapi, part);
    json_array_foreach (value, i, part)
        check_references(openapi, part);
}

Test(docs, openapi_refers_to_nothing_that_is_not_there)
{
    const json_t *openapi = read_openapi();

    check_references(openapi, openapi);
}

/* ---- Completion ------------------------------------------------------------------------------ */

static void complete_with(const char *script, const char *shell)
{
    EACH_NOUN (n, nouns) {
        cr_expect(strstr(script, n->name), "%s", n->name);
        EACH_COMMAND (c, n) {
            cr_expect(strstr(script, c->verb), "%s", command_name(mem, n, c));
            EACH_FIELD (f, &c->params) {
                if (!docs_is_argument(c, f))
                    cr_expect(strstr(script, docs_option(mem, f)), "%s: %s",
                              command_name(mem, n, c), f->name);
                for (const char *const *w = f->choices; w && *w; w++)
                    cr_expect(strstr(script, *w), "%s", *w);
            }
        }
    }
    if (system(arena_printf(mem, "command -v %s >/dev/null", shell)) != 0)
        return;
    FILE *reads = popen(arena_printf(mem, "%s -n", shell), "w");
    cr_assert_not_null(reads);
    fputs(script, reads);
    cr_expect_eq(pclose(reads), 0, "%s does not read it", shell);
}

Test(docs, bash_completes_every_word)
{
    complete_with(docs_bash_completion(mem), "bash");
}

Test(docs, zsh_completes_every_word)
{
    complete_with(docs_zsh_completion(mem), "zsh");
}

/* What bash offers after these words, joined by blanks. */
static const char *offered(const char *words)
{
    const char *script =
        arena_printf(mem,
                     "%s\ntenure() { echo key-of-$2; }\ncompopt() { :; }\nCOMP_WORDS=(%s)\n"
                     "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_tenure\necho ${COMPREPLY[*]}\n",
                     docs_bash_completion(mem), words);
    char line[4096] = "";
    char name[] = "/tmp/tenure-completion-XXXXXX";
    int fd = mkstemp(name);

    cr_assert(fd >= 0 && write(fd, script, strlen(script)) == (ssize_t)strlen(script));
    close(fd);
    FILE *out = popen(arena_printf(mem, "bash %s", name), "r");
    cr_assert_not_null(out);
    if (!fgets(line, sizeof(line), out))
        *line = '\0';
    pclose(out);
    unlink(name);
    line[strcspn(line, "\n")] = '\0';
    return arena_copy(mem, line);
}

Test(docs, bash_offers_what_can_stand_there)
{
    static const struct {
        const char *words, *offered;
    } rows[] = {
        {"tenure acc", "account"},
        {"tenure account sh", "show"},
        {"tenure --json --server x account sh", "show"},
        {"tenure account list --stat", "--status"},
        {"tenure account list --status froz", "frozen"},
        {"tenure account list --orphans --status froz", "frozen"},
        {"tenure account register --unit ''", "key-of-unit"},
        {"tenure account show ''", "key-of-account"},
        {"tenure position fill x ''", "key-of-person"},
        {"tenure gaps --ris", "--risk"},
        {"tenure service show --jso", "--json"},
        {"tenure credential record --version 2 --kin", "--kind"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_str_eq(offered(rows[i].words), rows[i].offered, "%s", rows[i].words);
}
