/* compose.c - an entry's fields become a body, the body and the subjects' places a leaf, leaves a
 * bigger tree; see compose.h. */
#include "compose.h"

#include "base/date.h"
#include "log/checkpoint.h"
#include "json/record_json.h"

#include <assert.h>
#include <inttypes.h>

/* Where a subject of the log stands, while the batch moves it on. */
struct place {
    struct head head; /* count 0: no event yet */
    bool moved;
    struct place *next;
};

struct composer {
    struct arena *mem;
    struct store *store;
    const struct service *service;
    int64_t ts;
    struct log_batch *batch;
    struct map *by_id, *by_tag; /* of struct place */
    struct place *places;
    struct buf events;
    size_t history_room, nodes_room;
};

/* ---- Subjects -------------------------------------------------------------------------------- */

struct id_list {
    struct composer *c;
    struct map *seen;
    const char **ids, **nouns;
    size_t n, room;
};

static void collect_id(void *ctx, const char *noun, const char *id)
{
    struct id_list *l = ctx;

    if (map_get(l->seen, id))
        return;
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        const char **ids = arena_array(l->c->mem, room, sizeof(*ids));
        const char **of = arena_array(l->c->mem, room, sizeof(*of));
        if (l->n) {
            memcpy(ids, l->ids, l->n * sizeof(*ids));
            memcpy(of, l->nouns, l->n * sizeof(*of));
        }
        l->ids = ids;
        l->nouns = of;
        l->room = room;
    }
    l->ids[l->n] = id;
    l->nouns[l->n++] = noun;
    map_set(l->seen, id, l);
}

static const char *tag_name(struct arena *mem, const struct digest *tag)
{
    return base64url_encode(mem, tag->at, sizeof(tag->at));
}

static struct place *place_add(struct composer *c, const struct digest *tag)
{
    const char *name = tag_name(c->mem, tag);
    struct place *p = map_get(c->by_tag, name);

    if (p)
        return p;
    p = arena_alloc(c->mem, sizeof(*p));
    p->head.tag = *tag;
    p->next = c->places;
    c->places = p;
    map_set(c->by_tag, name, p);
    return p;
}

/* Those that are in the registry already. */
static struct err *find_known(struct composer *c, const struct id_list *l)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, c->mem);
    bind_list(&b, "ids", l->ids, l->n);
    TRY(store_call(c->mem, c->store, "subject_heads", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct bytes tag = rows_bytes(c->mem, rows, i, "tag");
        struct bytes last = rows_bytes(c->mem, rows, i, "last");
        struct digest d;
        if (tag.n != sizeof(d.at))
            continue;
        memcpy(d.at, tag.at, sizeof(d.at));
        struct place *p = place_add(c, &d);
        p->head.count = (uint64_t)rows_int(rows, i, "count");
        if (last.n == sizeof(d.at))
            memcpy(p->head.last.at, last.at, sizeof(d.at));
        map_set(c->by_id, rows_text(rows, i, "id"), p);
    }
    return NULL;
}

/* A new account may share its tag with one that is there: the same presence, registered twice. */
static struct err *find_accounts(struct composer *c, const char **tags, size_t n)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, c->mem);
    bind_list(&b, "tags", tags, n);
    TRY(store_call(c->mem, c->store, "tag_heads", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct digest d;
        memcpy(d.at, rows_bytes(c->mem, rows, i, "tag").at, sizeof(d.at));
        struct place *p = place_add(c, &d);
        p->head.count = (uint64_t)rows_int(rows, i, "count");
        memcpy(p->head.last.at, rows_bytes(c->mem, rows, i, "last").at, sizeof(d.at));
    }
    return NULL;
}

static bool registers_account(const struct event *e)
{
    return strcmp(e->type->name, "account.registered") == 0;
}

static struct err *find_new_accounts(struct composer *c, struct job **jobs, size_t n, size_t total)
{
    const char **tags = arena_array(c->mem, total + 1, sizeof(*tags));
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        for (const struct event *e = jobs[i]->events.first; e && !jobs[i]->error; e = e->next) {
            const char *tag = registers_account(e) ? json_text(e->after, "tag") : NULL;
            struct digest d;
            if (!tag)
                continue;
            bool ok = base64url_decode_to(tag, strlen(tag), d.at, sizeof(d.at));
            assert(ok);
            (void)ok;
            map_set(c->by_id, json_text(e->after, "account"), place_add(c, &d));
            tags[found++] = arena_printf(c->mem, "\\x%s", hex_encode(c->mem, d.at, sizeof(d.at)));
        }
    }
    return found ? find_accounts(c, tags, found) : NULL;
}

