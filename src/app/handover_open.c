/* handover_open.c - a case is opened, and it is said who takes what. */
#include "handover_case.h"

#include "app/hand_on.h"
#include "app/leave.h"
#include "base/date.h"

/* ---- handover create ------------------------------------------------------------------------- */

#define P create_params
const struct field handover_create_fields[] = {
    THE(person, "person", "who leaves"),
    DATE(last_day, "last day of work, at the person's place"),
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
                                            S_BOOL(seen_subject, lead_stays),
                                            {0}};

static struct err *check_create(struct job *job, const struct create_params *in,
                                const struct seen_subject *now)
{
    if (now->open_case)
        return machine_refuse(job, ERR_CONFLICT, "H1", "one_open", NULL,
                              "the handover '%s' of %s is open", now->open_case, in->person.said);
    if (!in->lead.id && !job->actor.id)
        return err_field(job->mem, "lead", "is missing: who leads the case?");
    if (in->lead.id && has_left(now->lead_status))
        return machine_wants(job, "lead", "H1", "subject", "'%s' has left", in->lead.said);
    if (text_same(in->lead.id ? in->lead.id : job->actor.id, in->person.id))
        return machine_wants(job, "lead", "H1", "subject",
                             "it must be somebody else than the leaver");
    if (!now->lead_stays)
        return machine_wants(job, "lead", "H1", "subject",
                             "whoever leads it must be here and stay");
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

static struct err *add_scope(struct job *job, const struct opening *o)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "person", o->person);
    bind_text(&b, "last_day", o->last_day);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "handover", NULL); /* it has no scope yet */
    TRY(store_call(job->mem, job->store, "handover_scope", &b, &rows));
    return scope_add(job, o->id, rows);
}

struct err *handover_open(struct job *job, const struct opening *o)
{
    struct event *e = event_new(&job->events, "handover.created");

    event_set(e, "handover", o->id);
    event_set(e, "ref", o->ref ? o->ref : short_ref(job->mem, "h", o->id));
    event_set(e, "person", o->person);
    event_set(e, "kind", "leaver");
    event_set(e, "last_day", o->last_day);
    event_set(e, "zone", o->zone);
    event_set(e, "lead", o->lead);
    e->reason = o->reason;
    if (!has_left(o->status) && !text_same(o->noted_day, o->last_day)) {
        e = event_new(&job->events, "person.notice_given");
        event_set(e, "person", o->person);
        event_set(e, "last_day", o->last_day);
    }
    TRY(hand_on(job, o->person));
    return add_scope(job, o);
}

struct err *handover_decide_create(struct job *job, const void *params, const void *seen)
{
    const struct create_params *in = params;
    const struct seen_subject *now = seen;
    const char *zone = in->zone ? in->zone : now->zone;

    TRY(check_create(job, in, now));
    TRY(zone_check(job, zone));
    TRY(check_last_day(job, in));
    return handover_open(job, &(struct opening){.id = job->new_id,
                                                .ref = in->handover,
                                                .person = in->person.id,
                                                .status = now->status,
                                                .noted_day = now->last_day,
                                                .last_day = in->last_day,
                                                .zone = zone ? zone : "UTC",
                                                .lead = in->lead.id ? in->lead.id : job->actor.id,
                                                .reason = in->reason});
}

void handover_create_result(struct job *job, const json_t *after)
{
    json_object_set_new(job->result, "handover", json_string(json_text(after, "ref")));
    json_object_set_new(
        job->result, "go_on_with",
        json_string(arena_printf(job->mem, "tenure handover show %s", json_text(after, "ref"))));
}

/* ---- handover lead --------------------------------------------------------------------------- */

#define P lead_params
const struct field handover_lead_fields[] = {THE(handover, "handover", "which case"),
                                             THE(person, "person", "who leads it from now on"),
                                             REASON,
                                             {0}};
#undef P

struct err *handover_decide_lead(struct job *job, const void *params, const void *seen)
{
    static const struct field fields[] = {
        S_TEXT(seen_handover, person_status), S_BOOL(seen_handover, lead_stays), {0}};
    static const struct record record = RECORD(struct seen_handover, fields);
    const struct lead_params *in = params;
    const struct seen_handover *h = seen;
    struct seen_handover who = {0};
    struct binds b;

    if (!handover_is_open(h))
        return err_new(job->mem, ERR_CONFLICT, "the handover '%s' is %s: nobody leads it",
                       in->handover.said, h->state);
    TRY(job_binds(job, &b));
    TRY(store_row(job->mem, job->store, "assignee_look", &b, &record, &who, NULL));
    if (text_same(in->person.id, h->person))
        return machine_wants(job, "person", "H1", "subject", "nobody leads their own leaving");
    TRY(refuse_gone(job, "person", in->person.said, who.person_status));
    if (!who.lead_stays)
        return machine_wants(job, "person", "H1", "subject", "'%s' leaves too", in->person.said);
    if (text_same(in->person.id, h->lead))
        return NULL;
    struct event *e = event_new(&job->events, "handover.lead_changed");
    event_set(e, "handover", in->handover.id);
    event_set(e, "person", in->person.id);
    return NULL;
}

