/* store.c - commands on stores: the places where secrets lie. Who may read one could know them all.
 */
#include "app/fields.h"

static const char *const kinds[] = {
    "vault", "password_manager", "shared_inbox", "document", "safe", "other", NULL};
#define KEEPERS (ROLE_ADMIN | ROLE_KEEPER)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR)

#define P register_params
struct register_params {
    const char *store, *name, *kind, *location, *effective;
    struct ref unit;
};
static const struct field register_fields[] = {
    NEW(store, "store", "what to call it"),
    TEXT(name, "its name"),
    CHOICE(kind, kinds, "what it is"),
    MAYBE_TEXT(location, "where it is: an address, a room"),
    MAYBE_A(unit, "unit", "the unit it belongs to"),
    EFFECTIVE,
    {0}};
#undef P

#define P change_params
struct change_params {
    struct ref store, unit;
    const char *name, *kind, *location, *effective, *reason;
    struct list clear;
};
static const struct field change_fields[] = {THE(store, "store", "which one"),
                                             MAYBE_TEXT(name, "its name"),
                                             MAYBE_CHOICE(kind, kinds, "what it is"),
                                             MAYBE_TEXT(location, "where it is"),
                                             MAYBE_A(unit, "unit", "the unit it belongs to"),
                                             CLEAR(WORDS("location", "unit")),
                                             EFFECTIVE,
                                             REASON,
                                             {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref store;
    const char *reason;
};
static const struct field retire_fields[] = {THE(store, "store", "which one"), REASON, {0}};
#undef P

struct seen_store {
    const char *name, *kind, *location, *unit, *status, *in_use;
};
static const struct field seen_fields[] = {S_TEXT(seen_store, name),
                                           S_TEXT(seen_store, kind),
                                           S_TEXT(seen_store, location),
                                           S_TEXT(seen_store, unit),
                                           S_TEXT(seen_store, status),
                                           S_TEXT(seen_store, in_use),
                                           {0}};

#define P show_params
struct show_params {
    struct ref store;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(store, "store", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *kind, *status;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_CHOICE(kind, kinds, "only of this kind"),
    MAYBE_CHOICE(status, WORDS("active", "retired"), "only of this status"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(vault_row, COLUMN("store", "its key"), COLUMN("name", "its name"),
      COLUMN("kind", "what it is"), COLUMN("unit", "the unit"),
      NUMBER("credentials", "secrets in it"), NUMBER("readers", "who can read it"),
      COLUMN("status", "active or retired"));
SHAPE(secret_row, COLUMN("credential", "the credential"), COLUMN("account", "what it opens"),
      COLUMN("kind", "what it is"), NUMBER("version", "its version"));
SHAPE(reader_row, COLUMN("grant", "the grant"), COLUMN("who", "who"), COLUMN("name", "by name"),
      COLUMN("role", "the role"), COLUMN("since", "since when"));
SHAPE(store_view, COLUMN("store", "its key"), COLUMN("id", "its id"), COLUMN("name", "its name"),
      COLUMN("kind", "what it is"), COLUMN("location", "where it is"), COLUMN("unit", "the unit"),
      COLUMN("status", "active or retired"), TABLE("credentials", secret_row, "secrets in it"),
      TABLE("readers", reader_row, "who can read it"));

#define SEEN .look = "store_look", .seen = RECORD(struct seen_store, seen_fields)

extern const struct command store_commands[];
const struct command store_commands[] = {
    {
        .verb = "register",
        .summary = "make a place known where secrets lie",
        .example = "store register sales-vault --name 'Sales vault' --kind vault --unit sales",
        .roles = KEEPERS,
        .within = "unit",
        .method = "POST",
        .path = "/v1/stores",
        .params = PARAMS(register_params, register_fields),
        .makes = "store",
        .emits = EMITS("store.registered"),
        .by_token = true,
    },
    {
        .verb = "show",
        .summary = "show a store, what lies in it and who can read it",
        .roles = READERS,
        .within = "store",
        .method = "GET",
        .path = "/v1/stores/{store}",
        .params = PARAMS(show_params, show_fields),
        .query = "store_show",
        .reply = REPLY(store_view),
    },
    {
        .verb = "list",
        .summary = "list stores",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/stores",
        .params = PARAMS(list_params, list_fields),
        .query = "store_list",
        .list = true,
        .reply = REPLY(vault_row),
    },
    {
        .verb = "change",
        .summary = "record what is different about a store",
        .roles = KEEPERS,
        .within = "store",
        .method = "POST",
        .path = "/v1/stores/{store}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("store.changed"),
        .by_token = true,
        SEEN,
        .decide = decide_change,
    },
    {
        .verb = "retire",
        .summary = "use a store no more",
        .roles = KEEPERS,
        .within = "store",
        .method = "POST",
        .path = "/v1/stores/{store}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("store.retired"),
        SEEN,
        .decide = decide_retire,
    },
    {0},
};
