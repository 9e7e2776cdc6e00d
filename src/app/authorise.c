/* authorise.c - see authorise.h. */
#include "app/authorise.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

const char *const role_words[] = {"admin", "hr", "legal", "keeper", "auditor", NULL};

unsigned role_bit(const char *word)
{
    for (unsigned i = 0; role_words[i]; i++)
        if (strcmp(role_words[i], word) == 0)
            return 1U << i;
    return 0;
}

static const struct field actor_fields[] = {
    {"id", KIND_ID, AT(struct actor, id)},
    {"ref", KIND_TEXT, AT(struct actor, ref)},
    {"status", KIND_TEXT, AT(struct actor, status)},
    {"key", KIND_ID, AT(struct actor, key)},
    {"key_revoked", KIND_BOOL, AT(struct actor, key_revoked)},
    {"units", KIND_LIST, AT(struct actor, units)},
    {0}};
static const struct record actor_record = RECORD(struct actor, actor_fields);

void actor_from_row(struct arena *mem, const struct rows *rows, size_t row, struct actor *ret)
{
    struct actor a = {0};

    rows_get(mem, rows, row, &actor_record, &a);
    a.roles = (unsigned)rows_int(rows, row, "roles");
    *ret = a;
}

void actor_binds(struct binds *b, const char *person, const char *fingerprint, const char *key)
{
    bind_text(b, "person", person);
    bind_text(b, "fingerprint", fingerprint);
    bind_text(b, "key", key);
}

static bool may_by_unit(const struct job *job, unsigned roles, const char *unit)
{
    for (size_t i = 0; i < job->actor.units.n; i++) {
        const char *held = job->actor.units.at[i], *space = strchr(held, ' ');
        unsigned bit = role_bit(arena_copy_n(job->mem, held, (size_t)(space - held)));
        if ((roles & bit) && (!unit || strcmp(space + 1, unit) == 0))
            return true;
    }
    return false;
}

static const char *words_of(struct arena *mem, unsigned roles)
{
    struct buf out;

    buf_init(&out, mem, 200);
    for (unsigned i = 0; role_words[i]; i++)
        if (roles & 1U << i)
            buf_printf(&out, "%s%s", out.n ? ", " : "", role_words[i]);
    if (roles & ROLE_MEMBER)
        buf_printf(&out, "%sor the person whose own it is", out.n ? " " : "");
    return out.at;
}

struct err *authorise(struct job *job, const struct target *target)
{
    const struct command *c = job->command;
    const struct actor *a = &job->actor;

    if ((c->roles & ROLE_ANYONE) || job->trusted)
        return NULL;
    if (!a->id)
        return err_new(job->mem, ERR_UNSIGNED, "sign in first: tenure key enrol CODE");
    if (strcmp(a->status, "left") == 0 || strcmp(a->status, "deceased") == 0)
        return err_new(job->mem, ERR_FORBIDDEN, "%s has left and may do nothing here", a->ref);
    if (a->roles & c->roles)
        return NULL;
    /* A question without a target is answered for what the actor may see. */
    bool everywhere = !c->within;
    if (!command_changes(c) && everywhere &&
        ((c->roles & ROLE_MEMBER) || may_by_unit(job, c->roles, NULL)))
        return NULL;
    if (!everywhere && target->unit && may_by_unit(job, c->roles, target->unit))
        return NULL;
    if ((c->roles & ROLE_MEMBER) && (everywhere || target->mine))
        return NULL;
    return err_new(job->mem, ERR_FORBIDDEN, "this needs %s%s; %s is not",
                   words_of(job->mem, c->roles), everywhere ? "" : " for it", a->ref);
}

bool sees_all(const struct job *job)
{
    return (job->actor.roles & job->command->roles) || (job->command->roles & ROLE_ANYONE);
}

struct list sees_units(const struct job *job)
{
    const struct list held = job->actor.units;
    struct list units = {arena_array(job->mem, held.n + 1, sizeof(char *)), 0};

    for (size_t i = 0; i < held.n; i++) {
        const char *space = strchr(held.at[i], ' ');
        unsigned bit = role_bit(arena_copy_n(job->mem, held.at[i], (size_t)(space - held.at[i])));
        if (job->command->roles & bit)
            units.at[units.n++] = space + 1;
    }
    return units;
}

/* ---- Sessions -------------------------------------------------------------------------------- */

/* tt1.<person> <key> <expires>.<mac>, the middle in base64url; the MAC is over all before it. */

static const char prefix[] = "tt1.";

static char *mac_of(struct arena *mem, const struct service *service, const char *text)
{
    struct digest d = hmac_sha256(bytes_of(service->token_key, sizeof(service->token_key)),
                                  bytes_of_text(arena_printf(mem, "session\n%s", text)));

    return base64url_encode(mem, d.at, sizeof(d.at));
}

char *token_new(struct arena *mem, const struct service *service, const char *person,
                const char *key, int64_t expires_ms)
{
    const char *payload = arena_printf(mem, "%s %s %" PRId64, person, key, expires_ms);
    const char *head =
        arena_printf(mem, "%s%s", prefix, base64url_encode(mem, payload, strlen(payload)));

    return arena_printf(mem, "%s.%s", head, mac_of(mem, service, head));
}

struct err *token_open(struct arena *mem, const struct service *service, const char *token,
                       int64_t now_ms, const char **ret_person, const char **ret_key)
{
    const char *dot = strrchr(token, '.');
    struct bytes payload;

    if (strlen(token) > 500 || !text_starts(token, prefix) || dot < token + strlen(prefix))
        return err_new(mem, ERR_UNSIGNED, "this is not a session token: sign in again");
    const char *head = arena_copy_n(mem, token, (size_t)(dot - token));
    if (!secret_same(bytes_of_text(mac_of(mem, service, head)), bytes_of_text(dot + 1)) ||
        !base64url_decode(mem, head + strlen(prefix), strlen(head) - strlen(prefix), &payload))
        return err_new(mem, ERR_UNSIGNED, "the session token is not ours: sign in again");
    const char *person = arena_copy_n(mem, (const char *)payload.at, 36);
    const char *key = arena_copy_n(mem, (const char *)payload.at + 37, 36);
    if (strtoll((const char *)payload.at + 74, NULL, 10) < now_ms)
        return err_new(mem, ERR_UNSIGNED, "the session is over: sign in again");
    *ret_person = person;
    *ret_key = key;
    return NULL;
}
