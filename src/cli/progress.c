/* progress.c - see progress.h. */
#include "progress.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

enum { QUIET_MS = 1000, EVERY_MS = 200, LINE_EVERY_MS = 5000 };

int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *p, const struct cli *cli, const char *what)
{
    *p = (struct progress){.cli = cli, .what = what, .began = clock_ms()};
}

/* "3.2 of 12.0 MB", "1200 of 3400 entries" */
static void show_count(FILE *out, uint64_t done, uint64_t total, const char *unit)
{
    if (strcmp(unit, "bytes") == 0 && total)
        fprintf(out, "%.1f of %.1f MB", (double)done / 1e6, (double)total / 1e6);
    else if (strcmp(unit, "bytes") == 0)
        fprintf(out, "%.1f MB", (double)done / 1e6);
    else if (total)
        fprintf(out, "%" PRIu64 " of %" PRIu64 " %s", done, total, unit);
    else
        fprintf(out, "%" PRIu64 " %s", done, unit);
}

/* Where no line can be written over: a new one every few seconds. */
static void say_line(struct progress *p, int64_t now, uint64_t done, uint64_t total,
                     const char *unit)
{
    int64_t last = p->shown ? p->shown : p->began;

    if (p->cli->options.quiet || now - last < LINE_EVERY_MS)
        return;
    p->shown = now;
    fprintf(p->cli->err, "tenure: %s: ", p->what);
    if (done || total)
        show_count(p->cli->err, done, total, unit);
    fprintf(p->cli->err, "%s%" PRId64 " s\n", done || total ? ", " : "", (now - p->began) / 1000);
}

void progress_at(struct progress *p, uint64_t done, uint64_t total, const char *unit)
{
    int64_t now = clock_ms();

    if (!p->cli->live) {
        say_line(p, now, done, total, unit);
        return;
    }
    if (now - p->began < QUIET_MS || now - p->shown < EVERY_MS)
        return;
    p->shown = now;
    p->visible = true;
    fprintf(p->cli->err, "\r%s: ", p->what);
    if (done || total)
        show_count(p->cli->err, done, total, unit);
    else
        fprintf(p->cli->err, "%" PRId64 " s", (now - p->began) / 1000);
    fputs("\033[K", p->cli->err);
    fflush(p->cli->err);
}

void progress_end(struct progress *p)
{
    if (p->visible)
        fputs("\r\033[K", p->cli->err);
    p->visible = false;
}
