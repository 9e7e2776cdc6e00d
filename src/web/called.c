/* called.c - see called.h. */
#include "called.h"

#include "view.h"
#include "json/json.h"

#include <ctype.h>

/* ---- Names ----------------------------------------------------------------------------------- */

/* By what a row says whose name it has, where it is about several things. */
static const struct {
    const char *member, *noun;
} named_by[] = {{"person", "person"},
                {"who", "person"},
                {"account", "account"},
                {"holder", "entity"},
                {"entity", "entity"}};
enum { WAYS = sizeof(named_by) / sizeof(*named_by) };

static const char *key_of(struct arena *mem, const char *noun, const char *ref)
{
    return arena_printf(mem, "%s %s", noun, ref);
}

static void learn_name(struct arena *mem, struct map *names, const json_t *row, const char *name)
{
    const char *ref = NULL;
    size_t way = 0;

    while (way < WAYS && !(ref = json_text(row, named_by[way].member)))
        way++;
    if (!ref || strcmp(ref, name) == 0)
        return;
    const char *key = key_of(mem, named_by[way].noun, ref);
    if (!map_get(names, key))
        map_set(names, key, (void *)(uintptr_t)name);
}

static void learn(struct arena *mem, struct map *names, const json_t *value)
{
    const char *member, *name = json_text(value, "name");
    json_t *item;
    size_t i;

    if (name)
        learn_name(mem, names, value, name);
    json_array_foreach (value, i, item) {
        learn(mem, names, item);
    }
    json_object_foreach (json_plain(value), member, item) {
        learn(mem, names, item);
    }
}

struct map *called_in(struct arena *mem, const json_t *answer)
{
    struct map *names = map_new(mem);

    learn(mem, names, answer);
    return names;
}

const char *called_by(struct arena *mem, const struct map *names, const char *noun, const char *ref)
{
    return map_get(names, key_of(mem, noun, ref));
}

/* ---- In sentences ---------------------------------------------------------------------------- */

bool is_of_key(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' || c == '@';
}

static void put_word(struct page *p, struct buf *out, const struct map *names, const char *word,
                     size_t n, bool bare)
{
    static const char *const nouns_named[] = {"person", "account", "entity"};
    const char *ref = arena_copy_n(p->mem, word, n), *name = NULL;

    for (size_t i = 0; n && i < 3 && !name; i++)
        name = called_by(p->mem, names, nouns_named[i], ref);

    if (!name)
        buf_add(out, word, n);
    else if (bare)
        buf_text(out, name);
    else
        buf_printf(out, "%s (%.*s)", name, (int)n, word);
}

/* A key by itself, not a part of what has several: "acme-x/second" is a step. */
static bool is_alone(const char *text, const char *word, size_t n)
{
    return (word == text || word[-1] != '/') && word[n] != '/';
}

const char *with_names(struct page *p, const struct map *names, const char *text, bool bare)
{
    struct buf out;
    const char *at = text, *end;

    buf_init(&out, p->mem, 1 << 16);
    while (*at) {
        size_t n = 0, plain = 0;
        if (command_link(p, at, &end)) {
            buf_add(&out, at, (size_t)(end - at));
            at = end;
        }
        while (is_of_key(at[n]))
            n++;
        if (is_alone(text, at, n))
            put_word(p, &out, names, at, n, bare);
        else
            buf_add(&out, at, n);
        for (at += n; at[plain] && !is_of_key(at[plain]);)
            plain++;
        buf_add(&out, at, plain);
        at += plain;
    }
    return out.at;
}

void name_rows(struct page *p, const struct map *names, const json_t *rows, const char *member)
{
    json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *text = json_text(row, member);
        if (text)
            json_object_set_new(row, member, json_string(with_names(p, names, text, false)));
    }
}
