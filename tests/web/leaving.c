/* The way to a case: what each page asks, carries on and shows, without any script. */
#include "base/date.h"
#include "form.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <time.h>

/* Sam answers for an app, which somebody is in line for, and for a page, which nobody is. */
static void fill(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-app','platform':'apple','kind':'developer_program','handle':'acme',"
        "'owner':'head-of-sales','name':'Acme <apps>'}");
    did(i, "adm", "heir designate", "{'account':'acme-app','position':'sales-ops'}");
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','owner':'head-of-sales'}");
}

static const char *in_days(struct instance *i, int days)
{
    return day_text(i->mem, (int64_t)time(NULL) / 86400 + days);
}

Test(leaving, each_page_asks_for_what_its_kind_needs)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");

    fill(s->i);
    shows(page(s, cookie, "/leaving"), "id=\"k-hostile\"");
    shows_not(page(s, cookie, "/leaving?person=sam&kind=leaver"), "id=\"f-to\"");
    shows(page(s, cookie, "/leaving?person=sam&kind=mover"), "id=\"f-to\"");
    shows(page(s, cookie, "/leaving?person=sam&kind=absence"), "id=\"f-back\"");
    struct said wrong = page(s, cookie, "/leaving?person=nobody&kind=leaver&last_day=2099-01-01");
    cr_expect_eq(wrong.status, 404);
    shows(wrong, "role=\"alert\"");
    shows_not(page(s, cookie, "/leaving?person=Gr%C3%BCn"), "href=\"/people/Gr");
    wrong = page(s, cookie, "/leaving?person=sam&kind=leaver&last_day=soon");
    cr_expect_eq(wrong.status, 422, "%d", wrong.status);
    shows(wrong, "soon");
    cr_expect_eq(
        page(s, cookie_of(s, "uma"), "/leaving?person=sam&kind=leaver&last_day=2099-01-01").status,
        403, "a member plans nobody's leaving");
    cr_expect_eq(page(s, "Accept: text/html\r\n", "/leaving").status, 303);
    serve_no_more(s);
}

/* Nobody knows keys: who leaves, who leads and where to are found by what they are called, as in
 * other forms, and the address that can be mailed has keys. */
Test(leaving, who_leaves_is_found_by_name)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    const char *day = in_days(s->i, 60);

    fill(s->i);
    struct said said = page(s, cookie, "/leaving");
    shows(said, "<option value=\"sam\">Sam Fletcher");
    shows(said, "list=\"l-person\"");
    shows(said, "name=\".find\" value=\"person\"");
    shows(said, "name=\".find\" value=\"lead\"");
    shows(said, "The key, a name or a mail address");
    shows(page(s, cookie, "/leaving?kind=mover"), "list=\"l-position\"");
    said = page(s, cookie, "/leaving?person=fletcher&kind=leaver&last_day=&.find=person");
    cr_expect_eq(said.status, 200);
    shows(said, "name=\"pick.person\" value=\"sam\"");
    said = page(s, cookie,
                arena_printf(mem, "/leaving?person=&pick.person=sam&kind=leaver&last_day=%s", day));
    shows(said, "name=\"take.acme-x\"");
    said = page(s, cookie,
                arena_printf(mem, "/leaving?person=Sam+Fletcher&kind=leaver&last_day=%s", day));
    cr_expect_eq(said.status, 303, "%d", said.status);
    cr_expect_str_eq(header_of(mem, said, "Location"),
                     arena_printf(mem, "/leaving?person=sam&kind=leaver&last_day=%s", day));
    said =
        page(s, cookie, arena_printf(mem, "/leaving?person=Fletch&kind=leaver&last_day=%s", day));
    cr_expect_eq(said.status, 404, "%d", said.status);
    shows(said, "name=\"pick.person\" value=\"sam\"");
    shows(said, "href=\"#f-person\"");
    shows(said, "id=\"e-person\"");
    serve_no_more(s);
}

/* A member lists nobody, and is told no name. */
Test(leaving, nobody_is_found_by_whom_may_not_list_people)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "uma");

    shows_not(page(s, cookie, "/leaving"), "Sam Fletcher");
    shows_not(page(s, cookie, "/leaving?person=fletcher&.find=person"), "Sam Fletcher");
    serve_no_more(s);
}

