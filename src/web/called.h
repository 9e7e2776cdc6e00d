/* called.h - what things are called, for those to whom a key says nothing. All of it is out of the
 * answers that a page has anyway. */
#ifndef WEB_CALLED_H
#define WEB_CALLED_H

#include "render.h"

#include "base/map.h"

/* The names that an answer has, of people, accounts and companies. */
struct map *called_in(struct arena *mem, const json_t *answer);
const char *called_by(struct arena *mem, const struct map *names, const char *noun,
                      const char *ref); /* NULL: it has none */

bool is_of_key(char c); /* may it be in one? */

/* "uma has not accepted" as "Uma Reyes (uma) has not accepted"; bare: without the key. What stands
 * in a command stays as it is. */
const char *with_names(struct page *p, const struct map *names, const char *text, bool bare);

/* The same of a member of each row. */
void name_rows(struct page *p, const struct map *names, const json_t *rows, const char *member);

#endif
