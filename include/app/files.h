/* files.h - files that were uploaded: they come before the entry that names them. */
#ifndef APP_FILES_H
#define APP_FILES_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdint.h>

struct store;

/* What no entry names goes after so long: a draft that nobody signed, a step that was refused. */
enum { FILES_UNNAMED_HOURS = 48 };

/* Keeps a file by its SHA-256, in hexadecimal in *ret. */
MUST struct err *file_keep(struct arena *mem, struct store *store, struct bytes file,
                           int64_t now_ms, const char **ret);

/* "sha256/name", as parameters name it. */
const char *file_named(struct arena *mem, struct bytes file, const char *name);

/* Throws away what no entry has named for so long; how many there were. */
MUST struct err *files_purge(struct arena *mem, struct store *store, int64_t now_ms,
                             int64_t *ret_n);

#endif
