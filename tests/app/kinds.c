/* kinds.c - a story for every kind of case but the ordinary leaver: who moves keeps what the new
 * position justifies, who is away gets all of it back, the dead are asked nothing. */
#include "stories.h"
#include "support/vectors.h"

#include "base/date.h"
#include "domain/kinds.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <string.h>

#define STORY \
    AUTO(arena_auto) struct arena *mem = arena_new(); \
    struct instance *i = instance_new(mem); \
    sam_holds(i)

static const char *text_of(struct instance *i, const char *who, const char *command,
                           const char *params, const char *path)
{
    const char *text = vector_text(did(i, who, command, params), path);

    return text ? text : "";
}

static const char *state_of(struct instance *i, const char *h)
{
    return text_of(i, "aud", "handover show", with(i, h, ""), "state");
}

static const char *owner_of(struct instance *i, const char *account)
{
    return text_of(i, "aud", "account show", arena_printf(i->mem, "{'account':'%s'}", account),
                   "owner.person");
}

static void begun(struct instance *i, const char *h)
{
    did(i, "hana", "handover schedule", with(i, h, ""));
    did(i, "hana", "handover start", with(i, h, "'reason':'it is time'"));
}

static void completed(struct instance *i, const char *h)
{
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    cr_expect_str_eq(state_of(i, h), "completed");
}

/* The words of the commands are those of the table. */
Test(kinds, are_one_table)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    PGconn *conn = PQconnectdb(i->uri);
    size_t n = 0;

    PQclear(PQexec(conn, "SET search_path = state, log"));
    PGresult *r = PQexec(conn, "SELECT kind, lays_out FROM kinds()");
    cr_assert_eq(PQresultStatus(r), PGRES_TUPLES_OK, "%s", PQerrorMessage(conn));
    for (; kinds_all[n]; n++) {
        int row = 0;
        while (row < PQntuples(r) && strcmp(PQgetvalue(r, row, 0), kinds_all[n]) != 0)
            row++;
        cr_assert_lt(row, PQntuples(r), "%s is not in the table", kinds_all[n]);
        bool own = strcmp(PQgetvalue(r, row, 1), "playbook") == 0;
        cr_expect_eq(kind_playbook(PQgetvalue(r, row, 1)) == NULL, own, "%s", kinds_all[n]);
    }
    cr_expect_eq(n, (size_t)PQntuples(r));
    PQclear(r);
    PQfinish(conn);
}

Test(kinds, are_told_what_they_need_and_nothing_else)
{
    static const char *const wrong[][2] = {
        {"{'kind':'mover','person':'sam','last_day':'2026-12-31'}", "to is missing"},
        {"{'kind':'leaver','last_day':'2026-12-31'}", "person is missing"},
        {"{'person':'sam'}", "last_day is missing"},
        {"{'person':'sam','last_day':'2026-12-31','to':'sales-ops'}", "means nothing"},
        {"{'kind':'mover','person':'sam','last_day':'2026-12-31','to':'sales-ops'}",
         "tess sits in 'sales-ops': tenure position vacate sales-ops"},
        {"{'kind':'absence','person':'sam','last_day':'2026-12-31'}", "back is missing"},
        {"{'kind':'absence','person':'sam','last_day':'2026-12-31','back':'2026-12-31'}",
         "is not after"},
        {"{'kind':'owner','account':'acme-group'}", "to is missing"},
        {"{'kind':'owner','account':'acme-group','to':'head-of-sales'}", "answers for it already"},
        {"{'kind':'owner','account':'acme-group','to':'sales-ops','person':'sam'}",
         "means nothing"},
        {"{'kind':'death','person':'adm','last_day':'2026-11-20','reason':'x','lead':'hana'}",
         "last administrator"},
        {"{'kind':'agency','last_day':'2026-12-31'}", "entity is missing"},
        {"{'kind':'death','person':'sam','last_day':'2026-12-31'}",
         "last_day 2026-12-31 is still to come"},
        {"{'person':'sam','last_day':'9999-12-31'}", "last_day 9999-12-31 is years ahead"},
        {"{'kind':'absence','person':'sam','last_day':'2026-12-31','back':'9999-12-31'}",
         "back 9999-12-31 is years ahead"},
    };
    STORY;

    for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++) {
        const json_t *reply;
        struct err *e = act(i, "hana", "handover create", wrong[k][0], &reply);
        cr_assert_not_null(e, "%s", wrong[k][0]);
        const char *said = arena_printf(mem, "%s %s", e->field ? e->field : "", e->text);
        cr_expect_not_null(strstr(said, wrong[k][1]), "'%s' is not in '%s'", wrong[k][1], said);
    }
}

