/* evidence.c - the bytes of a file that proves something, for whoever may see what it proves. They
 * are to be kept, not opened here; only the page of the file shows a picture. */
#include "web_internal.h"

#include "http/query.h"

static struct err *get(struct visit *v, struct worker *w, struct job **ret)
{
    struct job *job = visit_job_named(v, "evidence get");
    const char *raw = v->x->match.params[0].value, *ref;
    struct store *store;

    if (!percent_decode(v->mem, raw, strlen(raw), false, &ref))
        return err_new(v->mem, ERR_USAGE, "a broken escape in the path");
    TRY(job_params(job, json_keep(v->mem, json_pack("{s:s}", "evidence", ref))));
    TRY(worker_store(w, v->mem, &store));
    *ret = job;
    return job_answer(job, store);
}

static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct job *job;
    struct err *e = v->known ? get(v, w, &job) : NULL;

    if (!v->known || (e && e->kind == ERR_UNSIGNED)) {
        visit_sign_in(v);
        return;
    }
    if (e) {
        visit_fail(v, e);
        return;
    }
    exchange_attach(x, 200, job->attachment.media_type, job->attachment.name,
                    job->attachment.bytes);
    exchange_back(x);
}

void evidence_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/evidence/{evidence}/file", .run = run});
}
