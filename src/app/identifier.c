/* identifier.c - handles, addresses and ids of accounts, each with its time. A rename, a change of
 * capitals and a handle that was another account's before are different events. */
#include "app/fields.h"
#include "domain/account.h"

static const char *const kinds[] = {"handle", "vanity_url", "platform_uid", "legacy_id", NULL};

#define P add_params
struct add_params {
    struct ref account;
    const char *kind, *value, *effective, *reason;
};
static const struct field add_fields[] = {THE(account, "account", "which account"),
                                          CHOICE(kind, kinds, "what it is"),
                                          {.name = "value",
                                           .kind = KIND_TEXT,
                                           .max = 500,
                                           .help = "the handle, address or id",
                                           AT(struct P, value)},
                                          HAPPENED,
                                          REASON,
                                          {0}};
#undef P

#define P rename_params
struct rename_params {
    struct ref account;
    const char *value, *effective, *reason;
};
static const struct field rename_fields[] = {THE(account, "account", "which account"),
                                             {.name = "value",
                                              .kind = KIND_TEXT,
                                              .argument = true,
                                              .max = 500,
                                              .help = "the new handle, without @",
                                              AT(struct P, value)},
                                             HAPPENED,
                                             REASON,
                                             {0}};
#undef P

#define P end_params
struct end_params {
    struct ref account;
    const char *kind, *value, *effective, *reason;
};
static const struct field end_fields[] = {THE(account, "account", "which account"),
                                          CHOICE(kind, kinds, "what it is"),
                                          {.name = "value",
                                           .kind = KIND_TEXT,
                                           .max = 500,
                                           .help = "the handle, address or id",
                                           AT(struct P, value)},
                                          HAPPENED,
                                          REASON,
                                          {0}};
#undef P

struct seen_identifier {
    const char *platform, *identifier, *old_value, *taken_by, *previous;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_identifier, platform),
    S_TEXT(seen_identifier, identifier), /* the one that is there: to end, or to replace */
    S_TEXT(seen_identifier, old_value),
    S_TEXT(seen_identifier, taken_by), /* key of an account that has it now */
    S_TEXT(seen_identifier, previous), /* id of an account that had it before */
    {0}};

static struct err *refuse_taken(struct job *job, const char *value,
                                const struct seen_identifier *now)
{
    if (!now->taken_by)
        return NULL;
    return err_field(job->mem, "value", "'%s' is that of the account '%s' now: end it there first",
                     value, now->taken_by);
}

static struct event *new_identifier(struct job *job, const char *type, const char *account,
                                    const char *kind, const char *value, const char *platform)
{
    struct event *e = event_new(&job->events, type);

    event_set(e, "identifier", uuid_new(job->mem));
    event_set(e, "account", account);
    event_set(e, "kind", kind);
    event_set(e, "value", value);
    event_set(e, "platform", platform);
    return e;
}

/* A vanity address is one of the account's platform. */
static struct err *check_address(struct job *job, const struct add_params *in,
                                 const struct seen_identifier *now)
{
    struct platform_guess g;

    if (strcmp(in->kind, "vanity_url") != 0 || !strchr(in->value, '/'))
        return NULL;
    struct err *e = account_check_url(job->mem, in->value, now->platform, &g);
    if (e)
        e->field = "value";
    return e;
}

static struct err *decide_add(struct job *job, const void *params, const void *seen)
{
    const struct add_params *in = params;
    const struct seen_identifier *now = seen;

    if (now->identifier && text_same(now->old_value, in->value))
        return NULL; /* it is there already */
    TRY(check_address(job, in, now));
    TRY(refuse_taken(job, in->value, now));
    if (now->previous)
        event_set(new_identifier(job, "identifier.recycled", in->account.id, in->kind, in->value,
                                 now->platform),
                  "previous", now->previous);
    else
        new_identifier(job, "identifier.added", in->account.id, in->kind, in->value, now->platform);
    return NULL;
}

static struct err *decide_rename(struct job *job, const void *params, const void *seen)
{
    const struct rename_params *in = params;
    const struct seen_identifier *now = seen;
    const char *value = *in->value == '@' ? in->value + 1 : in->value;

    if (!*value)
        return err_field(job->mem, "value", "is empty");
    if (!now->identifier)
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' has no handle now: tenure identifier add --kind handle",
                       in->account.said);
    if (text_same(now->old_value, value))
        return NULL;
    bool recased = identifier_recased(now->old_value, value);
    if (!recased)
        TRY(refuse_taken(job, value, now));
    struct event *e =
        new_identifier(job, recased ? "account.handle_recased" : "account.handle_changed",
                       in->account.id, "handle", value, now->platform);
    e->before = json_keep(
        job->mem, json_pack("{s:s, s:s}", "identifier", now->identifier, "value", now->old_value));
    return NULL;
}

static struct err *decide_end(struct job *job, const void *params, const void *seen)
{
    const struct end_params *in = params;
    const struct seen_identifier *now = seen;

    if (!now->identifier)
        return err_field(job->mem, "value", "'%s' has no %s '%s' now", in->account.said, in->kind,
                         in->value);
    struct event *e = event_new(&job->events, "identifier.ended");
    event_set(e, "account", in->account.id);
    event_set(e, "identifier", now->identifier);
    return NULL;
}

#define P list_params
struct list_params {
    struct ref account;
    const char *kind, *value;
    bool past;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_A(account, "account", "only of this account"),
                                           MAYBE_CHOICE(kind, kinds, "only of this kind"),
                                           MAYBE_TEXT(value, "only this one, in any capitals"),
                                           FLAG(past, "also those that have ended"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(identifier_row, COLUMN("account", "the account"), COLUMN("platform", "where"),
      COLUMN("kind", "what it is"), COLUMN("value", "the handle, address or id"),
      COLUMN("since", "from"), COLUMN("until", "to"));

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

extern const struct command identifier_commands[];
const struct command identifier_commands[] = {
    {
        .verb = "add",
        .summary = "record one more handle, address or id of an account",
        .example = "identifier add acme-group --kind platform_uid --value 8374921",
        .roles = ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/identifiers",
        .params = PARAMS(add_params, add_fields),
        .emits = EMITS("identifier.added", "identifier.recycled"),
        .by_token = true,
        .look = "identifier_look",
        .seen = RECORD(struct seen_identifier, seen_fields),
        .decide = decide_add,
    },
    {
        .verb = "rename",
        .summary = "record that an account has another handle now",
        .example = "identifier rename acme-x acme_official",
        .roles = ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/identifiers/rename",
        .params = PARAMS(rename_params, rename_fields),
        .emits = EMITS("account.handle_changed", "account.handle_recased"),
        .by_token = true,
        .look = "identifier_handle",
        .seen = RECORD(struct seen_identifier, seen_fields),
        .decide = decide_rename,
    },
    {
        .verb = "end",
        .summary = "record that a handle, address or id is no longer the account's",
        .roles = ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/identifiers/end",
        .params = PARAMS(end_params, end_fields),
        .emits = EMITS("identifier.ended"),
        .by_token = true,
        .look = "identifier_look",
        .seen = RECORD(struct seen_identifier, seen_fields),
        .decide = decide_end,
    },
    {
        .verb = "list",
        .summary = "list handles, addresses and ids",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/identifiers",
        .params = PARAMS(list_params, list_fields),
        .query = "identifier_list",
        .list = true,
        .reply = REPLY(identifier_row),
    },
    {0},
};
