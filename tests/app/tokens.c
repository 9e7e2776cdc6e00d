/* tokens.c - feeds and integrations that come with a token instead of a signature. */
#include "app/audit.h"
#include "app/batch.h"
#include "app/token.h"
#include "base/date.h"
#include "stories.h"
#include "support/database.h"
#include "support/instance.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static const int64_t day_ms = 86400000;

/* A service with the role, and a token; `more` limits it: "'until':'2026-12-01'". */
static const char *issued(struct instance *i, const char *name, const char *more)
{
    const char *token = token_make(i->mem), *digest;

    cr_assert(token_digest(i->mem, token, &digest));
    did(i, "adm", "token issue",
        arena_printf(i->mem, "{'person':'feed','token':'%s','digest':'%s'%s%s}", name, digest,
                     *more ? "," : "", more));
    return token;
}

static struct instance *with_feed(struct arena *mem)
{
    struct instance *i = instance_new(mem);

    did(i, "adm", "person register",
        "{'person':'feed','kind':'service','name':'Nightly feed','unit':'sales'}");
    did(i, "adm", "role give", "{'person':'feed','role':'keeper','unit':'sales'}");
    return i;
}

static const json_t *row_of(struct instance *i, const char *token)
{
    const json_t *rows = json_object_get(did(i, "adm", "token list", "{}"), "items"), *row;
    size_t k;

    json_array_foreach (rows, k, row) {
        if (text_same(json_text(row, "token"), token))
            return row;
    }
    return NULL;
}

Test(tokens, have_a_form_of_their_own)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const others[] = {
        "",
        "tnr_",
        "tnr_AAAA",
        "tt1.AAAA.BBBB",
        "tnr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* a letter too many */
        "TNR_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "tnr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/"};
    const char *one = token_make(mem), *two = token_make(mem), *digest;

    cr_assert(token_digest(mem, one, &digest));
    cr_expect_eq(strlen(digest), 64);
    cr_expect_str_neq(one, two);
    for (size_t k = 0; k < sizeof(others) / sizeof(*others); k++)
        cr_expect_not(token_digest(mem, others[k], &digest), "%s", others[k]);
}

Test(tokens, are_issued_to_services_by_an_administrator_and_end)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);
    static const char digest[] = "'digest':'"
                                 "0123456789abcdef0123456789abcdef"
                                 "0123456789abcdef0123456789abcdef'";
    const char *ask = arena_printf(mem, "{'person':'feed',%s}", digest);

    refused(i, "hana", "token issue", ask, ERR_FORBIDDEN, "this needs admin");
    refused(i, "adm", "token issue", "{'person':'feed'}", ERR_INVALID, "is missing: make a token");
    refused(i, "adm", "token issue", arena_printf(mem, "{'person':'sam',%s}", digest), ERR_INVALID,
            "'sam' is a person, who signs with a key");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','until':'2020-01-01',%s}", digest), ERR_INVALID,
            "is over already");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','until':'2031-01-01',%s}", digest), ERR_INVALID,
            "more than 366 days ahead");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','commands':['grant take'],%s}", digest),
            ERR_INVALID, "there is no command 'grant take'");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','commands':['account accept'],%s}", digest),
            ERR_INVALID, "needs a person's own signature");
    issued(i, "t-year", "");
    issued(i, "t-short", "'until':'2026-12-01','commands':['grant give','grant list']");
    did(i, "adm", "token issue", ask);
    refused(i, "adm", "token issue", ask, ERR_INVALID, "issued before");
    const json_t *row = row_of(i, "t-short");
    cr_expect_str_eq(json_text(row, "commands"), "grant give, grant list");
    cr_expect_str_eq(json_text(row, "issuer"), "adm");
    cr_expect_str_eq(json_text(row, "status"), "active");
    did(i, "adm", "token revoke", "{'token':'t-short','reason':'lost'}");
    refused(i, "adm", "token revoke", "{'token':'t-short','reason':'lost'}", ERR_CONFLICT,
            "revoked already");
    cr_expect_str_eq(json_text(row_of(i, "t-short"), "status"), "revoked");
    i->now += 366 * day_ms;
    cr_expect_str_eq(json_text(row_of(i, "t-year"), "status"), "expired");
    audit_is_clean(i);
}

