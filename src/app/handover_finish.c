/* handover_finish.c - what it means that a case is over, by its kind: people leave, somebody sits
 * in another seat, or a case is opened to give back what was taken on for a while. */
#include "handover_case.h"

#include "app/leave.h"

static struct err *ask(struct job *job, const char *statement, const struct seen_handover *h,
                       const char *handover, struct rows **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    handover_bind(&b, h);
    bind_text(&b, "handover", handover);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    return store_call(job->mem, job->store, statement, &b, ret);
}

static struct err *all_leave(struct job *job, const struct seen_handover *h, const char *handover)
{
    struct rows *rows;

    (void)handover;
    TRY(handover_people(job, h, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        TRY(leave_as(job, rows_text(rows, i, "id"), h->zone, h->last_day,
                     text_same(h->ends_as, "left") ? NULL : h->ends_as));
    return NULL;
}

/* ---- Another seat ---------------------------------------------------------------------------- */

static struct err *sits(struct job *job, const char *seat, const char *person, struct rows **ret)
{
    const struct seen_handover h = {.person = person, .seat = seat};

    return ask(job, "seat_look", &h, NULL, ret);
}

struct err *handover_seat_free(struct job *job, const char *seat, const char *said,
                               const char *person)
{
    struct rows *rows;

    TRY(sits(job, seat, person, &rows));
    if (rows_count(rows) && !text_same(rows_text(rows, 0, "person"), person))
        return machine_wants(job, "to", "H1", "subject", "%s sits in '%s'",
                             rows_text(rows, 0, "holder"), said);
    return NULL;
}

/* From the end of the last day on; until then nothing is different. */
static struct err *move_seats(struct job *job, const struct seen_handover *h, const char *handover)
{
    struct rows *given_up, *there;
    const char *end;

    TRY(end_of_day(job, h->person, h->zone, h->last_day, &end));
    TRY(ask(job, "case_seats", h, handover, &given_up));
    for (size_t i = 0; i < rows_count(given_up); i++) {
        struct event *e = event_new(&job->events, "position.vacated");
        event_set(e, "holding", rows_text(given_up, i, "holding"));
        event_set(e, "position", rows_text(given_up, i, "position"));
        event_set(e, "person", h->person);
        e->effective_at = end;
    }
    TRY(sits(job, h->seat, h->person, &there));
    if (rows_count(there) && text_same(rows_text(there, 0, "person"), h->person))
        return NULL;
    if (rows_count(there))
        return machine_refuse(job, ERR_CONFLICT, "H6", "nothing_left", NULL,
                              "%s sits in the new position: tenure position vacate",
                              rows_text(there, 0, "holder"));
    struct event *e = event_new(&job->events, "position.filled");
    event_set(e, "holding", uuid_new(job->mem));
    event_set(e, "position", h->seat);
    event_set(e, "person", h->person);
    e->effective_at = end;
    return NULL;
}

/* ---- Giving back ----------------------------------------------------------------------------- */

/* Whoever stood in gives back what they took on, on the day of the return: a case for each of them,
 * since each has their own account of it. */
static struct err *give_back(struct job *job, const struct seen_handover *h, const char *handover)
{
    struct rows *rows;

    TRY(ask(job, "case_lent", h, handover, &rows));
    for (size_t i = 0, n; i < rows_count(rows); i += n) {
        const char *delegate = rows_text(rows, i, "delegate");
        struct scoped *scoped = arena_array(job->mem, rows_count(rows), sizeof(*scoped));
        for (n = 0;
             i + n < rows_count(rows) && text_same(rows_text(rows, i + n, "delegate"), delegate);
             n++)
            scoped[n] = (struct scoped){rows_text(rows, i + n, "account"),
                                        rows_text(rows, i + n, "position"), h->person};
        TRY(handover_open(job,
                          &(struct opening){.id = uuid_new(job->mem),
                                            .kind = "hand_back",
                                            .person = delegate,
                                            .follows = handover,
                                            .undeclared = rows_text(rows, i, "undeclared"),
                                            .last_day = h->back_on,
                                            .zone = h->zone,
                                            .lead = text_same(h->lead, delegate) || !h->lead_stays
                                                        ? job->actor.id
                                                        : h->lead,
                                            .scoped = scoped,
                                            .scoped_n = n}));
    }
    return NULL;
}

struct err *handover_finish(struct job *job, const struct seen_handover *h, const char *handover)
{
    static const struct {
        const char *ends_as;
        struct err *(*then)(struct job *, const struct seen_handover *, const char *);
    } ends[] = {
        {"left", all_leave}, {"deceased", all_leave}, {"moved", move_seats}, {"lent", give_back}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (text_same(ends[i].ends_as, h->ends_as))
            return ends[i].then(job, h, handover);
    return NULL;
}
