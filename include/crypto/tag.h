/* tag.h - the names under which the log files its subjects, without saying who they are.
 *
 * An account's tag is SHA-256 of a deterministic RSA PKCS#1 v1.5 signature (SHA-256, RFC 8017) by
 * the log's tag key over "tenure-tag-v1\n<platform>\n<id>\n": there is one per account and key,
 * it cannot be guessed from a list of handles, and whoever is shown the signature can check it
 * with stock OpenSSL. Every other subject's tag is SHA-256 of "tenure-tag-v1\n<kind>\n<UUID>\n".
 */
#ifndef CRYPTO_TAG_H
#define CRYPTO_TAG_H

#include "base/err.h"
#include "crypto/hash.h"

enum { TAG_KEY_BITS = 2048 };

/* The private tag key. Safe to use from several threads at once. */
struct tag_key;

MUST struct err *tag_key_generate(struct arena *mem, struct bytes *ret_pem);
MUST struct err *tag_key_load(struct arena *mem, struct bytes pem, struct tag_key **ret);
void tag_key_free(struct tag_key *key); /* NULL is fine */

/* SubjectPublicKeyInfo in PEM. */
MUST struct err *tag_key_public(struct arena *mem, const struct tag_key *key, const char **ret_pem);

/* The signature (its SHA-256 is the tag). */
MUST struct err *tag_account(struct arena *mem, const struct tag_key *key, const char *platform,
                             const char *id, struct bytes *ret_signature);

/* The public key, read once: reading it takes as long as checking ten signatures. Owned by mem; one
 * thread at a time. ERR_USAGE when it is no RSA key. */
struct tag_public;
MUST struct err *tag_public_load(struct arena *mem, struct bytes pem, struct tag_public **ret);

/* Does the signature, by that key, name this account? */
bool tag_account_verify(struct tag_public *key, const char *platform, const char *id,
                        struct bytes signature);

struct digest tag_other(const char *kind, const char *uuid);

#endif
