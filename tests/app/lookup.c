/* Is this account ours? Yes or no, signed, to everybody and only where it is wanted; and yes to
 * what is ours only, however much something else looks like it. */
#include "base/date.h"
#include "crypto/note.h"
#include "support/instance.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

/* The answer is signed, and says of what. */
static const char *answer_to(struct instance *i, const char *params)
{
    const json_t *said = did(i, NULL, "account ours", params);
    const char *statement = json_text(said, "statement");
    struct note_verifier log;
    struct note note;

    cr_assert_ok(note_verifier_parse(i->mem, keyring_vkey(i->service.keys), &log));
    cr_assert_ok(note_parse(i->mem, bytes_of_text(statement), &note));
    cr_assert_ok(note_verify(i->mem, &note, &log, NULL));
    bool ours = json_is_true(json_object_get(said, "ours"));
    const char *about =
        arena_printf(i->mem, "%s %s\n%s %s", json_text(said, "platform"), json_text(said, "kind"),
                     json_text(said, "form"), json_text(said, "which"));
    const char *head =
        arena_printf(i->mem, "tenure-account-lookup-v2\n%s\n%s\n%s\n%s\n%s\n%s\n2",
                     i->service.origin, json_text(said, "platform"), json_text(said, "kind"),
                     json_text(said, "form"), json_text(said, "which"), ours ? "yes" : "no");
    cr_expect(text_starts(statement, head), "'%s' does not begin with '%s'", statement, head);
    cr_expect_eq(json_object_size(said), 7, "nothing else is said");
    return arena_printf(i->mem, "%s %s", ours ? "yes" : "no", about);
}

static const char *of(struct instance *i, const char *what)
{
    return answer_to(i, arena_printf(i->mem, "{'what': '%s'}", what));
}

static void expect(struct instance *i, bool ours, const char *what)
{
    const char *said = of(i, what);

    cr_expect(text_starts(said, ours ? "yes " : "no "), "%s: %s", what, said);
}

static struct instance *asked_by_anybody(struct arena *mem)
{
    struct instance *i = instance_new(mem);

    i->service.public_lookup = true;
    did(i, "adm", "account register", "{'account': 'acme', 'url': 'https://x.com/AcmeNews'}");
    did(i, "adm", "account register",
        "{'account': 'group', 'url': 'https://www.linkedin.com/groups/4417201'}");
    did(i, "adm", "account register",
        "{'account': 'page', 'url': 'https://www.linkedin.com/company/acme'}");
    did(i, "adm", "account register", "{'account': 'fb', 'url': 'https://facebook.com/acme'}");
    did(i, "adm", "account register",
        "{'account': 'telegram', 'url': 'https://t.me/acme', 'kind': 'community'}");
    return i;
}

Test(lookup, anybody_is_told_yes_or_no)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    i->service.public_lookup = false;
    refused(i, NULL, "account ours", "{'what': 'acmenews'}", ERR_FORBIDDEN, "--public-lookup");
    i->service.public_lookup = true;
    cr_expect_str_eq(of(i, "https://x.com/acmenews"), "yes x profile\nhandle acmenews");
    cr_expect_str_eq(of(i, "https://x.com/acmenewz"), "no x profile\nhandle acmenewz");
    expect(i, true, "https://x.com/AcmeNews/");
    expect(i, false, "https://www.instagram.com/acmenews");
    did(i, "adm", "account retire", "{'account': 'acme', 'reason': 'closed'}");
    expect(i, false, "https://x.com/acmenews");
}

