/* tour.h - every way to ask for a page, by the table of routes and that of commands: what holds for
 * all pages is asked of all, and of the one that comes next too. */
#ifndef TOUR_H
#define TOUR_H

#include "visitor.h"

/* One request: a form where something is sent. */
struct stop {
    const char *method, *path, *form;
};

struct tour {
    struct stop *at;
    size_t n;
};

/* Of a company that has something of most nouns, and acts that are to be signed, done and tried.
 * The session goes on: the form that would end it is refused. */
struct tour tour_of(const struct desk *d);

/* By whoever the desk is of, or by a stranger. */
struct said tour_stop(const struct desk *d, const char *cookie, const struct stop *stop);

#endif
