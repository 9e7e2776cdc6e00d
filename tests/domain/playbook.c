/* playbook.c - what a playbook of one's own must be like. */
#include "domain/playbook.h"

#include "support/vectors.h"

#include <criterion/criterion.h>

static json_t *step(const char *id, json_t *needs)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:o}", "id", id, "title", "Do it", "actor", "admin",
                     "evidence", "note", "wait_days", 0, "needs", needs);
}

/* Of two steps, the second with these needs and this changed. */
static struct err *parsed(struct arena *mem, json_t *needs, const char *member, json_t *value)
{
    json_t *second = step("b", needs);
    struct playbook p;

    if (member)
        json_object_set_new(second, member, value);
    const json_t *content =
        json_keep(mem, json_pack("{s:s, s:[o, o]}", "platform", "x", "transfer_steps",
                                 step("a", json_array()), second));
    return playbook_parse(mem, content, &p);
}

static void refuses(struct arena *mem, json_t *needs, const char *member, json_t *value,
                    const char *words)
{
    const struct err *e = parsed(mem, needs, member, value);

    cr_assert_not_null(e, "'%s' was not refused", words);
    cr_expect_not_null(strstr(e->text, words), "'%s' has not '%s'", e->text, words);
}

Test(playbook, needs_are_each_named_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    json_t *many = json_array();

    cr_assert_ok(parsed(mem, json_pack("[s]", "a"), NULL, NULL));
    refuses(mem, json_pack("[s, s]", "a", "a"), NULL, NULL, "twice");
    for (int i = 0; i < 1000; i++)
        json_array_append_new(many, json_string("a"));
    refuses(mem, many, NULL, NULL, "twice");
    refuses(mem, json_pack("[s]", "c"), NULL, NULL, "not there");
    refuses(mem, json_pack("[s]", "b"), NULL, NULL, "circle");
}

Test(playbook, words_and_waits_have_bounds)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    char *long_text = arena_alloc(mem, 5001);

    memset(long_text, 'x', 5000);
    refuses(mem, json_array(), "id", json_string(long_text), "too long");
    refuses(mem, json_array(), "title", json_string(long_text), "too long");
    refuses(mem, json_array(), "detail", json_string(long_text), "too long");
    refuses(mem, json_array(), "wait_days", json_integer(1000000000), "wait_days");
}

Test(playbook, a_step_may_be_due_by_its_own_rule)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    json_t *only = step("a", json_array());
    struct playbook p;

    refuses(mem, json_array(), "due", json_string("soon"), "the step 'b' is due by no rule");
    refuses(mem, json_array(), "due", json_integer(3), "the step 'b' is due by no rule");
    json_object_set_new(only, "due", json_string("-5 cal 09:00 none"));
    cr_assert_ok(playbook_parse(
        mem, json_keep(mem, json_pack("{s:s, s:[o]}", "platform", "x", "transfer_steps", only)),
        &p));
    cr_expect(p.steps[0].has_due && p.steps[0].due.offset == -5 &&
              p.steps[0].due.roll == ROLL_NONE);
}
