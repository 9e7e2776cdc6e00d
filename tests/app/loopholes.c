/* loopholes.c - ways around a rule that take several commands, each of which is allowed: they lead
 * nowhere. */
#include "stories.h"

#include "app/batch.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

#define STORY \
    AUTO(arena_auto) struct arena *mem = arena_new(); \
    struct instance *i = instance_new(mem); \
    sam_holds(i)
#define START \
    STORY; \
    const char *h = case_opened(i)

static const int64_t day_ms = INT64_C(86400000), hour_ms = INT64_C(3600000);

/* The step of that name, or of that prefix; the newest of several. */
static const json_t *step_named(struct instance *i, const char *h, const char *name)
{
    const json_t *row, *found = NULL;
    size_t k;

    json_array_foreach (vector_at(case_shown(i, h), "steps"), k, row)
        if (strncmp(json_text(row, "step"), name, strlen(name)) == 0)
            found = row;
    cr_assert_not_null(found, "there is no step %s", name);
    return found;
}

static int number_of(struct instance *i, const char *h, const char *name)
{
    return (int)json_integer_value(json_object_get(step_named(i, h, name), "number"));
}

static const char *steps(struct instance *i, const char *h, int number, const char *more)
{
    return with(i, h, arena_printf(i->mem, "'steps':'%d'%s%s", number, *more ? "," : "", more));
}

static const char *status_of(struct instance *i, const char *person)
{
    return vector_text(
        did(i, "aud", "person show", arena_printf(i->mem, "{'person':'%s'}", person)), "status");
}

static const char *last_day_of(struct instance *i, const char *person)
{
    return vector_text(
        did(i, "aud", "person show", arena_printf(i->mem, "{'person':'%s'}", person)), "last_day");
}

/* ---- Four eyes ------------------------------------------------------------------------------- */

/* What is done for ever stays done when its step is opened again. */
Test(loopholes, a_step_that_is_opened_again_was_done_for_ever)
{
    STORY;
    const char *h = "lv-sam";
    const char *proof = arena_printf(mem,
                                     "'steps':'all','note':'done','irreversible':true,"
                                     "'file':['%s']",
                                     uploaded(i, "shot.png", "\x89PNG shot"));
    const json_t *row, *reply;
    size_t k;
    int once = 0;

    did(i, "adm", "account register",
        "{'account':'site','handle':'acme.example','platform':'domain',"
        "'kind':'domain','unit':'sales','owner':'head-of-sales'}");
    case_opened(i);
    for (int round = 0; round < 12 && !once; round++) {
        static const char *const workers[] = {"sam", "tess", "hana"};
        for (size_t w = 0; w < 3; w++)
            if (act(i, workers[w], "step finish", with(i, h, proof), &reply))
                continue;
        if (act(i, "lea", "step verify", with(i, h, "'steps':'all'"), &reply))
            continue;
        json_array_foreach (vector_at(case_shown(i, h), "steps"), k, row)
            if (json_is_true(json_object_get(row, "irreversible")) &&
                strcmp(json_text(row, "state"), "verified") == 0)
                once = (int)json_integer_value(json_object_get(row, "number"));
        i->now += 7 * day_ms;
    }
    cr_assert(once, "nothing was done for ever");
    did(i, "hana", "step reopen", steps(i, h, once, "'reason':'not well done'"));
    did(i, "hana", "handover cancel", with(i, h, "'reason':'sam stays'"));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "in_progress",
                     "one person has cancelled it");
    did(i, "adm", "handover approve-cancel", with(i, h, ""));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "cancelled");
    audit_is_clean(i);
}

/* Whoever leads a case states no risk in it, also when somebody else leads it for a moment. */
Test(loopholes, the_lead_is_passed_on_for_a_moment)
{
    START;

    did(i, "hana", "handover fail", with(i, h, "'steps':'1','tried':'asked twice'"));
    refused(i, "hana", "handover state-risk",
            with(i, h,
                 "'account':['acme-group'],'residual':'nobody moderates',"
                 "'compensating':'a new group','review_on':'2027-06-30'"),
            ERR_FORBIDDEN, "H10 not_the_lead");
}

