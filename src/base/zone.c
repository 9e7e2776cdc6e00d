/* zone.c - see zone.h. The file's first block counts in 32 bits and is passed over; the second has
 * every transition in 64 bits, and a line behind it says how it goes on after the last of them. */
#include "base/zone.h"

#include "base/date.h"
#include "base/file.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char folder[] = "/usr/share/zoneinfo";
enum { ZONE_FILE_MAX = 1 << 20, HEADER = 44, DAY = 86400 };

/* "M3.5.0/2": when a clock is changed each year. */
struct change {
    char form; /* 'M': month, week, weekday; 'J': day 1-365 without the leap day; 'N': day 0-365 */
    int64_t month, week, day;
    int64_t time; /* seconds of the clock before the change */
};

struct zone {
    size_t n;
    int64_t *at;     /* the instants at which the offset changes */
    int32_t *offset; /* n + 1 of them: offset[i] holds before at[i], the last one after all */
    bool goes_on;    /* after the last change by the rule */
    int32_t standard, summer;
    bool has_summer;
    struct change begin, end; /* of summer */
};

static struct err *broken(struct arena *mem, const char *name, const char *what)
{
    return err_new(mem, ERR_INVALID, "the tz data of '%s' cannot be used: %s", name, what);
}

/* ---- The rule behind the table: CET-1CEST,M3.5.0,M10.5.0/3 ----------------------------------- */

static bool number(const char **at, int64_t most, int64_t *ret)
{
    const char *from = *at;
    int64_t n = 0;

    for (; **at >= '0' && **at <= '9' && *at - from < 4; ++*at)
        n = n * 10 + (**at - '0');
    *ret = n;
    return *at > from && n <= most;
}

static bool take(const char **at, char c)
{
    return **at == c && *(*at)++;
}

/* "CET" or "<+1030>". */
static bool abbreviation(const char **at)
{
    if (take(at, '<')) {
        *at += strcspn(*at, ">");
        return take(at, '>');
    }
    size_t n = strcspn(*at, "+-0123456789,<");
    *at += n;
    return n >= 3;
}

static bool clock_time(const char **at, int64_t *ret)
{
    int64_t sign = take(at, '-') ? -1 : 1, h, m = 0, s = 0;

    if (sign > 0)
        (void)take(at, '+');
    if (!number(at, 167, &h) || (take(at, ':') && !number(at, 59, &m)) ||
        (take(at, ':') && !number(at, 59, &s)))
        return false;
    *ret = sign * (h * 3600 + m * 60 + s);
    return true;
}

/* In this notation west is positive. */
static bool offset_west(const char **at, int32_t *ret)
{
    int64_t west;

    if (!clock_time(at, &west) || west > DAY + 3600 || west < -DAY - 3600)
        return false;
    *ret = (int32_t)-west;
    return true;
}

static bool change(const char **at, struct change *c)
{
    c->form = 'N';
    c->time = 7200;
    if (!take(at, ','))
        return false;
    if (take(at, 'M')) {
        c->form = 'M';
        if (!number(at, 12, &c->month) || !take(at, '.') || !number(at, 5, &c->week) ||
            !take(at, '.') || !number(at, 6, &c->day) || c->month == 0 || c->week == 0)
            return false;
    } else {
        if (take(at, 'J'))
            c->form = 'J';
        if (!number(at, 365, &c->day) || (c->form == 'J' && c->day == 0))
            return false;
    }
    return !take(at, '/') || clock_time(at, &c->time);
}

static bool parse_rule(const char *at, struct zone *z)
{
    if (!abbreviation(&at) || !offset_west(&at, &z->standard))
        return false;
    z->goes_on = true;
    if (!*at)
        return true;
    z->has_summer = true;
    z->summer = z->standard + 3600;
    if (!abbreviation(&at) || (*at != ',' && !offset_west(&at, &z->summer)))
        return false;
    return change(&at, &z->begin) && change(&at, &z->end) && !*at;
}

static int64_t year_of(int64_t seconds)
{
    char text[DAY_TEXT];
    int64_t day = (seconds - ((seconds % DAY) + DAY) % DAY) / DAY;

    day_format(day, text);
    return strtoll(text, NULL, 10);
}

