/* hash.h - SHA-256 and SHA-512 (FIPS 180-4), HMAC (RFC 2104), random bytes and UUIDs. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/bytes.h"

enum { SHA256_BYTES = 32, SHA512_BYTES = 64 };

struct digest {
    uint8_t at[SHA256_BYTES];
};

struct digest sha256(struct bytes b);
struct digest sha256_parts(const struct bytes *parts, size_t n); /* of the parts in a row */

/* Of what comes bit by bit. Ending it frees it. */
struct sha256;
struct sha256 *sha256_begin(void);
void sha256_add(struct sha256 *s, struct bytes part);
struct digest sha256_end(struct sha256 *s);

void sha512(struct bytes b, uint8_t out[SHA512_BYTES]);
struct digest hmac_sha256(struct bytes key, struct bytes message);

static inline bool digest_same(struct digest a, struct digest b)
{
    return memcmp(a.at, b.at, SHA256_BYTES) == 0;
}
static inline struct bytes digest_bytes(const struct digest *d)
{
    return bytes_of(d->at, SHA256_BYTES);
}

/* Compares secrets in constant time. */
bool secret_same(struct bytes a, struct bytes b);

/* From the system's generator; a failure ends the process. */
void random_bytes(void *out, size_t n);

/* RFC 9562, version 4: 36 letters and a NUL. */
char *uuid_new(struct arena *mem);

/* Forget a secret for good. */
void secret_cleanse(void *at, size_t n);

#endif
