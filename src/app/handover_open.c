/* handover_open.c - what opening a case means, and who leads it and takes what. */
#include "handover_case.h"

#include "app/hand_on.h"
#include "app/leave.h"

/* ---- Any case that is opened ------------------------------------------------------------------
 */

static struct err *ask_for(struct job *job, const char *statement, const struct seen_handover *h,
                           const char *handover, struct rows **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    handover_bind(&b, h);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "handover", handover);
    return store_call(job->mem, job->store, statement, &b, ret);
}

struct err *handover_people(struct job *job, const struct seen_handover *h, struct rows **ret)
{
    return ask_for(job, "case_people", h, NULL, ret);
}

struct list handover_ids(struct job *job, const struct rows *people)
{
    struct list ids = {arena_array(job->mem, rows_count(people) + 1, sizeof(char *)), 0};

    for (size_t i = 0; i < rows_count(people); i++)
        ids.at[ids.n++] = rows_text(people, i, "id");
    return ids;
}

struct err *handover_people_go(struct job *job, const struct seen_handover *h)
{
    struct rows *rows;

    if (!h->goes)
        return NULL;
    TRY(handover_give_notice(job, h, h->last_day));
    TRY(handover_people(job, h, &rows));
    const struct list all = handover_ids(job, rows);
    for (size_t i = 0; i < all.n; i++) {
        if (h->shuts_out)
            TRY(shut_out(job, all.at[i]));
        TRY(hand_on(job, all.at[i], &all));
    }
    return NULL;
}

struct err *handover_give_notice(struct job *job, const struct seen_handover *h,
                                 const char *last_day)
{
    struct rows *rows;

    TRY(handover_people(job, h, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        if (text_same(rows_text(rows, i, "last_day"), last_day))
            continue;
        struct event *e = event_new(&job->events, "person.notice_given");
        event_set(e, "person", rows_text(rows, i, "id"));
        event_set(e, "last_day", last_day);
    }
    return NULL;
}

static struct err *add_scope(struct job *job, const struct opening *o,
                             const struct seen_handover *h)
{
    struct rows *rows;

    if (o->scoped_n) {
        scope_add(job, o->id, o->scoped, o->scoped_n);
        return NULL;
    }
    TRY(ask_for(job, "handover_scope", h, NULL,
                &rows)); /* it has none yet that would be left out */
    scope_add(job, o->id, scoped_rows(job, rows), rows_count(rows));
    return NULL;
}

struct err *handover_open(struct job *job, const struct opening *o)
{
    const struct seen_handover h = {.kind = o->kind,
                                    .person = o->person,
                                    .entity = o->entity,
                                    .seat = o->seat,
                                    .last_day = o->last_day,
                                    .goes = o->goes,
                                    .shuts_out = o->shuts_out};
    struct event *e = event_new(&job->events, "handover.created");

    event_set(e, "handover", o->id);
    event_set(e, "ref", o->ref ? o->ref : short_ref(job->mem, "h", o->id));
    event_set(e, "person", o->person);
    event_set(e, "entity", o->entity);
    event_set(e, "kind", o->kind);
    event_set(e, "last_day", o->last_day);
    event_set(e, "zone", o->zone);
    event_set(e, "lead", o->lead);
    event_set(e, "to", o->seat);
    event_set(e, "back", o->back_on);
    event_set(e, "follows", o->follows);
    event_set(e, "declared", o->undeclared);
    e->reason = o->reason;
    TRY(handover_people_go(job, &h));
    return add_scope(job, o, &h);
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
    static const struct field fields[] = {S_TEXT(seen_handover, person_status),
                                          S_BOOL(seen_handover, lead_stays),
                                          S_BOOL(seen_handover, actor_is_subject),
                                          {0}};
    static const struct record record = RECORD(struct seen_handover, fields);
    const struct lead_params *in = params;
    const struct seen_handover *h = seen;
    struct seen_handover who = {0};
    struct binds b;

    if (!handover_is_open(h))
        return err_new(job->mem, ERR_CONFLICT, "the handover '%s' is %s: nobody leads it",
                       in->handover.said, h->state);
    TRY(handover_not_own(job, h, "H1"));
    TRY(job_binds(job, &b));
    TRY(store_row(job->mem, job->store, "assignee_look", &b, &record, &who, NULL));
    if (who.actor_is_subject)
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
    struct rows *rows, *looked;
    struct taker_seat taker;
    struct binds b;

    if (!text_same(h->state, "draft") && !text_same(h->state, "scheduled"))
        TRY(handover_under_way(job, h)); /* a successor may still fall out while work goes on */
    TRY(handover_not_own(job, h, "H2"));
    const struct candidate candidate = {in->person.id, in->person.said, in->position.id,
                                        in->position.said};
    const struct term term = {in->handover.id, h->last_day, until_when(h)};
    TRY(candidate_ask(job, &candidate, &term, &looked));
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, &rows));
    TRY(candidate_told(job, looked, 0, &candidate, &term, NULL, &taker));
    struct list chosen = {arena_array(job->mem, rows_count(rows) + 1, sizeof(char *)), 0};
    struct list accounts = {arena_array(job->mem, rows_count(rows) + 1, sizeof(char *)), 0};
    size_t found = 0;
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *account = rows_text(rows, i, "account");
        bool same = text_same(rows_text(rows, i, "successor"), in->person.id) &&
                    text_same(rows_text(rows, i, "position"), taker.position);
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
    successor_name(job, in->handover.id, &chosen, &accounts, taker.position, in->person.id);
    return pass_steps_on(job, in, rows, &accounts);
}
