/* import_text.c - names, days and ids as files write them; see import.h. */
#include "domain/import.h"

#include "base/check.h"
#include "base/date.h"
#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = 80 };

/* ---- Letters --------------------------------------------------------------------------------- */

/* What the letters from U+00C0 and from U+0100 on are without their accents; '?' is told below. */
static const char latin_1[] = "aaaaaa?ceeeeiiiidnooooo?ouuuuy??"
                              "aaaaaa?ceeeeiiiidnooooo?ouuuuy?y";
static const char latin_a[] =
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii??jjkkk"
    "llllllllllnnnnnnnnnoooooo??rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* The base letters of a code point; "" for what is no letter or digit, NULL for another script. */
static const char *base_letters(uint32_t c, char out[2])
{
    static const struct {
        uint32_t c;
        const char *as;
    } pairs[] = {{0xc6, "ae"},  {0xe6, "ae"},  {0xde, "th"}, {0xfe, "th"},
                 {0xdf, "ss"},  {0xd7, ""},    {0xf7, ""},   {0x132, "ij"},
                 {0x133, "ij"}, {0x152, "oe"}, {0x153, "oe"}};

    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        if (pairs[i].c == c)
            return pairs[i].as;
    out[1] = '\0';
    if (c < 0x80)
        *out = isalnum((int)c) ? (char)tolower((int)c) : '\0';
    else if (c < 0xc0 || (c >= 0x2000 && c < 0x2070)) /* dashes, quotes, spaces too */
        *out = '\0';
    else if (c < 0x100)
        *out = latin_1[c - 0xc0];
    else if (c < 0x180)
        *out = latin_a[c - 0x100];
    else
        return NULL;
    return out;
}

char *import_fold(struct arena *mem, const char *text)
{
    size_t n = strlen(text), took;
    struct buf out;

    buf_init(&out, mem, 2 * n + 1);
    for (size_t i = 0; i < n; i += took) {
        char letter[2];
        const char *base = base_letters(text_code_point(text + i, n - i, &took), letter);
        if (base)
            buf_text(&out, base);
        else
            buf_add(&out, text + i, took);
    }
    return out.at;
}

static uint32_t number_of(const char *text) /* FNV-1a */
{
    uint32_t h = UINT32_C(2166136261);

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT32_C(16777619);
    return h;
}

char *import_key(struct arena *mem, const char *name)
{
    size_t n = strlen(name), took;
    bool foreign = false, gap = false;
    struct buf out;

    if (is_name(name) && n <= KEY_BYTES)
        return arena_copy(mem, name);
    buf_init(&out, mem, 2 * n + 2);
    for (size_t i = 0; i < n; i += took) {
        char letter[2];
        const char *base = base_letters(text_code_point(name + i, n - i, &took), letter);
        foreign = foreign || !base;
        if (!base || !*base) {
            gap = true;
            continue;
        }
        if (gap && out.n)
            buf_byte(&out, '-');
        gap = false;
        buf_text(&out, base);
    }
    if (!foreign && out.n && out.n <= KEY_BYTES)
        return out.at;
    return arena_printf(mem, "%.*s%s%08" PRIx32, KEY_BYTES - 10, out.at, out.n ? "-" : "k",
                        number_of(name));
}

/* ---- Days ------------------------------------------------------------------------------------ */

/* What may come after a day: nothing, or its midnight, with a zone or without. */
static bool is_midnight(const char *rest)
{
    if (!*rest)
        return true;
    if ((*rest != ' ' && *rest != 'T') || !text_starts(rest + 1, "00:00"))
        return false;
    rest += strlen(" 00:00");
    if (text_starts(rest, ":00"))
        rest += strlen(":00");
    if (*rest == '.' && rest[1] == '0')
        rest += 1 + strspn(rest + 1, "0");
    if (strcmp(rest, "Z") == 0)
        return true;
    if (*rest == '+' || *rest == '-')
        rest += 1 + strspn(rest + 1, "0123456789:");
    return !*rest;
}

/* Three numbers with the same mark between them, nothing but a midnight after them. */
static bool three_numbers(const char *cell, char mark, unsigned v[3])
{
    char marks[2] = {0};
    int n = 0;

    if (sscanf(cell, "%4u%c%2u%c%4u%n", &v[0], &marks[0], &v[1], &marks[1], &v[2], &n) != 5)
        return false;
    return isdigit((unsigned char)*cell) && marks[0] == mark && marks[1] == mark &&
           is_midnight(cell + n);
}

