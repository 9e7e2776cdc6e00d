/* draft.c - see app/draft.h. */
#include "app/draft.h"

#include "compose.h"
#include "json/record_json.h"

/* What is personal becomes disclosures, as a client would have made them. */
struct err *job_disclose(struct job *job)
{
    const bool personal = true;
    const json_t *object = record_to_json(job->mem, &job->command->params, job->params, &personal);
    const char *name;
    json_t *value;

    job->personal = arena_array(job->mem, json_object_size(object) + 1, sizeof(*job->personal));
    json_object_foreach (json_plain(object), name, value) {
        const char *text = disclosure_new(job->mem, name, json_canonical(job->mem, value));
        TRY(disclosure_parse(job->mem, text, &job->personal[job->personal_n++]));
    }
    return NULL;
}

/* What stands open in the intent. */
static const json_t *open_params(struct job *job)
{
    const bool open = false;

    return record_to_json(job->mem, &job->command->params, job->params, &open);
}

struct err *job_draft(struct job *job, const json_t *params, const char *actor, struct draft *ret)
{
    TRY(job_params(job, params));
    TRY(job_disclose(job));
    const struct intent intent = {.actor = actor,
                                  .at = job->now,
                                  .command = command_name(job->mem, job->noun, job->command),
                                  .log = job->service->origin,
                                  .nonce = nonce_new(job->mem),
                                  .params = open_params(job)};
    ret->n = job->personal_n;
    ret->disclosures = arena_array(job->mem, ret->n + 1, sizeof(*ret->disclosures));
    for (size_t i = 0; i < ret->n; i++)
        ret->disclosures[i] = job->personal[i].text;
    ret->intent = intent_text(job->mem, &intent, ret->disclosures, ret->n);
    return NULL;
}
