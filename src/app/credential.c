/* credential.c - records of secrets: never a secret, but where it lies, in which version, and who
 * could know which version. Who must not know it any more makes it due. */
#include "app/authorise.h"
#include "app/cover.h"
#include "app/documents.h"
#include "app/fields.h"
#include "domain/account.h"
#include "domain/rotation.h"

static const char *const kinds[] = {"password",  "api_key",      "token",        "ssh_key",
                                    "totp_seed", "backup_codes", "recovery_key", "certificate",
                                    "pin",       "signing_key",  "other",        NULL};
static const char *const hows[] = {"created", "revealed", "delivered", "enrolled", NULL};
static const char *const proofs[] = {"vault_version", "platform_changed", "public_key",
                                     "keyed_fingerprint", NULL};
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
    MAYBE_DATE(changed_on, "when it was last changed"),
    MAYBE_DATE(expires_on, "when it stops working by itself"),
    MAYBE_INT(lead_days, 1, 365, "how many days before that it is due; 14 if not said"),
    MAYBE_INT(version, 1, 1000000, "its version in the store; 1 if not said"),
    MAYBE_NEW(credential, "credential", "what to call it"),
    EFFECTIVE,
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
    EFFECTIVE,
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
                                            EFFECTIVE,
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

struct seen_credential {
    const char *account, *store, *label, *reference, *expires_on, *exposure, *status, *compromised,
        *asked;
    const char *proof, *proof_value, *rotated_by, *actor_status, *leaver_reads, *known_how,
        *store_ref;
    const char *confirmed_by;
    int64_t lead_days, version;
    bool actor_is_why, actor_entitled;
};
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

static struct err *in_use(struct job *job, const struct seen_credential *now)
{
    if (!text_same(now->status, "retired"))
        return NULL;
    return err_new(job->mem, ERR_CONFLICT, "'%s' is retired", job_said(job, "credential"));
}

static struct event *one(struct job *job, const char *type, const struct seen_credential *now)
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

    TRY(in_use(job, now));
    if (text_same(now->known_how, how))
        return NULL; /* on record already */
    struct event *e = one(job, "credential.known_to", now);
    event_set(e, "person", in->person.id);
    event_set(e, "how", how);
    event_set_int(e, "version", now->version);
    return NULL;
}

static struct err *decide_compromise(struct job *job, const void *params, const void *seen)
{
    (void)params;
    TRY(in_use(job, seen));
    one(job, "credential.compromised", seen);
    return NULL;
}

static struct err *decide_ask(struct job *job, const void *params, const void *seen)
{
    (void)params;
    TRY(in_use(job, seen));
    one(job, "credential.rotation_asked", seen);
    return NULL;
}

static struct err *decide_credential_retire(struct job *job, const void *params, const void *seen)
{
    const struct why_params *in = params;

    TRY(in_use(job, seen));
    one(job, "credential.retired", seen);
    return cover_steps(job, in->credential.id, NULL);
}

/* ---- credential rotate, confirm -------------------------------------------------------------- */

#define P rotate_params
struct rotate_params {
    struct ref credential, store;
    const char *proof, *value, *expires_on, *note, *reason;
    struct list evidence;
};
static const struct field rotate_fields[] = {
    THE(credential, "credential", "which one"),
    CHOICE(proof, proofs, "what proves it, without the secret"),
    MAYBE_TEXT(value, "the vault's new version, the date the platform shows, the fingerprint"),
    FILES(evidence, "a file that shows it; may be given several times"),
    MAYBE_A(store, "store", "where it lies now, if somewhere else"),
    MAYBE_DATE(expires_on, "when the new one stops working by itself"),
    MAYBE_TEXT(note, "what else to know"),
    REASON,
    {0}};
#undef P

#define P confirm_params
struct confirm_params {
    struct ref credential;
    const char *note;
};
static const struct field confirm_fields[] = {
    THE(credential, "credential", "which one"), MAYBE_TEXT(note, "how it was tried"), {0}};
#undef P

