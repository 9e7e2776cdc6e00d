/* handover_finish.c - what it means that a case is over, by its kind: people leave, somebody sits
 * in another seat, a case is opened to give back what was taken on for a while, accounts pass to
 * other units and companies. */
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
    const char *status = text_same(h->ends_as, "left") ? NULL : h->ends_as;
    struct rows *rows;

    (void)handover;
    TRY(handover_people(job, h, &rows));
    const struct list all = handover_ids(job, rows);
    for (size_t i = 0; i < all.n; i++)
        TRY(leave_with(job, all.at[i], h->zone, h->last_day, status, &all));
    return NULL;
}

/* ---- Another seat ---------------------------------------------------------------------------- */

static struct err *sits(struct job *job, const char *seat, const char *person, struct rows **ret)
{
    const struct seen_handover h = {.person = person, .seat = seat};

    return ask(job, "seat_look", &h, NULL, ret);
}

struct err *handover_seat_ask(struct job *job, const char *seat, const char *person,
                              struct rows **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "seat", seat);
    bind_text(&b, "person", person);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    return store_ask(job->mem, job->store, "seat_look", &b, ret);
}

struct err *handover_seat_told(struct job *job, const struct rows *rows, const char *said,
                               const char *person)
{
    if (rows_count(rows) && !text_same(rows_text(rows, 0, "person"), person))
        return err_field(job->mem, "to",
                         "%s sits in '%s': tenure position vacate %s, or complete their own case "
                         "first",
                         rows_text(rows, 0, "holder"), said, said);
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
    /* whoever has left meanwhile, or is about to, takes nothing: somebody else has to be named */
    bool stays = !has_left(h->person_status) && !text_same(h->person_status, "leaver");
    struct rows *rows;

    TRY(ask(job, "case_lent", h, handover, &rows));
    for (size_t i = 0, n; i < rows_count(rows); i += n) {
        const char *delegate = rows_text(rows, i, "delegate");
        struct scoped *scoped = arena_array(job->mem, rows_count(rows), sizeof(*scoped));
        for (n = 0;
             i + n < rows_count(rows) && text_same(rows_text(rows, i + n, "delegate"), delegate);
             n++)
            scoped[n] =
                (struct scoped){.account = rows_text(rows, i + n, "account"),
                                .position = stays ? rows_text(rows, i + n, "position") : NULL,
                                .person = stays ? h->person : NULL};
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

/* ---- A mapping ------------------------------------------------------------------------------- */

static void pass_title(struct job *job, const struct rows *rows, size_t i)
{
    bool first = !rows_text(rows, i, "was_holder");
    struct event *e = event_new(&job->events, first ? "title.asserted" : "title.transferred");

    event_set(e, "title", uuid_new(job->mem));
    event_set(e, "account", rows_text(rows, i, "account"));
    event_set(e, "holder", rows_text(rows, i, "holder"));
    event_set_int(e, "link", first ? 0 : rows_int(rows, i, "link") + 1);
    if (!first)
        event_set(e, "from_holder", rows_text(rows, i, "was_holder"));
}

/* A title passes on by somebody who may pass titles on. */
static struct err *check_title(struct job *job, const struct rows *rows, size_t i)
{
    if (text_same(rows_text(rows, i, "title"), "disputed"))
        return machine_refuse(job, ERR_CONFLICT, "H6", "nothing_left", NULL,
                              "the title of '%s' is disputed: tenure title settle",
                              rows_text(rows, i, "ref"));
    if (!(job->actor.roles & (ROLE_ADMIN | ROLE_LEGAL)))
        return machine_refuse(job, ERR_FORBIDDEN, "H6", "verifier", NULL,
                              "the title of '%s' passes on: somebody of legal or an administrator "
                              "completes",
                              rows_text(rows, i, "ref"));
    return NULL;
}

static struct err *remap(struct job *job, const struct seen_handover *h, const char *handover)
{
    struct rows *rows;

    TRY(ask(job, "case_mapped", h, handover, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        if (rows_text(rows, i, "unit")) {
            struct event *e = event_new(&job->events, "account.changed");
            event_set(e, "account", rows_text(rows, i, "account"));
            event_set(e, "unit", rows_text(rows, i, "unit"));
            if (rows_text(rows, i, "was_unit"))
                e->before =
                    json_keep(job->mem, json_pack("{s:s}", "unit", rows_text(rows, i, "was_unit")));
        }
        if (rows_text(rows, i, "holder")) {
            TRY(check_title(job, rows, i));
            pass_title(job, rows, i);
        }
    }
    return NULL;
}

struct err *handover_finish(struct job *job, const struct seen_handover *h, const char *handover)
{
    static const struct {
        const char *ends_as;
        struct err *(*then)(struct job *, const struct seen_handover *, const char *);
    } ends[] = {{"left", all_leave},
                {"deceased", all_leave},
                {"moved", move_seats},
                {"lent", give_back},
                {"mapped", remap}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (text_same(ends[i].ends_as, h->ends_as))
            return ends[i].then(job, h, handover);
    return NULL;
}
