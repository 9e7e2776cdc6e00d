/* check_actor.c - who did it: every signature, by a key that the log says was good at that entry;
 * see bundle.h. */
#include "check.h"

#include "base/check.h"
#include "base/date.h"
#include "base/map.h"
#include "base/text.h"
#include "crypto/tag.h"

#include <inttypes.h>

/* ---- Keys ------------------------------------------------------------------------------------ */

void take_revocation(const struct bundle_entry *e, const char *type, uint64_t *revoked,
                     int64_t *ends)
{
    int64_t from = e->view.leaf.ts;
    const char *at = entry_text(&e->view, "effective_at");

    if (strcmp(entry_text(&e->view, "type"), type) != 0 || (at && !instant_parse(at, &from)) ||
        from >= *ends)
        return;
    *revoked = e->index;
    *ends = from;
}

/* What the events of a key say, in their order. */
static struct err *take_history(struct arena *mem, struct bundle_key *k,
                                const struct bundle_entry *const *entries, size_t n)
{
    const char *line = n ? bundle_after(entries[0], "public_key") : NULL;

    if (!line || strcmp(entry_text(&entries[0]->view, "type"), "key.enrolled") != 0 ||
        !text_same(bundle_after(entries[0], "key"), k->id))
        return err_new(mem, ERR_BROKEN,
                       "the history of the key %s does not begin with its enrolment", k->id);
    if (public_key_parse(mem, line, &k->public))
        return err_new(mem, ERR_BROKEN, "the enrolment of the key %s shows no public key", k->id);
    k->person = bundle_after(entries[0], "person");
    if (!k->person || !is_uuid(k->person))
        return err_new(mem, ERR_BROKEN, "the enrolment of the key %s does not say whose it is",
                       k->id);
    k->enrolled = entries[0]->index;
    k->revoked = UINT64_MAX;
    k->ends = INT64_MAX;
    for (size_t i = 1; i < n; i++)
        take_revocation(entries[i], "key.revoked", &k->revoked, &k->ends);
    return NULL;
}

static struct err *check_key(struct arena *mem, const struct bundle *b, struct bundle_key *k)
{
    const struct bundle_entry **entries = arena_array(mem, b->n + 1, sizeof(struct bundle_entry *));
    const char *what = arena_printf(mem, "the key %s", k->id);
    struct digest tag = tag_other("key", k->id);
    size_t n = 0;

    if (!is_uuid(k->id))
        return err_new(mem, ERR_BROKEN, "'%s' is not the id of a key", k->id);
    for (size_t i = 0; i < b->n; i++)
        if (subject_in(&b->entries[i], tag))
            entries[n++] = &b->entries[i];
    TRY(check_history(mem, b, what, tag, &k->heads, entries, n));
    return take_history(mem, k, entries, n);
}

struct err *check_keys(struct arena *mem, struct bundle *b)
{
    for (size_t i = 0; i < b->keys_n; i++) {
        if (i && strcmp(b->keys[i - 1].id, b->keys[i].id) >= 0)
            return err_new(mem, ERR_BROKEN, "the keys are not in their order");
        TRY(check_key(mem, b, &b->keys[i]));
    }
    return NULL;
}

/* ---- Signatures ------------------------------------------------------------------------------ */

struct actors {
    struct arena *mem;
    struct bundle *b;
    struct map *by_fingerprint; /* of struct bundle_key */
    struct map *words;          /* a thing's id -> what it is called */
    struct map *nonces;
};

static struct err *wrong(struct actors *a, const struct bundle_entry *e, const char *what)
{
    return err_new(a->mem, ERR_BROKEN, "entry %" PRIu64 ": %s", e->index, what);
}

/* A key signs its own enrolment: at that entry, and at no other, it is good already. */
static bool enrols_itself(const struct bundle_key *k, const struct bundle_entry *e)
{
    return k->enrolled == e->index && text_same(bundle_after(e, "key"), k->id);
}

