/* How much a form may have in it, and become: whatever is refused says why, and nothing that is
 * kept cannot be read again. */
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <time.h>

static const char retire_path[] = "/do/account/retire";
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

static const char *letters(struct arena *mem, char letter, size_t n)
{
    char *text = arena_alloc(mem, n + 1);

    memset(text, letter, n);
    text[n] = '\0';
    return text;
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

Test(limits, an_act_has_the_fields_of_its_command)
{
    static const char two[] = "each=account&account=a1&account=a2&reason=x&then=/accounts";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    did(s->i, "adm", "account register", "{'account': 'a2', 'url': 'https://x.com/a2'}");
    struct said said = to_sign(s, cookie, retire_path, "each=x&x=1&x=2&account=a1&reason=x");
    cr_expect_eq(said.status, 400);
    shows(said, "there is no field &#39;x&#39; here");
    said = to_sign(s, cookie, retire_path, times(mem, two, 500, "foreign", "=x"));
    cr_expect_eq(said.status, 200);
    shows(said, "these 2 acts");
    const char *foreign = database_value(
        mem, s->i->uri,
        "SELECT regexp_count(a.kept, 'foreign') FROM browser.act AS a WHERE kept LIKE '%' || $1",
        "%foreign%");
    cr_expect_str_eq(foreign, "500", "%s: as they were sent, and in no act", foreign);
    serve_no_more(s);
}

Test(limits, many_acts_together_are_no_longer_than_a_form)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");
    const char *long_one = arena_printf(mem, "each=account&reason=%s", letters(mem, 'x', 20000));

    struct said said = to_sign(s, cookie, retire_path, times(mem, long_one, 200, "account=a", ""));
    cr_expect_eq(said.status, 413, "%d", said.status);
    shows(said, "this is too much for so many at once");
    said = to_sign(s, cookie, retire_path,
                   times(mem, "each=account&reason=", 150, "account=a", "&reason=x"));
    cr_expect_eq(said.status, 413, "150 acts of 152 members: %d", said.status);
    serve_no_more(s);
}

Test(limits, a_case_of_thousands_of_successors_can_be_opened)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *day = day_text(mem, (int64_t)time(NULL) / 86400 + 60);
    const char *told =
        arena_printf(mem, ".form={form}&person=sam&kind=leaver&handover=out&last_day=%s", day);
    const char *cookie = cookie_of(s, "hana");

    struct said said =
        followed(s, cookie,
                 submit_form(s, cookie, "/leaving/open",
                             times(mem, told, 2100, "successor=a", "%3Dtess%3Dsales-ops")));
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, "these 12 acts");
    serve_no_more(s);
}

static struct said send_name(struct served *s, const char *name)
{
    struct arena *mem = s->i->mem;
    const char *cookie = cookie_of(s, "adm");
    const char *body =
        arena_printf(mem,
                     "--x\r\nContent-Disposition: form-data; name=\".form\"\r\n\r\n%s\r\n"
                     "--x\r\nContent-Disposition: form-data; name=\"account\"\r\n\r\na1\r\n"
                     "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n%s\r\n--x--\r\n",
                     form_token_of(s, cookie), name);

    return send_body(
        s, "POST", "/do/account/register",
        arena_printf(mem, "%sContent-Type: multipart/form-data; boundary=x\r\n", cookie),
        bytes_of_text(body));
}

Test(limits, what_is_typed_is_no_longer_than_a_request)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    struct said said = send_name(s, letters(mem, 'x', 3 << 20));
    cr_expect_eq(said.status, 413);
    shows(said, "may have 2 MiB");
    /* As JSON each of these is six letters. */
    said = send_name(s, letters(mem, '\1', 1900000));
    cr_expect_eq(said.status, 413);
    shows(said, "too long to be kept until it is signed");
    cr_expect_eq(send_name(s, "One").status, 303);
    serve_no_more(s);
}
