/* cbor_item.h - CBOR (RFC 8949) item by item, out of libcbor's decoder that allocates nothing: what
 * a stranger says that a list holds must not become memory. What CTAP2's canonical form has not
 * (indefinite lengths, tags) is refused. For this floor alone.
 */
#ifndef CRYPTO_CBOR_ITEM_H
#define CRYPTO_CBOR_ITEM_H

#include "base/bytes.h"

enum item_kind { ITEM_OTHER, ITEM_WHOLE, ITEM_BYTES, ITEM_TEXT, ITEM_ARRAY, ITEM_MAP };

struct item {
    enum item_kind kind;
    int64_t whole;      /* ITEM_WHOLE */
    struct bytes bytes; /* ITEM_BYTES, ITEM_TEXT */
    uint64_t n;         /* members of ITEM_ARRAY, pairs of ITEM_MAP, which come next */
};

/* The next item. A reader that met something else has failed. */
struct item item_next(struct reader *r);

/* All that belongs to an item whose head was read. */
void item_skip(struct reader *r, const struct item *item);

#endif
