/* lines.h - texts of lines, as checkpoints, proofs, requests to witnesses and policies are. */
#ifndef LOG_LINES_H
#define LOG_LINES_H

#include "log/tree.h"

struct lines {
    const char *at, *end;
};

static inline struct lines lines_of(struct bytes text)
{
    return (struct lines){(const char *)text.at, (const char *)text.at + text.n};
}

/* The next line without its newline; false at the end or when it has none. */
bool lines_next(struct lines *l, const char **ret, size_t *ret_n);

/* What is left. */
static inline struct bytes lines_rest(const struct lines *l)
{
    return bytes_of(l->at, (size_t)(l->end - l->at));
}

bool line_starts(const char *line, size_t n, const char *with);

/* Hashes, one a line, and the empty line after them. ERR_BROKEN names the first that is none. */
MUST struct err *lines_path(struct arena *mem, struct lines *l, struct tree_proof *ret);

#endif
