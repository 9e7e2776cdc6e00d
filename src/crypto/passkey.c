/* passkey.c - relying parties and public keys of passkeys; see webauthn.h. */
#include "passkey_parts.h"

#include "base/text.h"

#include <ctype.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

enum { RP_ID_MAX = 253, LABEL_MAX = 63, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 4096, F4 = 65537 };

static const char local_host[] = "localhost", begins[] = "passkey ";

/* ---- Relying parties ------------------------------------------------------------------------- */

static bool is_label(const char *at, size_t n)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    return n > 0 && n <= LABEL_MAX && at[0] != '-' && at[n - 1] != '-' && strspn(at, letters) >= n;
}

static bool is_domain(const char *name)
{
    const char *at = name, *last = name;

    if (strlen(name) > RP_ID_MAX)
        return false;
    for (;;) {
        size_t n = strcspn(at, ".");
        if (!is_label(at, n))
            return false;
        last = at;
        if (!at[n])
            break;
        at += n + 1;
    }
    return last != name && !isdigit((unsigned char)*last); /* 10.0.0.1 is an address */
}

bool webauthn_rp_id_ok(const char *rp_id)
{
    return strcmp(rp_id, local_host) == 0 || is_domain(rp_id);
}

/* A port as browsers write it: never the scheme's own, never with a zero in front. */
static bool port_ok(const char *port, bool secure)
{
    uint64_t n;

    return *port == '\0' || (*port == ':' && text_to_u64(port + 1, strlen(port + 1), 65535, &n) &&
                             n > 0 && n != (secure ? 443 : 80));
}

bool webauthn_origin_ok(const char *origin, const char *rp_id)
{
    static const char https[] = "https://", http[] = "http://";
    bool secure = text_starts(origin, https);

    if (!secure && !text_starts(origin, http))
        return false;
    const char *host = origin + strlen(secure ? https : http);
    size_t n = strcspn(host, ":"), under = strlen(rp_id);
    if (n > RP_ID_MAX || n < under || !port_ok(host + n, secure))
        return false;
    bool local = n == strlen(local_host) && strncmp(host, local_host, n) == 0;
    char name[RP_ID_MAX + 1] = {0};
    memcpy(name, host, n);
    if (!(local || is_domain(name)) || !(secure || local))
        return false;
    return memcmp(host + n - under, rp_id, under) == 0 &&
           (n == under || host[n - under - 1] == '.');
}

/* ---- Public keys ----------------------------------------------------------------------------- */

/* Everything before the point or the key: these two kinds have one encoding each. */
static const uint8_t p256_begins[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                      0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
static const uint8_t ed25519_begins[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                         0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
enum { P256_POINT = 64, ED25519_RAW = 32 };

static struct bytes joined(struct arena *mem, const uint8_t *begin, size_t n, struct bytes a,
                           struct bytes b)
{
    uint8_t *der = arena_alloc(mem, n + a.n + b.n);

    memcpy(der, begin, n);
    memcpy(der + n, a.at, a.n);
    if (b.n)
        memcpy(der + n + a.n, b.at, b.n);
    return bytes_of(der, n + a.n + b.n);
}

struct bytes der_of_p256(struct arena *mem, struct bytes x, struct bytes y)
{
    return joined(mem, p256_begins, sizeof(p256_begins), x, y);
}

struct bytes der_of_ed25519(struct arena *mem, struct bytes raw)
{
    return joined(mem, ed25519_begins, sizeof(ed25519_begins), raw, (struct bytes){0});
}

static struct bytes der_of(struct arena *mem, const EVP_PKEY *key)
{
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    struct bytes copy = n > 0 ? bytes_copy(mem, der, (size_t)n) : (struct bytes){0};

    OPENSSL_free(der);
    return copy;
}

struct err *der_of_rsa(struct arena *mem, struct bytes n, struct bytes e, struct bytes *ret)
{
    BIGNUM *modulus = BN_bin2bn(n.at, (int)n.n, NULL), *exponent = BN_bin2bn(e.at, (int)e.n, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    if (modulus && exponent && build && ctx &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(build)) && EVP_PKEY_fromdata_init(ctx) == 1 &&
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1)
        *ret = der_of(mem, key);
    else
        *ret = (struct bytes){0};
    EVP_PKEY_free(key);
    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_BLD_free(build);
    BN_free(exponent);
    BN_free(modulus);
    return ret->n ? NULL : err_new(mem, ERR_INVALID, "the passkey's RSA key is malformed");
}

static bool begins_with(struct bytes der, const uint8_t *begin, size_t n, size_t rest)
{
    return der.n == n + rest && memcmp(der.at, begin, n) == 0;
}

static bool rsa_ok(const EVP_PKEY *key)
{
    BIGNUM *e = NULL;
    int bits = EVP_PKEY_get_bits(key);
    bool ok = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && bits >= RSA_BITS_MIN &&
              bits <= RSA_BITS_MAX && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
              BN_is_word(e, F4);

    BN_free(e);
    return ok;
}

/* Of the three kinds, and in the one encoding that OpenSSL would give it. */
static bool algorithm_of(struct arena *mem, struct bytes der, enum passkey_algorithm *ret)
{
    const unsigned char *at = der.at;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)der.n);
    bool ok = key && bytes_same(der_of(mem, key), der);

    if (begins_with(der, p256_begins, sizeof(p256_begins), P256_POINT)) {
        *ret = PASSKEY_ES256;
    } else if (begins_with(der, ed25519_begins, sizeof(ed25519_begins), ED25519_RAW)) {
        *ret = PASSKEY_EDDSA;
    } else {
        *ret = PASSKEY_RS256;
        ok = ok && rsa_ok(key);
    }
    EVP_PKEY_free(key);
    return ok;
}

struct err *passkey_of(struct arena *mem, const char *rp_id, struct bytes der, struct passkey *ret)
{
    struct passkey p = {.der = bytes_copy(mem, der.at, der.n)};

    if (!webauthn_rp_id_ok(rp_id))
        return err_new(mem, ERR_INVALID, "the passkey names no relying party: it must be a domain");
    if (der.n > PASSKEY_DER_MAX || !algorithm_of(mem, p.der, &p.algorithm))
        return err_new(mem, ERR_INVALID,
                       "the passkey is of a kind that is not taken: ES256, EdDSA or RS256");
    p.rp_id = arena_copy(mem, rp_id);
    p.line = arena_printf(mem, "%s%s %s", begins, rp_id, base64_encode(mem, der.at, der.n));
    struct digest d = sha256(der);
    char *base64 = base64_encode(mem, d.at, sizeof(d.at));
    base64[43] = '\0'; /* without its padding */
    p.fingerprint = arena_printf(mem, "SHA256:%s", base64);
    *ret = p;
    return NULL;
}

struct err *passkey_parse(struct arena *mem, const char *line, struct passkey *ret)
{
    const char *rp_id = text_starts(line, begins) ? line + strlen(begins) : line;
    size_t n = strcspn(rp_id, " ");
    struct bytes der;

    if (rp_id == line || n > RP_ID_MAX || rp_id[n] != ' ' ||
        !base64_decode(mem, rp_id + n + 1, strlen(rp_id + n + 1), &der))
        return err_new(mem, ERR_INVALID,
                       "this is not a passkey's public key: it looks like 'passkey example.com "
                       "MFkw...'");
    return passkey_of(mem, arena_copy_n(mem, rp_id, n), der, ret);
}
