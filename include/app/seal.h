/* seal.h - checkpoints with the root over all subjects. */
#ifndef APP_SEAL_H
#define APP_SEAL_H

#include "app/job.h"
#include "log/heads_top.h"

struct seal {
    uint64_t size;
    const char *note;
    const char *vkey;        /* of the key that signed it: the log's key now, whatever the size */
    struct heads_top *heads; /* the tree over all subjects */
    struct list cosigned;    /* after seal_cosign(): the keys of the witnesses that did */
};

/* The seal of a size; 0 means the newest. Made once and kept: the same bytes come out again, until
 * the log's key is another. */
MUST struct err *seal_make(struct arena *mem, struct store *store, const struct service *service,
                           uint64_t size, struct seal *ret);

/* What there is of a tag under the seal. */
MUST struct err *seal_prove(struct arena *mem, struct store *store, const struct seal *seal,
                            struct digest tag, struct heads_proof *ret);

/* Ask the witnesses for their cosignatures, and put those that there are under the note. only:
 * those by these keys and no others, without asking; NULL: all. */
MUST struct err *seal_cosign(struct arena *mem, struct store *store, const struct service *service,
                             const struct list *only, struct seal *seal);

/* "1 of 2": how many of the witnesses have cosigned; NULL when none are asked. */
const char *seal_witnesses(struct arena *mem, const struct service *service,
                           const struct seal *seal);

#endif
