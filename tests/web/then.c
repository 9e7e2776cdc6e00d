/* A page as it was: what was asked for is honoured and said, and what is no time is refused. */
#include "base/date.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <time.h>

Test(then, a_page_says_which_time_it_is_about)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','effective':'2020-01-01'}");
    shows_not(page(s, cookie, "/accounts/acme-x"), "class=\"then\"");
    struct said said = page(s, cookie, "/accounts/acme-x?as_of=2021-03-31");
    cr_expect_eq(said.status, 200);
    shows(said, "class=\"then\"");
    shows(said, "31 March 2021");
    shows(said, "href=\"/accounts/acme-x\"");
    said = page(s, cookie, "/accounts/acme-x?as_known=2021-03-31");
    cr_expect_eq(said.status, 404, "it was not known then: %d", said.status);
    said = page(s, cookie, "/accounts/acme-x?as_of=2021-03-31&as_known=2099-02-28");
    cr_expect_eq(said.status, 200);
    shows(said, "31 March 2021, as known on 28 February 2099");
    shows(page(s, cookie, "/people/sam?as_known=2099-02-28"), "class=\"then\"");
    serve_no_more(s);
}

Test(then, what_is_no_time_is_refused_with_the_field)
{
    static const char *const wrong[] = {
        "/accounts/acme-x?as_of=garbage", "/accounts/acme-x?as_known=2026-02-31",
        "/people/sam?as_of=garbage",      "/people/sam?as_known=soon",
        "/grants?as_of=garbage",          "/leaving?person=sam&kind=leaver&last_day=garbage",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register", "{'account':'acme-x','url':'https://x.com/acme'}");
    for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++) {
        struct said said = page(s, cookie, wrong[k]);
        cr_expect_eq(said.status, 422, "%s: %d", wrong[k], said.status);
        shows(said, strstr(wrong[k], "as_of")      ? "as of"
                    : strstr(wrong[k], "as_known") ? "as known"
                                                   : "last");
    }
    cr_expect_eq(page(s, cookie, "/search?q=%23%21").status, 200,
                 "what is looked for may be anything");
    serve_no_more(s);
}

Test(then, who_may_not_list_learns_not_what_there_is)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "uma");

    did(s->i, "adm", "account register", "{'account':'acme-x','url':'https://x.com/acme'}");
    struct said there = page(s, cookie, "/accounts/acme-x"),
                nowhere = page(s, cookie, "/accounts/acme-y");
    cr_expect_eq(there.status, 403);
    cr_expect_eq(nowhere.status, there.status);
    cr_expect_eq(page(s, cookie_of(s, "adm"), "/accounts/acme-y").status, 404);
    serve_no_more(s);
}

Test(then, a_history_has_both_times_and_says_where_it_is_cut)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','effective':'2020-03-01'}");
    struct said said = page(s, cookie, "/accounts/acme-x");
    shows(said, "true since <time datetime=\"2020-03-01");
    shows(said, "&middot; <time datetime=\"20");
    shows_not(said, "These are the newest");
    for (int n = 0; n < 12; n++)
        did(s->i, "adm", "account change",
            arena_printf(mem, "{'account':'acme-x','note':'%d'}", n));
    said = page(s, cookie, "/accounts/acme-x");
    shows(said, "These are the newest 12 of 13 entries");
    shows(said, "href=\"/log?account=acme-x\"");
    shows_not(said, "true since"); /* they were written down as they happened */
    const char *later = arena_copy_n(mem, instant_text(mem, s->i->now + 400 * 86400000LL), 10);
    did(s->i, "adm", "account assign",
        arena_printf(mem, "{'account':'acme-x','position':'head-of-sales','effective':'%s'}",
                     later));
    shows(page(s, cookie, "/accounts/acme-x"),
          arena_printf(mem, "from <time datetime=\"%s", later));
    shows_not(page(s, cookie, "/accounts/acme-x?as_of=2020-12-31"), "These are the newest");
    serve_no_more(s);
}

