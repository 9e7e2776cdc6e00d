/* base.c - text, bytes, days, fields and tables. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/file.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

Test(text, a_whole_number_in_digits)
{
    static const struct {
        int64_t n;
        const char *is;
    } rows[] = {{0, "0"},
                {7, "7"},
                {-1, "-1"},
                {1234567890, "1234567890"},
                {INT64_MAX, "9223372036854775807"},
                {INT64_MIN, "-9223372036854775808"}};
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_str_eq(text_of_whole(mem, rows[i].n), rows[i].is);
}

Test(text, utf8_is_checked_strictly)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"", true},
        {"a\xc3\xa9z", true},
        {"\xe2\x82\xac", true},
        {"\xf0\x9f\x98\x80", true},
        {"\xf4\x8f\xbf\xbf", true},
        {"\xc0\x80", false},
        {"\xe0\x80\x80", false},
        {"\xed\xa0\x80", false},
        {"\xf4\x90\x80\x80", false},
        {"\xf0\x80\x80\x80", false},
        {"\xff", false},
        {"\xe2\x82", false},
        {"\x80", false},
        {"\xf5\x80\x80\x80", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_eq(text_is_utf8(rows[i].text, strlen(rows[i].text)), rows[i].good, "row %zu", i);
    cr_expect_not(text_is_utf8("a\0b", 3));
    for (size_t i = 0; i < 20; i++) { /* wherever it stands, in a text that is read by eights */
        char text[21] = "plain plain plain ok";
        text[i] = '\0';
        cr_expect_not(text_is_utf8(text, 20), "NUL at %zu", i);
        text[i] = '\xff';
        cr_expect_not(text_is_utf8(text, 20), "ff at %zu", i);
        memcpy(text + (i ? i - 1 : 0), "\xc3\xa9", 2);
        cr_expect(text_is_utf8(text, 20), "an accent at %zu", i);
    }
}

Test(text, sorts_as_utf16_does)
{
    /* U+E000 and U+FFFF come after the surrogates of U+10000 in UTF-16, before it in UTF-8. */
    static const char *const ordered[] = {"",
                                          "A",
                                          "a",
                                          "aa",
                                          "b",
                                          "\xc3\xa9",
                                          "\xed\x9f\xbf",
                                          "\xf0\x90\x80\x80",
                                          "\xf4\x8f\xbf\xbf",
                                          "\xee\x80\x80",
                                          "\xef\xbf\xbf"};
    const int n = sizeof(ordered) / sizeof(*ordered);

    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int c = text_compare_utf16(ordered[i], ordered[j]);
            cr_expect_eq((c > 0) - (c < 0), (i > j) - (i < j), "%d against %d", i, j);
        }
}

Test(text, whatever_comes_in_goes_out_printable)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    cr_expect_str_eq(text_printable(mem, "a\nb\x1b[31m\x7f", 9), "a?b?[31m?");
    cr_expect_str_eq(text_printable(mem, "\xc2\x9b\xc3\xa9\xff", 5), "??\xc3\xa9?");
}

/* Names stay as they are; what could be taken for what stands around it does not. */
Test(text, what_people_wrote_is_told_apart)
{
    static const struct {
        const char *text, *said;
    } all[] = {
        {"", ""},
        {"Head of Sales", "Head of Sales"},
        {"Müller & Söhne GmbH & Co. KG", "Müller & Söhne GmbH & Co. KG"},
        {"O'Neill d’Orsay", "O'Neill d’Orsay"},
        {"株式会社 Łódź – Ελλάδα", "株式会社 Łódź – Ελλάδα"},
        {"https://x.example/a?b=c#d", "https://x.example/a?b=c#d"},
        {"2026-11-22T10:00:00.000Z 1,5 %", "2026-11-22T10:00:00.000Z 1,5 %"},
        {"cut…", "cut…"},
        {"owner; from 1990-01-01", "\"owner; from 1990-01-01\""},
        {"a)", "\"a)\""},
        {"(a", "\"(a\""},
        {"a: b", "\"a: b\""},
        {"a:", "\"a:\""},
        {"a, b", "\"a, b\""},
        {" a", "\" a\""},
        {"a ", "\"a \""},
        {"a  b", "\"a  b\""},
        {"\"a\" \\", "\"\\\"a\\\" \\\\\""},
        {"a\nb\x7f", "\"a\\u{a}b\\u{7f}\""},
        {"a\xe2\x80\xae", "\"a\\u{202e}\""},    /* from right to left */
        {"a\xef\xbc\x9b", "\"a\xef\xbc\x9b\""}, /* a wide semicolon */
        {"a\xcd\xbe", "\"a\xcd\xbe\""},         /* the Greek question mark */
        {"a\xc2\xa0z", "\"a\xc2\xa0z\""},       /* a blank that does not break */
        {"a\xff;", "\"a?;\""},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        cr_expect_str_eq(text_quoted(mem, all[i].text), all[i].said, "%s: %s", all[i].text,
                         text_quoted(mem, all[i].text));
}

Test(text, buffers_stop_at_their_limit)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct buf b;

    buf_init(&b, mem, 1000);
    for (int i = 0; i < 100; i++)
        buf_text(&b, "0123456789");
    cr_expect(buf_ok(&b) && b.n == 1000 && strlen(b.at) == 1000);
    buf_byte(&b, 'x');
    cr_expect(!buf_ok(&b) && b.n == 1000);
}

