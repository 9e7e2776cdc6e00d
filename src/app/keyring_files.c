/* keyring_files.c - the log's private keys as files: read, made, renamed, destroyed; see keyring.h.
 *
 * A new key has its file before any entry of the log names it, and files are renamed only after
 * that. So whatever comes between, every key that may have to sign is in the folder, under one name
 * or another; the log says which it is. */
#include "keyring.h"

#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

enum { KEY_FILE_MAX = 8192, FILES_MAX = 1000 };

static const char *path_in(struct arena *mem, const char *folder, const char *name)
{
    return arena_printf(mem, "%s/keys/%s", folder, name);
}

/* "log-3f2a9c01.key" */
static const char *path_of(struct arena *mem, const char *folder, const struct note_verifier *v)
{
    const char *id = hex_encode(mem, v->id, sizeof(v->id));

    return path_in(mem, folder, arena_printf(mem, "log-%s.key", id));
}

/* ---- Reading --------------------------------------------------------------------------------- */

static struct err *read_token(struct arena *mem, const char *path, const char *text,
                              struct key_file *ret)
{
    const char *newline = strchr(text, '\n');
    struct note_verifier v;

    if (!newline)
        return err_new(mem, ERR_SYSTEM, "%s is no key of a log", path);
    ret->vkey = arena_copy_n(mem, text, (size_t)(newline - text));
    ret->uri = newline + 1;
    struct err *e = note_verifier_parse(mem, ret->vkey, &v);
    if (!e)
        e = token_uri_check(mem, ret->uri);
    if (e)
        return err_new(mem, ERR_SYSTEM, "%s: %s", path, e->text);
    ret->origin = v.name;
    return NULL;
}

static struct err *read_file(struct arena *mem, const char *path, struct key_file *ret)
{
    struct key_file f = {.path = path};
    struct bytes raw;

    TRY(file_read(mem, path, KEY_FILE_MAX, &raw));
    const char *text = text_trim(mem, arena_copy_n(mem, (const char *)raw.at, raw.n));
    if (!text_starts(text, "PRIVATE+KEY+")) {
        TRY(read_token(mem, path, text, &f));
        *ret = f;
        return NULL;
    }
    struct err *e = note_signer_parse(mem, text, &f.origin, f.seed);
    if (e)
        return err_new(mem, ERR_SYSTEM, "%s: %s", path, e->text);
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(f.seed);
    struct note_verifier v = note_verifier_of(f.origin, NOTE_ED25519, ed25519_public(key));
    f.vkey = note_verifier_text(mem, &v);
    *ret = f;
    return NULL;
}

struct err *key_file_main(struct arena *mem, const char *folder, struct key_file *ret)
{
    return read_file(mem, path_in(mem, folder, "log.key"), ret);
}

static bool is_key(const char *name)
{
    return strcmp(name, "log.key") == 0 || (text_starts(name, "log-") && text_ends(name, ".key"));
}

struct err *key_files(struct arena *mem, const char *folder, struct key_file **ret)
{
    const char *keys = arena_printf(mem, "%s/keys", folder);
    DIR *dir = opendir(keys);
    struct err *e = NULL;
    unsigned n = 0;

    *ret = NULL;
    if (!dir)
        return err_new(mem, ERR_SYSTEM, "cannot read %s: %s", keys, strerror(errno));
    for (const struct dirent *d; !e && n < FILES_MAX && (d = readdir(dir));) {
        if (!is_key(d->d_name))
            continue;
        struct key_file *f = arena_alloc(mem, sizeof(*f));
        e = read_file(mem, path_in(mem, folder, d->d_name), f);
        if (e && e->kind == ERR_NOT_FOUND) { /* renamed just now: it is there under the new name */
            e = NULL;
            continue;
        }
        f->next = *ret;
        *ret = f;
        n++;
    }
    closedir(dir);
    return e;
}

struct signer *key_file_signer(const struct key_file *f)
{
    struct arena *mem = arena_new();
    struct note_verifier v = {0};
    struct err *e = note_verifier_parse(mem, f->vkey, &v);

    (void)e; /* it was read before */
    struct signer *s = f->uri ? signer_of_token(f->uri, v.public_key) : signer_of_seed(f->seed);
    arena_free(mem);
    return s;
}

/* ---- Making ---------------------------------------------------------------------------------- */

/* A key that nobody has seen sign must not become the log's. */
static struct err *try_token(struct arena *mem, const char *uri, const uint8_t *public_key)
{
    AUTO(signer_auto) struct signer *s = signer_of_token(uri, public_key);
    uint8_t signature[ED25519_SIGNATURE];

    return signer_sign(mem, s, bytes_of_text("tenure: may this key sign?\n"), signature);
}

/* The text of a file for the key in a token, or for a new one. */
static struct err *new_text(struct arena *mem, const char *origin, const char *uri,
                            struct note_verifier *ret, const char **ret_text)
{
    uint8_t public_key[ED25519_PUBLIC], seed[ED25519_SEED];

