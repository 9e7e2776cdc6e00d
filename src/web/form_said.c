/* form_said.c - what a command is told, in words, to be read before it is signed: each field by its
 * label, and all of it as a sentence of the catalogue.
 *
 * Such a sentence has fields in braces. What stands in brackets is said only where it applies:
 *
 *   [, until {ends_at}]      where each field in it is given
 *   [invited?is invited to]  where the field before the mark is given, [!invited?…] where it is not
 *   [kind=death?…]           where it is given so
 */
#include "form.h"

#include "base/text.h"
#include "json/json.h"

#include <string.h>

struct teller {
    struct page *page;
    const struct command *command;
    const json_t *params;
    name_fn *name_of;
    void *ctx;
};

/* ---- One value ---------------------------------------------------------------------------------
 */

/* Is it called by its key first, and then by what it is about: "leaving (Uma Reyes)"? */
static bool is_known_by_key(const char *noun)
{
    static const char *const names[] = {"person", "account", "position", "entity",
                                        "unit",   "place",   "store",    NULL};

    for (const char *const *n = names; *n; n++)
        if (strcmp(*n, noun) == 0)
            return false;
    return true;
}

/* "Inês Carvalho (e103)"; NULL: it is called nothing else. */
static const char *called_so(const struct teller *t, const struct field *f, const char *said)
{
    const char *name = said && f->of && t->name_of ? t->name_of(t->ctx, f->of, said) : NULL;
    bool key_first = name && is_known_by_key(f->of);

    return !name || text_same(name, said)
               ? NULL
               : arena_printf(t->page->mem, "%s (%s)", key_first ? said : name,
                              key_first ? name : said);
}

/* Several things, each as it is called. */
static const char *all_called(const struct teller *t, const struct field *f, const json_t *list)
{
    struct buf out;
    const json_t *item;
    size_t i;

    buf_init(&out, t->page->mem, 1 << 20);
    json_array_foreach (list, i, item) {
        const char *said = as_plain(t->page, item), *name = called_so(t, f, said);
        buf_printf(&out, "%s%s", i ? ", " : "", name ? name : said ? said : "");
    }
    return out.n ? out.at : NULL;
}

/* NULL: as the cell of such a field says it. */
static const char *called(const struct teller *t, const struct field *f, const json_t *value)
{
    if (!f->of || !t->name_of)
        return NULL;
    return json_is_array(value) ? all_called(t, f, value)
                                : called_so(t, f, as_plain(t->page, value));
}

json_t *form_said(struct page *p, const struct command *c, const json_t *params, name_fn *name_of,
                  void *ctx)
{
    const struct teller t = {p, c, params, name_of, ctx};
    json_t *list = json_keep(p->mem, json_array());

    EACH_FIELD (f, &c->params) {
        const json_t *value = json_object_get(params, f->name);
        if (!value)
            continue;
        json_t *one = json_object(), *cell = view_cell(p, f->name, value);
        const char *name = called(&t, f, value);
        if (name)
            json_object_set_new(cell, "text", json_string(name));
        json_object_set_new(one, "label", json_string(field_title(p, f->name)));
        json_object_set(one, "cell", cell);
        json_array_append_new(list, one);
    }
    return list;
}

/* ---- The sentence ------------------------------------------------------------------------------
 */

static const json_t *value_of(const struct teller *t, const char *name, size_t n)
{
    return json_object_get(t->params, arena_copy_n(t->page->mem, name, n));
}

static const char *value_said(const struct teller *t, const char *name)
{
    const struct field *f = record_find(&t->command->params, name);
    const json_t *value = f ? json_object_get(t->params, name) : NULL;

    if (!value)
        return "";
    const char *own = called(t, f, value);
    if (!own && f->kind == KIND_CHOICE)
        own = as_word(t->page, value);
    const char *text = own ? own : json_text(view_cell(t->page, name, value), "text");
    return text ? text : "";
}

/* Literal text, and what its braces hold. */
static void say_piece(const struct teller *t, const char *piece, size_t n, struct buf *out)
{
    const char *end = piece + n;

    while (piece < end) {
        size_t literal = 0;
        while (piece + literal < end && piece[literal] != '{')
            literal++;
        buf_add(out, piece, literal);
        piece += literal;
        if (piece == end)
            return;
        size_t len = strcspn(piece, "}");
        const char *said = value_said(t, arena_copy_n(t->page->mem, piece + 1, len - 1));
        if (t->page->language == FRENCH)
            put_elided(out, said);
        else
            buf_text(out, said);
        piece += len + 1;
    }
}

/* "kind=death?", "!invited?": how long it is; 0: there is none. */
static size_t condition_length(const char *group)
{
    size_t n = strspn(group, "!=_abcdefghijklmnopqrstuvwxyz");

    return n && group[n] == '?' ? n + 1 : 0;
}

static bool holds(const struct teller *t, const char *condition)
{
    bool not = *condition == '!';
    const char *name = condition + not ;
    size_t n = strcspn(name, "=?");
    const json_t *value = value_of(t, name, n);

    if (name[n] == '=') {
        const char *is = as_plain(t->page, value), *wanted = name + n + 1;
        size_t len = strcspn(wanted, "?");
        return is && strlen(is) == len && memcmp(is, wanted, len) == 0;
    }
    return (value != NULL) != not ;
}

/* Is each field in it given? */
static bool has_all(const struct teller *t, const char *group, size_t n)
{
    for (const char *at = group; (at = memchr(at, '{', n - (size_t)(at - group)));)
        if (!value_of(t, at + 1, strcspn(at + 1, "}")))
            return false;
        else
            at++;
    return true;
}

static void say_group(const struct teller *t, const char *group, size_t n, struct buf *out)
{
    size_t condition = condition_length(group);

    if (condition ? holds(t, group) : has_all(t, group, n))
        say_piece(t, group + condition, n - condition, out);
}

const char *form_sentence(struct page *p, const char *sentence, const struct command *c,
                          const json_t *params, name_fn *name_of, void *ctx)
{
    const struct teller t = {p, c, params, name_of, ctx};
    struct buf out;

    buf_init(&out, p->mem, 1 << 20);
    while (*sentence) {
        size_t n = strcspn(sentence, "[");
        say_piece(&t, sentence, n, &out);
        sentence += n;
        if (!*sentence)
            break;
        n = strcspn(sentence, "]");
        say_group(&t, sentence + 1, n - 1, &out);
        sentence += n + 1;
    }
    return out.at;
}
