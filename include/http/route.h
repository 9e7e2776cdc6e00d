/* route.h - which command a method and a path mean.
 *
 * A template is a path whose parts may be {name}: any one part, escaped or not; {name}.end: a part
 * with this end; and last of all {name*}: all that is left. Literal parts win over names.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "app/command.h"

struct exchange;
struct worker;

struct route {
    const char *method, *path;
    const struct noun *noun; /* NULL: a page of our own */
    const struct command *command;
    void (*run)(struct exchange *x, struct worker *w); /* ends with exchange_back() … */
    bool at_once; /* … but for this: it never waits, and the loop runs it, without a worker */
    size_t fixed; /* bytes of the template before its first name; routes_add() counts them */
};

struct routes {
    struct arena *mem;
    struct route *at;
    size_t n, room;
};

void routes_add(struct routes *r, struct route route);

/* Every command of the noun that HTTP can ask for. */
void routes_add_noun(struct routes *r, const struct noun *noun,
                     void (*run)(struct exchange *, struct worker *));

enum { ROUTE_PARAMS_MAX = 4 };

struct route_match {
    const struct route *route; /* NULL: none */
    struct {
        const char *name, *value; /* the value still escaped */
    } params[ROUTE_PARAMS_MAX];
    size_t n;
    const char *allow; /* the path is known, the method is not: "GET, HEAD, POST"; else NULL */
};

/* A HEAD without a route of its own goes where GET goes. */
void route_find(const struct routes *r, struct arena *mem, const char *method, const char *path,
                struct route_match *ret);

#endif
