/* passkey.c - public keys and signatures of passkeys: against the vector, OpenSSL's own program,
 * and every way in which one can be wrong. */
#include "support/passkey.h"

#include "base/file.h"
#include "crypto/signature.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena *mem;

static void open_arena(void)
{
    mem = arena_new();
}

static void close_arena(void)
{
    arena_free(mem);
}

TestSuite(passkey, .init = open_arena, .fini = close_arena);

static const enum passkey_algorithm all[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};
enum { ALL = sizeof(all) / sizeof(*all) };

static const struct bytes message = {(const uint8_t *)"{\"a\":1}", 7};

static struct authenticator *fresh(void)
{
    return authenticator_new(mem, PASSKEY_ES256, "tenure.example.com");
}

/* Verified as whoever has the log does: the key is parsed from its line. */
static struct err *verify(const struct authenticator *a, const char *text)
{
    struct public_key key;

    cr_assert_ok(public_key_parse(mem, a->key.line, &key));
    return signature_verify(mem, &key, message, text);
}

static void accepted(struct authenticator *a, const char *why)
{
    struct err *e = verify(a, authenticator_sign(a, message));

    cr_expect_null(e, "%s: %s", why, e ? e->text : "");
}

static void refused_text(const struct authenticator *a, const char *text, const char *why)
{
    struct err *e = verify(a, text);

    cr_assert_not_null(e, "%s", why);
    cr_expect_eq(e->kind, ERR_UNSIGNED, "%s", why);
}

static void refused(struct authenticator *a, const char *words)
{
    struct err *e = verify(a, authenticator_sign(a, message));

    cr_assert_not_null(e, "%s", words);
    cr_expect_eq(e->kind, ERR_UNSIGNED, "%s", words);
    cr_expect_not_null(strstr(e->text, words), "'%s' is not in '%s'", words, e->text);
}

Test(passkey, the_vector_verifies)
{
    static const char point[] = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";
    const json_t *v = vectors(mem, "actor.json");
    const char *challenge = vector_text(v, "webauthn_es256.challenge_b64url");
    const char *hex = arena_printf(mem, "%s%s%s", point, vector_text(v, "webauthn_es256.pub_x_hex"),
                                   vector_text(v, "webauthn_es256.pub_y_hex"));
    uint8_t der[91], bytes[32];
    struct passkey key;

    cr_assert(hex_decode(hex, der, sizeof(der)));
    cr_assert_ok(
        passkey_of(mem, vector_text(v, "webauthn_es256.rpId"), bytes_of(der, sizeof(der)), &key));
    struct webauthn_assertion given = {
        vector_hex(mem, vector_at(v, "webauthn_es256.authenticatorData_hex")),
        bytes_of_text(vector_text(v, "webauthn_es256.clientDataJSON")),
        vector_hex(mem, vector_at(v, "webauthn_es256.signature_der_hex")),
    };
    cr_assert(base64url_decode_to(challenge, strlen(challenge), bytes, sizeof(bytes)));
    cr_expect_null(webauthn_verify(mem, &key, bytes_of(bytes, sizeof(bytes)), &given));
    bytes[31] ^= 1;
    cr_expect_not_null(webauthn_verify(mem, &key, bytes_of(bytes, sizeof(bytes)), &given));
}

Test(passkey, each_algorithm_signs_and_its_line_is_read_again)
{
    for (size_t i = 0; i < ALL; i++) {
        struct authenticator *a = authenticator_new(mem, all[i], "tenure.example.com");
        const char *text = authenticator_sign(a, message);
        struct public_key of_line, of_signature;
        cr_expect_eq(a->key.algorithm, all[i]);
        cr_assert_ok(public_key_parse(mem, a->key.line, &of_line));
        cr_assert_ok(signature_key(mem, text, &of_signature));
        cr_expect_str_eq(of_line.fingerprint, of_signature.fingerprint);
        cr_expect_str_eq(of_line.line, a->key.line);
        cr_expect_str_eq(key_kind_name(of_line.kind), "passkey");
        cr_expect_str_eq(of_line.as.passkey.rp_id, "tenure.example.com");
        cr_expect_str_eq(passkey_signature_origin(mem, text), "https://tenure.example.com");
        accepted(a, "a good one");
    }
}

