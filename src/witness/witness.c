/* witness.c - see witness/witness.h. */
#include "witness/witness.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/file.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 4096 };

/* One log that is followed. All but the lock lies under it once the witness is open. */
struct followed {
    pthread_mutex_t lock;
    const char *id, *path;
    struct ed25519 *key; /* one for each log: a key is for one thread at a time */
    struct witness_view view;
    struct note_verifier *keys;
    struct arena *mem; /* of the note */
    const char *note;  /* the newest that was cosigned; NULL: none */
    bool stuck;        /* what is on the disk is not known any more */
};

struct witness {
    const char *name, *vkey;
    struct note_verifier verifier;
    struct followed *logs;
    size_t n;
    int lock;
};

/* ---- The key --------------------------------------------------------------------------------- */

static const char *key_file(struct arena *mem, const char *folder)
{
    return arena_printf(mem, "%s/witness.key", folder);
}

static struct err *read_key(struct arena *mem, const char *folder, const char **ret_name,
                            uint8_t ret_seed[ED25519_SEED])
{
    struct bytes text;

    TRY(file_read(mem, key_file(mem, folder), KEY_FILE_MAX, &text));
    struct err *e = note_signer_parse(
        mem, text_trim(mem, arena_copy_n(mem, (const char *)text.at, text.n)), ret_name, ret_seed);
    return e ? err_new(mem, e->kind, "%s: %s", key_file(mem, folder), e->text) : NULL;
}

static struct err *make_key(struct arena *mem, const char *folder, const char *name,
                            uint8_t ret_seed[ED25519_SEED])
{
    if (!note_name_ok(name))
        return err_field(mem, "name", "'%s' must not be empty nor hold white space or '+'", name);
    random_bytes(ret_seed, ED25519_SEED);
    return file_write(
        mem, key_file(mem, folder), 0600,
        bytes_of_text(arena_printf(mem, "%s\n", note_signer_text(mem, name, ret_seed))));
}

static const char *default_name(struct arena *mem)
{
    char host[256] = "localhost";

    gethostname(host, sizeof(host) - 1);
    return arena_printf(mem, "%s/witness", host);
}

static struct err *take_lock(struct arena *mem, const char *folder, int *ret)
{
    const char *path = arena_printf(mem, "%s/lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, (mode_t)0600);

    if (fd < 0)
        return err_new(mem, ERR_SYSTEM, "cannot open %s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return err_new(mem, ERR_CONFLICT, "the folder %s is in use: another witness runs on it",
                       folder);
    }
    *ret = fd;
    return NULL;
}

static struct err *key_at(struct arena *mem, const char *folder, const char *name,
                          const char **ret_name, uint8_t ret_seed[ED25519_SEED])
{
    AUTO_FD lock = -1;

    if (!file_exists(key_file(mem, folder))) {
        *ret_name = name ? name : default_name(mem);
        TRY(folder_make(mem, folder, 0700));
        TRY(take_lock(mem, folder, &lock));
        if (!file_exists(key_file(mem, folder)))
            return make_key(mem, folder, *ret_name, ret_seed);
    }
    return read_key(mem, folder, ret_name, ret_seed);
}

static struct note_verifier verifier_of(const char *name, const uint8_t seed[ED25519_SEED])
{
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);

    return note_verifier_of(name, NOTE_COSIGNATURE, ed25519_public(key));
}

struct err *witness_key_make(struct arena *mem, const char *folder, const char *name,
                             const char **ret_vkey)
{
    uint8_t seed[ED25519_SEED];
    const char *has;

    TRY(key_at(mem, folder, name, &has, seed));
    struct note_verifier v = verifier_of(has, seed);
    secret_cleanse(seed, sizeof(seed));
    if (name && strcmp(name, has) != 0)
        return err_new(mem, ERR_CONFLICT, "--name %s: the witness in %s is '%s', and that stays",
                       name, folder, has);
    *ret_vkey = note_verifier_text(mem, &v);
    return NULL;
}

/* ---- The logs -------------------------------------------------------------------------------- */

/* What was cosigned last. A file that does not hold is no reason to begin again from nothing. */
static struct err *load(struct arena *mem, const struct witness *w, struct followed *f)
{
    struct checkpoint c;
    struct bytes raw;
    struct note note;

