/* handover_shapes.h - what the commands of handover.c take that have no file of their own, and what
 * is shown of a case. For that file only. */
#ifndef APP_HANDOVER_SHAPES_H
#define APP_HANDOVER_SHAPES_H

#include "app/documents.h"
#include "app/fields.h"
#include "domain/kinds.h"

/* ---- What is asked --------------------------------------------------------------------------- */

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
    const char *inventory, *restate, *restate_file;
};
static const struct field accept_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "inventory",
     .kind = KIND_DIGEST,
     .help = "the hash that tenure handover inventory showed you",
     AT(struct P, inventory)},
    {.name = "restate",
     .kind = KIND_TEXT,
     .optional = true,
     .lines = true,
     .max = 20000,
     .help = "in your words: the accounts you take, what is wrong with them, what is open and by "
             "when; about things, not people, for it stays in the log",
     AT(struct P, restate)},
    {.name = "restate_file",
     .kind = KIND_FILE,
     .optional = true,
     .help = "the same, as a file of plain text",
     AT(struct P, restate_file)},
    {0}};
#undef P

#define P templates_params
struct templates_params {
    struct ref handover;
};
static const struct field templates_fields[] = {THE(handover, "handover", "which case"), {0}};
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
    const char *state, *kind, *order;
    struct ref person, waits_for;
    bool open;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_CHOICE(state, states, "only in this state"),
                                           MAYBE_CHOICE(kind, kinds_all, "only of this kind"),
                                           MAYBE_A(person, "person", "only of this leaver"),
                                           MAYBE_A(waits_for, "person",
                                                   "only those in which this person has still to "
                                                   "accept or to declare"),
                                           FLAG(open, "only those that have not ended"),
                                           MAYBE_CHOICE(order, WORDS("name", "last_day"),
                                                        "by which they are sorted; by name if "
                                                        "not said"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

/* ---- What is shown --------------------------------------------------------------------------- */

SHAPE(account_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("kind", "what it is"), COLUMN("successor", "who takes it"),
      COLUMN("position", "in which position"), YESNO("accepted", "they have accepted"),
      COLUMN("gap", "what went on record"), COLUMN("restated", "what they take, in their words"),
      COLUMN("returned", "what was missing in that"),
      COLUMN("refused", "why somebody refused to take it"),
      COLUMN("dropped", "who was to take it and does not"), COLUMN("unit", "the unit it passes to"),
      COLUMN("holder", "the company it passes to"),
      COLUMN("residual", "what it means that it is lost"),
      COLUMN("compensating", "what is done about that"),
      COLUMN("review_on", "when it is looked at again"), COLUMN("risk_by", "who stated the risk"),
      COLUMN("risk_accepted_by", "who accepted it"));
SHAPE(step_row, NUMBER("number", "its number"), COLUMN("step", "its key"),
      COLUMN("title", "what to do"), COLUMN("detail", "how"), COLUMN("state", "its state"),
      COLUMN("done", "when it was done"), COLUMN("verified", "when it was seen done"),
      COLUMN("assignee", "whose"), COLUMN("due", "when it is due, by the clock there"),
      YESNO("overdue", "that is over"),
      YESNO("too_late", "there was no time for it when that was set"),
      COLUMN("due_rule",
             "by which rule, from the last day of work; earlier where others wait for it"),
      COLUMN("needs", "steps before it"), COLUMN("evidence", "what it must leave behind"),
      YESNO("irreversible", "cannot be undone"), NUMBER("wait_days", "days to wait before it"),
      COLUMN("basis", "found in a source, or general knowledge"), COLUMN("performer", "who did it"),
      COLUMN("verifier", "who saw it done"), TABLE("files", file_row, "the files that show it"),
      COLUMN("note", "what they wrote"),
      COLUMN("reason", "why it was waived, sent back or stands still"),
      COLUMN("until", "until when the platform makes one wait"),
      COLUMN("waits_on", "on whom or what it waits"), COLUMN("check_on", "when to look again"),
      COLUMN("tried", "what was tried before it failed"), COLUMN("trace", "why it is not needed"),
      YESNO("stale", "to be verified anew"),
      YESNO("approve", "another person must approve it before it is done"),
      COLUMN("approved_by", "who has"), COLUMN("layers", "which playbook and overrides made it"));
SHAPE(exposure_row, COLUMN("grant", "the access"), COLUMN("what", "to what"),
      COLUMN("revoked", "ended here"), COLUMN("confirmed", "seen gone there"),
      NUMBER("minutes", "in between, or until now"), YESNO("open", "nobody has seen it gone"));
SHAPE(warning_row, COLUMN("account", "the account"), COLUMN("risk", "what is wrong"),
      COLUMN("detail", "why, and what to do"));
SHAPE(promised_row, COLUMN("handover", "the other case"), COLUMN("account", "the account"));
SHAPE(kept_row, COLUMN("kind", "what it is"), COLUMN("item", "the thing"),
      COLUMN("what", "in words"), COLUMN("rule", "why it is kept"));
SHAPE(next_row, COLUMN("who", "whose turn"), COLUMN("what", "to do what"), COLUMN("due", "by when"),
      COLUMN("command", "with which command"));
SHAPE(left_row, COLUMN("code", "the rule that is not met"), COLUMN("item", "about what"),
      COLUMN("say", "what to do"));
SHAPE(named_row, COLUMN("person", "who"), COLUMN("name", "by name"));
SHAPE(rule_row, COLUMN("code", "the rule"), COLUMN("means", "what must be so"));
SHAPE(hold_row, COLUMN("hold", "the hold"), COLUMN("reference", "reference"),
      COLUMN("reason", "why"), COLUMN("since", "since when"));
SHAPE(handover_view, COLUMN("handover", "its key"), COLUMN("id", "its id"),
      COLUMN("person", "who leaves"), COLUMN("entity", "or which firm"), COLUMN("name", "by name"),
      COLUMN("kind", "of what kind"), COLUMN("means", "in words"), COLUMN("state", "its state"),
      COLUMN("last_day", "last day of work"), COLUMN("to", "the new position"),
      COLUMN("back_on", "day of the return"), COLUMN("follows", "the case that it comes from"),
      COLUMN("zone", "time zone of that day"), COLUMN("place", "whose weekend and holidays count"),
      NUMBER("overdue", "steps that are late"), COLUMN("lead", "who leads the case"),
      NUMBER("reopened", "times it was reopened"), COLUMN("progress", "how far it is"),
      COLUMN("declared", "what the leaver declared"),
      COLUMN("declared_how", "by the leaver, or why there is none"),
      COLUMN("declared_by", "who recorded it"), COLUMN("shortfall", "why waits are too short"),
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
      TABLE("people", named_row, "who is who in it"),
      TABLE("kept", kept_row, "what the new position justifies, and by which rule"),
      TABLE("exposure", exposure_row, "how long ended accesses were still open on the platform"),
      TABLE("warnings", warning_row, "what the leaving puts at risk"),
      TABLE("promised", promised_row, "what the leaver was to take in other cases"),
      TABLE("steps", step_row, "the checklist"));
SHAPE(handover_row, COLUMN("handover", "its key"), COLUMN("person", "who leaves"),
      COLUMN("entity", "or which firm"), COLUMN("name", "by name"), COLUMN("kind", "of what kind"),
      COLUMN("state", "its state"), COLUMN("last_day", "last day of work"),
      COLUMN("steps", "how far it is"), NUMBER("overdue", "steps that are late"),
      COLUMN("waits_for", "who has something late, or has still to accept or to declare"),
      COLUMN("lead", "who leads the case"));
SHAPE(inventory_view, COLUMN("handover", "the case"), COLUMN("person", "who takes over"),
      NUMBER("accounts", "how many"), COLUMN("text", "what you take, to be read back"),
      COLUMN("inventory", "hash of the text: show it when you accept"),
      COLUMN("accept_with", "the command"));

#endif
