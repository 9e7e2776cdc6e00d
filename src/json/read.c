/* read.c - strict JSON in; see json.h. Depth is counted before jansson's parser recurses. */
#include "json_internal.h"

static bool too_deep(struct bytes text)
{
    int depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.at[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

static void drop(void *value)
{
    json_decref(value);
}

json_t *json_keep(struct arena *mem, json_t *value)
{
    if (!json_lies_in(mem, value)) /* what does goes with it */
        arena_on_free(mem, drop, value);
    return value;
}

struct err *json_read(struct arena *mem, struct bytes text, size_t limit, const char *what,
                      json_t **ret)
{
    json_error_t trouble;

    if (text.n > limit)
        return err_new(mem, ERR_TOO_LARGE, "%s is longer than %zu bytes", what, limit);
    json_t *value = json_quick(mem, text);
    if (value) {
        *ret = json_keep(mem, value);
        return NULL;
    }
    if (too_deep(text))
        return err_new(mem, ERR_USAGE, "%s is nested deeper than %d", what, JSON_DEPTH);
    value = json_loadb((const char *)text.at, text.n, JSON_REJECT_DUPLICATES, &trouble);
    if (!value)
        return err_new(mem, ERR_USAGE, "%s is not valid JSON: line %d, column %d: %s", what,
                       trouble.line, trouble.column, trouble.text);
    *ret = json_keep(mem, value);
    return NULL;
}

void json_set_text(json_t *object, const char *name, const char *text)
{
    if (text)
        json_object_set_new(object, name, json_string(text));
}

const char *json_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

bool json_whole(const json_t *object, const char *name, int64_t *ret)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_integer(value))
        return false;
    *ret = json_integer_value(value);
    return true;
}
