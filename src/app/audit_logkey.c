/* audit_logkey.c - the keys that signed the log: which, up to where, and that each one handed over
 * to the next; see audit.h. */
#include "audit.h"

#include "base/text.h"

#include <inttypes.h>

struct err *audit_keys_begin(struct audit *a)
{
    struct log_keys *k = &a->log_keys;
    const char *vkey = keyring_vkey(a->service->keys);

    k->at = arena_array(a->mem, LOG_KEYS_MAX, sizeof(*k->at));
    k->n = 1;
    k->at[0] = (struct log_key){.vkey = vkey, .until = UINT64_MAX};
    return note_verifier_parse(a->mem, vkey, &k->at[0].verifier);
}

static bool take(struct audit *a, const char *vkey, struct log_key *ret)
{
    struct log_key k = {.vkey = arena_copy(a->mem, vkey), .until = UINT64_MAX};

    if (!vkey || note_verifier_parse(a->mem, vkey, &k.verifier) ||
        !text_same(k.verifier.name, a->service->origin))
        return false;
    *ret = k;
    return true;
}

static const char *rotate(struct audit *a, uint64_t index, const json_t *after)
{
    struct log_keys *k = &a->log_keys;
    struct log_key *old = &k->at[k->n - 1], next;
    const char *from = json_text(after, "from");

    if (!a->first_key_known && !take(a, from, old))
        return "names no key of this log";
    a->first_key_known = true;
    if (!text_same(from, old->vkey))
        return "names another key than the one that signed before";
    if (k->n == LOG_KEYS_MAX || !take(a, json_text(after, "to"), &next))
        return "names no key of this log to go on with";
    if (log_keys_find(k, next.vkey))
        return "goes back to a key that gave way before";
    old->until = index + 1;
    k->at[k->n++] = next;
    return NULL;
}

void audit_keys_learn(struct audit *a, uint64_t index, const char *type, const json_t *after)
{
    const char *fault = NULL;

    if (text_same(type, "log.created") && index == 0)
        a->first_key_known = take(a, json_text(after, "vkey"), &a->log_keys.at[0]);
    else if (text_same(type, "logkey.rotated"))
        fault = rotate(a, index, after);
    if (fault)
        audit_find(a, "log.entry", audit_row(a, index), "%s", fault);
}

/* The checkpoint at which one key gives way has both signatures. */
void audit_keys_turn(struct audit *a, uint64_t size, const char *text)
{
    const struct log_keys *k = &a->log_keys;
    struct note note;

    for (size_t i = 0; i + 1 < k->n; i++) {
        if (k->at[i].until != size)
            continue;
        a->turns++;
        if (note_parse(a->page, bytes_of_text(text), &note) ||
            note_verify(a->page, &note, &k->at[i].verifier, NULL) ||
            note_verify(a->page, &note, &k->at[i + 1].verifier, NULL))
            audit_find(a, "log.checkpoint", audit_row(a, size),
                       "is not signed by both the old key and the new one");
    }
}

void audit_keys_end(struct audit *a)
{
    const struct log_keys *k = &a->log_keys;

    if (a->turns + 1 != k->n)
        audit_find(a, "log.checkpoint", "all",
                   "a checkpoint at which the log's key gave way is missing");
    if (a->size && !keyring_has(a->service->keys, log_keys_newest(k)->vkey))
        audit_find(a, "log.entry", "0",
                   "the log's keys lead to %s, which is not a key of this instance",
                   log_keys_newest(k)->vkey);
}
