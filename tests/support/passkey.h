/* passkey.h - an authenticator in software, with one passkey: it makes registrations and signatures
 * as a browser and a device would, and says what a story wants it to say.
 */
#ifndef SUPPORT_PASSKEY_H
#define SUPPORT_PASSKEY_H

#include "crypto/webauthn.h"

struct authenticator {
    struct arena *mem;
    enum passkey_algorithm algorithm;
    struct passkey key;
    const char *credential; /* its id, in base64url */

    /* What it says of itself: as it should be, until a story changes it. */
    const char *rp_id;     /* whose hash it signs */
    const char *origin;    /* of the page */
    const char *type;      /* NULL: what is due */
    const char *challenge; /* in base64url; NULL: what is due */
    const char *more;      /* members that the browser adds: ",\"crossOrigin\":false" */
    uint8_t flags;         /* without those that say what follows */
    struct bytes tail;     /* after the fixed part of what it says */
    const char *format;    /* of the attestation */
    struct bytes cose;     /* the key in a registration; empty: its own */
    void *private_key;
};

/* With a fresh key, on https://RP-ID (http://localhost on localhost). */
struct authenticator *authenticator_new(struct arena *mem, enum passkey_algorithm algorithm,
                                        const char *rp_id);

/* What navigator.credentials.create() answers: attestationObject and clientDataJSON. */
struct bytes authenticator_register(struct authenticator *a, struct bytes challenge,
                                    struct bytes *ret_client_data);

/* A signature over a message; over several at once, with one touch. */
const char *authenticator_sign(struct authenticator *a, struct bytes message);
const char *authenticator_sign_all(struct authenticator *a, const struct bytes *messages, size_t n);

/* A signature whose batch is these texts, over this challenge. */
const char *authenticator_sign_batch(struct authenticator *a, const char *const *batch, size_t n,
                                     struct digest challenge);

/* Its public key in COSE. */
struct bytes authenticator_cose(struct authenticator *a);

#endif
