/* places.c - where people work, and the days on which they do not. */
#include "stories.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

#define BERLIN "{'place':'berlin','name':'Berlin','zone':'Europe/Berlin'}"

static const char *calendar(struct instance *i, const char *events)
{
    return uploaded(
        i, "days.ics",
        arena_printf(i->mem, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n%sEND:VCALENDAR\r\n", events));
}

static const char *event(struct arena *mem, const char *day, const char *name)
{
    return arena_printf(mem,
                        "BEGIN:VEVENT\r\nUID:%s\r\nDTSTART;VALUE=DATE:%s\r\nSUMMARY:%s\r\n"
                        "END:VEVENT\r\n",
                        day, day, name);
}

static const json_t *take(struct instance *i, const char *file, const char *more)
{
    return did(i, "hana", "place holidays",
               arena_printf(i->mem, "{'place':'berlin','file':'%s'%s}", file, more));
}

/* "2027-01-01 New Year|…" */
static const char *days(struct instance *i)
{
    const json_t *view = did(i, "aud", "place show", "{'place':'berlin'}");
    const json_t *all = json_object_get(view, "holidays"), *day;
    struct buf out;
    size_t k;

    buf_init(&out, i->mem, 10000);
    buf_text(&out, "");
    json_array_foreach (all, k, day) {
        buf_printf(&out, "%s%s %s", k ? "|" : "", json_text(day, "day"), json_text(day, "name"));
    }
    return out.at;
}

static json_int_t entries(const json_t *reply)
{
    return json_integer_value(vector_at(reply, "entries"));
}

Test(places, holidays_come_from_a_calendar_and_only_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *one = event(mem, "20261225", "Christmas"),
               *two = event(mem, "20270101", "New Year");

    did(i, "hana", "place create", BERLIN);
    const char *both = calendar(i, arena_printf(mem, "%s%s", two, one));
    cr_expect_eq(entries(take(i, both, "")), 1);
    cr_expect_eq(entries(take(i, both, "")), 0, "the same file again");
    cr_expect_str_eq(days(i), "2026-12-25 Christmas|2027-01-01 New Year");
    take(i, calendar(i, event(mem, "20270503", "May")), "");
    cr_expect_str_eq(days(i), "2026-12-25 Christmas|2027-01-01 New Year|2027-05-03 May");
    i->now += 1000;
    take(i, calendar(i, event(mem, "20270101", "Neujahr")), ",'replace':true");
    cr_expect_str_eq(days(i), "2026-12-25 Christmas|2027-01-01 Neujahr", "another year stays");
    audit_is_clean(i);
}

Test(places, a_faulty_calendar_changes_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *good = event(mem, "20261225", "Christmas");

    did(i, "hana", "place create", BERLIN);
    const char *bad = calendar(
        i, arena_printf(mem,
                        "%sBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=YEARLY\r\n"
                        "END:VEVENT\r\n",
                        good));
    refused(i, "hana", "place holidays", arena_printf(mem, "{'place':'berlin','file':'%s'}", bad),
            ERR_INVALID, "line 10: the event repeats");
    cr_expect_str_eq(days(i), "");
    audit_is_clean(i);
}

/* A year with more holidays than one entry of the log can hold. */
Test(places, many_days_go_into_several_entries)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "hana", "place create", BERLIN);
    const char *year = calendar(i, "BEGIN:VEVENT\r\nDTSTART:20270101\r\nDTEND:20280101\r\n"
                                   "SUMMARY:closed\r\nEND:VEVENT\r\n");
    cr_expect_eq(entries(take(i, year, "")), 2);
    cr_expect_eq(
        json_array_size(vector_at(did(i, "aud", "place show", "{'place':'berlin'}"), "holidays")),
        365);
    audit_is_clean(i);
}

Test(places, words_that_mean_nothing_are_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    static const char *const rows[][2] = {
        {"'zone':'Mars/Olympus'", "no time zone"},
        {"'zone':'europe/berlin'", "no time zone"},
        {"'zone':'UTC','weekend':['sat','none']", "either none or some days"},
        {"'zone':'UTC','weekend':['mon','tue','wed','thu','fri','sat','sun']",
         "no day of the week"},
        {"'zone':'UTC','cutoff':['fri=25:00']", "no cut-off"},
        {"'zone':'UTC','cutoff':['fri']", "no cut-off"},
        {"'zone':'UTC','cutoff':['none=12:00']", "no cut-off"},
        {"'zone':'UTC','cutoff':['fri=cutoff']", "no cut-off"},
        {"'zone':'UTC','cutoff':['fri=12:00','fri=13:00']", "has two"},
    };

    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++)
        refused(i, "hana", "place create",
                arena_printf(mem, "{'place':'x','name':'X',%s}", rows[k][0]), ERR_INVALID,
                rows[k][1]);
    refused(i, "sam", "place create", BERLIN, ERR_FORBIDDEN, "admin");
}

static const char *place_of(struct instance *i, const char *person)
{
    const json_t *view =
        did(i, "aud", "person show", arena_printf(i->mem, "{'person':'%s'}", person));
    const char *place = json_text(view, "place");

    return place ? place : "none";
}

Test(places, are_inherited_from_units)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "place create", BERLIN);
    did(i, "adm", "place create", "{'place':'pune','name':'Pune','zone':'Asia/Kolkata'}");
    did(i, "adm", "unit register", "{'unit':'north','name':'North','parent':'sales'}");
    did(i, "adm", "person change", "{'person':'sam','unit':'north'}");
    cr_expect_str_eq(place_of(i, "sam"), "none");
    did(i, "adm", "unit place", "{'unit':'sales','place':'berlin'}");
    cr_expect_str_eq(place_of(i, "sam"), "berlin");
    did(i, "adm", "unit place", "{'unit':'north','place':'pune'}");
    cr_expect_str_eq(place_of(i, "sam"), "pune");
    did(i, "adm", "person place", "{'person':'sam','place':'berlin'}");
    cr_expect_str_eq(place_of(i, "sam"), "berlin");
    cr_expect_eq(entries(did(i, "adm", "person place", "{'person':'sam','place':'berlin'}")), 0);
    did(i, "adm", "person place", "{'person':'sam','none':true}");
    cr_expect_str_eq(place_of(i, "sam"), "pune");
    refused(i, "adm", "person place", "{'person':'sam'}", ERR_INVALID, "say which place");
    refused(i, "adm", "person place", "{'person':'sam','place':'berlin','none':true}", ERR_INVALID,
            "say which place");
    refused(i, "adm", "place retire", "{'place':'pune'}", ERR_CONFLICT, "still in use");
    did(i, "adm", "unit place", "{'unit':'north','none':true}");
    did(i, "adm", "place retire", "{'place':'pune'}");
    refused(i, "adm", "unit place", "{'unit':'north','place':'pune'}", ERR_INVALID, "retired");
    audit_is_clean(i);
}
