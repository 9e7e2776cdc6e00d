/* key.c - what people sign with. Somebody is invited (key_invite.c), the owner of the key proves
 * possession by signing the enrolment with it: two events, so that the log alone says whose key it
 * is. */
#include "key.h"

#include "app/leave.h"

enum { CREDENTIAL_LETTERS_MAX = (WEBAUTHN_CREDENTIAL_MAX * 4 + 2) / 3 };

/* ---- key enrol ------------------------------------------------------------------------------- */

#define P enrol_params
struct enrol_params {
    const char *code, *credential, *label;
};
static const struct field enrol_fields[] = {
    {.name = "code",
     .kind = KIND_TEXT,
     .argument = true,
     .max = 64,
     .help = "the code of the invitation",
     AT(struct P, code)},
    {.name = "credential",
     .kind = KIND_TEXT,
     .optional = true,
     .max = CREDENTIAL_LETTERS_MAX,
     .help = "of a passkey: the id that the browser gave it, in base64url",
     AT(struct P, credential)},
    PERSONAL_NOTE(label, "where the key lies: 'laptop', 'yubikey 7'"),
    {0}};
#undef P

struct seen_invitation {
    const char *invitation, *person, *status, *site;
    const char *waits_as; /* what another administrator could confirm */
    bool used, expired, known_key, known_credential, vouched;
};
static const struct field enrol_seen[] = {S_TEXT(seen_invitation, invitation),
                                          S_TEXT(seen_invitation, person),
                                          S_TEXT(seen_invitation, status),
                                          S_TEXT(seen_invitation, site),
                                          S_BOOL(seen_invitation, used),
                                          S_BOOL(seen_invitation, expired),
                                          S_BOOL(seen_invitation, known_key),
                                          S_BOOL(seen_invitation, known_credential),
                                          S_BOOL(seen_invitation, vouched),
                                          S_TEXT(seen_invitation, waits_as),
                                          {0}};

static struct err *prepare_enrol(struct job *job, void *params)
{
    struct enrol_params *in = params;

    job_extra(job, "code_hash", invitation_code_hash(job->mem, in->code));
    job_lock(job, invitation_code_as_made(job->mem, in->code));
    return NULL;
}

/* Whoever had a key before is known by it, or by two others. */
static struct err *check_vouched(struct job *job, const struct seen_invitation *now)
{
    if (now->vouched)
        return NULL;
    if (!now->waits_as)
        return err_new(job->mem, ERR_CONFLICT,
                       "%s has enrolled a key since: ask for another invitation", job->actor.ref);
    return err_new(job->mem, ERR_CONFLICT,
                   "%s had a key before, and the invitation waits for another administrator: "
                   "tenure key confirm %s",
                   job->actor.ref, now->waits_as);
}

/* A passkey is good for the domain that it was made for, and the browser asks for it by its id. */
static struct err *check_passkey(struct job *job, const char *credential, const char *site)
{
    const char *rp_id = job->signer.as.passkey.rp_id;
    struct bytes id;

    if (!site)
        return err_new(job->mem, ERR_CONFLICT,
                       "nobody has said where this registry is in the web, so that it takes no "
                       "passkeys: tenured site --url, or enrol an SSH key");
    if (strcmp(rp_id, site) != 0)
        return err_new(job->mem, ERR_CONFLICT,
                       "the passkey was made for %s, and this registry takes those for %s: make "
                       "another one there",
                       rp_id, site);
    if (!credential || !base64url_decode(job->mem, credential, strlen(credential), &id) ||
        id.n == 0 || id.n > WEBAUTHN_CREDENTIAL_MAX)
        return err_field(job->mem, "credential",
                         "must be the passkey's id, in base64url, as the browser gave it");
    return NULL;
}

static struct err *check_kind(struct job *job, const char *credential, const char *site)
{
    if (job->signer.kind == KEY_PASSKEY)
        return check_passkey(job, credential, site);
    return credential ? err_field(job->mem, "credential", "is of passkeys: an SSH key has none")
                      : NULL;
}

