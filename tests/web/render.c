/* Values into HTML: escaped by where they stand, in the reader's language and zone. */
#include "render.h"

#include "base/date.h"
#include "base/zone.h"
#include "form.h"
#include "view.h"
#include "json/json.h"

#include <criterion/criterion.h>

static struct page *page_new(struct arena *mem, enum language language)
{
    struct page *p = arena_alloc(mem, sizeof(*p));

    p->mem = mem;
    p->language = language;
    p->out = arena_alloc(mem, sizeof(*p->out));
    buf_init(p->out, mem, 1 << 20);
    return p;
}

static const json_t *text(struct page *p, const char *of)
{
    return literal(p, of);
}

Test(render, nothing_that_is_stored_becomes_markup)
{
    static const char *const payloads[] = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</textarea><svg/onload=alert(1)>",
        "&lt;b&gt;",
    };

    for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct page *p = page_new(mem, ENGLISH);
        put_text(p, payloads[i]);
        cr_expect(!strpbrk(p->out->at, "<>\"'"), "%s", p->out->at);
        if (strchr(payloads[i], '&'))
            cr_expect_str_eq(p->out->at, "&amp;lt;b&amp;gt;");
    }
}

Test(render, an_address_is_ours_or_has_a_harmless_scheme)
{
    static const struct {
        const char *said, *put;
    } all[] = {
        {"/accounts/x", "/accounts/x"},
        {"?after=1", "?after=1"},
        {"#main", "#main"},
        {"https://x.com/a?b=1&c=\"", "https://x.com/a?b=1&amp;c=&quot;"},
        {"HTTP://x.com", "HTTP://x.com"},
        {"mailto:a@b.example", "mailto:a@b.example"},
        {"javascript:alert(1)", "#"},
        {" javascript:alert(1)", "#"},
        {"JaVaScRiPt:alert(1)", "#"},
        {"data:text/html,<script>", "#"},
        {"vbscript:x", "#"},
        {"//evil.example", "#"},
        {"/\\evil.example", "#"},
        {"/\t/evil.example", "#"},
        {"java\nscript:alert(1)", "#"},
        {"evil", "#"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct page *p = page_new(mem, ENGLISH);
        put_address(p, all[i].said);
        cr_expect_str_eq(p->out->at, all[i].put, "%s", all[i].said);
    }
}

Test(render, a_part_of_an_address_cannot_leave_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page *p = page_new(mem, ENGLISH);

    put_part(p, "../a b?c#d&e=\"\xc3\xa9");
    cr_expect_str_eq(p->out->at, "..%2Fa%20b%3Fc%23d%26e%3D%22%C3%A9");
}

Test(render, days_and_hours_are_of_the_readers_place_and_language)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page *english = page_new(mem, ENGLISH), *french = page_new(mem, FRENCH);
    struct zone *berlin;

    cr_expect_str_eq(as_day(english, text(english, "2026-12-01")), "1 December 2026");
    cr_expect_str_eq(as_day(french, text(french, "2026-12-01")), "1er d\xc3\xa9"
                                                                 "cembre 2026");
    cr_expect_str_eq(as_time(english, text(english, "2026-07-31T22:30:00Z")),
                     "31 July 2026, 22:30 UTC");
    cr_expect_str_eq(as_time(french, text(french, "2026-07-31T22:30:00Z")),
                     "31 juillet 2026, 22:30 UTC", "the reader's place is not known yet");
    cr_assert(!zone_load(mem, "Europe/Berlin", &berlin));
    french->zone = berlin;
    cr_expect_str_eq(as_time(french, text(french, "2026-07-31T22:30:00Z")),
                     "1er ao\xc3\xbbt 2026, 00:30");
    cr_expect_str_eq(as_time(french, text(french, "2026-01-31T22:30:00.5+00:00")),
                     "31 janvier 2026, 23:30");
    cr_expect_str_eq(as_day(french, text(french, "2026-01-31T23:30:00Z")),
                     "1er f\xc3\xa9vrier 2026");
    cr_expect_str_eq(as_time(french, text(french, "2026-01-31")), "31 janvier 2026");
    cr_expect_str_eq(as_day(english, text(english, "1969-12-31T23:59:59Z")), "31 December 1969");
    cr_expect_str_eq(as_time(english, text(english, "1969-12-31T23:59:59Z")),
                     "31 December 1969, 23:59 UTC");
    cr_expect_str_eq(as_day(french, text(french, "not a day")), "not a day");
    cr_expect_str_eq(as_time(french, text(french, "not a time")), "not a time");
    cr_expect(!as_day(french, NULL) && !as_time(french, NULL));
}

