/* awaited.h - how far long work is that somebody waits for. It is told while the work lasts, in
 * this process, to whoever knows its name; nothing of it is kept. */
#ifndef APP_AWAITED_H
#define APP_AWAITED_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct awaited;

/* Until mem is freed. NULL when too much is told of already: the others do nothing with it. */
struct awaited *awaited_begin(struct arena *mem, const char *name);

/* What is done now, a word, and in how many steps; 0: it is not known. */
void awaited_phase(struct awaited *p, const char *word, size_t all);

/* One more step is done; of any thread. */
void awaited_step(struct awaited *p);

struct awaited_view {
    const char *phase;
    size_t done, all;
};
bool awaited_look(const char *name, struct awaited_view *ret); /* false: there is none */

#endif