/* ---- mover ----------------------------------------------------------------------------------- */

/* A seat in marketing; and what Sam has there already. */
static void a_seat_in_marketing(struct instance *i)
{
    did(i, "adm", "position register",
        "{'position':'ads-lead','title':'Ads lead','unit':'marketing'}");
    did(i, "adm", "account register",
        "{'account':'acme-ads','url':'https://x.com/acmeads','unit':'marketing',"
        "'owner':'ads-lead'}");
    did(i, "adm", "grant give",
        "{'grant':'g-ads','account':'acme-ads','person':'sam','role':'delegate'}");
    did(i, "adm", "account register",
        "{'account':'acme-line','url':'https://x.com/"
        "acmeline','unit':'sales','owner':'sales-ops'}");
    did(i, "adm", "heir designate",
        "{'heir':'h-line','account':'acme-line','position':'ads-lead'}");
    did(i, "adm", "grant give",
        "{'grant':'g-line','account':'acme-line','person':'sam','role':'delegate'}");
    did(i, "adm", "store register",
        "{'store':'m-vault','name':'Marketing','kind':'vault','unit':'marketing'}");
    did(i, "adm", "grant give",
        "{'grant':'g-m-vault','store':'m-vault','person':'sam','role':'reader'}");
    did(i, "adm", "credential record",
        "{'credential':'c-m','store':'m-vault','kind':'password','shared':true,'known_to':['sam']"
        "}");
}

static const char *moving(struct instance *i)
{
    did(i, "hana", "handover create",
        "{'handover':'mv','kind':'mover','person':'sam','to':'ads-lead','last_day':'2026-12-31'}");
    did(i, "hana", "handover successor", with(i, "mv", "'person':'tess'"));
    begun(i, "mv");
    return "mv";
}

Test(kinds, who_moves_keeps_what_the_new_position_justifies)
{
    STORY;

    a_seat_in_marketing(i);
    const json_t *plan =
        did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31','to':'ads-lead'}");
    cr_expect_eq(json_array_size(vector_at(plan, "items")), 5);
    const char *kept = json_compact(mem, vector_at(plan, "kept"));
    static const char *const rules[] = {
        "ads-lead answers for acme-ads", "ads-lead is in line for acme-line",
        "m-vault lies in the unit marketing of ads-lead", "\"item\":\"c-m\""};
    for (size_t k = 0; k < sizeof(rules) / sizeof(*rules); k++)
        cr_expect_not_null(strstr(kept, rules[k]), "no '%s' in %s", rules[k], kept);
    const char *h = moving(i);
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'sam'}", "status"), "active");
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));
    cr_expect_str_eq(vector_text(view, "declared"), "not demanded: the person stays");
    cr_expect_eq(json_array_size(vector_at(view, "kept")), 4);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    finish_and_verify(i, h);
    completed(i, h);
    no_rule_is_broken(i);
    audit_is_clean(i);
    cr_expect_str_eq(text_of(i, "aud", "position show", "{'position':'head-of-sales'}", "person"),
                     "sam", "the last day is not over");
    i->now += INT64_C(45) * 86400000;
    cr_expect_str_eq(text_of(i, "aud", "position show", "{'position':'ads-lead'}", "person"),
                     "sam");
    cr_expect_null(
        json_object_get(did(i, "aud", "position show", "{'position':'head-of-sales'}"), "person"));
    cr_expect_str_eq(text_of(i, "sam", "person show", "{'person':'sam'}", "status"), "active");
    cr_expect_str_eq(text_of(i, "aud", "grant show", "{'grant':'g-ads'}", "status"), "active");
    audit_is_clean(i);
}

