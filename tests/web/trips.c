/* What a page costs: at most three ways to the database, whatever it shows; and a processor's
 * thousandth of a second, which the bench measures. */
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

enum { WAYS_MAX = 3 };

static void fill(struct instance *i)
{
    for (int n = 0; n < 40; n++)
        did(i, "adm", "account register",
            arena_printf(i->mem, "{'account': 'a%d', 'url': 'https://x.com/a%d'}", n, n));
    did(i, "adm", "grant give", "{'account': 'a1', 'person': 'sam', 'role': 'owner'}");
    did(i, "hana", "handover create",
        arena_printf(i->mem, "{'person': 'sam', 'handover': 'case', 'last_day': '%s'}",
                     day_text(i->mem, i->now / MS_PER_DAY + 30)));
}

Test(pages, none_asks_more_than_three_times)
{
    static const char *const paths[] = {
        "/",
        "/accounts",
        "/accounts/a1",
        "/accounts/a1/proof",
        "/people",
        "/people/sam",
        "/handovers",
        "/handovers/case",
        "/due",
        "/gaps",
        "/exposures",
        "/steps?overdue=true",
        "/handovers?order=last_day",
        "/titles?standing=undocumented&standing=asserted",
        "/log",
        "/log/3",
        "/all",
        "/me",
        "/search?q=a",
        "/leaving",
        "/units",
        "/positions",
        "/entities",
        "/grants",
        "/grants?account=a1",
        "/credentials",
        "/titles",
        "/stores",
        "/places",
        "/roles",
        "/keys",
        "/tokens",
        "/holds",
        "/imports",
        "/deliveries",
        "/webhooks",
        "/steps",
        "/heirs",
        "/responsibilities",
        "/controlpoints",
        "/identifiers",
        "/evidence",
        "/playbook-overrides",
        "/do/grant/give?account=a1",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    fill(s->i);
    cr_expect_eq(page(s, cookie, "/search?q=Maria+Silva").status, 200, "not a key, but a name");
    cr_expect_eq(page(s, cookie, "/search?q=In%C3%AAs").status, 200);
    cr_expect_eq(page(s, cookie, "/accounts/%00").status, 404);
    for (size_t k = 0; k < sizeof(paths) / sizeof(*paths); k++) {
        page(s, cookie, paths[k]); /* statements are prepared with their first use */
        uint64_t before = store_ways();
        struct said said = page(s, cookie, paths[k]);
        cr_expect_eq(said.status, 200, "%s: %d", paths[k], said.status);
        cr_expect(store_ways() - before <= WAYS_MAX, "%s asks %d times", paths[k],
                  (int)(store_ways() - before));
        cr_expect(said.body.n < 60 * 1000, "%s has %zu bytes", paths[k], said.body.n);
    }
    serve_no_more(s);
}

Test(pages, a_session_that_was_closed_is_none)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "uma");

    cr_expect_eq(page(s, cookie, "/me").status, 200);
    const json_t *open = did(s->i, "uma", "session list", "{}");
    const char *id = json_text(json_array_get(json_object_get(open, "items"), 0), "session");
    cr_assert(id);
    did(s->i, "sam", "session close", arena_printf(mem, "{'session': '%s'}", id));
    cr_expect_eq(page(s, cookie, "/me").status, 200, "somebody else's cannot be closed");
    did(s->i, "uma", "session close", arena_printf(mem, "{'session': '%s'}", id));
    cr_expect_eq(page(s, cookie, "/me").status, 303);
    serve_no_more(s);
}

Test(pages, what_one_may_not_see_is_not_shown)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "uma");

    cr_expect_eq(page(s, cookie, "/people/sam").status, 403);
    cr_expect_eq(page(s, cookie, "/log").status, 403);
    cr_expect_eq(page(s, cookie, "/").status, 200);
    cr_expect_eq(page(s, "Accept: text/html\r\n", "/people").status, 303);
    serve_no_more(s);
}

Test(pages, nobody_is_led_away)
{
    static const char *const ways[] = {"//evil.example", "/%09/evil.example", "/%5Cevil.example",
                                       "https://evil.example", "/%0d%0aSet-Cookie:x=y"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        struct said said = page(s, "", arena_printf(mem, "/language?to=fr&then=%s", ways[i]));
        cr_expect_eq(said.status, 303);
        cr_expect(strstr(said.head, "Location: /\r\n"), "%s: %s", ways[i], said.head);
    }
    serve_no_more(s);
}

Test(pages, who_is_refused_again_and_again_waits)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *form =
        "riddle=x&credential=AAAA&authenticator_data=AAAA&client_data=AAAA&signature=AAAA";
    const char *headers =
        "Content-Type: application/x-www-form-urlencoded\r\nAccept: text/html\r\n";
    int refused = 0, kept_waiting = 0;

    for (int n = 0; n < 130; n++) { /* a minute may end in between, and then they count anew */
        struct said said = send_body(s, "POST", "/sign-in", headers, bytes_of_text(form));
        refused += said.status == 401;
        kept_waiting += said.status == 429;
        if (said.status == 429)
            cr_expect(strstr(said.head, "Retry-After: 60\r\n") &&
                          strstr(arena_copy_n(mem, (const char *)said.body.at, said.body.n),
                                 "try again in a minute"),
                      "%s", said.head);
    }
    struct said other = send_body(s, "POST", "/sign-in",
                                  arena_printf(mem, "%sX-Forwarded-For: 192.0.2.7\r\n", headers),
                                  bytes_of_text(form));
    cr_expect_eq(other.status, 401, "nobody keeps another waiting");
    cr_expect(refused + kept_waiting == 130 && kept_waiting > 0, "%d refused, %d kept waiting",
              refused, kept_waiting);
    serve_no_more(s);
}
