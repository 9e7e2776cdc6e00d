/* handover_plan.c - what a handover must move and do: the scope, the steps that are laid out when a
 * case is scheduled, and what has come since. */
#include "handover_plan.h"

#include "handover_case.h"
#include "place.h"
#include "template.h"

#include "app/leave.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- Scope ----------------------------------------------------------------------------------- */

void successor_name(struct job *job, const char *handover, const struct list *rows,
                    const struct list *accounts, const char *position, const char *person)
{
    for (size_t from = 0; from < rows->n; from += HANDOVER_CHUNK) {
        size_t to = from + HANDOVER_CHUNK < rows->n ? from + HANDOVER_CHUNK : rows->n;
        json_t *ids = json_array(), *of = json_array();
        for (size_t i = from; i < to; i++) {
            json_array_append_new(ids, json_string(rows->at[i]));
            json_array_append_new(of, json_string(accounts->at[i]));
        }
        struct event *e = event_new(&job->events, "handover.successor_named");
        event_set(e, "handover", handover);
        event_set(e, "position", position);
        event_set(e, "person", person);
        event_set_json(e, "rows", ids);
        event_set_json(e, "account_ids", of);
    }
}

static void add_accounts(struct job *job, const char *handover, const struct scoped *scoped,
                         size_t n, const char **ids)
{
    for (size_t from = 0; from < n; from += HANDOVER_CHUNK) {
        json_t *accounts = json_array(), *of = json_array();
        for (size_t i = from; i < n && i < from + HANDOVER_CHUNK; i++) {
            const char *account = scoped[i].account;
            ids[i] = uuid_new(job->mem);
            json_t *row = json_pack("{s:s, s:s}", "id", ids[i], "account", account);
            if (scoped[i].unit)
                json_object_set_new(row, "unit", json_string(scoped[i].unit));
            if (scoped[i].holder)
                json_object_set_new(row, "holder", json_string(scoped[i].holder));
            json_array_append_new(accounts, row);
            json_array_append_new(of, json_string(account));
        }
        struct event *e = event_new(&job->events, "handover.scoped");
        event_set(e, "handover", handover);
        event_set_json(e, "accounts", accounts);
        event_set_json(e, "account_ids", of);
    }
}

/* Whoever heirs and recorded successions propose is named at once, one event a person and position.
 */
void scope_add(struct job *job, const char *handover, const struct scoped *scoped, size_t n)
{
    const char **ids = arena_array(job->mem, n + 1, sizeof(*ids));
    bool *named = arena_array(job->mem, n + 1, sizeof(*named));

    add_accounts(job, handover, scoped, n, ids);
    for (size_t i = 0; i < n; i++) {
        const char *position = scoped[i].position, *person = scoped[i].person;
        struct list chosen = {arena_array(job->mem, n, sizeof(char *)), 0};
        struct list accounts = {arena_array(job->mem, n, sizeof(char *)), 0};
        if (!person || named[i])
            continue;
        for (size_t k = i; k < n; k++) {
            if (!text_same(scoped[k].position, position) || !text_same(scoped[k].person, person))
                continue;
            named[k] = true;
            chosen.at[chosen.n++] = ids[k];
            accounts.at[accounts.n++] = scoped[k].account;
        }
        successor_name(job, handover, &chosen, &accounts, position, person);
    }
}

struct scoped *scoped_rows(struct job *job, const struct rows *rows)
{
    struct scoped *scoped = arena_array(job->mem, rows_count(rows) + 1, sizeof(*scoped));

    for (size_t i = 0; i < rows_count(rows); i++)
        scoped[i] = (struct scoped){.account = rows_text(rows, i, "id"),
                                    .position = rows_text(rows, i, "position"),
                                    .person = rows_text(rows, i, "person")};
    return scoped;
}

/* ---- What is laid out --------------------------------------------------------------------------
 */

const char *leaver_of(const struct seen_handover *h)
{
    return h->hostile || !h->acts || has_left(h->person_status) ? h->lead : h->person;
}

struct plan_item *plan_items(struct job *job, const struct rows *rows)
{
    struct plan_item *items = arena_array(job->mem, rows_count(rows) + 1, sizeof(*items));

    for (size_t i = 0; i < rows_count(rows); i++)
        items[i] = (struct plan_item){rows_text(rows, i, "kind"), rows_text(rows, i, "id"),
                                      rows_text(rows, i, "ref"),  rows_text(rows, i, "account"),
                                      rows_text(rows, i, "what"), rows_text(rows, i, "owner")};
    return items;
}

/* ---- handover schedule ----------------------------------------------------------------------- */

/* The zone was known when the case was opened; the system's zones may be others now. */
static struct err *check_anchor(struct job *job, const struct seen_handover *h)
{
    struct zone *zone;
    struct err *e = zone_load(job->mem, h->zone, &zone);

