/* handover_risk.c - what it would mean that accounts are lost: stated by one person, accepted by
 * another. A case that failed is closed with them; in one that goes on, an account with too few
 * owners may stay so. */
#include "handover_case.h"

#include "app/leave.h"

/* ---- handover state-risk --------------------------------------------------------------------- */

#define P risk_params
const struct field handover_risk_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "account",
     .kind = KIND_LIST,
     .each = KIND_REF,
     .of = "account",
     .help = "which accounts; may be given several times",
     AT(struct P, account)},
    TEXT(residual, "what it means that they are lost, or have too few owners"),
    TEXT(compensating, "what is done about it instead"),
    DATE(review_on, "when somebody looks at it again"),
    {0}};
#undef P

static bool is_named(const struct list *accounts, const char *id)
{
    for (size_t i = 0; i < accounts->n; i++)
        if (text_same(accounts->at[i], id))
            return true;
    return false;
}

/* An event of this type about the next rows of the scope that are picked, from *at on, which moves
 * on; NULL when there is none any more. */
static struct event *next_rows(struct job *job, const char *type, const struct rows *rows,
                               const bool *picked, size_t *at)
{
    json_t *ids = json_array(), *accounts = json_array();

    for (; *at < rows_count(rows) && json_array_size(ids) < HANDOVER_CHUNK; ++*at) {
        if (!picked[*at])
            continue;
        json_array_append_new(ids, json_string(rows_text(rows, *at, "id")));
        json_array_append_new(accounts, json_string(rows_text(rows, *at, "account")));
    }
    if (json_array_size(ids) == 0) {
        json_decref(ids);
        json_decref(accounts);
        return NULL;
    }
    struct event *e = event_new(&job->events, type);
    event_set(e, "handover", job_param(job, "handover"));
    event_set_json(e, "rows", ids);
    event_set_json(e, "account_ids", accounts);
    return e;
}

static void add_rows(struct job *job, const char *type, const struct rows *rows, const bool *picked)
{
    size_t at = 0;

    while (next_rows(job, type, rows, picked, &at))
        continue;
}

static struct err *load_scope(struct job *job, struct rows **ret, bool **ret_picked)
{
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, ret));
    *ret_picked = arena_array(job->mem, rows_count(*ret) + 1, sizeof(**ret_picked));
    return NULL;
}

/* Whoever states a risk and whoever accepts it; the lead does neither, also when another leads the
 * case by the time that it is accepted. */
static struct err *check_judge(struct job *job, const struct seen_handover *h)
{
    TRY(handover_not_own(job, h, "H10"));
    if (text_same(job->actor.id, h->lead))
        return machine_refuse(job, ERR_FORBIDDEN, "H10", "not_the_lead", NULL, "%s leads the case",
                              job->actor.ref);
    return NULL;
}

static struct err *check_risk(struct job *job, const struct seen_handover *h)
{
    const struct risk_params *in = job->params;
    int64_t day;

    if (!text_same(h->state, "failed") && !text_same(h->state, "verifying"))
        TRY(handover_under_way(job, h));
    TRY(check_judge(job, h));
    if (!*in->residual || !*in->compensating || !day_parse(in->review_on, &day) ||
        day <= job->now / MS_PER_DAY)
        return machine_wants(job, "review_on", "H10", "risk_stated",
                             "risk, control and a day to come are wanted");
    return NULL;
}

struct err *handover_decide_state_risk(struct job *job, const void *params, const void *seen)
{
    const struct risk_params *in = params;
    struct rows *rows;
    bool *picked;
    size_t n = 0;

    TRY(check_risk(job, seen));
    TRY(load_scope(job, &rows, &picked));
    for (size_t i = 0; i < rows_count(rows); i++) {
        picked[i] = is_named(&in->account, rows_text(rows, i, "account"));
        n += picked[i];
    }
    if (n == 0 || n < in->account.n)
        return err_field(job->mem, "account",
                         "not every account named is in the case: tenure handover show %s",
                         in->handover.said);
    size_t at = 0;
    for (struct event *e; (e = next_rows(job, "handover.risk_stated", rows, picked, &at));) {
        event_set(e, "residual", in->residual);
        event_set(e, "compensating", in->compensating);
        event_set(e, "review_on", in->review_on);
        event_set_json(e, "legal", json_boolean(job->actor.roles & ROLE_LEGAL));
    }
    return NULL;
}

/* ---- handover accept-risk -------------------------------------------------------------------- */

