/* unit.c - commands on units: business units and regions, a tree. Roles can be given by unit. */
#include "app/fields.h"
#include "place.h"

static const char *const clearable[] = {"parent", "entity", NULL};

#define P register_params
struct register_params {
    const char *unit, *name, *effective;
    struct ref parent, entity;
};
static const struct field register_fields[] = {
    NEW(unit, "unit", "what to call it"),
    TEXT(name, "its full name"),
    MAYBE_A(parent, "unit", "the unit above it"),
    MAYBE_A(entity, "entity", "the company it belongs to"),
    EFFECTIVE,
    {0}};
#undef P

#define P change_params
struct change_params {
    struct ref unit, parent, entity;
    const char *name, *effective, *reason;
    struct list clear;
};
static const struct field change_fields[] = {THE(unit, "unit", "which one"),
                                             MAYBE_TEXT(name, "its full name"),
                                             MAYBE_A(parent, "unit", "the unit above it"),
                                             MAYBE_A(entity, "entity", "the company it belongs to"),
                                             CLEAR(clearable),
                                             EFFECTIVE,
                                             REASON,
                                             {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref unit;
    const char *reason;
};
static const struct field retire_fields[] = {THE(unit, "unit", "which one"), REASON, {0}};
#undef P

struct seen_unit {
    const char *name, *parent, *entity, *status, *in_use, *mutual_pairs;
    int64_t max_age_days;
    struct list below; /* ids of the unit and all below it */
};
static const struct field seen_fields[] = {
    S_TEXT(seen_unit, name),        S_TEXT(seen_unit, parent), S_TEXT(seen_unit, entity),
    S_TEXT(seen_unit, status),      S_TEXT(seen_unit, in_use), S_TEXT(seen_unit, mutual_pairs),
    S_INT(seen_unit, max_age_days), S_LIST(seen_unit, below),  {0}};

static struct err *decide_unit_change(struct job *job, const void *params, const void *seen)
{
    const struct change_params *in = params;
    const struct seen_unit *now = seen;

    for (size_t i = 0; in->parent.id && i < now->below.n; i++)
        if (strcmp(now->below.at[i], in->parent.id) == 0)
            return err_field(job->mem, "parent", "'%s' is below '%s': units form a tree",
                             in->parent.said, in->unit.said);
    return decide_change(job, params, seen);
}

#define P policy_params
struct policy_params {
    struct ref unit;
    const char *mutual_pairs, *reason;
    int64_t max_age_days;
    struct list clear;
};
static const struct field policy_fields[] = {
    THE(unit, "unit", "which one"),
    MAYBE_CHOICE(mutual_pairs, WORDS("allowed", "refused"),
                 "whether two people may verify each other's steps in one handover"),
    MAYBE_INT(max_age_days, 1, 36500, "after how many days any secret of the unit is due"),
    CLEAR(WORDS("mutual_pairs", "max_age_days")),
    REASON,
    {0}};
#undef P

static struct err *decide_policy(struct job *job, const void *params, const void *seen)
{
    const struct policy_params *in = params;

    if (!in->mutual_pairs && !in->max_age_days && !in->clear.n)
        return err_field(job->mem, "mutual_pairs",
                         "say what the unit asks for: --mutual-pairs, --max-age-days or --clear");
    return decide_change(job, params, seen);
}

#define P show_params
struct show_params {
    struct ref unit;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(unit, "unit", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *status, *search;
    struct ref under;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_A(under, "unit", "only this one and those below it"),
    MAYBE_CHOICE(status, WORDS("active", "retired"), "only of this status"),
    MAYBE_TEXT(search, "only with this in name or key"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(unit_row, COLUMN("unit", "its key"), COLUMN("name", "its full name"),
      COLUMN("parent", "the unit above it"), COLUMN("entity", "the company"),
      NUMBER("accounts", "accounts that belong to it"), COLUMN("status", "active or retired"));
SHAPE(seat_row, COLUMN("position", "the position"), COLUMN("title", "what it is"),
      COLUMN("person", "who holds it"));
SHAPE(unit_view, COLUMN("unit", "its key"), COLUMN("id", "its id"), COLUMN("name", "its full name"),
      COLUMN("parent", "the unit above it"), COLUMN("entity", "the company"),
      COLUMN("place", "where its people work, by itself or by a unit above"),
      COLUMN("status", "active or retired"),
      COLUMN("mutual_pairs",
             "may two people verify each other's steps; allowed if nothing is said"),
      NUMBER("max_age_days", "after how many days any secret is due"),
      NUMBER("accounts", "accounts that belong to it"),
      TABLE("positions", seat_row, "positions in it"), TABLE("units", unit_row, "units below it"));

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR)

extern const struct command unit_commands[];
const struct command unit_commands[] = {
    {
        .verb = "register",
        .summary = "make a unit known",
        .example = "unit register sales --name Sales --parent emea",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/units",
        .params = PARAMS(register_params, register_fields),
        .makes = "unit",
        .emits = EMITS("unit.registered"),
        .by_token = true,
    },
    {
        .verb = "show",
        .summary = "show a unit and what is in it",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/units/{unit}",
        .params = PARAMS(show_params, show_fields),
        .query = "unit_show",
        .reply = REPLY(unit_view),
    },
    {
        .verb = "list",
        .summary = "list units",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/units",
        .params = PARAMS(list_params, list_fields),
        .query = "unit_list",
        .list = true,
        .reply = REPLY(unit_row),
    },
    {
        .verb = "change",
        .summary = "record what is different about a unit",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/units/{unit}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("unit.changed"),
        .look = "unit_look",
        .seen = RECORD(struct seen_unit, seen_fields),
        .decide = decide_unit_change,
    },
    {
        .verb = "place",
        .summary = "say where the people of a unit work",
        .detail = "It counts for the units below too, as long as nothing else is said of them.",
        .example = "unit place sales berlin",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/units/{unit}/place",
        .params = PARAMS(placed_params, unit_placed_fields),
        .emits = EMITS("unit.placed"),
        .look = "unit_place_look",
        .seen = RECORD(struct seen_placed, seen_placed_fields),
        .decide = decide_placed,
    },
    {
        .verb = "policy",
        .summary = "say what a unit asks for beyond the rules",
        .detail = "It counts for the units below too, as long as nothing else is said of them.",
        .example = "unit policy sales --mutual-pairs refused --max-age-days 365",
        .roles = ROLE_ADMIN | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/units/{unit}/policy",
        .params = PARAMS(policy_params, policy_fields),
        .emits = EMITS("unit.policy_set"),
        .look = "unit_look",
        .seen = RECORD(struct seen_unit, seen_fields),
        .decide = decide_policy,
    },
    {
        .verb = "retire",
        .summary = "use a unit no more",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/units/{unit}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("unit.retired"),
        .by_token = true,
        .look = "unit_look",
        .seen = RECORD(struct seen_unit, seen_fields),
        .decide = decide_retire,
    },
    {0},
};
