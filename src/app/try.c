/* try.c - a change as it would be decided now, without making it: a page refuses before anybody is
 * asked to sign. See batch.h. */
#include "app/batch.h"

#include "batch_ask.h"

#include <assert.h>

/* Nobody has signed yet: it is asked as by whoever is in the session. */
static void begin(struct batch *b, struct job *job)
{
    struct err *e = job_prepare(job, b->store);

    job->actor = (struct actor){.id = job->session_person};
    job->store = b->store;
    job->reply = NULL;
    job->deferred = false;
    events_init(&job->events, job->mem);
    job->error = e;
    b->jobs[b->n++] = job;
}

static void try_all(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (batch_open(b->jobs[i]) && !b->jobs[i]->command->gather)
            batch_decide(b->jobs[i]);
}

struct err *changes_try(struct store *store, struct job *const *jobs, size_t n, int64_t now_ms)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct batch *b = arena_alloc(mem, sizeof(*b));

    assert(n && n <= BATCH_MAX);
    b->mem = mem;
    b->store = store;
    b->service = jobs[0]->service;
    b->only_tried = true;
    for (size_t i = 0; i < n; i++)
        begin(b, jobs[i]);
    TRY(store_snapshot(jobs[0]->mem, store));
    struct err *e = batch_ask(b, now_ms);
    if (e)
        e = err_new(jobs[0]->mem, e->kind, "%s", e->text);
    else
        try_all(b);
    store_rollback(store);
    return e;
}