/* By person, whatever each is today: who stated it does not accept it, the lead does neither. */
static struct err *check_row(struct job *job, const struct seen_handover *h,
                             const struct rows *rows, size_t i)
{
    const char *by = rows_text(rows, i, "risk_by"), *account = rows_text(rows, i, "ref");

    if (text_same(by, job->actor.id))
        return machine_refuse(job, ERR_FORBIDDEN, "H10", "two_people", NULL,
                              "%s has stated the risk of '%s'", job->actor.ref, account);
    if (text_same(by, h->lead))
        return machine_refuse(job, ERR_FORBIDDEN, "H10", "not_the_lead", NULL,
                              "whoever leads the case has stated the risk of '%s'", account);
    if (!(job->actor.roles & ROLE_LEGAL) && !rows_bool(rows, i, "risk_by_legal"))
        return machine_refuse(job, ERR_FORBIDDEN, "H10", "legal_among_them", NULL,
                              "neither %s nor who stated the risk of '%s' is of legal",
                              job->actor.ref, account);
    return NULL;
}

static struct err *refuse_rest(struct job *job)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_risks_left", &b, &rows));
    if (!rows_count(rows))
        return NULL;
    struct err *e = machine_refuse(job, ERR_CONFLICT, "H10", "nothing_else_left", NULL,
                                   rows_count(rows) == 1 ? "%zu thing is left besides"
                                                         : "%zu things are left besides",
                                   rows_count(rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        err_add(job->mem, e, rows_text(rows, i, "code"), rows_text(rows, i, "item"), "%s",
                rows_text(rows, i, "say"));
    return e;
}

/* Nobody answers for what is given up, and its open steps fall away. */
static struct err *give_up(struct job *job, const struct seen_handover *h, const struct rows *rows,
                           const bool *picked)
{
    struct steps steps;
    size_t n = 0;

    TRY(steps_load(job, job_param(job, "handover"), &steps));
    struct step **open = arena_array(job->mem, steps.n + 1, sizeof(*open));
    for (size_t k = 0; k < steps.n; k++)
        if (step_is_open(&steps.at[k]))
            open[n++] = &steps.at[k];
    if (n)
        steps_event(job, "handover.step_cancelled", job_param(job, "handover"), open, n);
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *account = rows_text(rows, i, "account");
        struct event *e;
        if (picked[i] && rows_text(rows, i, "owner_position")) {
            e = event_new(&job->events, "owner.ended");
            event_set(e, "account", account);
            event_set(e, "position", rows_text(rows, i, "owner_position"));
        }
        if (picked[i] && rows_bool(rows, i, "custodian_goes")) {
            e = event_new(&job->events, "custodian.changed");
            event_set(e, "account", account);
        }
    }
    add_rows(job, "handover.closed_with_risk", rows, picked);
    return handover_finish(job, h, job_param(job, "handover"));
}

static struct err *close_with_risk(struct job *job, const struct seen_handover *h,
                                   const struct rows *rows, bool *picked)
{
    size_t n = 0;

    TRY(handover_may(job, h, "accept_risk"));
    TRY(refuse_rest(job));
    TRY(an_administrator_stays(job, h, "H10"));
    for (size_t i = 0; i < rows_count(rows); i++) {
        picked[i] = rows_text(rows, i, "risk_by") && !rows_bool(rows, i, "taken");
        n += picked[i];
    }
    if (!n)
        return machine_refuse(job, ERR_CONFLICT, "H10", "risk_stated", NULL,
                              "nobody has said what is lost");
    return give_up(job, h, rows, picked);
}

struct err *handover_decide_accept_risk(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;
    struct rows *rows;
    bool *picked;
    size_t n = 0;

    (void)params;
    if (!text_same(h->state, "failed") && !text_same(h->state, "verifying"))
        TRY(handover_under_way(job, h));
    TRY(check_judge(job, h));
    TRY(load_scope(job, &rows, &picked));
    for (size_t i = 0; i < rows_count(rows); i++) {
        picked[i] = rows_text(rows, i, "risk_by") && !rows_text(rows, i, "risk_accepted_by");
        n += picked[i];
        if (picked[i])
            TRY(check_row(job, h, rows, i));
    }
    bool failed = text_same(h->state, "failed");
    if (!n && !failed)
        return machine_refuse(job, ERR_CONFLICT, "H10", "risk_stated", NULL,
                              "there is no risk to accept");
    if (n)
        add_rows(job, "handover.risk_accepted", rows, picked);
    return failed ? close_with_risk(job, h, rows, picked) : NULL;
}
