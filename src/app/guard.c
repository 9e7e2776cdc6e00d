/* guard.c - see guard.h. */
#include "guard.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

static const char *sentence(struct arena *mem, const char *fmt, va_list args) PRINTF(2, 0);

static const char *sentence(struct arena *mem, const char *fmt, va_list args)
{
    char text[600];

    vsnprintf(text, sizeof(text), fmt, args);
    return arena_copy(mem, text);
}

static struct err *refuse(struct job *job, enum err_kind kind, const char *transition,
                          const char *guard, const char *steps, const char *why)
{
    const char *said = job_said(job, "handover");
    const char *how =
        guard_how(job->mem, guard_of(transition, guard), said ? said : "HANDOVER", steps);

    return err_new(job->mem, kind, "%s %s: %s; %s", transition, guard, why, how);
}

struct err *machine_refuse(struct job *job, enum err_kind kind, const char *transition,
                           const char *guard, const char *steps, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *why = sentence(job->mem, fmt, args);
    va_end(args);
    return refuse(job, kind, transition, guard, steps, why);
}

struct err *machine_wants(struct job *job, const char *field, const char *transition,
                          const char *guard, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *why = sentence(job->mem, fmt, args);
    va_end(args);
    struct err *e = refuse(job, ERR_INVALID, transition, guard, NULL, why);
    e->field = field;
    return e;
}