Test(lookup, what_only_looks_like_ours_is_not)
{
    static const char *const not_ours[] = {
        "https://www.linkedin.com.evil.example/groups/4417201",
        "x.com.evil.example/AcmeNews",
        "https://evil.example/x.com/AcmeNews?x.com/AcmeNews#https://x.com/AcmeNews",
        "https://x.com:8443/AcmeNews",
        "https://linkedin.com/in/acme",
        "https://linkedin.com/in/4417201",
        "https://linkedin.com/company/4417201",
        "https://linkedin.com/groups/acme",
        "https://facebook.com/groups/acme",
        "https://x.com/4417201",
        "https://x.com/i/user/12345",
    };
    static const char *const no_addresses[] = {
        "https://x.com:443@evil.example/AcmeNews", "https://x.com/AcmeNews/../evil",
        "https://x.com/AcmeNews/%2e%2e/evil", "https://evil.example\\\\@x.com/AcmeNews"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    did(i, "adm", "account register",
        "{'account': 'jo', 'url': 'https://linkedin.com/in/jo', 'kind': 'personal_profile'}");
    expect(i, false, "https://linkedin.com/in/jo");
    did(i, "adm", "account register", "{'account': 'digits', 'url': 'https://x.com/12345'}");
    for (size_t k = 0; k < sizeof(not_ours) / sizeof(*not_ours); k++)
        expect(i, false, not_ours[k]);
    for (size_t k = 0; k < sizeof(no_addresses) / sizeof(*no_addresses); k++)
        refused_field(i, NULL, "account ours", arena_printf(mem, "{'what': '%s'}", no_addresses[k]),
                      "what");
    refused_field(i, NULL, "account ours", "{'what': 'https://x.com/AcmeNews/status/17'}", "what");
}

Test(lookup, what_is_ours_is_ours_however_it_is_written)
{
    static const char *const ours[] = {
        "linkedin.com/groups/4417201",
        "LINKEDIN.COM/GROUPS/4417201/?trk=a#b",
        "https://fr.linkedin.com/groups/4417201",
        "https://mobile.twitter.com/ACMENEWS",
        "x.com/acmenews?s=20",
        "http://www.linkedin.com:80/company/Acme/",
        "https://m.facebook.com/acme",
        "https://t.me/s/acme",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    for (size_t k = 0; k < sizeof(ours) / sizeof(*ours); k++)
        expect(i, true, ours[k]);
    cr_expect_str_eq(of(i, "t.me/acme"), "yes telegram community\nhandle acme");
}

Test(lookup, a_name_alone_is_nobodys)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    refused_field(i, NULL, "account ours", "{'what': '@AcmeNews'}", "platform");
    refused_field(i, NULL, "account ours", "{'what': '4417201'}", "platform");
    refused(i, NULL, "account ours", "{'what': '4417201'}", ERR_INVALID, "linkedin, facebook,");
    refused_field(i, NULL, "account ours", "{'what': '4417201', 'platform': 'linkedin'}", "kind");
    refused_field(i, NULL, "account ours", "{'what': 'acme', 'platform': 'orkut'}", "platform");
    refused_field(i, NULL, "account ours",
                  "{'what': 'https://x.com/acmenews', 'platform': 'linkedin'}", "platform");
    refused_field(i, NULL, "account ours",
                  "{'what': 'https://linkedin.com/in/acme', 'kind': 'page'}", "kind");
    cr_expect_str_eq(answer_to(i, "{'what': '@acmenews', 'platform': 'x'}"),
                     "yes x profile\nhandle acmenews");
    cr_expect_str_eq(answer_to(i, "{'what': '4417201', 'platform': 'linkedin', 'kind': 'group'}"),
                     "yes linkedin group\nuid 4417201");
    cr_expect_str_eq(answer_to(i, "{'what': '4417201', 'platform': 'linkedin', 'kind': 'page'}"),
                     "no linkedin page\nuid 4417201");
    cr_expect_str_eq(answer_to(i, "{'what': 'acme', 'platform': 'linkedin'}"),
                     "yes linkedin page\nhandle acme");
    cr_expect_str_eq(answer_to(i, "{'what': 'acme', 'platform': 'x'}"), "no x profile\nhandle acme",
                     "its key here is nobody's business");
}

Test(lookup, an_address_that_no_rule_knows_is_compared_whole)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    did(i, "adm", "account register",
        "{'account': 'site', 'url': 'https://www.acme.example/shop/', 'platform': 'website', "
        "'kind': 'website', 'handle': 'acme.example'}");
    cr_expect_str_eq(of(i, "http://ACME.example/shop"),
                     "yes website website\naddress http://ACME.example/shop");
    cr_expect_str_eq(of(i, "https://acme.example/"), "no any any\naddress https://acme.example/");
    expect(i, false, "https://acme.example.evil.example/shop");
    expect(i, false, "https://evil.acme.example/shop");
    expect(i, false, "https://acme.example/shop?to=evil");
    expect(i, true, "https://acme.example/%73hop");
}

/* A shop in a hundred towns: each is found, and what is not there is not. */
Test(lookup, many_addresses_of_one_host_are_told_apart)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    for (int n = 0; n < 105; n++)
        did(i, "adm", "account register",
            arena_printf(mem,
                         "{'account': 's%d', 'url': 'https://acme.example/shop/town-%03d', "
                         "'platform': 'website', 'kind': 'website', 'handle': 's%d.example'}",
                         n, n, n));
    expect(i, true, "https://www.acme.example/shop/town-104");
    expect(i, true, "acme.example/shop/%74own-007");
    expect(i, false, "https://acme.example/shop/town-105");
    expect(i, false, "https://acme.example/shop/town_04");
}

Test(lookup, an_old_name_is_not_ours_any_more)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    did(i, "adm", "identifier rename", "{'account': 'acme', 'value': 'acme_official'}");
    expect(i, true, "x.com/acme_official");
    expect(i, false, "https://x.com/AcmeNews");
}

Test(lookup, no_account_is_registered_at_an_address_that_only_looks_like_a_platforms)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = asked_by_anybody(mem);

    refused_field(i, "adm", "account register",
                  "{'url': 'https://www.linkedin.com.evil.example/groups/777'}", "url");
    refused_field(i, "adm", "account register",
                  "{'url': 'https://www.linkedin.com.evil.example/groups/777', 'platform': "
                  "'linkedin', 'kind': 'group', 'uid': '777'}",
                  "url");
    refused_field(i, "adm", "account register",
                  "{'url': 'https://x.com:443@evil.example/acme', 'platform': 'x', 'kind': "
                  "'profile', 'handle': 'acme'}",
                  "url");
    refused_field(i, "adm", "account change",
                  "{'account': 'group', 'url': 'https://www.linkedin.com.evil.example/groups/1'}",
                  "url");
    refused_field(i, "adm", "account change", "{'account': 'group', 'url': 'https://x.com/acme'}",
                  "url");
    refused_field(i, "adm", "identifier add",
                  "{'account': 'acme', 'kind': 'vanity_url', 'value': "
                  "'https://x.com.evil.example/acme'}",
                  "value");
    did(i, "adm", "account change", "{'account': 'acme', 'url': 'https://x.com/acme_official'}");
}