/* Local seconds, by the clock before the change. */
static int64_t change_in(const struct change *c, int64_t year)
{
    int64_t first = day_from_civil(year, 1, 1);

    if (c->form == 'N')
        return (first + c->day) * DAY + c->time;
    if (c->form == 'J') {
        bool leap = day_from_civil(year, 3, 1) - first == 60;
        return (first + c->day - 1 + (leap && c->day >= 60)) * DAY + c->time;
    }
    int64_t day = day_from_civil(year, (unsigned)c->month, 1);
    int64_t next = c->month == 12 ? day_from_civil(year + 1, 1, 1)
                                  : day_from_civil(year, (unsigned)c->month + 1, 1);
    int64_t sunday_based = (day_weekday(day) + 1) % 7;
    day += (c->day - sunday_based + 7) % 7 + (c->week - 1) * 7;
    while (day >= next)
        day -= 7;
    return day * DAY + c->time;
}

/* Is it summer by the rule? Of the changes of three years, the last one that has been decides. */
static int32_t rule_offset(const struct zone *z, int64_t seconds)
{
    int64_t year = year_of(seconds), last = INT64_MIN;
    int32_t offset = z->standard;

    if (!z->has_summer)
        return z->standard;
    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t begin = change_in(&z->begin, y) - z->standard;
        int64_t end = change_in(&z->end, y) - z->summer;
        if (begin <= seconds && begin >= last) {
            last = begin;
            offset = z->summer;
        }
        if (end <= seconds && end > last) {
            last = end;
            offset = z->standard;
        }
    }
    return offset;
}

/* ---- The table ------------------------------------------------------------------------------- */

struct header {
    uint64_t utc_n, std_n, leap_n, time_n, type_n, char_n;
    uint8_t version;
};

static uint64_t big(const uint8_t *at, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
        v = v << 8 | at[i];
    return v;
}

static bool take_header(struct bytes file, size_t from, struct header *h)
{
    const uint8_t *at = file.at + from;

    if (file.n < from + HEADER || memcmp(at, "TZif", 4) != 0)
        return false;
    *h = (struct header){big(at + 20, 4),
                         big(at + 24, 4),
                         big(at + 28, 4),
                         big(at + 32, 4),
                         big(at + 36, 4),
                         big(at + 40, 4),
                         at[4]};
    return h->time_n <= ZONE_FILE_MAX && h->type_n <= 256 && h->char_n <= ZONE_FILE_MAX &&
           h->leap_n <= ZONE_FILE_MAX && h->std_n <= 256 && h->utc_n <= 256;
}

static size_t block_size(const struct header *h, size_t width)
{
    return (size_t)(h->time_n * width + h->time_n + h->type_n * 6 + h->char_n +
                    h->leap_n * (width + 4) + h->std_n + h->utc_n);
}

static const char *take_table(struct arena *mem, const uint8_t *at, const struct header *h,
                              struct zone *z)
{
    const uint8_t *which = at + h->time_n * 8, *types = which + h->time_n;
    int32_t offsets[256] = {0};

    for (size_t i = 0; i < h->type_n; i++) {
        offsets[i] = (int32_t)(uint32_t)big(types + i * 6, 4);
        if (offsets[i] > DAY + 3600 || offsets[i] < -DAY - 3600)
            return "an offset is longer than a day";
    }
    z->n = h->time_n;
    z->at = arena_array(mem, z->n + 1, sizeof(*z->at));
    z->offset = arena_array(mem, z->n + 1, sizeof(*z->offset));
    z->offset[0] = offsets[0];
    for (size_t i = 0; i < z->n; i++) {
        z->at[i] = (int64_t)big(at + i * 8, 8);
        if (which[i] >= h->type_n || (i && z->at[i] <= z->at[i - 1]))
            return "its changes are not in order";
        z->offset[i + 1] = offsets[which[i]];
    }
    return NULL;
}

struct err *zone_parse(struct arena *mem, const char *name, struct bytes file, struct zone **ret)
{
    struct zone *z = arena_alloc(mem, sizeof(*z));
    struct header h;

