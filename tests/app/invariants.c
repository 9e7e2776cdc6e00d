/* invariants.c - every rule of handovers (rules() in sql/service/000_machine.sql), broken on
 * purpose: the commands refuse, PostgreSQL refuses, or what checks it says so. */
#include "stories.h"
#include "support/vectors.h"

#include "base/date.h"
#include "base/file.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdlib.h>

/* Sam's case, with nothing left: only completing is to be done. */
static const char *all_but_completed(struct instance *i)
{
    sam_holds(i);
    const char *h = case_opened(i);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    return h;
}

static void cannot_complete(struct instance *i, const char *h, const char *why)
{
    refused(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"), ERR_CONFLICT,
            why);
}

#define ALL_BUT_COMPLETED \
    AUTO(arena_auto) struct arena *mem = arena_new(); \
    struct instance *i = instance_new(mem); \
    const char *h = all_but_completed(i)

/* As the database's owner, with everything off that stands in the way but the constraints. */
static const char *edited(struct instance *i, const char *sql)
{
    PGconn *conn = PQconnectdb(i->uri);
    PGresult *r =
        PQexec(conn, "SET session_replication_role = replica; SET search_path = state, log");

    PQclear(r);
    r = PQexec(conn, sql);
    const char *said = arena_copy(i->mem, PQresultStatus(r) == PGRES_COMMAND_OK ||
                                                  PQresultStatus(r) == PGRES_TUPLES_OK
                                              ? ""
                                              : PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME));
    PQclear(r);
    PQfinish(conn);
    return said;
}

Test(invariants, i1_an_invitation_is_access_too)
{
    ALL_BUT_COMPLETED;

    did(i, "adm", "grant give",
        "{'account':'acme-group','person':'sam','role':'editor','invited':true,"
        "'ends_at':'2026-12-31'}");
    cannot_complete(i, h, "I1 ");
}

Test(invariants, i2_the_leaver_answers_for_one_more)
{
    ALL_BUT_COMPLETED;

    did(i, "adm", "account register",
        "{'account':'late','url':'https://x.com/late','unit':'sales','owner':'head-of-sales'}");
    cannot_complete(i, h, "I2 late");
    did(i, "hana", "handover rescope", with(i, h, ""));
    cr_expect_str_eq(vector_text(did(i, "aud", "handover show", with(i, h, "")), "state"),
                     "in_progress", "what is new did not bring it back");
}

Test(invariants, i3_the_leaver_could_know_a_secret)
{
    ALL_BUT_COMPLETED;

    did(i, "adm", "credential known", "{'credential':'c-1','person':'sam','how':'revealed'}");
    cannot_complete(i, h, "I3 c-1");
}

Test(invariants, i4_the_leaver_holds_a_control_point)
{
    ALL_BUT_COMPLETED;

    did(i, "adm", "controlpoint add",
        "{'controlpoint':'cp-9','account':'acme-group','kind':'recovery_mail','person':'sam'}");
    cannot_complete(i, h, "I4 cp-9");
}

/* Too few owners, until two people accept that. */
Test(invariants, i5_too_few_owners_stay)
{
    ALL_BUT_COMPLETED;

    did(i, "adm", "grant revoke", "{'grant':'g-kim'}");
    did(i, "adm", "grant confirm", "{'grant':'g-kim'}");
    cannot_complete(i, h, "I5 acme-group: acme-group has 1 owner who stays and should have 2");
    did(i, "adm", "handover state-risk",
        with(i, h,
             "'account':['acme-group'],'residual':'one alone','compensating':'a second is sought',"
             "'review_on':'2027-02-01'"));
    cannot_complete(i, h, "I5 acme-group");
    did(i, "lea", "handover accept-risk", with(i, h, "'reason':'for two months'"));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    audit_is_clean(i);
}

Test(invariants, i6_evidence_is_another_file)
{
    ALL_BUT_COMPLETED;

    cr_assert_str_empty(edited(i, "UPDATE tenure.blob SET bytes = 'x'"));
    cannot_complete(i, h, "is not the one that was hashed");
}

Test(invariants, i7_whoever_did_it_has_seen_it)
{
    ALL_BUT_COMPLETED;

    (void)h;
    cr_expect_str_eq(edited(i, "UPDATE step SET verifier = performer WHERE state = 'verified'"),
                     "seen_by_another");
    cr_expect_str_eq(edited(i, "UPDATE step SET verifier = NULL WHERE state = 'verified'"),
                     "seen_by_another");
    cr_assert_str_empty(
        edited(i, "UPDATE step s SET verifier = h.person FROM handover h WHERE h.id = s.handover "
                  "AND s.state = 'verified' AND s.performer <> h.person"));
    says(broken_rules(i), "I7 lv-sam step ");
    cannot_complete(i, h, "I7 step ");
}