Test(tokens, end_when_the_service_retires)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);

    issued(i, "t-1", "");
    i->now += 5 * day_ms;
    did(i, "adm", "person retire",
        arena_printf(mem, "{'person':'feed','last_day':'%.10s'}",
                     instant_text(mem, i->now - 2 * day_ms)));
    cr_expect_str_eq(json_text(row_of(i, "t-1"), "status"), "revoked");
    audit_is_clean(i);
}

Test(tokens, let_no_service_answer_for_anything)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);

    refused(i, "hana", "position fill", "{'position':'sales-ops','person':'feed'}", ERR_INVALID,
            "'feed' is a service: it can answer for nothing");
    sam_holds(i);
    did(i, "hana", "handover create", "{'handover':'lv','person':'sam','last_day':'2026-12-31'}");
    refused(i, "hana", "handover successor", "{'handover':'lv','person':'feed'}", ERR_INVALID,
            "'feed' is a service: it can answer for nothing");
    const char *file =
        uploaded(i, "people.csv", "id,name,role,start\nfeed,Feed,sales-ops,2021-01-01\n");
    const json_t *reply = did(i, "hana", "import people", arena_printf(mem, "{'file':'%s'}", file));
    cr_expect_not_null(strstr(json_compact(mem, reply), "feed is a service"), "%s",
                       json_compact(mem, reply));
    cr_expect_str_eq(
        vector_text(did(i, "hana", "position show", "{'position':'sales-ops'}"), "person"), "tess");
}

/* Somebody has to see to it before the feed stands still, or nobody knows any more what it is. */
Test(tokens, are_gaps_when_they_run_out_or_their_issuer_has_left)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);
    static const char expires[] = "{'risk':'token_expires'}", orphan[] = "{'risk':'token_orphan'}";
    const char *digest,
        *until = arena_printf(mem, "'until':'%.10s'", instant_text(mem, i->now + 40 * day_ms));

    issued(i, "t-1", until);
    cr_expect_eq(json_array_size(vector_at(did(i, "adm", "gaps", expires), "items")), 0);
    i->now += 15 * day_ms;
    const json_t *gap = json_array_get(vector_at(did(i, "adm", "gaps", expires), "items"), 0);
    cr_expect_str_eq(vector_text(gap, "on"), "t-1");
    cr_expect_not_null(strstr(vector_text(gap, "detail"), "then tenure token revoke t-1"));
    did(i, "adm", "role give", "{'person':'uma','role':'admin'}");
    cr_assert(token_digest(mem, token_make(mem), &digest));
    did(i, "uma", "token issue",
        arena_printf(mem, "{'person':'feed','token':'t-2','digest':'%s'}", digest));
    cr_expect_eq(json_array_size(vector_at(did(i, "adm", "gaps", orphan), "items")), 0);
    did(i, "adm", "position vacate", "{'position':'marketing-lead'}");
    did(i, "adm", "person retire",
        arena_printf(mem, "{'person':'uma','last_day':'%.10s'}",
                     instant_text(mem, i->now - 2 * day_ms)));
    gap = json_array_get(vector_at(did(i, "adm", "gaps", orphan), "items"), 0);
    cr_expect_str_eq(vector_text(gap, "on"), "t-2");
    cr_expect_not_null(strstr(vector_text(gap, "detail"), "uma, who issued it to feed, has left"));
    did(i, "adm", "token revoke", "{'token':'t-2','reason':'nobody knows what it is for'}");
    cr_expect_eq(json_array_size(vector_at(did(i, "adm", "gaps", orphan), "items")), 0);
}

/* ---- Coming with one ------------------------------------------------------------------------- */

static const char key[] = "0f4b1e52-9d1c-4b7e-8c55-2a1d7c7f3e10";

static void has_account(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales'}");
}

Test(tokens, ask_for_changes_and_questions_within_the_rights_of_the_service)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);

    has_account(i);
    const char *feed = issued(i, "t-1", "");
    did(i, feed, "grant give",
        "{'grant':'g-1','account':'acme-x','person':'tess','role':'editor','note':'by the feed'}");
    did(i, feed, "account show", "{'account':'acme-x'}");
    cr_expect_str_eq(vector_text(did(i, feed, "session show", "{}"), "person"), "feed");
    refused(i, feed, "unit register", "{'unit':'ours','name':'Ours'}", ERR_FORBIDDEN,
            "this needs admin, hr; feed is not");
    refused(i, feed, "account register", "{'account':'b','url':'https://x.com/b'}", ERR_FORBIDDEN,
            "for it; feed is not");
    audit_is_clean(i);
}

