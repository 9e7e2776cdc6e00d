/* signer.h - something that signs as the log: a key in memory, or one in a PKCS#11 token that never
 * leaves it. Whoever signs checkpoints need not know which. */
#ifndef CRYPTO_SIGNER_H
#define CRYPTO_SIGNER_H

#include "base/err.h"
#include "crypto/ed25519.h"

/* The two functions are its maker's; callers use those below. */
struct signer {
    uint8_t public_key[ED25519_PUBLIC];
    struct err *(*sign)(struct arena *mem, struct signer *s, struct bytes message,
                        uint8_t ret[ED25519_SIGNATURE]);
    void (*free)(struct signer *s);
};

/* From any thread. ERR_UNAVAILABLE when the token cannot be used just now: then nothing is signed,
 * and asking again later may do. */
MUST struct err *signer_sign(struct arena *mem, struct signer *s, struct bytes message,
                             uint8_t ret[ED25519_SIGNATURE]);
void signer_free(struct signer *s); /* NULL is fine; cleanses what is secret */

struct signer *signer_of_seed(const uint8_t seed[ED25519_SEED]);

/* ---- Tokens (token.c) ------------------------------------------------------------------------ */

/* uri is of RFC 7512: pkcs11:token=T;object=O;id=%01?module-path=/lib.so&pin-source=/file. Also
 * serial, manufacturer, model and type=private; a PIN in it is refused, since it would stand in
 * process lists. ERR_INVALID says what is wrong with it. */
MUST struct err *token_uri_check(struct arena *mem, const char *uri);

/* The public half of the one Ed25519 key that uri names. */
MUST struct err *token_public(struct arena *mem, const char *uri, uint8_t ret[ED25519_PUBLIC]);

/* The token is only looked for when it is to sign, and looked for again after it was away. A key
 * there that is not public_key's is refused. uri must have passed token_uri_check(). */
struct signer *signer_of_token(const char *uri, const uint8_t public_key[ED25519_PUBLIC]);

static inline void signer_auto(struct signer **s)
{
    signer_free(*s);
}

#endif
