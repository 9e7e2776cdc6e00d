/* resolve.h - the things that a job's params speak of. */
#ifndef APP_RESOLVE_H
#define APP_RESOLVE_H

#include "app/authorise.h"

/* Values for the statement `resolve`; false when the params refer to nothing. */
bool resolve_binds(struct job *job, struct binds *b, const char *now, const char *as_known);

/* Put what was found into the params; *ret is what the command's `within` names. */
MUST struct err *resolve_take(struct job *job, const struct rows *rows, struct target *ret);

/* Both at once. */
MUST struct err *job_resolve(struct job *job, struct target *ret);

#endif
