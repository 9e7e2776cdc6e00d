/* acceptance.c - taking over by read-back: what is restated, sent back or refused; and what the
 * leaver declares, or why there is no declaration. */
#include "stories.h"

#include "support/vectors.h"

#include "base/text.h"

#include <criterion/criterion.h>

#define START \
    AUTO(arena_auto) struct arena *mem = arena_new(); \
    struct instance *i = instance_new(mem); \
    sam_holds(i); \
    const char *h = case_opened(i)

static const json_t *account_of(struct instance *i, const char *h)
{
    return vector_at(did(i, "aud", "handover show", with(i, h, "")), "accounts.0");
}

static const char *accepting(struct instance *i, const char *h, const char *words)
{
    const json_t *inventory = did(i, "tess", "handover inventory", with(i, h, ""));

    return with(i, h,
                arena_printf(i->mem, "'inventory':'%s','restate':'%s'",
                             json_text(inventory, "inventory"), words));
}

/* By when something has to be done on the account, as the inventory says it. */
static const char *first_day(struct instance *i, const char *text)
{
    const char *first = NULL;

    for (const char *at = text; (at = strstr(at, "  to do: step ")); at++) {
        const char *end = at + strcspn(at, "\n"), *by = end;
        while (by > at && strncmp(by, ", by ", 5) != 0)
            by--;
        const char *day = arena_copy_n(i->mem, by + 5, 10);
        first = !first || strcmp(day, first) < 0 ? day : first;
    }
    cr_assert(first, "%s", text);
    return first;
}

/* In a person's own words: what it is, what is wrong and open, and by when. */
static const char *in_own_words(struct instance *i, const char *h)
{
    const json_t *inventory = did(i, "tess", "handover inventory", with(i, h, ""));

    return arena_printf(i->mem,
                        "I take Acme-Group, a LinkedIn group with too few owners and no title; the "
                        "recovery mail is still to be moved; first by %s",
                        first_day(i, json_text(inventory, "text")));
}

Test(acceptance, it_restates_every_account)
{
    START;
    const char *text = json_text(did(i, "tess", "handover inventory", with(i, h, "")), "text");

    cr_expect_not_null(strstr(text, "to do: step "), "%s", text);
    refused(i, "tess", "handover accept", accepting(i, h, "I take all of it"), ERR_INVALID,
            "does not say all that you take");
    did(i, "tess", "handover accept", accepting(i, h, in_own_words(i, h)));
    cr_expect_not_null(strstr(json_text(account_of(i, h), "restated"), "still to be moved"));
    audit_is_clean(i);
}

/* What is done and waits to be verified is not left to do, and no day is left for it. */
Test(acceptance, what_is_done_is_not_to_do)
{
    START;
    const json_t *mine = NULL, *step;
    size_t k;

    json_array_foreach (vector_at(did(i, "aud", "handover show", with(i, h, "")), "steps"), k,
                        step) {
        if (text_same(json_text(step, "assignee"), "tess") &&
            text_same(json_text(step, "state"), "ready"))
            mine = step;
    }
    cr_assert_not_null(mine);
    int number = (int)json_integer_value(json_object_get(mine, "number"));
    const char *before = json_text(did(i, "tess", "handover inventory", with(i, h, "")), "text");
    says(before, arena_printf(i->mem, "to do: step %d, ", number));
    end_all_that_sam_holds(i);
    is_now(i, h, number, "done");
    const char *text = json_text(did(i, "tess", "handover inventory", with(i, h, "")), "text");
    says(text, arena_printf(i->mem, "done, not yet verified: step %d, ", number));
    cr_expect_null(strstr(text, arena_printf(i->mem, "to do: step %d, ", number)), "%s", text);
}

static const char *warnings_of(struct instance *i, const char *h)
{
    const json_t *all = json_object_get(did(i, "aud", "handover show", with(i, h, "")), "warnings");

    return all ? json_compact(i->mem, all) : "";
}

/* Tess is to change a secret that lies where she has no access: it would be due for her sake. */
Test(acceptance, who_changes_a_secret_without_access_is_warned_of)
{
    START;

    says(warnings_of(i, h), "tess is to change the secret c-1 (step 12) and has no access to it");
    did(i, "adm", "grant give", "{'store':'vault','person':'tess','role':'reader'}");
    cr_expect_null(strstr(warnings_of(i, h), "c-1"), "%s", warnings_of(i, h));
}

