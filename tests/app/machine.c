/* machine.c - cases and steps on every way that is not the ordinary one: they wait, stand still,
 * fail, are tried again, given up, cancelled by two, and go against the leaver's will. */
#include "stories.h"
#include "support/vectors.h"

#include "base/file.h"
#include "domain/machine.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>

#define START \
    AUTO(arena_auto) struct arena *mem = arena_new(); \
    struct instance *i = instance_new(mem); \
    sam_holds(i); \
    const char *h = case_opened(i)

/* ---- Steps ----------------------------------------------------------------------------------- */

Test(machine, a_step_waits_for_a_platform_until_the_day)
{
    START;

    refused(i, "sam", "step wait", with(i, h, "'steps':'1','until':'2026-11-20','note':'x'"),
            ERR_INVALID, "S4 until");
    refused(i, "sam", "step wait", with(i, h, "'steps':'1','until':'2026-12-01'"), ERR_INVALID,
            "S4 begin_shown");
    refused(i, "tess", "step wait", with(i, h, "'steps':'1','until':'2026-12-01','note':'x'"),
            ERR_FORBIDDEN, "S4 whose");
    did(i, "sam", "step wait", with(i, h, "'steps':'1','until':'2026-12-01','note':'asked today'"));
    is_now(i, h, 1, "waiting");
    refused(i, "sam", "step finish", with(i, h, "'steps':'1'"), ERR_CONFLICT,
            "it waits until 2026-12-01");
    refused(i, "sam", "step claim", with(i, h, "'steps':'1'"), ERR_CONFLICT, "waiting");
    i->now += INT64_C(9) * 86400000;
    says(next_of(i, h), "has waited until 2026-12-01");
    did(i, "sam", "step claim", with(i, h, "'steps':'1'"));
    is_now(i, h, 1, "in_progress");
    audit_is_clean(i);
}

Test(machine, a_step_stands_still_and_goes_on)
{
    START;

    refused(i, "sam", "step block",
            with(i, h, "'steps':'1','reason':'x','waits_on':'IT','check_on':'2026-11-01'"),
            ERR_INVALID, "S6 check_date");
    did(i, "sam", "step block",
        with(i, h,
             "'steps':'1','reason':'no rights','waits_on':'the agency','check_on':'2026-12-01'"));
    is_now(i, h, 1, "blocked");
    says(next_of(i, h), "waits for the agency: look again on 2026-12-01");
    refused(i, "sam", "step finish", with(i, h, "'steps':'1'"), ERR_CONFLICT,
            "tenure step unblock");
    refused(i, "tess", "step unblock", with(i, h, "'steps':'1','note':'x'"), ERR_FORBIDDEN,
            "S7 whose");
    did(i, "sam", "step unblock", with(i, h, "'steps':'1','note':'they gave the right'"));
    is_now(i, h, 1, "ready");
    audit_is_clean(i);
}

Test(machine, a_step_fails_and_is_tried_again)
{
    START;

    refused(i, "sam", "step finish", with(i, h, "'steps':'1','note':'looked'"), ERR_INVALID,
            "step 1 demands a screenshot, and a note is none; say --file FILE");
    refused(i, "sam", "step finish", with(i, h, "'steps':'1'"), ERR_INVALID,
            "step 1 demands a screenshot; say --file FILE");
    did(i, "sam", "step fail", with(i, h, "'steps':'1','tried':'the page is gone'"));
    is_now(i, h, 1, "failed");
    refused(i, "hana", "handover submit", with(i, h, ""), ERR_CONFLICT, "H5 none_failed");
    refused(i, "sam", "step retry", with(i, h, "'steps':'1','note':'x'"), ERR_FORBIDDEN,
            "S16 leads");
    did(i, "hana", "step retry", with(i, h, "'steps':'1','note':'there is another page'"));
    is_now(i, h, 1, "ready");
    audit_is_clean(i);
}

