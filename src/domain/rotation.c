/* rotation.c - see rotation.h. Tarjan's algorithm finds the circles; it meets a circle after all
 * that it reaches, so following `reset by` it yields what must come first, first. */
#include "domain/rotation.h"

#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>

struct vertex {
    const char *account;
    unsigned *needs, needs_n; /* vertices that can reset this one */
    unsigned seen, low;       /* Tarjan's numbers; 0: not visited */
    unsigned sitting;
    bool on_stack;
};

struct graph {
    struct vertex *at;
    unsigned n, clock, sittings;
    unsigned *stack, stack_n;
    unsigned *sizes; /* of each sitting */
};

static void visit(struct graph *g, unsigned v)
{
    struct vertex *x = &g->at[v];

    x->seen = x->low = ++g->clock;
    x->on_stack = true;
    g->stack[g->stack_n++] = v;
    for (unsigned i = 0; i < x->needs_n; i++) {
        struct vertex *y = &g->at[x->needs[i]];
        if (!y->seen)
            visit(g, x->needs[i]);
        if ((y->on_stack || !y->sitting) && y->low < x->low)
            x->low = y->low;
    }
    if (x->low != x->seen)
        return;
    g->sittings++;
    for (unsigned w = UINT32_MAX; w != v;) {
        w = g->stack[--g->stack_n];
        g->at[w].on_stack = false;
        g->at[w].sitting = g->sittings;
        g->sizes[g->sittings]++;
    }
}

static int by_sitting(const void *a, const void *b)
{
    const struct rotation_place *x = a, *y = b;

    return (x->sitting > y->sitting) - (x->sitting < y->sitting);
}

static void add_needs(struct arena *mem, struct graph *g, const struct map *places,
                      const struct reset *resets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vertex *by = map_get(places, resets[i].by), *of = map_get(places, resets[i].of);
        if (!by || !of || by == of)
            continue;
        unsigned *more = arena_array(mem, of->needs_n + 1, sizeof(*more));
        for (unsigned k = 0; k < of->needs_n; k++)
            more[k] = of->needs[k];
        more[of->needs_n++] = (unsigned)(by - g->at);
        of->needs = more;
    }
}

struct rotation_place *rotation_order(struct arena *mem, const char *const *accounts, size_t n,
                                      const struct reset *resets, size_t resets_n)
{
    struct map *places = map_new(mem);
    struct graph g = {.n = (unsigned)n};
    struct rotation_place *order = arena_array(mem, n + 1, sizeof(*order));

    g.at = arena_array(mem, n + 1, sizeof(*g.at));
    g.stack = arena_array(mem, n + 1, sizeof(*g.stack));
    g.sizes = arena_array(mem, n + 2, sizeof(*g.sizes));
    for (unsigned i = 0; i < g.n; i++) {
        g.at[i].account = accounts[i];
        map_set(places, accounts[i], &g.at[i]);
    }
    add_needs(mem, &g, places, resets, resets_n);
    for (unsigned i = 0; i < g.n; i++)
        if (!g.at[i].seen)
            visit(&g, i);
    for (unsigned i = 0; i < g.n; i++)
        order[i] =
            (struct rotation_place){g.at[i].account, g.at[i].sitting, g.sizes[g.at[i].sitting] > 1};
    if (n)
        qsort(order, n, sizeof(*order), by_sitting);
    return order;
}
