/* passkeys.c - proofs of what people signed with passkeys: they hold, with Tenure and with stock
 * tools, and neither takes what a browser or a device must not have said. */
#include "support/tools.h"
#include "support/vectors.h"
#include "tenure/tenure.h"
#include "unpacked.h"

#include <criterion/criterion.h>

static const char domain[] = "tenure.acme.example";

static struct sample *by_phone(struct arena *mem, enum passkey_algorithm algorithm)
{
    return sample_with(mem, authenticator_new(mem, algorithm, domain));
}

Test(passkeys, proofs_hold_with_tenure_and_with_stock_tools)
{
    static const enum passkey_algorithm all[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bundle back;

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct sample *s = by_phone(mem, all[i]);
        struct bundle *b = sample_bundle(s, 0, "", "");
        struct bytes zip = sample_zip(s, b);
        int status;
        cr_assert_ok(bundle_verify(mem, zip, s->vkey, &back));
        const char *said = checked(s, zip, s->vkey, &status);
        cr_expect_eq(status, 0, "%s", said);
        says(said, arena_printf(mem, "the person whom they name: %zu\n", b->signatures));
        says(said, "\nALL OK: 13 checks\n");
        cr_expect_not_null(strstr(text_at(s, zip, "passkeys"), s->phone->key.line));
        cr_expect_null(strstr(text_at(s, zip, "allowed_signers"), "passkey"));
        says(text_at(s, zip, "allowed_signers"), "ssh-ed25519");
    }
}

Test(passkeys, the_library_checks_what_an_actor_signed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = by_phone(mem, PASSKEY_ES256);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    const char *intent = text_at(s, zip, "events/000000.intent"),
               *signature = text_at(s, zip, "events/000000.sig"), *line = s->phone->key.line;
    struct tenure_bytes given = {(const unsigned char *)intent, strlen(intent)}, less = given;

    less.n--;
    cr_expect_eq(tenure_verify_signature(given, signature, line, NULL), TENURE_OK);
    cr_expect_eq(tenure_verify_signature(less, signature, line, NULL), TENURE_BROKEN);
    cr_expect_eq(tenure_verify_signature(given, signature, "passkey acme.example AAAA", NULL),
                 TENURE_USAGE);
}

/* ---- What must not pass ---------------------------------------------------------------------- */

/* What browser and device can say wrongly, and how it is named. */
struct lie {
    const char *what, *rp_id, *origin, *type, *more, *challenge, *words;
    uint8_t flags;
    const char *tail;
};
static const struct lie lies[] = {
    {"another relying party", .rp_id = "acme.example", .words = "for another site"},
    {"another site", .origin = "https://evil.example", .words = "another site's page"},
    {"the site above", .origin = "https://acme.example", .words = "another site's page"},
    {"a site in front", .origin = "https://tenure.acme.example.evil", .words = "another site's"},
    {"in the clear", .origin = "http://tenure.acme.example", .words = "another site's page"},
    {"a registration", .type = "webauthn.create", .words = "another question"},
    {"embedded", .more = ",\"crossOrigin\":true", .words = "inside another site's page"},
    {"under another", .more = ",\"topOrigin\":\"https://evil.example\"", .words = "inside another"},
    {"twice a challenge", .more = ",\"challenge\":\"x\"", .words = "cannot be read"},
    {"hidden members", .more = ",\"x\":{\"type\":\"y\"}", .words = "not as browsers write it"},
    {"another challenge", .challenge = "zazxcj68ez7pO_K1iwNqTuuwUyUvxQQbUwFx7HNnHS4",
     .words = "something else"},
    {"nobody there", .flags = 0x04, .words = "somebody was there"},
    {"not recognised", .flags = 0x01, .words = "recognised"},
    {"a key follows", .flags = 0x45, .words = "malformed"},
    {"extensions that are not there", .flags = 0x85, .words = "malformed"},
    {"something follows", .tail = "\xa0", .words = "malformed"},
};
enum { LIES = sizeof(lies) / sizeof(*lies) };

static void tell(struct authenticator *a, const struct lie *lie)
{
    a->rp_id = lie->rp_id ? lie->rp_id : a->rp_id;
    a->origin = lie->origin ? lie->origin : a->origin;
    a->type = lie->type;
    a->more = lie->more ? lie->more : a->more;
    a->challenge = lie->challenge;
    a->flags = lie->flags ? lie->flags : a->flags;
    a->tail = lie->tail ? bytes_of(lie->tail, strlen(lie->tail)) : a->tail;
}