/* What is said by the day is kept as its midnight in UTC. */
Test(render, a_day_is_the_same_day_for_every_reader)
{
    static const struct {
        const char *zone, *noon, *midnight, *french;
    } all[] = {
        {NULL, "1 September 2015, 12:00 UTC", "1 September 2015, 00:00 UTC",
         "1er septembre 2015, 12:00 UTC"},
        {"Europe/Warsaw", "1 September 2015, 14:00", "1 September 2015, 02:00",
         "1er septembre 2015, 14:00"},
        {"America/New_York", "1 September 2015, 08:00", "31 August 2015, 20:00",
         "1er septembre 2015, 08:00"},
    };
    static const char *const midnights[] = {"2015-09-01T00:00:00Z", "2015-09-01T00:00:00.000Z",
                                            "2015-09-01T00:00:00+00:00", "2015-09-01"};

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct page *english = page_new(mem, ENGLISH), *french = page_new(mem, FRENCH);
        struct zone *zone = NULL;
        if (all[i].zone)
            cr_assert(!zone_load(mem, all[i].zone, &zone));
        english->zone = french->zone = zone;
        for (size_t k = 0; k < sizeof(midnights) / sizeof(*midnights); k++) {
            const json_t *day = text(english, midnights[k]);
            cr_expect_str_eq(as_day(english, day), "1 September 2015");
            cr_expect_str_eq(as_since(english, day), "1 September 2015");
            cr_expect_str_eq(as_day(french, day), "1er septembre 2015");
            cr_expect_str_eq(as_since(french, day), "1er septembre 2015");
        }
        const json_t *noon = text(english, "2015-09-01T12:00:00Z");
        cr_expect_str_eq(as_since(english, noon), all[i].noon);
        cr_expect_str_eq(as_since(french, noon), all[i].french);
        const json_t *midnight = text(english, midnights[0]);
        cr_expect_str_eq(as_time(english, midnight), all[i].midnight, "what a clock said stays");
        cr_expect(text_starts(all[i].midnight, as_day_here(english, midnight)));
        cr_expect_str_eq(json_text(view_cell(english, "since", midnight), "text"),
                         "1 September 2015");
        cr_expect_str_eq(json_text(view_cell(english, "due", midnight), "text"), all[i].midnight);
        cr_expect_str_eq(json_text(view_cell(english, "recorded_at", midnight), "text"),
                         all[i].midnight);
        cr_assert(day_parse("2015-09-13", &english->now));
        english->now = english->now * MS_PER_DAY + MS_PER_DAY / 2;
        cr_expect_str_eq(as_lasting(english, midnight), "for 12 days");
    }
}

Test(render, numbers_have_the_languages_groups)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page *english = page_new(mem, ENGLISH), *french = page_new(mem, FRENCH);
    const json_t *million = json_keep(mem, json_integer(1234567));

    cr_expect_str_eq(as_number(english, million), "1,234,567");
    cr_expect_str_eq(as_number(french, million), "1\u202f234\u202f567");
    cr_expect_str_eq(as_number(english, json_keep(mem, json_integer(999))), "999");
}

Test(render, one_and_many_are_each_languages_own)
{
    static const struct {
        enum language language;
        int n;
        const char *said;
    } all[] = {
        {ENGLISH, 0, "All 0 acts are in the log."},
        {ENGLISH, 1, "1 act is in the log."},
        {ENGLISH, 2, "All 2 acts are in the log."},
        {FRENCH, 0, "0 acte est dans le journal."},
        {FRENCH, 1, "1 acte est dans le journal."},
        {FRENCH, 2, "Les 2 actes sont dans le journal."},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct page *p = page_new(mem, all[i].language);
        const json_t *n = json_keep(mem, json_integer(all[i].n));
        int place = 0;
        while (strcmp(text_keys[place], "done.fine") != 0)
            place++;
        say(p, place, n, (const struct filling[]){{"n", as_number(p, n)}}, 1);
        cr_expect_str_eq(p->out->at, all[i].said);
    }
}

