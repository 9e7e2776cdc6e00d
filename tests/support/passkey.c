/* passkey.c - see passkey.h. CBOR by libcbor's encoder, signatures by OpenSSL. */
#include "passkey.h"

#include "base/text.h"

#include <cbor.h>
#include <criterion/criterion.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { PRESENT = 0x01, VERIFIED = 0x04, KEY_FOLLOWS = 0x40 };

static void forget(void *key)
{
    EVP_PKEY_free(key);
}

static EVP_PKEY *make(enum passkey_algorithm algorithm)
{
    if (algorithm == PASSKEY_ES256)
        return EVP_EC_gen("P-256");
    return algorithm == PASSKEY_EDDSA ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                      : EVP_RSA_gen(2048);
}

static struct bytes der(struct arena *mem, EVP_PKEY *key)
{
    unsigned char *at = NULL;
    int n = i2d_PUBKEY(key, &at);

    cr_assert_gt(n, 0);
    struct bytes copy = bytes_copy(mem, at, (size_t)n);
    OPENSSL_free(at);
    return copy;
}

struct authenticator *authenticator_new(struct arena *mem, enum passkey_algorithm algorithm,
                                        const char *rp_id)
{
    struct authenticator *a = arena_alloc(mem, sizeof(*a));
    EVP_PKEY *key = make(algorithm);
    bool local = strcmp(rp_id, "localhost") == 0;
    uint8_t id[24];

    cr_assert_not_null(key);
    arena_on_free(mem, forget, key);
    random_bytes(id, sizeof(id));
    *a = (struct authenticator){
        .mem = mem,
        .algorithm = algorithm,
        .credential = base64url_encode(mem, id, sizeof(id)),
        .rp_id = rp_id,
        .origin = arena_printf(mem, "http%s://%s", local ? "" : "s", rp_id),
        .more = ",\"crossOrigin\":false",
        .flags = PRESENT | VERIFIED,
        .format = "none",
        .private_key = key,
    };
    struct err *e = passkey_of(mem, rp_id, der(mem, key), &a->key);
    cr_assert_null(e, "%s", e ? e->text : "");
    return a;
}

/* ---- CBOR ------------------------------------------------------------------------------------ */

static void put_head(struct buf *out, size_t (*encode)(size_t, unsigned char *, size_t), size_t n)
{
    unsigned char head[9];

    buf_add(out, head, encode(n, head, sizeof(head)));
}

static void put_bytes(struct buf *out, struct bytes b)
{
    put_head(out, cbor_encode_bytestring_start, b.n);
    buf_add(out, b.at, b.n);
}

static void put_text(struct buf *out, const char *text)
{
    put_head(out, cbor_encode_string_start, strlen(text));
    buf_text(out, text);
}

static void put_whole(struct buf *out, int n)
{
    unsigned char head[9];
    size_t wrote = n < 0 ? cbor_encode_negint((uint64_t)(-1 - n), head, sizeof(head))
                         : cbor_encode_uint((uint64_t)n, head, sizeof(head));

    buf_add(out, head, wrote);
}

static struct bytes number_of(struct authenticator *a, const char *name)
{
    BIGNUM *n = NULL;

    cr_assert_eq(EVP_PKEY_get_bn_param(a->private_key, name, &n), 1);
    size_t size = (size_t)BN_num_bytes(n);
    uint8_t *at = arena_alloc(a->mem, size);
    BN_bn2bin(n, at);
    BN_free(n);
    return bytes_of(at, size);
}

struct bytes authenticator_cose(struct authenticator *a)
{
    static const int kinds[] = {2, 1, 3}, algorithms[] = {-7, -8, -257}, curves[] = {1, 6};
    const size_t coordinate = 32, raw = a->key.der.n - coordinate;
    struct buf out;

    buf_init(&out, a->mem, 4096);
    put_head(&out, cbor_encode_map_start, a->algorithm == PASSKEY_ES256 ? 5 : 4);
    put_whole(&out, 1), put_whole(&out, kinds[a->algorithm]);
    put_whole(&out, 3), put_whole(&out, algorithms[a->algorithm]);
    put_whole(&out, -1);
    if (a->algorithm == PASSKEY_RS256)
        put_bytes(&out, number_of(a, OSSL_PKEY_PARAM_RSA_N));
    else
        put_whole(&out, curves[a->algorithm]);
    put_whole(&out, -2);
    if (a->algorithm == PASSKEY_RS256)
        put_bytes(&out, number_of(a, OSSL_PKEY_PARAM_RSA_E));
    else if (a->algorithm == PASSKEY_EDDSA)
        put_bytes(&out, bytes_of(a->key.der.at + raw, coordinate));
    else
        put_bytes(&out, bytes_of(a->key.der.at + raw - coordinate, coordinate));
    if (a->algorithm == PASSKEY_ES256) {
        put_whole(&out, -3);
        put_bytes(&out, bytes_of(a->key.der.at + raw, coordinate));
    }
    return bytes_of(out.at, out.n);
}

/* ---- What browser and device say ------------------------------------------------------------- */