/* What another implementation says of the same bytes. */
Test(passkey, openssl_verifies_the_same)
{
    char folder[] = "/tmp/tenure-passkey-XXXXXX";
    json_t *signature;

    cr_assert_not_null(mkdtemp(folder));
    for (size_t i = 0; i < ALL; i++) {
        struct authenticator *a = authenticator_new(mem, all[i], "tenure.example.com");
        const char *text = authenticator_sign(a, message);
        cr_assert_ok(json_read(mem, bytes_of_text(text), 65536, "it", &signature));
        static const char *const members[] = {"authenticator_data", "client_data", "signature"};
        struct bytes parts[3];
        for (size_t k = 0; k < 3; k++) {
            const char *b64 = json_text(signature, members[k]);
            cr_assert(base64url_decode(mem, b64, strlen(b64), &parts[k]));
            cr_assert_ok(
                file_write(mem, arena_printf(mem, "%s/%s", folder, members[k]), 0600, parts[k]));
        }
        cr_assert_ok(file_write(mem, arena_printf(mem, "%s/key", folder), 0600, a->key.der));
        const char *command = arena_printf(
            mem,
            "cd %s && { cat authenticator_data && openssl dgst -sha256 -binary client_data; } "
            ">data "
            "&& openssl pkeyutl -verify -rawin %s -pubin -keyform DER -inkey key -in data -sigfile "
            "signature >out 2>&1",
            folder, all[i] == PASSKEY_EDDSA ? "" : "-digest sha256");
        cr_expect_eq(system(command), 0, "algorithm %zu", i);
    }
    cr_assert_eq(system(arena_printf(mem, "rm -r %s", folder)), 0);
}

Test(passkey, another_message_or_key_does_not_verify)
{
    struct authenticator *a = fresh(), *b = fresh();
    const char *text = authenticator_sign(a, message);
    struct public_key key;

    cr_assert_ok(public_key_parse(mem, a->key.line, &key));
    cr_expect_not_null(signature_verify(mem, &key, bytes_of_text("{\"a\":2}"), text));
    refused_text(b, text, "by another key");
    b->key.line = a->key.line; /* it says that it is the other one */
    refused_text(a, authenticator_sign(b, message), "in another's name");
}

Test(passkey, no_changed_letter_of_a_signature_passes)
{
    for (size_t i = 0; i < ALL; i++) {
        struct authenticator *a = authenticator_new(mem, all[i], "tenure.example.com");
        const char *good = authenticator_sign(a, message);
        for (size_t k = 0; k < strlen(good); k++) {
            AUTO(arena_auto) struct arena *scratch = arena_new();
            char *bad = arena_copy(scratch, good);
            struct public_key key;
            bad[k] ^= 1;
            cr_assert_ok(public_key_parse(scratch, a->key.line, &key));
            cr_expect_not_null(signature_verify(scratch, &key, message, bad), "letter %zu of %s", k,
                               good);
        }
    }
}

Test(passkey, the_browser_must_say_what_is_due)
{
    static const struct {
        const char *type, *origin, *more, *words;
    } cases[] = {
        {"webauthn.create", NULL, NULL, "another question"},
        {"payment.get", NULL, NULL, "another question"},
        {NULL, "https://example.com", NULL, "another site's page"},
        {NULL, "https://evil.example", NULL, "another site's page"},
        {NULL, "http://tenure.example.com", NULL, "another site's page"},
        {NULL, "https://xtenure.example.com", NULL, "another site's page"},
        {NULL, "https://tenure.example.com.evil.example", NULL, "another site's page"},
        {NULL, "https://tenure.example.com/", NULL, "another site's page"},
        {NULL, "https://tenure.example.com:0443", NULL, "another site's page"},
        {NULL, "https://tenure.example.com:443", NULL, "another site's page"},
        {NULL, "https://tenure.example.com:", NULL, "another site's page"},
        {NULL, "https://me@tenure.example.com", NULL, "another site's page"},
        {NULL, "https://a..tenure.example.com", NULL, "another site's page"},
        {NULL, "https://evil.example#.tenure.example.com", NULL, "another site's page"},
        {NULL, "HTTPS://tenure.example.com", NULL, "another site's page"},
        {NULL, "https://Tenure.example.com", NULL, "another site's page"},
        {NULL, "", NULL, "another site's page"},
        {NULL, NULL, ",\"crossOrigin\":true", "inside another site's page"},
        {NULL, NULL, ",\"crossOrigin\":\"no\"", "inside another site's page"},
        {NULL, NULL, ",\"crossOrigin\":null", "inside another site's page"},
        {NULL, NULL, ",\"topOrigin\":\"https://evil.example\"", "inside another site's page"},
        {NULL, NULL, ",\"topOrigin\":7", "inside another site's page"},
        {NULL, NULL, ",\"type\":\"webauthn.get\"", "cannot be read"},
        {NULL, NULL, ",\"challenge\":\"\"", "cannot be read"},
        {NULL, NULL, ",", "cannot be read"},
        {NULL, NULL, ",\"more\":{\"type\":\"webauthn.get\"}", "not as browsers write it"},
        {NULL, "https:\\/\\/tenure.example.com", NULL, "not as browsers write it"},
        {NULL, NULL,
         ",\"deep\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
         "cannot be read"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct authenticator *a = fresh();
        a->type = cases[i].type;
        a->origin = cases[i].origin ? cases[i].origin : a->origin;
        a->more = cases[i].more ? cases[i].more : a->more;
        refused(a, cases[i].words);
    }
    struct authenticator *a = fresh();
    a->more = arena_printf(mem, ",\"x\":\"%0*d\"", WEBAUTHN_CLIENT_DATA_MAX, 0);
    refused(a, "cannot be read");
}

Test(passkey, a_page_of_the_relying_party_may)
{
    static const char *const origins[] = {
        "https://tenure.example.com", "https://tenure.example.com:8443",
        "https://eu.tenure.example.com", "https://a.b-c.tenure.example.com:1"};
    static const char *const members[] = {"", ",\"crossOrigin\":false",
                                          ",\"other_keys_can_be_added_here\":{\"a\":[1]}",
                                          ",\"topOrigin\":\"https://tenure.example.com\""};

    for (size_t i = 0; i < sizeof(origins) / sizeof(*origins); i++) {
        struct authenticator *a = fresh();
        a->origin = origins[i];
        accepted(a, origins[i]);
    }
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        struct authenticator *a = fresh();
        a->more = members[i];
        accepted(a, members[i]);
    }
    struct authenticator *here = authenticator_new(mem, PASSKEY_ES256, "localhost");
    accepted(here, here->origin);
    here->origin = "http://localhost:8080";
    accepted(here, here->origin);
    here->origin = "http://localhost:80";
    refused(here, "another site's page");
    here->origin = "http://localhost.evil.example";
    refused(here, "another site's page");
}