/* A key and a name say nothing of what is wrong, what is open and by when. */
Test(acceptance, a_name_alone_is_no_restatement)
{
    START;
    const char *text = json_text(did(i, "tess", "handover inventory", with(i, h, "")), "text");
    const char *day = first_day(i, text);
    const char *number = day + 8 + (day[8] == '0');

    did(i, "adm", "account change", "{'account':'acme-group','name':'Acme friends'}");
    refused(i, "tess", "handover accept", accepting(i, h, "acme-group Acme friends."), ERR_INVALID,
            "does not say all that you take");
    refused(i, "tess", "handover accept",
            accepting(i, h, "I take Acme friends with all that is wrong with it, as soon as I can"),
            ERR_INVALID, "does not say all that you take");
    refused(i, "tess", "handover accept",
            accepting(i, h, arena_printf(mem, "acme-group Acme friends, %s", day)), ERR_INVALID,
            "says too little");
    did(i, "tess", "handover accept",
        accepting(i, h,
                  arena_printf(mem,
                               "Je reprends Acme friends, un groupe qui a trop peu de "
                               "propriétaires et aucun titre; la boîte de récupération est à "
                               "déplacer, et la première étape est pour le %s décembre",
                               number)));
    audit_is_clean(i);
}

/* Where a script sets no blanks, a paragraph is more than one word. */
Test(acceptance, it_is_restated_in_any_script)
{
    START;
    const char *text = json_text(did(i, "tess", "handover inventory", with(i, h, "")), "text");
    const char *day = first_day(i, text);

    refused(i, "tess", "handover accept",
            accepting(i, h, arena_printf(mem, "acme-group %s — — — … « » … — — — … — — —", day)),
            ERR_INVALID, "says too little");
    did(i, "tess", "handover accept",
        accepting(i, h,
                  arena_printf(mem,
                               "acme-groupを引き継ぎます。管理者が足りず、題もありません。"
                               "復旧用のメールを移す必要があり、最初の手順は%s日までです。",
                               day + 8)));
    audit_is_clean(i);
}

/* Many accounts are one inventory with one hash, and it is said how many they are. */
Test(acceptance, many_accounts_are_one_inventory)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    enum { MANY = 21 };

    for (int k = 0; k < MANY; k++) {
        did(i, "adm", "account register",
            arena_printf(mem,
                         "{'account':'g-%d','url':'https://www.linkedin.com/groups/9%d','unit':"
                         "'sales','owner':'head-of-sales'}",
                         k, k));
        did(i, "sam", "account accept", arena_printf(mem, "{'account':'g-%d'}", k));
    }
    const char *h = case_opened(i);
    refused(i, "tess", "handover accept", accepting(i, h, "I take 2100 accounts"), ERR_INVALID,
            "does not say that it is 21 accounts");
    const json_t *inventory = did(i, "tess", "handover inventory", with(i, h, ""));
    did(i, "tess", "handover accept",
        with(i, h,
             arena_printf(mem, "'inventory':'%s','restate_file':'%s'",
                          json_text(inventory, "inventory"),
                          uploaded(i, "mine.txt", "I take 21 accounts, all of them well."))));
    const json_t *shown = did(i, "aud", "handover show", with(i, h, "")), *row;
    size_t k, accepted = 0;
    json_array_foreach (vector_at(shown, "accounts"), k, row) {
        accepted += json_is_true(json_object_get(row, "accepted"));
        cr_expect_str_eq(json_text(row, "restated"), "I take 21 accounts, all of them well.");
    }
    cr_expect_eq(accepted, MANY);
    audit_is_clean(i);
}

/* Groups g-0, g-1, ... that sam answers for, all of one name. */
static void groups_of_one_name(struct instance *i, int n)
{
    for (int k = 0; k < n; k++) {
        did(i, "adm", "account register",
            arena_printf(i->mem,
                         "{'account':'g-%d','url':'https://www.linkedin.com/groups/9%d','unit':"
                         "'sales','owner':'head-of-sales','name':'Larkspur'}",
                         k, k));
        did(i, "sam", "account accept", arena_printf(i->mem, "{'account':'g-%d'}", k));
    }
}