/* Nobody but administrators can give keys, and a service has none: it cannot be the second person.
 */
Test(loopholes, a_service_is_no_second_person)
{
    START;

    did(i, "adm", "person register", "{'person':'feed','name':'Feed','kind':'service'}");
    refused(i, "adm", "key invite", "{'person':'feed'}", ERR_INVALID, "token issue");
    refused(i, "hana", "step reassign", steps(i, h, 1, "'person':'feed'"), ERR_INVALID,
            "S19 assignee_here");
}

/* Somebody of hr who leaves is the leaver, whatever their role. */
Test(loopholes, hr_does_not_decide_in_its_own_leaving)
{
    STORY;
    const char *h = "lv-hr";

    did(i, "adm", "person register", "{'person':'ira','name':'Ira','email':'ira@acme.example'}");
    did(i, "adm", "role give", "{'person':'sam','role':'hr'}");
    did(i, "hana", "handover create",
        "{'handover':'lv-hr','person':'sam','last_day':'2026-12-31'}");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, h, ""));
    did(i, "hana", "handover start", with(i, h, "'reason':'notice was given'"));
    refused(i, "sam", "handover reanchor", with(i, h, "'last_day':'2027-12-31','reason':'I stay'"),
            ERR_FORBIDDEN, "not_the_leaver");
    refused(i, "sam", "handover fail", with(i, h, "'steps':'1','tried':'nothing'"), ERR_FORBIDDEN,
            "not_the_leaver");
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    refused(i, "sam", "handover reject", with(i, h, "'steps':'1','reason':'not well done'"),
            ERR_FORBIDDEN, "not_the_leaver");
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    refused(i, "sam", "handover reopen", with(i, h, "'reason':'I stay'"), ERR_FORBIDDEN,
            "not_the_leaver");
    audit_is_clean(i);
}

/* ---- A firm ---------------------------------------------------------------------------------- */

/* Ann and Bob are of a firm, and Bob has an account. */
static void a_firm(struct instance *i)
{
    did(i, "adm", "entity register", "{'entity':'pixel','name':'Pixel Ltd','kind':'agency'}");
    did(i, "adm", "person register",
        "{'person':'bob','name':'Bob','employer':'pixel','external':true,'unit':'marketing'}");
    did(i, "adm", "person register",
        "{'person':'ann','name':'Ann','employer':'pixel','external':true,'unit':'marketing',"
        "'manager':'bob'}");
    did(i, "adm", "position register",
        "{'position':'community','title':'Community','unit':'marketing'}");
    did(i, "adm", "position fill", "{'position':'community','person':'bob'}");
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acmex','unit':'marketing','owner':'community'}");
}

static const char *firm_goes(struct instance *i)
{
    did(i, "hana", "handover create",
        "{'handover':'pixel-ends','kind':'agency','entity':'pixel','last_day':'2026-12-31'}");
    did(i, "hana", "handover successor", with(i, "pixel-ends", "'person':'uma'"));
    did(i, "hana", "handover schedule", with(i, "pixel-ends", ""));
    did(i, "hana", "handover start", with(i, "pixel-ends", "'reason':'the contract ends'"));
    return "pixel-ends";
}

Test(loopholes, another_last_day_of_a_firm_is_that_of_its_people)
{
    STORY;

    a_firm(i);
    const char *h = firm_goes(i);
    did(i, "hana", "handover reanchor", with(i, h, "'last_day':'2027-01-31','reason':'extended'"));
    cr_expect_str_eq(last_day_of(i, "ann"), "2027-01-31");
    cr_expect_str_eq(last_day_of(i, "bob"), "2027-01-31");
    audit_is_clean(i);
}