static struct err *find_subjects(struct composer *c, struct job **jobs, size_t n, size_t total)
{
    struct id_list l = {.c = c, .seen = map_new(c->mem)};

    for (size_t i = 0; i < n; i++)
        for (const struct event *e = jobs[i]->events.first; e && !jobs[i]->error; e = e->next)
            event_subjects(e, collect_id, &l);
    if (l.n)
        TRY(find_known(c, &l));
    TRY(find_new_accounts(c, jobs, n, total));
    for (size_t i = 0; i < l.n; i++) {
        if (map_get(c->by_id, l.ids[i]))
            continue;
        assert(strcmp(l.nouns[i], "account") != 0);
        struct digest tag = tag_other(l.nouns[i], l.ids[i]);
        map_set(c->by_id, l.ids[i], place_add(c, &tag));
    }
    return NULL;
}

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
    struct place *p = map_get(t->c->by_id, id);

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

static struct err *add_entry(struct composer *c, struct job *job, struct event *e, uint64_t first)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct log_batch *b = c->batch;
    struct touching t = {.c = c};
    struct leaf_subject subjects[LEAF_SUBJECTS_MAX];
    struct entry_fields f = {.mem = scratch};
    uint64_t index = b->range.size;

    const char *fault = event_fault(c->mem, e);
    if (fault)
        return err_new(c->mem, ERR_SYSTEM, "%s", fault);
    const char *effective_at = e->effective_at ? e->effective_at : instant_text(scratch, c->ts);
    compose_fields(&f, job, e, effective_at, first);
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
    add_fold_event(c, scratch, job, e, effective_at, index);
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

static struct err *sign(struct composer *c, const char *vkey)
{
    struct log_batch *b = c->batch;
    struct checkpoint point = {
        .origin = c->service->origin, .size = b->range.size, .root = tree_root(&b->range)};
    struct signer *signer;

    TRY(keyring_use(c->mem, c->service->keys, vkey ? vkey : keyring_vkey(c->service->keys),
                    &signer));
    return note_sign_by(c->mem, checkpoint_text(c->mem, &point), c->service->origin, signer,
                        &b->checkpoint);
}

/* The subjects whose chains are longer now. */
static void list_moved(struct composer *c)
{
    struct log_batch *b = c->batch;
    size_t moved = 0;

    for (const struct place *p = c->places; p; p = p->next)
        moved += p->moved;
    b->subjects = arena_array(c->mem, moved + 1, sizeof(*b->subjects));
    for (const struct place *p = c->places; p; p = p->next)
        if (p->moved)
            b->subjects[b->subjects_n++] = p->head;
}

struct err *compose(struct arena *mem, struct store *store, const struct service *service,
                    struct job **jobs, size_t n, const struct log_head *head, int64_t ts,
                    struct log_batch *ret)
{
    struct log_batch b = {.first = head->range.size, .ts = ts, .range = head->range};
    struct composer c = {.mem = mem,
                         .store = store,
                         .service = service,
                         .ts = ts,
                         .batch = &b,
                         .by_id = map_new(mem),
                         .by_tag = map_new(mem)};
    size_t total = 0;

    for (size_t i = 0; i < n; i++)
        total += jobs[i]->error ? 0 : jobs[i]->events.n;
    b.entries = arena_array(mem, total + 1, sizeof(*b.entries));
    b.intents = arena_array(mem, n + 1, sizeof(*b.intents));
    buf_init(&c.events, mem, 1 << 30);
    buf_byte(&c.events, '[');
    TRY(find_subjects(&c, jobs, n, total));
    for (size_t i = 0; i < n; i++) {
        uint64_t first = b.range.size;
        if (jobs[i]->error || jobs[i]->deferred || !jobs[i]->events.n)
            continue;
        for (struct event *e = jobs[i]->events.first; e; e = e->next)
            TRY(add_entry(&c, jobs[i], e, first));
        add_intent_row(&c, jobs[i], first);
    }
    buf_byte(&c.events, ']');
    b.events = c.events.at;
    list_moved(&c);
    TRY(sign(&c, head->vkey));
    *ret = b;
    return NULL;
}
