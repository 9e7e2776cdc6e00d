/* words.c - see words.h. One spelling for every field and command, whatever document shows it. */
#include "words.h"

#include <ctype.h>
#include <string.h>

const char *sentence(struct arena *mem, const char *text)
{
    size_t n = strlen(text);
    bool ended = n && strchr(".:!?", text[n - 1]);
    char *copy = arena_printf(mem, "%s%s", text, ended ? "" : ".");

    *copy = (char)toupper((unsigned char)*copy);
    return copy;
}

const char *capitals(struct arena *mem, const char *name, char between)
{
    char *copy = arena_copy(mem, name);

    for (char *c = copy; *c; c++)
        *c = *c == '_' ? between : (char)toupper((unsigned char)*c);
    return copy;
}

bool docs_is_argument(const struct command *command, const struct field *f)
{
    bool names_new = f->optional && command->makes && strcmp(command->makes, f->name) == 0;

    return f->argument || names_new;
}

const struct field *docs_argument(const struct command *command, size_t i)
{
    for (int pass = 0; pass < 3; pass++) {
        EACH_FIELD (f, &command->params) {
            int turn = !f->argument ? 2 : f->optional;
            if (docs_is_argument(command, f) && pass == turn && i-- == 0)
                return f;
        }
    }
    return NULL;
}

bool docs_takes_many(const struct command *command)
{
    const struct field *first = docs_argument(command, 0);

    return command_changes(command) && first && first->kind == KIND_REF &&
           strcmp(first->of, "handover") == 0;
}

const char *docs_name(struct arena *mem, const struct command *command, const struct field *f)
{
    return docs_is_argument(command, f) ? capitals(mem, f->name, '-') : docs_option(mem, f);
}

const char *docs_option(struct arena *mem, const struct field *f)
{
    char *name = arena_printf(mem, "--%s", f->name);
    for (char *c = name; *c; c++)
        if (*c == '_')
            *c = '-';
    return name;
}

const char *docs_value(struct arena *mem, const struct field *f)
{
    enum kind kind = f->kind == KIND_LIST ? f->each : f->kind;

    switch (kind) {
    case KIND_REF:
    case KIND_ID:
        return f->of ? capitals(mem, f->of, '-') : "ID";
    case KIND_NAME:
        return "NAME";
    case KIND_CHOICE:
        return "WORD";
    case KIND_DATE:
        return "DATE";
    case KIND_TIME:
        return "TIME";
    case KIND_INT:
        return "N";
    case KIND_FILE:
        return "FILE";
    case KIND_DIGEST:
        return "SHA256";
    case KIND_JSON:
        return "JSON";
    default:
        return f->of ? capitals(mem, f->of, '-') : "TEXT";
    }
}

const char *docs_roles(struct arena *mem, const struct command *command)
{
    struct buf out;

    if (command->client || (command->roles & ROLE_ANYONE))
        return "anybody";
    buf_init(&out, mem, 1000);
    for (size_t i = 0; role_words[i]; i++)
        if (command->roles & role_bit(role_words[i]))
            buf_printf(&out, "%s%s", out.n ? ", " : "", role_words[i]);
    if (command->roles & ROLE_MEMBER)
        buf_printf(&out, "%s for what is their own", out.n ? "; anybody else" : "anybody");
    if (command->within) {
        const char *sep = "; a role for a unit reaches what belongs to it, by the ";
        char *words = arena_copy(mem, command->within), *rest = NULL;
        for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) {
            buf_printf(&out, "%s%s", sep, w);
            sep = " or ";
        }
    }
    return out.at;
}

const char *choices_text(struct arena *mem, const char *const *words)
{
    struct buf out;

    buf_init(&out, mem, 4000);
    for (const char *const *w = words; *w; w++)
        buf_printf(&out, "%s%s", w == words ? "" : w[1] ? ", " : " or ", *w);
    return out.at;
}

const char *field_help(struct arena *mem, const struct field *f)
{
    struct buf out;

    buf_init(&out, mem, 8000);
    buf_text(&out, f->help);
    if (f->choices)
        buf_printf(&out, ": %s", choices_text(mem, f->choices));
    if (f->kind == KIND_LIST && !strstr(f->help, "several times"))
        buf_text(&out, "; may be given several times");
    if (f->personal)
        buf_text(&out, "; personal: can be erased");
    return out.at;
}

void wrap(struct buf *out, const char *text, size_t at, size_t indent, size_t width)
{
    while (*text) {
        size_t n = strcspn(text, " \n");
        char *word = arena_copy_n(out->mem, text, n);
        size_t columns = text_width(word);
        if (n && at > indent && at + 1 + columns > width) {
            buf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (n && at > indent) {
            buf_byte(out, ' ');
            at++;
        }
        buf_add(out, word, n);
        at += columns;
        text += n;
        if (*text == '\n') {
            buf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
        }
        text += *text != '\0';
    }
    buf_byte(out, '\n');
}

/* " [--until DATE]" */
static void add_to_synopsis(struct arena *mem, struct buf *out, const struct command *c,
                            const struct field *f)
{
    bool list = f->kind == KIND_LIST;

    buf_text(out, f->optional ? " [" : " ");
    buf_text(out, docs_name(mem, c, f));
    if (!docs_is_argument(c, f) && f->kind != KIND_BOOL)
        buf_printf(out, " %s", docs_value(mem, f));
    buf_text(out, f->optional ? "]" : "");
    buf_text(out, list ? "…" : "");
}

const char *docs_synopsis(struct arena *mem, const struct noun *noun, const struct command *command)
{
    struct buf out;

    buf_init(&out, mem, 8000);
    buf_printf(&out, "tenure %s", command_name(mem, noun, command));
    for (size_t i = 0; docs_argument(command, i); i++)
        add_to_synopsis(mem, &out, command, docs_argument(command, i));
    for (int optional = 0; optional < 2; optional++) {
        EACH_FIELD (f, &command->params) {
            if (!docs_is_argument(command, f) && f->optional == (bool)optional)
                add_to_synopsis(mem, &out, command, f);
        }
    }
    return out.at;
}

bool option_is_common(const struct field *f)
{
    static const char *const documents[] = {"man", "openapi", "bash_completion", "zsh_completion"};

    for (size_t i = 0; i < sizeof(documents) / sizeof(*documents); i++)
        if (strcmp(documents[i], f->name) == 0)
            return false;
    return true;
}
