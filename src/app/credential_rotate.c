/* credential_rotate.c - a secret was changed, which its proof shows without showing it, and a
 * second person has tried the old one. */
#include "credential.h"

#include "app/cover.h"
#include "app/documents.h"
#include "app/rotation.h"

static const char *const proofs[] = {"vault_version", "platform_changed", "public_key",
                                     "keyed_fingerprint", NULL};

#define P rotate_params
const struct field credential_rotate_fields[] = {
    THE(credential, "credential", "which one"),
    CHOICE(proof, proofs, "what proves it, without the secret"),
    MAYBE_TEXT(value,
               "the vault's new version, the date the platform shows, the fingerprint; never "
               "the secret itself, for it is kept in the log for ever"),
    FILES(evidence, "a file that shows it; may be given several times"),
    MAYBE_A(store, "store", "where it lies now, if somewhere else"),
    MAYBE_DATE(expires_on, "when the new one stops working by itself"),
    MAYBE_TEXT(note, "what else to know"),
    FLAG(dry_run, "only say what would be done: nothing is signed, and nothing recorded"),
    REASON,
    {0}};
#undef P

#define P confirm_params
const struct field credential_confirm_fields[] = {
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

/* What goes into the log for ever must not be the secret itself, pasted into the wrong place. */
static bool looks_public(const char *text)
{
    static const char *const begins[] = {
        "ssh-", "ecdsa-", "sk-", "SHA256:", "-----BEGIN PUBLIC KEY", "-----BEGIN CERTIFICATE",
        "age1", NULL};

    for (const char *const *b = begins; *b; b++)
        if (text_starts(text, *b))
            return true;
    return false;
}

static bool is_hash(const char *text)
{
    enum { SHA256_HEX = 64, SHA256_BASE64 = 43 };
    size_t n = strlen(text), bare = strcspn(text, "=");

    return (n == SHA256_HEX && strspn(text, "0123456789abcdefABCDEF") == n) ||
           (bare == SHA256_BASE64 && n <= bare + 1);
}

static const struct {
    const char *proof, *means;
} values[] = {{"vault_version", "the item's version in the vault"},
              {"platform_changed", "the day or time that the platform shows"},
              {"public_key", "the public key or its fingerprint"},
              {"keyed_fingerprint", "the HMAC-SHA-256 of it"}};

const char *rotation_value_means(const char *proof)
{
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        if (text_same(values[i].proof, proof))
            return values[i].means;
    return "what the proof shows";
}

/* A day like 2026-01-31, or a time of it. */
static bool is_shown_time(struct arena *mem, const char *text)
{
    const struct field time = {.name = "value", .kind = KIND_TIME, .held_as = HELD_AS_TEXT};
    const char *at = NULL;
    int64_t day;

    return day_parse(text, &day) || !field_set(mem, &time, text, &at);
}

struct err *rotation_value_fits(struct arena *mem, const char *proof, const char *value)
{
    uint64_t n;

    if (text_same(proof, "vault_version") && !text_to_u64(value, strlen(value), INT64_MAX, &n))
        return err_field(mem, "value",
                         "is not a version number: it has digits only, is kept in the log for ever "
                         "and is never the secret itself");
    if (text_same(proof, "platform_changed") && !is_shown_time(mem, value))
        return err_field(mem, "value",
                         "must be the day or time that the platform shows, as 2026-01-31: it is "
                         "kept in the log for ever and is never the secret itself");
    if (text_same(proof, "public_key") && !looks_public(value) && !is_hash(value))
        return err_field(mem, "value",
                         "must be a public key (ssh-…, PEM) or its fingerprint (SHA256:…): it is "
                         "kept in the log for ever and is never the secret itself");
    if (text_same(proof, "keyed_fingerprint") && !is_hash(value))
        return err_field(mem, "value",
                         "must be an HMAC-SHA-256 in hex or base64: it is kept in the log for ever "
                         "and is never the secret itself");
    return NULL;
}

/* The platform shows a day, or a time, that has come. */
static struct err *check_changed_on(struct job *job, const struct rotate_params *in)
{
    const bool day = strlen(in->value) < sizeof("2026-01-31T");
    const struct field shown = {.name = "value",
                                .kind = day ? KIND_DATE : KIND_TIME,
                                .past = true,
                                .held_as = HELD_AS_TEXT};
    const char *at = NULL;

    TRY(field_set(job->mem, &shown, in->value, &at));
    return field_happened(job->mem, &shown, &at, job->now);
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
        return err_field(job->mem, "value", "is missing: %s", rotation_value_means(in->proof));
    TRY(rotation_value_fits(job->mem, in->proof, in->value));
    if (strcmp(in->proof, "platform_changed") == 0)
        TRY(check_changed_on(job, in));
    if (vault)
        (void)text_to_u64(in->value, strlen(in->value), INT64_MAX, &fresh);
    if (vault && same_kind && now->proof_value &&
        text_to_u64(now->proof_value, strlen(now->proof_value), INT64_MAX, &old) && fresh <= old)
        return err_field(job->mem, "value", "is %s, and was %s before: the version did not rise",
                         in->value, now->proof_value);
    if (vault && !now->proof && fresh <= (uint64_t)now->version)
        return err_field(job->mem, "value",
                         "is %s, and the secret is on record in version %lld: the version did not "
                         "rise",
                         in->value, (long long)now->version);
    if (!vault && same_kind && text_same(in->value, now->proof_value))
        return err_field(job->mem, "value", "is what it was before: nothing was changed");
    return NULL;
}

/* Whoever changes a secret knows it afterwards: where that makes it due again, a page warns of it
 * before it is signed. */
static void say_who_knows(struct job *job, const struct seen_credential *now)
{
    const char *who = job->actor.ref, *where = now->store_ref ? now->store_ref : "the account";

    const char *says =
        now->actor_entitled
            ? arena_printf(job->mem, "%s knows the new secret, and is entitled to", who)
            : arena_printf(job->mem,
                           "%s knows the new secret and has no access to %s on record: it is due "
                           "because of that until somebody who is entitled changes it, or "
                           "access of %s is on record: tenure grant give",
                           who, where, who);

    json_object_set_new(job->result, "known_to", json_string(says));
    if (!now->actor_entitled)
        json_object_set_new(job->result, "warning", json_string(says));
}

struct err *credential_decide_rotate(struct job *job, const void *params, const void *seen)
{
    const struct rotate_params *in = params;
    const struct seen_credential *now = seen;
    struct list hashes;
    json_t *documents;

    if (in->dry_run)
        return err_field(job->mem, "dry_run", "what is only tried is not signed");
    TRY(credential_in_use(job, now));
    TRY(check_rotation(job, in, now));
    TRY(check_proof(job, in, now));
    TRY(documents_add(job, &in->evidence, NULL, &documents, &hashes));
    struct event *e = credential_event(job, "credential.rotated", now);
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

struct err *credential_decide_confirm(struct job *job, const void *params, const void *seen)
{
    const struct confirm_params *in = params;
    const struct seen_credential *now = seen;

    TRY(credential_in_use(job, now));
    if (now->version < 2 || !now->rotated_by)
        return err_new(job->mem, ERR_CONFLICT, "'%s' was never rotated", in->credential.said);
    if (text_same(now->rotated_by, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "you rotated it: a second person must try the old one");
    if (now->confirmed_by)
        return NULL;
    struct event *e = credential_event(job, "credential.rotation_confirmed", now);
    event_set_int(e, "version", now->version);
    event_set(e, "note", in->note);
    return NULL;
}
