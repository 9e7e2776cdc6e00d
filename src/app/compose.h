/* compose.h - decided events become entries of the log. */
#ifndef APP_COMPOSE_H
#define APP_COMPOSE_H

#include "app/job.h"
#include "store/log.h"

/* Where the log stands, all read under the lock of its head. */
struct standing {
    const struct log_head *head;
    const struct rows *places; /* of subjects, by places_ask(); others are asked for. NULL: none */
    int64_t ts;                /* of what is appended */
};

/* What a batch of jobs appends, growing from there. Jobs that failed or added no event are passed
 * over. What is more than one statement should take is appended piece by piece, without a
 * checkpoint; *ret is the last piece, to be appended by the caller, with the checkpoint of all: the
 * transaction cannot be committed without. */
MUST struct err *compose(struct arena *mem, struct store *store, const struct service *service,
                         struct job **jobs, size_t n, const struct standing *from,
                         struct log_batch *ret);

/* What one entry says. */
struct entry_fields {
    struct arena *mem; /* of one entry: a command may have tens of thousands of them */
    const char *texts[DISCLOSURES_MAX];
    size_t n;
    bool full; /* something did not fit */
};
void compose_fields(struct entry_fields *f, const struct job *job, const struct event *e,
                    const char *effective_at, uint64_t first, uint64_t index);

/* Makes disclosures of what is personal among the job's params, as a client would have made them.
 */
MUST struct err *job_disclose(struct job *job);

/* The reply to a job whose first event went to this index. */
const char *reply_new(struct job *job, uint64_t first, uint64_t size, const char *checkpoint);

/* The reply to an intent that was answered before, from what it wrote. */
MUST struct err *reply_again(struct job *job, struct store *store, uint64_t first, int64_t entries);

#endif
