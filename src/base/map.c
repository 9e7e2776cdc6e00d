/* map.c - open addressing with linear probing, at most half full; see map.h. */
#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    const char *key;
    void *value;
};

struct map {
    struct arena *mem;
    struct slot *slots;
    size_t room, n; /* room is a power of two */
};

enum { FIRST_ROOM = 64 };

struct map *map_new(struct arena *mem)
{
    struct map *m = arena_alloc(mem, sizeof(*m));

    m->mem = mem;
    m->room = FIRST_ROOM;
    m->slots = arena_array(mem, m->room, sizeof(*m->slots));
    return m;
}

static uint64_t hash(const char *key) /* FNV-1a */
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

static struct slot *slot_of(const struct map *m, const char *key)
{
    size_t i = hash(key) & (m->room - 1);

    while (m->slots[i].key && strcmp(m->slots[i].key, key) != 0)
        i = (i + 1) & (m->room - 1);
    return &m->slots[i];
}

void *map_get(const struct map *m, const char *key)
{
    return slot_of(m, key)->value;
}

static void drop_slots(void *map)
{
    free(((struct map *)map)->slots);
}

/* What grew is not the arena's: there, all sizes that a map ever had would lie side by side. */
static void grow(struct map *m)
{
    struct slot *old = m->slots;
    size_t n = m->room;

    m->room *= 2;
    m->slots = calloc(m->room, sizeof(*m->slots));
    if (!m->slots)
        abort();
    for (size_t i = 0; i < n; i++)
        if (old[i].key)
            *slot_of(m, old[i].key) = old[i];
    if (n == FIRST_ROOM)
        arena_on_free(m->mem, drop_slots, m);
    else
        free(old);
}

void map_set(struct map *m, const char *key, void *value)
{
    struct slot *slot = slot_of(m, key);

    if (!slot->key && ++m->n * 2 > m->room) {
        grow(m);
        slot = slot_of(m, key);
    }
    *slot = (struct slot){key, value};
}
