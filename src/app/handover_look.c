/* handover_look.c - a case as its commands see it before they decide; see handover.h. */
#include "handover_case.h"

const struct field seen_handover_fields[] = {S_TEXT(seen_handover, person),
                                             S_TEXT(seen_handover, person_ref),
                                             S_TEXT(seen_handover, kind),
                                             S_TEXT(seen_handover, state),
                                             S_TEXT(seen_handover, last_day),
                                             S_TEXT(seen_handover, zone),
                                             S_TEXT(seen_handover, lead),
                                             S_TEXT(seen_handover, declared),
                                             S_TEXT(seen_handover, declared_how),
                                             S_TEXT(seen_handover, person_status),
                                             S_INT(seen_handover, reopened),
                                             S_INT(seen_handover, irreversible_done),
                                             S_BOOL(seen_handover, last_admin),
                                             S_TEXT(seen_handover, entity),
                                             S_TEXT(seen_handover, seat),
                                             S_TEXT(seen_handover, back_on),
                                             S_TEXT(seen_handover, lays_out),
                                             S_TEXT(seen_handover, ends_as),
                                             S_TEXT(seen_handover, declares),
                                             S_BOOL(seen_handover, acts),
                                             S_BOOL(seen_handover, goes),
                                             S_BOOL(seen_handover, shuts_out),
                                             S_BOOL(seen_handover, actor_is_subject),
                                             S_BOOL(seen_handover, no_mutual_pairs),
                                             S_BOOL(seen_handover, hostile),
                                             S_BOOL(seen_handover, lead_stays),
                                             S_BOOL(seen_handover, actor_stays),
                                             S_TEXT(seen_handover, hostile_by),
                                             S_TEXT(seen_handover, hostile_by_ref),
                                             S_TEXT(seen_handover, hostile_confirmed_by),
                                             S_TEXT(seen_handover, cancel_asked_by),
                                             S_TEXT(seen_handover, cancel_asked_ref),
                                             {0}};

struct err *handover_may(struct job *job, const struct seen_handover *h, const char *event)
{
    const char *to;

    return machine_step(job->mem, handover_transitions,
                        arena_printf(job->mem, "the handover '%s'", job_said(job, "handover")),
                        h->state, event, event, &to);
}

void handover_bind(struct binds *b, const struct seen_handover *h)
{
    bind_text(b, "person", h->person);
    bind_text(b, "entity", h->entity);
    bind_text(b, "seat", h->seat);
    bind_text(b, "kind", h->kind);
    bind_text(b, "last_day", h->last_day);
}

struct err *handover_not_own(struct job *job, const struct seen_handover *h, const char *transition)
{
    if (!h->actor_is_subject)
        return NULL;
    return machine_refuse(job, ERR_FORBIDDEN, transition, "not_the_leaver", NULL,
                          "nobody decides in their own leaving");
}

bool handover_is_open(const struct seen_handover *h)
{
    return machine_find(handover_transitions, h->state, "reopen") == NULL;
}

const char *handover_way_on(struct job *job, const char *state)
{
    static const char *const ways[][3] = {{"draft", "schedule", ""},
                                          {"scheduled", "start", " --reason WHY"},
                                          {"in_progress", "submit", ""},
                                          {"verifying", "complete", " --attest WORDS"},
                                          {"failed", "retry", " --plan WORDS"},
                                          {"completed", "reopen", " --reason WHY"},
                                          {"closed_with_risk", "reopen", " --reason WHY"},
                                          {"cancelled", "reopen", " --reason WHY"}};

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
        if (text_same(state, ways[i][0]))
            return arena_printf(job->mem, "tenure handover %s %s%s", ways[i][1],
                                job_said(job, "handover"), ways[i][2]);
    return arena_printf(job->mem, "tenure handover show %s", job_said(job, "handover"));
}

struct err *handover_under_way(struct job *job, const struct seen_handover *h)
{
    if (text_same(h->state, "in_progress"))
        return NULL;
    return err_new(job->mem, ERR_CONFLICT,
                   "the handover '%s' is %s: that is done while it is in_progress; next is %s",
                   job_said(job, "handover"), h->state, handover_way_on(job, h->state));
}

int64_t days_until(struct job *job, const char *zone, const char *day)
{
    int64_t n = 0, seconds = job->now / 1000;
    struct zone *there;

    day_parse(day, &n);
    if (zone && !zone_load(job->mem, zone, &there))
        seconds += zone_offset(there, seconds);
    return n - seconds / (MS_PER_DAY / 1000);
}

struct err *an_administrator_stays(struct job *job, const struct seen_handover *h,
                                   const char *transition)
{
    if (!h->last_admin)
        return NULL;
    return machine_refuse(job, ERR_CONFLICT, transition, "an_administrator_stays", NULL,
                          h->person ? "%s is the last administrator with a key"
                                    : "all administrators with a key are of %s",
                          h->person_ref);
}

bool has_left(const char *status)
{
    return text_same(status, "left") || text_same(status, "deceased");
}
