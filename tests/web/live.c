/* An open page of a case asks again and again: it costs one small question, unless there is news.
 */
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct said look(struct served *s, const char *cookie, const char *known)
{
    return page(s, cookie,
                known ? arena_printf(s->i->mem, "/live/case?after=%s", known) : "/live/case");
}

static const char *version_of(struct served *s, struct said said)
{
    const char *version = between(s->i->mem, said, "id: ", "\n");

    cr_assert(version, "%s", (const char *)said.body.at);
    return version;
}

static bool says(struct served *s, struct said said, const char *words)
{
    return strstr(arena_copy_n(s->i->mem, (const char *)said.body.at, said.body.n), words) != NULL;
}

static void open_case(struct served *s)
{
    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    did(s->i, "adm", "grant give", "{'account': 'a1', 'person': 'sam', 'role': 'owner'}");
    did(s->i, "hana", "handover create",
        arena_printf(s->i->mem, "{'person': 'sam', 'handover': 'case', 'last_day': '%s'}",
                     day_text(s->i->mem, s->i->now / MS_PER_DAY + 30)));
}

Test(live, no_news_cost_one_way_to_the_database)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    open_case(s);
    struct said first = look(s, cookie, NULL);
    cr_expect(says(s, first, "\"state\":\"draft\"") && says(s, first, "\"over\":false"));
    const char *again = between(mem, first, "retry: ", "\n");
    cr_assert(again);
    cr_expect(atoi(again) > 0 && atoi(again) < 2000, "it is asked again within two seconds");
    const char *version = version_of(s, first);
    look(s, cookie, version); /* the statement is prepared with its first use */
    uint64_t before = store_ways();
    struct said said = look(s, cookie, version);
    cr_expect_eq(store_ways() - before, 1);
    cr_expect_eq(said.status, 200);
    cr_expect(!says(s, said, "data:"));

    did(s->i, "adm", "account register", "{'account': 'a2', 'url': 'https://x.com/a2'}");
    cr_expect(!says(s, look(s, cookie, version), "data:"), "it is about something else");
    did(s->i, "hana", "handover cancel", "{'handover': 'case', 'reason': 'stays'}");
    said = look(s, cookie, version);
    cr_expect(says(s, said, "\"state\":\"cancelled\""));
    cr_expect_str_neq(version_of(s, said), version);
    said = page(s, arena_printf(mem, "%sLast-Event-ID: %s\r\n", cookie, version_of(s, said)),
                arena_printf(mem, "/live/case?after=%s", version));
    cr_expect(!says(s, said, "data:"), "what a browser heard last counts, not what it began with");
    serve_no_more(s);
}

Test(live, a_case_that_is_over_is_not_asked_about)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    open_case(s);
    cr_expect(says(s, page(s, cookie, "/handovers/case"), "/assets/live."));
    did(s->i, "hana", "handover cancel", "{'handover': 'case', 'reason': 'stays'}");
    cr_expect(says(s, look(s, cookie, NULL), "\"over\":true"));
    cr_expect(!says(s, page(s, cookie, "/handovers/case"), "/assets/live."));
    serve_no_more(s);
}

Test(live, it_is_for_those_who_may_see_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    open_case(s);
    cr_expect_eq(look(s, "", NULL).status, 401);
    cr_expect_eq(look(s, cookie_of(s, "uma"), NULL).status, 403);
    cr_expect_eq(page(s, cookie_of(s, "adm"), "/live/none").status, 404);
    const char *cookie = cookie_of(s, "adm");
    const char *version = version_of(s, look(s, cookie, NULL));
    cr_expect_eq(look(s, cookie_of(s, "uma"), version).status, 403, "another's does not help");
    for (int entry = 0; entry < 60; entry++)
        cr_expect_eq(look(s, cookie_of(s, "uma"), arena_printf(mem, "%d", entry)).status, 403);
    submit_form(s, cookie, "/sign-out", arena_printf(mem, ".form=%s", form_token_of(s, cookie)));
    cr_expect_eq(look(s, cookie, version).status, 401, "the session is closed");
    serve_no_more(s);
}
