/* check_erased.c - fields and files that are not here because they were destroyed, as an entry of
 * the bundle says: person.erased names them by their digests; see bundle.h. */
#include "check.h"

#include "base/text.h"

/* Does the body have the digest, and nothing that is shown has it? */
static bool is_missing(struct arena *mem, const struct bundle_entry *e, const char *digest)
{
    const json_t *item;
    json_t *body;
    char text[44];
    size_t i;
    bool there = false;

    if (json_read(mem, e->raw.body, LEAF_MAX, "the body", &body))
        return false;
    json_array_foreach (json_object_get(body, "_sd"), i, item) {
        there = there || text_same(json_string_value(item), digest);
    }
    for (i = 0; there && i < e->view.n; i++) {
        base64url_encode_32(disclosure_digest(e->view.fields[i].text).at, text);
        there = strcmp(text, digest) != 0;
    }
    return there;
}

static void take_field(struct arena *mem, struct bundle *b, uint64_t by, const json_t *field)
{
    const json_t *index = json_array_get(field, 0);
    const char *name = json_string_value(json_array_get(field, 1));
    const char *digest = json_string_value(json_array_get(field, 2));
    struct bundle_entry *e = NULL;

    for (size_t i = 0; i < b->n && json_is_integer(index); i++)
        if (b->entries[i].index == (uint64_t)json_integer_value(index))
            e = &b->entries[i];
    if (!e || !name || !digest || e->index >= by || !is_missing(mem, e, digest))
        return;
    const char **names = arena_array(mem, e->erased.n + 1, sizeof(*names));
    if (e->erased.n)
        memcpy(names, e->erased.at, e->erased.n * sizeof(*names));
    names[e->erased.n] = name;
    e->erased = (struct list){names, e->erased.n + 1};
    b->erased++;
    b->hidden--;
}

void find_erased(struct arena *mem, struct bundle *b)
{
    for (size_t i = 0; i < b->n; i++)
        b->entries[i].erased = (struct list){0};
    for (size_t i = 0; i < b->n; i++) {
        const struct bundle_entry *e = &b->entries[i];
        const json_t *after = entry_field(&e->view, "after"), *field;
        size_t k;
        if (!text_same(entry_text(&e->view, "type"), "person.erased"))
            continue;
        json_array_foreach (json_object_get(after, "fields"), k, field) {
            take_field(mem, b, e->index, field);
        }
    }
}

bool is_erased_file(const struct bundle *b, const char *sha256)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct entry_view *v = &b->entries[i].view;
        const json_t *file;
        size_t k;
        if (!text_same(entry_text(v, "type"), "person.erased"))
            continue;
        json_array_foreach (json_object_get(entry_field(v, "after"), "files"), k, file) {
            if (text_same(json_string_value(file), sha256))
                return true;
        }
    }
    return false;
}
