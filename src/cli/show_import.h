/* show_import.h - what came of a file, for a person: what can be left out is, and what to do next
 * is said. */
#ifndef CLI_SHOW_IMPORT_H
#define CLI_SHOW_IMPORT_H

#include "parse.h"

#include <jansson.h>

bool is_import(const struct call *call);

/* Shortens the long tables of the answer: the same refusal of many rows becomes one line. */
void import_shorten(struct arena *mem, json_t *reply);

/* After the answer: the command that applies a plan; or an error for what was not taken in, because
 * rows are refused or the whole waits in quarantine. */
MUST struct err *import_next(struct arena *mem, const struct cli *cli, const struct call *call,
                             const json_t *reply);

#endif
