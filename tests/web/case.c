/* case.c - a case's page: what its state lets be done, who did what, and what is next for whom. */
#include "base/date.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <time.h>

static const char path[] = "/handovers/lv";

static void open_case(struct served *s)
{
    struct instance *i = s->i;

    i->now = (int64_t)time(NULL) * 1000;
    did(i, "adm", "account register",
        "{'account':'acme-group','url':'https://www.linkedin.com/groups/8374921','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "sam", "account accept", "{'account':'acme-group'}");
    did(i, "hana", "handover create",
        arena_printf(i->mem, "{'handover':'lv','person':'sam','last_day':'%s'}",
                     day_text(i->mem, i->now / MS_PER_DAY + 60)));
    did(i, "hana", "handover successor", "{'handover':'lv','person':'tess'}");
}

static void start_case(struct served *s)
{
    did(s->i, "hana", "handover schedule", "{'handover':'lv'}");
    did(s->i, "hana", "handover start", "{'handover':'lv','reason':'notice was given'}");
}

Test(a_case, offers_what_its_state_allows)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");

    open_case(s);
    struct said draft = page(s, cookie, path);
    shows(draft, "/do/handover/schedule?");
    shows(draft, "/do/handover/cancel?");
    static const char *const not_yet[] = {"reopen",          "retry",          "submit", "complete",
                                          "confirm-hostile", "approve-cancel", "accept", "start"};
    for (size_t k = 0; k < sizeof(not_yet) / sizeof(*not_yet); k++)
        shows_not(draft, arena_printf(mem, "/do/handover/%s?", not_yet[k]));
    shows_not(draft, "/do/step/");
    start_case(s);
    struct said going = page(s, cookie, path);
    shows(going, "/do/step/finish");
    shows(going, "/do/handover/submit?");
    shows_not(going, "/do/handover/schedule?");
    shows_not(going, "/do/step/retry?");
    did(s->i, "hana", "handover cancel", "{'handover':'lv','reason':'they stay'}");
    struct said over = page(s, cookie, path);
    shows(over, "/do/handover/reopen?");
    shows_not(over, "/do/step/");
    shows_not(over, "/do/handover/lead?");
    serve_no_more(s);
}

Test(a_case, names_people_and_says_who_did_what)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");

    open_case(s);
    start_case(s);
    const json_t *people =
        vector_at(did(s->i, "hana", "handover show", "{'handover':'lv'}"), "people");
    cr_assert(json_array_size(people) > 1);
    const char *tess = NULL;
    for (size_t k = 0; k < json_array_size(people); k++)
        if (text_same(json_text(json_array_get(people, k), "person"), "tess"))
            tess = json_text(json_array_get(people, k), "name");
    cr_assert(tess && strcmp(tess, "tess") != 0);
    struct said said = page(s, cookie, path);
    shows(said, arena_printf(mem, "<a href=\"/people/tess\">%s</a>", tess));
    shows(said, "1. <span class=\"what\">");
    const json_t *ready = did(s->i, "hana", "step list", "{'handover':'lv','state':'ready'}");
    int n = (int)json_integer_value(vector_at(ready, "items.0.number"));
    did(s->i, "hana", "step reassign",
        arena_printf(mem, "{'handover':'lv','steps':'%d','person':'tess'}", n));
    did(s->i, "tess", "step finish",
        arena_printf(mem,
                     "{'handover':'lv','steps':'%d','note':'done','irreversible':true,"
                     "'file':['%s']}",
                     n, uploaded(s->i, "shot.png", "\x89PNG shot")));
    said = page(s, cookie, path);
    shows(said, arena_printf(mem, "done by %s", tess));
    shows(said, "shot.png</a>");
    shows(said, "class=\"state ahead\" data-state=\"done\""); /* it is due in weeks */
    serve_no_more(s);
}

/* Which rule is not met is said in words, and once; its code is beside it. What has ended needs no
 * instruction any more. */
