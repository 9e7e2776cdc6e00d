/* webauthn.h - passkeys (W3C Web Authentication level 3): their public keys, what they sign, and
 * how a browser's registration becomes a public key.
 *
 * A public key is one line: "passkey RP-ID BASE64", the relying party that it was made for and its
 * SubjectPublicKeyInfo (DER). Taken are ES256 (P-256), EdDSA (Ed25519) and RS256 (2048 to 4096
 * bits, exponent 65537); nothing else, and each in one spelling only.
 *
 * A signature is one text, canonical JSON (RFC 8785), in which the browser's bytes stand as they
 * came, in base64url:
 *
 *     {"authenticator_data":"…","client_data":"…","key":"passkey
 * …","signature":"…","type":"passkey"}
 *
 * and with "batch":["…",…] where one touch of the key covers several messages: the challenges of
 * all of them, in their order, each in base64url.
 */
#ifndef CRYPTO_WEBAUTHN_H
#define CRYPTO_WEBAUTHN_H

#include "base/err.h"
#include "crypto/hash.h"

enum {
    PASSKEY_DER_MAX = 1024,
    PASSKEY_BATCH_MIN = 2,
    PASSKEY_BATCH_MAX = 1000,
    PASSKEY_SIGNATURE_MAX = 65536, /* letters of the whole text */
    WEBAUTHN_CLIENT_DATA_MAX = 4096,
    WEBAUTHN_AUTHENTICATOR_DATA_MAX = 4096,
    WEBAUTHN_ATTESTATION_MAX = 65536,
    WEBAUTHN_CREDENTIAL_MAX = 1023,
    WEBAUTHN_CHALLENGE_MIN = 16,
    WEBAUTHN_CHALLENGE_MAX = 64,
};

enum passkey_algorithm { PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256 };

struct passkey {
    const char *rp_id;
    enum passkey_algorithm algorithm;
    struct bytes der;        /* SubjectPublicKeyInfo */
    const char *line;        /* "passkey RP-ID BASE64" */
    const char *fingerprint; /* "SHA256:…" of der, written as ssh-keygen writes them */
};

/* A domain in lower case and ASCII (no address), or "localhost". */
bool webauthn_rp_id_ok(const char *rp_id);

/* May a page of this origin ask for the passkeys of rp_id? https on rp_id or a domain under it,
 * with or without a port; http only on localhost. In the browsers' spelling and no other. */
bool webauthn_origin_ok(const char *origin, const char *rp_id);

MUST struct err *passkey_of(struct arena *mem, const char *rp_id, struct bytes der,
                            struct passkey *ret);
MUST struct err *passkey_parse(struct arena *mem, const char *line, struct passkey *ret);

/* What the browser is asked to sign for one message: SHA-256 of "tenure-intent-v1", a zero byte and
 * the message. For several: SHA-256 of "tenure-intents-v1", a zero byte and their challenges. */
struct digest passkey_challenge(struct bytes message);
struct digest passkey_challenge_all(const struct digest *challenges, size_t n);

/* The key inside a signature. */
MUST struct err *passkey_signature_key(struct arena *mem, const char *text, struct passkey *ret);

/* The origin of the page on which a signature was made, as the browser says; NULL when it cannot be
 * read. */
const char *passkey_signature_origin(struct arena *mem, const char *text);

/* Is text a signature over message by this very key, with the person present and verified, on a
 * page of its relying party? ERR_UNSIGNED says why not. The counter is not looked at: passkeys that
 * are kept on several devices have none. */
MUST struct err *passkey_verify(struct arena *mem, const struct passkey *key, struct bytes message,
                                const char *text);

/* The same for any challenge, and what the browser gave as it came. */
struct webauthn_assertion {
    struct bytes authenticator_data, client_data, signature;
};
MUST struct err *webauthn_verify(struct arena *mem, const struct passkey *key,
                                 struct bytes challenge, const struct webauthn_assertion *given);

/* The page on which the browser says that it was; NULL when it cannot be read. */
const char *webauthn_page(struct arena *mem, const struct webauthn_assertion *given);

/* ---- Registration ---------------------------------------------------------------------------- */

/* What was asked for. */
struct webauthn_wish {
    const char *rp_id;
    const char *origin;     /* of the page that asked; NULL: any that may */
    struct bytes challenge; /* the random bytes that it was given */
};

struct webauthn_registration {
    struct passkey key;
    const char *credential; /* its id, in base64url, for allowCredentials */
    bool kept_elsewhere;    /* the passkey may be copied to other devices of its owner (BE) */
};

/* What navigator.credentials.create() answered, byte for byte. The attestation's statement, which
 * says who made the device, is not looked at whatever its format is: anybody's device is welcome,
 * the browser is asked for "none", and a list of makers to trust would be one more thing that can
 * be out of date. That the person has the key is proved by the enrolment, which the key signs. The
 * key is read by libfido2, which takes RS256 with 2048 bits, as devices make it. */
MUST struct err *webauthn_register(struct arena *mem, const struct webauthn_wish *wish,
                                   struct bytes attestation_object, struct bytes client_data,
                                   struct webauthn_registration *ret);

#endif
