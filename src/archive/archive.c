/* archive.c - what both directions share: paths, and the comment at the end; see archive.h.
 *
 * A zip file ends with a record of 22 bytes, whose last two say how long the comment after it is.
 */
#include "archive/archive.h"

#include "base/text.h"

#include <assert.h>

enum { END_BYTES = 22, LENGTH_BYTES = 2 };
static const uint8_t end_signature[] = {'P', 'K', 5, 6};

static bool part_ok(const char *part, size_t n)
{
    return n > 0 && !(n == 1 && part[0] == '.') && !(n == 2 && part[0] == '.' && part[1] == '.');
}

bool archive_path_ok(const char *path)
{
    size_t n = strlen(path);

    if (n == 0 || n > ARCHIVE_PATH_MAX || !text_is_utf8(path, n))
        return false;
    for (const char *c = path; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\' || *c == ':')
            return false;
    for (const char *part = path;; part++) {
        size_t len = strcspn(part, "/");
        if (!part_ok(part, len))
            return false;
        part += len;
        if (!*part)
            return true;
    }
}

static bool ends_here(struct bytes zip, size_t at)
{
    size_t length = (size_t)zip.at[at + 20] | (size_t)zip.at[at + 21] << 8;

    return memcmp(zip.at + at, end_signature, sizeof(end_signature)) == 0 &&
           at + END_BYTES + length == zip.n;
}

struct err *archive_comment(struct arena *mem, struct bytes zip, struct bytes *ret_before,
                            struct bytes *ret_comment)
{
    for (size_t n = END_BYTES; n <= zip.n && n <= END_BYTES + ARCHIVE_COMMENT_MAX; n++) {
        if (!ends_here(zip, zip.n - n))
            continue;
        *ret_before = bytes_of(zip.at, zip.n - n + END_BYTES);
        *ret_comment = bytes_of(zip.at + ret_before->n, n - END_BYTES);
        return NULL;
    }
    return err_new(mem, ERR_BROKEN, "this is no zip file, or its end is missing");
}

struct bytes archive_before_comment(struct arena *mem, struct bytes zip, size_t n)
{
    assert(n <= ARCHIVE_COMMENT_MAX && zip.n >= END_BYTES && ends_here(zip, zip.n - END_BYTES));
    uint8_t *out = arena_alloc(mem, zip.n);
    memcpy(out, zip.at, zip.n);
    out[zip.n - LENGTH_BYTES] = (uint8_t)n;
    out[zip.n - LENGTH_BYTES + 1] = (uint8_t)(n >> 8);
    return bytes_of(out, zip.n);
}
