/* leave.h - what ends when somebody has left. */
#ifndef APP_LEAVE_H
#define APP_LEAVE_H

#include "app/job.h"

/* Adds key.revoked for every key that the person still signs with, so that each key's own history
 * says when it ended, and person.left as from the day after last_day (NULL: from now on). */
MUST struct err *leave(struct job *job, const char *person, const char *last_day);

#endif
