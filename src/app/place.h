/* place.h - where somebody works, as far as it is known. */
#ifndef APP_PLACE_H
#define APP_PLACE_H

#include "app/job.h"
#include "domain/place.h"

/* Where the person of a case works; the binds are those of handover_bind(), with handover and now.
 */
MUST struct err *place_ask(struct job *job, const struct binds *of_case, struct rows **ret);

/* Days and hours there; where no place is known, what place_init() says, and *ret_ref is NULL. The
 * zone is the given one, or where that is NULL the person's, the place's, or UTC. ERR_INVALID when
 * the zone is none. */
MUST struct err *place_told(struct job *job, const struct rows *rows, const char *zone,
                            struct due_place *ret, const char **ret_ref);

/* ---- person place, unit place ---------------------------------------------------------------- */

struct placed_params {
    struct ref person, unit, place;
    bool none;
    const char *reason;
};
extern const struct field person_placed_fields[], unit_placed_fields[];

/* The statements person_place_look and unit_place_look. */
struct seen_placed {
    const char *was, *place_status, *unit_status;
};
extern const struct field seen_placed_fields[];

/* Adds person.placed or unit.placed, whichever the command emits. */
struct err *decide_placed(struct job *job, const void *params, const void *seen);

#endif
