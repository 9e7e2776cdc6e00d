/* keys_text.c - the history of a log's keys as it is handed around, and the check of it; see
 * keys.h. */
#include "log/keys.h"

#include "base/text.h"

#include <inttypes.h>

/* ---- Writing --------------------------------------------------------------------------------- */

static json_t *text_of(struct bytes b)
{
    return json_stringn((const char *)b.at, b.n);
}

static json_t *rotation_json(struct arena *mem, const struct log_rotation *r)
{
    struct disclosure fields[DISCLOSURES_MAX];
    json_t *texts = json_array();
    size_t n = 0;

    if (!disclosures_split(mem, r->raw.disclosures, fields, &n))
        for (size_t i = 0; i < n; i++)
            json_array_append_new(texts, json_string(fields[i].text));
    return json_pack("{s:o, s:o, s:o, s:s}", "body", text_of(r->raw.body), "disclosures", texts,
                     "leaf", text_of(r->raw.leaf), "proof", r->proof);
}

char *log_keys_text(struct arena *mem, const struct log_keys *keys)
{
    json_t *list = json_array(), *rotations = json_array();

    for (size_t i = 0; i < keys->n; i++)
        json_array_append_new(list, json_string(keys->at[i].vkey));
    for (size_t i = 0; i + 1 < keys->n; i++)
        json_array_append_new(rotations, rotation_json(mem, &keys->rotations[i]));
    json_t *all = json_pack("{s:o, s:s, s:o, s:i}", "keys", list, "log", keys->at[0].verifier.name,
                            "rotations", rotations, "v", 1);
    return arena_printf(mem, "%s\n", json_canonical(mem, json_keep(mem, all)));
}

/* ---- Reading --------------------------------------------------------------------------------- */

static struct err *wrong(struct arena *mem, const char *what)
{
    return err_new(mem, ERR_BROKEN, "the history of the log's keys: %s", what);
}

static struct err *take_keys(struct arena *mem, const json_t *all, struct log_keys *ret)
{
    const json_t *list = json_object_get(all, "keys"), *item;
    const char *log = json_text(all, "log");
    size_t i;

    ret->n = json_array_size(list);
    if (!log || ret->n == 0 || ret->n > LOG_KEYS_MAX)
        return wrong(mem, "it names no keys, or too many");
    ret->at = arena_array(mem, ret->n, sizeof(*ret->at));
    json_array_foreach (list, i, item) {
        struct log_key *k = &ret->at[i];
        const char *vkey = json_string_value(item);
        if (!vkey || note_verifier_parse(mem, vkey, &k->verifier) ||
            k->verifier.type != NOTE_ED25519 || strcmp(k->verifier.name, log) != 0 ||
            strcmp(note_verifier_text(mem, &k->verifier), vkey) != 0)
            return wrong(mem, "one of its keys is not a key of this log");
        k->vkey = arena_copy(mem, vkey);
        k->until = UINT64_MAX;
        for (size_t before = 0; before < i; before++)
            if (strcmp(ret->at[before].vkey, vkey) == 0)
                return wrong(mem, "a key comes twice");
    }
    return NULL;
}

static struct err *take_raw(struct arena *mem, const json_t *row, struct log_rotation *r)
{
    const json_t *list = json_object_get(row, "disclosures"), *item;
    const char *leaf = json_text(row, "leaf"), *body = json_text(row, "body");
    const char *texts[DISCLOSURES_MAX];
    size_t i;

    r->proof = arena_copy(mem, json_text(row, "proof"));
    if (!leaf || !body || !r->proof || json_array_size(list) > DISCLOSURES_MAX)
        return wrong(mem, "a change of keys is not whole");
    json_array_foreach (list, i, item) {
        texts[i] = json_string_value(item);
        if (!texts[i] || strchr(texts[i], '~'))
            return wrong(mem, "a change of keys is not whole");
    }
    r->raw.leaf = bytes_copy(mem, leaf, strlen(leaf));
    r->raw.body = bytes_copy(mem, body, strlen(body));
    r->raw.disclosures = disclosures_join(mem, texts, json_array_size(list));
    return NULL;
}

/* The entry says that this key gave way to that one. */
static struct err *check_entry(struct arena *mem, const struct log_key *from,
                               const struct log_key *to, struct log_rotation *r)
{
    struct entry_view *v = arena_alloc(mem, sizeof(*v));

    TRY(entry_open(mem, &r->raw, v));
    const json_t *after = entry_field(v, "after");
    if (!text_same(entry_text(v, "type"), "logkey.rotated") ||
        !text_same(json_text(after, "from"), from->vkey) ||
        !text_same(json_text(after, "to"), to->vkey))
        return wrong(mem, "an entry does not say what it is there to say");
    if (v->leaf.n != 1 || !digest_same(v->leaf.subjects[0].tag, log_keys_tag()))
        return wrong(mem, "a change of keys is not filed as one");
    r->hash = v->hash;
    return NULL;
}

/* Both keys signed the checkpoint that ends with the entry. */
static struct err *check_link(struct arena *mem, struct log_key *from, const struct log_key *to,
                              struct log_rotation *r)
{
    struct checkpoint by_old, by_new;
    struct tlog_proof p;

    TRY(check_entry(mem, from, to, r));
    TRY(tlog_proof_parse(mem, bytes_of_text(r->proof), &p));
    TRY(checkpoint_open(mem, p.checkpoint, &from->verifier, &by_old));
    TRY(checkpoint_open(mem, p.checkpoint, &to->verifier, &by_new));
    if (by_old.size != p.index + 1 ||
        !tree_verify_inclusion(p.index, by_old.size, r->hash, &p.path, by_old.root))
        return wrong(mem, "a change of keys is not the last entry under its checkpoint");
    r->index = p.index;
    r->root = by_old.root;
    from->until = by_old.size;
    return NULL;
}

static struct err *take_rotations(struct arena *mem, const json_t *all, struct log_keys *ret)
{
    const json_t *rows = json_object_get(all, "rotations"), *row;
    size_t i;

    if (json_array_size(rows) != ret->n - 1)
        return wrong(mem, "it does not show how each key gave way to the next");
    ret->rotations = arena_array(mem, ret->n, sizeof(*ret->rotations));
    json_array_foreach (rows, i, row) {
        TRY(take_raw(mem, row, &ret->rotations[i]));
        TRY(check_link(mem, &ret->at[i], &ret->at[i + 1], &ret->rotations[i]));
        if (i && ret->rotations[i].index <= ret->rotations[i - 1].index)
            return wrong(mem, "its changes are not in their order");
    }
    return NULL;
}

struct err *log_keys_read(struct arena *mem, struct bytes text, struct log_keys *ret)
{
    struct log_keys keys = {0};
    int64_t version;
    json_t *all;

    TRY(json_read(mem, text, LOG_KEYS_TEXT_MAX, "the history of the log's keys", &all));
    if (!json_whole(all, "v", &version) || version != 1)
        return wrong(mem, "it is of another version than 1");
    TRY(take_keys(mem, all, &keys));
    TRY(take_rotations(mem, all, &keys));
    *ret = keys;
    return NULL;
}
