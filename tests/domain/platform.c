/* platform.c - which address means which account: every row is a way to be fooled, or to say no to
 * what is ours. */
#include "domain/platform.h"

#include "support/vectors.h"

#include <criterion/criterion.h>

static const char *read_as(struct arena *mem, const char *url)
{
    struct platform_guess g;

    if (platform_of_url(mem, url, &g))
        return "refused";
    if (!g.platform)
        return "unknown";
    return arena_printf(mem, "%s %s %s %s%s", g.platform, g.kind, g.uid ? "uid" : "handle",
                        g.uid ? g.uid : g.handle, g.below ? " below" : "");
}

static const struct row {
    const char *url, *means;
} rows[] = {
    {"https://www.linkedin.com/groups/4417201", "linkedin group uid 4417201"},
    {"linkedin.com/groups/4417201", "linkedin group uid 4417201"},
    {"LinkedIn.com/Groups/4417201/", "linkedin group uid 4417201"},
    {"HTTPS://WWW.LINKEDIN.COM/groups/4417201?trk=mail#about", "linkedin group uid 4417201"},
    {"http://fr.linkedin.com:80/groups/4417201", "linkedin group uid 4417201"},
    {"https://pt-br.linkedin.com./groups/004417201", "linkedin group uid 4417201"},
    {"https://linkedin.com/company/acme", "linkedin page handle acme"},
    {"https://linkedin.com/company/4417201", "linkedin page uid 4417201"},
    {"https://linkedin.com/company/acme/about/", "linkedin page handle acme below"},
    {"https://linkedin.com/in/acme", "linkedin personal_profile handle acme"},
    {"https://linkedin.com/company/%61cme", "linkedin page handle acme"},
    {"https://www.linkedin.com/company/m%C3%BCnchen", "linkedin page handle m\xc3\xbcnchen"},
    {"https://mobile.twitter.com/AcmeNews", "x profile handle AcmeNews"},
    {"x.com/AcmeNews", "x profile handle AcmeNews"},
    {"x.com/AcmeNews?u=https://else.example/", "x profile handle AcmeNews"},
    {"x.com:443/AcmeNews", "x profile handle AcmeNews"},
    {"https://x.com/AcmeNews/status/17", "x profile handle AcmeNews below"},
    {"https://x.com/i/user/17", "x profile uid 17"},
    {"https://x.com/intent/user", "unknown"},
    {"https://m.facebook.com/acme", "facebook page handle acme"},
    {"https://de-de.facebook.com/acme", "facebook page handle acme"},
    {"https://facebook.com/groups/acme", "facebook group handle acme"},
    {"https://facebook.com/groups/17", "facebook group uid 17"},
    {"https://facebook.com/profile.php?v=info&id=17", "facebook page uid 17"},
    {"https://facebook.com/profile.php?id=17&id=18", "unknown"},
    {"https://facebook.com/l.php?u=https://facebook.com/acme", "unknown"},
    {"https://business.facebook.com/settings?business_id=17", "facebook business_portfolio uid 17"},
    {"https://old.reddit.com/r/acme", "reddit community handle acme"},
    {"https://play.google.com/store/apps/details?hl=de&id=com.acme",
     "google_play app_listing uid com.acme"},
    {"https://acme.slack.com", "slack workspace handle acme"},
    {"https://www.slack.com/", "unknown"},
    {"https://npmjs.com/package/@acme/pkg", "npm registry handle @acme/pkg"},
    {"https://www.instagram.com/p/Cx17/", "unknown"},

    {"https://www.linkedin.com.evil.example/groups/4417201", "unknown"},
    {"x.com.evil.example/acme", "unknown"},
    {"https://evilx.com/acme", "unknown"},
    {"https://evil-linkedin.com/groups/4417201", "unknown"},
    {"https://evil.linkedin.com/groups/4417201", "unknown"},
    {"https://linkedin.co/groups/4417201", "unknown"},
    {"https://acme.slack.com.evil.example/", "unknown"},
    {"https://evil.example/x.com/acme", "unknown"},
    {"https://x.com:8443/acme", "unknown"},
    {"http://x.com:443/acme", "unknown"},
    {"https://x.com:443@evil.example/acme", "refused"},
    {"https://x.com@evil.example/acme", "refused"},
    {"x.com@evil.example/acme", "refused"},
    {"https://evil.example\\@x.com/acme", "refused"},
    {"https://x.com/acme/../evil", "refused"},
    {"https://x.com/acme/%2e%2e/evil", "refused"},
    {"https://x.com/./acme", "refused"},
    {"https://x.com//acme", "refused"},
    {"https://x.com/evil%2Facme", "refused"},
    {"https://x.com/acme%00", "refused"},
    {"https://x.com/acme%zz", "refused"},
    {"https://x.com/acme%f", "refused"},
    {"https://x.com/acme%FF", "refused"},
    {"https://x.com/ac me", "refused"},
    {"https://x%2ecom/acme", "refused"},
    {"https://\xd1\x85.com/acme", "refused"}, /* a Cyrillic x */
    {"https://x.com:0x1bb/acme", "refused"},
    {"https:x.com/acme", "refused"},
    {"https:///x.com/acme", "refused"},
    {"//x.com/acme", "refused"},
    {"ftp://x.com/acme", "refused"},
    {"javascript://x.com/acme", "refused"},
    {"https://[::1]/acme", "refused"},
    {"https://127.0.0.1/acme", "refused"},
    {"https://-x.com/acme", "refused"},
    {"acme", "refused"},
    {"", "refused"},
    {NULL, NULL},
};

