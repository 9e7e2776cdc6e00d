/* due.c - when the steps of a handover are due, and what another last day means for them. */
#include "stories.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

/* Sam works in Berlin, where 30 December and New Year are free this time. */
static const char *case_in_berlin(struct instance *i)
{
    sam_holds(i);
    did(i, "adm", "place create", "{'place':'berlin','name':'Berlin','zone':'Europe/Berlin'}");
    did(i, "adm", "place holidays",
        arena_printf(i->mem, "{'place':'berlin','file':'%s'}",
                     uploaded(i, "days.ics",
                              "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261230\nEND:VEVENT\n"
                              "BEGIN:VEVENT\nDTSTART:20270101\nEND:VEVENT\nEND:VCALENDAR\n")));
    did(i, "adm", "unit place", "{'unit':'sales','place':'berlin'}");
    did(i, "adm", "person change", "{'person':'sam','unit':'sales'}");
    return case_opened(i);
}

/* The first step of that name or kind. */
static const json_t *step_of(struct instance *i, const char *name)
{
    const json_t *view = did(i, "aud", "handover show", "{'handover':'lv-sam'}"), *step;
    size_t k;

    json_array_foreach (json_object_get(view, "steps"), k, step) {
        if (strstr(json_text(step, "step"), name))
            return step;
    }
    cr_assert_fail("no step '%s'", name);
    return NULL;
}

static const char *due_of(struct instance *i, const char *name)
{
    return json_text(step_of(i, name), "due");
}

Test(due, steps_are_due_by_the_leavers_place)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = case_in_berlin(i);
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));

    cr_expect_str_eq(vector_text(view, "zone"), "Europe/Berlin");
    cr_expect_str_eq(vector_text(view, "place"), "berlin");
    cr_expect_str_eq(due_of(i, "/second"), "2026-12-29T17:00+0100");
    cr_expect_str_eq(due_of(i, "/promote"), "2026-12-28T17:00+0100");
    cr_expect_str_eq(due_of(i, "/join"), "2026-12-28T17:00+0100", "promote needs it");
    cr_expect_str_eq(due_of(i, "revoke/g-sam"), "2026-12-31T16:00+0100");
    cr_expect_str_eq(due_of(i, "rotate/c-1"), "2027-01-04T12:00+0100");
    cr_expect_null(json_object_get(step_of(i, "/join"), "overdue"));
    i->now += INT64_C(37) * 86400000;
    cr_expect(json_is_true(json_object_get(step_of(i, "/join"), "overdue")));
    cr_expect_null(json_object_get(step_of(i, "revoke/g-sam"), "overdue"));
    const json_t *list = did(i, "hana", "step list", "{'handover':'lv-sam','limit':500}"), *step;
    const char *before = "";
    size_t k;
    json_array_foreach (vector_at(list, "items"), k, step) {
        cr_expect(strcmp(before, json_text(step, "due")) <= 0, "the list is in order of due");
        before = json_text(step, "due");
    }
    audit_is_clean(i);
}

Test(due, without_a_place_it_is_said_what_counts)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const json_t *view = did(i, "aud", "handover show", with(i, h, ""));
    cr_expect_not_null(strstr(vector_text(view, "place"), "none is known: Saturday and Sunday"));
    cr_expect_str_eq(due_of(i, "revoke/g-sam"), "2026-12-31T16:00+0000");
}

/* What is done and what was set by hand stays. */
Test(due, another_last_day_moves_open_steps_only)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = case_in_berlin(i);
    const char *join = arena_printf(
        mem, "%d", (int)json_integer_value(json_object_get(step_of(i, "/join"), "number")));
    const char *revoke = arena_printf(
        mem, "%d",
        (int)json_integer_value(json_object_get(step_of(i, "revoke/g-vault"), "number")));

    did(i, "tess", "step finish",
        with(i, h,
             arena_printf(mem, "'steps':'%s','note':'done','file':['%s']", join,
                          uploaded(i, "shot.png", "\x89PNG shot"))));
    refused(i, "hana", "step due", with(i, h, "'steps':'all','reason':'x'"), ERR_INVALID,
            "say which day");
    refused(i, "hana", "step due", with(i, h, "'steps':'all','day':'2026-01-01','reason':'x'"),
            ERR_INVALID, "is over");
    did(i, "hana", "step due",
        with(i, h,
             arena_printf(mem,
                          "'steps':'%s','day':'2026-12-12','time':'09:30',"
                          "'reason':'the vault moves'",
                          revoke)));
    cr_expect_str_eq(due_of(i, "revoke/g-vault"), "2026-12-12T09:30+0100");
    i->now += 1000;
    const json_t *reply = did(i, "hana", "handover reanchor",
                              with(i, h, "'last_day':'2026-12-18','reason':'leaves earlier'"));
    cr_expect(json_integer_value(vector_at(reply, "result.moved")) > 0);
    cr_expect_eq(json_integer_value(vector_at(reply, "result.too_late")), 0);
    cr_expect_str_eq(due_of(i, "/join"), "2026-12-28T17:00+0100", "it is done");
    cr_expect_str_eq(due_of(i, "revoke/g-vault"), "2026-12-12T09:30+0100", "it was set by hand");
    cr_expect_str_eq(due_of(i, "revoke/g-sam"), "2026-12-18T12:00+0100");
    cr_expect_str_eq(due_of(i, "/promote"), "2026-12-16T17:00+0100");
    cr_expect_str_eq(vector_text(did(i, "aud", "person show", "{'person':'sam'}"), "last_day"),
                     "2026-12-18");
    reply =
        did(i, "hana", "handover reanchor", with(i, h, "'last_day':'2026-12-18','reason':'again'"));
    cr_expect_eq(json_integer_value(vector_at(reply, "entries")), 0);
    did(i, "hana", "step due",
        with(i, h,
             arena_printf(mem, "'steps':'%s','by_rule':true,'reason':'the vault stays'", revoke)));
    cr_expect_str_eq(due_of(i, "revoke/g-vault"), "2026-12-18T12:00+0100");
    audit_is_clean(i);
}