    if (uri) {
        TRY(token_public(mem, uri, public_key));
        TRY(try_token(mem, uri, public_key));
        *ret = note_verifier_of(origin, NOTE_ED25519, public_key);
        *ret_text = arena_printf(mem, "%s\n%s\n", note_verifier_text(mem, ret), uri);
        return NULL;
    }
    random_bytes(seed, sizeof(seed));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    *ret = note_verifier_of(origin, NOTE_ED25519, ed25519_public(key));
    *ret_text = arena_printf(mem, "%s\n", note_signer_text(mem, origin, seed));
    secret_cleanse(seed, sizeof(seed));
    return NULL;
}

struct err *keyring_make(struct arena *mem, const char *folder, const char *origin, const char *uri)
{
    struct note_verifier v;
    const char *text;

    TRY(new_text(mem, origin, uri, &v, &text));
    return file_write(mem, path_in(mem, folder, "log.key"), 0600, bytes_of_text(text));
}

/* As root it would be a file that the service cannot read. */
static struct err *may_write(struct arena *mem, const char *folder)
{
    struct stat st;

    if (stat(path_in(mem, folder, "."), &st) != 0 || st.st_uid != geteuid())
        return err_new(mem, ERR_FORBIDDEN, "%s/keys is another user's: rotate as that user",
                       folder);
    return NULL;
}

struct err *keyring_prepare(struct arena *mem, struct keyring *ring, const char *uri,
                            const struct log_keys *used, const char **ret_vkey)
{
    struct key_file *files;
    struct note_verifier v;
    const char *text;

    TRY(may_write(mem, ring->folder));
    TRY(key_files(mem, ring->folder, &files));
    for (const struct key_file *f = files; f; f = f->next) {
        bool fits = uri ? text_same(uri, f->uri) : !f->uri;
        if (fits && !log_keys_find(used, f->vkey)) {
            *ret_vkey = f->vkey;
            return NULL;
        }
    }
    TRY(new_text(mem, ring->origin, uri, &v, &text));
    *ret_vkey = note_verifier_text(mem, &v);
    if (log_keys_find(used, *ret_vkey))
        return err_new(mem, ERR_CONFLICT, "the key %s has signed this log before: take another",
                       *ret_vkey);
    return file_write(mem, path_of(mem, ring->folder, &v), 0600, bytes_of_text(text));
}

/* ---- After a rotation ------------------------------------------------------------------------ */

static struct err *system_error(struct arena *mem, const char *what, const char *path)
{
    return err_new(mem, ERR_SYSTEM, "cannot %s %s: %s", what, path, strerror(errno));
}

static struct err *sync_folder(struct arena *mem, const char *folder)
{
    const char *path = path_in(mem, folder, ".");
    AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 && fsync(fd) == 0 ? NULL : system_error(mem, "fsync", path);
}

/* The old key keeps a name, and only then gives log.key to the new one: there is no moment without
 * a log.key. */
static struct err *rename_all(struct arena *mem, const char *folder, const struct key_file *files,
                              const char *vkey)
{
    const char *main = path_in(mem, folder, "log.key");
    const struct key_file *now = NULL, *old = NULL;
    struct note_verifier v;

    for (const struct key_file *f = files; f; f = f->next) {
        if (text_same(f->path, main))
            old = f;
        if (text_same(f->vkey, vkey) && (!now || f == old))
            now = f;
    }
    if (!now || !old || now == old)
        return NULL;
    TRY(note_verifier_parse(mem, old->vkey, &v));
    if (link(main, path_of(mem, folder, &v)) != 0 && errno != EEXIST)
        return system_error(mem, "link", main);
    TRY(sync_folder(mem, folder));
    if (rename(now->path, main) != 0)
        return system_error(mem, "rename", now->path);
    return sync_folder(mem, folder);
}

/* Zeros first: on a disk that writes in its place nothing is left. */
static struct err *destroy_file(struct arena *mem, const char *path)
{
    static const uint8_t zeros[KEY_FILE_MAX];
    AUTO_FD fd = open(path, O_WRONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > KEY_FILE_MAX ||
        write(fd, zeros, (size_t)st.st_size) != st.st_size || fsync(fd) != 0 || unlink(path) != 0)
        return system_error(mem, "destroy", path);
    return NULL;
}

static struct err *destroy_past(struct arena *mem, const char *folder, const char *vkey,
                                const struct log_keys *used)
{
    struct key_file *files;

    TRY(key_files(mem, folder, &files));
    for (struct key_file *f = files; f; f = f->next) {
        secret_cleanse(f->seed, sizeof(f->seed));
        if (strcmp(f->vkey, vkey) != 0 && log_keys_find(used, f->vkey))
            TRY(destroy_file(mem, f->path));
    }
    return sync_folder(mem, folder);
}

struct err *keyring_settle(struct arena *mem, struct keyring *ring, const char *vkey,
                           const struct log_keys *used, bool destroy)
{
    struct key_file *files;

    TRY(key_files(mem, ring->folder, &files));
    struct err *e = rename_all(mem, ring->folder, files, vkey);
    for (struct key_file *f = files; f; f = f->next)
        secret_cleanse(f->seed, sizeof(f->seed));
    TRY(e);
    return destroy ? destroy_past(mem, ring->folder, vkey, used) : NULL;
}
