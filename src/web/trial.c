/* trial.c - what would come of a file, before anybody signs that it is taken in: how it was read,
 * what each of its columns is taken as, and what would change. Whoever sees that a column was taken
 * for something else says so, and is shown it again. The plan's hash goes into what is signed: when
 * something has changed since, it is refused. */
#include "web_internal.h"

#include "app/import_fields.h"
#include "pages.h"
#include "view.h"
#include "json/json.h"

bool wants_trial(const struct command *c, const struct sent *s)
{
    const char *plan = form_value(s, "plan");

    return record_find(&c->params, "dry_run") && !(plan && *plan);
}

static struct err *try_it(struct visit *v, struct store *store, struct job *job,
                          const json_t *params, json_t **ret)
{
    json_t *trying = json_keep(v->mem, json_copy(json_plain(params)));

    json_object_set_new(trying, "dry_run", json_true());
    TRY(job_params(job, trying));
    TRY(job_prepare(job, store));
    TRY(job_gather(job, store));
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "a plan", ret);
}

/* What was sent, again: with the plan beside it, it is ready to be signed; without the map, to be
 * read in another way. */
static json_t *carried(const struct command *c, const struct sent *s, bool map)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->n; i++) {
        const char *name = s->at[i].name, *value = s->at[i].value;
        bool param = record_find(&c->params, name) != NULL;
        bool set_here = strcmp(name, "plan") == 0 || strcmp(name, "dry_run") == 0 ||
                        (!map && strcmp(name, "map") == 0);
        if (param && !set_here && value && *value)
            json_array_append_new(list, json_pack("{s:s, s:s}", "name", name, "value", value));
    }
    return list;
}

/* ---- What each column is taken as ------------------------------------------------------------ */

/* A column of the file. */
struct column {
    const char *their, *ours, *cells; /* ours NULL: it is not read; cells NULL: not known */
};

static const char *taken_as(const json_t *plan, const char *their)
{
    const json_t *row;
    size_t i;

    json_array_foreach (json_object_get(plan, "columns"), i, row) {
        if (text_same(json_text(row, "their"), their))
            return json_text(row, "ours");
    }
    return NULL;
}

/* By the plan; where there is none, by what the error says of each. */
static size_t columns_of(struct arena *mem, const json_t *plan, const struct err *e,
                         struct column **ret)
{
    const json_t *samples = json_object_get(plan, "samples"), *row;
    size_t n = json_array_size(samples), i;

    for (const struct err_item *item = e ? e->items : NULL; item; item = item->next)
        n++;
    struct column *columns = arena_array(mem, n + 1, sizeof(*columns));
    json_array_foreach (samples, i, row) {
        const char *their = json_text(row, "their");
        columns[i] = (struct column){their, taken_as(plan, their), json_text(row, "cells")};
    }
    n = json_array_size(samples);
    for (const struct err_item *item = e ? e->items : NULL; item; item = item->next)
        if (text_same(item->code, "read-as") || text_same(item->code, "not-read"))
            columns[n++] = (struct column){
                item->where, text_same(item->code, "read-as") ? item->text : NULL, NULL};
    *ret = columns;
    return n;
}

static json_t *choice_of(const struct column *c, const char *field, const char *text,
                         struct arena *mem)
{
    json_t *choice = json_object();

    json_object_set_new(choice, "value",
                        json_string(arena_printf(mem, "%s=%s", c->their, field ? field : "")));
    json_object_set_new(choice, "text", json_string(text));
    if (text_same(field, c->ours))
        json_object_set_new(choice, "chosen", json_true());
    return choice;
}

static json_t *choices_of(struct visit *v, const struct record *fields, const struct column *c)
{
    json_t *choices = json_array();

    json_array_append_new(choices,
                          choice_of(c, NULL, text_of(v->language, "trial.unread"), v->mem));
    EACH_FIELD (f, fields) {
        const char *text = field_title(&v->page, f->name);
        if (!f->optional)
            text = arena_printf(v->mem, "%s (%s)", text, text_of(v->language, "form.needed"));
        json_array_append_new(choices, choice_of(c, f->name, text, v->mem));
    }
    return choices;
}

static json_int_t refused_in(const json_t *plan, const struct column *c)
{
    const json_t *row;
    json_int_t n = 0;
    size_t i;

    json_array_foreach (json_object_get(plan, "refusals"), i, row) {
        const char *column = json_text(row, "column");
        n += text_same(column, c->their) || (c->ours && text_same(column, c->ours));
    }
    return n;
}

/* Two columns of one header cannot be told apart by it: the file has to be mended. */
static bool is_headed_once(const struct column *columns, size_t n, const char *their)
{
    size_t times = 0;

    for (size_t i = 0; i < n; i++)
        times += text_same(columns[i].their, their);
    return times == 1;
}

static json_t *mapping_of(struct visit *v, const struct record *fields, const json_t *plan,
                          const struct err *e)
{
    json_t *list = json_array();
    struct column *columns;
    size_t n = fields ? columns_of(v->mem, plan, e, &columns) : 0;

    for (size_t i = 0; i < n; i++) {
        const struct column *c = &columns[i];
        json_t *one = json_object();
        json_object_set_new(one, "n", json_integer((json_int_t)i));
        json_object_set_new(one, "their", json_string(c->their));
        if (c->cells)
            json_object_set_new(one, "cells", json_string(c->cells));
        if (is_headed_once(columns, n, c->their))
            json_object_set_new(one, "choices", choices_of(v, fields, c));
        json_object_set_new(one, "refused", json_integer(refused_in(plan, c)));
        json_array_append_new(list, one);
    }
    return list;
}

/* ---- The page -------------------------------------------------------------------------------- */

/* What the mapping says already is not said again. */
static json_t *shown(struct visit *v, const struct command *command, const json_t *plan,
                     const json_t *mapping)
{
    static const char *const mapped[] = {"columns", "samples", "ignored"};
    json_t *rest = json_keep(v->mem, json_copy(json_plain(plan)));

    for (size_t i = 0; i < 3 && json_array_size(mapping); i++)
        json_object_del(rest, mapped[i]);
    return view_whole(&v->page, &command->reply, rest);
}

struct err *show_trial(struct visit *v, struct store *store, const struct noun *noun,
                       const struct command *command, const struct sent *s)
{
    const struct record *fields =
        strcmp(noun->name, "import") == 0 ? import_fields(command->verb) : NULL;
    struct job *job = visit_job(v, noun, command);
    json_t *data = json_keep(v->mem, json_object()), *plan = NULL;
    struct err *e = try_it(v, store, job, form_params(v->mem, command, s), &plan);
    json_t *mapping = mapping_of(v, fields, plan, e);

    json_object_set_new(data, "mapping", mapping);
    if (e && !json_array_size(mapping))
        return e;
    if (e)
        json_object_set_new(data, "because", json_string(e->text));
    json_object_set_new(data, "title", json_string(command_title(&v->page, noun, command)));
    json_object_set_new(data, "action",
                        json_string(arena_printf(v->mem, "/do/%s/%s", noun->name, command->verb)));
    if (plan) {
        json_object_set(data, "plan", plan);
        json_object_set(data, "whole", shown(v, command, plan, mapping));
    }
    json_object_set_new(data, "carried", carried(command, s, true));
    json_object_set_new(data, "unmapped", carried(command, s, false));
    const char *then = form_value(s, "then");
    json_object_set_new(data, "then",
                        json_string(then && *then ? visit_path_of_ours(then) : "/imports"));
    visit_show(v, e ? err_faces[e->kind].http : 200, NULL, page_trial, data);
    return NULL;
}
