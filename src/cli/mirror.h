/* mirror.h - the files below /log/: from the service, or kept in a folder of one's own. */
#ifndef CLI_MIRROR_H
#define CLI_MIRROR_H

#include "tiles.h"

struct mirror {
    struct cli *cli;
    const char *folder; /* NULL: none */
    bool offline;       /* ask nobody */
};

/* A log_file_fn; ctx is a struct mirror. Tiles never change: one that is in the folder is not
 * fetched again, one that is fetched is put there. The checkpoint is always asked for, unless
 * offline. */
log_file_fn mirror_read;

/* Keep a file in the folder, if there is one. */
MUST struct err *mirror_keep(struct arena *mem, const struct mirror *m, const char *path,
                             struct bytes content);

#endif
