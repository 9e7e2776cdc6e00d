/* What somebody is about to sign is kept for some hours: not without end, and nothing of somebody
 * who is erased meanwhile. */
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>

static const char register_path[] = "/do/account/register";
static const char form[] = ".form={form}&account=a1&url=https://x.com/a1";

static const char *value(struct served *s, const char *sql)
{
    return database_value(s->i->mem, s->i->uri, arena_printf(s->i->mem, "%s AND $1 = ''", sql), "");
}

static void has_acts(struct served *s, const char *which, const char *n)
{
    const char *is =
        value(s, arena_printf(s->i->mem, "SELECT count(*) FROM browser.act WHERE %s", which));

    cr_expect_str_eq(is, n, "%s: %s", which, is);
}

/* n that adm has not signed yet, the oldest an hour and n minutes old; file: what came with each.
 */
static void fill(struct served *s, int n, const char *file)
{
    const char *person = value(s, "SELECT id FROM state.thing WHERE ref = 'adm'");

    database_sql(s->i->mem, s->i->uri,
                 arena_printf(s->i->mem,
                              "INSERT INTO browser.act (id, person, command, kept_at, kept, file) "
                              "SELECT gen_random_uuid(), '%s', 'account register', "
                              "now() - interval '1 hour' - n * interval '1 minute', n, f.bytes "
                              "FROM generate_series(1, %d) n, (SELECT %s AS bytes) f",
                              person, n, file));
}

Test(keeping, the_oldest_of_many_go)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    fill(s, 510, "NULL::bytea");
    cr_expect_eq(submit_form(s, cookie_of(s, "lea"), register_path, form).status, 303);
    has_acts(s, "true", "511");
    struct said said = submit_form(s, cookie, register_path, form);
    cr_expect_eq(followed(s, cookie, said).status, 200);
    has_acts(s, "true", "501");
    has_acts(s, "kept ~ '^[0-9]+$' AND kept::int > 499", "0");
    serve_no_more(s);
}

Test(keeping, the_oldest_of_much_go)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    fill(s, 5, "(SELECT string_agg(sha256(x::text::bytea), '') FROM generate_series(1, 500000) x)");
    struct said said = submit_form(s, cookie, register_path, form);
    cr_expect_eq(followed(s, cookie, said).status, 200);
    has_acts(s, "file IS NOT NULL", "4");
    has_acts(s, "kept = '5'", "0");
    serve_no_more(s);
}

/* One in doubt is signed again with its nonces: without them it would be done twice. */
Test(keeping, what_is_made_of_one_costs_no_other_its_nonces)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    fill(s, 3, "NULL::bytea");
    database_sql(mem, s->i->uri, "UPDATE browser.act SET outcome = '{}' WHERE kept = '1'");
    struct said said = submit_form(s, cookie, register_path, form);
    cr_expect_eq(followed(s, cookie, said).status, 200);
    database_sql(mem, s->i->uri,
                 "SELECT tenure.browser_act_end(a.id, a.person, '{}', f.bytes, 'proof.zip', "
                 "'application/zip') FROM browser.act a, (SELECT string_agg("
                 "sha256(x::text::bytea), '') AS bytes FROM generate_series(1, 2200000) x) f "
                 "WHERE a.kept !~ '^[0-9]+$'");
    has_acts(s, "length(file) > 64 << 20", "1");
    has_acts(s, "kept IN ('2', '3')", "2");
    has_acts(s, "kept = '1'", "0");
    serve_no_more(s);
}

Test(keeping, what_is_done_goes_before_what_is_not)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    fill(s, 510, "NULL::bytea");
    database_sql(mem, s->i->uri, "UPDATE browser.act SET outcome = '{}' WHERE kept::int <= 20");
    struct said said = submit_form(s, cookie, register_path, form);
    cr_expect_eq(followed(s, cookie, said).status, 200);
    has_acts(s, "outcome IS NULL", "491");
    has_acts(s, "outcome IS NOT NULL", "9");
    has_acts(s, "outcome IS NOT NULL AND kept::int > 9", "0");
    serve_no_more(s);
}

