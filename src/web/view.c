/* view.c - see view.h. */
#include "view.h"

#include "called.h"

#include "base/check.h"
#include "base/date.h"
#include "json/json.h"

#include <ctype.h>

static const struct command *show_of(const char *noun, const struct noun **ret)
{
    EACH_NOUN (n, nouns) {
        if (strcmp(n->name, noun) != 0)
            continue;
        EACH_COMMAND (c, n) {
            const char *end = c->path ? strstr(c->path, "/{") : NULL;
            if (!c->client && c->method && strcmp(c->method, "GET") == 0 && !c->list && end &&
                strncmp(end + 2, noun, strlen(noun)) == 0 &&
                strcmp(end + 2 + strlen(noun), "}") == 0) {
                *ret = n;
                return c;
            }
        }
    }
    return NULL;
}

bool command_has_form(const struct command *c)
{
    return !c->client && c->method && strcmp(c->method, "POST") == 0 && command_changes(c) &&
           !(c->roles & ROLE_ANYONE);
}

bool command_has_page(const struct command *c)
{
    return !c->client && c->method && strcmp(c->method, "GET") == 0 && c->reply.fields;
}

const char *command_page(const struct command *c)
{
    return c->path + strlen("/v1");
}

const char *noun_page(struct arena *mem, const char *noun)
{
    const struct noun *n;
    const struct command *c = show_of(noun, &n);
    const char *page = c ? command_page(c) : NULL;

    return page ? arena_copy_n(mem, page, (size_t)(strchr(page, '{') - page)) : NULL;
}

const char *field_title(struct page *p, const char *name)
{
    return text_capital(p->mem, term(p, english_of(p->mem, name)));
}

/* ---- Tables
 * -------------------------------------------------------------------------------------- */

/* What is shown in one column, or of one name: the same value is the same cell. */
struct column {
    const struct field *f;
    struct manner manner;
    json_t *label;
    struct map *cells; /* by value */
};

/* A new reference. */
static json_t *cell_of_value(struct page *p, struct column *c, const json_t *value)
{
    const char *text = json_string_value(value);
    json_t *cell = text ? map_get(c->cells, text) : NULL;

    if (cell)
        return json_incref(cell);
    cell = cell_in(p, &c->manner, value);
    if (text)
        map_set(c->cells, text, json_keep(p->mem, json_incref(cell)));
    return cell;
}

/* Of things of a noun; or of a detail of that name, which may be a thing of a noun. */
static struct column *column_named(struct page *p, const char *name, const char *noun)
{
    struct map *of_name;

    if (!p->columns)
        p->columns = map_new(p->mem);
    of_name = map_get(p->columns, name);
    if (!of_name)
        map_set(p->columns, name, of_name = map_new(p->mem));
    struct column *c = map_get(of_name, noun ? noun : "");
    if (!c) {
        c = arena_alloc(p->mem, sizeof(*c));
        c->manner = manner_of(noun ? noun : name);
        c->label = json_keep(p->mem, json_string(term(p, english_of(p->mem, name))));
        c->cells = map_new(p->mem);
        map_set(of_name, noun ? noun : "", c);
    }
    return c;
}

/* Is what people wrote, or what a platform calls its own, a word of the registry? */
static bool is_word_in(struct page *p, const char *name, const char *plain)
{
    static const char *const written[] = {"name", "ref",   "note",    "label",    "value",
                                          "url",  "title", "purpose", "residual", NULL};

    for (size_t i = 0; written[i]; i++)
        if (strcmp(written[i], name) == 0)
            return false;
    if (strcmp(name, "role") == 0 && !role_bit(plain))
        return false;
    return is_term(english_of(p->mem, plain));
}

/* Its value; of one that is true or not, that. */
static const json_t *plain_detail(struct page *p, const json_t *value)
{
    if (is_word(value, "true") || is_word(value, "false"))
        return literal(p, text_of(p->language, is_word(value, "true") ? "word.yes" : "word.no"));
    return value;
}