/* Each of the two would leave the other behind; together they leave nobody. */
Test(loopholes, a_firm_with_all_administrators_does_not_go)
{
    STORY;

    a_firm(i);
    did(i, "adm", "person change", "{'person':'adm','employer':'pixel'}");
    did(i, "adm", "person change", "{'person':'kim','employer':'pixel'}");
    did(i, "adm", "role give", "{'person':'kim','role':'admin'}");
    const char *h = firm_goes(i);
    accept_inventory(i, "uma", h);
    i->now += 1000;
    did(i, "adm", "grant revoke", "{'grant':'g-kim','reason':'the contract ends'}");
    did(i, "adm", "grant confirm", "{'grant':'g-kim'}");
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    refused(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"), ERR_CONFLICT,
            "H6 an_administrator_stays");
    did(i, "adm", "role give", "{'person':'hana','role':'admin'}");
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    audit_is_clean(i);
}

/* What Ann was to do for others does not go to Bob, who goes with her. */
Test(loopholes, steps_do_not_go_to_who_goes_too)
{
    START;

    a_firm(i);
    did(i, "hana", "step reassign",
        steps(i, h, number_of(i, h, "revoke/g-vault"), "'person':'ann'"));
    firm_goes(i);
    const char *who = json_text(step_named(i, h, "revoke/g-vault"), "assignee");
    cr_expect_str_neq(who, "ann");
    cr_expect_str_neq(who, "bob", "who goes with her");
    no_rule_is_broken(i);
    audit_is_clean(i);
}

/* ---- A case that is opened again ------------------------------------------------------------- */

Test(loopholes, who_has_left_meanwhile_has_nothing_to_do_in_a_case_opened_again)
{
    START;

    did(i, "adm", "person register", "{'person':'ira','name':'Ira','email':'ira@acme.example'}");
    did(i, "adm", "person register", "{'person':'noa','name':'Noa','email':'noa@acme.example'}");
    did(i, "adm", "position register", "{'position':'deputy','title':'Deputy','unit':'sales'}");
    did(i, "adm", "position fill", "{'position':'deputy','person':'noa'}");
    did(i, "hana", "handover lead", with(i, h, "'person':'ira'"));
    did(i, "hana", "handover successor", with(i, h, "'person':'noa'"));
    did(i, "hana", "handover cancel", with(i, h, "'reason':'sam stays'"));
    did(i, "hana", "person retire", "{'person':'ira','last_day':'2026-11-20'}");
    did(i, "hana", "person retire", "{'person':'noa','last_day':'2026-11-20'}");
    i->now += day_ms;
    did(i, "hana", "handover reopen", with(i, h, "'reason':'he does not'"));
    no_rule_is_broken(i);
    says(next_of(i, h), "name a successor for acme-group");
    cr_expect_str_eq(vector_text(case_shown(i, h), "lead"), "hana");
    audit_is_clean(i);
}

/* ---- Days ------------------------------------------------------------------------------------ */

static const char *who_is_away(struct instance *i)
{
    did(i, "hana", "handover create",
        "{'handover':'away','kind':'absence','person':'sam','last_day':'2026-12-31',"
        "'back':'2027-03-01'}");
    did(i, "hana", "handover successor", with(i, "away", "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, "away", ""));
    did(i, "hana", "handover start", with(i, "away", "'reason':'parental leave'"));
    return "away";
}

Test(loopholes, nobody_goes_after_they_are_back)
{
    STORY;
    const char *h = who_is_away(i);

    refused(i, "hana", "handover reanchor", with(i, h, "'last_day':'2027-03-01','reason':'later'"),
            ERR_INVALID, "before the return on 2027-03-01");
    did(i, "hana", "handover reanchor", with(i, h, "'last_day':'2027-02-28','reason':'later'"));
    audit_is_clean(i);
}

/* Sam leaves while away: nobody gives anything back to somebody who goes. */
Test(loopholes, nothing_is_given_back_to_who_has_left)
{
    STORY;
    const char *h = who_is_away(i);

    accept_inventory(i, "tess", h);
    finish_and_verify(i, h);
    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2027-01-31'}");
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    const json_t *list = did(i, "aud", "handover list", "{'kind':'hand_back'}");
    const char *back = vector_text(list, "items.0.handover");
    cr_expect_null(json_object_get(vector_at(case_shown(i, back), "accounts.0"), "successor"));
    audit_is_clean(i);
}

static void opened_in(struct instance *i, const char *h, const char *zone)
{
    did(i, "hana", "handover create",
        arena_printf(i->mem, "{'handover':'%s','person':'sam','last_day':'2026-12-31','zone':'%s'}",
                     h, zone));
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, h, ""));
    did(i, "hana", "handover start", with(i, h, "'reason':'notice was given'"));
}

