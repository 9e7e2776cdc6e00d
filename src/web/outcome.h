/* outcome.h - what came of acts that were signed, as it is kept for the page that shows it:
 *
 *     {"acts":[{"events":[{"index","type"},…],"first","entries","result"} or an error (kept.h),…],
 *      "on":PATH}
 *
 * What only the answer may say, the code of an invitation for one, is not kept: who did it reads it
 * again from what the log's entries are made of. */
#ifndef WEB_OUTCOME_H
#define WEB_OUTCOME_H

#include "kept.h"

json_t *outcome_of(struct visit *v, struct job *const *jobs, size_t n);

/* Is any of what was drafted in the log, though no outcome was kept: the service was stopped in
 * between? Then it is kept now: what the log has is done, what it has not is not. */
MUST struct err *outcome_recorded(struct visit *v, struct store *store, const struct kept *k,
                                  bool *ret);

/* The page of the thing that a job has made or changed; NULL: it has none. */
const char *page_of_thing(struct visit *v, const struct job *job);

#endif
