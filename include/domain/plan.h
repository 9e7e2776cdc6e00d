/* plan.h - what a handover has to do: the playbook's steps for every account that the leaver
 * answers for, and one step for everything else that the leaver holds or knows. Pure. */
#ifndef DOMAIN_PLAN_H
#define DOMAIN_PLAN_H

#include "domain/playbook.h"
#include "domain/schedule.h"

/* An account of the scope, and who takes it. */
struct plan_account {
    const char *id, *ref;
    const char *playbook; /* id of the version that is pinned */
    const struct playbook *steps;
    const char *successor; /* id of the person; NULL while nobody is named */
    const char *name;      /* the playbook and its version: "linkedin_group 3" */
    const json_t *content; /* of the playbook; NULL: it is no platform's */
    const char *template;  /* what the steps are made of, and its SHA-256; NULL: not said */
    const char *digest;
};

/* Something that the leaver holds or knows and that must end. */
struct plan_item {
    const char *kind;     /* revoke, rotate, retire, control, duty, heir, custody */
    const char *id, *ref; /* what it is about */
    const char *account;  /* id; NULL: none */
    const char *what;     /* for the title: "owner of acme-group" */
    const char *owner;    /* id of who answers for that account, unless it is the leaver */
};

struct plan_step {
    int64_t number;
    const char *kind; /* playbook, or the item's kind */
    const char *account, *covers, *name, *title, *detail, *actor, *assignee, *evidence, *basis;
    const char *playbook;
    const char *condition, *layers;    /* why it may not be needed, as JSON; what made it */
    const char *skip;                  /* why it is not needed; NULL: it is */
    const struct plan_account *of;     /* of a playbook's step */
    int64_t needs[PLAYBOOK_STEPS_MAX]; /* numbers of steps */
    unsigned needs_n;
    int64_t wait_days;
    bool irreversible, approve;
    struct due_rule rule; /* the playbook's, or the usual one */
};

struct plan {
    struct plan_step *steps;
    struct timed_step *timed; /* as many; NULL before plan_schedule() */
    size_t n;
};

/* Who does what: the leaver's steps go to the leaver, the successor's to whoever takes the account,
 * the rest to the case's lead. Numbers go on after `numbered`. */
struct plan plan_make(struct arena *mem, const char *leaver, const char *lead,
                      const struct plan_account *accounts, size_t accounts_n,
                      const struct plan_item *items, size_t items_n, int64_t numbered);

/* When its steps are due, from the last day of work; `numbered` as for plan_make(). */
MUST struct err *plan_schedule(struct arena *mem, struct plan *plan, int64_t numbered,
                               const struct due_place *place, int64_t last_day, int64_t now);

/* The longest path of waits of a playbook, in days. */
int64_t playbook_wait(const struct playbook *p);

#endif