/* Among very many of others, nobody's are read but one's own. */
Test(keeping, the_oldest_of_many_go_without_reading_what_is_not_theirs)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *person = value(s, "SELECT id FROM state.thing WHERE ref = 'adm'");

    database_sql(mem, s->i->uri,
                 "INSERT INTO browser.act (id, person, command, kept_at, kept) "
                 "SELECT gen_random_uuid(), md5((n / 500)::text)::uuid, 'account register', now(), "
                 "repeat('x', 400) FROM generate_series(1, 20000) n");
    fill(s, 510, "NULL::bytea");
    database_sql(mem, s->i->uri, "ANALYZE browser.act");
    database_sql(mem, s->i->uri,
                 arena_printf(mem,
                              "DO $$ BEGIN "
                              "PERFORM tenure.browser_acts_limit('%s', gen_random_uuid()); "
                              "ASSERT (SELECT t.seq_scan = 0 FROM pg_stat_xact_user_tables t "
                              "WHERE t.schemaname = 'browser' AND t.relname = 'act'); END $$",
                              person));
    has_acts(s, "true", "20500");
    serve_no_more(s);
}

Test(keeping, what_is_not_kept_is_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    instance_site(s->i);
    struct said said = submit_form(s, cookie, register_path, form);
    database_sql(mem, s->i->uri,
                 "CREATE FUNCTION browser.lose() RETURNS trigger LANGUAGE plpgsql AS "
                 "$$ BEGIN RETURN NULL; END $$; "
                 "CREATE TRIGGER lose BEFORE INSERT OR UPDATE ON browser.act "
                 "FOR EACH ROW EXECUTE FUNCTION browser.lose()");
    said = followed(s, cookie, said);
    cr_expect_eq(said.status, 409, "%d: it was to be drafted", said.status);
    shows(said, "load the page again");
    said = submit_form(s, cookie, register_path, form);
    cr_expect_eq(said.status, 409, "%d", said.status);
    serve_no_more(s);
}

/* ---- Erasure --------------------------------------------------------------------------------- */

static void erase_sam(struct served *s)
{
    did(s->i, "lea", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}");
}

Test(keeping, a_form_from_before_an_erasure_is_read_again_first)
{
    static const char path[] = "/do/person/change";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    const char *open = form_token_of(s, cookie);
    const char *typed = "person=sam&name=Samuel+Fletcher";

    struct said said = submit_form(s, cookie, path, arena_printf(mem, ".form=%s&%s", open, typed));
    cr_expect_eq(said.status, 303);
    has_acts(s, "kept LIKE '%Fletcher%'", "1");
    erase_sam(s);
    has_acts(s, "true", "0");
    said = submit_form(s, cookie, path, arena_printf(mem, ".form=%s&%s", open, typed));
    cr_expect_eq(said.status, 409, "%d", said.status);
    shows(said, "a person was erased since this form was opened");
    has_acts(s, "true", "0");
    const char *read = between(mem, said, "name=\".form\" value=\"", "\"");
    cr_assert_str_neq(read, open);
    said =
        submit_form(s, cookie, path, arena_printf(mem, ".form=%s&person=tess&name=Tess+X", read));
    cr_expect_eq(said.status, 303, "%d: whoever has read that may go on", said.status);
    has_acts(s, "true", "1");
    serve_no_more(s);
}

/* Signed in anew meanwhile, in another window: it is shown again, and is of this session then. */
Test(keeping, a_form_of_an_earlier_session_is_taken_once_it_was_read_again)
{
    static const char path[] = "/do/person/change";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *typed = "person=tess&name=Tess+X", *before = cookie_of(s, "hana");
    const char *oldest = form_token_of(s, before);

    erase_sam(s);
    const char *open = form_token_of(s, before), *cookie = cookie_of(s, "hana");
    const char *sent[] = {arena_printf(mem, ".form=%s", open), ".form=X", ".form="};
    for (size_t i = 0; i < sizeof(sent) / sizeof(*sent); i++) {
        struct said said = submit_form(s, cookie, path, arena_printf(mem, "%s&%s", sent[i], typed));
        cr_expect_eq(said.status, 403, "%zu: %d", i, said.status);
        const char *read = between(mem, said, "name=\".form\" value=\"", "\"");
        cr_assert(read);
        said = submit_form(s, cookie, path, arena_printf(mem, ".form=%s&%s", read, typed));
        cr_expect_eq(said.status, 303, "%zu: nobody was erased since: %d", i, said.status);
    }
    struct said said =
        submit_form(s, cookie, path, arena_printf(mem, ".form=%s&%s", oldest, typed));
    cr_expect_eq(said.status, 409, "%d: one was erased since it was opened", said.status);
    serve_no_more(s);
}

