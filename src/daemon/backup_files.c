/* backup_files.c - the files of a backup: listed, written down, compared and taken out; see
 * backup.h. */
#include "backup.h"

#include "base/date.h"
#include "base/file.h"
#include "crypto/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 1 << 20, LIST_MAX = 1 << 28, DEPTH_MAX = 32 };
#define LIST "manifest.json"

static struct err *trouble(struct arena *mem, const char *what, const char *path)
{
    return err_new(mem, ERR_SYSTEM, "cannot %s %s: %s", what, path, strerror(errno));
}

/* ---- One file -------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *at, ssize_t n)
{
    for (ssize_t done = 0; done < n;) {
        ssize_t w = write(fd, at + done, (size_t)(n - done));
        if (w < 0 && errno != EINTR)
            return false;
        done += w > 0 ? w : 0;
    }
    return true;
}

/* Its size and hash; copied into another one on the way, unless that is -1. What is not copied is
 * made sure to be on the disk. */
static struct err *read_through(struct arena *mem, const char *path, int copy,
                                struct backup_file *ret)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    char *block = arena_alloc(scratch, BLOCK);
    ssize_t n = 0;
    bool copied = true;

    if (fd < 0)
        return trouble(mem, "open", path);
    struct sha256 *hash = sha256_begin();
    ret->size = 0;
    while (copied && (n = read(fd, block, BLOCK)) > 0) {
        sha256_add(hash, bytes_of(block, (size_t)n));
        ret->size += (uint64_t)n;
        copied = copy < 0 || write_all(copy, block, n);
    }
    ret->hash = sha256_end(hash);
    if (!copied || n < 0)
        return trouble(mem, copied ? "read" : "write the copy of", path);
    if (fsync(copy < 0 ? fd : copy) != 0)
        return trouble(mem, "sync", path);
    return NULL;
}

/* ---- Listing --------------------------------------------------------------------------------- */

struct listing {
    struct arena *mem;
    const char *folder;
    struct progress *progress;
    struct backup *b;
    size_t room;
};

static struct backup_file *add(struct listing *l, const char *path, bool folder)
{
    struct backup *b = l->b;

    if (b->n == l->room) {
        size_t room = l->room ? l->room * 2 : 1024;
        struct backup_file *more = arena_array(l->mem, room, sizeof(*more));
        if (b->n)
            memcpy(more, b->files, b->n * sizeof(*more));
        b->files = more;
        l->room = room;
    }
    b->files[b->n] = (struct backup_file){.path = path, .folder = folder};
    return &b->files[b->n++];
}

static struct err *sync_folder(struct arena *mem, const char *path)
{
    AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 && fsync(fd) == 0 ? NULL : trouble(mem, "sync", path);
}

static struct err *list_folder(struct listing *l, const char *below, int depth);

static struct err *list_one(struct listing *l, const char *path, int depth)
{
    const char *full = arena_printf(l->mem, "%s/%s", l->folder, path);
    struct stat st;

    if (lstat(full, &st) != 0)
        return trouble(l->mem, "look at", full);
    if (S_ISDIR(st.st_mode)) {
        add(l, path, true);
        return list_folder(l, path, depth + 1);
    }
    if (!S_ISREG(st.st_mode))
        return err_new(l->mem, ERR_CONFLICT, "%s is neither a file nor a folder", full);
    struct backup_file *f = add(l, path, false);
    TRY(read_through(l->mem, full, -1, f));
    l->b->bytes += f->size;
    progress_say(l->progress, l->b->bytes, 0, true);
    return NULL;
}

static struct err *list_folder(struct listing *l, const char *below, int depth)
{
    const char *full = arena_printf(l->mem, "%s/%s", l->folder, below);
    DIR *dir = opendir(full);
    struct err *e = NULL;

    if (!dir || depth > DEPTH_MAX) {
        if (dir)
            closedir(dir);
        return trouble(l->mem, "open the folder", full);
    }
    for (struct dirent *d; !e && (d = readdir(dir));) {
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
            (!*below && strcmp(d->d_name, LIST) == 0))
            continue;
        const char *path = *below ? arena_printf(l->mem, "%s/%s", below, d->d_name)
                                  : arena_copy(l->mem, d->d_name);
        e = list_one(l, path, depth);
    }
    closedir(dir);
    return e ? e : sync_folder(l->mem, full);
}

struct err *backup_list(struct arena *mem, const char *folder, struct progress *p, struct backup *b)
{
    struct listing l = {mem, folder, p, b, 0};

    b->n = 0;
    b->bytes = 0;
    return list_folder(&l, "", 0);
}

/* ---- The list as a file ---------------------------------------------------------------------- */

struct err *backup_write(struct arena *mem, const char *folder, const struct backup *b)
{
    json_t *list = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:b}", "version", 1, "origin",
                             b->origin, "vkey", b->vkey, "admin", b->admin, "made", b->made,
                             "checkpoint", b->checkpoint, "keys", b->keys);
    json_t *files = json_array();

    json_keep(mem, list);
    json_object_set_new(list, "files", files);
    for (size_t i = 0; i < b->n; i++) {
        const struct backup_file *f = &b->files[i];
        json_array_append_new(
            files, f->folder ? json_pack("[s]", f->path)
                             : json_pack("[s, I, s]", f->path, (json_int_t)f->size,
                                         hex_encode(mem, f->hash.at, sizeof(f->hash.at))));
    }
    const char *text = arena_printf(mem, "%s\n", json_compact(mem, list));
    return file_write(mem, arena_printf(mem, "%s/" LIST, folder), 0600, bytes_of_text(text));
}

