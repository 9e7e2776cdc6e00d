/* What is signed on a page: shown by a worker, in a frame that says who is there. */
#include "app/browser.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <time.h>

static struct said to_sign(struct served *s, const char *cookie, const char *path, const char *form)
{
    return submit_form(s, cookie, path,
                       arena_printf(s->i->mem, ".form=%s&%s", token_in(s, cookie), form));
}

Test(signing, what_came_of_it_is_shown_to_somebody)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = passkey_enrolled(s->i, "adm");
    const char *cookie = cookie_of(s, "adm");
    struct said asked = to_sign(s, cookie, "/do/account/register",
                                "account=acme-x&url=https://x.com/acme&then=/accounts");
    struct said done = submit_form(s, cookie, "/sign", signed_form(s, phone, asked));
    cr_assert_eq(done.status, 200, "%s", (const char *)done.body.at);
    cr_expect_not_null(between(mem, done, "<a href=\"/me\">", "</a>"), "the frame shows nobody");
    cr_expect_not_null(between(mem, done, "<a class=\"first\" href=\"/accounts\"", ">"));
    cr_expect_null(header_of(mem, done, "ETag"), "what was done is kept by no browser");
    cr_expect_str_eq(header_of(mem, done, "Cache-Control"), "no-store");
    cr_expect_eq(page(s, cookie, "/accounts/acme-x").status, 200);

    done = submit_form(s, cookie, "/sign",
                       signed_form(s, phone,
                                   to_sign(s, cookie, "/do/account/register",
                                           "account=acme-x&url=https://x.com/other")));
    cr_expect_eq(done.status, 409, "%d", done.status);
    cr_expect_not_null(between(mem, done, "<a href=\"/me\">", "</a>"), "nor of a refusal");
    serve_no_more(s);
}
