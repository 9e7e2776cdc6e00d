/* due.h - when something is due.
 *
 * The anchor is the local date of the last day of work. A rule goes so many calendar or working
 * days away from it, names a time of day or the place's cut-off of that weekday, and says what
 * happens when the day is no working day: what must be done before access ends is done earlier, the
 * rest later. Weekend and holidays are the place's. Pure: the zone was read before, no clock is.
 */
#ifndef DOMAIN_DUE_H
#define DOMAIN_DUE_H

#include "base/date.h"
#include "base/zone.h"

#include <stdbool.h>

enum { DUE_DAYS_MAX = 3660 }; /* the furthest that a rule may go: ten years */

enum due_unit { DUE_CALENDAR, DUE_WORK };
enum due_roll {
    ROLL_DEFAULT, /* back when the offset is 0 or less, forward when it is more */
    ROLL_NONE,
    ROLL_BACK,
    ROLL_FORWARD,
};

struct due_rule {
    int64_t offset; /* days; less than 0: before the anchor */
    enum due_unit unit;
    enum due_roll roll;
    int minute; /* of the day; DUE_CUTOFF: when the place stops work */
};
enum { DUE_CUTOFF = -1 };

/* Where the anchor is. Weekdays are counted from Monday, which is 0. */
struct due_place {
    const struct zone *zone;
    bool weekend[7];
    int cutoff[7];           /* minutes of the day; DUE_CUTOFF: none is known */
    const int64_t *holidays; /* days, in ascending order */
    size_t holidays_n;
};

struct due {
    int64_t day;     /* the local date */
    int64_t seconds; /* the instant, from 1970-01-01T00:00:00Z */
    char local[LOCAL_TEXT];
};

/* "17:00" or "cutoff"; "cal" or "work"; "default", "none", "back" or "forward". ERR_INVALID (field
 * time, unit or roll) for anything else. */
MUST struct err *due_time_parse(struct arena *mem, const char *text, int *ret_minute);
MUST struct err *due_unit_parse(struct arena *mem, const char *text, enum due_unit *ret);
MUST struct err *due_roll_parse(struct arena *mem, const char *text, enum due_roll *ret);

/* "-1 work 17:00", "0 work cutoff", "-5 cal 09:00 none": as rules are recorded and shown; and back.
 * ERR_INVALID (field due) for a text that is none. */
char *due_rule_text(struct arena *mem, const struct due_rule *rule);
MUST struct err *due_rule_parse(struct arena *mem, const char *text, struct due_rule *ret);

/* Is work done there on that day? */
bool due_works(const struct due_place *place, int64_t day);

/* ERR_INVALID when the rule goes too far, when the place has no working day within reach, or no
 * cut-off on the day where one is asked for. */
MUST struct err *due_day(struct arena *mem, const struct due_rule *rule,
                         const struct due_place *place, int64_t anchor, int64_t *ret_day);
MUST struct err *due_at(struct arena *mem, const struct due_rule *rule,
                        const struct due_place *place, int64_t anchor, struct due *ret);

/* At the rule's time of day, on that day or the working day before it. */
MUST struct err *due_no_later(struct arena *mem, const struct due_rule *rule,
                              const struct due_place *place, int64_t day, struct due *ret);

/* The local date at an instant. */
int64_t due_today(const struct due_place *place, int64_t seconds);

#endif
