/* manifest.c - what is in a bundle, for programs; made from the rest of it. See bundle.h.
 *
 *     {"account":{"id","ref","platform","platform_id","tag","tag_signature","events"},
 *      "disclosed":[…],"withheld":[…],
 *      "entries":[{"index","seq","path"}…],
 *      "files":[{"path","sha256","size"}…],
 *      "keys":[{"id","fingerprint","person","enrolled","revoked","ends"}…],
 *      "tokens":[{"id","person","issued","expires","revoked","ends"}…],
 *      "layout":1,"log":{"origin","vkey","size"},"v":1}
 *
 * v says how the parts are to be read, layout how the rest is made from them.
 */
#include "layout.h"

#include "base/date.h"
#include "json/json.h"

static json_t *account_json(const struct bundle *b)
{
    const struct bundle_entry *r = b->registered;

    return json_pack("{s:s, s:s*, s:s, s:s, s:s, s:s, s:I}", "id", b->account, "ref",
                     bundle_after(r, "ref"), "platform", bundle_after(r, "platform"), "platform_id",
                     bundle_after(r, "tag_id"), "tag", bundle_after(r, "tag"), "tag_signature",
                     bundle_after(r, "tag_signature"), "events", (json_int_t)b->chain_n);
}

static json_t *words_json(const struct list *words)
{
    json_t *array = json_array();

    for (size_t i = 0; i < words->n; i++)
        json_array_append_new(array, json_string(words->at[i]));
    return array;
}

static json_t *entries_json(struct arena *mem, const struct bundle *b)
{
    json_t *array = json_array();

    for (size_t i = 0; i < b->n; i++) {
        const struct bundle_entry *e = &b->entries[i];
        json_t *row =
            json_pack("{s:I, s:s}", "index", (json_int_t)e->index, "path", bundle_place(mem, e));
        if (e->seq >= 0)
            json_object_set_new(row, "seq", json_integer(e->seq));
        json_array_append_new(array, row);
    }
    return array;
}

static json_t *files_json(struct layout *l)
{
    json_t *array = json_array();

    for (size_t i = 0; i < l->n; i++) {
        const struct archive_file *f = &l->files[i];
        struct digest d = sha256(f->bytes);
        if (strcmp(f->path, "manifest.json") == 0)
            continue;
        json_array_append_new(array, json_pack("{s:s, s:s, s:I}", "path", f->path, "sha256",
                                               hex_encode(l->mem, d.at, sizeof(d.at)), "size",
                                               (json_int_t)f->bytes.n));
    }
    return array;
}

static json_t *keys_json(struct arena *mem, const struct bundle *b)
{
    json_t *array = json_array();

    for (size_t i = 0; i < b->keys_n; i++) {
        const struct bundle_key *k = &b->keys[i];
        json_t *row =
            json_pack("{s:s, s:s, s:s, s:I}", "id", k->id, "fingerprint", k->public.fingerprint,
                      "person", k->person, "enrolled", (json_int_t)k->enrolled);
        if (k->revoked != UINT64_MAX) {
            json_object_set_new(row, "revoked", json_integer((json_int_t)k->revoked));
            json_object_set_new(row, "ends", json_string(instant_text(mem, k->ends)));
        }
        json_array_append_new(array, row);
    }
    return array;
}

static json_t *tokens_json(struct arena *mem, const struct bundle *b)
{
    json_t *array = json_array();

    for (size_t i = 0; i < b->tokens_n; i++) {
        const struct bundle_token *t = &b->tokens[i];
        json_t *row = json_pack("{s:s, s:s, s:I, s:s}", "id", t->id, "person", t->person, "issued",
                                (json_int_t)t->issued, "expires", instant_text(mem, t->expires));
        if (t->revoked != UINT64_MAX) {
            json_object_set_new(row, "revoked", json_integer((json_int_t)t->revoked));
            json_object_set_new(row, "ends", json_string(instant_text(mem, t->ends)));
        }
        json_array_append_new(array, row);
    }
    return array;
}

const char *layout_manifest(struct layout *l)
{
    const struct bundle *b = l->b;
    json_t *all =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:s, s:s, s:I}, s:i, s:i}", "account",
                  account_json(b), "disclosed", words_json(&b->disclosed), "withheld",
                  words_json(&b->withheld), "entries", entries_json(l->mem, b), "files",
                  files_json(l), "keys", keys_json(l->mem, b), "tokens", tokens_json(l->mem, b),
                  "log", "origin", b->log.name, "vkey", note_verifier_text(l->mem, &b->log), "size",
                  (json_int_t)b->point.size, "layout", BUNDLE_LAYOUT, "v", 1);

    return arena_printf(l->mem, "%s\n", json_canonical(l->mem, json_keep(l->mem, all)));
}
