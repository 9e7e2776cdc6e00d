/* leave.h - what ends when somebody has left. */
#ifndef APP_LEAVE_H
#define APP_LEAVE_H

#include "app/job.h"

/* Adds person.left, and key.revoked and token.revoked for every key and token that the person still
 * has, so that each one's own history says when it ends: as from the end of last_day (NULL: from
 * now on) in the time zone, or where that is NULL in the person's own, or in UTC. */
MUST struct err *leave(struct job *job, const char *person, const char *zone, const char *last_day);

/* Is that day over at the place of the person, or in the zone? */
MUST struct err *leave_is_over(struct job *job, const char *person, const char *zone,
                               const char *last_day, bool *ret);

/* ERR_INVALID (field zone) for a word that either the system's tz data or PostgreSQL knows as no
 * time zone; NULL is fine. */
MUST struct err *zone_check(struct job *job, const char *zone);

#endif
