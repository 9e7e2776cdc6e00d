/* machine.h - the two state machines of a handover, as tables that the code walks: a transition
 * which is not in the table cannot happen, and each names its guards. Where the facts are, the
 * guards are asked (src/app/guard.h); what each wants, and what would satisfy it, is said here.
 * Pure. */
#ifndef DOMAIN_MACHINE_H
#define DOMAIN_MACHINE_H

#include "base/err.h"

#include <stdbool.h>

enum { TRANSITION_FROM_MAX = 9, TRANSITION_GUARDS_MAX = 8 };

struct transition {
    const char *id;                            /* of the design's table: "H2", "S8" */
    const char *from[TRANSITION_FROM_MAX + 1]; /* ended by NULL; none for the birth */
    const char *event, *to;                    /* to NULL: the state stays */
    const char *guards[TRANSITION_GUARDS_MAX + 1];
};
extern const struct transition
    handover_transitions[]; /* both end with a transition without event */
extern const struct transition step_transitions[];

/* The row that leads from the state by the event, or by one of several ("claim rework"); or NULL:
 * then it cannot happen. */
const struct transition *machine_find(const struct transition *table, const char *state,
                                      const char *event);

/* The state that the event leads to, or ERR_CONFLICT with the states it needs. what names the thing
 * for the message: "the handover lv-17", "step 4". */
MUST struct err *machine_step(struct arena *mem, const struct transition *table, const char *what,
                              const char *state, const char *event, const char *doing,
                              const char **ret_to);

/* ---- Guards ---------------------------------------------------------------------------------- */

struct guard {
    const char *name;
    const char *means; /* what must be so, in words */
    const char *how;   /* what would satisfy it: words, or a command with {handover} and {steps} */
};
extern const struct guard guards[]; /* ends with a guard without name */

/* Guards by which nobody is refused: what leaves the scope or is not needed is found, not asked
 * for, and finding nothing is no fault. */
extern const char *const guards_found[];

/* Has the transition ("H2") that guard? Not, where there is no such transition. */
bool guard_is_of(const char *transition, const char *name);

/* The guard, which the transition ("H2") must have: a programming mistake when it has it not. */
const struct guard *guard_of(const char *transition, const char *name);

/* What would satisfy it, with the names put in; steps may be NULL. */
const char *guard_how(struct arena *mem, const struct guard *g, const char *handover,
                      const char *steps);

#endif