Test(a_case, says_what_is_left_below_what_must_be_so)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");

    open_case(s);
    did(s->i, "adm", "grant give",
        arena_printf(mem,
                     "{'account':'acme-group','person':'sam','role':'owner','grant':'g-7',"
                     "'ends_at':'%s'}",
                     day_text(mem, s->i->now / MS_PER_DAY + 20)));
    start_case(s);
    struct said said = page(s, cookie, path);
    shows(said, "every access of the leaver is ended and seen gone <small>rule I1</small>");
    const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
    const char *first = strstr(text, "rule I1");
    cr_expect(first && !strstr(first + 1, "rule I1"), "the rule is said once");
    shows(page(s, arena_printf(mem, "%sAccept-Language: fr\r\n", cookie), path),
          "<small>règle I1</small>");
    serve_no_more(s);
}

/* Keys say nothing to most people: names stand before them, but not in what is a command. */
Test(a_case, what_is_left_and_at_risk_is_said_with_names)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana"), *keeper = cookie_of(s, "adm");

    open_case(s);
    did(s->i, "adm", "account change", "{'account':'acme-group','name':'The group'}");
    start_case(s);
    struct said said = page(s, cookie, path);
    shows(said, "The group: Tess ");
    shows(said, " has not accepted: <a href=\"/do/handover/accept?");
    shows(said, "<a href=\"/accounts/acme-group\">The group</a>");
    shows(page(s, arena_printf(mem, "%sAccept-Language: fr\r\n", cookie), path),
          "The group\u00a0: Tess ");
    did(s->i, "adm", "account register",
        "{'account':'a2','name':'Second','url':'https://x.com/a2','owner':'sales-ops'}");
    shows(page(s, keeper, "/accounts/a2"), " (tess) has not accepted to answer for it: ");
    shows(page(s, keeper, "/gaps"), "<a href=\"/search?q=a2\">Second</a> <small>a2</small>");
    const char *plan = arena_printf(mem, "/leaving?person=tess&kind=leaver&last_day=%s&step=plan",
                                    day_text(mem, s->i->now / MS_PER_DAY + 60));
    shows(page(s, cookie, plan), "<a href=\"/accounts/a2\">Second</a> <small>a2</small>");
    shows(page(s, cookie, plan), "<a href=\"/people/tess\">Tess ");
    serve_no_more(s);
}

Test(a_case, links_what_is_next_to_whom_it_is_for)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    static const char inventory[] = "<li><a href=\"/handovers/lv/inventory\">";

    open_case(s);
    start_case(s);
    shows(page(s, cookie_of(s, "tess"), path), inventory);
    shows_not(page(s, cookie_of(s, "hana"), path), inventory);
    shows(page(s, cookie_of(s, "sam"), path), "<li><a href=\"/do/handover/declare?");
    shows_not(page(s, cookie_of(s, "tess"), path), "<li><a href=\"/do/handover/declare?");
    serve_no_more(s);
}

Test(a_case, is_on_the_home_of_whose_word_it_waits_for)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    static const char declare[] = "/do/handover/declare?handover=lv";

    open_case(s);
    start_case(s);
    shows(page(s, cookie_of(s, "sam"), "/"), declare);
    shows(page(s, cookie_of(s, "tess"), "/"), "/handovers/lv/inventory");
    shows_not(page(s, cookie_of(s, "tess"), "/"), declare);
    did(s->i, "sam", "handover declare", "{'handover':'lv'}");
    shows_not(page(s, cookie_of(s, "sam"), "/"), declare);
    serve_no_more(s);
}

