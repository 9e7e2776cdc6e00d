/* parse.c - see parse.h. Everything that can stand on the command line is in the table of commands
 * or in that of the options which all commands take. */
#include "parse.h"

#include "base/check.h"
#include "base/text.h"
#include "docs/docs.h"
#include "each.h"
#include "suggest.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 20000 };

struct parser {
    struct arena *mem;
    char *const *words;
    int n, at;
    bool only_arguments; /* after "--" */
    size_t arguments;    /* taken so far */
    struct options *options;
    struct seen seen;
    struct call *call;
};

/* ---- Words ----------------------------------------------------------------------------------- */

static bool is_option_of(const char *word, size_t n, const char *name)
{
    if (strlen(name) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (word[i] != (name[i] == '_' ? '-' : name[i]))
            return false;
    return true;
}

static const struct field *find_option(const struct record *r, const char *word, size_t n)
{
    EACH_FIELD (f, r) {
        if (is_option_of(word, n, f->name))
            return f;
    }
    return NULL;
}

static struct err *say(struct parser *p, const struct field *f, const char *value)
{
    struct call *call = p->call;
    bool *seen = &p->seen.at[f - call->command->params.fields];

    if (*seen && f->kind != KIND_LIST)
        return err_field(p->mem, f->name, "is given twice");
    *seen = true;
    call->said[call->n++] = (struct said){f, value, value};
    return NULL;
}

/* What the program itself takes: one of its own options. */
static struct err *set_own(struct parser *p, const struct field *f, const char *value)
{
    if (f->kind == KIND_BOOL)
        return field_set(p->mem, f, value, p->options);
    if (!*value)
        return err_new(p->mem, ERR_USAGE, "%s must not be empty", docs_option(p->mem, f));
    *(const char **)field_in(f, p->options) = value;
    return NULL;
}

/* The value of an option that needs one: after '=' or the next word. */
static struct err *option_value(struct parser *p, const struct field *f, const char *equals,
                                const char **ret)
{
    if (equals)
        *ret = equals + 1;
    else if (f->kind == KIND_BOOL)
        *ret = "true";
    else if (p->at < p->n)
        *ret = p->words[p->at++];
    else
        return err_new(p->mem, ERR_USAGE, "%s needs a value: %s", docs_option(p->mem, f), f->help);
    return NULL;
}

static struct err *take_option(struct parser *p, const char *word)
{
    const char *equals = strchr(word, '='), *value;
    size_t n = equals ? (size_t)(equals - word) : strlen(word);
    const struct command *c = p->call->command;
    const struct field *f = c ? find_option(&c->params, word + 2, n - 2) : NULL;
    bool own = !f;

    if (own)
        f = find_option(&options_record, word + 2, n - 2);
    if (!f)
        return unknown_option(p->mem, p->call, arena_copy_n(p->mem, word, n));
    TRY(option_value(p, f, equals, &value));
    return own ? set_own(p, f, value) : say(p, f, value);
}

static struct err *take_letter(struct parser *p, const char *word)
{
    const char *value;

    EACH_FIELD (f, &options_record) {
        if (option_letter(f) != word[1] || word[2])
            continue;
        TRY(option_value(p, f, NULL, &value));
        return set_own(p, f, value);
    }
    return unknown_option(p->mem, p->call, word);
}

static struct err *take_noun(struct parser *p, const char *word)
{
    EACH_NOUN (noun, nouns) {
        if (strcmp(noun->name, word) != 0)
            continue;
        p->call->noun = noun;
        if (!*noun->commands->verb && !noun->commands[1].summary)
            p->call->command = noun->commands;
        return NULL;
    }
    return unknown_noun(p->mem, word);
}

static struct err *take_verb(struct parser *p, const char *word)
{
    const struct command *alone = NULL;

    EACH_COMMAND (c, p->call->noun) {
        if (strcmp(c->verb, word) == 0) {
            p->call->command = c;
            return NULL;
        }
        if (!*c->verb)
            alone = c;
    }
    if (strcmp(word, "help") == 0) {
        p->options->help = true;
        return NULL;
    }
    if (!alone)
        return unknown_verb(p->mem, p->call, word);
    p->call->command = alone;
    p->at--; /* the word is an argument of the noun alone */
    return NULL;
}

static struct err *take_argument(struct parser *p, const char *word)
{
    const struct command *c = p->call->command;
    const struct field *f = docs_argument(c, p->arguments);

    while (f && f->kind != KIND_LIST && p->seen.at[f - c->params.fields])
        f = docs_argument(c, ++p->arguments);
    if (!f)
        return err_new(p->mem, ERR_USAGE, "'%s' is one word too many: %s", word,
                       docs_synopsis(p->mem, p->call->noun, c));
    if (f->kind != KIND_LIST)
        p->arguments++;
    return say(p, f, word);
}

static struct err *take_word(struct parser *p)
{
    const char *word = p->words[p->at++];

    if (!p->only_arguments && strcmp(word, "--") == 0) {
        p->only_arguments = true;
        return NULL;
    }
    if (!p->only_arguments && word[0] == '-' && word[1] == '-')
        return take_option(p, word);
    if (!p->only_arguments && word[0] == '-' && word[1])
        return take_letter(p, word);
    if (!p->call->noun && strcmp(word, "help") == 0) {
        p->options->help = true;
        return NULL;
    }
    if (!p->call->noun)
        return take_noun(p, word);
    if (!p->call->command)
        return take_verb(p, word);
    return take_argument(p, word);
}

/* ---- All of it ------------------------------------------------------------------------------- */

static void take_environment(struct options *options)
{
    EACH_FIELD (f, &options_record) {
        const char *variable = option_variable(f), *value = variable ? getenv(variable) : NULL;
        if (!value || !*value || field_is_set(f, options))
            continue;
        if (f->kind == KIND_BOOL)
            *(bool *)field_in(f, options) = true;
        else
            *(const char **)field_in(f, options) = value;
    }
}

static bool wants_document(const struct options *o)
{
    return o->help || o->version || o->man || o->openapi || o->bash_completion || o->zsh_completion;
}

/* A noun that is a command by itself may have verbs too. */
static void alone(struct call *call)
{
    if (call->noun && !call->command)
        EACH_COMMAND (c, call->noun)
            if (!*c->verb)
                call->command = c;
}

static struct err *say_what_to_do(struct arena *mem, const struct call *call)
{
    if (!call->noun)
        return err_new(mem, ERR_USAGE, "say what to do: tenure --help lists all commands");
    return err_new(mem, ERR_USAGE, "say what to do with '%s': see tenure %s --help",
                   call->noun->name, call->noun->name);
}

struct err *cli_parse(struct arena *mem, int n, char *const *words, struct options *options,
                      struct call *ret)
{
    struct parser p = {.mem = mem, .words = words, .n = n, .options = options, .call = ret};

    *ret = (struct call){0};
    if (n > WORDS_MAX)
        return err_new(mem, ERR_TOO_LARGE, "there are more than %d words", WORDS_MAX);
    ret->said = arena_array(mem, (size_t)n + 1, sizeof(*ret->said));
    while (p.at < p.n)
        TRY(take_word(&p));
    take_environment(options);
    if (wants_document(options))
        return NULL;
    alone(ret);
    if (!ret->command)
        return say_what_to_do(mem, ret);
    TRY(call_fill(mem, ret, false));
    return record_complete(mem, &ret->command->params, &p.seen);
}

bool call_is_open(const struct command *command, const struct said *said)
{
    const struct field *f = said->f;
    enum kind kind = f->kind == KIND_LIST ? f->each : f->kind;

    if (command->client)
        return false;
    if (kind == KIND_FILE)
        return true;
    if (kind != KIND_REF)
        return false;
    if (says_many(command, said))
        return true;
    if (strcmp(f->of, "person") == 0)
        return strpbrk(said->value, "@ ") != NULL;
    return strcmp(f->of, "account") == 0 && strstr(said->value, "://");
}

/* On this side a file is its path. */
static bool is_path(const struct command *command, const struct field *f)
{
    return command->client && f->kind == KIND_FILE;
}

struct err *call_fill(struct arena *mem, struct call *call, bool all)
{
    call->params = arena_alloc(mem, call->command->params.size + 1);
    for (size_t i = 0; i < call->n; i++) {
        const struct said *said = &call->said[i];
        if (is_path(call->command, said->f))
            *(const char **)field_in(said->f, call->params) = said->value;
        else if (all || !call_is_open(call->command, said))
            TRY(field_set(mem, said->f, said->value, call->params));
    }
    return NULL;
}