    if (!take_header(file, 0, &h))
        return broken(mem, name, "it is no TZif file");
    if (h.version < '2')
        return broken(mem, name, "it is of version 1, which ends in 2037");
    size_t second = HEADER + block_size(&h, 4);
    if (!take_header(file, second, &h) || h.type_n == 0)
        return broken(mem, name, "it has no second block");
    size_t end = second + HEADER + block_size(&h, 8);
    if (file.n < end + 2 || file.at[end] != '\n')
        return broken(mem, name, "it is cut short");
    if (h.leap_n)
        return broken(mem, name, "it counts leap seconds, which no instant here does");
    const char *fault = take_table(mem, file.at + second + HEADER, &h, z);
    if (fault)
        return broken(mem, name, fault);
    const uint8_t *rule = file.at + end + 1, *line = memchr(rule, '\n', file.n - end - 1);
    if (!line)
        return broken(mem, name, "it is cut short");
    const char *text = arena_copy_n(mem, (const char *)rule, (size_t)(line - rule));
    if (*text && !parse_rule(text, z))
        return broken(mem, name, arena_printf(mem, "its rule '%s' is not understood", text));
    *ret = z;
    return NULL;
}

/* Zones begin with a capital; beside them in the folder lie tables in small letters, and copies
 * that count leap seconds. */
static bool is_name(const char *name)
{
    if (*name < 'A' || *name > 'Z' || strlen(name) > 60 || strstr(name, "//") ||
        text_ends(name, "/"))
        return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
           strlen(name);
}

struct err *zone_load(struct arena *mem, const char *name, struct zone **ret)
{
    struct bytes file;
    const char *path;

    if (!is_name(name))
        return err_new(mem, ERR_INVALID, "'%s' is no time zone: Europe/Berlin, say", name);
    path = arena_printf(mem, "%s/%s", folder, name);
    if (!file_exists(path))
        return err_new(mem, ERR_INVALID, "'%s' is no time zone of the system's tz data: %s", name,
                       file_exists(folder) ? "Europe/Berlin, say"
                                           : "there is none, install the package tzdata");
    TRY(file_read(mem, path, ZONE_FILE_MAX, &file));
    return zone_parse(mem, name, file, ret);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

int32_t zone_offset(const struct zone *z, int64_t seconds)
{
    size_t low = 0, high = z->n; /* how many changes have been */

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (z->at[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    return low == z->n && z->goes_on ? rule_offset(z, seconds) : z->offset[low];
}

/* Offsets are at most a day and an hour, so that what changes further away than that cannot matter.
 * A change between two looks is found by halving; no zone has ever changed twice within them. */
int64_t zone_instant(const struct zone *z, int64_t local)
{
    enum { REACH = DAY + 3600, STEP = 3 * 3600 };
    int64_t from = local - REACH, to = local + REACH;
    int32_t before = zone_offset(z, from);

    for (int64_t at = from; at < to; at += STEP) {
        int32_t after = zone_offset(z, at + STEP);
        if (after == before)
            continue;
        int64_t low = at, high = at + STEP; /* the change lies in (low, high] */
        while (high - low > 1) {
            int64_t middle = low + (high - low) / 2;
            if (zone_offset(z, middle) == before)
                low = middle;
            else
                high = middle;
        }
        /* Shown before the change, or skipped by it: both are told by the clock before. */
        if (local - before < high || local - after < high)
            return local - before;
        before = after;
    }
    return local - before;
}

void zone_format(const struct zone *z, int64_t seconds, char out[LOCAL_TEXT])
{
    int32_t offset = zone_offset(z, seconds);
    uint32_t size = (uint32_t)(offset < 0 ? -offset : offset);
    int64_t local = seconds + offset;
    int64_t rest = ((local % DAY) + DAY) % DAY;
    unsigned r = (unsigned)rest;
    char day[DAY_TEXT], second[4] = "", more[4] = "";

    day_format((local - rest) / DAY, day);
    if (r % 60)
        snprintf(second, sizeof(second), ":%02u", r % 60);
    if (size % 60)
        snprintf(more, sizeof(more), "%02u", size % 60);
    snprintf(out, LOCAL_TEXT, "%.10sT%02u:%02u%s%c%02u%02u%s", day, r / 3600 % 24, r / 60 % 60,
             second, offset < 0 ? '-' : '+', size / 3600 % 100, size / 60 % 60, more);
}