/* Where a text just fits, where it does not, and where it never will. */
Test(text, is_printed_whole_or_not_at_all)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    char *long_one = arena_alloc(mem, 601);

    memset(long_one, 'x', 600);
    for (int n = 0; n <= 600; n++) {
        struct buf b;
        buf_init(&b, mem, 500);
        buf_text(&b, "begins ");
        buf_printf(&b, "%.*s", n, long_one);
        cr_expect_eq(buf_ok(&b), n <= 493, "%d", n);
        cr_expect_eq(strlen(b.at), b.n);
        cr_expect_eq(b.n, n <= 493 ? 7 + (size_t)n : 7, "%d", n);
        cr_expect_eq(strlen(arena_printf(mem, "%.*s", n, long_one)), (size_t)n);
    }
}

/* What one piece of work has left behind is in no other's memory. */
Test(arena, gives_zeros_again_and_again)
{
    static const size_t sizes[] = {1, 100, 4096, 5000, 100000, 3 << 20};

    for (int round = 0; round < 20; round++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
            unsigned char *at = arena_alloc(mem, sizes[i]);
            size_t used = 0;
            for (size_t j = 0; j < sizes[i]; j++)
                used += at[j] != 0;
            cr_expect_eq(used, 0, "round %d, %zu bytes", round, sizes[i]);
            memset(at, 0xA5, sizes[i]);
        }
    }
}

Test(bytes, base64_has_one_spelling)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const bad[] = {"Zg",    "Zg=",   "Zh==",     "Zm9=", "Z===", "Zg==\n",
                                      " Zg==", "Zm9v=", "Zg==Zg==", "Zm-v", "===="};
    struct bytes b;

    for (size_t n = 0; n < 40; n++) {
        uint8_t raw[40];
        for (size_t i = 0; i < n; i++)
            raw[i] = (uint8_t)(i * 37 + n * 11);
        const char *text = base64_encode(mem, raw, n), *url = base64url_encode(mem, raw, n);
        cr_assert(base64_decode(mem, text, strlen(text), &b));
        cr_expect(bytes_same(b, bytes_of(raw, n)));
        cr_assert(base64url_decode(mem, url, strlen(url), &b));
        cr_expect(bytes_same(b, bytes_of(raw, n)));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not(base64_decode(mem, bad[i], strlen(bad[i]), &b), "%s", bad[i]);
    cr_expect_not(base64url_decode(mem, "Zh", 2, &b));
    cr_expect_not(base64url_decode(mem, "Z", 1, &b));
    cr_expect(base64_decode(mem, "Zg==", 4, &b) && b.n == 1 && b.at[0] == 'f');
}

