/* place.h - where people work, in words: "sat", "fri=12:00". Pure. */
#ifndef DOMAIN_PLACE_H
#define DOMAIN_PLACE_H

#include "base/record.h"
#include "domain/due.h"

/* "mon" to "sun", and "none" for a week without a weekend. */
extern const char *const place_weekdays[];

/* A place of which nothing is known: Saturday and Sunday are free, there are no holidays, and work
 * stops at 16:00, from Friday to Sunday at 12:00, so that somebody is still there to see it done.
 */
void place_init(struct due_place *place, const struct zone *zone);

/* Words instead of that weekend; none leave it as it is. ERR_INVALID (field weekend) for another
 * word, for "none" beside others, and for a week that has no day left. */
MUST struct err *place_take_weekend(struct arena *mem, const struct list *words,
                                    struct due_place *place);

/* Cut-offs of some weekdays. ERR_INVALID (field cutoff) for what is no "fri=12:00", or a day twice.
 */
MUST struct err *place_take_cutoffs(struct arena *mem, const struct list *words,
                                    struct due_place *place);

#endif
