/* chosen.h - whom the asker of a plan chose to take accounts over. Read first; then asked about
 * beside what foresee.h asks, and told. */
#ifndef APP_CHOSEN_H
#define APP_CHOSEN_H

#include "foresee.h"
#include "handover_case.h"

struct choice {
    const char *said, *account;
    size_t who; /* which of the people */
    const struct err *refused;
};

struct choices {
    struct choice *at;
    size_t n;
    struct candidate *people; /* many accounts, few people */
    size_t people_n;
    struct term term;
    bool tells;        /* what cannot be is told beside the plan, instead of refusing it */
    struct rows *seen; /* of each of the people, who that is and whether they can */
};

MUST struct err *choices_read(struct job *job, const struct list *said, struct choices *ret);
MUST struct err *choices_ask(struct job *job, struct choices *c);

/* By account id, as foresee() takes them; NULL: nobody was chosen. */
MUST struct err *choices_told(struct job *job, struct choices *c, const struct foresight *f,
                              const struct map **ret);

/* [{"account","person","why"},…] of those that cannot be; NULL: all can. */
json_t *choices_refused(struct job *job, const struct choices *c);

#endif