    if (!file_exists(f->path))
        return NULL;
    TRY(file_read(mem, f->path, NOTE_BYTES_MAX, &raw));
    struct err *e = note_parse(mem, raw, &note);
    if (!e)
        e = note_verify(mem, &note, &w->verifier, NULL);
    if (!e)
        e = checkpoint_parse(mem, note.text, &c);
    if (!e && strcmp(c.origin, f->keys[0].name) != 0)
        e = err_new(mem, ERR_BROKEN, "it is of the log '%s'", c.origin);
    if (e)
        return err_new(mem, ERR_BROKEN,
                       "%s does not hold the newest checkpoint that was cosigned: %s", f->path,
                       e->text);
    f->view.size = c.size;
    f->view.root = c.root;
    f->note = arena_copy_n(f->mem, (const char *)raw.at, raw.n);
    return NULL;
}

static struct followed *followed_named(const struct witness *w, const char *origin)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->logs[i].keys[0].name, origin) == 0)
            return &w->logs[i];
    return NULL;
}

static bool has_key(const struct followed *f, const struct note_verifier *v)
{
    for (size_t i = 0; i < f->view.n; i++)
        if (memcmp(f->keys[i].public_key, v->public_key, ED25519_PUBLIC) == 0)
            return true;
    return false;
}

static struct err *follow(struct arena *mem, struct witness *w, const char *folder,
                          const char *vkey, size_t most, const uint8_t seed[ED25519_SEED])
{
    struct note_verifier v;

    TRY(note_verifier_parse(mem, vkey, &v));
    if (v.type != NOTE_ED25519)
        return err_new(mem, ERR_INVALID, "the key '%s' is a witness's, not a log's", vkey);
    struct followed *f = followed_named(w, v.name);
    if (!f) {
        f = &w->logs[w->n++];
        f->id = witness_log_id(mem, v.name);
        f->path = arena_printf(mem, "%s/logs/%s", folder, f->id);
        f->keys = arena_array(mem, most, sizeof(*f->keys));
        f->view.keys = f->keys;
        f->mem = arena_new();
        f->key = ed25519_new(seed);
        pthread_mutex_init(&f->lock, NULL);
        f->keys[f->view.n++] = v;
        return load(mem, w, f);
    }
    if (!has_key(f, &v))
        f->keys[f->view.n++] = v;
    return NULL;
}

/* Also after the power was cut, for what was cosigned is below it. */
static struct err *make_logs(struct arena *mem, const char *folder)
{
    TRY(folder_make(mem, arena_printf(mem, "%s/logs", folder), 0700));
    AUTO_FD dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || fsync(dir) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot sync %s: %s", folder, strerror(errno));
    return NULL;
}

struct err *witness_open(struct arena *mem, const char *folder, const char *const *logs, size_t n,
                         struct witness **ret)
{
    struct witness *w = arena_alloc(mem, sizeof(*w));
    uint8_t seed[ED25519_SEED];

    w->lock = -1;
    TRY(read_key(mem, folder, &w->name, seed));
    w->verifier = verifier_of(w->name, seed);
    w->vkey = note_verifier_text(mem, &w->verifier);
    w->logs = arena_array(mem, n + 1, sizeof(*w->logs));
    TRY(take_lock(mem, folder, &w->lock));
    struct err *e = make_logs(mem, folder);
    for (size_t i = 0; i < n && !e; i++)
        e = follow(mem, w, folder, logs[i], n, seed);
    secret_cleanse(seed, sizeof(seed));
    if (e) {
        witness_close(w);
        return e;
    }
    *ret = w;
    return NULL;
}

void witness_close(struct witness *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++) {
        ed25519_free(w->logs[i].key);
        arena_free(w->logs[i].mem);
        pthread_mutex_destroy(&w->logs[i].lock);
    }
    if (w->lock >= 0)
        close(w->lock);
    w->n = 0;
    w->lock = -1;
}

const char *witness_vkey(const struct witness *w)
{
    return w->vkey;
}

/* ---- Answering ------------------------------------------------------------------------------- */

