/* lookup.c - anybody, without an account, asks whether one is ours, where the service answers that.
 */
#include "web_internal.h"

#include "pages.h"
#include "json/json.h"

static struct err *ask(struct visit *v, struct worker *w, const char *what, json_t **ret)
{
    struct job *job = visit_job_named(v, "account ours");
    struct store *store;

    TRY(job_params(job, json_keep(v->mem, json_pack("{s:s}", "what", what))));
    TRY(worker_store(w, v->mem, &store));
    TRY(job_answer(job, store));
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 20, "an answer", ret);
}

static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object()), *answer = NULL;
    const char *what = visit_query(v, "what");
    struct err *e = NULL;

    v->known = false; /* the answer is the same for everybody */
    if (!v->service->public_lookup)
        e = err_new(v->mem, ERR_NOT_FOUND, "there is nothing here");
    else if (what && *what)
        e = ask(v, w, what, &answer);
    if (e) {
        visit_fail(v, e);
        return;
    }
    if (answer) {
        json_object_set_new(data, "what", json_string(what));
        json_object_set(data, "answer", answer);
    }
    visit_show(v, 200, "page.ours", page_ours, data);
}

void lookup_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/ours", .run = run});
}