Test(passkey, the_device_must_say_what_is_due)
{
    struct authenticator *a = fresh();
    uint8_t good = a->flags;

    a->rp_id = "other.example.com";
    refused(a, "for another site");
    a->rp_id = a->key.rp_id;
    a->flags = good & (uint8_t)~0x01;
    refused(a, "somebody was there");
    a->flags = good & (uint8_t)~0x04;
    refused(a, "recognised");
    a->flags = good | 0x10; /* copied, although it may not be */
    refused(a, "malformed");
    a->flags = good | 0x18;
    accepted(a, "a passkey that is kept on several devices");
    a->flags = good | 0x40; /* a key follows, as in a registration */
    refused(a, "malformed");
    a->flags = good | 0x80; /* extensions follow, and none is there */
    refused(a, "malformed");
    a->tail = bytes_of("\xa0", 1);
    accepted(a, "extensions");
    a->flags = good; /* none follows, and one is there */
    refused(a, "malformed");
    a->challenge = "zazxcj68ez7pO_K1iwNqTuuwUyUvxQQbUwFx7HNnHS4";
    refused(a, "something else");
    a->challenge = "";
    refused(a, "something else");
}

Test(passkey, the_fixed_part_must_be_whole)
{
    struct authenticator *a = fresh();
    const char *text = authenticator_sign(a, message), *begin = strstr(text, ":\"") + 2;
    size_t n = strcspn(begin, "\"");
    struct bytes data;

    cr_assert(base64url_decode(mem, begin, n, &data));
    const char *shorter = base64url_encode(mem, data.at, data.n - 1);
    refused_text(a, arena_printf(mem, "{\"authenticator_data\":\"%s%s", shorter, begin + n),
                 "a byte less");
}

/* One text for one signature: what two readers could understand in two ways is none. */
Test(passkey, the_text_has_one_spelling)
{
    struct authenticator *a = fresh();
    const char *good = authenticator_sign(a, message);
    const char *open = strchr(good, ',') + 1; /* after the first member */
    const char *const bad[] = {
        "",
        "{",
        "{}",
        "[]",
        "null",
        arena_printf(mem, " %s", good),
        arena_printf(mem, "%s\n", good),
        arena_printf(mem, "{\"a\":1,%s", good + 1),
        arena_printf(mem, "%.*s\"batch\":[],%s", (int)(open - good), good, open),
        arena_printf(mem, "%.*s\"batch\":null,%s", (int)(open - good), good, open),
        arena_printf(mem, "%.*s,\"z\":0}", (int)strlen(good) - 1, good),
        arena_printf(mem, "{%s", open),
        arena_printf(mem, "%.*s \"client_data\"%s", (int)(open - good), good,
                     open + strlen("\"client_data\"")),
        arena_printf(mem, "%.*s%0*d}", (int)strlen(good) - 1, good, PASSKEY_SIGNATURE_MAX, 0)};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        refused_text(a, bad[i], bad[i]);
    struct passkey key;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not_null(passkey_signature_key(mem, bad[i], &key), "%s", bad[i]);
    cr_expect_null(passkey_signature_origin(mem, "{}"));
}

