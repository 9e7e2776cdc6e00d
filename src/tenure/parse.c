/* parse.c - the parts of a bundle out of its files; see bundle.h. The manifest says which entries
 * and keys to look for; that it says the truth is seen when it is made again. */
#include "tenure/bundle.h"

#include "base/map.h"
#include "base/text.h"
#include "crypto/tag.h"

#include <inttypes.h>

enum { MANIFEST_MAX = 64 << 20, LIST_MAX = 32, KEYS_MAX = 4096 };

struct parser {
    struct arena *mem;
    struct map *files; /* of struct archive_file */
    const json_t *manifest;
};

static struct err *malformed(struct parser *p, const char *what)
{
    return err_new(p->mem, ERR_BROKEN, "manifest.json: %s", what);
}

static struct err *file(struct parser *p, const char *path, struct bytes *ret)
{
    const struct archive_file *f = map_get(p->files, path);

    if (!f)
        return err_new(p->mem, ERR_BROKEN, "%s is missing", path);
    *ret = f->bytes;
    return NULL;
}

static struct err *text_file(struct parser *p, const char *path, const char **ret)
{
    struct bytes b;

    TRY(file(p, path, &b));
    if (!text_is_utf8((const char *)b.at, b.n))
        return err_new(p->mem, ERR_BROKEN, "%s is not text", path);
    *ret = arena_copy_n(p->mem, (const char *)b.at, b.n);
    return NULL;
}

/* ---- Entries --------------------------------------------------------------------------------- */

/* One disclosure a line. */
static struct err *take_lines(struct parser *p, const char *path, const char **ret)
{
    const char *text;

    TRY(text_file(p, path, &text));
    char *joined = arena_copy(p->mem, text);
    size_t n = strlen(joined);
    if (n == 0 || joined[n - 1] != '\n' || strchr(joined, '~'))
        return err_new(p->mem, ERR_BROKEN, "%s is not a list of disclosures", path);
    joined[n - 1] = '\0';
    for (char *c = joined; *c; c++)
        if (*c == '\n')
            *c = '~';
    *ret = joined;
    return NULL;
}

static struct err *take_entry(struct parser *p, const json_t *row, struct bundle_entry *ret)
{
    const char *place = json_text(row, "path");
    struct tlog_proof proof;
    struct bytes raw;
    int64_t index;

    if (!place || strlen(place) > 64 || !json_whole(row, "index", &index) || index < 0)
        return malformed(p, "an entry has no place");
    *ret = (struct bundle_entry){.index = (uint64_t)index, .seq = -1};
    TRY(file(p, arena_printf(p->mem, "%s.leaf", place), &ret->raw.leaf));
    TRY(file(p, arena_printf(p->mem, "%s.body", place), &ret->raw.body));
    TRY(take_lines(p, arena_printf(p->mem, "%s.disclosures", place), &ret->raw.disclosures));
    TRY(file(p, arena_printf(p->mem, "%s.tlog-proof", place), &raw));
    struct err *e = tlog_proof_parse(p->mem, raw, &proof);
    if (e || proof.index != ret->index)
        return err_new(p->mem, ERR_BROKEN, "%s.tlog-proof: %s", place,
                       e ? e->text : "it is of another entry");
    ret->path = proof.path;
    return NULL;
}

static struct err *take_entries(struct parser *p, struct bundle *b)
{
    const json_t *rows = json_object_get(p->manifest, "entries"), *row;
    size_t i;

    if (!json_is_array(rows))
        return malformed(p, "it lists no entries");
    b->entries = arena_array(p->mem, json_array_size(rows) + 1, sizeof(*b->entries));
    json_array_foreach (rows, i, row) {
        TRY(take_entry(p, row, &b->entries[b->n++]));
    }
    return NULL;
}

/* ---- Keys, evidence, choice ------------------------------------------------------------------ */

static struct err *take_heads(struct parser *p, const char *path, struct digest tag,
                              struct heads_proof *ret)
{
    struct bytes raw;

    TRY(file(p, path, &raw));
    struct err *e = heads_proof_parse(p->mem, raw, tag, ret);
    return e ? err_new(p->mem, ERR_BROKEN, "%s: %s", path, e->text) : NULL;
}

static struct err *take_keys(struct parser *p, struct bundle *b)
{
    const json_t *rows = json_object_get(p->manifest, "keys"), *row;
    size_t i;