/* What was built on a step that is open again is looked at again; what was not begun waits. */
Test(machine, what_was_built_on_a_reopened_step_is_stale)
{
    START;
    const char *proof =
        arena_printf(mem, "'note':'done','file':['%s']", uploaded(i, "shot.png", "\x89PNG shot"));

    did(i, "sam", "step finish", with(i, h, arena_printf(mem, "'steps':'1',%s", proof)));
    did(i, "tess", "step finish", with(i, h, arena_printf(mem, "'steps':'2',%s", proof)));
    did(i, "sam", "step finish", with(i, h, arena_printf(mem, "'steps':'3',%s", proof)));
    did(i, "lea", "step verify", with(i, h, "'steps':'1-3'"));
    is_now(i, h, 4, "ready");
    did(i, "hana", "step reopen", with(i, h, "'steps':'1','reason':'an owner was missing'"));
    is_now(i, h, 1, "in_progress");
    is_now(i, h, 3, "verified");
    cr_expect(json_is_true(json_object_get(step_at(i, h, 3), "stale")));
    is_now(i, h, 4, "pending");
    says(next_of(i, h), "verify anew 1 step, because what it needed");
    refused(i, "sam", "step verify", with(i, h, "'steps':'3'"), ERR_FORBIDDEN, "S9 not_the_leaver");
    did(i, "sam", "step finish", with(i, h, arena_printf(mem, "'steps':'1',%s", proof)));
    did(i, "lea", "step verify", with(i, h, "'steps':'1,3'"));
    cr_expect_null(json_object_get(step_at(i, h, 3), "stale"));
    is_now(i, h, 4, "ready");
    audit_is_clean(i);
}

Test(machine, where_the_unit_says_so_two_do_not_verify_each_other)
{
    START;
    const char *proof =
        arena_printf(mem, "'note':'done','file':['%s']", uploaded(i, "shot.png", "\x89PNG shot"));

    did(i, "hana", "step reassign", with(i, h, "'steps':'1','person':'hana'"));
    did(i, "hana", "step reassign", with(i, h, "'steps':'2','person':'lea'"));
    did(i, "hana", "step finish", with(i, h, arena_printf(mem, "'steps':'1',%s", proof)));
    did(i, "lea", "step finish", with(i, h, arena_printf(mem, "'steps':'2',%s", proof)));
    refused(i, "adm", "unit policy", "{'unit':'sales'}", ERR_INVALID, "say what the unit asks");
    did(i, "adm", "unit policy", "{'unit':'sales','mutual_pairs':'refused'}");
    did(i, "lea", "step verify", with(i, h, "'steps':'1'"));
    refused(i, "hana", "step verify", with(i, h, "'steps':'2'"), ERR_FORBIDDEN,
            "S9 no_mutual_pair: whoever did step 2 has verified your step 1");
    refused(i, "hana", "step verify", with(i, h, "'steps':'all'"), ERR_FORBIDDEN,
            "hana may verify nothing");
    did(i, "adm", "unit policy", "{'unit':'sales','clear':['mutual_pairs']}");
    did(i, "hana", "step verify", with(i, h, "'steps':'2'"));
    audit_is_clean(i);
}

Test(machine, a_waiver_runs_out)
{
    START;

    did(i, "hana", "step ask-waiver",
        with(i, h,
             "'steps':'2','reason':'is a member','code':'done_elsewhere',"
             "'expires_on':'2026-11-30'"));
    did(i, "lea", "step waive", with(i, h, "'steps':'2'"));
    i->now += INT64_C(10) * 86400000;
    says(json_compact(mem, vector_at(case_shown(i, h), "left")), "was waived until 2026-11-30");
    refused(i, "lea", "step waive", with(i, h, "'steps':'2'"), ERR_CONFLICT, "S12 asked");
    did(i, "sam", "step claim", with(i, h, "'steps':'1'"));
    is_now(i, h, 2, "in_progress");
    audit_is_clean(i);
}

