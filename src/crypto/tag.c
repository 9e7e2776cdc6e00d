/* tag.c - see tag.h. */
#include "crypto/tag.h"

#include "base/text.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>

struct tag_key {
    EVP_PKEY *key;
};

static struct bytes message(struct arena *mem, const char *first, const char *second)
{
    return bytes_of_text(arena_printf(mem, "tenure-tag-v1\n%s\n%s\n", first, second));
}

static struct bytes bio_content(struct arena *mem, BIO *bio)
{
    char *at;
    long n = BIO_get_mem_data(bio, &at);

    return bytes_copy(mem, at, (size_t)n);
}

struct err *tag_key_generate(struct arena *mem, struct bytes *ret_pem)
{
    EVP_PKEY *key = EVP_RSA_gen(TAG_KEY_BITS);
    BIO *bio = BIO_new(BIO_s_secmem());
    struct err *e = NULL;

    if (key && bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
        *ret_pem = bio_content(mem, bio);
    else
        e = err_new(mem, ERR_SYSTEM, "cannot make an RSA key");
    BIO_free(bio);
    EVP_PKEY_free(key);
    return e;
}

struct err *tag_key_load(struct arena *mem, struct bytes pem, struct tag_key **ret)
{
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.n);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

    BIO_free(bio);
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < 2048) {
        EVP_PKEY_free(key);
        return err_new(mem, ERR_INVALID, "the tag key is not an RSA key of 2048 bits or more");
    }
    struct tag_key *k = malloc(sizeof(*k));
    if (!k)
        abort();
    k->key = key;
    *ret = k;
    return NULL;
}

void tag_key_free(struct tag_key *k)
{
    if (!k)
        return;
    EVP_PKEY_free(k->key);
    free(k);
}

struct err *tag_key_public(struct arena *mem, const struct tag_key *k, const char **ret_pem)
{
    BIO *bio = BIO_new(BIO_s_mem());
    struct err *e = NULL;

    if (PEM_write_bio_PUBKEY(bio, k->key) == 1)
        *ret_pem = (const char *)bio_content(mem, bio).at;
    else
        e = err_new(mem, ERR_SYSTEM, "cannot write the public tag key");
    BIO_free(bio);
    return e;
}

struct err *tag_account(struct arena *mem, const struct tag_key *k, const char *platform,
                        const char *id, struct bytes *ret_signature)
{
    struct bytes m = message(mem, platform, id);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = (size_t)EVP_PKEY_get_size(k->key);
    uint8_t *out = arena_alloc(mem, n);
    EVP_PKEY_CTX *how;

    bool ok = ctx && EVP_DigestSignInit(ctx, &how, EVP_sha256(), NULL, k->key) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PADDING) == 1 &&
              EVP_DigestSign(ctx, out, &n, m.at, m.n) == 1;
    EVP_MD_CTX_free(ctx);
    if (!ok)
        return err_new(mem, ERR_SYSTEM, "cannot sign with the tag key");
    *ret_signature = bytes_of(out, n);
    return NULL;
}

struct tag_public {
    EVP_PKEY *key;
    EVP_PKEY_CTX *ctx;
};

static void tag_public_free(void *public)
{
    struct tag_public *p = public;

    EVP_PKEY_CTX_free(p->ctx);
    EVP_PKEY_free(p->key);
}

struct err *tag_public_load(struct arena *mem, struct bytes pem, struct tag_public **ret)
{
    struct tag_public *p = arena_alloc(mem, sizeof(*p));
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.n);

    p->key = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
    BIO_free(bio);
    p->ctx = p->key ? EVP_PKEY_CTX_new(p->key, NULL) : NULL;
    arena_on_free(mem, tag_public_free, p);
    if (!p->ctx || EVP_PKEY_get_base_id(p->key) != EVP_PKEY_RSA ||
        EVP_PKEY_verify_init(p->ctx) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(p->ctx, RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(p->ctx, EVP_sha256()) != 1)
        return err_new(mem, ERR_USAGE, "the tag key is no RSA key");
    *ret = p;
    return NULL;
}

bool tag_account_verify(struct tag_public *key, const char *platform, const char *id,
                        struct bytes signature)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct digest d = sha256(message(mem, platform, id));

    return EVP_PKEY_verify(key->ctx, signature.at, signature.n, d.at, sizeof(d.at)) == 1;
}

struct digest tag_other(const char *kind, const char *uuid)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    return sha256(message(mem, kind, uuid));
}
