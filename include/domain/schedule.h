/* schedule.h - when each step of a handover is due, and whether there is time for all of them.
 * Pure.
 *
 * A step's rule says when it is due by itself. What others need is due earlier than they are, by
 * their wait: wait_days are calendar days since the last of the needs was done. The longest way
 * through the waits tells how early somebody has to begin.
 */
#ifndef DOMAIN_SCHEDULE_H
#define DOMAIN_SCHEDULE_H

#include "domain/due.h"

struct timed_step {
    struct due_rule rule;
    int64_t wait_days;
    const size_t *needs; /* indexes of other steps; no cycle */
    size_t needs_n;
    bool done;        /* since done_day: it is not due any more, and others wait from then on */
    int64_t done_day; /* } */
    bool pinned;      /* its due is given and stays */

    struct due due;
    int64_t earliest; /* the first day on which the waits before it are over */
    size_t after;     /* the need that it waits for the longest, or its own index */
    bool too_late;    /* its due is over, or earlier than its earliest day */
};

/* The rule for a step that has none of its own, and why: by its kind (playbook, revoke, rotate, …),
 * who does it and whether it can be undone. */
const struct due_rule *schedule_rule(const char *kind, const char *actor, bool irreversible,
                                     const char **ret_why);

/* Fills due (but of what is done or pinned), earliest, after and too_late. */
MUST struct err *schedule(struct arena *mem, struct timed_step *steps, size_t n,
                          const struct due_place *place, int64_t anchor, int64_t now);

/* The indexes along the longest way through the waits, the first step first; 0 when nothing waits.
 * Room for n. */
size_t schedule_path(const struct timed_step *steps, size_t n, int64_t today, size_t *ret_path);

/* The last day on which work on these steps can begin and all of them be done when due. */
int64_t schedule_last_safe(const struct timed_step *steps, size_t n);

#endif
