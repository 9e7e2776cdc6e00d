/* batch.h - deciding and appending changes: one transaction, one checkpoint, many commands. */
#ifndef APP_BATCH_H
#define APP_BATCH_H

#include "app/job.h"

/* Run the changes in one transaction of the store. On return each job has its error or its reply,
 * but for those it must not share a batch with an earlier one: they come back as a list, to be run
 * in the next. Nothing is answered before the commit. now_ms is the clock. */
struct job *batch_run(struct store *store, const struct service *service, struct job *jobs,
                      int64_t now_ms);

/* One change, start to end. */
MUST struct err *change_run(struct store *store, struct job *job, int64_t now_ms);

/* What a change answered that was made before: the entries from this one on. Into job->reply. */
MUST struct err *change_again(struct store *store, struct job *job, uint64_t first,
                              int64_t entries);

/* Were they made already? intents[i] is the text that jobs[i] was signed by: one that is in the log
 * has its reply afterwards. */
MUST struct err *changes_recorded(struct arena *mem, struct store *store, struct job *const *jobs,
                                  const char *const *intents, size_t n);

/* Would the changes be made, if whoever is in the session (job->session_person) signed them now?
 * The same road as far as the decision, each by itself, and nothing is written or kept waiting. On
 * return a job that would be refused has its error. What is asked of those with a gather is only
 * whether their asker may: the rest is long work. An error of its own means that nothing is known.
 */
MUST struct err *changes_try(struct store *store, struct job *const *jobs, size_t n,
                             int64_t now_ms);

#endif
