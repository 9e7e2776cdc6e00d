/* foresee.h - a handover that nobody has opened: everything that it would have to do, when, and
 * what would go wrong. Nothing is stored. */
#ifndef APP_FORESEE_H
#define APP_FORESEE_H

#include "handover_plan.h"
#include "template.h"

/* Something that would go wrong. */
struct risk {
    const char *code; /* sole_owner, few_owners, single, locked, login, sole_control, … */
    const char *item, *account, *why;
    const char *name; /* of the account; NULL: none */
};

/* Somebody who is to take an account over. */
struct chosen {
    const char *person, *person_ref, *position_ref;
};

struct foresight {
    /* What if? The person must be said. */
    const char *person;
    const char *last_day; /* NULL: today, at the person's place */
    const char *seat;     /* the position that they move to, which keeps what it justifies; NULL */
    const char *kind;     /* of the case; NULL: leaver, or mover where there is a seat */
    const char *zone;     /* of the last day; NULL: the person's */
    bool hostile;
    const struct map *chosen; /* account id → struct chosen; NULL: those who are proposed */

    /* Then this. */
    int64_t anchor, today; /* days, at the person's place */
    const char *place;     /* NULL: none is known */
    struct rows *scope, *items;
    struct plan_account *accounts;
    struct plan plan; /* the accounts' steps, then one for each item */
    struct risk *risks;
    size_t risks_n;
    size_t without_successor, too_late, rotations;
    int64_t wait_days; /* the longest way through the waits */
    size_t *path;      /* the steps along it */
    size_t path_n;

    /* What was asked for it. */
    struct rows *kind_rows, *risk_rows;
    struct basis basis;
};

/* As of the job's now. */
MUST struct err *foresee(struct job *job, struct foresight *f);

/* The same asked and told: with what the caller asks beside, all of it costs one way to the
 * database. Whom the asker chose has to be known only when it is told. */
MUST struct err *foresee_ask(struct job *job, struct foresight *f);
MUST struct err *foresee_told(struct job *job, struct foresight *f);

/* Asks a statement that takes a case by its person, kind and day. */
MUST struct err *foresee_ask_for(struct job *job, const struct foresight *f, const char *statement,
                                 struct rows **ret);

/* What handover plan answers, but for what passes with the days. */
json_t *foresight_json(struct job *job, const struct foresight *f);

#endif
