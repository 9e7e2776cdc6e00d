/* handover.c - the commands on handovers, and what is asked about one. A case is opened in
 * handover_open.c and moved to its end in handover_end.c; what is in its scope and what must be
 * done is in handover_plan.c, taking over in handover_accept.c, the steps in step.c. */
#include "handover_case.h"

#include "app/hand_on.h"
#include "step.h"

const struct field seen_handover_fields[] = {S_TEXT(seen_handover, person),
                                             S_TEXT(seen_handover, person_ref),
                                             S_TEXT(seen_handover, kind),
                                             S_TEXT(seen_handover, state),
                                             S_TEXT(seen_handover, last_day),
                                             S_TEXT(seen_handover, zone),
                                             S_TEXT(seen_handover, lead),
                                             S_TEXT(seen_handover, declared),
                                             S_TEXT(seen_handover, person_status),
                                             S_INT(seen_handover, reopened),
                                             S_INT(seen_handover, irreversible_done),
                                             S_BOOL(seen_handover, last_admin),
                                             S_BOOL(seen_handover, hostile),
                                             S_BOOL(seen_handover, lead_stays),
                                             S_BOOL(seen_handover, actor_stays),
                                             S_TEXT(seen_handover, hostile_by),
                                             S_TEXT(seen_handover, hostile_by_ref),
                                             S_TEXT(seen_handover, hostile_confirmed_by),
                                             S_TEXT(seen_handover, cancel_asked_by),
                                             S_TEXT(seen_handover, cancel_asked_ref),
                                             {0}};

struct err *handover_may(struct job *job, const struct seen_handover *h, const char *event)
{
    const char *to;

    return machine_step(job->mem, handover_transitions,
                        arena_printf(job->mem, "the handover '%s'", job_said(job, "handover")),
                        h->state, event, event, &to);
}

bool handover_is_open(const struct seen_handover *h)
{
    return machine_find(handover_transitions, h->state, "reopen") == NULL;
}

const char *handover_way_on(struct job *job, const char *state)
{
    static const char *const ways[][3] = {{"draft", "schedule", ""},
                                          {"scheduled", "start", " --reason WHY"},
                                          {"in_progress", "submit", ""},
                                          {"verifying", "complete", " --attest WORDS"},
                                          {"failed", "retry", " --plan WORDS"},
                                          {"completed", "reopen", " --reason WHY"},
                                          {"closed_with_risk", "reopen", " --reason WHY"},
                                          {"cancelled", "reopen", " --reason WHY"}};

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
        if (text_same(state, ways[i][0]))
            return arena_printf(job->mem, "tenure handover %s %s%s", ways[i][1],
                                job_said(job, "handover"), ways[i][2]);
    return arena_printf(job->mem, "tenure handover show %s", job_said(job, "handover"));
}

struct err *handover_under_way(struct job *job, const struct seen_handover *h)
{
    if (text_same(h->state, "in_progress"))
        return NULL;
    return err_new(job->mem, ERR_CONFLICT,
                   "the handover '%s' is %s: that is done while it is in_progress; next is %s",
                   job_said(job, "handover"), h->state, handover_way_on(job, h->state));
}

int64_t days_until(const struct job *job, const char *day)
{
    int64_t n = 0;

    day_parse(day, &n);
    return n - job->now / MS_PER_DAY;
}

bool has_left(const char *status)
{
    return text_same(status, "left") || text_same(status, "deceased");
}

/* ---- Questions ------------------------------------------------------------------------------- */

#define P plan_params
struct plan_params {
    struct ref person;
    const char *last_day;
};
static const struct field plan_fields[] = {
    THE(person, "person", "who might leave"), DATE(last_day, "last day of work"), {0}};
#undef P

#define P schedule_params
struct schedule_params {
    struct ref handover;
    const char *shortfall, *reason;
};
static const struct field schedule_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "shortfall",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 500,
     .help = "why it goes on although a platform's waits are longer than the days left",
     AT(struct P, shortfall)},
    REASON,
    {0}};
#undef P

#define P inventory_params
struct inventory_params {
    struct ref handover, person;
};
static const struct field inventory_fields[] = {
    THE(handover, "handover", "which case"),
    MAYBE_A(person, "person", "whose; yours if not said"),
    {0}};
#undef P

