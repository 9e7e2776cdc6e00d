/* sent_files.c - the files of a form: kept of whoever may do what they are for, and by their hash
 * from then on. */
#include "web_internal.h"

#include "app/files.h"

static bool is_file(const struct sent *s, size_t i)
{
    return s->at[i].file && *s->at[i].file;
}

/* Each goes by its hash from here on. */
static bool name_files(struct visit *v, struct sent *s)
{
    bool any = false;

    for (size_t i = 0; i < s->n; i++) {
        if (!is_file(s, i))
            continue;
        s->at[i].value = file_named(v->mem, s->at[i].bytes, s->at[i].file);
        any = true;
    }
    return any;
}

struct err *keep_sent_files(struct visit *v, struct store *store, const struct noun *n,
                            const struct command *c, struct sent *s)
{
    struct acts_sent acts;
    struct job *job = NULL;
    bool there;

    if (!name_files(v, s))
        return NULL;
    TRY(acts_of_sent(v->mem, c, s, &acts));
    for (size_t i = 0; i < acts.n; i++) {
        job = visit_job(v, n, c);
        TRY(job_params(job, form_params(v->mem, c, &acts.at[i])));
        TRY(job_may(job, store));
    }
    for (size_t i = 0; job && i < s->n; i++)
        if (is_file(s, i) && record_find(&c->params, s->at[i].name))
            TRY(file_bring(job, store, s->at[i].bytes, &there));
    return NULL;
}

void forget_sent_files(struct sent *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (is_file(s, i))
            s->at[i].value = NULL;
}