Test(date, days_and_instants)
{
    static const char *const bad_days[] = {"2026-02-29", "2026-13-01", "2026-00-10",
                                           "0000-01-01", "2026-1-01",  "2026-01-01x",
                                           "26-01-01",   "2100-02-29", ""};
    static const char *const bad_instants[] = {"2026-01-01",
                                               "2026-01-01T24:00:00Z",
                                               "2026-01-01T10:00:00",
                                               "2026-01-01T10:00:60Z",
                                               "2026-01-01T10:00:00.Z",
                                               "2026-01-01 10:00:00Z",
                                               "2026-01-01T10:00:00+1:00"};
    static const char *const said[] = {"2026-11-30T16:50Z",        "2026-11-30 16:50Z",
                                       "2026-11-30T16:50+0000",    "2026-11-30T17:50+01:00",
                                       "2026-11-30T17:50:00+0100", "2026-11-30T12:20-0430",
                                       "2026-11-30T16:50:00.000Z"};
    static const char *const bad_said[] = {
        "2026-11-30T16:50",    "2026-11-30T16:5Z",    "2026-11-30T16:50:Z", "2026-11-30T16Z",
        "2026-11-30T16:50.5Z", "2026-11-30T16:50+01", "2026-11-30T24:00Z",  "2026-11-30T16:60Z"};
    int64_t d, ms;
    char text[INSTANT_TEXT], day[DAY_TEXT];

    for (int64_t i = -719162; i < 2932897; i += 373) { /* 0001-01-01 to 9999-12-31 */
        day_format(i, day);
        cr_assert(day_parse(day, &d) && d == i, "%s", day);
    }
    cr_expect(day_parse("1970-01-01", &d) && d == 0 && day_weekday(d) == 3);
    cr_expect(day_parse("2028-02-29", &d));
    for (size_t i = 0; i < sizeof(bad_days) / sizeof(*bad_days); i++)
        cr_expect_not(day_parse(bad_days[i], &d), "%s", bad_days[i]);
    for (size_t i = 0; i < sizeof(bad_instants) / sizeof(*bad_instants); i++)
        cr_expect_not(instant_parse(bad_instants[i], &ms), "%s", bad_instants[i]);
    cr_assert(instant_parse("2026-11-22T11:00:00.1239+01:00", &ms));
    instant_format(ms, text);
    cr_expect_str_eq(text, "2026-11-22T10:00:00.123Z");
    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
        cr_assert(instant_said(said[i], &ms), "%s", said[i]);
        instant_format(ms, text);
        cr_expect_str_eq(text, "2026-11-30T16:50:00.000Z", "%s", said[i]);
    }
    for (size_t i = 0; i < sizeof(bad_said) / sizeof(*bad_said); i++)
        cr_expect_not(instant_said(bad_said[i], &ms), "%s", bad_said[i]);
    cr_expect_not(instant_parse(said[0], &ms), "entries have seconds");
    cr_expect_not(instant_parse("2026-11-30T16:50:00+0000", &ms), "and a colon in their offset");
    instant_format(-1, text);
    cr_expect_str_eq(text, "1969-12-31T23:59:59.999Z");
}

/* ---- Fields ---------------------------------------------------------------------------------- */

struct sample {
    const char *name, *note, *day, *since, *colour, *mail, *digits;
    struct ref owner;
    struct list tags;
    int64_t count;
    bool hidden;
};
static const char *const colours[] = {"red", "green", NULL};
static const struct field sample_fields[] = {
    {"name", KIND_NAME, .help = "a key", AT(struct sample, name)},
    {"note", KIND_TEXT, .optional = true, .max = 10, .help = "a note", AT(struct sample, note)},
    {"day", KIND_DATE, .optional = true, .help = "a day", AT(struct sample, day)},
    {"since", KIND_TIME, .optional = true, .help = "a time", AT(struct sample, since)},
    {"colour", KIND_CHOICE, .optional = true, .choices = colours, .help = "a colour",
     AT(struct sample, colour)},
    {"owner", KIND_REF, .optional = true, .of = "person", .help = "who", AT(struct sample, owner)},
    {"tags", KIND_LIST, .optional = true, .each = KIND_TEXT, .max = 3, .help = "words",
     AT(struct sample, tags)},
    {"count", KIND_INT, .optional = true, .min = 1, .max = 9, .help = "how many",
     AT(struct sample, count)},
    {"mail", KIND_TEXT, .optional = true, .mail = true, .help = "a mail address",
     AT(struct sample, mail)},
    {"digits", KIND_DIGEST, .optional = true, .min = 8, .help = "a hash",
     AT(struct sample, digits)},
    {"hidden", KIND_BOOL, .optional = true, .help = "is it", AT(struct sample, hidden)},
    {0}};
static const struct record sample_record = RECORD(struct sample, sample_fields);

