/* leaving.c - the ordinary leaver, from notice to completed, and everything that must stand in the
 * way. */
#include "stories.h"
#include "support/vectors.h"

#include "archive/archive.h"
#include "base/date.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(leaving, runs_from_notice_to_completed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const json_t *plan =
        did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31'}");
    cr_expect_eq(json_array_size(vector_at(plan, "accounts")), 1);
    cr_expect_eq(json_array_size(vector_at(plan, "items")), 5,
                 "grant, vault, key, control point, duty");
    const char *h = case_opened(i);
    refused(i, "hana", "handover submit", with(i, h, ""), ERR_CONFLICT, "step");
    const char *text = vector_text(did(i, "tess", "handover inventory", with(i, h, "")), "text");
    static const char *const said[] = {"  reached by sam as ",
                                       "  reached by tess as ",
                                       "  control point ",
                                       ", held by sam\n",
                                       "  secret ",
                                       ", version 1"};
    for (size_t k = 0; k < sizeof(said) / sizeof(*said); k++)
        cr_expect_not_null(strstr(text, said[k]), "no '%s' in:\n%s", said[k], text);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));
    cr_expect_str_eq(vector_text(view, "state"), "completed");
    did(i, "sam", "person show", "{'person':'sam'}");
    audit_is_clean(i);
    i->now += INT64_C(45) * 86400000;
    const json_t *sam = did(i, "aud", "person show", "{'person':'sam'}");
    cr_expect_str_eq(vector_text(sam, "status"), "left");
    refused(i, "sam", "account show", "{'account':'acme-group'}", ERR_UNSIGNED, "revoked");
    audit_is_clean(i);
}

/* The case was completed with its last day ahead; then Sam stays after all. */
Test(leaving, who_stays_after_all_does_not_leave_on_the_last_day)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    did(i, "hana", "handover reopen", with(i, h, "'reason':'the notice was withdrawn'"));
    const json_t *longer = did(i, "hana", "handover reanchor",
                               with(i, h, "'last_day':'2027-01-15','reason':'two weeks more'"));
    cr_expect_not_null(strstr(vector_text(longer, "result.key_ends"), "tenure key invite sam"));
    const json_t *reply =
        did(i, "hana", "handover cancel", with(i, h, "'reason':'the notice was withdrawn'"));
    const char *ends = vector_text(reply, "result.key_ends");
    cr_expect_not_null(strstr(ends, "signs until 2027-01-01 00:00 (UTC)"), "%s", ends);
    const json_t *sam = did(i, "aud", "person show", "{'person':'sam'}");
    cr_expect_str_eq(vector_text(sam, "keys.0.until"), "2027-01-01T00:00:00+00:00");
    i->now += INT64_C(45) * 86400000;
    cr_expect_str_eq(vector_text(did(i, "aud", "person show", "{'person':'sam'}"), "status"),
                     "active");
    cr_expect_str_eq(
        vector_text(did(i, "aud", "position show", "{'position':'head-of-sales'}"), "person"),
        "sam");
    audit_is_clean(i);
}

Test(leaving, that_is_long_past_is_no_slip_of_the_pen)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *past = "{'person':'sam','last_day':'2016-12-31'}";

    refused(i, "hana", "handover create", past, ERR_INVALID, "2016-12-31 is over");
    cr_expect_str_eq(vector_text(did(i, "hana", "handover plan", past), "warning"),
                     "that day is over");
    did(i, "hana", "handover create",
        "{'person':'sam','last_day':'2016-12-31','reason':'nobody had told us'}");
    refused(i, "hana", "person change", "{'person':'uma','zone':'Mars'}", ERR_INVALID, "Mars");
    refused(i, "hana", "person register", "{'person':'new','name':'N','zone':'Europe'}",
            ERR_INVALID, "Europe");
    audit_is_clean(i);
}

