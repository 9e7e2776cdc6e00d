/* commands.c - the table of commands as a whole: what every entry must fulfil. */
#include "app/command.h"
#include "domain/event.h"
#include "store/store.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* What job_binds() and lists give to every statement. */
static bool always_there(const char *name)
{
    static const char *const names[] = {"now",
                                        "as_of",
                                        "as_known",
                                        "actor",
                                        "fingerprint",
                                        "all",
                                        "units",
                                        "limit",
                                        /* what `prepare` finds */ "tag",
                                        "tag_id",
                                        "tag_signature",
                                        "code_hash",
                                        "platform_found",
                                        "marks",
                                        NULL};

    for (const char *const *n = names; *n; n++)
        if (strcmp(*n, name) == 0)
            return true;
    return false;
}

/* Commands of a noun share statements: what one of them does not take is null there. */
static bool of_noun(const struct noun *n, const char *name)
{
    EACH_COMMAND (c, n) {
        if (record_find(&c->params, name))
            return true;
    }
    return false;
}

static void check_statement(const struct noun *n, const struct command *c, const char *statement)
{
    size_t count;
    const char *const *params = store_parameters(statement, &count);

    cr_expect_not_null(params, "%s %s: there is no statement %s", n->name, c->verb, statement);
    for (size_t i = 0; params && i < count; i++)
        cr_expect(of_noun(n, params[i]) || always_there(params[i]), "%s %s: %s needs %s", n->name,
                  c->verb, statement, params[i]);
}

Test(commands, every_statement_gets_its_parameters)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (c->look)
                check_statement(n, c, c->look);
            if (c->query)
                check_statement(n, c, c->query);
        }
    }
}

Test(commands, every_event_is_known)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            for (const char *const *t = c->emits; t && *t; t++)
                cr_expect_not_null(event_type_find(*t), "%s %s: %s", n->name, c->verb, *t);
        }
    }
}

/* A path names only parameters, and arguments come before options in their order. */
Test(commands, paths_name_parameters)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            for (const char *at = c->path ? strchr(c->path, '{') : NULL; at;
                 at = strchr(at + 1, '{')) {
                char name[64] = {0};
                snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + 1, "}"), at + 1);
                cr_expect_not_null(record_find(&c->params, name), "%s %s: {%s}", n->name, c->verb,
                                   name);
            }
        }
    }
}

Test(commands, every_command_says_who_may_and_what_it_does)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            cr_expect(c->client || (c->roles && c->method && c->path), "%s %s", n->name, c->verb);
            cr_expect(!c->client + !(c->emits || c->query || c->answer) == 1, "%s %s does nothing",
                      n->name, c->verb);
            EACH_FIELD (f, &c->params) {
                cr_expect(f->help && *f->help, "%s %s: %s has no help", n->name, c->verb, f->name);
            }
            const struct field *within =
                c->within && !strchr(c->within, ' ') ? record_find(&c->params, c->within) : NULL;
            cr_expect(!c->within || strchr(c->within, ' ') || (within && within->kind == KIND_REF),
                      "%s %s: within %s", n->name, c->verb, c->within);
        }
    }
}

Test(commands, two_commands_never_share_a_route)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            EACH_NOUN (m, nouns) {
                EACH_COMMAND (d, m) {
                    cr_expect(c == d || c->client || d->client ||
                                  strcmp(c->method, d->method) != 0 ||
                                  strcmp(c->path, d->path) != 0,
                              "%s %s and %s %s", n->name, c->verb, m->name, d->verb);
                }
            }
        }
    }
}