/* Of the log: the newest entry as its fields, by name. */
static const json_t *newest_entry(struct instance *i)
{
    const json_t *items = vector_at(did(i, "adm", "log list", "{'limit':1}"), "items");
    json_int_t index = json_integer_value(json_object_get(json_array_get(items, 0), "index"));
    const json_t *fields = vector_at(
        did(i, "adm", "log show", arena_printf(i->mem, "{'index':%lld}", (long long)index)),
        "fields");
    json_t *by_name = json_keep(i->mem, json_object());
    const json_t *field;
    size_t k;

    json_array_foreach (fields, k, field) {
        json_object_set(by_name, json_text(field, "name"), json_object_get(field, "value"));
    }
    return by_name;
}

Test(tokens, leave_an_intent_that_the_service_wrote)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);
    struct intent intent;

    has_account(i);
    const char *feed = issued(i, "t-1", "");
    i->nonce = key;
    did(i, feed, "grant give",
        "{'grant':'g-1','account':'acme-x','person':'tess','role':'editor','note':'by the feed'}");
    const json_t *entry = newest_entry(i);
    cr_expect_str_eq(json_text(entry, "attested"), "service");
    cr_expect_not_null(json_text(entry, "token"));
    cr_expect_null(json_text(entry, "signature"));
    cr_expect_str_eq(json_text(entry, "note"), "by the feed");
    cr_assert_ok(intent_parse(mem, bytes_of_text(json_text(entry, "intent")), &intent));
    cr_expect_str_eq(intent.command, "grant give");
    cr_expect_str_eq(intent.nonce, key);
    cr_expect_str_eq(intent.actor, json_text(entry, "initiator"));
    cr_expect_null(json_object_get(intent.params, "note"), "what is personal is a digest");
    cr_expect_eq(json_array_size(json_object_get(intent.params, "_sd")), 1);
    audit_is_clean(i);
}

Test(tokens, asked_again_get_the_same_answer)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);
    static const char params[] =
        "{'account':'acme-x','person':'tess','role':'contributor_delegate','note':'one'}";
    static const char other[] =
        "{'account':'acme-x','person':'tess','role':'admin_delegate','note':'one'}";
    static const char note[] =
        "{'account':'acme-x','person':'tess','role':'contributor_delegate','note':'two'}";

    has_account(i);
    const char *feed = issued(i, "t-1", ""), *second = issued(i, "t-2", "");
    i->nonce = key;
    const json_t *first = did(i, feed, "grant give", params);
    i->now += day_ms;
    cr_expect(json_equal(did(i, feed, "grant give", params), first));
    cr_expect(json_equal(did(i, second, "grant give", params), first), "it is the same service");
    refused(i, feed, "grant give", other, ERR_CONFLICT, "used before, for something else");
    refused(i, feed, "grant give", note, ERR_CONFLICT, "used before, for something else");
    did(i, "adm", "token revoke", "{'token':'t-1','reason':'lost'}");
    refused(i, feed, "grant give", params, ERR_UNSIGNED, "was revoked");
    cr_expect(json_equal(did(i, second, "grant give", params), first));
    i->nonce = "short";
    refused(i, second, "grant give", params, ERR_USAGE, "needs an Idempotency-Key");
    audit_is_clean(i);
}

Test(tokens, that_are_not_good_are_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);
    static const char note[] = "{'account':'acme-x','note':'n'}";
    static const char accept[] = "{'account':'acme-x'}";

    has_account(i);
    const char *feed = issued(i, "t-1", "");
    const char *brief = issued(i, "t-2", "'until':'2026-12-01'");
    const char *narrow = issued(i, "t-3", "'commands':['account change']");
    did(i, narrow, "account change", note);
    refused(i, narrow, "account show", accept, ERR_FORBIDDEN,
            "the token t-3 is not for 'account show'");
    refused(i, narrow, "identifier add", "{'account':'acme-x','kind':'handle','value':'acme2'}",
            ERR_FORBIDDEN, "the token t-3 is not for");
    refused(i, token_make(mem), "account change", note, ERR_UNSIGNED, "not known here");
    refused(i, token_make(mem), "account show", accept, ERR_UNSIGNED, "not known here");
    refused(i, feed, "account accept", accept, ERR_FORBIDDEN,
            "'account accept' needs a person's own signature");
    i->now += 60 * day_ms;
    refused(i, brief, "account change", note, ERR_UNSIGNED, "the token t-2 has run out");
    refused(i, brief, "account show", accept, ERR_UNSIGNED, "the token t-2 has run out");
    did(i, "adm", "token revoke", "{'token':'t-1','reason':'lost'}");
    refused(i, feed, "account show", accept, ERR_UNSIGNED, "the token t-1 was revoked");
    did(i, "adm", "role take", "{'person':'feed','role':'keeper','unit':'sales'}");
    refused(i, narrow, "account change", note, ERR_FORBIDDEN, "feed is not");
    audit_is_clean(i);
}

