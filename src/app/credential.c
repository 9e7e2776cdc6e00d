/* credential.c - records of secrets: never a secret, but where it lies, in which version, and who
 * could know which version. Who must not know it any more makes it due: credential_due.c; changing
 * it is in credential_rotate.c, its use in an emergency in credential_glass.c. */
#include "credential.h"

#include "app/cover.h"
#include "app/documents.h"
#include "domain/account.h"

static const char *const kinds[] = {"password",  "api_key",      "token",        "ssh_key",
                                    "totp_seed", "backup_codes", "recovery_key", "certificate",
                                    "pin",       "signing_key",  "other",        NULL};
static const char *const hows[] = {"created", "revealed", "delivered", "enrolled", NULL};
#define KEEPERS (ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

/* ---- credential record ----------------------------------------------------------------------- */

#define P record_params
struct record_params {
    const char *credential, *kind, *label, *reference, *changed_on, *expires_on, *exposure,
        *effective;
    struct ref account, store, person;
    struct list known_to;
    int64_t version, lead_days;
    bool shared;
};
static const struct field record_fields[] = {
    CHOICE(kind, kinds, "what it is"),
    MAYBE_A(account, "account", "what it opens"),
    MAYBE_A(store, "store", "where it lies"),
    MAYBE_A(person, "person", "whose own it is, if it is not shared"),
    FLAG(shared, "several people use it"),
    {.name = "known_to",
     .kind = KIND_LIST,
     .each = KIND_REF,
     .of = "person",
     .optional = true,
     .max = 200, /* an entry is about each of them */
     .help = "who knows it; may be given several times",
     AT(struct P, known_to)},
    MAYBE_CHOICE(exposure, WORDS("known", "unknown"), "whether it is known who ever knew it"),
    PERSONAL_NOTE(label, "which one"),
    PERSONAL_NOTE(reference, "the item in the store: never the secret"),
    MAYBE_PAST_DATE(changed_on, "when it was last changed"),
    MAYBE_DATE(expires_on, "when it stops working by itself"),
    MAYBE_INT(lead_days, 1, 365, "how many days before that it is due; 14 if not said"),
    MAYBE_INT(version, 1, 1000000, "its version in the store; 1 if not said"),
    MAYBE_NEW(credential, "credential", "what to call it"),
    HAPPENED,
    {0}};
#undef P

struct seen_account {
    const char *kind;
};
static const struct field account_seen[] = {S_TEXT(seen_account, kind), {0}};

static struct err *decide_record(struct job *job, const void *params, const void *seen)
{
    const struct record_params *in = params;
    const struct seen_account *now = seen;

    if (!in->account.id && !in->store.id)
        return err_field(job->mem, "account", "say what it opens, or in which store it lies");
    if (in->account.id)
        TRY(account_takes(job->mem, in->account.said, now->kind, "credential"));
    if (in->shared == (in->person.id != NULL))
        return err_field(job->mem, "shared",
                         "say either --shared, or whose own it is with --person");
    struct event *e = job_event(job, "credential.recorded");
    event_set_json(e, "shared", json_boolean(in->shared));
    if (!in->exposure)
        event_set(e, "exposure", in->known_to.n || in->person.id ? "known" : "unknown");
    if (!in->version)
        event_set_int(e, "version", 1);
    return NULL;
}

/* ---- credential change, known, compromise, ask, retire --------------------------------------- */

#define P change_params
struct change_params {
    struct ref credential, store;
    const char *label, *reference, *expires_on, *exposure, *effective, *reason;
    int64_t lead_days;
    struct list clear;
};
static const struct field change_fields[] = {
    THE(credential, "credential", "which one"),
    MAYBE_A(store, "store", "where it lies"),
    PERSONAL_NOTE(label, "which one it is"),
    PERSONAL_NOTE(reference, "the item in the store: never the secret"),
    MAYBE_DATE(expires_on, "when it stops working by itself"),
    MAYBE_INT(lead_days, 1, 365, "how many days before that it is due"),
    MAYBE_CHOICE(exposure, WORDS("known", "unknown"), "whether it is known who ever knew it"),
    CLEAR(WORDS("store", "label", "reference", "expires_on", "lead_days")),
    HAPPENED,
    REASON,
    {0}};
#undef P

