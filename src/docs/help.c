/* help.c - what --help shows at each level. */
#include "words.h"

#include <string.h>

enum { WIDTH = 90, COLUMN = 24 };

static const char tagline[] = "who owns each account and group, and how they pass on";

/* A name at the margin, its text in a column beside it. */
static void entry(struct buf *out, const char *name, const char *text)
{
    size_t n = 2 + text_width(name);

    buf_printf(out, "  %s", name);
    if (n + 2 > COLUMN)
        buf_byte(out, '\n');
    buf_printf(out, "%*s", (int)(n + 2 > COLUMN ? COLUMN : COLUMN - n), "");
    wrap(out, text, COLUMN, COLUMN, WIDTH);
}

static void option(struct arena *mem, struct buf *out, const struct field *f, char letter)
{
    const char *name = docs_option(mem, f), *help = field_help(mem, f);

    if (letter)
        name = arena_printf(mem, "-%c, %s", letter, name);
    if (f->kind != KIND_BOOL)
        name = arena_printf(mem, "%s %s", name, docs_value(mem, f));
    if (!f->optional)
        help = arena_printf(mem, "%s (needed)", help);
    entry(out, name, help);
}

static void exit_codes(struct arena *mem, struct buf *out)
{
    buf_text(out, "\nexit status:\n");
    entry(out, "0", "it went well");
    for (int code = 1; code < 10; code++) {
        struct buf kinds;
        buf_init(&kinds, mem, 1000);
        for (int k = 1; k < ERR_KINDS; k++)
            if (err_faces[k].exit == code)
                buf_printf(&kinds, "%s%s (%s)", kinds.n ? "; " : "", err_faces[k].summary,
                           err_faces[k].slug);
        if (kinds.n)
            entry(out, arena_printf(mem, "%d", code), kinds.at);
    }
}

static void common_options(struct arena *mem, struct buf *out)
{
    buf_text(out, "\noptions of every command:\n");
    EACH_FIELD (f, &options_record) {
        if (!option_is_common(f))
            continue;
        struct field shown = *f;
        if (option_variable(f))
            shown.help = arena_printf(mem, "%s (or %s)", f->help, option_variable(f));
        option(mem, out, &shown, option_letter(f));
    }
}

static void help_program(struct arena *mem, struct buf *out)
{
    buf_printf(out,
               "tenure - %s\n\nusage: tenure [OPTIONS] NOUN VERB [ARGUMENTS] [OPTIONS]\n\nnouns:\n",
               tagline);
    EACH_NOUN (n, nouns)
        entry(out, n->name, n->summary);
    common_options(mem, out);
    exit_codes(mem, out);
    buf_text(out, "\n'tenure NOUN --help' lists the commands of a noun, 'tenure NOUN VERB --help' "
                  "says all of one.\n");
}

static void help_noun(struct arena *mem, struct buf *out, const struct noun *n)
{
    buf_printf(out, "tenure %s - %s\n\ncommands:\n", n->name, n->summary);
    EACH_COMMAND (c, n)
        entry(out, command_name(mem, n, c), c->summary);
    buf_printf(out,
               "\n'tenure %s VERB --help' says all of one, 'tenure --help' the options of every "
               "command.\n",
               n->name);
}

static void fields(struct arena *mem, struct buf *out, const struct command *c)
{
    const struct field *argument;
    bool any = false;

    for (size_t i = 0; (argument = docs_argument(c, i)); i++) {
        buf_text(out, i ? "" : "\narguments:\n");
        entry(out, docs_name(mem, c, argument), field_help(mem, argument));
    }
    EACH_FIELD (f, &c->params) {
        if (docs_is_argument(c, f))
            continue;
        buf_text(out, any ? "" : "\noptions:\n");
        any = true;
        option(mem, out, f, 0);
    }
}

/* "0 fine, 1 broken, 2 usage or invalid, …" */
static void exit_line(struct buf *out)
{
    buf_text(out, "\nexit status: 0 fine");
    for (int code = 1; code < 10; code++) {
        const char *sep = arena_printf(out->mem, ", %d ", code);
        for (int k = 1; k < ERR_KINDS; k++) {
            if (err_faces[k].exit != code)
                continue;
            buf_printf(out, "%s%s", sep, err_faces[k].slug);
            sep = " or ";
        }
    }
    buf_byte(out, '\n');
}

static void help_command(struct arena *mem, struct buf *out, const struct noun *n,
                         const struct command *c)
{
    buf_text(out, "usage: ");
    wrap(out, docs_synopsis(mem, n, c), 7, 11, WIDTH);
    buf_byte(out, '\n');
    wrap(out, sentence(mem, c->summary), 0, 0, WIDTH);
    if (c->detail) {
        buf_byte(out, '\n');
        wrap(out, c->detail, 0, 0, WIDTH);
    }
    fields(mem, out, c);
    buf_printf(out, "\nwho may: ");
    wrap(out, docs_roles(mem, c), 9, 9, WIDTH);
    if (command_changes(c))
        buf_printf(out, "It is signed with your SSH key%s and recorded in the log.\n",
                   c->by_token ? ", or comes with a service's token," : "");
    if (docs_takes_many(c)) {
        buf_byte(out, '\n');
        wrap(out,
             "HANDOVER may be several, with commas, or @STATE for all cases in a state (@draft, "
             "@scheduled, @in_progress, @verifying) or @open: each is signed by itself, and one "
             "that is refused keeps none of the others back.",
             0, 0, WIDTH);
    }
    if (c->example)
        buf_printf(out, "\nexample:\n  tenure %s\n", c->example);
    exit_line(out);
    buf_text(out, "\n'tenure --help' lists the options of every command.\n");
}

const char *docs_help(struct arena *mem, const struct noun *noun, const struct command *command)
{
    struct buf out;

    buf_init(&out, mem, DOCS_MAX);
    if (!noun)
        help_program(mem, &out);
    else if (!command)
        help_noun(mem, &out, noun);
    else
        help_command(mem, &out, noun, command);
    return out.at;
}
