/* rotation.h - in which order secrets must change.
 *
 * If a control point f can reset account a, f's secrets come before a's. Accounts that can reset
 * each other in a circle are one unit, done in one sitting. Pure: a graph in, an order out.
 */
#ifndef DOMAIN_ROTATION_H
#define DOMAIN_ROTATION_H

#include "base/arena.h"

#include <stdbool.h>

struct reset {
    const char *by, *of; /* ids of accounts: `by` can reset `of` */
};

struct rotation_place {
    const char *account;
    unsigned sitting; /* 1, 2, …: those of one number are done together, lower ones first */
    bool circle;      /* the sitting is a circle of several accounts */
};

/* One place for each account, in order. Resets that name other accounts are passed
 * over. Accounts that nothing orders keep the order in which they came. */
struct rotation_place *rotation_order(struct arena *mem, const char *const *accounts, size_t n,
                                      const struct reset *resets, size_t resets_n);

#endif