Test(render, the_browsers_language_is_taken)
{
    static const struct {
        const char *accept;
        enum language language;
    } all[] = {
        {NULL, ENGLISH},
        {"", ENGLISH},
        {"fr", FRENCH},
        {"fr-CH, fr;q=0.9, en;q=0.8", FRENCH},
        {"en-GB,en;q=0.9,fr;q=0.8", ENGLISH},
        {"de, fr;q=0.5, en;q=0.4", FRENCH},
        {"fro", ENGLISH},
        {"en;q=0.1, fr;q=0.2", FRENCH},
        {",,;;q=,fr", FRENCH},
        {"fr; q=0.1, en; q=0.9", ENGLISH},
        {"en; q=0.2, fr ; q=0.3", FRENCH},
        {"en;\tQ=0.2,\tfr;q=0.3", FRENCH},
        {"fr;q=0, en;q=0.1", ENGLISH},
        {"fr;q=0", ENGLISH},
        {"fr;q=x, en;q=0.1", ENGLISH},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        cr_expect(language_of(all[i].accept) == all[i].language, "%s", all[i].accept);
}

/* ---- Forms
 * --------------------------------------------------------------------------------------- */

static struct sent sent(struct arena *mem, const char *media_type, const char *body)
{
    struct sent s;
    struct err *e = form_read(mem, media_type, bytes_of_text(body), &s);

    cr_assert(!e, "%s", e ? e->text : "");
    return s;
}

Test(form, what_a_browser_sends_is_read)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sent s = sent(mem, "application/x-www-form-urlencoded", "a=1&b=x+y%C3%A9&a=2");

    cr_assert(s.n == 3);
    cr_expect_str_eq(form_value(&s, "a"), "1");
    cr_expect_str_eq(form_value(&s, "b"), "x y\xc3\xa9");
    s = sent(mem, "multipart/form-data; boundary=--x",
             "----x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n"
             "----x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.csv\"\r\n"
             "Content-Type: text/csv\r\n\r\na,b\r\n\r\n----x--\r\n");
    cr_assert(s.n == 2);
    cr_expect_str_eq(form_value(&s, "a"), "1\r\n2");
    cr_expect(!form_value(&s, "f"));
    cr_expect_str_eq(s.at[1].file, "n.csv");
    cr_expect(s.at[1].bytes.n == 5 && memcmp(s.at[1].bytes.at, "a,b\r\n", 5) == 0);
}

Test(form, what_no_browser_sends_is_refused)
{
    static const struct {
        const char *media_type, *body;
    } all[] = {
        {NULL, "a=1"},
        {"application/json", "{}"},
        {"application/x-www-form-urlencoded", "a"},
        {"application/x-www-form-urlencoded", "a=%zz"},
        {"application/x-www-form-urlencoded", "a=%00"},
        {"application/x-www-form-urlencoded", "a=%ff"},
        {"application/x-www-form-urlencoded", "%ff=a"},
        {"multipart/form-data", "--x\r\n"},
        {"multipart/form-data; boundary=x", ""},
        {"multipart/form-data; boundary=x", "--x"},
        {"multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n"},
        {"multipart/form-data; boundary=x", "--x\r\nno head\r\n\r\n1\r\n--x--"},
        {"multipart/form-data; boundary=x", "--x\r\n\r\n\r\n--x--"},
        {"multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"\xff.zip\"\r\n\r\n1\r\n"
         "--x--"},
        {"multipart/form-data; boundary=x", "--x\r\n--x--"},
        {"multipart/form-data; boundary=x", "--x\r\n--x\r\n--x--"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct sent s;
        struct err *e = form_read(mem, all[i].media_type, bytes_of_text(all[i].body), &s);
        cr_expect(e && e->kind == ERR_USAGE, "%s", all[i].body);
    }
}

/* ---- Views
 * --------------------------------------------------------------------------------------- */

Test(view, every_thing_with_a_page_is_linked)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page *p = page_new(mem, ENGLISH);
    static const struct {
        const char *field, *value, *href;
    } all[] = {
        {"account", "acme-group", "/accounts/acme-group"},
        {"person", "e 1", NULL},
        {"person", "e1", "/people/e1"},
        {"successor", "e1", "/people/e1"},
        {"handover", "lv-1", "/handovers/lv-1"},
        {"credential", "c/1", "/credentials/c%2F1"},
        {"reason", "because", NULL},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        const json_t *cell = view_cell(p, all[i].field, text(p, all[i].value));
        cr_expect(text_same(json_text(cell, "href"), all[i].href), "%s %s", all[i].field,
                  json_text(cell, "href"));
        cr_expect_str_eq(json_text(cell, "text"), all[i].value);
    }
}