/* I20 both ways: nothing of the difference is left, and nothing else is taken. */
Test(kinds, i20_the_difference_is_empty_and_no_more)
{
    STORY;

    a_seat_in_marketing(i);
    const char *h = moving(i);
    const char *left =
        json_compact(mem, vector_at(did(i, "aud", "handover show", with(i, h, "")), "left"));
    cr_expect_not_null(strstr(left, "g-sam"), "%s", left);
    cr_expect_null(strstr(left, "g-ads"), "%s", left);
    /* the new position comes to answer for the account: then its access is no difference any more
     */
    did(i, "adm", "heir designate", "{'heir':'h-2','account':'acme-group','position':'ads-lead'}");
    left = json_compact(mem, vector_at(did(i, "aud", "handover show", with(i, h, "")), "left"));
    cr_expect_not_null(strstr(left, "I20"), "%s", left);
    cr_expect_not_null(strstr(left, "ads-lead is in line for acme-group"), "%s", left);
    did(i, "hana", "handover rescope", with(i, h, ""));
    left = json_compact(mem, vector_at(did(i, "aud", "handover show", with(i, h, "")), "left"));
    cr_expect_null(strstr(left, "I20"), "%s", left);
    cr_expect_not_null(strstr(left, "g-vault"), "%s", left);
    audit_is_clean(i);
}

Test(kinds, a_seat_that_was_taken_meanwhile_is_said)
{
    STORY;

    a_seat_in_marketing(i);
    const char *h = moving(i);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "adm", "position fill", "{'position':'ads-lead','person':'kim'}");
    refused(i, "lea", "handover complete", with(i, h, "'attest':'x'"), ERR_CONFLICT,
            "kim sits in the new position");
    refused(i, "hana", "handover go-hostile", with(i, h, "'reference':'L','reason':'x'"),
            ERR_CONFLICT, "go_hostile");
    did(i, "adm", "position vacate", "{'position':'ads-lead'}");
    did(i, "lea", "handover complete", with(i, h, "'attest':'x'"));
    audit_is_clean(i);
}

/* ---- absence and back ------------------------------------------------------------------------ */

Test(kinds, who_is_away_gets_it_back)
{
    STORY;
    const char *h = "away", *back;

    did(i, "hana", "handover create",
        "{'handover':'away','kind':'absence','person':'sam','last_day':'2026-12-31',"
        "'back':'2027-03-01'}");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    begun(i, h);
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));
    cr_expect_eq(json_array_size(vector_at(view, "steps")), 1, "nothing is rotated or revoked");
    did(i, "adm", "grant give",
        "{'grant':'g-time','account':'acme-group','person':'tess','role':'manager',"
        "'ends_at':'2027-03-01'}");
    accept_inventory(i, "tess", h);
    cr_expect_str_eq(owner_of(i, "acme-group"), "tess");
    refused(i, "tess", "step finish", with(i, h, "'steps':'1'"), ERR_INVALID, "note");
    did(i, "tess", "step finish", with(i, h, "'steps':'1','note':'I can publish'"));
    did(i, "lea", "step verify", with(i, h, "'steps':'1'"));
    completed(i, h);
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'sam'}", "status"), "active");
    cr_expect_str_eq(text_of(i, "aud", "grant show", "{'grant':'g-sam'}", "status"), "active");
    const json_t *list = did(i, "aud", "handover list", "{'kind':'hand_back'}");
    cr_assert_eq(json_array_size(vector_at(list, "items")), 1);
    cr_expect_str_eq(vector_text(list, "items.0.person"), "tess");
    cr_expect_str_eq(vector_text(list, "items.0.last_day"), "2027-03-01");
    back = arena_copy(mem, vector_text(list, "items.0.handover"));
    cr_expect_str_eq(text_of(i, "aud", "handover show", with(i, back, ""), "follows"), "away");
    no_rule_is_broken(i);
    audit_is_clean(i);

    i->now += INT64_C(98) * 86400000; /* the day before the return */
    begun(i, back);
    view = did(i, "aud", "handover show", with(i, back, ""));
    cr_expect_eq(json_array_size(vector_at(view, "steps")), 1, "what was given for the time");
    refused(i, "lea", "handover complete", with(i, back, "'attest':'x'"), ERR_CONFLICT, "g-time");
    did(i, "adm", "grant revoke", "{'grant':'g-time','reason':'sam is back'}");
    did(i, "adm", "grant confirm", "{'grant':'g-time'}");
    accept_inventory(i, "sam", back);
    finish_and_verify(i, back);
    completed(i, back);
    cr_expect_str_eq(owner_of(i, "acme-group"), "sam");
    cr_expect_str_eq(text_of(i, "aud", "grant show", "{'grant':'g-tess'}", "status"), "active");
    no_rule_is_broken(i);
    audit_is_clean(i);
}

