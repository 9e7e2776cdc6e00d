/* candidate.c - somebody who is to take accounts over; see handover_case.h. */
#include "handover_case.h"

#include "app/leave.h"

struct err *candidate_may(struct job *job, const struct candidate *t, const char *handover,
                          const char *since, const char *until, const char *field)
{
    static const struct field fields[] = {
        S_TEXT(seen_subject, status),     S_TEXT(seen_subject, kind),
        S_TEXT(seen_subject, last_day),   S_BOOL(seen_subject, going),
        S_BOOL(seen_subject, is_subject), S_TEXT(seen_subject, away_from),
        S_TEXT(seen_subject, away_until), {0}};
    static const struct record record = RECORD(struct seen_subject, fields);
    const char *about = field ? field : "person";
    struct seen_subject who = {0};
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "person", t->person);
    bind_text(&b, "position", t->position);
    bind_text(&b, "handover", handover);
    bind_text(&b, "since", since);
    bind_text(&b, "until", until);
    TRY(store_row(job->mem, job->store, "successor_look", &b, &record, &who, NULL));
    if (who.is_subject)
        return err_field(job->mem, about, "the leaver cannot be the successor");
    if (text_same(who.kind, "service"))
        return err_field(job->mem, about, "'%s' is a service: it can answer for nothing",
                         t->person_said);
    TRY(refuse_gone(job, about, t->person_said, who.status));
    if (text_same(who.status, "leaver") &&
        (who.going || !who.last_day || strcmp(who.last_day, until) <= 0))
        return err_field(job->mem, about, "'%s' leaves too, on %s", t->person_said,
                         who.last_day ? who.last_day : "a day not known");
    if (who.away_from)
        return err_field(job->mem, about, "'%s' is away after %s, until %s", t->person_said,
                         who.away_from, who.away_until);
    return NULL;
}

struct err *candidate_position(struct job *job, const struct candidate *t, const char *field,
                               const char **ret, const char **ret_ref)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "person", t->person);
    TRY(store_call(job->mem, job->store, "position_of", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        *ret = rows_text(rows, i, "position");
        if (ret_ref)
            *ret_ref = rows_text(rows, i, "ref");
        if (t->position ? text_same(*ret, t->position) : rows_count(rows) == 1)
            return NULL;
    }
    if (t->position)
        return err_field(job->mem, field ? field : "position",
                         "'%s' is not held by %s: tenure position fill %s %s", t->position_said,
                         t->person_said, t->position_said, t->person_said);
    if (rows_count(rows) == 0)
        return err_field(job->mem, field ? field : "person",
                         "'%s' holds no position: tenure position fill", t->person_said);
    return err_field(job->mem, field ? field : "position", "is missing: %s holds %zu of them",
                     t->person_said, rows_count(rows));
}