#define P known_params
struct known_params {
    struct ref credential, person;
    const char *how, *effective, *reason;
};
static const struct field known_fields[] = {THE(credential, "credential", "which one"),
                                            THE(person, "person", "who could know it"),
                                            MAYBE_CHOICE(how, hows, "how; revealed if not said"),
                                            HAPPENED,
                                            REASON,
                                            {0}};
#undef P

#define P why_params
struct why_params {
    struct ref credential;
    const char *reason;
};
static const struct field why_fields[] = {
    THE(credential, "credential", "which one"), NEEDED_REASON, {0}};
#undef P

static const struct field seen_fields[] = {
    S_TEXT(seen_credential, account),
    S_TEXT(seen_credential, store),
    S_TEXT(seen_credential, store_ref),
    S_TEXT(seen_credential, label),
    S_TEXT(seen_credential, reference),
    S_TEXT(seen_credential, expires_on),
    S_TEXT(seen_credential, exposure),
    S_TEXT(seen_credential, status),
    S_TEXT(seen_credential, compromised),
    S_TEXT(seen_credential, asked),
    S_INT(seen_credential, lead_days),
    S_INT(seen_credential, version),
    S_TEXT(seen_credential, proof), /* of the current version */
    S_TEXT(seen_credential, proof_value),
    S_TEXT(seen_credential, rotated_by),
    S_TEXT(seen_credential, confirmed_by),
    S_TEXT(seen_credential, actor_status),
    S_BOOL(seen_credential, actor_is_why), /* the actor's own knowledge makes it due */
    S_BOOL(seen_credential, actor_entitled),
    S_TEXT(seen_credential, leaver_reads), /* somebody whose time is over can still read the store
                                            */
    S_TEXT(seen_credential, known_how),
    {0}};

struct err *credential_in_use(struct job *job, const struct seen_credential *now)
{
    if (!text_same(now->status, "retired"))
        return NULL;
    return err_new(job->mem, ERR_CONFLICT, "'%s' is retired", job_said(job, "credential"));
}

struct event *credential_event(struct job *job, const char *type, const struct seen_credential *now)
{
    struct event *e = event_new(&job->events, type);

    event_set(e, "credential", job_param(job, "credential"));
    event_set(e, "account", now->account);
    return e;
}

static struct err *decide_known(struct job *job, const void *params, const void *seen)
{
    const struct known_params *in = params;
    const struct seen_credential *now = seen;
    const char *how = in->how ? in->how : "revealed";

    TRY(credential_in_use(job, now));
    if (text_same(now->known_how, how))
        return NULL; /* on record already */
    struct event *e = credential_event(job, "credential.known_to", now);
    event_set(e, "person", in->person.id);
    event_set(e, "how", how);
    event_set_int(e, "version", now->version);
    return NULL;
}

static struct err *decide_compromise(struct job *job, const void *params, const void *seen)
{
    (void)params;
    TRY(credential_in_use(job, seen));
    credential_event(job, "credential.compromised", seen);
    return NULL;
}

static struct err *decide_ask(struct job *job, const void *params, const void *seen)
{
    (void)params;
    TRY(credential_in_use(job, seen));
    credential_event(job, "credential.rotation_asked", seen);
    return NULL;
}

static struct err *decide_credential_retire(struct job *job, const void *params, const void *seen)
{
    const struct why_params *in = params;

    const struct seen_credential *now = seen;

    TRY(credential_in_use(job, now));
    if (text_same(now->actor_status, "leaver"))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "you are a leaver: that a secret is in use no more must be said by somebody "
                       "who stays");
    credential_event(job, "credential.retired", now);
    return cover_steps(job, in->credential.id, NULL);
}

/* ---- credential show, list ------------------------------------------------------------------- */

