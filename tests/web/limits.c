/* How much a form may have in it, and become: whatever is refused says why, and nothing that is
 * kept cannot be read again. */
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char give_path[] = "/do/grant/give";

/* first, and n times "&before0after", counted. */
static const char *times(struct arena *mem, const char *first, int n, const char *before,
                         const char *after)
{
    struct buf form;

    buf_init(&form, mem, 4 << 20);
    buf_text(&form, first);
    for (int i = 0; i < n; i++)
        buf_printf(&form, "&%s%d%s", before, i, after);
    return form.at;
}

Test(limits, what_was_chosen_is_looked_at_once_it_is_known_who_has_sent_it)
{
    static const char ours[] = ".form={form}&account=a1&role=owner&person=nobody";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    struct said said = submit_form(s, cookie, give_path, times(mem, ours, 101, "pick.", "=x"));
    cr_expect_eq(said.status, 400);
    shows(said, "choose for 100 fields at most");
    said = submit_form(s, cookie, give_path, times(mem, ours, 100, "pick.", "=x"));
    cr_expect_eq(said.status, 303);
    said = submit_form(s, cookie, give_path, times(mem, ".form=x", 19000, "pick.", "=x"));
    cr_expect_eq(said.status, 403, "a form of another page than ours");
    said = submit_form(s, "Accept: text/html\r\n", give_path,
                       times(mem, ".form=x", 19000, "pick.", "=x"));
    cr_expect_eq(said.status, 401, "%d", said.status);
    serve_no_more(s);
}

Test(limits, what_was_chosen_comes_through_signing_in)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = passkey_enrolled(s->i, "adm");
    struct said door = submit_form(s, "Accept: text/html\r\n", give_path,
                                   ".form=x&account=a1&role=owner&person=somebody&pick.person=sam");
    const char *carried = between(mem, door, "name=\"carried\" value=\"", "\"");
    cr_assert(carried, "%s", (const char *)door.body.at);
    struct said in = submit_form(
        s, "Accept: text/html\r\n", "/sign-in",
        arena_printf(mem, "%s&carried=%s", signed_riddle(s, phone, door), escaped(mem, carried)));
    struct said shown = followed(s, cookies_given(s, in), in);
    shows(shown, "value=\"sam\"");
    shows_not(shown, "value=\"somebody\"");
    serve_no_more(s);
}
