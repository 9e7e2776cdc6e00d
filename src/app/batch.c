/* batch.c - the road of every change; see batch.h.
 *
 * One transaction: lock the head; for all commands at once ask who, and what their words mean; ask
 * for what each must look at; decide each; read the subjects' heads; append all; commit; answer.
 * Each kind of question is one statement for the whole batch, so their number does not grow with
 * it; which commands may be decided together says share.h. */
#include "app/batch.h"

#include "app/logkey.h"
#include "app/newest.h"
#include "app/resolve.h"
#include "app/token.h"
#include "base/date.h"
#include "base/journal.h"
#include "compose.h"
#include "share.h"

#include <assert.h>
#include <stdlib.h>

enum { BATCH_MAX = 512 };

struct batch {
    struct arena *mem;
    struct store *store;
    const struct service *service;
    struct job *jobs[BATCH_MAX]; /* an error takes one out */
    size_t n;
    struct actor *known; /* of each job: who its asker is */
    struct sharing *sharing;
    struct log_head head;
    int64_t ts;
    struct log_batch appended;
};

/* ---- Beginning ------------------------------------------------------------------------------- */

/* Takes jobs from the queue until it is full; what must wait is left in its order. */
static struct job *choose(struct batch *b, struct job *queue)
{
    struct job *rest = NULL, **last = &rest, *next;
    bool closed = false;

