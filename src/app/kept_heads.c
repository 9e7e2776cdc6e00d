/* kept_heads.c - see kept_heads.h. */
#include "kept_heads.h"

#include "store/log.h"

#include <pthread.h>
#include <stdlib.h>

/* Where more than these are other subtrees, all subjects are read: they come faster in order. */
enum { CHANGED_MAX = HEADS_SUBTREES / 16 };

struct kept_heads {
    pthread_mutex_t lock;
    struct heads_top *top; /* NULL: none yet */
    uint64_t size;
    struct digest root; /* of the log at that size */
};

static void drop_kept(void *kept)
{
    struct kept_heads *k = kept;

    heads_top_free(k->top);
    pthread_mutex_destroy(&k->lock);
}

struct kept_heads *kept_heads_new(struct arena *mem)
{
    struct kept_heads *kept = arena_alloc(mem, sizeof(*kept));

    pthread_mutex_init(&kept->lock, NULL);
    arena_on_free(mem, drop_kept, kept);
    return kept;
}

static void drop_top(void *top)
{
    heads_top_free(top);
}

static struct heads_top *top_of(struct arena *mem, struct heads_top *top)
{
    arena_on_free(mem, drop_top, top);
    return top;
}

/* ---- Heads as they come, a subtree after the other ------------------------------------------- */

struct coming {
    struct arena *mem;
    struct heads_top *top; /* NULL: only one subtree comes, and is looked at */
    struct head *at;
    size_t n, room;
};

/* All of a subtree have come. */
static void set_subtree(struct coming *c)
{
    if (c->n)
        heads_top_set(c->top, heads_subtree_of(&c->at[0].tag), c->at, c->n);
    c->n = 0;
}

static void make_room(struct coming *c)
{
    enum { FIRST_ROOM = 64 };
    size_t room = c->room ? c->room * 2 : FIRST_ROOM;
    struct head *more = arena_array(c->mem, room, sizeof(*more));

    if (c->n)
        memcpy(more, c->at, c->n * sizeof(*more));
    c->at = more;
    c->room = room;
}

static void take_head(void *ctx, const struct head *head)
{
    struct coming *c = ctx;

    if (c->top && c->n && heads_subtree_of(&c->at[0].tag) != heads_subtree_of(&head->tag))
        set_subtree(c);
    if (c->n == c->room)
        make_room(c);
    c->at[c->n++] = *head;
}

/* ---- The tree at a size ---------------------------------------------------------------------- */

static struct err *read_all(struct arena *mem, struct store *store, uint64_t size,
                            struct heads_top **ret)
{
    struct coming c = {.mem = mem, .top = top_of(mem, heads_top_new())};

    TRY(log_heads(mem, store, size, take_head, &c));
    set_subtree(&c);
    heads_top_fold(c.top);
    *ret = c.top;
    return NULL;
}

static bool is_near(uint64_t from, uint64_t to)
{
    return to - from <= HEADS_SUBTREES;
}

/* What is kept, as it was when somebody looked: the lock is held for no question. */
struct view {
    struct heads_top *top; /* a copy; NULL: nothing is kept */
    uint64_t size;
    struct digest root;
};

/* From a tree of another size, before or after. *ret stays NULL where too much is another. */
static struct err *read_changed(struct arena *mem, struct store *store, const struct view *kept,
                                uint64_t size, struct heads_top **ret)
{
    uint64_t from = kept->size < size ? kept->size : size;
    uint64_t to = kept->size < size ? size : kept->size;
    unsigned *changed;
    size_t n;

    if (!is_near(from, to))
        return NULL;
    TRY(log_heads_changed(mem, store, from, to, &changed, &n));
    if (n > CHANGED_MAX)
        return NULL;
    struct coming c = {.mem = mem, .top = kept->top};
    for (size_t i = 0; i < n; i++)
        heads_top_set(c.top, changed[i], NULL, 0); /* before its first there was nothing */
    TRY(log_heads_within(mem, store, size, changed, n, take_head, &c));
    set_subtree(&c);
    heads_top_fold(c.top);
    *ret = c.top;
    return NULL;
}

/* Is the log the one that the tree was made of? Whoever began before its last entries came does not
 * see them, and cannot tell. */
static bool is_of(struct arena *mem, struct store *store, const struct view *kept)
{
    struct tree_source source = log_source(store);
    struct tree_range range;

    if (!kept->top || tree_range_load(mem, &source, kept->size, &range))
        return false;
    struct digest root = tree_root(&range);
    return digest_same(root, kept->root);
}

static struct view look(struct arena *mem, struct kept_heads *kept)
{
    pthread_mutex_lock(&kept->lock);
    struct view v = {kept->top ? top_of(mem, heads_top_copy(kept->top)) : NULL, kept->size,
                     kept->root};
    pthread_mutex_unlock(&kept->lock);
    return v;
}

/* The newest; who asks as of long ago comes seldom. Of one size it is the latest that was read. */
static void keep(struct kept_heads *kept, uint64_t size, const struct digest *root,
                 const struct heads_top *top)
{
    pthread_mutex_lock(&kept->lock);
    if (!kept->top || size >= kept->size) {
        heads_top_free(kept->top);
        kept->top = heads_top_copy(top);
        kept->size = size;
        kept->root = *root;
    }
    pthread_mutex_unlock(&kept->lock);
}

struct err *kept_heads_at(struct arena *mem, struct store *store, struct kept_heads *kept,
                          uint64_t size, const struct digest *root, struct heads_top **ret)
{
    const struct view v = look(mem, kept);

    *ret = NULL;
    if (v.top && v.size == size && digest_same(v.root, *root)) {
        *ret = v.top;
        return NULL;
    }
    if (v.size != size && is_of(mem, store, &v))
        TRY(read_changed(mem, store, &v, size, ret));
    if (!*ret)
        TRY(read_all(mem, store, size, ret));
    keep(kept, size, root, *ret);
    return NULL;
}

struct err *kept_heads_prove(struct arena *mem, struct store *store, const struct heads_top *top,
                             uint64_t size, struct digest tag, struct heads_proof *ret)
{
    unsigned needs = heads_top_needs(top, &tag);
    struct coming there = {.mem = mem};

    TRY(log_heads_within(mem, store, size, &needs, 1, take_head, &there));
    heads_top_prove(top, there.at, there.n, tag, ret);
    return NULL;
}
