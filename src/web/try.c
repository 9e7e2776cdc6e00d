/* try.c - acts as they would be decided, before anybody signs them; see kept.h. */
#include "kept.h"

#include "app/batch.h"
#include "json/json.h"

static struct job *job_of(struct visit *v, const struct act *a)
{
    struct job *job = visit_job(v, a->noun, a->command);

    job->error = job_params(job, form_params(v->mem, a->command, &a->sent));
    return job;
}

static bool are_of_several_commands(const struct kept *k)
{
    for (size_t i = 1; i < k->n; i++)
        if (k->acts[i].command != k->acts[0].command)
            return true;
    return false;
}

/* What tells one of them from the others. */
static const char *what_of(const struct kept *k, const struct act *a)
{
    const char *each = form_value(&k->sent, "each");
    const char *what = each ? form_value(&a->sent, each) : NULL;

    return what ? what : "";
}

static void leave_out(struct visit *v, struct kept *k, struct job *const *jobs)
{
    size_t n = 0;

    k->left = json_keep(v->mem, json_array());
    for (size_t i = 0; i < k->n; i++) {
        if (!jobs[i]->error)
            k->acts[n++] = k->acts[i];
        else
            json_array_append_new(k->left, json_pack("{s:s, s:s}", "what", what_of(k, &k->acts[i]),
                                                     "because", jobs[i]->error->text));
    }
    k->n = n;
}

/* What the engine says that they would bring about. */
static void take_warnings(struct visit *v, struct kept *k, struct job *const *jobs, size_t n)
{
    k->warned = json_keep(v->mem, json_array());
    for (size_t i = 0; i < n; i++) {
        const char *warning = jobs[i]->error ? NULL : json_text(jobs[i]->result, "warning");
        if (warning)
            json_array_append_new(k->warned, json_string(warning));
    }
}

static struct err *try_first(struct visit *v, struct store *store, const struct kept *k)
{
    for (size_t i = k->n; i-- > 0;) {
        struct job *job = job_of(v, &k->acts[i]);
        TRY(job->error);
        if (i)
            continue;
        TRY(changes_try(store, &job, 1, v->now));
        TRY(job->error);
    }
    return NULL;
}

struct err *kept_try(struct visit *v, struct store *store, struct kept *k)
{
    struct job **jobs = arena_array(v->mem, k->n + 1, sizeof(struct job *));
    struct job **fitting = arena_array(v->mem, k->n + 1, sizeof(struct job *));
    size_t fit = 0;

    if (are_of_several_commands(k))
        return try_first(v, store, k);
    for (size_t i = 0; i < k->n; i++) {
        jobs[i] = job_of(v, &k->acts[i]);
        if (!jobs[i]->error)
            fitting[fit++] = jobs[i];
    }
    if (fit)
        TRY(changes_try(store, fitting, fit, v->now));
    take_warnings(v, k, jobs, k->n);
    if (k->n == 1)
        return jobs[0]->error;
    leave_out(v, k, jobs);
    return NULL;
}
