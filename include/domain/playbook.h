/* playbook.h - how a platform's accounts are handed over: versioned data with steps, needs, waits,
 * demanded evidence and what cannot be undone. */
#ifndef DOMAIN_PLAYBOOK_H
#define DOMAIN_PLAYBOOK_H

#include "base/err.h"
#include "domain/due.h"
#include "json/json.h"

enum { PLAYBOOK_STEPS_MAX = 64, PLAYBOOK_LINES_MAX = 32 };

struct playbook_step {
    const char *id, *title, *detail;
    const char *actor;    /* leaver, successor, admin, legal */
    const char *evidence; /* screenshot, note, url */
    const char *basis;    /* found (in a source) or gk (general knowledge) */
    bool irreversible;
    bool approve; /* another person must approve it before it is done */
    int64_t wait_days;
    const json_t *condition; /* member "if"; NULL: always */
    const char *left_out;    /* member "skip": why it is not done here; NULL: it is */
    const char *layers;      /* which playbook and overrides made it; NULL: it does not say */
    const char *skip;        /* why it is not needed for the account at hand; NULL: it is */
    bool has_due;            /* its own rule, member "due": "-3 work 17:00" */
    struct due_rule due;
    unsigned needs[PLAYBOOK_STEPS_MAX]; /* indexes of steps of the same playbook */
    unsigned needs_n;
};

/* Something that is said of the platform, and whether a source says it. */
struct playbook_line {
    const char *text, *basis;
};

struct playbook {
    const char *platform;
    const char *hostile_class; /* peer, single, login or locked; NULL: it does not say */
    struct playbook_step steps[PLAYBOOK_STEPS_MAX];
    unsigned n;
    struct playbook_line recovery[PLAYBOOK_LINES_MAX]; /* against a hostile leaver */
    unsigned recovery_n;
};

/* Checked: every need is known, there is no cycle, every actor and evidence is one of the words. */
MUST struct err *playbook_parse(struct arena *mem, const json_t *content, struct playbook *ret);

/* The roles that accounts of the kind have on the platform, the highest first; NULL: no playbook
 * names them. */
const json_t *playbook_roles(const char *platform, const char *kind);

/* The fewest active owners an account of this kind should have: 2, or less where the platform has
 * fewer places. */
int64_t playbook_min_owners(const char *platform, const char *kind);

#endif
