/* keyring.c - the log's private keys in memory, and which of them signs; see keyring.h. The files
 * are keyring_files.c's. */
#include "keyring.h"

#include "base/text.h"

#include <assert.h>
#include <stdlib.h>

static void ring_free(void *at)
{
    struct keyring *ring = at;

    for (struct ring_key *k = ring->first; k; k = k->next)
        signer_free(k->signer);
    pthread_mutex_destroy(&ring->lock);
    arena_free(ring->mem);
    free(ring);
}

static struct ring_key *find(struct keyring *ring, const char *vkey)
{
    for (struct ring_key *k = ring->first; k; k = k->next)
        if (strcmp(k->vkey, vkey) == 0)
            return k;
    return NULL;
}

/* Those of the folder that are not in the ring yet. */
static struct err *fill(struct arena *mem, struct keyring *ring)
{
    struct key_file *files;

    TRY(key_files(mem, ring->folder, &files));
    for (const struct key_file *f = files; f; f = f->next) {
        if (find(ring, f->vkey))
            continue;
        struct ring_key *k = arena_alloc(ring->mem, sizeof(*k));
        k->vkey = arena_copy(ring->mem, f->vkey);
        k->signer = key_file_signer(f);
        k->in_token = f->uri != NULL;
        k->next = ring->first;
        ring->first = k;
    }
    for (struct key_file *f = files; f; f = f->next)
        secret_cleanse(f->seed, sizeof(f->seed));
    return NULL;
}

static struct err *begin(struct arena *mem, struct keyring *ring)
{
    struct key_file main;

    TRY(key_file_main(mem, ring->folder, &main));
    ring->origin = arena_copy(ring->mem, main.origin);
    secret_cleanse(main.seed, sizeof(main.seed));
    TRY(fill(mem, ring));
    ring->current = find(ring, main.vkey);
    assert(ring->current);
    return NULL;
}

struct err *keyring_open(struct arena *mem, const char *folder, struct keyring **ret)
{
    struct keyring *ring = calloc(1, sizeof(*ring));

    assert(ring);
    pthread_mutex_init(&ring->lock, NULL);
    ring->mem = arena_new();
    ring->folder = arena_copy(ring->mem, folder);
    arena_on_free(mem, ring_free, ring);
    TRY(begin(mem, ring));
    *ret = ring;
    return NULL;
}

const char *keyring_origin(const struct keyring *ring)
{
    return ring->origin;
}

const char *keyring_vkey(struct keyring *ring)
{
    pthread_mutex_lock(&ring->lock);
    const char *vkey = ring->current->vkey;
    pthread_mutex_unlock(&ring->lock);
    return vkey;
}

bool keyring_in_token(struct keyring *ring)
{
    pthread_mutex_lock(&ring->lock);
    bool in_token = ring->current->in_token;
    pthread_mutex_unlock(&ring->lock);
    return in_token;
}

static struct err *look(struct arena *mem, struct keyring *ring, const char *vkey,
                        struct ring_key **ret)
{
    *ret = find(ring, vkey);
    if (*ret)
        return NULL;
    TRY(fill(mem, ring));
    *ret = find(ring, vkey);
    if (*ret)
        return NULL;
    return err_new(mem, ERR_UNAVAILABLE,
                   "the log is signed with the key %s now, which is not in %s/keys: bring the file "
                   "log.key from the instance that rotated it",
                   vkey, ring->folder);
}

static struct err *take(struct arena *mem, struct keyring *ring, const char *vkey, bool current,
                        struct signer **ret)
{
    struct ring_key *key;

    pthread_mutex_lock(&ring->lock);
    struct err *e = look(mem, ring, vkey, &key);
    if (!e && current)
        ring->current = key;
    pthread_mutex_unlock(&ring->lock);
    TRY(e);
    *ret = key->signer;
    return NULL;
}

struct err *keyring_use(struct arena *mem, struct keyring *ring, const char *vkey,
                        struct signer **ret)
{
    return take(mem, ring, vkey, true, ret);
}

struct err *keyring_signer(struct arena *mem, struct keyring *ring, const char *vkey,
                           struct signer **ret)
{
    return take(mem, ring, vkey, false, ret);
}

bool keyring_has(struct keyring *ring, const char *vkey)
{
    pthread_mutex_lock(&ring->lock);
    bool there = find(ring, vkey) != NULL;
    pthread_mutex_unlock(&ring->lock);
    return there;
}
