/* view.c - see view.h. */
#include "view.h"

#include "base/check.h"
#include "base/date.h"
#include "json/json.h"

#include <ctype.h>

/* Fields that name a thing of another noun than their own name says. */
static const struct {
    const char *field, *noun;
} others[] = {
    {"leaver", "person"},    {"lead", "person"},         {"successor", "person"},
    {"assignee", "person"},  {"manager", "person"},      {"actor", "person"},
    {"by", "person"},        {"owner_person", "person"}, {"accountable", "person"},
    {"parent", "account"},   {"employer", "entity"},     {"legal_owner", "entity"},
    {"requester", "person"}, {"verifier", "person"},
};

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

static const char *with_capital(struct arena *mem, const char *text)
{
    char *copy = arena_copy(mem, text);

    *copy = (char)toupper((unsigned char)*copy);
    return copy;
}

const char *command_title(struct page *p, const struct noun *noun, const struct command *c)
{
    (void)noun;
    return with_capital(p->mem, term(p, c->summary));
}

const char *field_title(struct page *p, const char *name)
{
    return with_capital(p->mem, term(p, english_of(p->mem, name)));
}

/* ---- Cells
 * --------------------------------------------------------------------------------------- */

static const char *noun_of(const char *field)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (strcmp(others[i].field, field) == 0)
            return others[i].noun;
    return field;
}

static const char *link_to(struct page *p, const char *field, const char *value)
{
    const char *page = is_name(value) ? thing_page(noun_of(field)) : NULL;
    struct buf out;

    if (strcmp(field, "entry") == 0 || strcmp(field, "index") == 0)
        page = "/log/";
    if (!page)
        return NULL;
    buf_init(&out, p->mem, 4096);
    buf_text(&out, page);
    struct page to = {.mem = p->mem, .out = &out};
    put_part(&to, value);
    return out.at;
}

/* Fields whose values are words of the registry. */
static bool is_of_words(const char *field)
{
    static const char *const names[] = {"state", "status",   "standing", "kind", "risk",  "grade",
                                        "type",  "basis",    "role",     "how",  "level", "through",
                                        "proof", "evidence", "channel",  NULL};

    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], field) == 0)
            return true;
    return false;
}

/* Fields in which the engine speaks; what people wrote (a reason, a note) stays as they wrote it.
 */
static bool is_of_sentences(const char *field)
{
    static const char *const names[] = {
        "basis",   "because", "copies", "declared_how", "detail", "due_rule", "exposure",
        "hostile", "in_use",  "means",  "next",         "place",  "progress", "remedy",
        "rule",    "say",     "steps",  "supports",     "trace",  "text",     "warning",
        "what",    "who",     "why",    NULL,
    };

    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], field) == 0)
            return true;
    return false;
}

/* A list is shown as its items. */
static const char *items_of(struct page *p, const char *field, const json_t *list)
{
    bool words = is_of_words(field), said = is_of_sentences(field);
    struct buf out;
    const json_t *item;
    size_t i;

    buf_init(&out, p->mem, 1 << 20);
    json_array_foreach (list, i, item) {
        const char *text = words ? as_word(p, item) : said ? as_said(p, item) : as_plain(p, item);
        buf_printf(&out, "%s%s", i ? ", " : "", text ? text : "");
    }
    return out.at;
}

/* Days that somebody waits for, or fears: how far off they are helps. */
static bool is_awaited(const char *field)
{
    static const char *const names[] = {"due",     "last_day",   "ends",      "expires_on",
                                        "back_on", "expires_at", "review_on", NULL};

    for (size_t i = 0; names[i]; i++)
        if (strcmp(names[i], field) == 0)
            return true;
    return false;
}

