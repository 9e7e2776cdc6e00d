/* ed25519.h - signatures of RFC 8032. */
#ifndef CRYPTO_ED25519_H
#define CRYPTO_ED25519_H

#include "base/bytes.h"

enum { ED25519_SEED = 32, ED25519_PUBLIC = 32, ED25519_SIGNATURE = 64 };

/* A private key, ready to sign. Its secret is cleansed when it is freed. One thread at a time. */
struct ed25519;

struct ed25519 *ed25519_new(const uint8_t seed[ED25519_SEED]);
void ed25519_free(struct ed25519 *key); /* NULL is fine */
const uint8_t *ed25519_public(const struct ed25519 *key);
void ed25519_sign(struct ed25519 *key, struct bytes message, uint8_t out[ED25519_SIGNATURE]);

/* As OpenSSL sees it, always. */
bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC], struct bytes message,
                    struct bytes signature);

/* From here on libsodium is asked first, which takes less than half the time and accepts nothing
 * that OpenSSL does not; what it refuses is asked of OpenSSL. For whoever checks many, before there
 * are threads. False: it cannot be had. */
bool ed25519_be_quick(void);

static inline void ed25519_auto(struct ed25519 **key)
{
    ed25519_free(*key);
}

#endif