/* Nobody has to say twice that a thing is gone, and what came back is to be done again. */
Test(machine, what_is_gone_needs_no_step)
{
    START;
    const json_t *row;
    size_t k;
    int vault = 0;

    json_array_foreach (vector_at(case_shown(i, h), "steps"), k, row) {
        if (strcmp(json_text(row, "step"), "rotate/c-1") == 0)
            vault = (int)json_integer_value(json_object_get(row, "number"));
    }
    did(i, "adm", "step block",
        with(i, h,
             arena_printf(mem, "'steps':'%d','reason':'x','waits_on':'IT','check_on':'2026-12-01'",
                          vault)));
    end_all_that_sam_holds(i);
    is_now(i, h, vault, "done");
    audit_is_clean(i);
}

/* ---- The case -------------------------------------------------------------------------------- */

Test(machine, a_case_fails_and_is_tried_again)
{
    START;

    refused(i, "hana", "handover fail", with(i, h, "'tried':'nothing'"), ERR_CONFLICT,
            "H8 a_step_failed");
    refused(i, "hana", "handover retry", with(i, h, "'plan':'x'"), ERR_CONFLICT, "failed");
    did(i, "hana", "handover fail", with(i, h, "'steps':'1','tried':'the page is gone'"));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "failed");
    says(next_of(i, h), "tenure handover retry lv-sam --plan");
    refused(i, "sam", "step claim", with(i, h, "'steps':'2'"), ERR_CONFLICT,
            "tenure handover retry lv-sam --plan");
    did(i, "hana", "handover retry", with(i, h, "'plan':'ask the platform'"));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "in_progress");
    is_now(i, h, 1, "ready");
    audit_is_clean(i);
}

/* By person and not by role: whoever states a risk does not accept it, the lead does neither. */
Test(machine, two_people_accept_a_risk_and_the_account_is_nobodys)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *risk = "'account':['acme-group'],'residual':'nobody moderates',"
                       "'compensating':'a new group','review_on':'2027-06-30'";

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "handover fail", with(i, h, "'steps':'1','tried':'asked twice'"));
    refused(i, "hana", "handover state-risk", with(i, h, risk), ERR_FORBIDDEN, "H10 not_the_lead");
    did(i, "adm", "handover state-risk", with(i, h, risk));
    refused(i, "hana", "handover accept-risk", with(i, h, "'reason':'x'"), ERR_FORBIDDEN,
            "H10 not_the_lead");
    did(i, "adm", "role give", "{'person':'adm','role':'legal'}");
    refused(i, "adm", "handover accept-risk", with(i, h, "'reason':'x'"), ERR_FORBIDDEN,
            "H10 two_people");
    did(i, "adm", "role give", "{'person':'kim','role':'hr'}");
    refused(i, "kim", "handover accept-risk", with(i, h, "'reason':'x'"), ERR_FORBIDDEN,
            "H10 legal_among_them");
    refused(i, "lea", "handover accept-risk", with(i, h, "'reason':'x'"), ERR_CONFLICT,
            "H10 nothing_else_left");
    did(i, "adm", "grant revoke", "{'grant':'g-vault','reason':'leaves'}");
    did(i, "adm", "grant confirm", "{'grant':'g-vault'}");
    did(i, "hana", "handover retry", with(i, h, "'plan':'once more'"));
    did(i, "lea", "step verify", with(i, h, "'steps':'all'"));
    did(i, "hana", "handover declare", with(i, h, "'not_obtained':'refused'"));
    did(i, "hana", "handover fail", with(i, h, "'steps':'1','tried':'and again'"));
    did(i, "lea", "handover accept-risk", with(i, h, "'reason':'there is no way'"));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "closed_with_risk");
    const char *gaps = json_compact(mem, did(i, "aud", "gaps", "{'risk':'unrecovered'}"));
    says(gaps, "was given up in lv-sam: nobody moderates; instead: a new group");
    gaps = json_compact(mem, did(i, "aud", "gaps", "{'risk':'orphan'}"));
    cr_expect_null(strstr(gaps, "acme-group"), "%s", gaps);
    audit_is_clean(i);
    did(i, "hana", "handover reopen", with(i, h, "'reason':'the platform has answered'"));
    accept_inventory(i, "tess", h);
    gaps = json_compact(mem, did(i, "aud", "gaps", "{'risk':'unrecovered'}"));
    cr_expect_null(strstr(gaps, "acme-group"), "%s", gaps);
    audit_is_clean(i);
}

