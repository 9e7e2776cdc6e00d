/* step_judge.c - what others than who did a step say of it: seen, sent back, or not needed. */
#include "step.h"

/* ---- verify, reject -------------------------------------------------------------------------- */

static struct err *check_four_eyes(struct job *job, const struct work *w, const char *transition)
{
    const struct seen_handover *h = job->seen;
    const struct step_params *in = job->params;

    if (h->actor_is_subject)
        return machine_refuse(job, ERR_FORBIDDEN, transition, "not_the_leaver", in->steps,
                              "the leaver verifies nothing in their own leaving");
    for (size_t i = 0; i < w->n; i++)
        if (text_same(w->chosen[i]->performer, job->actor.id))
            return machine_refuse(job, ERR_FORBIDDEN, transition, "not_the_performer", in->steps,
                                  "%s did step %lld: another person must verify it", job->actor.ref,
                                  (long long)w->chosen[i]->number);
    return NULL;
}

/* A step of the actor's that whoever did this one has verified; NULL: there is none, or it does not
 * matter here. */
static const struct step *verified_in_turn(struct job *job, const struct work *w,
                                           const struct step *s)
{
    const struct seen_handover *h = job->seen;

    for (size_t i = 0; h->no_mutual_pairs && i < w->steps.n; i++) {
        const struct step *own = &w->steps.at[i];
        if (text_same(own->performer, job->actor.id) && text_same(own->verifier, s->performer))
            return own;
    }
    return NULL;
}

static struct err *check_mutual_pairs(struct job *job, const struct work *w)
{
    const struct step_params *in = job->params;

    for (size_t i = 0; i < w->n; i++) {
        const struct step *own = verified_in_turn(job, w, w->chosen[i]);
        if (own)
            return machine_refuse(job, ERR_FORBIDDEN, "S9", "no_mutual_pair", in->steps,
                                  "whoever did step %lld has verified your step %lld",
                                  (long long)w->chosen[i]->number, (long long)own->number);
    }
    return NULL;
}

/* "all" means all that others have done, and that the actor may verify. */
static void leave_out_own(struct job *job, struct work *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        if (!text_same(w->chosen[i]->performer, job->actor.id) &&
            !verified_in_turn(job, w, w->chosen[i]))
            w->chosen[n++] = w->chosen[i];
    w->n = n;
}

struct err *step_decide_verify(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "verify", &w));
    if (strcmp(in->steps, "all") == 0)
        leave_out_own(job, &w);
    TRY(check_four_eyes(job, &w, "S9"));
    TRY(check_mutual_pairs(job, &w));
    if (w.n == 0)
        return machine_refuse(job, ERR_FORBIDDEN, "S9", "not_the_performer", in->steps,
                              "of what is done %s may verify nothing", job->actor.ref);
    steps_event(job, "handover.step_verified", in->handover.id, w.chosen, w.n);
    for (size_t i = 0; i < w.n; i++) {
        w.chosen[i]->state = "verified";
        w.chosen[i]->stale = false;
    }
    steps_unblock(job, in->handover.id, &w.steps);
    return NULL;
}

struct err *step_decide_reject(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "reject", &w));
    if (!*in->reason)
        return machine_wants(job, "reason", "S10", "why", "it must be said why");
    TRY(check_four_eyes(job, &w, "S10"));
    steps_event(job, "handover.step_rejected", in->handover.id, w.chosen, w.n);
    for (size_t i = 0; i < w.n; i++)
        w.chosen[i]->state = "rejected";
    steps_find_hands(job, in->handover.id, w.chosen, w.n);
    return NULL;
}

/* ---- waivers --------------------------------------------------------------------------------- */

/* Access, secrets, control points and duties end or the case does not: only what a playbook advises
 * can be done without. */
static struct err *check_waivable(struct job *job, const struct work *w)
{
    for (size_t i = 0; i < w->n; i++)
        if (!text_same(w->chosen[i]->kind, "playbook") && !text_same(w->chosen[i]->kind, "support"))
            return machine_refuse(job, ERR_FORBIDDEN, "S12", "waivable", NULL,
                                  "step %lld (%s) cannot be waived: it must be done",
                                  (long long)w->chosen[i]->number, w->chosen[i]->name);
    return NULL;
}

struct err *step_decide_ask(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;
    int64_t day;

    (void)seen;
    TRY(step_begin(job, "waive", &w));
    TRY(check_waivable(job, &w));
    if (in->expires_on && day_parse(in->expires_on, &day) && day < steps_today(job, &w.steps))
        return err_field(job->mem, "expires_on", "%s is over", in->expires_on);
    struct event *e =
        steps_event(job, "handover.step_waiver_asked", in->handover.id, w.chosen, w.n);
    event_set(e, "expires_on", in->expires_on);
    event_set(e, "code", in->code);
    return NULL;
}

/* Each goes on record with the reason for which it was asked for: one entry a reason. */
static void add_waived(struct job *job, const char *handover, const struct work *w)
{
    struct step **same = arena_array(job->mem, w->n + 1, sizeof(*same));

    for (size_t i = 0; i < w->n; i++) {
        const char *why = w->chosen[i]->asked_why;
        size_t n = 0;
        for (size_t k = i; k < w->n; k++)
            if (!text_same(w->chosen[k]->state, "waived") &&
                text_same(w->chosen[k]->asked_why, why))
                same[n++] = w->chosen[k];
        for (size_t k = 0; k < n; k++)
            same[k]->state = "waived";
        if (n)
            steps_event(job, "handover.step_waived", handover, same, n)->reason = why;
    }
}

struct err *step_decide_waive(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    const struct seen_handover *h = seen;
    struct work w;

    TRY(step_begin(job, "waive", &w));
    TRY(check_waivable(job, &w));
    for (size_t i = 0; i < w.n; i++) {
        const struct step *s = w.chosen[i];
        if (!s->asked_by)
            return machine_refuse(job, ERR_CONFLICT, "S12", "asked", in->steps,
                                  "nobody has asked to waive step %lld", (long long)s->number);
        if (text_same(s->asked_by, job->actor.id) || text_same(s->assignee, job->actor.id) ||
            h->actor_is_subject)
            return machine_refuse(job, ERR_FORBIDDEN, "S12", "approver", in->steps,
                                  "step %lld: neither who asked, nor its assignee, nor the leaver "
                                  "can approve the waiver",
                                  (long long)s->number);
    }
    add_waived(job, in->handover.id, &w);
    steps_unblock(job, in->handover.id, &w.steps);
    return NULL;
}

/* ---- approve --------------------------------------------------------------------------------- */

/* Before it is done, by somebody who will not do it and does not leave. */
struct err *step_decide_approve(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    const struct seen_handover *h = seen;
    struct work w;

    TRY(step_begin(job, "cancel", &w)); /* whatever is open */
    for (size_t i = 0; i < w.n; i++) {
        const struct step *s = w.chosen[i];
        if (!s->approve)
            return err_field(job->mem, "steps", "step %lld needs no approval",
                             (long long)s->number);
        if (text_same(s->assignee, job->actor.id) || h->actor_is_subject)
            return machine_refuse(job, ERR_FORBIDDEN, "S8", "approved", in->steps,
                                  "step %lld: neither its assignee nor the leaver can approve it",
                                  (long long)s->number);
    }
    steps_event(job, "handover.step_approved", in->handover.id, w.chosen, w.n);
    return NULL;
}
