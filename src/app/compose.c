/* compose.c - an entry's fields become a body, the body and the subjects' places a leaf, leaves a
 * bigger tree; see compose.h. */
#include "compose.h"

#include "compose_places.h"

#include "base/date.h"
#include "log/checkpoint.h"
#include "json/record_json.h"

#include <assert.h>
#include <inttypes.h>

/* What one statement appends: a command may have hundreds of thousands of entries, and no more of
 * them than this are in memory at once. */
enum { PIECE_ENTRIES = 512 };

struct composer {
    struct arena *mem; /* of a piece */
    const struct service *service;
    int64_t ts;
    struct log_batch *batch;
    struct places places;
    struct buf events;
    size_t history_room, nodes_room;
};

/* ---- Leaves ---------------------------------------------------------------------------------- */

struct touching {
    struct composer *c;
    struct place *places[LEAF_SUBJECTS_MAX];
    size_t n;
    bool full; /* something did not fit */
};

static void touch(void *ctx, const char *noun, const char *id)
{
    struct touching *t = ctx;
    struct place *p = places_of(&t->c->places, id);

    (void)noun;
    assert(p);
    for (size_t i = 0; i < t->n; i++)
        if (t->places[i] == p)
            return;
    t->full = t->full || t->n == LEAF_SUBJECTS_MAX;
    if (!t->full)
        t->places[t->n++] = p;
}

static void *grown(struct arena *mem, void *rows, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return rows;
    *room = *room ? *room * 2 : 64;
    void *more = arena_array(mem, *room, size);
    if (n)
        memcpy(more, rows, n * size);
    return more;
}

static void move_on(struct composer *c, struct place *p, uint64_t index, struct digest hash)
{
    struct log_batch *b = c->batch;

    b->history = grown(c->mem, b->history, b->history_n, &c->history_room, sizeof(*b->history));
    b->history[b->history_n++] = (struct log_history_row){p->head.tag, p->head.count, index};
    p->head.count++;
    p->head.last = hash;
    p->moved = true;
}

static void grow_tree(struct composer *c, struct digest hash)
{
    struct log_batch *b = c->batch;
    struct digest completed[TREE_TILE_LEVELS];

    tree_append(&b->range, hash, completed);
    uint64_t size = b->range.size;
    for (unsigned level = 1; level < TREE_TILE_LEVELS && (size >> 8 * (level - 1)) % 256 == 0;
         level++) {
        b->nodes = grown(c->mem, b->nodes, b->nodes_n, &c->nodes_room, sizeof(*b->nodes));
        b->nodes[b->nodes_n++] =
            (struct log_node_row){level, (size >> 8 * level) - 1, completed[level]};
    }
}

/* What the fold gets: the whole payload, with personal values in their places. */
static void add_fold_event(struct composer *c, struct arena *mem, const struct job *job,
                           const struct event *e, const char *effective_at, uint64_t index)
{
    struct jsonw w;

    buf_byte(&c->events, c->events.n > 1 ? ',' : ' ');
    jsonw_open(&w, &c->events);
    jsonw_int(&w, "index", (int64_t)index);
    jsonw_text(&w, "type", e->type->name);
    jsonw_text(&w, "recorded_at", instant_text(mem, c->ts));
    jsonw_text(&w, "effective_at", effective_at);
    jsonw_text(&w, "initiator", job->actor.id);
    jsonw_raw(&w, "after", json_canonical(mem, e->after));
    jsonw_raw(&w, "before", e->before ? json_canonical(mem, e->before) : NULL);
    jsonw_text(&w, "reason", e->reason);
    jsonw_close(&w);
}

static struct err *add_entry(struct composer *c, const struct entry_event *one)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct log_batch *b = c->batch;
    struct touching t = {.c = c};
    struct leaf_subject subjects[LEAF_SUBJECTS_MAX];
    struct entry_fields f = {.mem = scratch};
    const struct event *e = &one->event;
    uint64_t index = b->range.size;

    const char *fault = event_fault(c->mem, e);
    if (fault)
        return err_new(c->mem, ERR_SYSTEM, "%s", fault);
    const char *effective_at = e->effective_at ? e->effective_at : instant_text(scratch, c->ts);
    compose_fields(&f, one->job, e, effective_at, one->first, index);
    event_subjects(e, touch, &t);
    if (f.full || t.full)
        return err_new(c->mem, ERR_USAGE,
                       "this says too much for one entry of the log: ask for it in parts");
    const char *body = arena_copy(c->mem, body_new(scratch, f.texts, f.n));
    for (size_t i = 0; i < t.n; i++) {
        const struct head *h = &t.places[i]->head;
        subjects[i] = (struct leaf_subject){h->tag, h->count, h->last};
    }
    bool distinct = leaf_sort(subjects, t.n);
    assert(distinct);
    (void)distinct;
    struct leaf leaf = {sha256(bytes_of_text(body)), subjects, t.n, c->ts};
    const char *text = arena_copy(c->mem, leaf_text(scratch, &leaf));
    struct digest hash = tree_leaf(bytes_of_text(text));
    for (size_t i = 0; i < t.n; i++)
        move_on(c, t.places[i], index, hash);
    b->entries[b->entries_n++] =
        (struct log_entry_row){text, body, e->type->name,
                               arena_copy(c->mem, disclosures_join(scratch, f.texts, f.n)), hash};
    add_fold_event(c, scratch, one->job, e, effective_at, index);
    grow_tree(c, hash);
    return NULL;
}