static struct bytes client_data(const struct authenticator *a, const char *type,
                                struct bytes challenge)
{
    const char *text =
        a->challenge ? a->challenge : base64url_encode(a->mem, challenge.at, challenge.n);

    return bytes_of_text(arena_printf(a->mem,
                                      "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}",
                                      a->type ? a->type : type, text, a->origin, a->more));
}

static void put_fixed(struct buf *out, const struct authenticator *a, uint8_t flags)
{
    static const uint8_t counter[4] = {0, 0, 0, 9};
    struct digest rp = sha256(bytes_of_text(a->rp_id));

    buf_add(out, rp.at, sizeof(rp.at));
    buf_byte(out, a->flags | flags);
    buf_add(out, counter, sizeof(counter));
}

struct bytes authenticator_register(struct authenticator *a, struct bytes challenge,
                                    struct bytes *ret_client_data)
{
    static const uint8_t model[16];
    struct bytes id, cose = a->cose.n ? a->cose : authenticator_cose(a);
    struct buf data, object;

    cr_assert(base64url_decode(a->mem, a->credential, strlen(a->credential), &id));
    buf_init(&data, a->mem, 65536);
    put_fixed(&data, a, KEY_FOLLOWS);
    buf_add(&data, model, sizeof(model));
    buf_byte(&data, (unsigned char)(id.n >> 8));
    buf_byte(&data, (unsigned char)id.n);
    buf_add(&data, id.at, id.n);
    buf_add(&data, cose.at, cose.n);
    buf_add(&data, a->tail.at, a->tail.n);

    buf_init(&object, a->mem, 65536);
    put_head(&object, cbor_encode_map_start, 3);
    put_text(&object, "fmt");
    put_text(&object, a->format);
    put_text(&object, "attStmt");
    put_head(&object, cbor_encode_map_start, strcmp(a->format, "none") == 0 ? 0 : 1);
    if (strcmp(a->format, "none") != 0) { /* some statement, nested as certificates are */
        put_text(&object, "x5c");
        put_head(&object, cbor_encode_array_start, 1);
        put_bytes(&object, bytes_of_text("a certificate"));
    }
    put_text(&object, "authData");
    put_bytes(&object, bytes_of(data.at, data.n));
    *ret_client_data = client_data(a, "webauthn.create", challenge);
    return bytes_of(object.at, object.n);
}

static struct bytes sign(struct authenticator *a, struct bytes message)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    const EVP_MD *md = a->algorithm == PASSKEY_EDDSA ? NULL : EVP_sha256();
    size_t n = (size_t)EVP_PKEY_get_size(a->private_key);
    uint8_t *out = arena_alloc(a->mem, n);

    cr_assert_eq(EVP_DigestSignInit(ctx, NULL, md, NULL, a->private_key), 1);
    cr_assert_eq(EVP_DigestSign(ctx, out, &n, message.at, message.n), 1);
    EVP_MD_CTX_free(ctx);
    return bytes_of(out, n);
}

static const char *url64(struct authenticator *a, struct bytes b)
{
    return base64url_encode(a->mem, b.at, b.n);
}

/* batch: a JSON array, or NULL. */
static const char *assertion(struct authenticator *a, struct bytes challenge, const char *batch)
{
    struct bytes client = client_data(a, "webauthn.get", challenge);
    struct digest hash = sha256(client);
    struct buf data;

    buf_init(&data, a->mem, 65536);
    put_fixed(&data, a, 0);
    buf_add(&data, a->tail.at, a->tail.n);
    struct bytes said = bytes_copy(a->mem, data.at, data.n);
    buf_add(&data, hash.at, sizeof(hash.at));
    return arena_printf(
        a->mem,
        "{\"authenticator_data\":\"%s\",%s%s%s\"client_data\":\"%s\",\"key\":\"%s\","
        "\"signature\":\"%s\",\"type\":\"passkey\"}",
        url64(a, said), batch ? "\"batch\":" : "", batch ? batch : "", batch ? "," : "",
        url64(a, client), a->key.line, url64(a, sign(a, bytes_of(data.at, data.n))));
}

const char *authenticator_sign(struct authenticator *a, struct bytes message)
{
    struct digest challenge = passkey_challenge(message);

    return assertion(a, digest_bytes(&challenge), NULL);
}

const char *authenticator_sign_batch(struct authenticator *a, const char *const *batch, size_t n,
                                     struct digest challenge)
{
    struct buf list;

    buf_init(&list, a->mem, 1 << 20);
    for (size_t i = 0; i < n; i++)
        buf_printf(&list, "%s\"%s\"", i ? "," : "[", batch[i]);
    buf_text(&list, n ? "]" : "[]");
    return assertion(a, digest_bytes(&challenge), list.at);
}

const char *authenticator_sign_all(struct authenticator *a, const struct bytes *messages, size_t n)
{
    const char **texts = arena_array(a->mem, n + 1, sizeof(*texts));
    struct digest *all = arena_array(a->mem, n + 1, sizeof(*all));

    for (size_t i = 0; i < n; i++) {
        all[i] = passkey_challenge(messages[i]);
        texts[i] = url64(a, digest_bytes(&all[i]));
    }
    return authenticator_sign_batch(a, texts, n, passkey_challenge_all(all, n));
}
