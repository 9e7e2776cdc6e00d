/* authorise.c - see authorise.h. */
#include "app/authorise.h"

#include "base/date.h"
#include "base/text.h"

#include <assert.h>
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
    {"token", KIND_ID, AT(struct actor, token)},
    {"token_name", KIND_TEXT, AT(struct actor, token_name)},
    {"token_revoked", KIND_BOOL, AT(struct actor, token_revoked)},
    {"token_expired", KIND_BOOL, AT(struct actor, token_expired)},
    {"commands", KIND_LIST, AT(struct actor, commands)},
    {"units", KIND_LIST, AT(struct actor, units)},
    {"over", KIND_BOOL, AT(struct actor, over)},
    {0}};
static const struct record actor_record = RECORD(struct actor, actor_fields);

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

/* Many ask with one key, and each is looked up once: place[i] is where asker i stands in first. */
static size_t distinct(struct arena *mem, const struct asker *askers, size_t n, size_t *place,
                       const struct asker **first)
{
    struct map *seen = map_new(mem);
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        const struct asker *a = &askers[i];
        const char *name =
            arena_printf(mem, "%s\n%s\n%s\n%s", or_nothing(a->person), or_nothing(a->fingerprint),
                         or_nothing(a->key), or_nothing(a->token));
        size_t *known = map_get(seen, name);
        if (!known) {
            known = arena_alloc(mem, sizeof(*known));
            *known = found;
            first[found++] = a;
            map_set(seen, name, known);
        }
        place[i] = *known;
    }
    return found;
}

struct err *actors_ask(struct arena *mem, struct store *store, const struct asker *askers, size_t n,
                       int64_t now_ms, struct actors_asked *ret)
{
    size_t *place = arena_array(mem, n + 1, sizeof(*place));
    const struct asker **first = arena_array(mem, n + 1, sizeof(*first));
    size_t found = distinct(mem, askers, n, place, first);
    const char **people = arena_array(mem, found + 1, sizeof(*people));
    const char **fingerprints = arena_array(mem, found + 1, sizeof(*fingerprints));
    const char **keys = arena_array(mem, found + 1, sizeof(*keys));
    const char **tokens = arena_array(mem, found + 1, sizeof(*tokens));
    struct binds b;

    for (size_t i = 0; i < found; i++) {
        people[i] = first[i]->person;
        fingerprints[i] = first[i]->fingerprint;
        keys[i] = first[i]->key;
        tokens[i] = first[i]->token;
    }
    binds_init(&b, mem);
    bind_text(&b, "now", instant_text(mem, now_ms));
    bind_list(&b, "people", people, found);
    bind_list(&b, "fingerprints", fingerprints, found);
    bind_list(&b, "keys", keys, found);
    bind_list(&b, "tokens", tokens, found);
    *ret = (struct actors_asked){.place = place, .n = n};
    return store_ask(mem, store, "actors", &b, &ret->rows);
}

void actors_told(struct arena *mem, const struct actors_asked *asked, struct actor *ret)
{
    for (size_t i = 0; i < asked->n; i++) {
        struct actor a = {0};
        rows_get(mem, asked->rows, asked->place[i], &actor_record, &a);
        a.roles = (unsigned)rows_int(asked->rows, asked->place[i], "roles");
        ret[i] = a;
    }
}

struct err *actors_find(struct arena *mem, struct store *store, const struct asker *askers,
                        size_t n, int64_t now_ms, struct actor *ret)
{
    struct actors_asked asked;

    TRY(actors_ask(mem, store, askers, n, now_ms, &asked));
    TRY(store_answers(mem, store));
    actors_told(mem, &asked, ret);
    return NULL;
}

/* ---- Rights ---------------------------------------------------------------------------------- */

static bool needs_target(const struct job *job, const struct target *target)
{
    const struct command *c = job->command;

    return target->id && !job->error && !job->trusted && !(c->roles & ROLE_ANYONE) &&
           !(job->actor.roles & c->roles);
}

