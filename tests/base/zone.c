/* zone.c - clocks on walls, by the system's tz data. */
#include "base/zone.h"

#include "base/date.h"
#include "base/file.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct zone *named(struct arena *mem, const char *name)
{
    struct zone *zone;
    struct err *e = zone_load(mem, name, &zone);

    cr_assert_null(e, "%s", e ? e->text : "");
    return zone;
}

static int64_t seconds(const char *text)
{
    int64_t ms;

    cr_assert(instant_parse(text, &ms), "%s", text);
    return ms / 1000;
}

Test(zone, local_times_become_instants)
{
    static const char *const rows[][4] = {
        /* zone, the clock on the wall as if it were UTC, the instant, the clock then */
        {"UTC", "2026-05-12T17:00:00Z", "2026-05-12T17:00:00Z", "2026-05-12T17:00+0000"},
        {"Europe/Berlin", "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T03:30+0200"},
        {"Europe/Berlin", "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T03:00+0200"},
        {"Europe/Berlin", "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T03:00+0200"},
        {"Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T02:30+0200"},
        {"Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T03:00+0100"},
        /* behind the table, by the rule */
        {"Europe/Berlin", "2099-07-01T12:00:00Z", "2099-07-01T10:00:00Z", "2099-07-01T12:00+0200"},
        {"America/New_York", "2045-11-05T01:30:00Z", "2045-11-05T05:30:00Z",
         "2045-11-05T01:30-0400"},
        {"Australia/Lord_Howe", "2050-10-02T02:15:00Z", "2050-10-01T15:45:00Z",
         "2050-10-02T02:45+1100"},
        {"Europe/Dublin", "2060-01-15T17:00:00Z", "2060-01-15T17:00:00Z", "2060-01-15T17:00+0000"},
        /* a gap over midnight ends on the next day */
        {"America/Nuuk", "2026-03-28T23:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T00:30-0100"},
        /* the date line moved: there was no 30 December */
        {"Pacific/Apia", "2011-12-30T17:00:00Z", "2011-12-31T03:00:00Z", "2011-12-31T17:00+1400"},
        {"Pacific/Apia", "2011-12-29T17:00:00Z", "2011-12-30T03:00:00Z", "2011-12-29T17:00-1000"},
        {"Pacific/Kiritimati", "2026-05-14T00:00:00Z", "2026-05-13T10:00:00Z",
         "2026-05-14T00:00+1400"},
        {"Pacific/Pago_Pago", "2026-05-14T23:59:00Z", "2026-05-15T10:59:00Z",
         "2026-05-14T23:59-1100"},
        {"Asia/Kathmandu", "2026-05-14T12:00:00Z", "2026-05-14T06:15:00Z", "2026-05-14T12:00+0545"},
        {"Africa/Casablanca", "2026-02-10T12:00:00Z", "2026-02-10T11:00:00Z",
         "2026-02-10T12:00+0100"},
        /* before there were zones */
        {"Europe/Berlin", "1880-01-01T12:00:00Z", "1880-01-01T11:06:32Z",
         "1880-01-01T12:00+005328"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const struct zone *zone = named(mem, rows[i][0]);
        char said[LOCAL_TEXT], instant[INSTANT_TEXT];
        int64_t at = zone_instant(zone, seconds(rows[i][1]));
        instant_format(at * 1000, instant);
        zone_format(zone, at, said);
        cr_expect_eq(at, seconds(rows[i][2]), "row %zu: %s", i, instant);
        cr_expect_str_eq(said, rows[i][3], "row %zu: %s", i, said);
    }
}

Test(zone, every_local_time_that_exists_comes_back)
{
    static const char *const zones[] = {"Europe/Berlin",     "America/Sao_Paulo",
                                        "Africa/Casablanca", "Australia/Lord_Howe",
                                        "Pacific/Apia",      "America/St_Johns"};

    for (size_t z = 0; z < sizeof(zones) / sizeof(*zones); z++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const struct zone *zone = named(mem, zones[z]);
        for (int64_t at = seconds("2010-01-01T00:00:00Z"); at < seconds("2045-01-01T00:00:00Z");
             at += 5 * 3600 + 1234) {
            int64_t local = at + zone_offset(zone, at), back = zone_instant(zone, local);
            cr_assert_eq(back + zone_offset(zone, back), local);
            cr_assert(back <= at, "the first of two is meant");
        }
    }
}

Test(zone, what_is_no_zone_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const names[] = {"",
                                        "Mars/Olympus",
                                        "europe/berlin",
                                        "../../../etc/passwd",
                                        "Europe",
                                        "Europe/",
                                        "Europe/../Europe/Berlin",
                                        "right/Europe/Berlin",
                                        "/Europe/Berlin",
                                        "tzdata.zi",
                                        "Europe/Berlin "};
    struct zone *zone;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        cr_expect_not_null(zone_load(mem, names[i], &zone), "%s", names[i]);
}

/* A file that is cut anywhere, or has any one byte changed, is read or refused, never more. */
Test(zone, broken_files_are_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes file;
    struct zone *zone;

    cr_assert_null(file_read(mem, "/usr/share/zoneinfo/Europe/Berlin", 1 << 20, &file));
    for (size_t n = 0; n < file.n; n++)
        cr_expect_not_null(zone_parse(mem, "it", (struct bytes){file.at, n}, &zone), "%zu", n);
    uint8_t *copy = arena_alloc(mem, file.n);
    for (size_t n = 0; n < file.n; n++) {
        AUTO(arena_auto) struct arena *one = arena_new();
        memcpy(copy, file.at, file.n);
        copy[n] ^= 0x55;
        if (!zone_parse(one, "it", (struct bytes){copy, file.n}, &zone))
            (void)zone_instant(zone, seconds("2026-03-29T02:30:00Z"));
    }
}
