/* show.h - replies of the service as people read them. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "base/record.h"
#include "base/text.h"

#include <jansson.h>

struct look {
    struct arena *mem;
    size_t width; /* of the terminal; 0: none */
    bool color;
};

/* One value on one line: "2026-11-22 10:00Z", "yes", "a, b"; NULL when there is nothing. */
const char *show_value(struct arena *mem, const json_t *value);

/* An array of objects as a table; shape (may be NULL) says which columns there are and their order.
 * Members that it does not know come after. */
void show_rows(struct buf *out, const struct look *look, const struct record *shape,
               const json_t *rows, size_t indent);

/* An object: a line for each value, then its parts and tables under headings. */
void show_object(struct buf *out, const struct look *look, const struct record *shape,
                 const json_t *object, size_t indent);

/* A change: what was recorded, and what else there is to say (in the order of shape, or NULL).
 * makes: the noun of the new thing, or NULL; about: what was said for the thing that changed, or
 * NULL. */
void show_change(struct buf *out, const struct look *look, const struct record *shape,
                 const json_t *reply, const char *makes, const char *about);

#endif