struct err *rights_ask(struct arena *mem, struct store *store, struct job *const *jobs,
                       const struct target *targets, size_t n, const char *now,
                       const char *as_known, struct rows **ret)
{
    const char **of = arena_array(mem, n + 1, sizeof(*of));
    const char **ids = arena_array(mem, n + 1, sizeof(*ids));
    const char **actors = arena_array(mem, n + 1, sizeof(*actors));
    size_t asked = 0;
    struct binds b;

    for (size_t i = 0; i < n; i++) {
        if (!needs_target(jobs[i], &targets[i]))
            continue;
        of[asked] = targets[i].noun;
        ids[asked] = targets[i].id;
        actors[asked++] = jobs[i]->actor.id;
    }
    *ret = NULL;
    if (!asked)
        return NULL;
    binds_init(&b, mem);
    bind_text(&b, "now", now);
    bind_text(&b, "as_known", as_known);
    bind_list(&b, "nouns", of, asked);
    bind_list(&b, "ids", ids, asked);
    bind_list(&b, "actors", actors, asked);
    return store_ask(mem, store, "rights", &b, ret);
}

void rights_told(const struct rows *rows, struct job *const *jobs, struct target *targets, size_t n)
{
    size_t answered = 0;

    for (size_t i = 0; i < n && rows; i++) {
        if (!needs_target(jobs[i], &targets[i]))
            continue;
        targets[i].unit = rows_text(rows, answered, "unit");
        targets[i].mine = rows_bool(rows, answered++, "mine");
    }
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

const char *roles_in_words(struct arena *mem, unsigned roles)
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

static struct err *check_rights(struct job *job, const struct target *target)
{
    const struct command *c = job->command;
    const struct actor *a = &job->actor;

    if ((c->roles & ROLE_ANYONE) || job->trusted)
        return NULL;
    if (!a->id)
        return err_new(job->mem, ERR_UNSIGNED, "sign in first: tenure key enrol CODE");
    if (strcmp(a->status, "left") == 0 || strcmp(a->status, "deceased") == 0)
        return err_new(job->mem, ERR_FORBIDDEN, "%s has left and may do nothing here", a->ref);
    if (strcmp(a->status, "shut_out") == 0)
        return err_new(job->mem, ERR_FORBIDDEN,
                       "%s is shut out while a hostile case is open, and may do nothing here",
                       a->ref);
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
    if (a->over)
        return err_new(job->mem, ERR_FORBIDDEN,
                       "this needs %s%s; the last day of %s is over, and every role with it",
                       roles_in_words(job->mem, c->roles), everywhere ? "" : " for it", a->ref);
    return err_new(job->mem, ERR_FORBIDDEN, "this needs %s%s; %s is not",
                   roles_in_words(job->mem, c->roles), everywhere ? "" : " for it", a->ref);
}

bool has_role(const struct job *job, unsigned roles)
{
    return (job->actor.roles & roles) || may_by_unit(job, roles, NULL);
}

struct err *authorise(struct job *job, const struct target *target)
{
    TRY(check_rights(job, target));
    return target->missing;
}

bool reaches_unit(const struct job *job, const char *unit)
{
    unsigned roles = job->command->roles;

    return (job->actor.roles & roles) || job->trusted || may_by_unit(job, roles, unit);
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

char *session_token_new(struct arena *mem, const struct service *service, const char *person,
                        const char *key, int64_t expires_ms)
{
    const char *payload = arena_printf(mem, "%s %s %" PRId64, person, key, expires_ms);
    const char *head =
        arena_printf(mem, "%s%s", prefix, base64url_encode(mem, payload, strlen(payload)));

    return arena_printf(mem, "%s.%s", head, mac_of(mem, service, head));
}

struct err *session_token_open(struct arena *mem, const struct service *service, const char *token,
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
