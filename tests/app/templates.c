/* templates.c - playbooks as people make them: what another person must approve, what waits, what
 * is laid out for whom, and what a change of them means for a case that is open. */
#include "stories.h"

#include "support/vectors.h"

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

static void is_now(struct instance *i, const char *h, const char *name, const char *state)
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

    is_now(i, h, "acme-group/wait", "pending");
    refused(i, "hana", "step claim", with(i, h, "'steps':'2'"), ERR_CONFLICT,
            "S2 wait_days: step 2 is pending: it waits 7 day(s)");
    i->now += INT64_C(7) * 86400000;
    did(i, "hana", "step claim", with(i, h, "'steps':'2'"));
    is_now(i, h, "acme-group/wait", "in_progress");
    audit_is_clean(i);
}
