/* cover.c - see cover.h. */
#include "app/cover.h"

#include "base/text.h"

static struct event *step_event(struct job *job, const struct rows *rows, size_t i,
                                const char *type)
{
    struct event *e = event_new(&job->events, type);

    event_set(e, "handover", rows_text(rows, i, "handover"));
    event_set_json(e, "steps", json_pack("[s]", rows_text(rows, i, "step")));
    return e;
}

/* The thing is gone: whatever held the step up holds it no more, and it is done from where the
 * machine allows it. */
static void lead_back(struct job *job, const struct rows *rows, size_t i, const char *note)
{
    const char *state = rows_text(rows, i, "state");
    const char *words = note ? note : "what it is about is gone";

    if (text_same(state, "waiting"))
        step_event(job, rows, i, "handover.step_wait_over");
    else if (text_same(state, "blocked"))
        event_set(step_event(job, rows, i, "handover.step_unblocked"), "note", words);
    else if (text_same(state, "failed"))
        event_set(step_event(job, rows, i, "handover.step_retried"), "note", words);
    else if (text_same(state, "rejected"))
        event_set(step_event(job, rows, i, "handover.step_claimed"), "person", job->actor.id);
}

static void do_step(struct job *job, const struct rows *rows, size_t i, const char *note)
{
    lead_back(job, rows, i, note);
    struct event *e = step_event(job, rows, i, "handover.step_done");
    event_set(e, "performer", job->actor.id);
    event_set(e, "note", note);
}

struct err *cover_steps(struct job *job, const char *thing_id, const char *note)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "covers", thing_id);
    TRY(store_call(job->mem, job->store, "cover_steps", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        if (rows_bool(rows, i, "by_leaver") && text_same(rows_text(rows, i, "kind"), "rotate"))
            continue;
        if (text_same(rows_text(rows, i, "state"), "pending"))
            event_set(step_event(job, rows, i, "handover.step_skipped"), "trace",
                      "what it is about was gone before its turn came");
        else
            do_step(job, rows, i, note);
    }
    return NULL;
}
