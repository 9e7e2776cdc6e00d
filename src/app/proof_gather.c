/* proof_gather.c - which entries of the log a proof needs, and where they are; see proof.h.
 *
 * The account's own events; the first entry of each command that made one, for it has the
 * signature; all of each key that signed; the entries that say what the things are called that the
 * others show; the log's first, which names its keys, and the last, which gives the time. Each
 * round looks at what is shown by then and asks for what that needs. */
#include "proof_gather.h"

#include "app/logkey.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- A set of entries ------------------------------------------------------------------------ */

struct want *gather_want(struct gathering *g, uint64_t index, unsigned why)
{
    const char *name = arena_printf(g->mem, "%" PRIu64, index);
    uintptr_t at = (uintptr_t)map_get(g->by_index, name);

    if (at) {
        struct want *known = &g->wants[at - 1];
        if (known->e.why != (known->e.why | why))
            known->seen_by = NULL; /* it shows more than before */
        known->e.why |= why;
        return known;
    }
    if (g->n == g->room) {
        size_t room = g->room ? g->room * 2 : 64;
        struct want *more = arena_array(g->mem, room, sizeof(*more));
        if (g->n)
            memcpy(more, g->wants, g->n * sizeof(*more));
        g->wants = more;
        g->room = room;
    }
    struct want *w = &g->wants[g->n++];
    *w = (struct want){.e = {.index = index, .seq = -1, .why = why}};
    map_set(g->by_index, name, (void *)(uintptr_t)g->n);
    return w;
}

void gather_want_rows(struct gathering *g, const struct rows *rows, unsigned why)
{
    for (size_t i = 0; i < rows_count(rows); i++)
        gather_want(g, (uint64_t)rows_int(rows, i, "index"), why);
}

static struct bytes copy_of(struct arena *mem, struct bytes b)
{
    return bytes_copy(mem, b.at, b.n);
}

static struct err *take_rows(struct gathering *g, const struct rows *rows, size_t asked)
{
    if (rows_count(rows) != asked)
        return err_new(g->mem, ERR_BROKEN, "entries of the log are missing: run tenured audit");
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct want *w = gather_want(g, (uint64_t)rows_int(rows, i, "index"), 0);
        w->e.raw.leaf = copy_of(g->mem, rows_bytes(g->mem, rows, i, "leaf"));
        w->e.raw.body = copy_of(g->mem, rows_bytes(g->mem, rows, i, "body"));
        w->fields = rows_text(rows, i, "fields");
    }
    return NULL;
}

struct err *gather_load(struct gathering *g)
{
    const char **indexes = arena_array(g->mem, g->n + 1, sizeof(*indexes));
    struct rows *rows;
    struct binds b;
    size_t n = 0;

    for (size_t i = 0; i < g->n; i++)
        if (!g->wants[i].fields)
            indexes[n++] = arena_printf(g->mem, "%" PRIu64, g->wants[i].e.index);
    if (!n)
        return NULL;
    binds_init(&b, g->mem);
    bind_list(&b, "indexes", indexes, n);
    TRY(store_call(g->mem, g->store, "proof_entries", &b, &rows));
    return take_rows(g, rows, n);
}

/* What the proof shows of an entry, in an arena of the caller's: to look at, not to keep. */
static struct err *look(struct gathering *g, const struct want *w, struct arena *mem,
                        struct entry_view *ret)
{
    struct bundle_entry e = w->e;

    e.raw.disclosures = w->fields;
    struct err *fault = bundle_choose(mem, &g->b, &e);
    if (!fault)
        fault = entry_open(mem, &e.raw, ret);
    if (fault)
        return err_new(g->mem, ERR_BROKEN, "entry %" PRIu64 ": %s: run tenured audit", w->e.index,
                       fault->text);
    return NULL;
}

struct err *gather_each(struct gathering *g, each_fn *fn, void *ctx)
{
    for (size_t i = 0; i < g->n; i++) {
        AUTO(arena_auto) struct arena *scratch = arena_new();
        struct entry_view *v = arena_alloc(scratch, sizeof(*v));
        struct want w = g->wants[i];
        if (!w.fields || w.seen_by == fn)
            continue;
        g->wants[i].seen_by = fn;
        TRY(look(g, &w, scratch, v));
        TRY(fn(g, &w, v, ctx));
    }
    return NULL;
}

struct err *gather_history(struct gathering *g, struct digest tag, struct rows **ret)
{
    struct binds b;

    binds_init(&b, g->mem);
    bind_bytes(&b, "tag", digest_bytes(&tag));
    bind_int(&b, "size", (int64_t)g->seal.size);
    return store_call(g->mem, g->store, "proof_history", &b, ret);
}

