/* csv.c - rows as a table for spreadsheets (RFC 4180: CRLF, quotes where they are needed); see
 * record_json.h. */
#include "json/record_json.h"

#include <string.h>

/* A spreadsheet takes a text that begins like this for a formula, and runs it. */
static bool is_formula(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

static void add_text(struct buf *out, const char *text)
{
    bool quoted = text[strcspn(text, ",;\t\"\r\n")] || is_formula(text);

    if (quoted)
        buf_byte(out, '"');
    if (is_formula(text))
        buf_byte(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buf_byte(out, '"');
        buf_byte(out, (unsigned char)*text);
    }
    if (quoted)
        buf_byte(out, '"');
}

static const char *cell_text(struct arena *mem, const json_t *value)
{
    struct buf list;
    const json_t *item;
    size_t i;

    if (!value || json_is_null(value))
        return "";
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    if (!json_is_array(value))
        return json_compact(mem, value);
    buf_init(&list, mem, 1 << 20);
    json_array_foreach (value, i, item) {
        buf_printf(&list, "%s%s", i ? "; " : "", cell_text(mem, item));
    }
    return list.at;
}

/* A number is a number, also one below zero. */
static void add_cell(struct buf *out, const json_t *value)
{
    if (json_is_number(value))
        buf_text(out, json_compact(out->mem, value));
    else
        add_text(out, cell_text(out->mem, value));
}

void json_csv(struct buf *out, const struct record *shape, const json_t *rows)
{
    const json_t *row;
    size_t i;

    EACH_FIELD (f, shape) {
        if (f->in_words)
            continue;
        if (f != shape->fields)
            buf_byte(out, ',');
        add_text(out, f->name);
    }
    buf_text(out, "\r\n");
    json_array_foreach (rows, i, row) {
        EACH_FIELD (f, shape) {
            if (f->in_words)
                continue;
            if (f != shape->fields)
                buf_byte(out, ',');
            add_cell(out, json_object_get(row, f->name));
        }
        buf_text(out, "\r\n");
    }
}
