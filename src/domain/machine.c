/* machine.c - the rows of both machines; see machine.h. tests/domain/machine.c holds them against
 * the design's own file. That a case's playbooks are pinned is asked where its steps are laid out,
 * S1. */
#include "domain/machine.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

/* clang-format off: a row a line is a table. */
#define FROM(...) \
    { \
        __VA_ARGS__, NULL \
    }
#define GUARDS(...) \
    { \
        __VA_ARGS__, NULL \
    }
#define NEVER \
    { \
        NULL \
    }

const struct transition handover_transitions[] = {
    {"H1", NEVER, "create", "draft", GUARDS("subject", "one_open", "not_the_leaver")},
    {"H2", FROM("draft"), "schedule", "scheduled",
     GUARDS("anchor", "scope", "successor", "lead_time", "not_the_leaver")},
    {"H3", FROM("scheduled"), "start", "in_progress", GUARDS("begun")},
    {"H4", FROM("draft", "scheduled", "in_progress"), "go_hostile", "in_progress",
     GUARDS("case_reference", "not_hostile_yet", "not_the_leaver", "an_administrator_stays",
            "second_person", "another_person")},
    {"H5", FROM("in_progress"), "submit", "verifying", GUARDS("steps_ended", "none_failed")},
    {"H6", FROM("verifying"), "complete", "completed",
     GUARDS("verifier", "nothing_left", "an_administrator_stays", "attestation")},
    {"H7", FROM("verifying"), "reject", "in_progress",
     GUARDS("reason_and_steps", "not_the_leaver")},
    {"H8", FROM("in_progress", "verifying"), "fail", "failed",
     GUARDS("a_step_failed", "tried", "not_the_leaver")},
    {"H9", FROM("failed"), "retry", "in_progress", GUARDS("new_plan", "not_the_leaver")},
    {"H10", FROM("failed"), "accept_risk", "closed_with_risk",
     GUARDS("risk_stated", "two_people", "legal_among_them", "not_the_lead", "not_the_leaver",
            "nothing_else_left", "an_administrator_stays")},
    {"H11", FROM("draft", "scheduled", "in_progress", "failed"), "cancel", "cancelled",
     GUARDS("why", "not_the_leaver", "second_approver")},
    {"H12", FROM("completed", "closed_with_risk", "cancelled"), "reopen", "in_progress",
     GUARDS("why", "one_open", "not_the_leaver")},
    {"H13", FROM("in_progress"), "reanchor", "in_progress",
     GUARDS("new_last_day", "not_the_leaver")},
    {"H14", FROM("scheduled"), "reanchor", "scheduled", GUARDS("new_last_day", "not_the_leaver")},
    {"H15", FROM("scheduled", "in_progress"), "rescope", NULL, GUARDS("scope_moved")},
    {0},
};

