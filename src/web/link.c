/* link.c - commands in sentences, as links: "tenure step finish leaving 3" goes to the form of
 * `step finish` with what it names filled in, "tenure gaps" to its page. */
#include "app/command.h"
#include "base/check.h"
#include "called.h"
#include "docs/docs.h"
#include "view.h"
#include "web_internal.h"
#include "json/json.h"

#include <ctype.h>

static const char tenure[] = "tenure ";

/* A command as it is read, word by word. */
struct reading {
    struct page *page;
    const struct noun *noun;
    const struct command *command;
    const char *at;      /* behind what was read */
    const char **values; /* by field; NULL: not said */
};

/* ---- Words
 * --------------------------------------------------------------------------------------- */

/* In French, a space at which no line breaks stands before a sign: a word ends there too. */
static size_t letters(const char *at, const char *ends)
{
    static const char *const spaces[] = {"\u00a0", "\u202f"};
    size_t n = strcspn(at, ends);

    for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
        const char *space = strstr(at, spaces[i]);
        if (space && (size_t)(space - at) < n)
            n = (size_t)(space - at);
    }
    return n;
}

/* The next word of the same command: none after a comma, a bracket or at the end. */
static const char *peek(const struct reading *r, size_t *ret_n)
{
    const char *at = r->at;

    if (*at != ' ')
        return NULL;
    *ret_n = letters(++at, " ,;:)(\n");
    if (at[*ret_n] == ':' && at[*ret_n + 1] && at[*ret_n + 1] != ' ') /* linkedin:group */
        *ret_n += letters(at + *ret_n, " ,;)(\n");
    return *ret_n ? at : NULL;
}

static const char *take(struct reading *r)
{
    size_t n;
    const char *word = peek(r, &n);

    if (!word)
        return NULL;
    r->at = word + n;
    return arena_copy_n(r->page->mem, word, n);
}

/* WHY, PERSON, WHOM-OR-WHAT: the reader is to fill it in. */
static bool is_left_open(const char *word)
{
    return strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-'") == strlen(word) || strstr(word, "…");
}

static void keep(struct reading *r, const struct field *f, const char *value)
{
    if (!is_left_open(value))
        r->values[f - r->command->params.fields] = value;
}

/* ---- A command
 * ----------------------------------------------------------------------------------- */

static void read_options(struct reading *r)
{
    const char *word;
    size_t n;

    while ((word = peek(r, &n)) && strncmp(word, "--", 2) == 0) {
        struct reading before = *r;
        char *name = arena_copy(r->page->mem, take(r) + 2);
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : *c;
        const struct field *f = record_find(&r->command->params, name);
        const char *value = !f ? NULL : f->kind == KIND_BOOL ? "true" : take(r);
        if (!value) {
            *r = before;
            return;
        }
        keep(r, f, value);
    }
}

/* "assign, or …", "revoke or …": the sentence goes on. */
static bool goes_on(const char *word)
{
    return text_same(word, "or") || text_same(word, "ou");
}

/* What stands without a name. What is needed is said whole or not at all. */
static void read_arguments(struct reading *r)
{
    struct reading before = *r;
    const struct field *f;

    for (size_t i = 0; (f = docs_argument(r->command, i)); i++) {
        struct reading here = *r;
        const char *word = take(r);
        if (!word || goes_on(word) || !(is_name(word) || isdigit((unsigned char)*word))) {
            *r = f->optional ? here : before;
            return;
        }
        keep(r, f, word);
    }
}

static const char **no_values(const struct reading *r)
{
    size_t n = 0;

    EACH_FIELD (f, &r->command->params)
        n++;
    return arena_array(r->page->mem, n + 1, sizeof(const char *));
}

static bool read_command(struct reading *r)
{
    const char *noun = take(r);
    struct reading after_noun = *r;

    if (!noun)
        return false;
    const char *verb = take(r);
    r->command =
        verb ? command_find(arena_printf(r->page->mem, "%s %s", noun, verb), &r->noun) : NULL;
    if (!r->command) { /* "tenure gaps" */
        *r = after_noun;
        r->command = command_find(noun, &r->noun);
    }
    if (!r->command || r->command->client || !r->command->method)
        return false;
    r->values = no_values(r);
    read_options(r);
    read_arguments(r);
    read_options(r);
    return true;
}