Test(invariants, i8_who_accepted_sits_there_no_more)
{
    ALL_BUT_COMPLETED;

    did(i, "hana", "position vacate", "{'position':'sales-ops'}");
    cannot_complete(i, h, "I8 acme-group: acme-group: nobody who is still here");
}

Test(invariants, i9_what_must_be_done_is_waived)
{
    ALL_BUT_COMPLETED;

    (void)h;
    cr_expect_str_eq(edited(i,
                            "UPDATE step SET state = 'waived', reason = 'x', asked_by = performer, "
                            "waived_by = verifier WHERE kind = 'revoke'"),
                     "waived_by_another");
    cr_expect_str_eq(edited(i,
                            "UPDATE step SET state = 'waived', reason = 'x', asked_by = verifier, "
                            "waived_by = verifier WHERE kind = 'playbook'"),
                     "waived_by_another");
}

Test(invariants, i10_a_thing_is_covered_by_no_step)
{
    ALL_BUT_COMPLETED;

    did(i, "adm", "responsibility assign",
        "{'responsibility':'r-9','account':'acme-group','person':'sam','duty':'moderation'}");
    cannot_complete(i, h, "I10 r-9");
}

/* What was given by mistake when the steps had ended, and is seen gone, is nothing to lay out. */
Test(invariants, i10_what_came_and_went_needs_no_step)
{
    ALL_BUT_COMPLETED;

    i->now += 60000;
    did(i, "adm", "grant give",
        "{'grant':'g-late','account':'acme-group','person':'sam','role':'editor',"
        "'ends_at':'2026-12-31'}");
    cannot_complete(i, h, "I1 g-late");
    i->now += 60000;
    did(i, "kim", "grant revoke", "{'grant':'g-late','reason':'a mistake'}");
    did(i, "kim", "grant confirm", "{'grant':'g-late'}");
    did(i, "hana", "handover rescope", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    audit_is_clean(i);
}

Test(invariants, i11_who_has_left_has_nothing_to_do)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "step reassign", with(i, h, "'steps':'1','person':'uma'"));
    did(i, "hana", "handover lead", with(i, h, "'person':'uma'"));
    did(i, "hana", "person retire", "{'person':'uma','last_day':'2026-11-21'}");
    cr_expect_str_empty(broken_rules(i));
    audit_is_clean(i);
    cr_assert_str_empty(edited(i,
                               "UPDATE step SET assignee = (SELECT id FROM thing WHERE ref = 'uma' "
                               "AND noun = 'person') WHERE number = 1"));
    says(broken_rules(i), "I11 lv-sam step 1");
    cr_assert_str_empty(edited(i, "UPDATE step SET assignee = NULL WHERE number = 1"));
    says(broken_rules(i), "I11 lv-sam step 1 is nobody's");
}

Test(invariants, i12_a_successor_leaves_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "handover create",
        "{'handover':'lv-tess','person':'tess','last_day':'2026-12-31'}");
    refused(i, "tess", "handover inventory", with(i, h, ""), ERR_FORBIDDEN, "tess is not");
    cr_expect_str_empty(broken_rules(i));
    audit_is_clean(i);
}

Test(invariants, i13_a_state_without_its_event)
{
    ALL_BUT_COMPLETED;

    (void)h;
    cr_expect_str_eq(edited(i, "UPDATE handover SET state = 'forgotten'"), "known_state");
    cr_expect_str_eq(edited(i, "UPDATE step SET state = 'forgotten'"), "known_state");
    cr_assert_str_empty(
        edited(i, "UPDATE handover SET state = 'completed' WHERE state = 'verifying'"));
    audit_names(i, "state.handover", NULL);
}

/* That the same intent again makes nothing is in actorkeys.c; here it is asked for anew. */
Test(invariants, i14_the_same_again_changes_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const char *before = json_compact(mem, did(i, "aud", "handover show", with(i, h, "")));
    refused(i, "hana", "handover create", "{'person':'sam','last_day':'2026-12-31'}", ERR_CONFLICT,
            "H1 one_open: the handover 'lv-sam' of sam is open");
    refused(i, "hana", "handover start", with(i, h, "'reason':'again'"), ERR_CONFLICT,
            "it would have to be scheduled");
    cr_expect_str_eq(json_compact(mem, did(i, "aud", "handover show", with(i, h, ""))), before);
}

Test(invariants, i15_of_two_one_wins)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "step claim", with(i, h, "'steps':'1'"));
    refused(i, "adm", "step claim", with(i, h, "'steps':'1'"), ERR_CONFLICT,
            "step 1 is in_progress");
}

Test(invariants, i16_a_hostile_leaver_can_still_sign)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "handover go-hostile", with(i, h, "'reference':'L-1','reason':'a threat'"));
    cr_expect_str_empty(broken_rules(i));
    cr_assert_str_empty(
        edited(i, "UPDATE key k SET revoked = NULL FROM handover h WHERE k.person = h.person"));
    says(broken_rules(i), "I16 lv-sam sam can still sign");
    refused(i, "sam", "account show", "{'account':'acme-group'}", ERR_FORBIDDEN, "shut out");
}

