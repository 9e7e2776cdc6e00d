/* housekeeping.h - what has to be done now and then, and nobody asks for: files that no entry has
 * named for long are thrown away, and what somebody was about to sign. A thread of its own, so that
 * a slow database keeps nobody waiting; several services on one database may do it all at once. */
#ifndef DAEMON_HOUSEKEEPING_H
#define DAEMON_HOUSEKEEPING_H

#include "base/err.h"

struct housekeeping;

/* database: as libpq takes it; it must live as long. */
MUST struct err *housekeeping_start(struct arena *mem, const char *database,
                                    struct housekeeping **ret);
void housekeeping_stop(struct housekeeping *h); /* NULL is fine */

#endif
