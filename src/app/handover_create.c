/* handover_create.c - a case is opened by hand, of whatever kind. What differs by kind is kinds()
 * in sql/service/000_kinds.sql; here is only what each wants to be told. */
#include "handover_case.h"

#include "app/leave.h"
#include "base/date.h"
#include "domain/kinds.h"

#define P create_params
const struct field handover_create_fields[] = {
    {.name = "person",
     .kind = KIND_REF,
     .of = "person",
     .argument = true,
     .optional = true,
     .help = "who leaves, moves, is away or has died; not said of an account's owner or of a firm",
     AT(struct P, person)},
    MAYBE_CHOICE(kind, kinds_opened, "what kind of case; leaver if not said"),
    MAYBE_DATE(last_day, "last day of work, or in the old position, at the person's place; today "
                         "if not said of an owner"),
    MAYBE_A(to, "position",
            "mover: the new position; owner: the position that answers from now "
            "on"),
    MAYBE_DATE(back, "absence: the day of the return"),
    MAYBE_A(account, "account", "owner: the account"),
    MAYBE_A(entity, "entity", "agency: the firm"),
    {.name = "zone",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 60,
     .help = "time zone of that day; the person's if not said, else UTC",
     AT(struct P, zone)},
    MAYBE_A(lead, "person", "who leads the case; you if not said"),
    MAYBE_NEW(handover, "handover", "what to call it"),
    PERSONAL_REASON,
    {0}};
#undef P

const struct field seen_subject_fields[] = {S_TEXT(seen_subject, status),
                                            S_TEXT(seen_subject, zone),
                                            S_TEXT(seen_subject, last_day),
                                            S_TEXT(seen_subject, open_case),
                                            S_TEXT(seen_subject, lead_status),
                                            S_TEXT(seen_subject, undeclared),
                                            S_TEXT(seen_subject, seat_status),
                                            S_TEXT(seen_subject, lead_employer),
                                            S_TEXT(seen_subject, ends_as),
                                            S_BOOL(seen_subject, lead_stays),
                                            S_LIST(seen_subject, wants),
                                            S_BOOL(seen_subject, last_admin),
                                            S_BOOL(seen_subject, goes),
                                            S_BOOL(seen_subject, shuts_out),
                                            {0}};

/* ---- What each kind is told ------------------------------------------------------------------ */

static struct err *check_told(struct job *job, const struct create_params *in, const char *kind,
                              const struct list *wants)
{
    const struct {
        const char *name;
        bool given;
    } told[] = {{"person", in->person.id != NULL},   {"last_day", in->last_day != NULL},
                {"to", in->to.id != NULL},           {"back", in->back != NULL},
                {"account", in->account.id != NULL}, {"entity", in->entity.id != NULL}};

    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
        bool wanted = false;
        for (size_t k = 0; k < wants->n; k++)
            wanted = wanted || strcmp(wants->at[k], told[i].name) == 0;
        if (wanted && !told[i].given)
            return err_field(job->mem, told[i].name, "is missing: a case of the kind %s needs it",
                             kind);
        if (!wanted && told[i].given && strcmp(told[i].name, "last_day") != 0)
            return err_field(job->mem, told[i].name, "means nothing to a case of the kind %s",
                             kind);
    }
    return NULL;
}

/* ---- Checks ---------------------------------------------------------------------------------- */

