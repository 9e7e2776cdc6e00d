/* key_invite.c - who may enrol a key. Whoever has one invites themself to another. An administrator
 * invites who had none; for somebody who had one before, an administrator alone could come to sign
 * in their name: so that another must confirm it, or, where there is no other, whoever runs the
 * machine (tenured key invite), which the log says. */
#include "key.h"

#include "app/leave.h"
#include "store/log.h"

#include <ctype.h>

enum { INVITATION_DAYS = 7 };

const char *invitation_code(struct job *job, const char *invitation)
{
    static const char letters[] = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"; /* none that look alike */
    struct digest d =
        hmac_sha256(bytes_of(job->service->token_key, 32),
                    bytes_of_text(arena_printf(job->mem, "invitation\n%s", invitation)));
    char *code = arena_alloc(job->mem, 30);
    char *to = code;

    for (int i = 0; i < 24; i++) {
        if (i && i % 6 == 0)
            *to++ = '-';
        *to++ = letters[d.at[i] & 31];
    }
    return code;
}

const char *invitation_code_as_made(struct arena *mem, const char *typed)
{
    enum { GROUP = 6 };
    char *code = arena_alloc(mem, strlen(typed) * 2 + 1), *to = code;
    size_t n = 0;

    for (const char *c = typed; *c; c++) {
        if (*c == '-' || *c == ' ')
            continue;
        if (n && n % GROUP == 0)
            *to++ = '-';
        *to++ = (char)toupper((unsigned char)*c);
        n++;
    }
    return code;
}

const char *invitation_code_hash(struct arena *mem, const char *typed)
{
    struct digest d = sha256(bytes_of_text(invitation_code_as_made(mem, typed)));

    return hex_encode(mem, d.at, sizeof(d.at));
}

/* ---- key invite ------------------------------------------------------------------------------ */

#define P invite_params
const struct field key_invite_fields[] = {
    THE(person, "person", "who is to enrol a key; yourself for one more"),
    MAYBE_INT(days, 1, 90, "how long the code is good for, 7 if not said"),
    {0}};
#undef P

const struct field key_invite_seen[] = {S_TEXT(seen_person, status),
                                        S_TEXT(seen_person, kind),
                                        S_BOOL(seen_person, had_key),
                                        S_INT(seen_person, others),
                                        {0}};

static bool by_machine(const struct job *job)
{
    return !job->actor.id;
}

/* Two administrators besides the person can do without the machine, or one where the person never
 * had a key. */
static struct err *check_eyes(struct job *job, const struct invite_params *in,
                              const struct seen_person *now)
{
    const char *who = in->person.said;

    if (by_machine(job)) {
        if (now->others >= (now->had_key ? 2 : 1))
            return err_new(job->mem, ERR_CONFLICT,
                           "there are administrators who can do it: tenure key invite %s", who);
        return NULL;
    }
    if (now->had_key && !now->others && !text_same(in->person.id, job->actor.id))
        return err_new(job->mem, ERR_CONFLICT,
                       "%s had a key before, so that another administrator has to confirm a new "
                       "one, and there is none: on the service's machine, tenured key invite "
                       "--person %s",
                       who, who);
    return NULL;
}

struct err *decide_invite(struct job *job, const void *params, const void *seen)
{
    const struct invite_params *in = params;
    const struct seen_person *now = seen;
    const char *id = uuid_new(job->mem);
    int64_t days = in->days ? in->days : INVITATION_DAYS;

    TRY(refuse_gone(job, "person", in->person.said, now->status));
    if (text_same(now->kind, "service")) /* else whoever runs it would sign as a second person */
        return err_field(job->mem, "person",
                         "'%s' is a service, which signs nothing: tenure token issue %s",
                         in->person.said, in->person.said);
    TRY(check_eyes(job, in, now));
    struct event *e = job_event(job, "key.invited");
    event_set(e, "invitation", id);
    event_set(e, "ref", short_ref(job->mem, "i", id));
    event_set(e, "code", invitation_code_hash(job->mem, invitation_code(job, id)));
    event_set(e, "expires_at", instant_text(job->mem, job->now + days * MS_PER_DAY));
    if (now->had_key && !text_same(in->person.id, job->actor.id))
        event_set_json(e, "recovery", json_true());
    return NULL;
}

