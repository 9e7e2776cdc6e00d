/* handover_hostile.c - a leaver against whom the company must act: shut out at once, everything
 * revoked before anything is handed over, and a second person who confirms that it is so. */
#include "handover_case.h"

#include "app/hand_on.h"
#include "app/leave.h"
#include "domain/recovery.h"
#include "handover_plan.h"
#include "template.h"

enum { CONFIRM_HOURS = 24 };

/* ---- handover go-hostile --------------------------------------------------------------------- */

#define P hostile_params
const struct field handover_hostile_fields[] = {
    THE(handover, "handover", "which case"),
    TEXT(reference, "the legal or personnel case that says so"),
    MAYBE_INT(hours, 1, 168, "in how many hours a second person must confirm; 24 if not said"),
    {.name = "reason",
     .kind = KIND_TEXT,
     .personal = true,
     .max = 500,
     .help = "why, for the record; it can be erased with the person",
     AT(struct P, reason)},
    {0}};
#undef P

static struct err *check_hostile(struct job *job, const struct hostile_params *in,
                                 const struct seen_handover *h)
{
    TRY(handover_may(job, h, "go_hostile"));
    if (h->hostile)
        return machine_refuse(job, ERR_CONFLICT, "H4", "not_hostile_yet", NULL,
                              "the case is hostile already, by %s", h->hostile_by_ref);
    TRY(handover_not_own(job, h, "H4"));
    if (!h->person || !h->goes)
        return err_new(job->mem, ERR_CONFLICT,
                       "the case '%s' is of the kind %s: only somebody who leaves can be hostile; "
                       "tenure handover create PERSON",
                       in->handover.said, h->kind);
    if (!*in->reference || !*in->reason)
        return machine_wants(job, "reference", "H4", "case_reference",
                             "it must be said why, and by which case");
    return an_administrator_stays(job, h, "H4");
}

/* Whoever takes the account does what was the leaver's to do on it, else the lead. */
static const char *instead_of_leaver(const struct rows *scope, const struct step *s,
                                     const struct seen_handover *h)
{
    for (size_t i = 0; i < rows_count(scope); i++) {
        const char *successor = rows_text(scope, i, "doer");
        if (s->account && successor && text_same(rows_text(scope, i, "account"), s->account))
            return successor;
    }
    return h->lead;
}

/* The leaver's open steps go to others, one event a person. */
static void take_steps_away(struct job *job, const struct seen_handover *h,
                            const struct rows *scope, const struct steps *steps)
{
    struct step **theirs = arena_array(job->mem, steps->n + 1, sizeof(*theirs));
    struct step **batch = arena_array(job->mem, steps->n + 1, sizeof(*batch));
    size_t n = 0;

    for (size_t i = 0; i < steps->n; i++)
        if (step_is_open(&steps->at[i]) && text_same(steps->at[i].assignee, h->person))
            theirs[n++] = &steps->at[i];
    while (n) {
        const char *next = instead_of_leaver(scope, theirs[0], h);
        size_t batch_n = 0, left = 0;
        for (size_t i = 0; i < n; i++) {
            bool same = text_same(instead_of_leaver(scope, theirs[i], h), next);
            if (same && batch_n < HANDOVER_CHUNK)
                batch[batch_n++] = theirs[i];
            else
                theirs[left++] = theirs[i];
        }
        steps_give(job, job_param(job, "handover"), batch, batch_n, next);
        n = left;
    }
}

/* What is new, what was never laid out, and what the platforms say can be done without the leaver.
 * In a draft that is everything. */
static struct err *lay_out_hostile(struct job *job, const struct seen_handover *h,
                                   const struct rows *scope)
{
    const char *handover = job_param(job, "handover");
    struct plan_account *old, *new, *all;
    struct rows *fresh, *items, *numbered;
    struct basis basis;

    TRY(new_accounts_ask(job, h, &fresh));
    TRY(items_ask(job, h, &items));
    TRY(last_number_ask(job, &numbered));
    TRY(basis_of(job, h, &basis));
    TRY(store_answers(job->mem, job->store));
    scope_add(job, handover, scoped_rows(job, fresh), rows_count(fresh));
    TRY(plan_accounts(job, &basis, scope, "account", "doer", &old));
    TRY(plan_accounts(job, &basis, fresh, "id", "person", &new));
    size_t old_n = rows_count(scope), new_n = rows_count(fresh), n = old_n + new_n;
    all = arena_array(job->mem, n + 1, sizeof(*all));
    memcpy(all, old, old_n * sizeof(*all));
    memcpy(all + old_n, new, new_n * sizeof(*all));
    int64_t number = rows_int(numbered, 0, "n");
    bool draft = text_same(h->state, "draft");
    struct plan plan =
        plan_make(job->mem, h->lead, h->lead, draft ? all : all + old_n, draft ? n : new_n,
                  plan_items(job, items), rows_count(items), number);
    TRY(set_due(job, h, &basis, &plan, number));
    lay_out(job, handover, &plan);
    struct plan recovery = recovery_plan(job->mem, h->lead, all, n, number + (int64_t)plan.n);
    TRY(set_due(job, h, &basis, &recovery, number + (int64_t)plan.n));
    lay_out(job, handover, &recovery);
    return NULL;
}

struct err *handover_decide_go_hostile(struct job *job, const void *params, const void *seen)
{
    const struct hostile_params *in = params;
    const struct seen_handover *h = seen;
    struct steps steps;
    struct rows *scope;
    struct binds b;

    TRY(check_hostile(job, in, h));
    struct event *e = event_new(&job->events, "handover.went_hostile");
    event_set(e, "handover", in->handover.id);
    event_set(e, "reference", in->reference);
    event_set_int(e, "hours", in->hours ? in->hours : CONFIRM_HOURS);
    TRY(shut_out(job, h->person));
    TRY(hand_on(job, h->person, &(struct list){(const char *[]){h->person}, 1}));
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, &scope));
    TRY(steps_load(job, in->handover.id, &steps));
    take_steps_away(job, h, scope, &steps);
    struct seen_handover turned = *h;
    turned.hostile = true; /* what has to be done has to be done at once */
    TRY(handover_reanchor(job, in->handover.id, &turned, h->last_day));
    return lay_out_hostile(job, &turned, scope);
}

void handover_hostile_result(struct job *job, const json_t *after)
{
    (void)after;
    json_object_set_new(job->result, "confirm_with",
                        json_string(arena_printf(job->mem,
                                                 "another person: tenure handover "
                                                 "confirm-hostile %s",
                                                 job_said(job, "handover"))));
}

/* ---- handover confirm-hostile ---------------------------------------------------------------- */

struct err *handover_decide_confirm_hostile(struct job *job, const void *params, const void *seen)
{
    const struct moved_params *in = params;
    const struct seen_handover *h = seen;

    if (!h->hostile || h->hostile_confirmed_by || !handover_is_open(h))
        return err_new(job->mem, ERR_CONFLICT, "the handover '%s' has nothing hostile to confirm",
                       in->handover.said);
    if (text_same(job->actor.id, h->hostile_by) || h->actor_is_subject)
        return machine_refuse(job, ERR_FORBIDDEN, "H4", "another_person", NULL,
                              "%s called the case hostile, or is the leaver", job->actor.ref);
    event_set(event_new(&job->events, "handover.hostile_confirmed"), "handover", in->handover.id);
    return NULL;
}
