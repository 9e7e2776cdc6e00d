/* template.c - see template.h. */
#include "domain/template.h"

#include <stdlib.h>

const char *const template_exit_types[] = {"leaver",    "hostile",        "mover",      "absence",
                                           "hand_back", "death",          "incapacity", "owner",
                                           "agency",    "reorganisation", "merger",     NULL};

/* ---- Overrides ------------------------------------------------------------------------------- */

/* How far up the unit is: 0 is the account's own; the number of units when it is none of them. */
static size_t nearness(const struct template_facts *facts, const char *unit)
{
    size_t i = 0;

    while (i < facts->units.n && strcmp(facts->units.at[i], unit) != 0)
        i++;
    return i;
}

static bool is_exit(const struct template_facts *facts, const char *word)
{
    return text_same(word, facts->exit_type) || (facts->hostile && text_same(word, "hostile"));
}

bool template_fits(const struct template_layer *layer, const struct template_facts *facts)
{
    return (!layer->unit || nearness(facts, layer->unit) < facts->units.n) &&
           (!layer->kind || text_same(layer->kind, facts->kind)) &&
           (!layer->exit_type || is_exit(facts, layer->exit_type));
}

/* Greater is closer. */
static size_t closeness(const struct template_layer *l, const struct template_facts *facts)
{
    size_t unit = l->unit ? facts->units.n - nearness(facts, l->unit) : 0;

    return unit * 4 + (l->kind ? 2 : 0) + (l->exit_type ? 1 : 0);
}

void template_order(const struct template_layer **layers, size_t n,
                    const struct template_facts *facts)
{
    for (size_t i = 1; i < n; i++) {
        const struct template_layer *one = layers[i];
        size_t k = i;
        for (; k > 0 && closeness(layers[k - 1], facts) > closeness(one, facts); k--)
            layers[k] = layers[k - 1];
        layers[k] = one;
    }
}

static json_t *step_of(json_t *steps, const char *id)
{
    json_t *step;
    size_t i;

    json_array_foreach (steps, i, step) {
        if (text_same(json_text(step, "id"), id))
            return step;
    }
    return NULL;
}

/* The base's steps each carry its name. */
static json_t *steps_of(const json_t *base, const char *name)
{
    json_t *steps = json_deep_copy(json_object_get(base, "transfer_steps")), *step;
    size_t i;

    json_array_foreach (steps, i, step) {
        json_object_set_new(step, "layers", json_string(name));
    }
    return steps;
}

static struct err *lay_over(struct arena *mem, json_t *steps, const struct template_layer *layer)
{
    const json_t *added = json_object_get(layer->content, "transfer_steps"), *over;
    size_t i;

    if (!json_array_size(added))
        return err_new(mem, ERR_INVALID, "the override '%s' has no transfer_steps", layer->name);
    json_array_foreach (added, i, over) {
        const char *id = json_text(over, "id");
        if (!id)
            return err_new(mem, ERR_INVALID, "a step of the override '%s' has no id", layer->name);
        const char *called = arena_printf(mem, "%s %lld", layer->name, (long long)layer->version);
        json_t *step = step_of(steps, id);
        if (!step) {
            step = json_deep_copy(over);
            json_array_append_new(steps, step);
        } else {
            called = arena_printf(mem, "%s, %s", json_text(step, "layers"), called);
            json_object_update(step, json_plain(over));
        }
        json_object_set_new(step, "layers", json_string(called));
    }
    return NULL;
}

struct err *template_compose(struct arena *mem, const json_t *base, const char *name,
                             const struct template_layer *const *layers, size_t n, json_t **ret)
{
    json_t *content = json_keep(mem, json_copy(json_plain(base)));
    json_t *steps = steps_of(base, name);

    json_object_set_new(content, "transfer_steps", steps);
    for (size_t i = 0; i < n; i++)
        TRY(lay_over(mem, steps, layers[i]));
    *ret = content;
    return NULL;
}

/* ---- Conditions ------------------------------------------------------------------------------ */

/* One word, or any of several. */
static bool says(const json_t *wanted, const char *word)
{
    const json_t *one;
    size_t i;

    if (json_is_string(wanted))
        return text_same(json_string_value(wanted), word);
    json_array_foreach (wanted, i, one) {
        if (text_same(json_string_value(one), word))
            return true;
    }
    return false;
}

static bool in_unit(const json_t *wanted, const struct template_facts *facts)
{
    for (size_t i = 0; i < facts->units.n; i++)
        if (says(wanted, facts->units.at[i]))
            return true;
    return false;
}

static bool member_holds(struct arena *mem, const char *name, const json_t *wanted,
                         const struct template_facts *facts, const char **ret_why)
{
    const char *is = NULL;
    bool holds = false;

    if (strcmp(name, "not") == 0) {
        const char *inner;
        holds = !template_holds(mem, wanted, facts, &inner);
        is = "it is so";
    } else if (strcmp(name, "kind") == 0) {
        holds = says(wanted, facts->kind);
        is = facts->kind;
    } else if (strcmp(name, "exit_type") == 0) {
        holds = says(wanted, facts->exit_type) || (facts->hostile && says(wanted, "hostile"));
        is = facts->hostile ? "hostile" : facts->exit_type;
    } else if (strcmp(name, "unit") == 0) {
        holds = in_unit(wanted, facts);
        is = facts->units.n ? facts->units.at[0] : "none";
    } else if (strcmp(name, "sole_owner") == 0) {
        holds = json_is_true(wanted) == facts->sole_owner;
        is = facts->sole_owner ? "true" : "false";
    }
    if (!holds)
        *ret_why = arena_printf(mem, "%s must be %s and is %s", name, json_canonical(mem, wanted),
                                is ? is : "unknown");
    return holds;
}

bool template_holds(struct arena *mem, const json_t *condition, const struct template_facts *facts,
                    const char **ret_why)
{
    const char *name;
    json_t *wanted;

    json_object_foreach (json_plain(condition), name, wanted) {
        if (!member_holds(mem, name, wanted, facts, ret_why))
            return false;
    }
    return true;
}
