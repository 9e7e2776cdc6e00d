/* What a browser may keep of a page: it asks each time whether it is still so; and nothing that
 * counts once or is of nobody any more. */
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static struct said again(struct served *s, const char *cookie, const char *path, const char *tags)
{
    return page(s, arena_printf(s->i->mem, "%sIf-None-Match: %s\r\n", cookie, tags), path);
}

Test(kept, what_has_not_changed_is_not_sent_again)
{
    static const char *const paths[] = {
        "/",    "/accounts", "/accounts/a", "/people/sam", "/all",
        "/log", "/me",       "/gaps",       "/verify",     "/do/account/register"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register", "{'account': 'a', 'url': 'https://x.com/a'}");
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct said first = page(s, cookie, paths[i]);
        const char *tag = header_of(mem, first, "ETag");
        cr_assert(tag, "%s has no version", paths[i]);
        cr_expect_str_eq(header_of(mem, first, "Cache-Control"), "private, no-cache", "%s",
                         paths[i]);
        struct said same = again(s, cookie, paths[i], tag);
        cr_expect_eq(same.status, 304, "%s: %d", paths[i], same.status);
        cr_expect_eq(same.body.n, 0, "%s", paths[i]);
        cr_expect_str_eq(header_of(mem, same, "ETag"), tag, "%s", paths[i]);
        cr_expect_str_eq(header_of(mem, same, "Cache-Control"), "private, no-cache", "%s",
                         paths[i]);
    }
    serve_no_more(s);
}

Test(kept, versions_are_compared_as_the_standard_says)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");
    const char *tag = header_of(mem, page(s, cookie, "/accounts"), "ETag");
    const struct {
        const char *tags;
        int status;
    } all[] = {
        {"*", 304},
        {arena_printf(mem, "W/%s", tag), 304},
        {arena_printf(mem, "\"other\", W/\"one\",%s", tag), 304},
        {arena_printf(mem, "%s, \"other\"", tag), 304},
        {"\"other\"", 200},
        {"\"\"", 200},
        {"W/", 200},
        {arena_printf(mem, "%.*s", (int)strlen(tag) - 1, tag), 200},
        {arena_printf(mem, "%sx", tag), 200},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        cr_expect_eq(again(s, cookie, "/accounts", all[i].tags).status, all[i].status, "%s",
                     all[i].tags);
    did(s->i, "adm", "account register", "{'account': 'a', 'url': 'https://x.com/a'}");
    cr_expect_eq(again(s, cookie, "/accounts", tag).status, 200, "there is one more");
    cr_expect_eq(again(s, cookie_of(s, "hana"), "/people", tag).status, 200);
    serve_no_more(s);
}

Test(kept, nothing_that_counts_once_or_went_wrong)
{
    static const char *const paths[] = {"/sign-in", "/accounts/none", "/people/%00", "/nothing"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct said said = page(s, cookie, paths[i]);
        cr_expect_null(header_of(mem, said, "ETag"), "%s", paths[i]);
        cr_expect_str_eq(header_of(mem, said, "Cache-Control"), "no-store", "%s", paths[i]);
    }
    serve_no_more(s);
}

static void is_kept_nowhere(struct served *s, struct said said)
{
    cr_expect_null(header_of(s->i->mem, said, "ETag"));
    cr_expect_str_eq(header_of(s->i->mem, said, "Cache-Control"), "no-store");
}

Test(kept, no_secret_that_an_act_has_made)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");

    did(d.s->i, "adm", "person register", "{'person':'feed','name':'Feed','kind':'service'}");
    struct said asked = desk_form(&d, "/do/key/invite", "person=adm");
    struct said done = desk_done(&d, asked);
    shows(done, "/enrol#");
    is_kept_nowhere(d.s, done);
    done = submit_form(d.s, d.cookie, "/do/token/issue", ".form={form}&person=feed&token=nightly");
    shows(done, "<code>tnr_");
    is_kept_nowhere(d.s, done);
    serve_no_more(d.s);
}

Test(kept, nothing_after_one_has_left)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");
    const char *tag = header_of(mem, page(s, cookie, "/accounts"), "ETag");

    struct said out = submit_form(s, cookie, "/sign-out",
                                  arena_printf(mem, ".form=%s", form_token_of(s, cookie)));
    cr_expect_eq(out.status, 303);
    cr_expect_str_eq(header_of(mem, out, "Clear-Site-Data"), "\"cache\"");
    struct said back = again(s, cookie, "/accounts", tag);
    cr_expect_eq(back.status, 303, "%d", back.status);
    cr_expect_str_eq(header_of(mem, back, "Clear-Site-Data"), "\"cache\"",
                     "whose session was ended elsewhere has left too");
    serve_no_more(s);
}