/* A month before the last day, at a place where that ends ten hours late. */
Test(leaving, a_key_is_good_until_the_last_day_is_over_there)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    int64_t over;

    did(i, "hana", "person change", "{'person':'uma','zone':'Pacific/Honolulu'}");
    refused(i, "hana", "handover create", "{'person':'sam','last_day':'2026-12-31','zone':'Mars'}",
            ERR_INVALID, "Mars");
    did(i, "hana", "person retire", "{'person':'uma','last_day':'2026-12-31'}");
    cr_assert(instant_parse("2027-01-01T10:00:00.000Z", &over));
    i->now = over - 1;
    cr_expect_str_eq(vector_text(did(i, "uma", "person show", "{'person':'uma'}"), "status"),
                     "active");
    i->now = over;
    refused(i, "uma", "person show", "{'person':'uma'}", ERR_UNSIGNED, "revoked");
    cr_expect_str_eq(vector_text(did(i, "aud", "person show", "{'person':'uma'}"), "status"),
                     "left");
    audit_is_clean(i);
}

/* Who is known to go is nobody to rely on. */
Test(leaving, the_last_administrator_who_stays_cannot_go)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "role give", "{'person':'uma','role':'admin'}");
    did(i, "hana", "person retire", "{'person':'uma','last_day':'2026-12-31'}");
    refused(i, "hana", "person retire", "{'person':'adm','last_day':'2027-01-31'}", ERR_CONFLICT,
            "last administrator");
}

Test(leaving, is_not_complete_while_anything_is_left)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const json_t *left = vector_at(did(i, "hana", "handover show", with(i, h, "")), "left"), *item;
    const char *const codes[] = {"I1", "I3", "I4", "I6", "I8", "I10", "declaration"};
    for (size_t k = 0; k < sizeof(codes) / sizeof(*codes); k++) {
        bool there = false;
        size_t n;
        json_array_foreach (left, n, item) {
            there = there || strcmp(json_text(item, "code"), codes[k]) == 0;
        }
        cr_expect(there, "%s is not named", codes[k]);
    }
}

/* The case is completed a month ahead, and then somebody gives what was taken away. */
Test(leaving, who_gets_access_again_after_it_is_a_gap)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    const char *const gaps = "{'risk':'leaver_holds'}";
    cr_expect_eq(json_array_size(vector_at(did(i, "aud", "gaps", gaps), "items")), 0);
    did(i, "adm", "grant give",
        "{'account':'acme-group','person':'sam','role':'manager','ends_at':'2026-12-31'}");
    const json_t *found = did(i, "aud", "gaps", gaps);
    cr_assert_eq(json_array_size(vector_at(found, "items")), 1);
    cr_expect_str_eq(vector_text(found, "items.0.detail"),
                     "sam leaves, the case is completed, and they have access again, as manager: "
                     "tenure handover reopen lv-sam");
    did(i, "hana", "handover reopen", with(i, h, "'reason':'has access again'"));
    cr_expect_eq(json_array_size(vector_at(did(i, "aud", "gaps", gaps), "items")), 0,
                 "the open case says it");
}

/* A case can take longer than the person is here: a role does not. */
Test(leaving, a_role_ends_with_the_last_day)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *const change = "{'person':'kim','language':'fr'}";

    sam_holds(i);
    did(i, "hana", "person change", "{'person':'sam','zone':'Pacific/Honolulu'}");
    const char *h = case_opened(i);
    did(i, "adm", "role give", "{'person':'sam','role':'hr'}");
    cr_assert(instant_parse("2027-01-01T09:59:59.999Z", &i->now));
    did(i, "sam", "person change", change);
    i->now++;
    refused(i, "sam", "person change", "{'person':'kim','language':'en'}", ERR_FORBIDDEN,
            "the last day of sam is over");
    did(i, "sam", "handover declare", with(i, h, ""));
    audit_is_clean(i);
}

