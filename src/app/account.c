/* account.c - commands on accounts: registering, changing; who answers for them is in
 * account_owner.c. */
#include "account.h"

#include "app/authorise.h"
#include "domain/account.h"
#include "domain/platform.h"

static const char *const statuses[] = {"discovered",  "registered",  "active",
                                       "frozen",      "in_handover", "disputed",
                                       "compromised", "retired",     NULL};
static const char *const clearable[] = {"name",    "url",        "unit", "parent", "language",
                                        "purpose", "min_owners", "note", NULL};
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

/* ---- account register ------------------------------------------------------------------------ */

#define P register_params
struct register_params {
    const char *account, *url, *platform, *handle, *uid, *kind, *name, *language, *purpose;
    const char *contested, *note, *effective;
    struct ref unit, parent, owner;
    int64_t min_owners;
};
static const struct field register_fields[] = {
    MAYBE_NEW(account, "account", "what to call it; platform:handle if not said"),
    MAYBE_TEXT(url, "its address: says platform, kind and handle where a rule knows it"),
    {.name = "platform",
     .kind = KIND_NAME,
     .optional = true,
     .max = 40,
     .help = "where it lives",
     AT(struct P, platform)},
    MAYBE_TEXT(handle, "its name on the platform, without @"),
    MAYBE_TEXT(uid, "the platform's immutable id, where it is known"),
    MAYBE_CHOICE(kind, account_kinds, "what it is"),
    MAYBE_TEXT(name, "its display name"),
    MAYBE_A(unit, "unit", "the unit it belongs to"),
    MAYBE_A(parent, "account", "the account above it"),
    MAYBE_A(owner, "position", "the position that is to answer for it"),
    MAYBE_TEXT(language, "the language it speaks"),
    MAYBE_TEXT(purpose, "what it is for"),
    MAYBE_INT(min_owners, 1, 20, "the fewest people with an owner's role; 2 if not said"),
    MAYBE_TEXT(contested, "register it although it is registered: who else claims it, and why"),
    MAYBE_TEXT(note, "what else to know"),
    HAPPENED,
    {0}};
#undef P

struct seen_twins {
    const char *same_tag, *same_handle, *parent_status;
};
static const struct field twins_fields[] = {
    S_TEXT(seen_twins, same_tag),    /* key of an account that is the same presence */
    S_TEXT(seen_twins, same_handle), /* key of another account that has this handle now */
    S_TEXT(seen_twins, parent_status),
    {0}};

/* The address fills what was not said. */
static struct err *take_url(struct job *job, struct register_params *in)
{
    struct platform_guess g;

    if (!in->url)
        return NULL;
    TRY(account_check_url(job->mem, in->url, in->platform, &g));
    if (!g.platform && !in->platform)
        return err_field(job->mem, "url",
                         "no rule knows this address: say platform, kind and handle too");
    if (!g.platform)
        return NULL;
    in->platform = g.platform;
    in->kind = in->kind ? in->kind : g.kind;
    in->handle = in->handle ? in->handle : g.handle;
    in->uid = in->uid ? in->uid : g.uid;
    return NULL;
}

/* What an account is called when nobody said: platform:handle, in letters that a key may have. */
static const char *ref_for(struct job *job, const struct register_params *in)
{
    char *name = arena_printf(job->mem, "%s:%s", in->platform, in->handle ? in->handle : in->uid);

    if (strlen(name) > 120)
        name[120] = '\0';
    for (char *c = name; *c; c++)
        if (!is_name(arena_printf(job->mem, "a%c", *c)))
            *c = '-';
    return name;
}

/* What needs no database: the address, the tag (0.5 ms of RSA), the names others may wait for. */
static struct err *prepare_register(struct job *job, void *params)
{
    struct register_params *in = params;
    struct bytes signature;
    const char *tag_id;

