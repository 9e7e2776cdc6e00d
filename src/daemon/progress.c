/* progress.c - how far long work is, for a person at a terminal; see backup.h. */
#include "backup.h"

#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

struct progress progress_begin(const char *what, bool quiet)
{
    return (struct progress){what, clock_ms(), 0, isatty(STDERR_FILENO) && !quiet};
}

/* Nothing in the first second: most of it is over by then. */
void progress_say(struct progress *p, uint64_t done, uint64_t of, bool bytes)
{
    enum { AFTER_MS = 1000, EACH_MS = 500 };
    const double unit = bytes ? 1e6 : 1;
    int64_t now = clock_ms();

    if (!p->live || now - p->since < AFTER_MS || now - p->said < EACH_MS)
        return;
    p->said = now;
    fprintf(stderr, "\r%s", p->what);
    if (done)
        fprintf(stderr, " %.0f", (double)done / unit);
    if (of)
        fprintf(stderr, " of %.0f", (double)of / unit);
    fprintf(stderr, "%s        ", bytes && done ? " MB" : "");
}

void progress_end(const struct progress *p)
{
    if (p->said)
        fprintf(stderr, "\r%60s\r", "");
}
