/* import_fields.h - what the rows of a file that is taken in may say. */
#ifndef APP_IMPORT_FIELDS_H
#define APP_IMPORT_FIELDS_H

#include "base/record.h"

/* Of "people", "accounts", …: the verbs of `import`; NULL for another. */
const struct record *import_fields(const char *kind);

#endif
