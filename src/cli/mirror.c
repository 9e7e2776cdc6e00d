/* mirror.c - see mirror.h. */
#include "mirror.h"

#include "base/file.h"
#include "talk.h"

enum { LOG_FILE_MAX = 32 << 20 }; /* a bundle of 256 entries of 64 KiB, and then some */

static const char *place(struct arena *mem, const struct mirror *m, const char *path)
{
    return arena_printf(mem, "%s/%s", m->folder, path);
}

struct err *mirror_keep(struct arena *mem, const struct mirror *m, const char *path,
                        struct bytes content)
{
    const char *whole, *slash;

    if (!m->folder)
        return NULL;
    whole = place(mem, m, path);
    slash = strrchr(whole, '/');
    TRY(folder_make(mem, arena_copy_n(mem, whole, (size_t)(slash - whole)), 0755));
    return file_write(mem, whole, 0644, content);
}

/* A log that is public is read without a session; one that is not says so. */
static struct err *fetch(struct arena *mem, struct cli *cli, const char *path, struct bytes *ret)
{
    const struct request request = {
        .method = "GET", .path = arena_printf(mem, "/log/%s", path), .limit = LOG_FILE_MAX};
    struct answer answer;
    struct err *e;

    if (cli->token)
        e = ask_in_session(mem, cli, &request, &answer);
    else
        e = ask(mem, cli, &request, &answer, NULL);
    if (e && (e->kind == ERR_UNSIGNED || e->kind == ERR_FORBIDDEN) && !cli->token)
        e = ask_in_session(mem, cli, &request, &answer);
    TRY(e);
    *ret = answer.body;
    return NULL;
}

struct err *mirror_read(void *ctx, struct arena *mem, const char *path, struct bytes *ret)
{
    const struct mirror *m = ctx;
    bool tile = text_starts(path, "tile/");

    if (m->folder && (tile || m->offline) && file_exists(place(mem, m, path)))
        return file_read(mem, place(mem, m, path), LOG_FILE_MAX, ret);
    if (m->offline)
        return err_new(mem, ERR_NOT_FOUND, "the mirror has no %s: run it once without --offline",
                       place(mem, m, path));
    TRY(fetch(mem, m->cli, path, ret));
    return tile ? mirror_keep(mem, m, path, *ret) : NULL;
}
