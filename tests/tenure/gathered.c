/* gathered.c - the parts of a proof out of the sample's log, and the zip file of one; see sample.h.
 */
#include "base/map.h"
#include "sample.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static struct err *node(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret)
{
    const struct sample *s = ctx;
    struct digest left, right;

    if (level == 0) {
        *ret = s->entries[index].hash;
        return NULL;
    }
    TRY(node(ctx, mem, level - 1, index * 2, &left));
    TRY(node(ctx, mem, level - 1, index * 2 + 1, &right));
    *ret = tree_node(left, right);
    return NULL;
}

static struct head *heads_at(const struct sample *s, uint64_t size, size_t *ret_n)
{
    struct head *heads = arena_array(s->mem, 256, sizeof(*heads));
    struct map *seen = map_new(s->mem);

    *ret_n = 0;
    for (uint64_t i = 0; i < size; i++) {
        for (size_t k = 0; k < s->entries[i].leaf.n; k++) {
            struct digest tag = s->entries[i].leaf.subjects[k].tag;
            const char *name = hex_encode(s->mem, tag.at, sizeof(tag.at));
            struct leaf_subject place = sample_place(s, tag, size);
            if (map_get(seen, name))
                continue;
            map_set(seen, name, seen);
            heads[(*ret_n)++] = (struct head){tag, place.seq, place.prev};
        }
    }
    heads_sort(heads, *ret_n);
    return heads;
}

static bool touches(const struct sample_entry *e, struct digest tag)
{
    for (size_t k = 0; k < e->leaf.n; k++)
        if (digest_same(e->leaf.subjects[k].tag, tag))
            return true;
    return false;
}

static struct list words_of(struct arena *mem, const char *text)
{
    struct list words = {arena_array(mem, 16, sizeof(*words.at)), 0};

    while (*text) {
        size_t n = strcspn(text, " ");
        words.at[words.n++] = arena_copy_n(mem, text, n);
        text += n + (text[n] == ' ');
    }
    return words;
}

/* Why an entry of this sample goes in: it is small enough to say so by type. */
static unsigned why_of(const struct sample *s, uint64_t i, uint64_t size)
{
    struct entry_view v;
    unsigned why = 0;

    cr_assert_ok(entry_open(s->mem, &s->entries[i].raw, &v));
    const char *type = entry_text(&v, "type");
    const char *person = json_text(entry_field(&v, "after"), "person");
    bool uma = text_same(person, sample_id(s->mem, "person", "uma"));
    if (text_starts(type, "key.") || text_starts(type, "token."))
        why |= BUNDLE_KEY;
    if (!uma && (text_starts(type, "person.") || text_starts(type, "entity.") ||
                 text_starts(type, "position.") || text_starts(type, "evidence.") || i == 0))
        why |= BUNDLE_NAME;
    for (uint64_t k = i + 1; k < size; k++) {
        struct entry_view after;
        cr_assert_ok(entry_open(s->mem, &s->entries[k].raw, &after));
        const json_t *follows = entry_field(&after, "follows");
        if (follows && (uint64_t)json_integer_value(follows) == i &&
            touches(&s->entries[k], s->tag))
            why |= BUNDLE_FIRST;
    }
    return why;
}

static void take_keys(struct sample *s, struct bundle *b, const struct head *heads, size_t n,
                      bool signatures)
{
    static const char *const names[] = {"adm", "sam", "lea", "uma"};

    b->keys = arena_array(s->mem, 4, sizeof(*b->keys));
    for (size_t i = 0; i < 4 && signatures; i++) {
        struct bundle_key k = {.id = sample_id(s->mem, "key", names[i])};
        heads_prove(heads, n, tag_other("key", k.id), &k.heads);
        if (!k.heads.found)
            continue;
        size_t at = b->keys_n++;
        for (; at && strcmp(b->keys[at - 1].id, k.id) > 0; at--)
            b->keys[at] = b->keys[at - 1];
        b->keys[at] = k;
    }
}

static void take_tokens(struct sample *s, struct bundle *b, const struct head *heads, size_t n)
{
    struct bundle_token t = {.id = sample_id(s->mem, "token", "t")};

    b->tokens = arena_array(s->mem, 1, sizeof(*b->tokens));
    heads_prove(heads, n, tag_other("token", t.id), &t.heads);
    if (t.heads.found)
        b->tokens[b->tokens_n++] = t;
}

static void take_entries(struct sample *s, struct bundle *b, uint64_t size)
{
    struct tree_source source = {node, s};
    int64_t seq = 0;

    b->entries = arena_array(s->mem, size + 1, sizeof(*b->entries));
    for (uint64_t i = 0; i < size; i++) {
        struct bundle_entry e = {.index = i, .raw = s->entries[i].raw, .seq = -1};
        if (touches(&s->entries[i], s->tag))
            e.seq = seq++;
        else
            e.why = why_of(s, i, size);
        if (e.seq < 0 && !e.why && i + 1 != size)
            continue;
        cr_assert_ok(bundle_choose(s->mem, b, &e));
        cr_assert_ok(tree_prove_inclusion(s->mem, &source, i, size, &e.path));
        b->entries[b->n++] = e;
    }
}

struct bundle *sample_bundle(struct sample *s, uint64_t size, const char *disclosed,
                             const char *withheld)
{
    struct bundle *b = arena_alloc(s->mem, sizeof(*b));
    struct tree_source source = {node, s};
    struct tree_range range;
    size_t n;

    size = size ? size : s->n;
    const struct head *heads = heads_at(s, size, &n);
    cr_assert_ok(tree_range_load(s->mem, &source, size, &range));
    struct checkpoint point = {sample_origin, size, tree_root(&range), true, heads_root(heads, n)};
    *b = (struct bundle){.vkey = s->vkey,
                         .tag_key = s->tag_key_pem,
                         .account = sample_id(s->mem, "account", "group"),
                         .disclosed = words_of(s->mem, disclosed),
                         .withheld = words_of(s->mem, withheld)};
    cr_assert_ok(
        note_sign_by(s->mem, checkpoint_text(s->mem, &point), sample_origin, s->log_key, &b->seal));
    heads_prove(heads, n, s->tag, &b->heads);
    take_entries(s, b, size);
    take_keys(s, b, heads, n, !bundle_hides(b, "intent"));
    take_tokens(s, b, heads, n);
    if (!bundle_hides(b, "files") && !bundle_hides(b, "evidence")) {
        struct digest d = sha256(s->contract);
        b->files = arena_alloc(s->mem, sizeof(*b->files));
        b->files[b->files_n++] =
            (struct bundle_file){hex_encode(s->mem, d.at, sizeof(d.at)), s->contract};
    }
    return b;
}

struct err *sample_check(struct sample *s, struct bundle *b)
{
    struct note_verifier log;

    cr_assert_ok(note_verifier_parse(s->mem, s->vkey, &log));
    return bundle_check(s->mem, b, &log);
}

struct bytes sample_zip(struct sample *s, struct bundle *b)
{
    struct archive_file *files;
    struct bytes zip;
    size_t n;

    cr_assert_ok(sample_check(s, b));
    cr_assert_ok(bundle_layout(s->mem, b, &files, &n));
    cr_assert_ok(bundle_pack(s->mem, files, n, sample_origin, s->log_key, &zip));
    return zip;
}