Test(leaving, who_takes_over_is_proposed_with_a_reason_or_chosen)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    const char *day = in_days(s->i, 60);
    const char *way = arena_printf(mem, "/leaving?person=sam&kind=leaver&last_day=%s", day);

    fill(s->i);
    struct said said = page(s, cookie, way);
    shows(said, "sales-ops: in line");
    shows(said, "nobody is proposed");
    shows(said, "Acme &lt;apps&gt;");
    said = page(s, cookie, arena_printf(mem, "%s&step=plan&take.acme-x=&other.acme-x=kim", way));
    cr_expect_eq(said.status, 422, "kim holds no position");
    shows(said, "kim");
    shows(said, "name=\"take.acme-x\"");
    said = page(s, cookie, arena_printf(mem, "%s&step=plan&take.acme-x=&rest=tess", way));
    cr_expect_eq(said.status, 200);
    shows(said, "value=\"acme-x=tess=sales-ops\"");
    shows(said, "value=\"acme-app=tess=sales-ops\"");
    shows(said, "data-state=\"wait\""); /* Apple's two weeks */
    shows(said, "Critical path");
    shows(said, arena_printf(mem, "name=\"last_day\" value=\"%s\"", day));
    serve_no_more(s);
}

/* What cannot be is said of each; the others stay chosen. */
Test(leaving, every_choice_that_cannot_be_is_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    const char *way = arena_printf(mem, "/leaving?person=sam&kind=leaver&last_day=%s&step=plan",
                                   in_days(s->i, 60));

    fill(s->i);
    struct said said =
        page(s, cookie, arena_printf(mem, "%s&take.acme-x=nobody&take.acme-app=kim", way));
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "#other-acme-x\">acme-x:</a> there is no person");
    shows(said, "#other-acme-app\">acme-app:</a> ");
    shows(said, "name=\"take.acme-x\"");
    said = page(s, cookie, arena_printf(mem, "%s&take.acme-x=tess&take.acme-app=kim", way));
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows_not(said, "#other-acme-x\">acme-x:</a> ");
    serve_no_more(s);
}

/* Whoever answers for very many accounts leaves too: two fields each. */
Test(leaving, a_form_may_be_long)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    struct buf form;

    fill(s->i);
    buf_init(&form, mem, 1 << 20);
    for (int n = 0; n < 3000; n++)
        buf_printf(&form, "other.a%d=&", n);
    buf_printf(&form, "person=sam&kind=leaver&last_day=%s&take.acme-x=tess&step=plan",
               in_days(s->i, 60));
    struct said said = followed(s, cookie, submit_form(s, cookie, "/leaving", form.at));
    cr_expect_eq(said.status, 200);
    shows(said, "value=\"acme-x=tess=sales-ops\"");
    serve_no_more(s);
}

/* The form of the page, as a browser sends it: what is chosen and what was proposed of each. */
static const char *filled_form(struct arena *mem, struct said said, const char *more)
{
    static const char *const begin[] = {"<select id=\"take-", "name=\"proposed."};
    const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
    struct buf form;

    buf_init(&form, mem, 1 << 20);
    buf_text(&form, more);
    for (const char *at = text; (at = strstr(at, begin[0])); at++) {
        const char *name = at + strlen(begin[0]), *chosen = strstr(at, "\" selected>");
        const char *end = strstr(at, "</select>"), *value = chosen;
        while (chosen && chosen < end && value[-1] != '"')
            value--;
        buf_printf(&form, "&take.%.*s=%s&other.%.*s=", (int)strcspn(name, "\""), name,
                   chosen && chosen < end
                       ? escaped(mem, arena_copy_n(mem, value, (size_t)(chosen - value)))
                       : "",
                   (int)strcspn(name, "\""), name);
    }
    for (const char *at = text; (at = strstr(at, begin[1])); at++) {
        const char *name = at + strlen("name=\""), *value = strstr(at, "value=\"") + 7;
        buf_printf(&form, "&%.*s=%s", (int)strcspn(name, "\""), name,
                   escaped(mem, arena_copy_n(mem, value, strcspn(value, "\""))));
    }
    return form.at;
}

