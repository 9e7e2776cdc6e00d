/* audit_actor.c - who asked for an entry: the intent, the key or token that was good at that index,
 * and the command that may add such an event; see audit.h. */
#include "audit.h"

#include "base/date.h"

#include <inttypes.h>

static void find(struct audit *a, uint64_t index, const char *text)
{
    audit_find(a, "log.disclosed", audit_row(a, index), "%s", text);
}

static void check_type(struct audit *a, uint64_t index, const char *command, const char *type)
{
    const struct noun *noun;
    const struct command *c = command_find(command, &noun);

    if (!c || !type || !command_emits(c, type))
        audit_find(a, "log.disclosed", audit_row(a, index), "the command '%s' makes no %s", command,
                   type ? type : "?");
}

static const char *fault_of_signature(struct audit *a, uint64_t index, int64_t ts,
                                      const struct intent *intent, const char *text,
                                      const char *signature, const char *initiator)
{
    struct public_key signer;
    const struct audit_key *key;

    if (!signature || signature_key(a->page, signature, &signer))
        return "the signature cannot be read";
    if (signature_verify(a->page, &signer, bytes_of_text(text), signature))
        return "the actor's signature does not verify";
    if (signer.kind == KEY_PASSKEY && !audit_is_our_page(a, signature))
        return "the signature was made on a page that is not the registry's";
    key = map_get(a->keys, signer.fingerprint);
    if (!key || key->from > index)
        return "the key of the signature was not enrolled";
    if (key->until < index && key->ends <= ts)
        return "the key of the signature was revoked before";
    if (!text_same(key->person, initiator))
        return "the key of the signature is another person's";
    if (!text_same(intent->actor, initiator) &&
        !text_same(map_get(a->people, intent->actor), initiator))
        return "the intent is another person's";
    if (!text_same(intent->log, a->service->origin))
        return "the intent was meant for another log";
    return NULL;
}

static void open_command(struct audit *a, uint64_t index, const char *initiator,
                         const char *command)
{
    struct audit_intent *i = arena_alloc(a->mem, sizeof(*i));

    if (!command)
        a->signed_for = (struct intent){0};
    i->first = index;
    i->initiator = arena_copy(a->mem, initiator);
    i->command = arena_copy(a->mem, command);
    a->open = i;
}

static bool open_intent(struct audit *a, uint64_t index, const char *initiator, const char *text,
                        struct intent *ret)
{
    if (intent_parse(a->page, bytes_of_text(text), ret)) {
        find(a, index, "the intent cannot be read");
        return false;
    }
    a->signed_for = *ret;
    open_command(a, index, initiator, ret->command);
    a->open->nonce = arena_copy(a->mem, ret->nonce);
    a->open->digest = ret->digest;
    if (map_get(a->intents, ret->nonce))
        find(a, index, "the nonce of the intent was used before");
    map_set(a->intents, a->open->nonce, a->open);
    a->open->next = a->all_intents;
    a->all_intents = a->open;
    return true;
}

/* Whoever signs sends it at once, and the service refuses what is a quarter of an hour old. The
 * times of entries are ahead of that where its clock was set back, for they never run backwards; so
 * much is not said of what was kept back for less than a month. */
enum { KEPT_BACK_DAYS = 31, AHEAD_MS = 60 * 60 * 1000 };

static void check_time(struct audit *a, uint64_t index, int64_t ts, const struct intent *intent)
{
    const int64_t kept_back = KEPT_BACK_DAYS * (int64_t)MS_PER_DAY;

    if (ts - intent->at > kept_back)
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "the intent is of %s: it was kept back for %" PRId64 " days",
                   instant_text(a->page, intent->at), (ts - intent->at) / MS_PER_DAY);
    else if (intent->at - ts > AHEAD_MS)
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "the intent is of %s: that is after its entry was written",
                   instant_text(a->page, intent->at));
}

static void check_signed(struct audit *a, uint64_t index, const struct entry_view *v,
                         const char *text)
{
    const char *initiator = entry_text(v, "initiator"), *fault;
    struct intent intent;

    if (!open_intent(a, index, initiator, text, &intent))
        return;
    check_time(a, index, v->leaf.ts, &intent);
    fault = fault_of_signature(a, index, v->leaf.ts, &intent, text, entry_text(v, "signature"),
                               initiator);
    if (fault)
        find(a, index, fault);
    else
        audit_rights_ask(a, index, v->leaf.ts, initiator, &intent);
    a->report->signatures += fault == NULL;
}

