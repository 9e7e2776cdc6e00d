/* query.h - the words in a URL: percent-decoding, paths, and queries into params. */
#ifndef HTTP_QUERY_H
#define HTTP_QUERY_H

#include "base/check.h"

/* n bytes of text without their escapes; with form, '+' is a space. False for a broken escape, or
 * one that hides a NUL. */
bool percent_decode(struct arena *mem, const char *text, size_t n, bool form, const char **ret);

/* The path and the query (NULL: none) of a request's target, still escaped; a scheme and a host
 * before them are passed over. */
void target_split(struct arena *mem, const char *target, const char **ret_path,
                  const char **ret_query);

/* "account=x&limit=5" into *obj. A list repeats its name; anything else comes once. What is marked
 * in seen already may not come again. An unknown name is refused by name. */
MUST struct err *query_read(struct arena *mem, const struct record *r, const char *query,
                            struct seen *seen, void *obj);

#endif
