/* proof_needs.c - what the entries of a proof need beside them: the keys and tokens, with all of
 * their history; the entries that say what things are called; the files of evidence. See
 * proof_gather.h. */
#include "proof_gather.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- Keys ------------------------------------------------------------------------------------ */

/* What commands were asked for with. */
struct askers {
    struct words prints, tokens;
};

static struct err *add_asker(struct gathering *g, const struct want *w, const struct entry_view *v,
                             void *ctx)
{
    struct askers *askers = ctx;
    const char *signature = entry_text(v, "signature"), *token = entry_text(v, "token");
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct public_key signer;

    if (token)
        words_add(g, &askers->tokens, g->tokens, token);
    if (!signature || !entry_field(v, "intent"))
        return NULL;
    if (signature_key(scratch, signature, &signer))
        return err_new(g->mem, ERR_BROKEN,
                       "the signature of entry %" PRIu64 " cannot be read: run tenured audit",
                       w->e.index);
    words_add(g, &askers->prints, g->keys, signer.fingerprint);
    return NULL;
}

static int by_id(const void *a, const void *b)
{
    const struct bundle_key *x = a, *y = b;

    return strcmp(x->id, y->id);
}

static struct err *take_key(struct gathering *g, const char *id)
{
    struct bundle_key *k = &g->b.keys[g->b.keys_n++];
    struct digest tag = tag_other("key", id);
    struct rows *rows;

    k->id = arena_copy(g->mem, id);
    TRY(seal_prove(g->mem, g->store, &g->seal, tag, &k->heads));
    TRY(gather_history(g, tag, &rows));
    gather_want_rows(g, rows, BUNDLE_KEY);
    return NULL;
}

static struct err *take_found_keys(struct gathering *g, const struct words *prints)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, g->mem);
    bind_list(&b, "fingerprints", prints->at, prints->n);
    TRY(store_call(g->mem, g->store, "proof_keys", &b, &rows));
    struct bundle_key *more =
        arena_array(g->mem, g->b.keys_n + rows_count(rows) + 1, sizeof(*more));
    if (g->b.keys_n)
        memcpy(more, g->b.keys, g->b.keys_n * sizeof(*more));
    g->b.keys = more;
    for (size_t i = 0; i < rows_count(rows); i++)
        TRY(take_key(g, rows_text(rows, i, "id")));
    return gather_load(g);
}

static int by_token_id(const void *a, const void *b)
{
    const struct bundle_token *x = a, *y = b;

    return strcmp(x->id, y->id);
}

static struct err *take_found_tokens(struct gathering *g, const struct words *ids)
{
    struct bundle_token *more = arena_array(g->mem, g->b.tokens_n + ids->n + 1, sizeof(*more));
    struct rows *rows;

    if (g->b.tokens_n)
        memcpy(more, g->b.tokens, g->b.tokens_n * sizeof(*more));
    g->b.tokens = more;
    for (size_t i = 0; i < ids->n; i++) {
        struct bundle_token *t = &g->b.tokens[g->b.tokens_n++];
        struct digest tag = tag_other("token", ids->at[i]);
        t->id = ids->at[i];
        TRY(seal_prove(g->mem, g->store, &g->seal, tag, &t->heads));
        TRY(gather_history(g, tag, &rows));
        gather_want_rows(g, rows, BUNDLE_KEY);
    }
    return gather_load(g);
}

