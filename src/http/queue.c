/* queue.c - exchanges on their way between the loop, the workers and the writer. */
#include "loop.h"

#include "base/journal.h"

#include <signal.h>
#include <time.h>

enum { TODO_MAX = 2000 };

int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- To the workers and back ----------------------------------------------------------------- */

bool queue_put(struct http_server *s, struct exchange *x)
{
    pthread_mutex_lock(&s->lock);
    bool room = s->todo_n < TODO_MAX;
    if (room) {
        x->next = NULL;
        *s->todo_last = x;
        s->todo_last = &x->next;
        s->todo_n++;
        s->in_flight++;
        pthread_cond_signal(&s->more);
    }
    pthread_mutex_unlock(&s->lock);
    atomic_store(&s->busy, s->in_flight);
    return room;
}

static void drop_store(struct worker *w)
{
    store_close(w->store);
    w->store = NULL;
}

/* What went through a connection stays in its buffers until it is closed. */
void workers_forget(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->forget++;
    pthread_cond_broadcast(&s->more);
    pthread_mutex_unlock(&s->lock);
}

/* The next to be worked on; NULL when it is time to stop. */
static struct exchange *take(struct worker *w)
{
    struct http_server *s = w->server;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        if (w->forgot != s->forget) {
            w->forgot = s->forget;
            drop_store(w);
        }
        if (s->todo || s->ended)
            break;
        pthread_cond_wait(&s->more, &s->lock);
    }
    struct exchange *x = s->todo;
    if (x) {
        s->todo = x->next;
        s->todo_n--;
        if (!s->todo)
            s->todo_last = &s->todo;
    }
    pthread_mutex_unlock(&s->lock);
    return x;
}

/* It was let in before: it waits behind nobody, and there is room for it. */
void exchange_resume(struct exchange *x, void (*run)(struct exchange *x, struct worker *w),
                     void *kept)
{
    struct http_server *s = x->server;

    x->run = run;
    x->kept = kept;
    pthread_mutex_lock(&s->lock);
    x->next = s->todo;
    if (!s->todo)
        s->todo_last = &x->next;
    s->todo = x;
    s->todo_n++;
    pthread_cond_signal(&s->more);
    pthread_mutex_unlock(&s->lock);
}

void exchange_back(struct exchange *x)
{
    struct http_server *s = x->server;

    x->next = NULL;
    pthread_mutex_lock(&s->lock);
    bool first = s->done == NULL;
    *s->done_last = x;
    s->done_last = &x->next;
    if (first)
        event_active(s->wake, 0, 0); /* under the lock: the loop cannot end before */
    pthread_mutex_unlock(&s->lock);
}

struct exchange *queue_take_done(struct http_server *s)
{
    size_t n = 0;

    pthread_mutex_lock(&s->lock);
    struct exchange *list = s->done;
    s->done = NULL;
    s->done_last = &s->done;
    pthread_mutex_unlock(&s->lock);
    for (const struct exchange *x = list; x; x = x->next)
        n++;
    s->in_flight -= n;
    atomic_store(&s->busy, s->in_flight);
    return list;
}

/* ---- Workers --------------------------------------------------------------------------------- */

struct err *worker_store(struct worker *w, struct arena *mem, struct store **ret)
{
    const char *uri = w->server->config.database;
    struct err *e =
        w->store ? store_check(mem, w->store) : store_open(mem, uri, STORE_AS_SERVICE, &w->store);

    if (e) {
        journal(JOURNAL_WARN, "worker-without-database", "because", e->text, NULL);
        drop_store(w);
        return err_new(mem, ERR_UNAVAILABLE, "the database is away: try again");
    }
    *ret = w->store;
    return NULL;
}

static void *work(void *ctx)
{
    struct worker *w = ctx;

    for (struct exchange *x; (x = take(w));)
        x->run(x, w);
    drop_store(w);
    return NULL;
}

struct err *workers_start(struct arena *mem, struct http_server *s)
{
    s->workers = arena_array(s->mem, s->config.workers, sizeof(*s->workers));
    for (; s->workers_n < s->config.workers; s->workers_n++) {
        struct worker *w = &s->workers[s->workers_n];
        w->server = s;
        if (pthread_create(&w->thread, NULL, work, w) != 0)
            return err_new(mem, ERR_SYSTEM, "cannot start a thread");
    }
    return NULL;
}

void workers_stop(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->ended = true;
    pthread_cond_broadcast(&s->more);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < s->workers_n; i++)
        pthread_join(s->workers[i].thread, NULL);
    s->workers_n = 0;
}
