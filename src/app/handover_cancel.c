/* handover_cancel.c - a case ends undone, by two people once something is done for ever; and an
 * ended case goes on. */
#include "handover_case.h"

#include "app/hand_on.h"
#include "app/leave.h"

/* ---- handover cancel, approve-cancel --------------------------------------------------------- */

/* A revocation stays in the log, as every one does: who stays after all needs another key. */
struct err *handover_say_keys_end(struct job *job, const struct seen_handover *h)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "person", h->person);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, "person_keys_ending", &b, &rows));
    if (rows_count(rows))
        json_object_set_new(
            job->result, "key_ends",
            json_string(arena_printf(
                job->mem,
                "%s signs until %s (UTC), because the case was completed once: "
                "tenure key invite %s",
                rows_text(rows, 0, "key"), rows_text(rows, 0, "ends"), h->person_ref)));
    return NULL;
}

static struct err *check_cancel(struct job *job, const struct seen_handover *h)
{
    TRY(handover_may(job, h, "cancel"));
    return handover_not_own(job, h, "H11");
}

static struct err *they_stay(struct job *job, const struct seen_handover *h)
{
    struct rows *rows;

    TRY(handover_people(job, h, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        if (text_same(rows_text(rows, i, "status"), "leaver"))
            event_set(event_new(&job->events, "person.notice_withdrawn"), "person",
                      rows_text(rows, i, "id"));
    if (h->hostile || h->shuts_out)
        json_object_set_new(
            job->result, "shut_out",
            json_string(
                arena_printf(job->mem,
                             "keys, tokens and roles here have ended with the case, and stay so: "
                             "tenure key invite %s, tenure role give %s ROLE",
                             h->person_ref, h->person_ref)));
    else if (h->person)
        return handover_say_keys_end(job, h);
    return NULL;
}

static struct err *cancel(struct job *job, const struct seen_handover *h)
{
    const char *handover = job_param(job, "handover");
    struct steps steps;

    TRY(steps_load(job, handover, &steps));
    struct step **open = arena_array(job->mem, steps.n + 1, sizeof(*open));
    size_t n = 0;
    for (size_t i = 0; i < steps.n; i++)
        if (step_is_open(&steps.at[i]))
            open[n++] = &steps.at[i];
    if (n)
        steps_event(job, "handover.step_cancelled", handover, open, n);
    struct event *e = event_new(&job->events, "handover.cancelled");
    event_set(e, "handover", handover);
    return h->goes ? they_stay(job, h) : NULL;
}

/* What is done for ever is not undone by cancelling: two people must want it, whoever leads. */
struct err *handover_decide_cancel(struct job *job, const void *params, const void *seen)
{
    const struct moved_params *in = params;
    const struct seen_handover *h = seen;

    TRY(check_cancel(job, h));
    if (!*in->reason)
        return machine_wants(job, "reason", "H11", "why", "it must be said why");
    if (!h->irreversible_done)
        return cancel(job, h);
    if (h->cancel_asked_by)
        return machine_refuse(job, ERR_CONFLICT, "H11", "second_approver", NULL,
                              "%s has asked for it already", h->cancel_asked_ref);
    event_set(event_new(&job->events, "handover.cancel_asked"), "handover", in->handover.id);
    json_object_set_new(
        job->result, "approve_with",
        json_string(arena_printf(job->mem,
                                 h->irreversible_done == 1
                                     ? "%lld step is done that cannot be undone: another person of "
                                       "hr or an administrator, tenure handover approve-cancel %s"
                                     : "%lld steps are done that cannot be undone: another person "
                                       "of hr or an administrator, tenure handover approve-cancel "
                                       "%s",
                                 (long long)h->irreversible_done, in->handover.said)));
    return NULL;
}

struct err *handover_decide_approve_cancel(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;

    (void)params;
    TRY(check_cancel(job, h));
    if (!h->cancel_asked_by)
        return err_new(job->mem, ERR_CONFLICT,
                       "nobody has asked to cancel it: tenure handover cancel %s --reason WHY",
                       job_said(job, "handover"));
    if (text_same(job->actor.id, h->cancel_asked_by))
        return machine_refuse(job, ERR_FORBIDDEN, "H11", "second_approver", NULL,
                              "%s has asked for it", job->actor.ref);
    return cancel(job, h);
}

/* ---- handover reopen ------------------------------------------------------------------------- */

static struct err *refuse_other_case(struct job *job, const struct seen_handover *h)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "person", h->person);
    bind_text(&b, "entity", h->entity);
    bind_text(&b, "kind", h->kind);
    bind_text(&b, "to", h->seat);
    bind_text(&b, "lead", h->lead);
    bind_text(&b, "actor", job->actor.id);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, "handover_subject", &b, &rows));
    if (rows_count(rows) && rows_text(rows, 0, "open_case"))
        return machine_refuse(job, ERR_CONFLICT, "H12", "one_open", NULL,
                              "the handover '%s' of %s is open", rows_text(rows, 0, "open_case"),
                              h->person_ref);
    return NULL;
}

/* Whoever led it may have left since. */
static struct err *renew_lead(struct job *job, struct seen_handover *h)
{
    if (h->lead_stays)
        return NULL;
    if (!h->actor_stays)
        return err_new(job->mem, ERR_CONFLICT,
                       "whoever led it has left: somebody who stays must reopen it");
    h->lead = job->actor.id;
    struct event *e = event_new(&job->events, "handover.lead_changed");
    event_set(e, "handover", job_param(job, "handover"));
    event_set(e, "person", h->lead);
    return NULL;
}

/* So may whoever was to take accounts: then somebody else has to be named. */
static struct err *renew_choices(struct job *job)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_gone_takers", &b, &rows));
    choices_reopen(job, rows);
    return NULL;
}

struct err *handover_decide_reopen(struct job *job, const void *params, const void *seen)
{
    const struct moved_params *in = params;
    const struct seen_handover *h = seen;
    struct seen_handover now = *h;

    TRY(handover_may(job, h, "reopen"));
    TRY(handover_not_own(job, h, "H12"));
    if (!*in->reason)
        return machine_wants(job, "reason", "H12", "why", "it must be said why");
    TRY(refuse_other_case(job, h));
    job_event(job, "handover.reopened");
    TRY(renew_lead(job, &now));
    TRY(renew_choices(job));
    if (h->hostile)
        TRY(shut_out(job, h->person));
    if (!text_same(h->state, "cancelled"))
        return NULL;
    TRY(handover_people_go(job, &now));
    return lay_out_again(job, &now);
}