/* Whoever is away on the day takes nothing over; before it begins and when it is over they do. */
Test(kinds, who_is_away_is_no_successor)
{
    STORY;

    did(i, "hana", "handover create",
        "{'handover':'ab-tess','kind':'absence','person':'tess','last_day':'2026-12-10',"
        "'back':'2027-02-01'}");
    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2026-12-31'}");
    refused(i, "hana", "handover successor", with(i, "lv-sam", "'person':'tess'"), ERR_INVALID,
            "'tess' is away after 2026-12-10, until 2027-02-01");
    did(i, "hana", "handover reanchor", with(i, "lv-sam", "'last_day':'2026-12-09','reason':'x'"));
    did(i, "hana", "handover successor", with(i, "lv-sam", "'person':'tess'"));
    did(i, "hana", "handover reanchor", with(i, "lv-sam", "'last_day':'2027-02-01','reason':'x'"));
    did(i, "hana", "handover successor", with(i, "lv-sam", "'person':'uma'"));
    did(i, "hana", "handover successor", with(i, "lv-sam", "'person':'tess'"));
    did(i, "hana", "handover cancel", with(i, "ab-tess", "'reason':'stays'"));
    did(i, "hana", "handover reanchor", with(i, "lv-sam", "'last_day':'2026-12-31','reason':'x'"));
    did(i, "hana", "handover successor", with(i, "lv-sam", "'person':'uma'"));
    did(i, "hana", "handover successor", with(i, "lv-sam", "'person':'tess'"));
    audit_is_clean(i);
}

/* ---- death ----------------------------------------------------------------------------------- */

Test(kinds, the_dead_are_asked_nothing)
{
    STORY;
    const char *h = "sam-died";
    const json_t *step;
    size_t n;

    did(i, "hana", "handover create",
        "{'handover':'sam-died','kind':'death','person':'sam','last_day':'2026-11-20',"
        "'reason':'the family has told us'}");
    refused(i, "sam", "account show", "{'account':'acme-group'}", ERR_UNSIGNED, "revoked");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    begun(i, h);
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));
    json_array_foreach (vector_at(view, "steps"), n, step)
        cr_expect_str_neq(json_text(step, "assignee"), "sam", "%s", json_text(step, "title"));
    json_array_foreach (vector_at(view, "next"), n, step)
        cr_expect_str_neq(json_text(step, "who"), "sam", "%s", json_text(step, "what"));
    cr_expect_str_eq(vector_text(view, "declared"), "not demanded: the person has died");
    refused(i, "hana", "step reassign", with(i, h, "'steps':'1','person':'sam'"), ERR_INVALID,
            "leaver");
    no_rule_is_broken(i);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    finish_and_verify(i, h);
    completed(i, h);
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'sam'}", "status"), "deceased");
    no_rule_is_broken(i);
    audit_is_clean(i);
}

/* It was somebody else of that name: nothing that was ended comes back by itself, and that is said.
 */
Test(kinds, whoever_has_not_died_after_all_gets_another_key)
{
    STORY;

    did(i, "hana", "handover create",
        "{'handover':'sam-died','kind':'death','person':'sam','last_day':'2026-11-20',"
        "'reason':'the family has told us'}");
    const json_t *reply =
        did(i, "hana", "handover cancel", with(i, "sam-died", "'reason':'another Sam'"));
    const char *said = vector_text(reply, "result.shut_out");
    cr_expect_not_null(strstr(said, "tenure key invite sam, tenure role give sam ROLE"), "%s",
                       said);
    refused(i, "sam", "account show", "{'account':'acme-group'}", ERR_UNSIGNED, "revoked");
    refused(i, "adm", "key invite", "{'person':'sam'}", ERR_CONFLICT,
            "another administrator has to confirm");
    did(i, "adm", "role give", "{'person':'hana','role':'admin'}");
    reply = did(i, "adm", "key invite", "{'person':'sam'}");
    did(i, "hana", "key confirm",
        arena_printf(i->mem, "{'invitation':'%s'}", vector_text(reply, "result.invitation")));
    audit_is_clean(i);
}