/* The 1st of December begins in Auckland while it is the 30th of November in Greenwich, and ends in
 * Honolulu when it is the 2nd there. */
Test(loopholes, days_are_those_of_the_case)
{
    STORY;

    opened_in(i, "akl", "Pacific/Auckland");
    did(i, "sam", "step wait", with(i, "akl", "'steps':'1','until':'2026-12-01','note':'asked'"));
    i->now += 8 * day_ms + 2 * hour_ms; /* 2026-11-30T12:00Z: 01:00 on the 1st */
    says(next_of(i, "akl"), "has waited until 2026-12-01");
    did(i, "sam", "step claim", with(i, "akl", "'steps':'1'"));
    is_now(i, "akl", 1, "in_progress");
    audit_is_clean(i);
}

Test(loopholes, a_day_is_not_over_before_it_is_over_there)
{
    STORY;

    opened_in(i, "hnl", "Pacific/Honolulu");
    did(i, "hana", "step ask-waiver",
        with(i, "hnl", "'steps':'2','reason':'is a member','expires_on':'2026-11-30'"));
    did(i, "lea", "step waive", with(i, "hnl", "'steps':'2'"));
    i->now += 8 * day_ms + 15 * hour_ms; /* 2026-12-01T01:00Z: 15:00 on the 30th */
    did(i, "sam", "step claim", with(i, "hnl", "'steps':'1'"));
    is_now(i, "hnl", 2, "waived");
    const char *left = json_compact(mem, vector_at(case_shown(i, "hnl"), "left"));
    cr_expect_null(strstr(left, "was waived until"), "%s", left);
    audit_is_clean(i);
}

/* ---- Reasons --------------------------------------------------------------------------------- */

Test(loopholes, a_waiver_has_its_own_reason)
{
    START;

    refused(i, "hana", "step ask-waiver",
            with(i, h, "'steps':'2','reason':'x','expires_on':'2026-11-21'"), ERR_INVALID,
            "is over");
    did(i, "hana", "step ask-waiver", with(i, h, "'steps':'1','reason':'is a member already'"));
    did(i, "sam", "step block",
        with(i, h, "'steps':'1','reason':'no rights','waits_on':'IT','check_on':'2026-12-01'"));
    did(i, "lea", "step waive", with(i, h, "'steps':'1'"));
    cr_expect_str_eq(json_text(step_at(i, h, 1), "reason"), "is a member already");
    audit_is_clean(i);
}

/* A waiver runs out while somebody says why another step is sent back. */
Test(loopholes, what_time_moves_has_a_reason_of_its_own)
{
    START;

    did(i, "hana", "step ask-waiver",
        with(i, h, "'steps':'2','reason':'is a member','expires_on':'2026-11-30'"));
    did(i, "lea", "step waive", with(i, h, "'steps':'2'"));
    i->now += 10 * day_ms;
    did(i, "sam", "step block",
        with(i, h, "'steps':'1','reason':'no rights','waits_on':'IT','check_on':'2027-01-01'"));
    is_now(i, h, 2, "in_progress");
    cr_expect_str_eq(json_text(step_at(i, h, 2), "reason"), "the waiver has run out");
    audit_is_clean(i);
}

