/* record_json.h - records as JSON objects and as JSON Schemas (draft 2020-12). */
#ifndef JSON_RECORD_JSON_H
#define JSON_RECORD_JSON_H

#include "base/check.h"
#include "json/json.h"

/* Fill *obj from a JSON object. An unknown key, a wrong type or a bad value is an error that
 * names it. A field marked in seen already (it came with the path) may not come again. */
MUST struct err *record_from_json(struct arena *mem, const struct record *r, const json_t *object,
                                  struct seen *seen, void *obj);

/* One field from a JSON value, checked. */
MUST struct err *field_from_json(struct arena *mem, const struct field *f, const json_t *value,
                                 void *obj);

/* The fields that are set, as an object; owned by mem. References are written as they were said.
 * personal: NULL for all fields, else only those whose .personal equals *personal. */
json_t *record_to_json(struct arena *mem, const struct record *r, const void *obj,
                       const bool *personal);
json_t *field_to_json(const struct field *f, const void *obj); /* a new reference, or NULL */

/* The rows as CSV: a line with the names of the shape's columns, then a line for each; what a
 * spreadsheet would take for a formula gets an apostrophe in front. */
void json_csv(struct buf *out, const struct record *shape, const json_t *rows);

json_t *record_schema(const struct record *r); /* new references */
json_t *field_schema(const struct field *f);

#endif
