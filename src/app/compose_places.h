/* compose_places.h - where the subjects of the log stand, while what is appended moves them on. */
#ifndef APP_COMPOSE_PLACES_H
#define APP_COMPOSE_PLACES_H

#include "app/job.h"
#include "store/log.h"

/* A decided event that becomes an entry. */
struct entry_event {
    struct job *job;
    struct event event; /* with its payloads */
    uint64_t first;     /* entry of the job's first event */
};

struct place {
    struct head head; /* count 0: no event yet */
    bool moved;
    struct place *next;
};
struct places {
    struct arena *mem;
    struct store *store;
    struct map *by_id, *by_tag;
    struct place *first;
};

/* Asks where things of the registry stand, by their ids; goes out with the store's next answers. */
MUST struct err *places_ask(struct arena *mem, struct store *store, const char *const *ids,
                            size_t n, struct rows **ret);
/* Those of all subjects that the events touch, which are to follow a log of this size; in mem. What
 * places_ask() was told, if it was asked and nothing was appended since, is not asked again: else
 * known is NULL. */
MUST struct err *places_find(struct arena *mem, struct store *store, uint64_t size,
                             const struct rows *known, const struct entry_event *events, size_t n,
                             struct places *ret);
/* Of a subject that an event of places_find() touches. */
struct place *places_of(const struct places *places, const char *id);

/* The heads of those whose chains are longer now; in the places' memory. */
void places_moved(const struct places *places, struct head **ret, size_t *ret_n);

#endif
