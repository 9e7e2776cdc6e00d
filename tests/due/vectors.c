/* vectors.c - vectors FILE: run vectors of due dates through the real code. The exit status is 1
 * when one of them fails, 2 when the file cannot be read. */
#include "support/due.h"

#include "base/file.h"

int main(int argc, char **argv)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes content;
    size_t passed, failed;
    json_t *file;

    if (argc != 2) {
        fprintf(stderr, "usage: vectors FILE\n");
        return 2;
    }
    struct err *e = file_read(mem, argv[1], 1 << 26, &content);
    if (!e)
        e = json_read(mem, content, 1 << 26, argv[1], &file);
    if (!e)
        e = due_vectors_run(mem, file, stdout, &passed, &failed);
    if (e) {
        fprintf(stderr, "%s\n", e->text);
        return 2;
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}
