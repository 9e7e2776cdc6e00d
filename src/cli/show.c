/* show.c - see show.h. The shapes of replies in the table of commands say what comes first; nothing
 * that the service sent is kept from view because no shape mentions it. */
#include "show.h"

#include "base/date.h"
#include "table.h"
#include "json/json.h"

#include <ctype.h>
#include <string.h>

enum { COLUMNS_MAX = 64, LINE_MAX_WIDTH = 100 };

/* ---- Values ---------------------------------------------------------------------------------- */

/* An instant to the minute, in UTC; midnight is a day. Other texts stay as they are, on one line.
 */
static const char *show_text(struct arena *mem, const char *text)
{
    char instant[INSTANT_TEXT];
    int64_t ms;

    if (strlen(text) >= 20 && text[10] == 'T' && instant_parse(text, &ms)) {
        instant_format(ms, instant);
        if (strcmp(instant + 10, "T00:00:00.000Z") == 0)
            return arena_copy_n(mem, instant, 10);
        return arena_printf(mem, "%.10s %.5sZ", instant, instant + 11);
    }
    char *copy = arena_copy(mem, text);
    for (char *c = copy; *c; c++)
        if (*c == '\n' || *c == '\t')
            *c = ' ';
    return text_printable(mem, copy, strlen(copy));
}

static bool is_plain(const json_t *value)
{
    return !json_is_object(value) && !json_is_array(value);
}

/* Of an object in a list its first member, which is its key, stands for the whole. */
static const char *show_item(struct arena *mem, const json_t *item)
{
    const char *key;
    json_t *value;

    if (!json_is_object(item))
        return show_value(mem, item);
    json_object_foreach (json_plain(item), key, value)
        return show_value(mem, value);
    return NULL;
}

static const char *show_list(struct arena *mem, const json_t *array)
{
    struct buf out;
    size_t i;
    const json_t *item;

    buf_init(&out, mem, 1 << 20);
    json_array_foreach (array, i, item) {
        const char *text = show_item(mem, item);
        if (text)
            buf_printf(&out, "%s%s", out.n ? ", " : "", text);
    }
    return out.n ? out.at : NULL;
}

const char *show_value(struct arena *mem, const json_t *value)
{
    if (!value || json_is_null(value))
        return NULL;
    if (json_is_boolean(value))
        return json_is_true(value) ? "yes" : "no";
    if (json_is_string(value))
        return *json_string_value(value) ? show_text(mem, json_string_value(value)) : NULL;
    if (json_is_array(value))
        return show_list(mem, value);
    return json_compact(mem, value);
}

/* ---- Members: those of the shape in its order, then the rest --------------------------------- */

struct member {
    const char *name;
    const struct field *f; /* NULL: the shape does not know it */
};

static bool take_member(struct member *all, size_t *n, const char *name, const struct field *f)
{
    for (size_t i = 0; i < *n; i++)
        if (strcmp(all[i].name, name) == 0)
            return false;
    if (*n == COLUMNS_MAX)
        return false;
    all[(*n)++] = (struct member){name, f};
    return true;
}

static bool is_in_words(const struct record *shape, const char *name)
{
    const struct field *f = shape ? record_find(shape, name) : NULL;

    return f && f->in_words;
}

static void take_members(struct member *all, size_t *n, const struct record *shape,
                         const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach (json_plain(object), key, value) {
        if (!is_in_words(shape, key))
            take_member(all, n, key, NULL);
    }
}

/* Of an object, or of all objects in an array. */
static size_t members(const struct record *shape, const json_t *value,
                      struct member all[COLUMNS_MAX])
{
    size_t n = 0, i;
    const json_t *item;

    if (shape)
        EACH_FIELD (f, shape)
            if (!f->in_words)
                take_member(all, &n, f->name, f);
    take_members(all, &n, shape, value);
    json_array_foreach (value, i, item) {
        take_members(all, &n, shape, item);
    }
    return n;
}

static const char *label(struct arena *mem, const char *name, bool capitals)
{
    char *copy = arena_copy(mem, name);

    for (char *c = copy; *c; c++)
        *c = *c == '_' ? ' ' : capitals ? (char)toupper((unsigned char)*c) : *c;
    return text_printable(mem, copy, strlen(copy));
}

static void pad(struct buf *out, size_t n)
{
    while (n--)
        buf_byte(out, ' ');
}

/* ---- Rows ------------------------------------------------------------------------------------ */