Test(machine, what_is_done_for_ever_is_cancelled_by_two)
{
    START;
    const char *proof = arena_printf(mem, "'note':'done','irreversible':true,'file':['%s']",
                                     uploaded(i, "shot.png", "\x89PNG shot"));

    did(i, "hana", "handover cancel", with(i, h, "'reason':'sam stays'"));
    did(i, "hana", "handover reopen", with(i, h, "'reason':'he does not'"));
    did(i, "adm", "account register",
        "{'account':'site','handle':'acme.example','platform':'domain',"
        "'kind':'domain','unit':'sales','owner':'head-of-sales'}");
    did(i, "hana", "handover rescope", with(i, h, ""));
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    for (int round = 0; round < 12; round++) {
        const json_t *reply;
        for (size_t k = 0; k < 3; k++) {
            static const char *const workers[] = {"sam", "tess", "hana"};
            if (act(i, workers[k], "step finish",
                    with(i, h, arena_printf(mem, "'steps':'all',%s", proof)), &reply))
                continue;
        }
        if (act(i, "lea", "step verify", with(i, h, "'steps':'all'"), &reply))
            continue;
        i->now += INT64_C(7) * 86400000;
    }
    refused(i, "adm", "handover approve-cancel", with(i, h, ""), ERR_CONFLICT, "nobody has asked");
    did(i, "hana", "handover cancel", with(i, h, "'reason':'sam stays'"));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "in_progress");
    says(next_of(i, h), "tenure handover approve-cancel lv-sam");
    refused(i, "hana", "handover approve-cancel", with(i, h, ""), ERR_FORBIDDEN,
            "H11 second_approver");
    did(i, "adm", "handover approve-cancel", with(i, h, ""));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "cancelled");
    audit_is_clean(i);
}

/* ---- Against the leaver's will --------------------------------------------------------------- */

static const char hostile[] = "'reference':'LEGAL-7','reason':'took the customer list'";

Test(machine, a_hostile_leaver_is_shut_out_at_once)
{
    START;

    did(i, "sam", "key invite", "{'person':'sam'}");
    did(i, "adm", "role give", "{'person':'sam','role':'hr'}");
    refused(i, "sam", "handover go-hostile", with(i, h, hostile), ERR_FORBIDDEN,
            "H4 not_the_leaver");
    const json_t *reply = did(i, "hana", "handover go-hostile", with(i, h, hostile));
    says(vector_text(reply, "result.confirm_with"), "tenure handover confirm-hostile lv-sam");
    refused(i, "sam", "account show", "{'account':'acme-group'}", ERR_UNSIGNED, "revoked");
    refused(i, "sam", "step claim", with(i, h, "'steps':'1'"), ERR_UNSIGNED, "revoked");
    refused(i, "adm", "key invite", "{'person':'sam'}", ERR_INVALID, "shut out");
    refused(i, "adm", "role give", "{'person':'sam','role':'hr'}", ERR_INVALID, "shut out");
    refused(i, "hana", "step reassign", with(i, h, "'steps':'1','person':'sam'"), ERR_INVALID,
            "S19 never_the_leaver");
    refused(i, "hana", "handover go-hostile", with(i, h, hostile), ERR_CONFLICT,
            "H4 not_hostile_yet");
    const json_t *mine =
        did(i, "hana", "step list", "{'handover':'lv-sam','assignee':'sam','open':true}");
    cr_expect_eq(json_array_size(vector_at(mine, "items")), 0);
    audit_is_clean(i);
}

