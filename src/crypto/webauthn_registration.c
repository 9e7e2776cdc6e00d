/* webauthn_registration.c - a browser's registration becomes a public key; see webauthn.h. */
#include "cbor_item.h"
#include "passkey_parts.h"

#include "base/text.h"

#include <fido.h>

static struct err *malformed(struct arena *mem)
{
    return err_new(mem, ERR_INVALID, "the passkey's registration is malformed");
}

static bool is_text(const struct item *item, const char *text)
{
    return item->kind == ITEM_TEXT && bytes_same(item->bytes, bytes_of_text(text));
}

/* {"fmt": text, "attStmt": map, "authData": bytes}, in any order, each once. */
static struct err *read_attestation(struct arena *mem, struct bytes object, struct bytes *ret)
{
    struct reader r = reader_of(object);
    struct item map = item_next(&r);
    int formats = 0, statements = 0, datas = 0;

    if (object.n > WEBAUTHN_ATTESTATION_MAX || map.kind != ITEM_MAP)
        return malformed(mem);
    for (uint64_t i = 0; i < map.n && !r.failed; i++) {
        struct item name = item_next(&r), value = item_next(&r);
        if (name.kind != ITEM_TEXT)
            return malformed(mem);
        if (is_text(&name, "authData") && value.kind == ITEM_BYTES) {
            *ret = value.bytes;
            datas++;
        }
        formats += is_text(&name, "fmt") && value.kind == ITEM_TEXT;
        statements += is_text(&name, "attStmt") && value.kind == ITEM_MAP;
        item_skip(&r, &value);
    }
    bool fine = reader_done(&r) && formats == 1 && statements == 1 && datas == 1;
    return fine ? NULL : malformed(mem);
}

/* ---- The credential in it -------------------------------------------------------------------- */

/* After the fixed part: the model (16 bytes), the credential's id, its key, perhaps extensions. Is
 * it whole, and nothing after it? libfido2 makes room for as many members as a map says it has, and
 * leaves the rest unread: so it is given only what was walked to its end. */
static bool credential_whole(struct bytes data, uint8_t flags)
{
    enum { MODEL = 16 };
    struct reader r = reader_of(data);

    read_n(&r, AUTHENTICATOR_DATA_MIN + MODEL);
    size_t high = read_u8(&r), n = high << 8 | read_u8(&r);
    read_n(&r, n);
    if (!(flags & FLAG_KEY_FOLLOWS) || r.failed || n == 0 || n > WEBAUTHN_CREDENTIAL_MAX)
        return false;
    for (int maps = flags & FLAG_EXTENSIONS_FOLLOW ? 2 : 1; maps > 0; maps--) {
        struct item map = item_next(&r);
        if (map.kind != ITEM_MAP)
            return false;
        item_skip(&r, &map);
    }
    return reader_done(&r);
}

static void cred_freed(fido_cred_t **cred)
{
    fido_cred_free(cred);
}

/* libfido2 reads a credential of the algorithm that it was told. */
static bool credential_of(fido_cred_t *cred, int algorithm, struct bytes data)
{
    return cred && fido_cred_set_type(cred, algorithm) == FIDO_OK &&
           fido_cred_set_authdata_raw(cred, data.at, data.n) == FIDO_OK;
}

/* As libfido2 holds keys: x and y; the key; the modulus of 2048 bits and the exponent. */
static struct err *der_of(struct arena *mem, const fido_cred_t *cred, struct bytes *ret)
{
    enum { COORDINATE = 32, MODULUS = 256 };
    struct bytes key = bytes_of(fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred));
    size_t half = fido_cred_type(cred) == COSE_RS256 ? MODULUS : COORDINATE;

    if (key.n < half)
        return malformed(mem);
    struct bytes first = bytes_of(key.at, half), second = bytes_of(key.at + half, key.n - half);
    if (fido_cred_type(cred) == COSE_RS256)
        return der_of_rsa(mem, first, second, ret);
    *ret = fido_cred_type(cred) == COSE_ES256 ? der_of_p256(mem, first, second)
                                              : der_of_ed25519(mem, first);
    return NULL;
}

static struct err *read_credential(struct arena *mem, struct bytes data, uint8_t flags,
                                   const char **ret_id, struct bytes *ret_der)
{
    static const int algorithms[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};

    if (!credential_whole(data, flags))
        return malformed(mem);
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(*algorithms); i++) {
        AUTO(cred_freed) fido_cred_t *cred = fido_cred_new();
        if (!credential_of(cred, algorithms[i], data))
            continue;
        *ret_id = base64url_encode(mem, fido_cred_id_ptr(cred), fido_cred_id_len(cred));
        return der_of(mem, cred, ret_der);
    }
    return err_new(mem, ERR_INVALID,
                   "the passkey is of a kind that is not taken: ES256, EdDSA or RS256 "
                   "(2048 bits)");
}

/* ---- The whole ------------------------------------------------------------------------------- */

struct err *webauthn_register(struct arena *mem, const struct webauthn_wish *wish,
                              struct bytes attestation_object, struct bytes client_data,
                              struct webauthn_registration *ret)
{
    const struct client_wish created = {"webauthn.create", wish->rp_id, wish->origin,
                                        wish->challenge};
    struct webauthn_registration made;
    struct bytes data, der;
    uint8_t flags;

    if (wish->challenge.n < WEBAUTHN_CHALLENGE_MIN || wish->challenge.n > WEBAUTHN_CHALLENGE_MAX)
        return err_new(mem, ERR_USAGE, "a challenge must have %d to %d bytes",
                       WEBAUTHN_CHALLENGE_MIN, WEBAUTHN_CHALLENGE_MAX);
    TRY(client_data_check(mem, client_data, &created));
    TRY(read_attestation(mem, attestation_object, &data));
    TRY(authenticator_check(mem, data, wish->rp_id, &flags));
    TRY(read_credential(mem, data, flags, &made.credential, &der));
    TRY(passkey_of(mem, wish->rp_id, der, &made.key));
    made.kept_elsewhere = flags & FLAG_MAY_BE_COPIED;
    *ret = made;
    return NULL;
}