static struct err *decide_enrol(struct job *job, const void *params, const void *seen)
{
    const struct enrol_params *in = params;
    const struct seen_invitation *now = seen;

    if (!now->invitation || !text_same(now->person, job->actor.id))
        return err_field(job->mem, "code", "there is no such invitation for %s", job->actor.ref);
    if (now->used)
        return err_field(job->mem, "code", "was used already: ask for another invitation");
    if (now->expired)
        return err_field(job->mem, "code", "is no longer good: ask for another invitation");
    TRY(refuse_gone(job, "code", job->actor.ref, now->status));
    TRY(check_vouched(job, now));
    if (now->known_key)
        return err_new(job->mem, ERR_CONFLICT, "the key %s is or was enrolled: make a new one",
                       job->signer.fingerprint);
    if (now->known_credential) /* else the other's passkey would open two people's sessions */
        return err_field(job->mem, "credential", "is or was of another key: make a new one");
    TRY(check_kind(job, in->credential, now->site));
    struct event *e = event_new(&job->events, "key.enrolled");
    event_set(e, "key", job->new_id);
    event_set(e, "ref", short_ref(job->mem, "k", job->new_id));
    event_set(e, "public_key", job->signer.line);
    event_set(e, "fingerprint", job->signer.fingerprint);
    event_take(&job->events, e, &job->command->params, params);
    event_take(&job->events, e, &job->command->seen, seen);
    return NULL;
}

static void enrol_result(struct job *job, const json_t *after)
{
    json_object_set_new(job->result, "person", json_string(json_text(after, "person")));
    json_object_set_new(job->result, "key", json_string(json_text(after, "ref")));
    json_object_set_new(job->result, "vkey", json_string(keyring_vkey(job->service->keys)));
    json_object_set_new(job->result, "log", json_string(job->service->origin));
}

/* ---- key revoke ------------------------------------------------------------------------------ */

#define P revoke_params
struct revoke_params {
    struct ref key;
    const char *reason;
};
static const struct field revoke_fields[] = {THE(key, "key", "which one"), NEEDED_REASON, {0}};
#undef P

struct seen_key {
    const char *person, *status;
    bool last_admin_key;
};
static const struct field revoke_seen[] = {
    S_TEXT(seen_key, person), S_TEXT(seen_key, status), S_BOOL(seen_key, last_admin_key), {0}};

static struct err *decide_revoke(struct job *job, const void *params, const void *seen)
{
    const struct revoke_params *in = params;
    const struct seen_key *now = seen;

    if (text_same(now->status, "revoked"))
        return err_new(job->mem, ERR_CONFLICT, "the key '%s' is revoked already", in->key.said);
    if (now->last_admin_key)
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' is the last key of the last administrator: nobody could get in again",
                       in->key.said);
    job_event(job, "key.revoked");
    return NULL;
}

/* ---- Lists ------------------------------------------------------------------------------------
 */

#define P list_params
struct list_params {
    struct ref person;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_A(person, "person", "only of this person"), AS_OF, PAGE, {0}};
#undef P

#define P invitations_params
struct invitations_params {
    PAGE_MEMBERS;
};
static const struct field invitations_fields[] = {PAGE, {0}};
#undef P

SHAPE(key_row, COLUMN("key", "its key in the registry"), COLUMN("person", "whose"),
      COLUMN("name", "by name"), COLUMN("kind", "ssh or passkey"),
      COLUMN("fingerprint", "as ssh-keygen -l shows it"), COLUMN("label", "where it lies"),
      COLUMN("since", "since when"), NUMBER("enrolled", "valid from this entry of the log"),
      COLUMN("until", "until when, where an end is set"),
      NUMBER("revoked", "and not any more from this one"));
SHAPE(invitation_view, COLUMN("person", "id of the person"), COLUMN("ref", "their key"),
      COLUMN("name", "by name"), COLUMN("log", "name of the log"),
      COLUMN("vkey", "its verifier key"), COLUMN("expires_at", "until when"));
