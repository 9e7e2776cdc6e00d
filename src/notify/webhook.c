/* webhook.c - see notify/webhook.h. */
#include "notify/webhook.h"

#include "base/text.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

char *webhook_signature(struct arena *mem, const char *form, const uint8_t secret[32],
                        const char *id, int64_t timestamp, struct bytes body)
{
    struct buf text;

    buf_init(&text, mem, body.n + 200);
    buf_printf(&text, "%s.%" PRId64 ".", id, timestamp);
    buf_add(&text, body.at, body.n);
    struct bytes message = bytes_of(text.at, text.n);
    if (text_same(form, "v1a")) {
        AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(secret);
        uint8_t signature[ED25519_SIGNATURE];
        ed25519_sign(key, message, signature);
        return arena_printf(mem, "v1a,%s", base64_encode(mem, signature, sizeof(signature)));
    }
    struct digest mac = hmac_sha256(bytes_of(secret, 32), message);
    return arena_printf(mem, "v1,%s", base64_encode(mem, mac.at, sizeof(mac.at)));
}

/* The schedule that the specification recommends. */
int64_t webhook_pause(int64_t tries)
{
    enum { MINUTE = 60, HOUR = 3600 };
    static const int64_t pauses[] = {5,         5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR,
                                     10 * HOUR, 14 * HOUR,  20 * HOUR,   24 * HOUR};

    if (tries < 1 || (size_t)tries > sizeof(pauses) / sizeof(*pauses))
        return -1;
    return pauses[tries - 1];
}

static bool begins(const uint8_t *a, uint32_t net, unsigned bits)
{
    uint32_t is = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];

    return (is ^ net) >> (32 - bits) == 0;
}

/* RFC 6890: what is not reached by everybody. */
static bool is_private_4(const uint8_t *a)
{
    static const struct {
        uint32_t net;
        unsigned bits;
    } nets[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
                {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24},
                {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24},
                {0xe0000000, 3}};

    for (size_t i = 0; i < sizeof(nets) / sizeof(*nets); i++)
        if (begins(a, nets[i].net, nets[i].bits))
            return true;
    return false;
}

bool address_is_private(int family, const void *address)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t translated[12] = {0, 0x64, 0xff, 0x9b};
    static const uint8_t none[12] = {0};
    const uint8_t *a = address;

    if (family == AF_INET)
        return is_private_4(a);
    if (family != AF_INET6)
        return true;
    if (memcmp(a, mapped, 12) == 0 || memcmp(a, translated, 12) == 0 || memcmp(a, none, 12) == 0)
        return is_private_4(a + 12);
    return (a[0] & 0xe0) != 0x20; /* only 2000::/3 is everybody's */
}
