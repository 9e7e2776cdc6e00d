/* passkey.c - public keys, signatures and registrations of passkeys, as anybody may send them. */
#include "crypto/signature.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The client data that the registration in the corpus was made with: what is fuzzed is the object.
 */
static const char client_data[] =
    "{\"type\":\"webauthn.create\",\"challenge\":\"c2l4dGVlbiBieXRlcyAuLg\","
    "\"origin\":\"https://tenure.example.com\",\"crossOrigin\":false}";

static void register_it(struct arena *mem, struct bytes object, struct bytes client)
{
    const struct webauthn_wish wish = {"tenure.example.com", NULL,
                                       bytes_of_text("sixteen bytes ..")};
    struct webauthn_registration r;
    struct passkey again;

    if (webauthn_register(mem, &wish, object, client, &r))
        return;
    struct err *e = passkey_parse(mem, r.key.line, &again);
    assert(!e && strcmp(again.fingerprint, r.key.fingerprint) == 0 && *r.credential);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *text = arena_copy_n(mem, (const char *)data, n);
    struct public_key key, again;

    if (!public_key_parse(mem, text, &key)) {
        struct err *e = public_key_parse(mem, key.line, &again);
        assert(!e && strcmp(again.fingerprint, key.fingerprint) == 0);
    }
    if (!signature_key(mem, text, &key)) {
        bool signs_itself = !signature_verify(mem, &key, bytes_of(data, n), text);
        assert(!signs_itself);
        bool other = !signature_verify(mem, &key, bytes_of_text("{}"), text);
        assert(!other);
    }
    register_it(mem, bytes_of(data, n), bytes_of_text(client_data));
    register_it(mem, bytes_of_text(""), bytes_of(data, n));
    return 0;
}
