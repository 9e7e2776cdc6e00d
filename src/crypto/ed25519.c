/* ed25519.c - see ed25519.h. */
#include "ed25519_quick.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>

struct ed25519 {
    EVP_PKEY *key;
    EVP_MD_CTX *ctx;
    uint8_t public_key[ED25519_PUBLIC];
};

struct ed25519 *ed25519_new(const uint8_t seed[ED25519_SEED])
{
    struct ed25519 *k = calloc(1, sizeof(*k));
    size_t n = ED25519_PUBLIC;

    assert(k);
    k->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, ED25519_SEED);
    k->ctx = EVP_MD_CTX_new();
    assert(k->key && k->ctx);
    EVP_PKEY_get_raw_public_key(k->key, k->public_key, &n);
    return k;
}

void ed25519_free(struct ed25519 *k)
{
    if (!k)
        return;
    EVP_MD_CTX_free(k->ctx);
    EVP_PKEY_free(k->key);
    free(k);
}

const uint8_t *ed25519_public(const struct ed25519 *k)
{
    return k->public_key;
}

void ed25519_sign(struct ed25519 *k, struct bytes message, uint8_t out[ED25519_SIGNATURE])
{
    size_t n = ED25519_SIGNATURE;

    EVP_MD_CTX_reset(k->ctx);
    int ok = EVP_DigestSignInit(k->ctx, NULL, NULL, NULL, k->key) == 1 &&
             EVP_DigestSign(k->ctx, out, &n, message.at, message.n) == 1;
    assert(ok && n == ED25519_SIGNATURE);
    (void)ok;
}

ed25519_check *ed25519_quick;

bool ed25519_verify(const uint8_t public_key[ED25519_PUBLIC], struct bytes message,
                    struct bytes signature)
{
    bool ok = false;

    if (signature.n != ED25519_SIGNATURE)
        return false;
    if (ed25519_quick && ed25519_quick(public_key, message, signature))
        return true;
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, ED25519_PUBLIC);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1)
        ok = EVP_DigestVerify(ctx, signature.at, signature.n, message.at, message.n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}
