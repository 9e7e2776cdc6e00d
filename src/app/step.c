/* step.c - the commands on the steps of a handover. Several may be named at once: 4, 3-7, 2,5-6 or
 * all. Steps are done in step_do.c and given into other hands or opened again in step_reopen.c;
 * what keeps them from going on is in step_wait.c; what others say of it, that they have seen it or
 * that it need not be, is in step_judge.c. */
#include "step.h"

#define WORKERS (LEADERS | ROLE_LEGAL | ROLE_KEEPER | ROLE_MEMBER)

#define P step_params
#define WHICH \
    THE(handover, "handover", "which case"), \
    { \
        .name = "steps", .kind = KIND_TEXT, .argument = true, .max = 500, \
        .help = "which steps: 4, 3-7, 2,5-6 or all", AT(struct P, steps) \
    }
static const struct field claim_fields[] = {WHICH, {0}};
static const struct field finish_fields[] = {
    WHICH,
    {.name = "note",
     .kind = KIND_TEXT,
     .optional = true,
     .lines = true,
     .max = 4000,
     .help = "what was done; an address where the step demands one",
     AT(struct P, note)},
    FILES(file, "a file that shows it, a screenshot say; may be given several times"),
    FLAG(irreversible, "yes, although it cannot be undone"),
    {.name = "effective",
     .kind = KIND_TIME,
     .optional = true,
     .past = true,
     .help = "when it was done, if not now",
     AT(struct P, effective)},
    {0}};
static const struct field verify_fields[] = {WHICH, {0}};
static const struct field reason_fields[] = {WHICH, NEEDED_REASON, {0}};
static const struct field ask_fields[] = {
    WHICH,
    NEEDED_REASON,
    MAYBE_CHOICE(
        code, WORDS("not_applicable", "done_elsewhere", "platform_cannot", "not_worth_it", "other"),
        "why, as a word to count by"),
    MAYBE_DATE(expires_on, "until when to do without it"),
    {0}};
static const struct field wait_fields[] = {
    WHICH,
    DATE(until, "until when the platform makes one wait"),
    {.name = "note",
     .kind = KIND_TEXT,
     .optional = true,
     .lines = true,
     .max = 4000,
     .help = "what shows that the wait has begun",
     AT(struct P, note)},
    FILES(file, "a file that shows it; may be given several times"),
    {0}};
static const struct field block_fields[] = {WHICH,
                                            NEEDED_REASON,
                                            TEXT(waits_on, "on whom or what it waits"),
                                            DATE(check_on, "when somebody looks again"),
                                            {0}};
static const struct field note_fields[] = {WHICH, TEXT(note, "what has changed"), {0}};
static const struct field fail_fields[] = {WHICH, TEXT(tried, "what was tried"), {0}};
static const struct field reassign_fields[] = {
    WHICH, A(person, "person", "who is to do it"), REASON, {0}};
#undef P

/* ---- list ------------------------------------------------------------------------------------ */

static const char *const states[] = {"pending", "ready",     "in_progress", "waiting", "blocked",
                                     "done",    "verified",  "rejected",    "waived",  "skipped",
                                     "failed",  "cancelled", NULL};
