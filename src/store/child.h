/* child.h - running PostgreSQL's programs as another user, and clearing away what one has left. */
#ifndef STORE_CHILD_H
#define STORE_CHILD_H

#include "base/err.h"

#include <stdbool.h>

#include <sys/types.h>

/* The path of one of the server's programs; version: a major one that must be it, or NULL. */
MUST struct err *server_program(struct arena *mem, const char *name, const char *version,
                                const char **ret);

/* A child that runs argv as user (NULL: as we are), its output in the file log; when deadly, it
 * gets SIGQUIT as soon as the thread that made it is gone. */
MUST struct err *child_run(struct arena *mem, const char *const *argv, const char *user,
                           const char *log, bool deadly, pid_t *ret);

/* Ends every process whose current folder this is, and waits until they are gone. */
void end_processes_in(const char *folder);

/* The last line of a log that says what was wrong. */
const char *last_words(struct arena *mem, const char *log);

#endif
