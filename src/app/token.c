/* token.c - tokens of feeds and integrations; see token.h. An administrator gives one to a service,
 * for a time and, if need be, for some commands only. The secret is made where the administrator
 * sits: what is sent, signed and kept is its SHA-256. */
#include "app/token.h"

#include "app/fields.h"

enum { SECRET = 32, TOKEN_DAYS = 365, TOKEN_DAYS_MAX = 366 };

static const char prefix[] = "tnr_";

char *token_make(struct arena *mem)
{
    uint8_t secret[SECRET];

    random_bytes(secret, sizeof(secret));
    char *token = arena_printf(mem, "%s%s", prefix, base64url_encode(mem, secret, sizeof(secret)));
    secret_cleanse(secret, sizeof(secret));
    return token;
}

bool token_digest(struct arena *mem, const char *token, const char **ret_digest)
{
    uint8_t secret[SECRET];
    size_t n = strlen(prefix);

    if (!token || !text_starts(token, prefix) ||
        !base64url_decode_to(token + n, strlen(token + n), secret, sizeof(secret)))
        return false;
    secret_cleanse(secret, sizeof(secret));
    if (ret_digest) {
        struct digest d = sha256(bytes_of_text(token));
        *ret_digest = hex_encode(mem, d.at, sizeof(d.at));
    }
    return true;
}

bool token_takes(const struct command *c)
{
    return !command_changes(c) || c->by_token;
}

/* ---- token issue ----------------------------------------------------------------------------- */

#define P issue_params
struct issue_params {
    struct ref person;
    const char *token, *digest, *until, *reason;
    struct list commands;
};
static const struct field issue_fields[] = {
    THE(person, "person", "the service that is to come with it"),
    MAYBE_NEW(token, "token", "what to call it: hr-nightly, say"),
    {.name = "until",
     .kind = KIND_TIME,
     .optional = true,
     .last = true,
     .help = "until when it is good: a year if not said, and no longer",
     AT(struct P, until)},
    {.name = "commands",
     .kind = KIND_LIST,
     .each = KIND_TEXT,
     .optional = true,
     .max = 40,
     .help = "only for this command, 'grant give' say; may be given several times",
     AT(struct P, commands)},
    {.name = "digest",
     .kind = KIND_DIGEST,
     .optional = true,
     .help = "SHA-256 of a token that is made already; else the program makes one and shows it",
     AT(struct P, digest)},
    REASON,
    {0}};
#undef P

struct seen_service {
    const char *status, *kind;
    bool known;
};
static const struct field issue_seen[] = {
    S_TEXT(seen_service, status), S_TEXT(seen_service, kind), S_BOOL(seen_service, known), {0}};

static struct err *check_commands(struct job *job, const struct list *commands)
{
    for (size_t i = 0; i < commands->n; i++) {
        const struct noun *noun;
        const struct command *c = command_find(commands->at[i], &noun);
        if (!c || c->client)
            return err_field(job->mem, "commands", "there is no command '%s'", commands->at[i]);
        if (!token_takes(c))
            return err_field(job->mem, "commands",
                             "'%s' needs a person's own signature: no token can ask for it",
                             commands->at[i]);
    }
    return NULL;
}

static struct err *prepare_issue(struct job *job, void *params)
{
    const struct issue_params *in = params;

    if (!in->digest)
        return err_field(job->mem, "digest",
                         "is missing: make a token, 'tnr_' and 32 random bytes in base64url, and "
                         "send its SHA-256");
    job_lock(job, in->digest);
    return check_commands(job, &in->commands);
}

static struct err *expiry(struct job *job, const char *until, const char **ret)
{
    int64_t at = job->now + TOKEN_DAYS * (int64_t)MS_PER_DAY;

    if (until && !instant_parse(until, &at))
        return err_field(job->mem, "until", "'%s' is not a time", until);
    if (at <= job->now)
        return err_field(job->mem, "until", "is over already");
    if (at > job->now + TOKEN_DAYS_MAX * (int64_t)MS_PER_DAY)
        return err_field(job->mem, "until", "is more than %d days ahead", (int)TOKEN_DAYS_MAX);
    *ret = instant_text(job->mem, at);
    return NULL;
}

