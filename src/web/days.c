/* days.c - days and times as people read them, in the reader's language and zone; see render.h. */
#include "render.h"

#include "base/date.h"
#include "base/zone.h"
#include "json/json.h"

#include <stdlib.h>

/* ---- Days and times
 * ------------------------------------------------------------------------------ */

static const char *day_in_words(struct page *p, int64_t day)
{
    char text[DAY_TEXT];

    day_format(day, text);
    const char *month = text_of(p->language, arena_printf(p->mem, "month.%.2s", text + 5));
    int number = atoi(text + 8);
    const char *nth = number == 1 && p->language == FRENCH ? "er" : "";

    return arena_printf(p->mem, "%d%s %s %.4s", number, nth, month ? month : text + 5, text);
}

/* "2026-12-29T17:00+0100": as the clock of a place is written. */
static const char *with_colon(struct arena *mem, const char *text)
{
    size_t n = strlen(text);

    if (n <= 5 || (text[n - 5] != '+' && text[n - 5] != '-') || text[n - 3] == ':')
        return text;
    const char *seconds = n == strlen("2026-12-29T17:00+0100") ? ":00" : "";
    return arena_printf(mem, "%.*s%s%.3s:%s", (int)n - 5, text, seconds, text + n - 5,
                        text + n - 2);
}

bool moment_parse(struct arena *mem, const char *text, int64_t *ret_ms)
{
    return instant_parse(with_colon(mem, text), ret_ms);
}

/* The clock on the reader's wall, in seconds as if it showed UTC. */
static int64_t local_of(const struct page *p, int64_t ms)
{
    int64_t seconds = ms / 1000 - (ms % 1000 < 0);

    return p->zone ? seconds + zone_offset(p->zone, seconds) : seconds;
}

static int64_t local_day(const struct page *p, int64_t ms)
{
    int64_t local = local_of(p, ms);

    return local / 86400 - (local % 86400 < 0);
}

/* What is said by the day is kept as its midnight in UTC, and is that day for every reader. */
static bool is_plain_day(int64_t ms)
{
    return ms % MS_PER_DAY == 0;
}

static int64_t said_day(const struct page *p, int64_t ms)
{
    return is_plain_day(ms) ? ms / MS_PER_DAY : local_day(p, ms);
}

/* Is it a moment? What else it may be is said in *ret: a day in words, any other text as it is. */
static bool is_moment(struct page *p, const json_t *value, int64_t *ret_ms, const char **ret)
{
    int64_t day;

    *ret = as_plain(p, value);
    if (*ret && day_parse(*ret, &day))
        *ret = day_in_words(p, day);
    else if (*ret)
        return moment_parse(p->mem, *ret, ret_ms);
    return false;
}

const char *as_day(struct page *p, const json_t *value)
{
    const char *words;
    int64_t ms;

    return is_moment(p, value, &ms, &words) ? day_in_words(p, said_day(p, ms)) : words;
}

const char *as_day_here(struct page *p, const json_t *value)
{
    const char *words;
    int64_t ms;

    return is_moment(p, value, &ms, &words) ? day_in_words(p, local_day(p, ms)) : words;
}

static const char *time_in_words(struct page *p, const json_t *value)
{
    const char *words;
    int64_t ms;

    if (!is_moment(p, value, &ms, &words))
        return words;
    int64_t local = local_of(p, ms), in_day = ((local % 86400) + 86400) % 86400;
    return arena_printf(p->mem, "%s, %02d:%02d%s", day_in_words(p, (local - in_day) / 86400),
                        (int)(in_day / 3600), (int)(in_day / 60 % 60), p->zone ? "" : " UTC");
}

/* What is due is often due with what stands beside it. */
const char *as_time(struct page *p, const json_t *value)
{
    const char *text = json_string_value(value);

    if (!text || !p->last.time || p->last.zone != p->zone || strcmp(text, p->last.time) != 0) {
        const char *words = time_in_words(p, value);
        if (!text)
            return words;
        p->last.time = arena_copy(p->mem, text);
        p->last.words = words;
        p->last.zone = p->zone;
    }
    return p->last.words;
}

const char *as_since(struct page *p, const json_t *value)
{
    const char *words;
    int64_t ms;

    return is_moment(p, value, &ms, &words) && is_plain_day(ms) ? as_day(p, value)
                                                                : as_time(p, value);
}

/* ---- How far off a day is
 * ------------------------------------------------------------------------ */

enum { NEAR_DAYS = 14 };

/* Days from the reader's today to that day; day_of() is the day of a moment. */
static bool days_off(const struct page *p, const json_t *value,
                     int64_t (*day_of)(const struct page *p, int64_t ms), int64_t *ret)
{
    const char *text = json_string_value(value);
    int64_t day, ms;

    if (!text)
        return false;
    if (!day_parse(text, &day)) {
        if (!moment_parse(p->mem, text, &ms))
            return false;
        day = day_of(p, ms);
    }
    *ret = day - local_day(p, p->now);
    return true;
}

/* "in {n} day | in {n} days" */
static const char *days_said(struct page *p, const char *key, int64_t n)
{
    const char *text = text_of(p->language, key), *other = strstr(text, " | ");
    json_t *count = json_keep(p->mem, json_integer((json_int_t)n));
    const char *number = as_number(p, count);

    if (other)
        text = is_one(p->language, count) ? arena_copy_n(p->mem, text, (size_t)(other - text))
                                          : other + 3;
    const char *at = strstr(text, "{n}");
    return at ? arena_printf(p->mem, "%.*s%s%s", (int)(at - text), text, number, at + 3) : text;
}

static const char *said_by_name(struct page *p, int64_t days)
{
    static const char *const names[] = {"near.yesterday", "near.today", "near.tomorrow"};

    return days >= -1 && days <= 1 ? text_of(p->language, names[days + 1]) : NULL;
}

const char *as_near(struct page *p, const json_t *value)
{
    int64_t days;

    if (!days_off(p, value, local_day, &days) || days > NEAR_DAYS || days < -NEAR_DAYS)
        return NULL;
    const char *name = said_by_name(p, days);
    return name ? name : days_said(p, days > 0 ? "near.in" : "near.ago", days > 0 ? days : -days);
}

const char *as_late(struct page *p, const json_t *value)
{
    int64_t days;

    if (!days_off(p, value, local_day, &days))
        return NULL;
    return days < 0 ? days_said(p, "near.late", -days) : as_near(p, value);
}

const char *as_lasting(struct page *p, const json_t *value)
{
    int64_t days;

    if (!days_off(p, value, said_day, &days) || days > 0)
        return NULL;
    return days == 0 ? text_of(p->language, "near.since_today") : days_said(p, "near.for", -days);
}
