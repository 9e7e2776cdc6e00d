/* run.h - another program, fed and heard. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "base/bytes.h"
#include "base/err.h"

enum { RUN_OUTPUT_MAX = 1 << 20 };

/* Run argv (found by PATH) with input on its standard input (NULL: ours), its standard error ours.
 * *ret is what it wrote on standard output (NULL: that is ours too). ERR_SYSTEM when it cannot be
 * run, ERR_UNSIGNED when it ends with another status than 0. */
MUST struct err *program_run(struct arena *mem, const char *const *argv, const char *input,
                             const char **ret);

#endif
