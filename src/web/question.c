/* question.c - what a page asks, out of its path, its query and who reads it; see question.h. */
#include "question.h"

#include "http/query.h"
#include "json/json.h"

#include <inttypes.h>

const char *path_value(const struct visit *v, const char *name)
{
    const struct route_match *m = &v->x->match;
    const char *value;

    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->params[i].name, name) == 0)
            return percent_decode(v->mem, m->params[i].value, strlen(m->params[i].value), false,
                                  &value)
                       ? value
                       : NULL;
    return NULL;
}

/* {account}: of the path; ?state: of the query; @me: who asks; else as it stands. */
static const char *param_value(const struct visit *v, const char *said)
{
    if (*said == '{')
        return path_value(v, arena_copy_n(v->mem, said + 1, strlen(said) - 2));
    if (*said == '?')
        return visit_query(v, said + 1);
    return strcmp(said, "@me") == 0 ? v->browser.person : said;
}

/* A number in a path that is larger than any stands for the largest: that is not there either, and
 * whoever typed it is told what is. */
static const char *number_within(struct visit *v, const struct field *f, const char *value)
{
    static const char digits[] = "0123456789";
    const char *most = arena_printf(v->mem, "%" PRId64, field_max(f));
    size_t n = strlen(value);

    if (!n || strspn(value, digits) < n)
        return value;
    return n < strlen(most) || (n == strlen(most) && strcmp(value, most) <= 0) ? value : most;
}

static struct err *take_param(struct visit *v, struct job *job, const char *name, const char *said)
{
    const struct field *f = record_find(&job->command->params, name);
    const char *value = param_value(v, said);

    if (f && value && *said == '{' && f->kind == KIND_INT)
        value = number_within(v, f, value);

    if (*said == '{' && !value)
        return err_new(v->mem, ERR_NOT_FOUND, "there is nothing here");
    if (!f || !value || !*value)
        return NULL;
    TRY(field_set(v->mem, f, value, job->params));
    job->given.at[f - job->command->params.fields] = true;
    return NULL;
}

/* "hr,legal" */
static unsigned roles_said(const struct visit *v, const char *words)
{
    char *rest = arena_copy(v->mem, words), *word;
    unsigned roles = 0;

    while ((word = strsep(&rest, ",")))
        roles |= role_bit(word);
    return roles;
}

struct err *make_question(struct visit *v, const struct question *q, struct job **ret)
{
    struct job *job = visit_job_named(v, q->command);
    char *rest = arena_copy(v->mem, q->params), *word;

    *ret = NULL;

    while ((word = strsep(&rest, " "))) {
        char *equals = strchr(word, '=');
        if (!equals)
            continue;
        *equals = '\0';
        if (strcmp(word, "for") == 0) {
            job->only_for = roles_said(v, equals + 1);
            continue;
        }
        struct err *e = take_param(v, job, word, equals + 1);
        if (e && strcmp(equals + 1, "?q") == 0) /* what is looked for may be no name of this kind */
            return NULL;
        TRY(e);
    }
    *ret = record_complete(v->mem, &job->command->params, &job->given) ? NULL : job;
    return NULL;
}

struct err *ask_all(struct visit *v, struct worker *w, struct job **jobs, size_t n)
{
    return ask_all_along(v, w, jobs, n, NULL);
}

struct err *ask_all_along(struct visit *v, struct worker *w, struct job **jobs, size_t n,
                          const struct along *along)
{
    struct store *store;

    jobs[n] = visit_job_named(v, "session show");
    TRY(worker_store(w, v->mem, &store));
    TRY(jobs_answer_along(v->mem, store, jobs, n + 1, along));
    return visit_told(v, jobs[n]);
}
