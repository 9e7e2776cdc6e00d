/* archive.h - zip files that are the same bytes whenever they are made of the same content.
 *
 * Files lie in the order given, uncompressed, at the first moment that a zip file can name. The
 * reader takes nothing else: no compression, no encryption, no folder, no path that leaves the
 * place where it is unpacked, no path twice, and no more than the limits below.
 */
#ifndef ARCHIVE_ARCHIVE_H
#define ARCHIVE_ARCHIVE_H

#include "base/bytes.h"
#include "base/err.h"

enum {
    ARCHIVE_FILES_MAX = 65000,
    ARCHIVE_PATH_MAX = 255,
    ARCHIVE_COMMENT_MAX = 16384,
    ARCHIVE_BYTES_MAX = 256 << 20, /* of all files together, and of the zip file */
};

struct archive_file {
    const char *path;
    struct bytes bytes;
};

/* ERR_TOO_LARGE beyond the limits. The paths must be acceptable and distinct. */
MUST struct err *archive_write(struct arena *mem, const struct archive_file *files, size_t n,
                               struct bytes *ret);

/* All files in their order; ERR_BROKEN says what is wrong with the zip file. */
MUST struct err *archive_read(struct arena *mem, struct bytes zip, struct archive_file **ret,
                              size_t *ret_n);

/* Relative, letters of UTF-8 without control characters and backslashes, no empty part, no "." and
 * no "..". */
bool archive_path_ok(const char *path);

/* ---- The comment with which a zip file ends -------------------------------------------------- */

/* A zip file without a comment as it has to stand before a comment of n bytes. */
struct bytes archive_before_comment(struct arena *mem, struct bytes zip, size_t n);

/* Cut a zip file in two: everything before the comment, and the comment. ERR_BROKEN when it does
 * not end as a zip file does. */
MUST struct err *archive_comment(struct arena *mem, struct bytes zip, struct bytes *ret_before,
                                 struct bytes *ret_comment);

#endif
