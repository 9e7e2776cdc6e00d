/* calendar.h - a list of holidays out of an iCalendar file (RFC 5545): the days that its events
 * take up whole. Pure: bytes in, days out. */
#ifndef DOMAIN_CALENDAR_H
#define DOMAIN_CALENDAR_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdint.h>

enum { HOLIDAYS_MAX = 5000, HOLIDAY_NAME_MAX = 120 }; /* bytes of a name */

struct holiday {
    int64_t day;
    const char *name; /* "" where the event has no SUMMARY */
};
struct holidays {
    struct holiday *at;
    size_t n;
};

/* Every day once, in order; where two events take up the same day, the first names it. An event
 * that was cancelled counts for nothing. ERR_INVALID, with the line, for what is no calendar, for
 * an event without a day or with a time of day, and for one that repeats (RRULE, RDATE): which days
 * those are would be our guess, and calendars are published with the days of each year. */
MUST struct err *calendar_holidays(struct arena *mem, struct bytes file, struct holidays *ret);

#endif