/* What does not go without saying is in the address of the plan, however many accounts there are:
 * whoever is sent it sees the same. */
Test(leaving, a_plan_of_many_accounts_has_an_address)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    const char *told = arena_printf(mem, "person=sam&kind=leaver&last_day=%s", in_days(s->i, 60));

    for (int n = 0; n < 90; n++) {
        did(s->i, "adm", "account register",
            arena_printf(mem,
                         "{'account':'brand-channel-%d','url':'https://x.com/b%d','owner':"
                         "'head-of-sales'}",
                         n, n));
        if (n % 9)
            did(s->i, "adm", "heir designate",
                arena_printf(mem, "{'account':'brand-channel-%d','position':'sales-ops'}", n));
    }
    struct said takers = page(s, cookie, arena_printf(mem, "/leaving?%s", told));
    shows(takers, "action=\"/leaving\" method=\"post\"");
    const char *form = filled_form(
        mem, takers,
        arena_printf(mem, "%s&step=plan&take.brand-channel-7=&other.brand-channel-7=uma", told));
    struct said said = submit_form(s, cookie, "/leaving", form);
    const char *to = header_of(mem, said, "Location");
    cr_assert(said.status == 303 && to, "%d", said.status);
    cr_expect(strlen(form) > 6000 && strlen(to) < 500, "%zu became %zu: %s", strlen(form),
              strlen(to), to);
    struct said plan = page(s, cookie_of(s, "adm"), to);
    cr_expect_eq(plan.status, 200, "%d", plan.status);
    shows(plan, "value=\"brand-channel-7=uma=marketing-lead\"");
    shows(plan, "value=\"brand-channel-8=tess=sales-ops\"");
    shows_not(plan, "value=\"brand-channel-9=");

    /* What is said with the signature is in none. */
    said = submit_form(s, cookie, "/leaving", arena_printf(mem, "%s&reason=he+is+ill", form));
    cr_expect_eq(said.status, 200, "%d", said.status);
    serve_no_more(s);
}

/* As many as a form may have: each is read once, and the first of a name counts. */
Test(leaving, a_form_may_be_as_long_as_any)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    enum { BEFORE = 8 };
    struct buf form;

    fill(s->i);
    buf_init(&form, mem, 2 << 20);
    buf_printf(&form,
               "person=sam&kind=leaver&last_day=%s&step=plan&other.acme-x=tess"
               "&other.acme-x=nobody&take.acme-x=kim&take.acme-app=tess",
               in_days(s->i, 60));
    for (int n = 0; n < (SENT_MAX - BEFORE) / 2; n++)
        buf_printf(&form, "&take.a%d=&other.a%d=", n, n);
    struct said said = followed(s, cookie, submit_form(s, cookie, "/leaving", form.at));
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, "value=\"acme-x=tess=sales-ops\"");
    shows(said, "value=\"acme-app=tess=sales-ops\"");
    serve_no_more(s);
}

Test(leaving, one_signature_covers_the_case_and_its_successors)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    const char *told = arena_printf(mem,
                                    ".form={form}&person=sam&kind=hostile&last_day=%s&handover=out"
                                    "&successor=acme-x%%3Dtess%%3Dsales-ops"
                                    "&successor=acme-app%%3Dtess%%3Dsales-ops",
                                    in_days(s->i, 60));

    fill(s->i);
    struct said said = submit_form(s, cookie, "/leaving/open", told);
    cr_expect_eq(said.status, 422, "against whom, by which case and why is missing: %d",
                 said.status);
    said = submit_form(s, cookie, "/leaving/open",
                       arena_printf(mem, "%s&reference=HR-7&reason=took+the+list", told));
    said = followed(s, cookie, said);
    cr_expect_eq(said.status, 200);
    shows(said, "these 3 acts");
    shows(said, "as who takes over acme-x, Acme &lt;apps&gt; (acme-app) in the case out");
    shows(said, "You are about to shut out at once the leaver of the case out");
    said = submit_form(s, cookie, "/leaving/open", strchr(told, '&') + 1);
    cr_expect_eq(said.status, 403, "a form without its token is none of ours");
    serve_no_more(s);
}