/* Who may rotate: somebody outside the leaver set, after the leavers can read the store no more. */
static struct err *check_rotation(struct job *job, const struct rotate_params *in,
                                  const struct seen_credential *now)
{
    if (!text_same(now->actor_status, "active") && !text_same(now->actor_status, "joiner"))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "you are a %s: a rotation must be made by somebody who stays",
                       now->actor_status);
    if (now->actor_is_why)
        return err_new(job->mem, ERR_FORBIDDEN,
                       "it is due because you could know it: somebody else must change it");
    if (now->leaver_reads && !in->store.id)
        return err_new(
            job->mem, ERR_CONFLICT,
            "%s can still read the store '%s': end that first, or the new secret is known "
            "at once",
            now->leaver_reads, now->store_ref);
    return NULL;
}

static struct err *check_proof(struct job *job, const struct rotate_params *in,
                               const struct seen_credential *now)
{
    bool vault = strcmp(in->proof, "vault_version") == 0;
    bool same_kind = text_same(in->proof, now->proof);
    uint64_t fresh = 0, old = 0;

    if (strcmp(in->proof, "platform_changed") == 0 && !in->evidence.n)
        return err_field(job->mem, "evidence",
                         "is missing: a screenshot of what the platform shows");
    if (!in->value)
        return err_field(job->mem, "value", "is missing: %s",
                         vault ? "the item's version in the vault" : "what the proof shows");
    if (vault && !text_to_u64(in->value, strlen(in->value), INT64_MAX, &fresh))
        return err_field(job->mem, "value", "'%s' is not a version number", in->value);
    if (vault && same_kind && now->proof_value &&
        text_to_u64(now->proof_value, strlen(now->proof_value), INT64_MAX, &old) && fresh <= old)
        return err_field(job->mem, "value", "is %s, and was %s before: the version did not rise",
                         in->value, now->proof_value);
    if (!vault && same_kind && text_same(in->value, now->proof_value))
        return err_field(job->mem, "value", "is what it was before: nothing was changed");
    return NULL;
}

/* Whoever changes a secret knows it afterwards. */
static void say_who_knows(struct job *job, const struct seen_credential *now)
{
    const char *who = job->actor.ref, *where = now->store_ref ? now->store_ref : "the account";

    json_object_set_new(
        job->result, "known_to",
        json_string(now->actor_entitled
                        ? arena_printf(job->mem, "%s knows the new secret, and is entitled to", who)
                        : arena_printf(job->mem,
                                       "%s knows the new secret and has no access to %s on record: "
                                       "it is due because of that until somebody who is entitled "
                                       "changes it, or tenure grant give says that %s has access",
                                       who, where, who)));
}

static struct err *decide_rotate(struct job *job, const void *params, const void *seen)
{
    const struct rotate_params *in = params;
    const struct seen_credential *now = seen;
    struct list hashes;
    json_t *documents;

    TRY(in_use(job, now));
    TRY(check_rotation(job, in, now));
    TRY(check_proof(job, in, now));
    TRY(documents_add(job, &in->evidence, NULL, &documents, &hashes));
    struct event *e = one(job, "credential.rotated", now);
    event_set_int(e, "version", now->version + 1);
    event_set(e, "performer", job->actor.id);
    event_set(e, "proof_value", in->value);
    event_take(&job->events, e, &job->command->params, params);
    if (documents)
        event_set_json(e, "documents", json_incref(documents));
    e->evidence = hashes;
    say_who_knows(job, now);
    return cover_steps(job, in->credential.id, in->note);
}

static struct err *decide_rotation_confirm(struct job *job, const void *params, const void *seen)
{
    const struct confirm_params *in = params;
    const struct seen_credential *now = seen;