/* What is said of Larkspur is said of neither. */
Test(acceptance, accounts_of_one_name_are_said_by_their_keys)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    static const char words[] =
        "%s: groups of the north with too few owners and no second way in, each of which wants a "
        "recovery mail, a title, a picture and somebody who reads what members write there, by "
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, "
        "25, 26, 27, 28, 29, 30, 31";

    groups_of_one_name(i, 2);
    const char *h = case_opened(i);
    const char *name = accepting(i, h, arena_printf(mem, words, "Larkspur")),
               *one = accepting(i, h, arena_printf(mem, words, "LARKSPUR, that is g-0"));
    refused(i, "tess", "handover accept", name, ERR_INVALID, "g-0: you take others of this name");
    refused(i, "tess", "handover accept", one, ERR_INVALID,
            "does not say all that you take; not-restated g-1: you take others of this name");
    did(i, "adm", "account change", "{'account':'g-0','name':'G-1'}");
    refused(i, "tess", "handover accept",
            accepting(i, h, arena_printf(mem, words, "Larkspur and g-1")), ERR_INVALID,
            "not-restated g-0: you take others of this name");
    did(i, "adm", "account change", "{'account':'g-0','name':'Larkspur'}");
    did(i, "tess", "handover accept",
        accepting(i, h, arena_printf(mem, words, "g-0 and g-1, both called Larkspur")));
    audit_is_clean(i);
}

/* A name that 25 accounts have stands in the text once. */
Test(acceptance, many_accounts_of_one_name_are_said_in_one_sentence)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    groups_of_one_name(i, 25);
    const char *h = case_opened(i);
    refused(i, "tess", "handover accept", accepting(i, h, "I take 25 of Larkspur"), ERR_INVALID,
            "says too little");
    did(i, "tess", "handover accept",
        accepting(i, h,
                  "I take 25 groups called Larkspur; none of them has a second owner, and the "
                  "titles of all are to be put right first"));
    audit_is_clean(i);
}

Test(acceptance, the_lead_sends_it_back_with_what_is_missing)
{
    START;
    const char *back = with(i, h, "'person':'tess','missing':'the recovery mail'");

    refused(i, "hana", "handover return-acceptance", back, ERR_INVALID, "accepted nothing");
    did(i, "tess", "handover accept", accepting(i, h, in_own_words(i, h)));
    did(i, "adm", "role give", "{'person':'tess','role':'hr'}");
    refused(i, "tess", "handover return-acceptance", back, ERR_FORBIDDEN, "neither who accepted");
    did(i, "hana", "handover return-acceptance", back);
    const json_t *a = account_of(i, h);
    cr_expect_not(json_is_true(json_object_get(a, "accepted")));
    cr_expect_str_eq(json_text(a, "returned"), "the recovery mail");
    const char *next =
        json_compact(mem, vector_at(did(i, "aud", "handover show", with(i, h, "")), "next"));
    cr_expect_not_null(strstr(next, "sent back: the recovery mail"), "%s", next);
    did(i, "tess", "handover accept", accepting(i, h, in_own_words(i, h)));
    cr_expect(json_is_true(json_object_get(account_of(i, h), "accepted")));
    cr_expect_null(json_text(account_of(i, h), "returned"));
    audit_is_clean(i);
}

/* Whoever leads needs no role for it; a successor or who does a step is not who leads. */
Test(acceptance, a_lead_without_a_role_sends_it_back)
{
    START;
    const char *back = with(i, h, "'person':'tess','missing':'the recovery mail'");

    did(i, "hana", "handover lead", with(i, h, "'person':'uma'"));
    did(i, "tess", "handover accept", accepting(i, h, in_own_words(i, h)));
    did(i, "hana", "step reassign", with(i, h, "'steps':'2','person':'kim'"));
    refused(i, "kim", "handover return-acceptance", back, ERR_FORBIDDEN, "who leads the case");
    did(i, "uma", "handover return-acceptance", back);
    cr_expect_str_eq(json_text(account_of(i, h), "returned"), "the recovery mail");
    audit_is_clean(i);
}

Test(acceptance, a_refusal_opens_the_choice_again)
{
    START;

    refused(i, "kim", "handover refuse", with(i, h, "'reason':'no time'"), ERR_CONFLICT,
            "nothing for kim to refuse");
    did(i, "tess", "handover refuse", with(i, h, "'reason':'I have ten groups already'"));
    const json_t *a = account_of(i, h);
    cr_expect_null(json_text(a, "successor"));
    cr_expect_str_eq(json_text(a, "dropped"), "tess");
    cr_expect_str_eq(json_text(a, "refused"), "I have ten groups already");
    const char *next =
        json_compact(mem, vector_at(did(i, "aud", "handover show", with(i, h, "")), "next"));
    cr_expect_not_null(strstr(next, "tess refuses: I have ten groups already"), "%s", next);
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    cr_expect_null(json_text(account_of(i, h), "refused"));
    audit_is_clean(i);
}

