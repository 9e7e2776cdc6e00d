/* grant.c - who can reach what: access from when to when, in the platform's own role, through what.
 * Revoked here and confirmed there are two events; the time between is the exposure window. */
#include "app/cover.h"
#include "app/fields.h"
#include "base/date.h"
#include "domain/account.h"

static const char *const ways[] = {"direct", "portfolio",         "partner",
                                   "tool",   "shared_credential", NULL};
static const char *const levels[] = {"owner", "admin", "other", NULL};
#define KEEPERS (ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

/* ---- grant give ------------------------------------------------------------------------------ */

#define P give_params
struct give_params {
    const char *grant, *role, *level, *through, *via, *ends_at, *note, *effective, *reason;
    struct ref account, store, person, entity;
    bool invited;
};
static const struct field give_fields[] = {
    MAYBE_A(account, "account", "to which account"),
    MAYBE_A(store, "store", "or to which store of secrets, to read it"),
    MAYBE_A(person, "person", "who gets it"),
    MAYBE_A(entity, "entity", "or which agency or partner"),
    {.name = "role",
     .kind = KIND_TEXT,
     .max = 60,
     .help = "the role, in the platform's own words",
     AT(struct P, role)},
    MAYBE_CHOICE(level, levels, "what the role amounts to; read off the playbook if not said"),
    MAYBE_CHOICE(through, ways, "through what; direct if not said"),
    MAYBE_TEXT(via, "which portfolio, partner, tool or credential"),
    MAYBE_TIME(ends_at, "when it is to end"),
    FLAG(invited, "it is offered and not taken up yet"),
    MAYBE_NEW(grant, "grant", "what to call it"),
    PERSONAL_NOTE(note, "what else to know"),
    HAPPENED,
    REASON,
    {0}};
#undef P

struct seen_target {
    const char *kind, *platform, *status, *same, *same_level, *alike, *person_status, *last_day;
    bool outlasts;
};
static const struct field target_fields[] = {
    S_TEXT(seen_target, kind), /* of the account */
    S_TEXT(seen_target, platform),
    S_TEXT(seen_target, status), /* of the account or store */
    S_TEXT(seen_target, same),   /* key of a live grant of the same to the same */
    S_TEXT(seen_target, same_level),
    S_TEXT(seen_target, alike), /* what the role amounts to in all other grants to the account */
    S_TEXT(seen_target, person_status),
    S_TEXT(seen_target, last_day), /* of somebody who is going to leave */
    S_BOOL(seen_target, outlasts), /* the access goes on after it */
    {0}};

/* Nothing ends before it began. */
static struct err *check_order(struct job *job, const char *effective, const char *begun,
                               const char *what)
{
    if (effective && begun && strcmp(effective, begun) < 0)
        return err_field(job->mem, "effective", "is before %s, on %.10s", what, begun);
    return NULL;
}

static struct err *check_target(struct job *job, const struct give_params *in,
                                const struct seen_target *now)
{
    if ((in->account.id == NULL) == (in->store.id == NULL))
        return err_field(job->mem, "account", "say either --account or --store");
    if ((in->person.id == NULL) == (in->entity.id == NULL))
        return err_field(job->mem, "person", "say either --person or --entity");
    if (text_same(now->status, "retired"))
        return err_new(job->mem, ERR_CONFLICT, "'%s' is retired",
                       in->account.id ? in->account.said : in->store.said);
    if (text_same(now->person_status, "left") || text_same(now->person_status, "deceased"))
        return err_field(job->mem, "person", "'%s' has left", in->person.said);
    if (now->outlasts)
        return err_field(job->mem, "ends_at",
                         "'%s' leaves, and the last day is %s: the access must end by then, say "
                         "--ends-at %s",
                         in->person.said, now->last_day, now->last_day);
    if (in->account.id)
        return account_takes(job->mem, in->account.said, now->kind, "access");
    return NULL;
}

/* A new owner of some platforms cannot remove another for days: whoever plans with them must know.
 */
static struct err *warn_of_tenure(struct job *job, const struct give_params *in,
                                  const struct seen_target *now)
{
    const char *days;
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "platform", now->platform);
    bind_text(&b, "kind", now->kind);
    TRY(store_value(job->mem, job->store, "owner_tenure", &b, &days));
    if (days)
        job_warn(job,
                 "an owner of '%s' can remove another only after %s days: until then '%s' "
                 "cannot end a leaver's access there",
                 in->account.said, days, in->person.said);
    return NULL;
}