/* Whoever could know a secret neither changes it nor says that it is used no more. */
Test(leaving, the_leaver_ends_no_secret)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *const retire = "{'credential':'c-1','reason':'x'}";

    sam_holds(i);
    (void)case_opened(i);
    did(i, "adm", "role give", "{'person':'sam','role':'keeper'}");
    refused(i, "sam", "credential retire", retire, ERR_FORBIDDEN, "somebody who stays");
    did(i, "kim", "credential retire", retire);
    audit_is_clean(i);
}

/* Each thing once, and whoever asks too early is told what is left and how it goes on. */
Test(leaving, what_is_left_is_said_from_the_start)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *view, *row;
    size_t n;

    sam_holds(i);
    did(i, "adm", "account register",
        "{'account':'side','url':'https://x.com/side','unit':'marketing'}");
    did(i, "adm", "grant give", "{'account':'side','person':'sam','role':'manager'}");
    did(i, "hana", "handover create",
        "{'handover':'early','person':'sam','last_day':'2026-12-31'}");
    refused(i, "lea", "handover complete", with(i, "early", "'attest':'x'"), ERR_CONFLICT,
            "next is tenure handover schedule early");
    refused(i, "lea", "step verify", with(i, "early", "'steps':'1'"), ERR_CONFLICT,
            "next is tenure handover schedule early");
    view = did(i, "hana", "handover show", with(i, "early", ""));
    cr_expect_str_eq(vector_text(view, "next.0.command"),
                     "tenure handover successor early PERSON --account acme-group");
    did(i, "hana", "handover successor", with(i, "early", "'person':'tess'"));
    did(i, "hana", "handover schedule", with(i, "early", ""));
    did(i, "hana", "handover start", with(i, "early", "'reason':'x'"));
    refused(i, "lea", "handover complete", with(i, "early", "'attest':'x'"), ERR_CONFLICT,
            "next is tenure handover submit early");
    view = did(i, "hana", "handover show", with(i, "early", ""));
    const json_t *left = vector_at(view, "left");
    int before = 0, number = 0;
    json_array_foreach (left, n, row) {
        const char *item = json_text(row, "item");
        cr_expect(strcmp(json_text(row, "code"), "I2") != 0, "%s is said under I8 too", item);
        if (sscanf(item, "step %d", &number) == 1) {
            cr_expect(number > before, "step %d after step %d", number, before);
            before = number;
        }
    }
    cr_expect(before > 0);
    cr_expect_str_eq(vector_text(view, "rules.0.code"), "I1");
    json_array_foreach (vector_at(view, "next"), n, row) {
        cr_expect(strstr(json_text(row, "command"), "tenure "), "%s", json_text(row, "what"));
    }
    /* hr leads, and may end no access: whoever may is named; and it is no news once they are one */
    says(json_compact(mem, vector_at(view, "next")), "hana, by an administrator or keeper");
    did(i, "adm", "role give", "{'person':'hana','role':'keeper'}");
    view = did(i, "hana", "handover show", with(i, "early", ""));
    cr_expect_null(strstr(json_compact(mem, vector_at(view, "next")), "hana, by an"));
    did(i, "adm", "role take", "{'person':'hana','role':'keeper'}");
    const char *file = uploaded(i, "list.png", "\x89PNG list");
    did(i, "sam", "step finish",
        with(i, "early", arena_printf(mem, "'steps':'1','file':['%s']", file)));
    refused(i, "sam", "step finish", with(i, "early", "'steps':'1'"), ERR_CONFLICT,
            "tenure step verify early 1");
    audit_is_clean(i);
}

Test(leaving, nobody_verifies_what_they_did)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i), *file = uploaded(i, "list.png", "\x89PNG list");
    const char *first = with(i, h, arena_printf(mem, "'steps':'1','file':['%s']", file));
    refused(i, "sam", "step finish", with(i, h, "'steps':'1'"), ERR_INVALID, "screenshot");
    did(i, "sam", "step finish", first);
    refused(i, "sam", "step verify", with(i, h, "'steps':'1'"), ERR_FORBIDDEN, "leaver");
    did(i, "lea", "step verify", with(i, h, "'steps':'1'"));
    refused(i, "hana", "step waive", with(i, h, "'steps':'2'"), ERR_CONFLICT, "asked");
    did(i, "hana", "step ask-waiver", with(i, h, "'steps':'2','reason':'is a member already'"));
    refused(i, "hana", "step waive", with(i, h, "'steps':'2'"), ERR_FORBIDDEN, "asked");
    did(i, "lea", "step waive", with(i, h, "'steps':'2'"));
    audit_is_clean(i);
}