/* ---- As an address
 * ------------------------------------------------------------------------------- */

static const char *value_of(const struct reading *r, const char *name, size_t n)
{
    EACH_FIELD (f, &r->command->params) {
        if (strlen(f->name) == n && memcmp(f->name, name, n) == 0)
            return r->values[f - r->command->params.fields];
    }
    return NULL;
}

/* "/accounts/{account}" with what was said in it; NULL when something was not. */
static const char *page_of(const struct reading *r)
{
    struct buf out;
    struct page to = {.mem = r->page->mem, .out = &out};

    buf_init(&out, r->page->mem, 4096);
    for (const char *at = command_page(r->command); *at;) {
        size_t n = strcspn(at, "{");
        buf_add(&out, at, n);
        at += n;
        if (!*at)
            break;
        n = strcspn(at, "}");
        const char *value = value_of(r, at + 1, n - 1);
        if (!value)
            return NULL;
        put_part(&to, value);
        at += n + 1;
    }
    return out.at;
}

static const char *form_of(const struct reading *r)
{
    struct buf out;
    struct page to = {.mem = r->page->mem, .out = &out};

    buf_init(&out, r->page->mem, 16384);
    buf_printf(&out, "/do/%s/%s", r->noun->name, r->command->verb);
    buf_text(&out, r->page->here ? "?then=" : "?");
    if (r->page->here)
        put_part(&to, r->page->here);
    EACH_FIELD (f, &r->command->params) {
        const char *value = r->values[f - r->command->params.fields];
        if (!value)
            continue;
        buf_printf(&out, "&%s=", f->name);
        put_part(&to, value);
    }
    return out.at;
}

const char *command_link(struct page *p, const char *words, const char **ret_end)
{
    struct reading r = {.page = p, .at = words + strlen(tenure) - 1};

    if (!text_starts(words, tenure) || !read_command(&r))
        return NULL;
    if (ret_end)
        *ret_end = r.at;
    if (command_has_form(r.command))
        return form_of(&r);
    return strcmp(r.command->method, "GET") == 0 && r.command->reply.fields ? page_of(&r) : NULL;
}

/* What a command is called where people read: a thing that it shows, the things that it lists, or
 * what it does. */
static const char *command_said(struct page *p, const char *words)
{
    struct reading r = {.page = p, .at = words + strlen(tenure) - 1};

    if (!read_command(&r))
        return words;
    const char *ref = value_of(&r, r.noun->name, strlen(r.noun->name));
    const char *name = ref ? called(p, r.noun->name, ref) : NULL;
    const char *things = things_of(p, r.noun);
    if (strcmp(r.command->verb, "show") == 0 && ref)
        return name ? name : ref;
    if (strcmp(r.command->verb, "list") == 0 && things)
        return things;
    return command_words(p, r.command);
}

/* What the reader's roles refuse is told, and leads nowhere. */
static bool leads_on(struct page *p, const char *words)
{
    struct reading r = {.page = p, .at = words + strlen(tenure) - 1};

    return !p->roles || (read_command(&r) && (r.command->roles & (p->roles | ROLE_ANYONE)));
}

static void put_link(struct page *p, const char *href, const char *words)
{
    put(p, "<a href=\"", strlen("<a href=\""));
    put_address(p, href);
    put(p, "\" title=\"", strlen("\" title=\""));
    put_text(p, words);
    put(p, "\">", 2);
    put_text(p, command_said(p, words));
    put(p, "</a>", 4);
}

void put_linked(struct page *p, const json_t *value)
{
    const char *said = as_said(p, value), *end;

    for (const char *text = said ? said : ""; *text; text = end) {
        const char *at = strstr(text, tenure);
        while (at && at > text && isalnum((unsigned char)at[-1]))
            at = strstr(at + 1, tenure);
        const char *href = at ? command_link(p, at, &end) : NULL;
        if (!at)
            end = text + strlen(text);
        else if (!href)
            end = at + strlen(tenure);
        put_text(p, arena_copy_n(p->mem, text, (size_t)((href ? at : end) - text)));
        if (href && leads_on(p, at))
            put_link(p, href, arena_copy_n(p->mem, at, (size_t)(end - at)));
        else if (href)
            put_text(p, command_said(p, at));
    }
}