/* ---- Batches --------------------------------------------------------------------------------- */

Test(passkey, one_touch_covers_several_messages)
{
    static const size_t sizes[] = {2, 3, 17, PASSKEY_BATCH_MAX};

    for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
        struct authenticator *a = authenticator_new(mem, all[k % ALL], "tenure.example.com");
        size_t n = sizes[k];
        struct bytes *messages = arena_array(mem, n, sizeof(*messages));
        struct public_key key;
        for (size_t i = 0; i < n; i++)
            messages[i] = bytes_of_text(arena_printf(mem, "message %zu", i));
        const char *text = authenticator_sign_all(a, messages, n);
        cr_assert_ok(public_key_parse(mem, a->key.line, &key));
        for (size_t i = 0; i < n; i += 1 + n / 20)
            cr_expect_null(signature_verify(mem, &key, messages[i], text), "%zu of %zu", i, n);
        struct err *e = signature_verify(mem, &key, bytes_of_text("message"), text);
        cr_assert_not_null(e);
        cr_expect_not_null(strstr(e->text, "over other requests"), "%s", e->text);
    }
}

static const char *own_challenge(void)
{
    struct digest d = passkey_challenge(message);

    return base64url_encode(mem, d.at, sizeof(d.at));
}

Test(passkey, a_batch_is_whole_and_without_twins)
{
    struct authenticator *a = fresh();
    const char *own = own_challenge(), *other = "zazxcj68ez7pO_K1iwNqTuuwUyUvxQQbUwFx7HNnHS4";
    const char *cut = arena_copy_n(mem, own, 42), *const alone[] = {own},
               *const twins[] = {own, other, own}, *const pair[] = {own, other},
               *const others[] = {other, "AazxcjA8ez7pO_K1iwNqTuuwUyUvxQQbUwFx7HNnHS4"},
               *const broken[] = {own, cut};
    struct digest digests[3] = {passkey_challenge(message)};

    cr_assert(base64url_decode_to(other, strlen(other), digests[1].at, 32));
    digests[2] = digests[0];
    refused_text(a, authenticator_sign_batch(a, alone, 1, passkey_challenge_all(digests, 1)),
                 "one");
    refused_text(a, authenticator_sign_batch(a, twins, 3, passkey_challenge_all(digests, 3)),
                 "twins");
    refused_text(a, authenticator_sign_batch(a, broken, 2, passkey_challenge_all(digests, 2)),
                 "a broken one");
    refused_text(a, authenticator_sign_batch(a, others, 2, passkey_challenge_all(digests + 1, 1)),
                 "others only");
    struct err *e =
        verify(a, authenticator_sign_batch(a, pair, 2, passkey_challenge_all(digests, 2)));
    cr_expect_null(e, "%s", e ? e->text : "");
    refused_text(a, authenticator_sign_batch(a, pair, 2, digests[0]), "signed for one only");

    const char **many = arena_array(mem, PASSKEY_BATCH_MAX + 1, sizeof(*many));
    struct digest *all_of = arena_array(mem, PASSKEY_BATCH_MAX + 1, sizeof(*all_of));
    for (size_t i = 0; i <= PASSKEY_BATCH_MAX; i++) {
        all_of[i] = i ? passkey_challenge(bytes_of_text(arena_printf(mem, "%zu", i))) : digests[0];
        many[i] = base64url_encode(mem, all_of[i].at, 32);
    }
    refused_text(a,
                 authenticator_sign_batch(a, many, PASSKEY_BATCH_MAX + 1,
                                          passkey_challenge_all(all_of, PASSKEY_BATCH_MAX + 1)),
                 "one too many");
}

/* ---- Public keys ----------------------------------------------------------------------------- */

static void not_a_key(const char *line)
{
    struct public_key key;
    struct err *e = public_key_parse(mem, line, &key);

    cr_assert_not_null(e, "%s", line);
    cr_expect_eq(e->kind, ERR_INVALID);
}

static const char *line_of(const char *rp_id, struct bytes der)
{
    return arena_printf(mem, "passkey %s %s", rp_id, base64_encode(mem, der.at, der.n));
}