Test(acceptance, why_there_is_no_declaration_is_recorded_by_whom_it_concerns)
{
    START;
    const char *letter = uploaded(i, "letter.pdf", "%PDF-1.4 a letter");

    refused(i, "sam", "handover declare", with(i, h, "'how':'absent'"), ERR_INVALID,
            "is for others to say");
    refused(i, "hana", "handover declare", with(i, h, "'how':'refused','not_obtained':'said no'"),
            ERR_INVALID, "what shows that the leaver refused");
    refused(i, "hana", "handover declare", with(i, h, "'how':'died','not_obtained':'in June'"),
            ERR_INVALID, "what shows that the leaver died");
    did(i, "lea", "handover declare",
        with(i, h,
             arena_printf(mem, "'how':'refused','not_obtained':'said no twice','file':['%s']",
                          letter)));
    const json_t *shown = did(i, "aud", "handover show", with(i, h, ""));
    cr_expect_str_eq(vector_text(shown, "declared_how"), "refused");
    cr_expect_str_eq(vector_text(shown, "declared_by"), "lea");
    cr_expect_str_eq(vector_text(shown, "declared"), "not obtained: said no twice");
    did(i, "sam", "handover declare", with(i, h, ""));
    cr_expect_str_eq(vector_text(did(i, "aud", "handover show", with(i, h, "")), "declared_how"),
                     "declared");
    refused(i, "lea", "handover declare", with(i, h, "'not_obtained':'is gone'"), ERR_CONFLICT,
            "sam has declared");
    const json_t *again = did(i, "sam", "handover declare", with(i, h, ""));
    cr_expect_eq(json_array_size(vector_at(again, "events")), 0, "it is so already");
    again = did(i, "sam", "handover declare", with(i, h, "'declaration':'and my own words'"));
    cr_expect_eq(json_array_size(vector_at(again, "events")), 1);
    audit_is_clean(i);
}

/* ---- What a leaving puts at risk ------------------------------------------------------------- */

static const char *gaps_of(struct instance *i, const char *risk)
{
    return json_compact(i->mem, did(i, "aud", "gaps", arena_printf(i->mem, "{'risk':'%s'}", risk)));
}

/* What the answer to an administrator's change warns of. */
static const char *warning_of(struct instance *i, const char *command, const char *params)
{
    const json_t *reply = did(i, "adm", command, params);
    const char *warning = json_text(json_object_get(reply, "result"), "warning");

    return warning ? warning : "";
}

Test(succession, ending_an_access_says_when_too_few_owners_are_left)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "grant give",
        "{'grant':'g-uma','account':'acme-group','person':'uma','role':'member'}");
    cr_expect_str_eq(warning_of(i, "grant revoke", "{'grant':'g-uma'}"), "", "no owner's access");
    did(i, "adm", "grant revoke", "{'grant':'g-tess'}");
    says(warning_of(i, "grant request", "{'grant':'g-sam'}"),
         "acme-group has 1 owner without this one, and should have 2");
    audit_is_clean(i);
}

Test(succession, an_owner_who_is_too_new_cannot_remove_others)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register",
        "{'account':'acme-page','url':'https://www.facebook.com/acme','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "adm", "grant give", "{'account':'acme-page','person':'sam','role':'full_control'}");
    i->now += INT64_C(30) * 86400000;
    cr_expect_null(strstr(gaps_of(i, "short_tenure"), "acme-page"));
    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2027-01-31'}");
    says(warning_of(i, "grant give",
                    "{'account':'acme-page','person':'tess','role':'full_control','grant':'g-t'}"),
         "can remove another only after 7 days");
    says(gaps_of(i, "short_tenure"), "tess is an owner since ");
    says(json_compact(mem, did(i, "aud", "handover show", with(i, "lv-sam", ""))),
         "cannot remove others before");
    i->now += INT64_C(8) * 86400000;
    cr_expect_null(strstr(gaps_of(i, "short_tenure"), "acme-page"));
    audit_is_clean(i);
}

