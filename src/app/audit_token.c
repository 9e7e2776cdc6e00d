/* audit_token.c - what nobody signed: the commands that came with a token, which the log must show
 * as issued to that service and still good; and the few entries that the service writes by itself.
 * See audit.h. */
#include "audit.h"

#include "app/token.h"
#include "base/date.h"

static struct list copy_of(struct audit *a, const json_t *array)
{
    struct list ret = {arena_array(a->mem, json_array_size(array) + 1, sizeof(char *)), 0};
    const json_t *item;
    size_t i;

    json_array_foreach (array, i, item) {
        if (json_is_string(item))
            ret.at[ret.n++] = arena_copy(a->mem, json_string_value(item));
    }
    return ret;
}

void audit_token_issued(struct audit *a, uint64_t index, const json_t *after)
{
    const char *id = json_text(after, "token"), *person = json_text(after, "person");
    const char *until = json_text(after, "expires_at");
    struct audit_token *t = arena_alloc(a->mem, sizeof(*t));
    int64_t expires;

    if (!id || !person || !until || !instant_parse(until, &expires)) {
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "does not say whose token it is and until when");
        return;
    }
    *t = (struct audit_token){
        .person = arena_copy(a->mem, person),
        .from = index,
        .until = UINT64_MAX,
        .ends = INT64_MAX,
        .expires = expires,
        .commands = copy_of(a, json_object_get(after, "commands")),
    };
    map_set(a->tokens, arena_copy(a->mem, id), t);
}

/* Of several the one that holds first. */
void audit_token_revoked(struct audit *a, uint64_t index, const struct entry_view *v)
{
    const char *id = json_text(entry_field(v, "after"), "token");
    const char *at = entry_text(v, "effective_at");
    struct audit_token *t = id ? map_get(a->tokens, id) : NULL;
    int64_t ends = v->leaf.ts;

    if (!t || (at && !instant_parse(at, &ends)) || ends >= t->ends)
        return;
    t->until = index;
    t->ends = ends;
}

static bool is_for(const struct audit_token *t, const char *command)
{
    for (size_t i = 0; i < t->commands.n; i++)
        if (strcmp(t->commands.at[i], command) == 0)
            return true;
    return t->commands.n == 0;
}

const char *audit_token_fault(struct audit *a, uint64_t index, int64_t ts, const char *token,
                              const struct intent *intent, const char *initiator)
{
    const struct audit_token *t = map_get(a->tokens, token);
    const struct noun *noun;
    const struct command *c = command_find(intent->command, &noun);

    if (!t || t->from >= index)
        return "the token was not issued";
    if (t->until < index && t->ends <= ts)
        return "the token was revoked before";
    if (t->expires <= ts)
        return "the token had run out before";
    if (!text_same(t->person, initiator))
        return "the token is another's";
    if (!c || !token_takes(c))
        return arena_printf(a->page, "no token can ask for '%s'", intent->command);
    if (!is_for(t, intent->command))
        return arena_printf(a->page, "the token is not for '%s'", intent->command);
    if (!text_same(intent->actor, initiator))
        return "the intent is another person's";
    if (!text_same(intent->log, a->service->origin))
        return "the intent was meant for another log";
    return NULL;
}

/* Nobody asks for it then. The first administrator comes before there is anybody who could sign. */
bool audit_service_says(const struct audit *a, const struct entry_view *v)
{
    static const char *const always[] = {"log.created", "log.rolled_back",    "logkey.rotated",
                                         "site.set",    "playbook.published", NULL};
    static const char *const at_first[] = {"person.joined", "role.given", "key.invited", NULL};
    const char *type = entry_text(v, "type");

    if (!type || entry_text(v, "initiator") || entry_text(v, "intent"))
        return false;
    for (const char *const *t = always; *t; t++)
        if (strcmp(*t, type) == 0)
            return true;
    for (const char *const *t = at_first; *t && !a->people_sign; t++)
        if (strcmp(*t, type) == 0)
            return true;
    return strcmp(type, "key.invited") == 0; /* from the machine: audit_invited.c looks at why */
}
