/* candidate.c - somebody who is to take accounts over; see handover_case.h. */
#include "handover_case.h"

#include "app/leave.h"

/* What the SQL function as_taker() says. */
struct seen_candidate {
    const char *status, *kind, *last_day, *away_from, *away_until;
    struct list positions, position_refs; /* those that they hold */
    bool going, is_subject;
};

static const struct field seen_fields[] = {
    S_TEXT(seen_candidate, status),     S_TEXT(seen_candidate, kind),
    S_TEXT(seen_candidate, last_day),   S_TEXT(seen_candidate, away_from),
    S_TEXT(seen_candidate, away_until), S_LIST(seen_candidate, positions),
    S_BOOL(seen_candidate, going),      S_LIST(seen_candidate, position_refs),
    S_BOOL(seen_candidate, is_subject), {0}};
static const struct record seen_record = RECORD(struct seen_candidate, seen_fields);

struct err *candidate_ask(struct job *job, const struct candidate *who, const struct term *term,
                          struct rows **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "person", who->person);
    bind_text(&b, "handover", term->handover);
    bind_text(&b, "since", term->since);
    bind_text(&b, "until", term->until);
    return store_ask(job->mem, job->store, "successor_look", &b, ret);
}

static struct err *may(struct job *job, const struct candidate *t, const struct seen_candidate *who,
                       const char *until, const char *about)
{
    if (who->is_subject)
        return err_field(job->mem, about, "the leaver cannot be the successor");
    if (text_same(who->kind, "service"))
        return err_field(job->mem, about, "'%s' is a service: it can answer for nothing",
                         t->person_said);
    TRY(refuse_gone(job, about, t->person_said, who->status));
    if (text_same(who->status, "leaver") &&
        (who->going || !who->last_day || strcmp(who->last_day, until) <= 0))
        return err_field(job->mem, about, "'%s' leaves too, on %s", t->person_said,
                         who->last_day ? who->last_day : "a day not known");
    if (who->away_from)
        return err_field(job->mem, about, "'%s' is away after %s, until %s", t->person_said,
                         who->away_from, who->away_until);
    return NULL;
}

/* The position in which they answer for the accounts: the one that was said, or their only one. */
static struct err *position_of(struct job *job, const struct candidate *t,
                               const struct seen_candidate *who, const char *field,
                               struct taker_seat *ret)
{
    const struct list *held = &who->positions;

    for (size_t i = 0; i < held->n; i++) {
        ret->position = held->at[i];
        ret->position_ref = who->position_refs.at[i];
        if (t->position ? text_same(ret->position, t->position) : held->n == 1)
            return NULL;
    }
    if (t->position)
        return err_field(job->mem, field ? field : "position",
                         "'%s' is not held by %s: tenure position fill %s %s", t->position_said,
                         t->person_said, t->position_said, t->person_said);
    if (held->n == 0)
        return err_field(job->mem, field ? field : "person",
                         "'%s' holds no position: tenure position fill", t->person_said);
    return err_field(job->mem, field ? field : "position", "is missing: %s holds %zu of them",
                     t->person_said, held->n);
}

struct err *candidate_told(struct job *job, const struct rows *rows, size_t i,
                           const struct candidate *t, const struct term *term, const char *field,
                           struct taker_seat *ret)
{
    struct seen_candidate who = {0};

    rows_get(job->mem, rows, i, &seen_record, &who);
    TRY(may(job, t, &who, term->until, field ? field : "person"));
    return position_of(job, t, &who, field, ret);
}
