/* titles.c - what pages of commands are called: the beginning of the summary, which says what is
 * done, and what it is done with by its name. What stands behind a colon explains. */
#include "view.h"

#include "called.h"
#include "json/json.h"

#include <ctype.h>

const char *text_capital(struct arena *mem, const char *text)
{
    char *copy = arena_copy(mem, text);
    unsigned char first = (unsigned char)copy[0], second = (unsigned char)copy[first != 0];

    if (first == 0xc3 && second >= 0xa0 && second != 0xb7 && second != 0xbf) /* à to þ, but ÷ */
        copy[1] = (char)(second - 0x20);
    else
        *copy = (char)toupper(first);
    return copy;
}

/* Where the explanation begins; in French a space stands before. */
static size_t said_first(const char *text)
{
    size_t n = 0;

    while (text[n] && !((text[n] == ':' || text[n] == ';') && text[n + 1] == ' '))
        n++;
    return n;
}

static size_t without_space(const char *text, size_t n)
{
    static const char nbsp[] = "\u00a0", narrow[] = "\u202f";

    if (n && text[n - 1] == ' ')
        return n - 1;
    if (n > 2 && strncmp(text + n - strlen(nbsp), nbsp, strlen(nbsp)) == 0)
        return n - strlen(nbsp);
    if (n > 3 && strncmp(text + n - strlen(narrow), narrow, strlen(narrow)) == 0)
        return n - strlen(narrow);
    return n;
}

const char *command_words(struct page *p, const struct command *c)
{
    const char *whole = term(p, c->summary);

    return arena_copy_n(p->mem, whole, without_space(whole, said_first(whole)));
}

const char *command_title(struct page *p, const struct command *c)
{
    return text_capital(p->mem, command_words(p, c));
}

const char *command_more(struct page *p, const struct command *c)
{
    const char *whole = term(p, c->summary), *more = whole + said_first(whole);

    return *more ? more + strlen(": ") : NULL;
}

/* ---- About a thing
 * -------------------------------------------------------------------------------
 */

/* The first thing that must be said, and is; of several, none. */
static const char *thing_about(struct page *p, const struct command *c, const json_t *values)
{
    EACH_FIELD (f, &c->params) {
        const char *ref = f->kind == KIND_REF && f->of ? json_text(values, f->name) : NULL;
        if (!ref || !*ref || strpbrk(ref, ",\n"))
            continue;
        const char *name = called(p, f->of, ref);
        return name ? name : ref;
    }
    return NULL;
}

/* "who left in a period", of what lists them. */
static const char *asked_for(struct page *p, const struct command *c)
{
    static const char *const verbs[] = {"list ", "lister ", NULL};
    const char *words = command_words(p, c);

    for (size_t i = 0; !command_changes(c) && verbs[i]; i++)
        if (text_starts(words, verbs[i]))
            words += strlen(verbs[i]);
    return text_capital(p->mem, words);
}

static bool shows_thing(const struct noun *noun, const struct command *c)
{
    return strcmp(c->verb, "show") == 0 && record_find(&c->params, noun->name);
}

const char *title_about(struct page *p, const struct noun *noun, const struct command *c,
                        const json_t *values)
{
    const char *of = thing_about(p, c, values);
    const char *words = text_of(p->language, arena_printf(p->mem, "about.%s%s%s", noun->name,
                                                          *c->verb ? " " : "", c->verb));

    if (!of)
        return asked_for(p, c);
    if (shows_thing(noun, c))
        return arena_printf(p->mem, "%s %s", text_capital(p->mem, term(p, noun->name)), of);
    if (!words)
        return arena_printf(p->mem, p->language == FRENCH ? "%s\u00a0: %s" : "%s: %s",
                            command_title(p, c), of);
    const char *hole = strstr(words, "{of}");
    return arena_printf(p->mem, "%.*s%s%s", (int)(hole - words), words, of, hole + strlen("{of}"));
}
