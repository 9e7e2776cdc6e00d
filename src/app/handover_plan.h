/* handover_plan.h - what the files share that lay out steps. */
#ifndef APP_HANDOVER_PLAN_H
#define APP_HANDOVER_PLAN_H

#include "handover.h"

#include "domain/plan.h"

/* The accounts of rows with the columns `id` and `successor` name, each with its playbook of today,
 * or with the steps that the kind of the case lays out instead; pins remembers what was read. */
MUST struct err *plan_accounts(struct job *job, const char *lays_out, const struct rows *rows,
                               const char *id, const char *successor, struct plan_account **ret,
                               struct map *pins);
/* The same, asked and told. */
struct playbooks {
    const char *lays_out;
    const struct rows *rows;
    struct list wanted; /* those that pins does not have yet, and what is told of each */
    struct rows *told;
    struct map *pins;
};
MUST struct err *playbooks_ask(struct job *job, const char *lays_out, const struct rows *rows,
                               struct map *pins, struct playbooks *ret);
MUST struct err *playbooks_told(struct job *job, const struct playbooks *p, const char *id,
                                const char *successor, struct plan_account **ret);
struct plan_item *plan_items(struct job *job, const struct rows *rows);

/* What the leaver holds and no step covers; the last number of a step. */
MUST struct err *items_of(struct job *job, const struct seen_handover *h, struct rows **ret);
MUST struct err *last_number(struct job *job, int64_t *ret);

/* Takes into the scope what the leaver has come to answer for since; rows have id and person. */
MUST struct err *add_new_accounts(struct job *job, const struct seen_handover *h,
                                  struct rows **ret);

/* When the steps of the plan are due: by the last day and zone of the case and the leaver's place.
 */
MUST struct err *set_due(struct job *job, const struct seen_handover *h, struct plan *plan,
                         int64_t numbered);

/* Which template an account's steps are made of, for an event. */
json_t *pin_json(const struct plan_account *a);

/* The events that add the steps. Returns the ids of all. */
json_t *lay_out(struct job *job, const char *handover, const struct plan *plan);

/* Steps that are needed no more, or again (handover_rescope.c): adds their events. */
MUST struct err *follow_scope(struct job *job, const struct seen_handover *h, struct steps *all,
                              bool *ret_more);

/* Who does the leaver's steps: nobody who is shut out, or who cannot. */
const char *leaver_of(const struct seen_handover *h);

#endif
