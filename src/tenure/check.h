/* check.h - the parts of bundle_check(). */
#ifndef TENURE_CHECK_H
#define TENURE_CHECK_H

#include "tenure/bundle.h"

/* The place of a subject in an entry's leaf, or NULL. */
const struct leaf_subject *subject_in(const struct bundle_entry *e, struct digest tag);

/* Are these entries the whole history of a subject, as the seal counts it? what names it in the
 * error: "the account". */
MUST struct err *check_history(struct arena *mem, const struct bundle *b, const char *what,
                               struct digest tag, const struct heads_proof *heads,
                               const struct bundle_entry *const *entries, size_t n);

/* Keys and who signed what: check_actor.c. */
MUST struct err *check_keys(struct arena *mem, struct bundle *b);
MUST struct err *check_actors(struct arena *mem, struct bundle *b);

/* Of several the one that holds first: does the entry, if it is of this type, end the thing sooner?
 */
void take_revocation(const struct bundle_entry *e, const char *type, uint64_t *revoked,
                     int64_t *ends);

/* Tokens, and what came with them: check_token.c. What is wrong with the token at that entry; NULL
 * when nothing is. */
MUST struct err *check_tokens(struct arena *mem, struct bundle *b);
const struct bundle_token *token_of(const struct bundle *b, const struct bundle_entry *e);
const char *token_fault(const struct bundle_token *t, const struct bundle_entry *e);
bool token_is_for(const struct bundle_token *t, const char *command);

/* What was erased: check_erased.c. Sets the names of the fields at the entries that they are
 * missing from, and counts them. */
void find_erased(struct arena *mem, struct bundle *b);
bool is_erased_file(const struct bundle *b, const char *sha256);

/* Evidence: check_evidence.c. */
MUST struct err *check_evidence(struct arena *mem, const struct bundle *b);

#endif
