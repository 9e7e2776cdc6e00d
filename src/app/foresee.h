/* foresee.h - a handover that nobody has opened: everything that it would have to do, when, and
 * what would go wrong. Nothing is stored. */
#ifndef APP_FORESEE_H
#define APP_FORESEE_H

#include "handover_plan.h"

/* Something that would go wrong. */
struct risk {
    const char *code; /* sole_owner, few_owners, single, locked, login, sole_control, … */
    const char *item, *account, *why;
};

struct foresight {
    const char *person, *last_day;
    const char *seat;      /* where the person moves to; NULL: they leave */
    int64_t anchor, today; /* days, at the person's place */
    const char *place;     /* NULL: none is known */
    const struct rows *scope, *items;
    struct plan_account *accounts;
    struct plan plan; /* the accounts' steps, then one for each item */
    struct risk *risks;
    size_t risks_n;
    size_t without_successor, too_late, rotations;
    int64_t wait_days; /* the longest way through the waits */
    size_t *path;      /* the steps along it */
    size_t path_n;
};

/* As of the job's now; last_day NULL: today, at the person's place. seat: the position that the
 * person moves to, which keeps what it justifies; NULL: all must go. */
MUST struct err *foresee(struct job *job, const char *person, const char *last_day,
                         const char *seat, struct foresight *ret);

/* What handover plan answers, but for what passes with the days. */
json_t *foresight_json(struct job *job, const struct foresight *f);

#endif
