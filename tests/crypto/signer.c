/* signer.c - signing as the log, with a key in memory and with one in a PKCS#11 token: a real
 * module, SoftHSM's, with a token of its own for each test. */
#include "crypto/note.h"

#include "support/hsm.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena *mem;

static void begin(void)
{
    mem = arena_new();
}

static void end(void)
{
    arena_free(mem);
}

TestSuite(signer, .init = begin, .fini = end);

static bool signs(struct signer *s, const char *text)
{
    uint8_t signature[ED25519_SIGNATURE];
    struct err *e = signer_sign(mem, s, bytes_of_text(text), signature);

    cr_assert_null(e, "%s", e ? e->text : "");
    return ed25519_verify(s->public_key, bytes_of_text(text), bytes_of(signature, 64));
}

static const char *trouble(struct signer *s)
{
    uint8_t signature[ED25519_SIGNATURE];
    struct err *e = signer_sign(mem, s, bytes_of_text("x"), signature);

    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNAVAILABLE, "%s", e->text);
    return e->text;
}

Test(signer, a_seed_signs_as_the_key_itself)
{
    const uint8_t seed[ED25519_SEED] = {1, 2, 3};
    AUTO(signer_auto) struct signer *s = signer_of_seed(seed);
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    const char *note, *twice;

    cr_assert_arr_eq(s->public_key, ed25519_public(key), ED25519_PUBLIC);
    cr_assert_null(note_sign_by(mem, "log\n1\n", "log", s, &note));
    cr_expect_str_eq(note, note_sign(mem, "log\n1\n", "log", key));
    const uint8_t other_seed[ED25519_SEED] = {4};
    AUTO(signer_auto) struct signer *other = signer_of_seed(other_seed);
    struct note_verifier v = note_verifier_of("log", NOTE_ED25519, s->public_key),
                         w = note_verifier_of("log", NOTE_ED25519, other->public_key);
    struct note parsed;
    cr_assert_null(note_add_by(mem, note, "log", other, &twice));
    cr_assert_null(note_parse(mem, bytes_of_text(twice), &parsed));
    cr_expect_eq(parsed.n, 2);
    cr_expect_null(note_verify(mem, &parsed, &v, NULL));
    cr_expect_null(note_verify(mem, &parsed, &w, NULL));
}