/* The history of a key or a token can bring in other signatures. */
struct err *take_keys(struct gathering *g)
{
    for (;;) {
        struct askers askers = {0};
        TRY(gather_each(g, add_asker, &askers));
        if (!askers.prints.n && !askers.tokens.n)
            break;
        TRY(take_found_keys(g, &askers.prints));
        TRY(take_found_tokens(g, &askers.tokens));
    }
    if (g->b.tokens_n)
        qsort(g->b.tokens, g->b.tokens_n, sizeof(*g->b.tokens), by_token_id);
    if (g->b.keys_n)
        qsort(g->b.keys, g->b.keys_n, sizeof(*g->b.keys), by_id);
    return NULL;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static void add_ids(struct gathering *g, struct words *ids, const json_t *value)
{
    const json_t *item;
    const char *key;
    size_t i;

    if (json_is_string(value) && is_uuid(json_string_value(value)))
        words_add(g, ids, g->ids, json_string_value(value));
    json_array_foreach (value, i, item) {
        add_ids(g, ids, item);
    }
    json_object_foreach (json_plain(value), key, item) {
        add_ids(g, ids, item);
    }
}

/* Of an entry that only names something, nothing more is followed up, or the whole company would
 * come in: but who sat in a position is to have a name. */
static struct err *add_named(struct gathering *g, const struct want *w, const struct entry_view *v,
                             void *ctx)
{
    const json_t *after = entry_field(v, "after");

    if (w->e.seq >= 0) {
        add_ids(g, ctx, after);
        add_ids(g, ctx, entry_field(v, "before"));
    }
    if (w->e.seq >= 0 || (w->e.why & (BUNDLE_FIRST | BUNDLE_KEY)))
        add_ids(g, ctx, entry_field(v, "initiator"));
    if ((w->e.why & BUNDLE_NAME) && text_starts(entry_text(v, "type"), "position."))
        add_ids(g, ctx, json_object_get(after, "person"));
    return NULL;
}

struct err *take_names(struct gathering *g)
{
    for (;;) {
        struct words ids = {0};
        struct rows *rows;
        struct binds b;
        TRY(gather_each(g, add_named, &ids));
        if (!ids.n)
            return NULL;
        binds_init(&b, g->mem);
        bind_list(&b, "ids", ids.at, ids.n);
        bind_int(&b, "size", (int64_t)g->seal.size);
        TRY(store_call(g->mem, g->store, "proof_names", &b, &rows));
        gather_want_rows(g, rows, BUNDLE_NAME);
        TRY(gather_load(g));
    }
}

/* ---- What was erased ------------------------------------------------------------------------- */

struct err *take_erasures(struct gathering *g)
{
    const char **indexes = arena_array(g->mem, g->n + 1, sizeof(*indexes));
    struct rows *rows;
    struct binds b;

    for (size_t i = 0; i < g->n; i++)
        indexes[i] = arena_printf(g->mem, "%" PRIu64, g->wants[i].e.index);
    binds_init(&b, g->mem);
    bind_list(&b, "indexes", indexes, g->n);
    bind_int(&b, "size", (int64_t)g->seal.size);
    TRY(store_call(g->mem, g->store, "proof_erasures", &b, &rows));
    gather_want_rows(g, rows, BUNDLE_NAME);
    return gather_load(g);
}

/* ---- Evidence -------------------------------------------------------------------------------- */

static struct err *add_hashes(struct gathering *g, const struct want *w, const struct entry_view *v,
                              void *ctx)
{
    const json_t *hashes = entry_field(v, "evidence"), *hash;
    size_t i;

    if (w->e.seq < 0)
        return NULL;
    json_array_foreach (hashes, i, hash) {
        if (json_is_string(hash))
            words_add(g, ctx, g->hashes, json_string_value(hash));
    }
    return NULL;
}

static struct err *take_file(struct gathering *g, const char *sha256, size_t *total)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, g->mem);
    bind_text(&b, "sha256", arena_printf(g->mem, "\\x%s", sha256));
    TRY(store_call(g->mem, g->store, "blob_has", &b, &rows));
    if (!rows_count(rows)) {
        bind_text(&b, "sha256", sha256);
        bind_int(&b, "size", (int64_t)g->seal.size);
        TRY(store_call(g->mem, g->store, "proof_file_erased", &b, &rows));
        gather_want_rows(g, rows, BUNDLE_NAME);
        if (rows_count(rows))
            return gather_load(g);
        return err_new(g->mem, ERR_NOT_FOUND,
                       "the evidence %.12s… is no longer kept here: --withhold files", sha256);
    }
    *total += (size_t)rows_int(rows, 0, "size");
    if (*total > ARCHIVE_BYTES_MAX)
        return err_new(g->mem, ERR_TOO_LARGE,
                       "the evidence is more than %d MiB together: --withhold files",
                       ARCHIVE_BYTES_MAX >> 20);
    TRY(store_call(g->mem, g->store, "blob_get", &b, &rows));
    g->b.files[g->b.files_n++] = (struct bundle_file){sha256, rows_bytes(g->mem, rows, 0, "bytes")};
    return NULL;
}

static int by_letters(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct err *take_files(struct gathering *g)
{
    struct words hashes = {0};
    size_t total = 0;

    if (bundle_hides(&g->b, "files"))
        return NULL;
    TRY(gather_each(g, add_hashes, &hashes));
    g->b.files = arena_array(g->mem, hashes.n + 1, sizeof(*g->b.files));
    if (hashes.n)
        qsort(hashes.at, hashes.n, sizeof(*hashes.at), by_letters);
    for (size_t i = 0; i < hashes.n; i++)
        TRY(take_file(g, hashes.at[i], &total));
    return NULL;
}
