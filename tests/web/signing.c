/* What is signed on a page: tried before it is shown, kept at addresses that can be read again, and
 * done once. */
#include "app/browser.h"
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char register_path[] = "/do/account/register";

static const char *location(struct served *s, struct said said)
{
    return header_of(s->i->mem, said, "Location");
}

static int entries(struct served *s)
{
    return atoi(
        database_value(s->i->mem, s->i->uri, "SELECT count(*) FROM log.entry WHERE $1 = ''", ""));
}

static bool has(struct served *s, struct said page, const char *text)
{
    return strstr(arena_copy_n(s->i->mem, (const char *)page.body.at, page.body.n), text) != NULL;
}

Test(signing, what_came_of_it_is_shown_to_somebody)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");

    struct said asked =
        desk_form(&d, register_path, "account=acme-x&url=https://x.com/acme&then=/accounts");
    cr_assert_eq(asked.status, 200, "%s", (const char *)asked.body.at);
    struct said answer = desk_sign(&d, asked);
    struct said done = followed(d.s, d.cookie, answer);
    cr_assert_eq(done.status, 200, "%s", (const char *)done.body.at);
    cr_expect_not_null(between(mem, done, "<a href=\"/me\">", "</a>"), "the frame shows nobody");
    cr_expect_not_null(between(mem, done, "<a class=\"first\" href=\"/accounts/acme-x\"", ">"),
                       "one goes on to what was made");
    cr_expect(has(d.s, done, "1 act is in the log"));
    cr_expect_eq(page(d.s, d.cookie, "/accounts/acme-x").status, 200);
    cr_expect_eq(page(d.s, cookie_of(d.s, "lea"), location(d.s, answer)).status, 404,
                 "not for others");
    serve_no_more(d.s);
}

/* One act may be several entries; and where it says what to do next, that is a link in words. */
Test(signing, what_came_of_it_counts_entries_and_leads_on)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "hana");
    const char *day = day_text(mem, d.s->i->now / MS_PER_DAY + 40);

    struct said done =
        desk_done(&d, desk_form(&d, "/do/handover/create",
                                arena_printf(mem, "person=sam&handover=sams&last_day=%s", day)));
    const char *n = between(mem, done, "1 act is in the log. That makes ", " entries.");
    cr_assert(n, "%s", (const char *)done.body.at);
    size_t events = 0;
    for (const char *at = strstr((const char *)done.body.at, "<ul class=\"events\">");
         at && (at = strstr(at, "<a href=\"/log/")); at++)
        events++;
    cr_expect_str_eq(n, arena_printf(mem, "%zu", events));
    shows(done, "<a href=\"/handovers/sams\"");
    shows_not(done, ">tenure ");
    const char *french = arena_printf(mem, "%sAccept-Language: fr\r\n", d.cookie);
    done = desk_done(&(struct desk){d.s, d.phone, french},
                     desk_form(&d, "/do/handover/create",
                               arena_printf(mem, "person=uma&handover=umas&last_day=%s", day)));
    shows(done, "Continuer par");
    shows(done, "Cela fait ");
    serve_no_more(d.s);
}

Test(signing, back_and_reload_do_nothing_twice)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");

    struct said sent = submit_form(d.s, d.cookie, register_path,
                                   arena_printf(mem, ".form=%s&account=a1&url=https://x.com/a1",
                                                form_token_of(d.s, d.cookie)));
    struct said first = followed(d.s, d.cookie, sent), again = followed(d.s, d.cookie, sent);
    cr_expect_str_eq(between(mem, first, "class=\"intent\">", "<"),
                     between(mem, again, "class=\"intent\">", "<"), "the same text is signed");
    struct said answer = desk_sign(&d, first);
    int before = entries(d.s);
    cr_expect_str_eq(location(d.s, desk_sign(&d, again)), location(d.s, answer));
    cr_expect_eq(entries(d.s), before, "it was done already");
    cr_expect_str_eq(location(d.s, followed(d.s, d.cookie, sent)), location(d.s, answer),
                     "the page leads to what came of it");
    cr_expect_eq(followed(d.s, d.cookie, answer).status, 200);
    serve_no_more(d.s);
}

