/* batch.c - the road of every change; see batch.h.
 *
 * One transaction: lock the head; for all commands at once ask who, and what their words mean; ask
 * for what each must look at; decide each; read the subjects' heads; append all; commit; answer.
 * The questions of a batch go down the connection together, so their number of round trips does not
 * grow with the batch. */
#include "app/batch.h"

#include "app/newest.h"
#include "app/resolve.h"
#include "base/date.h"
#include "base/journal.h"
#include "compose.h"

#include <stdlib.h>

enum { BATCH_MAX = 512 };

struct batch {
    struct arena *mem;
    struct store *store;
    const struct service *service;
    struct job *jobs[BATCH_MAX]; /* those of this round; an error takes a job out */
    size_t n;
    struct map *locked;  /* names that jobs of this round, and those before them, hold */
    struct map *named;   /* things that they speak of, as they were said */
    struct map *touched; /* ids in the events that were decided in this round */
    struct log_head head;
    int64_t ts;
    struct log_batch appended;
};

/* ---- Who may share a batch ------------------------------------------------------------------- */

static bool meets(const struct batch *b, const struct job *job)
{
    for (size_t i = 0; i < job->locks_n; i++)
        if (map_get(b->locked, job->lock_names[i]))
            return true;
    return false;
}

static void hold(struct batch *b, struct job *job)
{
    for (size_t i = 0; i < job->locks_n; i++)
        map_set(b->locked, job->lock_names[i], job);
}

/* What a job speaks of, as it was said: two that name the same thing would meet, so the later one
 * does not even begin in this round. */
static bool names_the_same(struct batch *b, struct job *job)
{
    bool met = false;

    EACH_FIELD (f, &job->command->params) {
        const void *at = field_of(f, job->params);
        const struct list one = {
            (const char *[]){f->kind == KIND_REF ? ((const struct ref *)at)->said : NULL}, 1};
        const struct list *said = f->kind == KIND_LIST && f->each == KIND_REF ? at : &one;
        for (size_t i = 0; i < said->n; i++) {
            const char *name =
                said->at[i] ? arena_printf(b->mem, "%s\n%s", f->of, said->at[i]) : NULL;
            if (!name)
                continue;
            met = met || map_get(b->named, name);
            map_set(b->named, name, job);
        }
    }
    return met;
}

/* Takes jobs from the queue until it is full; what must wait is left in its order. */
static struct job *choose(struct batch *b, struct job *queue)
{
    struct job *rest = NULL, **last = &rest, *next;
    bool closed = false;

    for (struct job *job = queue; job; job = next) {
        next = job->next;
        bool alone = job->command->alone && b->n > 0;
        bool same = names_the_same(b, job);
        if (closed || alone || same || b->n == BATCH_MAX || meets(b, job)) {
            hold(b, job); /* later ones that need the same must not overtake */
            job->next = NULL;
            *last = job;
            last = &job->next;
            continue;
        }
        hold(b, job);
        job->error = NULL;
        job->reply = NULL;
        job->deferred = false;
        events_init(&job->events, job->mem);
        job->store = b->store;
        b->jobs[b->n++] = job;
        closed = closed || job->command->alone;
    }
    return rest;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static bool open(const struct job *job)
{
    return !job->error && !job->reply && !job->deferred;
}

static struct err *send_identity(struct batch *b, struct job *job)
{
    struct binds q;

    binds_init(&q, job->mem);
    bind_text(&q, "now", instant_text(job->mem, b->ts));
    actor_binds(&q, job->signature ? job->intent.actor : job->actor.id,
                job->signature ? job->signer.fingerprint : NULL, NULL);
    bind_text(&q, "nonce", job->signature ? job->intent.nonce : "");
    bind_text(&q, "noun", job->command->makes);
    bind_text(&q, "ref", job->command->makes ? job_param(job, job->command->makes) : NULL);
    TRY(store_send(b->mem, b->store, "log_intent", &q));
    TRY(store_send(b->mem, b->store, "actor", &q));
    return store_send(b->mem, b->store, "taken", &q);
}

/* The same intent again gets the same answer, another one with its nonce is refused. */
static struct err *check_nonce(struct batch *b, struct job *job, const struct rows *rows,
                               bool *ret_again)
{
    *ret_again = false;
    if (!job->signature || rows_count(rows) == 0)
        return NULL;
    struct bytes digest = rows_bytes(job->mem, rows, 0, "digest");
    if (!bytes_same(digest, digest_bytes(&job->intent.digest)))
        return err_new(job->mem, ERR_CONFLICT,
                       "the nonce of the intent was used before: sign again");
    (void)b;
    *ret_again = true;
    return NULL;
}

static struct err *check_actor(struct job *job, const struct rows *rows)
{
    struct actor known = {0};