/* What the service recorded is of the reader's clock, wherever on the page it stands. */
Test(then, a_day_stays_that_day_and_an_hour_is_the_readers)
{
    static const char *const zones[] = {"America/New_York", "Europe/Warsaw"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','effective':'2014-06-12'}");
    did(s->i, "adm", "grant give",
        "{'grant':'g-sam','account':'acme-x','person':'sam','role':'owner',"
        "'effective':'2015-09-01'}");
    for (size_t k = 0; k < sizeof(zones) / sizeof(*zones); k++) {
        did(s->i, "adm", "person change",
            arena_printf(mem, "{'person':'adm','zone':'%s'}", zones[k]));
        struct said account = page(s, cookie, "/accounts/acme-x");
        shows(account, "<td>1 September 2015</td>");
        shows(account,
              "true since <time datetime=\"2014-06-12T00:00:00.000Z\">12 June 2014</time>");
        shows(account, ">1 September 2015</time>");
        shows(page(s, cookie, "/grants/g-sam"), ">1 September 2015<");
        shows(page(s, cookie, "/people/sam"), "1 September 2015<");
        struct said log = page(s, cookie, "/log");
        shows(log, zones[k]);
        shows_not(log, " UTC</time>");
        shows_not(account, " UTC</time>");
        shows_not(page(s, cookie, "/people/sam"), " UTC<");
    }
    serve_no_more(s);
}

/* A moment is told by the clock of the reader's place, and stands in the address with its zone: the
 * same for whoever is sent it. */
Test(then, a_proof_is_of_a_moment_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register", "{'account':'acme-x','url':'https://x.com/acme'}");
    did(s->i, "adm", "person change", "{'person':'adm','zone':'America/Lima'}");
    const char *day = day_text(mem, s->i->now / MS_PER_DAY + 2);
    cr_assert_lt(s->i->now / MS_PER_DAY + 4, (int64_t)time(NULL) / 86400,
                 "the story is of the past");
    const char *path = arena_printf(mem, "/accounts/acme-x/proof?as_of=%s&at=14:30", day);
    struct said said = page(s, cookie, arena_printf(mem, "%s&zone=America/Lima", path));
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, arena_printf(mem, "name=\"as_of\" value=\"%sT19:30:00.000Z\"", day));
    shows(said, "by the clock of America/Lima");
    shows(said, ", 14:30, and none after");
    shows(said, "<label for=\"f-at\">");
    said = page(s, cookie, path); /* no zone: UTC */
    shows(said, arena_printf(mem, "name=\"as_of\" value=\"%sT14:30:00.000Z\"", day));
    shows(said, "by the clock of UTC");
    shows(said, "name=\"zone\" value=\"UTC\"");
    said = page(s, cookie, arena_printf(mem, "/accounts/acme-x/proof?as_of=%s", day));
    shows(said, arena_printf(mem, "name=\"as_of\" value=\"%s\"", day));
    shows(said, "name=\"zone\" value=\"America/Lima\"");
    said = page(s, cookie, arena_printf(mem, "/accounts/acme-x/proof?as_of=%s&at=25:00", day));
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "is no time of day");
    said = page(s, cookie, "/accounts/acme-x/proof?as_of=&at=14:30");
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "of which day is the time?");
    said = page(s, cookie, arena_printf(mem, "%s&zone=Mars/Olympus", path));
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "is no time zone");
    serve_no_more(s);
}

Test(then, a_day_that_is_not_over_has_no_proof)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");
    const int64_t today = (int64_t)time(NULL) / 86400;
    const char *const days[] = {day_text(mem, today + 3000), day_text(mem, today), "garbage"};

    did(s->i, "adm", "account register", "{'account':'acme-x','url':'https://x.com/acme'}");
    for (size_t k = 0; k < sizeof(days) / sizeof(*days); k++) {
        struct said said =
            page(s, cookie, arena_printf(mem, "/accounts/acme-x/proof?as_of=%s", days[k]));
        cr_expect_eq(said.status, 422, "%s: %d", days[k], said.status);
        shows(said, "aria-describedby=\"e-as_of h-as_of\" aria-invalid=\"true\"");
        shows(said, k < 2 ? "id=\"e-as_of\">is not over yet" : "id=\"e-as_of\">");
        shows(said, days[k]);
        shows_not(said, "and none after");
        shows_not(said, "/do/proof/export");
    }
    struct said now = page(s, cookie, "/accounts/acme-x/proof");
    cr_expect_eq(now.status, 200);
    shows(now, "/do/proof/export");
    shows_not(now, "aria-invalid");
    serve_no_more(s);
}