json_t *view_cell(struct page *p, const char *field, const json_t *value)
{
    json_t *cell = json_keep(p->mem, json_object());
    const char *plain = as_plain(p, value), *text = plain, *href = NULL;
    int64_t day, ms;

    if (json_is_array(value)) {
        text = items_of(p, field, value);
    } else if (json_is_integer(value)) {
        text = as_number(p, value);
        href = plain ? link_to(p, field, plain) : NULL;
        href = strcmp(field, "entry") == 0 || strcmp(field, "index") == 0 ? href : NULL;
    } else if (json_is_string(value) && day_parse(plain, &day)) {
        text = as_day(p, value);
    } else if (json_is_string(value) && moment_parse(p->mem, plain, &ms)) {
        text = as_time(p, value);
        json_object_set_new(cell, "time", json_string(plain));
    } else if (json_is_string(value)) {
        href = link_to(p, field, plain);
        bool word = is_of_words(field) && !strchr(plain, ' ');
        if (!href && !word && is_of_sentences(field))
            json_object_set_new(cell, "said", json_string(plain));
        if (word) {
            text = as_word(p, value);
            json_object_set_new(cell, "state", json_string(plain));
        }
    }
    const char *near = is_awaited(field) ? as_near(p, value) : NULL;
    if (near)
        json_object_set_new(cell, "near", json_string(near));
    if (text)
        json_object_set_new(cell, "text", json_string(text));
    if (href)
        json_object_set_new(cell, "href", json_string(href));
    return cell;
}

/* ---- Tables
 * -------------------------------------------------------------------------------------- */

/* Rows in a row are shown where each is a thing that has a page: a step's files, say. */
static bool is_of_things(struct page *p, const struct field *f)
{
    return f->kind == KIND_ROWS && noun_page(p->mem, noun_of(f->rows->fields->name));
}

static bool is_column(struct page *p, const struct field *f)
{
    return is_of_things(p, f) || (f->kind != KIND_ROWS && f->kind != KIND_OBJECT);
}

/* {"links":[{"text","href"},…]}, by name where they have one. */
static json_t *links_cell(struct page *p, const struct field *f, const json_t *rows)
{
    const char *key = f->rows->fields->name;
    json_t *cell = json_keep(p->mem, json_object()), *links = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *ref = json_text(row, key), *name = json_text(row, "name");
        if (ref)
            json_array_append_new(links, json_pack("{s:s, s:s}", "text", name ? name : ref, "href",
                                                   link_to(p, key, ref)));
    }
    json_object_set_new(cell, "links", links);
    return cell;
}

/* The title of a step is the engine's; that of a position is people's. */
static const char *shown_as(const struct record *shape, const struct field *f)
{
    bool of_step = record_find(shape, "step") || record_find(shape, "detail");

    return of_step && strcmp(f->name, "title") == 0 ? "what" : f->name;
}

static json_t *cell_of(struct page *p, const struct record *shape, const struct field *f,
                       const json_t *row)
{
    const json_t *value = json_object_get(row, f->name);

    return f->kind == KIND_ROWS ? links_cell(p, f, value) : view_cell(p, shown_as(shape, f), value);
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

/* The fields that some row has, in their order; NULL ends them. */
static const struct field **columns_of(struct page *p, const struct record *shape,
                                       const json_t *rows)
{
    size_t n = 0;

    EACH_FIELD (f, shape)
        n++;
    const struct field **columns = arena_array(p->mem, n + 1, sizeof(struct field *));
    n = 0;
    EACH_FIELD (f, shape) {
        if (is_column(p, f) && anybody_has(rows, f))
            columns[n++] = f;
    }
    return columns;
}

json_t *view_table(struct page *p, const struct record *shape, const json_t *rows)
{
    const struct field **columns = columns_of(p, shape, rows);
    json_t *table = json_keep(p->mem, json_object());
    json_t *titles = json_array(), *body = json_array();
    const json_t *row;
    size_t i;

    for (const struct field **f = columns; *f; f++)
        json_array_append_new(titles, json_string(field_title(p, (*f)->name)));
    json_array_foreach (rows, i, row) {
        json_t *cells = json_array();
        for (const struct field **f = columns; *f; f++)
            json_array_append(cells, cell_of(p, shape, *f, row));
        json_array_append_new(body, cells);
    }
    json_object_set_new(table, "columns", titles);
    json_object_set_new(table, "rows", body);
    return table;
}

/* ---- A whole answer
 * ------------------------------------------------------------------------------ */

static void add_fact(struct page *p, json_t *facts, const char *name, const json_t *value)
{
    json_t *fact = json_object();

    json_object_set_new(fact, "label", json_string(field_title(p, name)));
    json_object_set(fact, "cell", view_cell(p, name, value));
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
            add_fact(p, facts, f->name, value);
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
