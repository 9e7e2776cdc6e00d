/* machine.c - the tables of the code are the design's, and no state is a trap. */
#include "domain/machine.h"

#include "base/text.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *name;
    const struct transition *table;
} machines[] = {{"handover", handover_transitions}, {"step", step_transitions}};
enum { MACHINES = sizeof(machines) / sizeof(*machines), STATES_MAX = 20 };

static const json_t *machine_json(struct arena *mem, size_t k)
{
    return json_object_get(vectors(mem, "state_machine.json"), machines[k].name);
}

static size_t count(const struct transition *table)
{
    size_t n = 0;

    while (table[n].event)
        n++;
    return n;
}

/* "from" is a word, a list of words, or null. */
static bool has_from(const json_t *row, const char *state)
{
    const json_t *from = json_object_get(row, "from"), *one;
    size_t i;

    if (json_is_string(from))
        return strcmp(json_string_value(from), state) == 0;
    json_array_foreach (from, i, one)
        if (strcmp(json_string_value(one), state) == 0)
            return true;
    return false;
}

static size_t from_count(const json_t *row)
{
    const json_t *from = json_object_get(row, "from");

    return json_is_string(from) ? 1 : json_array_size(from);
}

Test(machine, every_row_is_the_designs)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t k = 0; k < MACHINES; k++) {
        const json_t *rows = json_object_get(machine_json(mem, k), "transitions"), *row;
        size_t i, n;
        cr_assert_eq(count(machines[k].table), json_array_size(rows), "%s", machines[k].name);
        json_array_foreach (rows, i, row) {
            const struct transition *t = &machines[k].table[i];
            cr_expect_str_eq(t->id, json_text(row, "id"));
            cr_expect_str_eq(t->event, json_text(row, "event"), "%s", t->id);
            cr_expect(text_same(t->to, json_text(row, "to")), "%s to", t->id);
            for (n = 0; t->from[n]; n++)
                cr_expect(has_from(row, t->from[n]), "%s from %s", t->id, t->from[n]);
            cr_expect_eq(n, from_count(row), "%s has %zu of %zu", t->id, n, from_count(row));
        }
    }
}

static const json_t *stored(struct arena *mem, size_t k)
{
    return json_object_get(machine_json(mem, k), "stored");
}

static size_t place_of(const json_t *states, const char *state)
{
    const json_t *one;
    size_t i;

    json_array_foreach (states, i, one)
        if (strcmp(json_string_value(one), state) == 0)
            return i;
    cr_assert_fail("'%s' is no state", state);
    return 0;
}

/* Marks what one transition more can reach, forwards or back, until nothing moves. */
static void spread(const struct transition *table, const json_t *states, bool back, bool *marked)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (const struct transition *t = table; t->event; t++) {
            for (size_t n = 0; t->to && t->from[n]; n++) {
                size_t from = place_of(states, t->from[n]), to = place_of(states, t->to);
                size_t a = back ? to : from, b = back ? from : to;
                moved = moved || (marked[a] && !marked[b]);
                marked[b] = marked[b] || marked[a];
            }
        }
    }
}

Test(machine, every_state_can_be_reached_and_every_path_can_end)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t k = 0; k < MACHINES; k++) {
        const json_t *states = stored(mem, k), *state;
        const json_t *ends = json_object_get(machine_json(mem, k), "terminal");
        bool reached[STATES_MAX] = {false}, ending[STATES_MAX] = {false};
        size_t i;
        cr_assert(json_array_size(states) <= STATES_MAX);
        reached[place_of(states, json_text(machine_json(mem, k), "initial"))] = true;
        spread(machines[k].table, states, false, reached);
        json_array_foreach (ends, i, state)
            ending[place_of(states, json_string_value(state))] = true;
        spread(machines[k].table, states, true, ending);
        json_array_foreach (states, i, state) {
            cr_expect(reached[i], "%s: nothing leads to %s", machines[k].name,
                      json_string_value(state));
            cr_expect(ending[i], "%s: %s never ends", machines[k].name, json_string_value(state));
        }
    }
}

Test(machine, what_is_not_in_the_table_cannot_happen)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t k = 0; k < MACHINES; k++) {
        const json_t *states = stored(mem, k), *state, *row;
        const json_t *rows = json_object_get(machine_json(mem, k), "transitions");
        size_t i;
        json_array_foreach (states, i, state) {
            for (const struct transition *t = machines[k].table; t->event; t++) {
                const char *from = json_string_value(state), *to = NULL;
                bool may = false;
                size_t n;
                json_array_foreach (rows, n, row)
                    may = may ||
                          (strcmp(json_text(row, "event"), t->event) == 0 && has_from(row, from));
                struct err *e =
                    machine_step(mem, machines[k].table, "it", from, t->event, "x", &to);
                cr_expect_eq(e == NULL, may, "%s: %s from %s", machines[k].name, t->event, from);
                cr_expect(!may || to, "%s from %s leads nowhere", t->event, from);
            }
        }
    }
}

/* A guard that no row names guards nothing, and one without words cannot be met. */
Test(machine, every_guard_has_a_row_and_words)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (const struct guard *g = guards; g->name; g++) {
        bool named = false;
        for (size_t k = 0; k < MACHINES; k++)
            for (const struct transition *t = machines[k].table; t->event; t++)
                for (const char *const *n = t->guards; *n; n++)
                    named = named || strcmp(*n, g->name) == 0;
        cr_expect(named, "no transition asks '%s'", g->name);
        cr_expect(g->means && g->how && *g->means && *g->how, "%s", g->name);
        cr_expect_null(strchr(guard_how(mem, g, "h-1", "4"), '{'), "%s", g->how);
    }
    for (size_t k = 0; k < MACHINES; k++)
        for (const struct transition *t = machines[k].table; t->event; t++) {
            cr_expect(t->guards[0], "%s has no guard", t->id);
            for (const char *const *n = t->guards; *n; n++)
                cr_expect_not_null(guard_of(t->id, *n), "%s %s", t->id, *n);
        }
    cr_expect(guard_is_of("S8", "evidence"));
    cr_expect_not(guard_is_of("S1", "evidence"));
    cr_expect_not(guard_is_of("S8", "bucket"));
    cr_expect_not(guard_is_of("S88", "evidence"));
    cr_expect_str_eq(guard_how(mem, guard_of("S16", "leads"), "h-1", "4"),
                     "whoever leads the case: tenure step retry h-1 4 --note WORDS");
}