static struct err *decide_issue(struct job *job, const void *params, const void *seen)
{
    const struct issue_params *in = params;
    const struct seen_service *now = seen;
    const char *expires_at;

    if (text_same(now->status, "left") || text_same(now->status, "deceased"))
        return err_field(job->mem, "person", "'%s' has left", in->person.said);
    if (!text_same(now->kind, "service"))
        return err_field(job->mem, "person",
                         "'%s' is a person, who signs with a key; for a service: tenure "
                         "person register KEY --kind service",
                         in->person.said);
    if (now->known)
        return err_field(job->mem, "digest", "is that of a token which was issued before");
    TRY(expiry(job, in->until, &expires_at));
    event_set(job_event(job, "token.issued"), "expires_at", expires_at);
    return NULL;
}

static void issue_result(struct job *job, const json_t *after)
{
    json_object_set_new(job->result, "expires_at", json_string(json_text(after, "expires_at")));
}

/* ---- token revoke ---------------------------------------------------------------------------- */

#define P revoke_params
struct revoke_params {
    struct ref token;
    const char *reason;
};
static const struct field revoke_fields[] = {THE(token, "token", "which one"), NEEDED_REASON, {0}};
#undef P

struct seen_token {
    const char *person, *status;
};
static const struct field revoke_seen[] = {
    S_TEXT(seen_token, person), S_TEXT(seen_token, status), {0}};

static struct err *decide_revoke(struct job *job, const void *params, const void *seen)
{
    const struct revoke_params *in = params;
    const struct seen_token *now = seen;

    if (text_same(now->status, "revoked"))
        return err_new(job->mem, ERR_CONFLICT, "the token '%s' is revoked already", in->token.said);
    job_event(job, "token.revoked");
    return NULL;
}

/* ---- token list ------------------------------------------------------------------------------ */

#define P list_params
struct list_params {
    struct ref person;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_A(person, "person", "only of this service"), AS_OF, PAGE, {0}};
#undef P

SHAPE(token_row, COLUMN("token", "what it is called"), COLUMN("person", "the service"),
      COLUMN("commands", "what it is limited to"), COLUMN("since", "since when"),
      COLUMN("expires_at", "until when it is good"), COLUMN("status", "active, expired or revoked"),
      COLUMN("issuer", "who issued it"), YESNO("issuer_left", "and has left since"),
      NUMBER("issued", "valid from this entry of the log"),
      NUMBER("revoked", "and not any more from this one"));

extern const struct command token_commands[];
const struct command token_commands[] = {
    {
        .verb = "issue",
        .summary = "let a service come with a token instead of a signature",
        .detail = "The token is made here and shown once; the service keeps only its SHA-256. What "
                  "comes with it is recorded as attested by the service, not signed, and what is a "
                  "person's own word cannot be asked for with it.",
        .example = "token issue hr-feed --commands 'person register' --commands 'person change'",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/people/{person}/tokens",
        .params = PARAMS(issue_params, issue_fields),
        .makes = "token",
        .emits = EMITS("token.issued"),
        .look = "token_issue_look",
        .seen = RECORD(struct seen_service, issue_seen),
        .prepare = prepare_issue,
        .decide = decide_issue,
        .result = issue_result,
    },
    {
        .verb = "revoke",
        .summary = "let a token count no more",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/tokens/{token}/revoke",
        .params = PARAMS(revoke_params, revoke_fields),
        .emits = EMITS("token.revoked"),
        .look = "token_look",
        .seen = RECORD(struct seen_token, revoke_seen),
        .decide = decide_revoke,
    },
    {
        .verb = "list",
        .summary = "list tokens",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/tokens",
        .params = PARAMS(list_params, list_fields),
        .query = "token_list",
        .list = true,
        .reply = REPLY(token_row),
    },
    {0},
};
