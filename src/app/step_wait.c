/* step_wait.c - steps that cannot go on: a platform makes them wait, they stand still for somebody,
 * or they were tried and failed; and how each of them goes on again. */
#include "step.h"

#include "app/documents.h"

static struct err *check_workers(struct job *job, const struct work *w, const char *transition)
{
    for (size_t i = 0; i < w->n; i++)
        TRY(step_may_work_on(job, w->chosen[i], transition));
    return NULL;
}

/* ---- wait ------------------------------------------------------------------------------------ */

static json_t *documents_of(struct job *job, const json_t *files, const struct work *w)
{
    json_t *rows = json_array();
    const json_t *file;
    size_t k;

    for (size_t i = 0; i < w->n; i++)
        json_array_foreach (files, k, file) {
            json_array_append_new(rows,
                                  json_pack("{s:s, s:s, s:s}", "id", uuid_new(job->mem), "evidence",
                                            json_text(file, "evidence"), "step", w->chosen[i]->id));
        }
    return rows;
}

struct err *step_decide_wait(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct list hashes;
    json_t *files;
    struct work w;
    int64_t until;

    (void)seen;
    TRY(step_begin(job, "wait", &w));
    TRY(check_workers(job, &w, "S4"));
    if (!day_parse(in->until, &until) || until <= steps_today(job, &w.steps))
        return machine_wants(job, "until", "S4", "until", "%s is no day to come", in->until);
    if (!in->note && in->file.n == 0)
        return machine_wants(job, "note", "S4", "begin_shown", "nothing shows that it has begun");
    TRY(documents_add(job, &in->file, NULL, &files, &hashes));
    struct event *e = steps_event(job, "handover.step_waiting", in->handover.id, w.chosen, w.n);
    event_set(e, "until", in->until);
    event_set(e, "note", in->note);
    if (json_array_size(files))
        event_set_json(e, "documents", documents_of(job, files, &w));
    e->evidence = hashes;
    return NULL;
}

/* ---- block, unblock -------------------------------------------------------------------------- */

struct err *step_decide_block(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;
    int64_t day;

    (void)seen;
    TRY(step_begin(job, "block", &w));
    TRY(check_workers(job, &w, "S6"));
    if (!*in->waits_on)
        return machine_wants(job, "waits_on", "S6", "waits_on", "it must wait on somebody");
    if (!day_parse(in->check_on, &day) || day < steps_today(job, &w.steps))
        return machine_wants(job, "check_on", "S6", "check_date", "%s is over", in->check_on);
    struct event *e = steps_event(job, "handover.step_blocked", in->handover.id, w.chosen, w.n);
    event_set(e, "waits_on", in->waits_on);
    event_set(e, "check_on", in->check_on);
    return NULL;
}

struct err *step_decide_unblock(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "unblock_manual", &w));
    TRY(check_workers(job, &w, "S7"));
    if (!*in->note)
        return machine_wants(job, "note", "S7", "note", "it must be said what has changed");
    event_set(steps_event(job, "handover.step_unblocked", in->handover.id, w.chosen, w.n), "note",
              in->note);
    return NULL;
}

/* ---- fail, retry ----------------------------------------------------------------------------- */

struct err *step_decide_fail(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "fail", &w));
    TRY(check_workers(job, &w, "S15"));
    if (!*in->tried)
        return machine_wants(job, "tried", "S15", "tried", "it must be said what was tried");
    event_set(steps_event(job, "handover.step_failed", in->handover.id, w.chosen, w.n), "tried",
              in->tried);
    return NULL;
}

/* That it is worth trying again is for whoever leads the case to say. */
struct err *step_decide_retry(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "retry", &w));
    if (!step_leads(job))
        return machine_refuse(job, ERR_FORBIDDEN, "S16", "leads", in->steps,
                              "%s does not lead the case", job->actor.ref);
    if (!*in->note)
        return machine_wants(job, "note", "S16", "note", "it must be said what is different now");
    event_set(steps_event(job, "handover.step_retried", in->handover.id, w.chosen, w.n), "note",
              in->note);
    return NULL;
}