Test(leaving, what_cannot_be_waived_is_not)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    refused(i, "hana", "step ask-waiver", with(i, h, "'steps':'8','reason':'no'"), ERR_FORBIDDEN,
            "cannot be waived");
    refused(i, "hana", "step finish", with(i, h, "'steps':'8'"), ERR_CONFLICT,
            "still the leaver's");
}

Test(leaving, a_leaver_is_no_successor)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "hana", "handover create", "{'handover':'h1','person':'sam','last_day':'2026-12-31'}");
    refused(i, "hana", "handover create", "{'person':'sam','last_day':'2026-12-30'}", ERR_CONFLICT,
            "h1");
    refused(i, "hana", "handover successor", with(i, "h1", "'person':'sam'"), ERR_INVALID,
            "leaver");
    refused(i, "hana", "handover schedule", with(i, "h1", ""), ERR_CONFLICT, "successor");
    did(i, "hana", "handover create", "{'handover':'h2','person':'tess','last_day':'2026-12-01'}");
    refused(i, "hana", "handover successor", with(i, "h1", "'person':'tess'"), ERR_INVALID,
            "leaves too");
    refused(i, "hana", "handover start", with(i, "h1", "'reason':'x'"), ERR_CONFLICT, "scheduled");
}

Test(leaving, what_comes_later_is_taken_in)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "adm", "account register",
        "{'account':'late','url':'https://x.com/late','unit':'sales','owner':'head-of-sales'}");
    refused(i, "lea", "handover complete", with(i, h, "'attest':'x'"), ERR_CONFLICT, "verifying");
    did(i, "hana", "handover rescope", with(i, h, ""));
    did(i, "hana", "handover successor", with(i, h, "'person':'tess'"));
    const json_t *view = did(i, "hana", "handover show", with(i, h, ""));
    cr_expect_eq(json_array_size(vector_at(view, "accounts")), 2);
    audit_is_clean(i);
}

Test(leaving, can_be_cancelled_and_reopened)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "hana", "handover cancel", with(i, h, "'reason':'sam stays'"));
    cr_expect_str_eq(vector_text(did(i, "aud", "person show", "{'person':'sam'}"), "status"),
                     "active");
    did(i, "hana", "handover reopen", with(i, h, "'reason':'no, he does not'"));
    cr_expect_str_eq(vector_text(did(i, "aud", "handover show", with(i, h, "")), "state"),
                     "in_progress");
    refused(i, "hana", "handover submit", with(i, h, ""), ERR_CONFLICT, "not every step");
    audit_is_clean(i);
}

/* ---- One rule for who is here
 * -------------------------------------------------------------------- */

static const char *gaps_of(struct instance *i)
{
    return json_compact(i->mem, did(i, "aud", "gaps", "{}"));
}

static const char *page_of(struct instance *i)
{
    struct archive_file *files;
    size_t n;

    did(i, "lea", "proof export", "{'account':'acme-group'}");
    cr_assert_ok(archive_read(i->mem, i->attached, &files, &n));
    for (size_t k = 0; k < n; k++)
        if (strcmp(files[k].path, "proof.html") == 0)
            return arena_copy_n(i->mem, (const char *)files[k].bytes.at, files[k].bytes.n);
    return "";
}