static struct err *check_key_of(struct actors *a, const struct bundle_entry *e,
                                const struct bundle_key *k)
{
    const char *initiator = entry_text(&e->view, "initiator");

    if (k->revoked < e->index && k->ends <= e->view.leaf.ts)
        return wrong(a, e, "the key of the signature had been revoked before");
    if (k->enrolled > e->index || (k->enrolled == e->index && !enrols_itself(k, e)))
        return wrong(a, e, "the key of the signature was enrolled only later");
    if (!initiator || !text_same(k->person, initiator))
        return wrong(a, e, "the key of the signature is another person's");
    return NULL;
}

static struct err *check_intent(struct actors *a, const struct bundle_entry *e)
{
    const struct intent *i = &e->intent;
    const char *initiator = entry_text(&e->view, "initiator");

    if (strcmp(i->log, a->b->log.name) != 0)
        return wrong(a, e, "the intent was meant for another log");
    if (!text_same(i->actor, initiator) && !text_same(i->actor, map_get(a->words, initiator)))
        return wrong(a, e, "the intent is another person's");
    if (map_get(a->nonces, i->nonce))
        return wrong(a, e, "the intent was used twice");
    map_set(a->nonces, i->nonce, a);
    return NULL;
}

static const char *word_of(void *ctx, const char *id)
{
    return map_get(((struct actors *)ctx)->words, id);
}

/* What was signed is what was done, as far as the words can be compared here. */
static struct err *check_asked(struct actors *a, const struct intent *asked,
                               const struct bundle_entry *e)
{
    const char *param = intent_contradicted(asked, &e->view, word_of, a);

    if (!param)
        return NULL;
    return wrong(a, e, arena_printf(a->mem, "its %s is not what the intent asked for", param));
}

static struct err *check_signed(struct actors *a, struct bundle_entry *e, const char *text)
{
    const char *signature = entry_text(&e->view, "signature");
    struct public_key signer;

    if (intent_parse(a->mem, bytes_of_text(text), &e->intent))
        return wrong(a, e, "the intent cannot be read");
    if (!signature || signature_key(a->mem, signature, &signer))
        return wrong(a, e, "the signature of the intent cannot be read");
    const struct bundle_key *k = map_get(a->by_fingerprint, signer.fingerprint);
    if (!k)
        return wrong(a, e, "the enrolment of the key that signed is missing");
    struct err *fault = signature_verify(a->mem, &k->public, bytes_of_text(text), signature);
    if (fault)
        return wrong(a, e, fault->text);
    TRY(check_key_of(a, e, k));
    TRY(check_intent(a, e));
    TRY(check_asked(a, &e->intent, e));
    e->who = WHO_SIGNED;
    e->key = k;
    a->b->signatures++;
    return NULL;
}

/* Some of what can be kept back takes intents with it. */
static bool may_be_withheld(const struct bundle *b)
{
    return bundle_hides(b, "intent") || bundle_hides(b, "reason") || bundle_hides(b, "evidence");
}

/* The service wrote the intent, unless it is kept back. */
static struct err *check_token_intent(struct actors *a, struct bundle_entry *e)
{
    const char *text = entry_text(&e->view, "intent");

    if (!text)
        return may_be_withheld(a->b) ? NULL : wrong(a, e, "it came with a token and has no intent");
    if (intent_parse(a->mem, bytes_of_text(text), &e->intent))
        return wrong(a, e, "the intent cannot be read");
    if (!token_is_for(e->token, e->intent.command))
        return wrong(a, e, "the token is not for this command");
    TRY(check_intent(a, e));
    return check_asked(a, &e->intent, e);
}

/* By itself the service begins its log, tells its keys and publishes playbooks. */
static struct err *check_own(struct actors *a, const struct bundle_entry *e)
{
    return e->seq < 0 ? NULL : wrong(a, e, "by itself the service does nothing to an account");
}

