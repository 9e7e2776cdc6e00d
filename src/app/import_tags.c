/* import_tags.c - the tags of many new accounts: half a millisecond of RSA each, on all processors
 * at once, before anybody holds the writer's lock; see import.h. */
#include "import.h"

#include <pthread.h>
#include <unistd.h>

enum { THREADS_MAX = 16, WORTH_A_THREAD = 32 };

struct share {
    const struct tag_key *key;
    struct import_tag *tags;
    size_t from, to;
    struct arena *mem; /* its own; the signatures lie there until they are copied */
    struct err *error;
    struct awaited *progress;
};

static void *sign_share(void *arg)
{
    struct share *s = arg;

    for (size_t i = s->from; i < s->to && !s->error; i++) {
        s->error =
            tag_account(s->mem, s->key, s->tags[i].platform, s->tags[i].id, &s->tags[i].signature);
        awaited_step(s->progress);
    }
    return NULL;
}

static size_t threads_for(size_t n)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t threads = processors > 0 ? (size_t)processors : 1;

    if (threads > n / WORTH_A_THREAD)
        threads = n / WORTH_A_THREAD;
    return threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
}

/* The first share is done by this thread itself, and those for which none can be had. */
static void sign_all(struct share *shares, size_t n)
{
    pthread_t threads[THREADS_MAX];
    bool runs[THREADS_MAX] = {false};

    for (size_t i = 1; i < n; i++)
        runs[i] = pthread_create(&threads[i], NULL, sign_share, &shares[i]) == 0;
    for (size_t i = 0; i < n; i++)
        if (!runs[i])
            sign_share(&shares[i]);
    for (size_t i = 1; i < n; i++)
        if (runs[i])
            pthread_join(threads[i], NULL);
}

static const char *tag_name(struct arena *mem, const char *platform, const char *id)
{
    return arena_printf(mem, "%s\n%s", platform, id);
}

const struct bytes *import_tag_of(const struct import *im, const char *platform, const char *id)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();

    return map_get(im->tags, tag_name(scratch, platform, id));
}

/* With the job, so that the next plan finds it. */
static void keep(struct import *im, const struct import_tag *tag)
{
    struct arena *mem = im->job->mem;
    struct bytes *signature = arena_alloc(mem, sizeof(*signature));

    *signature = bytes_copy(mem, tag->signature.at, tag->signature.n);
    map_set(im->tags, tag_name(mem, tag->platform, tag->id), signature);
}

struct err *import_tags(struct import *im, struct import_tag *tags, size_t n)
{
    struct share shares[THREADS_MAX];
    struct err *error = NULL;
    size_t missing = 0;

    for (size_t i = 0; i < n; i++)
        if (!import_tag_of(im, tags[i].platform, tags[i].id))
            tags[missing++] = tags[i];
    size_t parts = threads_for(missing);
    if (missing)
        awaited_phase(im->progress, "signing_ids", missing);
    for (size_t i = 0; i < parts; i++)
        shares[i] = (struct share){im->job->service->tag_key,
                                   tags,
                                   missing * i / parts,
                                   missing * (i + 1) / parts,
                                   arena_new(),
                                   NULL,
                                   im->progress};
    sign_all(shares, parts);
    for (size_t i = 0; i < parts; i++)
        if (shares[i].error && !error)
            error = err_new(im->mem, shares[i].error->kind, "%s", shares[i].error->text);
    for (size_t i = 0; i < missing && !error; i++)
        keep(im, &tags[i]);
    for (size_t i = 0; i < parts; i++)
        arena_free(shares[i].mem);
    return error;
}
