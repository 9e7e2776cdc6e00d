/* file.h - whole files, in and out. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/bytes.h"
#include "base/err.h"

#include <sys/types.h>

/* At most limit bytes; "-" is standard input. */
MUST struct err *file_read(struct arena *mem, const char *path, size_t limit, struct bytes *ret);

/* Replaces path in one step (a new file, fsync, rename, fsync of the folder): after a crash it is
 * there whole, old or new. */
MUST struct err *file_write(struct arena *mem, const char *path, mode_t mode, struct bytes content);

/* Like mkdir -p with mode for the folders that it makes. */
MUST struct err *folder_make(struct arena *mem, const char *path, mode_t mode);

bool file_exists(const char *path);

/* The folder that path lies in: "." when it names none. */
const char *file_folder(struct arena *mem, const char *path);

static inline void fd_close(const int *fd);
#define AUTO_FD __attribute__((cleanup(fd_close))) int

#include <unistd.h>
static inline void fd_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#endif
