/* templates.c - playbooks as people make them: what another person must approve, what waits, what
 * is laid out for whom, and what a change of them means for a case that is open. */
#include "stories.h"

#include "support/vectors.h"

#include "base/text.h"

#include <criterion/criterion.h>

#define START \
    AUTO(arena_auto) struct arena *mem = arena_new(); \
    struct instance *i = instance_new(mem); \
    sam_holds(i)

/* A step of a playbook: {'id':'x', more} with what every step must have. */
static const char *a_step(struct arena *mem, const char *id, const char *needs, const char *more)
{
    return arena_printf(mem,
                        "{\"id\":\"%s\",\"title\":\"Do %s\",\"actor\":\"admin\",\"evidence\":"
                        "\"none\",\"wait_days\":0,\"needs\":[%s]%s%s}",
                        id, id, needs, *more ? "," : "", more);
}

static const char *a_playbook(struct arena *mem, const char *steps)
{
    return arena_printf(mem,
                        "{\"platform\":\"linkedin_group\",\"kind\":\"group\",\"transfer_steps\":"
                        "[%s]}",
                        steps);
}

static void published(struct instance *i, const char *steps)
{
    did(i, "adm", "playbook publish",
        arena_printf(i->mem, "{'name':'linkedin_group','file':'%s'}",
                     uploaded(i, "ours.json", a_playbook(i->mem, steps))));
}

static const json_t *step_called(struct instance *i, const char *h, const char *name)
{
    const json_t *shown = did(i, "aud", "handover show", with(i, h, "")), *row;
    size_t k;

    json_array_foreach (vector_at(shown, "steps"), k, row)
        if (strcmp(json_text(row, "step"), name) == 0)
            return row;
    return NULL;
}

static void named_is_now(struct instance *i, const char *h, const char *name, const char *state)
{
    const json_t *step = step_called(i, h, name);

    cr_assert_not_null(step, "there is no step %s", name);
    cr_expect_str_eq(json_text(step, "state"), state, "%s", name);
}

Test(templates, what_cannot_be_undone_is_approved_by_another)
{
    START;
    published(i, a_step(mem, "ask", "", "\"irreversible\":true,\"approve\":true"));
    const char *h = case_opened(i);
    const char *done = with(i, h, "'steps':'1','irreversible':true");

    refused(
        i, "hana", "step finish", done, ERR_FORBIDDEN,
        "S8 approved: nobody has approved step 1; another person: tenure step approve lv-sam 1");
    refused(i, "hana", "step approve", with(i, h, "'steps':'1'"), ERR_FORBIDDEN, "S8 approved");
    refused(i, "lea", "step approve", with(i, h, "'steps':'2'"), ERR_INVALID, "needs no approval");
    did(i, "lea", "step approve", with(i, h, "'steps':'1'"));
    cr_expect_str_eq(json_text(step_called(i, h, "acme-group/ask"), "approved_by"), "lea");
    did(i, "hana", "step finish", done);
    did(i, "lea", "step verify", with(i, h, "'steps':'1'"));
    did(i, "hana", "step reopen", with(i, h, "'steps':'1','reason':'it came back'"));
    refused(i, "hana", "step finish", done, ERR_FORBIDDEN, "S8 approved");
    audit_is_clean(i);
}

Test(templates, what_needs_nothing_waits_from_the_day_it_was_laid_out)
{
    START;
    published(i,
              arena_printf(mem, "%s,%s", a_step(mem, "ask", "", ""),
                           "{\"id\":\"wait\",\"title\":\"Wait\",\"actor\":\"admin\",\"evidence\":"
                           "\"none\",\"wait_days\":7,\"needs\":[]}"));
    const char *h = case_opened(i);

    named_is_now(i, h, "acme-group/wait", "pending");
    refused(i, "hana", "step claim", with(i, h, "'steps':'2'"), ERR_CONFLICT,
            "S2 wait_days: step 2 is pending: it waits 7 days");
    i->now += INT64_C(7) * 86400000;
    did(i, "hana", "step claim", with(i, h, "'steps':'2'"));
    named_is_now(i, h, "acme-group/wait", "in_progress");
    audit_is_clean(i);
}

/* ---- Overrides and conditions ---------------------------------------------------------------- */

static const char *overridden(struct instance *i, const char *steps, const char *more)
{
    return arena_printf(
        i->mem, "{'platform':'linkedin_group','file':'%s'%s%s}",
        uploaded(i, "over.json", arena_printf(i->mem, "{\"transfer_steps\":[%s]}", steps)),
        *more ? "," : "", more);
}

