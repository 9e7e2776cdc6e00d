/* embedded.h - see embedded.c. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

#include "domain/platform.h"

const json_t *embedded_rules(void);
/* What stands at {uid} or {handle}, n letters of value: an id that is a number has no zeros before.
 */
#define PLATFORM_DIGITS "0123456789"
void platform_keep(struct arena *mem, const char *name, const char *value, size_t n,
                   struct platform_guess *g);

const json_t *embedded_import(void); /* columns and words of files; see domain/import.h */

#endif