/* A mistyped day is put right before anything is laid out; of those who come back, before they do.
 */
Test(due, a_draft_gets_another_day)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *moved = "'last_day':'2026-12-30','reason':'was mistyped'";

    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2026-12-03'}");
    did(i, "hana", "handover reanchor", with(i, "lv-sam", moved));
    const json_t *view = did(i, "aud", "handover show", with(i, "lv-sam", ""));
    cr_expect_str_eq(vector_text(view, "last_day"), "2026-12-30");
    cr_expect_str_eq(vector_text(view, "state"), "draft");
    did(i, "hana", "handover create",
        "{'handover':'ab-uma','person':'uma','kind':'absence','last_day':'2026-12-03',"
        "'back':'2026-12-30'}");
    refused(i, "hana", "handover reanchor", with(i, "ab-uma", moved), ERR_INVALID,
            "2026-12-30 is not before the return on 2026-12-30");
    audit_is_clean(i);
}

/* They are marked, and not moved to a day that is still to come. */
Test(due, what_is_too_late_is_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = case_in_berlin(i);

    refused(i, "tess", "handover reanchor",
            with(i, h, "'last_day':'2026-11-24','reason':'at once'"), ERR_FORBIDDEN, "hr");
    refused(i, "hana", "handover reanchor", with(i, h, "'last_day':'2026-11-24'"), ERR_INVALID,
            "is missing: why");
    const json_t *reply = did(i, "hana", "handover reanchor",
                              with(i, h, "'last_day':'2026-11-23','reason':'leaves tomorrow'"));
    cr_expect(json_integer_value(vector_at(reply, "result.too_late")) > 0);
    cr_expect_str_eq(due_of(i, "/promote"), "2026-11-19T17:00+0100");
    cr_expect(json_is_true(json_object_get(step_of(i, "/promote"), "too_late")));
    cr_expect_null(json_object_get(step_of(i, "revoke/g-sam"), "too_late"));
    audit_is_clean(i);
    did(i, "hana", "handover cancel", with(i, h, "'reason':'stays'"));
    refused(i, "hana", "handover reanchor", with(i, h, "'last_day':'2026-12-23','reason':'x'"),
            ERR_CONFLICT, "cancelled");
}

static const char *state_of(struct instance *i, const char *name)
{
    return json_text(step_of(i, name), "state");
}

/* A page where the successor may remove the leaver seven days after it was handed over. East of the
 * date line those days begin ten hours before they do in UTC. */
Test(due, waits_are_days_of_the_leavers_calendar)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register",
        "{'account':'acme-page','platform':'facebook','kind':'page','handle':'acme',"
        "'owner':'head-of-sales'}");
    did(i, "hana", "handover create",
        "{'handover':'lv-sam','person':'sam','last_day':'2026-12-31','zone':'Pacific/Kiritimati'}");
    did(i, "hana", "handover successor", "{'handover':'lv-sam','person':'tess'}");
    did(i, "hana", "handover schedule", "{'handover':'lv-sam'}");
    did(i, "hana", "handover start", "{'handover':'lv-sam','reason':'notice was given'}");
    finish_and_verify(i, "lv-sam");
    cr_expect_str_eq(state_of(i, "/remove"), "pending");
    const char *claim =
        arena_printf(mem, "{'handover':'lv-sam','steps':'%d'}",
                     (int)json_integer_value(json_object_get(step_of(i, "/remove"), "number")));
    i->now += INT64_C(7) * 86400000 - 1000 - i->now % 86400000 + 10 * 3600000;
    refused(i, "tess", "step claim", claim, ERR_CONFLICT, "pending");
    i->now += 2000; /* midnight at the place: the seventh day has begun */
    did(i, "tess", "step claim", claim);
    cr_expect_str_eq(state_of(i, "/remove"), "in_progress");
    audit_is_clean(i);
}

/* What was to be done by the last day is to be done now. */
Test(due, a_hostile_case_is_due_at_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *h = case_in_berlin(i);

    did(i, "hana", "handover go-hostile",
        with(i, h, "'reference':'case 7','reason':'has taken files along'"));
    i->now += 1000;
    did(i, "hana", "handover reanchor", with(i, h, "'last_day':'2026-12-31','reason':'at once'"));
    cr_expect_str_eq(due_of(i, "revoke/g-sam"), "2026-11-20T12:00+0100",
                     "the 22nd is a Sunday: its cut-off was on Friday");
    cr_expect(json_is_true(json_object_get(step_of(i, "revoke/g-sam"), "overdue")));
    audit_is_clean(i);
}
