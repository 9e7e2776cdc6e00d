/* schedule.c - when steps are due that need and wait for each other. */
#include "domain/schedule.h"

#include "domain/place.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

static struct due_place berlin(struct arena *mem)
{
    struct due_place place;
    struct zone *zone;

    cr_assert_ok(zone_load(mem, "Europe/Berlin", &zone));
    place_init(&place, zone);
    return place;
}

static const char *on(struct arena *mem, const struct timed_step *s)
{
    return arena_copy(mem, s->due.local);
}

/* Invite, wait a week, promote, demote: the first is due a week before the second. */
Test(schedule, waits_pull_what_comes_before)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct due_place place = berlin(mem);
    static const size_t first[] = {0}, second[] = {1};
    struct timed_step steps[] = {
        {.rule = *schedule_rule("playbook", "leaver", false, NULL)},
        {.rule = *schedule_rule("playbook", "leaver", true, NULL),
         .wait_days = 7,
         .needs = first,
         .needs_n = 1},
        {.rule = *schedule_rule("revoke", "admin", false, NULL), .needs = second, .needs_n = 1},
        {.rule = *schedule_rule("rotate", "admin", false, NULL)},
    };
    size_t path[4];
    int64_t friday = day_from_civil(2026, 5, 15), now = day_from_civil(2026, 5, 1) * 86400;

    cr_assert_ok(schedule(mem, steps, 4, &place, friday, now));
    cr_expect_str_eq(on(mem, &steps[2]), "2026-05-15T12:00+0200");
    cr_expect_str_eq(on(mem, &steps[1]), "2026-05-13T17:00+0200");
    cr_expect_str_eq(on(mem, &steps[0]), "2026-05-06T17:00+0200");
    cr_expect_str_eq(on(mem, &steps[3]), "2026-05-18T12:00+0200");
    cr_expect_eq(schedule_last_safe(steps, 4), day_from_civil(2026, 5, 6));
    cr_expect_eq(schedule_path(steps, 4, day_from_civil(2026, 5, 1), path), 2);
    cr_expect(path[0] == 0 && path[1] == 1);
    for (size_t i = 0; i < 4; i++)
        cr_expect_not(steps[i].too_late);
    now = day_from_civil(2026, 5, 8) * 86400;
    cr_assert_ok(schedule(mem, steps, 4, &place, friday, now));
    cr_expect(steps[0].too_late && steps[1].too_late, "a week from the 8th is the 15th");
    cr_expect_not(steps[2].too_late || steps[3].too_late);
    steps[0].done = true;
    steps[0].done_day = day_from_civil(2026, 5, 5);
    cr_assert_ok(schedule(mem, steps, 4, &place, friday, now));
    cr_expect_not(steps[1].too_late, "the week counts from the day on which the first was done");
}

Test(schedule, what_is_pinned_stays_and_pulls)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct due_place place = berlin(mem);
    static const size_t first[] = {0};
    struct timed_step steps[] = {
        {.rule = *schedule_rule("playbook", "admin", false, NULL)},
        {.rule = *schedule_rule("playbook", "admin", false, NULL),
         .wait_days = 2,
         .needs = first,
         .needs_n = 1,
         .pinned = true},
    };

    cr_assert_ok(
        due_no_later(mem, &steps[1].rule, &place, day_from_civil(2026, 5, 6), &steps[1].due));
    cr_assert_ok(schedule(mem, steps, 2, &place, day_from_civil(2026, 5, 15), 0));
    cr_expect_str_eq(on(mem, &steps[1]), "2026-05-06T17:00+0200");
    cr_expect_str_eq(on(mem, &steps[0]), "2026-05-04T17:00+0200");
}

/* A step is never due after one that needs it, whatever the times of day. */
Test(schedule, nothing_is_due_after_what_needs_it)
{
    uint32_t seed = 5;
    static const char *const kinds[] = {"playbook", "revoke", "rotate", "control"};

    for (int round = 0; round < 300; round++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct due_place place = berlin(mem);
        struct timed_step steps[12] = {0};
        size_t needs[12][3], path[12];
        int64_t anchor = day_from_civil(2026, 1, 1) + round, now = (anchor - 30) * 86400;
        for (size_t i = 0; i < 12; i++) {
            seed = seed * 1664525 + 1013904223;
            uint32_t r = seed >> 8;
            steps[i].rule =
                *schedule_rule(kinds[r % 4], r % 3 ? "leaver" : "admin", r % 5 == 0, NULL);
            steps[i].wait_days = r / 7 % 4 ? 0 : r / 64 % 9;
            steps[i].needs = needs[i];
            for (size_t k = 0; i && k < r / 16 % 4 && k < i; k++)
                needs[i][steps[i].needs_n++] = (i * 7 + k * 3 + r / 1024) % i;
        }
        cr_assert_ok(schedule(mem, steps, 12, &place, anchor, now));
        int64_t safe = schedule_last_safe(steps, 12);
        for (size_t i = 0; i < 12; i++) {
            cr_expect(safe <= steps[i].due.day);
            for (size_t k = 0; k < steps[i].needs_n; k++) {
                const struct timed_step *need = &steps[needs[i][k]];
                cr_expect(need->due.seconds <= steps[i].due.seconds, "round %d", round);
                cr_expect(need->due.day + steps[i].wait_days <= steps[i].due.day, "round %d",
                          round);
                cr_expect(need->earliest + steps[i].wait_days <= steps[i].earliest);
            }
        }
        size_t n = schedule_path(steps, 12, anchor - 30, path);
        for (size_t i = 1; i < n; i++)
            cr_expect_eq(steps[path[i]].after, path[i - 1]);
        for (size_t i = 0; n && i < 12; i++)
            cr_expect(steps[i].earliest <= steps[path[n - 1]].earliest);
    }
}