Test(check, holds_every_limit)
{
    static const struct {
        const char *field, *value;
        bool good;
    } rows[] = {
        {"name", "acme.group", true},
        {"name", "congress:A000022:x", true},
        {"name", "a@b.example", true},
        {"name", "", false},
        {"name", "-a", false},
        {"name", "a b", false},
        {"name", "a'b", false},
        {"name", "a\xc3\xa9", false},
        {"note", "0123456789", true},
        {"note", "0123456789a", false},
        {"note", "", false},
        {"note", "a\nb", false},
        {"note",
         "a\xe2\x80\xae"
         "b",
         false}, /* right to left from here */
        {"note",
         "a\xe2\x81\xa6"
         "b",
         false},
        {"note",
         "a\xc2\x85"
         "b",
         false},
        {"note", "   ", false},
        {"note", "\xc2\xa0 ", false},
        {"note", "\xd7\xa9\xd7\x9d", true},
        {"mail", "ana@acme.example", true},
        {"mail", "not-an-email", false},
        {"mail", "a@b", false},
        {"mail", "a@b@c.example", false},
        {"mail", "Ana <a@b.example>", false},
        {"mail", "a@.example", false},
        {"mail", "@b.example", false},
        {"digits", "0123abcd", true},
        {"digits", "0123abc", false},
        {"digits", "0123abcg", false},
        {"note", "\xff", false},
        {"day", "2026-02-28", true},
        {"day", "2026-02-30", false},
        {"day", "28.02.2026", false},
        {"since", "2026-02-28", true},
        {"since", "2026-02-28T10:00:00+02:00", true},
        {"since", "yesterday", false},
        {"colour", "red", true},
        {"colour", "blue", false},
        {"colour", "Red", false},
        {"owner", "ana", true},
        {"owner", "Ana P", false},
        {"count", "1", true},
        {"count", "9", true},
        {"count", "0", false},
        {"count", "10", false},
        {"count", "1x", false},
        {"count", " 1", false},
        {"count", "", false},
        {"count", "99999999999999999999", false},
        {"hidden", "true", true},
        {"hidden", "no", true},
        {"hidden", "1", false},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct sample s = {0};
        const struct field *f = record_find(&sample_record, rows[i].field);
        struct err *e = field_set(mem, f, rows[i].value, &s);
        cr_expect_eq(e == NULL, rows[i].good, "%s=%s: %s", rows[i].field, rows[i].value,
                     e ? e->text : "accepted");
        cr_expect(!e || (e->kind == ERR_INVALID && strcmp(e->field, rows[i].field) == 0));
    }
}

/* What is written otherwise is told from what there is not. */
Test(check, a_day_is_shown_that_is_none)
{
    static const char *const rows[][2] = {
        {"28.12.2026", "'28.12.2026' is not a day like 2026-01-31"},
        {"30.02.2026", "'30.02.2026' is not in the calendar"},
        {"2026-02-30", "'2026-02-30' is not in the calendar"},
        {"2026-12-14T23:00:00Z", "'2026-12-14T23:00:00Z' is not a day like 2026-01-31"},
        {"2026-12-14 and what else there was in that cell", "is 47 bytes long; the limit is 10"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct dated {
        const char *day;
    };
    const struct field f = {"day", KIND_DATE, AT(struct dated, day)};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct dated d = {0};
        struct err *e = field_set(mem, &f, rows[i][0], &d);
        cr_assert_not_null(e, "%s", rows[i][0]);
        cr_expect(text_starts(e->text, rows[i][1]), "%s", e->text);
    }
}

Test(check, lists_grow_to_their_limit_and_times_become_instants)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const struct field *tags = record_find(&sample_record, "tags");
    struct sample s = {0};

    for (int i = 0; i < 3; i++)
        cr_expect_null(field_set(mem, tags, i == 2 ? "z" : "a", &s));
    cr_expect_not_null(field_set(mem, tags, "x", &s));
    cr_expect(s.tags.n == 3 && strcmp(s.tags.at[2], "z") == 0);
    cr_expect_null(field_set(mem, record_find(&sample_record, "since"), "2026-02-28", &s));
    cr_expect_str_eq(s.since, "2026-02-28T00:00:00.000Z");
}