Test(invariants, i17_nobody_answers_for_an_account)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "hana", "position vacate", "{'position':'head-of-sales'}");
    says(json_compact(mem, did(i, "aud", "gaps", "{'risk':'orphan'}")), "acme-group");
    cr_expect_str_empty(broken_rules(i));
}

/* What was known at a time is shown the same whatever came after. */
Test(invariants, i18_what_was_on_record_stays)
{
    ALL_BUT_COMPLETED;
    const char *then = arena_printf(mem, "'as_of':'%s','as_known':'%s'", instant_text(mem, i->now),
                                    instant_text(mem, i->now));
    const json_t *before = did(i, "aud", "handover show", with(i, h, then));

    i->now += 60000;
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    i->now += 60000;
    did(i, "hana", "handover reopen", with(i, h, "'reason':'a grant was found'"));
    cr_expect_str_eq(json_compact(mem, did(i, "aud", "handover show", with(i, h, then))),
                     json_compact(mem, before));
    audit_is_clean(i);
}

/* The newest use of c-1 in an emergency, as it is shown. */
static const json_t *glass_of(struct instance *i)
{
    const json_t *shown = did(i, "aud", "credential show", "{'credential':'c-1'}");

    return json_array_get(json_object_get(shown, "glass"), 0);
}

static const char *review(struct instance *i, const char *finding)
{
    return arena_printf(i->mem, "{'credential':'c-1','entry':%lld,'finding':'%s'}",
                        (long long)json_integer_value(json_object_get(glass_of(i), "entry")),
                        finding);
}

Test(invariants, i19_a_broken_glass_is_looked_at_by_another_and_the_secret_is_due)
{
    ALL_BUT_COMPLETED;

    did(i, "adm", "credential break-glass",
        "{'credential':'c-1','person':'sam','reason':'the page was defaced at night'}");
    cannot_complete(i, h, "I19 c-1");
    says(json_compact(mem, did(i, "aud", "gaps", "{}")), "\"risk\":\"glass_unreviewed\"");
    says(json_compact(mem, did(i, "aud", "credential due", "{}")), "the glass was broken");
    refused(i, "adm", "credential review", review(i, "justified"), ERR_FORBIDDEN, "you recorded");
    refused(i, "kim", "credential review", "{'credential':'c-1','entry':0,'finding':'misuse'}",
            ERR_INVALID, "0 is no use of 'c-1'");
    cr_expect_str_eq(edited(i, "UPDATE glass_break SET reviewed_by = person, finding = 'misuse'"),
                     "reviewed_by_another");

    did(i, "kim", "credential review", review(i, "misuse"));
    did(i, "kim", "credential review", review(i, "misuse")); /* says so once */
    refused(i, "kim", "credential review", review(i, "justified"), ERR_CONFLICT, "misuse");
    cr_expect_str_eq(vector_text(glass_of(i), "reviewed_by"), "kim");
    cannot_complete(i, h, "I3 c-1"); /* looked at, and still not another secret */
    did(i, "kim", "credential rotate", "{'credential':'c-1','proof':'vault_version','value':'99'}");
    cr_expect_null(strstr(json_compact(mem, did(i, "aud", "credential due", "{}")), "glass"));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    audit_is_clean(i);
}

/* Whoever may use it anyway is not asked before, but afterwards; and does not rotate it alone. */
Test(invariants, i19_who_is_entitled_breaks_the_glass_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "sam", "credential break-glass", "{'credential':'c-1','reason':'locked out'}");
    cr_expect_str_eq(vector_text(glass_of(i), "person"), "sam");
    refused(i, "sam", "credential rotate",
            "{'credential':'c-1','proof':'vault_version','value':'99'}", ERR_FORBIDDEN,
            "somebody else must change it");
    refused(i, "sam", "credential review", review(i, "justified"), ERR_FORBIDDEN, "you used it");
    did(i, "kim", "credential review", review(i, "justified"));
    cr_expect_null(strstr(json_compact(mem, did(i, "aud", "gaps", "{}")), "glass_unreviewed"));
    says(json_compact(mem, did(i, "aud", "credential due", "{}")), "the glass was broken");
    audit_is_clean(i);
}

/* I20, of movers, is broken in kinds.c. */
Test(invariants, every_rule_is_broken_here)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes text;

    cr_assert_ok(file_read(mem,
                           arena_printf(mem, "%s/tests/app/invariants.c", getenv("TENURE_ROOT")),
                           1 << 20, &text));
    const char *source = arena_copy_n(mem, (const char *)text.at, text.n);
    for (int k = 1; k <= 19; k++)
        cr_expect_not_null(strstr(source, arena_printf(mem, "Test(invariants, i%d_", k)), "I%d", k);
}
