/* files.h - files that were uploaded: they come before the entry that names them. */
#ifndef APP_FILES_H
#define APP_FILES_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct job;
struct store;

/* What no entry names goes after so long: a draft that nobody signed, a step that was refused. */
enum { FILES_UNNAMED_HOURS = 48 };

/* How much one person may bring in 24 hours, and what a small file counts at least: it costs
 * more than its bytes. */
enum { FILES_DAY_MIB = 2048, FILE_LEAST_BYTES = 64 << 10 };

/* Keeps a file by its SHA-256, in hexadecimal in *ret. */
MUST struct err *file_keep(struct arena *mem, struct store *store, struct bytes file,
                           int64_t now_ms, const char **ret);

/* The size of the file with this SHA-256, which somebody is about to name: it stays for a while.
 * NULL: it is not there. */
MUST struct err *file_size(struct arena *mem, struct store *store, const char *sha256,
                           int64_t now_ms, const char **ret);

/* Keeps what the job's actor brings, if it is not there already. ERR_TOO_OFTEN where that would be
 * more than they may bring in 24 hours, ERR_TOO_LARGE where it alone is. */
MUST struct err *file_bring(struct job *job, struct store *store, struct bytes file,
                            bool *ret_there);

/* "sha256/name", as parameters name it. */
const char *file_named(struct arena *mem, struct bytes file, const char *name);

/* Throws away what no entry has named for so long; how many there were. */
MUST struct err *files_purge(struct arena *mem, struct store *store, int64_t now_ms,
                             int64_t *ret_n);

#endif