const struct transition step_transitions[] = {
    {"S1", NEVER, "instantiate", "pending", GUARDS("playbooks")},
    {"S2", FROM("pending"), "unblock", "ready", GUARDS("needs_ended", "wait_days")},
    {"S3", FROM("ready"), "claim", "in_progress", GUARDS("whose", "never_the_hostile_leaver")},
    {"S4", FROM("ready", "in_progress"), "wait", "waiting",
     GUARDS("whose", "never_the_hostile_leaver", "until", "begin_shown")},
    {"S5", FROM("waiting"), "wait_over", "ready", GUARDS("date_reached")},
    {"S6", FROM("ready", "in_progress", "waiting"), "block", "blocked",
     GUARDS("whose", "never_the_hostile_leaver", "waits_on", "check_date")},
    {"S7", FROM("blocked"), "unblock_manual", "ready",
     GUARDS("whose", "never_the_hostile_leaver", "note")},
    {"S8", FROM("ready", "in_progress"), "finish", "done",
     GUARDS("whose", "never_the_hostile_leaver", "evidence", "words", "irreversible", "approved",
            "gone", "not_by_the_leaver")},
    {"S9", FROM("done"), "verify", "verified",
     GUARDS("not_the_performer", "not_the_leaver", "no_mutual_pair")},
    {"S10", FROM("done"), "reject", "rejected",
     GUARDS("why", "not_the_performer", "not_the_leaver")},
    {"S11", FROM("rejected"), "rework", "in_progress", GUARDS("whose", "never_the_hostile_leaver")},
    {"S12", FROM("pending", "ready", "in_progress", "waiting", "blocked", "rejected", "failed"),
     "waive", "waived", GUARDS("waivable", "asked", "approver")},
    {"S13", FROM("pending", "ready"), "skip", "skipped", GUARDS("no_condition")},
    {"S14", FROM("skipped"), "condition_true", "pending", GUARDS("open_case")},
    {"S15", FROM("ready", "in_progress", "waiting", "blocked"), "fail", "failed",
     GUARDS("whose", "never_the_hostile_leaver", "tried")},
    {"S16", FROM("failed"), "retry", "ready", GUARDS("leads", "note")},
    {"S17", FROM("pending", "ready", "in_progress", "waiting", "blocked", "rejected", "failed"),
     "cancel", "cancelled", GUARDS("out_of_scope")},
    {"S18", FROM("verified", "waived", "done"), "reopen", "in_progress", GUARDS("why")},
    {"S19", FROM("ready", "in_progress", "waiting", "blocked", "rejected"), "reassign", NULL,
     GUARDS("assignee_here", "never_the_leaver")},
    {0},
};
/* clang-format on */

/* events are words with a space between. */
static bool is_one_of(const char *event, const char *events)
{
    size_t n = strlen(event);

    for (const char *at = events; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        if (len == n && memcmp(at, event, n) == 0)
            return true;
        at += len;
    }
    return false;
}

const struct transition *machine_find(const struct transition *table, const char *state,
                                      const char *event)
{
    for (const struct transition *t = table; t->event; t++) {
        if (!is_one_of(t->event, event))
            continue;
        for (const char *const *from = t->from; *from; from++)
            if (strcmp(*from, state) == 0)
                return t;
    }
    return NULL;
}

struct err *machine_step(struct arena *mem, const struct transition *table, const char *what,
                         const char *state, const char *event, const char *doing,
                         const char **ret_to)
{
    const struct transition *found = machine_find(table, state, event);
    struct buf needed;

    if (found) {
        *ret_to = found->to ? found->to : state;
        return NULL;
    }
    buf_init(&needed, mem, 500);
    for (const struct transition *t = table; t->event; t++)
        for (const char *const *from = t->from; is_one_of(t->event, event) && *from; from++)
            buf_printf(&needed, "%s%s", needed.n ? " or " : "", *from);
    return err_new(mem, ERR_CONFLICT, "%s is %s; to %s it would have to be %s", what, state, doing,
                   needed.at);
}

/* ---- Guards ---------------------------------------------------------------------------------- */

static const struct transition *transition_of(const char *id)
{
    const struct transition *table = *id == 'H' ? handover_transitions : step_transitions;

    for (const struct transition *t = table; t->event; t++)
        if (strcmp(t->id, id) == 0)
            return t;
    return NULL;
}

bool guard_is_of(const char *transition, const char *name)
{
    const struct transition *t = transition_of(transition);

    for (const char *const *n = t ? t->guards : NULL; n && *n; n++)
        if (strcmp(*n, name) == 0)
            return true;
    return false;
}

const struct guard *guard_of(const char *transition, const char *name)
{
    const struct guard *g = guards;

    assert(guard_is_of(transition, name));
    while (g->name && strcmp(g->name, name) != 0)
        g++;
    assert(g->name);
    return g;
}

const char *guard_how(struct arena *mem, const struct guard *g, const char *handover,
                      const char *steps)
{
    struct buf out;

    buf_init(&out, mem, 2000);
    for (const char *at = g->how; *at;) {
        if (text_starts(at, "{handover}")) {
            buf_text(&out, handover);
            at += strlen("{handover}");
        } else if (text_starts(at, "{steps}")) {
            buf_text(&out, steps ? steps : "STEPS");
            at += strlen("{steps}");
        } else {
            buf_add(&out, at++, 1);
        }
    }
    return out.at;
}
