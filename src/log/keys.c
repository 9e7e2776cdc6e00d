/* keys.c - which key of a log may sign what; see keys.h. The text form is in keys_text.c. */
#include "log/keys.h"

#include "base/text.h"
#include "crypto/tag.h"

#include <inttypes.h>

const char log_keys_id[] = "00000000-0000-0000-0000-000000000000";

struct digest log_keys_tag(void)
{
    return tag_other("log", log_keys_id);
}

struct log_keys log_keys_of(struct arena *mem, const struct note_verifier *only)
{
    struct log_keys keys = {.at = arena_array(mem, 1, sizeof(*keys.at)), .n = 1};

    keys.at[0] = (struct log_key){*only, note_verifier_text(mem, only), UINT64_MAX};
    return keys;
}

const struct log_key *log_keys_find(const struct log_keys *keys, const char *vkey)
{
    for (size_t i = 0; i < keys->n; i++)
        if (strcmp(keys->at[i].vkey, vkey) == 0)
            return &keys->at[i];
    return NULL;
}

const struct log_key *log_keys_newest(const struct log_keys *keys)
{
    return &keys->at[keys->n - 1];
}

static bool same_rotation(const struct log_keys *a, size_t i, const struct log_keys *b, size_t k)
{
    if (i + 1 >= a->n || k + 1 >= b->n)
        return i + 1 >= a->n;
    return a->at[i].until == b->at[k].until &&
           digest_same(a->rotations[i].hash, b->rotations[k].hash);
}

bool log_keys_go_on(const struct log_keys *older, const struct log_keys *newer)
{
    const struct log_key *first = log_keys_find(newer, older->at[0].vkey);
    size_t from = first ? (size_t)(first - newer->at) : 0;

    if (!first)
        return false;
    for (size_t i = 0; i < older->n; i++)
        if (from + i >= newer->n || strcmp(older->at[i].vkey, newer->at[from + i].vkey) != 0 ||
            !same_rotation(older, i, newer, from + i))
            return false;
    return true;
}

/* ---- Signatures ------------------------------------------------------------------------------ */

static bool names(const struct note *note, const struct note_verifier *v)
{
    for (size_t i = 0; i < note->n; i++)
        if (strcmp(note->signatures[i].name, v->name) == 0 &&
            memcmp(note->signatures[i].id, v->id, sizeof(v->id)) == 0)
            return true;
    return false;
}

/* The newest of the keys with a line in the note; its lines must all be valid. */
static struct err *signer_of(struct arena *mem, const struct note *note,
                             const struct log_keys *keys, const struct log_key **ret)
{
    *ret = NULL;
    for (size_t i = 0; i < keys->n; i++) {
        const struct log_key *k = &keys->at[i];
        if (!names(note, &k->verifier))
            continue;
        TRY(note_verify(mem, note, &k->verifier, NULL));
        *ret = k;
    }
    if (*ret)
        return NULL;
    return err_new(
        mem, ERR_BROKEN,
        "there is no signature by a key of %s that was given: if the log's key has changed "
        "since, give the history of its keys, the file /log/vkeys of its service",
        log_keys_newest(keys)->verifier.name);
}

struct err *log_keys_open(struct arena *mem, struct bytes raw, const struct log_keys *keys,
                          struct checkpoint *ret, const struct log_key **ret_by)
{
    const struct log_key *by;
    struct checkpoint c;
    struct note note;

    TRY(note_parse(mem, raw, &note));
    TRY(signer_of(mem, &note, keys, &by));
    TRY(checkpoint_parse(mem, note.text, &c));
    if (strcmp(c.origin, by->verifier.name) != 0)
        return err_new(mem, ERR_BROKEN, "the checkpoint is of the log '%s', not '%s'", c.origin,
                       by->verifier.name);
    if (c.size > by->until)
        return err_new(mem, ERR_BROKEN,
                       "the checkpoint of %" PRIu64 " entries is signed by the key %s, which gave "
                       "way to another at entry %" PRIu64,
                       c.size, by->vkey, by->until - 1);
    *ret = c;
    if (ret_by)
        *ret_by = by;
    return NULL;
}

struct err *log_keys_prove(struct arena *mem, struct bytes raw, struct bytes entry,
                           const struct log_keys *keys, struct checkpoint *ret)
{
    struct tlog_proof p;
    struct checkpoint c;

    TRY(tlog_proof_parse(mem, raw, &p));
    TRY(log_keys_open(mem, p.checkpoint, keys, &c, NULL));
    if (!tree_verify_inclusion(p.index, c.size, tree_leaf(entry), &p.path, c.root))
        return err_new(mem, ERR_BROKEN, "the entry is not at index %" PRIu64 " under the root",
                       p.index);
    *ret = c;
    return NULL;
}
