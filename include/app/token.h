/* token.h - what a feed or an integration comes with when it has no key to sign with.
 *
 *     tnr_<32 random bytes in base64url>
 *
 * Whoever issues it makes it, and only its SHA-256 is ever recorded. A change that comes with one
 * is asked for by an intent all the same: the service writes it, and says that it did (`attested`).
 */
#ifndef APP_TOKEN_H
#define APP_TOKEN_H

#include "app/job.h"

char *token_make(struct arena *mem);

/* Has it the form of a token? *ret_digest is its SHA-256 in hexadecimal (NULL: not wanted). */
bool token_digest(struct arena *mem, const char *token, const char **ret_digest);

/* May a token ask for the command: changes that are marked so, and every question. */
bool token_takes(const struct command *c);

#endif
