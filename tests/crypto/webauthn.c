/* webauthn.c - what a browser registers becomes a public key, and nothing else does. */
#include "crypto/webauthn.h"

#include "support/passkey.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static struct arena *mem;

static void open_arena(void)
{
    mem = arena_new();
}

static void close_arena(void)
{
    arena_free(mem);
}

TestSuite(webauthn, .init = open_arena, .fini = close_arena);

static const char rp[] = "tenure.example.com", home[] = "https://tenure.example.com";
static const uint8_t random_challenge[16] = "sixteen bytes ..";
static const struct webauthn_wish wish = {rp, home, {random_challenge, sizeof(random_challenge)}};

static struct authenticator *fresh(void)
{
    return authenticator_new(mem, PASSKEY_ES256, rp);
}

static struct err *come(struct authenticator *a, struct webauthn_registration *ret)
{
    struct bytes client, object = authenticator_register(a, wish.challenge, &client);

    return webauthn_register(mem, &wish, object, client, ret);
}

static void refused(struct authenticator *a, enum err_kind kind, const char *words)
{
    struct webauthn_registration r;
    struct err *e = come(a, &r);

    cr_assert_not_null(e, "%s", words);
    cr_expect_eq(e->kind, kind, "%s: %s", words, e->text);
    cr_expect_not_null(strstr(e->text, words), "'%s' is not in '%s'", words, e->text);
}

Test(webauthn, each_algorithm_registers)
{
    static const enum passkey_algorithm all[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct authenticator *a = authenticator_new(mem, all[i], rp);
        struct webauthn_registration r;
        cr_assert_ok(come(a, &r));
        cr_expect_str_eq(r.key.line, a->key.line);
        cr_expect_str_eq(r.credential, a->credential);
        cr_expect_not(r.kept_elsewhere);
        const char *text = authenticator_sign(a, bytes_of_text("proof of possession"));
        cr_expect_null(passkey_verify(mem, &r.key, bytes_of_text("proof of possession"), text));
    }
}

Test(webauthn, any_attestation_is_taken_and_none_is_believed)
{
    static const char *const formats[] = {"none",  "packed",      "tpm",
                                          "apple", "android-key", "one of tomorrow"};

    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        struct authenticator *a = fresh();
        struct webauthn_registration r;
        a->format = formats[i];
        cr_expect_null(come(a, &r), "%s", formats[i]);
    }
}

Test(webauthn, what_browser_and_device_say_is_checked)
{
    struct authenticator *a = fresh();
    struct webauthn_registration r;
    uint8_t good = a->flags;

    a->type = "webauthn.get";
    refused(a, ERR_UNSIGNED, "another question");
    a->type = NULL;
    a->challenge = "c2l4dGVlbiBieXRlcyAu";
    refused(a, ERR_UNSIGNED, "something else");
    a->challenge = NULL;
    a->origin = "https://eu.tenure.example.com"; /* of the same relying party, but another page */
    refused(a, ERR_UNSIGNED, "another site's page");
    a->origin = home;
    a->more = ",\"crossOrigin\":true";
    refused(a, ERR_UNSIGNED, "inside another site's page");
    a->more = "";
    a->rp_id = "example.com";
    refused(a, ERR_UNSIGNED, "for another site");
    a->rp_id = rp;
    a->flags = good & (uint8_t)~0x01;
    refused(a, ERR_UNSIGNED, "somebody was there");
    a->flags = good & (uint8_t)~0x04;
    refused(a, ERR_UNSIGNED, "recognised");
    a->flags = good | 0x18;
    cr_assert_ok(come(a, &r));
    cr_expect(r.kept_elsewhere);
    a->flags = good | 0x80;
    refused(a, ERR_INVALID, "malformed");
    a->tail = bytes_of("\xa1\x61x\xf5", 4); /* {"x": true} */
    cr_assert_ok(come(a, &r));
    a->tail = bytes_of("\xa1\x61x\xf5\x00", 5);
    refused(a, ERR_INVALID, "malformed");
    a->flags = good;
    refused(a, ERR_INVALID, "malformed");
}

Test(webauthn, a_challenge_is_long_enough_to_be_random)
{
    struct authenticator *a = fresh();
    struct webauthn_wish weak = wish;
    struct webauthn_registration r;
    struct bytes client, object;

    weak.challenge.n--;
    object = authenticator_register(a, weak.challenge, &client);
    struct err *e = webauthn_register(mem, &weak, object, client, &r);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_USAGE);
}

/* ---- The key in it --------------------------------------------------------------------------- */

static struct bytes hex(const char *text)
{
    uint8_t *at = arena_alloc(mem, strlen(text) / 2 + 1);

