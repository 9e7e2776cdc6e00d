/* handover_case.h - what the commands on a case take, and who decides them. */
#ifndef APP_HANDOVER_CASE_H
#define APP_HANDOVER_CASE_H

#include "handover.h"

bool has_left(const char *status);

/* ---- handover_open.c ------------------------------------------------------------------------- */

struct create_params {
    const char *handover, *last_day, *zone, *reason;
    struct ref person, lead;
};
extern const struct field handover_create_fields[];

/* The statement handover_subject. */
struct seen_subject {
    const char *status, *kind, *zone, *last_day, *open_case, *lead_status;
    bool lead_stays, going;
};
extern const struct field seen_subject_fields[];

struct successor_params {
    struct ref handover, person, position;
    struct list account;
    const char *reason;
};
extern const struct field handover_successor_fields[];

/* The case of somebody who leaves, as it is to be opened. */
struct opening {
    const char *id, *ref;                    /* ref NULL: made from the id */
    const char *person, *status, *noted_day; /* as they are on record */
    const char *last_day, *zone, *lead, *reason;
};
/* Adds the events: the case, the notice where it is news, the scope with the successors that are
 * proposed. */
MUST struct err *handover_open(struct job *job, const struct opening *o);

struct err *handover_decide_create(struct job *job, const void *params, const void *seen);
void handover_create_result(struct job *job, const json_t *after);
struct err *handover_decide_lead(struct job *job, const void *params, const void *seen);
struct err *handover_decide_successor(struct job *job, const void *params, const void *seen);

/* ---- handover_due.c -------------------------------------------------------------------------- */

struct reanchor_params {
    struct ref handover;
    const char *last_day, *reason;
};
extern const struct field handover_reanchor_fields[];

struct err *handover_decide_reanchor(struct job *job, const void *params, const void *seen);
void handover_reanchor_result(struct job *job, const json_t *after);

/* ---- handover_end.c -------------------------------------------------------------------------- */

struct moved_params {
    struct ref handover;
    const char *reason;
};
extern const struct field handover_moved_fields[];
extern const struct field handover_because_fields[];

struct reject_params {
    struct ref handover;
    const char *steps, *reason;
};
extern const struct field handover_reject_fields[];

struct declare_params {
    struct ref handover;
    const char *declaration, *not_obtained;
};
extern const struct field handover_declare_fields[];

struct hostile_params {
    struct ref handover;
    const char *reference, *reason;
    int64_t hours;
};
extern const struct field handover_hostile_fields[];

struct fail_params {
    struct ref handover;
    const char *tried, *steps;
};
extern const struct field handover_fail_fields[];

struct retry_params {
    struct ref handover;
    const char *plan;
};
extern const struct field handover_retry_fields[];

struct risk_params {
    struct ref handover;
    struct list account;
    const char *residual, *compensating, *review_on;
};
extern const struct field handover_risk_fields[];

struct lead_params {
    struct ref handover, person;
    const char *reason;
};
extern const struct field handover_lead_fields[];

struct complete_params {
    struct ref handover;
    const char *attest;
};
extern const struct field handover_complete_fields[];

struct err *handover_decide_start(struct job *job, const void *params, const void *seen);
struct err *handover_decide_submit(struct job *job, const void *params, const void *seen);
struct err *handover_decide_reject(struct job *job, const void *params, const void *seen);
struct err *handover_decide_declare(struct job *job, const void *params, const void *seen);
struct err *handover_decide_complete(struct job *job, const void *params, const void *seen);

/* ---- handover_hostile.c, handover_fail.c, handover_risk.c ------------------------------------ */

struct err *handover_decide_go_hostile(struct job *job, const void *params, const void *seen);
void handover_hostile_result(struct job *job, const json_t *after);
struct err *handover_decide_confirm_hostile(struct job *job, const void *params, const void *seen);
struct err *handover_decide_fail(struct job *job, const void *params, const void *seen);
struct err *handover_decide_retry(struct job *job, const void *params, const void *seen);
struct err *handover_decide_state_risk(struct job *job, const void *params, const void *seen);
struct err *handover_decide_accept_risk(struct job *job, const void *params, const void *seen);

/* ---- handover_cancel.c ----------------------------------------------------------------------- */

struct err *handover_decide_approve_cancel(struct job *job, const void *params, const void *seen);
struct err *handover_decide_cancel(struct job *job, const void *params, const void *seen);
struct err *handover_decide_reopen(struct job *job, const void *params, const void *seen);

#endif
