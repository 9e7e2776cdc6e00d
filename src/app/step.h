/* step.h - what the files about the commands on steps share. */
#ifndef APP_STEP_H
#define APP_STEP_H

#include "handover.h"

/* One struct for all: each command shows the fields that it takes. */
struct step_params {
    struct ref handover, person;
    const char *steps, *note, *reason, *effective, *expires_on, *code;
    const char *until, *waits_on, *check_on, *tried;
    struct list file;
    bool irreversible;
};

/* The case is under way; its steps with what has become ready; those that were chosen. */
struct work {
    struct steps steps;
    struct step **chosen;
    size_t n;
};

/* Looks at the case, which must be in progress, and lets every step be ready whose needs are done,
 * so that time alone moves them. Chooses the steps that were named, unless event is NULL. */
MUST struct err *step_begin(struct job *job, const char *event, struct work *ret);

/* The events of steps that time alone moves, and of what they lead to, for a command's list. */
#define TIME_EVENTS \
    "handover.step_ready", "handover.step_wait_over", "handover.step_reopened", \
        "handover.step_held_back", "handover.step_stale", "handover.step_reassigned", \
        "handover.step_planned"

/* The guard "whose" of the transition: it is the actor's to do, or the actor leads the case. */
MUST struct err *step_may_work_on(struct job *job, const struct step *s, const char *transition);
bool step_leads(const struct job *job);

/* ---- step_do.c ------------------------------------------------------------------------------- */

struct err *step_decide_claim(struct job *job, const void *params, const void *seen);
struct err *step_decide_finish(struct job *job, const void *params, const void *seen);

/* ---- step_wait.c ----------------------------------------------------------------------------- */

struct err *step_decide_wait(struct job *job, const void *params, const void *seen);
struct err *step_decide_block(struct job *job, const void *params, const void *seen);
struct err *step_decide_unblock(struct job *job, const void *params, const void *seen);
struct err *step_decide_fail(struct job *job, const void *params, const void *seen);
struct err *step_decide_retry(struct job *job, const void *params, const void *seen);

/* ---- step_reopen.c --------------------------------------------------------------------------- */

struct err *step_decide_reassign(struct job *job, const void *params, const void *seen);
struct err *step_decide_reopen(struct job *job, const void *params, const void *seen);

/* ---- step_judge.c ---------------------------------------------------------------------------- */

struct err *step_decide_verify(struct job *job, const void *params, const void *seen);
struct err *step_decide_reject(struct job *job, const void *params, const void *seen);
struct err *step_decide_ask(struct job *job, const void *params, const void *seen);
struct err *step_decide_waive(struct job *job, const void *params, const void *seen);
struct err *step_decide_approve(struct job *job, const void *params, const void *seen);

#endif
