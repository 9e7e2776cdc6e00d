/* cover.h - when something is done that a step of an open handover waits for, the step is done too:
 * nobody has to say it twice. */
#ifndef APP_COVER_H
#define APP_COVER_H

#include "app/job.h"

/* The events that cover_steps may add, for a command's list. */
#define COVER_EVENTS \
    "handover.step_done", "handover.step_skipped", "handover.step_wait_over", \
        "handover.step_unblocked", "handover.step_retried", "handover.step_claimed"

/* Steps in open handovers that cover the thing and are not done: for each, a handover.step_done
 * event by this actor, unless the actor is the leaver and the step is a rotation. One that nobody
 * could begin yet is skipped, because there is nothing to do any more. */
MUST struct err *cover_steps(struct job *job, const char *thing_id, const char *note);

#endif
