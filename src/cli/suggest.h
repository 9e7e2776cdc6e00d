/* suggest.h - errors about words that mean nothing, with the one that was probably meant. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include "parse.h"

/* The word of the list (ended by NULL) that was probably meant, or NULL. */
const char *nearest(const char *word, const char *const *words);

struct err *unknown_option(struct arena *mem, const struct call *call, const char *word);
struct err *unknown_noun(struct arena *mem, const char *word);
struct err *unknown_verb(struct arena *mem, const struct call *call, const char *word);

#endif
