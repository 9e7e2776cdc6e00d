/* proof.c - zip files, and what a proof's files hold, whoever wrote them. */
#include "base/text.h"
#include "tenure/bundle.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* As a zip file. */
static void try_zip(struct bytes input)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct archive_file *files;
    struct bytes before, comment;
    struct bundle b;
    size_t n;

    if (archive_comment(mem, input, &before, &comment) || archive_read(mem, input, &files, &n) ||
        bundle_verify(mem, input, NULL, &b))
        return;
}

/* As the files of one: each begins with a line "=== path". */
static void try_files(struct bytes input)
{
    enum { FILES = 64 };
    static const char mark[] = "=== ";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct archive_file files[FILES];
    struct bundle b;
    size_t n = 0;

    const char *at = arena_copy_n(mem, (const char *)input.at, input.n);
    while (n < FILES && (at = strstr(at, mark))) {
        at += strlen(mark);
        size_t path = strcspn(at, "\n");
        const char *from = at + path + (at[path] == '\n'), *next = strstr(from, mark);
        size_t length = next ? (size_t)(next - from) : strlen(from);
        files[n++] = (struct archive_file){arena_copy_n(mem, at, path), bytes_of(from, length)};
        at = from;
    }
    struct note_verifier log;
    if (bundle_parse(mem, files, n, &b) || note_verifier_parse(mem, b.vkey, &log))
        return;
    if (bundle_check(mem, &b, &log))
        return;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    try_zip(bytes_of(data, n));
    try_files(bytes_of(data, n));
    return 0;
}