static const char *text_of(const json_t *step, const char *name)
{
    const char *text = step ? json_text(step, name) : NULL;

    return text ? text : "";
}

Test(templates, the_closest_override_wins_and_is_traced)
{
    START;
    published(i, arena_printf(mem, "%s,%s", a_step(mem, "ask", "", ""),
                              a_step(mem, "move", "\"ask\"", "")));
    did(i, "adm", "playbook override",
        overridden(i, "{\"id\":\"ask\",\"title\":\"Ask as sales\"}",
                   "'unit':'sales','override':'ov-sales'"));
    did(i, "adm", "playbook override",
        overridden(i, "{\"id\":\"ask\",\"title\":\"Ask for a group\",\"approve\":true}",
                   "'kind':'group','override':'ov-group'"));
    did(i, "adm", "playbook override",
        overridden(i, a_step(mem, "tell", "\"move\"", ""), "'exit_type':'leaver'"));
    did(i, "adm", "playbook override",
        overridden(i, "{\"id\":\"move\",\"skip\":\"the parent group does it\"}",
                   "'exit_type':'mover','override':'ov-mover'"));
    refused(i, "adm", "playbook override",
            overridden(i, "{\"id\":\"ask\",\"needs\":[\"move\"]}", ""), ERR_INVALID, "has faults");
    refused(i, "adm", "playbook override",
            overridden(i, "{\"id\":\"x\"}", "'unit':'sales','override':'other'"), ERR_INVALID,
            "is called 'ov-sales'");
    cr_expect_eq(json_array_size(vector_at(did(i, "aud", "playbook overrides", "{}"), "items")), 4);
    const char *h = case_opened(i);

    const json_t *ask = step_called(i, h, "acme-group/ask");
    cr_expect_str_eq(text_of(ask, "title"), "Ask as sales");
    cr_expect_str_eq(text_of(ask, "layers"), "linkedin_group 2, ov-group 1, ov-sales 1");
    cr_expect(json_is_true(json_object_get(ask, "approve")));
    named_is_now(i, h, "acme-group/tell", "pending");
    named_is_now(i, h, "acme-group/move", "pending");
    did(i, "adm", "playbook withdraw", "{'override':'ov-group','reason':'not needed'}");
    refused(i, "adm", "playbook withdraw", "{'override':'ov-group','reason':'again'}", ERR_CONFLICT,
            "withdrawn already");
    audit_is_clean(i);
}

Test(templates, a_condition_that_is_false_skips_its_step_until_it_holds)
{
    START;
    published(i, arena_printf(mem, "%s,%s,%s",
                              a_step(mem, "alone", "", "\"if\":{\"sole_owner\":true}"),
                              a_step(mem, "page", "", "\"if\":{\"kind\":[\"page\",\"ads\"]}"),
                              a_step(mem, "after", "\"alone\",\"page\"",
                                     "\"if\":{\"not\":{\"unit\":\"marketing\"}}")));
    const char *h = case_opened(i);

    named_is_now(i, h, "acme-group/alone", "skipped");
    cr_expect_str_eq(text_of(step_called(i, h, "acme-group/alone"), "trace"),
                     "sole_owner must be true and is false (by linkedin_group 2)");
    cr_expect_str_eq(text_of(step_called(i, h, "acme-group/page"), "trace"),
                     "kind must be [\"page\",\"ads\"] and is group (by linkedin_group 2)");
    named_is_now(i, h, "acme-group/after", "ready");
    did(i, "kim", "grant revoke", "{'grant':'g-tess','reason':'x'}");
    did(i, "kim", "grant revoke", "{'grant':'g-kim','reason':'x'}");
    did(i, "hana", "handover rescope", with(i, h, ""));
    named_is_now(i, h, "acme-group/alone", "ready");
    named_is_now(i, h, "acme-group/page", "skipped");
    did(i, "adm", "grant give",
        "{'grant':'g-uma2','account':'acme-group','person':'uma','role':'owner'}");
    did(i, "hana", "handover rescope", with(i, h, ""));
    named_is_now(i, h, "acme-group/alone", "skipped");
    audit_is_clean(i);
}

