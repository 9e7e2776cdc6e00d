/* What each role finds on the home page, where one is told to be, and how long lists go on. */
#include "base/date.h"
#include "base/text.h"
#include "http/exchange.h"
#include "support/database.h"
#include "support/instance.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char *text_of_page(struct served *s, const char *cookie, const char *path)
{
    struct said said = page(s, cookie, path);

    cr_expect_eq(said.status, 200, "%s: %d", path, said.status);
    return arena_copy_n(s->i->mem, (const char *)said.body.at, said.body.n);
}

/* By the clock of the service, which is the machine's. */
static const char *day_after(struct instance *i, int days)
{
    return day_text(i->mem, now_ms() / MS_PER_DAY + days);
}

static struct served *serve_today(struct arena *mem)
{
    struct served *s = serve(mem, with_pages);

    if (s->i->now < now_ms())
        s->i->now = now_ms();
    return s;
}

static void register_some(struct instance *i, int n)
{
    for (int k = 0; k < n; k++)
        did(i, "adm", "account register",
            arena_printf(i->mem, "{'account':'a%03d','url':'https://x.com/a%d'}", k, k));
}

/* ---- Home by role
 * ---------------------------------------------------------------------------------------- */

/* Sam answers for a group and leaves in ten days; Tess takes over; a secret is open. */
static void sam_leaves(struct instance *i, int days)
{
    did(i, "adm", "account register",
        "{'account':'group','url':'https://www.linkedin.com/groups/8374921','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "adm", "grant give", "{'account':'group','person':'sam','role':'owner'}");
    did(i, "adm", "credential record",
        "{'credential':'c-1','account':'group','kind':'password','shared':true}");
    did(i, "adm", "credential compromise", "{'credential':'c-1','reason':'seen in a paste'}");
    did(i, "hana", "handover create",
        arena_printf(i->mem,
                     "{'handover':'lv','person':'sam','last_day':'%s','reason':'known late'}",
                     day_after(i, days)));
    did(i, "hana", "handover successor", "{'handover':'lv','person':'tess'}");
    did(i, "hana", "handover schedule", "{'handover':'lv'}");
    did(i, "hana", "handover start", "{'handover':'lv','reason':'notice was given'}");
}

Test(homes, personnel_see_who_leaves_and_when)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);

    sam_leaves(s->i, 10);
    struct said home = page(s, cookie_of(s, "hana"), "/");
    shows(home, "Sam Fletcher");
    shows(home, "in 10 days");
    shows(home, "<progress");
    shows_not(home, "Stands open the longest");
    shows_not(home, "Disputed titles");
    serve_no_more(s);
}

Test(homes, personnel_see_what_is_late_and_whom_it_waits_for)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);

    sam_leaves(s->i, -3);
    struct said home = page(s, cookie_of(s, "hana"), "/");
    shows(home, "Late, and whom it waits for");
    shows(home, "3 days late");
    shows(home, "waits for <a href=\"/people/");
    shows_not(page(s, cookie_of(s, "adm"), "/"), "Late, and whom it waits for");
    serve_no_more(s);
}

/* Nothing is there yet: what to do first, for whoever may. */
Test(homes, say_what_to_do_first)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    struct said home = page(s, cookie_of(s, "hana"), "/");

    shows(home, "href=\"/do/import/people\"");
    shows(home, "href=\"/leaving\"");
    shows_not(home, "href=\"/do/import/accounts\"");
    shows(page(s, cookie_of(s, "adm"), "/"), "href=\"/do/import/accounts\"");
    shows_not(page(s, cookie_of(s, "tess"), "/"), "href=\"/leaving\"");
    sam_leaves(s->i, 10);
    shows_not(page(s, cookie_of(s, "hana"), "/"), "href=\"/do/import/people\"");
    serve_no_more(s);
}