    return e ? machine_refuse(job, ERR_CONFLICT, "H2", "anchor", NULL,
                              "the last day is %s in a zone that cannot be read: %s", h->last_day,
                              e->text)
             : NULL;
}

static struct err *refuse_new_accounts(struct job *job, const struct rows *rows)
{
    if (rows_count(rows) == 0)
        return NULL;
    struct err *e = machine_refuse(job, ERR_CONFLICT, "H2", "scope", NULL,
                                   rows_count(rows) == 1
                                       ? "since the case was opened, the leaver has come to answer "
                                         "for %zu more account"
                                       : "since the case was opened, the leaver has come to answer "
                                         "for %zu more accounts",
                                   rows_count(rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        err_add(job->mem, e, "scope", rows_text(rows, i, "ref"), "is not in the case yet");
    return e;
}

const char *until_when(const struct seen_handover *h)
{
    return h->back_on ? h->back_on : h->last_day;
}

/* Every account has a successor who is here and stays. */
static struct err *check_successors(struct job *job, const struct seen_handover *h,
                                    const struct rows *rows)
{
    struct err *e = NULL;

    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *who = rows_text(rows, i, "successor_ref"),
                   *status = rows_text(rows, i, "successor_status");
        const char *leaves = rows_text(rows, i, "successor_last_day"), *why = NULL;
        if (!who)
            why = "has no successor: tenure handover successor";
        else if (text_same(status, "left") || text_same(status, "deceased"))
            why = arena_printf(job->mem, "its successor %s has left", who);
        else if (text_same(status, "leaver") && leaves && strcmp(leaves, until_when(h)) <= 0)
            why = arena_printf(job->mem, "its successor %s leaves on %s", who, leaves);
        if (!why)
            continue;
        if (!e)
            e = machine_refuse(job, ERR_CONFLICT, "H2", "successor", NULL,
                               "not every account has a successor who stays");
        err_add(job->mem, e, "successor", rows_text(rows, i, "ref"), "%s", why);
    }
    return e;
}

static struct err *check_lead_time(struct job *job, const struct seen_handover *h,
                                   const struct plan_account *accounts, size_t n,
                                   const char *shortfall)
{
    int64_t days = days_until(job, h->zone, h->last_day);

    for (size_t i = 0; i < n; i++) {
        int64_t wait = playbook_wait(accounts[i].steps);
        if (wait > 0 && wait > days && !shortfall)
            return machine_refuse(job, ERR_CONFLICT, "H2", "lead_time", NULL,
                                  "the waits of %s need %" PRId64 " days and %" PRId64 " are left",
                                  accounts[i].ref, wait, days > 0 ? days : 0);
    }
    return NULL;
}

struct err *scope_ask(struct job *job, struct rows **ret)
{
    struct binds b;

    TRY(job_binds(job, &b));
    return store_ask(job->mem, job->store, "handover_rows", &b, ret);
}

struct err *items_ask(struct job *job, const struct seen_handover *h, struct rows **ret)
{
    struct binds b;

    TRY(job_binds(job, &b));
    handover_bind(&b, h);
    return store_ask(job->mem, job->store, "handover_items", &b, ret);
}

struct err *last_number_ask(struct job *job, struct rows **ret)
{
    struct binds b;

    TRY(job_binds(job, &b));
    return store_ask(job->mem, job->store, "handover_number", &b, ret);
}

struct err *decide_schedule(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;
    const char *handover = job_param(job, "handover");
    struct plan_account *accounts;
    struct rows *fresh, *rows, *items;
    struct basis basis;

    (void)params;
    TRY(handover_may(job, h, "schedule"));
    TRY(check_anchor(job, h));
    TRY(new_accounts_ask(job, h, &fresh));
    TRY(scope_ask(job, &rows));
    TRY(items_ask(job, h, &items));
    TRY(basis_of(job, h, &basis));
    TRY(store_answers(job->mem, job->store));
    TRY(refuse_new_accounts(job, fresh));
    TRY(check_successors(job, h, rows));
    TRY(plan_accounts(job, &basis, rows, "account", "doer", &accounts));
    TRY(check_lead_time(job, h, accounts, rows_count(rows), job_param(job, "shortfall")));
    struct plan plan = plan_make(job->mem, leaver_of(h), h->lead, accounts, rows_count(rows),
                                 plan_items(job, items), rows_count(items), 0);
    TRY(set_due(job, h, &basis, &plan, 0));
    struct event *e = event_new(&job->events, "handover.scheduled");
    event_set(e, "handover", handover);
    event_set(e, "shortfall", job_param(job, "shortfall"));
    lay_out(job, handover, &plan);
    return NULL;
}