#define P show_params
struct show_params {
    struct ref credential;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(credential, "credential", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    struct ref account, store, person;
    const char *kind, *status;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_A(account, "account", "only those that open this account"),
    MAYBE_A(store, "store", "only those in this store"),
    MAYBE_A(person, "person", "only those that this person could know"),
    MAYBE_CHOICE(kind, kinds, "only of this kind"),
    MAYBE_CHOICE(status, WORDS("active", "retired"), "only of this status"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(credential_row, COLUMN("credential", "its key"), COLUMN("account", "what it opens"),
      COLUMN("kind", "what it is"), COLUMN("label", "which"), COLUMN("store", "where it lies"),
      YESNO("shared", "several people use it"), NUMBER("version", "its version"),
      COLUMN("changed_on", "last changed"), COLUMN("exposure", "whether it is known who knew it"),
      COLUMN("status", "active or retired"));
SHAPE(due_row, NUMBER("sitting", "in which sitting: lower first"),
      YESNO("circle", "several accounts in one sitting"), COLUMN("credential", "the credential"),
      COLUMN("account", "what it opens"), COLUMN("kind", "what it is"),
      COLUMN("store", "where it lies"), COLUMN("why", "why it is due"),
      COLUMN("who", "whose knowledge makes it due"), COLUMN("since", "since when"),
      NUMBER("days", "for how many days"));
SHAPE(version_row, NUMBER("version", "the version"), COLUMN("born", "since when"),
      COLUMN("by", "who made it"), COLUMN("proof", "what proves it"),
      COLUMN("value", "what the proof shows"),
      COLUMN("confirmed_by", "who saw the old one refused"),
      TABLE("documents", file_row, "the files that show it"));
SHAPE(exposed_row, NUMBER("version", "the version"), COLUMN("person", "who could know it"),
      COLUMN("name", "by name"), COLUMN("how", "how"), COLUMN("since", "since when"),
      YESNO("entitled", "may still know it"));
SHAPE(glass_row, NUMBER("entry", "the entry of the log"), NUMBER("version", "the version"),
      COLUMN("person", "who used it"), COLUMN("at", "when"), COLUMN("recorded_by", "who said so"),
      COLUMN("reason", "why"), COLUMN("reviewed_by", "who looked at it afterwards"),
      COLUMN("finding", "and found"));
SHAPE(credential_view, COLUMN("credential", "its key"), COLUMN("id", "its id"),
      COLUMN("account", "what it opens"), COLUMN("store", "where it lies"),
      COLUMN("person", "whose own it is"), COLUMN("kind", "what it is"), COLUMN("label", "which"),
      COLUMN("reference", "the item in the store"), YESNO("shared", "several people use it"),
      COLUMN("exposure", "whether it is known who knew it"), NUMBER("version", "its version"),
      COLUMN("changed_on", "last changed"), COLUMN("expires_on", "when it stops working"),
      COLUMN("compromised", "why it is compromised"),
      COLUMN("asked", "why somebody wants it changed"), COLUMN("status", "active or retired"),
      COLUMN("due", "why it must change"),
      TABLE("versions", version_row, "its versions, newest first"),
      TABLE("known_to", exposed_row, "who could know which version"),
      TABLE("glass", glass_row, "when it was used in an emergency"));

#define SEEN .look = "credential_look", .seen = RECORD(struct seen_credential, seen_fields)
#define CHANGES(path_) .roles = KEEPERS, .within = "credential", .method = "POST", .path = (path_)

extern const struct command credential_commands[];
const struct command credential_commands[] = {
    {
        .verb = "record",
        .summary = "record that a secret exists and who knows it; never the secret",
        .example =
            "credential record --kind password --account acme-x --store sales-vault --shared "
            "--known-to e1007 --known-to e1012",
        .roles = KEEPERS,
        .within = "account store",
        .method = "POST",
        .path = "/v1/credentials",
        .params = PARAMS(record_params, record_fields),
        .makes = "credential",
        .emits = EMITS("credential.recorded"),
        .by_token = true,
        .look = "account_kind",
        .seen = RECORD(struct seen_account, account_seen),
        .decide = decide_record,
    },
    {
        .verb = "show",
        .summary = "show a credential, its versions and who could know them",
        .roles = READERS,
        .within = "credential",
        .method = "GET",
        .path = "/v1/credentials/{credential}",
        .params = PARAMS(show_params, show_fields),
        .query = "credential_show",
        .reply = REPLY(credential_view),
    },
    {
        .verb = "list",
        .summary = "list credentials",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/credentials",
        .params = PARAMS(list_params, list_fields),
        .query = "credential_list",
        .list = true,
        .reply = REPLY(credential_row),
    },
    {
        .verb = "due",
        .summary = "list what must be rotated, whose knowledge makes it due, and in which order",
        .detail =
            "A credential is due while somebody could know its current version who may not any "
            "more, when it is compromised, runs out soon, or somebody asked. What can reset "
            "another account comes first; accounts that can reset each other are one sitting.",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/due",
        .params = PARAMS(due_params, credential_due_fields),
        .answer = credential_answer_due,
        .list = true,
        .reply = REPLY(due_row),
        .legend = "rotate the lower sittings first: what they open can reset what comes after. In "
                  "a circle accounts can reset each other: rotate those of one sitting together",
    },
    {
        .verb = "rotate",
        .summary = "record that the secret was changed, with a proof that does not show it",
        .detail =
            "Somebody outside the leavers does it, after they can read the store no more. A step "
            "of an open handover that waits for it is done with it. With --dry-run it is only "
            "said what would be recorded, and who would know the new one.",
        .example = "credential rotate c-acme-x --proof vault_version --value 7",
        CHANGES("/v1/credentials/{credential}/rotate"),
        .params = PARAMS(rotate_params, credential_rotate_fields),
        .emits = EMITS("credential.rotated", "evidence.added", COVER_EVENTS),
        SEEN,
        .decide = credential_decide_rotate,
    },
    {
        .verb = "confirm",
        .summary = "record, as a second person, that the old secret was tried and refused",
        CHANGES("/v1/credentials/{credential}/confirm"),
        .params = PARAMS(confirm_params, credential_confirm_fields),
        .emits = EMITS("credential.rotation_confirmed"),
        SEEN,
        .decide = credential_decide_confirm,
    },
    {
        .verb = "known",
        .summary = "record that a person could know the secret",
        CHANGES("/v1/credentials/{credential}/known"),
        .params = PARAMS(known_params, known_fields),
        .emits = EMITS("credential.known_to"),
        .by_token = true,
        SEEN,
        .decide = decide_known,
    },
    {
        .verb = "break-glass",
        .summary = "record that the secret is used in an emergency: it is due, and reviewed later",
        .detail =
            "Whoever uses it knows it from then on, so that somebody else has to rotate it. A "
            "second person looks at every such use: tenure credential review.",
        .example = "credential break-glass c-acme-x --reason 'the page was defaced at night'",
        CHANGES("/v1/credentials/{credential}/break-glass"),
        .params = PARAMS(break_params, credential_break_fields),
        .emits = EMITS("credential.glass_broken"),
        .by_token = true,
        SEEN,
        .decide = credential_decide_break,
    },
    {
        .verb = "review",
        .summary = "record, as a second person, what you found about a use in an emergency",
        .example = "credential review c-acme-x --entry 4711 --finding justified",
        CHANGES("/v1/credentials/{credential}/review"),
        .params = PARAMS(review_params, credential_review_fields),
        .emits = EMITS("credential.glass_reviewed"),
        .look = "glass_look",
        .seen = RECORD(struct seen_glass, credential_glass_seen),
        .decide = credential_decide_review,
    },
    {
        .verb = "compromise",
        .summary = "record that the secret may be in strange hands: it is due at once",
        CHANGES("/v1/credentials/{credential}/compromise"),
        .params = PARAMS(why_params, why_fields),
        .emits = EMITS("credential.compromised"),
        .by_token = true,
        SEEN,
        .decide = decide_compromise,
    },
    {
        .verb = "ask",
        .summary = "ask for the secret to be changed",
        CHANGES("/v1/credentials/{credential}/ask"),
        .params = PARAMS(why_params, why_fields),
        .emits = EMITS("credential.rotation_asked"),
        .by_token = true,
        SEEN,
        .decide = decide_ask,
    },
    {
        .verb = "change",
        .summary = "record what is different about the record of a secret",
        CHANGES("/v1/credentials/{credential}/change"),
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("credential.changed"),
        .by_token = true,
        SEEN,
        .decide = decide_change,
    },
    {
        .verb = "retire",
        .summary = "record that the secret opens nothing any more",
        CHANGES("/v1/credentials/{credential}/retire"),
        .params = PARAMS(why_params, why_fields),
        .emits = EMITS("credential.retired", COVER_EVENTS),
        SEEN,
        .decide = decide_credential_retire,
    },
    {0},
};
