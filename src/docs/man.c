/* man.c - manual pages in man(7). tenure(1) is written from the table; other programs bring their
 * own sections and get the same dress. */
#include "words.h"

#include <inttypes.h>
#include <string.h>

/* Text as roff takes it for what it is: no escape, no request at the start of a line, hyphens that
 * can be copied as options, and nothing beyond ASCII. */
static void roff(struct buf *out, const char *text, size_t n)
{
    size_t len;

    for (size_t i = 0; i < n; i += len) {
        bool starts_line = out->n == 0 || out->at[out->n - 1] == '\n';
        uint32_t c = text_code_point(text + i, n - i, &len);
        if (starts_line && (c == '.' || c == '\''))
            buf_text(out, "\\&");
        if (c == '\\')
            buf_text(out, "\\e");
        else if (c == '-')
            buf_text(out, "\\-");
        else if (c == '"')
            buf_text(out, "\\(dq");
        else if (c == '\'')
            buf_text(out, "\\(aq");
        else if (c >= 0x80)
            buf_printf(out, "\\[u%04" PRIX32 "]", c);
        else
            buf_byte(out, (unsigned char)c);
    }
}

static void line(struct buf *out, const char *text)
{
    roff(out, text, strlen(text));
    buf_byte(out, '\n');
}

static void tagged(struct buf *out, const char *name, const char *text)
{
    buf_text(out, ".TP\n.B ");
    line(out, name);
    line(out, text);
}

static void heading(struct buf *out, const char *title)
{
    buf_text(out, ".SH ");
    line(out, title);
}

/* Lines of a section: a tab begins an entry of a list, an empty line a new paragraph. */
static void section(struct arena *mem, struct buf *out, const struct man_section *s)
{
    heading(out, s->title);
    for (const char *at = s->text; *at;) {
        size_t n = strcspn(at, "\n");
        const char *text = arena_copy_n(mem, at, n), *gap = strstr(text, "  ");
        if (n == 0)
            buf_text(out, ".PP\n");
        else if (*text == '\t' && gap)
            tagged(out, arena_copy_n(mem, text + 1, (size_t)(gap - text - 1)),
                   gap + strspn(gap, " "));
        else
            line(out, text);
        at += n + (at[n] == '\n');
    }
}

static void page_head(struct arena *mem, struct buf *out, const char *name, const char *summary)
{
    buf_printf(out, ".TH %s 1 \"\" \"Tenure " VERSION "\" \"Tenure\"\n", capitals(mem, name, '-'));
    heading(out, "NAME");
    line(out, arena_printf(mem, "%s - %s", name, summary));
}

const char *docs_man_page(struct arena *mem, const char *name, const char *summary,
                          const struct man_section *sections, size_t n)
{
    struct buf out;

    buf_init(&out, mem, DOCS_MAX);
    page_head(mem, &out, name, summary);
    for (size_t i = 0; i < n; i++)
        section(mem, &out, &sections[i]);
    return out.at;
}

/* ---- tenure(1) ------------------------------------------------------------------------------- */

static const struct man_section before[] = {
    {"SYNOPSIS", "tenure [OPTIONS] NOUN VERB [ARGUMENTS] [OPTIONS]\n"
                 "\n"
                 "tenure [NOUN [VERB]] --help"},
    {"DESCRIPTION",
     "tenure asks a Tenure service, or has it record something. Each change is signed with the "
     "user's Ed25519 SSH key before it is sent, and stands in a log that cannot be edited "
     "afterwards.\n"
     "Questions are asked in a session, which the program opens by itself with one signature.\n"
     "\n"
     "An unencrypted key file is used directly. For a key with a passphrase, in an agent or in "
     "hardware, ssh-keygen -Y sign is run.\n"
     "\n"
     "Every answer to a change carries a checkpoint of the log, signed by the service. It is "
     "verified with the key that was pinned when the user's own key was enrolled, and compared "
     "with "
     "the newest checkpoint seen before: a log that was cut, rewritten or shown in two versions is "
     "reported and the program ends with status 1.\n"
     "\n"
     "Where a person is asked for, a mail address or a full name will do when it means one person "
     "only; where an account is asked for, its address will do. What was understood is said on "
     "standard error.\n"
     "\n"
     "Days without a time are days in UTC. A time is shown with a Z, which means UTC too."},
};