/* Access and tokens, what recovers, passwords, the platform's people, the transfer. */
Test(machine, a_hostile_case_revokes_first)
{
    static const char *const order[] = {"revoke/", "control/", "rotate/", "/recover-", NULL};
    START;
    const json_t *row;
    size_t k, at = 0;

    did(i, "hana", "handover go-hostile", with(i, h, hostile));
    json_array_foreach (vector_at(case_shown(i, h), "steps"), k, row) {
        const char *name = json_text(row, "step");
        while (order[at] && !strstr(name, order[at]))
            at++;
        if (!order[at])
            break;
    }
    cr_expect(k > 3 && k < json_array_size(vector_at(case_shown(i, h), "steps")),
              "the transfer does not follow: %zu", k);
    says(json_compact(mem, vector_at(case_shown(i, h), "steps")),
         "Against the leaver's will: Any other owner can demote the hostile owner at once");
    audit_is_clean(i);
}

Test(machine, a_second_person_confirms_in_time_or_it_escalates)
{
    START;

    did(i, "hana", "handover go-hostile", with(i, h, arena_printf(mem, "%s,'hours':12", hostile)));
    refused(i, "hana", "handover confirm-hostile", with(i, h, ""), ERR_FORBIDDEN,
            "H4 another_person");
    says(next_of(i, h), "\"what\":\"confirm that the case is hostile\"");
    says(json_compact(mem, vector_at(case_shown(i, h), "left")),
         "a second person has to confirm until");
    i->now += INT64_C(13) * 3600000;
    says(next_of(i, h), "it escalates");
    says(json_compact(mem, vector_at(case_shown(i, h), "left")), "it escalates");
    says(json_compact(mem, did(i, "aud", "gaps", "{'risk':'hostile_unconfirmed'}")),
         "it escalates");
    did(i, "adm", "role give", "{'person':'hana','role':'legal'}");
    refused(i, "hana", "handover confirm-hostile", with(i, h, ""), ERR_FORBIDDEN,
            "H4 another_person");
    did(i, "lea", "handover confirm-hostile", with(i, h, ""));
    says(vector_text(case_shown(i, h), "hostile"), "confirmed by lea");
    refused(i, "lea", "handover confirm-hostile", with(i, h, ""), ERR_CONFLICT, "nothing hostile");
    audit_is_clean(i);
}

/* From a draft everything is laid out at once; and the whole way to the end without the leaver. */
Test(machine, a_hostile_case_ends_without_the_leaver)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = "lv-sam", *file = uploaded(i, "shot.png", "\x89PNG shot");
    const json_t *reply;

    sam_holds(i);
    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2026-12-31'}");
    did(i, "hana", "handover go-hostile", with(i, h, hostile));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "in_progress");
    did(i, "lea", "handover confirm-hostile", with(i, h, ""));
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "hana", "handover declare", with(i, h, "'not_obtained':'is shut out'"));
    const char *all = with(
        i, h,
        arena_printf(mem, "'steps':'all','note':'done','file':['%s'],'irreversible':true", file));
    for (int round = 0; round < 8; round++) {
        for (size_t k = 0; k < 2; k++)
            if (act(i, k ? "hana" : "tess", "step finish", all, &reply))
                continue;
        if (act(i, "kim", "role list", "{}", &reply) == NULL)
            break;
        if (act(i, "lea", "step verify", with(i, h, "'steps':'all'"), &reply))
            continue;
    }
    for (int number = 1; number < 40; number++) {
        const char *one = with(i, h,
                               arena_printf(mem,
                                            "'steps':'%d','note':'done','file':['%s'],"
                                            "'irreversible':true",
                                            number, file));
        if (act(i, "hana", "step finish", one, &reply))
            continue;
    }
    if (act(i, "lea", "step verify", with(i, h, "'steps':'all'"), &reply))
        cr_log_info("nothing more to verify");
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    audit_is_clean(i);
}

/* ---- Whoever goes has nothing left to do ----------------------------------------------------- */

