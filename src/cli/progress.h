/* progress.h - a line on the terminal for work that takes more than a second. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli.h"

#include <stdint.h>

struct progress {
    const struct cli *cli;
    const char *what;     /* "sending contract.pdf" */
    int64_t began, shown; /* milliseconds of a clock that only goes forward */
    bool visible;
};

void progress_begin(struct progress *p, const struct cli *cli, const char *what);

/* done of total, in what unit says ("entries", or "bytes" for sizes people read); total 0: not
 * known. Nothing is shown in the first second. */
void progress_at(struct progress *p, uint64_t done, uint64_t total, const char *unit);
void progress_end(struct progress *p); /* the line is gone afterwards */

int64_t clock_ms(void); /* forward only */

#endif
