/* due.c - when something is due: the vectors, and what holds for every rule and place. */
#include "support/due.h"

#include "domain/due.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

Test(due, vectors_hold)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    size_t passed, failed;

    cr_assert_ok(due_vectors_run(mem, vectors(mem, "due.json"), stderr, &passed, &failed));
    cr_expect_eq(failed, 0);
    cr_expect_eq(passed, 19);
}

/* The tool that counts the vectors must see those that are wrong. */
Test(due, vectors_can_fail)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const base = "'offset':0,'unit':'cal','time':'17:00','tz':'Europe/Berlin'";
    static const struct {
        const char *more;
        size_t passed;
    } rows[] = {
        {"'anchor_date':'2026-05-13','expect_utc':'2026-05-13T15:00:00Z'", 1},
        {"'anchor_date':'2026-05-13','expect_utc':'2026-05-13T16:00:00Z'", 0},
        {"'anchor_date':'2026-05-13','expect_local':'2026-05-13T17:00+0100'", 0},
        {"'anchor_date':'2026-05-13'", 0},
        {"'anchor_date':'2026-05-13','expect_utc':null", 0},
        {"'anchor_date':'2026-05-32','expect_utc':null", 1},
        {"'anchor_date':'2026-05-32','expect_error':true", 1},
        {"'anchor_date':'2026-05-32','expect_utc':'2026-05-13T15:00:00Z'", 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        size_t passed, failed;
        json_t *file;
        FILE *nowhere = fopen("/dev/null", "w");
        char *text = arena_printf(mem, "{'vectors':[{%s,%s}]}", base, rows[i].more);
        for (char *c = text; *c; c++)
            *c = *c == '\'' ? '"' : *c;
        cr_assert_ok(json_read(mem, bytes_of_text(text), 10000, "it", &file));
        cr_assert_ok(due_vectors_run(mem, file, nowhere, &passed, &failed));
        cr_expect_eq(passed, rows[i].passed, "row %zu", i);
        cr_expect_eq(passed + failed, 1);
        fclose(nowhere);
    }
}

/* ---- Properties ------------------------------------------------------------------------------ */

