/* passkey_parts.h - what the files about passkeys share; for this floor alone. */
#ifndef CRYPTO_PASSKEY_PARTS_H
#define CRYPTO_PASSKEY_PARTS_H

#include "crypto/webauthn.h"

enum {
    AUTHENTICATOR_DATA_MIN = 37, /* hash of the relying party, flags, counter */

    FLAG_PRESENT = 0x01,
    FLAG_VERIFIED = 0x04,
    FLAG_MAY_BE_COPIED = 0x08,
    FLAG_COPIED = 0x10,
    FLAG_KEY_FOLLOWS = 0x40,
    FLAG_EXTENSIONS_FOLLOW = 0x80,
};

/* DER of the three kinds of public key. */
struct bytes der_of_p256(struct arena *mem, struct bytes x, struct bytes y);
struct bytes der_of_ed25519(struct arena *mem, struct bytes raw);
MUST struct err *der_of_rsa(struct arena *mem, struct bytes n, struct bytes e, struct bytes *ret);

/* Did the browser do what it was asked for ("webauthn.get" or "webauthn.create"), with this
 * challenge, on a page that may? origin: the only one that may; NULL: any of the relying party. */
struct client_wish {
    const char *type, *rp_id, *origin;
    struct bytes challenge;
};
MUST struct err *client_data_check(struct arena *mem, struct bytes client_data,
                                   const struct client_wish *wish);

/* The origin that it names; NULL when it cannot be read. */
const char *client_data_origin(struct arena *mem, struct bytes client_data);

/* The fixed part of what the authenticator says: of this relying party, the person present and
 * verified. */
MUST struct err *authenticator_check(struct arena *mem, struct bytes data, const char *rp_id,
                                     uint8_t *ret_flags);

#endif