/* A new reference. */
static json_t *cell_of_detail(struct page *p, struct column *c, const char *name,
                              const json_t *value, bool of_thing)
{
    const char *text = json_string_value(value);
    json_t *cell = text ? map_get(c->cells, text) : NULL;

    if (cell)
        return json_incref(cell);
    struct manner m = c->manner;
    m.words = !of_thing && is_word_in(p, name, as_plain(p, value));
    const json_t *plain = plain_detail(p, value);
    cell = cell_in(p, &m, plain);
    if (text)
        map_set(c->cells, text, json_keep(p->mem, json_incref(cell)));
    return cell;
}

json_t *view_details(struct page *p, const json_t *rows)
{
    json_t *parts = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *name = json_text(row, "name"), *noun = json_text(row, "noun");
        if (!name || strcmp(name, "ref") == 0) /* whatever it is about is named beside it */
            continue;
        struct column *c = column_named(p, name, noun);
        json_t *part = json_object();
        json_object_set_nocheck(part, "label", c->label);
        json_object_set_new_nocheck(
            part, "cell", cell_of_detail(p, c, name, json_object_get(row, "value"), noun));
        if (json_array_size(parts))
            json_object_set_new_nocheck(part, "more", json_true());
        json_array_append_new(parts, part);
    }
    return parts;
}

/* Rows in a row are shown where each is a thing that has a page: a step's files, say. */
static bool is_of_things(struct page *p, const struct field *f)
{
    return f->kind == KIND_ROWS && noun_page(p->mem, manner_of(f->rows->fields->name).noun);
}

/* What is said one by one stands for what says the same in a line of words. */
static bool is_said_apart(const struct record *shape, const struct field *words)
{
    EACH_FIELD (f, shape) {
        if (f->in_words && strcmp(f->in_words, words->name) == 0)
            return true;
    }
    return false;
}

static bool is_column(struct page *p, const struct record *shape, const struct field *f)
{
    bool is_plain = f->kind != KIND_ROWS && f->kind != KIND_OBJECT;

    return f->in_words || is_of_things(p, f) || (is_plain && !is_said_apart(shape, f));
}

/* {"links":[{"text","href"},…]}, by name where they have one; a new reference. */
static json_t *links_cell(struct page *p, const struct field *f, const json_t *rows)
{
    const char *key = f->rows->fields->name;
    struct manner m = manner_of(key);
    json_t *cell = json_object(), *links = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *ref = json_text(row, key), *name = json_text(row, "name");
        if (ref)
            json_array_append_new(links, json_pack("{s:s, s:s}", "text", name ? name : ref, "href",
                                                   cell_link(p, &m, ref)));
    }
    json_object_set_new(cell, "links", links);
    return cell;
}

/* Things of any noun: {"links":[…]}; a new reference. */
static json_t *things_cell(struct page *p, const json_t *rows)
{
    json_t *cell = json_object(), *links = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *noun = json_text(row, "noun"), *key = json_text(row, "key");
        if (noun && key)
            json_array_append_new(
                links, cell_of_value(p, column_named(p, "", noun), json_object_get(row, "key")));
    }
    json_object_set_new(cell, "things", links);
    return cell;
}

/* A new reference. */
static json_t *rows_cell(struct page *p, const struct field *f, const json_t *rows)
{
    json_t *cell;

    if (!f->in_words)
        return links_cell(p, f, rows);
    if (!record_find(f->rows, "value"))
        return things_cell(p, rows);
    cell = json_object();
    json_object_set_new_nocheck(cell, "details", view_details(p, rows));
    return cell;
}

/* A name is of what stands right before it, if that is a thing; else of what comes first. */
static bool is_named_beside(const struct record *shape, const struct field *f)
{
    const struct field *name = record_find(shape, "name");

    if (!name)
        name = record_find(shape, "title");
    if (!name || name == shape->fields)
        return false;
    const struct manner m = manner_of(name[-1].name);
    bool of_before = is_named_noun(m.noun) || m.keys || strcmp(name[-1].name, "holder") == 0;
    return f == (of_before ? name - 1 : shape->fields);
}

static struct manner manner_in(const struct record *shape, const struct field *f,
                               const char *shown_as)
{
    struct manner m = manner_of(shown_as);

    m.by_key = is_named_beside(shape, f);
    return m;
}

