/* expression.c - what stands between {{ }} and {% %}: paths, words, conditions; see weaver.h. */
#include "weaver.h"

#include <ctype.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

const char *take_word(struct weaver *w, const char **at)
{
    const char *from = *at += strspn(*at, " \n");

    while (is_word(**at))
        ++*at;
    return arena_copy_n(w->mem, from, (size_t)(*at - from));
}

bool in_scope(const struct weaver *w, const char *name)
{
    for (size_t i = 0; i < w->names_n; i++)
        if (strcmp(w->names[i], name) == 0)
            return true;
    return false;
}

/* What a block around has asked about stands in a variable of it. */
static const char *asked_before(struct weaver *w, const char *code)
{
    for (size_t i = w->depth; i-- > 0;)
        if (w->blocks[i].asked && strcmp(w->blocks[i].asked, code) == 0)
            return arena_printf(w->mem, "is%u", w->blocks[i].list);
    return code;
}

/* account.owner.ref as C. */
struct err *take_path(struct weaver *w, const char **at, const char **ret)
{
    const char *code = take_word(w, at);

    if (!in_scope(w, code))
        return wrong_with(w, "there is no value of this name here", code);
    code = arena_printf(w->mem, "v_%s", code);
    while (**at == '.') {
        ++*at;
        const char *name = take_word(w, at);
        if (!*name)
            return wrong(w, "a name follows a dot");
        code = asked_before(w, arena_printf(w->mem, "member(%s, \"%s\")", code, name));
    }
    *ret = code;
    return NULL;
}

struct err *take_literal(struct weaver *w, const char **at, const char **ret)
{
    const char *end = strchr(*at + 1, '"');
    struct buf out;

    if (!end)
        return wrong(w, "a word has no end");
    buf_init(&out, w->mem, 4096);
    write_c_text(&out, *at + 1, (size_t)(end - *at - 1));
    *at = end + 1;
    *ret = out.at;
    return NULL;
}

/* path or path|filter: C of a text. */
struct err *take_shown(struct weaver *w, const char **at, const char **ret)
{
    const char *filter = "plain", *path;

    TRY(take_path(w, at, &path));
    *at += strspn(*at, " ");
    if (**at == '|') {
        ++*at;
        filter = take_word(w, at);
    }
    *ret = arena_printf(w->mem, "as_%s(p, %s)", filter, path);
    return NULL;
}

struct err *at_end(struct weaver *w, const char *at)
{
    at += strspn(at, " \n");
    return *at ? wrong_with(w, "this is not understood", at) : NULL;
}

struct err *take_condition(struct weaver *w, const char **at, unsigned is, const char **ret,
                           const char **ret_asked)
{
    const char *before = *at, *path, *word;
    bool not_so = strcmp(take_word(w, at), "not") == 0;

    if (!not_so)
        *at = before;
    TRY(take_path(w, at, &path));
    *ret_asked = text_starts(path, "member(") ? path : NULL;
    if (*ret_asked)
        path = arena_printf(w->mem, "is%u = %s", is, path);
    *at += strspn(*at, " ");
    if (text_starts(*at, "==") || text_starts(*at, "!=")) {
        bool differs = **at == '!';
        *at += 2;
        *at += strspn(*at, " ");
        if (**at != '"')
            return wrong(w, "what it is compared with stands between double quotes");
        TRY(take_literal(w, at, &word));
        *ret = arena_printf(w->mem, "%sis_word(%s, %s)", differs != not_so ? "!" : "", path, word);
    } else {
        *ret = arena_printf(w->mem, "%sis_there(%s)", not_so ? "!" : "", path);
    }
    return at_end(w, *at);
}
