/* find.h - fields that name a thing, by what people call it. */
#ifndef WEB_FIND_H
#define WEB_FIND_H

#include "kept.h"

enum { FIND_NOUNS_MAX = 6, FIND_OFFERED = 40 };

extern const char find_button[]; /* its value is the field that something is to be found for */

bool find_names_a_thing(const struct field *f);
/* A question for things of a noun, by what they may be called or (NULL) any; NULL: nothing to ask.
 */
struct job *find_job(struct visit *v, const char *noun, const char *search, int limit);
/* Its answer as [{"key","text"},…]. */
json_t *find_things(struct visit *v, const struct job *job, const char *noun);

/* The questions for what a command's form offers, to be asked with the page's others: how many
 * there are, and of which nouns. */
size_t find_offers(struct visit *v, const struct command *c, struct job **jobs,
                   const char **ret_nouns);
/* Once they are answered: into the data of the form. What may not be listed is not offered. */
void show_offers(struct visit *v, const struct command *c, struct job *const *jobs,
                 const char *const *of, size_t n, json_t *data);

/* What was chosen among what was found, "pick.person", is what the field says. ERR_USAGE. */
MUST struct err *take_picks(struct arena *mem, struct sent *s);

/* What was typed as a name or mail address becomes the key, where it is that of one thing.
 * *ret_shown: "find" was pressed, and what was found (k->found) is to be shown. */
MUST struct err *find_typed(struct visit *v, struct store *store, struct kept *k, bool *ret_shown);
/* What was found, into the data of the form. */
void show_found(const json_t *found, json_t *data);

#endif
