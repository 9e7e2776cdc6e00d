/* trial_columns.c - what each column of a file that was tried is taken as, by the plan or by what
 * is wrong with it; see trial.h. */
#include "trial.h"

#include "app/import_fields.h"
#include "view.h"
#include "web_internal.h"
#include "json/json.h"

const struct record *trial_fields(const struct kept *k)
{
    return strcmp(k->noun->name, "import") == 0 ? import_fields(k->command->verb) : NULL;
}

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
size_t trial_columns(struct arena *mem, const struct kept *k, struct column **ret)
{
    const struct err *e = err_from_json(mem, k->because);
    const json_t *samples = json_object_get(k->plan, "samples"), *row;
    size_t n = json_array_size(samples), i;

    for (const struct err_item *item = e ? e->items : NULL; item; item = item->next)
        n++;
    struct column *columns = arena_array(mem, n + 1, sizeof(*columns));
    json_array_foreach (samples, i, row) {
        const char *their = json_text(row, "their");
        columns[i] = (struct column){their, taken_as(k->plan, their), json_text(row, "cells")};
    }
    n = json_array_size(samples);
    size_t cells = n; /* they are said in the order of the columns, but for those that are empty */
    for (const struct err_item *item = e ? e->items : NULL; item; item = item->next) {
        if (text_same(item->code, "read-as") || text_same(item->code, "not-read"))
            columns[n++] = (struct column){
                item->where, text_same(item->code, "read-as") ? item->text : NULL, NULL};
        if (!text_same(item->code, "cells"))
            continue;
        while (cells < n && !text_same(columns[cells].their, item->where))
            cells++;
        if (cells < n)
            columns[cells++].cells = item->text;
    }
    *ret = columns;
    return n;
}

bool column_is_headed_once(const struct column *columns, size_t n, const char *their)
{
    size_t times = 0;

    for (size_t i = 0; i < n; i++)
        times += text_same(columns[i].their, their);
    return times == 1;
}

const char *column_choice(struct arena *mem, const struct column *c, const char *field)
{
    return arena_printf(mem, "%s=%s", c->their, field ? field : "");
}

/* ---- Whether it was chosen otherwise --------------------------------------------------------- */

/* Browsers end the lines of what they send with CR LF. */
static bool is_sent_as(const char *sent, const char *shown)
{
    while (*sent || *shown) {
        sent += *sent == '\r';
        shown += *shown == '\r';
        if (*sent != *shown)
            return false;
        sent += *sent != '\0';
        shown += *shown != '\0';
    }
    return true;
}

static bool is_as_shown(struct arena *mem, const struct column *columns, size_t n, const char *sent)
{
    for (size_t i = 0; i < n; i++)
        if (is_sent_as(sent, column_choice(mem, &columns[i], columns[i].ours)))
            return true;
    return false;
}

bool trial_is_remapped(struct arena *mem, const struct kept *k, const struct sent *s)
{
    struct column *columns;
    size_t n = trial_columns(mem, k, &columns);

    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, "map") == 0 && s->at[i].value &&
            !is_as_shown(mem, columns, n, s->at[i].value))
            return true;
    return false;
}

/* ---- In words -------------------------------------------------------------------------------- */

json_t *trial_mapping_said(struct visit *v, const struct kept *k)
{
    json_t *list = json_keep(v->mem, json_array());
    struct column *columns;
    size_t n = k->plan && trial_fields(k) ? trial_columns(v->mem, k, &columns) : 0;

    for (size_t i = 0; i < n; i++) {
        json_t *one = json_object();
        json_set_text(one, "their", columns[i].their);
        json_set_text(one, "ours",
                      columns[i].ours ? field_title(&v->page, columns[i].ours)
                                      : text_of(v->language, "trial.unread"));
        json_array_append_new(list, one);
    }
    return list;
}
