/* logkey.h - the log's key gives way to another; see log/keys.h for what that means. */
#ifndef APP_LOGKEY_H
#define APP_LOGKEY_H

#include "app/job.h"
#include "log/keys.h"
#include "store/log.h"

/* All keys that the log in the database has had, each change checked. ERR_NOT_FOUND: it is empty.
 */
MUST struct err *logkey_history(struct arena *mem, struct store *store, struct log_keys *ret);

/* From the next entry on the key `to` signs, which the service has in its keyring. The entry's
 * checkpoint is signed by both. now_ms is the clock. */
MUST struct err *logkey_rotate(struct arena *mem, struct store *store,
                               const struct service *service, const char *to, int64_t now_ms);

/* What a batch does when one of its jobs begins a log or changes its key: the second signature,
 * before it is appended; the turn itself, after. */
MUST struct err *logkey_countersign(struct arena *mem, const struct service *service,
                                    struct job *const *jobs, size_t n, struct log_batch *batch);
MUST struct err *logkey_turn(struct arena *mem, struct store *store, struct job *const *jobs,
                             size_t n);

#endif
