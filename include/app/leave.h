/* leave.h - what ends when somebody has left. */
#ifndef APP_LEAVE_H
#define APP_LEAVE_H

#include "app/job.h"

/* Adds person.left, and key.revoked and token.revoked for every key and token that the person still
 * has, so that each one's own history says when it ends: as from the end of last_day (NULL: from
 * now on) in the time zone, or where that is NULL in the person's own, or in UTC. */
MUST struct err *leave(struct job *job, const char *person, const char *zone, const char *last_day);

/* The same of one of several who go together, and with a status (NULL: left). */
MUST struct err *leave_with(struct job *job, const char *person, const char *zone,
                            const char *last_day, const char *status, const struct list *together);

/* The instant at which the day is over at the place of the person, or in the zone. */
MUST struct err *end_of_day(struct job *job, const char *person, const char *zone, const char *day,
                            const char **ret);
/* The same, asked; what is told is the rows' value. */
MUST struct err *end_of_day_ask(struct job *job, const char *person, const char *zone,
                                const char *day, struct rows **ret);
bool day_is_over(const struct job *job, const char *end);

/* The same of keys and tokens, and role.taken for every role, at once and without the person having
 * left: nothing is read and nothing signed any more. */
MUST struct err *shut_out(struct job *job, const char *person);

/* ERR_INVALID about the field when the status says that the person has left or is shut out. */
MUST struct err *refuse_gone(struct job *job, const char *field, const char *said,
                             const char *status);

/* Is that day over at the place of the person, or in the zone? */
MUST struct err *leave_is_over(struct job *job, const char *person, const char *zone,
                               const char *last_day, bool *ret);

/* ERR_INVALID (field zone) for a word that either the system's tz data or PostgreSQL knows as no
 * time zone; NULL is fine. */
MUST struct err *zone_check(struct job *job, const char *zone);
/* The same of a zone that is said, asked and told. */
MUST struct err *zone_ask(struct job *job, const char *zone, struct rows **ret);
MUST struct err *zone_told(struct job *job, const char *zone, const struct rows *rows);

#endif
