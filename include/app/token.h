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

/* Has it the form of a token (NULL has not)? *ret_digest is its SHA-256 in hexadecimal (NULL: not
 * wanted). */
bool token_digest(struct arena *mem, const char *token, const char **ret_digest);

/* May a token ask for the command: changes that are marked so, and every question. */
bool token_takes(const struct command *c);

/* Whom actors_find() found for job->token: ERR_UNSIGNED when the token is not known or not good any
 * more, ERR_FORBIDDEN when it is not for the command. */
MUST struct err *token_good(struct job *job, const struct actor *found);

/* A change that comes with job->token: its params, as plain JSON; those that came with the path are
 * in job->given already. The nonce is its Idempotency-Key; NULL is refused. */
MUST struct err *job_attested(struct job *job, const json_t *params, const char *nonce);

/* Writes the intent, when it is known whose the token is. */
void job_attest(struct job *job);

/* Its Idempotency-Key was used before, for the entries from first on: the same answer, or an error
 * in job->error when something else was asked for. */
MUST struct err *job_attested_again(struct job *job, struct store *store, uint64_t first,
                                    int64_t entries);

#endif
