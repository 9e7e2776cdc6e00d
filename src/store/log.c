/* log.c - see log.h. A batch goes to log.append() in one statement; its arrays go in binary. */
#include "store/log.h"

#include "base/date.h"
#include "store_internal.h"

#include <assert.h>
#include <stdlib.h>

enum { ARRAY_MAX = 1 << 29, APPEND_PARAMS = 24 };

static const char append_name[] = "append";
static const char append_sql[] =
    "SELECT log.append($1::bigint, $2::timestamptz, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
    " $14, $15, $16, $17, $18, $19, $20, $21, $22, $23::text, $24::jsonb)";

/* ---- The head -------------------------------------------------------------------------------- */

struct err *log_head_of(struct arena *mem, const struct rows *rows, struct log_head *ret)
{
    struct log_head head = {.ts = 0};

    if (rows_count(rows) != 1)
        return err_new(mem, ERR_BROKEN, "the table log.head has lost its row: run tenured audit");
    struct bytes range = rows_bytes(mem, rows, 0, "range");
    head.range.size = (uint64_t)rows_int(rows, 0, "size");
    head.range.n = (unsigned)(range.n / SHA256_BYTES);
    if (range.n % SHA256_BYTES || head.range.n != (unsigned)__builtin_popcountll(head.range.size))
        return err_new(mem, ERR_BROKEN,
                       "the table log.head does not fit its size: run tenured audit");
    memcpy(head.range.at, range.at, range.n);
    head.ts = rows_int(rows, 0, "ms");
    head.vkey = rows_text(rows, 0, "vkey");
    *ret = head;
    return NULL;
}

struct err *log_lock(struct arena *mem, struct store *s, struct rows **ret)
{
    return store_ask(mem, s, "log_lock", NULL, ret);
}

struct err *log_see(struct arena *mem, struct store *s, struct rows **ret)
{
    return store_ask(mem, s, "log_look", NULL, ret);
}

struct err *log_look(struct arena *mem, struct store *s, struct log_head *ret)
{
    struct rows *rows;

    TRY(store_call(mem, s, "log_look", NULL, &rows));
    return log_head_of(mem, rows, ret);
}

/* ---- Appending ------------------------------------------------------------------------------- */

struct params {
    struct arena *mem;
    Oid types[APPEND_PARAMS];
    const char *values[APPEND_PARAMS];
    int lengths[APPEND_PARAMS], formats[APPEND_PARAMS];
    int n;
};

static void add_text(struct params *p, const char *text)
{
    p->values[p->n++] = text;
}

static void add_binary(struct params *p, Oid type, const void *at, size_t n)
{
    p->types[p->n] = type;
    p->values[p->n] = at;
    p->lengths[p->n] = (int)n;
    p->formats[p->n++] = 1;
}

static struct buf *begin_array(struct params *p, Oid element, size_t n)
{
    struct buf *b = arena_alloc(p->mem, sizeof(*b));

    buf_init(b, p->mem, ARRAY_MAX);
    array_open(b, element, n);
    return b;
}

static void end_array(struct params *p, Oid type, const struct buf *b)
{
    add_binary(p, type, b->at, b->n);
}

enum {
    OID_BYTEA_ARRAY = 1001,
    OID_INT4_ARRAY = 1007,
    OID_TEXT_ARRAY = 1009,
    OID_INT8_ARRAY = 1016
};

/* One array for each column: COLUMN(type, element type, rows, how many, what of *row is added). */
#define COLUMN(p, type, element, row_type, rows, rows_n, ...) \
    do { \
        struct buf *column = begin_array(p, element, rows_n); \
        for (size_t i_ = 0; i_ < (rows_n); i_++) { \
            const row_type *row = &(rows)[i_]; \
            __VA_ARGS__; \
        } \
        end_array(p, type, column); \
    } while (0)
