/* calendar.c - holidays out of iCalendar files. */
#include "domain/calendar.h"

#include "base/date.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

#define EVENT(lines) "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" lines "END:VEVENT\r\nEND:VCALENDAR\r\n"

/* "2026-12-25 Christmas|2026-12-26 Boxing Day" */
static const char *days(struct arena *mem, const char *file)
{
    struct holidays h;
    struct buf out;

    struct err *e = calendar_holidays(mem, bytes_of_text(file), &h);
    if (e)
        return e->text;
    buf_init(&out, mem, 10000);
    buf_text(&out, "");
    for (size_t i = 0; i < h.n; i++) {
        char day[DAY_TEXT];
        day_format(h.at[i].day, day);
        buf_printf(&out, "%s%s %s", i ? "|" : "", day, h.at[i].name);
    }
    return out.at;
}

Test(calendar, days_are_read)
{
    static const char *const rows[][2] = {
        {EVENT("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\r\n"),
         "2026-12-25 Christmas|2026-12-26 Christmas"},
        {EVENT("DTSTART;VALUE=DATE:20260101\r\nSUMMARY:New\r\n  Year\\, a\\;b\\\\c\\nd\r\n"),
         "2026-01-01 New Year, a;b\\c d"},
        {EVENT("dtstart;X-A=\"a:b;c\";VALUE=DATE:20240229\r\nDURATION:P1W\r\nSUMMARY:W\r\n"
               "BEGIN:VALARM\r\nTRIGGER:-PT1H\r\nDTSTART:20250101T000000Z\r\nEND:VALARM\r\n"),
         "2024-02-29 W|2024-03-01 W|2024-03-02 W|2024-03-03 W|2024-03-04 W|2024-03-05 W|2024-03-06 "
         "W"},
        {EVENT("DTSTART;VALUE=DATE:20260501\r\nSTATUS:CANCELLED\r\n"), ""},
        {"\xef\xbb\xbf"
         "BEGIN:VCALENDAR\nVERSION:2.0\n\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260502\nSUMMARY:b\n"
         "END:VEVENT\nBEGIN:VEVENT\nDTSTART:20260501\nEND:VEVENT\nBEGIN:VEVENT\n"
         "DTSTART:20260502\nSUMMARY:again\nEND:VEVENT\nEND:VCALENDAR",
         "2026-05-01 |2026-05-02 b"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        cr_expect_str_eq(days(mem, rows[i][0]), rows[i][1], "row %zu: %s", i,
                         days(mem, rows[i][0]));
    }
}

Test(calendar, faults_name_the_line)
{
    static const char *const rows[][2] = {
        {"", "has no events"},
        {"name,day\r\n", "line 1: is no line"},
        {"VERSION:2.0\r\n", "line 1: a calendar begins"},
        {"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "has no events"},
        {"BEGIN:VCALENDAR\r\n", "line 2: END:VCALENDAR is missing"},
        {"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "line 2: END:VEVENT ends what is not open"},
        {EVENT("SUMMARY:x\r\n"), "line 2: the event has no DTSTART"},
        {EVENT("DTSTART:20261225T100000Z\r\n"), "line 3: the event has a time of day"},
        {EVENT("SUMMARY:x\r\n y\r\nDTSTART:20260230\r\n"), "line 5: '20260230' is no day"},
        {EVENT("DTSTART:20260101\r\nDTEND:20260101\r\n"), "line 2: the event ends before"},
        {EVENT("DTSTART:20260101\r\nDTEND:20280101\r\n"), "line 2: the event lasts longer"},
        {EVENT("DTSTART:20260101\r\nDURATION:PT24H\r\n"), "line 4: the event does not last"},
        {EVENT("DTSTART:20260101\r\nRRULE:FREQ=YEARLY\r\n"), "line 4: the event repeats (RRULE)"},
        {EVENT("DTSTART:20260101\r\nSUMMARY x\r\n"), "line 4: is no line"},
        {"BEGIN:VCALENDAR\xff\r\n", "is not UTF-8"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        cr_expect(strstr(days(mem, rows[i][0]), rows[i][1]), "row %zu: %s", i,
                  days(mem, rows[i][0]));
    }
}

Test(calendar, long_names_end_between_letters)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct holidays h;
    struct buf file;

    buf_init(&file, mem, 10000);
    buf_text(&file, "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nSUMMARY:x");
    for (int i = 0; i < 200; i++)
        buf_text(&file, "\xc3\xa9");
    buf_text(&file, "\nEND:VEVENT\nEND:VCALENDAR\n");
    cr_assert_ok(calendar_holidays(mem, bytes_of_text(file.at), &h));
    cr_expect_eq(strlen(h.at[0].name), HOLIDAY_NAME_MAX - 1);
    cr_expect(text_is_utf8(h.at[0].name, strlen(h.at[0].name)));
}