    TRY(in_use(job, now));
    if (now->version < 2 || !now->rotated_by)
        return err_new(job->mem, ERR_CONFLICT, "'%s' was never rotated", in->credential.said);
    if (text_same(now->rotated_by, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "you rotated it: a second person must try the old one");
    if (now->confirmed_by)
        return NULL;
    struct event *e = one(job, "credential.rotation_confirmed", now);
    event_set_int(e, "version", now->version);
    event_set(e, "note", in->note);
    return NULL;
}

/* ---- credential due: why, since when, and in which order ------------------------------------- */

#define P due_params
struct due_params {
    struct ref person, account;
};
static const struct field due_fields[] = {
    MAYBE_A(person, "person", "only those that this person's knowledge makes due"),
    MAYBE_A(account, "account", "only those that open this account"),
    {0}};
#undef P

static struct rotation_place *order_of(struct job *job, const struct rows *due,
                                       const struct rows *edges)
{
    size_t n = rows_count(due), m = rows_count(edges), accounts_n = 0;
    const char **accounts = arena_array(job->mem, n + 1, sizeof(*accounts));
    struct reset *resets = arena_array(job->mem, m + 1, sizeof(*resets));
    struct map *seen = map_new(job->mem);

    for (size_t i = 0; i < n; i++) {
        const char *account = rows_text(due, i, "account_id");
        if (!account || map_get(seen, account))
            continue;
        map_set(seen, account, seen);
        accounts[accounts_n++] = account;
    }
    for (size_t i = 0; i < m; i++)
        resets[i] = (struct reset){rows_text(edges, i, "by"), rows_text(edges, i, "of")};
    return rotation_order(job->mem, accounts, accounts_n, resets, m);
}

static struct err *answer_due(struct job *job, const void *params, const char **ret)
{
    struct list units = sees_units(job);
    struct rows *due, *edges;
    struct binds b;
    struct buf out;
    bool more = false;

    (void)params;
    TRY(job_binds(job, &b));
    bind_text(&b, "all", sees_all(job) ? "true" : "false");
    bind_list(&b, "units", units.at, units.n);
    TRY(store_call(job->mem, job->store, "credential_due", &b, &due));
    TRY(store_call(job->mem, job->store, "recovery_graph", &b, &edges));
    const struct rotation_place *order = order_of(job, due, edges);
    buf_init(&out, job->mem, 1 << 26);
    buf_text(&out, "{\"items\":[");
    size_t n = rows_count(due);
    bool *written = arena_array(job->mem, n + 1, sizeof(*written));
    for (size_t k = 0; k <= n; k++) { /* the places in order, at last those that open no account */
        const char *account = order[k].account;
        for (size_t i = 0; i < n; i++) {
            if (written[i] || (account && !text_same(rows_text(due, i, "account_id"), account)))
                continue;
            written[i] = true;
            const char *item = rows_text(due, i, "item");
            buf_printf(&out, "%s{\"sitting\":%u,\"circle\":%s,%s", more ? "," : "",
                       account ? order[k].sitting : 0,
                       account && order[k].circle ? "true" : "false", item + 1);
            more = true;
        }
        if (!account)
            break;
    }
    buf_text(&out, "]}");
    *ret = out.at;
    return NULL;
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
      COLUMN("confirmed_by", "who saw the old one refused"));
SHAPE(exposed_row, NUMBER("version", "the version"), COLUMN("person", "who could know it"),
      COLUMN("name", "by name"), COLUMN("how", "how"), COLUMN("since", "since when"),
      YESNO("entitled", "may still know it"));
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
      TABLE("known_to", exposed_row, "who could know which version"));

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
        .params = PARAMS(due_params, due_fields),
        .answer = answer_due,
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
            "of an open handover that waits for it is done with it.",
        .example = "credential rotate c-acme-x --proof vault_version --value 7",
        CHANGES("/v1/credentials/{credential}/rotate"),
        .params = PARAMS(rotate_params, rotate_fields),
        .emits = EMITS("credential.rotated", "evidence.added", "handover.step_done"),
        SEEN,
        .decide = decide_rotate,
    },
    {
        .verb = "confirm",
        .summary = "record, as a second person, that the old secret was tried and refused",
        CHANGES("/v1/credentials/{credential}/confirm"),
        .params = PARAMS(confirm_params, confirm_fields),
        .emits = EMITS("credential.rotation_confirmed"),
        SEEN,
        .decide = decide_rotation_confirm,
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
        .emits = EMITS("credential.retired", "handover.step_done"),
        SEEN,
        .decide = decide_credential_retire,
    },
    {0},
};
