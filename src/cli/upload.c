/* upload.c - files go to the service before the change that names them by their hash is signed. */
#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "request.h"
#include "talk.h"

#include <string.h>

enum { FILE_MAX = 16 << 20 };

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
}

static struct err *is_there(struct arena *mem, struct cli *cli, const char *where, bool *ret)
{
    const struct request request = {.method = "HEAD", .path = where};
    struct answer answer;
    struct err *e = ask_in_session(mem, cli, &request, &answer);

    *ret = !e;
    return e && e->kind != ERR_NOT_FOUND ? e : NULL;
}

struct err *file_upload(struct arena *mem, struct cli *cli, const char *path, const char **ret)
{
    const char *name = base_name(path);
    struct bytes content;
    struct answer answer;
    bool there;

    TRY(file_read(mem, path, FILE_MAX, &content));
    struct digest d = sha256(content);
    const char *hash = hex_encode(mem, d.at, sizeof(d.at));
    const char *where = arena_printf(mem, "/v1/files/%s", hash);
    TRY(is_there(mem, cli, where, &there));
    const struct request request = {.method = "PUT",
                                    .path = where,
                                    .media_type = "application/octet-stream",
                                    .body = content,
                                    .doing = arena_printf(mem, "sending %s", name)};
    if (!there)
        TRY(ask_in_session(mem, cli, &request, &answer));
    *ret = arena_printf(mem, "%s/%s", hash, name);
    return NULL;
}
