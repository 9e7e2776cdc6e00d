/* read.c - taking zip files apart, whoever made them; see archive.h. */
#include "archive/archive.h"

#include "base/map.h"
#include "base/text.h"

#include <zip.h>

struct reading {
    struct arena *mem;
    zip_t *zip;
    struct map *seen;
    uint64_t total;
};

static struct err *broken(struct reading *r, const char *path, const char *what)
{
    return err_new(r->mem, ERR_BROKEN, "the file '%s' in the zip file %s", path, what);
}

static struct err *look(struct reading *r, zip_uint64_t i, const char *path, uint64_t *ret_size)
{
    enum { NEEDED = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD };
    zip_stat_t st;

    if (!archive_path_ok(path))
        return broken(r, path, "has a path that is not allowed");
    if (map_get(r->seen, path))
        return broken(r, path, "is there twice");
    map_set(r->seen, path, r);
    if (zip_stat_index(r->zip, i, ZIP_FL_UNCHANGED, &st) < 0 || (st.valid & NEEDED) != NEEDED)
        return broken(r, path, "cannot be read");
    if (st.comp_method != ZIP_CM_STORE || st.encryption_method != ZIP_EM_NONE)
        return broken(r, path, "is compressed or encrypted: this zip file was packed again");
    if (st.size > ARCHIVE_BYTES_MAX || (r->total += st.size) > ARCHIVE_BYTES_MAX)
        return err_new(r->mem, ERR_TOO_LARGE, "the zip file holds more than %d MiB",
                       ARCHIVE_BYTES_MAX >> 20);
    *ret_size = st.size;
    return NULL;
}

/* One byte more than it should hold is asked for: there must be none. libzip checks the CRC at the
 * end. */
static bool take(zip_file_t *f, uint8_t *out, uint64_t size)
{
    uint8_t more;

    for (uint64_t at = 0; at < size;) {
        zip_int64_t n = zip_fread(f, out + at, size - at);
        if (n <= 0)
            return false;
        at += (uint64_t)n;
    }
    return zip_fread(f, &more, 1) == 0;
}

static struct err *read_one(struct reading *r, zip_uint64_t i, struct archive_file *ret)
{
    const char *name = zip_get_name(r->zip, i, ZIP_FL_ENC_RAW);
    uint64_t size = 0;

    if (!name)
        return err_new(r->mem, ERR_BROKEN, "a file in the zip file has no name");
    const char *path = text_printable(r->mem, name, strnlen(name, ARCHIVE_PATH_MAX + 1));
    if (strcmp(path, name) != 0)
        return broken(r, path, "has a path that is not allowed");
    TRY(look(r, i, path, &size));
    uint8_t *out = arena_alloc(r->mem, size + 1);
    zip_file_t *f = zip_fopen_index(r->zip, i, ZIP_FL_UNCHANGED);
    bool ok = f && take(f, out, size);
    if (f)
        zip_fclose(f);
    if (!ok)
        return broken(r, path, "cannot be read: it is damaged");
    *ret = (struct archive_file){path, bytes_of(out, size)};
    return NULL;
}

static struct err *read_all(struct reading *r, struct archive_file **ret, size_t *ret_n)
{
    zip_int64_t n = zip_get_num_entries(r->zip, ZIP_FL_UNCHANGED);

    if (n > ARCHIVE_FILES_MAX)
        return err_new(r->mem, ERR_TOO_LARGE, "the zip file holds more than %d files",
                       ARCHIVE_FILES_MAX);
    struct archive_file *files = arena_array(r->mem, (size_t)n + 1, sizeof(*files));
    for (zip_int64_t i = 0; i < n; i++)
        TRY(read_one(r, (zip_uint64_t)i, &files[i]));
    *ret = files;
    *ret_n = (size_t)n;
    return NULL;
}

static struct err *why_not(struct arena *mem, zip_error_t *why)
{
    struct err *e = err_new(mem, ERR_BROKEN, "this is no zip file that can be read: %s",
                            zip_error_strerror(why));

    zip_error_fini(why);
    return e;
}

struct err *archive_read(struct arena *mem, struct bytes zip, struct archive_file **ret,
                         size_t *ret_n)
{
    struct reading r = {.mem = mem, .seen = map_new(mem)};
    zip_error_t why;

    if (zip.n > ARCHIVE_BYTES_MAX)
        return err_new(mem, ERR_TOO_LARGE, "the zip file is larger than %d MiB",
                       ARCHIVE_BYTES_MAX >> 20);
    if (zip.n == 0) /* libzip would call it a zip file without files */
        return err_new(mem, ERR_BROKEN, "this is an empty file");
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(zip.at, zip.n, 0, &why);
    if (!source)
        return why_not(mem, &why);
    r.zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &why);
    if (!r.zip) {
        zip_source_free(source);
        return why_not(mem, &why);
    }
    struct err *e = read_all(&r, ret, ret_n);
    zip_discard(r.zip);
    return e;
}
