/* due.c - see due.h. */
#include "domain/due.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHAIN_MAX = 3660 }; /* days without work in a row: a place that has more is mistyped */

static const char *const rolls[] = {"default", "none", "back", "forward"};

struct err *due_time_parse(struct arena *mem, const char *text, int *ret_minute)
{
    uint64_t h, m;

    if (text && strcmp(text, "cutoff") == 0) {
        *ret_minute = DUE_CUTOFF;
        return NULL;
    }
    if (!text || strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5 ||
        strchr(text + 3, ':') || text[0] == ':' || text[1] == ':')
        return err_field(mem, "time", "'%s' is no time of day: 17:00, say, or cutoff",
                         text ? text : "");
    h = (uint64_t)(text[0] - '0') * 10 + (uint64_t)(text[1] - '0');
    m = (uint64_t)(text[3] - '0') * 10 + (uint64_t)(text[4] - '0');
    if (h > 23 || m > 59)
        return err_field(mem, "time", "'%s' is no time of day: 00:00 to 23:59", text);
    *ret_minute = (int)(h * 60 + m);
    return NULL;
}

struct err *due_unit_parse(struct arena *mem, const char *text, enum due_unit *ret)
{
    bool work = text_same(text, "work");

    if (!work && !text_same(text, "cal"))
        return err_field(mem, "unit", "'%s' is neither cal nor work", text ? text : "");
    *ret = work ? DUE_WORK : DUE_CALENDAR;
    return NULL;
}

struct err *due_roll_parse(struct arena *mem, const char *text, enum due_roll *ret)
{
    for (size_t i = 0; i < sizeof(rolls) / sizeof(*rolls); i++) {
        if (text_same(text, rolls[i])) {
            *ret = (enum due_roll)i;
            return NULL;
        }
    }
    return err_field(mem, "roll", "'%s' is none of default, none, back and forward",
                     text ? text : "");
}

char *due_rule_text(struct arena *mem, const struct due_rule *rule)
{
    const char *at = rule->minute == DUE_CUTOFF
                         ? "cutoff"
                         : arena_printf(mem, "%02d:%02d", rule->minute / 60, rule->minute % 60);

    return arena_printf(mem, "%s%" PRId64 " %s %s%s%s", rule->offset > 0 ? "+" : "", rule->offset,
                        rule->unit == DUE_WORK ? "work" : "cal", at,
                        rule->roll == ROLL_DEFAULT ? "" : " ",
                        rule->roll == ROLL_DEFAULT ? "" : rolls[rule->roll]);
}

struct err *due_rule_parse(struct arena *mem, const char *text, struct due_rule *ret)
{
    struct due_rule rule = {0};
    char unit[8], time[8], roll[8] = "default", more[2];
    int n = sscanf(text, "%5" SCNd64 " %7s %7s %7s %1s", &rule.offset, unit, time, roll, more);

    if (n != 3 && n != 4)
        return err_field(mem, "due", "'%s' is no rule: -1 work 17:00, say", text);
    TRY(due_unit_parse(mem, unit, &rule.unit));
    TRY(due_time_parse(mem, time, &rule.minute));
    TRY(due_roll_parse(mem, roll, &rule.roll));
    *ret = rule;
    return NULL;
}

bool due_works(const struct due_place *place, int64_t day)
{
    size_t low = 0, high = place->holidays_n;

    if (place->weekend[day_weekday(day)])
        return false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (place->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low == place->holidays_n || place->holidays[low] != day;
}

/* The nearest working day from there on in one direction. */
static struct err *roll_to_work(struct arena *mem, const struct due_place *place, int64_t step,
                                int64_t *day)
{
    for (int n = 0; n < CHAIN_MAX; n++, *day += step)
        if (due_works(place, *day))
            return NULL;
    return err_new(mem, ERR_INVALID, "no day is a working day there: look at weekend and holidays");
}

static struct err *count_work(struct arena *mem, const struct due_place *place, int64_t offset,
                              int64_t *day)
{
    int64_t step = offset < 0 ? -1 : 1;

    for (int64_t n = offset; n != 0; n -= step) {
        *day += step;
        TRY(roll_to_work(mem, place, step, day));
    }
    return NULL;
}

struct err *due_day(struct arena *mem, const struct due_rule *rule, const struct due_place *place,
                    int64_t anchor, int64_t *ret_day)
{
    int64_t day = anchor;
    bool back = rule->roll == ROLL_BACK || (rule->roll == ROLL_DEFAULT && rule->offset <= 0);

    if (rule->offset > DUE_DAYS_MAX || rule->offset < -DUE_DAYS_MAX)
        return err_field(mem, "offset", "%" PRId64 " days is too far: %d at most", rule->offset,
                         DUE_DAYS_MAX);
    if (rule->unit == DUE_WORK)
        TRY(count_work(mem, place, rule->offset, &day));
    else
        day += rule->offset;
    if (rule->roll != ROLL_NONE)
        TRY(roll_to_work(mem, place, back ? -1 : 1, &day));
    *ret_day = day;
    return NULL;
}

int64_t due_today(const struct due_place *place, int64_t seconds)
{
    int64_t local = seconds + zone_offset(place->zone, seconds);

    return (local - ((local % 86400) + 86400) % 86400) / 86400;
}

/* A day that was left out, as at the date line, moves on with its clock: the date is that of the
 * instant. */
static struct err *clock_on(struct arena *mem, const struct due_rule *rule,
                            const struct due_place *place, int64_t day, struct due *ret)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    int minute = rule->minute == DUE_CUTOFF ? place->cutoff[day_weekday(day)] : rule->minute;

    if (minute == DUE_CUTOFF)
        return err_field(mem, "time", "there is no cut-off on a %s", names[day_weekday(day)]);
    ret->seconds = zone_instant(place->zone, day * 86400 + minute * 60);
    ret->day = due_today(place, ret->seconds);
    zone_format(place->zone, ret->seconds, ret->local);
    return NULL;
}

struct err *due_at(struct arena *mem, const struct due_rule *rule, const struct due_place *place,
                   int64_t anchor, struct due *ret)
{
    int64_t day;

    TRY(due_day(mem, rule, place, anchor, &day));
    return clock_on(mem, rule, place, day, ret);
}

struct err *due_no_later(struct arena *mem, const struct due_rule *rule,
                         const struct due_place *place, int64_t day, struct due *ret)
{
    TRY(roll_to_work(mem, place, -1, &day));
    return clock_on(mem, rule, place, day, ret);
}
