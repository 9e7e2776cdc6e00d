/* resolve.h - the things that jobs' params speak of, whatever they are called by. */
#ifndef APP_RESOLVE_H
#define APP_RESOLVE_H

#include "app/authorise.h"

/* The names in the params of one job or of many; each is asked for once, whoever says it. */
struct names;
struct names *names_new(struct arena *mem);
void names_add(struct names *names, const struct job *job);

/* Asks what they mean, as far as it was known at this index; names_told() once it is answered. */
MUST struct err *names_ask(struct names *names, struct store *store, const char *as_known);
void names_told(struct names *names);

/* The ids of those that mean something, in the names' memory. Returns how many. */
size_t names_ids(const struct names *names, const char *const **ret);

/* Puts the ids into a job's params; *ret is what the command's `within` names, and has
 * ERR_NOT_FOUND for a name that means nothing. */
void names_give(const struct names *names, struct job *job, struct target *ret);

/* The same for a job alone: names as they were at its own as_known; what they are to its actor, as
 * it is now. */
MUST struct err *job_resolve(struct job *job, struct target *ret);

#endif
