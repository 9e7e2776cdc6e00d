/* evidence.c - files that prove something, on pages: linked from what they prove, to be kept. */
#include "visitor.h"

#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *file_of(struct served *s, const char *account)
{
    const json_t *title =
        did(s->i, "aud", "title show", arena_printf(s->i->mem, "{'account':'%s'}", account));

    return vector_text(title, "chain.0.documents.0.evidence");
}

static void assert_title(struct served *s, const char *account, const char *file)
{
    did(s->i, "adm", "account register",
        arena_printf(s->i->mem, "{'account':'%s','url':'https://x.com/%s'}", account, account));
    did(s->i, "lea", "title assert",
        arena_printf(s->i->mem,
                     "{'account':'%s','holder':'acme','since':'2019-05-01','evidence':['%s']}",
                     account, file));
}

Test(evidence, is_linked_from_the_account_and_downloaded)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "aud");

    assert_title(s, "acme-x", uploaded(s->i, "deed.txt", "the deed"));
    const char *where = arena_printf(mem, "/evidence/%s", file_of(s, "acme-x"));
    shows(page(s, cookie, "/accounts/acme-x"), arena_printf(mem, "href=\"%s\">deed.txt", where));
    shows(page(s, cookie, where), arena_printf(mem, "href=\"%s/file\"", where));
    shows(page(s, cookie, where), "href=\"/accounts/acme-x\"");
    shows_not(page(s, cookie, where), "<img");
    shows_not(page(s, cookie, where), "class=\"then\"");
    shows(page(s, cookie, arena_printf(mem, "%s?as_known=2099-02-28", where)),
          "as it was known on 28 February 2099");
    struct said said = page(s, cookie, arena_printf(mem, "%s/file", where));
    cr_expect(said.status == 200 && said.body.n == 8 && memcmp(said.body.at, "the deed", 8) == 0);
    cr_expect(strstr(said.head, "Content-Disposition: attachment; filename=\"deed.txt\""));
    cr_expect(strstr(said.head, "Content-Type: text/plain"));
    cr_expect(strstr(said.head, "X-Content-Type-Options: nosniff"));
    cr_expect(strstr(said.head, "sandbox"), "%s", said.head);
    cr_expect_eq(page(s, cookie_of(s, "uma"), arena_printf(mem, "%s/file", where)).status, 404);
    cr_expect_eq(page(s, "Accept: text/html\r\n", arena_printf(mem, "%s/file", where)).status, 303);
    serve_no_more(s);
}

Test(evidence, that_is_a_picture_is_shown)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    assert_title(s, "acme-y", uploaded(s->i, "shot.png", "\x89PNG shot"));
    const char *where = arena_printf(mem, "/evidence/%s", file_of(s, "acme-y"));
    shows(page(s, cookie_of(s, "aud"), where), arena_printf(mem, "src=\"%s/file\"", where));
    did(s->i, "lea", "person erase",
        arena_printf(mem, "{'person':'uma','still_here':true,'reason':'asked','evidence':['%s']}",
                     file_of(s, "acme-y")));
    shows(page(s, cookie_of(s, "aud"), where), "were erased");
    shows_not(page(s, cookie_of(s, "aud"), where), "/file");
    serve_no_more(s);
}

/* The chain as a picture, which also says in words what it shows. */
Test(titles, are_drawn_holder_by_holder)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register", "{'account':'bare','url':'https://x.com/bare'}");
    shows_not(page(s, cookie, "/accounts/bare"), "svg class=\"chain\"");
    did(s->i, "adm", "entity register",
        "{'entity':'buyer','name':'Buyer Ltd','kind':'company','country':'GB'}");
    assert_title(s, "acme-x", uploaded(s->i, "deed.txt", "the deed"));
    did(s->i, "lea", "title transfer",
        "{'account':'acme-x','holder':'buyer','since':'2023-05-01','reason':'sold'}");
    struct said said = page(s, cookie, "/accounts/acme-x");
    shows(said, "1 May 2019 &ndash; 1 May 2023");
    shows(said, "Buyer Ltd &middot; 1 May 2023 &ndash; today");
    shows(said, "<title>deed.txt</title></circle>");
    const char *first = between(mem, said, "<rect x=\"0\" y=\"22\" width=\"", "\"");
    cr_assert(first);
    const char *second = between(mem, said, "<rect x=\"", "\" y=\"66\"");
    cr_assert(second);
    cr_expect_str_eq(strrchr(second, '"') ? strrchr(second, '"') + 1 : second, first,
                     "one begins where the other ends");
    did(s->i, "lea", "title dispute",
        "{'account':'acme-x','claimant':'somebody','reason':'says so'}");
    shows(page(s, cookie, "/accounts/acme-x"), "height=\"18\" data-state=\"disputed\"");
    serve_no_more(s);
}