void show_rows(struct buf *out, const struct look *look, const struct record *shape,
               const json_t *rows, size_t indent)
{
    struct member all[COLUMNS_MAX];
    struct arena *mem = look->mem;
    size_t n = json_array_size(rows), columns = members(shape, rows, all);
    const char **heads = arena_array(mem, columns + 1, sizeof(*heads));
    bool *right = arena_array(mem, columns + 1, sizeof(*right));
    const char **cells = arena_array(mem, columns * n + 1, sizeof(*cells));
    for (size_t c = 0; c < columns; c++) {
        heads[c] = label(mem, all[c].name, true);
        const json_t *first = json_object_get(json_array_get(rows, 0), all[c].name);
        right[c] = all[c].f ? all[c].f->kind == KIND_INT : json_is_integer(first);
        for (size_t i = 0; i < n; i++)
            cells[i * columns + c] =
                show_value(mem, json_object_get(json_array_get(rows, i), all[c].name));
    }
    const struct table t = {mem, heads, right, columns, cells, n};
    table_write(out, &t, look->width, indent, look->color);
}

/* ---- Objects --------------------------------------------------------------------------------- */

static bool is_table(const json_t *value)
{
    return json_is_array(value) && json_is_object(json_array_get(value, 0));
}

/* Words wrapped behind the name, or the lines of a text that has lines, below each other. */
static void show_long(struct buf *out, const char *text, size_t at, size_t width)
{
    size_t column = at;

    while (*text) {
        size_t n = strcspn(text, " \n");
        char *word = arena_copy_n(out->mem, text, n);
        size_t columns = text_width(word);
        if (column > at && column + 1 + columns > width) {
            buf_byte(out, '\n');
            pad(out, at);
            column = at;
        }
        if (column > at) {
            buf_byte(out, ' ');
            column++;
        }
        buf_text(out, text_printable(out->mem, word, n));
        column += columns;
        text += n;
        if (*text == '\n' && text[1]) {
            buf_byte(out, '\n');
            pad(out, at);
            column = at;
        }
        text += *text != '\0';
    }
    buf_byte(out, '\n');
}

static void show_line(struct buf *out, const struct look *look, const char *name,
                      const json_t *value, size_t indent, size_t column)
{
    const char *text = show_value(look->mem, value);
    const char *raw = json_string_value(value);
    size_t width = look->width ? look->width : SIZE_MAX;
    const char *head = label(look->mem, name, false);

    if (!text)
        return;
    pad(out, indent);
    buf_text(out, head);
    pad(out, column - indent - text_width(head));
    if (raw && strchr(raw, '\n'))
        text = raw;
    if (strchr(text, '\n') || column + text_width(text) > width)
        show_long(out, text, column, width < column + 20 ? column + 20 : width);
    else
        buf_printf(out, "%s\n", text);
}

static void heading(struct buf *out, const struct look *look, const char *name, size_t count,
                    size_t indent)
{
    buf_byte(out, '\n');
    pad(out, indent);
    buf_text(out, look->color ? "\033[1m" : "");
    buf_text(out, label(look->mem, name, false));
    buf_text(out, look->color ? "\033[0m" : "");
    if (count)
        buf_printf(out, " (%zu)", count);
    buf_byte(out, '\n');
}

static void show_part(struct buf *out, const struct look *look, const struct member *m,
                      const json_t *value, size_t indent)
{
    const struct record *shape = m->f ? m->f->rows : NULL;

    if (is_table(value)) {
        heading(out, look, m->name, json_array_size(value), indent);
        show_rows(out, look, shape, value, indent + 2);
    } else if (json_is_object(value) && json_object_size(value)) {
        heading(out, look, m->name, 0, indent);
        show_object(out, look, shape, value, indent + 2);
    }
}

void show_object(struct buf *out, const struct look *look, const struct record *shape,
                 const json_t *object, size_t indent)
{
    struct member all[COLUMNS_MAX];
    size_t n = members(shape, object, all), widest = 0;

    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_object_get(object, all[i].name);
        size_t w = text_width(label(look->mem, all[i].name, false));
        if (value && !is_table(value) && !json_is_object(value) && w > widest)
            widest = w;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_object_get(object, all[i].name);
        if (value && !is_table(value) && (is_plain(value) || json_is_array(value)))
            show_line(out, look, all[i].name, value, indent, indent + widest + 2);
    }
    for (size_t i = 0; i < n; i++)
        show_part(out, look, &all[i], json_object_get(object, all[i].name), indent);
}
