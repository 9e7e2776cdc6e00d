/* leaving.h - somebody leaves, moves or is away: what is asked on the way to a case, page by page,
 * and what the plan of it looks like. */
#ifndef WEB_LEAVING_H
#define WEB_LEAVING_H

#include "find.h"
#include "form.h"
#include "visit.h"

/* What was told so far: every page's form carries what the pages before were told, so that nothing
 * is kept here. */
struct leaving {
    struct visit *v;
    struct sent told;
    struct map *values; /* the first of each name that was told */
    const char *step;   /* which page is asked for: "who", "plan"; NULL: who takes over */
    const json_t *plan; /* the answer of handover plan; NULL: not all that it needs was told */
    const json_t *person;
    const struct err *trouble; /* why there is no plan; NULL: nothing is wrong */
    const struct err *refusal; /* why the plan was not taken to be signed; NULL: it was not sent */
    json_t *found;         /* by field, who or what may be meant (find.h); NULL: not looked for */
    struct job *offers[2]; /* whom and what the first page offers */
    const char *nouns[2];
    size_t offered;
    bool named; /* somebody was told by name, and is told by their key now */
};

/* What was told under a name, without blanks around it; NULL: nothing. */
const char *leaving_told(const struct leaving *l, const char *name);

/* Whoever leaves against the company's will is a kind to people; to the registry a leaver's case
 * that goes hostile. */
bool leaving_is_hostile(const struct leaving *l);
const char *leaving_kind(const struct leaving *l);

/* Reads what was told, by the query or the form; and what a kind of case still wants to be told
 * before there can be a plan of it, NULL: nothing. */
MUST struct err *leaving_read(struct leaving *l);
const char *leaving_missing(const struct leaving *l);

/* Is there something in the way of the case, that the plan knows of already? NULL: nothing. */
const char *leaving_obstacle(const struct leaving *l);

/* The plan again, with all that was told, and why it was refused. */
MUST struct err *leaving_refuse(struct leaving *l, struct worker *w, const struct err *e);

/* leaving_sign.c: all that is told, as acts of one signature. */
void leaving_run_open(struct exchange *x, struct worker *w);

/* ---- leaving_draw.c: what the pages show ----------------------------------------------------- */

/* {"title", what was told, "carried":[{"name","value"},…],"chosen":[…],"fields","kinds",…} */
json_t *leaving_data(const struct leaving *l);

/* Adds to the page that asks who and when whom it offers, and whom it found. */
void leaving_add_offers(const struct leaving *l, json_t *data);

/* Adds each account with who could take it; adds what is chosen, the picture and the lists. */
void leaving_add_accounts(const struct leaving *l, json_t *data);
void leaving_add_plan(const struct leaving *l, json_t *data);

/* leaving_gantt.c: the way that takes the longest, and each account, as bars on a line of days. */
void leaving_add_gantt(const struct leaving *l, json_t *data);

#endif
