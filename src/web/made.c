/* made.c - a page for every command that answers and has none of its own, made of what the table of
 * commands says. */
#include "web_internal.h"

#include "called.h"
#include "pages.h"
#include "view.h"
#include "json/json.h"
#include "json/record_json.h"

/* What may be said several times comes as one text, with commas: visit_query(). */
static struct err *take_value(struct visit *v, struct job *job, const struct field *f,
                              const char *value)
{
    char *rest = arena_copy(v->mem, value), *one;

    job->given.at[f - job->command->params.fields] = true;
    if (f->kind != KIND_LIST)
        return field_set(v->mem, f, value, job->params);
    while ((one = strsep(&rest, ",")))
        TRY(field_set(v->mem, f, one, job->params));
    return NULL;
}

/* On a page, if nobody says how many. */
#define ROWS "60"

static struct err *take_query(struct visit *v, struct job *job)
{
    EACH_FIELD (f, &job->command->params) {
        const char *value = path_value(v, f->name);
        if (!value)
            value = visit_query(v, f->name);
        if (!value && job->command->list && text_same(f->name, "limit"))
            value = ROWS; /* with all that it brings, a page is to be there soon */
        if (value && *value)
            TRY(take_value(v, job, f, value));
    }
    return record_complete(v->mem, &job->command->params, &job->given);
}

static struct err *answer_one(struct visit *v, struct worker *w, struct job *job, json_t **ret)
{
    struct job *jobs[2] = {job};

    TRY(take_query(v, job));
    TRY(ask_all(v, w, jobs, 1));
    TRY(job->error);
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", ret);
}

/* In the path or in the query. */
static json_t *words_given(struct visit *v, const struct command *c)
{
    json_t *given = values_given(v, c);

    EACH_FIELD (f, &c->params) {
        const char *value = path_value(v, f->name);
        if (value)
            json_object_set_new(given, f->name, json_string(value));
    }
    return given;
}

static bool is_filter(const struct field *f)
{
    static const char *const not [] = {"limit", "after", "as_known", NULL};

    for (size_t i = 0; not [i]; i++)
        if (strcmp(not [i], f -> name) == 0)
            return false;
    return f->optional;
}

static json_t *filters_of(struct visit *v, const struct job *job)
{
    json_t *all = form_fields(&v->page, job->command,
                              record_to_json(v->mem, &job->command->params, job->params, NULL));
    json_t *filters = json_keep(v->mem, json_array());
    size_t i = 0;

    EACH_FIELD (f, &job->command->params) {
        if (is_filter(f))
            json_array_append(filters, json_array_get(all, i));
        i++;
    }
    return filters;
}

static bool is_filtered(const struct job *job)
{
    EACH_FIELD (f, &job->command->params)
        if (is_filter(f) && job->given.at[f - job->command->params.fields])
            return true;
    return false;
}

/* ---- In which order -------------------------------------------------------------------------- */

/* The word of the command for a column that its rows can be ordered by: "name" is their key, and
 * not the column of that name, which is of a thing beside them. */
static const char *order_of(const struct job *job, const struct field *order, const char *column)
{
    const char *word = text_same(column, job->noun->name) ? "name" : column;

    if (text_same(column, "name"))
        return NULL;
    for (size_t i = 0; order->choices[i]; i++)
        if (text_same(order->choices[i], word))
            return word;
    return NULL;
}

/* This list from its beginning, with the same filters, in that order. */
static const char *ordered_page(struct visit *v, const char *order)
{
    struct buf out;

    buf_init(&out, v->mem, 1 << 16);
    buf_printf(&out, "%s?", v->x->path);
    for (const char *at = v->x->query; at && *at;) {
        size_t n = strcspn(at, "&");
        if (n && strncmp(at, "after=", 6) != 0 && strncmp(at, "order=", 6) != 0)
            buf_printf(&out, "%.*s&", (int)n, at);
        at += n + (at[n] == '&');
    }
    buf_printf(&out, "order=%s", order);
    return out.at;
}

/* Where the database has an order for it, the head of a column is a link to the list in that order;
 * elsewhere it would be an order of this page alone. */
static void add_orders(struct visit *v, const struct job *job, json_t *table)
{
    const struct field *order = record_find(&job->command->params, "order");
    const char *now = visit_query(v, "order");
    const json_t *fields = json_object_get(table, "fields");
    json_t *columns = json_object_get(table, "columns");

    for (size_t i = 0; order && i < json_array_size(fields); i++) {
        const char *word = order_of(job, order, json_string_value(json_array_get(fields, i)));
        if (!word)
            continue;
        bool sorted = text_same(word, now && *now ? now : order->choices[0]);
        json_t *column =
            json_pack("{s:O, s:b}", "label", json_array_get(columns, i), "sorted", (int)sorted);
        json_set_text(column, "href", ordered_page(v, word));
        json_array_set_new(columns, i, column);
    }
}

static void add_table(struct visit *v, const struct job *job, const json_t *answer, json_t *data)
{
    json_object_set(data, "table",
                    view_table(&v->page, &job->command->reply, json_object_get(answer, "items")));
    add_orders(v, job, json_object_get(data, "table"));
    json_object_set(data, "filters", filters_of(v, job));
    json_object_set_new(data, "filtered", json_boolean(is_filtered(job)));
    json_object_set(data, "more", more_of(v, answer));
    if (job->command->legend)
        json_object_set_new(data, "legend", json_string(term(&v->page, job->command->legend)));
}

/* A list is called what is in it. */
static const char *title_of(struct visit *v, const struct noun *noun, const struct command *c,
                            const json_t *given)
{
    const char *things =
        strcmp(c->verb, "list") == 0 || !*c->verb ? things_of(&v->page, noun) : NULL;

    return things ? things : title_about(&v->page, noun, c, c->list ? NULL : given);
}

static void run_generic(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    JSON_INTO(v->mem);
    const struct route *r = x->route;
    json_t *data = json_keep(v->mem, json_object()), *answer = NULL;

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    json_t *given = words_given(v, r->command);
    bool lacks = lacks_words(r->command, given);
    struct job *job = visit_job(v, r->noun, r->command);
    struct err *e = lacks ? visit_ask(v, w) : answer_one(v, w, job, &answer);
    if (!e)
        e = ask_names(v, w, answer);
    if (!e && lacks) {
        show_ask(v, r->noun, r->command, given);
        return;
    }
    if (e) {
        if (e->kind == ERR_UNSIGNED)
            visit_sign_in(v);
        else
            visit_fail(v, e);
        return;
    }
    json_object_set_new(data, "title", json_string(title_of(v, r->noun, r->command, given)));
    json_object_set(
        data, "acts",
        acts_on(v, r->noun->name, r->command->list ? NULL : path_value(v, r->noun->name)));
    if (r->command->list)
        add_table(v, job, answer, data);
    else
        json_object_set(data, "whole", view_whole(&v->page, &r->command->reply, answer));
    visit_show(v, 200, NULL, r->command->list ? page_list : page_whole, data);
}

void made_pages_add(struct routes *r)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (!command_has_page(c) || has_view(command_page(c)))
                continue;
            routes_add(r, (struct route){.method = "GET",
                                         .path = command_page(c),
                                         .noun = n,
                                         .command = c,
                                         .run = run_generic});
        }
    }
}
