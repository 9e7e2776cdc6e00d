/* rights.c - who may not: by what they once had, by another's request, through a thing of theirs.
 */
#include "app/batch.h"
#include "app/job.h"
#include "support/instance.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static void register_accounts(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-group','url':'https://www.linkedin.com/groups/8374921',"
        "'name':'Acme Customers','unit':'sales','owner':'head-of-sales','effective':'2022-01-01'}");
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'marketing',"
        "'owner':'marketing-lead','effective':'2022-01-01'}");
}

/* ---- What was asked by another --------------------------------------------------------------- */

/* An intent of adm's, signed by whoever; what the service says to it. */
static struct job *asked(struct instance *i, const char *text, const char *signer,
                         struct err **ret_error)
{
    const struct noun *noun;
    const struct command *command = command_find("key invite", &noun);
    struct job *job = job_new(i->mem, &i->service, noun, command);
    struct ed25519 *key = key_of(signer);
    const char *signature = ssh_sign(i->mem, key, signature_namespace, bytes_of_text(text));

    ed25519_free(key);
    job->now = i->now;
    job->channel = "test";
    const json_t *envelope = json_keep(i->mem, json_pack("{s:s, s:s, s:[]}", "intent", text,
                                                         "signature", signature, "disclosures"));
    cr_assert_ok(job_signed(job, envelope));
    if (command->prepare)
        cr_assert_ok(command->prepare(job, job->params));
    *ret_error = change_run(i->store, job, i->now);
    return job;
}

Test(rights, the_answer_is_for_who_asked)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct intent intent = {.actor = "adm",
                            .at = i->now,
                            .command = "key invite",
                            .log = i->service.origin,
                            .nonce = nonce_new(mem),
                            .params = json_keep(mem, json_pack("{s:s}", "person", "new"))};
    const char *text = intent_text(mem, &intent, NULL, 0);
    struct err *error;

    did(i, "adm", "person register", "{'person':'new','name':'New','unit':'sales'}");
    struct job *first = asked(i, text, "adm", &error);
    cr_assert_ok(error);
    struct job *again = asked(i, text, "adm", &error);
    cr_assert_ok(error);
    cr_expect_str_eq(again->reply, first->reply, "the same intent has the same answer");
    struct job *other = asked(i, text, "aud", &error);
    cr_assert_not_null(error, "who reads the log has the code: %s", other->reply);
    cr_expect_eq(error->kind, ERR_UNSIGNED);
    cr_expect_null(strstr(error->text, "code"));
}

/* ---- What was theirs ------------------------------------------------------------------------- */

Test(rights, nobody_has_them_by_having_had_them)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_accounts(i);
    did(i, "sam", "account show", "{'account':'acme-group'}");
    i->now += 86400000;
    did(i, "hana", "position fill",
        "{'position':'head-of-sales','person':'tess','effective':'2026-11-01'}");
    refused(i, "sam", "account show", "{'account':'acme-group'}", ERR_FORBIDDEN, "");
    refused(i, "sam", "account show", "{'account':'acme-group','as_of':'2026-10-31'}",
            ERR_FORBIDDEN, "");
    refused(i, "sam", "account show", "{'account':'acme-group','as_known':'2026-11-22'}",
            ERR_FORBIDDEN, "");
    did(i, "tess", "account show", "{'account':'acme-group','as_of':'2026-10-31'}");
}

/* ---- What is theirs -------------------------------------------------------------------------- */

Test(rights, who_answers_for_an_account_says_who_follows_and_who_works_on_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_accounts(i);
    did(i, "sam", "heir designate", "{'heir':'h1','account':'acme-group','position':'sales-ops'}");
    did(i, "sam", "responsibility assign",
        "{'responsibility':'r1','account':'acme-group','person':'tess','duty':'moderation'}");
    refused(i, "uma", "heir end", "{'heir':'h1'}", ERR_FORBIDDEN, "");
    refused(i, "uma", "responsibility end", "{'responsibility':'r1'}", ERR_FORBIDDEN, "");
    did(i, "sam", "heir end", "{'heir':'h1'}");
    did(i, "sam", "responsibility end", "{'responsibility':'r1'}");
    audit_is_clean(i);
}

/* ---- Through another thing ------------------------------------------------------------------- */

Test(rights, a_store_of_theirs_opens_no_account_of_others)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_accounts(i);
    did(i, "adm", "store register",
        "{'store':'vault','name':'Sales vault','kind':'vault','unit':'sales'}");
    did(i, "kim", "credential record",
        "{'account':'acme-group','store':'vault','kind':'password','shared':true}");
    did(i, "kim", "credential record", "{'store':'vault','kind':'password','shared':true}");
    refused(i, "kim", "credential record",
            "{'account':'acme-x','store':'vault','kind':'password','shared':true}", ERR_FORBIDDEN,
            "");
    did(i, "uma", "credential record",
        "{'account':'acme-x','store':'vault','kind':'password','shared':true}");
}

