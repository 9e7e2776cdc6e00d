/* A secret that is typed into the wrong field is refused, and is in nothing that is kept. */
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char path[] = "/do/credential/rotate";
static const char typed[] =
    ".form={form}&credential=c-1&proof=vault_version&value=hunter2-secret&note=kept+by+me";

static void fill(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'group','url':'https://www.linkedin.com/groups/8374921','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "adm", "credential record",
        "{'credential':'c-1','account':'group','kind':'password','shared':true}");
    did(i, "adm", "credential record",
        "{'credential':'c-2','account':'group','kind':'password','shared':true}");
}

static void is_kept_nowhere(struct served *s, const char *word)
{
    const char *sql = arena_printf(
        s->i->mem, "SELECT count(*) FROM browser.act a WHERE a::text LIKE '%%%s%%'", word);
    const char *n =
        database_value(s->i->mem, s->i->uri, arena_printf(s->i->mem, "%s AND $1 = ''", sql), "");

    cr_expect_str_eq(n, "0", "%s: %s", word, n);
}

Test(secrets, of_a_refused_form_are_shown_once_and_not_kept)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    fill(s->i);
    struct said said = submit_form(s, cookie, path, typed);
    is_kept_nowhere(s, "hunter2");
    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "is not a version number");
    shows(said, "value=\"hunter2-secret\"");
    shows(said, "<a href=\"#f-value\">");
    shows(said, "value=\"c-1\"");

    said = submit_form(s, cookie, path, arena_printf(mem, "%s&.find=credential", typed));
    is_kept_nowhere(s, "hunter2");
    cr_expect_eq(said.status, 200, "%d", said.status);
    shows(said, "value=\"hunter2-secret\"");

    submit_form(s, cookie, path, arena_printf(mem, "%s&credential=c-2&each=credential", typed));
    is_kept_nowhere(s, "hunter2");
    submit_form(s, cookie, path, ".form={form}&credential=hunter2-secret&proof=hunter2&value=7");
    is_kept_nowhere(s, "hunter2");
    said =
        submit_form(s, cookie, "/do/token/issue", ".form={form}&person=feed&token=Hunter2 secret");
    is_kept_nowhere(s, "unter2");
    shows(said, "<datalist id=\"l-person\">");
    submit_form(s, cookie, "/do/key/enrol", ".form={form}&code=hunter2-secret&note=hunter2");
    is_kept_nowhere(s, "hunter2");
    said = submit_form(s, cookie, path, ".form={form}&credential=c-1&proof=vault_version&value=7");
    cr_expect_eq(followed(s, cookie, said).status, 200, "what fits is signed");
    serve_no_more(s);
}

Test(secrets, do_not_come_through_signing_in)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    struct said door = submit_form(s, "Accept: text/html\r\n", path, strchr(typed, '&') + 1);

    cr_expect_eq(door.status, 401, "%d", door.status);
    shows_not(door, "hunter2");
    serve_no_more(s);
}

/* Whoever changes it knows it then: where they have no access it is due again, which is said before
 * anybody signs, and not where they have. */
Test(secrets, who_would_make_one_due_again_reads_so_before_signing)
{
    static const char form[] = ".form={form}&credential=c-1&proof=vault_version&value=7";
    static const char warned[] = "knows the new secret and has no access to the account on record";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    fill(s->i);
    struct said asked = to_sign(s, cookie, path, form);
    shows(asked, warned);
    shows(asked, "Look, then sign");
    did(s->i, "adm", "grant give", "{'account':'group','person':'adm','role':'owner'}");
    shows_not(to_sign(s, cookie, path, form), warned);
    serve_no_more(s);
}