static struct err *check_create(struct job *job, const struct create_params *in,
                                const struct seen_subject *now)
{
    const char *lead = in->lead.id ? in->lead.id : job->actor.id;

    if (now->open_case)
        return machine_refuse(job, ERR_CONFLICT, "H1", "one_open", NULL,
                              "the handover '%s' of %s is open", now->open_case,
                              in->person.id ? in->person.said : in->entity.said);
    if (!lead)
        return err_field(job->mem, "lead", "is missing: who leads the case?");
    if (in->lead.id && has_left(now->lead_status))
        return machine_wants(job, "lead", "H1", "subject", "'%s' has left", in->lead.said);
    if (in->person.id && text_same(lead, in->person.id))
        return machine_wants(job, "lead", "H1", "subject",
                             "it must be somebody else than the leaver");
    if (in->entity.id && text_same(now->lead_employer, in->entity.id))
        return machine_wants(job, "lead", "H1", "subject", "it must be nobody of the firm");
    if (!now->lead_stays)
        return machine_wants(job, "lead", "H1", "subject",
                             "whoever leads it must be here and stay");
    if (now->shuts_out && now->last_admin)
        return machine_refuse(job, ERR_CONFLICT, "H1", "subject", NULL,
                              "%s is the last administrator with a key", in->person.said);
    if (in->person.id && !now->goes && has_left(now->status))
        return machine_wants(job, "person", "H1", "subject", "'%s' has left", in->person.said);
    return NULL;
}

/* Late is better than never, but a year is mistyped easily. */
static struct err *check_last_day(struct job *job, const struct create_params *in)
{
    bool over;

    TRY(leave_is_over(job, in->person.id, in->zone, in->last_day, &over));
    if (!over || in->reason)
        return NULL;
    return err_field(job->mem, "last_day",
                     "%s is over: if that was the last day, say with --reason why the case begins "
                     "only now",
                     in->last_day);
}

/* Keys end at once with it: nobody has died on a day that is still to come. */
static struct err *check_death(struct job *job, const struct create_params *in, const char *eve_end)
{
    return day_is_over(job, eve_end)
               ? NULL
               : err_field(job->mem, "last_day",
                           "%s is still to come: a case of the kind death is of somebody who has "
                           "died",
                           in->last_day);
}

static const char *eve_of(struct job *job, const struct create_params *in)
{
    int64_t day = 0;

    (void)day_parse(in->last_day, &day);
    return day_text(job->mem, day - 1);
}

static struct err *check_order(struct job *job, const struct create_params *in)
{
    const char *last = in->back ? in->back : in->last_day;

    if (in->back && in->last_day && strcmp(in->back, in->last_day) <= 0)
        return err_field(job->mem, "back", "%s is not after %s", in->back, in->last_day);
    if (last && days_until(job, in->zone, last) > DAYS_AHEAD)
        return err_field(job->mem, in->back ? "back" : "last_day",
                         "%s is years ahead: is the year right?", last);
    return NULL;
}

static struct err *check_days(struct job *job, const struct create_params *in,
                              const struct seen_subject *now)
{
    const char *end;

    TRY(check_order(job, in));
    if (text_same(now->ends_as, "deceased")) {
        TRY(end_of_day(job, in->person.id, in->zone, eve_of(job, in), &end));
        TRY(check_death(job, in, end));
    }
    return in->last_day ? check_last_day(job, in) : NULL;
}

/* Nobody else may sit where somebody is to move. */
static struct err *check_seat(struct job *job, const struct create_params *in,
                              const struct seen_subject *now, const struct rows *sits)
{
    if (text_same(now->seat_status, "retired"))
        return err_field(job->mem, "to", "'%s' is retired", in->to.said);
    return handover_seat_told(job, sits, in->to.said, in->person.id);
}

static struct err *find_seat(struct job *job, const struct create_params *in,
                             const struct seen_subject *now)
{
    struct rows *sits;

    TRY(handover_seat_ask(job, in->to.id, in->person.id, &sits));
    TRY(store_answers(job->mem, job->store));
    return check_seat(job, in, now, sits);
}

/* ---- Before it is opened --------------------------------------------------------------------- */

struct err *handover_create_ask(struct job *job, struct foreseen_case *c)
{
    const struct create_params *in = c->in;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "person", in->person.id);
    bind_text(&b, "entity", NULL);
    bind_text(&b, "kind", in->kind);
    bind_text(&b, "to", in->to.id);
    bind_text(&b, "lead", in->lead.id);
    bind_text(&b, "actor", job->actor.id);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_ask(job->mem, job->store, "handover_subject", &b, &c->subject));
    TRY(end_of_day_ask(job, in->person.id, in->zone, eve_of(job, in), &c->eve));
    return handover_seat_ask(job, in->to.id, in->person.id, &c->seat);
}

