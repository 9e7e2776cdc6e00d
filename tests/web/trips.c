/* What a page costs: at most three ways to the database, whatever it shows; and a processor's
 * thousandth of a second, which the bench measures. */
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "tour.h"

#include <criterion/criterion.h>

enum { WAYS_MAX = 3, TRIED_MAX = 12 };

static void fill(struct instance *i)
{
    for (int n = 0; n < 40; n++)
        did(i, "adm", "account register",
            arena_printf(i->mem, "{'account': 'b%d', 'url': 'https://x.com/b%d'}", n, n));
}

/* What is sent is tried as the writer would do it, one thing after another, and kept. */
static uint64_t most_ways(const struct stop *stop)
{
    return strcmp(stop->method, "GET") == 0 ? WAYS_MAX : TRIED_MAX;
}

static void costs_little(const struct desk *d, const struct stop *stop)
{
    tour_stop(d, d->cookie, stop); /* statements are prepared with their first use */
    const char *token = stop->form ? form_token_of(d->s, d->cookie) : NULL; /* read off a page */
    struct stop again = *stop;
    if (token && text_starts(stop->form, ".form={form}"))
        again.form =
            arena_printf(d->s->i->mem, ".form=%s%s", token, stop->form + strlen(".form={form}"));
    uint64_t before = store_ways();
    struct said said = tour_stop(d, d->cookie, &again);
    uint64_t ways = store_ways() - before;
    cr_expect(said.status < 500, "%s %s: %d", stop->method, stop->path, said.status);
    cr_expect(ways <= most_ways(stop), "%s %s asks %d times (%d)", stop->method, stop->path,
              (int)ways, said.status);
    bool is_file = header_of(d->s->i->mem, said, "Content-Disposition");
    cr_expect(is_file || said.body.n < 60 * 1000, "%s %s has %zu bytes", stop->method, stop->path,
              said.body.n);
}

Test(pages, none_asks_more_than_three_times)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");
    struct tour tour = tour_of(&d);

    fill(d.s->i);
    cr_expect_eq(page(d.s, d.cookie, "/search?q=Maria+Silva").status, 200, "not a key, but a name");
    cr_expect_eq(page(d.s, d.cookie, "/search?q=In%C3%AAs").status, 200);
    cr_expect_eq(page(d.s, d.cookie, "/accounts/%00").status, 404);
    for (size_t k = 0; k < tour.n; k++)
        costs_little(&d, &tour.at[k]);
    cr_expect(tour.n > 300, "%zu stops", tour.n);
    serve_no_more(d.s);
}

/* What a page brings with it: each of our own addresses of style, scripts and pictures. */
static size_t brought_by(struct served *s, const char *cookie, struct said said)
{
    const char *at = arena_copy_n(s->i->mem, (const char *)said.body.at, said.body.n);
    size_t all = strlen(said.head) + said.body.n;

    while ((at = strstr(at, "\"/assets/"))) {
        const char *path = arena_copy_n(s->i->mem, at + 1, strcspn(at + 1, "\""));
        struct said asset = page(s, cookie, path);
        cr_expect_eq(asset.status, 200, "%s", path);
        all += strlen(asset.head) + asset.body.n;
        at += strlen(path);
    }
    return all;
}

