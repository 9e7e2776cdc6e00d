/* write.c - JSON written by hand, where building a tree first would be waste; see json.h. */
#include "json/json.h"

#include <inttypes.h>

static char *written(struct arena *mem, const json_t *value, size_t flags)
{
    char *text = json_dumps(value, flags | JSON_ENCODE_ANY);
    char *copy = arena_copy(mem, text ? text : "null");
    json_free_t give_back;

    json_get_alloc_funcs(NULL, &give_back);
    give_back(text);
    return copy;
}

char *json_compact(struct arena *mem, const json_t *value)
{
    return written(mem, value, JSON_COMPACT);
}

char *json_indented(struct arena *mem, const json_t *value, size_t by)
{
    return written(mem, value, JSON_INDENT(by));
}

void jsonw_open(struct jsonw *w, struct buf *b)
{
    *w = (struct jsonw){.b = b};
    buf_byte(b, '{');
}

void jsonw_key(struct jsonw *w, const char *name)
{
    if (w->more)
        buf_byte(w->b, ',');
    w->more = true;
    buf_json(w->b, name, strlen(name));
    buf_byte(w->b, ':');
}

void jsonw_text(struct jsonw *w, const char *name, const char *text)
{
    if (!text)
        return;
    jsonw_key(w, name);
    buf_json(w->b, text, strlen(text));
}

void jsonw_int(struct jsonw *w, const char *name, int64_t n)
{
    jsonw_key(w, name);
    buf_printf(w->b, "%" PRId64, n);
}

void jsonw_bool(struct jsonw *w, const char *name, bool yes)
{
    jsonw_key(w, name);
    buf_text(w->b, yes ? "true" : "false");
}

void jsonw_raw(struct jsonw *w, const char *name, const char *json)
{
    if (!json)
        return;
    jsonw_key(w, name);
    buf_text(w->b, json);
}

void jsonw_close(struct jsonw *w)
{
    buf_byte(w->b, '}');
}