/* ---- Order ----------------------------------------------------------------------------------- */

/* A step that stood still when what it needs was opened again still needs it. */
Test(loopholes, a_step_that_stood_still_is_not_done_before_what_it_needs)
{
    START;
    const char *proof =
        arena_printf(mem, "'note':'done','file':['%s']", uploaded(i, "shot.png", "\x89PNG shot"));

    did(i, "sam", "step finish", steps(i, h, 1, proof));
    did(i, "tess", "step finish", steps(i, h, 2, proof));
    did(i, "sam", "step fail", steps(i, h, 3, "'tried':'the page is gone'"));
    did(i, "lea", "step verify", with(i, h, "'steps':'1,2'"));
    did(i, "hana", "step reopen", with(i, h, "'steps':'1','reason':'an owner was missing'"));
    did(i, "hana", "step retry", steps(i, h, 3, "'note':'there is another page'"));
    refused(i, "sam", "step finish", steps(i, h, 3, proof), ERR_CONFLICT, "S2 needs_ended");
    did(i, "sam", "step finish", steps(i, h, 1, proof));
    did(i, "sam", "step finish", steps(i, h, 3, proof));
    audit_is_clean(i);
}

/* What the new position justifies for a while, and then no more, has one step and not two. */
Test(loopholes, what_came_back_has_one_step)
{
    STORY;
    const char *h = "mv-sam";
    const json_t *row;
    size_t k, found = 0;

    did(i, "hana", "position register",
        "{'position':'ads-lead','title':'Ads lead','unit':'marketing'}");
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acmex','unit':'sales','owner':'sales-ops'}");
    did(i, "adm", "grant give",
        "{'grant':'g-x','account':'acme-x','person':'sam','role':'manager'}");
    did(i, "hana", "handover create",
        "{'handover':'mv-sam','kind':'mover','person':'sam','last_day':'2026-12-31',"
        "'to':'ads-lead'}");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, h, ""));
    did(i, "hana", "handover start", with(i, h, "'reason':'it is time'"));
    did(i, "adm", "account change", "{'account':'acme-x','unit':'marketing'}");
    did(i, "hana", "handover rescope", with(i, h, ""));
    is_now(i, h, number_of(i, h, "revoke/g-x"), "skipped");
    did(i, "adm", "account change", "{'account':'acme-x','unit':'sales'}");
    did(i, "hana", "handover rescope", with(i, h, ""));
    json_array_foreach (vector_at(case_shown(i, h), "steps"), k, row)
        found += strcmp(json_text(row, "step"), "revoke/g-x") == 0;
    cr_expect_eq(found, 1, "%zu steps", found);
    is_now(i, h, number_of(i, h, "revoke/g-x"), "ready");
    audit_is_clean(i);
}

/* ---- What somebody else holds ---------------------------------------------------------------- */

/* Two seats of one person are one heir. */
Test(loopholes, an_heir_in_two_seats_is_the_only_one)
{
    STORY;

    did(i, "adm", "account register",
        "{'account':'acme-z','url':'https://x.com/acmez','unit':'marketing',"
        "'owner':'marketing-lead'}");
    did(i, "adm", "position register", "{'position':'second','title':'Second','unit':'sales'}");
    did(i, "adm", "position fill", "{'position':'second','person':'sam'}");
    did(i, "adm", "heir designate", "{'account':'acme-z','position':'head-of-sales'}");
    did(i, "adm", "heir designate", "{'account':'acme-z','position':'second'}");
    const char *h = case_opened(i);
    says(json_compact(mem, vector_at(case_shown(i, h), "left")), "the only heir of acme-z");
    did(i, "adm", "heir designate", "{'account':'acme-z','position':'sales-ops'}");
    const char *left = json_compact(mem, vector_at(case_shown(i, h), "left"));
    cr_expect_null(strstr(left, "only heir"), "%s", left);
}