/* What nobody may do in anybody's place. */
Test(tokens, never_ask_for_what_is_a_person_s_own_word)
{
    static const char *const never[] = {
        "account accept",    "account assign",     "account retire",    "key enrol",
        "key invite",        "key confirm",        "key revoke",        "token issue",
        "token revoke",      "role give",          "role take",         "title assert",
        "title countersign", "handover accept",    "handover complete", "handover declare",
        "step finish",       "step verify",        "step waive",        "grant confirm",
        "credential rotate", "credential confirm", "hold place",        "hold release",
        "person erase",      "import release",     "playbook publish",
    };
    const struct noun *noun;

    for (size_t k = 0; k < sizeof(never) / sizeof(*never); k++) {
        const struct command *c = command_find(never[k], &noun);
        cr_assert_not_null(c, "%s", never[k]);
        cr_expect_not(token_takes(c), "%s", never[k]);
    }
}

/* ---- Forged ---------------------------------------------------------------------------------- */

static const char *next_entry(struct instance *i)
{
    struct rows *rows;

    cr_assert_ok(store_call(i->mem, i->store, "log_checkpoint", NULL, &rows));
    return rows_text(rows, 0, "size");
}

/* The one thing that is wrong. */
static void audit_says(struct instance *i, const char *row, const char *text)
{
    struct audit_report report;
    struct store *owner;

    cr_assert_ok(store_open(i->mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(i->mem, owner, &i->service, NULL, NULL, &report));
    store_close(owner);
    cr_assert_eq(report.findings, 1);
    cr_expect_str_eq(report.first->row, row);
    cr_expect_str_eq(report.first->text, text);
}

/* The feed's token is not good in this way; its row says that it is, for as long as it takes. */
static void lie_is_named(const char *limits, bool revoked, const char *finding)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);

    has_account(i);
    const char *feed = issued(i, "t-1", limits);
    if (revoked)
        did(i, "adm", "token revoke", "{'token':'t-1','reason':'lost'}");
    i->now += 90 * day_ms;
    const char *entry = next_entry(i);
    database_sql(mem, i->uri,
                 "CREATE TABLE public.kept AS SELECT * FROM state.token; UPDATE state.token SET "
                 "revoked = NULL, commands = NULL, expires_at = '2030-01-01'");
    did(i, feed, "account change", "{'account':'acme-x','note':'n'}");
    database_sql(mem, i->uri,
                 "DELETE FROM state.token; INSERT INTO state.token SELECT * FROM public.kept");
    audit_says(i, entry, finding);
}

Test(tokens, that_were_revoked_are_named_by_the_audit)
{
    lie_is_named("", true, "the token was revoked before");
}

Test(tokens, that_had_run_out_are_named_by_the_audit)
{
    lie_is_named("'until':'2026-12-31'", false, "the token had run out before");
}

Test(tokens, that_were_for_something_else_are_named_by_the_audit)
{
    lie_is_named("'commands':['account show']", false, "the token is not for 'account change'");
}

/* The service's keys in the wrong hands: it says that it was asked by itself. */
Test(tokens, what_the_service_only_says_is_named)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);
    const struct noun *noun;
    const struct command *c = command_find("account change", &noun);

    has_account(i);
    const char *entry = next_entry(i);
    struct job *job = job_new(mem, &i->service, noun, c);
    job->now = i->now;
    job->channel = "http";
    job->trusted = true;
    cr_assert_ok(job_params(job, story_json(mem, "{'account':'acme-x','note':'forged'}")));
    cr_assert_ok(change_run(i->store, job, i->now));
    audit_says(i, entry, "the service attests it, and by itself it does no such thing");
}
