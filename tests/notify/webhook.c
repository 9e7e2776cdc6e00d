/* webhook.c - Standard Webhooks: signatures, pauses, addresses; and the texts of mail. */
#include "notify/webhook.h"

#include "base/text.h"
#include "crypto/ed25519.h"
#include "notify/text.h"
#include "support/vectors.h"
#include "json/json.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>

/* The example that the specification's libraries are tested with. */
Test(webhook, is_signed_as_the_specification_says)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    uint8_t secret[32] = {0};
    struct bytes key;

    cr_assert(base64_decode(mem, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 32, &key));
    cr_assert_eq(key.n, 24);
    memcpy(secret, key.at, key.n); /* HMAC fills a shorter key up with zeros */
    cr_expect_str_eq(webhook_signature(mem, "v1", secret, "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                       1614265330, bytes_of_text("{\"test\": 2432232314}")),
                     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

Test(webhook, is_signed_with_a_key_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const uint8_t seed[32] = {7};
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    struct bytes signature;

    const char *text = webhook_signature(mem, "v1a", seed, "msg_1", 12, bytes_of_text("{}"));
    cr_assert(text_starts(text, "v1a,"));
    cr_assert(base64_decode(mem, text + 4, strlen(text + 4), &signature));
    cr_expect(ed25519_verify(ed25519_public(key), bytes_of_text("msg_1.12.{}"), signature));
    cr_expect_not(ed25519_verify(ed25519_public(key), bytes_of_text("msg_1.13.{}"), signature));
}

Test(webhook, is_tried_for_three_days)
{
    int64_t all = 0, tries = 1;

    for (; webhook_pause(tries) >= 0; tries++) {
        cr_expect_gt(webhook_pause(tries), 0);
        all += webhook_pause(tries);
    }
    cr_expect_eq(tries, 10);
    cr_expect_gt(all, 3 * 86400);
    cr_expect_lt(webhook_pause(0), 0);
}

Test(webhook, private_addresses_are_known)
{
    static const struct {
        const char *address;
        bool private;
    } rows[] = {{"127.0.0.1", true},
                {"10.1.2.3", true},
                {"172.16.0.1", true},
                {"172.32.0.1", false},
                {"192.168.1.1", true},
                {"169.254.169.254", true},
                {"100.64.0.1", true},
                {"0.0.0.0", true},
                {"224.0.0.1", true},
                {"255.255.255.255", true},
                {"93.184.216.34", false},
                {"8.8.8.8", false},
                {"::1", true},
                {"::", true},
                {"fe80::1", true},
                {"fd00::1", true},
                {"::ffff:10.0.0.1", true},
                {"::ffff:8.8.8.8", false},
                {"64:ff9b::a00:1", true},
                {"2606:4700::1111", false},
                {"ff02::1", true}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        uint8_t at[16];
        int family = strchr(rows[i].address, ':') ? AF_INET6 : AF_INET;
        cr_assert_eq(inet_pton(family, rows[i].address, at), 1);
        cr_expect_eq(address_is_private(family, at), rows[i].private, "%s", rows[i].address);
    }
}

/* ---- Texts ----------------------------------------------------------------------------------- */

static const char *filled(struct arena *mem, const char *template, const char *json)
{
    const char *subject, *body;
    json_t *values;

    cr_assert_null(json_read(mem, bytes_of_text(json), 10000, "values", &values));
    cr_assert_ok(text_fill(mem, template, values, &subject, &body));
    return arena_printf(mem, "[%s]%s", subject, body);
}

Test(text, values_and_rows)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    cr_expect_str_eq(filled(mem, "Hi {{name}}\n\na {{x}}b\n", "{\"name\":\"Ana\"}"),
                     "[Hi Ana]a b\n");
    cr_expect_str_eq(filled(mem, "S\n\n{{#rows}}\n- {{n}} {{who}}\n{{/rows}}\nend\n",
                            "{\"who\":\"all\",\"rows\":[{\"n\":1},{\"n\":2,\"who\":\"b\"}]}"),
                     "[S]- 1 all\n- 2 b\nend\n");
    cr_expect_str_eq(filled(mem, "S\n\n{{#rows}}x{{/rows}}{{#is}}y{{/is}}{{#not}}z{{/not}}",
                            "{\"rows\":[],\"is\":true,\"not\":false}"),
                     "[S]y");
    cr_expect_str_eq(filled(mem, "S\n\n{{a}}", "{\"a\":\"{{b}}\",\"b\":1}"), "[S]{{b}}",
                     "a value is no template");
}

Test(text, faults_are_named)
{
    static const char *const bad[] = {"{{a", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}",
                                      "{{#a}}{{#a}}{{#a}}{{#a}}{{/a}}{{/a}}{{/a}}{{/a}}"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *subject, *body;
    json_t *values;

    cr_assert_null(json_read(mem, bytes_of_text("{\"a\":true}"), 100, "values", &values));
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not_null(text_fill(mem, bad[i], values, &subject, &body), "%s", bad[i]);
}

/* Each is there in both languages, and can be filled with nothing and with much. */
Test(text, all_that_come_with_it)
{
    static const char *const languages[] = {"en", "fr"}, *const names[] = {"digest", "late",
                                                                           "confirm", "invited"};
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (int l = 0; l < 2; l++)
        for (int n = 0; n < 4; n++) {
            const char *template = text_template(languages[l], names[n]);
            cr_assert_not_null(template, "%s %s", languages[l], names[n]);
            cr_expect(strlen(filled(mem, template, "{}")) > 20);
            const char *much = filled(
                mem, template,
                "{\"name\":\"Ana\",\"count\":2,\"steps\":[{\"title\":\"T1\",\"late\":true},{"
                "\"title\":"
                "\"T2\"}],\"takes\":[{\"accounts\":\"acme\"}],\"base\":\"https://t.example\","
                "\"by\":\"B\",\"person\":\"P\",\"handover\":\"h-1\",\"invitation\":\"h-1\"}");
            cr_expect_not_null(strstr(much, n >= 2 ? "h-1" : "T2"), "%s", much);
            cr_expect_null(strstr(much, "{{"), "%s", much);
        }
    cr_expect_null(text_template("de", "digest"));
}

/* A comma would make two addresses of a name; a subject may have one. */
Test(text, a_name_is_one_address)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    cr_expect_str_eq(text_of_name(mem, "Ana Petrova"), "Ana Petrova");
    cr_expect_str_eq(text_of_name(mem, ""), "");
    cr_expect_str_eq(text_of_name(mem, "Petrova, Ana"), "=?UTF-8?B?UGV0cm92YSwgQW5h?=");
    cr_expect_str_eq(text_of_name(mem, "Ana <x@y>"), "=?UTF-8?B?QW5hIDx4QHk+?=");
    cr_expect_str_eq(text_of_name(mem, "Zo\xc3\xab"), "=?UTF-8?B?Wm/Dqw==?=");
    cr_expect_str_eq(text_of_subject(mem, "Tenure: 3 steps, 1 late"), "Tenure: 3 steps, 1 late");
}
