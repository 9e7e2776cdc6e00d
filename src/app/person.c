/* person.c - commands on persons. History goes by id, never by name; a name can be erased. */
#include "app/fields.h"
#include "app/hand_on.h"
#include "app/leave.h"
#include "erase.h"
#include "place.h"
#include "readiness.h"

static const char *const statuses[] = {"joiner", "active",   "mover", "leaver",
                                       "left",   "deceased", NULL};
static const char *const kinds[] = {"person", "service", NULL};
static const char *const languages[] = {"en", "fr", NULL};
static const char *const clearable[] = {"name",     "email",   "phone", "zone", "language",
                                        "employer", "manager", "unit",  NULL};
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR)

#define P register_params
struct register_params {
    const char *person, *name, *email, *phone, *zone, *language, *kind, *effective;
    struct ref employer, manager, unit;
    bool external;
};
static const struct field register_fields[] = {
    NEW(person, "person", "what to call them: a personnel number rather than a name"),
    PERSONAL(name, "full name"),
    PERSONAL_MAIL(email, "mail address"),
    PERSONAL(phone, "telephone number"),
    MAYBE_TEXT(zone, "time zone, Europe/Berlin say"),
    MAYBE_CHOICE(language, languages, "in which mail is written to them; en if not said"),
    MAYBE_A(employer, "entity", "who employs them"),
    MAYBE_A(manager, "person", "who leads them"),
    MAYBE_A(unit, "unit", "the unit they belong to"),
    MAYBE_CHOICE(kind, kinds, "service: a feed or an integration, which comes with a token"),
    FLAG(external, "an agency's or a partner's person"),
    EFFECTIVE,
    {0}};
#undef P

#define P change_params
struct change_params {
    struct ref person, employer, manager, unit;
    const char *name, *email, *phone, *zone, *language, *effective, *reason;
    struct list clear;
};
static const struct field change_fields[] = {
    THE(person, "person", "which one"),
    PERSONAL(name, "full name"),
    PERSONAL_MAIL(email, "mail address"),
    PERSONAL(phone, "telephone number"),
    MAYBE_TEXT(zone, "time zone, Europe/Berlin say"),
    MAYBE_CHOICE(language, languages, "in which mail is written to them"),
    MAYBE_A(employer, "entity", "who employs them"),
    MAYBE_A(manager, "person", "who leads them"),
    MAYBE_A(unit, "unit", "the unit they belong to"),
    CLEAR(clearable),
    EFFECTIVE,
    PERSONAL_REASON,
    {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref person;
    const char *last_day, *reason;
};
static const struct field retire_fields[] = {
    THE(person, "person", "which one"), DATE(last_day, "last day of work"), PERSONAL_REASON, {0}};
#undef P

struct seen_person {
    const char *name, *email, *phone, *zone, *language, *employer, *manager, *unit, *status;
    const char *in_use, *erased;
    bool last_admin;
};
static const struct field seen_fields[] = {S_TEXT(seen_person, name),
                                           S_TEXT(seen_person, email),
                                           S_TEXT(seen_person, phone),
                                           S_TEXT(seen_person, zone),
                                           S_TEXT(seen_person, language),
                                           S_TEXT(seen_person, employer),
                                           S_TEXT(seen_person, manager),
                                           S_TEXT(seen_person, unit),
                                           S_TEXT(seen_person, status),
                                           S_TEXT(seen_person, in_use),
                                           S_TEXT(seen_person, erased),
                                           S_BOOL(seen_person, last_admin),
                                           {0}};

static struct err *decide_person_register(struct job *job, const void *params, const void *seen)
{
    const struct register_params *in = params;

    (void)seen;
    TRY(zone_check(job, in->zone));
    job_event(job, "person.joined");
    return NULL;
}

/* What was erased must not come back by a feed or by habit. */
static struct err *decide_person_change(struct job *job, const void *params, const void *seen)
{
    const struct change_params *in = params;
    const struct seen_person *now = seen;

    if (now->erased && (in->name || in->email || in->phone))
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' was erased on %.10s: nothing personal is taken", in->person.said,
                       now->erased);
    TRY(zone_check(job, in->zone));
    return decide_change(job, params, seen);
}

static struct err *decide_person_retire(struct job *job, const void *params, const void *seen)
{
    const struct retire_params *in = params;
    const struct seen_person *now = seen;

