/* handover_case.h - what the commands on a case take, and who decides them. */
#ifndef APP_HANDOVER_CASE_H
#define APP_HANDOVER_CASE_H

#include "handover.h"

bool has_left(const char *status);

/* ---- handover_create.c ----------------------------------------------------------------------- */

struct create_params {
    const char *handover, *kind, *last_day, *back, *zone, *reason;
    struct ref person, lead, to, account, entity;
};
extern const struct field handover_create_fields[];

/* The statement handover_subject. */
struct seen_subject {
    const char *status, *kind, *zone, *last_day, *open_case, *lead_status;
    const char *undeclared, *seat_status, *lead_employer, *ends_as, *away_from, *away_until;
    struct list wants;
    bool lead_stays, going, last_admin, goes, shuts_out, is_subject;
};
extern const struct field seen_subject_fields[];

struct err *handover_decide_create(struct job *job, const void *params, const void *seen);

/* What stands in the way of a case, as far as it can be known before anybody opens it: asked beside
 * other things, and told. Why somebody leaves is asked when it is opened. */
struct foreseen_case {
    const struct create_params *in;
    struct rows *subject, *eve, *seat;
};
MUST struct err *handover_create_ask(struct job *job, struct foreseen_case *c);
MUST struct err *handover_create_told(struct job *job, const struct foreseen_case *c);

void handover_create_result(struct job *job, const json_t *after);

/* ---- handover_open.c ------------------------------------------------------------------------- */

/* Those whose case it is and who have not left: a person, or the people of a firm; rows have id,
 * last_day, status. */
MUST struct err *handover_people(struct job *job, const struct seen_handover *h, struct rows **ret);
struct list handover_ids(struct job *job, const struct rows *people);

/* Whoever will not be here has notice of it on record, nothing to do in the cases of others, and,
 * where that must be at once, no key any more. */
MUST struct err *handover_people_go(struct job *job, const struct seen_handover *h);

/* Notice of that last day for all of them for whom another one, or none, is on record. */
MUST struct err *handover_give_notice(struct job *job, const struct seen_handover *h,
                                      const char *last_day);

struct successor_params {
    struct ref handover, person, position;
    struct list account;
    const char *reason;
};
extern const struct field handover_successor_fields[];

/* ---- candidate.c: somebody who is to take accounts over
 * ------------------------------------------- */

struct candidate {
    const char *person, *person_said;
    const char *position, *position_said; /* NULL: their only one */
};

/* From the last day until a day; in a case, or NULL: there is none yet. */
struct term {
    const char *handover, *since, *until;
};

/* In which position they answer for the accounts. */
struct taker_seat {
    const char *position, *position_ref;
};

/* What is asked about one; then of the one in row i of such: they are a person, here and not away
 * in that term, and not whose case it is. The error is about field; NULL: person or position. */
MUST struct err *candidate_ask(struct job *job, const struct candidate *who,
                               const struct term *term, struct rows **ret);
MUST struct err *candidate_told(struct job *job, const struct rows *rows, size_t i,
                                const struct candidate *t, const struct term *term,
                                const char *field, struct taker_seat *ret);

/* A case as it is to be opened. */
struct opening {
    const char *id, *ref; /* ref NULL: made from the id */
    const char *kind, *person, *entity;
    const char *last_day, *zone, *lead, *reason;
    const char *seat, *back_on; /* of those who move; who come back */
    const char *follows;        /* the case that it comes from */
    const char *undeclared;     /* why no declaration is demanded; this and the next by its kind */
    bool goes, shuts_out;
    const struct scoped *scoped; /* the scope; none: all that its kind means */
    size_t scoped_n;
};
/* Adds the events: the case, the notice where it is news, the scope with the successors that are
 * proposed. */
MUST struct err *handover_open(struct job *job, const struct opening *o);

struct err *handover_decide_lead(struct job *job, const void *params, const void *seen);
struct err *handover_decide_successor(struct job *job, const void *params, const void *seen);

/* ---- handover_finish.c ----------------------------------------------------------------------- */

/* Adds what follows when a case is over, by its kind: who leaves, moves, or is to give back. */
MUST struct err *handover_finish(struct job *job, const struct seen_handover *h,
                                 const char *handover);

/* ERR_INVALID (field to) when somebody else sits there, or will: asked and told. */
MUST struct err *handover_seat_ask(struct job *job, const char *seat, const char *person,
                                   struct rows **ret);
MUST struct err *handover_seat_told(struct job *job, const struct rows *rows, const char *said,
                                    const char *person);

/* ---- handover_due.c -------------------------------------------------------------------------- */

struct reanchor_params {
    struct ref handover;
    const char *last_day, *reason;
};
extern const struct field handover_reanchor_fields[];

struct err *handover_decide_reanchor(struct job *job, const void *params, const void *seen);
void handover_reanchor_result(struct job *job, const json_t *after);

/* ---- handover_accept.c ----------------------------------------------------------------------- */

struct return_params {
    struct ref handover, person;
    struct list account;
    const char *missing;
};
struct refuse_params {
    struct ref handover;
    struct list account;
    const char *reason;
};
extern const struct field handover_return_fields[];
extern const struct field handover_refuse_fields[];
struct err *handover_decide_return(struct job *job, const void *params, const void *seen);
struct err *handover_decide_refuse(struct job *job, const void *params, const void *seen);

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
    const char *declaration, *not_obtained, *how;
    struct list file;
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
/* Adds to the result which key of the leaver ends on a day that is recorded already. */
MUST struct err *handover_say_keys_end(struct job *job, const struct seen_handover *h);

struct err *handover_decide_reopen(struct job *job, const void *params, const void *seen);

#endif
