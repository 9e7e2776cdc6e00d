/* restate.h - what a text says that somebody wrote in their own words about what they take over:
 * which words, which day, how much. Whether it is right is for people to judge. Pure; texts are
 * valid UTF-8. */
#ifndef DOMAIN_RESTATE_H
#define DOMAIN_RESTATE_H

#include "base/arena.h"

#include <stdbool.h>

/* Accounts that are named one by one; more are said by their number, in a few words. */
enum { RESTATE_EACH_MAX = 20, RESTATE_WORDS_OF_MANY = 6 };

/* Does the word, name or key stand in the text as a whole, whatever the case of ASCII letters?
 * "acme" is not said by "acme-group", nor 21 by 2100; and it is by "Acme". */
bool restate_says_word(const char *text, const char *word);

/* Is the day (yyyy-mm-dd) said? By itself, or by the day of the month alone, for people write it
 * in many ways: "05", "5.", "18th", "１８日". 18 is not said by 2018. */
bool restate_says_day(const char *text, const char *day);

/* How many words of letters the text has; numbers and signs are none. Where a script sets no blanks
 * between words (Han, Kana, Thai, ...) each letter is one, as each syllable of Hangul is. */
size_t restate_words(const char *text);

/* How many are left when each of the names that is said, which say nothing of what they name, is
 * taken off once; several that have one name say it once. The longer go first, so that "Acme" does
 * not stand in "Acme Sales" again. */
size_t restate_words_beside(struct arena *mem, const char *text, const char *const *names,
                            size_t n);

/* How many words have to be said, beside their names, of so many accounts with which so many
 * things are wrong, up to what is asked of nobody. */
size_t restate_words_wanted(size_t accounts, size_t faults);

#endif