Test(templates, an_open_case_keeps_its_templates_until_somebody_applies_new_ones)
{
    START;
    published(i, arena_printf(mem, "%s,%s,%s", a_step(mem, "ask", "", ""),
                              a_step(mem, "move", "\"ask\"", ""), a_step(mem, "old", "", "")));
    const char *h = case_opened(i);

    cr_expect_eq(json_integer_value(json_object_get(
                     did(i, "aud", "handover templates", with(i, h, "")), "accounts")),
                 0);
    did(i, "hana", "step finish", with(i, h, "'steps':'1'"));
    did(i, "hana", "step due", with(i, h, "'steps':'2','day':'2026-12-03','reason':'the bank'"));
    published(i, arena_printf(mem, "%s,%s,%s", a_step(mem, "ask", "", "\"approve\":true"),
                              a_step(mem, "move", "\"ask\",\"new\"", "\"irreversible\":true"),
                              a_step(mem, "new", "\"ask\"", "\"detail\":\"as of today\"")));
    const char *changes = json_compact(
        mem, vector_at(did(i, "aud", "handover templates", with(i, h, "")), "changes"));
    cr_expect_not_null(strstr(changes, "approve; it is done and stays so"), "%s", changes);
    cr_expect_not_null(strstr(changes, "is there no more"), "%s", changes);
    cr_expect_not_null(strstr(changes, "is new"), "%s", changes);
    cr_expect_not_null(strstr(changes, "irreversible, needs"), "%s", changes);
    cr_expect_null(step_called(i, h, "acme-group/new"));
    did(i, "hana", "handover apply-templates", with(i, h, "'reason':'the platform has changed'"));
    named_is_now(i, h, "acme-group/ask", "done");
    named_is_now(i, h, "acme-group/old", "cancelled");
    cr_expect_eq(strncmp(json_text(step_called(i, h, "acme-group/move"), "due"), "2026-12-03", 10),
                 0, "what was set by hand stays");
    named_is_now(i, h, "acme-group/new", "pending");
    cr_expect(json_is_true(json_object_get(step_called(i, h, "acme-group/move"), "irreversible")));
    cr_expect_eq(
        json_array_size(vector_at(did(i, "aud", "handover templates", with(i, h, "")), "changes")),
        0);
    did(i, "lea", "step verify", with(i, h, "'steps':'1'"));
    did(i, "hana", "step claim",
        with(i, h,
             arena_printf(mem, "'steps':'%d'",
                          (int)json_integer_value(
                              json_object_get(step_called(i, h, "acme-group/new"), "number")))));
    did(i, "hana", "handover apply-templates", with(i, h, "'reason':'again'"));
    audit_is_clean(i);
}

Test(templates, all_faults_are_named_at_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *reply;
    const char *file = uploaded(
        i, "bad.json",
        "{\"platform\":\"linkedin_group\",\"kind\":\"blimp\",\"transfer_steps\":["
        "{\"id\":\"a\",\"title\":\"A\",\"evidence\":\"note\",\"wait_days\":0,\"needs\":[\"zz\"]},"
        "{\"id\":\"b\",\"title\":\"B\",\"actor\":\"admin\",\"evidence\":\"smell\",\"wait_days\":0,"
        "\"needs\":[\"c\"]},"
        "{\"id\":\"c\",\"title\":\"C\",\"actor\":\"admin\",\"evidence\":\"note\",\"wait_days\":7,"
        "\"due\":\"3 work 17:00\",\"needs\":[\"b\"],\"if\":{\"moon\":\"full\"}}]}");

    struct err *e =
        act(i, "adm", "playbook check", arena_printf(mem, "{'file':'%s'}", file), &reply);
    cr_assert_not_null(e);
    static const char *const faults[][2] = {{"unknown-kind", NULL}, {"unknown-need", "a"},
                                            {"no-actor", "a"},      {"unknown-kind", "b"},
                                            {"late-wait", "c"},     {"unknown-condition", "c"},
                                            {"cycle", "b"},         {"cycle", "c"}};
    for (size_t k = 0; k < sizeof(faults) / sizeof(*faults); k++) {
        bool named = false;
        for (const struct err_item *item = e->items; item; item = item->next)
            named = named ||
                    (strcmp(item->code, faults[k][0]) == 0 && text_same(item->where, faults[k][1]));
        cr_expect(named, "%s of %s", faults[k][0], faults[k][1] ? faults[k][1] : "all");
    }
    refused(i, "adm", "playbook publish",
            arena_printf(mem, "{'name':'linkedin_group','file':'%s'}", file), ERR_INVALID,
            "has faults");
    file = uploaded(i, "good.json", a_playbook(mem, a_step(mem, "a", "", "")));
    cr_expect_eq(
        json_integer_value(json_object_get(
            did(i, "adm", "playbook check", arena_printf(mem, "{'file':'%s'}", file)), "steps")),
        1);
}