static struct err *check_same(struct job *job, const struct give_params *in,
                              const struct seen_target *now)
{
    if (!now->same)
        return NULL;
    if (!in->level || text_same(in->level, now->same_level))
        return err_new(job->mem, ERR_CONFLICT, "there is such access already: the grant '%s'",
                       now->same);
    return err_new(job->mem, ERR_CONFLICT,
                   "there is such access already, which counts as %s: if it is %s, tenure grant "
                   "change %s --level %s",
                   now->same_level, in->level, now->same, in->level);
}

/* What the role amounts to, where nobody says: as in the other grants to the account, or else as
 * the playbook has it. What is not read off the playbook is said. */
static const char *level_of(struct job *job, const struct give_params *in,
                            const struct seen_target *now)
{
    if (in->level || !in->account.id)
        return in->level ? in->level : "other";
    const char *level = role_level(now->platform, now->kind, in->role);
    if (now->alike && !text_same(now->alike, level)) {
        job_warn(job, "'%s' counts as %s, as in the other grants to '%s': if not, say --level",
                 in->role, now->alike, in->account.said);
        return now->alike;
    }
    if (!now->alike && strcmp(level, "other") == 0 &&
        !role_known(now->platform, now->kind, in->role))
        job_warn(job,
                 "'%s' is no role of '%s' that the playbook knows: it counts as other; if it is "
                 "an owner's, say --level owner, or later tenure grant change GRANT --level owner",
                 in->role, in->account.said);
    return level;
}

static struct err *decide_give(struct job *job, const void *params, const void *seen)
{
    const struct give_params *in = params;
    const struct seen_target *now = seen;

    TRY(check_target(job, in, now));
    TRY(check_same(job, in, now));
    struct event *e = job_event(job, in->invited ? "grant.invited" : "grant.activated");
    if (!in->through)
        event_set(e, "through", "direct");
    const char *level = level_of(job, in, now);
    event_set(e, "level", level);
    return strcmp(level, "owner") == 0 && in->account.id && in->person.id
               ? warn_of_tenure(job, in, now)
               : NULL;
}

/* ---- grant activate, change, request, revoke, confirm ---------------------------------------- */

#define P one_params
struct one_params {
    struct ref grant;
    const char *note, *effective, *reason;
};
static const struct field one_fields[] = {THE(grant, "grant", "which one"), HAPPENED, REASON, {0}};
static const struct field confirm_fields[] = {
    THE(grant, "grant", "which one"), MAYBE_TEXT(note, "how it is known"), HAPPENED, REASON, {0}};
#undef P

#define P change_params
struct change_params {
    struct ref grant;
    const char *role, *level, *through, *via, *ends_at, *note, *effective, *reason;
    struct list clear;
};
static const struct field change_fields[] = {
    THE(grant, "grant", "which one"),
    MAYBE_TEXT(role, "the role, in the platform's own words"),
    MAYBE_CHOICE(level, levels, "what the role amounts to"),
    MAYBE_CHOICE(through, ways, "through what"),
    MAYBE_TEXT(via, "which portfolio, partner, tool or credential"),
    MAYBE_TIME(ends_at, "when it is to end"),
    PERSONAL_NOTE(note, "what else to know"),
    CLEAR(WORDS("via", "ends_at", "note")),
    HAPPENED,
    REASON,
    {0}};
#undef P

struct seen_grant {
    const char *account, *store, *person, *entity, *role, *level, *through, *via, *ends_at, *note,
        *status, *since, *revoked_at, *person_status, *last_day, *warning;
};
static const struct field seen_fields[] = {S_TEXT(seen_grant, account),
                                           S_TEXT(seen_grant, store),
                                           S_TEXT(seen_grant, person),
                                           S_TEXT(seen_grant, entity),
                                           S_TEXT(seen_grant, role),
                                           S_TEXT(seen_grant, level),
                                           S_TEXT(seen_grant, through),
                                           S_TEXT(seen_grant, via),
                                           S_TEXT(seen_grant, ends_at),
                                           S_TEXT(seen_grant, note),
                                           S_TEXT(seen_grant, status),
                                           S_TEXT(seen_grant, since),
                                           S_TEXT(seen_grant, revoked_at),
                                           S_TEXT(seen_grant, person_status),
                                           S_TEXT(seen_grant, last_day),
                                           S_TEXT(seen_grant, warning),
                                           {0}};

/* The event names whom and what the grant is about, so that it is in their history. */
static struct event *grant_event(struct job *job, const char *type, const struct seen_grant *now)
{
    struct event *e = event_new(&job->events, type);

    event_set(e, "grant", job_param(job, "grant"));
    event_set(e, "account", now->account);
    event_set(e, "store", now->store);
    event_set(e, "person", now->person);
    event_set(e, "entity", now->entity);
    return e;
}