/* Tess accepted, and now Uma's seat answers for the account: that is not Tess's to give back. */
Test(loopholes, an_acceptance_that_is_sent_back_takes_nothing_from_others)
{
    START;

    accept_inventory(i, "tess", h);
    did(i, "adm", "account assign", "{'account':'acme-group','position':'marketing-lead'}");
    did(i, "uma", "account accept", "{'account':'acme-group'}");
    did(i, "lea", "handover return-acceptance",
        with(i, h, "'person':'tess','missing':'who moderates'"));
    const char *gaps = json_compact(mem, did(i, "aud", "gaps", "{'risk':'not_accepted'}"));
    cr_expect_null(strstr(gaps, "acme-group"), "%s", gaps);
    audit_is_clean(i);
}

/* A risk was stated on an account which somebody has taken meanwhile: it is not lost. */
Test(loopholes, an_account_that_has_an_owner_is_not_given_up)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = "lv-uma";
    const char *risk = "'residual':'nobody can post','compensating':'a new account',"
                       "'review_on':'2027-06-30'";

    static const char *const accounts[] = {"acme-y", "acme-z"};
    for (size_t k = 0; k < 2; k++)
        did(i, "adm", "account register",
            arena_printf(mem,
                         "{'account':'%s','url':'https://x.com/%s','unit':'marketing',"
                         "'owner':'marketing-lead'}",
                         accounts[k], accounts[k] + 3));
    did(i, "hana", "handover create",
        "{'handover':'lv-uma','person':'uma','last_day':'2026-12-31'}");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, h, ""));
    did(i, "hana", "handover start", with(i, h, "'reason':'notice was given'"));
    did(i, "hana", "handover declare", with(i, h, "'not_obtained':'cannot be reached'"));
    did(i, "hana", "handover fail", with(i, h, "'steps':'1','tried':'asked the platform twice'"));
    did(i, "adm", "handover state-risk",
        with(i, h, arena_printf(mem, "'account':['acme-y','acme-z'],%s", risk)));
    did(i, "adm", "account assign", "{'account':'acme-y','position':'head-of-sales'}");
    did(i, "sam", "account accept", "{'account':'acme-y'}");
    did(i, "lea", "handover accept-risk", with(i, h, "'reason':'it is lost'"));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "closed_with_risk");
    cr_expect_str_eq(
        vector_text(did(i, "aud", "account show", "{'account':'acme-y'}"), "owner.person"), "sam");
    cr_expect_null(json_object_get(did(i, "aud", "account show", "{'account':'acme-z'}"), "owner"));
    no_rule_is_broken(i);
    audit_is_clean(i);
}

/* ---- Files ----------------------------------------------------------------------------------- */

Test(loopholes, a_file_names_no_lead_who_goes)
{
    STORY;
    const char *file = uploaded(i, "leavers.csv", "person_id,last_day\nsam,2026-12-31\n");
    const char *map = uploaded(i, "map.csv", "account,position\nacme-group,sales-ops\n");

    did(i, "adm", "person register", "{'person':'ira','name':'Ira','email':'ira@acme.example'}");
    did(i, "hana", "person retire", "{'person':'ira','last_day':'2026-11-20'}");
    i->now += day_ms;
    refused(i, "hana", "import leavers", arena_printf(mem, "{'file':'%s','lead':'ira'}", file),
            ERR_INVALID, "must be here and stay");
    refused(i, "hana", "import reassignments", arena_printf(mem, "{'file':'%s','lead':'ira'}", map),
            ERR_INVALID, "must be here and stay");
}

