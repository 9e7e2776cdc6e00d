/* problem.h - errors as problem documents (RFC 9457, application/problem+json). */
#ifndef HTTP_PROBLEM_H
#define HTTP_PROBLEM_H

#include "base/err.h"

extern const char problem_media_type[];

/* The words of a status line: "Not Found". */
const char *status_phrase(int status);

/* {"type":"urn:tenure:problem:not-found","title":…,"status":404,"detail":…,"field":…,"items":[…]}
 */
const char *problem_of_error(struct arena *mem, const struct err *e);

/* A refusal that has no kind of error; detail may be NULL. */
const char *problem_of_status(struct arena *mem, int status, const char *detail);

#endif
