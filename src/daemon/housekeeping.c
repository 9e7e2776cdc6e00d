/* housekeeping.c - see housekeeping.h. */
#include "housekeeping.h"

#include "app/browser.h"
#include "app/files.h"
#include "base/journal.h"
#include "store/store.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { AGAIN_S = 3600, AFTER_TROUBLE_S = 60 };

struct housekeeping {
    const char *database;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct err *keep_house(struct arena *mem, const char *database)
{
    struct store *store;
    int64_t gone = 0;

    TRY(store_open(mem, database, STORE_AS_SERVICE, &store));
    struct err *files = files_purge(mem, store, now_ms(), &gone);
    struct err *acts = browser_acts_purge(mem, store, now_ms());
    store_close(store);
    if (gone)
        journal(JOURNAL_INFO, "files-purged", "files", arena_printf(mem, "%" PRId64, gone), NULL);
    return files ? files : acts;
}

static bool told_to_stop(struct housekeeping *h, time_t seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += seconds;
    pthread_mutex_lock(&h->lock);
    while (!h->stop && pthread_cond_timedwait(&h->wake, &h->lock, &until) == 0)
        continue;
    bool stop = h->stop;
    pthread_mutex_unlock(&h->lock);
    return stop;
}

static void *run(void *ctx)
{
    struct housekeeping *h = ctx;
    time_t pause = 0;

    while (!told_to_stop(h, pause)) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct err *e = keep_house(mem, h->database);
        if (e)
            journal(JOURNAL_WARN, "house-not-kept", "because", e->text, NULL);
        pause = e ? AFTER_TROUBLE_S : AGAIN_S;
    }
    return NULL;
}

struct err *housekeeping_start(struct arena *mem, const char *database, struct housekeeping **ret)
{
    struct housekeeping *h = arena_alloc(mem, sizeof(*h));
    sigset_t all, before;

    h->database = database;
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->wake, NULL);
    sigfillset(&all); /* signals are for the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&h->thread, NULL, run, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return err_new(mem, ERR_SYSTEM, "no thread can be started");
    *ret = h;
    return NULL;
}

void housekeeping_stop(struct housekeeping *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->wake);
}
