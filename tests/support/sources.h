/* sources.h - what the program can say, read out of its sources: for tests that hold catalogues to
 * it. */
#ifndef SUPPORT_SOURCES_H
#define SUPPORT_SOURCES_H

#include "base/arena.h"

#include <stdbool.h>

/* A text between quotes; in C those that stand behind one another are one. */
struct literal {
    const char *file; /* "app/key.c" */
    const char *text;
    bool in_function;
    bool in_table; /* by its place: no .help = and not of a macro */
    struct literal *next;
};

/* Of all sources of a folder ("src/app", "sql/query"). */
struct literal *literals_in_c(struct arena *mem, const char *folder);
struct literal *literals_in_sql(struct arena *mem, const char *folder);

/* "the key %s has %zu" as "the key {1} has {2}"; {handover} of a guard too. */
const char *format_pattern(struct arena *mem, const char *format);

#endif
