/* draft.h - an intent that somebody is to sign, written for them by the service: a browser has only
 * its passkey, no intents. */
#ifndef APP_DRAFT_H
#define APP_DRAFT_H

#include "app/job.h"

struct draft {
    const char *intent;       /* the text to sign */
    const char **disclosures; /* of what is personal in it: sent beside it */
    size_t n;
};

/* Takes and checks the params, then writes the intent of the actor (a person's id) at job->now,
 * with a nonce of its own. */
MUST struct err *job_draft(struct job *job, const json_t *params, const char *actor,
                           struct draft *ret);

#endif