/* Why it is refused is said on the plan, where all that was told still stands. */
Test(leaving, a_refused_plan_is_there_again_with_all_that_was_told)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    const char *told = arena_printf(mem,
                                    ".form={form}&person=sam&kind=leaver&last_day=%s&lead=lea"
                                    "&successor=acme-x%%3Dtess%%3Dsales-ops"
                                    "&successor=acme-app%%3Dtess%%3Dsales-ops"
                                    "&reason=goes+to+sea",
                                    in_days(s->i, 60));

    fill(s->i);
    did(s->i, "hana", "handover create",
        arena_printf(mem,
                     "{'handover':'taken','person':'uma','last_day':'%s','reason':'moves away'}",
                     in_days(s->i, 90)));
    static const char *const names[] = {"No Name!", "taken"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        struct said said =
            submit_form(s, cookie, "/leaving/open",
                        arena_printf(mem, "%s&handover=%s", told, escaped(mem, names[i])));
        cr_expect(said.status == 422 || said.status == 409, "%s: %d", names[i], said.status);
        shows(said, "role=\"alert\"");
        shows(said, "<a href=\"#f-handover\">");
        shows(said, "id=\"e-handover\"");
        shows(said, arena_printf(mem, "name=\"handover\" type=\"text\" value=\"%s\"", names[i]));
        shows(said, "value=\"acme-x=tess=sales-ops\"");
        shows(said, "value=\"acme-app=tess=sales-ops\"");
        shows(said, "name=\"lead\" value=\"lea\"");
        shows(said, "goes to sea");
        shows(said, "action=\"/leaving/open\"");
    }
    struct said said =
        submit_form(s, cookie, "/leaving/open", arena_printf(mem, "%s&handover=out", told));
    cr_expect_eq(followed(s, cookie, said).status, 200);
    serve_no_more(s);
}

/* A name does for a key, as in a search; several who have it are said, and what was chosen stays.
 */
Test(leaving, who_takes_over_may_be_said_by_name)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");
    const char *way = arena_printf(mem, "/leaving?person=sam&kind=leaver&last_day=%s&step=plan",
                                   in_days(s->i, 60));

    fill(s->i);
    did(s->i, "hana", "person register",
        "{'person':'t2','name':'Tess Brown','email':'tb@acme.test'}");
    did(s->i, "hana", "person register",
        "{'person':'zoe','name':'Zoe Quill','email':'zq@acme.test'}");
    did(s->i, "adm", "position register", "{'position':'z-desk','title':'Desk'}");
    did(s->i, "hana", "position fill", "{'position':'z-desk','person':'zoe'}");
    static const char *const said_so[] = {"Zoe+Quill", "zoe+quill", "Quill", "zq@acme.test"};
    for (size_t i = 0; i < sizeof(said_so) / sizeof(*said_so); i++) {
        struct said said =
            page(s, cookie, arena_printf(mem, "%s&take.acme-x=&other.acme-x=%s", way, said_so[i]));
        cr_expect_eq(said.status, 200, "%s: %d", said_so[i], said.status);
        shows(said, "value=\"acme-x=zoe=z-desk\"");
    }
    struct said said = page(
        s, cookie,
        arena_printf(
            mem, "%s&take.acme-x=&other.acme-x=Tess&take.acme-app=&other.acme-app=zoe&rest=tess",
            way));
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "(t2)");
    shows(said, "(tess)");
    shows(said, "name=\"other.acme-x\" type=\"text\" value=\"Tess\"");
    shows(said, "name=\"other.acme-app\" type=\"text\" value=\"zoe\"");
    shows(said, "name=\"rest\" type=\"text\" value=\"tess\"");
    serve_no_more(s);
}

/* Whoever goes back finds all that was told: on the page before, on the first, and from there on
 * again; and from what is to be signed, with the reason, which stands in no address. */