SHAPE(invitation_row, COLUMN("invitation", "its key in the registry"),
      COLUMN("person", "who is invited"), COLUMN("name", "by name"),
      COLUMN("inviter", "who has invited them; nobody: the service's machine"),
      COLUMN("inviter_name", "by name"), COLUMN("since", "since when"),
      COLUMN("expires_at", "until when it is good"), COLUMN("confirmed_by", "who has confirmed it"),
      YESNO("waits", "another administrator has to confirm it"));

extern const struct command key_commands[];
const struct command key_commands[] = {
    {
        .verb = "invite",
        .summary = "make a code with which a person enrols a key",
        .detail = "Yourself for one more key. For somebody who had a key before, another "
                  "administrator has to confirm it: tenure key confirm.",
        .example = "key invite e1007",
        .roles = ROLE_ADMIN | ROLE_MEMBER,
        .within = "person",
        .method = "POST",
        .path = "/v1/people/{person}/invitations",
        .params = PARAMS(invite_params, key_invite_fields),
        .emits = EMITS("key.invited"),
        .look = "key_invite_look",
        .seen = RECORD(struct seen_person, key_invite_seen),
        .alone = true, /* who else can administer is not among what it names */
        .decide = decide_invite,
        .result = invite_result,
    },
    {
        .verb = "confirm",
        .summary = "let somebody who had a key before enrol another, as a second administrator",
        .detail = "Make sure that it is they who ask: speak to them.",
        .example = "key confirm i-1f0c9a2e4b7d",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/invitations/{invitation}/confirm",
        .params = PARAMS(confirm_params, key_confirm_fields),
        .emits = EMITS("key.confirmed"),
        .look = "key_confirm_look",
        .seen = RECORD(struct seen_waiting, key_confirm_seen),
        .decide = decide_confirm,
    },
    {
        .verb = "invitations",
        .summary = "list the invitations that are still good",
        .roles = ROLE_ADMIN | ROLE_AUDITOR,
        .method = "GET",
        .path = "/v1/invitations",
        .params = PARAMS(invitations_params, invitations_fields),
        .query = "key_invitations",
        .list = true,
        .reply = REPLY(invitation_row),
    },
    {
        .verb = "enrol",
        .summary = "sign with this key from now on",
        .detail = "The key signs the enrolment itself, which proves that you have it.",
        .example = "key enrol 7K2M9P-…",
        .roles = ROLE_ANYONE,
        .method = "POST",
        .path = "/v1/keys",
        .params = PARAMS(enrol_params, enrol_fields),
        .makes = "key",
        .emits = EMITS("key.enrolled"),
        .look = "key_enrol_look",
        .seen = RECORD(struct seen_invitation, enrol_seen),
        .alone = true, /* of two invitations of one person the second must see the first used */
        .prepare = prepare_enrol,
        .decide = decide_enrol,
        .result = enrol_result,
    },
    {
        .verb = "revoke",
        .summary = "let signatures by a key count no more",
        .roles = ROLE_ADMIN | ROLE_MEMBER,
        .within = "key",
        .method = "POST",
        .path = "/v1/keys/{key}/revoke",
        .params = PARAMS(revoke_params, revoke_fields),
        .emits = EMITS("key.revoked"),
        .look = "key_look",
        .seen = RECORD(struct seen_key, revoke_seen),
        .alone = true, /* who else can administer is not among what it names */
        .decide = decide_revoke,
    },
    {
        .verb = "list",
        .summary = "list keys",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/keys",
        .params = PARAMS(list_params, list_fields),
        .query = "key_list",
        .list = true,
        .reply = REPLY(key_row),
    },
    {
        .verb = "invitation",
        .summary = "show whom an invitation is for",
        .roles = ROLE_ANYONE,
        .method = "POST", /* an address is no place for a code */
        .path = "/v1/invitations/look",
        .params = PARAMS(invitation_params, key_invitation_fields),
        .answer = answer_invitation,
        .reply = REPLY(invitation_view),
    },
    {0},
};
