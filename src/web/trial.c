/* trial.c - what would come of a file, before anybody signs that it is taken in. The plan's hash
 * goes into what is signed: when something has changed since, it is refused. */
#include "web_internal.h"

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
    if (job->command->prepare)
        TRY(job->command->prepare(job, job->params));
    TRY(job_gather(job, store));
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "a plan", ret);
}

/* What was sent, again: with the plan beside it, it is ready to be signed. */
static json_t *carried(const struct command *c, const struct sent *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->n; i++) {
        bool param = record_find(&c->params, s->at[i].name) != NULL;
        bool set_here = strcmp(s->at[i].name, "plan") == 0 || strcmp(s->at[i].name, "dry_run") == 0;
        if (param && !set_here && s->at[i].value && *s->at[i].value)
            json_array_append_new(
                list, json_pack("{s:s, s:s}", "name", s->at[i].name, "value", s->at[i].value));
    }
    return list;
}

void show_trial(struct visit *v, struct store *store, const struct noun *noun,
                const struct command *command, const struct sent *s)
{
    struct job *job = visit_job(v, noun, command);
    json_t *data = json_keep(v->mem, json_object()), *plan;
    struct err *e = try_it(v, store, job, form_params(v->mem, command, s), &plan);

    if (e) {
        visit_fail(v, e);
        return;
    }
    json_object_set_new(data, "title", json_string(command_title(&v->page, noun, command)));
    json_object_set_new(data, "action",
                        json_string(arena_printf(v->mem, "/do/%s/%s", noun->name, command->verb)));
    json_object_set(data, "plan", plan);
    json_object_set(data, "whole", view_whole(&v->page, &command->reply, plan));
    json_object_set_new(data, "carried", carried(command, s));
    json_object_set_new(data, "then", json_string("/imports"));
    visit_show(v, 200, NULL, page_trial, data);
}