struct err *handover_create_told(struct job *job, const struct foreseen_case *c)
{
    static const struct record record = RECORD(struct seen_subject, seen_subject_fields);
    struct seen_subject now = {0};

    rows_get(job->mem, c->subject, 0, &record, &now);
    TRY(check_create(job, c->in, &now));
    TRY(check_order(job, c->in));
    if (text_same(now.ends_as, "deceased"))
        TRY(check_death(job, c->in, rows_value(c->eve)));
    return c->in->to.id ? check_seat(job, c->in, &now, c->seat) : NULL;
}

/* ---- The smallest case: one account gets another owner --------------------------------------- */

static struct err *find_owner(struct job *job, const struct create_params *in, struct opening *o)
{
    struct scoped *scoped = arena_alloc(job->mem, sizeof(*scoped));
    const char *open_case, *successor;
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "account", in->account.id);
    bind_text(&b, "to", in->to.id);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, "owner_case_look", &b, &rows));
    open_case = rows_text(rows, 0, "open_case");
    successor = rows_text(rows, 0, "successor");
    o->person = rows_text(rows, 0, "person");
    if (text_same(rows_text(rows, 0, "status"), "retired"))
        return err_field(job->mem, "account", "'%s' is retired", in->account.said);
    if (open_case)
        return machine_refuse(job, ERR_CONFLICT, "H1", "one_open", NULL,
                              "the handover '%s' moves %s already", open_case, in->account.said);
    if (!o->person)
        return err_field(
            job->mem, "account",
            "nobody answers for '%s': tenure account assign, then tenure account accept",
            in->account.said);
    if (!successor)
        return err_field(job->mem, "to", "nobody holds '%s': tenure position fill %s PERSON",
                         in->to.said, in->to.said);
    if (text_same(successor, o->person))
        return err_field(job->mem, "to", "%s answers for it already",
                         rows_text(rows, 0, "person_ref"));
    if (text_same(o->lead, o->person))
        return machine_wants(job, "lead", "H1", "subject",
                             "it must be somebody else than who answers for it now");
    *scoped =
        (struct scoped){.account = in->account.id, .position = in->to.id, .person = successor};
    o->scoped = scoped;
    o->scoped_n = 1;
    return NULL;
}

/* ---- handover create ------------------------------------------------------------------------- */

static const char *today(const struct job *job)
{
    return arena_printf(job->mem, "%.10s", instant_text(job->mem, job->now));
}

struct err *handover_decide_create(struct job *job, const void *params, const void *seen)
{
    const struct create_params *in = params;
    const struct seen_subject *now = seen;
    const char *kind = in->kind ? in->kind : "leaver", *zone = in->zone ? in->zone : now->zone;
    struct opening o = {.id = job->new_id,
                        .ref = in->handover,
                        .kind = kind,
                        .person = in->person.id,
                        .entity = in->entity.id,
                        .seat = in->to.id,
                        .back_on = in->back,
                        .undeclared = now->undeclared,
                        .goes = now->goes,
                        .shuts_out = now->shuts_out,
                        .last_day = in->last_day ? in->last_day : today(job),
                        .zone = zone ? zone : "UTC",
                        .lead = in->lead.id ? in->lead.id : job->actor.id,
                        .reason = in->reason};

    TRY(check_told(job, in, kind, &now->wants));
    TRY(check_create(job, in, now));
    TRY(zone_check(job, zone));
    TRY(check_days(job, in, now));
    if (in->account.id)
        TRY(find_owner(job, in, &o));
    else if (in->to.id)
        TRY(find_seat(job, in, now));
    return handover_open(job, &o);
}

void handover_create_result(struct job *job, const json_t *after)
{
    json_object_set_new(job->result, "handover", json_string(json_text(after, "ref")));
    json_object_set_new(
        job->result, "go_on_with",
        json_string(arena_printf(job->mem, "tenure handover show %s", json_text(after, "ref"))));
}
