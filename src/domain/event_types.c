/* event_types.c - every type of event and what its payload holds; see event.h.
 *
 * The payload is what `after` shows. Fields marked personal are not in it: each is a disclosure of
 * its own, so that it can be erased. Names are those of the columns which the fold fills.
 */
#include "domain/event.h"

/* clang-format off: it would take each of these apart. */
#define ID(name_, noun) \
    { \
        .name = (name_), .kind = KIND_ID, .of = (noun) \
    }
#define MAYBE_ID(name_, noun) \
    { \
        .name = (name_), .kind = KIND_ID, .of = (noun), .optional = true \
    }
#define IDS(name_, noun) \
    { \
        .name = (name_), .kind = KIND_LIST, .each = KIND_ID, .of = (noun) \
    }
#define MAYBE_IDS(name_, noun) \
    { \
        .name = (name_), .kind = KIND_LIST, .each = KIND_ID, .of = (noun), .optional = true \
    }
#define TEXT(name_) \
    { \
        .name = (name_), .kind = KIND_TEXT \
    }
#define MAYBE(name_) \
    { \
        .name = (name_), .kind = KIND_TEXT, .optional = true \
    }
#define PERSONAL(name_) \
    { \
        .name = (name_), .kind = KIND_TEXT, .optional = true, .personal = true \
    }
#define INT(name_) \
    { \
        .name = (name_), .kind = KIND_INT \
    }
#define MAYBE_INT(name_) \
    { \
        .name = (name_), .kind = KIND_INT, .optional = true \
    }
#define MAYBE_TEXTS(name_) \
    { \
        .name = (name_), .kind = KIND_LIST, .each = KIND_TEXT, .optional = true \
    }
#define FLAG(name_) \
    { \
        .name = (name_), .kind = KIND_BOOL, .optional = true \
    }
#define JSON(name_) \
    { \
        .name = (name_), .kind = KIND_JSON \
    }
#define MAYBE_JSON(name_) \
    { \
        .name = (name_), .kind = KIND_JSON, .optional = true \
    }
/* clang-format on */
#define LIST_OF(...) \
    (const struct field[]) \
    { \
        __VA_ARGS__, \
        { \
            0 \
        } \
    }
#define FIELDS(...) LIST_OF(__VA_ARGS__), false
#define FIELDS_PERSONAL_REASON(...) LIST_OF(__VA_ARGS__), true

#define ENTITY MAYBE("name"), MAYBE("kind"), MAYBE("country"), MAYBE("registration"), MAYBE("note")
#define UNIT MAYBE("name"), MAYBE_ID("parent", "unit"), MAYBE_ID("entity", "entity")
#define PLACE MAYBE("name"), MAYBE("zone"), MAYBE_TEXTS("weekend"), MAYBE_TEXTS("cutoff")
#define PERSON \
    PERSONAL("name"), PERSONAL("email"), PERSONAL("phone"), MAYBE("zone"), MAYBE("language"), \
        MAYBE_ID("employer", "entity"), MAYBE_ID("manager", "person"), MAYBE_ID("unit", "unit")
#define ACCOUNT \
    MAYBE("name"), MAYBE("url"), MAYBE_ID("unit", "unit"), MAYBE_ID("parent", "account"), \
        MAYBE("language"), MAYBE("purpose"), MAYBE_INT("min_owners"), MAYBE("note")
#define TITLE_FACTS \
    MAYBE("since"), PERSONAL("created_by"), PERSONAL("mail"), PERSONAL("phone"), \
        MAYBE("capacity"), PERSONAL("device"), PERSONAL("card"), MAYBE("duty"), MAYBE("contract"), \
        MAYBE("clause"), MAYBE("note"), MAYBE_JSON("documents")
#define IDENTIFIER \
    ID("account", "account"), ID("identifier", "identifier"), TEXT("kind"), TEXT("platform"), \
        TEXT("value")
#define GRANT_BEGUN \
    ID("grant", "grant"), TEXT("ref"), MAYBE_ID("account", "account"), MAYBE_ID("store", "store"), \
        MAYBE_ID("person", "person"), MAYBE_ID("entity", "entity"), TEXT("role"), TEXT("level"), \
        TEXT("through"), MAYBE("via"), MAYBE("ends_at"), PERSONAL("note")