Test(platform, an_address_means_one_account_or_none)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (const struct row *r = rows; r->url; r++)
        cr_expect_str_eq(read_as(mem, r->url), r->means, "%s is read as '%s', not as '%s'", r->url,
                         read_as(mem, r->url), r->means);
}

static const struct named {
    const char *platform, *kind, *name, *means;
} named[] = {
    {"x", NULL, "@acme", "profile handle acme"},
    {"x", NULL, "acme", "profile handle acme"},
    {"x", NULL, "@17", "profile handle 17"},
    {"x", "profile", "17", "profile uid 17"},
    {"x", NULL, "17", "kind: say which kind it is on X: profile, community"},
    {"linkedin", NULL, "acme", "page handle acme"},
    {"linkedin", "group", "17", "group uid 17"},
    {"facebook", NULL, "acme", "kind: say which kind it is on Facebook: group, page"},
    {"google_analytics", NULL, "a17p4", "analytics uid a17p4"},
    {"domain", NULL, "acme.example", "domain handle acme.example"},
    {"orkut", NULL, "acme", "platform: 'orkut' is no platform that is known; say one of linkedin,"},
    {NULL, NULL, "@acme", "platform: say which platform '@acme' is on: one of linkedin, facebook,"},
    {NULL, NULL, NULL, NULL},
};

Test(platform, a_name_needs_its_platform_and_sometimes_its_kind)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (const struct named *r = named; r->name; r++) {
        struct platform_guess g;
        const struct err *e = platform_of_name(mem, r->platform, r->kind, r->name, &g);
        const char *said = e ? arena_printf(mem, "%s: %s", e->field, e->text)
                             : arena_printf(mem, "%s %s %s", g.kind, g.uid ? "uid" : "handle",
                                            g.uid ? g.uid : g.handle);
        cr_expect(text_starts(said, r->means), "%s on %s: '%s'", r->name,
                  r->platform ? r->platform : "-", said);
    }
}

Test(platform, a_host_that_only_begins_like_one_is_known)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct url url;

    cr_assert_ok(url_parse(mem, "https://www.linkedin.com.evil.example/groups/1", &url));
    cr_expect_str_eq(platform_imitated(&url), "linkedin");
    cr_assert_ok(url_parse(mem, "https://linkedin.com/groups/1", &url));
    cr_expect_null(platform_imitated(&url));
    cr_assert_ok(url_parse(mem, "https://acme-x.com.example/", &url));
    cr_expect_null(platform_imitated(&url));
}
