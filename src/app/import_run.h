/* import_run.h - how a file that is taken in is planned, held back and applied. */
#ifndef APP_IMPORT_RUN_H
#define APP_IMPORT_RUN_H

#include "import.h"

struct file_params {
    const char *file, *plan, *reason;
    struct list map;
    struct ref lead;
    bool dry_run, keep_reasons;
};
struct release_params {
    struct ref import;
    const char *reason;
};

/* A run as it is on record. */
struct seen_import {
    const char *ref, *kind, *file, *plan, *status, *uploader, *options;
    bool another;
};
extern const struct field import_seen_fields[];

/* Of the commands that take in a file. */
MUST struct err *import_gather_file(struct job *job, const void *params);
MUST struct err *import_decide_file(struct job *job, const void *params, const void *seen);
void import_result_file(struct job *job, const json_t *after);

/* Of import release. */
MUST struct err *import_gather_release(struct job *job, const void *params);
MUST struct err *import_decide_release(struct job *job, const void *params, const void *seen);

#endif
