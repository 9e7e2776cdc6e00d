/* handover_plan.h - what the files share that lay out steps. */
#ifndef APP_HANDOVER_PLAN_H
#define APP_HANDOVER_PLAN_H

#include "handover.h"

#include "domain/plan.h"

/* What the steps of a case are laid out by: the playbooks of today and what overrides them, what is
 * known of its accounts and of those that would come into it, and where its person works. Only what
 * is known of the case has to be known to ask for it, so it is asked together with its accounts. */
struct basis {
    const char *lays_out, *kind; /* of the case; they may be said when the rest is there */
    bool hostile;
    struct rows *playbooks, *overrides, *facts, *place;
    struct map *pins; /* what was read of the playbooks, by name */
};

/* The binds are those of handover_bind(), with handover and now; of a case that is on record its
 * handover is enough. The second takes lays_out, kind and hostile too. */
MUST struct err *basis_ask(struct job *job, const struct binds *of_case, struct basis *ret);
MUST struct err *basis_of(struct job *job, const struct seen_handover *h, struct basis *ret);

/* The accounts of rows with the columns `id` and `successor` name, each with the steps of its
 * template of today, or with those that the kind of the case lays out instead. */
MUST struct err *plan_accounts(struct job *job, const struct basis *by, const struct rows *rows,
                               const char *id, const char *successor, struct plan_account **ret);
struct plan_item *plan_items(struct job *job, const struct rows *rows);

/* Asked beside it: the accounts of the job's case; those that the leaver has come to answer for
 * since, with id and person; what the leaver holds and no step covers; the last number of a step,
 * as `n`. */
MUST struct err *scope_ask(struct job *job, struct rows **ret);
MUST struct err *new_accounts_ask(struct job *job, const struct seen_handover *h,
                                  struct rows **ret);
MUST struct err *items_ask(struct job *job, const struct seen_handover *h, struct rows **ret);
MUST struct err *last_number_ask(struct job *job, struct rows **ret);

/* When the steps of the plan are due: by the last day and zone of the case and the leaver's place.
 */
MUST struct err *set_due(struct job *job, const struct seen_handover *h, const struct basis *by,
                         struct plan *plan, int64_t numbered);

/* Which template an account's steps are made of, for an event. */
json_t *pin_json(const struct plan_account *a);

/* The events that add the steps. Returns the ids of all. */
json_t *lay_out(struct job *job, const char *handover, const struct plan *plan);

/* Steps that are needed no more, or again (handover_rescope.c): adds their events. */
MUST struct err *follow_scope(struct job *job, const struct basis *by, struct steps *all,
                              bool *ret_more);

/* Who does the leaver's steps: nobody who is shut out, or who cannot. */
const char *leaver_of(const struct seen_handover *h);

#endif