/* A role that is written as people read it is known; one that no playbook knows is said. */
Test(succession, what_a_role_counts_as_is_said_where_nobody_says_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register",
        "{'account':'acme-page','url':'https://www.facebook.com/acme','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "adm", "grant give",
        "{'grant':'g-1','account':'acme-page','person':'sam','role':'Full control'}");
    says(json_compact(mem, did(i, "aud", "grant show", "{'grant':'g-1'}")), "\"level\":\"owner\"");
    says(warning_of(i, "grant give",
                    "{'grant':'g-2','account':'acme-page','person':'uma','role':'boss'}"),
         "it counts as other; if it is an owner's, say --level owner");
    refused(i, "adm", "grant give",
            "{'account':'acme-page','person':'uma','role':'boss','level':'owner'}", ERR_CONFLICT,
            "counts as other: if it is owner, tenure grant change g-2 --level owner");
    did(i, "adm", "grant change", "{'grant':'g-2','level':'admin'}");
    says(warning_of(i, "grant give",
                    "{'grant':'g-3','account':'acme-page','person':'tess','role':'Boss'}"),
         "'Boss' counts as admin, as in the other grants to 'acme-page'");
    says(json_compact(mem, did(i, "aud", "grant show", "{'grant':'g-3'}")), "\"level\":\"admin\"");
    audit_is_clean(i);
}

Test(succession, mailboxes_and_heirs_that_go_are_warned_of)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "account register",
        "{'account':'team-mail','platform':'mailbox','kind':'mailbox','handle':'team@acme.example',"
        "'unit':'marketing','owner':'marketing-lead'}");
    did(i, "uma", "account accept", "{'account':'team-mail'}");
    did(i, "adm", "controlpoint add",
        "{'controlpoint':'cp-9','account':'acme-group','kind':'recovery_mail','person':'tess',"
        "'via':'team-mail'}");
    did(i, "adm", "heir designate",
        "{'heir':'hr-1','account':'acme-group','position':'marketing-lead'}");
    cr_expect_null(strstr(gaps_of(i, "mailbox_ends"), "cp-9"));
    cr_expect_null(strstr(gaps_of(i, "heir_leaves"), "uma"));
    did(i, "hana", "handover create",
        "{'handover':'lv-uma','person':'uma','last_day':'2026-12-31'}");
    says(gaps_of(i, "mailbox_ends"), "the recovery_mail cp-9 is the mailbox team-mail, and uma");
    says(gaps_of(i, "heir_leaves"), "uma in the position marketing-lead is next in line and goes");
    says(warning_of(i, "account retire", "{'account':'team-mail','reason':'closed'}"),
         "the way back into accounts still: cp-9 of acme-group");
    audit_is_clean(i);
}

/* ---- Evidence, and how long an access was still open ------------------------------------------
 */

Test(evidence, a_step_is_not_done_without_what_it_demands)
{
    START;
    const char *words = uploaded(i, "shot.png", "only words"),
               *page = uploaded(i, "page.pdf", "<!DOCTYPE html><script>x</script>");

    refused(i, "sam", "step finish", with(i, h, "'steps':'1'"), ERR_INVALID, "S8 evidence");
    refused(i, "sam", "step finish",
            with(i, h, arena_printf(mem, "'steps':'1','file':['%s']", words)), ERR_INVALID,
            "shot.png is no screenshot but text/plain");
    refused(i, "sam", "step finish",
            with(i, h, arena_printf(mem, "'steps':'1','file':['%s']", page)), ERR_INVALID,
            "is a web page");
    did(i, "sam", "step finish",
        with(i, h,
             arena_printf(mem, "'steps':'1','file':['%s']",
                          uploaded(i, "shot.png", "\x89PNG\r\n\x1a\n picture"))));
    audit_is_clean(i);
}

Test(evidence, the_exposure_window_is_measured_for_the_case)
{
    START;

    did(i, "kim", "grant revoke", "{'grant':'g-sam','reason':'leaves'}");
    i->now += INT64_C(90) * 60000;
    const json_t *x = vector_at(did(i, "aud", "handover show", with(i, h, "")), "exposure.0");
    cr_expect_str_eq(json_text(x, "grant"), "g-sam");
    cr_expect(json_is_true(json_object_get(x, "open")));
    cr_expect_eq(json_integer_value(json_object_get(x, "minutes")), 90);
    did(i, "kim", "grant confirm", "{'grant':'g-sam'}");
    i->now += INT64_C(600) * 60000;
    x = vector_at(did(i, "aud", "handover show", with(i, h, "")), "exposure.0");
    cr_expect_null(json_object_get(x, "open"));
    cr_expect_eq(json_integer_value(json_object_get(x, "minutes")), 90);
    audit_is_clean(i);
}
