/* ed25519_quick.h - a check that may accept a signature before OpenSSL is asked. */
#ifndef CRYPTO_ED25519_QUICK_H
#define CRYPTO_ED25519_QUICK_H

#include "crypto/ed25519.h"

typedef bool ed25519_check(const uint8_t public_key[ED25519_PUBLIC], struct bytes message,
                           struct bytes signature);

/* NULL: there is none. The signature has the right length. */
extern ed25519_check *ed25519_quick;

#endif
