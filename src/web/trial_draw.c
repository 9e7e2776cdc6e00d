/* trial_draw.c - the page of a file that was tried: what each of its columns is taken as, and what
 * would change; see trial.h. */
#include "trial.h"

#include "pages.h"
#include "view.h"
#include "web_internal.h"
#include "json/json.h"

/* ---- What each column is taken as ------------------------------------------------------------ */

static json_t *choice_of(const struct column *c, const char *field, const char *text,
                         struct arena *mem)
{
    json_t *choice = json_object();

    json_object_set_new(choice, "value", json_string(column_choice(mem, c, field)));
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

static json_t *mapping_of(struct visit *v, const struct kept *k)
{
    const struct record *fields = trial_fields(k);
    json_t *list = json_array();
    struct column *columns;
    size_t n = fields ? trial_columns(v->mem, k, &columns) : 0;

    for (size_t i = 0; i < n; i++) {
        const struct column *c = &columns[i];
        json_t *one = json_object();
        json_object_set_new(one, "n", json_integer((json_int_t)i));
        json_object_set_new(one, "their", json_string(c->their));
        if (c->cells)
            json_object_set_new(one, "cells", json_string(in_language(&v->page, c->cells)));
        if (column_is_headed_once(columns, n, c->their))
            json_object_set_new(one, "choices", choices_of(v, fields, c));
        json_object_set_new(one, "refused", json_integer(refused_in(k->plan, c)));
        json_array_append_new(list, one);
    }
    return list;
}

/* ---- The page -------------------------------------------------------------------------------- */

static json_t *unmapped(struct visit *v, const struct kept *k)
{
    const struct sent rest = trial_rest(v, k, false);
    json_t *list = json_array();

    for (size_t i = 0; i < rest.n; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "name", rest.at[i].name, "value", rest.at[i].value));
    return list;
}

/* What the mapping says already is not said again, nor what the counts say. */
static json_t *shown(struct visit *v, const struct kept *k, const json_t *mapping)
{
    static const char *const counted[] = {"rows",    "fresh",  "changed", "unchanged", "ended",
                                          "refused", "events", "noted",   NULL};
    static const char *const mapped[] = {"columns", "samples", "ignored", NULL};
    json_t *rest = json_keep(v->mem, json_copy(k->plan));

    for (size_t i = 0; counted[i]; i++)
        json_object_del(rest, counted[i]);
    for (size_t i = 0; mapped[i] && json_array_size(mapping); i++)
        json_object_del(rest, mapped[i]);
    return view_whole(&v->page, &k->command->reply, rest);
}

/* Only the first notes are told one by one. */
static json_int_t notes_untold(const json_t *plan)
{
    json_int_t n = 0;
    const char *code;
    json_t *of;

    json_object_foreach (json_object_get(plan, "noted"), code, of) {
        n += json_integer_value(of);
    }
    return n - (json_int_t)json_array_size(json_object_get(plan, "notes"));
}

/* What else is wrong with the columns. */
static json_t *also_wrong(const struct err *e)
{
    json_t *list = json_array();

    for (const struct err_item *item = e ? e->items : NULL; item; item = item->next)
        if (text_same(item->code, "column"))
            json_array_append_new(list, json_string(item->text));
    return list;
}

void trial_show(struct visit *v, const struct kept *k)
{
    const struct err *e = err_from_json(v->mem, k->because);
    json_t *data = json_keep(v->mem, json_object()), *mapping = mapping_of(v, k);

    json_object_set_new(data, "mapping", mapping);
    if (e)
        json_object_set_new(data, "because", json_string(e->text));
    json_object_set_new(data, "also", also_wrong(e));
    if (k->plan && visit_query(v, "changed"))
        json_object_set_new(data, "changed", json_true());
    if (visit_query(v, "remapped"))
        json_object_set_new(data, "remapped", json_true());
    json_object_set_new(data, "title", json_string(command_title(&v->page, k->command)));
    json_object_set_new(data, "form", json_string(act_path(v->mem, k->noun, k->command)));
    json_object_set_new(data, "action", json_string(kept_trial(v, k)));
    if (k->plan) {
        json_object_set(data, "plan", k->plan);
        json_object_set_new(data, "notes_more", json_integer(notes_untold(k->plan)));
        json_object_set(data, "whole", shown(v, k, mapping));
    }
    json_object_set_new(data, "unmapped", unmapped(v, k));
    json_object_set_new(data, "then", json_string(k->then));
    visit_show(v, e ? err_faces[e->kind].http : 200, NULL, page_trial, data);
}
