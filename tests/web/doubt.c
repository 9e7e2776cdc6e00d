/* What was signed when the service or its database went away at the very end: it is done once, and
 * what came of it is found out from the log. */
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char one[] = "account=a9&url=https://x.com/a9&then=/accounts";
static const char two[] = "each=account&account=a1&account=a2&reason=x&then=/accounts";

static struct desk staged(struct arena *mem)
{
    struct desk d = desk_of(mem, "adm");

    did(d.s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    did(d.s->i, "adm", "account register", "{'account': 'a2', 'url': 'https://x.com/a2'}");
    return d;
}

static int count(const struct desk *t, const char *what)
{
    return atoi(database_value(
        t->s->i->mem, t->s->i->uri,
        arena_printf(t->s->i->mem, "SELECT count(*) FROM %s AND $1 = ''", what), ""));
}

static int entries(const struct desk *t)
{
    return count(t, "log.entry WHERE true");
}

static int outcomes(const struct desk *t)
{
    return count(t, "browser.act WHERE outcome IS NOT NULL");
}

/* A commit that warns is one of which nobody knows whether it lasts, as when a standby is away. */
static void doubt_commits(const struct desk *t)
{
    database_sql(t->s->i->mem, t->s->i->uri,
                 "CREATE FUNCTION log.doubt() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN RAISE WARNING 'perhaps'; RETURN NULL; END $$; "
                 "CREATE CONSTRAINT TRIGGER doubt AFTER INSERT ON log.intent "
                 "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log.doubt()");
}

/* The service was killed between the commit and keeping what came of it, some time ago. */
static void forget_outcomes(const struct desk *t)
{
    database_sql(t->s->i->mem, t->s->i->uri,
                 "UPDATE browser.act SET outcome = NULL, "
                 "kept = regexp_replace(kept, '\"drafted\":[0-9]+', '\"drafted\":1000')");
}

static const char *address(const struct desk *t, struct said page)
{
    const char *act = between(t->s->i->mem, page, "action=\"/sign/", "\"");

    cr_assert(act, "nothing is to be signed: %s", (const char *)page.body.at);
    return arena_printf(t->s->i->mem, "/sign/%s", act);
}

static void is_done_once(const struct desk *t, struct said asked, int acts)
{
    struct served *s = t->s;
    const char *signed_once = signed_form(s, t->phone, asked);

    doubt_commits(t);
    int before = entries(t), ended = outcomes(t);
    struct said said = submit_form(s, t->cookie, address(t, asked), signed_once);
    cr_assert_eq(said.status, 503, "%d: %s", said.status, (const char *)said.body.at);
    shows(said, "whether it was recorded is not known");
    shows(said, arena_printf(s->i->mem, "href=\"%s\"", address(t, asked)));
    cr_expect_eq(entries(t), before + acts);
    cr_expect_eq(outcomes(t), ended, "nobody knows yet what came of it");
    cr_expect_str_eq(
        between(s->i->mem, page(s, t->cookie, address(t, asked)), "class=\"intent\">", "<"),
        between(s->i->mem, asked, "class=\"intent\">", "<"), "the same is signed again");
    said = followed(s, t->cookie, submit_form(s, t->cookie, address(t, asked), signed_once));
    shows(said, acts == 1 ? "1 act is in the log" : "2 acts are in the log");
    cr_expect_eq(entries(t), before + acts, "it was done already");
}

Test(doubt, an_act_is_done_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk t = staged(mem);

    is_done_once(&t, desk_form(&t, "/do/account/register", one), 1);
    serve_no_more(t.s);
}

Test(doubt, several_acts_are_done_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk t = staged(mem);

    is_done_once(&t, desk_form(&t, "/do/account/retire", two), 2);
    serve_no_more(t.s);
}

Test(doubt, what_the_log_has_is_not_asked_for_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk t = staged(mem);
    struct said asked = desk_form(&t, "/do/account/register", one);
    const char *done = header_of(mem, desk_sign(&t, asked), "Location");
    int before = entries(&t);

    forget_outcomes(&t);
    struct said said = page(t.s, t.cookie, address(&t, asked));
    cr_assert_eq(said.status, 303, "it is to be signed again: %d", said.status);
    cr_expect_str_eq(header_of(mem, said, "Location"), done);
    shows(followed(t.s, t.cookie, said), "1 act is in the log");
    cr_expect_eq(entries(&t), before);
    serve_no_more(t.s);
}

static struct bytes file_on(const struct desk *t, struct said done)
{
    const char *file = between(t->s->i->mem, done, "<a class=\"first\" href=\"/done/", "\"");

    cr_assert(file, "there is no file: %s", (const char *)done.body.at);
    return page(t->s, t->cookie, arena_printf(t->s->i->mem, "/done/%s", file)).body;
}

Test(doubt, a_file_that_was_made_is_there_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk t = staged(mem);

    did(t.s->i, "adm", "account register", "{'account':'a9','url':'https://x.com/a9'}");
    struct said asked = desk_form(&t, "/do/proof/export", "account=a9");
    struct bytes made = file_on(&t, desk_done(&t, asked));
    int before = entries(&t);
    did(t.s->i, "adm", "account change", "{'account':'a9','name':'Since then'}");
    forget_outcomes(&t);
    database_sql(mem, t.s->i->uri, "UPDATE browser.act SET file = NULL, file_name = NULL");
    struct said done = followed(t.s, t.cookie, page(t.s, t.cookie, address(&t, asked)));
    shows(done, "1 act is in the log");
    cr_expect(bytes_same(file_on(&t, done), made), "it is another");
    cr_expect_eq(entries(&t), before + 1);
    serve_no_more(t.s);
}

Test(doubt, of_several_it_is_said_which_the_log_has)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk t = staged(mem);
    struct said asked = desk_form(&t, "/do/account/retire", two);

    desk_sign(&t, asked);
    forget_outcomes(&t);
    database_sql(mem, t.s->i->uri,
                 "SET session_replication_role = replica; "
                 "DELETE FROM log.intent WHERE first = (SELECT max(first) FROM log.intent)");
    struct said said = followed(t.s, t.cookie, page(t.s, t.cookie, address(&t, asked)));
    shows(said, "1 act is in the log");
    shows(said, "the service was stopped before");
    serve_no_more(t.s);
}

Test(doubt, what_was_never_signed_is_drafted_anew)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk t = staged(mem);
    struct said asked = desk_form(&t, "/do/account/register", one);

    forget_outcomes(&t);
    struct said again = page(t.s, t.cookie, address(&t, asked));
    cr_assert_eq(again.status, 200, "%d", again.status);
    cr_expect_str_neq(between(mem, again, "class=\"intent\">", "<"),
                      between(mem, asked, "class=\"intent\">", "<"));
    shows(desk_done(&t, again), "1 act is in the log");
    serve_no_more(t.s);
}
