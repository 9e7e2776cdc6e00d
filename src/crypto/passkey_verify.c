/* passkey_verify.c - signatures by passkeys; see webauthn.h. */
#include "passkey_parts.h"

#include "json/json.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

struct parsed {
    struct webauthn_assertion given;
    struct passkey key;
    const json_t *batch; /* or NULL */
};

static struct err *malformed(struct arena *mem)
{
    return err_new(mem, ERR_UNSIGNED, "the passkey's signature is malformed");
}

static bool member(struct arena *mem, const json_t *object, const char *name, struct bytes *ret)
{
    const char *text = json_text(object, name);

    return text && base64url_decode(mem, text, strlen(text), ret);
}

static struct err *parse(struct arena *mem, const char *text, struct parsed *ret)
{
    struct bytes whole = bytes_of_text(text);
    struct parsed p = {.batch = NULL};
    json_t *value;

    if (json_read(mem, whole, PASSKEY_SIGNATURE_MAX, "the signature", &value) ||
        !json_is_object(value) || !json_is_canonical(whole, value))
        return malformed(mem);
    const char *line = json_text(value, "key");
    p.batch = json_object_get(value, "batch");
    size_t n = json_array_size(p.batch);
    if (json_object_size(value) != (p.batch ? 6 : 5) ||
        !text_same(json_text(value, "type"), "passkey") || !line ||
        !member(mem, value, "authenticator_data", &p.given.authenticator_data) ||
        !member(mem, value, "client_data", &p.given.client_data) ||
        !member(mem, value, "signature", &p.given.signature) ||
        (p.batch && (n < PASSKEY_BATCH_MIN || n > PASSKEY_BATCH_MAX)) ||
        passkey_parse(mem, line, &p.key))
        return malformed(mem);
    *ret = p;
    return NULL;
}

struct err *passkey_signature_key(struct arena *mem, const char *text, struct passkey *ret)
{
    struct parsed p;

    TRY(parse(mem, text, &p));
    *ret = p.key;
    return NULL;
}

const char *passkey_signature_origin(struct arena *mem, const char *text)
{
    struct parsed p;

    return parse(mem, text, &p) ? NULL : client_data_origin(mem, p.given.client_data);
}

/* ---- Challenges ------------------------------------------------------------------------------ */

static struct digest after(const char *prefix, struct bytes rest)
{
    const struct bytes parts[] = {bytes_of(prefix, strlen(prefix) + 1), rest};

    return sha256_parts(parts, 2);
}

struct digest passkey_challenge(struct bytes message)
{
    return after("tenure-intent-v1", message);
}

struct digest passkey_challenge_all(const struct digest *challenges, size_t n)
{
    return after("tenure-intents-v1", bytes_of(challenges, n * sizeof(*challenges)));
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct digest));
}

/* Each at most once: a batch is of so many messages as it has challenges. */
static bool has_twins(struct arena *mem, const struct digest *all, size_t n)
{
    struct digest *sorted = arena_array(mem, n, sizeof(*sorted));

    memcpy(sorted, all, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_bytes);
    for (size_t i = 1; i < n; i++)
        if (digest_same(sorted[i - 1], sorted[i]))
            return true;
    return false;
}

/* The challenge of the batch that own is one of. */
static struct err *challenge_of_batch(struct arena *mem, const json_t *batch, struct digest own,
                                      struct digest *ret)
{
    size_t i, n = json_array_size(batch);
    const json_t *one;
    bool among = false;

    struct digest *all = arena_array(mem, n, sizeof(*all));
    json_array_foreach (batch, i, one) {
        const char *text = json_string_value(one);
        if (!text || !base64url_decode_to(text, strlen(text), all[i].at, sizeof(all[i].at)))
            return malformed(mem);
        among = among || digest_same(all[i], own);
    }
    if (has_twins(mem, all, n))
        return malformed(mem);
    if (!among)
        return err_new(mem, ERR_UNSIGNED, "the passkey's signature is over other requests");
    *ret = passkey_challenge_all(all, n);
    return NULL;
}

/* ---- Verifying ------------------------------------------------------------------------------- */

static bool verifies(const struct passkey *key, struct bytes message, struct bytes signature)
{
    const unsigned char *at = key->der.at;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)key->der.n);
    const EVP_MD *md = key->algorithm == PASSKEY_EDDSA ? NULL : EVP_sha256();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = pkey && ctx && EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) == 1 &&
              EVP_DigestVerify(ctx, signature.at, signature.n, message.at, message.n) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return ok;
}

/* Extensions may follow; what they say is signed, and not looked at. */
static bool is_whole(struct bytes authenticator_data, uint8_t flags)
{
    bool more = flags & FLAG_EXTENSIONS_FOLLOW;

    return !(flags & FLAG_KEY_FOLLOWS) && (more ? authenticator_data.n > AUTHENTICATOR_DATA_MIN
                                                : authenticator_data.n == AUTHENTICATOR_DATA_MIN);
}

struct err *webauthn_verify(struct arena *mem, const struct passkey *key, struct bytes challenge,
                            const struct webauthn_assertion *given)
{
    const struct client_wish wish = {"webauthn.get", key->rp_id, NULL, challenge};
    const struct digest client = sha256(given->client_data);
    struct buf signed_data;
    uint8_t flags;

    TRY(client_data_check(mem, given->client_data, &wish));
    TRY(authenticator_check(mem, given->authenticator_data, key->rp_id, &flags));
    if (!is_whole(given->authenticator_data, flags))
        return malformed(mem);
    buf_init(&signed_data, mem, WEBAUTHN_AUTHENTICATOR_DATA_MAX + 2 * SHA256_BYTES);
    buf_add(&signed_data, given->authenticator_data.at, given->authenticator_data.n);
    buf_add(&signed_data, client.at, sizeof(client.at));
    if (!verifies(key, bytes_of(signed_data.at, signed_data.n), given->signature))
        return err_new(mem, ERR_UNSIGNED, "the signature by %s does not verify", key->fingerprint);
    return NULL;
}

struct err *passkey_verify(struct arena *mem, const struct passkey *key, struct bytes message,
                           const char *text)
{
    struct digest challenge = passkey_challenge(message);
    struct parsed p;

    TRY(parse(mem, text, &p));
    if (strcmp(p.key.line, key->line) != 0)
        return err_new(mem, ERR_UNSIGNED, "the signature is by another key than %s",
                       key->fingerprint);
    if (p.batch)
        TRY(challenge_of_batch(mem, p.batch, challenge, &challenge));
    return webauthn_verify(mem, key, digest_bytes(&challenge), &p.given);
}