static void say(struct job *job, const char *name, const char *text)
{
    json_object_set_new(job->result, name, json_string(text));
}

void invite_result(struct job *job, const json_t *after)
{
    const char *code = invitation_code(job, json_text(after, "invitation"));
    const char *ref = json_text(after, "ref");

    say(job, "code", code);
    say(job, "expires_at", json_text(after, "expires_at"));
    say(job, "log_key", keyring_vkey(job->service->keys));
    say(job, "enrol_with", arena_printf(job->mem, "tenure key enrol %s", code));
    if (job->service->web_origin)
        say(job, "enrol_at", arena_printf(job->mem, "%s/enrol#%s", job->service->web_origin, code));
    if (ref)
        say(job, "invitation", ref);
    if (ref && json_is_true(json_object_get(after, "recovery")) && !by_machine(job))
        say(job, "confirm_with",
            arena_printf(job->mem,
                         "tenure key confirm %s, by another administrator, before the code is used",
                         ref));
}

/* ---- key confirm ----------------------------------------------------------------------------- */

#define P confirm_params
const struct field key_confirm_fields[] = {
    THE(invitation, "invitation", "which one: i-… of key invite"), {0}};
#undef P

const struct field key_confirm_seen[] = {
    S_TEXT(seen_waiting, person),     S_TEXT(seen_waiting, status),
    S_TEXT(seen_waiting, invited_by), S_BOOL(seen_waiting, used),
    S_BOOL(seen_waiting, expired),    S_BOOL(seen_waiting, confirmed),
    S_BOOL(seen_waiting, waits),      {0}};

static struct err *check_other(struct job *job, const struct seen_waiting *now)
{
    if (text_same(job->actor.id, now->invited_by))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "you have invited yourself whom it is for: another administrator has to "
                       "confirm it");
    if (text_same(job->actor.id, now->person))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "it is for yourself: another administrator has to confirm it");
    return NULL;
}

struct err *decide_confirm(struct job *job, const void *params, const void *seen)
{
    const struct confirm_params *in = params;
    const struct seen_waiting *now = seen;
    const char *said = in->invitation.said;

    TRY(refuse_gone(job, "invitation", said, now->status));
    if (now->used)
        return err_new(job->mem, ERR_CONFLICT, "the invitation '%s' was used already", said);
    if (now->expired)
        return err_new(job->mem, ERR_CONFLICT,
                       "the invitation '%s' is no longer good: make another one", said);
    if (now->confirmed)
        return err_new(job->mem, ERR_CONFLICT, "the invitation '%s' is confirmed already", said);
    if (!now->waits)
        return err_new(job->mem, ERR_CONFLICT,
                       "the invitation '%s' needs nobody to confirm it: it is for a first key, or "
                       "for one more of one's own",
                       said);
    TRY(check_other(job, now));
    job_event(job, "key.confirmed");
    return NULL;
}

/* ---- What an invitation says to whoever holds its code --------------------------------------- */

#define P invitation_params
const struct field key_invitation_fields[] = {{.name = "code",
                                               .kind = KIND_TEXT,
                                               .argument = true,
                                               .max = 64,
                                               .help = "the code of the invitation",
                                               AT(struct P, code)},
                                              {0}};
#undef P

struct err *answer_invitation(struct job *job, const void *params, const char **ret)
{
    const struct invitation_params *in = params;
    struct log_head head;
    struct binds b;

    TRY(log_look(job->mem, job->store, &head));
    TRY(job_binds(job, &b));
    bind_text(&b, "code_hash", invitation_code_hash(job->mem, in->code));
    bind_text(&b, "origin", job->service->origin);
    bind_text(&b, "vkey", head.vkey);
    TRY(store_value(job->mem, job->store, "key_invitation", &b, ret));
    return *ret ? NULL
                : err_new(job->mem, ERR_NOT_FOUND, "there is no open invitation with this code");
}
