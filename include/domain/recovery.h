/* recovery.h - what can be done about accounts without the leaver, or against them: a step for
 * every line that a platform's playbook has for hostile cases. Pure. */
#ifndef DOMAIN_RECOVERY_H
#define DOMAIN_RECOVERY_H

#include "domain/plan.h"

/* Steps of the kind support, whoever takes the account does them, else the lead. Numbers go on
 * after `numbered`. */
struct plan recovery_plan(struct arena *mem, const char *lead, const struct plan_account *accounts,
                          size_t accounts_n, int64_t numbered);

#endif