static struct err *check_attested(struct actors *a, struct bundle_entry *e)
{
    e->who = WHO_ATTESTED;
    a->b->attested++;
    if (!entry_text(&e->view, "token") && entry_text(&e->view, "initiator"))
        return wrong(a, e, "the service attests it for somebody who came with no token");
    if (!entry_text(&e->view, "token"))
        return check_own(a, e);
    e->token = token_of(a->b, e);
    if (!e->token)
        return wrong(a, e, "the issue of the token that it came with is missing");
    const char *fault = token_fault(e->token, e);
    if (fault)
        return wrong(a, e, fault);
    a->b->by_token++;
    return check_token_intent(a, e);
}

static void withheld(struct actors *a, struct bundle_entry *e)
{
    e->who = WHO_WITHHELD;
    a->b->unshown++;
}

/* An entry that belongs to a command is of the same moment and the same person as its first. */
static struct err *check_follows(struct actors *a, struct bundle_entry *e, const json_t *follows)
{
    json_int_t index = json_is_integer(follows) ? json_integer_value(follows) : -1;
    const struct bundle_entry *found =
        index >= 0 && (uint64_t)index < e->index ? bundle_at(a->b, (uint64_t)index) : NULL;

    if (!found)
        return wrong(a, e, "the entry that it follows, which says who asked for it, is missing");
    struct bundle_entry *first = &a->b->entries[found - a->b->entries];
    if (first->who == WHO_UNSAID && may_be_withheld(a->b))
        withheld(a, first);
    if (first->view.leaf.ts != e->view.leaf.ts ||
        !text_same(entry_text(&first->view, "initiator"), entry_text(&e->view, "initiator")) ||
        first->who == WHO_FOLLOWS || first->who == WHO_UNSAID)
        return wrong(a, e, "it follows an entry that it does not belong to");
    if (first->who == WHO_ATTESTED && !first->token)
        TRY(check_own(a, e));
    if (first->intent.params)
        TRY(check_asked(a, &first->intent, e));
    e->who = WHO_FOLLOWS;
    e->key = first->key;
    e->token = first->token;
    return NULL;
}

static struct err *check_actor(struct actors *a, struct bundle_entry *e)
{
    const char *intent = entry_text(&e->view, "intent");
    const json_t *follows = entry_field(&e->view, "follows");

    if (text_same(entry_text(&e->view, "attested"), "service"))
        return check_attested(a, e);
    if (intent)
        return check_signed(a, e, intent);
    if (follows)
        return check_follows(a, e, follows);
    if (e->seq >= 0 && may_be_withheld(a->b)) {
        withheld(a, e);
    } else if (e->seq >= 0) {
        return wrong(a, e, "nobody signed it and the service does not attest it");
    }
    return NULL;
}

static void learn(struct actors *a)
{
    for (size_t i = 0; i < a->b->keys_n; i++)
        map_set(a->by_fingerprint, a->b->keys[i].public.fingerprint, &a->b->keys[i]);
    for (size_t i = 0; i < a->b->n; i++) {
        const struct bundle_entry *e = &a->b->entries[i];
        const char *ref = bundle_after(e, "ref"), *type = entry_text(&e->view, "type");
        const char *id =
            ref && type ? bundle_after(e, arena_copy_n(a->mem, type, strcspn(type, "."))) : NULL;
        if (id && !map_get(a->words, id)) /* a word is given once */
            map_set(a->words, id, arena_copy(a->mem, ref));
    }
}

struct err *check_actors(struct arena *mem, struct bundle *b)
{
    struct actors a = {.mem = mem,
                       .b = b,
                       .by_fingerprint = map_new(mem),
                       .words = map_new(mem),
                       .nonces = map_new(mem)};

    learn(&a);
    for (size_t i = 0; i < b->n; i++) {
        b->entries[i].who = WHO_UNSAID;
        b->entries[i].key = NULL;
        b->entries[i].token = NULL;
        b->entries[i].intent = (struct intent){0};
    }
    for (size_t i = 0; i < b->n; i++)
        TRY(check_actor(&a, &b->entries[i]));
    return NULL;
}