Test(signer, uris_that_are_not_good_are_refused_by_name)
{
    static const struct {
        const char *uri, *words; /* words NULL: it is good */
    } cases[] = {
        {"pkcs11:token=t;object=o?module-path=/m.so&pin-source=/p", NULL},
        {"pkcs11:token=my%20token;id=%01%ff;type=private?pin-source=file:/p&module-path=/m", NULL},
        {"file:/x", "is not a pkcs11: URI"},
        {"pkcs11:token=t;object=o?module-path=/m.so&pin-value=1234", "a PIN does not belong"},
        {"pkcs11:token=t?module-path=/m.so&pin-source=/p", "names no key"},
        {"pkcs11:token=t;object=o?pin-source=/p", "module-path"},
        {"pkcs11:token=t;object=o?module-path=m.so&pin-source=/p", "module-path"},
        {"pkcs11:token=t;object=o?module-path=/m.so", "pin-source"},
        {"pkcs11:token=t;object=o;type=cert?module-path=/m.so&pin-source=/p", "must be private"},
        {"pkcs11:tokn=t;object=o?module-path=/m.so&pin-source=/p", "'tokn'"},
        {"pkcs11:token=t;object=%4?module-path=/m.so&pin-source=/p", "not name=value"},
        {"pkcs11:token=t;object=%zz?module-path=/m.so&pin-source=/p", "not name=value"},
        {"pkcs11:token=t;object=a%00b?module-path=/m.so&pin-source=/p", "object"},
        {"pkcs11:token=;object=o?module-path=/m.so&pin-source=/p", "token"},
        {"pkcs11:token?module-path=/m.so&pin-source=/p", "not name=value"},
        {"pkcs11:token=a b;object=o?module-path=/m.so&pin-source=/p", "is not a pkcs11: URI"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct err *e = token_uri_check(mem, cases[i].uri);
        if (!cases[i].words) {
            cr_expect_null(e, "%s: %s", cases[i].uri, e ? e->text : "");
            continue;
        }
        cr_assert_not_null(e, "%s", cases[i].uri);
        cr_expect_eq(e->kind, ERR_INVALID);
        cr_expect_not_null(strstr(e->text, cases[i].words), "%s: %s", cases[i].uri, e->text);
        cr_expect_null(strstr(e->text, "1234"), "the PIN is repeated: %s", e->text);
    }
}

Test(signer, a_token_signs_and_never_shows_the_key)
{
    struct hsm *t = hsm_new(mem);
    uint8_t public_key[ED25519_PUBLIC];

    hsm_key(t, "log1", "01");
    cr_assert_null(token_public(mem, hsm_uri(t, "log1"), public_key));
    AUTO(signer_auto) struct signer *s = signer_of_token(hsm_uri(t, "log1"), public_key);
    for (int i = 0; i < 20; i++)
        cr_assert(signs(s, arena_printf(mem, "message %d", i)));
}

Test(signer, what_is_not_there_is_said)
{
    struct hsm *t = hsm_new(mem);
    uint8_t public_key[ED25519_PUBLIC];

    hsm_key(t, "log1", "01");
    struct err *e = token_public(mem, hsm_uri(t, "log2"), public_key);
    cr_assert(e && strstr(e->text, "not in the token"), "%s", e ? e->text : "");
    hsm_key(t, "log1", "02");
    e = token_public(mem, hsm_uri(t, "log1"), public_key);
    cr_assert(e && strstr(e->text, "several keys"), "%s", e ? e->text : "");
    e = token_public(mem, arena_printf(mem, "pkcs11:token=other;object=x?%s", hsm_query(t)),
                     public_key);
    cr_assert(e && strstr(e->text, "its token other is not there"), "%s", e ? e->text : "");
    e = token_public(mem, "pkcs11:object=x?module-path=/nowhere/module.so&pin-source=/nowhere/pin",
                     public_key);
    cr_assert(e && strstr(e->text, "cannot be loaded"), "%s", e ? e->text : "");
}

Test(signer, another_key_under_the_same_name_signs_nothing)
{
    const uint8_t seed[ED25519_SEED] = {9};
    struct hsm *t = hsm_new(mem);
    AUTO(ed25519_auto) struct ed25519 *other = ed25519_new(seed);

    hsm_key(t, "log1", "01");
    AUTO(signer_auto)
    struct signer *s = signer_of_token(hsm_uri(t, "log1"), ed25519_public(other));
    cr_expect_not_null(strstr(trouble(s), "is another than the log's"));
}

Test(signer, a_token_that_was_away_signs_again_when_it_is_back)
{
    struct hsm *t = hsm_new(mem);
    uint8_t public_key[ED25519_PUBLIC];

    hsm_key(t, "log1", "01");
    cr_assert_null(token_public(mem, hsm_uri(t, "log1"), public_key));
    AUTO(signer_auto) struct signer *s = signer_of_token(hsm_uri(t, "log1"), public_key);
    cr_assert(signs(s, "before"));
    hsm_pull(t);
    cr_expect_not_null(strstr(trouble(s), "not there"));
    cr_expect_not_null(strstr(trouble(s), "not there"));
    hsm_push(t);
    cr_assert(signs(s, "after"));
}

/* Three wrong PINs lock a real token. So one that was refused is not tried again, not even when the
 * token would take it by now, until the file holds another. */
Test(signer, a_wrong_pin_is_tried_once)
{
    struct hsm *t = hsm_new(mem);
    uint8_t public_key[ED25519_PUBLIC];

    hsm_key(t, "log1", "01");
    cr_assert_null(token_public(mem, hsm_uri(t, "log1"), public_key));
    hsm_pin(t, "9999\n");
    AUTO(signer_auto) struct signer *s = signer_of_token(hsm_uri(t, "log1"), public_key);
    cr_expect_not_null(strstr(trouble(s), "the PIN in pin-source is not the token's"));
    hsm_change_pin(t, "1234", "9999");
    cr_expect_not_null(strstr(trouble(s), "the PIN in pin-source is not the token's"));
    hsm_change_pin(t, "9999", "4321");
    hsm_pin(t, "4321\n");
    cr_assert(signs(s, "with the right one"));
}