#define P list_params
struct list_params {
    const char *state;
    struct ref handover, assignee;
    bool open, begun, overdue;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_A(handover, "handover", "only of this case"),
    MAYBE_A(assignee, "person", "only this person's"),
    MAYBE_CHOICE(state, states, "only in this state"),
    FLAG(open, "only those that have not ended"),
    FLAG(begun, "only those whose turn has come: not pending"),
    FLAG(overdue, "only those that are late"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(step_row, COLUMN("handover", "the case"), NUMBER("number", "its number"),
      COLUMN("step", "its key"), COLUMN("title", "what to do"),
      COLUMN("account", "on which account"), COLUMN("state", "its state"),
      COLUMN("assignee", "whose"), COLUMN("name", "by name"),
      COLUMN("due", "when it is due, by the clock there"), YESNO("overdue", "that is over"),
      COLUMN("evidence", "what it must leave behind"), COLUMN("last_day", "the leaver's last day"));

extern const struct command step_commands[];
const struct command step_commands[] = {
    {
        .verb = "list",
        .summary = "list steps of handovers: what is to be done, by whom",
        .example = "step list --assignee e1012 --open",
        .roles = HANDOVER_READERS,
        .method = "GET",
        .path = "/v1/steps",
        .params = PARAMS(list_params, list_fields),
        .query = "step_list",
        .list = true,
        .reply = REPLY(step_row),
    },
    {
        .verb = "claim",
        .summary = "say that you work on steps",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/claim",
        .params = PARAMS(step_params, claim_fields),
        .emits = EMITS("handover.step_claimed", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_claim,
    },
    {
        .verb = "finish",
        .summary = "say that steps are done, with the evidence that they demand",
        .example = "step finish h-1f0c9a2e4b7d 3 --file owners.png",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/finish",
        .params = PARAMS(step_params, finish_fields),
        .emits = EMITS("handover.step_done", "evidence.added", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_finish,
    },
    {
        .verb = "verify",
        .summary = "say that you have seen that steps are done; another's, never your own",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/verify",
        .params = PARAMS(step_params, verify_fields),
        .emits = EMITS("handover.step_verified", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_verify,
    },
    {
        .verb = "reject",
        .summary = "send steps back that are not done well",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/reject",
        .params = PARAMS(step_params, reason_fields),
        .emits = EMITS("handover.step_rejected", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_reject,
    },
    {
        .verb = "ask-waiver",
        .summary = "ask to do without steps of a playbook",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/ask-waiver",
        .params = PARAMS(step_params, ask_fields),
        .emits = EMITS("handover.step_waiver_asked", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_ask,
    },
    {
        .verb = "waive",
        .summary =
            "approve that steps need not be done; neither who asked nor who was to do them may",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/waive",
        .params = PARAMS(step_params, verify_fields),
        .emits = EMITS("handover.step_waived", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_waive,
    },
    {
        .verb = "approve",
        .summary = "approve steps before they are done, where their playbook says so",
        .detail = "Another person does them: neither their assignee nor the leaver approves.",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/approve",
        .params = PARAMS(step_params, verify_fields),
        .emits = EMITS("handover.step_approved", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_approve,
    },
    {
        .verb = "reassign",
        .summary = "give steps into other hands",
        .roles = LEADERS | ROLE_KEEPER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/reassign",
        .params = PARAMS(step_params, reassign_fields),
        .emits = EMITS(TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_reassign,
    },
    {
        .verb = "due",
        .summary = "set by hand when steps are due, or let their rules say it again",
        .detail = "What is set by hand stays when the last day of the case changes.",
        .example = "step due h-1f0c9a2e 4 --day 2026-11-27 --time 12:00 --reason 'the bank closes'",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/due",
        .params = PARAMS(due_params, step_due_fields),
        .emits = EMITS("handover.step_due_set"),
        SEES_HANDOVER,
        .decide = step_decide_due,
    },
    {
        .verb = "reopen",
        .summary = "open steps again that were done, and what was built on them",
        .roles = LEADERS | ROLE_LEGAL | ROLE_KEEPER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/reopen",
        .params = PARAMS(step_params, reason_fields),
        .emits = EMITS(TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_reopen,
    },
    {
        .verb = "wait",
        .summary = "say that a platform makes steps wait until a day",
        .example = "step wait h-1f0c9a2e 4 --until 2027-01-14 --note 'asked for on the 7th'",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/wait",
        .params = PARAMS(step_params, wait_fields),
        .emits = EMITS("handover.step_waiting", "evidence.added", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_wait,
    },
    {
        .verb = "block",
        .summary = "say that steps cannot go on, on whom they wait and when you look again",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/block",
        .params = PARAMS(step_params, block_fields),
        .emits = EMITS("handover.step_blocked", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_block,
    },
    {
        .verb = "unblock",
        .summary = "say that steps can go on again",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/unblock",
        .params = PARAMS(step_params, note_fields),
        .emits = EMITS("handover.step_unblocked", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_unblock,
    },
    {
        .verb = "fail",
        .summary = "say that steps were tried and failed",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/fail",
        .params = PARAMS(step_params, fail_fields),
        .emits = EMITS("handover.step_failed", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_fail,
    },
    {
        .verb = "retry",
        .summary = "let steps that failed be tried again; for whoever leads the case",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/retry",
        .params = PARAMS(step_params, note_fields),
        .emits = EMITS("handover.step_retried", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = step_decide_retry,
    },
    {0},
};
