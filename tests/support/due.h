/* due.h - vectors of due dates, in the shape of tests/vectors/due.json, through the real code. */
#ifndef SUPPORT_DUE_H
#define SUPPORT_DUE_H

#include "json/json.h"

#include <stdio.h>

/* Runs every vector and writes a line about each that fails to out. ERR_INVALID when the file has
 * another shape. */
MUST struct err *due_vectors_run(struct arena *mem, const json_t *file, FILE *out,
                                 size_t *ret_passed, size_t *ret_failed);

#endif
