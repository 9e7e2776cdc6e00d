/* embedded.h - see embedded.c. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

#include "domain/platform.h"

const json_t *embedded_rules(void);
const json_t *embedded_import(void); /* columns and words of files; see domain/import.h */

#endif
