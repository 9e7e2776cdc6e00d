/* hand_on.h - whoever is going to leave has nothing to do, to lead or to take any more. */
#ifndef APP_HAND_ON_H
#define APP_HAND_ON_H

#include "app/job.h"

/* The events that hand_on may add, for a command's list. */
#define HAND_ON_EVENTS \
    "handover.step_reassigned", "handover.step_planned", "handover.lead_changed", \
        "handover.successor_reopened"

/* Adds to the job what passes on from a person in the open cases of others: steps go to the
 * fallback, the lead to somebody who stays, and where the person was to take accounts the choice is
 * open again. Nothing goes to those who go together with the person. */
MUST struct err *hand_on(struct job *job, const char *person, const struct list *together);

/* The last of these alone: rows have id, handover, account, and was, who was to take it; those of
 * one case and person stand together. */
void choices_reopen(struct job *job, const struct rows *rows);

#endif
