/* template.c - which overrides win, and which conditions hold. */
#include "domain/template.h"

#include "domain/platform.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static const char *units[] = {"team", "sales", "acme"};
static const struct template_facts facts = {
    .kind = "group", .exit_type = "leaver", .units = {units, 3}, .sole_owner = true};

static json_t *parsed(struct arena *mem, const char *text)
{
    json_t *value;

    cr_assert_ok(json_read(mem, bytes_of_text(text), 1 << 16, "it", &value));
    return value;
}

Test(template, the_closest_override_is_laid_over_last)
{
    static const struct template_layer all = {.name = "all"};
    static const struct template_layer kind = {.name = "kind", .kind = "group"};
    static const struct template_layer exit_type = {.name = "exit", .exit_type = "leaver"};
    static const struct template_layer both = {
        .name = "both", .kind = "group", .exit_type = "leaver"};
    static const struct template_layer far = {.name = "far", .unit = "acme"};
    static const struct template_layer near = {.name = "near", .unit = "team"};
    static const struct template_layer near_kind = {
        .name = "near kind", .unit = "team", .kind = "group"};
    const struct template_layer *order[] = {&near_kind, &near, &both,     &all,
                                            &far,       &kind, &exit_type};
    static const char *const wanted[] = {"all", "exit", "kind", "both", "far", "near", "near kind"};

    template_order(order, 7, &facts);
    for (size_t i = 0; i < 7; i++)
        cr_expect_str_eq(order[i]->name, wanted[i]);
}

Test(template, an_override_of_others_does_not_fit)
{
    static const struct template_layer others[] = {{.unit = "support"},
                                                   {.kind = "page"},
                                                   {.exit_type = "hostile"},
                                                   {.unit = "team", .kind = "ads"}};
    struct template_facts hostile = facts;

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        cr_expect_not(template_fits(&others[i], &facts), "%zu", i);
    hostile.hostile = true;
    cr_expect(template_fits(&others[2], &hostile));
}

Test(template, conditions_hold_member_by_member)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const struct {
        const char *condition;
        bool holds;
    } rows[] = {
        {"{}", true},
        {"{\"kind\":\"group\"}", true},
        {"{\"kind\":[\"page\",\"group\"]}", true},
        {"{\"kind\":\"page\"}", false},
        {"{\"unit\":\"acme\"}", true},
        {"{\"unit\":\"support\"}", false},
        {"{\"exit_type\":\"leaver\",\"sole_owner\":true}", true},
        {"{\"exit_type\":\"leaver\",\"sole_owner\":false}", false},
        {"{\"not\":{\"kind\":\"page\"}}", true},
        {"{\"not\":{\"kind\":\"group\"}}", false},
        {"{\"moon\":\"full\"}", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *why = NULL;
        bool holds = template_holds(mem, parsed(mem, rows[i].condition), &facts, &why);
        cr_expect_eq(holds, rows[i].holds, "%s", rows[i].condition);
        cr_expect(holds || why, "%s says nothing", rows[i].condition);
    }
}

/* Every playbook that comes with the program is one without faults. */
Test(template, our_own_playbooks_have_no_faults)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const json_t *content;
    size_t i;

    json_array_foreach (embedded_playbooks(), i, content) {
        const struct err *e = template_check(mem, content);
        cr_expect_null(e, "%s: %s %s", json_text(content, "platform"), e ? e->text : "",
                       e && e->items ? e->items->text : "");
    }
}
