/* step_reopen.c - steps are given into other hands, and opened again with what was built on them.
 */
#include "step.h"

#include <stdlib.h>

/* ---- reassign -------------------------------------------------------------------------------- */

/* Only the leaver's own steps are the leaver's, and in a hostile case not even those. */
static struct err *check_assignee(struct job *job, const struct seen_handover *h,
                                  const struct work *w, bool is_subject)
{
    for (size_t i = 0; i < w->n; i++)
        if (is_subject && (h->hostile || !h->acts || !text_same(w->chosen[i]->actor, "leaver")))
            return machine_wants(job, "person", "S19", "never_the_leaver",
                                 "step %lld is not the leaver's to do",
                                 (long long)w->chosen[i]->number);
    return NULL;
}

struct err *step_decide_reassign(struct job *job, const void *params, const void *seen)
{
    static const struct field fields[] = {S_TEXT(seen_handover, person_status),
                                          S_TEXT(seen_handover, last_day),
                                          S_BOOL(seen_handover, lead_stays),
                                          S_BOOL(seen_handover, actor_is_subject),
                                          {0}};
    static const struct record record = RECORD(struct seen_handover, fields);
    const struct step_params *in = params;
    const struct seen_handover *h = seen;
    struct seen_handover who = {0};
    struct binds b;
    struct work w;

    TRY(step_begin(job, "cancel", &w)); /* whatever is open: a plan can change too */
    TRY(job_binds(job, &b));
    TRY(store_row(job->mem, job->store, "assignee_look", &b, &record, &who, NULL));
    TRY(check_assignee(job, h, &w, who.actor_is_subject));
    if (text_same(who.person_status, "left") || text_same(who.person_status, "deceased"))
        return machine_wants(job, "person", "S19", "assignee_here", "'%s' has left",
                             in->person.said);
    if (text_same(who.person_status, "shut_out"))
        return machine_wants(job, "person", "S19", "assignee_here", "'%s' is shut out",
                             in->person.said);
    if (text_same(who.person_status, "leaver") && !text_same(in->person.id, h->person) &&
        !who.lead_stays)
        return machine_wants(job, "person", "S19", "assignee_here", "'%s' leaves too, on %s",
                             in->person.said, who.last_day ? who.last_day : "a day not known");
    if (!who.lead_stays && !who.actor_is_subject)
        return machine_wants(job, "person", "S19", "assignee_here",
                             "'%s' is a service, or is known to go", in->person.said);
    steps_give(job, in->handover.id, w.chosen, w.n, in->person.id);
    return NULL;
}

/* ---- reopen ---------------------------------------------------------------------------------- */

static bool needs_one_of(const struct step *s, struct step *const *steps, size_t n)
{
    for (size_t i = 0; i < s->needs.n; i++)
        for (size_t k = 0; k < n; k++)
            if (steps[k]->number == strtoll(s->needs.at[i], NULL, 10))
                return true;
    return false;
}

static bool is_in(const struct step *s, struct step *const *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (steps[i] == s)
            return true;
    return false;
}

/* All that needs one of the chosen, and what needs that, in `after`. */
static size_t built_on(const struct steps *all, struct step *const *chosen, size_t n,
                       struct step **after)
{
    size_t found = 0;

    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < all->n; i++) {
            struct step *s = &all->at[i];
            if (is_in(s, chosen, n) || is_in(s, after, found))
                continue;
            if (!needs_one_of(s, chosen, n) && !needs_one_of(s, after, found))
                continue;
            after[found++] = s;
            moved = true;
        }
    }
    return found;
}

void steps_reopen(struct job *job, const char *handover, const struct steps *all,
                  struct step *const *chosen, size_t n, const char *reason)
{
    struct step **after = arena_array(job->mem, all->n + 1, sizeof(*after));
    struct step **back = arena_array(job->mem, all->n + 1, sizeof(*back));
    struct step **stale = arena_array(job->mem, all->n + 1, sizeof(*stale));
    size_t after_n = built_on(all, chosen, n, after), back_n = 0, stale_n = 0;

    for (size_t i = 0; i < after_n; i++) {
        const char *state = after[i]->state;
        if (text_same(state, "ready") || text_same(state, "in_progress"))
            back[back_n++] = after[i];
        else if (text_same(state, "verified") && !after[i]->stale)
            stale[stale_n++] = after[i];
    }
    steps_event(job, "handover.step_reopened", handover, chosen, n)->reason = reason;
    if (back_n)
        steps_event(job, "handover.step_held_back", handover, back, back_n)->reason = reason;
    if (stale_n)
        steps_event(job, "handover.step_stale", handover, stale, stale_n)->reason = reason;
    for (size_t i = 0; i < n; i++) { /* as the entry says: nothing of before counts */
        struct step *s = chosen[i];
        s->state = "in_progress";
        s->verifier = s->asked_by = s->asked_why = s->expires_on = s->approved_by = NULL;
        s->stale = false;
    }
    for (size_t i = 0; i < back_n; i++)
        back[i]->state = "pending";
    for (size_t i = 0; i < stale_n; i++)
        stale[i]->stale = true;
    steps_find_hands(job, handover, chosen, n);
}

struct err *step_decide_reopen(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "reopen", &w));
    if (!*in->reason)
        return machine_wants(job, "reason", "S18", "why", "it must be said why");
    steps_reopen(job, in->handover.id, &w.steps, w.chosen, w.n, NULL);
    return NULL;
}
