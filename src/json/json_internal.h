/* json_internal.h - what the files of this floor share. */
#ifndef JSON_INTERNAL_H
#define JSON_INTERNAL_H

#include "json/json.h"

/* A new reference to what text is; NULL: jansson is to say. */
json_t *json_quick(struct arena *mem, struct bytes text);

#endif
