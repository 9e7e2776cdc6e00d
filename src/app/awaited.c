/* awaited.c - see app/awaited.h. */
#include "app/awaited.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { TOLD_MAX = 32, NAME_ROOM = 80 };

struct awaited {
    char name[NAME_ROOM]; /* "": free */
    const char *phase;
    atomic_size_t done;
    size_t all;
};

static struct awaited told[TOLD_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void end(void *ctx)
{
    struct awaited *p = ctx;

    pthread_mutex_lock(&lock);
    *p->name = '\0';
    pthread_mutex_unlock(&lock);
}

struct awaited *awaited_begin(struct arena *mem, const char *name)
{
    struct awaited *p = NULL;

    if (!*name || strlen(name) >= NAME_ROOM)
        return NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < TOLD_MAX && !p; i++)
        if (!*told[i].name)
            p = &told[i];
    if (p) {
        memcpy(p->name, name, strlen(name) + 1);
        p->phase = "";
        p->all = 0;
        atomic_store(&p->done, 0);
    }
    pthread_mutex_unlock(&lock);
    if (p)
        arena_on_free(mem, end, p);
    return p;
}

void awaited_phase(struct awaited *p, const char *word, size_t all)
{
    if (!p)
        return;
    pthread_mutex_lock(&lock);
    p->phase = word;
    p->all = all;
    atomic_store(&p->done, 0);
    pthread_mutex_unlock(&lock);
}

void awaited_step(struct awaited *p)
{
    if (p)
        atomic_fetch_add(&p->done, 1);
}

bool awaited_look(const char *name, struct awaited_view *ret)
{
    bool found = false;

    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < TOLD_MAX && !found; i++) {
        if (!*name || strcmp(told[i].name, name) != 0)
            continue;
        *ret = (struct awaited_view){told[i].phase, atomic_load(&told[i].done), told[i].all};
        found = true;
    }
    pthread_mutex_unlock(&lock);
    return found;
}
