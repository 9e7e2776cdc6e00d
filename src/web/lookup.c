/* lookup.c - anybody, without an account, asks whether one is ours, where the service answers that.
 */
#include "web_internal.h"

#include "domain/platform.h"
#include "pages.h"
#include "json/json.h"

static const char *const members[] = {"what", "platform", "kind", NULL};

/* What was typed, as the command's parameters. */
static json_t *typed(struct visit *v)
{
    json_t *params = json_keep(v->mem, json_object());

    for (const char *const *m = members; *m; m++) {
        const char *value = visit_query(v, *m);
        if (value && *value)
            json_object_set_new(params, *m, json_string(value));
    }
    return params;
}

static json_t *platforms(const char *chosen)
{
    json_t *choices = json_array();
    const char *one;

    for (size_t i = 0; (one = platform_at(i)); i++)
        json_array_append_new(choices,
                              json_pack("{s:s, s:s, s:b}", "word", one, "text", platform_name(one),
                                        "chosen", text_same(one, chosen)));
    return choices;
}

/* The fields besides the address: platform and kind. */
static json_t *fields_of(struct visit *v, const struct job *job, const json_t *params)
{
    json_t *all = form_fields(&v->page, job->command, params);
    json_t *fields = json_keep(v->mem, json_array()), *field;
    size_t i;

    json_array_foreach (all, i, field) {
        const char *name = json_text(field, "name");
        if (strcmp(name, "what") == 0)
            continue;
        if (strcmp(name, "platform") == 0) {
            json_object_set_new(field, "input", json_string("select"));
            json_object_set_new(field, "choices", platforms(json_text(params, name)));
        }
        json_array_append(fields, field);
    }
    return fields;
}

static struct err *ask(struct visit *v, struct worker *w, struct job *job, const json_t *params,
                       json_t **ret)
{
    struct store *store;

    TRY(job_params(job, params));
    TRY(worker_store(w, v->mem, &store));
    TRY(job_answer(job, store));
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 20, "an answer", ret);
}

/* What was typed may need another word, which stands in the form. */
static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object()), *answer = NULL, *params = typed(v);
    struct job *job = visit_job_named(v, "account ours");
    struct err *e = NULL;

    v->known = false; /* the answer is the same for everybody */
    if (!v->service->public_lookup)
        e = err_new(v->mem, ERR_NOT_FOUND, "there is nothing here");
    else if (json_text(params, "what"))
        e = ask(v, w, job, params, &answer);
    if (e && e->kind != ERR_INVALID) {
        visit_fail(v, e);
        return;
    }
    json_object_set(data, "fields", fields_of(v, job, params));
    json_object_set_new(data, "what", json_string(json_text(params, "what")));
    if (e)
        json_object_set_new(data, "because", json_string(e->text));
    if (answer)
        json_object_set(data, "answer", answer);
    visit_show(v, e ? err_faces[e->kind].http : 200, "page.ours", page_ours, data);
}

void lookup_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/ours", .run = run});
}