/* The same numbers each time. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

struct made {
    struct due_place place;
    int64_t holidays[40], anchor;
};

static void make(struct arena *mem, uint32_t *seed, struct made *m)
{
    static const char *const zones[] = {"Europe/Berlin", "America/New_York", "Pacific/Kiritimati",
                                        "Pacific/Apia",  "Asia/Kolkata",     "Australia/Lord_Howe"};
    struct zone *zone;

    memset(m, 0, sizeof(*m));
    cr_assert_ok(zone_load(mem, zones[draw(seed, 6)], &zone));
    m->place.zone = zone;
    m->anchor = day_from_civil(2024, 1, 1) + draw(seed, 2000);
    for (uint32_t i = draw(seed, 3), first = draw(seed, 7); i > 0; i--)
        m->place.weekend[(first + i) % 7] = true;
    for (int64_t day = m->anchor - 40; day < m->anchor + 40 && m->place.holidays_n < 40; day++)
        if (draw(seed, 5) == 0)
            m->holidays[m->place.holidays_n++] = day;
    m->place.holidays = m->holidays;
    for (int i = 0; i < 7; i++)
        m->place.cutoff[i] = 12 * 60 + i * 30;
}

Test(due, days_hold_what_the_rules_promise)
{
    uint32_t seed = 1;

    for (int round = 0; round < 400; round++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct made m;
        int64_t last[2] = {INT64_MIN, INT64_MIN}, day;
        make(mem, &seed, &m);
        for (int64_t offset = -20; offset <= 20; offset++) {
            for (int unit = 0; unit < 2; unit++) {
                struct due_rule rule = {.offset = offset, .unit = (enum due_unit)unit};
                cr_assert_ok(due_day(mem, &rule, &m.place, m.anchor, &day));
                cr_expect(due_works(&m.place, day), "round %d: on no working day", round);
                cr_expect(offset > 0 || day <= m.anchor, "round %d: after the last day", round);
                cr_expect(offset <= 0 || day > m.anchor, "round %d: not after it", round);
                cr_expect(day >= last[unit], "round %d: a later offset is earlier", round);
                last[unit] = day;
            }
        }
    }
}

Test(due, working_days_between_are_as_many_as_the_offset)
{
    uint32_t seed = 2;

    for (int round = 0; round < 400; round++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct made m;
        int64_t day, n = 0;
        make(mem, &seed, &m);
        int64_t offset = 1 + draw(&seed, 20), step = draw(&seed, 2) ? 1 : -1;
        struct due_rule rule = {.offset = offset * step, .unit = DUE_WORK};
        cr_assert_ok(due_day(mem, &rule, &m.place, m.anchor, &day));
        for (int64_t d = m.anchor; d != day;) {
            d += step;
            n += due_works(&m.place, d);
        }
        cr_expect_eq(n, offset, "round %d", round);
    }
}

Test(due, no_roll_is_plain_counting)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    uint32_t seed = 3;

    for (int round = 0; round < 200; round++) {
        struct made m;
        int64_t day, offset = (int64_t)draw(&seed, 61) - 30;
        make(mem, &seed, &m);
        struct due_rule rule = {.offset = offset, .unit = DUE_CALENDAR, .roll = ROLL_NONE};
        cr_assert_ok(due_day(mem, &rule, &m.place, m.anchor, &day));
        cr_expect_eq(day, m.anchor + offset);
    }
}

Test(due, what_cannot_be_is_refused_with_the_field)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct due_place place = {.cutoff = {960, 960, 960, 960, 720, DUE_CUTOFF, DUE_CUTOFF}};
    struct zone *berlin;
    enum due_roll roll;
    enum due_unit unit;
    struct due due;
    int minute;

    cr_assert_ok(zone_load(mem, "Europe/Berlin", &berlin));
    place.zone = berlin;
    static const char *const times[] = {"24:00", "12:60", "9:00",  "noon",
                                        "",      "12:0a", "-1:00", NULL};
    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
        cr_expect_str_eq(due_time_parse(mem, times[i], &minute)->field, "time");
    cr_expect_str_eq(due_unit_parse(mem, "weeks", &unit)->field, "unit");
    cr_expect_str_eq(due_roll_parse(mem, NULL, &roll)->field, "roll");
    struct due_rule rule = {.offset = DUE_DAYS_MAX + 1};
    cr_expect_str_eq(due_at(mem, &rule, &place, 0, &due)->field, "offset");
    rule = (struct due_rule){.minute = DUE_CUTOFF, .roll = ROLL_NONE};
    struct err *e = due_at(mem, &rule, &place, day_from_civil(2026, 5, 16), &due);
    cr_expect_str_eq(e->text, "there is no cut-off on a Saturday");
    memset(place.weekend, true, sizeof(place.weekend));
    rule = (struct due_rule){.offset = 1, .unit = DUE_WORK};
    cr_expect_not_null(strstr(due_at(mem, &rule, &place, 0, &due)->text, "working day"));
}

Test(due, rules_are_written_and_read_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const rules[] = {"-1 work 17:00", "0 work cutoff", "+1 cal 00:05",
                                        "-5 cal 09:00 none", "+2 work 12:00 back"};
    static const char *const wrong[] = {
        "", "work -1 17:00", "-1 work", "-1 days 17:00", "x work 1", "-1 work 17:00 none no"};
    struct due_rule rule;

    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
        cr_assert_ok(due_rule_parse(mem, rules[i], &rule));
        cr_expect_str_eq(due_rule_text(mem, &rule), rules[i]);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        cr_expect_not_null(due_rule_parse(mem, wrong[i], &rule), "%s", wrong[i]);
}
