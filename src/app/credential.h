/* credential.h - what the commands on records of secrets take, and who decides them. */
#ifndef APP_CREDENTIAL_H
#define APP_CREDENTIAL_H

#include "app/fields.h"

/* The statement credential_look. */
struct seen_credential {
    const char *account, *store, *label, *reference, *expires_on, *exposure, *status, *compromised,
        *asked;
    const char *proof, *proof_value, *rotated_by, *actor_status, *leaver_reads, *known_how,
        *store_ref;
    const char *confirmed_by;
    int64_t lead_days, version;
    bool actor_is_why, actor_entitled;
};

/* ERR_CONFLICT when it is retired. */
MUST struct err *credential_in_use(struct job *job, const struct seen_credential *now);
/* An event of the job's credential, in the history of the account that it opens too. */
struct event *credential_event(struct job *job, const char *type,
                               const struct seen_credential *now);

/* ---- credential_rotate.c --------------------------------------------------------------------- */

struct rotate_params {
    struct ref credential, store;
    const char *proof, *value, *expires_on, *note, *reason;
    struct list evidence;
    bool dry_run;
};
extern const struct field credential_rotate_fields[];

struct confirm_params {
    struct ref credential;
    const char *note;
};
extern const struct field credential_confirm_fields[];

struct err *credential_decide_rotate(struct job *job, const void *params, const void *seen);
struct err *credential_decide_confirm(struct job *job, const void *params, const void *seen);

/* ---- credential_glass.c ---------------------------------------------------------------------- */

struct break_params {
    struct ref credential, person;
    const char *effective, *reason;
};
extern const struct field credential_break_fields[];

struct review_params {
    struct ref credential;
    const char *finding, *note;
    int64_t entry;
};
extern const struct field credential_review_fields[];

/* The statement glass_look: the credential, and the use that the entry recorded, if it did. */
struct seen_glass {
    const char *account, *person, *recorded_by, *reviewed_by, *finding;
};
extern const struct field credential_glass_seen[];

struct err *credential_decide_break(struct job *job, const void *params, const void *seen);
struct err *credential_decide_review(struct job *job, const void *params, const void *seen);

/* ---- credential_due.c ------------------------------------------------------------------------ */

struct due_params {
    struct ref person, account;
    PAGE_MEMBERS;
};
extern const struct field credential_due_fields[];

struct err *credential_answer_due(struct job *job, const void *params, const char **ret);

#endif