Test(kinds, who_cannot_hand_over_leaves_without_a_declaration)
{
    STORY;
    const char *h = "ill";

    did(i, "hana", "handover create",
        "{'handover':'ill','kind':'incapacity','person':'sam','last_day':'2026-12-31'}");
    refused(i, "sam", "account show", "{'account':'acme-group'}", ERR_UNSIGNED, "revoked");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    begun(i, h);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    finish_and_verify(i, h);
    completed(i, h);
    i->now += INT64_C(45) * 86400000;
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'sam'}", "status"), "left");
    audit_is_clean(i);
}

/* ---- owner ----------------------------------------------------------------------------------- */

Test(kinds, an_account_gets_another_owner_and_nothing_else_changes)
{
    STORY;
    const char *h = "own";

    did(i, "hana", "handover create",
        "{'handover':'own','kind':'owner','account':'acme-group','to':'sales-ops'}");
    refused(i, "hana", "handover create",
            "{'kind':'owner','account':'acme-group','to':'marketing-lead'}", ERR_CONFLICT,
            "moves acme-group already");
    begun(i, h);
    cr_expect_null(json_object_get(did(i, "aud", "handover show", with(i, h, "")), "steps"));
    refused(i, "hana", "handover complete", with(i, h, "'attest':'x'"), ERR_CONFLICT, "I8");
    accept_inventory(i, "tess", h);
    refused(i, "tess", "handover complete", with(i, h, "'attest':'x'"), ERR_FORBIDDEN, "");
    completed(i, h);
    cr_expect_str_eq(owner_of(i, "acme-group"), "tess");
    cr_expect_str_eq(text_of(i, "aud", "grant show", "{'grant':'g-sam'}", "status"), "active");
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'sam'}", "status"), "active");
    no_rule_is_broken(i);
    audit_is_clean(i);
}

/* Sam's leaving is known only after the last day: from then on, not before. */
Test(kinds, who_is_known_late_to_leave_has_left_all_the_same)
{
    STORY;
    const char *h = "late";

    did(i, "hana", "handover create",
        "{'handover':'late','person':'sam','last_day':'2026-11-20','reason':'nobody told us'}");
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    begun(i, h);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "hana", "handover declare", with(i, h, "'not_obtained':'cannot be reached'"));
    finish_and_verify(i, h);
    completed(i, h);
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'sam'}", "status"), "left");
    audit_is_clean(i);
}

/* ---- agency ---------------------------------------------------------------------------------- */

/* Ann and Bob of Pixel: Bob answers for an account, Ann has access, the firm reads the vault. */
static void a_firm(struct instance *i)
{
    did(i, "adm", "entity register", "{'entity':'pixel','name':'Pixel Ltd','kind':'agency'}");
    did(i, "adm", "person register",
        "{'person':'ann','name':'Ann','employer':'pixel','external':true,'unit':'marketing'}");
    did(i, "adm", "person register",
        "{'person':'bob','name':'Bob','employer':'pixel','external':true,'unit':'marketing'}");
    did(i, "adm", "position register",
        "{'position':'community','title':'Community','unit':'marketing'}");
    did(i, "adm", "position fill", "{'position':'community','person':'bob'}");
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acmex','unit':'marketing','owner':'community'}");
    did(i, "adm", "grant give",
        "{'grant':'g-ann','account':'acme-group','person':'ann','role':'manager'}");
    did(i, "adm", "grant give",
        "{'grant':'g-pixel','store':'vault','entity':'pixel','role':'reader'}");
    did(i, "adm", "controlpoint add",
        "{'controlpoint':'cp-pixel','account':'acme-x','kind':'recovery_mail','entity':'pixel'}");
}