    if (rows_count(rows))
        actor_from_row(job->mem, rows, 0, &known);
    if (!job->signature) {
        const char *id = job->actor.id;
        if (rows_count(rows))
            job->actor = known;
        else if (id && !(job->command->roles & ROLE_ANYONE))
            return err_new(job->mem, ERR_UNSIGNED, "the person %s is not known", id);
        return NULL;
    }
    if (!known.id)
        return err_new(job->mem, ERR_UNSIGNED, "there is no person '%s'", job->intent.actor);
    job->actor = known;
    if (job->command->roles & ROLE_ANYONE)
        return NULL;
    if (!known.key)
        return err_new(job->mem, ERR_UNSIGNED,
                       "the key %s is not enrolled for %s: tenure key enrol",
                       job->signer.fingerprint, known.ref);
    if (known.key_revoked)
        return err_new(job->mem, ERR_UNSIGNED, "the key %s was revoked", job->signer.fingerprint);
    return NULL;
}

static struct err *check_free(struct job *job, const struct rows *rows)
{
    if (!job->command->makes || rows_count(rows) == 0)
        return NULL;
    struct err *e = err_new(job->mem, ERR_CONFLICT, "there is a %s '%s' already",
                            job->command->makes, job_param(job, job->command->makes));
    e->field = job->command->makes;
    return e;
}

struct again {
    struct job *job;
    uint64_t first;
    int64_t entries;
};

static struct err *ask_identities(struct batch *b, struct again *again, size_t *again_n)
{
    TRY(store_pipeline_begin(b->mem, b->store));
    for (size_t i = 0; i < b->n; i++)
        TRY(send_identity(b, b->jobs[i]));
    TRY(store_pipeline_sync(b->mem, b->store));
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        struct rows *intent, *actor, *taken;
        bool same;
        TRY(store_take(job->mem, b->store, &intent));
        TRY(store_take(job->mem, b->store, &actor));
        TRY(store_take(job->mem, b->store, &taken));
        job->error = check_nonce(b, job, intent, &same);
        if (!job->error && same) {
            again[*again_n] = (struct again){job, (uint64_t)rows_int(intent, 0, "first"),
                                             rows_int(intent, 0, "entries")};
            ++*again_n;
            job->reply = ""; /* the real one comes when the pipeline is over */
            continue;
        }
        if (!job->error)
            job->error = job->late;
        if (!job->error)
            job->error = check_actor(job, actor);
        if (!job->error)
            job->error = check_free(job, taken);
    }
    return store_pipeline_end(b->mem, b->store);
}

static struct err *resolve_all(struct batch *b)
{
    static const char everything[] = "9223372036854775806";
    bool sent[BATCH_MAX] = {false};

    TRY(store_pipeline_begin(b->mem, b->store));
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        struct binds q;
        if (!open(job) || !resolve_binds(job, &q, instant_text(job->mem, b->ts), everything))
            continue;
        TRY(store_send(b->mem, b->store, "resolve", &q));
        sent[i] = true;
    }
    TRY(store_pipeline_sync(b->mem, b->store));
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        struct target target = {0};
        struct rows *rows;
        if (sent[i]) {
            TRY(store_take(job->mem, b->store, &rows));
            job->error = resolve_take(job, rows, &target);
        }
        if (open(job))
            job->error = authorise(job, &target);
    }
    return store_pipeline_end(b->mem, b->store);
}