#define BYTES_COLUMN(p, row_type, rows, n, at, len) \
    COLUMN(p, OID_BYTEA_ARRAY, OID_BYTEA, row_type, rows, n, array_add(column, at, len))
#define TEXT_COLUMN(p, row_type, rows, n, text) \
    COLUMN(p, OID_TEXT_ARRAY, OID_TEXT, row_type, rows, n, array_add(column, text, strlen(text)))
#define INT8_COLUMN(p, row_type, rows, n, value) \
    COLUMN(p, OID_INT8_ARRAY, OID_INT8, row_type, rows, n, array_add_int8(column, (int64_t)(value)))
#define INT4_COLUMN(p, row_type, rows, n, value) \
    COLUMN(p, OID_INT4_ARRAY, OID_INT4, row_type, rows, n, array_add_int4(column, (int32_t)(value)))

static void add_entries(struct params *p, const struct log_batch *b)
{
    BYTES_COLUMN(p, struct log_entry_row, b->entries, b->entries_n, row->leaf, strlen(row->leaf));
    BYTES_COLUMN(p, struct log_entry_row, b->entries, b->entries_n, row->hash.at, SHA256_BYTES);
    BYTES_COLUMN(p, struct log_entry_row, b->entries, b->entries_n, row->body, strlen(row->body));
    TEXT_COLUMN(p, struct log_entry_row, b->entries, b->entries_n, row->type);
    TEXT_COLUMN(p, struct log_entry_row, b->entries, b->entries_n, row->fields);
}

static void add_subjects(struct params *p, const struct log_batch *b)
{
    BYTES_COLUMN(p, struct log_history_row, b->history, b->history_n, row->tag.at, SHA256_BYTES);
    INT8_COLUMN(p, struct log_history_row, b->history, b->history_n, row->seq);
    INT8_COLUMN(p, struct log_history_row, b->history, b->history_n, row->index);
    BYTES_COLUMN(p, struct head, b->subjects, b->subjects_n, row->tag.at, SHA256_BYTES);
    INT8_COLUMN(p, struct head, b->subjects, b->subjects_n, row->count);
    BYTES_COLUMN(p, struct head, b->subjects, b->subjects_n, row->last.at, SHA256_BYTES);
}

static void add_tree(struct params *p, const struct log_batch *b)
{
    INT4_COLUMN(p, struct log_node_row, b->nodes, b->nodes_n, row->level);
    INT8_COLUMN(p, struct log_node_row, b->nodes, b->nodes_n, row->index);
    BYTES_COLUMN(p, struct log_node_row, b->nodes, b->nodes_n, row->hash.at, SHA256_BYTES);
}

static void add_intents(struct params *p, const struct log_batch *b)
{
    TEXT_COLUMN(p, struct log_intent_row, b->intents, b->intents_n, row->nonce);
    BYTES_COLUMN(p, struct log_intent_row, b->intents, b->intents_n, row->digest.at, SHA256_BYTES);
    INT8_COLUMN(p, struct log_intent_row, b->intents, b->intents_n, row->first);
    INT4_COLUMN(p, struct log_intent_row, b->intents, b->intents_n, row->entries);
}

struct err *log_append(struct arena *mem, struct store *s, const struct log_batch *batch)
{
    struct params p = {.mem = mem};
    struct digest root = tree_root(&batch->range);

