/* machine.h - the two state machines of a handover, as tables that the code walks: a transition
 * which is not in the table cannot happen. The guards are where the facts are; here is only what
 * may follow what. The kinds of leaving besides the ordinary one bring their own rows. */
#ifndef DOMAIN_MACHINE_H
#define DOMAIN_MACHINE_H

#include "base/err.h"

struct transition {
    const char *id;         /* of the design's table: "H2", "S8" */
    const char *from[6];    /* ended by NULL; none for the birth */
    const char *event, *to; /* to NULL: the state stays */
};
extern const struct transition
    handover_transitions[]; /* both end with a transition without event */
extern const struct transition step_transitions[];

/* The state that the event leads to, or ERR_CONFLICT with the states it needs. what names the thing
 * for the message: "the handover lv-17", "step 4". */
MUST struct err *machine_step(struct arena *mem, const struct transition *table, const char *what,
                              const char *state, const char *event, const char *doing,
                              const char **ret_to);

#endif