Test(keeping, what_came_through_signing_in_is_from_before_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = passkey_enrolled(s->i, "hana");
    const char *open = form_token_of(s, cookie_of(s, "hana"));
    struct said door =
        submit_form(s, "Accept: text/html\r\n", "/do/person/change",
                    arena_printf(mem, ".form=%s&person=sam&name=Samuel+Fletcher", open));
    const char *carried = between(mem, door, "name=\"carried\" value=\"", "\"");
    const char *in =
        arena_printf(mem, "%s&carried=%s", signed_riddle(s, phone, door), escaped(mem, carried));
    erase_sam(s);
    submit_form(s, "Accept: text/html\r\n", "/sign-in", in);
    has_acts(s, "true", "0");
    serve_no_more(s);
}

/* An erasure lies between reading and writing. */
Test(keeping, what_was_thrown_away_does_not_come_back)
{
    static const char keep[] =
        "SELECT tenure.browser_act_keep('00000000-0000-4000-8000-000000000001', "
        "(SELECT id FROM state.thing WHERE ref = 'adm'), 'account register', '{}', %s, %d, now()) "
        "WHERE true";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    cr_expect_str_eq(value(s, arena_printf(mem, keep, "false", 0)), "f");
    cr_expect_str_eq(value(s, arena_printf(mem, keep, "true", 1)), "f");
    has_acts(s, "true", "0");
    cr_expect_str_eq(value(s, arena_printf(mem, keep, "true", 0)), "t");
    cr_expect_str_eq(value(s, arena_printf(mem, keep, "false", 1)), "t");
    has_acts(s, "true", "1");
    serve_no_more(s);
}

static bool waits_for_a_lock(struct served *s)
{
    return *value(s, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                     "AND wait_event_type = 'Lock'") != '0';
}

/* Neither has what the other waits for: an erasure that failed would be half a promise. */
Test(keeping, what_comes_of_one_waits_for_an_erasure)
{
    static const char *const others[] = {
        "SELECT tenure.browser_act_end(a.id, a.person, '{}', NULL, NULL, NULL) FROM browser.act a "
        "WHERE a.kept = '1'",
        "SELECT tenure.browser_acts_purge(now())"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    for (size_t k = 0; k < 2; k++) {
        PGconn *erasure = PQconnectdb(s->i->uri), *other = PQconnectdb(s->i->uri);
        fill(s, 3, "NULL::bytea");
        PQclear(PQexec(erasure, "BEGIN; SELECT pg_advisory_xact_lock(hashtext('browser.act'))"));
        cr_assert(PQsendQuery(other, others[k]));
        while (PQconsumeInput(other) && PQisBusy(other) && !waits_for_a_lock(s))
            continue;
        cr_expect(PQisBusy(other), "it waits before it touches any: %s", others[k]);
        PGresult *r = PQexec(erasure, "DELETE FROM browser.act; COMMIT");
        cr_expect_eq(PQresultStatus(r), PGRES_COMMAND_OK, "%s", PQresultErrorMessage(r));
        PQclear(r);
        r = PQgetResult(other);
        cr_expect_eq(PQresultStatus(r), PGRES_TUPLES_OK, "%s", PQresultErrorMessage(r));
        PQclear(r);
        has_acts(s, "true", "0");
        PQfinish(other);
        PQfinish(erasure);
    }
    serve_no_more(s);
}
