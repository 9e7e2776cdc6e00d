/* file.c - see file.h. */
#include "base/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static struct err *trouble(struct arena *mem, const char *what, const char *path)
{
    enum err_kind kind = errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM;

    return err_new(mem, kind, "cannot %s %s: %s", what, path, strerror(errno));
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

struct err *file_read(struct arena *mem, const char *path, size_t limit, struct bytes *ret)
{
    bool standard = strcmp(path, "-") == 0;
    AUTO_FD fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    char block[65536];
    struct buf content;

    if (fd < 0)
        return trouble(mem, "open", path);
    buf_init(&content, mem, limit);
    for (;;) {
        ssize_t n = read(fd, block, sizeof(block));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return trouble(mem, "read", path);
        if (n == 0)
            break;
        buf_add(&content, block, (size_t)n);
        if (!buf_ok(&content))
            return err_new(mem, ERR_TOO_LARGE, "%s is larger than %zu bytes", path, limit);
    }
    *ret = bytes_of(content.at, content.n);
    return NULL;
}

static bool write_all(int fd, struct bytes b)
{
    while (b.n) {
        ssize_t n = write(fd, b.at, b.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        b = bytes_of(b.at + n, b.n - (size_t)n);
    }
    return true;
}

const char *file_folder(struct arena *mem, const char *path)
{
    const char *slash = strrchr(path, '/');

    return !slash ? "." : slash == path ? "/" : arena_copy_n(mem, path, (size_t)(slash - path));
}

struct err *file_write(struct arena *mem, const char *path, mode_t mode, struct bytes content)
{
    const char *folder = file_folder(mem, path);
    char *fresh = arena_printf(mem, "%s.%d.new", path, (int)getpid());
    AUTO_FD fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);

    if (fd < 0)
        return trouble(mem, "create", path);
    if (fchmod(fd, mode) != 0 || !write_all(fd, content) || fsync(fd) != 0 ||
        rename(fresh, path) != 0) {
        struct err *e = trouble(mem, "write", path);
        unlink(fresh);
        return e;
    }
    AUTO_FD dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || fsync(dir) != 0)
        return trouble(mem, "sync", folder);
    return NULL;
}

struct err *folder_make(struct arena *mem, const char *path, mode_t mode)
{
    struct stat st;

    if (mkdir(path, mode) == 0)
        return NULL;
    if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return NULL;
    if (errno == ENOENT && strchr(path, '/')) {
        TRY(folder_make(mem, file_folder(mem, path), mode));
        if (mkdir(path, mode) == 0 || errno == EEXIST)
            return NULL;
    }
    return trouble(mem, "make the folder", path);
}
