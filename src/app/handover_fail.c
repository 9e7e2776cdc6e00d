/* handover_fail.c - a case fails, and is tried again; or two people accept what is lost with it. */
#include "handover_case.h"

#include "app/leave.h"

/* ---- handover fail --------------------------------------------------------------------------- */

#define P fail_params
const struct field handover_fail_fields[] = {THE(handover, "handover", "which case"),
                                             TEXT(tried, "what was tried"),
                                             {.name = "steps",
                                              .kind = KIND_TEXT,
                                              .optional = true,
                                              .max = 500,
                                              .help = "steps that turn out to have failed: 4, 3-7",
                                              AT(struct P, steps)},
                                             {0}};
#undef P

/* Steps that were thought done are open again first: only what is open can fail. */
static struct err *fail_steps(struct job *job, const struct fail_params *in, struct steps *all)
{
    struct step **chosen;
    size_t n;

    TRY(steps_choose(job, all, in->steps, "fail reopen", "fail", &chosen, &n));
    struct step **over = arena_array(job->mem, n + 1, sizeof(*over));
    size_t over_n = 0;
    for (size_t i = 0; i < n; i++)
        if (machine_find(step_transitions, chosen[i]->state, "reopen"))
            over[over_n++] = chosen[i];
    if (over_n)
        steps_reopen(job, in->handover.id, all, over, over_n, NULL);
    event_set(steps_event(job, "handover.step_failed", in->handover.id, chosen, n), "tried",
              in->tried);
    for (size_t i = 0; i < n; i++)
        chosen[i]->state = "failed";
    return NULL;
}

static bool there_already(const json_t *ids, const char *id)
{
    const json_t *one;
    size_t i;

    json_array_foreach (ids, i, one)
        if (strcmp(json_string_value(one), id) == 0)
            return true;
    return false;
}

/* The accounts of the steps that failed. */
static json_t *failed_accounts(const struct steps *all)
{
    json_t *ids = json_array();

    for (size_t i = 0; i < all->n; i++) {
        const struct step *s = &all->at[i];
        if (text_same(s->state, "failed") && s->account && !there_already(ids, s->account))
            json_array_append_new(ids, json_string(s->account));
    }
    return ids;
}

static bool any_failed(const struct steps *all)
{
    for (size_t i = 0; i < all->n; i++)
        if (text_same(all->at[i].state, "failed"))
            return true;
    return false;
}

struct err *handover_decide_fail(struct job *job, const void *params, const void *seen)
{
    const struct fail_params *in = params;
    struct steps all;

    TRY(handover_may(job, seen, "fail"));
    TRY(handover_not_own(job, seen, "H8"));
    if (!*in->tried)
        return machine_wants(job, "tried", "H8", "tried", "it must be said what was tried");
    TRY(steps_load(job, in->handover.id, &all));
    if (in->steps)
        TRY(fail_steps(job, in, &all));
    if (!any_failed(&all))
        return machine_refuse(job, ERR_CONFLICT, "H8", "a_step_failed", NULL, "no step has failed");
    const json_t *lost = json_keep(job->mem, failed_accounts(&all));
    size_t n = json_array_size(lost), from = 0;
    do {
        json_t *part = json_array();
        for (size_t i = from; i < n && i < from + HANDOVER_CHUNK; i++)
            json_array_append(part, json_array_get(lost, i));
        struct event *e = event_new(&job->events, "handover.failed");
        event_set(e, "handover", in->handover.id);
        event_set(e, "tried", in->tried);
        event_set_json(e, "account_ids", part);
        from += HANDOVER_CHUNK;
    } while (from < n);
    return NULL;
}

/* ---- handover retry -------------------------------------------------------------------------- */

#define P retry_params
const struct field handover_retry_fields[] = {
    THE(handover, "handover", "which case"), TEXT(plan, "what is to be done differently"), {0}};
#undef P

struct err *handover_decide_retry(struct job *job, const void *params, const void *seen)
{
    const struct retry_params *in = params;
    struct steps all;
    size_t n = 0;

    TRY(handover_may(job, seen, "retry"));
    TRY(handover_not_own(job, seen, "H9"));
    if (!*in->plan)
        return machine_wants(job, "plan", "H9", "new_plan",
                             "it must be said what is different now");
    TRY(steps_load(job, in->handover.id, &all));
    struct event *e = event_new(&job->events, "handover.retried");
    event_set(e, "handover", in->handover.id);
    event_set(e, "plan", in->plan);
    struct step **failed = arena_array(job->mem, all.n + 1, sizeof(*failed));
    for (size_t i = 0; i < all.n; i++)
        if (text_same(all.at[i].state, "failed"))
            failed[n++] = &all.at[i];
    if (n)
        event_set(steps_event(job, "handover.step_retried", in->handover.id, failed, n), "note",
                  in->plan);
    return NULL;
}
