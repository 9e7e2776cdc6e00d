/* event.c - events of a long list are folded away and come back as they were. */
#include "domain/event.h"

#include <criterion/criterion.h>

struct looked {
    struct arena *mem;
    size_t n;
    const char *last;
};

static void look(void *ctx, const struct event *e)
{
    struct looked *l = ctx;

    l->n++;
    l->last = json_canonical(l->mem, e->after);
}

Test(events, come_back_from_a_pack)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct looked looked = {.mem = mem};
    struct events list;

    events_init_long(&list, mem);
    struct event *one = event_new(&list, "owner.assigned");
    event_set(one, "account", "a \"quoted\" \xc3\xa9");
    event_was(&list, one, json_pack("{s:n}", "position"));
    event_new(&list, "account.retired");
    cr_expect_eq(events_unpacked(&list), 2);
    events_pack(&list, look, &looked);
    cr_expect_eq(events_unpacked(&list), 0);
    cr_expect_eq(looked.n, 2);

    struct event *later = event_new(&list, "owner.assigned");
    event_set(later, "account", "later");
    cr_expect_eq(events_unpacked(&list), 1);
    events_pack(&list, look, &looked);
    cr_expect_eq(looked.n, 3, "each is looked at once, before it goes");
    cr_expect_str_eq(looked.last, "{\"account\":\"later\"}");

    const struct event back = event_unpacked(mem, one);
    cr_expect_null(one->after);
    cr_expect_str_eq(json_text(back.after, "account"), "a \"quoted\" \xc3\xa9");
    cr_expect_str_eq(json_canonical(mem, back.before), "{\"position\":null}");
    cr_expect_null(event_unpacked(mem, one->next).before);
    cr_expect_eq(list.n, 3);
}

Test(events, of_a_short_list_are_as_they_are)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct events list;

    events_init(&list, mem);
    struct event *e = event_new(&list, "account.retired");
    cr_expect_eq(event_unpacked(mem, e).after, e->after);
}
