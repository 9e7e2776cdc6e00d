/* child.h - running PostgreSQL's programs as another user, and clearing away what one has left. */
#ifndef STORE_CHILD_H
#define STORE_CHILD_H

#include "base/err.h"

#include <sys/types.h>

/* The path of one of the server's programs; version: a major one that must be it, or NULL. */
MUST struct err *server_program(struct arena *mem, const char *name, const char *version,
                                const char **ret);

/* A child that runs argv as user (NULL: as we are), its output at the end of the file log. It gets
 * nothing else of ours: no open files, no environment. It is sent SIGQUIT as soon as the thread
 * that made it is gone. */
MUST struct err *child_run(struct arena *mem, const char *const *argv, const char *user,
                           const char *log, pid_t *ret);

/* Waits for its end; what waitpid() says of it. */
int child_wait(pid_t pid);

/* "was killed by signal 9", "ended with status 1". */
const char *child_end(struct arena *mem, int status);

/* A folder that only this user (NULL: we) and root can enter; made when it is not there. One that
 * somebody else made is refused. */
MUST struct err *own_folder(struct arena *mem, const char *path, const char *user);

/* Ends every process of PostgreSQL whose current folder this is, and waits until they are gone.
 * ERR_SYSTEM when they do not go: nothing must be started there then. */
MUST struct err *end_processes_in(struct arena *mem, const char *folder);

/* What is wrong, of all that a log says from this byte on. */
const char *last_words(struct arena *mem, const char *log, off_t from);

#endif
