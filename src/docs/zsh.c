/* zsh.c - completion for zsh: one function per noun, and what each word means beside it. */
#include "words.h"

#include <string.h>

/* Text inside single quotes inside _arguments: quotes, brackets and colons mean something there. */
static void quoted(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_text(out, "'\\''");
        else if (strchr("[]:\\", *text))
            buf_printf(out, "\\%c", *text);
        else
            buf_byte(out, (unsigned char)*text);
    }
}

/* ":PERSON:what completes it" */
static void value(struct arena *mem, struct buf *out, const struct field *f)
{
    enum kind kind = f->kind == KIND_LIST ? f->each : f->kind;

    buf_printf(out, ":%s:", docs_value(mem, f));
    if (kind == KIND_FILE)
        buf_text(out, "_files");
    else if (kind == KIND_REF)
        buf_printf(out, "{_tenure_of %s}", f->of);
    else if (kind == KIND_CHOICE) {
        buf_byte(out, '(');
        for (const char *const *c = f->choices; *c; c++)
            buf_printf(out, "%s%s", c == f->choices ? "" : " ", *c);
        buf_byte(out, ')');
    }
}

static void option(struct arena *mem, struct buf *out, const struct field *f)
{
    buf_text(out, " \\\n        ");
    buf_printf(out, "%s'%s[", f->kind == KIND_LIST ? "\\*" : "", docs_option(mem, f));
    quoted(out, f->help);
    buf_byte(out, ']');
    if (f->kind != KIND_BOOL)
        value(mem, out, f);
    buf_byte(out, '\'');
}

static void argument(struct arena *mem, struct buf *out, const struct field *f, size_t place)
{
    buf_printf(out, " \\\n        '%zu", place);
    value(mem, out, f);
    buf_byte(out, '\'');
}

static void command_arguments(struct arena *mem, struct buf *out, const struct command *c)
{
    buf_text(out, "_arguments $_tenure_common");
    for (size_t i = 0; docs_argument(c, i); i++)
        argument(mem, out, docs_argument(c, i), i + 1);
    EACH_FIELD (f, &c->params) {
        if (!docs_is_argument(c, f))
            option(mem, out, f);
    }
}

static void described(struct buf *out, const char *name, const char *help)
{
    buf_printf(out, " \\\n        '%s:", name);
    quoted(out, help);
    buf_byte(out, '\'');
}

static void noun_function(struct arena *mem, struct buf *out, const struct noun *n)
{
    const struct command *alone = n->commands;

    buf_printf(out, "_tenure_%s()\n{\n", n->name);
    if (!*alone->verb) {
        buf_text(out, "    ");
        command_arguments(mem, out, alone);
        buf_text(out, "\n}\n\n");
        return;
    }
    buf_text(out, "    local -a verbs\n    verbs=(");
    EACH_COMMAND (c, n)
        described(out, c->verb, c->summary);
    buf_text(out, ")\n    if ((CURRENT == 2)); then\n        _describe verb verbs\n        return\n"
                  "    fi\n    shift words\n    ((CURRENT--))\n    case $words[1] in\n");
    EACH_COMMAND (c, n) {
        buf_printf(out, "    %s)\n        ", c->verb);
        command_arguments(mem, out, c);
        buf_text(out, " ;;\n");
    }
    buf_text(out, "    esac\n}\n\n");
}

static const char tail[] = "_tenure_of()\n{\n    local -a found\n"
                           "    found=(${(f)\"$(tenure complete $1 \"$PREFIX\" 2>/dev/null)\"})\n"
                           "    compadd -a found\n}\n\n"
                           "_tenure()\n{\n    local context state line\n"
                           "    typeset -A opt_args\n"
                           "    _arguments -C $_tenure_common '1:noun:->noun' '*::word:->words'\n"
                           "    case $state in\n"
                           "    noun) _describe noun _tenure_nouns ;;\n"
                           "    words) (($+functions[_tenure_$words[1]])) && _tenure_$words[1] ;;\n"
                           "    esac\n}\n\n"
                           "_tenure \"$@\"\n";

const char *docs_zsh_completion(struct arena *mem)
{
    struct buf out;

    buf_init(&out, mem, DOCS_MAX);
    buf_text(&out, "#compdef tenure\n"
                   "# Completion of tenure(1) for zsh, written by tenure --zsh-completion.\n"
                   "local -a _tenure_common _tenure_nouns\n_tenure_common=(");
    EACH_FIELD (f, &options_record)
        option(mem, &out, f);
    buf_text(&out, ")\n_tenure_nouns=(");
    EACH_NOUN (n, nouns)
        described(&out, n->name, n->summary);
    buf_text(&out, ")\n\n");
    EACH_NOUN (n, nouns)
        noun_function(mem, &out, n);
    buf_text(&out, tail);
    return out.at;
}