Test(kinds, a_firm_goes_with_its_people_and_all_it_held)
{
    STORY;
    const char *h = "pixel-ends";

    a_firm(i);
    refused(i, "hana", "handover create",
            "{'kind':'agency','entity':'pixel','last_day':'2026-12-31','lead':'ann'}", ERR_INVALID,
            "nobody of the firm");
    did(i, "hana", "handover create",
        "{'handover':'pixel-ends','kind':'agency','entity':'pixel','last_day':'2027-01-01'}");
    refused(i, "hana", "handover create",
            "{'kind':'agency','entity':'pixel','last_day':'2026-12-30'}", ERR_CONFLICT,
            "pixel-ends");
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'ann'}", "status"), "leaver");
    refused(i, "hana", "handover successor", with(i, h, "'person':'bob'"), ERR_INVALID, "leaver");
    did(i, "hana", "handover successor", with(i, h, "'person':'uma'"));
    begun(i, h);
    did(i, "hana", "handover reanchor",
        with(i, h, "'last_day':'2026-12-31','reason':'a day less'"));
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'ann'}", "last_day"),
                     "2026-12-31");
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));
    const char *steps = json_compact(mem, vector_at(view, "steps"));
    static const char *const items[] = {"revoke/g-ann", "revoke/g-pixel", "control/cp-pixel",
                                        "rotate/c-1", "acme-x/"};
    for (size_t k = 0; k < sizeof(items) / sizeof(*items); k++)
        cr_expect_not_null(strstr(steps, items[k]), "no %s in %s", items[k], steps);
    cr_expect_null(strstr(steps, "\"assignee\":\"bob\""), "%s", steps);
    refused(i, "hana", "step reassign", with(i, h, "'steps':'1','person':'bob'"), ERR_INVALID,
            "leaver");
    did(i, "adm", "grant revoke", "{'grant':'g-ann','reason':'the contract ends'}");
    did(i, "adm", "grant confirm", "{'grant':'g-ann'}");
    did(i, "adm", "grant revoke", "{'grant':'g-pixel','reason':'the contract ends'}");
    did(i, "adm", "grant confirm", "{'grant':'g-pixel'}");
    did(i, "adm", "controlpoint change", "{'controlpoint':'cp-pixel','person':'uma'}");
    i->now += 1000;
    did(i, "adm", "credential rotate", "{'credential':'c-1','proof':'vault_version','value':'2'}");
    accept_inventory(i, "uma", h);
    finish_and_verify(i, h);
    completed(i, h);
    no_rule_is_broken(i);
    audit_is_clean(i);
    i->now += INT64_C(45) * 86400000;
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'ann'}", "status"), "left");
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'bob'}", "status"), "left");
    cr_expect_str_eq(owner_of(i, "acme-x"), "uma");
    no_rule_is_broken(i);
    audit_is_clean(i);
}

Test(kinds, a_firm_that_stays_after_all_keeps_its_people)
{
    STORY;

    a_firm(i);
    did(i, "hana", "handover create",
        "{'handover':'pixel-ends','kind':'agency','entity':'pixel','last_day':'2026-12-31'}");
    did(i, "hana", "handover cancel", with(i, "pixel-ends", "'reason':'the contract goes on'"));
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'bob'}", "status"), "active");
    did(i, "hana", "handover reopen", with(i, "pixel-ends", "'reason':'it does not'"));
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'bob'}", "status"), "leaver");
    audit_is_clean(i);
}

/* ---- reorganisation -------------------------------------------------------------------------- */

static const char *mapping_of(struct instance *i, const char *rows, const char *more)
{
    return arena_printf(
        i->mem, "{'file':'%s'%s}",
        uploaded(i, "map.csv",
                 arena_printf(i->mem, "account,new position,new unit,legal owner,date\n%s", rows)),
        more);
}

static const char *case_of_sam(struct instance *i)
{
    const json_t *list = did(i, "aud", "handover list", "{'kind':'reorganisation','person':'sam'}");

    cr_assert_eq(json_array_size(vector_at(list, "items")), 1);
    return arena_copy(i->mem, vector_text(list, "items.0.handover"));
}

