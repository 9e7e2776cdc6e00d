/* handover.h - what the files about handovers share. All of their commands run alone in their
 * batch, because they look at more than one row. */
#ifndef APP_HANDOVER_H
#define APP_HANDOVER_H

#include "app/fields.h"
#include "domain/plan.h"
#include "guard.h"

#define LEADERS (ROLE_ADMIN | ROLE_HR)
#define HANDOVER_READERS \
    (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

/* A log entry has at most so many things in one list: more of them go into more entries. */
enum { HANDOVER_CHUNK = 200 };

/* A last day that is further ahead is mistyped. */
enum { DAYS_AHEAD = 3 * 366 };

/* The statement handover_look. */
struct seen_handover {
    const char *person; /* NULL: the case is a firm's, entity */
    const char *person_ref, *kind, *state, *last_day, *zone, *lead, *declared, *declared_how;
    const char *entity, *seat, *back_on;
    const char *lays_out, *ends_as, *declares; /* these and the next by its kind: kinds() */
    bool acts, goes, shuts_out;
    const char *person_status, *hostile_by, *hostile_by_ref, *hostile_confirmed_by;
    const char *cancel_asked_by, *cancel_asked_ref;
    int64_t reopened, irreversible_done;
    bool last_admin, hostile, lead_stays, actor_stays;
    bool actor_is_subject; /* the actor is the leaver, or one of the firm's people */
    bool no_mutual_pairs;  /* two people do not verify each other's steps, the unit says */
};
extern const struct field seen_handover_fields[];
#define SEES_HANDOVER \
    .look = "handover_look", .seen = RECORD(struct seen_handover, seen_handover_fields), \
    .alone = true

/* The case, or ERR_CONFLICT when it is not in a state from which the event may follow. */
MUST struct err *handover_may(struct job *job, const struct seen_handover *h, const char *event);

/* The command that takes a case on from its state; and the same check for work on the case: it is
 * in progress, or the error says which command is next. */
const char *handover_way_on(struct job *job, const char *state);
MUST struct err *handover_under_way(struct job *job, const struct seen_handover *h);

/* ERR_FORBIDDEN when the leaver, who may have a role here, is the one who decides. */
MUST struct err *handover_not_own(struct job *job, const struct seen_handover *h,
                                  const char *transition);

bool handover_is_open(const struct seen_handover *h); /* none of the three ends */

/* Binds what the statements about scope and items take a case by; handover is bound apart. */
void handover_bind(struct binds *b, const struct seen_handover *h);

/* Until which day whoever takes over must be here: the return, else the last day. */
const char *until_when(const struct seen_handover *h);

/* Days from today in the zone (NULL: in UTC) to a day; negative when it is over. */
int64_t days_until(struct job *job, const char *zone, const char *day);

/* ERR_CONFLICT (guard an_administrator_stays of the transition) when nobody else could administer.
 */
MUST struct err *an_administrator_stays(struct job *job, const struct seen_handover *h,
                                        const char *transition);

/* ---- Scope and plan (handover_plan.c) -------------------------------------------------------- */

struct err *decide_schedule(struct job *job, const void *params, const void *seen);
struct err *decide_rescope(struct job *job, const void *params, const void *seen);

/* Adds steps for everything that a cancelled case had covered. */
MUST struct err *lay_out_again(struct job *job, const struct seen_handover *h);

/* Adds the events that put accounts into the scope, and name the successors that are proposed. */
struct scoped {
    const char *account;
    const char *position, *person; /* NULL: nobody is proposed */
    const char *unit, *holder;     /* of a mapping: the new unit, the new company; NULL: the same */
};
void scope_add(struct job *job, const char *handover, const struct scoped *scoped, size_t n);

/* The rows of the statement handover_scope as these. */
struct scoped *scoped_rows(struct job *job, const struct rows *rows);

/* Adds one handover.successor_named for rows of the scope. */
void successor_name(struct job *job, const char *handover, const struct list *rows,
                    const struct list *accounts, const char *position, const char *person);

/* ---- When steps are due (handover_due.c) -------------------------------------------------------
 */

/* The day that steps are due by: the last day of work; now, once the case is hostile. */
int64_t due_anchor(const struct job *job, const struct seen_handover *h, const char *last_day,
                   const struct due_place *place);

/* Adds due_at, due_on, due_local and, if so, too_late to a step of an event. */
void due_tell(struct job *job, json_t *step, const struct timed_step *timed);

/* Another last day: what is done or was set by hand stays as it is. Of h the person with status,
 * the zone and the last day are looked at. */
MUST struct err *handover_reanchor(struct job *job, const char *handover,
                                   const struct seen_handover *h, const char *last_day);

struct due_params {
    struct ref handover;
    const char *steps, *day, *time, *reason;
    bool by_rule;
};
extern const struct field step_due_fields[];
struct err *step_decide_due(struct job *job, const void *params, const void *seen);

/* ---- Before anything is created (handover_foreseen.c, drill.c) --------------------------------
 */

struct plan_params {
    struct ref person, to, lead;
    const char *last_day, *kind, *back, *zone;
    bool hostile, candidates;
    struct list successor;
};
extern const struct field plan_fields[];
struct err *answer_plan(struct job *job, const void *params, const char **ret);
extern const struct field plan_shape[];

struct drill_params {
    struct ref person;
    const char *last_day, *reason;
};
extern const struct field drill_fields[];
struct err *decide_drill(struct job *job, const void *params, const void *seen);
void drill_result(struct job *job, const json_t *after);

/* ---- Acceptance (handover_accept.c) ---------------------------------------------------------- */

struct err *answer_inventory(struct job *job, const void *params, const char **ret);
struct err *decide_accept(struct job *job, const void *params, const void *seen);

/* ---- Steps (step.c) -------------------------------------------------------------------------- */

/* The statement handover_steps. */
struct step {
    const char *id, *state, *kind, *name, *account, *covers, *assignee, *performer, *verifier;
    const char *evidence, *note, *asked_by, *asked_why, *actor, *until, *expires_on;
    const char *next; /* who does it, when the assignee is gone */
    const char *approved_by, *condition, *layers;
    int64_t number, wait_days, done_ms, laid_ms;
    bool irreversible, approve, has_file, still_held, stale, account_gone;
    struct list needs;
};
struct steps {
    struct step *at;
    size_t n;
    const struct zone *zone; /* of the case; NULL: UTC */
};
MUST struct err *steps_load(struct job *job, const char *handover, struct steps *ret);
/* A stale step has to be verified anew. */
bool step_ended(const struct step *s);
bool step_is_open(const struct step *s); /* neither ended nor done */

/* The calendar's day where the case is. */
int64_t steps_today(const struct job *job, const struct steps *steps);

/* Why a step that is pending or waiting cannot be begun yet, or NULL for one in another state. */
MUST struct err *step_keeps_waiting(struct job *job, const struct steps *all, const struct step *s);

/* What time alone moves: adds handover.step_wait_over for steps that have waited long enough,
 * handover.step_reopened for waivers that have run out. */
void steps_pass_time(struct job *job, const char *handover, struct steps *steps);

/* Adds handover.step_ready for every pending step whose needs are done and whose wait is over. */
void steps_unblock(struct job *job, const char *handover, struct steps *steps);

/* Steps get another assignee: handover.step_reassigned for those that somebody can work on,
 * handover.step_planned for those whose turn has not come or that failed. Needs id and state. */
void steps_give(struct job *job, const char *handover, struct step *const *steps, size_t n,
                const char *person);

/* Of steps that somebody is to work on again, those whose assignee is gone go to others. */
void steps_find_hands(struct job *job, const char *handover, struct step *const *steps, size_t n);

/* Steps are open again (handover.step_reopened); what needs them waits for them again, and what was
 * built on them must be verified anew (step.h's step_reopen.c). The reason is the command's where
 * it is NULL. */
void steps_reopen(struct job *job, const char *handover, const struct steps *all,
                  struct step *const *chosen, size_t n, const char *reason);

/* ERR_CONFLICT (guard needs_ended) when a step needs one that is open again, or still. */
MUST struct err *step_needs_nothing(struct job *job, const struct steps *all, const struct step *s);

/* The steps that "4", "3-7", "2,5-6" or "all" means; all are those in a state from which the event
 * may follow, or one of several events, "claim rework". ERR_INVALID (field steps) for a number that
 * is not there. An error calls what is wanted `doing`. */
MUST struct err *steps_choose(struct job *job, const struct steps *all, const char *words,
                              const char *event, const char *doing, struct step ***ret,
                              size_t *ret_n);

/* An event about these steps: to be completed by the caller. */
struct event *steps_event(struct job *job, const char *type, const char *handover,
                          struct step *const *steps, size_t n);

#endif
