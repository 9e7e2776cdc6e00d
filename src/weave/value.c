/* value.c - what is put into the HTML: values, texts of the catalogue, other templates; see
 * weaver.h. */
#include "weaver.h"

struct err *weave_value(struct weaver *w, const char *inside)
{
    static const char *const calls[] = {"put_text", "put_text", "put_address", "put_part"};
    const char *because, *code, *at = inside;
    enum value_as as = place_value(&w->place, &because);

    if (as == AS_NOTHING)
        return wrong(w, because);
    TRY(take_shown(w, &at, &code));
    TRY(at_end(w, at));
    if (text_starts(code, "as_linked(") && as != AS_TEXT)
        return wrong(w, "links can stand in text only");
    weaver_flush(w);
    if (text_starts(code, "as_linked(")) {
        buf_printf(w->out, "    put_linked%s;\n", code + strlen("as_linked"));
        return NULL;
    }
    buf_printf(w->out, "    %s(p, %s);\n", calls[as], code);
    w->place.dynamic = true;
    return NULL;
}

/* ---- Texts
 * --------------------------------------------------------------------------------------- */

struct err *weave_words(struct weaver *w, const char *at)
{
    const char *because, *const *names;
    enum value_as as = place_value(&w->place, &because);
    size_t n = 0, known = 0;
    const char *count = "NULL";
    struct buf args;
    bool plural;

    at += strspn(at, " ");
    if (as != AS_TEXT && as != AS_ATTRIBUTE)
        return wrong(w, "no text can stand here");
    const char *key = arena_copy_n(w->mem, at, strcspn(at, " \n"));
    int place = catalog_find(w->texts, key, &names, &plural);
    if (place < 0)
        return wrong_with(w, "the catalogue has no text of this key", key);
    while (names[known])
        known++;
    at += strlen(key);
    buf_init(&args, w->mem, 1 << 16);
    for (at += strspn(at, " \n"); *at; at += strspn(at, " \n"), n++) {
        const char *name = take_word(w, &at), *code;
        bool there = false;
        for (size_t i = 0; names[i]; i++)
            there = there || strcmp(names[i], name) == 0;
        if (!there || *at != '=')
            return wrong_with(w, "the text has no such {name}", name);
        at++;
        const char *start = at;
        if (*at == '"')
            TRY(take_literal(w, &at, &code));
        else
            TRY(take_shown(w, &at, &code));
        if (strcmp(name, "n") == 0 && *start != '"')
            TRY(take_path(w, &start, &count));
        buf_printf(&args, "{\"%s\", %s}, ", name, code);
    }
    if (n != known)
        return wrong_with(w, "the text has {name}s that are not given", key);
    if (plural && strcmp(count, "NULL") == 0)
        return wrong_with(w, "a text with two forms needs n=", key);
    weaver_flush(w);
    if (n)
        buf_printf(w->out, "    say(p, %d, %s, (const struct filling[]){%s}, %zu);\n", place, count,
                   args.at, n);
    else
        buf_printf(w->out, "    say(p, %d, %s, NULL, 0);\n", place, count);
    w->place.dynamic = true;
    return NULL;
}

/* ---- Other templates
 * ----------------------------------------------------------------------------- */

static const struct template *find(const struct weaver *w, const char *name)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->all[i].name, name) == 0)
            return &w->all[i];
    return NULL;
}

struct err *weave_part(struct weaver *w, const char *at)
{
    const char *given[ARGUMENTS_MAX] = {NULL};
    const char *name = take_word(w, &at);
    const struct template *t = find(w, name);

    if (!t)
        return wrong_with(w, "there is no template", name);
    if (w->place.state != IN_TEXT || t->half)
        return wrong(w, "a part is whole elements, and stands where text does");
    for (at += strspn(at, " \n"); *at; at += strspn(at, " \n")) {
        const char *argument = take_word(w, &at), *code;
        size_t i = 0;
        while (i < t->takes_n && strcmp(t->takes[i], argument) != 0)
            i++;
        if (i == t->takes_n || *at != '=')
            return wrong_with(w, "the part takes nothing of this name", argument);
        at++;
        if (*at == '"') {
            TRY(take_literal(w, &at, &code));
            code = arena_printf(w->mem, "literal(p, %s)", code);
        } else {
            TRY(take_path(w, &at, &code));
        }
        given[i] = code;
    }
    weaver_flush(w);
    /* What is made of one value alone is the same wherever that stands. */
    buf_printf(w->out, t->takes_n == 1 ? "    put_drawn(p, page_%s" : "    page_%s(p", name);
    for (size_t i = 0; i < t->takes_n; i++) {
        if (!given[i])
            return wrong_with(w, "the part is not given", t->takes[i]);
        buf_printf(w->out, ", %s", given[i]);
    }
    buf_text(w->out, ");\n");
    return NULL;
}
