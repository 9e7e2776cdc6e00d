/* problem.h - what went wrong: out of the service's answer, and to the person or program outside.
 */
#ifndef CLI_PROBLEM_H
#define CLI_PROBLEM_H

#include "base/err.h"
#include "cli.h"
#include "http.h"

/* The error that an answer with a status from 400 on holds (RFC 9457). Its own text is kept in
 * cli->problem for --json. */
struct err *problem_of(struct arena *mem, struct cli *cli, const struct answer *a)
    __attribute__((returns_nonnull));

/* Write the error; returns the exit status. */
int problem_write(struct cli *cli, const struct err *e);

#endif