#define GRANT_TOUCHED \
    ID("grant", "grant"), MAYBE_ID("account", "account"), MAYBE_ID("store", "store"), \
        MAYBE_ID("person", "person"), MAYBE_ID("entity", "entity")
#define CONTROL_POINT \
    MAYBE_ID("person", "person"), MAYBE_ID("entity", "entity"), MAYBE_ID("via", "account"), \
        PERSONAL("label"), PERSONAL("note")
#define STEPS ID("handover", "handover"), IDS("steps", "step")

const struct event_type event_types[] = {
    {"log.created", "the log begins: its name and its keys",
     FIELDS(TEXT("origin"), TEXT("vkey"), TEXT("tag_key"))},
    {"log.rolled_back",
     "an older copy of the log goes on: what came after it up to this checkpoint is lost",
     FIELDS(INT("size"), TEXT("root"), TEXT("checkpoint"))},
    {"logkey.rotated", "another key signs the log from the next entry on",
     FIELDS(ID("log", "log"), TEXT("from"), TEXT("to"))},
    {"site.set", "where people reach the registry in a browser, and whose passkeys it takes",
     FIELDS(TEXT("url"), TEXT("rp_id"))},

    {"entity.registered", "a company or other legal person is known",
     FIELDS(ID("entity", "entity"), TEXT("ref"), ENTITY)},
    {"entity.changed", "something about an entity is different",
     FIELDS(ID("entity", "entity"), ENTITY)},
    {"entity.retired", "an entity is no longer used", FIELDS(ID("entity", "entity"))},

    {"unit.registered", "a business unit is known", FIELDS(ID("unit", "unit"), TEXT("ref"), UNIT)},
    {"unit.changed", "something about a unit is different", FIELDS(ID("unit", "unit"), UNIT)},
    {"unit.policy_set", "what a unit asks for beyond the rules",
     FIELDS(ID("unit", "unit"), MAYBE("mutual_pairs"), MAYBE_INT("max_age_days"))},
    {"unit.retired", "a unit is no longer used", FIELDS(ID("unit", "unit"))},

    {"place.created", "a place where people work is known: its days and hours",
     FIELDS(ID("place", "place"), TEXT("ref"), PLACE)},
    {"place.changed", "something about a place is different", FIELDS(ID("place", "place"), PLACE)},
    {"place.retired", "a place is no longer used", FIELDS(ID("place", "place"))},
    {"place.holidays_added", "days on which nobody works there",
     FIELDS(ID("place", "place"), TEXT("file"), JSON("holidays"))},
    {"place.holidays_ended", "days are working days there after all",
     FIELDS(ID("place", "place"), TEXT("file"), IDS("days", "holiday"))},
    {"unit.placed", "where the people of a unit work",
     FIELDS(ID("unit", "unit"), MAYBE_ID("place", "place"))},
    {"person.placed", "where a person works",
     FIELDS(ID("person", "person"), MAYBE_ID("place", "place"))},

    {"position.registered", "a seat exists that outlives the person in it",
     FIELDS(ID("position", "position"), TEXT("ref"), MAYBE("title"), MAYBE_ID("unit", "unit"))},
    {"position.changed", "something about a position is different",
     FIELDS(ID("position", "position"), MAYBE("title"), MAYBE_ID("unit", "unit"))},
    {"position.retired", "a position is no longer used", FIELDS(ID("position", "position"))},
    {"position.filled", "a person holds a position",
     FIELDS_PERSONAL_REASON(ID("holding", "holding"), ID("position", "position"),
                            ID("person", "person"), MAYBE("basis"))},
    {"position.vacated", "a person no longer holds a position",
     FIELDS_PERSONAL_REASON(ID("holding", "holding"), ID("position", "position"),
                            ID("person", "person"), MAYBE("basis"))},
    {"position.succession_recorded", "who follows whom in a position",
     FIELDS(ID("succession", "succession"), ID("position", "position"), ID("person", "person"),
            MAYBE("ends_on"), MAYBE("basis"), MAYBE_ID("successor", "person"), MAYBE("starts_on"),
            PERSONAL("cause"))},

    {"person.joined", "a person is known",
     FIELDS(ID("person", "person"), TEXT("ref"), PERSON, MAYBE("kind"), FLAG("external"))},
    {"person.changed", "something about a person is different",
     FIELDS_PERSONAL_REASON(ID("person", "person"), PERSON)},
    {"person.notice_given", "a person will leave",
     FIELDS_PERSONAL_REASON(ID("person", "person"), TEXT("last_day"))},
    {"person.notice_withdrawn", "a person stays after all", FIELDS(ID("person", "person"))},
    {"person.left", "a person has left: positions, roles and keys end",
     FIELDS_PERSONAL_REASON(ID("person", "person"), MAYBE("last_day"), MAYBE("status"))},
    {"person.erased", "what was personal about a person is destroyed: fields and files",
     FIELDS(ID("person", "person"), JSON("fields"), JSON("cells"), JSON("files"), JSON("exports"),
            JSON("named_in"))},

    {"role.given", "a person may do what the role may",
     FIELDS(ID("role_grant", "role_grant"), ID("person", "person"), TEXT("role"),
            MAYBE_ID("unit", "unit"))},
    {"role.taken", "a person may no longer do so",
     FIELDS(ID("role_grant", "role_grant"), ID("person", "person"), TEXT("role"))},

    {"key.invited", "a person may enrol a key with a code",
     FIELDS(ID("invitation", "invitation"), MAYBE("ref"), ID("person", "person"), TEXT("code"),
            TEXT("expires_at"), FLAG("recovery"))},
    {"key.confirmed", "a second administrator lets somebody who had a key before enrol another",
     FIELDS(ID("invitation", "invitation"), ID("person", "person"))},
    {"key.enrolled", "a person signs with a key from this entry on",
     FIELDS(ID("key", "key"), TEXT("ref"), ID("person", "person"), TEXT("public_key"),
            TEXT("fingerprint"), MAYBE("credential"), PERSONAL("label"),
            ID("invitation", "invitation"))},
    {"key.revoked", "signatures by a key count no more from this entry on",
     FIELDS(ID("key", "key"), ID("person", "person"))},
    {"token.issued", "a service may come with a token instead of a signature from this entry on",
     FIELDS(ID("token", "token"), TEXT("ref"), ID("person", "person"), TEXT("digest"),
            TEXT("expires_at"), MAYBE_TEXTS("commands"))},
    {"webhook.added", "a receiver is told of what happens, from this entry on",
     FIELDS(ID("webhook", "webhook"), TEXT("ref"), TEXT("url"), TEXT("form"),
            MAYBE_TEXTS("types"))},
    {"webhook.enabled", "a receiver that had gone is told again", FIELDS(ID("webhook", "webhook"))},
    {"webhook.removed", "a receiver is told nothing more", FIELDS(ID("webhook", "webhook"))},
    {"calendar.linked", "a person's calendar has this address, and no earlier one",
     FIELDS(ID("person", "person"), INT("number"))},
    {"calendar.revoked", "a person's calendar has no address any more",
     FIELDS(ID("person", "person"))},
    {"token.revoked", "a token counts no more from this entry on",
     FIELDS(ID("token", "token"), ID("person", "person"))},

    {"account.registered", "an account is on the books",
     FIELDS(ID("account", "account"), TEXT("ref"), TEXT("platform"), TEXT("kind"), ACCOUNT,
            MAYBE("contested"), MAYBE("status"), TEXT("tag"), TEXT("tag_id"), TEXT("tag_signature"),
            JSON("identifiers"))},
    {"account.changed", "something about an account is different",
     FIELDS(ID("account", "account"), ACCOUNT, MAYBE("status"))},
    {"account.retired", "an account is no longer used", FIELDS(ID("account", "account"))},
    {"account.handle_changed", "an account has another handle", FIELDS(IDENTIFIER)},
    {"account.handle_recased", "a handle is written with other capitals", FIELDS(IDENTIFIER)},
    {"identifier.added", "an account has one more identifier", FIELDS(IDENTIFIER)},
    {"identifier.recycled", "an identifier that was another account's is this one's now",
     FIELDS(IDENTIFIER, ID("previous", "account"))},
    {"identifier.ended", "an identifier is no longer the account's",
     FIELDS(ID("account", "account"), ID("identifier", "identifier"))},

    {"title.asserted", "an entity claims to own an account, with the facts of its origin",
     FIELDS(ID("title", "title"), ID("account", "account"), ID("holder", "entity"), INT("link"),
            TITLE_FACTS)},
    {"title.evidenced", "documents support a claim",
     FIELDS(ID("title", "title"), ID("account", "account"), JSON("documents"))},
    {"title.countersigned", "a second person confirms a claim",
     FIELDS(ID("title", "title"), ID("account", "account"))},
    {"title.disputed", "somebody contests a claim",
     FIELDS(ID("title", "title"), ID("account", "account"), PERSONAL("claimant"))},
    {"title.settled", "a dispute is over", FIELDS(ID("title", "title"), ID("account", "account"))},
    {"title.transferred", "ownership passes to another entity: a new link of the chain",
     FIELDS(ID("title", "title"), ID("account", "account"), ID("holder", "entity"),
            ID("from_holder", "entity"), INT("link"), TITLE_FACTS)},
    {"evidence.added", "a file is kept as evidence",
     FIELDS(ID("evidence", "evidence"), TEXT("ref"), TEXT("sha256"), INT("size"),
            TEXT("media_type"), PERSONAL("name"), PERSONAL("note"))},

    {"owner.assigned", "a position is to answer for an account",
     FIELDS(ID("account", "account"), ID("position", "position"))},
    {"owner.accepted", "the person in that position has accepted",
     FIELDS(ID("account", "account"), ID("position", "position"), ID("person", "person"))},
    {"owner.ended", "nobody answers for the account any more",
     FIELDS(ID("account", "account"), ID("position", "position"))},
    {"custodian.changed", "another person, or nobody, holds the master role from day to day",
     FIELDS(ID("account", "account"), MAYBE_ID("person", "person"))},
    {"heir.designated", "a position is next in line for an account",
     FIELDS(ID("heir", "heir"), TEXT("ref"), ID("account", "account"), ID("position", "position"),
            INT("rank"))},
    {"heir.ended", "a position is no longer in line",
     FIELDS(ID("heir", "heir"), ID("account", "account"), ID("position", "position"))},
    {"responsibility.assigned", "a person has a duty on an account",
     FIELDS(ID("responsibility", "responsibility"), TEXT("ref"), ID("account", "account"),
            ID("person", "person"), TEXT("duty"), PERSONAL("note"))},
    {"responsibility.ended", "a person no longer has that duty",
     FIELDS(ID("responsibility", "responsibility"), ID("account", "account"),
            ID("person", "person"))},

    {"grant.invited", "access is offered and not taken up yet", FIELDS(GRANT_BEGUN)},
    {"grant.activated", "somebody has access",
     FIELDS(ID("grant", "grant"), MAYBE("ref"), MAYBE_ID("account", "account"),
            MAYBE_ID("store", "store"), MAYBE_ID("person", "person"), MAYBE_ID("entity", "entity"),
            MAYBE("role"), MAYBE("level"), MAYBE("through"), MAYBE("via"), MAYBE("ends_at"),
            PERSONAL("note"))},
    {"grant.changed", "something about an access is different",
     FIELDS(GRANT_TOUCHED, MAYBE("role"), MAYBE("level"), MAYBE("through"), MAYBE("via"),
            MAYBE("ends_at"), PERSONAL("note"))},
    {"grant.revocation_requested", "somebody asked for an access to end", FIELDS(GRANT_TOUCHED)},
    {"grant.revoked", "access has ended here; the platform has not confirmed it",
     FIELDS(GRANT_TOUCHED)},
    {"grant.revocation_confirmed", "access has ended on the platform too",
     FIELDS(GRANT_TOUCHED, MAYBE("note"))},

    {"controlpoint.added", "something can seize the account",
     FIELDS(ID("controlpoint", "controlpoint"), TEXT("ref"), ID("account", "account"), TEXT("kind"),
            CONTROL_POINT)},
    {"controlpoint.changed", "something about a control point is different",
     FIELDS(ID("controlpoint", "controlpoint"), ID("account", "account"), MAYBE("kind"),
            CONTROL_POINT)},
    {"controlpoint.retired", "it can seize the account no more",
     FIELDS(ID("controlpoint", "controlpoint"), ID("account", "account"))},

    {"store.registered", "a place where secrets lie is known",
     FIELDS(ID("store", "store"), TEXT("ref"), MAYBE("name"), MAYBE("kind"), MAYBE("location"),
            MAYBE_ID("unit", "unit"))},
    {"store.changed", "something about a store is different",
     FIELDS(ID("store", "store"), MAYBE("name"), MAYBE("kind"), MAYBE("location"),
            MAYBE_ID("unit", "unit"))},
    {"store.retired", "a store is no longer used", FIELDS(ID("store", "store"))},
    {"credential.recorded", "a secret exists: where it lies and who knows it, never itself",
     FIELDS(ID("credential", "credential"), TEXT("ref"), MAYBE_ID("account", "account"),
            MAYBE_ID("store", "store"), MAYBE_ID("person", "person"), TEXT("kind"),
            PERSONAL("label"), PERSONAL("reference"), {.name = "shared", .kind = KIND_BOOL},
            TEXT("exposure"), INT("version"), MAYBE("changed_on"), MAYBE("expires_on"),
            MAYBE_INT("lead_days"), MAYBE_IDS("known_to", "person"))},
    {"credential.changed", "something about a credential's record is different",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"),
            MAYBE_ID("store", "store"), PERSONAL("label"), PERSONAL("reference"),
            MAYBE("expires_on"), MAYBE_INT("lead_days"), MAYBE("exposure"))},
    {"credential.known_to", "a person could know the secret",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"), ID("person", "person"),
            INT("version"), TEXT("how"))},
    {"credential.rotated", "the secret is another one",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"), INT("version"),
            ID("performer", "person"), TEXT("proof"), MAYBE("proof_value"), MAYBE("expires_on"),
            MAYBE_ID("store", "store"), MAYBE_JSON("documents"))},
    {"credential.rotation_confirmed", "a second person has seen the old secret refused",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"), INT("version"),
            MAYBE("note"))},
    {"credential.compromised", "the secret may be in strange hands",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"))},
    {"credential.rotation_asked", "somebody wants the secret changed",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"))},
    {"credential.glass_broken", "somebody used the secret in an emergency",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"), ID("person", "person"),
            INT("version"))},
    {"credential.glass_reviewed", "a second person has looked at an emergency",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"), INT("entry"),
            TEXT("finding"), MAYBE("note"))},
    {"credential.retired", "the secret opens nothing any more",
     FIELDS(ID("credential", "credential"), MAYBE_ID("account", "account"))},

    {"playbook.published", "how a platform's accounts are handed over, in this version",
     FIELDS(ID("playbook", "playbook"), MAYBE("ref"), TEXT("platform"), INT("version"),
            TEXT("digest"), JSON("content"))},
    {"playbook.overridden", "what a playbook is for a unit, a kind of account or an exit type",
     FIELDS(ID("override", "override"), MAYBE("ref"), TEXT("platform"), MAYBE_ID("unit", "unit"),
            MAYBE("account_kind"), MAYBE("exit_type"), INT("version"), TEXT("digest"),
            JSON("content"))},
    {"playbook.override_withdrawn", "an override of a playbook holds no more",
     FIELDS(ID("override", "override"))},
    {"handover.created", "a case is opened to move what a person or a firm holds",
     FIELDS_PERSONAL_REASON(ID("handover", "handover"), TEXT("ref"), MAYBE_ID("person", "person"),
                            MAYBE_ID("entity", "entity"), TEXT("kind"), TEXT("last_day"),
                            TEXT("zone"), ID("lead", "person"), MAYBE_ID("to", "position"),
                            MAYBE("back"), MAYBE_ID("follows", "handover"), MAYBE("declared"))},
    {"handover.drilled", "a leaving was played through without effects",
     FIELDS(ID("drill", "drill"), ID("person", "person"), TEXT("last_day"), INT("accounts"),
            INT("steps"), INT("without_successor"), INT("at_risk"), INT("too_late"),
            INT("rotations"), INT("wait_days"), TEXT("digest"), MAYBE_JSON("drill_before"))},
    {"handover.scoped", "accounts are found that the case must move",
     FIELDS(ID("handover", "handover"), IDS("account_ids", "account"), JSON("accounts"))},
    {"handover.successor_named", "who takes accounts of the case",
     FIELDS(ID("handover", "handover"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"), ID("position", "position"), ID("person", "person"))},
    {"handover.steps_added", "what is to be done",
     FIELDS(ID("handover", "handover"), JSON("steps"), MAYBE_IDS("playbooks", "playbook"),
            MAYBE_JSON("pins"))},
    {"handover.steps_changed", "steps are other ones by the templates of today",
     FIELDS(STEPS, JSON("changes"))},
    {"handover.templates_pinned", "what the steps of accounts are made of from now on",
     FIELDS(ID("handover", "handover"), IDS("account_ids", "account"), JSON("pins"))},
    {"handover.scheduled", "scope, successors and steps are settled",
     FIELDS(ID("handover", "handover"), MAYBE("shortfall"))},
    {"handover.reanchored", "another last day, and when open steps are due by it",
     FIELDS(ID("handover", "handover"), TEXT("last_day"), INT("moved"), INT("late"), JSON("dues"))},
    {"handover.started", "work begins", FIELDS(ID("handover", "handover"))},
    {"handover.submitted", "every step has ended; the case is to be verified",
     FIELDS(ID("handover", "handover"))},
    {"handover.rejected", "the verifier sends steps back", FIELDS(STEPS)},
    {"handover.completed", "nothing is left", FIELDS(ID("handover", "handover"), TEXT("attested"))},
    {"handover.cancelled", "the case ends without being done", FIELDS(ID("handover", "handover"))},
    {"handover.reopened", "an ended case goes on", FIELDS(ID("handover", "handover"))},
    {"handover.declared",
     "the leaver states that nothing is retained, or why there is no statement",
     FIELDS(ID("handover", "handover"), ID("person", "person"), TEXT("declaration"), MAYBE("how"))},
    {"handover.accepted", "a successor has read back what is taken",
     FIELDS(ID("handover", "handover"), ID("person", "person"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"), TEXT("inventory"), TEXT("text"), MAYBE("restate"))},
    {"handover.acceptance_returned", "an acceptance is sent back with what is missing in it",
     FIELDS(ID("handover", "handover"), ID("person", "person"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"), TEXT("missing"))},
    {"handover.refused", "a successor refuses to take accounts: somebody else must",
     FIELDS(ID("handover", "handover"), ID("person", "person"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"))},
    {"handover.step_ready", "what steps needed is done", FIELDS(STEPS)},
    {"handover.step_claimed", "somebody works on steps", FIELDS(STEPS, ID("person", "person"))},
    {"handover.step_done", "steps are done",
     FIELDS(STEPS, ID("performer", "person"), MAYBE("note"), MAYBE_JSON("documents"))},
    {"handover.step_verified", "another person has seen that steps are done", FIELDS(STEPS)},
    {"handover.step_rejected", "steps are not done well", FIELDS(STEPS)},
    {"handover.step_waiver_asked", "somebody asks to do without steps",
     FIELDS(STEPS, MAYBE("expires_on"), MAYBE("code"))},
    {"handover.step_waived", "steps need not be done", FIELDS(STEPS)},
    {"handover.step_approved", "another person approves steps before they are done", FIELDS(STEPS)},
    {"handover.step_reassigned", "other hands for steps", FIELDS(STEPS, ID("person", "person"))},
    {"handover.step_due_set", "when steps are due, by hand or by their rules again",
     FIELDS(STEPS, JSON("dues"), {.name = "pinned", .kind = KIND_BOOL})},
    {"handover.step_cancelled", "steps fall away", FIELDS(STEPS)},
    {"handover.step_reopened", "steps that were done are open again", FIELDS(STEPS)},
    {"handover.step_held_back", "what steps need is open again: they wait for it", FIELDS(STEPS)},
    {"handover.step_stale", "what steps were built on is open again: they must be verified anew",
     FIELDS(STEPS)},
    {"handover.step_waiting", "a platform makes steps wait until a day",
     FIELDS(STEPS, TEXT("until"), MAYBE("note"), MAYBE_JSON("documents"))},
    {"handover.step_wait_over", "the day is reached until which steps waited", FIELDS(STEPS)},
    {"handover.step_blocked", "steps stand still, and on whom or what they wait",
     FIELDS(STEPS, TEXT("waits_on"), TEXT("check_on"))},
    {"handover.step_unblocked", "steps stand still no longer", FIELDS(STEPS, TEXT("note"))},
    {"handover.step_failed", "steps were tried and failed", FIELDS(STEPS, TEXT("tried"))},
    {"handover.step_retried", "steps that failed are tried again", FIELDS(STEPS, TEXT("note"))},
    {"handover.step_skipped", "steps are not needed, and by which rule",
     FIELDS(STEPS, TEXT("trace"))},
    {"handover.step_condition_true", "steps that were skipped are needed after all",
     FIELDS(STEPS, TEXT("trace"))},
    {"handover.step_planned", "whose steps will be that nobody can begin yet",
     FIELDS(STEPS, ID("person", "person"))},
    {"handover.lead_changed", "another person leads the case",
     FIELDS(ID("handover", "handover"), ID("person", "person"))},
    {"handover.successor_reopened", "who was to take accounts leaves too: somebody else must",
     FIELDS(ID("handover", "handover"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"), ID("was", "person"))},
    {"handover.went_hostile", "the leaver is shut out, and the case goes on revoke-first",
     FIELDS_PERSONAL_REASON(ID("handover", "handover"), TEXT("reference"), INT("hours"))},
    {"handover.hostile_confirmed", "a second person confirms that a case is hostile",
     FIELDS(ID("handover", "handover"))},
    {"handover.failed", "accounts could not be moved",
     FIELDS(ID("handover", "handover"), MAYBE_IDS("account_ids", "account"), TEXT("tried"))},
    {"handover.retried", "a case that failed is tried again by another plan",
     FIELDS(ID("handover", "handover"), TEXT("plan"))},
    {"handover.risk_stated", "what it would mean that accounts are lost, and what is done about it",
     FIELDS(ID("handover", "handover"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"), TEXT("residual"), TEXT("compensating"),
            TEXT("review_on"), FLAG("legal"))},
    {"handover.risk_accepted", "another person accepts such risks",
     FIELDS(ID("handover", "handover"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"))},
    {"handover.closed_with_risk", "accounts are given up, and the case ends with them lost",
     FIELDS(ID("handover", "handover"), IDS("rows", "handover_account"),
            IDS("account_ids", "account"))},
    {"handover.cancel_asked", "somebody asks to cancel a case in which something is done for ever",
     FIELDS(ID("handover", "handover"))},

    {"hold.placed", "what concerns a person, an account or a handover must not be erased",
     FIELDS(ID("hold", "hold"), TEXT("ref"), MAYBE_ID("person", "person"),
            MAYBE_ID("account", "account"), MAYBE_ID("handover", "handover"), TEXT("reference"))},
    {"hold.released", "a hold is over",
     FIELDS(ID("hold", "hold"), MAYBE_ID("person", "person"), MAYBE_ID("account", "account"),
            MAYBE_ID("handover", "handover"))},

    {"import.applied", "a file was taken in",
     FIELDS(ID("import", "import"), TEXT("ref"), TEXT("kind"), TEXT("file"), TEXT("plan"),
            INT("fresh"), INT("changed"), INT("ended"), INT("unchanged"), MAYBE_JSON("options"))},
    {"import.quarantined", "a file would change too much and waits for a person",
     FIELDS(ID("import", "import"), TEXT("ref"), TEXT("kind"), TEXT("file"), TEXT("plan"),
            INT("fresh"), INT("changed"), INT("ended"), INT("unchanged"), MAYBE_JSON("options"))},
    {"import.released", "a person lets a quarantined file through", FIELDS(ID("import", "import"))},
    {"export.created", "a proof was made and handed out",
     FIELDS(ID("account", "account"), INT("size"), TEXT("file"), MAYBE_JSON("fields"),
            MAYBE_JSON("cosigned"))},
    {0},
};
