/* webauthn_registration.c - a browser's registration becomes a public key; see webauthn.h. */
#include "cbor_item.h"
#include "passkey_parts.h"

#include "base/text.h"

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

/* ---- COSE keys (RFC 9052, 9053, 8230) -------------------------------------------------------- */

/* By label: 1 kind, 3 algorithm, and what the kind calls -1, -2 and -3. */
struct cose {
    struct item kind, algorithm, minus[4];
};
enum { LABEL_KIND = 1, LABEL_ALGORITHM = 3 };
enum { OKP = 1, EC2 = 2, RSA = 3 };
enum { ES256 = -7, EDDSA = -8, RS256 = -257 };
enum { P256 = 1, ED25519 = 6, COORDINATE = 32 };

static struct item *place_of(struct cose *key, int64_t label)
{
    if (label == LABEL_KIND)
        return &key->kind;
    if (label == LABEL_ALGORITHM)
        return &key->algorithm;
    return label < 0 && label >= -3 ? &key->minus[-label] : NULL;
}

static bool read_cose(struct reader *r, struct cose *ret)
{
    struct item map = item_next(r);

    memset(ret, 0, sizeof(*ret)); /* ITEM_OTHER: not there */
    if (map.kind != ITEM_MAP)
        return false;
    for (uint64_t i = 0; i < map.n && !r->failed; i++) {
        struct item label = item_next(r), value = item_next(r);
        struct item *place = label.kind == ITEM_WHOLE ? place_of(ret, label.whole) : NULL;
        if (!place || place->kind != ITEM_OTHER ||
            (value.kind != ITEM_WHOLE && value.kind != ITEM_BYTES))
            return false;
        *place = value;
    }
    return !r->failed;
}

static bool is_whole(const struct item *item, int64_t n)
{
    return item->kind == ITEM_WHOLE && item->whole == n;
}

static bool is_coordinate(const struct item *item)
{
    return item->kind == ITEM_BYTES && item->bytes.n == COORDINATE;
}

static bool is(const struct cose *key, int64_t kind, int64_t algorithm)
{
    return is_whole(&key->kind, kind) && is_whole(&key->algorithm, algorithm);
}

static struct err *der_of_cose(struct arena *mem, const struct cose *key, struct bytes *ret)
{
    const struct item *curve = &key->minus[1], *x = &key->minus[2], *y = &key->minus[3];
    bool no_third = y->kind == ITEM_OTHER;

    if (is(key, EC2, ES256) && is_whole(curve, P256) && is_coordinate(x) && is_coordinate(y))
        *ret = der_of_p256(mem, x->bytes, y->bytes);
    else if (is(key, OKP, EDDSA) && is_whole(curve, ED25519) && is_coordinate(x) && no_third)
        *ret = der_of_ed25519(mem, x->bytes);
    else if (is(key, RSA, RS256) && curve->kind == ITEM_BYTES && x->kind == ITEM_BYTES &&
             curve->bytes.n <= PASSKEY_DER_MAX && x->bytes.n <= 8 && no_third)
        return der_of_rsa(mem, curve->bytes, x->bytes, ret); /* n and e */
    else
        return err_new(mem, ERR_INVALID,
                       "the passkey is of a kind that is not taken: ES256, EdDSA or RS256");
    return NULL;
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* After the fixed part: the model (16 bytes), the credential's id, its key, perhaps extensions. */
static struct err *read_credential(struct arena *mem, struct bytes data, uint8_t flags,
                                   struct bytes *ret_id, struct cose *ret_key)
{
    enum { MODEL = 16 };
    struct reader r = reader_of(data);

    read_n(&r, AUTHENTICATOR_DATA_MIN + MODEL);
    size_t high = read_u8(&r), n = high << 8 | read_u8(&r);
    *ret_id = read_n(&r, n);
    if (!(flags & FLAG_KEY_FOLLOWS) || r.failed || n == 0 || n > WEBAUTHN_CREDENTIAL_MAX ||
        !read_cose(&r, ret_key))
        return malformed(mem);
    if (flags & FLAG_EXTENSIONS_FOLLOW) {
        struct item extensions = item_next(&r);
        if (extensions.kind != ITEM_MAP)
            return malformed(mem);
        item_skip(&r, &extensions);
    }
    return reader_done(&r) ? NULL : malformed(mem);
}

struct err *webauthn_register(struct arena *mem, const struct webauthn_wish *wish,
                              struct bytes attestation_object, struct bytes client_data,
                              struct webauthn_registration *ret)
{
    const struct client_wish created = {"webauthn.create", wish->rp_id, wish->origin,
                                        wish->challenge};
    struct webauthn_registration made;
    struct bytes data, id, der;
    struct cose cose;
    uint8_t flags;

    if (wish->challenge.n < WEBAUTHN_CHALLENGE_MIN || wish->challenge.n > WEBAUTHN_CHALLENGE_MAX)
        return err_new(mem, ERR_USAGE, "a challenge must have %d to %d bytes",
                       WEBAUTHN_CHALLENGE_MIN, WEBAUTHN_CHALLENGE_MAX);
    TRY(client_data_check(mem, client_data, &created));
    TRY(read_attestation(mem, attestation_object, &data));
    TRY(authenticator_check(mem, data, wish->rp_id, &flags));
    TRY(read_credential(mem, data, flags, &id, &cose));
    TRY(der_of_cose(mem, &cose, &der));
    TRY(passkey_of(mem, wish->rp_id, der, &made.key));
    made.credential = base64url_encode(mem, id.at, id.n);
    made.kept_elsewhere = flags & FLAG_MAY_BE_COPIED;
    *ret = made;
    return NULL;
}