/* A case that is a draft waits for whoever leads it, and says that no steps are there yet. */
Test(homes, drafts_say_whom_they_wait_for)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);

    did(s->i, "hana", "handover create",
        arena_printf(mem, "{'handover':'lv','person':'sam','last_day':'%s','lead':'adm'}",
                     day_after(s->i, 30)));
    struct said home = page(s, cookie_of(s, "hana"), "/");
    shows(home, "not laid out yet");
    shows(home, "<a href=\"/people/adm\">");
    serve_no_more(s);
}

/* What cannot be done yet is nobody's to do, and late only with what it waits for. */
Test(homes, steps_whose_turn_has_not_come_are_not_listed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);

    sam_leaves(s->i, -3);
    const json_t *all = did(s->i, "hana", "step list", "{'open':true,'overdue':true}");
    const json_t *begun =
        did(s->i, "hana", "step list", "{'open':true,'overdue':true,'begun':true}");
    cr_expect_lt(json_array_size(json_object_get(begun, "items")),
                 json_array_size(json_object_get(all, "items")));
    static const char *const who[] = {"hana", "tess", "sam"};
    for (size_t i = 0; i < sizeof(who) / sizeof(*who); i++)
        shows_not(page(s, cookie_of(s, who[i]), "/"), "data-state=\"pending\"");
    const char *late = json_text(json_array_get(json_object_get(begun, "items"), 0), "title");
    shows(page(s, cookie_of(s, "hana"), "/"), late);
    serve_no_more(s);
}

Test(homes, administrators_see_what_is_open_and_missing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);

    sam_leaves(s->i, 10);
    struct said home = page(s, cookie_of(s, "adm"), "/");
    shows(home, "Stands open the longest");
    shows(home, "/credentials/c-1");
    shows(home, "since today");
    shows(home, "/gaps?risk=not_accepted");
    shows_not(home, "Disputed titles");
    home = page(s, cookie_of(s, "kim"), "/");
    shows(home, "/credentials/c-1");
    serve_no_more(s);
}

Test(homes, legal_sees_titles_holds_and_exports)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    struct instance *i = s->i;
    const char *cookie = cookie_of(s, "lea");

    shows(page(s, cookie, "/"), "Every title has its documents.");
    register_some(i, 3);
    did(i, "lea", "title assert", "{'account':'a001','holder':'acme'}");
    did(i, "lea", "title assert", "{'account':'a002','holder':'acme'}");
    did(i, "lea", "title dispute",
        "{'account':'a002','claimant':'Sam & Sons','reason':'he says so'}");
    did(i, "lea", "hold place", "{'person':'sam','reference':'LIT-7','reason':'litigation'}");
    did(i, "lea", "proof export", "{'account':'a001'}");
    struct said home = page(s, cookie, "/");
    shows(home, "contested by Sam &amp; Sons");
    shows(home, "/do/title/assert?account=a000");
    shows(home, "/do/title/evidence?account=a001");
    shows_not(home, "/do/title/evidence?account=a002");
    shows(home, "LIT-7");
    shows(home, "Proofs made lately");
    shows_not(home, "Stands open the longest");
    serve_no_more(s);
}

Test(homes, a_member_sees_what_is_theirs)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    const char *sam = cookie_of(s, "sam");

    shows_not(page(s, sam, "/"), "Accept these");
    sam_leaves(s->i, 10);
    struct said home = page(s, sam, "/");
    shows(home, "Accept these");
    shows(home, "name=\"account\" value=\"group\"");
    shows(home, "/do/handover/declare?handover=lv");
    shows_not(home, "/gaps?risk=");
    home = page(s, cookie_of(s, "tess"), "/");
    shows(home, "/handovers/lv/inventory");
    shows_not(home, "/do/handover/declare");
    home = page(s, cookie_of(s, "uma"), "/");
    shows_not(home, "/handovers/lv");
    did(s->i, "sam", "account accept", "{'account':'group'}");
    home = page(s, sam, "/");
    shows_not(home, "Accept these");
    shows(home, "/accounts/group");
    serve_no_more(s);
}