/* ---- handover successor ---------------------------------------------------------------------- */

#define P successor_params
const struct field handover_successor_fields[] = {
    THE(handover, "handover", "which case"),
    THE(person, "person", "who takes over"),
    MAYBE_A(position, "position", "in which position; the person's only one if not said"),
    SOME(account, "account", "which accounts; all that nobody has accepted yet if not said"),
    REASON,
    {0}};
#undef P

/* The position in which the person answers for the accounts. */
static struct err *find_position(struct job *job, const struct successor_params *in,
                                 const char **ret)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "position_of", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        *ret = rows_text(rows, i, "position");
        if (in->position.id ? text_same(*ret, in->position.id) : rows_count(rows) == 1)
            return NULL;
    }
    if (in->position.id)
        return err_field(job->mem, "position", "'%s' is not held by %s: tenure position fill %s %s",
                         in->position.said, in->person.said, in->position.said, in->person.said);
    if (rows_count(rows) == 0)
        return err_field(job->mem, "person", "'%s' holds no position: tenure position fill",
                         in->person.said);
    return err_field(job->mem, "position", "is missing: %s holds %zu of them", in->person.said,
                     rows_count(rows));
}

static struct err *check_successor(struct job *job, const struct successor_params *in,
                                   const struct seen_handover *h)
{
    static const struct field fields[] = {S_TEXT(seen_subject, status),
                                          S_TEXT(seen_subject, kind),
                                          S_TEXT(seen_subject, last_day),
                                          S_BOOL(seen_subject, going),
                                          {0}};
    static const struct record record = RECORD(struct seen_subject, fields);
    struct seen_subject who = {0};
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_row(job->mem, job->store, "successor_look", &b, &record, &who, NULL));
    if (text_same(in->person.id, h->person))
        return err_field(job->mem, "person", "the leaver cannot be the successor");
    if (text_same(who.kind, "service"))
        return err_field(job->mem, "person", "'%s' is a service: it can answer for nothing",
                         in->person.said);
    TRY(refuse_gone(job, "person", in->person.said, who.status));
    if (text_same(who.status, "leaver") &&
        (who.going || !who.last_day || strcmp(who.last_day, h->last_day) <= 0))
        return err_field(job->mem, "person", "'%s' leaves too, on %s", in->person.said,
                         who.last_day ? who.last_day : "a day not known");
    return NULL;
}

static bool wanted(const struct list *accounts, const char *id)
{
    for (size_t i = 0; i < accounts->n; i++)
        if (strcmp(accounts->at[i], id) == 0)
            return true;
    return false;
}

/* What the successor before was to do on these accounts is the new one's. */
static struct err *pass_steps_on(struct job *job, const struct successor_params *in,
                                 const struct rows *rows, const struct list *accounts)
{
    struct map *before = map_new(job->mem);
    struct steps steps;
    size_t n = 0;

    TRY(steps_load(job, in->handover.id, &steps));
    struct step **theirs = arena_array(job->mem, steps.n + 1, sizeof(struct step *));
    for (size_t i = 0; i < rows_count(rows); i++)
        if (rows_text(rows, i, "successor") && wanted(accounts, rows_text(rows, i, "account")))
            map_set(before, rows_text(rows, i, "account"),
                    arena_copy(job->mem, rows_text(rows, i, "successor")));
    for (size_t i = 0; i < steps.n; i++) {
        struct step *s = &steps.at[i];
        const char *was = s->account ? map_get(before, s->account) : NULL;
        if (was && text_same(was, s->assignee) && step_is_open(s))
            theirs[n++] = s;
    }
    if (n)
        steps_give(job, in->handover.id, theirs, n, in->person.id);
    return NULL;
}

struct err *handover_decide_successor(struct job *job, const void *params, const void *seen)
{
    const struct successor_params *in = params;
    const struct seen_handover *h = seen;
    const char *position;
    struct rows *rows;
    struct binds b;

    if (!text_same(h->state, "draft") && !text_same(h->state, "scheduled"))
        TRY(handover_under_way(job, h)); /* a successor may still fall out while work goes on */
    TRY(check_successor(job, in, h));
    TRY(find_position(job, in, &position));
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, &rows));
    struct list chosen = {arena_array(job->mem, rows_count(rows) + 1, sizeof(char *)), 0};
    struct list accounts = {arena_array(job->mem, rows_count(rows) + 1, sizeof(char *)), 0};
    size_t found = 0;
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *account = rows_text(rows, i, "account");
        bool same = text_same(rows_text(rows, i, "successor"), in->person.id) &&
                    text_same(rows_text(rows, i, "position"), position);
        bool named = wanted(&in->account, account);
        found += named;
        if (same || !(named || (in->account.n == 0 && !rows_bool(rows, i, "accepted"))))
            continue;
        chosen.at[chosen.n++] = rows_text(rows, i, "id");
        accounts.at[accounts.n++] = account;
    }
    if (found < in->account.n)
        return err_field(job->mem, "account",
                         "not every account named is in the case: tenure handover show %s",
                         in->handover.said);
    successor_name(job, in->handover.id, &chosen, &accounts, position, in->person.id);
    return pass_steps_on(job, in, rows, &accounts);
}