/* Sam's notice is given, the last day goes by, and nothing was handed over. */
Test(leaving, gaps_and_proofs_agree_on_who_has_left)
{
    static const char words[] = "has left and still has the role owner";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "grant revoke", "{'grant':'g-kim'}");
    did(i, "adm", "grant confirm", "{'grant':'g-kim'}");
    case_opened(i);
    i->now = INT64_C(1798761600000) - 1000; /* 2026-12-31, late */
    did(i, "adm", "unit register", "{'unit':'new','name':'New'}");
    cr_expect_null(strstr(gaps_of(i), words));
    cr_expect_null(strstr(page_of(i), words));
    i->now += 2000;
    did(i, "adm", "unit register", "{'unit':'newer','name':'Newer'}");
    cr_expect_not_null(strstr(gaps_of(i), words));
    cr_expect_not_null(strstr(page_of(i), words));
    cr_expect_not_null(strstr(page_of(i), "only 1 of 2 people"));
}

Test(leaving, who_leaves_gets_nothing_that_goes_on)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "grant give",
        "{'grant':'offered','account':'acme-group','person':'sam','role':'editor',"
        "'invited':true}");
    case_opened(i);
    refused(i, "adm", "grant activate", "{'grant':'offered'}", ERR_INVALID,
            "the last day is 2026-12-31");
    refused(i, "adm", "grant change", "{'grant':'offered','ends_at':'2027-02-01'}", ERR_INVALID,
            "the last day is 2026-12-31");
    did(i, "adm", "grant change", "{'grant':'offered','ends_at':'2026-12-31'}");
    refused(i, "adm", "grant change", "{'grant':'offered','clear':['ends_at']}", ERR_INVALID,
            "the last day is 2026-12-31");
    did(i, "adm", "grant activate", "{'grant':'offered'}");
    refused(i, "adm", "grant give", "{'account':'acme-group','person':'sam','role':'moderator'}",
            ERR_INVALID, "the last day is 2026-12-31");
    refused(i, "adm", "grant give",
            "{'account':'acme-group','person':'sam','role':'moderator','ends_at':'2027-02-01'}",
            ERR_INVALID, "say --ends-at 2026-12-31");
    did(i, "adm", "grant give",
        "{'account':'acme-group','person':'sam','role':'moderator','ends_at':'2026-12-31'}");
}

Test(leaving, access_ends_when_it_ends)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    refused(i, "adm", "grant give",
            "{'account':'acme-group','person':'uma','role':'manager','effective':'2031-01-01'}",
            ERR_INVALID, "must not be in the future");
    refused(i, "adm", "grant revoke", "{'grant':'g-sam','effective':'2031-01-01'}", ERR_INVALID,
            "must not be in the future");
    refused(i, "adm", "grant revoke", "{'grant':'g-sam','effective':'1999-01-01'}", ERR_INVALID,
            "is before the access began");
    i->now += 5000;
    did(i, "adm", "grant revoke", "{'grant':'g-sam'}");
    refused(i, "adm", "grant confirm", "{'grant':'g-sam','effective':'2031-01-01'}", ERR_INVALID,
            "must not be in the future");
    refused(i, "adm", "grant confirm", "{'grant':'g-sam','effective':'1999-01-01'}", ERR_INVALID,
            "is before");
    did(i, "adm", "grant confirm", "{'grant':'g-sam'}");
}

/* Whoever follows in the successor's place has the successor's steps. */
Test(leaving, another_successor_has_the_steps_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const char *of_tess = "{'handover':'lv-sam','assignee':'tess','open':true}";
    const char *of_uma = "{'handover':'lv-sam','assignee':'uma','open':true}";
    size_t n = json_array_size(vector_at(did(i, "hana", "step list", of_tess), "items"));
    cr_assert(n > 1, "tess has %zu steps", n);
    did(i, "hana", "handover successor", with(i, h, "'person':'uma'"));
    cr_expect_eq(json_array_size(vector_at(did(i, "hana", "step list", of_tess), "items")), 0);
    cr_expect_eq(json_array_size(vector_at(did(i, "hana", "step list", of_uma), "items")), n);
    audit_is_clean(i);
}
