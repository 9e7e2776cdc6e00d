/* map.h - from text to a pointer. Keys are kept by pointer, values are the caller's; both live at
 * least as long as the map's arena. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct map;

struct map *map_new(struct arena *mem);
void *map_get(const struct map *m, const char *key); /* NULL when it is not there */
void map_set(struct map *m, const char *key, void *value);

#endif
