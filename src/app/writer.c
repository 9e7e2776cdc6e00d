/* writer.c - see writer.h. */
#include "app/writer.h"

#include "base/journal.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { QUEUE_MAX = 20000 };

struct writer {
    const struct service *service;
    const char *uri;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct job *queue, **last;
    struct writer_counts counts;
    bool stop;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Takes all that waits, behind what was put off; NULL when it is time to stop and nothing is left.
 */
static struct job *take_all(struct writer *w, struct job *put_off)
{
    struct job **end = &put_off;

    while (*end)
        end = &(*end)->next;
    pthread_mutex_lock(&w->lock);
    while (!put_off && !w->queue && !w->stop)
        pthread_cond_wait(&w->more, &w->lock);
    *end = w->queue;
    w->queue = NULL;
    w->last = &w->queue;
    w->counts.waiting = 0;
    pthread_mutex_unlock(&w->lock);
    return put_off;
}

static void answer(struct writer *w, struct job **jobs, size_t n, size_t put_off)
{
    pthread_mutex_lock(&w->lock);
    w->counts.batches++;
    w->counts.waiting += put_off;
    for (size_t i = 0; i < n; i++) {
        w->counts.jobs++;
        w->counts.entries += jobs[i]->error ? 0 : jobs[i]->events.n;
        w->counts.failures += jobs[i]->error != NULL;
    }
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < n; i++)
        jobs[i]->done(jobs[i]);
}

/* One batch; what must wait for the next is returned. */
static struct job *run_some(struct writer *w, struct store *store, struct job *jobs)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    size_t n = 0, room = 0, ended = 0, put_off = 0;

    for (struct job *j = jobs; j; j = j->next)
        room++;
    struct job **all = arena_array(mem, room + 1, sizeof(struct job *));
    for (struct job *j = jobs; j; j = j->next)
        all[n++] = j;
    struct job *rest = batch_run(store, w->service, jobs, now_ms());
    for (struct job *j = rest; j; j = j->next, put_off++)
        j->deferred = true;
    struct job **done = arena_array(mem, n + 1, sizeof(struct job *));
    for (size_t i = 0; i < n; i++)
        if (!all[i]->deferred)
            done[ended++] = all[i];
    answer(w, done, ended, put_off);
    return rest;
}

/* Nothing reaches the database: everybody is told at once. */
static void refuse_all(struct writer *w, struct job *jobs, const struct err *e)
{
    for (struct job *j = jobs, *next; j; j = next) {
        next = j->next;
        j->error = err_new(j->mem, e->kind, "%s", e->text);
        answer(w, &j, 1, 0);
    }
}

static void *run(void *ctx)
{
    struct writer *w = ctx;
    struct store *store = NULL;

    for (struct job *jobs = NULL; (jobs = take_all(w, jobs));) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        if (!store) {
            struct err *e = store_open(mem, w->uri, STORE_AS_WRITER, &store);
            if (e) {
                journal(JOURNAL_ERROR, "writer-without-database", "because", e->text, NULL);
                refuse_all(w, jobs,
                           err_new(mem, ERR_UNAVAILABLE, "the database is away: try again"));
                jobs = NULL;
                continue;
            }
        }
        jobs = run_some(w, store, jobs);
    }
    store_close(store);
    return NULL;
}

struct writer *writer_start(const struct service *service, const char *uri)
{
    struct writer *w = calloc(1, sizeof(*w));

    if (!w)
        abort();
    w->service = service;
    w->uri = uri;
    w->last = &w->queue;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->more, NULL);
    if (pthread_create(&w->thread, NULL, run, w) != 0)
        abort();
    return w;
}

void writer_stop(struct writer *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->more);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->more);
    free(w);
}

void writer_submit(struct writer *w, struct job *job)
{
    job->next = NULL;
    job->deferred = false;
    pthread_mutex_lock(&w->lock);
    bool full = w->counts.waiting >= QUEUE_MAX || w->stop;
    if (!full) {
        *w->last = job;
        w->last = &job->next;
        w->counts.waiting++;
        pthread_cond_signal(&w->more);
    }
    pthread_mutex_unlock(&w->lock);
    if (full) {
        job->error =
            err_new(job->mem, ERR_UNAVAILABLE, "the service has too much to do: try again");
        job->done(job);
    }
}

void writer_counts(struct writer *w, struct writer_counts *ret)
{
    pthread_mutex_lock(&w->lock);
    *ret = w->counts;
    pthread_mutex_unlock(&w->lock);
}