Test(homes, the_page_stays_short_however_much_there_is)
{
    static const char *const people[] = {"adm", "hana", "lea", "sam"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    struct instance *i = s->i;

    for (int k = 0; k < 150; k++) {
        did(i, "adm", "account register",
            arena_printf(mem,
                         "{'account':'a%03d','url':'https://x.com/a%d','unit':'sales','owner':"
                         "'head-of-sales'}",
                         k, k));
        did(i, "adm", "credential record",
            arena_printf(mem,
                         "{'credential':'c%d','account':'a%03d','kind':'password','shared':"
                         "true}",
                         k, k));
        did(i, "adm", "credential compromise",
            arena_printf(mem, "{'credential':'c%d','reason':'seen in a paste'}", k));
    }
    for (size_t k = 0; k < sizeof(people) / sizeof(*people); k++) {
        struct said home = page(s, cookie_of(s, people[k]), "/");
        cr_expect(home.body.n < 60 * 1000, "%s: %zu bytes", people[k], home.body.n);
    }
    struct said home = page(s, cookie_of(s, "sam"), "/");
    shows(home, "100 more come after these.");
    home = page(s, cookie_of(s, "adm"), "/");
    shows(home, "10 shown; there are more.");
    shows(home, "<strong>150</strong> ");
    serve_no_more(s);
}

/* ---- Where one is
 * ---------------------------------------------------------------------------------------- */

Test(homes, every_page_says_where_one_is)
{
    static const struct {
        const char *path, *trail;
    } all[] = {
        {"/", "Home"},
        {"/accounts", "Home>Accounts"},
        {"/accounts/group", "Home>Accounts>group"},
        {"/accounts/named", "Home>Accounts>Our channel (named)"},
        {"/accounts/named/proof", "Home>Accounts>Our channel>*"},
        {"/people/sam", "Home>People>Sam Fletcher (sam)"},
        {"/people/sam/readiness", "Home>People>Sam Fletcher>*"},
        {"/handovers/lv", "Home>Cases>Sam Fletcher · lv"},
        {"/handovers/lv/inventory?person=tess", "Home>Cases>lv>What is handed over"},
        {"/grants", "Home>Accesses"},
        {"/log/3", "Home>Log>3"},
        {"/due", "Home>Secrets to rotate"},
        {"/exposures", "Home>*"},
        {"/search?q=x", "Home>Search"},
        {"/me", "Home>You"},
        {"/leaving", "Home>Cases>Start a leaving"},
        {"/leaving?person=sam", "Home>People>sam>Start a leaving"},
        {"/do/grant/give", "Home>Accesses>*"},
        {"/do/grant/give?account=group", "Home>Accounts>group>*"},
        {"/do/handover/declare?handover=lv", "Home>Cases>lv>*"},
        {"/reports/inventory", "Home>*"},
        {"/acts/key/x", "Home>Keys>*"},
        {"/ask/account/show", "Home>Accounts>*"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    const char *cookie = cookie_of(s, "adm");

    sam_leaves(s->i, 10);
    did(s->i, "adm", "account register",
        "{'account':'named','name':'Our channel','url':'https://x.com/named'}");
    for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++) {
        const char *at = strstr(text_of_page(s, cookie, all[k].path), "<nav class=\"crumbs\"");
        const char *end = at ? strstr(at, "</nav>") : NULL;
        struct buf trail;
        cr_assert(end, "%s", all[k].path);
        buf_init(&trail, mem, 4096);
        cr_expect(strstr(at, "<span aria-current=\"page\">"), "%s", all[k].path);
        for (at = strstr(at, "<li>"); at && at < end; at = strstr(at + 4, "<li>")) {
            const char *label = strchr(at + 4, '>') + 1;
            buf_printf(&trail, "%s%.*s", trail.n ? ">" : "", (int)strcspn(label, "<"), label);
        }
        size_t same = strlen(all[k].trail);
        same -= all[k].trail[same - 1] == '*';
        cr_expect(strncmp(trail.at, all[k].trail, same) == 0, "%s: %s", all[k].path, trail.at);
        cr_expect(all[k].trail[same] == '*' || trail.n == same, "%s: %s", all[k].path, trail.at);
        shows(page(s, cookie, all[k].path), "role=\"search\"");
    }
    shows(page(s, cookie, "/accounts/nosuch"), "<a href=\"/accounts\">Accounts</a>");
    serve_no_more(s);
}

/* ---- How long lists go on
 * -------------------------------------------------------------------------------- */

/* Follows the links to more, and counts what is linked with that beginning. */
static int follow(struct served *s, const char *cookie, const char *path, const char *link,
                  int *ret_pages)
{
    int n = 0;

    *ret_pages = 0;
    while (path && *ret_pages < 20) {
        const char *text = text_of_page(s, cookie, path),
                   *next = strstr(text, "rel=\"next\" href=\"");
        for (const char *at = strstr(text, link); at; at = strstr(at + 1, link))
            n++;
        ++*ret_pages;
        path = NULL;
        if (!next)
            break;
        next += strlen("rel=\"next\" href=\"");
        char *href = arena_copy_n(s->i->mem, next, strcspn(next, "\"")), *amp;
        while ((amp = strstr(href, "&amp;")))
            memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
        path = href;
    }
    return n;
}

Test(homes, lists_go_on_and_keep_their_filters)
{
    static const struct {
        const char *path, *link;
        int n, pages;
    } all[] = {
        {"/accounts?limit=50&platform=x", "href=\"/accounts/a", 130, 3},
        {"/accounts?limit=50&platform=linkedin_group", "href=\"/accounts/a", 0, 1},
        {"/due?limit=50", "href=\"/do/credential/rotate?", 130, 3},
        {"/gaps?limit=60&risk=orphan", "<li><a href=\"/search?q=a", 130, 3},
        {"/exposures?limit=100", "href=\"/credentials/c", 130, 2},
        {"/search?q=x.com", "<li><a href=\"/accounts/a", 20, 0},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    const char *cookie = cookie_of(s, "adm");
    int pages;

    register_some(s->i, 130);
    for (int k = 0; k < 130; k++) {
        did(s->i, "adm", "credential record",
            arena_printf(mem,
                         "{'credential':'c%d','account':'a%03d','kind':'password','shared':"
                         "true}",
                         k, k));
        did(s->i, "adm", "credential compromise",
            arena_printf(mem, "{'credential':'c%d','reason':'seen in a paste'}", k));
    }
    for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++) {
        if (!all[k].pages) {
            struct said found = page(s, cookie, all[k].path);
            shows(found, "20 shown; there are more.");
            shows(found, "href=\"/accounts?search=x.com&amp;after=a019\"");
            continue;
        }
        int n = follow(s, cookie, all[k].path, all[k].link, &pages);
        cr_expect_eq(n, all[k].n, "%s: %d", all[k].path, n);
        cr_expect_eq(pages, all[k].pages, "%s: %d pages", all[k].path, pages);
    }
    shows(page(s, cookie, "/gaps?risk=orphan&limit=60"), "<small>130</small>");
    shows(page(s, cookie, "/accounts?limit=50&platform=x&after=a099"), "From the beginning");
    shows(page(s, cookie, "/accounts?platform=linkedin_group"), "<details class=\"filters\" open");
    shows_not(page(s, cookie, "/accounts"), "<details class=\"filters\" open");
    serve_no_more(s);
}

Test(homes, people_positions_and_units_are_found_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "unit register", "{'unit':'dg','name':'Direction générale'}");
    did(s->i, "hana", "position register",
        "{'position':'deputy','title':'Délégué général','unit':'dg'}");
    did(s->i, "hana", "position fill", "{'position':'deputy','person':'uma'}");
    struct said found = page(s, cookie, "/search?q=general");
    shows(found, "<a href=\"/positions/deputy\">deputy</a> Délégué général");
    shows(found, "<a href=\"/units/dg\">dg</a> Direction générale");
    shows(page(s, cookie, "/search?q=UMA"), "<a href=\"/people/uma\">uma</a>");
    shows_not(page(s, cookie, "/search?q=UMA"), "href=\"/units/");
    serve_no_more(s);
}

Test(homes, titles_are_filtered_by_several_standings)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_today(mem);
    const char *cookie = cookie_of(s, "lea");

    register_some(s->i, 3);
    did(s->i, "lea", "title assert", "{'account':'a001','holder':'acme'}");
    struct said both = page(s, cookie, "/titles?standing=undocumented&standing=asserted");
    shows(both, "/accounts/a000");
    shows(both, "/accounts/a001");
    struct said one = page(s, cookie, "/titles?standing=asserted");
    shows_not(one, "/accounts/a000");
    shows(one, "/accounts/a001");
    serve_no_more(s);
}

