/* record_json.c - see record_json.h. */
#include "json/record_json.h"

#include <inttypes.h>

static struct err *set_list(struct arena *mem, const struct field *f, const json_t *value,
                            void *obj)
{
    size_t i;
    const json_t *item;

    if (!json_is_array(value))
        return err_field(mem, f->name, "must be an array of texts");
    json_array_foreach (value, i, item) {
        if (!json_is_string(item) || strlen(json_string_value(item)) != json_string_length(item))
            return err_field(mem, f->name, "item %zu must be a text without NUL", i + 1);
        TRY(field_set(mem, f, json_string_value(item), obj));
    }
    return NULL;
}

struct err *field_from_json(struct arena *mem, const struct field *f, const json_t *value,
                            void *obj)
{
    if (f->kind == KIND_JSON)
        return field_set(mem, f, json_canonical(mem, value), obj);
    switch (f->held_as) {
    case HELD_AS_BOOL:
        if (!json_is_boolean(value))
            return err_field(mem, f->name, "must be true or false");
        return field_set(mem, f, json_is_true(value) ? "true" : "false", obj);
    case HELD_AS_INT:
        if (!json_is_integer(value))
            return err_field(mem, f->name, "must be a whole number");
        return field_set(
            mem, f, arena_printf(mem, "%" JSON_INTEGER_FORMAT, json_integer_value(value)), obj);
    case HELD_AS_LIST:
        return set_list(mem, f, value, obj);
    case HELD_AS_TEXT:
    case HELD_AS_REF:
        if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
            return err_field(mem, f->name, "must be a text without NUL");
        return field_set(mem, f, json_string_value(value), obj);
    }
    return NULL;
}

struct err *record_from_json(struct arena *mem, const struct record *r, const json_t *object,
                             struct seen *seen, void *obj)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return err_new(mem, ERR_USAGE, "the parameters must be a JSON object");
    json_object_foreach (json_plain(object), key, value) {
        const struct field *f = record_find(r, key);
        if (!f)
            return err_new(mem, ERR_USAGE, "there is no parameter '%s' here", key);
        if (seen->at[f - r->fields])
            return err_field(mem, f->name, "is given twice");
        TRY(field_from_json(mem, f, value, obj));
        seen->at[f - r->fields] = true;
    }
    return NULL;
}

json_t *field_to_json(const struct field *f, const void *obj)
{
    const void *at = field_of(f, obj);

    if (!field_is_set(f, obj))
        return NULL;
    switch (f->held_as) {
    case HELD_AS_TEXT: {
        const char *text = *(const char *const *)at;
        return f->kind == KIND_JSON ? json_loads(text, JSON_DECODE_ANY, NULL) : json_string(text);
    }
    case HELD_AS_REF: {
        const struct ref *ref = at;
        return json_string(ref->said ? ref->said : ref->id);
    }
    case HELD_AS_INT:
        return json_integer(*(const int64_t *)at);
    case HELD_AS_BOOL:
        return json_boolean(*(const bool *)at);
    case HELD_AS_LIST: {
        const struct list *list = at;
        json_t *array = json_array();
        for (size_t i = 0; i < list->n; i++)
            json_array_append_new(array, json_string(list->at[i]));
        return array;
    }
    }
    return NULL;
}

json_t *record_to_json(struct arena *mem, const struct record *r, const void *obj,
                       const bool *personal)
{
    json_t *object = json_keep(mem, json_object());

    EACH_FIELD (f, r) {
        json_t *value = personal && f->personal != *personal ? NULL : field_to_json(f, obj);
        if (value)
            json_object_set_new(object, f->name, value);
    }
    return object;
}

/* ---- Schemas --------------------------------------------------------------------------------- */

static json_t *text_schema(enum kind kind, const struct field *f)
{
    json_t *s = json_pack("{s:s}", "type", "string");

    if (kind == KIND_NAME || kind == KIND_REF)
        json_object_set_new(s, "pattern", json_string("^[A-Za-z0-9][A-Za-z0-9._:@/+-]*$"));
    else if (kind == KIND_DIGEST)
        json_object_set_new(s, "pattern",
                            json_string(f->min ? "^[0-9a-f]{8,64}$" : "^[0-9a-f]{64}$"));
    else if (kind == KIND_FILE)
        json_object_set_new(s, "pattern", json_string("^[0-9a-f]{64}/[^/]+$"));
    else if (kind == KIND_DATE)
        json_object_set_new(s, "format", json_string("date"));
    else if (kind == KIND_TIME)
        json_object_set_new(s, "format", json_string("date-time"));
    else if (kind == KIND_ID)
        json_object_set_new(s, "format", json_string("uuid"));
    if (kind == KIND_CHOICE) {
        json_t *words = json_array();
        for (const char *const *c = f->choices; *c; c++)
            json_array_append_new(words, json_string(*c));
        json_object_set_new(s, "enum", words);
    } else if (kind == KIND_TEXT && f->kind != KIND_LIST) {
        json_object_set_new(s, "maxLength", json_integer(field_max(f)));
    }
    return s;
}

static json_t *shape(const struct field *f)
{
    switch (f->kind) {
    case KIND_INT:
        return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)f->min,
                         "maximum", (json_int_t)field_max(f));
    case KIND_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case KIND_LIST:
        return json_pack("{s:s, s:o, s:I}", "type", "array", "items", text_schema(f->each, f),
                         "maxItems", (json_int_t)field_max(f));
    case KIND_OBJECT:
        return record_schema(f->rows);
    case KIND_ROWS:
        return json_pack("{s:s, s:o}", "type", "array", "items", record_schema(f->rows));
    case KIND_JSON:
        return json_object();
    default:
        return text_schema(f->kind, f);
    }
}

json_t *field_schema(const struct field *f)
{
    json_t *s = shape(f);

    json_object_set_new(s, "description", json_string(f->help));
    return s;
}

json_t *record_schema(const struct record *r)
{
    json_t *properties = json_object(), *required = json_array();

    EACH_FIELD (f, r) {
        json_object_set_new(properties, f->name, field_schema(f));
        if (!f->optional)
            json_array_append_new(required, json_string(f->name));
    }
    json_t *schema = json_pack("{s:s, s:o, s:b}", "type", "object", "properties", properties,
                               "additionalProperties", 0);
    if (json_array_size(required))
        json_object_set_new(schema, "required", required);
    else
        json_decref(required);
    return schema;
}
