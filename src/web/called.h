/* called.h - what things are called, for those to whom a key says nothing: by what the answers of a
 * page say themselves, and by what the registry is asked for the rest. struct page has the names.
 */
#ifndef WEB_CALLED_H
#define WEB_CALLED_H

#include "render.h"

#include "base/err.h"
#include "base/map.h"

struct visit;
struct worker;

/* Learns the names that an answer has, of people, accounts and companies. */
void learn_names(struct page *p, const json_t *answer);

/* The same, and asks for those of all things that it names by their keys, and that the address
 * names; before anything is drawn. Who may not list things is told none. */
MUST struct err *ask_names(struct visit *v, struct worker *w, const json_t *answer);

/* A thing that has no name in the registry, as this page says it: a step. */
void learn_name(struct page *p, const char *noun, const char *ref, const char *name);

/* NULL: no name. Of several things of one name each has its key with it: "Acme (acme-x)". */
const char *called(const struct page *p, const char *noun, const char *ref);

/* Of these nouns things have names beside their keys. */
extern const char *const nouns_named[];
bool is_named_noun(const char *noun);

bool is_of_key(char c); /* may it be in one? */

/* What was put into a sentence, if it is a key, by name: "Uma Reyes (uma)", or bare without the
 * key, as the page has it; several with commas, each. A word of the registry is no key there. */
const char *with_names(const struct page *p, const char *text);

#endif
