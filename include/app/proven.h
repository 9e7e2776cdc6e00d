/* proven.h - as of when an ownership proof can be asked for. */
#ifndef APP_PROVEN_H
#define APP_PROVEN_H

#include "base/err.h"

#include <stdint.h>

/* A time that is over, so that asking again later gives the same; else as_of is at fault. */
MUST struct err *proof_time_check(struct arena *mem, const char *as_of, int64_t now);

#endif