/* What is wrong with many in the same words is said once, above them. */
Test(homes, a_sentence_of_many_gaps_is_said_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    for (int n = 0; n < 3; n++)
        did(s->i, "adm", "account register",
            arena_printf(mem, "{'account':'x%d','url':'https://x.com/x%d'}", n, n));
    struct said said = page(s, cookie_of(s, "adm"), "/gaps?risk=orphan");
    const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
    static const char sentence[] = "no position answers for it";
    const char *first = strstr(text, sentence);
    cr_assert(first, "%s", text);
    cr_expect_null(strstr(first + 1, sentence));
    for (int n = 0; n < 3; n++)
        shows(said, arena_printf(mem, "<a href=\"/search?q=x%d\">", n));
    serve_no_more(s);
}

/* Whose title is weak is somewhere: a name alone says little. */
Test(homes, legal_reads_on_which_platform_an_account_is)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    did(s->i, "adm", "account register", "{'account':'x1','url':'https://x.com/x1'}");
    shows(page(s, cookie_of(s, "lea"), "/"), "<a href=\"/accounts/x1\">x1</a> x <span");
    serve_no_more(s);
}

/* The head of a column that the database has an order for leads to the list in that order; what is
 * filtered stays so. */
Test(homes, a_list_is_ordered_by_the_head_of_a_column)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    static const char *const who[] = {"sam", "uma"};

    for (int k = 0; k < 2; k++)
        did(s->i, "hana", "handover create",
            arena_printf(mem, "{'handover':'h-%d','person':'%s','last_day':'%s'}", k, who[k],
                         day_text(mem, s->i->now / MS_PER_DAY + 60 - 20 * k)));
    struct said said = page(s, cookie, "/handovers?open=true&after=a");
    const char *href = between(mem, said, "<th scope=\"col\"><a href=\"", "\">Last day");
    cr_assert(href, "%s", (const char *)said.body.at);
    cr_expect_not_null(strstr(href, "open=true&order=last_day"), "%s", href);
    cr_expect_null(strstr(href, "after="), "%s", href);
    shows(said, "<th scope=\"col\" aria-sort=\"ascending\"><a "
                "href=\"/handovers?open=true&amp;order=name\">");
    for (int by_day = 0; by_day < 2; by_day++) {
        said = page(s, cookie, by_day ? "/handovers?order=last_day" : "/handovers?order=name");
        const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
        const char *sorted = strstr(text, "aria-sort");
        cr_expect(sorted && !strstr(sorted + 1, "aria-sort"), "one column is in order: %s", text);
        const char *first = strstr(text, "/handovers/h-0\""),
                   *second = strstr(text, "/handovers/h-1\"");
        cr_assert(first && second);
        cr_expect_eq(first > second, by_day);
    }
    shows_not(page(s, cookie, "/accounts"), "aria-sort");
    serve_no_more(s);
}