Test(signing, what_would_be_refused_is_not_signed)
{
    static const struct {
        const char *path, *form;
        int status;
        const char *field, *typed;
    } all[] = {
        {"/do/account/register", "account=a1&url=https://x.com/new&name=Typed+name", 409, "account",
         "Typed name"},
        {"/do/grant/give", "account=a1&person=Greta+Lindholm&role=owner", 422, "person",
         "Greta Lindholm"},
        {"/do/grant/give", "account=a1&person=nobody&role=owner", 404, "person", "nobody"},
        {"/do/handover/create", "person=sam&kind=mover&last_day=2099-01-01", 403, NULL,
         "2099-01-01"},
        {"/do/account/retire", "account=a1&reason=Long+words", 0, NULL, NULL},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    int before = entries(s);
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct said shown = to_sign(s, cookie_of(s, all[i].status == 403 ? "lea" : "adm"),
                                    all[i].path, all[i].form);
        if (!all[i].status)
            continue;
        cr_expect_eq(shown.status, all[i].status, "%s: %d %s", all[i].form, shown.status,
                     (const char *)shown.body.at);
        cr_expect(has(s, shown, "class=\"act\""), "the form again: %s", all[i].form);
        cr_expect(has(s, shown, arena_printf(mem, "value=\"%s\"", all[i].typed)), "%s is lost",
                  all[i].typed);
        if (!all[i].field)
            continue;
        cr_expect(has(s, shown, arena_printf(mem, "<a href=\"#f-%s\">", all[i].field)),
                  "the summary leads to %s", all[i].field);
        const char *input =
            between(mem, shown, arena_printf(mem, "id=\"f-%s\"", all[i].field), ">");
        cr_expect(input && strstr(input, "aria-invalid=\"true\""), "%s is marked", all[i].field);
    }
    cr_expect_eq(entries(s), before, "nothing was written");
    serve_no_more(s);
}

Test(signing, who_may_not_is_told_nothing_else)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "uma");

    cr_expect_eq(to_sign(s, cookie, register_path, "url=https://nowhere.example/a").status, 403);
    cr_expect_eq(submit_form(s, cookie, "/do/token/issue",
                             ".form={form}&person=uma&token=t&commands=no+such")
                     .status,
                 403);
    serve_no_more(s);
}

Test(signing, who_was_too_slow_has_the_form_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");

    struct said asked =
        desk_form(&d, register_path, "account=a1&url=https://x.com/a1&name=Typed+name");
    did(d.s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/other'}");
    struct said shown = desk_done(&d, asked);
    cr_expect_eq(shown.status, 409);
    cr_expect(has(d.s, shown, "value=\"Typed name\""));
    cr_expect(has(d.s, shown, "<a href=\"#f-account\">"));
    serve_no_more(d.s);
}

Test(signing, of_several_those_that_fit)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");

    did(d.s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    struct said asked = desk_form(&d, "/do/account/retire",
                                  "each=account&account=a1&account=none&reason=x&then=/accounts");
    cr_expect(has(d.s, asked, "none: there is no account"), "%s", (const char *)asked.body.at);
    struct said done = desk_done(&d, asked);
    cr_expect(has(d.s, done, "1 act is in the log"));
    cr_expect_not_null(between(mem, done, "<a class=\"first\" href=\"/accounts\"", ">"));
    asked = desk_form(&d, "/do/account/retire", "each=account&account=no1&account=no2&reason=x");
    cr_expect(has(d.s, asked, "no2: there is no account") &&
              !has(d.s, asked, "data-passkey=\"get\""));
    serve_no_more(d.s);
}

/* What was filled in is kept for some hours; then one needs the form, not only to be told so. */
Test(signing, what_is_kept_no_more_leads_to_a_new_form)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");
    const char *gone = "00000000-0000-4000-8000-000000000000";

    struct said said = page(d.s, d.cookie, arena_printf(mem, "/do/account/register?kept=%s", gone));
    cr_expect_eq(said.status, 404);
    shows(said, "<a href=\"/do/account/register\">Open the form again</a>");
    said = page(d.s, d.cookie, arena_printf(mem, "/sign/%s", gone));
    cr_expect_eq(said.status, 404);
    shows(said, "<a href=\"/all\">");
    said = page(d.s, d.cookie, arena_printf(mem, "/leaving?kept=%s", gone));
    shows(said, "<a href=\"/leaving\">Open the form again</a>");
    serve_no_more(d.s);
}

