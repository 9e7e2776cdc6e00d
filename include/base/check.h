/* check.h - from words to checked values: the one place where a field's limits are held. */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "base/err.h"
#include "base/record.h"

/* Check value against f and keep it in *obj. A list gets one item more. The text is normalised
 * (a day given as a time becomes an instant) and kept in mem. */
MUST struct err *field_set(struct arena *mem, const struct field *f, const char *value, void *obj);

/* Has every field that is not optional been seen? Names the first that was not. */
MUST struct err *record_complete(struct arena *mem, const struct record *r,
                                 const struct seen *seen);

/* The bounds of days: nothing has happened in the future (.past), nothing is planned more than two
 * years ahead (.plan), and nothing at all before 1700; names a field that says otherwise. A day has
 * come once it has begun anywhere. now is in milliseconds. */
MUST struct err *field_happened(struct arena *mem, const struct field *f, const void *obj,
                                int64_t now);
MUST struct err *record_happened(struct arena *mem, const struct record *r, const void *obj,
                                 int64_t now);

/* Is text the key of a thing (KIND_NAME)? A UUID? */
bool is_name(const char *text);
bool is_uuid(const char *text);

/* Does a digest begin with these digits? KIND_DIGEST has checked that they are enough. */
bool digest_begins(const char *digest, const char *with);

#endif
