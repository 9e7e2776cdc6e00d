/* entity.c - commands on entities: the companies that own accounts, employ people, run errands. */
#include "app/fields.h"

static const char *const kinds[] = {"company", "agency", "partner", "public_body", "other", NULL};
static const char *const clearable[] = {"country", "registration", "note", NULL};

/* ---- entity register ------------------------------------------------------------------------- */

#define P register_params
struct register_params {
    const char *entity, *name, *kind, *country, *registration, *note, *effective;
};
static const struct field register_fields[] = {
    NEW(entity, "entity", "what to call it, acme-gmbh say"),
    TEXT(name, "its full name"),
    CHOICE(kind, kinds, "what it is"),
    MAYBE_TEXT(country, "where it is registered"),
    MAYBE_TEXT(registration, "its number in that register"),
    MAYBE_TEXT(note, "what else to know"),
    EFFECTIVE,
    {0}};
#undef P

/* ---- entity change, retire ------------------------------------------------------------------- */

#define P change_params
struct change_params {
    struct ref entity;
    const char *name, *kind, *country, *registration, *note, *effective, *reason;
    struct list clear;
};
static const struct field change_fields[] = {
    THE(entity, "entity", "which one"),
    MAYBE_TEXT(name, "its full name"),
    MAYBE_CHOICE(kind, kinds, "what it is"),
    MAYBE_TEXT(country, "where it is registered"),
    MAYBE_TEXT(registration, "its number in that register"),
    MAYBE_TEXT(note, "what else to know"),
    CLEAR(clearable),
    EFFECTIVE,
    REASON,
    {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref entity;
    const char *reason;
};
static const struct field retire_fields[] = {THE(entity, "entity", "which one"), REASON, {0}};
#undef P

struct seen_entity {
    const char *name, *kind, *country, *registration, *note, *status, *in_use;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_entity, name),    S_TEXT(seen_entity, kind),
    S_TEXT(seen_entity, country), S_TEXT(seen_entity, registration),
    S_TEXT(seen_entity, note),    S_TEXT(seen_entity, status),
    S_TEXT(seen_entity, in_use),  {0}};

/* ---- entity show, list ----------------------------------------------------------------------- */

#define P show_params
struct show_params {
    struct ref entity;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(entity, "entity", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *kind, *status, *search;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_CHOICE(kind, kinds, "only of this kind"),
    MAYBE_CHOICE(status, WORDS("active", "retired"), "only of this status"),
    MAYBE_TEXT(search, "only with this in name or key"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(entity_row, COLUMN("entity", "its key"), COLUMN("name", "its full name"),
      COLUMN("kind", "what it is"), COLUMN("country", "where it is registered"),
      NUMBER("accounts", "accounts whose title it holds"), COLUMN("status", "active or retired"));
SHAPE(owned_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("title", "how well the title is proven"), COLUMN("since", "since when"));
SHAPE(entity_view, COLUMN("entity", "its key"), COLUMN("id", "its id"),
      COLUMN("name", "its full name"), COLUMN("kind", "what it is"),
      COLUMN("country", "where it is registered"), COLUMN("registration", "its number there"),
      COLUMN("note", "what else to know"), COLUMN("status", "active or retired"),
      TABLE("owns", owned_row, "accounts whose title it holds"));

extern const struct command entity_commands[];
const struct command entity_commands[] = {
    {
        .verb = "register",
        .summary = "make a company known",
        .detail = "Legal owners of accounts, employers, agencies and partners are entities.",
        .example = "entity register acme --name 'Acme GmbH' --kind company --country DE",
        .roles = ROLE_ADMIN | ROLE_LEGAL | ROLE_HR,
        .method = "POST",
        .path = "/v1/entities",
        .params = PARAMS(register_params, register_fields),
        .makes = "entity",
        .emits = EMITS("entity.registered"),
        .by_token = true,
    },
    {
        .verb = "show",
        .summary = "show a company and what it owns",
        .roles = ROLE_ADMIN | ROLE_LEGAL | ROLE_HR | ROLE_AUDITOR | ROLE_KEEPER,
        .method = "GET",
        .path = "/v1/entities/{entity}",
        .params = PARAMS(show_params, show_fields),
        .query = "entity_show",
        .reply = REPLY(entity_view),
    },
    {
        .verb = "list",
        .summary = "list companies",
        .roles = ROLE_ADMIN | ROLE_LEGAL | ROLE_HR | ROLE_AUDITOR | ROLE_KEEPER,
        .method = "GET",
        .path = "/v1/entities",
        .params = PARAMS(list_params, list_fields),
        .query = "entity_list",
        .list = true,
        .reply = REPLY(entity_row),
    },
    {
        .verb = "change",
        .summary = "record what is different about a company",
        .roles = ROLE_ADMIN | ROLE_LEGAL | ROLE_HR,
        .method = "POST",
        .path = "/v1/entities/{entity}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("entity.changed"),
        .by_token = true,
        .look = "entity_look",
        .seen = RECORD(struct seen_entity, seen_fields),
        .decide = decide_change,
    },
    {
        .verb = "retire",
        .summary = "use a company no more",
        .roles = ROLE_ADMIN | ROLE_LEGAL | ROLE_HR,
        .method = "POST",
        .path = "/v1/entities/{entity}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("entity.retired"),
        .by_token = true,
        .look = "entity_look",
        .seen = RECORD(struct seen_entity, seen_fields),
        .decide = decide_retire,
    },
    {0},
};
