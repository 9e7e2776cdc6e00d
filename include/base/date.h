/* date.h - days and instants of the proleptic Gregorian calendar. No clock is read here.
 *
 * A day is written yyyy-mm-dd and counted from 1970-01-01. An instant is counted in milliseconds
 * from 1970-01-01T00:00:00Z and written as RFC 3339 in UTC: 2026-11-22T10:00:00.000Z.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum { DAY_TEXT = 11, INSTANT_TEXT = 25 }; /* sizes with the NUL */
enum { MS_PER_DAY = 86400000 };

bool day_parse(const char *text, int64_t *ret_day); /* years 0001 to 9999 */
void day_format(int64_t day, char out[DAY_TEXT]);
char *day_text(struct arena *mem, int64_t day);
int day_weekday(int64_t day); /* 0 is Monday */

int64_t day_from_civil(int64_t year, unsigned month, unsigned day);

/* RFC 3339 with any offset and up to nine digits of a second (more than three are cut). */
bool instant_parse(const char *text, int64_t *ret_ms);
/* The same as people say it: to the minute too, an offset without its colon, a blank for the T. */
bool instant_said(const char *text, int64_t *ret_ms);
void instant_format(int64_t ms, char out[INSTANT_TEXT]);
char *instant_text(struct arena *mem, int64_t ms);

#endif