    for (struct job *job = queue; job; job = next) {
        next = job->next;
        bool alone = job->command->alone && b->n > 0;
        if (!sharing_begins(b->sharing, job) || closed || alone || b->n == BATCH_MAX) {
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
        closed = closed || job->command->alone;
    }
    return rest;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

static bool open(const struct job *job)
{
    return !job->error && !job->reply && !job->deferred;
}

/* The job lives longer than the batch. */
static struct actor actor_copy(struct arena *mem, const struct actor *from)
{
    struct actor a = *from;

    a.id = arena_copy(mem, from->id);
    a.ref = arena_copy(mem, from->ref);
    a.status = arena_copy(mem, from->status);
    a.key = arena_copy(mem, from->key);
    a.token = arena_copy(mem, from->token);
    a.token_name = arena_copy(mem, from->token_name);
    a.commands = (struct list){0}; /* they were looked at */
    a.units.at = arena_array(mem, from->units.n + 1, sizeof(char *));
    for (size_t i = 0; i < from->units.n; i++)
        a.units.at[i] = arena_copy(mem, from->units.at[i]);
    return a;
}

/* The service's own, which nobody signs. */
static bool asks_itself(const struct job *job)
{
    return !job->signature && !job->token;
}

static struct err *check_actor(struct job *job, const struct actor *known)
{
    if (job->token) {
        TRY(token_good(job, known));
        job->actor = actor_copy(job->mem, known);
        job_attest(job);
        return NULL;
    }
    if (asks_itself(job)) {
        if (known->id)
            job->actor = actor_copy(job->mem, known);
        else if (job->actor.id && !(job->command->roles & ROLE_ANYONE))
            return err_new(job->mem, ERR_UNSIGNED, "the person %s is not known", job->actor.id);
        return NULL;
    }
    if (!known->id)
        return err_new(job->mem, ERR_UNSIGNED, "there is no person '%s'", job->intent.actor);
    job->actor = actor_copy(job->mem, known);
    if (job->command->roles & ROLE_ANYONE)
        return NULL;
    if (!known->key)
        return err_new(job->mem, ERR_UNSIGNED,
                       "the key %s is not enrolled for %s: tenure key enrol",
                       job->signer.fingerprint, known->ref);
    if (known->key_revoked)
        return err_new(job->mem, ERR_UNSIGNED, "the key %s was revoked", job->signer.fingerprint);
    return NULL;
}

static struct err *ask_actors(struct batch *b)
{
    struct asker *askers = arena_array(b->mem, b->n + 1, sizeof(*askers));

    b->known = arena_array(b->mem, b->n + 1, sizeof(*b->known));
    for (size_t i = 0; i < b->n; i++) {
        const struct job *job = b->jobs[i];
        if (job->token)
            askers[i] = (struct asker){.token = job->token};
        else if (job->signature)
            askers[i] = (struct asker){job->intent.actor, job->signer.fingerprint, NULL, NULL};
        else
            askers[i] = (struct asker){.person = job->actor.id};
    }
    return actors_find(b->mem, b->store, askers, b->n, b->ts, b->known);
}

static void check_actors(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (open(job))
            job->error = job->late ? job->late : check_actor(job, &b->known[i]);
    }
}

/* The same intent again gets the same answer, another one with its nonce is refused. Who reads the
 * log knows an intent and its nonce, and may not have what only its answer says (the code of an
 * invitation): it must be a key of the same person that asks again. One that is revoked may, for
 * its revocation can be what was asked; a token may not, for others may have found it. */
static struct err *answer_again(struct batch *b, struct job *job, const struct actor *asker,
                                const struct rows *rows, size_t i)
{
    struct bytes digest = rows_bytes(job->mem, rows, i, "digest");

    if (job->token) {
        job->error = check_actor(job, asker);
        if (job->error)
            return NULL;
        return job_attested_again(job, b->store, (uint64_t)rows_int(rows, i, "first"),
                                  rows_int(rows, i, "entries"));
    }
    if (!asker->key)
        job->error = err_new(job->mem, ERR_UNSIGNED, "%s has no key %s, and this was asked before",
                             job->intent.actor, job->signer.fingerprint);
    else if (bytes_same(digest, digest_bytes(&job->intent.digest)))
        return reply_again(job, b->store, (uint64_t)rows_int(rows, i, "first"),
                           rows_int(rows, i, "entries"));
    else
        job->error =
            err_new(job->mem, ERR_CONFLICT, "the nonce of the intent was used before: sign again");
    return NULL;
}

static struct err *ask_intents(struct batch *b)
{
    const char **nonces = arena_array(b->mem, b->n + 1, sizeof(*nonces));
    struct map *by_nonce = map_new(b->mem);
    struct rows *rows;
    struct binds q;
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        if (asks_itself(b->jobs[i]))
            continue;
        nonces[n++] = b->jobs[i]->intent.nonce;
        map_set(by_nonce, b->jobs[i]->intent.nonce, &b->jobs[i]);
    }
    if (!n)
        return NULL;
    binds_init(&q, b->mem);
    bind_list(&q, "nonces", nonces, n);
    TRY(store_call(b->mem, b->store, "log_intents", &q, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct job **job = map_get(by_nonce, rows_text(rows, i, "nonce"));
        TRY(answer_again(b, *job, &b->known[job - b->jobs], rows, i));
    }
    return NULL;
}

static struct err *refuse_taken(struct job *job, const char *ref)
{
    struct err *e =
        err_new(job->mem, ERR_CONFLICT, "there is a %s '%s' already", job->command->makes, ref);

    e->field = job->command->makes;
    return e;
}

/* New things whose names somebody chose: the names must be free. */
static struct err *ask_taken(struct batch *b)
{
    const char **of = arena_array(b->mem, b->n + 1, sizeof(*of));
    const char **refs = arena_array(b->mem, b->n + 1, sizeof(*refs));
    struct map *by_name = map_new(b->mem);
    struct rows *rows;
    struct binds q;
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        const char *ref = job->command->makes ? job_param(job, job->command->makes) : NULL;
        const char *name = ref ? arena_printf(b->mem, "%s\n%s", job->command->makes, ref) : NULL;
        if (!ref || !open(job))
            continue;
        if (map_get(by_name, name)) {
            job->deferred = true;
            continue;
        }
        map_set(by_name, name, job);
        of[n] = job->command->makes;
        refs[n++] = ref;
    }
    if (!n)
        return NULL;
    binds_init(&q, b->mem);
    bind_list(&q, "nouns", of, n);
    bind_list(&q, "refs", refs, n);
    TRY(store_call(b->mem, b->store, "taken", &q, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *ref = rows_text(rows, i, "ref");
        struct job *job =
            map_get(by_name, arena_printf(b->mem, "%s\n%s", rows_text(rows, i, "noun"), ref));
        job->error = refuse_taken(job, ref);
    }
    return NULL;
}

/* What the words mean, and may they. */
static struct err *ask_rights(struct batch *b)
{
    static const char everything[] = "9223372036854775806";
    struct target *targets = arena_array(b->mem, b->n + 1, sizeof(*targets));
    struct names *names = names_new(b->mem);

