/* memory.c - where jansson's values live; see json.h. Before each stands whether it is an
 * arena's: what is freed may have been made while another place was named, or none. */
#include "json/json.h"

#include <stdlib.h>

/* jansson's values need no more alignment than their numbers. */
union head {
    bool of_arena;
    json_int_t whole;
    double real;
    void *at;
};

static _Thread_local struct arena *into;
static bool in_arenas;

static void *take(size_t n)
{
    union head *h = n > SIZE_MAX / 2 ? NULL
                    : into           ? arena_alloc(into, sizeof(*h) + n)
                                     : malloc(sizeof(*h) + n);

    if (!h)
        return NULL;
    h->of_arena = into != NULL;
    return h + 1;
}

static void leave(void *at)
{
    union head *h = at;

    if (h && !(--h)->of_arena)
        free(h);
}

/* What jansson has one of only, true say, stands behind no head of ours. */
bool json_lies_in(const struct arena *mem, const json_t *value)
{
    bool made = value && value->refcount != (size_t)-1;

    return made && in_arenas && into == mem && ((const union head *)value)[-1].of_arena;
}

void json_in_arenas(void)
{
    in_arenas = true;
    json_set_alloc_funcs(take, leave);
}

struct arena *json_into(struct arena *mem)
{
    struct arena *before = into;

    into = mem;
    return before;
}

void json_into_auto(struct arena **before)
{
    into = *before;
}
