/* Who has no passkey makes one with an invitation, in the browser that is let in with it. */
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char anybody[] = "Accept: text/html\r\n";

/* What the browser sends once it has made the passkey, for a page that it was shown. */
static const char *made(struct served *s, struct authenticator *phone, const char *code)
{
    struct arena *mem = s->i->mem;
    struct said shown = page(s, anybody, arena_printf(mem, "/enrol?code=%s", code));
    const char *text = between(mem, shown, "data-challenge=\"", "\"");
    struct bytes challenge, client_data;

    cr_assert(text, "%s", (const char *)shown.body.at);
    cr_assert(base64url_decode(mem, text, strlen(text), &challenge));
    struct bytes attestation = authenticator_register(phone, challenge, &client_data);
    return arena_printf(mem, "code=%s&riddle=%s&label=phone&attestation=%s&client_data=%s", code,
                        escaped(mem, between(mem, shown, "name=\"riddle\" value=\"", "\"")),
                        base64url_encode(mem, attestation.at, attestation.n),
                        base64url_encode(mem, client_data.at, client_data.n));
}

static const char *code_for(struct served *s, const char *who)
{
    return json_text(json_object_get(did(s->i, who, "key invite",
                                         arena_printf(s->i->mem, "{'person':'%s'}", who)),
                                     "result"),
                     "code");
}

static const char *cookies_of(struct served *s, struct said said)
{
    const char *given = header_of(s->i->mem, said, "Set-Cookie");

    cr_assert_not_null(given);
    return arena_printf(s->i->mem, "%sCookie: %.*s\r\n", anybody, (int)strcspn(given, ";"), given);
}

Test(enrolling, the_browser_that_made_the_passkey_is_let_in)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = authenticator_new(mem, PASSKEY_ES256, s->i->service.rp_id);
    struct said asked = submit_form(s, anybody, "/enrol", made(s, phone, code_for(s, "uma")));
    cr_assert_eq(asked.status, 200, "%s", (const char *)asked.body.at);
    struct said in = submit_form(s, cookies_of(s, asked), "/sign", signed_form(s, phone, asked));
    cr_assert_eq(in.status, 303, "%s", (const char *)in.body.at);
    cr_expect_str_eq(header_of(mem, in, "Location"), "/");
    struct said me = page(s, cookies_of(s, in), "/me");
    cr_expect_eq(me.status, 200, "the session is open");
    serve_no_more(s);
}

Test(enrolling, another_browser_is_not)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = authenticator_new(mem, PASSKEY_ES256, s->i->service.rp_id);
    struct said asked = submit_form(s, anybody, "/enrol", made(s, phone, code_for(s, "uma")));
    struct said in = submit_form(s, anybody, "/sign", signed_form(s, phone, asked));
    cr_expect_eq(in.status, 303);
    cr_expect_str_eq(header_of(mem, in, "Location"), "/sign-in");
    cr_expect_null(header_of(mem, in, "Set-Cookie"));
    serve_no_more(s);
}

Test(enrolling, what_the_passkey_signed_counts_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = authenticator_new(mem, PASSKEY_ES256, s->i->service.rp_id);
    const char *form = made(s, phone, code_for(s, "uma"));
    cr_expect_eq(submit_form(s, anybody, "/enrol", form).status, 200);
    struct said again = submit_form(s, anybody, "/enrol", form);
    cr_expect_eq(again.status, 401, "%d", again.status);
    serve_no_more(s);
}