/* Nothing outside the folder, whatever the list says. */
static bool stays_inside(const char *path)
{
    for (const char *at = path; *at; at += strcspn(at, "/"), at += *at == '/')
        if (*at == '/' || (at[0] == '.' && (at[1] == '/' || !at[1])) ||
            (at[0] == '.' && at[1] == '.' && (at[2] == '/' || !at[2])))
            return false;
    return *path != '\0';
}

static bool read_file_row(const json_t *row, struct backup_file *f)
{
    const char *hash = json_string_value(json_array_get(row, 2));
    const json_t *size = json_array_get(row, 1);

    f->path = json_string_value(json_array_get(row, 0));
    f->folder = json_array_size(row) == 1;
    f->size = (uint64_t)json_integer_value(size);
    return f->path && stays_inside(f->path) &&
           (f->folder || (json_is_integer(size) && hash && strlen(hash) == 2 * sizeof(f->hash.at) &&
                          hex_decode(hash, f->hash.at, sizeof(f->hash.at))));
}

struct err *backup_read(struct arena *mem, const char *folder, struct backup *ret)
{
    const char *path = arena_printf(mem, "%s/" LIST, folder);
    struct bytes text;
    json_t *list, *files;
    int64_t version = 0;

    struct err *e = file_read(mem, path, LIST_MAX, &text);
    if (e && e->kind == ERR_NOT_FOUND)
        return err_new(mem, ERR_NOT_FOUND,
                       "%s is no backup, or one that was not finished: it has no " LIST, folder);
    TRY(e);
    TRY(json_read(mem, text, LIST_MAX, path, &list));
    *ret = (struct backup){.origin = json_text(list, "origin"),
                           .vkey = json_text(list, "vkey"),
                           .admin = json_text(list, "admin"),
                           .made = json_text(list, "made"),
                           .checkpoint = json_text(list, "checkpoint"),
                           .keys = json_is_true(json_object_get(list, "keys"))};
    files = json_object_get(list, "files");
    if (!json_whole(list, "version", &version) || version != 1 || !ret->origin || !ret->vkey ||
        !ret->admin || !ret->made || !ret->checkpoint || !json_is_array(files))
        return err_new(mem, ERR_BROKEN, "%s is not a list of this version", path);
    ret->files = arena_array(mem, json_array_size(files) + 1, sizeof(*ret->files));
    for (; ret->n < json_array_size(files); ret->n++) {
        struct backup_file *f = &ret->files[ret->n];
        if (!read_file_row(json_array_get(files, ret->n), f))
            return err_new(mem, ERR_BROKEN, "%s: file %zu makes no sense", path, ret->n + 1);
        ret->bytes += f->size;
    }
    return NULL;
}

/* ---- Taking out ------------------------------------------------------------------------------ */

struct owner {
    bool other;
    uid_t uid;
    gid_t gid;
};

static struct err *give(struct arena *mem, const char *path, const struct owner *to)
{
    return !to->other || lchown(path, to->uid, to->gid) == 0 ? NULL : trouble(mem, "give", path);
}

static struct err *take_one(struct arena *mem, const char *from, const char *to,
                            const struct backup_file *f, const struct owner *owner)
{
    struct backup_file got;

    if (f->folder) {
        if (mkdir(to, 0700) != 0)
            return trouble(mem, "make the folder", to);
        return give(mem, to, owner);
    }
    AUTO_FD copy = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)0600);
    if (copy < 0)
        return trouble(mem, "make", to);
    struct err *e = read_through(mem, from, copy, &got);
    if (e)
        return e;
    if (got.size != f->size || !digest_same(got.hash, f->hash))
        return err_new(mem, ERR_BROKEN,
                       "%s is not the file that was backed up (%" PRIu64 " bytes, it was %" PRIu64
                       "): take another backup",
                       from, got.size, f->size);
    return give(mem, to, owner);
}

/* A folder comes before what is in it: they are in the list as they were found. */
struct err *backup_take_out(struct arena *mem, const char *folder, const struct backup *b,
                            const char *prefix, const char *to, const char *user,
                            struct progress *p)
{
    struct owner owner = {.other = user != NULL};
    uint64_t done = 0;

    if (user) {
        const struct passwd *who = getpwnam(user);
        if (!who)
            return err_new(mem, ERR_NOT_FOUND, "there is no user '%s' on this machine", user);
        owner.uid = who->pw_uid;
        owner.gid = who->pw_gid;
    }
    for (size_t i = 0; i < b->n; i++) {
        AUTO(arena_auto) struct arena *scratch = arena_new();
        const struct backup_file *f = &b->files[i];
        size_t n = strlen(prefix);
        if (strncmp(f->path, prefix, n) != 0 || (f->path[n] && f->path[n] != '/'))
            continue;
        TRY(take_one(mem, arena_printf(scratch, "%s/%s", folder, f->path),
                     arena_printf(scratch, "%s%s", to, f->path + n), f, &owner));
        done += f->size;
        progress_say(p, done, b->bytes, true);
    }
    return NULL;
}