Test(a_case, says_in_words_which_steps_are_signed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    open_case(s);
    start_case(s);
    const json_t *step =
        vector_at(did(s->i, "hana", "handover show", "{'handover':'lv'}"), "steps.0");
    const char *words = arena_printf(
        mem, ": %d. %s (%.*s)", (int)json_integer_value(json_object_get(step, "number")),
        json_text(step, "title"), (int)strcspn(json_text(step, "step"), "/"),
        json_text(step, "step"));
    const char *cookie = cookie_of(s, "hana");
    struct said said =
        submit_form(s, cookie, "/do/step/claim",
                    arena_printf(mem, ".form={form}&handover=lv&steps=%d",
                                 (int)json_integer_value(json_object_get(step, "number"))));
    said = followed(s, cookie, said);
    cr_assert_eq(said.status, 200);
    shows(said, words);
    serve_no_more(s);
}

Test(a_case, says_that_it_is_hostile)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "hana");

    open_case(s);
    start_case(s);
    shows_not(page(s, cookie, path), "hostile.");
    did(s->i, "hana", "handover go-hostile",
        "{'handover':'lv','reason':'he took it','reference':'HR-7'}");
    shows(page(s, cookie, path), "this case is hostile.");
    shows(page(s, cookie_of(s, "lea"), path), "/do/handover/confirm-hostile?");
    did(s->i, "lea", "handover confirm-hostile", "{'handover':'lv'}");
    shows(page(s, cookie, path), "this case is hostile.");
    shows_not(page(s, cookie_of(s, "adm"), path), "/do/handover/confirm-hostile?");
    serve_no_more(s);
}

/* What there is to be read back is the successor's: a page that has nothing for whoever leads the
 * case is not linked. */
Test(a_case, leads_to_what_each_successor_takes)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");

    did(s->i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','owner':'head-of-sales'}");
    did(s->i, "hana", "handover create",
        arena_printf(mem, "{'handover':'lv','person':'sam','last_day':'%s'}",
                     day_text(mem, s->i->now / MS_PER_DAY + 30)));
    shows_not(page(s, cookie, "/handovers/lv"), "/inventory");
    did(s->i, "hana", "handover successor", "{'handover':'lv','person':'tess'}");
    struct said said = page(s, cookie, "/handovers/lv");
    shows(said, "href=\"/handovers/lv/inventory?person=tess\"");
    shows_not(said, "href=\"/handovers/lv/inventory\"");
    said = page(s, cookie, "/handovers/lv/inventory?person=tess");
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, "acme-x: x");
    shows_not(said, "/do/handover/accept");
    shows(page(s, cookie_of(s, "tess"), "/handovers/lv/inventory"), "/do/handover/accept");
    serve_no_more(s);
}

/* What is signed is English; who reads French reads it in French first. */
Test(a_case, says_what_is_taken_over_in_french_and_signs_the_english)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *french = arena_printf(mem, "%sAccept-Language: fr\r\n", cookie_of(s, "tess"));

    did(s->i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','owner':'head-of-sales','name':'Our X'}");
    did(s->i, "adm", "controlpoint add",
        "{'account':'acme-x','kind':'recovery_mail','person':'sam','controlpoint':'mail'}");
    did(s->i, "adm", "grant give",
        "{'account':'acme-x','person':'sam','role':'owner','grant':'g-1'}");
    did(s->i, "hana", "handover create",
        arena_printf(mem, "{'handover':'lv','person':'sam','last_day':'%s'}",
                     day_text(mem, s->i->now / MS_PER_DAY + 30)));
    did(s->i, "hana", "handover successor", "{'handover':'lv','person':'tess'}");
    struct said said = page(s, french, "/handovers/lv/inventory");
    shows(said, "acme-x\u00a0: «\u00a0Our X\u00a0» sur x (profil), dont répond le poste sales-ops");
    shows(said, "accessible à sam comme owner (g-1)");
    shows(said, "point de contrôle mail\u00a0: adresse e-mail de récupération, détenu par sam");
    shows(said, "ouvert\u00a0: ");
    shows(said, "<pre lang=\"en\"><code>Handover lv: what sam hands over.");
    shows(said, "answered for by the position sales-ops");
    shows_not(page(s, cookie_of(s, "tess"), "/handovers/lv/inventory"), "<pre lang=");
    serve_no_more(s);
}
