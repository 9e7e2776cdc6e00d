/* write.c - making zip files; see archive.h. Whatever libzip would take from the machine, the time,
 * the time zone, the system, is said here, so that the bytes depend on the content alone. */
#include "archive/archive.h"

#include "base/map.h"

#include <assert.h>
#include <zip.h>

enum {
    FIRST_DAY = 1 << 5 | 1, /* 1980-01-01, as DOS writes it */
    PLAIN_FILE = 0100644,
};

static struct err *trouble(struct arena *mem, zip_t *z)
{
    return err_new(mem, ERR_SYSTEM, "cannot make the zip file: %s", zip_strerror(z));
}

static struct err *add(struct arena *mem, zip_t *z, const struct archive_file *f)
{
    zip_source_t *source = zip_source_buffer(z, f->bytes.at, f->bytes.n, 0);
    zip_int64_t at = source ? zip_file_add(z, f->path, source, ZIP_FL_ENC_UTF_8) : -1;

    if (at < 0) {
        zip_source_free(source);
        return trouble(mem, z);
    }
    zip_uint64_t i = (zip_uint64_t)at;
    if (zip_set_file_compression(z, i, ZIP_CM_STORE, 0) < 0 ||
        zip_file_set_dostime(z, i, 0, FIRST_DAY, 0) < 0 ||
        zip_file_set_external_attributes(z, i, 0, ZIP_OPSYS_UNIX, (zip_uint32_t)PLAIN_FILE << 16) <
            0)
        return trouble(mem, z);
    return NULL;
}

static struct err *add_all(struct arena *mem, zip_t *z, const struct archive_file *files, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(add(mem, z, &files[i]));
    return NULL;
}

/* Out of libzip's memory into ours. */
static struct err *take(struct arena *mem, zip_source_t *source, struct bytes *ret)
{
    zip_stat_t st;

    if (zip_source_stat(source, &st) < 0 || !(st.valid & ZIP_STAT_SIZE) ||
        zip_source_open(source) < 0)
        return err_new(mem, ERR_SYSTEM, "cannot read the zip file that was made");
    uint8_t *out = arena_alloc(mem, st.size + 1);
    zip_int64_t n = zip_source_read(source, out, st.size);
    zip_source_close(source);
    if (n < 0 || (zip_uint64_t)n != st.size)
        return err_new(mem, ERR_SYSTEM, "cannot read the zip file that was made");
    *ret = bytes_of(out, st.size);
    return NULL;
}

static struct err *check_limits(struct arena *mem, const struct archive_file *files, size_t n)
{
    struct map *seen = map_new(mem);
    uint64_t total = 0;

    if (n > ARCHIVE_FILES_MAX)
        return err_new(mem, ERR_TOO_LARGE, "%zu files are too many for one zip file", n);
    for (size_t i = 0; i < n; i++) {
        assert(archive_path_ok(files[i].path) && !map_get(seen, files[i].path));
        map_set(seen, files[i].path, seen);
        total += files[i].bytes.n + 2 * strlen(files[i].path) + 128;
    }
    if (total > ARCHIVE_BYTES_MAX)
        return err_new(mem, ERR_TOO_LARGE, "%llu MiB are too much for one zip file, %d are allowed",
                       (unsigned long long)(total >> 20), ARCHIVE_BYTES_MAX >> 20);
    return NULL;
}

struct err *archive_write(struct arena *mem, const struct archive_file *files, size_t n,
                          struct bytes *ret)
{
    TRY(check_limits(mem, files, n));
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *z = source ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
    if (!z) {
        zip_source_free(source);
        return err_new(mem, ERR_SYSTEM, "cannot make a zip file");
    }
    zip_source_keep(source); /* beyond zip_close, which lets go of it */
    struct err *e = add_all(mem, z, files, n);
    if (!e && zip_close(z) < 0)
        e = trouble(mem, z);
    else if (!e)
        z = NULL;
    if (z)
        zip_discard(z);
    if (!e)
        e = take(mem, source, ret);
    zip_source_free(source);
    return e;
}