void words_add(struct gathering *g, struct words *l, struct map *seen, const char *word)
{
    if (map_get(seen, word))
        return;
    word = arena_copy(g->mem, word);
    map_set(seen, word, seen);
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 32;
        const char **more = arena_array(g->mem, room, sizeof(*more));
        if (l->n)
            memcpy(more, l->at, l->n * sizeof(*more));
        l->at = more;
        l->room = room;
    }
    l->at[l->n++] = word;
}

/* ---- The account's events, and the commands that made them ----------------------------------- */

static struct err *find_account(struct gathering *g, const char *account, uint64_t size)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, g->mem);
    bind_text(&b, "account", account);
    TRY(store_call(g->mem, g->store, "proof_account", &b, &rows));
    struct bytes tag = rows_count(rows) ? rows_bytes(g->mem, rows, 0, "tag") : (struct bytes){0};
    if (tag.n != sizeof(g->tag.at))
        return err_new(g->mem, ERR_BROKEN, "the account has no tag: run tenured audit");
    if ((uint64_t)rows_int(rows, 0, "known_from") >= size)
        return err_field(g->mem, "as_of", "is before the account was registered here");
    memcpy(g->tag.at, tag.at, sizeof(g->tag.at));
    return NULL;
}

static struct err *want_first(struct gathering *g, const struct want *w, const struct entry_view *v,
                              void *ctx)
{
    const json_t *follows = entry_field(v, "follows");

    (void)ctx;
    if (w->e.seq >= 0 && json_is_integer(follows))
        gather_want(g, (uint64_t)json_integer_value(follows), BUNDLE_FIRST);
    return NULL;
}

static struct err *take_account(struct gathering *g)
{
    struct rows *rows;

    TRY(gather_history(g, g->tag, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        gather_want(g, (uint64_t)rows_int(rows, i, "index"), 0)->e.seq = (int64_t)i;
    gather_want(g, 0, BUNDLE_NAME);
    gather_want(g, g->seal.size - 1, 0); /* it says of what time the seal is */
    TRY(gather_load(g));
    TRY(gather_each(g, want_first, NULL));
    TRY(seal_prove(g->mem, g->store, &g->seal, g->tag, &g->b.heads));
    return gather_load(g);
}

/* How the key that the log began with gave way to the one that signs now. */
static struct err *take_log_keys(struct gathering *g)
{
    struct log_keys keys;

    TRY(logkey_history(g->mem, g->store, &keys));
    if (keys.n == 1)
        return NULL;
    g->b.log_keys = log_keys_text(g->mem, &keys);
    for (size_t i = 0; i + 1 < keys.n; i++)
        if (keys.rotations[i].index < g->seal.size)
            gather_want(g, keys.rotations[i].index, BUNDLE_NAME);
    return gather_load(g);
}

/* ---- All together ---------------------------------------------------------------------------- */

static int by_index(const void *a, const void *b)
{
    const struct want *x = a, *y = b;

    return x->e.index < y->e.index ? -1 : x->e.index > y->e.index;
}

static struct err *finish(struct gathering *g)
{
    struct tree_source source = proof_tree(g->mem, g->store);

    qsort(g->wants, g->n, sizeof(*g->wants), by_index);
    g->b.entries = arena_array(g->mem, g->n + 1, sizeof(*g->b.entries));
    for (size_t i = 0; i < g->n; i++) {
        struct bundle_entry *e = &g->b.entries[g->b.n++];
        *e = g->wants[i].e;
        e->raw.disclosures = g->wants[i].fields;
        TRY(bundle_choose(g->mem, &g->b, e));
        TRY(tree_prove_inclusion(g->mem, &source, e->index, g->seal.size, &e->path));
    }
    return NULL;
}

struct err *proof_gather(struct job *job, const struct proof_wish *wish, struct bundle *ret,
                         struct seal *ret_seal)
{
    struct gathering g = {.mem = job->mem,
                          .store = job->store,
                          .by_index = map_new(job->mem),
                          .ids = map_new(job->mem),
                          .keys = map_new(job->mem),
                          .tokens = map_new(job->mem),
                          .hashes = map_new(job->mem)};

    g.b = (struct bundle){.tag_key = job->service->tag_public,
                          .account = wish->account,
                          .disclosed = wish->disclosed,
                          .withheld = wish->withheld};
    TRY(find_account(&g, wish->account, wish->size));
    TRY(seal_make(job->mem, job->store, job->service, wish->size, &g.seal));
    TRY(seal_cosign(job->mem, job->store, job->service, wish->cosigned, &g.seal));
    g.b.seal = g.seal.note;
    g.b.vkey = g.seal.vkey;
    TRY(take_account(&g));
    TRY(take_log_keys(&g));
    TRY(take_keys(&g));
    TRY(take_names(&g));
    TRY(take_erasures(&g));
    TRY(take_files(&g));
    TRY(finish(&g));
    *ret = g.b;
    *ret_seal = g.seal;
    return NULL;
}