static struct err *wrong_state(struct job *job, const struct seen_grant *now, const char *needed)
{
    return err_new(job->mem, ERR_CONFLICT, "the grant '%s' is %s; it would have to be %s",
                   job_said(job, "grant"), now->status, needed);
}

/* Nobody who leaves is given what goes on afterwards; ends_at NULL: it has no end. */
static struct err *ends_in_time(struct job *job, const struct seen_grant *now, const char *ends_at,
                                const char *field)
{
    int64_t end, last_day;

    if (now->person_status)
        return err_new(job->mem, ERR_CONFLICT, "whoever holds the grant '%s' has left",
                       job_said(job, "grant"));
    if (!now->last_day || !day_parse(now->last_day, &last_day) ||
        (ends_at && instant_parse(ends_at, &end) && end <= (last_day + 1) * MS_PER_DAY))
        return NULL;
    return err_field(job->mem, field,
                     "whoever holds the grant '%s' leaves, and the last day is %s: the access must "
                     "end by then (tenure grant change %s --ends-at %s)",
                     job_said(job, "grant"), now->last_day, job_said(job, "grant"), now->last_day);
}

static struct err *decide_activate(struct job *job, const void *params, const void *seen)
{
    const struct seen_grant *now = seen;

    (void)params;
    if (text_same(now->status, "active"))
        return NULL;
    TRY(ends_in_time(job, now, now->ends_at, "grant"));
    if (!text_same(now->status, "invited") && !text_same(now->status, "requested") &&
        !text_same(now->status, "approved") && !text_same(now->status, "suspended"))
        return wrong_state(job, now, "invited or suspended");
    grant_event(job, "grant.activated", now);
    return NULL;
}

static struct err *decide_grant_change(struct job *job, const void *params, const void *seen)
{
    const struct seen_grant *now = seen;

    if (text_same(now->status, "revoked") || text_same(now->status, "revoked_unconfirmed"))
        return wrong_state(job, now, "active");
    TRY(decide_change(job, params, seen));
    if (job->events.first && json_object_get(job->events.first->after, "ends_at"))
        TRY(ends_in_time(job, now, ((const struct change_params *)params)->ends_at, "ends_at"));
    if (job->events.first) { /* so that the change is in the history of those it is about */
        event_set(job->events.first, "account", now->account);
        event_set(job->events.first, "store", now->store);
        event_set(job->events.first, "person", now->person);
    }
    return NULL;
}

static struct err *decide_request(struct job *job, const void *params, const void *seen)
{
    const struct seen_grant *now = seen;

    (void)params;
    if (text_same(now->status, "revocation_requested"))
        return NULL;
    if (!text_same(now->status, "active") && !text_same(now->status, "invited"))
        return wrong_state(job, now, "active or invited");
    grant_event(job, "grant.revocation_requested", now);
    if (now->warning)
        job_warn(job, "%s", now->warning);
    return NULL;
}

static struct err *decide_revoke(struct job *job, const void *params, const void *seen)
{
    const struct one_params *in = params;
    const struct seen_grant *now = seen;

    TRY(check_order(job, in->effective, now->since, "the access began"));
    if (text_same(now->status, "revoked_unconfirmed"))
        return NULL;
    if (text_same(now->status, "revoked"))
        return wrong_state(job, now, "active");
    grant_event(job, "grant.revoked", now);
    if (now->warning)
        job_warn(job, "%s", now->warning);
    return NULL;
}

static struct err *decide_confirm(struct job *job, const void *params, const void *seen)
{
    const struct one_params *in = params;
    const struct seen_grant *now = seen;