    cr_assert(hex_decode(text, at, strlen(text) / 2), "%s", text);
    return bytes_of(at, strlen(text) / 2);
}

Test(webauthn, other_keys_are_refused)
{
    static const char x[] = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d",
                      y[] = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c";
    const struct {
        const char *what, *cose;
    } cases[] = {
        {"no map", "01"},
        {"an empty map", "a0"},
        {"no point of the curve", arena_printf(mem, "a5010203262001215820%s225820%s", x, x)},
        {"another algorithm (-35)", arena_printf(mem, "a501020338222001215820%s225820%s", x, y)},
        {"another curve (2)", arena_printf(mem, "a5010203262002215820%s225820%s", x, y)},
        {"a short coordinate", arena_printf(mem, "a501020326200121581f%.62s225820%s", x, y)},
        {"a coordinate as text", arena_printf(mem, "a5010203262001217820%s225820%s", x, y)},
        {"y as a sign only", arena_printf(mem, "a5010203262001215820%s22f5", x)},
        {"a member twice", arena_printf(mem, "a601020326200120012158 20%s225820%s", x, y)},
        {"a member more", arena_printf(mem, "a60102032620010401215820%s225820%s", x, y)},
        {"a text for a label", arena_printf(mem, "a601020326200161610121582 0%s225820%s", x, y)},
        {"Ed25519 as EC2", arena_printf(mem, "a4010203272006215820%s", x)},
        {"X25519", arena_printf(mem, "a4010103272004215820%s", x)},
        {"RSA without a modulus", "a40103033901002040214301 0001"},
        {"RSA of 512 bits", arena_printf(mem, "a40103033901002058 40%s%s2143010001", x, y)},
        {"an indefinite map", arena_printf(mem, "bf010203262001215820%s225820%sff", x, y)},
        {"a tag before it", arena_printf(mem, "c1a5010203262001215820%s225820%s", x, y)},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct authenticator *a = fresh();
        struct webauthn_registration r;
        char *packed = arena_copy(mem, cases[i].cose), *to = packed;
        for (const char *c = cases[i].cose; *c; c++)
            if (*c != ' ')
                *to++ = *c;
        *to = '\0';
        a->cose = hex(packed);
        struct err *e = come(a, &r);
        cr_assert_not_null(e, "%s", cases[i].what);
        cr_expect_eq(e->kind, ERR_INVALID, "%s", cases[i].what);
    }
    struct authenticator *a = fresh(); /* the vector of these cases is a good one */
    struct webauthn_registration r;
    a->cose = hex(arena_printf(mem, "a5010203262001215820%s225820%s", x, y));
    cr_assert_ok(come(a, &r));
}

/* ---- The object ------------------------------------------------------------------------------ */

static void object_refused(const char *what, struct bytes object)
{
    struct bytes client;
    struct webauthn_registration r;

    authenticator_register(fresh(), wish.challenge, &client);
    struct err *e = webauthn_register(mem, &wish, object, client, &r);
    cr_assert_not_null(e, "%s", what);
    cr_expect_eq(e->kind, ERR_INVALID, "%s: %s", what, e->text);
}

Test(webauthn, a_cut_or_longer_object_is_refused)
{
    struct bytes client, whole = authenticator_register(fresh(), wish.challenge, &client);
    uint8_t *longer = arena_alloc(mem, whole.n + 1);

    for (size_t n = 0; n < whole.n; n++)
        object_refused("cut", bytes_of(whole.at, n));
    memcpy(longer, whole.at, whole.n);
    object_refused("longer", bytes_of(longer, whole.n + 1));
}

Test(webauthn, an_object_of_another_shape_is_refused)
{
    static const struct {
        const char *what, *object;
    } cases[] = {
        {"nothing", ""},
        {"an array", "80"},
        {"an empty map", "a0"},
        {"no data", "a263666d74646e6f6e656761747453746d74a0"},
        {"data as text", "a363666d74646e6f6e656761747453746d74a068617574684461746161 78"},
        {"a claim of 2^62 members", "bb4000000000000000"},
        {"a claim of 2^62 bytes", "5b4000000000000000"},
        {"a statement of 2^40 members", "a163617474 53746d749b0000010000000000"},
        {"nested too deep", "a1617881818181818181818181818100"},
        {"a number for a name", "a10102"},
        {"an indefinite text", "a17f61786178ff00"},
        {"a float", "f97e00"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char *packed = arena_copy(mem, cases[i].object), *to = packed;
        for (const char *c = cases[i].object; *c; c++)
            if (*c != ' ')
                *to++ = *c;
        *to = '\0';
        object_refused(cases[i].what, hex(packed));
    }
}