    if (json_array_size(rows) > KEYS_MAX)
        return malformed(p, "it lists too many keys");
    b->keys = arena_array(p->mem, json_array_size(rows) + 1, sizeof(*b->keys));
    json_array_foreach (rows, i, row) {
        struct bundle_key *k = &b->keys[b->keys_n++];
        k->id = json_text(row, "id");
        if (!k->id || strlen(k->id) > 64)
            return malformed(p, "a key has no id");
        TRY(take_heads(p, arena_printf(p->mem, "keys/%s.heads-proof.json", k->id),
                       tag_other("key", k->id), &k->heads));
    }
    return NULL;
}

static struct err *take_tokens(struct parser *p, struct bundle *b)
{
    const json_t *rows = json_object_get(p->manifest, "tokens"), *row;
    size_t i;

    if (json_array_size(rows) > KEYS_MAX)
        return malformed(p, "it lists too many tokens");
    b->tokens = arena_array(p->mem, json_array_size(rows) + 1, sizeof(*b->tokens));
    json_array_foreach (rows, i, row) {
        struct bundle_token *t = &b->tokens[b->tokens_n++];
        t->id = json_text(row, "id");
        if (!t->id || strlen(t->id) > 64)
            return malformed(p, "a token has no id");
        TRY(take_heads(p, arena_printf(p->mem, "tokens/%s.heads-proof.json", t->id),
                       tag_other("token", t->id), &t->heads));
    }
    return NULL;
}

static struct err *take_evidence(struct parser *p, const struct archive_file *files, size_t n,
                                 struct bundle *b)
{
    b->files = arena_array(p->mem, n + 1, sizeof(*b->files));
    for (size_t i = 0; i < n; i++) {
        static const char folder[] = "evidence/";
        const char *hash = files[i].path + strlen(folder);
        if (!text_starts(files[i].path, folder))
            continue;
        b->files[b->files_n++] =
            (struct bundle_file){arena_copy_n(p->mem, hash, strcspn(hash, "/")), files[i].bytes};
    }
    return NULL;
}

static struct err *take_words(struct parser *p, const char *name, struct list *ret)
{
    const json_t *array = json_object_get(p->manifest, name), *item;
    size_t i;

    ret->at = arena_array(p->mem, LIST_MAX, sizeof(*ret->at));
    if (!json_is_array(array) || json_array_size(array) > LIST_MAX)
        return malformed(p, "it does not say what was chosen");
    json_array_foreach (array, i, item) {
        if (!json_is_string(item))
            return malformed(p, "it does not say what was chosen");
        ret->at[ret->n++] = json_string_value(item);
    }
    return NULL;
}

static struct err *take_account(struct parser *p, struct bundle *b)
{
    const json_t *account = json_object_get(p->manifest, "account");
    const char *tag = json_text(account, "tag");
    struct digest d;

    b->account = json_text(account, "id");
    b->vkey = json_text(json_object_get(p->manifest, "log"), "vkey");
    if (!b->account || !tag || !base64url_decode_to(tag, strlen(tag), d.at, sizeof(d.at)))
        return malformed(p, "it names no account");
    if (!b->vkey)
        return malformed(p, "it does not name the log's key");
    return take_heads(p, "heads-proof.json", d, &b->heads);
}

struct err *bundle_parse(struct arena *mem, const struct archive_file *files, size_t n,
                         struct bundle *ret)
{
    struct parser p = {.mem = mem, .files = map_new(mem)};
    struct bundle b = {0};
    struct bytes text;
    json_t *manifest;

    for (size_t i = 0; i < n; i++) {
        union {
            const struct archive_file *in;
            void *out;
        } same = {&files[i]};
        map_set(p.files, files[i].path, same.out);
    }
    TRY(file(&p, "manifest.json", &text));
    TRY(json_read(mem, text, MANIFEST_MAX, "manifest.json", &manifest));
    p.manifest = manifest;
    int64_t version;
    if (!json_whole(manifest, "v", &version) || version != 1)
        return malformed(&p, "this is a proof of another version than 1");
    if (!json_whole(manifest, "layout", &b.layout))
        return malformed(&p, "it does not say how it is laid out");
    TRY(take_words(&p, "disclosed", &b.disclosed));
    TRY(take_words(&p, "withheld", &b.withheld));
    TRY(take_account(&p, &b));
    TRY(text_file(&p, "seal.txt", &b.seal));
    TRY(text_file(&p, "tag-key.pem", &b.tag_key));
    TRY(take_entries(&p, &b));
    TRY(take_keys(&p, &b));
    TRY(take_tokens(&p, &b));
    TRY(take_evidence(&p, files, n, &b));
    if (map_get(p.files, "log-keys.json"))
        TRY(text_file(&p, "log-keys.json", &b.log_keys));
    *ret = b;
    return NULL;
}
