/* position.c - commands on positions: seats that outlive whoever sits in them. */
#include "app/fields.h"

static const char *const clearable[] = {"unit", NULL};
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR)

#define P register_params
struct register_params {
    const char *position, *title, *effective;
    struct ref unit;
};
static const struct field register_fields[] = {
    NEW(position, "position", "what to call it, head-of-sales say"),
    TEXT(title, "what it is"),
    MAYBE_A(unit, "unit", "the unit it belongs to"),
    EFFECTIVE,
    {0}};
#undef P

#define P change_params
struct change_params {
    struct ref position, unit;
    const char *title, *effective, *reason;
    struct list clear;
};
static const struct field change_fields[] = {THE(position, "position", "which one"),
                                             MAYBE_TEXT(title, "what it is"),
                                             MAYBE_A(unit, "unit", "the unit it belongs to"),
                                             CLEAR(clearable),
                                             EFFECTIVE,
                                             REASON,
                                             {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref position;
    const char *reason;
};
static const struct field retire_fields[] = {THE(position, "position", "which one"), REASON, {0}};
#undef P

struct seen_position {
    const char *title, *unit, *status, *in_use;
};
static const struct field seen_fields[] = {S_TEXT(seen_position, title),
                                           S_TEXT(seen_position, unit),
                                           S_TEXT(seen_position, status),
                                           S_TEXT(seen_position, in_use),
                                           {0}};

/* ---- position fill, vacate ------------------------------------------------------------------- */

#define P fill_params
struct fill_params {
    struct ref position, person;
    const char *effective, *reason;
};
static const struct field fill_fields[] = {THE(position, "position", "which one"),
                                           THE(person, "person", "who holds it from now on"),
                                           EFFECTIVE,
                                           PERSONAL_REASON,
                                           {0}};
#undef P

#define P vacate_params
struct vacate_params {
    struct ref position;
    const char *effective, *reason;
};
static const struct field vacate_fields[] = {
    THE(position, "position", "which one"), EFFECTIVE, PERSONAL_REASON, {0}};
#undef P

struct seen_seat {
    const char *status, *holding, *person, *holder, *person_status, *person_kind;
};
static const struct field seat_fields[] = {
    S_TEXT(seen_seat, status),  /* of the position */
    S_TEXT(seen_seat, holding), /* who sits in it now: the row, the id, the ref */
    S_TEXT(seen_seat, person),        S_TEXT(seen_seat, holder),
    S_TEXT(seen_seat, person_status), /* of the one who is to sit in it */
    S_TEXT(seen_seat, person_kind),   {0}};

static void vacate(struct job *job, const char *position, const struct seen_seat *seat)
{
    struct event *e = event_new(&job->events, "position.vacated");

    event_set(e, "holding", seat->holding);
    event_set(e, "position", position);
    event_set(e, "person", seat->person);
}

static struct err *decide_fill(struct job *job, const void *params, const void *seen)
{
    const struct fill_params *in = params;
    const struct seen_seat *seat = seen;

    if (text_same(seat->status, "retired"))
        return err_field(job->mem, "position", "'%s' is retired", in->position.said);
    if (text_same(seat->person_status, "left") || text_same(seat->person_status, "deceased"))
        return err_field(job->mem, "person", "'%s' has left", in->person.said);
    if (text_same(seat->person_kind, "service"))
        return err_field(job->mem, "person", "'%s' is a service: it can answer for nothing",
                         in->person.said);
    if (text_same(seat->person, in->person.id))
        return NULL; /* it is so already */
    if (seat->holding)
        vacate(job, in->position.id, seat);
    struct event *e = event_new(&job->events, "position.filled");
    event_set(e, "holding", uuid_new(job->mem));
    event_set(e, "position", in->position.id);
    event_set(e, "person", in->person.id);
    return NULL;
}

static struct err *decide_vacate(struct job *job, const void *params, const void *seen)
{
    const struct vacate_params *in = params;
    const struct seen_seat *seat = seen;

    if (!seat->holding)
        return err_new(job->mem, ERR_CONFLICT, "nobody holds the position '%s'", in->position.said);
    vacate(job, in->position.id, seat);
    return NULL;
}

/* ---- position show, list --------------------------------------------------------------------- */

#define P show_params
struct show_params {
    struct ref position;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(position, "position", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *status, *search;
    struct ref unit, person;
    bool vacant;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_A(unit, "unit", "only in this unit"),
    MAYBE_A(person, "person", "only those that this person holds"),
    FLAG(vacant, "only those that nobody holds"),
    MAYBE_CHOICE(status, WORDS("active", "retired"), "only of this status"),
    MAYBE_TEXT(search, "only with this in title or key"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(position_row, COLUMN("position", "its key"), COLUMN("title", "what it is"),
      COLUMN("unit", "the unit"), COLUMN("person", "who holds it"), COLUMN("since", "since when"),
      NUMBER("accounts", "accounts it answers for"), COLUMN("status", "active or retired"));
SHAPE(holder_row, COLUMN("person", "who"), COLUMN("name", "by name"), COLUMN("since", "from"),
      COLUMN("until", "to"), COLUMN("basis", "how the end is known"));
SHAPE(succession_row, COLUMN("person", "who ended"), COLUMN("ends_on", "when"),
      COLUMN("successor", "who follows"), COLUMN("starts_on", "from when"),
      COLUMN("basis", "how it is known"));
SHAPE(answers_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      YESNO("accepted", "whether the holder has accepted"));
SHAPE(position_view, COLUMN("position", "its key"), COLUMN("id", "its id"),
      COLUMN("title", "what it is"), COLUMN("unit", "the unit"),
      COLUMN("status", "active or retired"), COLUMN("person", "who holds it"),
      TABLE("holders", holder_row, "who held it, newest first"),
      TABLE("successions", succession_row, "recorded successions"),
      TABLE("answers_for", answers_row, "accounts it answers for"));

extern const struct command position_commands[];
const struct command position_commands[] = {
    {
        .verb = "register",
        .summary = "make a position known",
        .example = "position register head-of-sales --title 'Head of Sales' --unit sales",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/positions",
        .params = PARAMS(register_params, register_fields),
        .makes = "position",
        .emits = EMITS("position.registered"),
        .by_token = true,
    },
    {
        .verb = "show",
        .summary = "show a position, its holders and what it answers for",
        .roles = READERS | ROLE_MEMBER,
        .within = "position",
        .method = "GET",
        .path = "/v1/positions/{position}",
        .params = PARAMS(show_params, show_fields),
        .query = "position_show",
        .reply = REPLY(position_view),
    },
    {
        .verb = "list",
        .summary = "list positions",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/positions",
        .params = PARAMS(list_params, list_fields),
        .query = "position_list",
        .list = true,
        .reply = REPLY(position_row),
    },
    {
        .verb = "change",
        .summary = "record what is different about a position",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/positions/{position}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("position.changed"),
        .by_token = true,
        .look = "position_look",
        .seen = RECORD(struct seen_position, seen_fields),
        .decide = decide_change,
    },
    {
        .verb = "fill",
        .summary = "record who holds a position",
        .detail = "Whoever held it until then holds it no more.",
        .example = "position fill head-of-sales e1007 --effective 2026-03-01",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/positions/{position}/fill",
        .params = PARAMS(fill_params, fill_fields),
        .emits = EMITS("position.filled", "position.vacated"),
        .by_token = true,
        .look = "position_seat",
        .seen = RECORD(struct seen_seat, seat_fields),
        .decide = decide_fill,
    },
    {
        .verb = "vacate",
        .summary = "record that nobody holds a position",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/positions/{position}/vacate",
        .params = PARAMS(vacate_params, vacate_fields),
        .emits = EMITS("position.vacated"),
        .by_token = true,
        .look = "position_seat_now",
        .seen = RECORD(struct seen_seat, seat_fields),
        .decide = decide_vacate,
    },
    {
        .verb = "retire",
        .summary = "use a position no more",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/positions/{position}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("position.retired"),
        .by_token = true,
        .look = "position_look",
        .seen = RECORD(struct seen_position, seen_fields),
        .decide = decide_retire,
    },
    {0},
};