    add_text(&p, arena_printf(mem, "%llu", (unsigned long long)batch->first));
    add_text(&p, instant_text(mem, batch->ts));
    add_entries(&p, batch);
    add_subjects(&p, batch);
    add_tree(&p, batch);
    add_intents(&p, batch);
    add_binary(&p, OID_BYTEA, batch->range.at, batch->range.n * sizeof(struct digest));
    add_binary(&p, OID_BYTEA, root.at, sizeof(root.at));
    add_text(&p, batch->checkpoint);
    add_text(&p, batch->events);
    assert(p.n == APPEND_PARAMS);
    const struct prepared append = {append_name, append_sql, append_name, p.types,
                                    store_prepared(s, append_name)};
    return store_ask_prepared(mem, s, &append,
                              &(struct values){p.n, p.values, p.lengths, p.formats}, NULL);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static struct digest digest_at(struct arena *mem, const struct rows *rows, size_t i,
                               const char *name)
{
    struct bytes b = rows_bytes(mem, rows, i, name);
    struct digest d = {{0}};

    if (b.n == sizeof(d.at))
        memcpy(d.at, b.at, b.n);
    return d;
}

/* The hashes at multiples of 8 levels are kept; those between are folded from up to 128 of them. */
static struct err *node(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret)
{
    enum { WIDEST = 128 };
    unsigned kept = level / 8, folds = level % 8;
    size_t n = (size_t)1 << folds;
    struct digest hashes[WIDEST];
    struct binds binds;
    struct rows *rows;

    binds_init(&binds, mem);
    bind_int(&binds, "level", kept);
    bind_int(&binds, "first", (int64_t)(index << folds));
    bind_int(&binds, "n", (int64_t)n);
    TRY(store_call(mem, ctx, kept ? "log_nodes" : "log_hashes", &binds, &rows));
    if (rows_count(rows) != n)
        return err_new(mem, ERR_BROKEN, "the log lacks hashes at level %u: run tenured audit",
                       kept);
    for (size_t i = 0; i < n; i++)
        hashes[i] = digest_at(mem, rows, i, "hash");
    for (; n > 1; n /= 2)
        for (size_t i = 0; i < n / 2; i++)
            hashes[i] = tree_node(hashes[2 * i], hashes[2 * i + 1]);
    *ret = hashes[0];
    return NULL;
}

struct tree_source log_source(struct store *s)
{
    return (struct tree_source){node, s};
}

/* ---- Heads ----------------------------------------------------------------------------------- */

struct taking {
    log_head_fn *take;
    void *ctx;
};

static void take_head(void *ctx, const struct rows *one)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const struct taking *t = ctx;
    const struct head head = {.tag = digest_at(mem, one, 0, "tag"),
                              .count = (uint64_t)rows_int(one, 0, "count"),
                              .last = digest_at(mem, one, 0, "last")};

    t->take(t->ctx, &head);
}

struct err *log_heads(struct arena *mem, struct store *s, uint64_t size, log_head_fn *take,
                      void *ctx)
{
    struct binds binds;

    binds_init(&binds, mem);
    bind_int(&binds, "size", (int64_t)size);
    return store_stream(mem, s, "log_heads", &binds, take_head, &(struct taking){take, ctx});
}

struct err *log_heads_within(struct arena *mem, struct store *s, uint64_t size,
                             const unsigned *subtrees, size_t n, log_head_fn *take, void *ctx)
{
    const char **prefixes = arena_array(mem, n + 1, sizeof(*prefixes));
    struct binds binds;

    for (size_t i = 0; i < n; i++)
        prefixes[i] = arena_printf(mem, "%04x", subtrees[i]);
    binds_init(&binds, mem);
    bind_list(&binds, "prefixes", prefixes, n);
    bind_int(&binds, "size", (int64_t)size);
    return store_stream(mem, s, "log_heads_within", &binds, take_head, &(struct taking){take, ctx});
}

struct err *log_heads_changed(struct arena *mem, struct store *s, uint64_t from, uint64_t to,
                              unsigned **ret, size_t *ret_n)
{
    struct binds binds;
    struct rows *rows;

    binds_init(&binds, mem);
    bind_int(&binds, "from", (int64_t)from);
    bind_int(&binds, "to", (int64_t)to);
    TRY(store_call(mem, s, "log_heads_changed", &binds, &rows));
    *ret_n = rows_count(rows);
    *ret = arena_array(mem, *ret_n + 1, sizeof(**ret));
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = (unsigned)strtoul(rows_text(rows, i, "prefix"), NULL, 16);
    return NULL;
}
