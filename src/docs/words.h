/* words.h - how the documents speak of fields and commands. */
#ifndef DOCS_WORDS_H
#define DOCS_WORDS_H

#include "base/text.h"
#include "docs/docs.h"

enum { DOCS_MAX = 8 << 20 }; /* no document is longer */

/* "the unit they belong to" -> "The unit they belong to." */
const char *sentence(struct arena *mem, const char *text);

/* Choices joined: "a, b or c". */
const char *choices_text(struct arena *mem, const char *const *words);

/* Help with what else there is to know: the choices, the repetition, the environment. */
const char *field_help(struct arena *mem, const struct field *f);

/* text in lines of at most `width` columns; every line but the first begins with indent spaces. The
 * first stands at column `at` already. */
void wrap(struct buf *out, const char *text, size_t at, size_t indent, size_t width);

/* "LAST-DAY", "LAST DAY": the name in capitals with this for '_'. */
const char *capitals(struct arena *mem, const char *name, char between);

/* Is the program's option worth a line beside the commands? Those that write documents are not. */
bool option_is_common(const struct field *f);

#endif
