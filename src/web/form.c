/* form.c - see form.h. */
#include "form.h"

#include "json/json.h"

#include <ctype.h>
#include <stdlib.h>

/* ---- As a form
 * ----------------------------------------------------------------------------------- */

static const char *input_of(const struct field *f)
{
    switch (f->kind) {
    case KIND_CHOICE:
        return "select";
    case KIND_DATE:
        return "date";
    case KIND_INT:
        return "number";
    case KIND_BOOL:
        return "checkbox";
    case KIND_FILE:
        return "file";
    case KIND_JSON:
        return "lines";
    case KIND_LIST:
        return f->each == KIND_FILE ? "file" : f->each == KIND_CHOICE ? "checks" : "lines";
    default:
        return f->lines ? "lines" : f->mail ? "email" : "text";
    }
}

/* One of the lines of text? */
static bool is_among(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; at && *at; at += strcspn(at, "\n"), at += *at == '\n')
        if (strncmp(at, word, n) == 0 && (at[n] == '\n' || at[n] == '\0'))
            return true;
    return false;
}

static json_t *choices_of(struct page *p, const struct field *f, const char *chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; f->choices && f->choices[i]; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "word", json_string(f->choices[i]));
        json_object_set_new(one, "text", json_string(as_word(p, literal(p, f->choices[i]))));
        if (is_among(chosen, f->choices[i]))
            json_object_set_new(one, "chosen", json_true());
        json_array_append_new(list, one);
    }
    return list;
}

/* A file is shown as what would come of it first, whatever the form says: trial.c. */
static bool is_of_the_trial(const struct field *f)
{
    return strcmp(f->name, "dry_run") == 0 || strcmp(f->name, "plan") == 0;
}

/* A token is made on the way to the signature: act.c. */
static bool is_of_the_token(const struct command *c, const struct field *f)
{
    return text_same(c->makes, "token") && strcmp(f->name, "digest") == 0;
}

/* A list as it is typed: one a line. */
static const char *lines_of(struct page *p, const json_t *list)
{
    struct buf out;
    const json_t *item;
    size_t i;

    buf_init(&out, p->mem, 1 << 20);
    json_array_foreach (list, i, item) {
        const char *text = as_plain(p, item);
        buf_printf(&out, "%s\n", text ? text : "");
    }
    return out.at;
}

static bool is_true(const json_t *value)
{
    const char *text = json_string_value(value);

    return json_is_true(value) || (text && strcmp(text, "true") == 0);
}

/* What the form has in it already; NULL: nothing. */
static const char *shown(struct page *p, const struct field *f, const json_t *value)
{
    if (json_is_array(value))
        return lines_of(p, value);
    return f->kind == KIND_BOOL && !is_true(value) ? NULL : as_plain(p, value);
}

static void add_file(json_t *list, const char *file)
{
    const char *slash = file ? strchr(file, '/') : NULL;

    if (slash)
        json_array_append_new(list, json_pack("{s:s, s:s}", "value", file, "name", slash + 1));
}

/* Files that came with the form before: they are here already, unless they are not wanted. */
static json_t *files_of(const json_t *value)
{
    json_t *list = json_array();
    const json_t *item;
    size_t i;

    add_file(list, json_string_value(value));
    json_array_foreach (value, i, item) {
        add_file(list, json_string_value(item));
    }
    return list;
}

json_t *form_fields(struct page *p, const struct command *c, const json_t *values)
{
    json_t *list = json_keep(p->mem, json_array());

    EACH_FIELD (f, &c->params) {
        if (is_of_the_trial(f) || is_of_the_token(c, f))
            continue;
        json_t *one = json_object();
        const json_t *value = json_object_get(values, f->name);
        const char *plain = shown(p, f, value);
        json_object_set_new(one, "name", json_string(f->name));
        json_object_set_new(one, "label", json_string(field_title(p, f->name)));
        json_object_set_new(one, "help", json_string(term(p, f->help)));
        json_object_set_new(one, "input", json_string(input_of(f)));
        json_object_set_new(one, "required", json_boolean(!f->optional));
        json_object_set_new(one, "personal", json_boolean(f->personal));
        if (strcmp(input_of(f), "file") == 0) {
            json_object_set_new(one, "kept", files_of(value));
            json_object_set_new(one, "many", json_boolean(f->kind == KIND_LIST));
        } else if (plain)
            json_object_set_new(one, "value", json_string(plain));
        json_object_set_new(one, "key", json_boolean(f->kind == KIND_NAME && f->of));
        if (f->kind == KIND_REF)
            json_object_set_new(one, "of", json_string(f->of));
        if (f->choices)
            json_object_set_new(one, "choices", choices_of(p, f, plain));
        json_array_append_new(list, one);
    }
    return list;
}

/* ---- What was sent, as parameters
 * ---------------------------------------------------------------- */

/* Items of a list stand one a line, or the name comes several times. */
static void add_items(struct arena *mem, json_t *list, const char *value)
{
    char *rest = arena_copy(mem, value), *line;

    while ((line = strsep(&rest, "\n"))) {
        line = text_trim(mem, line);
        if (*line)
            json_array_append_new(list, json_string(line));
    }
}

static json_t *list_sent(struct arena *mem, const struct field *f, const struct sent *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, f->name) == 0 && s->at[i].value)
            add_items(mem, list, s->at[i].value);
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}

static json_t *value_sent(struct arena *mem, const struct field *f, const char *value)
{
    char *end;

    if (f->kind == KIND_BOOL)
        return strcmp(value, "true") == 0 ? json_true() : NULL;
    if (f->kind == KIND_INT) {
        long long n = strtoll(value, &end, 10);
        return *end ? json_string(value) : json_integer(n);
    }
    if (f->kind == KIND_JSON) {
        json_t *json;
        return json_read(mem, bytes_of_text(value), 1 << 20, f->name, &json) ? json_string(value)
                                                                             : json_incref(json);
    }
    if (!f->lines)
        return json_string(text_trim(mem, value));
    /* Browsers end lines with CR LF. */
    char *text = arena_copy(mem, value), *to = text;
    for (const char *c = value; *c; c++)
        if (!(c[0] == '\r' && c[1] == '\n'))
            *to++ = *c;
    *to = '\0';
    return json_string(text);
}

/* What was ticked several times is one text: "3,5,6". */
static const char *all_sent(struct arena *mem, const struct sent *s, const char *name)
{
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, name) == 0 && s->at[i].value)
            buf_printf(&out, "%s%s", out.n ? "," : "", s->at[i].value);
    return out.at;
}

json_t *form_params(struct arena *mem, const struct command *c, const struct sent *s)
{
    json_t *params = json_keep(mem, json_object());

    EACH_FIELD (f, &c->params) {
        const char *value = form_value(s, f->name);
        json_t *json = NULL;
        if (f->kind == KIND_LIST)
            json = list_sent(mem, f, s);
        else if (value && *text_trim(mem, value))
            json = value_sent(mem, f, f->kind == KIND_TEXT ? all_sent(mem, s, f->name) : value);
        if (json)
            json_object_set_new(params, f->name, json);
    }
    return params;
}