Test(leaving, going_back_loses_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana"), *day = in_days(s->i, 60);
    const char *told = arena_printf(mem,
                                    "person=sam&kind=leaver&last_day=%s&zone=Europe/Paris"
                                    "&successor=acme-x%%3Dkim%%3Dads-lead&reason=goes+to+sea"
                                    "&successor=acme-app%%3Dtess%%3Dsales-ops&handover=out",
                                    day);

    fill(s->i);
    did(s->i, "adm", "position register", "{'position':'ads-lead','title':'Ads Lead'}");
    did(s->i, "hana", "position fill", "{'position':'ads-lead','person':'kim'}");
    struct said said =
        submit_form(s, cookie, "/leaving", arena_printf(mem, "%s&step=takers", told));
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, "<option value=\"tess=sales-ops\" selected");
    shows(said, "name=\"other.acme-x\" type=\"text\" value=\"kim=ads-lead\"");
    shows(said, "name=\"reason\" value=\"goes to sea\"");
    shows(said, "action=\"/leaving\" method=\"post\"");
    said = submit_form(s, cookie, "/leaving", arena_printf(mem, "%s&step=who", told));
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, day);
    shows(said, "Europe/Paris");
    shows(said, "name=\"successor\" value=\"acme-x=kim=ads-lead\"");
    shows(said, "name=\"reason\" value=\"goes to sea\"");
    shows(said, "name=\"handover\" value=\"out\"");
    shows(said, "action=\"/leaving\" method=\"post\"");
    said = page(s, cookie,
                arena_printf(mem,
                             "/leaving?person=sam&kind=leaver&last_day=%s&take.acme-app="
                             "tess%%3Dsales-ops&other.acme-x=kim&rest=tess&step=who",
                             day));
    shows(said, "name=\"take.acme-app\" value=\"tess=sales-ops\"");
    shows(said, "name=\"other.acme-x\" value=\"kim\"");
    said = submit_form(s, cookie, "/leaving/open", arena_printf(mem, "%s&.form={form}", told));
    said = followed(s, cookie, said);
    cr_expect_eq(said.status, 200, "%d", said.status);
    const char *back = between(mem, said, "href=\"/leaving?kept=", "\"");
    shows(said, "/leaving?kept=");
    cr_assert(back);
    back = arena_printf(mem, "/leaving?kept=%s", back);
    said = page(s, cookie, back);
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, "value=\"acme-x=kim=ads-lead\"");
    shows(said, "goes to sea");
    shows(said, "value=\"out\"");
    cr_expect_eq(page(s, cookie_of(s, "lea"), back).status, 404, "nobody else's");
    serve_no_more(s);
}

/* What can be known is said where it is asked, by the same checks as when the case is opened. */
Test(leaving, what_stands_in_the_way_is_said_on_the_first_page)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana"), *day = in_days(s->i, 60);

    fill(s->i);
    did(s->i, "hana", "handover create",
        arena_printf(mem, "{'handover':'gone','person':'uma','last_day':'%s'}", day));
    const struct {
        const char *told, *why;
        int status;
    } all[] = {
        {"person=uma&kind=leaver", "/handovers/gone", 409},
        {"person=sam&kind=death", "is still to come", 409},
        {"person=sam&kind=leaver&lead=sam", "somebody else than the leaver", 409},
        {"person=sam&kind=leaver&lead=nobody", "there is no person", 404},
        {"person=sam&kind=leaver&zone=Mars/Olympus", "is no time zone", 422},
        {"person=sam&kind=mover&to=ads-lead", "sits in", 409},
    };
    did(s->i, "adm", "position register", "{'position':'ads-lead','title':'Ads Lead'}");
    did(s->i, "hana", "position fill", "{'position':'ads-lead','person':'kim'}");
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct said said =
            page(s, cookie, arena_printf(mem, "/leaving?%s&last_day=%s", all[i].told, day));
        cr_expect_eq(said.status, all[i].status, "%s: %d", all[i].told, said.status);
        shows(said, all[i].why);
        shows(said, "id=\"k-hostile\"");
        shows(said, day);
    }
    struct said said =
        page(s, cookie,
             arena_printf(mem, "/leaving?person=sam&kind=leaver&last_day=%s&step=plan&rest=tess",
                          in_days(s->i, -9)));
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, "that day is over");
    shows(said, "name=\"reason\"");
    said =
        page(s, cookie,
             arena_printf(mem, "/leaving?person=sam&kind=leaver&last_day=%s", in_days(s->i, -9)));
    shows(said, "that day is over");
    serve_no_more(s);
}