Test(machine, whoever_goes_hands_on_what_they_were_to_do)
{
    START;

    did(i, "hana", "person change", "{'person':'tess','manager':'uma'}");
    did(i, "hana", "handover lead", with(i, h, "'person':'kim'"));
    did(i, "hana", "handover create",
        "{'handover':'lv-tess','person':'tess','last_day':'2026-12-31'}");
    const json_t *view = case_shown(i, h);
    cr_expect_null(json_object_get(vector_at(view, "accounts.0"), "successor"));
    cr_expect_str_eq(vector_text(view, "accounts.0.dropped"), "tess");
    cr_expect_str_eq(vector_text(case_shown(i, "lv-tess"), "promised.0.account"), "acme-group");
    const json_t *hers =
        did(i, "hana", "step list", "{'handover':'lv-sam','assignee':'tess','open':true}");
    cr_expect_eq(json_array_size(vector_at(hers, "items")), 0);
    hers = did(i, "hana", "step list", "{'handover':'lv-sam','assignee':'uma','open':true}");
    cr_expect(json_array_size(vector_at(hers, "items")) > 0, "the manager has nothing");
    refused(i, "hana", "step reassign", with(i, h, "'steps':'2','person':'tess'"), ERR_INVALID,
            "S19 assignee_here");
    did(i, "hana", "handover create",
        "{'handover':'lv-kim','person':'kim','last_day':'2026-12-31'}");
    cr_expect_str_neq(vector_text(case_shown(i, h), "lead"), "kim");
    refused(i, "hana", "handover lead", with(i, h, "'person':'sam'"), ERR_INVALID, "H1 subject");
    audit_is_clean(i);
}

/* A leaver who is of hr has the role until the last day, and decides nothing in their own case. */
Test(machine, nobody_of_hr_decides_in_their_own_leaving)
{
    static const struct {
        const char *command, *more, *guard;
    } decisions[] = {
        {"handover successor", "'person':'kim'", "H2 not_the_leaver"},
        {"handover lead", "'person':'kim'", "H1 not_the_leaver"},
        {"handover reanchor", "'last_day':'2027-12-31','reason':'x'", "H13 not_the_leaver"},
        {"step due", "'steps':'1','day':'2027-12-31','reason':'x'", "H13 not_the_leaver"},
        {"handover cancel", "'reason':'x'", "H11 not_the_leaver"},
    };
    START;

    did(i, "adm", "role give", "{'person':'sam','role':'hr'}");
    for (size_t k = 0; k < sizeof(decisions) / sizeof(*decisions); k++)
        refused(i, "sam", decisions[k].command, with(i, h, decisions[k].more), ERR_FORBIDDEN,
                decisions[k].guard);
    did(i, "hana", "handover fail", with(i, h, "'steps':'1','tried':'asked twice'"));
    refused(i, "sam", "handover retry", with(i, h, "'plan':'x'"), ERR_FORBIDDEN,
            "H9 not_the_leaver");
    did(i, "hana", "handover cancel", with(i, h, "'reason':'sam stays'"));
    refused(i, "sam", "handover reopen", with(i, h, "'reason':'x'"), ERR_FORBIDDEN,
            "H12 not_the_leaver");
    audit_is_clean(i);
}

/* ---- What is next is for who can do it --------------------------------------------------------
 */

Test(machine, what_only_hr_may_is_not_asked_of_a_lead_without_the_role)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = "lv-sam";

    sam_holds(i);
    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2026-12-31','lead':'uma'}");
    refused(i, "uma", "handover successor", with(i, h, "'person':'tess'"), ERR_FORBIDDEN, "hr");
    says(next_of(i, h), "{\"who\":\"hr or an administrator\",\"what\":\"lay out the steps\",");
    did(i, "hana", "handover lead", with(i, h, "'person':'hana'"));
    says(next_of(i, h), "{\"who\":\"hana\",\"what\":\"lay out the steps\",");
}

/* Nobody signs without a key, and a case would wait for them for ever. */
Test(machine, who_has_no_key_and_is_asked_for_something_is_invited)
{
    START;
    const char *key = vector_text(did(i, "aud", "person show", "{'person':'tess'}"), "keys.0.key");

    cr_expect_null(strstr(next_of(i, h), "tenure key invite"));
    did(i, "adm", "key revoke", arena_printf(mem, "{'key':'%s','reason':'lost'}", key));
    says(next_of(i, h), "\"command\":\"tenure key invite tess\"");
}

