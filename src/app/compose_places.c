/* compose_places.c - where the subjects of a piece of the log stand; see compose_places.h. */
#include "compose_places.h"

#include <assert.h>

/* Subjects that are not known yet. */
struct id_list {
    struct places *c;
    struct map *seen;
    const char *made; /* by the event's command, and not in the registry yet; NULL: nothing */
    const char **ids, **nouns, **asked;
    size_t n, asked_n, room;
};

static void collect_id(void *ctx, const char *noun, const char *id)
{
    struct id_list *l = ctx;

    if (map_get(l->seen, id) || map_get(l->c->by_id, id))
        return;
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 64;
        const char **ids = arena_array(l->c->mem, room, sizeof(*ids));
        const char **of = arena_array(l->c->mem, room, sizeof(*of));
        const char **asked = arena_array(l->c->mem, room, sizeof(*asked));
        if (l->n) {
            memcpy(ids, l->ids, l->n * sizeof(*ids));
            memcpy(of, l->nouns, l->n * sizeof(*of));
            memcpy(asked, l->asked, l->asked_n * sizeof(*asked));
        }
        l->ids = ids;
        l->nouns = of;
        l->asked = asked;
        l->room = room;
    }
    l->ids[l->n] = id;
    l->nouns[l->n++] = noun;
    if (!l->made || strcmp(id, l->made) != 0)
        l->asked[l->asked_n++] = id;
    map_set(l->seen, id, l);
}

static const char *tag_name(struct arena *mem, const struct digest *tag)
{
    return base64url_encode(mem, tag->at, sizeof(tag->at));
}

static struct place *place_add(struct places *c, const struct digest *tag)
{
    const char *name = tag_name(c->mem, tag);
    struct place *p = map_get(c->by_tag, name);

    if (p)
        return p;
    p = arena_alloc(c->mem, sizeof(*p));
    p->head.tag = *tag;
    p->next = c->first;
    c->first = p;
    map_set(c->by_tag, name, p);
    return p;
}

struct err *places_ask(struct arena *mem, struct store *store, const char *const *ids, size_t n,
                       struct rows **ret)
{
    struct binds b;

    *ret = NULL;
    if (!n)
        return NULL;
    binds_init(&b, mem);
    bind_list(&b, "ids", ids, n);
    return store_ask(mem, store, "subject_heads", &b, ret);
}

/* Those that are in the registry already. */
static void take_known(struct places *c, const struct rows *rows)
{
    for (size_t i = 0; rows && i < rows_count(rows); i++) {
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
}

/* A new account may share its tag with one that is there: the same presence, registered twice. */
static struct err *find_accounts(struct places *c, const char **tags, size_t n)
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

static struct err *find_new_accounts(struct places *c, const struct entry_event *events, size_t n)
{
    const char **tags = arena_array(c->mem, n + 1, sizeof(*tags));
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        const struct event *e = &events[i].event;
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
    return found ? find_accounts(c, tags, found) : NULL;
}

/* What the command makes is not in the registry, as long as nothing of the command is. */
static const char *made_by(const struct entry_event *one, uint64_t size)
{
    return one->first >= size ? one->job->new_id : NULL;
}

struct err *places_find(struct arena *mem, struct store *store, uint64_t size,
                        const struct rows *known, const struct entry_event *events, size_t n,
                        struct places *ret)
{
    struct places c = {.mem = mem, .store = store, .by_id = map_new(mem), .by_tag = map_new(mem)};
    struct id_list l = {.c = &c, .seen = map_new(mem)};
    struct rows *more;

    take_known(&c, known);
    for (size_t i = 0; i < n; i++) {
        l.made = made_by(&events[i], size);
        event_subjects(&events[i].event, collect_id, &l);
    }
    TRY(places_ask(mem, store, l.asked, l.asked_n, &more));
    TRY(store_answers(mem, store));
    take_known(&c, more);
    TRY(find_new_accounts(&c, events, n));
    for (size_t i = 0; i < l.n; i++) {
        if (map_get(c.by_id, l.ids[i]))
            continue;
        assert(strcmp(l.nouns[i], "account") != 0);
        struct digest tag = tag_other(l.nouns[i], l.ids[i]);
        map_set(c.by_id, l.ids[i], place_add(&c, &tag));
    }
    *ret = c;
    return NULL;
}

struct place *places_of(const struct places *places, const char *id)
{
    return map_get(places->by_id, id);
}

void places_moved(const struct places *places, struct head **ret, size_t *ret_n)
{
    size_t moved = 0;

    for (const struct place *p = places->first; p; p = p->next)
        moved += p->moved;
    struct head *heads = arena_array(places->mem, moved + 1, sizeof(*heads));
    *ret = heads;
    *ret_n = moved;
    for (const struct place *p = places->first; p; p = p->next)
        if (p->moved)
            *heads++ = p->head;
}
