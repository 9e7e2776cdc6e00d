/* told.c - which steps an act is about, in words, before it is signed: "1" says nothing. */
#include "web_internal.h"

#include "base/text.h"
#include "json/json.h"

#include <stdlib.h>

/* Is n among "4, 3-7, 2,5-6"? */
static bool names_step(const char *words, long n)
{
    for (const char *at = words; *at; at += strspn(at, ", ")) {
        char *end;
        long from = strtol(at, &end, 10), to = *end == '-' ? strtol(end + 1, &end, 10) : from;
        if (end == at)
            return false;
        if (n >= from && n <= to)
            return true;
        at = end;
    }
    return false;
}

/* "1. Keep two people with full control (fb-business); 4. …" */
static const char *steps_in_words(struct visit *v, const json_t *is, const char *words)
{
    const char *between = v->language == FRENCH ? "\u202f; " : "; ";
    struct buf out;
    const json_t *step;
    size_t i;

    buf_init(&out, v->mem, 1 << 18);
    json_array_foreach (json_object_get(is, "steps"), i, step) {
        long n = (long)json_integer_value(json_object_get(step, "number"));
        const char *title = as_said(&v->page, json_object_get(step, "title"));
        const char *key = json_text(step, "step");
        if (title && key && names_step(words, n))
            buf_printf(&out, "%s%ld. %s (%.*s)", out.n ? between : "", n, title,
                       (int)strcspn(key, "/"), key);
    }
    return out.n ? out.at : words;
}

struct err *steps_told(struct visit *v, struct store *store, const struct command *c,
                       json_t *params, json_t **ret)
{
    const char *words = json_text(params, "steps"), *handover = json_text(params, "handover");
    struct job *job = visit_job_named(v, "handover show");
    json_t *is;

    *ret = params;
    if (!record_find(&c->params, "steps") || !words || !handover)
        return NULL;
    TRY(job_params(job, json_keep(v->mem, json_pack("{s:s}", "handover", handover))));
    TRY(jobs_answer(v->mem, store, &job, 1));
    if (job->error)
        return NULL; /* who may not see the case is told so by the command */
    TRY(json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", &is));
    *ret = json_keep(v->mem, json_copy(params));
    json_object_set_new(*ret, "steps", json_string(steps_in_words(v, is, words)));
    return NULL;
}