/* 31-Dec-2026, as databases write it, in English. */
static bool month_by_name(const char *cell, unsigned v[3])
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char marks[2] = {0}, month[4] = {0};
    int n = 0;

    if (sscanf(cell, "%2u%c%3[A-Za-z]%c%4u%n", &v[0], &marks[0], month, &marks[1], &v[2], &n) != 5)
        return false;
    for (char *at = month; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    const char *found = strlen(month) == 3 ? strstr(names, month) : NULL;
    if (!found || (found - names) % 3 || marks[0] != marks[1] || !strchr("- ", marks[0]) ||
        v[2] < 1000)
        return false;
    v[1] = (unsigned)(found - names) / 3 + 1;
    return isdigit((unsigned char)*cell) && is_midnight(cell + n);
}

void import_dates_look(struct import_dates *d, const char *cell)
{
    unsigned v[3];

    if (!three_numbers(cell, '/', v) || v[0] > 31 || v[2] < 1000)
        return;
    d->day_first = d->day_first || (v[0] > 12 && v[1] <= 12);
    d->month_first = d->month_first || (v[1] > 12 && v[0] <= 12);
}

/* 30.02.2026 stays as it is, for whoever wrote it has to find it again. */
static const char *day_or_cell(struct arena *mem, const char *cell, unsigned year, unsigned month,
                               unsigned day)
{
    const char *text = arena_printf(mem, "%04u-%02u-%02u", year, month, day);
    int64_t is;

    return day_parse(text, &is) ? text : cell;
}

/* A day as Excel counts them, from 1900-01-00, in a cell that has lost its format: of this century.
 * A part of a day is a time. (It takes 1900 for a leap year, which after that year comes to one
 * day.) */
static bool excel_day(const char *cell, const char **ret, struct arena *mem)
{
    enum { BEFORE_1970 = 25569, FIRST = 36526, LAST = 73050 };
    char day[DAY_TEXT];
    long n = 0;

    size_t digits = strspn(cell, "0123456789");
    size_t part = cell[digits] == '.' ? 1 + strspn(cell + digits + 1, "0123456789") : 0;
    if (digits != 5 || part == 1 || cell[digits + part])
        return false;
    n = strtol(cell, NULL, 10);
    if (n < FIRST || n > LAST)
        return false;
    day_format(n - BEFORE_1970, day);
    *ret = arena_copy(mem, day);
    return true;
}

const char *import_date(struct arena *mem, const struct import_dates *d, const char *cell)
{
    const char *counted;
    unsigned v[3];

    if (excel_day(cell, &counted, mem))
        return counted;
    if (three_numbers(cell, '.', v) && v[2] >= 1000) /* 31.3.2026 is written in one order only */
        return day_or_cell(mem, cell, v[2], v[1], v[0]);
    if (month_by_name(cell, v))
        return day_or_cell(mem, cell, v[2], v[1], v[0]);
    if ((three_numbers(cell, '/', v) || three_numbers(cell, '-', v)) && v[0] >= 1000)
        return day_or_cell(mem, cell, v[0], v[1], v[2]);
    if (!three_numbers(cell, '/', v) || v[2] < 1000)
        return cell;
    if (v[0] == v[1])
        return day_or_cell(mem, cell, v[2], v[1], v[0]);
    if (d->day_first == d->month_first)
        return NULL;
    return d->day_first ? day_or_cell(mem, cell, v[2], v[1], v[0])
                        : day_or_cell(mem, cell, v[2], v[0], v[1]);
}

/* ---- Ids ------------------------------------------------------------------------------------- */

const char *import_uid_kind(const char *platform, const char *uid)
{
    static const char *const numbered[] = {"x", "facebook", "instagram"};
    size_t n = strlen(uid);
    bool own = true;

    for (size_t i = 0; i < sizeof(numbered) / sizeof(*numbered); i++)
        if (strcmp(platform, numbered[i]) == 0)
            own = strspn(uid, "0123456789") == n;
    if (strcmp(platform, "youtube") == 0)
        own = n == 24 && text_starts(uid, "UC");
    return own ? "platform_uid" : "legacy_id";
}
