/* zip.c - zip files: the same bytes for the same content, and nothing taken that we would not
 * write. */
#include "archive/archive.h"

#include "base/file.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct bytes small(struct arena *mem)
{
    struct archive_file files[] = {
        {"README.txt", bytes_of_text("read me\n")},
        {"events/000000.leaf", bytes_of_text("{}")},
        {"empty", bytes_of_text("")},
        {"evidence/ab/Ö and ü.txt", bytes_of_text("PK\x05\x06 not the end")},
    };
    struct bytes zip;

    cr_assert_ok(archive_write(mem, files, sizeof(files) / sizeof(*files), &zip));
    return zip;
}

static void refused(struct arena *mem, struct bytes zip, const char *words)
{
    struct archive_file *files;
    size_t n;
    struct err *e = archive_read(mem, zip, &files, &n);

    cr_assert_not_null(e, "it was not refused: %s", words);
    cr_expect_not_null(strstr(e->text, words), "'%s' has not '%s'", e->text, words);
}

Test(zip, comes_out_as_it_went_in)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes zip = small(mem), before, comment;
    struct archive_file *files;
    size_t n;

    cr_assert_ok(archive_read(mem, zip, &files, &n));
    cr_assert_eq(n, 4);
    cr_expect_str_eq(files[3].path, "evidence/ab/Ö and ü.txt");
    cr_expect(bytes_same(files[0].bytes, bytes_of_text("read me\n")));
    cr_expect_eq(files[2].bytes.n, 0);
    cr_assert_ok(archive_comment(mem, zip, &before, &comment));
    cr_expect_eq(comment.n, 0);
    cr_expect_eq(before.n, zip.n);
}

Test(zip, depends_on_the_content_alone)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes first = small(mem);

    setenv("TZ", "Asia/Tokyo", 1);
    cr_expect(bytes_same(first, small(mem)));
}

Test(zip, is_read_by_unzip)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    char name[] = "/tmp/tenure-zip-XXXXXX";
    int fd = mkstemp(name);

    cr_assert(fd >= 0);
    close(fd);
    cr_assert_ok(file_write(mem, name, 0600, small(mem)));
    cr_expect_eq(system(arena_printf(mem, "unzip -qt %s >/dev/null", name)), 0);
    cr_expect_eq(system(arena_printf(mem, "[ \"$(unzip -p %s README.txt)\" = 'read me' ]", name)),
                 0);
    unlink(name);
}

Test(zip, takes_no_other_paths)
{
    static const char *const bad[] = {"",     "/etc/passwd", "../x",  "a/../b", "a//b",    "a/",
                                      "./a",  "a/.",         "a\\b",  "c:x",    "a\nb",    "\xff",
                                      "a/..", "..",          "a\x7f", ".",      "\xc3\x28"};
    static const char *const good[] = {"a", "a/b", "...", "a..b", ".hidden", "ü/x y"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not(archive_path_ok(bad[i]), "%s", bad[i]);
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        cr_expect(archive_path_ok(good[i]), "%s", good[i]);
}

/* The name stands in the file's own header and in the list at the end: both are changed. */
static struct bytes renamed(struct arena *mem, const char *from, const char *to)
{
    struct bytes zip = small(mem);
    uint8_t *out = arena_alloc(mem, zip.n);
    size_t n = strlen(from);

    cr_assert_eq(n, strlen(to));
    memcpy(out, zip.at, zip.n);
    for (size_t i = 0; i + n <= zip.n; i++)
        if (memcmp(out + i, from, n) == 0)
            memcpy(out + i, to, n);
    return bytes_of(out, zip.n);
}

Test(zip, with_bad_names_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    refused(mem, renamed(mem, "events/000000.leaf", "../nts/000000.leaf"), "not allowed");
    refused(mem, renamed(mem, "README.txt", "/EADME.txt"), "not allowed");
    refused(mem, renamed(mem, "README.txt", "README.tx/"), "not allowed");
}

Test(zip, with_a_path_twice_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct archive_file files[] = {{"a.txt", bytes_of_text("a")}, {"b.txt", bytes_of_text("b")}};
    struct bytes zip;

    cr_assert_ok(archive_write(mem, files, 2, &zip));
    uint8_t *out = arena_alloc(mem, zip.n);
    memcpy(out, zip.at, zip.n);
    for (size_t i = 0; i + 5 <= zip.n; i++)
        if (memcmp(out + i, "b.txt", 5) == 0)
            out[i] = 'a';
    struct archive_file *read;
    size_t n;
    struct err *e = archive_read(mem, bytes_of(out, zip.n), &read, &n);
    cr_expect_not_null(e);
}

Test(zip, that_was_compressed_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    char folder[] = "/tmp/tenure-zip-XXXXXX";
    struct bytes zip;

    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(system(arena_printf(
                     mem, "cd %s && seq 10000 >numbers.txt && zip -q9 x.zip numbers.txt", folder)),
                 0);
    cr_assert_ok(file_read(mem, arena_printf(mem, "%s/x.zip", folder), 1 << 20, &zip));
    refused(mem, zip, "compressed");
    cr_expect_eq(system(arena_printf(mem, "rm -r %s", folder)), 0);
}

/* Whatever is cut or changed: an error or other content, and never a read beyond the end. */
Test(zip, broken_anywhere_does_no_harm)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes zip = small(mem);

    for (size_t i = 0; i < zip.n; i++) {
        AUTO(arena_auto) struct arena *each = arena_new();
        uint8_t *out = arena_alloc(each, zip.n);
        struct archive_file *files;
        struct bytes before, comment;
        size_t n;
        memcpy(out, zip.at, zip.n);
        cr_expect_not_null(archive_read(each, bytes_of(out, i), &files, &n), "cut at %zu", i);
        out[i] ^= 0x41;
        if (!archive_read(each, bytes_of(out, zip.n), &files, &n))
            cr_expect(n <= 4);
        if (!archive_comment(each, bytes_of(out, zip.n), &before, &comment))
            cr_expect_eq(before.n + comment.n, zip.n);
    }
}

Test(zip, too_much_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct archive_file *files = arena_array(mem, ARCHIVE_FILES_MAX + 1, sizeof(*files));
    struct bytes zip;

    for (size_t i = 0; i <= ARCHIVE_FILES_MAX; i++)
        files[i] = (struct archive_file){arena_printf(mem, "%zu", i), bytes_of_text("")};
    struct err *e = archive_write(mem, files, ARCHIVE_FILES_MAX + 1, &zip);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_TOO_LARGE);
}
