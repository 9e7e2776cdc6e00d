/* outcome.h - what came of acts that were signed, as it is kept for the page that shows it:
 *
 *     {"acts":[{"events":[{"index","type"},…],"first","entries","result"} or an error (kept.h),…],
 *      "on":PATH}
 *
 * What only the answer may say, the code of an invitation for one, is not kept: who did it reads it
 * again from what the log's entries are made of. */
#ifndef WEB_OUTCOME_H
#define WEB_OUTCOME_H

#include "visit.h"

json_t *outcome_of(struct visit *v, struct job *const *jobs, size_t n);

/* The page of the thing that a job has made or changed; NULL: it has none. */
const char *page_of_thing(struct visit *v, const struct job *job);

#endif
