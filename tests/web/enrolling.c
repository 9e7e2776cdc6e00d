/* Who has no passkey makes one with an invitation, in the browser that is let in with it. */
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char anybody[] = "Accept: text/html\r\n";

/* What the browser sends once it has made the passkey, for a page that it was shown. */
static const char *made(struct served *s, struct authenticator *phone, const char *code)
{
    struct arena *mem = s->i->mem;
    struct said typed = submit_form(s, anybody, "/enrol/code", arena_printf(mem, "code=%s", code));
    struct said shown = followed(s, cookies_given(s, typed), typed);
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

Test(enrolling, the_browser_that_made_the_passkey_is_let_in)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = authenticator_new(mem, PASSKEY_ES256, s->i->service.rp_id);
    struct said asked = submit_form(s, anybody, "/enrol", made(s, phone, code_for(s, "uma")));
    cr_assert_eq(asked.status, 200, "%s", (const char *)asked.body.at);
    struct said in = submit_form(s, cookies_given(s, asked), "/sign", signed_form(s, phone, asked));
    cr_assert_eq(in.status, 303, "%s", (const char *)in.body.at);
    cr_expect_str_eq(header_of(mem, in, "Location"), "/");
    struct said me = page(s, cookies_given(s, in), "/me");
    cr_expect_eq(me.status, 200, "the session is open");
    serve_no_more(s);
}

/* Whose session it would end is said, with the way out of it first; the invitation outlasts that.
 */
Test(enrolling, whoever_is_signed_in_is_not_replaced_in_silence)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    const char *hana = cookie_of(s, "hana");
    struct said typed =
        submit_form(s, hana, "/enrol/code", arena_printf(mem, "code=%s", code_for(s, "uma")));
    struct said shown = page(s, hana, "/enrol");
    shows(shown, "Hana Ruzicka is signed in in this browser");
    shows(shown, "action=\"/sign-out\"");
    shows_not(page(s, anybody, "/enrol"), "is signed in in this browser");
    shows_not(followed(s, cookies_given(s, typed), typed), "is signed in in this browser");
    struct said out = submit_form(s, hana, "/sign-out", ".form={form}&then=/enrol");
    cr_expect_eq(out.status, 303, "%d", out.status);
    cr_expect_str_eq(header_of(mem, out, "Location"), "/enrol");
    cr_expect_eq(page(s, hana, "/me").status, 303, "the session is closed");
    serve_no_more(s);
}

Test(enrolling, who_signs_reads_whose_key_it_is_going_to_be)
{
    static const char french[] = "Accept: text/html\r\nAccept-Language: fr\r\n";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = authenticator_new(mem, PASSKEY_ES256, s->i->service.rp_id);
    shows(submit_form(s, anybody, "/enrol", made(s, phone, code_for(s, "uma"))),
          "<strong>You enrol a key for Uma Castellano (uma).</strong>");
    struct authenticator *hers = authenticator_new(mem, PASSKEY_ES256, s->i->service.rp_id);
    shows(submit_form(s, french, "/enrol", made(s, hers, code_for(s, "hana"))),
          "<strong>Vous inscrivez une cl\xc3\xa9 pour Hana Ruzicka (hana).</strong>");
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

Test(enrolling, a_code_is_typed_and_a_wrong_one_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct said typed =
        submit_form(s, anybody, "/enrol/code", arena_printf(mem, "code=+%s+", code_for(s, "uma")));
    shows(followed(s, cookies_given(s, typed), typed), "data-passkey=\"create\"");
    typed = submit_form(s, anybody, "/enrol/code", "code=WRONG");
    struct said again = followed(s, cookies_given(s, typed), typed);
    cr_expect(again.status >= 400, "%d", again.status);
    shows(again, "role=\"alert\"");
    shows(again, "id=\"f-code\"");
    shows_not(again, "Sign out");
    serve_no_more(s);
}

Test(enrolling, nothing_but_a_code_goes_into_the_cookie)
{
    static const char *const typed[] = {"A%0BB", "%C3%A9",       "A%3DB",
                                        "A%7F",  "A%3B+Path=/x", "%0A%0D"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++) {
        struct said said =
            submit_form(s, anybody, "/enrol/code", arena_printf(mem, "code=%s", typed[i]));
        cr_expect_eq(said.status, 303);
        const char *kept = header_of(mem, said, "Set-Cookie");
        cr_expect(kept && text_starts(kept, "__Host-tenure-invitation=-;"), "%s: %s", typed[i],
                  kept ? kept : "nothing");
    }
    serve_no_more(s);
}

/* Whoever began has left a cookie; who comes next has a link or a code of their own. */
Test(enrolling, the_next_at_the_same_browser_is_not_taken_for_who_began)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct said typed =
        submit_form(s, anybody, "/enrol/code", arena_printf(mem, "code=%s", code_for(s, "uma")));
    const char *umas = cookies_given(s, typed);
    struct said shown = followed(s, umas, typed);
    shows(shown, "This invitation is for Uma");
    shows(shown, "This is not me");
    shows(shown, "id=\"f-code\"");
    shows(shown, "/assets/enrol");
    typed = submit_form(s, umas, "/enrol/code", arena_printf(mem, "code=%s", code_for(s, "hana")));
    shown = followed(s, cookies_given(s, typed), typed);
    shows(shown, "This invitation is for Hana");
    shows_not(shown, "Uma");
    serve_no_more(s);
}

Test(enrolling, a_code_in_an_address_is_not_taken_and_not_said_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    const char *code = code_for(s, "uma");
    struct said old = page(s, anybody, arena_printf(mem, "/enrol?code=%s", code));
    cr_expect_eq(old.status, 303);
    cr_expect_null(strstr(old.head, code), "%s", old.head);
    struct said shown = followed(s, anybody, old);
    cr_expect_eq(shown.status, 200);
    shows(shown, "better ask for a new invitation, or type the code here");
    shows(shown, "id=\"f-code\"");
    shows_not(shown, code);
    struct said in_path = page(s, anybody, arena_printf(mem, "/v1/invitations/%s", code));
    cr_expect_eq(in_path.status, 404, "%d", in_path.status);
    cr_expect_eq(page(s, cookie_of(s, "adm"), arena_printf(mem, "/invitations/%s", code)).status,
                 404);
    serve_no_more(s);
}

Test(enrolling, an_invitation_gives_a_link_that_no_server_sees)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    instance_site(i);
    const json_t *result =
        json_object_get(did(i, "adm", "key invite", "{'person': 'adm'}"), "result");
    cr_expect_str_eq(
        json_text(result, "enrol_at"),
        arena_printf(mem, "%s/enrol#%s", i->service.web_origin, json_text(result, "code")));
}