    for (size_t i = 0; i < b->n; i++)
        if (open(b->jobs[i]))
            names_add(names, b->jobs[i]);
    TRY(names_ask(names, b->store, everything));
    for (size_t i = 0; i < b->n; i++)
        if (open(b->jobs[i]))
            b->jobs[i]->error = names_give(names, b->jobs[i], &targets[i]);
    TRY(targets_measure(b->mem, b->store, b->jobs, targets, b->n, instant_text(b->mem, b->ts),
                        everything));
    for (size_t i = 0; i < b->n; i++)
        if (open(b->jobs[i]))
            b->jobs[i]->error = authorise(b->jobs[i], &targets[i]);
    return NULL;
}

/* All jobs whose commands look by this statement, at once. */
static struct err *look_by(struct batch *b, const char *look)
{
    struct job **asked = arena_array(b->mem, b->n + 1, sizeof(struct job *));
    struct binds *binds = arena_array(b->mem, b->n + 1, sizeof(*binds));
    struct rows *rows;
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (!open(job) || !text_same(job->command->look, look))
            continue;
        TRY(job_binds_for(job, look, &binds[n]));
        asked[n++] = job;
    }
    TRY(store_call_each(b->mem, b->store, look, binds, n, &rows));
    assert(rows_count(rows) == n);
    for (size_t i = 0; i < n; i++)
        rows_get(asked[i]->mem, rows, i, &asked[i]->command->seen, asked[i]->seen);
    return NULL;
}

static struct err *look_all(struct batch *b)
{
    struct map *done = map_new(b->mem);

    for (size_t i = 0; i < b->n; i++) {
        const struct command *c = b->jobs[i]->command;
        b->jobs[i]->now = b->ts;
        memset(b->jobs[i]->seen, 0, c->seen.size); /* it may have looked in a batch before */
    }
    for (size_t i = 0; i < b->n; i++) {
        const char *look = b->jobs[i]->command->look;
        if (!look || !open(b->jobs[i]) || map_get(done, look))
            continue;
        map_set(done, look, b);
        TRY(look_by(b, look));
    }
    return NULL;
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

/* Decides in order. A job that meets an earlier one of the batch on a thing waits for the next,
 * where it will see what that one has done. */
static bool decide_all(struct batch *b)
{
    bool any = false;

    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (!open(job))
            continue;
        job->deferred = !sharing_reads_clean(b->sharing, job);
        if (open(job))
            decide(job);
        if (open(job) && !sharing_keeps(b->sharing, job)) {
            job->deferred = true;
            events_init(&job->events, job->mem);
        }
        any = any || (open(job) && job->events.n);
    }
    return any;
}

static struct err *run_locked(struct batch *b, int64_t now_ms)
{
    TRY(log_lock(b->mem, b->store, &b->head));
    TRY(newest_holds(b->mem, b->store, &b->head));
    /* Order is the index, never a clock: time does not run backwards in the log. */
    b->ts = now_ms > b->head.ts ? now_ms : b->head.ts;
    TRY(ask_actors(b));
    TRY(ask_intents(b));
    check_actors(b);
    TRY(ask_taken(b));
    TRY(ask_rights(b));
    TRY(look_all(b));
    if (!decide_all(b))
        return NULL;
    TRY(compose(b->mem, b->store, b->service, b->jobs, b->n, &b->head, b->ts, &b->appended));
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