/* A form that has boxes says so where none is ticked. */
Test(signing, nothing_that_was_ticked_is_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "hana");
    const char *day = day_text(mem, d.s->i->now / MS_PER_DAY + 40);

    did(d.s->i, "hana", "handover create",
        arena_printf(mem, "{'person':'sam','handover':'sams','last_day':'%s'}", day));
    struct said said =
        page(d.s, d.cookie, "/do/step/finish?then=/handovers/sams&handover=sams&ticked=steps");
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "nothing was ticked: go back and tick one or more");
    shows(said, "id=\"e-steps\"");
    said = page(d.s, d.cookie, "/do/step/finish?then=/handovers/sams&handover=sams");
    cr_expect_eq(said.status, 200);
    said = page(d.s, d.cookie, "/do/step/finish?handover=sams&ticked=steps&steps=1");
    shows_not(said, "nothing was ticked");
    said = desk_form(&d, "/do/account/accept", "each=account&then=/");
    shows(said, "nothing was ticked: go back and tick one or more");
    serve_no_more(d.s);
}

Test(signing, nothing_to_do_is_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");

    did(d.s->i, "adm", "account register",
        "{'account': 'a1', 'url': 'https://x.com/a1', 'name': 'One'}");
    int before = entries(d.s);
    struct said done = desk_done(&d, desk_form(&d, "/do/account/change", "account=a1&name=One"));
    cr_expect(has(d.s, done, "Nothing was to do") && !has(d.s, done, "in the log.</p>"));
    cr_expect_eq(entries(d.s), before);
    serve_no_more(d.s);
}

Test(signing, a_file_that_was_made_waits_on_its_page)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");

    did(d.s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    struct said asked = desk_form(&d, "/do/proof/export", "account=a1");
    struct said answer = desk_sign(&d, asked);
    int before = entries(d.s);
    struct said done = followed(d.s, d.cookie, answer);
    const char *file = between(mem, done, "<a class=\"first\" href=\"/done/", "\"");
    cr_assert(file, "%s", (const char *)done.body.at);
    struct said zip = page(d.s, d.cookie, arena_printf(mem, "/done/%s", file));
    cr_expect_eq(zip.status, 200);
    cr_expect(zip.body.n > 100 && memcmp(zip.body.at, "PK", 2) == 0);
    cr_expect_str_eq(location(d.s, desk_sign(&d, asked)), location(d.s, answer));
    cr_expect_eq(entries(d.s), before, "pressing again makes no other");
    cr_expect_eq(page(d.s, cookie_of(d.s, "lea"), arena_printf(mem, "/done/%s", file)).status, 404);
    serve_no_more(d.s);
}

Test(signing, who_was_signed_out_while_typing_keeps_what_was_typed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = passkey_enrolled(s->i, "adm");
    struct said door = submit_form(s, "Accept: text/html\r\n", register_path,
                                   ".form=x&account=a1&url=https://x.com/a1&name=Typed+%22name%22");
    cr_expect_eq(door.status, 401);
    const char *carried = between(mem, door, "name=\"carried\" value=\"", "\"");
    cr_assert(carried, "%s", (const char *)door.body.at);
    const char *form =
        arena_printf(mem, "%s&carried=%s", signed_riddle(s, phone, door), escaped(mem, carried));
    struct said in = submit_form(s, "Accept: text/html\r\n", "/sign-in", form);
    struct said shown = followed(s, cookies_given(s, in), in);
    cr_expect_eq(shown.status, 200, "%s", (const char *)shown.body.at);
    cr_expect_str_eq(between(mem, shown, "name=\"name\" type=\"text\" value=\"", "\""),
                     "Typed \"name\"");
    serve_no_more(s);
}

