/* heads.c - see heads.h.
 *
 * As text a proof is one line of canonical JSON:
 *     {"path":["<base64url>",…],"there":["<tag>",<count>,"<last>"]}
 * with the siblings from the root down; "there" is null where the place is empty.
 */
#include "log/heads.h"

#include "heads_parts.h"
#include "json/json.h"

#include <stdlib.h>

static const struct digest nothing; /* 32 zero bytes */

static struct digest leaf_of(const struct head *h)
{
    static const uint8_t two = 0x02;
    uint8_t count[8];

    write_u64(count, h->count);
    const struct bytes parts[] = {bytes_of(&two, 1), digest_bytes(&h->tag), bytes_of(count, 8),
                                  digest_bytes(&h->last)};
    return sha256_parts(parts, 4);
}

struct digest heads_node(struct digest left, struct digest right)
{
    static const uint8_t three = 0x03;
    const struct bytes parts[] = {bytes_of(&three, 1), digest_bytes(&left), digest_bytes(&right)};

    return sha256_parts(parts, 3);
}

bool heads_bit(const struct digest *tag, unsigned depth)
{
    return tag->at[depth / 8] >> (7 - depth % 8) & 1;
}

static int by_tag(const void *a, const void *b)
{
    return memcmp(((const struct head *)a)->tag.at, ((const struct head *)b)->tag.at, SHA256_BYTES);
}

void heads_sort(struct head *heads, size_t n)
{
    if (n)
        qsort(heads, n, sizeof(*heads), by_tag);
}

/* The first of the sorted heads, which all agree above depth, that goes right at depth. */
static size_t fork_at(const struct head *heads, size_t n, unsigned depth)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (heads_bit(&heads[middle].tag, depth))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct digest heads_subtree(const struct head *heads, size_t n, unsigned depth)
{
    if (n == 0)
        return nothing;
    if (n == 1)
        return leaf_of(heads);
    size_t fork = fork_at(heads, n, depth);
    return heads_node(heads_subtree(heads, fork, depth + 1),
                      heads_subtree(heads + fork, n - fork, depth + 1));
}

struct digest heads_root(const struct head *heads, size_t n)
{
    return heads_subtree(heads, n, 0);
}

void heads_prove_from(const struct head *heads, size_t n, unsigned depth, struct digest tag,
                      struct heads_proof *ret)
{
    for (; n > 1; depth++) {
        size_t fork = fork_at(heads, n, depth);
        const struct head *right = heads + fork;
        if (heads_bit(&tag, depth)) {
            ret->siblings[depth] = heads_subtree(heads, fork, depth + 1);
            heads = right;
            n -= fork;
        } else {
            ret->siblings[depth] = heads_subtree(right, n - fork, depth + 1);
            n = fork;
        }
    }
    ret->depth = depth;
    ret->empty = n == 0;
    ret->found = n == 1 && digest_same(heads->tag, tag);
    if (n)
        ret->there = *heads;
}

void heads_prove(const struct head *heads, size_t n, struct digest tag, struct heads_proof *ret)
{
    heads_prove_from(heads, n, 0, tag, ret);
}

bool heads_verify(const struct heads_proof *p, struct digest tag, struct digest root,
                  uint64_t *ret_count, struct digest *ret_last)
{
    struct digest h = p->empty ? nothing : leaf_of(&p->there);

    if (p->depth > HEADS_DEPTH || p->found != (!p->empty && digest_same(p->there.tag, tag)))
        return false;
    if (!p->empty && p->there.count == 0)
        return false;
    for (unsigned d = p->depth; d-- > 0;) {
        if (!p->empty && heads_bit(&p->there.tag, d) != heads_bit(&tag, d))
            return false; /* that leaf belongs somewhere else */
        h = heads_bit(&tag, d) ? heads_node(p->siblings[d], h) : heads_node(h, p->siblings[d]);
    }
    if (!digest_same(h, root))
        return false;
    *ret_count = p->found ? p->there.count : 0;
    *ret_last = p->found ? p->there.last : nothing;
    return true;
}

/* ---- As text --------------------------------------------------------------------------------- */

static void add_digest(struct buf *out, const struct digest *d)
{
    char text[44];

    base64url_encode_32(d->at, text);
    buf_printf(out, "\"%s\"", text);
}

char *heads_proof_text(struct arena *mem, const struct heads_proof *p)
{
    struct buf out;

    buf_init(&out, mem, 65536);
    buf_text(&out, "{\"path\":[");
    for (unsigned d = 0; d < p->depth; d++) {
        if (d)
            buf_byte(&out, ',');
        add_digest(&out, &p->siblings[d]);
    }
    buf_text(&out, "],\"there\":");
    if (p->empty) {
        buf_text(&out, "null}");
        return out.at;
    }
    buf_byte(&out, '[');
    add_digest(&out, &p->there.tag);
    buf_printf(&out, ",%llu,", (unsigned long long)p->there.count);
    add_digest(&out, &p->there.last);
    buf_text(&out, "]}");
    return out.at;
}

static bool take_digest(const json_t *value, struct digest *ret)
{
    const char *text = json_string_value(value);

    return text && base64url_decode_to(text, strlen(text), ret->at, sizeof(ret->at));
}

static bool take_there(const json_t *there, struct heads_proof *p)
{
    json_int_t count = json_integer_value(json_array_get(there, 1));

    p->empty = json_is_null(there);
    if (p->empty)
        return true;
    p->there.count = (uint64_t)count;
    return json_array_size(there) == 3 && count > 0 &&
           take_digest(json_array_get(there, 0), &p->there.tag) &&
           take_digest(json_array_get(there, 2), &p->there.last);
}

struct err *heads_proof_parse(struct arena *mem, struct bytes text, struct digest tag,
                              struct heads_proof *ret)
{
    json_t *value;

    TRY(json_read(mem, text, 65536, "the heads proof", &value));
    const json_t *path = json_object_get(value, "path"), *there = json_object_get(value, "there");
    size_t depth = json_array_size(path);
    bool ok = json_is_canonical(text, value) && json_object_size(value) == 2 && there &&
              json_is_array(path) && depth <= HEADS_DEPTH && take_there(there, ret);
    for (size_t d = 0; ok && d < depth; d++)
        ok = take_digest(json_array_get(path, d), &ret->siblings[d]);
    if (!ok)
        return err_new(mem, ERR_BROKEN, "the heads proof is malformed");
    ret->depth = (unsigned)depth;
    ret->found = !ret->empty && digest_same(ret->there.tag, tag);
    return NULL;
}