Test(record, fills_by_name_what_is_not_set)
{
    struct sample from = {.name = "a", .note = "from", .count = 3}, to = {.note = "to"};

    record_fill(&sample_record, &to, &sample_record, &from);
    cr_expect_str_eq(to.name, "a");
    cr_expect_str_eq(to.note, "to");
    cr_expect_eq(to.count, 3);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static struct err *parse(struct arena *mem, const char *text, size_t n, struct csv *csv)
{
    return csv_parse(mem, bytes_of(text, n), csv);
}

Test(csv, reads_what_offices_write)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct csv csv;
    static const char german[] = "Name;Notiz\r\nM\xfcller;\"a;b\r\n\"\"c\"\"\"\r\n\r\n x ;\r\n";
    static const char utf16[] = "\xff\xfe"
                                "a\0,\0b\0\n\0\x31\0,\0\xe9\0";

    cr_assert_null(parse(mem, german, sizeof(german) - 1, &csv));
    cr_expect_str_eq(csv.encoding, "windows-1252");
    cr_expect_str_eq(csv.separator, "semicolon");
    cr_assert_eq(csv.n, 2);
    cr_expect_str_eq(csv.rows[0].fields[0], "M\xc3\xbcller");
    cr_expect_str_eq(csv.rows[0].fields[1], "a;b\r\n\"c\"");
    cr_expect_str_eq(csv.rows[1].fields[0], "x");
    cr_expect_str_eq(csv.rows[1].fields[1], "");
    cr_expect_eq(csv.rows[1].line, 5);

    static const char mixed[] = "n\nM\xc3\xbcller\nCaf\xc3\xa9\nM\xfcller\n";
    struct err *e = parse(mem, mixed, sizeof(mixed) - 1, &csv);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "line 4 is not"), "%s", e->text);

    cr_assert_null(parse(mem, utf16, sizeof(utf16) - 1, &csv));
    cr_expect_str_eq(csv.encoding, "UTF-16LE");
    cr_expect_str_eq(csv.rows[0].fields[1], "\xc3\xa9");

    cr_assert_null(parse(mem,
                         "\xef\xbb\xbf"
                         "a\tb\n1\t2",
                         10, &csv));
    cr_expect_str_eq(csv.encoding, "UTF-8 with BOM");
    cr_expect_str_eq(csv.separator, "tab");
    cr_expect_str_eq(csv.header[0], "a");
}

static long most_memory_kb(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;
}

/* 3 bytes a cell are the smallest that a table can be made of. */
Test(csv, takes_no_more_room_than_a_few_times_the_file)
{
    enum { ROWS = 10000, COLUMNS = 200 };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct csv csv;
    struct buf file;

    buf_init(&file, mem, 1 << 24);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        buf_text(&file, i % COLUMNS == COLUMNS - 1 ? "\"\"\n" : "\"\",");
    long before = most_memory_kb();
    cr_assert_null(parse(mem, file.at, file.n, &csv));
    cr_expect_eq(csv.n, ROWS - 1);
    cr_expect_eq(csv.columns, COLUMNS);
    cr_expect_lt(most_memory_kb() - before, 100 * 1024);
}

Test(csv, says_which_line_is_wrong)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct csv csv;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "first line"},
        {"a,b\n1,\"2\n", "line 2: a quote"},
        {"a,b\n\"1\"x,2\n", "line 2: text follows"},
        {"a,b;c\n", "as many"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct err *e = parse(mem, rows[i].text, strlen(rows[i].text), &csv);
        cr_assert_not_null(e, "%s", rows[i].text);
        cr_expect_not_null(strstr(e->text, rows[i].says), "%s", e->text);
    }
    struct err *e = parse(mem, "a,b\n1,2\n1\n1,2,3\n", 16, &csv);
    cr_assert_not_null(e);
    cr_assert(e->items && e->items->next && !e->items->next->next);
    cr_expect_str_eq(e->items->where, "line 3");
    cr_expect_str_eq(e->items->next->where, "line 4");
}

Test(file, is_replaced_whole)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    char folder[] = "/tmp/tenure-file-XXXXXX";
    struct bytes b;
    struct stat st;

    cr_assert_not_null(mkdtemp(folder));
    const char *path = arena_printf(mem, "%s/a/b/c", folder);
    cr_expect_not_null(file_read(mem, path, 10, &b));
    cr_assert_null(folder_make(mem, arena_printf(mem, "%s/a/b", folder), 0700));
    cr_assert_null(file_write(mem, path, 0600, bytes_of_text("one")));
    cr_assert_null(file_write(mem, path, 0600, bytes_of_text("two")));
    cr_assert_null(file_read(mem, path, 3, &b));
    cr_expect(bytes_same(b, bytes_of_text("two")));
    cr_expect_not_null(file_read(mem, path, 2, &b));
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_assert_eq(
        system(arena_printf(mem, "test $(ls %s/a/b | wc -l) = 1 && rm -r %s", folder, folder)), 0);
}
