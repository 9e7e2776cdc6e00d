/* newest.h - the newest checkpoint that this process has given out, and that the database still
 * stands on it. */
#ifndef APP_NEWEST_H
#define APP_NEWEST_H

#include "store/log.h"

struct newest {
    char note[1024]; /* "": none yet */
    uint64_t size;
};
void newest_get(struct newest *ret);

/* When it is newer than the one known. */
void newest_set(const char *note, uint64_t size);

/* ERR_BROKEN when the log under the lock is not that checkpoint's, grown longer: the connection has
 * come to a server that has not got all of it, or is somebody else's. Before anything is decided.
 */
MUST struct err *newest_holds(struct arena *mem, struct store *s, const struct log_head *head);

#endif