/* The checkpoint with the lines that we know to be good: the log's, and ours. */
static struct err *cosigned_note(struct arena *mem, const struct followed *f, struct bytes raw,
                                 const char *line, const char **ret)
{
    struct note note;
    struct buf out;

    TRY(note_parse(mem, raw, &note));
    buf_init(&out, mem, NOTE_BYTES_MAX);
    buf_add(&out, note.text.at, note.text.n);
    buf_byte(&out, '\n');
    struct bytes lines = bytes_of(note.text.at + note.text.n + 1, raw.n - note.text.n - 1);
    for (size_t i = 0; i < f->view.n; i++) {
        const char *by;
        if (!note_line_by(mem, note.text, lines, &f->keys[i], &by, NULL))
            buf_text(&out, by);
    }
    buf_text(&out, line);
    *ret = out.at;
    return buf_ok(&out) ? NULL : err_new(mem, ERR_TOO_LARGE, "the checkpoint is too large");
}

/* On the disk before anybody hears of it. */
static struct err *keep(struct arena *mem, struct followed *f, const struct checkpoint *c,
                        const char *note)
{
    struct err *e = file_write(mem, f->path, 0600, bytes_of_text(note));

    if (e) {
        f->stuck = true; /* it may be there or not: only a new start tells */
        return e;
    }
    struct arena *kept = arena_new();
    f->note = arena_copy(kept, note);
    arena_free(f->mem);
    f->mem = kept;
    f->view.size = c->size;
    f->view.root = c->root;
    return NULL;
}

static struct err *answer(struct witness *w, struct arena *mem, struct followed *f,
                          const struct add_checkpoint *request, uint64_t time,
                          struct witness_reply *ret)
{
    struct checkpoint c;
    struct note note;
    const char *whole;

    if (f && f->stuck)
        return err_new(mem, ERR_SYSTEM,
                       "the disk has failed: nothing is cosigned for this log until the witness is "
                       "started again");
    ret->answer = witness_judge(mem, f ? &f->view : NULL, request, &c, &ret->because);
    if (ret->answer == WITNESS_OTHER_SIZE)
        ret->body = arena_printf(mem, "%" PRIu64 "\n", f->view.size);
    if (ret->answer != WITNESS_COSIGNS)
        return NULL;
    TRY(note_parse(mem, request->checkpoint, &note));
    const char *line = note_cosign(mem, note.text, w->name, f->key, time);
    TRY(cosigned_note(mem, f, request->checkpoint, line, &whole));
    TRY(keep(mem, f, &c, whole));
    ret->body = line;
    return NULL;
}

/* The origin that a checkpoint names; not believed yet. */
static struct followed *followed_by(const struct witness *w, struct arena *mem,
                                    struct bytes checkpoint)
{
    const uint8_t *end = memchr(checkpoint.at, '\n', checkpoint.n);

    if (!end)
        return NULL;
    return followed_named(
        w, arena_copy_n(mem, (const char *)checkpoint.at, (size_t)(end - checkpoint.at)));
}

struct err *witness_ask(struct witness *w, struct arena *mem, struct bytes raw, uint64_t time,
                        struct witness_reply *ret)
{
    struct add_checkpoint request;
    struct err *e = add_checkpoint_parse(mem, raw, &request);

    *ret = (struct witness_reply){.answer = WITNESS_MALFORMED};
    if (e) {
        ret->because = e->text;
        return NULL;
    }
    struct followed *f = followed_by(w, mem, request.checkpoint);
    if (!f)
        return answer(w, mem, NULL, &request, time, ret);
    pthread_mutex_lock(&f->lock);
    e = answer(w, mem, f, &request, time, ret);
    pthread_mutex_unlock(&f->lock);
    return e;
}

void witness_newest(struct witness *w, struct arena *mem, const char *id, const char **ret)
{
    *ret = NULL;
    for (size_t i = 0; i < w->n; i++) {
        struct followed *f = &w->logs[i];
        if (strcmp(f->id, id) != 0)
            continue;
        pthread_mutex_lock(&f->lock);
        *ret = arena_copy(mem, f->note);
        pthread_mutex_unlock(&f->lock);
    }
}

const char *witness_log(struct witness *w, size_t i, uint64_t *ret_size)
{
    if (i >= w->n)
        return NULL;
    pthread_mutex_lock(&w->logs[i].lock);
    *ret_size = w->logs[i].view.size;
    pthread_mutex_unlock(&w->logs[i].lock);
    return w->logs[i].keys[0].name;
}
