/* seal.h - checkpoints with the root over all subjects. */
#ifndef APP_SEAL_H
#define APP_SEAL_H

#include "app/job.h"
#include "log/heads.h"

struct seal {
    uint64_t size;
    const char *note;
    struct head *heads; /* sorted */
    size_t n;
};

/* The seal of a size; 0 means the newest. Made once and kept: the same bytes come out again. */
MUST struct err *seal_make(struct arena *mem, struct store *store, const struct service *service,
                           uint64_t size, struct seal *ret);

#endif
