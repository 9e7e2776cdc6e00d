/* template.h - playbooks as they are laid out: with what units, kinds of account and exit types
 * override, and with conditions asked of each account. */
#ifndef APP_TEMPLATE_H
#define APP_TEMPLATE_H

#include "handover_plan.h"

/* Lays the overrides that fit over the accounts' playbooks, says what each is made of, and which of
 * its steps are not needed for the account at hand. */
MUST struct err *templates_apply(struct job *job, const struct basis *by,
                                 struct plan_account *accounts, size_t n);

/* Whether conditions hold now for steps that are laid out: of all, those that have one. *ret_why
 * has one text a step, NULL where it has no condition or its condition holds. */
MUST struct err *templates_judge(struct job *job, const struct basis *by, const struct steps *all,
                                 const char ***ret_why);

/* ---- handover templates, apply-templates (template_change.c) ----------------------------------
 */

struct err *answer_templates(struct job *job, const void *params, const char **ret);
struct err *decide_apply_templates(struct job *job, const void *params, const void *seen);
extern const struct field templates_shape[];

#endif
