/* entry.c - leaves, and entries taken apart; see entry.h. */
#include "log/entry.h"

#include "base/date.h"
#include "log/tree.h"

#include <inttypes.h>
#include <stdlib.h>

static const char genesis[] = "genesis";

static int by_written_tag(const void *a, const void *b)
{
    char x[44], y[44];

    base64url_encode_32(((const struct leaf_subject *)a)->tag.at, x);
    base64url_encode_32(((const struct leaf_subject *)b)->tag.at, y);
    return strcmp(x, y);
}

bool leaf_sort(struct leaf_subject *subjects, size_t n)
{
    if (n)
        qsort(subjects, n, sizeof(*subjects), by_written_tag);
    for (size_t i = 1; i < n; i++)
        if (digest_same(subjects[i - 1].tag, subjects[i].tag))
            return false;
    return true;
}

char *leaf_text(struct arena *mem, const struct leaf *leaf)
{
    char digest[44], ts[INSTANT_TEXT];
    struct buf out;

    buf_init(&out, mem, LEAF_MAX);
    base64url_encode_32(leaf->body.at, digest);
    buf_printf(&out, "{\"body\":\"%s\",\"subjects\":[", digest);
    for (size_t i = 0; i < leaf->n; i++) {
        const struct leaf_subject *s = &leaf->subjects[i];
        base64url_encode_32(s->tag.at, digest);
        buf_printf(&out, "%s[\"%s\",%" PRIu64 ",", i ? "," : "", digest, s->seq);
        base64url_encode_32(s->prev.at, digest);
        buf_printf(&out, "\"%s\"]", s->seq ? digest : genesis);
    }
    instant_format(leaf->ts, ts);
    buf_printf(&out, "],\"ts\":\"%s\",\"v\":1}", ts);
    return out.at;
}

static bool take_digest(const char *text, struct digest *ret)
{
    return text && base64url_decode_to(text, strlen(text), ret->at, sizeof(ret->at));
}

static bool take_subject(const json_t *triple, struct leaf_subject *ret)
{
    const char *prev = json_string_value(json_array_get(triple, 2));
    const json_t *seq = json_array_get(triple, 1);

    if (json_array_size(triple) != 3 || !json_is_integer(seq) || json_integer_value(seq) < 0 ||
        !prev || !take_digest(json_string_value(json_array_get(triple, 0)), &ret->tag))
        return false;
    ret->seq = (uint64_t)json_integer_value(seq);
    return ret->seq ? take_digest(prev, &ret->prev) : strcmp(prev, genesis) == 0;
}

struct err *leaf_parse(struct arena *mem, struct bytes text, struct leaf *ret)
{
    struct leaf leaf = {.n = 0};
    json_t *value;

    TRY(json_read(mem, text, LEAF_MAX, "the leaf", &value));
    const json_t *subjects = json_object_get(value, "subjects");
    const char *ts = json_text(value, "ts");
    leaf.n = json_array_size(subjects);
    bool ok = leaf.n <= LEAF_SUBJECTS_MAX && take_digest(json_text(value, "body"), &leaf.body) &&
              ts && instant_parse(ts, &leaf.ts);
    struct leaf_subject *list = arena_array(mem, leaf.n + 1, sizeof(*list));
    for (size_t i = 0; ok && i < leaf.n; i++)
        ok = take_subject(json_array_get(subjects, i), &list[i]);
    leaf.subjects = list;
    /* Writing it again settles everything else: order, version, white space, unknown members. */
    if (!ok || !leaf_sort(list, leaf.n) || !bytes_same(text, bytes_of_text(leaf_text(mem, &leaf))))
        return err_new(mem, ERR_BROKEN, "the leaf is malformed");
    *ret = leaf;
    return NULL;
}

struct err *entry_open(struct arena *mem, const struct entry *e, struct entry_view *ret)
{
    const char *texts[DISCLOSURES_MAX];

    TRY(leaf_parse(mem, e->leaf, &ret->leaf));
    ret->hash = tree_leaf(e->leaf);
    if (!digest_same(sha256(e->body), ret->leaf.body))
        return err_new(mem, ERR_BROKEN, "the body is not the one the leaf names");
    TRY(disclosures_split(mem, e->disclosures, ret->fields, &ret->n));
    for (size_t i = 0; i < ret->n; i++)
        texts[i] = ret->fields[i].text;
    return body_check(mem, e->body, texts, ret->n, &ret->hidden);
}

const json_t *entry_field(const struct entry_view *v, const char *name)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->fields[i].name, name) == 0)
            return v->fields[i].value;
    return NULL;
}

const char *entry_text(const struct entry_view *v, const char *name)
{
    return json_string_value(entry_field(v, name));
}
