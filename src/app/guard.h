/* guard.h - a refusal names the guard that is not met, and what would meet it. */
#ifndef APP_GUARD_H
#define APP_GUARD_H

#include "app/job.h"
#include "domain/machine.h"

/* "H2 successor: what is wrong; what to do". The command must have a parameter handover; steps are
 * the numbers to show in what to do, or NULL. The transition must have the guard. */
struct err *machine_refuse(struct job *job, enum err_kind kind, const char *transition,
                           const char *guard, const char *steps, const char *fmt, ...) PRINTF(6, 7)
    __attribute__((returns_nonnull));

/* The same about one parameter, ERR_INVALID. */
struct err *machine_wants(struct job *job, const char *field, const char *transition,
                          const char *guard, const char *fmt, ...) PRINTF(5, 6)
    __attribute__((returns_nonnull));

#endif