/* The title of a step is the engine's; that of a position is people's. */
static const char *shown_as(const struct record *shape, const struct field *f)
{
    if (strcmp(f->name, "title") == 0 && record_find(shape, "platform"))
        return "standing"; /* of an account's title */
    bool of_step = record_find(shape, "step") || record_find(shape, "detail");

    if (of_step && strcmp(f->name, "actor") == 0)
        return "role"; /* whose turn it is in any case, and nobody's key */
    return of_step && strcmp(f->name, "title") == 0 ? "what" : f->name;
}

static bool anybody_has(const json_t *rows, const struct field *f)
{
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        if (json_object_get(row, f->name))
            return true;
    }
    return false;
}

/* The fields that some row has, in their order; one without a field ends them. */
static struct column *columns_of(struct page *p, const struct record *shape, const json_t *rows)
{
    size_t n = 0;

    EACH_FIELD (f, shape)
        n++;
    struct column *columns = arena_array(p->mem, n + 1, sizeof(*columns));
    n = 0;
    EACH_FIELD (f, shape) {
        if (is_column(p, shape, f) && anybody_has(rows, f))
            columns[n++] = (struct column){.f = f,
                                           .manner = manner_in(shape, f, shown_as(shape, f)),
                                           .cells = map_new(p->mem)};
    }
    return columns;
}

/* A new reference. */
static json_t *cell_of(struct page *p, struct column *c, const json_t *row)
{
    const json_t *value = json_object_get(row, c->f->name);

    return c->f->kind == KIND_ROWS ? rows_cell(p, c->f, value) : cell_of_value(p, c, value);
}

json_t *view_table(struct page *p, const struct record *shape, const json_t *rows)
{
    struct column *columns = columns_of(p, shape, rows);
    json_t *table = json_keep(p->mem, json_object());
    json_t *titles = json_array(), *fields = json_array(), *body = json_array();
    const json_t *row;
    size_t i;

    for (const struct column *c = columns; c->f; c++) {
        json_array_append_new(titles, json_string(field_title(p, c->f->name)));
        json_array_append_new(fields, json_string(c->f->name));
    }
    json_array_foreach (rows, i, row) {
        json_t *cells = json_array();
        for (struct column *c = columns; c->f; c++)
            json_array_append_new(cells, cell_of(p, c, row));
        json_array_append_new(body, cells);
    }
    json_object_set_new(table, "columns", titles);
    json_object_set_new(table, "fields", fields);
    json_object_set_new(table, "rows", body);
    return table;
}

/* ---- A whole answer
 * ------------------------------------------------------------------------------ */

static void add_fact(struct page *p, const struct record *shape, const struct field *f,
                     json_t *facts, const json_t *value)
{
    const struct manner m = manner_in(shape, f, f->name);
    json_t *fact = json_object();

    json_object_set_new(fact, "label", json_string(field_title(p, f->name)));
    json_object_set_new(fact, "cell", cell_in(p, &m, value));
    json_array_append_new(facts, fact);
}

static void add_table(struct page *p, json_t *tables, const struct field *f, const json_t *rows)
{
    json_t *table = view_table(p, f->rows, rows);

    json_object_set_new(table, "label", json_string(field_title(p, f->name)));
    json_array_append(tables, table);
}

static void add_all(struct page *p, const struct record *shape, const json_t *object, json_t *facts,
                    json_t *tables)
{
    EACH_FIELD (f, shape) {
        const json_t *value = json_object_get(object, f->name);
        if (!is_there(value) && !json_is_boolean(value))
            continue;
        if (f->kind == KIND_ROWS)
            add_table(p, tables, f, value);
        else if (f->kind == KIND_OBJECT)
            add_all(p, f->rows, value, facts, tables);
        else
            add_fact(p, shape, f, facts, value);
    }
}

json_t *view_whole(struct page *p, const struct record *shape, const json_t *reply)
{
    json_t *view = json_keep(p->mem, json_object());
    json_t *facts = json_array(), *tables = json_array();

    json_object_set_new(view, "facts", facts);
    json_object_set_new(view, "tables", tables);
    add_all(p, shape, reply, facts, tables);
    return view;
}