Test(passkey, a_public_key_has_one_spelling)
{
    struct authenticator *a = fresh();
    const char *good = a->key.line;
    struct bytes der = a->key.der;
    uint8_t *off = arena_alloc(mem, der.n + 1);

    not_a_key("passkey");
    not_a_key("passkey ");
    not_a_key("passkey tenure.example.com");
    not_a_key("passkey tenure.example.com ");
    not_a_key("passkey tenure.example.com !!!!");
    not_a_key(arena_printf(mem, "%s comment", good));
    not_a_key(arena_printf(mem, "%s\n", good));
    not_a_key(arena_printf(mem, "passkey  %s", good + strlen("passkey ")));
    not_a_key(line_of("tenure.example.com", bytes_of(der.at, der.n - 1)));
    memcpy(off, der.at, der.n);
    off[der.n] = 0;
    not_a_key(line_of("tenure.example.com", bytes_of(off, der.n + 1)));
    off[der.n - 1] ^= 1; /* no point of the curve */
    not_a_key(line_of("tenure.example.com", bytes_of(off, der.n)));
}

Test(passkey, keys_of_other_kinds_are_refused)
{
    static const char *const made[] = {"ec -pkeyopt ec_paramgen_curve:P-384",
                                       "ec -pkeyopt ec_paramgen_curve:secp256k1",
                                       "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt "
                                       "ec_param_enc:explicit",
                                       "ED448",
                                       "X25519",
                                       "rsa -pkeyopt rsa_keygen_bits:1024",
                                       "rsa -pkeyopt rsa_keygen_bits:2048 -pkeyopt "
                                       "rsa_keygen_pubexp:3",
                                       "rsa-pss -pkeyopt rsa_keygen_bits:2048"};
    char folder[] = "/tmp/tenure-passkey-XXXXXX";
    struct bytes der;

    cr_assert_not_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++) {
        const char *command = arena_printf(mem,
                                           "cd %s && openssl genpkey -quiet -algorithm %s -out k "
                                           "2>err && openssl pkey -in k -pubout -outform DER -out "
                                           "der 2>>err",
                                           folder, made[i]);
        cr_assert_eq(system(command), 0, "%s", made[i]);
        cr_assert_ok(file_read(mem, arena_printf(mem, "%s/der", folder), 4096, &der));
        not_a_key(line_of("tenure.example.com", der));
    }
    cr_assert_eq(system(arena_printf(mem, "rm -r %s", folder)), 0);
}

Test(passkey, a_relying_party_is_a_domain)
{
    static const char *const good[] = {"localhost", "example.com", "a.b-c.d9.example",
                                       "xn--bcher-kva.example"};
    static const char *const bad[] = {"",           "com",          "example.com.", ".example.com",
                                      "a..b",       "-a.example",   "a-.example",   "Example.com",
                                      "10.0.0.1",   "b\xc3\xbc.de", "a_b.example",  "a b.example",
                                      "example.c/", "[::1]",        "local.host:1"};
    struct bytes der = fresh()->key.der;
    struct passkey key;

    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        cr_expect_null(passkey_of(mem, good[i], der, &key), "%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        cr_expect_not_null(passkey_of(mem, bad[i], der, &key), "%s", bad[i]);
        not_a_key(line_of(bad[i], der));
    }
    const char *label = arena_printf(mem, "%064d.example", 0);
    cr_expect_not_null(passkey_of(mem, label, der, &key));
    cr_expect_null(passkey_of(mem, label + 1, der, &key));
}

/* ---- Above both kinds ------------------------------------------------------------------------ */

Test(passkey, ssh_keys_and_passkeys_are_not_taken_for_each_other)
{
    static const uint8_t seed[ED25519_SEED] = "any thirty-two bytes will do her";
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    const char *by_ssh = ssh_sign(mem, key, signature_namespace, message);
    struct authenticator *a = authenticator_new(mem, PASSKEY_EDDSA, "tenure.example.com");
    struct public_key ssh, passkey;

    cr_assert_ok(signature_key(mem, by_ssh, &ssh));
    cr_expect_str_eq(key_kind_name(ssh.kind), "ssh");
    cr_assert_ok(public_key_parse(mem, ssh.line, &ssh));
    cr_assert_ok(public_key_parse(mem, a->key.line, &passkey));
    cr_expect_null(signature_verify(mem, &ssh, message, by_ssh));
    cr_expect_not_null(signature_verify(mem, &passkey, message, by_ssh));
    cr_expect_not_null(signature_verify(mem, &ssh, message, authenticator_sign(a, message)));
    const char *elsewhere = ssh_sign(mem, key, "file", message);
    cr_expect_not_null(signature_verify(mem, &ssh, message, elsewhere));
}
