/* date.c - see date.h. The civil calendar runs from 1 March, so that the leap day comes last. */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_PER_ERA = 146097, EPOCH_FROM_0000_03_01 = 719468 };

int64_t day_from_civil(int64_t year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year =
        (153 * (month > 2 ? (int64_t)month - 3 : (int64_t)month + 9) + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_FROM_0000_03_01;
}

static void civil_from_day(int64_t n, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
    n += EPOCH_FROM_0000_03_01;
    int64_t era = (n >= 0 ? n : n - DAYS_PER_ERA + 1) / DAYS_PER_ERA;
    int64_t doe = n - era * DAYS_PER_ERA;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *ret_day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    *ret_month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    *ret_year = yoe + era * 400 + (*ret_month <= 2);
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* width digits, no sign. */
static bool digits(const char **at, int width, unsigned *ret)
{
    unsigned v = 0;

    for (int i = 0; i < width; i++, ++*at) {
        if (**at < '0' || **at > '9')
            return false;
        v = v * 10 + (unsigned)(**at - '0');
    }
    *ret = v;
    return true;
}

static bool letter(const char **at, char c)
{
    return **at == c && *(*at)++;
}

static bool take_day(const char **at, int64_t *ret)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned y, m, d;

    if (!digits(at, 4, &y) || !letter(at, '-') || !digits(at, 2, &m) || !letter(at, '-') ||
        !digits(at, 2, &d) || y == 0 || m == 0 || m > 12 || d == 0)
        return false;
    if (d > lengths[m - 1] + (m == 2 && is_leap(y)))
        return false;
    *ret = day_from_civil(y, m, d);
    return true;
}

bool day_parse(const char *text, int64_t *ret_day)
{
    int64_t day;

    if (!take_day(&text, &day) || *text)
        return false;
    *ret_day = day;
    return true;
}

void day_format(int64_t day, char out[DAY_TEXT])
{
    int64_t y;
    unsigned m, d;

    civil_from_day(day, &y, &m, &d);
    snprintf(out, DAY_TEXT, "%04u-%02u-%02u", (unsigned)y % 10000, m % 100, d % 100);
}

char *day_text(struct arena *mem, int64_t day)
{
    char *text = arena_alloc(mem, DAY_TEXT);

    day_format(day, text);
    return text;
}

int day_weekday(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7);
}

/* How strictly an instant is read: as it is written in entries, or as people say it. */
enum manner { WRITTEN, SAID };

static bool take_offset(const char **at, enum manner manner, int64_t *ret_minutes)
{
    unsigned h, m;

    *ret_minutes = 0;
    if (**at == 'Z' || **at == 'z') {
        ++*at;
        return true;
    }
    int64_t sign = **at == '+' ? 1 : -1;
    if (!letter(at, '+') && !letter(at, '-'))
        return false;
    if (!digits(at, 2, &h) || (!letter(at, ':') && manner == WRITTEN) || !digits(at, 2, &m) ||
        h > 23 || m > 59)
        return false;
    *ret_minutes = sign * (int64_t)(h * 60 + m);
    return true;
}

/* ".5" is 500 ms; what is finer than a millisecond is cut. */
static bool take_fraction(const char **at, int64_t *ret_ms)
{
    int64_t ms = 0;
    int n = 0;

    *ret_ms = 0;
    if (!letter(at, '.'))
        return true;
    for (; **at >= '0' && **at <= '9'; ++*at, n++)
        if (n < 3)
            ms = ms * 10 + (**at - '0');
    if (n == 0 || n > 9)
        return false;
    for (int i = n; i < 3; i++)
        ms *= 10;
    *ret_ms = ms;
    return true;
}

/* ":30.5"; said to the minute, there is none. */
static bool take_seconds(const char **at, enum manner manner, int64_t *ret_ms)
{
    int64_t fraction;
    unsigned s;

    *ret_ms = 0;
    if (manner == SAID && **at != ':')
        return true;
    if (!letter(at, ':') || !digits(at, 2, &s) || s > 59 || !take_fraction(at, &fraction))
        return false;
    *ret_ms = s * 1000LL + fraction;
    return true;
}

static bool take_instant(const char *text, enum manner manner, int64_t *ret_ms)
{
    int64_t day, minutes, ms;
    unsigned h, m;

    if (!take_day(&text, &day))
        return false;
    if (!letter(&text, 'T') && !letter(&text, 't') && !(manner == SAID && letter(&text, ' ')))
        return false;
    if (!digits(&text, 2, &h) || !letter(&text, ':') || !digits(&text, 2, &m) || h > 23 || m > 59)
        return false;
    if (!take_seconds(&text, manner, &ms) || !take_offset(&text, manner, &minutes) || *text)
        return false;
    *ret_ms = day * MS_PER_DAY + ((int64_t)h * 60 + m - minutes) * 60000 + ms;
    return true;
}

bool instant_parse(const char *text, int64_t *ret_ms)
{
    return take_instant(text, WRITTEN, ret_ms);
}

bool instant_said(const char *text, int64_t *ret_ms)
{
    return take_instant(text, SAID, ret_ms);
}

void instant_format(int64_t ms, char out[INSTANT_TEXT])
{
    int64_t day = ms / MS_PER_DAY, rest = ms % MS_PER_DAY;
    char date[DAY_TEXT];

    if (rest < 0) {
        rest += MS_PER_DAY;
        day--;
    }
    day_format(day, date);
    unsigned r = (unsigned)rest;
    snprintf(out, INSTANT_TEXT, "%.10sT%02u:%02u:%02u.%03uZ", date, r / 3600000 % 24,
             r / 60000 % 60, r / 1000 % 60, r % 1000);
}

char *instant_text(struct arena *mem, int64_t ms)
{
    char *text = arena_alloc(mem, INSTANT_TEXT);

    instant_format(ms, text);
    return text;
}