#define P accept_params
struct accept_params {
    struct ref handover;
    const char *inventory;
};
static const struct field accept_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "inventory",
     .kind = KIND_DIGEST,
     .help = "the hash that tenure handover inventory showed you",
     AT(struct P, inventory)},
    {0}};
#undef P

#define P show_params
struct show_params {
    struct ref handover;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(handover, "handover", "which case"), AS_OF, {0}};
#undef P

static const char *const states[] = {"draft",     "scheduled",        "in_progress",
                                     "verifying", "failed",           "completed",
                                     "cancelled", "closed_with_risk", NULL};
#define P list_params
struct list_params {
    const char *state;
    struct ref person;
    bool open;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_CHOICE(state, states, "only in this state"),
                                           MAYBE_A(person, "person", "only of this leaver"),
                                           FLAG(open, "only those that have not ended"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(account_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("kind", "what it is"), COLUMN("successor", "who takes it"),
      COLUMN("position", "in which position"), YESNO("accepted", "they have accepted"),
      COLUMN("gap", "what went on record"), COLUMN("dropped", "who was to take it and leaves too"),
      COLUMN("residual", "what it means that it is lost"),
      COLUMN("compensating", "what is done about that"),
      COLUMN("review_on", "when it is looked at again"), COLUMN("risk_by", "who stated the risk"),
      COLUMN("risk_accepted_by", "who accepted it"));
SHAPE(step_row, NUMBER("number", "its number"), COLUMN("step", "its key"),
      COLUMN("title", "what to do"), COLUMN("state", "its state"), COLUMN("assignee", "whose"),
      COLUMN("due", "when it is due, by the clock there"), YESNO("overdue", "that is over"),
      YESNO("too_late", "there was no time for it when that was set"),
      COLUMN("due_rule",
             "by which rule, from the last day of work; earlier where others wait for it"),
      COLUMN("needs", "steps before it"), COLUMN("evidence", "what it must leave behind"),
      YESNO("irreversible", "cannot be undone"), NUMBER("wait_days", "days to wait before it"),
      COLUMN("basis", "found in a source, or general knowledge"), COLUMN("performer", "who did it"),
      COLUMN("verifier", "who saw it done"), COLUMN("note", "what they wrote"),
      COLUMN("reason", "why it was waived, sent back or stands still"),
      COLUMN("until", "until when the platform makes one wait"),
      COLUMN("waits_on", "on whom or what it waits"), COLUMN("check_on", "when to look again"),
      COLUMN("tried", "what was tried before it failed"), COLUMN("trace", "why it is not needed"),
      YESNO("stale", "to be verified anew"));
SHAPE(promised_row, COLUMN("handover", "the other case"), COLUMN("account", "the account"));
SHAPE(next_row, COLUMN("who", "whose turn"), COLUMN("what", "to do what"), COLUMN("due", "by when"),
      COLUMN("command", "with which command"));
SHAPE(left_row, COLUMN("code", "the rule that is not met"), COLUMN("item", "about what"),
      COLUMN("say", "what to do"));
SHAPE(rule_row, COLUMN("code", "the rule"), COLUMN("means", "what must be so"));
SHAPE(hold_row, COLUMN("hold", "the hold"), COLUMN("reference", "reference"),
      COLUMN("reason", "why"), COLUMN("since", "since when"));
SHAPE(handover_view, COLUMN("handover", "its key"), COLUMN("id", "its id"),
      COLUMN("person", "who leaves"), COLUMN("name", "by name"), COLUMN("kind", "of what kind"),
      COLUMN("state", "its state"), COLUMN("last_day", "last day of work"),
      COLUMN("zone", "time zone of that day"), COLUMN("place", "whose weekend and holidays count"),
      NUMBER("overdue", "steps that are late"), COLUMN("lead", "who leads the case"),
      NUMBER("reopened", "times it was reopened"), COLUMN("progress", "how far it is"),
      COLUMN("declared", "what the leaver declared"),
      COLUMN("shortfall", "why waits are too short"),
      COLUMN("hostile", "whether a second person has confirmed that it is hostile"),
      COLUMN("hostile_reference", "the legal or personnel case"),
      COLUMN("hostile_by", "who called it hostile"),
      COLUMN("tried", "what was tried when it failed"),
      COLUMN("plan", "what is done differently since"),
      COLUMN("cancel_asked_by", "who asks to cancel it"),
      COLUMN("attested", "what the verifier attested"), COLUMN("verifier", "who completed it"),
      TABLE("holds", hold_row, "holds that forbid erasing what concerns it"),
      TABLE("next", next_row, "what is to be done now, by whom, with which command"),
      TABLE("left", left_row, "what keeps it from being completed"),
      TABLE("rules", rule_row, "what the codes of the rules mean"),
      TABLE("accounts", account_row, "what changes hands"),
      TABLE("promised", promised_row, "what the leaver was to take in other cases"),
      TABLE("steps", step_row, "the checklist"));
SHAPE(handover_row, COLUMN("handover", "its key"), COLUMN("person", "who leaves"),
      COLUMN("name", "by name"), COLUMN("kind", "of what kind"), COLUMN("state", "its state"),
      COLUMN("last_day", "last day of work"), COLUMN("steps", "how far it is"),
      NUMBER("overdue", "steps that are late"), COLUMN("lead", "who leads the case"));
SHAPE(inventory_view, COLUMN("handover", "the case"), COLUMN("person", "who takes over"),
      NUMBER("accounts", "how many"), COLUMN("text", "what you take, to be read back"),
      COLUMN("inventory", "hash of the text: show it when you accept"),
      COLUMN("accept_with", "the command"));

extern const struct command handover_commands[];
const struct command handover_commands[] = {
    {
        .verb = "plan",
        .summary = "show all that would have to move if a person left; changes nothing",
        .example = "handover plan e1007 --last-day 2026-12-31",
        .roles = LEADERS | ROLE_LEGAL | ROLE_AUDITOR,
        .method = "GET",
        .path = "/v1/people/{person}/handover-plan",
        .params = PARAMS(plan_params, plan_fields),
        .answer = answer_plan,
        .reply = {0, plan_shape},
    },
    {
        .verb = "drill",
        .summary = "play a handover through without effects, and keep its numbers",
        .detail =
            "It is the plan of tenure handover plan, made and thrown away; what is kept is its "
            "numbers and its hash, to compare the next drill with.",
        .example = "handover drill e1007 --last-day 2026-12-31",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/people/{person}/handover-drill",
        .params = PARAMS(drill_params, drill_fields),
        .emits = EMITS("handover.drilled"),
        .alone = true,
        .decide = decide_drill,
        .result = drill_result,
    },
    {
        .verb = "create",
        .summary = "open the case of a person who leaves: finds all that must move",
        .example = "handover create e1007 --last-day 2026-12-31",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers",
        .params = PARAMS(create_params, handover_create_fields),
        .makes = "handover",
        .emits = EMITS("handover.created", "person.notice_given", "handover.scoped",
                       "handover.successor_named", HAND_ON_EVENTS),
        .look = "handover_subject",
        .seen = RECORD(struct seen_subject, seen_subject_fields),
        .alone = true,
        .decide = handover_decide_create,
        .result = handover_create_result,
    },
    {
        .verb = "successor",
        .summary = "name who takes accounts of the case",
        .example = "handover successor h-1f0c9a2e4b7d e1012 --account acme-group",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/successor",
        .params = PARAMS(successor_params, handover_successor_fields),
        .emits =
            EMITS("handover.successor_named", "handover.step_reassigned", "handover.step_planned"),
        SEES_HANDOVER,
        .decide = handover_decide_successor,
    },
    {
        .verb = "schedule",
        .summary = "settle scope and successors and lay out the steps",
        .detail = "Every account gets the steps of its platform's playbook, in the version of "
                  "today; every access, "
                  "secret, control point and duty of the leaver gets one.",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/schedule",
        .params = PARAMS(schedule_params, schedule_fields),
        .emits = EMITS("handover.scheduled", "handover.steps_added", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_schedule,
    },
    {
        .verb = "rescope",
        .summary = "take in what the leaver holds since the steps were laid out",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/rescope",
        .params = PARAMS(moved_params, handover_moved_fields),
        .emits = EMITS("handover.scoped", "handover.successor_named", "handover.steps_added",
                       "handover.step_ready", "handover.step_skipped", "handover.step_cancelled",
                       "handover.step_condition_true", "handover.rejected"),
        SEES_HANDOVER,
        .decide = decide_rescope,
    },
    {
        .verb = "reanchor",
        .summary = "set another last day: open steps are due by it",
        .detail =
            "Steps that are done and steps whose day was set by hand stay as they are. What "
            "there is no time for any more is marked as too late, never moved aside. With the "
            "same day it sets the dates again by what is known of the place now.",
        .example = "handover reanchor h-1f0c9a2e --last-day 2026-11-30 --reason 'leaves earlier'",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/reanchor",
        .params = PARAMS(reanchor_params, handover_reanchor_fields),
        .emits = EMITS("handover.reanchored", "person.notice_given"),
        SEES_HANDOVER,
        .decide = handover_decide_reanchor,
        .result = handover_reanchor_result,
    },
    {
        .verb = "start",
        .summary = "let work begin",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/start",
        .params = PARAMS(moved_params, handover_because_fields),
        .emits = EMITS("handover.started"),
        SEES_HANDOVER,
        .decide = handover_decide_start,
    },
    {
        .verb = "inventory",
        .summary = "show what a successor takes, as it is to be read back",
        .roles = HANDOVER_READERS,
        .within = "handover",
        .method = "GET",
        .path = "/v1/handovers/{handover}/inventory",
        .params = PARAMS(inventory_params, inventory_fields),
        .answer = answer_inventory,
        .reply = REPLY(inventory_view),
    },
    {
        .verb = "accept",
        .summary = "take over what the inventory says: you answer for it from then on",
        .detail = "The inventory's hash shows that you accept the text you have read. Its text "
                  "goes into the log.",
        .example = "handover accept h-1f0c9a2e4b7d --inventory 5f0c…",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_MEMBER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/accept",
        .params = PARAMS(accept_params, accept_fields),
        .emits =
            EMITS("handover.accepted", "owner.assigned", "owner.accepted", "custodian.changed"),
        SEES_HANDOVER,
        .decide = decide_accept,
    },
    {
        .verb = "declare",
        .summary = "declare that you retain nothing; or say why the leaver does not",
        .roles = LEADERS | ROLE_LEGAL | ROLE_KEEPER | ROLE_MEMBER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/declare",
        .params = PARAMS(declare_params, handover_declare_fields),
        .emits = EMITS("handover.declared"),
        SEES_HANDOVER,
        .decide = handover_decide_declare,
    },
    {
        .verb = "submit",
        .summary = "say that every step has ended and the case can be verified",
        .roles = LEADERS | ROLE_MEMBER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/submit",
        .params = PARAMS(moved_params, handover_moved_fields),
        .emits = EMITS("handover.submitted"),
        SEES_HANDOVER,
        .decide = handover_decide_submit,
    },
    {
        .verb = "reject",
        .summary = "send steps back instead of completing",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/reject",
        .params = PARAMS(reject_params, handover_reject_fields),
        .emits = EMITS("handover.rejected", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = handover_decide_reject,
    },
    {
        .verb = "complete",
        .summary = "attest that nothing is left; refused with a list while anything is",
        .detail =
            "You must be neither the leaver, nor a successor, nor have done a step of the case.",
        .example = "handover complete h-1f0c9a2e4b7d --attest 'I have looked at every platform.'",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/complete",
        .params = PARAMS(complete_params, handover_complete_fields),
        .emits = EMITS("handover.completed", "person.left", "key.revoked", "token.revoked",
                       HAND_ON_EVENTS),
        SEES_HANDOVER,
        .decide = handover_decide_complete,
    },
    {
        .verb = "cancel",
        .summary = "end the case undone: the person stays, or it was a mistake",
        .detail = "Nothing is restored by itself. Once a step is done that cannot be undone, this "
                  "asks for it, and another person approves.",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/cancel",
        .params = PARAMS(moved_params, handover_because_fields),
        .emits = EMITS("handover.cancelled", "handover.step_cancelled", "handover.cancel_asked",
                       "person.notice_withdrawn"),
        SEES_HANDOVER,
        .decide = handover_decide_cancel,
    },
    {
        .verb = "approve-cancel",
        .summary = "approve that a case is cancelled although something is done for ever",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/approve-cancel",
        .params = PARAMS(moved_params, handover_moved_fields),
        .emits = EMITS("handover.cancelled", "handover.step_cancelled", "person.notice_withdrawn"),
        SEES_HANDOVER,
        .decide = handover_decide_approve_cancel,
    },
    {
        .verb = "lead",
        .summary = "let another person lead the case",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/lead",
        .params = PARAMS(lead_params, handover_lead_fields),
        .emits = EMITS("handover.lead_changed"),
        SEES_HANDOVER,
        .decide = handover_decide_lead,
    },
    {
        .verb = "go-hostile",
        .summary = "shut the leaver out at once and revoke before anything is handed over",
        .detail = "The leaver's keys, tokens and roles here end now, and their steps go to others. "
                  "Another person must confirm it in time, or it escalates.",
        .example = "handover go-hostile h-1f0c9a2e --reference LEGAL-7 --reason 'took the list'",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/go-hostile",
        .params = PARAMS(hostile_params, handover_hostile_fields),
        .emits = EMITS("handover.went_hostile", "key.revoked", "token.revoked", "role.taken",
                       "handover.scoped", "handover.successor_named", "handover.steps_added",
                       "handover.step_ready", HAND_ON_EVENTS),
        SEES_HANDOVER,
        .decide = handover_decide_go_hostile,
        .result = handover_hostile_result,
    },
    {
        .verb = "confirm-hostile",
        .summary = "confirm, as a second person, that a case is hostile",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/confirm-hostile",
        .params = PARAMS(moved_params, handover_moved_fields),
        .emits = EMITS("handover.hostile_confirmed"),
        SEES_HANDOVER,
        .decide = handover_decide_confirm_hostile,
    },
    {
        .verb = "fail",
        .summary = "say that accounts could not be moved, and what was tried",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/fail",
        .params = PARAMS(fail_params, handover_fail_fields),
        .emits = EMITS("handover.failed", "handover.step_failed", TIME_EVENTS),
        SEES_HANDOVER,
        .decide = handover_decide_fail,
    },
    {
        .verb = "retry",
        .summary = "go on with a case that failed, by another plan",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/retry",
        .params = PARAMS(retry_params, handover_retry_fields),
        .emits = EMITS("handover.retried", "handover.step_retried"),
        SEES_HANDOVER,
        .decide = handover_decide_retry,
    },
    {
        .verb = "state-risk",
        .summary = "say what it means that accounts are lost, or have too few owners",
        .detail = "Another person accepts it with accept-risk; one of the two is of legal, and "
                  "neither leads the case.",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/state-risk",
        .params = PARAMS(risk_params, handover_risk_fields),
        .emits = EMITS("handover.risk_stated"),
        SEES_HANDOVER,
        .decide = handover_decide_state_risk,
    },
    {
        .verb = "accept-risk",
        .summary =
            "accept the risks that another has stated; a case that failed is closed with them",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/accept-risk",
        .params = PARAMS(moved_params, handover_because_fields),
        .emits = EMITS("handover.risk_accepted", "handover.closed_with_risk", "owner.ended",
                       "custodian.changed", "handover.step_cancelled", "person.left", "key.revoked",
                       "token.revoked", HAND_ON_EVENTS),
        SEES_HANDOVER,
        .decide = handover_decide_accept_risk,
    },
    {
        .verb = "reopen",
        .summary = "go on with a case that had ended; what was completed stays on record",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/reopen",
        .params = PARAMS(moved_params, handover_because_fields),
        .emits = EMITS("handover.reopened", "handover.steps_added", "handover.step_ready",
                       "person.notice_given", "key.revoked", "token.revoked", "role.taken",
                       HAND_ON_EVENTS),
        SEES_HANDOVER,
        .decide = handover_decide_reopen,
    },
    {
        .verb = "show",
        .summary = "show a case: progress, what is next for whom, and what is left",
        .roles = HANDOVER_READERS,
        .within = "handover",
        .method = "GET",
        .path = "/v1/handovers/{handover}",
        .params = PARAMS(show_params, show_fields),
        .query = "handover_show",
        .reply = REPLY(handover_view),
    },
    {
        .verb = "list",
        .summary = "list cases",
        .roles = HANDOVER_READERS,
        .method = "GET",
        .path = "/v1/handovers",
        .params = PARAMS(list_params, list_fields),
        .query = "handover_list",
        .list = true,
        .reply = REPLY(handover_row),
    },
    {0},
};