    TRY(take_url(job, in));
    if (!in->platform)
        return err_field(job->mem, "platform", "is missing: say it, or give the account's url");
    if (!in->kind)
        return err_field(job->mem, "kind", "is missing: what is it on %s?", in->platform);
    if (in->handle && *in->handle == '@')
        in->handle++;
    if (in->handle && !*in->handle)
        return err_field(job->mem, "handle", "is empty");
    TRY(platform_tag_id(job->mem, in->platform, in->uid, in->handle, &tag_id));
    TRY(tag_account(job->mem, job->service->tag_key, in->platform, tag_id, &signature));
    struct digest tag = sha256(signature);
    job_extra(job, "tag", base64url_encode(job->mem, tag.at, sizeof(tag.at)));
    job_extra(job, "tag_id", tag_id);
    job_extra(job, "tag_signature", base64url_encode(job->mem, signature.at, signature.n));
    job_lock(job, job->extras[0].value);
    if (in->handle)
        job_lock(job, text_lower(job->mem,
                                 arena_printf(job->mem, "handle:%s:%s", in->platform, in->handle)));
    in->account = in->account ? in->account : ref_for(job, in);
    job_lock(job, arena_printf(job->mem, "account:%s", in->account));
    return NULL;
}

static void add_identifier(struct job *job, json_t *list, const char *kind, const char *value)
{
    if (value)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id", uuid_new(job->mem), "kind",
                                              kind, "value", value));
}

static struct err *refuse_twin(struct job *job, const struct register_params *in,
                               const struct seen_twins *now)
{
    if (in->contested)
        return NULL;
    if (now->same_tag)
        return err_new(
            job->mem, ERR_CONFLICT,
            "this is the account '%s', which is registered already; say --contested WHY to "
            "record a second claim to it",
            now->same_tag);
    if (now->same_handle)
        return err_new(job->mem, ERR_CONFLICT,
                       "the handle '%s' is that of '%s' now: end it there first (tenure identifier "
                       "end), or say --contested WHY",
                       in->handle, now->same_handle);
    return NULL;
}

static struct err *decide_register(struct job *job, const void *params, const void *seen)
{
    const struct register_params *in = params;

    TRY(refuse_twin(job, in, seen));
    struct event *e = event_new(&job->events, "account.registered");
    event_set(e, "account", job->new_id);
    event_set(e, "ref", in->account);
    event_take(&job->events, e, &job->command->params, params);
    for (size_t i = 0; i < job->extras_n; i++)
        event_set(e, job->extras[i].name, job->extras[i].value);
    json_t *identifiers = json_array();
    add_identifier(job, identifiers, "handle", in->handle);
    add_identifier(job, identifiers, "platform_uid", in->uid);
    event_set_json(e, "identifiers", identifiers);
    if (!in->owner.id)
        return NULL;
    TRY(account_takes(job->mem, json_text(e->after, "ref"), in->kind, "owner"));
    e = event_new(&job->events, "owner.assigned");
    event_set(e, "account", job->new_id);
    event_set(e, "position", in->owner.id);
    return NULL;
}

/* ---- account change, retire ------------------------------------------------------------------ */

