/* cbor_item.c - see cbor_item.h. */
#include "cbor_item.h"

#include <cbor.h>

enum { DEPTH = 8 };

/* A head of the kind that was asked for, or refused: what the callbacks know. */
struct met {
    struct item item;
    bool refused;
};

static void whole(void *ctx, uint64_t n, bool negative)
{
    struct met *m = ctx;

    m->refused = n > INT64_MAX;
    m->item.kind = ITEM_WHOLE;
    if (!m->refused)
        m->item.whole = negative ? -1 - (int64_t)n : (int64_t)n;
}

static void u8(void *ctx, uint8_t n)
{
    whole(ctx, n, false);
}
static void u16(void *ctx, uint16_t n)
{
    whole(ctx, n, false);
}
static void u32(void *ctx, uint32_t n)
{
    whole(ctx, n, false);
}
static void u64(void *ctx, uint64_t n)
{
    whole(ctx, n, false);
}
static void n8(void *ctx, uint8_t n)
{
    whole(ctx, n, true);
}
static void n16(void *ctx, uint16_t n)
{
    whole(ctx, n, true);
}
static void n32(void *ctx, uint32_t n)
{
    whole(ctx, n, true);
}
static void n64(void *ctx, uint64_t n)
{
    whole(ctx, n, true);
}

static void byte_string(void *ctx, cbor_data at, size_t n)
{
    ((struct met *)ctx)->item = (struct item){.kind = ITEM_BYTES, .bytes = bytes_of(at, n)};
}
static void text_string(void *ctx, cbor_data at, size_t n)
{
    ((struct met *)ctx)->item = (struct item){.kind = ITEM_TEXT, .bytes = bytes_of(at, n)};
}
static void array(void *ctx, size_t n)
{
    ((struct met *)ctx)->item = (struct item){.kind = ITEM_ARRAY, .n = n};
}
static void map(void *ctx, size_t n)
{
    ((struct met *)ctx)->item = (struct item){.kind = ITEM_MAP, .n = n};
}

static void refuse(void *ctx)
{
    ((struct met *)ctx)->refused = true;
}
static void refuse_tag(void *ctx, uint64_t n)
{
    (void)n;
    refuse(ctx);
}

struct item item_next(struct reader *r)
{
    struct cbor_callbacks c = cbor_empty_callbacks;
    struct met met = {.refused = false};

    c.uint8 = u8, c.uint16 = u16, c.uint32 = u32, c.uint64 = u64;
    c.negint8 = n8, c.negint16 = n16, c.negint32 = n32, c.negint64 = n64;
    c.byte_string = byte_string, c.string = text_string;
    c.array_start = array, c.map_start = map;
    c.byte_string_start = c.string_start = c.indef_array_start = c.indef_map_start = refuse;
    c.indef_break = refuse, c.tag = refuse_tag;
    struct cbor_decoder_result d = {.read = 0, .status = CBOR_DECODER_ERROR};
    if (!r->failed)
        d = cbor_stream_decode(r->at, r->n, &c, &met);
    if (d.status != CBOR_DECODER_FINISHED || met.refused) {
        r->failed = true;
        return (struct item){.kind = ITEM_OTHER};
    }
    read_n(r, d.read);
    return met.item;
}

static void skip(struct reader *r, const struct item *item, int depth)
{
    uint64_t n = item->kind == ITEM_ARRAY ? item->n : item->kind == ITEM_MAP ? item->n : 0;

    if (n && depth == DEPTH)
        r->failed = true;
    for (uint64_t i = 0; i < n && !r->failed; i++)
        for (int half = item->kind == ITEM_MAP ? 0 : 1; half < 2; half++) {
            struct item inner = item_next(r);
            skip(r, &inner, depth + 1);
        }
}

void item_skip(struct reader *r, const struct item *item)
{
    skip(r, item, 0);
}
