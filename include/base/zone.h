/* zone.h - time zones out of the system's tz data: what a clock on the wall says at an instant, and
 * which instant a clock on the wall means.
 *
 * A zone is one file under /usr/share/zoneinfo (TZif, RFC 8536), read once; afterwards everything
 * is pure. Seconds are counted from 1970-01-01T00:00:00Z; local seconds likewise, as if the clock
 * on the wall showed UTC.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdint.h>

enum { LOCAL_TEXT = 32 };

struct zone;

/* The zone of that name, Europe/Berlin say; it lives as long as mem. ERR_INVALID for a name that
 * the tz data does not know, or a file of it that cannot be read. */
MUST struct err *zone_load(struct arena *mem, const char *name, struct zone **ret);

/* The same from the bytes of such a file. */
MUST struct err *zone_parse(struct arena *mem, const char *name, struct bytes file,
                            struct zone **ret);

/* Seconds east of UTC at an instant. */
int32_t zone_offset(const struct zone *zone, int64_t seconds);

/* The instant that local time means. One inside a gap is moved forward by the gap; of two, the
 * first is meant. */
int64_t zone_instant(const struct zone *zone, int64_t local);

/* 2026-05-12T17:00+0200: the clock at that instant. Seconds only where there are any. */
void zone_format(const struct zone *zone, int64_t seconds, char out[LOCAL_TEXT]);

#endif