Test(kinds, a_mapping_moves_accounts_when_both_sides_have_signed)
{
    STORY;
    static const char rows[] = "acme-group,marketing-lead,marketing,beta,2026-12-31\n"
                               "acme-two,sales-ops,,,2026-12-31\n";

    did(i, "adm", "entity register", "{'entity':'beta','name':'Beta Ltd','kind':'company'}");
    did(i, "adm", "account register",
        "{'account':'acme-two','url':'https://x.com/acmetwo','unit':'sales',"
        "'owner':'head-of-sales'}");
    did(i, "lea", "title assert", "{'account':'acme-group','holder':'acme','since':'2019-05-01'}");
    const json_t *plan =
        did(i, "hana", "import reassignments", mapping_of(i, rows, ",'dry_run':true"));
    const char *hash = arena_copy(mem, vector_text(plan, "plan"));
    const char *said = json_compact(mem, plan);
    cr_expect_not_null(strstr(said, "acme-group passes from sam to uma, into the unit marketing, "
                                    "its title to beta\""),
                       "%s", said);
    cr_expect_not_null(strstr(said, "acme-two passes from sam to tess\""), "%s", said);
    did(i, "hana", "import reassignments",
        mapping_of(i, rows, arena_printf(mem, ",'plan':'%s'", hash)));
    const char *h = case_of_sam(i);
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));
    cr_expect_str_eq(vector_text(view, "accounts.0.holder"), "beta");
    cr_expect_str_eq(vector_text(view, "accounts.0.unit"), "marketing");
    cr_expect_str_eq(vector_text(view, "accounts.1.successor"), "tess");
    plan = did(i, "hana", "import reassignments", mapping_of(i, rows, ",'dry_run':true"));
    cr_expect_eq(json_integer_value(vector_at(plan, "changed")), 0, "the same file again");

    begun(i, h);
    accept_inventory(i, "uma", h);
    accept_inventory(i, "tess", h);
    did(i, "hana", "handover submit", with(i, h, ""));
    refused(i, "lea", "handover complete", with(i, h, "'attest':'x'"), ERR_CONFLICT, "declaration");
    did(i, "sam", "handover declare", with(i, h, ""));
    const char *declared = text_of(i, "aud", "handover show", with(i, h, ""), "declared");
    cr_expect_not_null(strstr(declared, "I give these accounts up"), "%s", declared);
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    cr_expect_str_eq(owner_of(i, "acme-group"), "uma");
    cr_expect_str_eq(owner_of(i, "acme-two"), "tess");
    cr_expect_str_eq(text_of(i, "aud", "title show", "{'account':'acme-group'}", "chain.1.holder"),
                     "beta");
    cr_expect_str_eq(text_of(i, "aud", "account show", "{'account':'acme-group'}", "unit"),
                     "marketing");
    cr_expect_str_eq(text_of(i, "aud", "person show", "{'person':'sam'}", "status"), "active");
    plan = did(i, "hana", "import reassignments", mapping_of(i, rows, ",'dry_run':true"));
    cr_expect_eq(json_integer_value(vector_at(plan, "changed")), 0, "it is so");
    no_rule_is_broken(i);
    audit_is_clean(i);
}

/* One wrong row, and nothing is changed. */
Test(kinds, a_mapping_is_all_or_nothing)
{
    static const char *const wrong[][2] = {
        {"acme-group,head-of-sales,marketing,,2026-12-31\n", "both sides are one"},
        {"acme-group,nowhere,,,2026-12-31\n", "nowhere"},
        {"acme-group,empty-seat,,,2026-12-31\n", "nobody holds 'empty-seat'"},
        {"nobodys,sales-ops,,,2026-12-31\n", "nobody answers for 'nobodys'"},
        {"acme-group,sales-ops,,,2026-12-31\nacme-group,marketing-lead,,,2026-12-31\n",
         "line 2 maps 'acme-group' already"},
    };
    STORY;

    did(i, "adm", "position register", "{'position':'empty-seat','title':'Empty'}");
    did(i, "adm", "account register",
        "{'account':'nobodys','url':'https://x.com/nobodys','unit':'sales'}");
    for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++) {
        const char *rows = arena_printf(mem, "%s", wrong[k][0]);
        const json_t *reply;
        struct err *e = act(i, "hana", "import reassignments", mapping_of(i, rows, ""), &reply);
        cr_assert_not_null(e, "%s", wrong[k][0]);
        bool there = false;
        for (const struct err_item *item = e->items; item; item = item->next)
            there = there || strstr(item->text, wrong[k][1]);
        cr_expect(there, "'%s' is not said: %s", wrong[k][1], e->text);
    }
    cr_expect_eq(json_array_size(vector_at(did(i, "aud", "handover list", "{}"), "items")), 0);
    audit_is_clean(i);
}