Test(machine, too_few_owners_are_somebodys_to_mend)
{
    START;

    did(i, "adm", "grant revoke", "{'grant':'g-kim','reason':'x'}");
    did(i, "adm", "grant confirm", "{'grant':'g-kim'}");
    cr_expect_null(strstr(next_of(i, h), "too few owners"));
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    says(next_of(i, h), "tenure handover state-risk lv-sam --account acme-group --residual");
    did(i, "adm", "handover state-risk",
        with(i, h,
             "'account':['acme-group'],'residual':'r','compensating':'c',"
             "'review_on':'2027-06-30'"));
    cr_expect_null(strstr(next_of(i, h), "too few owners"));
}

/* ---- Every guard is asked somewhere ---------------------------------------------------------- */

/* Every source of the floor, without its line ends and what indents them. */
static const char *app_sources(struct arena *mem)
{
    const char *folder = arena_printf(mem, "%s/src/app", getenv("TENURE_ROOT"));
    struct bytes text;
    struct dirent *d;
    struct buf all;
    DIR *dir = opendir(folder);

    cr_assert_not_null(dir, "run the tests with make test");
    buf_init(&all, mem, 1 << 24);
    while ((d = readdir(dir))) {
        if (!strstr(d->d_name, ".c"))
            continue;
        cr_assert_ok(file_read(mem, arena_printf(mem, "%s/%s", folder, d->d_name), 1 << 22, &text));
        for (size_t k = 0; k < text.n; k++) {
            if (text.at[k] == '\n')
                while (k + 1 < text.n && text.at[k + 1] == ' ')
                    k++;
            buf_byte(&all, text.at[k] == '\n' ? (unsigned char)' ' : text.at[k]);
        }
    }
    closedir(dir);
    return all.at;
}

static bool is_found(const char *guard)
{
    for (const char *const *g = guards_found; *g; g++)
        if (strcmp(*g, guard) == 0)
            return true;
    return false;
}

/* A refusal names its transition and guard, or gets the transition from whoever asks. */
static bool refuses_by(struct arena *mem, const char *sources, const char *of, const char *guard)
{
    return strstr(sources, arena_printf(mem, "%s, \"%s\"", of, guard)) != NULL;
}

Test(machine, every_guard_is_asked_by_code)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const struct transition *const tables[] = {handover_transitions, step_transitions};
    const char *sources = app_sources(mem);

    for (size_t k = 0; k < 2; k++)
        for (const struct transition *t = tables[k]; t->event; t++)
            for (const char *const *g = t->guards; *g; g++) {
                bool asked = refuses_by(mem, sources, arena_printf(mem, "\"%s\"", t->id), *g) ||
                             refuses_by(mem, sources, "transition", *g) ||
                             refuses_by(mem, sources, "reanchor\")->id", *g);
                cr_expect(asked != is_found(*g), "%s %s: %s", t->id, *g,
                          asked ? "is asked, and is said to be found" : "nothing asks it");
            }
}

Test(machine, every_guard_names_itself)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2026-12-31'}");
    refused(i, "hana", "handover create", "{'person':'sam','last_day':'2026-12-31'}", ERR_CONFLICT,
            "H1 one_open");
    refused(i, "hana", "handover schedule", with(i, "lv-sam", ""), ERR_CONFLICT,
            "H2 successor: not every account has a successor who stays; tenure handover successor "
            "lv-sam PERSON --account ACCOUNT");
}

/* A unit may want secrets changed after so many days, whoever knows them. */
Test(machine, where_the_unit_says_so_a_secret_is_due_by_its_age)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "unit policy", "{'unit':'sales','max_age_days':30}");
    cr_expect_null(
        strstr(json_compact(mem, did(i, "aud", "credential due", "{}")), "older than 30 days"));
    i->now += 31LL * 86400 * 1000;
    says(json_compact(mem, did(i, "aud", "credential due", "{}")),
         "older than 30 days, which its unit allows");
    did(i, "adm", "unit policy", "{'unit':'sales','clear':['max_age_days']}");
    cr_expect_null(strstr(json_compact(mem, did(i, "aud", "credential due", "{}")), "older than"));
    audit_is_clean(i);
}
