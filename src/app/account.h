/* account.h - what the commands on who answers for an account take, and who decides them. */
#ifndef APP_ACCOUNT_H
#define APP_ACCOUNT_H

#include "app/fields.h"

struct assign_params {
    struct ref account, position;
    const char *effective, *reason;
};
extern const struct field account_assign_fields[];

struct accept_params {
    struct ref account;
};
extern const struct field account_accept_fields[];

struct custodian_params {
    struct ref account, person;
    const char *effective, *reason;
    bool nobody;
};
extern const struct field account_custodian_fields[];

/* The statements account_owner and account_assign. */
struct seen_owner {
    const char *kind, *status, *position, *position_ref, *holder, *accepted_by, *position_status,
        *custodian;
};
extern const struct field seen_owner_fields[];

struct err *account_decide_assign(struct job *job, const void *params, const void *seen);
struct err *account_decide_accept(struct job *job, const void *params, const void *seen);
struct err *account_decide_custodian(struct job *job, const void *params, const void *seen);

/* Is this account ours? lookup.c */
struct ours_params {
    const char *what, *platform, *kind;
};
extern const struct field account_ours_fields[];
struct err *account_answer_ours(struct job *job, const void *params, const char **ret);

#endif
