/* hash.c - see hash.h. SHA-256 goes through the functions without a provider look-up: every leaf
 * and every node of the tree is one call, and these need no memory. */
#define OPENSSL_API_COMPAT 10101
#include "crypto/hash.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct digest sha256_parts(const struct bytes *parts, size_t n)
{
    struct digest d;
    SHA256_CTX ctx;

    SHA256_Init(&ctx);
    for (size_t i = 0; i < n; i++)
        SHA256_Update(&ctx, parts[i].at, parts[i].n);
    SHA256_Final(d.at, &ctx);
    return d;
}

struct digest sha256(struct bytes b)
{
    return sha256_parts(&b, 1);
}

struct sha256 {
    SHA256_CTX ctx;
};

struct sha256 *sha256_begin(void)
{
    struct sha256 *s = malloc(sizeof(*s));

    if (!s)
        abort();
    SHA256_Init(&s->ctx);
    return s;
}

void sha256_add(struct sha256 *s, struct bytes part)
{
    SHA256_Update(&s->ctx, part.at, part.n);
}

struct digest sha256_end(struct sha256 *s)
{
    struct digest d;

    SHA256_Final(d.at, &s->ctx);
    free(s);
    return d;
}

void sha512(struct bytes b, uint8_t out[SHA512_BYTES])
{
    SHA512_CTX ctx;

    SHA512_Init(&ctx);
    SHA512_Update(&ctx, b.at, b.n);
    SHA512_Final(out, &ctx);
}

struct digest hmac_sha256(struct bytes key, struct bytes message)
{
    struct digest d = {{0}};
    unsigned n = 0;

    HMAC(EVP_sha256(), key.at, (int)key.n, message.at, message.n, d.at, &n);
    assert(n == SHA256_BYTES);
    return d;
}

bool secret_same(struct bytes a, struct bytes b)
{
    return a.n == b.n && CRYPTO_memcmp(a.at, b.at, a.n) == 0;
}

static void generate(void *out, size_t n)
{
    if (RAND_bytes(out, (int)n) == 1)
        return;
    fputs("tenure: no random numbers from this system\n", stderr);
    abort();
}

/* An entry takes a dozen salts, and asking the generator for each costs more than making it: what
 * is as short as a salt comes from a thread's own supply, which forgets what it gave, and which a
 * process that was forked off does not share. Keys are always asked for. */
void random_bytes(void *out, size_t n)
{
    enum { SHORT = 16 };
    static _Thread_local uint8_t supply[2048];
    static _Thread_local size_t left;
    static _Thread_local pid_t of;

    if (n > SHORT) {
        generate(out, n);
        return;
    }
    if (n > left || of != getpid()) {
        generate(supply, sizeof(supply));
        left = sizeof(supply);
        of = getpid();
    }
    left -= n;
    memcpy(out, supply + left, n);
    OPENSSL_cleanse(supply + left, n);
}

char *uuid_new(struct arena *mem)
{
    uint8_t r[16];

    random_bytes(r, sizeof(r));
    r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
    r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
    return arena_printf(mem, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                        r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11],
                        r[12], r[13], r[14], r[15]);
}

void secret_cleanse(void *at, size_t n)
{
    OPENSSL_cleanse(at, n);
}
