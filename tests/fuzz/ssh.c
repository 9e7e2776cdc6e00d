/* ssh.c - OpenSSH's public keys, private key files and signatures, as anybody may send them. */
#include "crypto/ssh.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *text = arena_copy_n(mem, (const char *)data, n);
    uint8_t seed[ED25519_SEED];
    struct ssh_public key, again;

    if (!ssh_public_parse(mem, text, &key)) {
        struct err *e = ssh_public_parse(mem, key.line, &again);
        assert(!e && strcmp(again.fingerprint, key.fingerprint) == 0);
    }
    if (!ssh_private_parse(mem, bytes_of(data, n), seed, &key))
        assert(key.line);
    if (!ssh_signature_key(mem, text, &key)) {
        bool signs_itself = !ssh_verify(mem, &key, "tenure", bytes_of(data, n), text);
        assert(!signs_itself);
    }
    return 0;
}
