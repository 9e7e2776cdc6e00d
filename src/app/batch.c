/* batch.c - the road of every change; see batch.h.
 *
 * One transaction: lock the head; ask all that must be known (batch_ask.c); decide each; read the
 * subjects' heads; append all; commit; answer. Each kind of question is one statement for the whole
 * batch, and those that do not need one another's answers go out together: four ways to the server
 * however many commands there are. Which may be decided together says share.h. */
#include "app/batch.h"

#include "app/logkey.h"
#include "app/newest.h"
#include "base/check.h"
#include "base/journal.h"
#include "batch_ask.h"
#include "compose.h"

/* ---- Beginning ------------------------------------------------------------------------------- */

/* Takes jobs from the queue until it is full; what must wait is left in its order. */
static struct job *choose(struct batch *b, struct job *queue)
{
    struct job *rest = NULL, **last = &rest, *next;
    bool closed = false;

    for (struct job *job = queue; job; job = next) {
        next = job->next;
        bool late = closed || b->n == BATCH_MAX || (job->command->alone && b->n > 0);
        closed = closed || job->command->alone; /* nobody who came later goes before it */
        if (late || !sharing_begins(b->sharing, job)) {
            job->next = NULL;
            *last = job;
            last = &job->next;
            continue;
        }
        job->error = NULL;
        job->reply = NULL;
        job->deferred = false;
        events_init(&job->events, job->mem);
        job->store = b->store;
        b->jobs[b->n++] = job;
    }
    return rest;
}

/* ---- Deciding -------------------------------------------------------------------------------- */

/* What most commands share: the reason and the time that the words gave. */
static void complete_events(struct job *job)
{
    const char *effective = job_param(job, "effective"), *reason = job_param(job, "reason");
    const struct field *f = record_find(&job->command->params, "reason");
    bool personal = f && f->personal; /* then only where it can be erased */

    for (struct event *e = job->events.first; e; e = e->next) {
        if (!e->effective_at)
            e->effective_at = effective;
        if (!e->reason && (!personal || e->type->personal_reason))
            e->reason = reason;
    }
}

/* What the table does not announce of a command, the audit could not explain: it is not written. */
static struct err *check_announced(struct job *job)
{
    for (const struct event *e = job->events.first; e; e = e->next)
        if (!command_emits(job->command, e->type->name))
            return err_new(job->mem, ERR_SYSTEM, "a mistake of this program: '%s %s' makes no %s",
                           job->noun->name, job->command->verb, e->type->name);
    return NULL;
}

void batch_decide(struct job *job)
{
    const struct command *c = job->command;

    job->new_id = c->makes ? uuid_new(job->mem) : NULL;
    job->error = record_happened(job->mem, &c->params, job->params, job->now);
    if (job->error)
        return;
    if (c->decide)
        job->error = c->decide(job, job->params, job->seen);
    else
        job_event(job, c->emits[0]);
    complete_events(job);
    if (!job->error)
        job->error = check_announced(job);
}

/* Decides in order. A job that meets an earlier one of the batch on a thing waits for the next,
 * where it will see what that one has done. */
static bool decide_all(struct batch *b)
{
    bool any = false;

    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (!batch_open(job))
            continue;
        job->deferred = !sharing_reads_clean(b->sharing, job);
        if (batch_open(job))
            batch_decide(job);
        if (batch_open(job) && !sharing_keeps(b->sharing, job)) {
            job->deferred = true;
            events_init(&job->events, job->mem);
        }
        any = any || (batch_open(job) && job->events.n);
    }
    return any;
}

static struct err *run_locked(struct batch *b, int64_t now_ms)
{
    TRY(batch_ask(b, now_ms));
    if (!decide_all(b))
        return NULL;
    const struct standing from = {&b->head, b->places, b->ts};
    TRY(compose(b->mem, b->store, b->service, b->jobs, b->n, &from, &b->appended));
    TRY(logkey_countersign(b->mem, b->service, b->jobs, b->n, &b->appended));
    TRY(log_append(b->mem, b->store, &b->appended));
    return logkey_turn(b->mem, b->store, b->jobs, b->n);
}

static struct err *run_transaction(struct batch *b, int64_t now_ms)
{
    TRY(store_begin(b->mem, b->store));
    struct err *e = run_locked(b, now_ms);
    if (!e)
        e = store_commit(b->mem, b->store);
    if (e)
        store_rollback(b->store);
    return e;
}

static void answer_all(struct batch *b)
{
    uint64_t at = b->head.range.size;

    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (!batch_open(job))
            continue;
        bool wrote = job->events.n > 0;
        uint64_t size = wrote ? b->appended.range.size : b->head.range.size;
        job->reply = reply_new(job, at, size, wrote ? b->appended.checkpoint : NULL);
        if (job->command->forgets)
            store_renew(b->store);
        at += job->events.n;
    }
    if (b->appended.checkpoint)
        newest_set(b->appended.checkpoint, b->appended.range.size);
}

static void fail_all(struct batch *b, const struct err *e)
{
    for (size_t i = 0; i < b->n; i++) {
        b->jobs[i]->reply = NULL;
        b->jobs[i]->deferred = false;
        b->jobs[i]->error = err_new(b->jobs[i]->mem, e->kind, "%s", e->text);
    }
}

struct err *change_run(struct store *store, struct job *job, int64_t now_ms)
{
    job->next = NULL;
    struct job *rest = batch_run(store, job->service, job, now_ms);
    (void)rest; /* one job waits for nobody */
    return job->error;
}

struct job *batch_run(struct store *store, const struct service *service, struct job *jobs,
                      int64_t now_ms)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct batch *b = arena_alloc(mem, sizeof(*b));

    b->mem = mem;
    b->store = store;
    b->service = service;
    b->sharing = sharing_new(mem);
    struct job *rest = choose(b, jobs);
    struct err *e = run_transaction(b, now_ms);
    if (!e) {
        answer_all(b);
    } else if (b->n == 1 || e->kind == ERR_UNAVAILABLE) {
        fail_all(b, e);
    } else { /* one bad command must not fail its neighbours */
        journal(JOURNAL_WARN, "batch-taken-apart", "because", e->text, NULL);
        for (size_t i = 0; i < b->n; i++)
            if (change_run(store, b->jobs[i], now_ms))
                continue;
        return rest;
    }
    for (size_t i = b->n; i-- > 0;) {
        if (!b->jobs[i]->deferred)
            continue;
        b->jobs[i]->next = rest;
        rest = b->jobs[i];
    }
    return rest;
}
