/* erase.h - what is personal about a person is destroyed, in the log, in the state and in files;
 * see erase.c. */
#ifndef APP_ERASE_H
#define APP_ERASE_H

#include "app/job.h"

struct erase_params {
    struct ref person;
    struct list evidence;
    const char *reason;
    bool still_here;
};
extern const struct field erase_fields[];

/* The statement person_erase_look: lists as JSON text. */
struct seen_erasure {
    const char *fields, *cells, *files, *exports, *named_in, *erased_at;
    const char *hold, *held, *reference, *hold_reason;
    bool here;
};
extern const struct field seen_erasure_fields[];

extern const struct field erased_shape[]; /* of the reply's result */

struct err *prepare_erase(struct job *job, void *params);
struct err *decide_erase(struct job *job, const void *params, const void *seen);
void erase_result(struct job *job, const json_t *after);

#endif
