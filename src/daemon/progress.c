/* progress.c - how far long work is: a line at a terminal, a line now and then elsewhere; see
 * backup.h. */
#include "backup.h"

#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

struct progress progress_begin(const char *what, bool quiet)
{
    return (struct progress){what, clock_ms(), 0, isatty(STDERR_FILENO), quiet};
}

/* Nothing in the first second: most of it is over by then. */
static bool is_time(const struct progress *p, int64_t now)
{
    enum { AFTER_MS = 1000, EACH_MS = 500, LINE_EACH_MS = 5000 };

    if (p->quiet)
        return false;
    if (p->live)
        return now - p->since >= AFTER_MS && now - p->said >= EACH_MS;
    return now - (p->said ? p->said : p->since) >= LINE_EACH_MS;
}

void progress_say(struct progress *p, uint64_t done, uint64_t of, bool bytes)
{
    const double unit = bytes ? 1e6 : 1;
    int64_t now = clock_ms();

    if (!is_time(p, now))
        return;
    p->said = now;
    fprintf(stderr, "%s%s", p->live ? "\r" : "tenured: ", p->what);
    if (done)
        fprintf(stderr, " %.0f", (double)done / unit);
    if (of)
        fprintf(stderr, " of %.0f", (double)of / unit);
    fprintf(stderr, "%s%s", bytes && done ? " MB" : "", p->live ? "        " : "\n");
}

void progress_end(const struct progress *p)
{
    if (p->said && p->live)
        fprintf(stderr, "\r%60s\r", "");
}