Test(passkeys, verify_takes_no_lie)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < LIES; i++) {
        struct sample *s = by_phone(mem, PASSKEY_ES256);
        tell(s->phone, &lies[i]);
        sample_add(s, &(struct said){.by = "adm",
                                     .command = "account change",
                                     .type = "account.changed",
                                     .after = "{'account':'@account:group','name':'Acme'}"});
        struct err *e = sample_check(s, sample_bundle(s, 0, "", ""));
        cr_assert_not_null(e, "%s", lies[i].what);
        says(e->text, lies[i].words);
    }
}

/* What check.sh says with this signature in the place of one; only that it is another file is
 * always found. */
static const char *with_signature(struct sample *s, struct bytes zip, const char *signature)
{
    struct unpacked u = unpack(s, zip);
    int status;

    file_at(&u, "events/000000.sig")->bytes = bytes_of_text(signature);
    const char *said = checked(s, packed(s, &u), s->vkey, &status);
    cr_expect_eq(status, 1);
    says(said, "FAILED  every file is the one that the manifest lists");
    return said;
}

static const char good[] = "ok      commands are signed by the key of the person whom they name",
                  bad[] = "FAILED  commands are signed by the key of the person whom they name: "
                          "not events/000000.sig";

Test(passkeys, stock_tools_take_no_lie)
{
    HEARD_ONCE();
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = by_phone(mem, PASSKEY_ES256);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    struct bytes intent = bytes_of_text(text_at(s, zip, "events/000000.intent"));
    struct authenticator honest = *s->phone;

    for (size_t i = 0; i < LIES; i++) {
        tell(s->phone, &lies[i]);
        says(with_signature(s, zip, authenticator_sign(s->phone, intent)), bad);
        *s->phone = honest;
    }
    says(with_signature(s, zip, authenticator_sign(s->phone, intent)), good);
    s->phone->flags |= 0x80;
    s->phone->tail = bytes_of("\xa0", 1);
    says(with_signature(s, zip, authenticator_sign(s->phone, intent)), good);
    *s->phone = honest;
    s->phone->origin = "https://eu.tenure.acme.example:8443";
    says(with_signature(s, zip, authenticator_sign(s->phone, intent)), good);
}

Test(passkeys, stock_tools_take_no_other_key_or_intent)
{
    HEARD_ONCE();
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = by_phone(mem, PASSKEY_EDDSA);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    struct bytes intent = bytes_of_text(text_at(s, zip, "events/000000.intent"));
    struct authenticator *other = authenticator_new(mem, PASSKEY_EDDSA, domain);

    says(with_signature(s, zip, authenticator_sign(other, intent)), bad);
    other->key.line = s->phone->key.line;
    says(with_signature(s, zip, authenticator_sign(other, intent)), bad);
    says(with_signature(s, zip, authenticator_sign(s->phone, bytes_of_text("{}"))), bad);
    const char *text = authenticator_sign(s->phone, intent);
    says(with_signature(s, zip, arena_printf(mem, "%s ", text)), bad);
    says(with_signature(s, zip, arena_printf(mem, "{\"a\":1,%s", text + 1)), bad);
    says(with_signature(s, zip, "{}"), bad);
    says(with_signature(s, zip, "{$(kill $$)"), bad);
}

Test(passkeys, stock_tools_check_one_touch_for_several)
{
    HEARD_ONCE();
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = by_phone(mem, PASSKEY_RS256);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    struct bytes all[] = {bytes_of_text("one"),
                          bytes_of_text(text_at(s, zip, "events/000000.intent")),
                          bytes_of_text("three")};
    struct digest digests[2] = {passkey_challenge(all[0]), passkey_challenge(all[1])};
    const char *texts[] = {base64url_encode(mem, digests[0].at, SHA256_BYTES),
                           base64url_encode(mem, digests[1].at, SHA256_BYTES)};

    says(with_signature(s, zip, authenticator_sign_all(s->phone, all, 3)), good);
    struct bytes others[] = {all[0], all[2]};
    says(with_signature(s, zip, authenticator_sign_all(s->phone, others, 2)), bad);
    says(with_signature(
             s, zip,
             authenticator_sign_batch(s->phone, texts, 2, passkey_challenge_all(digests, 1))),
         bad);
}