/* The longest lists, a whole page of them, at the first visit, when nothing is kept yet. */
Test(pages, a_first_view_is_below_sixty_kilobytes)
{
    static const char *const paths[] = {"/", "/accounts", "/people", "/log", "/titles"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    for (int n = 0; n < 110; n++) {
        did(s->i, "adm", "account register",
            arena_printf(mem,
                         "{'account':'brand-channel-%d','name':'The brand, its channel number %d',"
                         "'url':'https://x.com/brand%d'}",
                         n, n, n));
        did(s->i, "adm", "person register",
            arena_printf(mem, "{'person':'person-%d','name':'Somebody Whose Number Is %d'}", n, n));
    }
    for (size_t k = 0; k < sizeof(paths) / sizeof(*paths); k++) {
        size_t n = brought_by(s, cookie, page(s, cookie, paths[k]));
        cr_expect(n < 60 * 1000, "%s has %zu bytes", paths[k], n);
    }
    serve_no_more(s);
}

/* Sam answers for accounts on several platforms, of which some have somebody in line; owns and
 * could seize others; and has a secret. Tess and Kim could take them. */
static void sam_has_much(struct instance *i)
{
    static const char *const platforms[][2] = {{"apple", "developer_program"},
                                               {"x", "profile"},
                                               {"youtube", "channel"},
                                               {"github", "code_host"},
                                               {"facebook", "page"}};

    for (int n = 0; n < 15; n++) {
        const char *of = arena_printf(i->mem, "b%d", n);
        did(i, "adm", "account register",
            arena_printf(i->mem,
                         "{'account':'%s','platform':'%s','kind':'%s','handle':'%s',"
                         "'owner':'head-of-sales'}",
                         of, platforms[n % 5][0], platforms[n % 5][1], of));
        if (n % 2)
            did(i, "adm", "heir designate",
                arena_printf(i->mem, "{'account':'%s','position':'sales-ops'}", of));
        did(i, "adm", "grant give",
            arena_printf(i->mem, "{'account':'%s','person':'sam','role':'owner'}", of));
    }
    did(i, "adm", "controlpoint add",
        "{'account':'b1','kind':'recovery_mail','person':'sam','controlpoint':'mail'}");
    did(i, "adm", "position register", "{'position':'ads-lead','title':'Ads Lead'}");
    did(i, "adm", "position fill", "{'position':'ads-lead','person':'kim'}");
    did(i, "adm", "position register", "{'position':'next','title':'Next'}");
}

static void costs_up_to(struct served *s, const char *cookie, const char *path, int status,
                        uint64_t most)
{
    page(s, cookie, path); /* statements are prepared with their first use */
    uint64_t before = store_ways();
    struct said said = page(s, cookie, path);
    cr_expect_eq(said.status, status, "%s: %d", path, said.status);
    cr_expect(store_ways() - before <= most, "%s asks %d times", path,
              (int)(store_ways() - before));
}

static void costs(struct served *s, const char *cookie, const char *path, int status)
{
    costs_up_to(s, cookie, path, status, WAYS_MAX);
}

/* The way to a case, with all that is asked on it filled in. */
Test(pages, the_way_to_a_case_asks_no_more_often_the_more_is_told)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    const char *day = day_text(mem, s->i->now / MS_PER_DAY + 40);
    const char *back = day_text(mem, s->i->now / MS_PER_DAY + 90);
    const char *who = "/leaving?person=sam&kind";
    const char *choices = "&take.b0=tess%3Dsales-ops&take.b1=&other.b1=kim&take.b2=kim%3Dads-lead"
                          "&take.b3=tess&rest=tess&take.b4=";

    sam_has_much(s->i);
    costs(s, cookie, "/leaving?person=sam", 200);
    costs(s, cookie, arena_printf(mem, "%s=mover&last_day=%s", who, day), 200);
    costs(s, cookie, arena_printf(mem, "%s=leaver&last_day=soon", who), 422);
    costs_up_to(s, cookie, arena_printf(mem, "/leaving?person=nobody&kind=leaver&last_day=%s", day),
                404, WAYS_MAX + 1); /* it may be a name */
    const char *const filled[] = {
        arena_printf(mem, "%s=leaver&last_day=%s", who, day),
        arena_printf(mem, "%s=leaver&last_day=%s&zone=America%%2FLima&lead=hana", who, day),
        arena_printf(mem, "%s=hostile&last_day=%s", who, day),
        arena_printf(mem, "%s=mover&last_day=%s&to=next", who, day),
        arena_printf(mem, "%s=absence&last_day=%s&back=%s", who, day, back),
        arena_printf(mem, "%s=incapacity&last_day=%s", who, day),
    };
    for (size_t k = 0; k < sizeof(filled) / sizeof(*filled); k++) {
        costs(s, cookie, filled[k], 200);
        costs(s, cookie, arena_printf(mem, "%s&step=plan", filled[k]), 200);
        costs(s, cookie, arena_printf(mem, "%s&step=plan%s", filled[k], choices), 200);
        costs(s, cookie, arena_printf(mem, "%s&step=plan&take.b0=hana", filled[k]), 422);
    }
    struct said plan = page(s, cookie, arena_printf(mem, "%s&step=plan%s", filled[0], choices));
    shows(plan, "value=\"b1=kim=ads-lead\"");
    shows(plan, "value=\"b3=tess=sales-ops\"");
    shows(plan, "nobody else has an owner");
    shows(plan, "the leaver&#39;s mailbox recovers the account");
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

    instance_site(s->i);            /* where nobody can come in, nothing is counted */
    for (int n = 0; n < 130; n++) { /* a minute may end in between, and then they count anew */
        struct said said = send_body(s, "POST", "/sign-in", headers, bytes_of_text(form));
        refused += said.status == 401;
        kept_waiting += said.status == 429;
        if (said.status == 429)
            cr_expect(strstr(said.head, "Retry-After: ") &&
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