static void add_intent_row(struct composer *c, const struct job *job, uint64_t first)
{
    struct log_batch *b = c->batch;

    if (job->intent_text)
        b->intents[b->intents_n++] = (struct log_intent_row){job->intent.nonce, job->intent.digest,
                                                             first, (int64_t)job->events.n};
}

static struct err *sign(struct arena *mem, const struct service *service, const char *vkey,
                        struct log_batch *b)
{
    struct checkpoint point = {
        .origin = service->origin, .size = b->range.size, .root = tree_root(&b->range)};
    struct signer *signer;

    TRY(keyring_use(mem, service->keys, vkey ? vkey : keyring_vkey(service->keys), &signer));
    return note_sign_by(mem, checkpoint_text(mem, &point), service->origin, signer, &b->checkpoint);
}

/* ---- Pieces ---------------------------------------------------------------------------------- */

/* How far the jobs' events are composed. */
struct cursor {
    struct job **jobs;
    size_t n, at;
    struct event *next; /* of the job at which it stands; NULL: that one is done */
    uint64_t index, first;
    const struct rows *places; /* where subjects stand, as long as nothing was appended */
};

/* To the next job that has something to append, if there is none left of this. */
static bool go_on(struct cursor *k)
{
    for (; !k->next && k->at < k->n; k->at++) {
        const struct job *job = k->jobs[k->at];
        if (job->error || job->deferred || !job->events.n)
            continue;
        k->next = job->events.first;
        k->first = k->index;
        return true;
    }
    return k->next != NULL;
}

/* The job which the next event is of. */
static struct job *job_at(const struct cursor *k)
{
    return k->jobs[k->at];
}

static size_t take_some(struct arena *mem, struct cursor *k, struct entry_event *some)
{
    size_t n = 0;

    for (; n < PIECE_ENTRIES && go_on(k); n++) {
        some[n] = (struct entry_event){job_at(k), event_unpacked(mem, k->next), k->first};
        k->next = k->next->next;
        k->index++;
        k->at += k->next == NULL;
    }
    return n;
}

/* As many of the events as one statement takes, behind what the log has up to now. */
static struct err *compose_piece(struct arena *mem, struct store *store,
                                 const struct service *service, struct cursor *k,
                                 const struct tree_range *range, int64_t ts, struct log_batch *ret)
{
    struct log_batch b = {.first = range->size, .ts = ts, .range = *range};
    struct composer c = {.mem = mem, .service = service, .ts = ts, .batch = &b};
    struct entry_event *some = arena_array(mem, PIECE_ENTRIES, sizeof(*some));
    size_t n = take_some(mem, k, some);

    b.entries = arena_array(mem, n + 1, sizeof(*b.entries));
    b.intents = arena_array(mem, n + 1, sizeof(*b.intents));
    buf_init(&c.events, mem, 1 << 30);
    buf_byte(&c.events, '[');
    TRY(places_find(mem, store, range->size, k->places, some, n, &c.places));
    for (size_t i = 0; i < n; i++) {
        if (some[i].first == b.range.size)
            add_intent_row(&c, some[i].job, b.range.size);
        TRY(add_entry(&c, &some[i]));
    }
    buf_byte(&c.events, ']');
    b.events = c.events.at;
    places_moved(&c.places, &b.subjects, &b.subjects_n);
    *ret = b;
    return NULL;
}

static struct err *try_piece(struct arena *mem, struct store *store, const struct service *service,
                             struct cursor *k, struct tree_range *range, int64_t ts)
{
    struct log_batch b;

    TRY(compose_piece(mem, store, service, k, range, ts, &b));
    TRY(log_append(mem, store, &b));
    TRY(store_answers(mem, store));
    *range = b.range;
    k->places = NULL;
    return NULL;
}

/* Its memory goes with it. */
static struct err *append_piece(struct arena *mem, struct store *store,
                                const struct service *service, struct cursor *k,
                                struct tree_range *range, int64_t ts)
{
    AUTO(arena_auto) struct arena *piece = arena_new();
    const struct err *e = try_piece(piece, store, service, k, range, ts);

    return e ? err_new(mem, e->kind, "%s", e->text) : NULL;
}

struct err *compose(struct arena *mem, struct store *store, const struct service *service,
                    struct job **jobs, size_t n, const struct standing *from, struct log_batch *ret)
{
    struct tree_range range = from->head->range;
    struct cursor k = {.jobs = jobs, .n = n, .index = range.size, .places = from->places};
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
        left += jobs[i]->error || jobs[i]->deferred ? 0 : jobs[i]->events.n;
    for (; left > PIECE_ENTRIES; left -= PIECE_ENTRIES)
        TRY(append_piece(mem, store, service, &k, &range, from->ts));
    TRY(compose_piece(mem, store, service, &k, &range, from->ts, ret));
    return sign(mem, service, from->head->vkey, ret);
}