/* ---- What is too much ------------------------------------------------------------------------ */

Test(rights, an_entry_is_about_a_bounded_number_of_people)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct buf params;

    register_accounts(i);
    buf_init(&params, mem, 1 << 16);
    buf_text(&params, "{'account':'acme-group','kind':'password','shared':true,'known_to':['sam'");
    for (int n = 0; n < 600; n++)
        buf_text(&params, ",'sam'");
    buf_text(&params, "]}");
    refused(i, "adm", "credential record", params.at, ERR_INVALID, "more than 200");
}

Test(rights, a_handle_is_not_empty)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_accounts(i);
    refused(i, "adm", "account register",
            "{'account':'a','platform':'x','kind':'profile','handle':'@','unit':'sales'}",
            ERR_INVALID, "empty");
    refused(i, "adm", "identifier rename", "{'account':'acme-x','value':'@'}", ERR_INVALID,
            "empty");
}

/* ---- Two places, two people ------------------------------------------------------------------ */

Test(rights, a_keeper_gives_no_account_to_a_unit_of_others)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_accounts(i);
    did(i, "kim", "account change", "{'account':'acme-group','purpose':'customers talk here'}");
    refused(i, "kim", "account change", "{'account':'acme-group','unit':'marketing'}",
            ERR_FORBIDDEN, "whose accounts you do not keep");
    did(i, "adm", "account change", "{'account':'acme-group','unit':'marketing'}");
}

Test(rights, nobody_confirms_that_their_own_access_is_gone)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_accounts(i);
    did(i, "adm", "grant give",
        "{'grant':'g-sam','account':'acme-group','person':'sam','role':'owner'}");
    did(i, "sam", "grant revoke", "{'grant':'g-sam','reason':'I leave'}");
    refused(i, "sam", "grant confirm", "{'grant':'g-sam'}", ERR_FORBIDDEN, "somebody else");
    did(i, "kim", "grant confirm", "{'grant':'g-sam'}");
    audit_is_clean(i);
}

/* A refusal is the same for what is not there as for what may not be seen. */
static void same_refusal(struct instance *i, const char *who, const char *command,
                         const char *there, const char *nowhere)
{
    const json_t *reply;
    struct err *a = act(i, who, command, there, &reply);
    struct err *b = act(i, who, command, nowhere, &reply);

    cr_assert(a && b, "%s %s", who, command);
    cr_expect_eq(a->kind, ERR_FORBIDDEN, "%s: %s", command, a->text);
    cr_expect_eq(b->kind, a->kind, "%s: %s", command, b->text);
    cr_expect_str_eq(b->text, a->text);
    cr_expect(a->field == b->field, "%s", command);
}

Test(rights, a_refusal_does_not_tell_what_there_is)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'marketing'}");
    same_refusal(i, "uma", "account show", "{'account':'acme-x'}", "{'account':'acme-y'}");
    same_refusal(i, "uma", "account retire", "{'account':'acme-x','reason':'x'}",
                 "{'account':'acme-y','reason':'x'}");
    same_refusal(i, "uma", "person show", "{'person':'sam'}", "{'person':'nobody'}");
    same_refusal(i, "uma", "person holds", "{'person':'sam'}", "{'person':'nobody'}");
    same_refusal(i, "uma", "grant give", "{'account':'acme-x','person':'sam','role':'owner'}",
                 "{'account':'acme-x','person':'nobody','role':'owner'}");
    same_refusal(i, "kim", "account retire", "{'account':'acme-x','reason':'x'}",
                 "{'account':'acme-y','reason':'x'}");
    same_refusal(i, "uma", "account register", "{'account':'acme-x','url':'https://x.com/a'}",
                 "{'account':'acme-y','url':'https://x.com/b'}");
    refused(i, "adm", "account show", "{'account':'acme-y'}", ERR_NOT_FOUND, "tenure account list");
    refused(i, "adm", "grant give", "{'account':'acme-x','person':'nobody','role':'owner'}",
            ERR_NOT_FOUND, "tenure person list");
    refused(i, NULL, "account show", "{'account':'acme-y'}", ERR_UNSIGNED, "");

    const json_t *seen = did(i, "uma", "account list", "{'parent':'acme-x'}");
    const json_t *none = did(i, "uma", "account list", "{'parent':'acme-y'}");
    cr_expect(json_equal(json_plain(seen), json_plain(none)), "a filter tells no more");
    refused(i, "adm", "account list", "{'parent':'acme-y'}", ERR_NOT_FOUND, "");
}