static const struct man_section after[] = {
    {"TOKENS",
     "A feed or an integration has no key. It is made known with tenure person register --kind "
     "service, and comes with a token that an administrator has issued with tenure token issue: in "
     "TENURE_TOKEN, in the file that --token-file names, or in the one that token_file names in "
     "the "
     "profile. What it asks for is not signed; the log says that the service attests it, and which "
     "token came with it. Not every command can be asked for so."},
    {"FILES",
     "\t~/.config/tenure/NAME.json  a profile: server, person, key file, and the log's name and "
     "key; or token_file\n"
     "\t~/.config/tenure/NAME.newest  the newest checkpoint of the log that was seen, a signed "
     "note\n"
     "\t~/.config/tenure/NAME.linked  the newest that is known to go on from all earlier ones\n"
     "\t~/.config/tenure/NAME.session  the session's token\n"
     "\t~/.config/tenure/NAME.evidence-HASH  two checkpoints of the log that cannot both be true\n"
     "\t~/.local/share/tenure/run/http.sock  where the service is, if nothing else is said\n"
     "\n"
     "XDG_CONFIG_HOME takes the place of ~/.config."},
    {"SEE ALSO", "tenured(1), ssh-keygen(1)"},
};

static void man_option(struct arena *mem, struct buf *out, const struct field *f)
{
    const char *help = sentence(mem, field_help(mem, f)), *name = docs_option(mem, f);

    buf_text(out, ".TP\n.B ");
    roff(out, name, strlen(name));
    if (f->kind != KIND_BOOL)
        buf_printf(out, " \\fI%s\\fR", docs_value(mem, f));
    buf_byte(out, '\n');
    if (!f->optional)
        help = arena_printf(mem, "%s Needed.", help);
    line(out, help);
}

static void man_fields(struct arena *mem, struct buf *out, const struct command *c)
{
    const struct field *argument;

    buf_text(out, ".RS\n");
    for (size_t i = 0; (argument = docs_argument(c, i)); i++)
        tagged(out, docs_name(mem, c, argument), sentence(mem, field_help(mem, argument)));
    EACH_FIELD (f, &c->params) {
        if (!docs_is_argument(c, f))
            man_option(mem, out, f);
    }
    buf_text(out, ".RE\n");
}

static void man_command(struct arena *mem, struct buf *out, const struct noun *n,
                        const struct command *c)
{
    buf_text(out, ".TP\n.B ");
    line(out, docs_synopsis(mem, n, c));
    line(out, sentence(mem, c->summary));
    if (c->detail)
        line(out, c->detail);
    line(out, arena_printf(mem, "For: %s.", docs_roles(mem, c)));
    if (c->example) {
        buf_text(out, ".IP\nExample:\n.B ");
        line(out, arena_printf(mem, "tenure %s", c->example));
    }
    man_fields(mem, out, c);
}

static void man_options(struct arena *mem, struct buf *out)
{
    heading(out, "OPTIONS");
    line(out, "These go with every command, before or after it.");
    EACH_FIELD (f, &options_record)
        man_option(mem, out, f);
    heading(out, "ENVIRONMENT");
    EACH_FIELD (f, &options_record) {
        if (option_variable(f))
            tagged(out, option_variable(f),
                   arena_printf(mem, "As the option %s, which comes first.", docs_option(mem, f)));
    }
}

static void man_exit(struct arena *mem, struct buf *out)
{
    heading(out, "EXIT STATUS");
    tagged(out, "0", "It went well.");
    for (int code = 1; code < 10; code++)
        for (int k = 1; k < ERR_KINDS; k++)
            if (err_faces[k].exit == code)
                tagged(out, arena_printf(mem, "%d", code),
                       arena_printf(mem, "%s: %s.", err_faces[k].slug, err_faces[k].summary));
}

const char *docs_man(struct arena *mem)
{
    struct buf out;

    buf_init(&out, mem, DOCS_MAX);
    page_head(mem, &out, "tenure", "who owns each account and group, and how they pass on");
    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++)
        section(mem, &out, &before[i]);
    man_options(mem, &out);
    heading(&out, "COMMANDS");
    EACH_NOUN (n, nouns) {
        buf_printf(&out, ".SS %s\n", n->name);
        line(&out, sentence(mem, n->summary));
        EACH_COMMAND (c, n)
            man_command(mem, &out, n, c);
    }
    man_exit(mem, &out);
    for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++)
        section(mem, &out, &after[i]);
    return out.at;
}
