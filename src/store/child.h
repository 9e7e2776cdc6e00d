/* child.h - running PostgreSQL's programs as another user, and clearing away what one has left. */
#ifndef STORE_CHILD_H
#define STORE_CHILD_H

#include "base/err.h"

#include <sys/types.h>

/* The path of one of the server's programs; version: a major one that must be it, or NULL. */
MUST struct err *server_program(struct arena *mem, const char *name, const char *version,
                                const char **ret);

struct child {
    const char *const *argv;
    const char *user;   /* NULL: as we are */
    const char *log;    /* its output goes to the end of this file */
    const char *folder; /* where it is; NULL: the root */
    int parting;        /* the signal it is sent as soon as the thread that made it is gone */
};

/* It gets nothing else of ours: no open files, no environment. */
MUST struct err *child_run(struct arena *mem, const struct child *child, pid_t *ret);

/* Waits for its end; what waitpid() says of it. */
int child_wait(pid_t pid);

/* "was killed by signal 9", "ended with status 1". */
const char *child_end(struct arena *mem, int status);

/* A folder that only this user (NULL: we) and root can enter; made when it is not there. One that
 * somebody else made is refused. */
MUST struct err *own_folder(struct arena *mem, const char *path, const char *user);

/* Ends every process called this (NULL: whatever it is called) whose current folder this is, and
 * waits until they are gone. ERR_SYSTEM when they do not go: nothing must be started there then. */
MUST struct err *end_processes_in(struct arena *mem, const char *folder, const char *called);

/* What is wrong, of all that a log says from this byte on. */
const char *last_words(struct arena *mem, const char *log, off_t from);

#endif