    TRY(check_order(job, in->effective, now->since, "the access began"));
    TRY(check_order(job, in->effective, now->revoked_at, "it was revoked here"));
    if (text_same(now->status, "revoked"))
        return NULL;
    if (text_same(now->person, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "whoever held the grant '%s' cannot say that it is gone: somebody else must "
                       "look on the platform",
                       in->grant.said);
    if (!text_same(now->status, "revoked_unconfirmed"))
        return err_new(
            job->mem, ERR_CONFLICT,
            "the grant '%s' is %s: revoke it first (tenure grant revoke %s), then confirm "
            "what the platform shows",
            in->grant.said, now->status, in->grant.said);
    event_set(grant_event(job, "grant.revocation_confirmed", now), "note", in->note);
    return cover_steps(job, in->grant.id, in->note);
}

/* ---- grant show, list ------------------------------------------------------------------------ */

#define P show_params
struct show_params {
    struct ref grant;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(grant, "grant", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    struct ref account, store, person, entity, unit;
    const char *status, *level;
    bool past;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_A(account, "account", "only to this account"),
    MAYBE_A(store, "store", "only to this store"),
    MAYBE_A(person, "person", "only this person's"),
    MAYBE_A(entity, "entity", "only this company's"),
    MAYBE_A(unit, "unit", "only to accounts of this unit and those below it"),
    MAYBE_CHOICE(status,
                 WORDS("requested", "approved", "invited", "active", "suspended",
                       "revocation_requested", "revoked_unconfirmed", "revoked"),
                 "only of this status"),
    MAYBE_CHOICE(level, levels, "only those that amount to this"),
    FLAG(past, "also those that have ended"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(grant_row, COLUMN("grant", "its key"), COLUMN("on", "account or store"), COLUMN("who", "who"),
      COLUMN("name", "by name"), COLUMN("role", "the platform's role"),
      COLUMN("level", "what it amounts to"), COLUMN("through", "through what"),
      COLUMN("status", "its status"), COLUMN("since", "from"), COLUMN("until", "to"));
SHAPE(grant_view, COLUMN("grant", "its key"), COLUMN("id", "its id"),
      COLUMN("on", "account or store"), COLUMN("who", "who"), COLUMN("name", "by name"),
      COLUMN("role", "the platform's role"), COLUMN("level", "what it amounts to"),
      COLUMN("through", "through what"), COLUMN("via", "which"), COLUMN("status", "its status"),
      COLUMN("since", "from"), COLUMN("until", "to"), COLUMN("ends_at", "when it is to end"),
      COLUMN("revoked_at", "revoked here"), COLUMN("confirmed_at", "confirmed there"),
      COLUMN("exposure", "time between the two"), COLUMN("note", "what else to know"));

#define SEEN .look = "grant_look", .seen = RECORD(struct seen_grant, seen_fields)
#define ONE_OF(path_, fields_) \
    .roles = KEEPERS, .within = "grant", .method = "POST", .path = (path_), \
    .params = PARAMS(one_params, fields_)
#define ONE(path_) ONE_OF(path_, one_fields)

extern const struct command grant_commands[];
const struct command grant_commands[] = {
    {
        .verb = "give",
        .summary = "record that somebody has access",
        .example =
            "grant give --account acme-group --person e1007 --role owner --effective 2024-02-01",
        .roles = KEEPERS,
        .within = "account store",
        .method = "POST",
        .path = "/v1/grants",
        .params = PARAMS(give_params, give_fields),
        .makes = "grant",
        .emits = EMITS("grant.activated", "grant.invited"),
        .by_token = true,
        .look = "grant_target",
        .seen = RECORD(struct seen_target, target_fields),
        .decide = decide_give,
        .adds = "account store person entity role",
    },
    {
        .verb = "activate",
        .summary = "record that an invitation was taken up, or a suspension ended",
        ONE("/v1/grants/{grant}/activate"),
        .emits = EMITS("grant.activated"),
        .by_token = true,
        SEEN,
        .decide = decide_activate,
    },
    {
        .verb = "change",
        .summary = "record what is different about an access",
        .roles = KEEPERS,
        .within = "grant",
        .method = "POST",
        .path = "/v1/grants/{grant}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("grant.changed"),
        .by_token = true,
        SEEN,
        .decide = decide_grant_change,
    },
    {
        .verb = "request",
        .summary = "ask for an access to end",
        ONE("/v1/grants/{grant}/request"),
        .emits = EMITS("grant.revocation_requested"),
        .by_token = true,
        SEEN,
        .decide = decide_request,
    },
    {
        .verb = "revoke",
        .summary = "record that access has ended; the platform is to be looked at next",
        ONE("/v1/grants/{grant}/revoke"),
        .emits = EMITS("grant.revoked"),
        .by_token = true,
        SEEN,
        .decide = decide_revoke,
    },
    {
        .verb = "confirm",
        .summary = "record that the platform itself shows the access gone",
        .detail = "The time between revoke and confirm is the exposure window. A step of an open "
                  "handover that waits for it is done with it.",
        ONE_OF("/v1/grants/{grant}/confirm", confirm_fields),
        .emits = EMITS("grant.revocation_confirmed", COVER_EVENTS),
        SEEN,
        .decide = decide_confirm,
    },
    {
        .verb = "show",
        .summary = "show an access",
        .roles = READERS,
        .within = "grant",
        .method = "GET",
        .path = "/v1/grants/{grant}",
        .params = PARAMS(show_params, show_fields),
        .query = "grant_show",
        .reply = REPLY(grant_view),
    },
    {
        .verb = "list",
        .summary = "list who has access to what",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/grants",
        .params = PARAMS(list_params, list_fields),
        .query = "grant_list",
        .list = true,
        .reply = REPLY(grant_row),
    },
    {0},
};
