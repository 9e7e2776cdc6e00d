/* openapi.h - the two halves of the OpenAPI document: what follows from the table of commands
 * (openapi.c) and what is the same whatever the table says (openapi_parts.c). */
#ifndef DOCS_OPENAPI_H
#define DOCS_OPENAPI_H

#include "base/arena.h"

#include <jansson.h>

/* All return new references. */
json_t *openapi_components(void);
void openapi_fixed_paths(json_t *paths); /* files, the log's tiles, health */
json_t *openapi_ref(const char *what);   /* {"$ref":"#/components/<what>"} */
json_t *openapi_content(const char *media_type, json_t *schema);

/* A reply may say more in a later version, and its limits bind nobody: drop them. */
void openapi_loosen(json_t *schema);

#endif