#define P change_params
struct change_params {
    struct ref account, unit, parent;
    const char *name, *url, *language, *purpose, *note, *status, *effective, *reason;
    int64_t min_owners;
    struct list clear;
};
static const struct field change_fields[] = {
    THE(account, "account", "which one"),
    MAYBE_TEXT(name, "its display name"),
    MAYBE_TEXT(url, "its address"),
    MAYBE_A(unit, "unit", "the unit it belongs to"),
    MAYBE_A(parent, "account", "the account above it"),
    MAYBE_TEXT(language, "the language it speaks"),
    MAYBE_TEXT(purpose, "what it is for"),
    MAYBE_INT(min_owners, 1, 20, "the fewest people with an owner's role"),
    MAYBE_CHOICE(status, WORDS("active", "frozen", "compromised"), "its status"),
    MAYBE_TEXT(note, "what else to know"),
    CLEAR(clearable),
    EFFECTIVE,
    REASON,
    {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref account;
    const char *effective, *reason;
};
static const struct field retire_fields[] = {
    THE(account, "account", "which one"), NEEDED_REASON, HAPPENED, {0}};
#undef P

struct seen_account {
    const char *platform, *name, *url, *unit, *parent, *language, *purpose, *note, *status,
        *hangs_on_it;
    int64_t min_owners;
    struct list below;
};
static const struct field seen_fields[] = {S_TEXT(seen_account, platform),
                                           S_TEXT(seen_account, name),
                                           S_TEXT(seen_account, url),
                                           S_TEXT(seen_account, unit),
                                           S_TEXT(seen_account, parent),
                                           S_TEXT(seen_account, language),
                                           S_TEXT(seen_account, purpose),
                                           S_TEXT(seen_account, note),
                                           S_TEXT(seen_account, status),
                                           S_TEXT(seen_account, hangs_on_it),
                                           S_INT(seen_account, min_owners),
                                           S_LIST(seen_account, below),
                                           {0}};

static struct err *decide_account_retire(struct job *job, const void *params, const void *seen)
{
    const struct seen_account *now = seen;

    TRY(decide_retire(job, params, seen));
    if (now->hangs_on_it)
        job_warn(job, "it is the way back into accounts still: %s; tenure controlpoint change",
                 now->hangs_on_it);
    return NULL;
}

static struct err *decide_account_change(struct job *job, const void *params, const void *seen)
{
    const struct change_params *in = params;
    const struct seen_account *now = seen;
    struct platform_guess g;

    for (size_t i = 0; in->parent.id && i < now->below.n; i++)
        if (strcmp(now->below.at[i], in->parent.id) == 0)
            return err_field(job->mem, "parent", "'%s' is below '%s': accounts form a tree",
                             in->parent.said, in->account.said);
    if (in->unit.id && !reaches_unit(job, in->unit.id))
        return err_new(
            job->mem, ERR_FORBIDDEN,
            "'%s' would go to '%s', whose accounts you do not keep: an administrator, or "
            "its keeper, can take it over",
            in->account.said, in->unit.said);
    if (in->url && !text_same(in->url, now->url))
        TRY(account_check_url(job->mem, in->url, now->platform, &g));
    return decide_change(job, params, seen);
}

/* ---- account show, list ---------------------------------------------------------------------- */

#define P show_params
struct show_params {
    struct ref account;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(account, "account", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *platform, *kind, *status, *search, *title;
    struct ref unit, owner, person, parent;
    bool orphans;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    {.name = "platform",
     .kind = KIND_NAME,
     .optional = true,
     .max = 40,
     .help = "only on this platform",
     AT(struct P, platform)},
    MAYBE_CHOICE(kind, account_kinds, "only of this kind"),
    MAYBE_CHOICE(status, statuses, "only of this status"),
    MAYBE_A(unit, "unit", "only of this unit and those below it"),
    MAYBE_A(owner, "position", "only those that this position answers for"),
    MAYBE_A(person, "person", "only those that this person answers for"),
    MAYBE_A(parent, "account", "only those below this one"),
    MAYBE_CHOICE(title, WORDS("undocumented", "asserted", "evidenced", "countersigned", "disputed"),
                 "only with a title of this standing"),
    FLAG(orphans, "only those that nobody active answers for"),
    MAYBE_TEXT(search, "only with this in key, name, handle or id"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(account_row, COLUMN("account", "its key"), COLUMN("platform", "where it lives"),
      COLUMN("kind", "what it is"), COLUMN("handle", "its name there"), COLUMN("unit", "the unit"),
      COLUMN("owner", "the position that answers for it"), COLUMN("person", "who is in it"),
      YESNO("accepted", "they have accepted"), COLUMN("title", "standing of the title"),
      COLUMN("status", "its status"));
SHAPE(title_part, COLUMN("standing", "undocumented, asserted, evidenced, countersigned, disputed"),
      COLUMN("holder", "the legal owner"), COLUMN("name", "by name"), COLUMN("since", "since when"),
      NUMBER("links", "links of the chain"), NUMBER("evidence", "documents"),
      COLUMN("disputed_by", "who contests it"));
SHAPE(owner_part, COLUMN("position", "the position"), COLUMN("person", "who is in it"),
      COLUMN("name", "by name"), COLUMN("since", "since when"),
      COLUMN("accepted_at", "accepted when"), COLUMN("custodian", "who holds the master role"));
SHAPE(identifier_row, COLUMN("kind", "of what kind"), COLUMN("value", "what it is"),
      COLUMN("since", "from"), COLUMN("until", "to"));
SHAPE(people_row, COLUMN("grant", "the grant"), COLUMN("who", "who"), COLUMN("name", "by name"),
      COLUMN("role", "the platform's role"), COLUMN("level", "what it amounts to"),
      COLUMN("through", "through what"), COLUMN("since", "since when"),
      COLUMN("status", "its status"));
SHAPE(control_row, COLUMN("controlpoint", "the control point"), COLUMN("kind", "what it is"),
      COLUMN("label", "which"), COLUMN("holder", "who holds it"),
      COLUMN("via", "itself the account"));
SHAPE(credential_row, COLUMN("credential", "the credential"), COLUMN("kind", "what it is"),
      COLUMN("store", "where it lies"), NUMBER("version", "its version"),
      COLUMN("changed_on", "changed"), NUMBER("known_to", "people who could know it"),
      COLUMN("due", "why it must change"));
SHAPE(duty_row, COLUMN("duty", "the duty"), COLUMN("person", "who"), COLUMN("name", "by name"));
SHAPE(heir_row, NUMBER("rank", "place in line"), COLUMN("position", "the position"),
      COLUMN("person", "who is in it"));
SHAPE(child_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("kind", "what it is"), COLUMN("status", "its status"));
SHAPE(risk_row, COLUMN("risk", "what"), COLUMN("detail", "why, and what to do"));
SHAPE(detail_row, COLUMN("name", "what of it"), COLUMN("value", "its value, things by their keys"),
      COLUMN("noun", "what the value names, if it names a thing"));
SHAPE(history_row, NUMBER("index", "entry of the log"),
      COLUMN("recorded_at", "when it was recorded"), COLUMN("effective_at", "since when it is so"),
      COLUMN("type", "what happened"), COLUMN("by", "who did it"), COLUMN("what", "the details"),
      APART("details", detail_row, "what", "the same one by one"));
SHAPE(hold_row, COLUMN("hold", "the hold"), COLUMN("reference", "reference"),
      COLUMN("reason", "why"), COLUMN("since", "since when"));
SHAPE(account_view, COLUMN("account", "its key"), COLUMN("id", "its id"),
      COLUMN("platform", "where it lives"), COLUMN("kind", "what it is"),
      COLUMN("name", "display name"), COLUMN("url", "address"), COLUMN("unit", "the unit"),
      COLUMN("parent", "the account above it"), COLUMN("language", "language"),
      COLUMN("purpose", "what it is for"), COLUMN("status", "its status"),
      COLUMN("contested", "who else claims it"), COLUMN("note", "what else to know"),
      COLUMN("tag", "its tag in the log"), NUMBER("min_owners", "fewest owners"),
      TABLE("holds", hold_row, "holds that forbid erasing what concerns it"),
      PART("title", title_part, "who owns it by law"),
      PART("owner", owner_part, "who answers for it"),
      TABLE("identifiers", identifier_row, "handles and ids, newest first"),
      TABLE("people", people_row, "who can reach it"),
      TABLE("control_points", control_row, "what can seize it"),
      TABLE("credentials", credential_row, "secrets that open it"),
      TABLE("responsibilities", duty_row, "who does what"),
      TABLE("heirs", heir_row, "who is next in line"),
      TABLE("children", child_row, "accounts below it"),
      TABLE("risks", risk_row, "what should worry you"),
      NUMBER("entries", "how many entries in the log it has"),
      TABLE("history", history_row, "its newest entries in the log"));

SHAPE(ours_view, COLUMN("what", "what was asked"), COLUMN("platform", "where it lives"),
      COLUMN("kind", "what it is"), COLUMN("form", "whether it is a handle, an id or an address"),
      COLUMN("which", "by which it was looked for"), YESNO("ours", "it is the company's"),
      COLUMN("statement", "the same, as a note signed by the log's key"));

extern const struct command account_commands[];
const struct command account_commands[] = {
    {
        .verb = "register",
        .summary = "put an account or group on the books",
        .detail =
            "The address is enough where a rule knows the platform. The platform's immutable id "
            "(uid) survives a change of handle: give it where you can.",
        .example = "account register acme-group --url https://www.linkedin.com/groups/8374921 "
                   "--unit sales --owner head-of-sales",
        .roles = ROLE_ADMIN | ROLE_KEEPER,
        .within = "unit",
        .method = "POST",
        .path = "/v1/accounts",
        .params = PARAMS(register_params, register_fields),
        .makes = "account",
        .emits = EMITS("account.registered", "owner.assigned"),
        .by_token = true,
        .look = "account_twins",
        .seen = RECORD(struct seen_twins, twins_fields),
        .prepare = prepare_register,
        .decide = decide_register,
        .adds = "", /* prepare locks its tag, its handle and its name */
    },
    {
        .verb = "show",
        .summary = "show an account on one screen: title, owner, people, control points, risks",
        .example = "account show acme-group --as-of 2026-03-31",
        .roles = READERS,
        .within = "account",
        .method = "GET",
        .path = "/v1/accounts/{account}",
        .params = PARAMS(show_params, show_fields),
        .query = "account_show",
        .reply = REPLY(account_view),
    },
    {
        .verb = "list",
        .summary = "list accounts",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/accounts",
        .params = PARAMS(list_params, list_fields),
        .query = "account_list",
        .list = true,
        .reply = REPLY(account_row),
    },
    {
        .verb = "change",
        .summary = "record what is different about an account",
        .detail = "Handles and ids have commands of their own: tenure identifier.",
        .roles = ROLE_ADMIN | ROLE_KEEPER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("account.changed"),
        .by_token = true,
        .look = "account_look",
        .seen = RECORD(struct seen_account, seen_fields),
        .decide = decide_account_change,
    },
    {
        .verb = "assign",
        .summary = "make a position answer for an account; whoever is in it must accept",
        .example = "account assign acme-group head-of-sales",
        .roles = ROLE_ADMIN | ROLE_KEEPER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/owner",
        .params = PARAMS(assign_params, account_assign_fields),
        .emits = EMITS("owner.assigned"),
        .look = "account_assign",
        .seen = RECORD(struct seen_owner, seen_owner_fields),
        .decide = account_decide_assign,
    },
    {
        .verb = "accept",
        .summary = "accept to answer for an account that your position was given",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_MEMBER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/accept",
        .params = PARAMS(accept_params, account_accept_fields),
        .emits = EMITS("owner.accepted"),
        .look = "account_owner",
        .seen = RECORD(struct seen_owner, seen_owner_fields),
        .decide = account_decide_accept,
    },
    {
        .verb = "custodian",
        .summary = "record who holds the master role from day to day",
        .roles = ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/custodian",
        .params = PARAMS(custodian_params, account_custodian_fields),
        .emits = EMITS("custodian.changed"),
        .look = "account_owner",
        .seen = RECORD(struct seen_owner, seen_owner_fields),
        .decide = account_decide_custodian,
    },
    {
        .verb = "retire",
        .summary = "record that an account is no longer used",
        .roles = ROLE_ADMIN | ROLE_KEEPER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("account.retired"),
        .look = "account_look",
        .seen = RECORD(struct seen_account, seen_fields),
        .decide = decide_account_retire,
    },
    {
        .verb = "ours",
        .summary = "ask whether an account is the company's: yes or no, signed by the log's key",
        .detail =
            "Anybody may ask, where tenured runs with --public-lookup; nobody is told more. An "
            "address says the platform and the kind of account; a handle or an id alone needs "
            "its platform.",
        .example = "account ours https://x.com/acme",
        .roles = ROLE_ANYONE,
        .method = "GET",
        .path = "/v1/lookup",
        .params = PARAMS(ours_params, account_ours_fields),
        .answer = account_answer_ours,
        .reply = REPLY(ours_view),
    },
    {0},
};