    if (text_same(now->status, "left") || text_same(now->status, "deceased"))
        return err_new(job->mem, ERR_CONFLICT, "'%s' has left already", in->person.said);
    if (now->in_use)
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' still holds %s: hand it over first, tenure handover create %s "
                       "--last-day %s",
                       in->person.said, now->in_use, in->person.said, in->last_day);
    if (now->last_admin)
        return err_new(job->mem, ERR_CONFLICT, "'%s' is the last administrator with a key",
                       in->person.said);
    return leave(job, in->person.id, NULL, in->last_day);
}

#define P show_params
struct show_params {
    struct ref person;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(person, "person", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *status, *search;
    struct ref unit, employer;
    bool external;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_CHOICE(status, statuses, "only of this status"),
    MAYBE_A(unit, "unit", "only of this unit and those below it"),
    MAYBE_A(employer, "entity", "only employed by"),
    FLAG(external, "only those from outside"),
    MAYBE_TEXT(search, "only with this in name, mail address or key"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(person_row, COLUMN("person", "their key"), COLUMN("name", "full name"),
      COLUMN("positions", "what they hold"), COLUMN("unit", "the unit"),
      COLUMN("employer", "who employs them"), NUMBER("owns", "accounts they answer for"),
      COLUMN("status", "where they are in their time here"));
SHAPE(seat_row, COLUMN("position", "the position"), COLUMN("title", "what it is"),
      COLUMN("since", "from"), COLUMN("until", "to"));
SHAPE(role_row, COLUMN("role", "the role"), COLUMN("unit", "where"), COLUMN("since", "since when"));
SHAPE(key_row, COLUMN("key", "the key"), COLUMN("fingerprint", "its fingerprint"),
      COLUMN("label", "where it lies"), COLUMN("since", "since when"),
      COLUMN("until", "until when, where an end is set"), YESNO("revoked", "no longer valid"));
SHAPE(token_row, COLUMN("token", "the token"), COLUMN("expires_at", "until when it is good"),
      YESNO("revoked", "no longer valid"));
SHAPE(handover_row, COLUMN("handover", "the case"), COLUMN("state", "its state"),
      COLUMN("last_day", "last day of work"));
SHAPE(hold_row, COLUMN("hold", "the hold"), COLUMN("reference", "reference"),
      COLUMN("reason", "why"), COLUMN("since", "since when"));
SHAPE(person_view, COLUMN("person", "their key"), COLUMN("id", "their id"),
      COLUMN("name", "full name"), COLUMN("email", "mail address"), COLUMN("phone", "telephone"),
      COLUMN("zone", "time zone"), COLUMN("language", "in which mail is written to them"),
      COLUMN("employer", "who employs them"), COLUMN("manager", "who leads them"),
      COLUMN("unit", "the unit"),
      COLUMN("place", "where they work, by themselves or by their unit"),
      YESNO("external", "from outside"), COLUMN("kind", "service, if it is no human being"),
      COLUMN("status", "status"), COLUMN("since", "on record since"),
      COLUMN("last_day", "last day of work"),
      COLUMN("erased", "when what was personal was destroyed"),
      TABLE("holds", hold_row, "holds that forbid erasing it"),
      TABLE("positions", seat_row, "positions, newest first"),
      TABLE("roles", role_row, "what they may do here"),
      TABLE("keys", key_row, "what they sign with"),
      TABLE("tokens", token_row, "what a service comes with instead"),
      TABLE("handovers", handover_row, "their leavings"));

SHAPE(owns_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("position", "through this position"), YESNO("accepted", "they have accepted"),
      YESNO("only_owner", "nobody else has an owner's role on it"));
SHAPE(grant_row, COLUMN("grant", "the grant"), COLUMN("on", "account or store"),
      COLUMN("role", "the role"), COLUMN("through", "through what"), COLUMN("status", "its status"),
      COLUMN("since", "since when"), YESNO("sole", "nobody else holds it"));
SHAPE(control_row, COLUMN("controlpoint", "the control point"),
      COLUMN("account", "what it can seize"), COLUMN("kind", "what it is"),
      COLUMN("label", "which"));
SHAPE(secret_row, COLUMN("credential", "the credential"), COLUMN("account", "what it opens"),
      NUMBER("version", "the version they could know"), YESNO("current", "it is in use"),
      COLUMN("how", "how they could know it"), COLUMN("since", "since when"),
      YESNO("sole", "nobody else could"));
SHAPE(duty_row, COLUMN("account", "the account"), COLUMN("duty", "the duty"));
SHAPE(line_row, COLUMN("account", "the account"), COLUMN("position", "through this position"),
      NUMBER("rank", "place in line"), YESNO("only", "nobody else is in line"));
SHAPE(custody_row, COLUMN("account", "the account"));
SHAPE(holds_view, COLUMN("person", "their key"), COLUMN("name", "full name"),
      COLUMN("status", "status"), TABLE("positions", seat_row, "positions they hold"),
      TABLE("owns", owns_row, "accounts they answer for"),
      TABLE("custodian_of", custody_row, "accounts whose master role they hold"),
      TABLE("can_reach", grant_row, "what they have access to"),
      TABLE("can_recover", control_row, "what they could seize"),
      TABLE("knows", secret_row, "secrets they could know"),
      TABLE("responsible_for", duty_row, "duties"),
      TABLE("heir_of", line_row, "what they are in line for"),
      COLUMN("nothing", "said when there is nothing at all"));

extern const struct command person_commands[];
const struct command person_commands[] = {
    {
        .verb = "register",
        .summary = "make a person known",
        .detail =
            "Name, mail address and telephone are kept so that they can be erased; the key is "
            "kept for ever, so use a personnel number.",
        .example =
            "person register e1007 --name 'Ana Petrova' --email ana@acme.example --unit sales",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/people",
        .params = PARAMS(register_params, register_fields),
        .makes = "person",
        .emits = EMITS("person.joined"),
        .decide = decide_person_register,
        .by_token = true,
    },
    {
        .verb = "show",
        .summary = "show a person",
        .roles = READERS | ROLE_MEMBER,
        .within = "person",
        .method = "GET",
        .path = "/v1/people/{person}",
        .params = PARAMS(show_params, show_fields),
        .query = "person_show",
        .reply = REPLY(person_view),
    },
    {
        .verb = "holds",
        .summary = "show all that a person owns, reaches, could recover and could know",
        .example = "person holds e1007",
        .roles = READERS | ROLE_MEMBER,
        .within = "person",
        .method = "GET",
        .path = "/v1/people/{person}/holds",
        .params = PARAMS(show_params, show_fields),
        .query = "person_holds",
        .reply = REPLY(holds_view),
    },
    {
        .verb = "list",
        .summary = "list people",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/people",
        .params = PARAMS(list_params, list_fields),
        .query = "person_list",
        .list = true,
        .reply = REPLY(person_row),
    },
    {
        .verb = "change",
        .summary = "record what is different about a person",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/people/{person}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("person.changed"),
        .by_token = true,
        .look = "person_look",
        .seen = RECORD(struct seen_person, seen_fields),
        .decide = decide_person_change,
    },
    {
        .verb = "readiness",
        .summary = "show how bad it would be if a person left today, and why",
        .detail =
            "Each thing that nobody else could do costs points; 0 means that they could leave "
            "today. The parts of the score say what to do about it.",
        .example = "person readiness e1007",
        .roles = READERS,
        .within = "person",
        .method = "GET",
        .path = "/v1/people/{person}/readiness",
        .params = PARAMS(readiness_params, readiness_fields),
        .answer = answer_readiness,
        .reply = {0, readiness_shape},
    },
    {
        .verb = "place",
        .summary = "say where a person works",
        .detail = "Without a place of their own people work where their unit is.",
        .example = "person place e1007 berlin",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/people/{person}/place",
        .params = PARAMS(placed_params, person_placed_fields),
        .emits = EMITS("person.placed"),
        .look = "person_place_look",
        .seen = RECORD(struct seen_placed, seen_placed_fields),
        .decide = decide_placed,
    },
    {
        .verb = "retire",
        .summary = "record that a person who holds nothing has left",
        .detail = "Whoever still holds something leaves by a handover instead.",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/people/{person}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("person.left", "key.revoked", "token.revoked", HAND_ON_EVENTS),
        .by_token = true,
        .look = "person_look",
        .seen = RECORD(struct seen_person, seen_fields),
        .alone = true, /* who else can administer is not among what it names */
        .decide = decide_person_retire,
    },
    {
        .verb = "erase",
        .summary = "destroy what is personal about a person",
        .detail =
            "Name, addresses and notes go from the log's fields, from every version of the state "
            "and from files that hold them. The entries stay, and every proof stays valid. What "
            "the answer lists as remaining is outside: see to it. A hold forbids it.",
        .example = "person erase e1007 --reason 'asked for by letter of 2027-02-01'",
        .roles = ROLE_ADMIN | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/people/{person}/erase",
        .params = PARAMS(erase_params, erase_fields),
        .emits = EMITS("person.erased"),
        .look = "person_erase_look",
        .seen = RECORD(struct seen_erasure, seen_erasure_fields),
        .prepare = prepare_erase,
        .decide = decide_erase,
        .result = erase_result,
        .reply = {0, erased_shape},
        .forgets = true,
        .alone = true,
    },
    {0},
};
