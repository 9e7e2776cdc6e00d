/* names.c - what people read has names and not keys, in their own language; and no word of a
 * sentence is taken for a key. */
#include "store/store.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *french_cookie(struct served *s, const char *who)
{
    return arena_printf(s->i->mem, "%sAccept-Language: fr\r\n", cookie_of(s, who));
}

/* An account and a person whose keys are words of the program. */
static void fill(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'owner','name':'Our channel','url':'https://x.com/ours','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "adm", "account register",
        "{'account':'ch-2','url':'https://x.com/two',"
        "'name':'The second'}");
    did(i, "adm", "person register", "{'person':'person','name':'Pia Berg','unit':'sales'}");
    did(i, "adm", "person register", "{'person':'e7','name':'Eva Lund','unit':'sales'}");
    did(i, "adm", "position register",
        "{'position':'seat-9','title':'Regional lead','unit':'sales'}");
    did(i, "adm", "position fill",
        "{'position':'seat-9','person':'e7','reason':'she was elected'}");
    did(i, "adm", "grant give", "{'grant':'g-1','account':'ch-2','person':'e7','role':'owner'}");
}

Test(names, the_log_tells_what_happened_in_words)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    fill(s->i);
    struct said log = page(s, french_cookie(s, "adm"), "/log?type=position.");
    shows(log, "personne\u00a0: <a href=\"/people/e7\" title=\"e7\">Eva Lund</a>");
    shows(log, "motif\u00a0: she was elected");
    shows(log, "<a href=\"/positions/seat-9\" title=\"seat-9\">Regional lead</a>");
    shows_not(log, "person e7");
    log = page(s, french_cookie(s, "adm"), "/log?account=ch-2");
    shows(log, "title=\"ch-2\">The second</a>");
    shows(page(s, cookie_of(s, "adm"), "/log?type=position."), "reason: she was elected");
    struct said account = page(s, french_cookie(s, "adm"), "/accounts/ch-2");
    shows(account, "<a href=\"/people/e7\" title=\"e7\">Eva Lund</a>");
    serve_no_more(s);
}

/* Whoever may not list people is told their keys, as before. */
Test(names, nobody_is_told_names_that_they_may_not_list)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    fill(s->i);
    shows(page(s, cookie_of(s, "lea"), "/accounts/owner"), "by Ada Minter");
    struct said account = page(s, cookie_of(s, "sam"), "/accounts/owner");
    shows(account, "by adm");
    shows_not(account, "Ada Minter");
    serve_no_more(s);
}

Test(names, a_word_of_a_sentence_is_no_key)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    fill(s->i);
    for (int french = 0; french < 2; french++) {
        const char *cookie = french ? french_cookie(s, "adm") : cookie_of(s, "adm");
        struct said gaps = page(s, cookie, "/gaps");
        shows(gaps, "Our channel");
        shows_not(gaps, "Our channel (owner)");
        shows_not(gaps, "Pia Berg (person)");
    }
    serve_no_more(s);
}

/* Neither its language nor the names of its tables are a reader's. */
Test(names, what_the_database_says_is_for_who_runs_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = french_cookie(s, "adm");

    database_sql(mem, s->i->uri, "DROP FUNCTION state.event_details(jsonb, integer)");
    struct said said = page(s, cookie, "/log");
    cr_expect_eq(said.status, 500, "%d", said.status);
    shows(said, "le programme a demandé à la base de données ce qu’elle refuse");
    shows_not(said, "event_details");
    shows_not(said, "does not exist");
    serve_no_more(s);
}
