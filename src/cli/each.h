/* each.h - one change for many cases: "tenure handover start @scheduled". */
#ifndef CLI_EACH_H
#define CLI_EACH_H

#include "parse.h"

/* Was the case of a change said as several: "@STATE", "@open", or names with commas? */
bool says_many(const struct command *command, const struct said *said);

/* The same change for each of them, one after the other, each signed by itself. One that is refused
 * keeps none of the others back; what came of each is the answer. An error when one was refused, of
 * the first's kind. */
MUST struct err *perform_each(struct arena *mem, struct cli *cli, struct call *call);

#endif
