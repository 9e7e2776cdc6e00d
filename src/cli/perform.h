/* perform.h - one command from its checked words to its output. */
#ifndef CLI_PERFORM_H
#define CLI_PERFORM_H

#include "parse.h"

MUST struct err *perform(struct arena *mem, struct cli *cli, struct call *call);

/* key enrol: the one change of somebody who has no profile yet, and gets one by it. */
MUST struct err *perform_enrol(struct arena *mem, struct cli *cli, struct call *call);

/* A change that is signed and sent; *ret is the answer, whose checkpoint is not yet looked at. */
struct trust;
struct answer;
MUST struct err *change_send(struct arena *mem, struct cli *cli, struct call *call,
                             struct answer *ret, bool *ret_late);

/* The keys of the things of a noun that begin with prefix, a line each: for completion. Says
 * nothing when it may not ask. */
void complete(struct arena *mem, struct cli *cli, const char *noun, const char *prefix);

#endif
