/* ed25519.c - a signature is good when OpenSSL says so, whoever was asked first. */
#include "crypto/ed25519.h"

#include "crypto/hash.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

static bool openssl_accepts(const uint8_t key[32], struct bytes message, struct bytes signature)
{
    EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = public && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public) == 1 &&
              EVP_DigestVerify(ctx, signature.at, signature.n, message.at, message.n) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(public);
    return ok;
}

struct tally {
    size_t accepted, refused;
};

static void compare(struct tally *t, const uint8_t key[32], struct bytes message,
                    const uint8_t signature[64])
{
    bool is = openssl_accepts(key, message, bytes_of(signature, 64));

    cr_expect_eq(ed25519_verify(key, message, bytes_of(signature, 64)), is);
    t->accepted += is;
    t->refused += !is;
}

/* Points of small order, and two more ways to write the neutral element; RFC 8032 lets an
 * implementation choose what it thinks of them. */
#define FF10 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define FF30 FF10, FF10, FF10
static const uint8_t strange[][32] = {
    {0},
    {1},
    {1, [31] = 0x80},
    {0xec, FF30, 0x7f},
    {0xec, FF30, 0xff},
    {0xed, FF30, 0x7f},
    {0xee, FF30, 0x7f},
    {0xee, FF30, 0xff},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
};
static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                  0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

static void add_order(uint8_t s[32])
{
    unsigned carry = 0;

    for (size_t i = 0; i < 32; i++) {
        carry += s[i] + order[i];
        s[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

/* What is signed by the key, and that with each bit of key and signature turned. */
static void compare_honest(struct tally *t)
{
    uint8_t seed[32], key[32], signature[64], text[40];

    random_bytes(seed, sizeof(seed));
    random_bytes(text, sizeof(text));
    struct ed25519 *k = ed25519_new(seed);
    memcpy(key, ed25519_public(k), sizeof(key));
    ed25519_sign(k, bytes_of(text, sizeof(text)), signature);
    ed25519_free(k);
    compare(t, key, bytes_of(text, sizeof(text)), signature);
    for (size_t bit = 0; bit < 64 * 8; bit += 3) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        compare(t, key, bytes_of(text, sizeof(text)), signature);
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        key[bit / 16] ^= (uint8_t)(1u << bit % 8);
        compare(t, key, bytes_of(text, sizeof(text)), signature);
        key[bit / 16] ^= (uint8_t)(1u << bit % 8);
    }
    add_order(signature + 32);
    compare(t, key, bytes_of(text, sizeof(text)), signature);
}

/* s = 0 and R = -hA, which is a point of small order where the key is one: for some texts it is R.
 */
static void compare_strange(struct tally *t)
{
    enum { TEXTS = 24 };
    const size_t n = sizeof(strange) / sizeof(*strange);

    for (size_t a = 0; a < n; a++)
        for (size_t r = 0; r < n; r++)
            for (uint8_t text = 0; text < TEXTS; text++) {
                uint8_t signature[64] = {0};
                memcpy(signature, strange[r], 32);
                compare(t, strange[a], bytes_of(&text, 1), signature);
                memcpy(signature + 32, order, 32);
                compare(t, strange[a], bytes_of(&text, 1), signature);
            }
}

Test(ed25519, whoever_is_asked_first_openssl_decides)
{
    struct tally honest = {0}, odd = {0};

    cr_assert(ed25519_be_quick());
    for (size_t i = 0; i < 4; i++)
        compare_honest(&honest);
    cr_expect_eq(honest.accepted, 4);
    cr_expect_gt(honest.refused, 1000);
    compare_strange(&odd);
    cr_expect_gt(odd.accepted, 0, "there is something that only OpenSSL accepts");
    cr_expect_gt(odd.refused, 0);
}