Test(signing, in_again_ends_the_session_before)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = passkey_enrolled(s->i, "adm");
    struct said door = page(s, "Accept: text/html\r\n", "/sign-in");
    struct said first =
        submit_form(s, "Accept: text/html\r\n", "/sign-in", signed_riddle(s, phone, door));
    const char *stolen = cookies_given(s, first), *another = cookie_of(s, "adm");
    cr_expect_eq(page(s, stolen, "/me").status, 200);
    door = page(s, stolen, "/sign-in");
    struct said second = submit_form(s, stolen, "/sign-in", signed_riddle(s, phone, door));
    cr_expect_eq(page(s, cookies_given(s, second), "/me").status, 200);
    cr_expect_eq(page(s, stolen, "/me").status, 303, "whoever had stolen its cookie is out");
    cr_expect_eq(page(s, another, "/me").status, 200, "other browsers stay signed in");
    serve_no_more(s);
}

Test(signing, a_sign_in_that_failed_shows_nobody)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    struct said said = submit_form(s, cookie_of(s, "adm"), "/sign-in",
                                   "riddle=x&credential=AAAA&then=/log&carried=%7B%7D");

    cr_expect_eq(said.status, 401);
    shows(said, "role=\"alert\"");
    shows(said, "name=\"then\" value=\"/log\"");
    shows_not(said, "Sign out");
    serve_no_more(s);
}

/* ---- Things by what they are called
 * --------------------------------------------------------------------- */

static struct served *with_people(struct arena *mem)
{
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    did(s->i, "hana", "person register",
        "{'person': 'e109', 'name': 'Greta Lindholm', 'email': 'greta@acme.example'}");
    did(s->i, "hana", "person register", "{'person': 'e110', 'name': 'Jo Ng'}");
    did(s->i, "hana", "person register", "{'person': 'e111', 'name': 'Jo Ng'}");
    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    return s;
}

Test(finding, a_name_or_mail_address_of_one_means_that_one)
{
    static const char *const said[] = {"Greta+Lindholm", "greta+lindholm", "greta@acme.example",
                                       "e109"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = with_people(mem);
    const char *cookie = cookie_of(s, "adm");

    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
        struct said asked = to_sign(s, cookie, "/do/grant/give",
                                    arena_printf(mem, "account=a1&role=owner&person=%s", said[i]));
        shows(asked, "Greta Lindholm (e109)");
        shows(asked, "data-passkey");
    }
    struct said two = to_sign(s, cookie, "/do/grant/give", "account=a1&role=owner&person=Jo+Ng");
    cr_expect_eq(two.status, 422);
    shows(two, "name=\"pick.person\" value=\"e110\"");
    shows(two, "name=\"pick.person\" value=\"e111\"");
    struct said part = to_sign(s, cookie, "/do/grant/give", "account=a1&role=owner&person=lindh");
    cr_expect_eq(part.status, 404, "a part of a name is no name: %d", part.status);
    shows(part, "name=\"pick.person\" value=\"e109\"");
    serve_no_more(s);
}

Test(finding, find_shows_what_may_be_meant)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = with_people(mem);
    const char *cookie = cookie_of(s, "adm");
    struct said found =
        to_sign(s, cookie, "/do/grant/give", "account=a1&role=owner&person=greta&.find=person");

    cr_expect_eq(found.status, 200);
    shows(found, "name=\"pick.person\" value=\"e109\"");
    shows(found, "name=\"role\" type=\"text\" value=\"owner\"");
    shows(
        to_sign(s, cookie, "/do/grant/give", "account=a1&role=owner&person=greta&pick.person=e109"),
        "Greta Lindholm (e109)");
    found = to_sign(s, cookie, "/do/grant/give", "account=a1&person=nobody+at+all&.find=person");
    shows(found, "Nothing that you may list is called so");
    serve_no_more(s);
}

Test(finding, what_may_not_be_listed_is_not_offered)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = with_people(mem);

    shows(page(s, cookie_of(s, "adm"), "/do/grant/give"), "<option value=\"e109\">Greta Lindholm");
    shows_not(page(s, cookie_of(s, "uma"), "/do/grant/give"), "e109");
    shows_not(to_sign(s, cookie_of(s, "uma"), "/do/grant/give",
                      "account=a1&role=owner&person=greta&.find=person"),
              "e109");
    serve_no_more(s);
}
