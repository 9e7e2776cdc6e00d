/* walker.h - what a random walk looks at after every command. */
#ifndef WALKER_H
#define WALKER_H

#include "stories.h"

#include "base/map.h"
#include "base/text.h"

#include <libpq-fe.h>

enum { WALK_STATES = 20 };
extern const char *const walk_states[WALK_STATES]; /* of both machines: "handover failed", … */

struct walk {
    struct arena *mem; /* of the step at hand */
    struct instance *i;
    PGconn *conn; /* as the owner, to look at the state and the log */
    uint64_t dice, seed;
    size_t step, names;
    const char *file;
    int64_t index;      /* the first entry that was not looked at */
    struct arena *kept; /* of what follows */
    struct map *states; /* id of a case or step: its state, by the events */
    struct map *stale;  /* ids of steps that are to be verified anew */
    size_t reached[WALK_STATES];
};

struct walk *walk_new(struct arena *mem, struct instance *i, uint64_t seed);
void walk_end(struct walk *w);

/* ---- walker.c -----------------------------------------------------------------------------------
 */

/* A number below n. */
size_t walk_below(struct walk *w, size_t n);

/* One of the rows of a question to the state, or a word that names nothing. */
const char *walk_one_of(struct walk *w, const char *sql);

/* A day, from so many days after today on, within a span. */
const char *walk_day(struct walk *w, int64_t from, size_t span);

/* A random command by a random person. */
void walk_try(struct walk *w);

/* ---- walker_ways.c ------------------------------------------------------------------------------
 */

void walk_way(struct walk *w);

/* ---- walker_look.c ------------------------------------------------------------------------------
 */

/* A question to the state, in which $1 is the walk's clock. */
PGresult *walk_ask(struct walk *w, const char *sql);

/* Tries a command. Refused in a way that people are refused, or done; then looks. */
void walk_act(struct walk *w, const char *who, const char *command, const char *params);

/* Follows the entries since through the tables of both machines, and asks the standing rules. */
void walk_look(struct walk *w);

#endif