/* Both leave by one file: what the one was to do does not go to the other. */
Test(loopholes, steps_do_not_go_to_who_leaves_by_the_same_file)
{
    START;
    const char *file = uploaded(i, "people.csv",
                                "id,name,end,status\nann,Ann,2026-11-20,left\n"
                                "bob,Bob,2026-11-20,left\n");

    did(i, "adm", "person register", "{'person':'bob','name':'Bob'}");
    did(i, "adm", "person register", "{'person':'ann','name':'Ann','manager':'bob'}");
    did(i, "hana", "step reassign",
        steps(i, h, number_of(i, h, "revoke/g-vault"), "'person':'ann'"));
    did(i, "hana", "import people", arena_printf(mem, "{'file':'%s'}", file));
    cr_expect_str_eq(status_of(i, "bob"), "left");
    no_rule_is_broken(i);
    audit_is_clean(i);
}

/* More accounts than one entry can be about. */
Test(loopholes, many_accounts_are_lost_at_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = "lv-uma";
    struct buf file, named;

    buf_init(&file, mem, 1 << 20);
    buf_init(&named, mem, 1 << 20);
    buf_text(&file, "account_id,platform,kind,handle,owner_person_id,org_unit\n");
    for (int k = 0; k < 510; k++) {
        buf_printf(&file, "acme-%d,x,profile,acme%d,uma,marketing\n", k, k);
        buf_printf(&named, "%s'acme-%d'", k ? "," : "", k);
    }
    did(i, "adm", "import accounts",
        arena_printf(mem, "{'file':'%s'}", uploaded(i, "accounts.csv", file.at)));
    did(i, "hana", "handover create",
        "{'handover':'lv-uma','person':'uma','last_day':'2026-12-31'}");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, h, ""));
    did(i, "hana", "handover start", with(i, h, "'reason':'notice was given'"));
    did(i, "hana", "handover declare", with(i, h, "'not_obtained':'cannot be reached'"));
    did(i, "hana", "handover fail", with(i, h, "'steps':'all','tried':'asked twice'"));
    did(i, "adm", "handover state-risk",
        with(i, h,
             arena_printf(mem,
                          "'account':[%s],'residual':'nobody can post',"
                          "'compensating':'new accounts','review_on':'2027-06-30'",
                          named.at)));
    did(i, "lea", "handover accept-risk", with(i, h, "'reason':'they are lost'"));
    cr_expect_str_eq(vector_text(case_shown(i, h), "state"), "closed_with_risk");
    audit_is_clean(i);
}

/* ---- Two at once ----------------------------------------------------------------------------- */

static void at_once(struct instance *i, struct job *one, struct job *two)
{
    struct job *waiting = one;

    one->next = two;
    for (int n = 0; waiting && n < 4; n++)
        waiting = batch_run(i->store, &i->service, waiting, i->now);
    cr_assert_null(waiting, "somebody waits for ever");
}

/* Each of two administrators sees that the other stays. */
Test(loopholes, two_administrators_do_not_go_at_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "role give", "{'person':'lea','role':'admin'}");
    struct job *one =
        signed_job(i, "hana", "person retire", "{'person':'adm','last_day':'2026-11-21'}");
    struct job *two =
        signed_job(i, "hana", "person retire", "{'person':'lea','last_day':'2026-11-21'}");
    at_once(i, one, two);
    cr_expect_null(one->error, "%s", one->error ? one->error->text : "");
    cr_assert_not_null(two->error, "nobody is left who can administer");
    says(two->error->text, "last administrator");
    cr_expect_str_eq(status_of(i, "lea"), "active");
}

Test(loopholes, two_administrators_do_not_step_back_at_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "role give", "{'person':'lea','role':'admin'}");
    struct job *one = signed_job(i, "adm", "role take", "{'person':'adm','role':'admin'}");
    struct job *two = signed_job(i, "lea", "role take", "{'person':'lea','role':'admin'}");
    at_once(i, one, two);
    cr_expect_null(one->error, "%s", one->error ? one->error->text : "");
    cr_assert_not_null(two->error, "nobody is left who can administer");
    says(two->error->text, "last administrator");
}
