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

#endif
