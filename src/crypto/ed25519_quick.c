/* ed25519_quick.c - libsodium's check of a signature, before OpenSSL's; see crypto/ed25519.h.
 *
 * Both compute R' = sB - hA and compare its encoding with R byte for byte, and both refuse an s
 * that is not below the order of the group. libsodium refuses some more: keys and R of small order,
 * and keys that are not written in their one canonical form. So what it accepts OpenSSL accepts,
 * and a program that knows only OpenSSL comes to the same. */
#include "ed25519_quick.h"

#include <sodium/core.h>
#include <sodium/crypto_sign_ed25519.h>

static bool accepts(const uint8_t public_key[ED25519_PUBLIC], struct bytes message,
                    struct bytes signature)
{
    return crypto_sign_ed25519_verify_detached(signature.at, message.at, message.n, public_key) ==
           0;
}

bool ed25519_be_quick(void)
{
    if (sodium_init() < 0)
        return false;
    ed25519_quick = accepts;
    return true;
}