static void check_by_token(struct audit *a, uint64_t index, const struct entry_view *v,
                           const char *token)
{
    const char *initiator = entry_text(v, "initiator"), *text = entry_text(v, "intent");
    struct intent intent;

    if (!text)
        find(a, index, "it came with a token and has no intent");
    if (!text || !open_intent(a, index, initiator, text, &intent))
        return;
    check_time(a, index, v->leaf.ts, &intent);
    const char *fault = audit_token_fault(a, index, v->leaf.ts, token, &intent, initiator);
    if (fault)
        find(a, index, fault);
    else
        audit_rights_ask(a, index, v->leaf.ts, initiator, &intent);
    a->report->by_token += fault == NULL;
}

static void check_attested(struct audit *a, uint64_t index, const struct entry_view *v)
{
    const char *token = entry_text(v, "token");

    a->report->attested++;
    a->open = NULL;
    if (token) {
        check_by_token(a, index, v, token);
        return;
    }
    open_command(a, index, entry_text(v, "initiator"), NULL);
}

/* "follows": the entry belongs to the command that began there, without a gap. */
static void check_follows(struct audit *a, uint64_t index, const struct entry_view *v,
                          int64_t first)
{
    struct audit_intent *i = a->open;

    if (!i || i->first != (uint64_t)first || i->first + (uint64_t)i->entries != index)
        find(a, index, "it says that it follows an entry which it does not follow");
    else if (!text_same(i->initiator, entry_text(v, "initiator")))
        find(a, index, "it follows another person's command");
}

void audit_actor_carry(struct audit *a)
{
    struct arena *before = a->carried;

    a->carried = arena_new();
    a->signed_for.command = arena_copy(a->carried, a->signed_for.command);
    a->signed_for.params = json_keep(a->carried, json_deep_copy(json_plain(a->signed_for.params)));
    arena_free(before);
}

static const char *word_of(void *ctx, const char *id)
{
    return map_get(((struct audit *)ctx)->words, id);
}

/* A limit that was signed must not get lost on the way: what the command was given and its entry
 * has a place for stands there. A change names only what became different. */
static const char *left_out(const struct audit *a, const struct entry_view *v)
{
    const char *name = entry_text(v, "type");
    const struct event_type *type = name ? event_type_find(name) : NULL;
    const json_t *after = entry_field(v, "after"), *asked;

    if (!type || !entry_field(v, "intent") || entry_field(v, "before"))
        return NULL;
    for (const struct field *f = type->fields; f->name; f++) {
        asked = f->personal ? NULL : json_object_get(a->signed_for.params, f->name);
        const json_t *recorded = asked ? json_object_get(after, f->name) : NULL;
        bool empty = json_is_array(recorded) && json_array_size(recorded) == 0;
        if (asked && !json_is_false(asked) && (!recorded || (empty && json_array_size(asked))))
            return f->name;
    }
    return NULL;
}

/* What was signed is what was done. */
static void check_asked(struct audit *a, uint64_t index, const struct entry_view *v)
{
    const char *param =
        a->signed_for.params ? intent_contradicted(&a->signed_for, v, word_of, a) : NULL;

    if (param)
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "its %s is not what '%s' was asked for with", param, a->open->command);
    param = a->signed_for.params && !param ? left_out(a, v) : NULL;
    if (param)
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "it leaves out the %s that '%s' was asked for with", param, a->open->command);
}

void audit_actor(struct audit *a, uint64_t index, const struct entry_view *v)
{
    const char *intent = entry_text(v, "intent"), *type = entry_text(v, "type");
    const json_t *follows = entry_field(v, "follows");

    if (text_same(entry_text(v, "attested"), "service")) {
        check_attested(a, index, v);
    } else if (intent) {
        check_signed(a, index, v, intent);
    } else if (follows) {
        check_follows(a, index, v, (int64_t)json_integer_value(follows));
    } else {
        find(a, index, "nobody signed it and the service does not attest it");
        a->open = NULL;
    }
    if (!a->open)
        return;
    a->open->entries++;
    if (a->open->command) {
        check_type(a, index, a->open->command, type);
        check_asked(a, index, v);
    } else if (!audit_service_says(a, v)) {
        find(a, index, "the service attests it, and by itself it does no such thing");
    }
}