static struct err *look_all(struct batch *b)
{
    TRY(store_pipeline_begin(b->mem, b->store));
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        struct binds q;
        job->now = b->ts;
        if (!open(job) || !job->command->look)
            continue;
        TRY(job_binds_for(job, job->command->look, &q));
        TRY(store_send(b->mem, b->store, job->command->look, &q));
    }
    TRY(store_pipeline_sync(b->mem, b->store));
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        struct rows *rows;
        if (!open(job) || !job->command->look)
            continue;
        TRY(store_take(job->mem, b->store, &rows));
        if (rows_count(rows))
            rows_get(job->mem, rows, 0, &job->command->seen, job->seen);
    }
    return store_pipeline_end(b->mem, b->store);
}

/* ---- Deciding -------------------------------------------------------------------------------- */

/* What most commands share: the reason and the time that the words gave. */
static void complete_events(struct job *job)
{
    const char *effective = job_param(job, "effective"), *reason = job_param(job, "reason");

    for (struct event *e = job->events.first; e; e = e->next) {
        if (!e->effective_at)
            e->effective_at = effective;
        if (!e->reason)
            e->reason = reason;
    }
}

static void decide(struct job *job)
{
    const struct command *c = job->command;

    job->new_id = c->makes ? uuid_new(job->mem) : NULL;
    if (c->decide)
        job->error = c->decide(job, job->params, job->seen);
    else
        job_event(job, c->emits[0]);
    complete_events(job);
}

/* Does the job speak of a thing that an earlier one of this round changes? */
static bool reads_touched(const struct batch *b, const struct job *job)
{
    if (job->actor.id && map_get(b->touched, job->actor.id))
        return true;
    EACH_FIELD (f, &job->command->params) {
        const void *at = field_of(f, job->params);
        const struct list *list = at;
        if (f->kind == KIND_REF && ((const struct ref *)at)->id &&
            map_get(b->touched, ((const struct ref *)at)->id))
            return true;
        for (size_t i = 0; f->kind == KIND_LIST && f->each == KIND_REF && i < list->n; i++)
            if (map_get(b->touched, list->at[i]))
                return true;
    }
    return false;
}

struct touching {
    struct batch *b;
    struct job *job;
    bool met;
};

static void look_at_id(void *ctx, const char *noun, const char *id)
{
    struct touching *t = ctx;

    (void)noun;
    t->met = t->met || map_get(t->b->touched, id);
}

static void touch_id(void *ctx, const char *noun, const char *id)
{
    struct touching *t = ctx;

    (void)noun;
    map_set(t->b->touched, id, t->job);
}

static void each_id(const struct job *job, void (*visit)(void *, const char *, const char *),
                    struct touching *t)
{
    for (const struct event *e = job->events.first; e; e = e->next)
        event_ids(e, visit, t);
}

/* Decides in order. A job that meets an earlier one of the round on a thing waits for the next,
 * where it will see what that one has done. */
static bool decide_all(struct batch *b)
{
    bool any = false;

    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        struct touching t = {b, job, false};
        if (!open(job))
            continue;
        job->deferred = reads_touched(b, job);
        if (open(job))
            decide(job);
        if (open(job))
            each_id(job, look_at_id, &t);
        if (t.met) {
            job->deferred = true;
            events_init(&job->events, job->mem);
        }
        if (open(job))
            each_id(job, touch_id, &t);
        any = any || (open(job) && job->events.n);
    }
    return any;
}

static struct err *run_locked(struct batch *b, int64_t now_ms)
{
    struct again again[BATCH_MAX];
    size_t again_n = 0;

    TRY(log_lock(b->mem, b->store, &b->head));
    TRY(newest_holds(b->mem, b->store, &b->head));
    /* Order is the index, never a clock: time does not run backwards in the log. */
    b->ts = now_ms > b->head.ts ? now_ms : b->head.ts;
    TRY(ask_identities(b, again, &again_n));
    for (size_t i = 0; i < again_n; i++)
        TRY(reply_again(again[i].job, b->store, again[i].first, again[i].entries));
    TRY(resolve_all(b));
    TRY(look_all(b));
    if (!decide_all(b))
        return NULL;
    TRY(compose(b->mem, b->store, b->service, b->jobs, b->n, &b->head, b->ts, &b->appended));
    return log_append(b->mem, b->store, &b->appended);
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
    uint64_t at = b->appended.first;

    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (!open(job))
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
    b->locked = map_new(mem);
    b->named = map_new(mem);
    b->touched = map_new(mem);
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
