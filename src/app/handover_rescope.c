/* handover_rescope.c - what has come and gone since the steps were laid out, and a case that is
 * laid out again. */
#include "handover_plan.h"

#include "template.h"

struct err *new_accounts_ask(struct job *job, const struct seen_handover *h, struct rows **ret)
{
    struct binds b;

    TRY(job_binds(job, &b));
    handover_bind(&b, h);
    return store_ask(job->mem, job->store, "handover_scope", &b, ret);
}

/* ---- Steps that are needed no more, or again ------------------------------------------------- */

static bool is_of_an_account(const struct step *s)
{
    return text_same(s->kind, "playbook") || text_same(s->kind, "support");
}

static void say_traced(struct job *job, const char *type, struct step *const *steps, size_t n,
                       const char *trace)
{
    if (n)
        event_set(steps_event(job, type, job_param(job, "handover"), steps, n), "trace", trace);
}

/* One entry for each reason. */
static void say_each(struct job *job, const char *type, struct step **steps, size_t n,
                     const char **traces)
{
    struct step **same = arena_array(job->mem, n + 1, sizeof(*same));

    for (size_t i = 0; i < n; i++) {
        size_t same_n = 0;
        for (size_t k = i; k < n && steps[i]; k++)
            if (steps[k] && strcmp(traces[k], traces[i]) == 0)
                same[same_n++] = steps[k];
        say_traced(job, type, same, same_n, traces[i]);
        for (size_t k = n; k-- > i && same_n;)
            if (steps[k] && strcmp(traces[k], traces[i]) == 0)
                steps[k] = NULL;
    }
}

/* Why a step is not needed, now: its condition, or the leaver holds the thing no more. */
static const char *not_needed(const struct step *s, const char *condition)
{
    if (condition)
        return condition;
    return is_of_an_account(s) || s->still_held ? NULL : "the leaver holds it no more";
}

/* What was skipped by a condition comes back with it; what was left out by an override does not. */
static bool comes_back(const struct step *s, const char *why)
{
    return text_same(s->state, "skipped") && !why &&
           (is_of_an_account(s) ? s->condition != NULL : s->still_held);
}

/* A thing that the leaver holds no more needs no step; one that came back does; so does a step
 * whose condition holds; and an account that is used no more leaves the scope. Sets whether there
 * is more to do than before. */
struct err *follow_scope(struct job *job, const struct basis *by, struct steps *all, bool *ret_more)
{
    struct step **gone = arena_array(job->mem, all->n + 1, sizeof(*gone));
    struct step **again = arena_array(job->mem, all->n + 1, sizeof(*again));
    struct step **out = arena_array(job->mem, all->n + 1, sizeof(*out));
    const char **why, **traces = arena_array(job->mem, all->n + 1, sizeof(*traces));
    const char **back = arena_array(job->mem, all->n + 1, sizeof(*back));
    size_t gone_n = 0, again_n = 0, out_n = 0;

    TRY(templates_judge(job, by, all, &why));
    for (size_t i = 0; i < all->n; i++) {
        struct step *s = &all->at[i];
        const char *unneeded = not_needed(s, why[i]);
        if (is_of_an_account(s) && s->account_gone && step_is_open(s)) {
            out[out_n++] = s;
            s->state = "cancelled";
        } else if (unneeded && machine_find(step_transitions, s->state, "skip")) {
            traces[gone_n] = unneeded;
            gone[gone_n++] = s;
            s->state = "skipped";
        } else if (comes_back(s, unneeded)) {
            back[again_n] =
                is_of_an_account(s) ? "its condition holds again" : "the leaver holds it again";
            again[again_n++] = s;
            s->state = "pending";
        }
    }
    *ret_more = again_n > 0;
    say_each(job, "handover.step_skipped", gone, gone_n, traces);
    say_each(job, "handover.step_condition_true", again, again_n, back);
    if (out_n)
        steps_event(job, "handover.step_cancelled", job_param(job, "handover"), out, out_n);
    steps_unblock(job, job_param(job, "handover"), all);
    return NULL;
}

/* What was to be verified is worked on again. */
static void fall_back(struct job *job, json_t *steps)
{
    struct event *e = event_new(&job->events, "handover.rejected");

    event_set(e, "handover", job_param(job, "handover"));
    event_set_json(e, "steps", json_incref(steps));
    if (!job_param(job, "reason"))
        e->reason = "there is more to do than when it was submitted";
}

/* What a step came back for needs no new one. */
static size_t leave_out_covered(struct plan_item *items, size_t n, const struct steps *steps)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        bool covered = false;
        for (size_t k = 0; k < steps->n && !covered; k++)
            covered = step_is_open(&steps->at[k]) && text_same(steps->at[k].kind, items[i].kind) &&
                      text_same(steps->at[k].covers, items[i].id);
        if (!covered)
            items[kept++] = items[i];
    }
    return kept;
}

/* In a draft only the scope grows; later, what is new gets its steps at once. */
struct err *decide_rescope(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;
    const char *handover = job_param(job, "handover");
    bool draft = text_same(h->state, "draft"), verifying = text_same(h->state, "verifying");
    struct rows *fresh, *items, *numbered;
    struct plan_account *accounts;
    struct basis basis;
    struct steps steps;

    (void)params;
    if (!draft)
        TRY(handover_may(job, h, verifying ? "reject" : "rescope"));
    TRY(new_accounts_ask(job, h, &fresh));
    TRY(items_ask(job, h, &items));
    TRY(last_number_ask(job, &numbered));
    TRY(basis_of(job, h, &basis));
    TRY(store_answers(job->mem, job->store));
    scope_add(job, handover, scoped_rows(job, fresh), rows_count(fresh));
    if (draft)
        return NULL;
    TRY(plan_accounts(job, &basis, fresh, "id", "person", &accounts));
    TRY(steps_load(job, handover, &steps));
    bool again;
    TRY(follow_scope(job, &basis, &steps, &again));
    int64_t number = rows_int(numbered, 0, "n");
    struct plan_item *left = plan_items(job, items);
    size_t left_n = leave_out_covered(left, rows_count(items), &steps);
    struct plan plan = plan_make(job->mem, leaver_of(h), h->lead, accounts, rows_count(fresh), left,
                                 left_n, number);
    TRY(set_due(job, h, &basis, &plan, number));
    json_t *ids = lay_out(job, handover, &plan);
    if (verifying && (plan.n || again))
        fall_back(job, ids);
    return NULL;
}

/* A case that was cancelled lost its steps: all that it covers gets new ones. */
struct err *lay_out_again(struct job *job, const struct seen_handover *h)
{
    struct rows *rows, *items, *numbered;
    struct plan_account *accounts;
    struct basis basis;

    TRY(scope_ask(job, &rows));
    TRY(items_ask(job, h, &items));
    TRY(last_number_ask(job, &numbered));
    TRY(basis_of(job, h, &basis));
    TRY(store_answers(job->mem, job->store));
    TRY(plan_accounts(job, &basis, rows, "account", "doer", &accounts));
    int64_t number = rows_int(numbered, 0, "n");
    struct plan plan = plan_make(job->mem, leaver_of(h), h->lead, accounts, rows_count(rows),
                                 plan_items(job, items), rows_count(items), number);
    TRY(set_due(job, h, &basis, &plan, number));
    lay_out(job, job_param(job, "handover"), &plan);
    return NULL;
}
