/* batch_ask.c - what must be known before a batch can be decided; see batch_ask.h. */
#include "batch_ask.h"

#include "app/newest.h"
#include "app/token.h"
#include "base/date.h"
#include "compose.h"
#include "compose_places.h"

#include <assert.h>

/* As known at an index beyond every other. */
static const char everything[] = "9223372036854775806";

bool batch_open(const struct job *job)
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

static struct err *ask_actors(struct batch *b, struct actors_asked *ret)
{
    struct asker *askers = arena_array(b->mem, b->n + 1, sizeof(*askers));

    for (size_t i = 0; i < b->n; i++) {
        const struct job *job = b->jobs[i];
        if (job->token)
            askers[i] = (struct asker){.token = job->token};
        else if (job->signature)
            askers[i] = (struct asker){job->intent.actor, job->signer.fingerprint, NULL, NULL};
        else
            askers[i] = (struct asker){.person = job->actor.id};
    }
    return actors_ask(b->mem, b->store, askers, b->n, b->ts, ret);
}

static void check_actors(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (batch_open(job))
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

static struct err *ask_intents(struct batch *b, struct rows **ret)
{
    const char **nonces = arena_array(b->mem, b->n + 1, sizeof(*nonces));
    struct binds q;
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        if (!asks_itself(b->jobs[i]))
            nonces[n++] = b->jobs[i]->intent.nonce;
    *ret = NULL;
    if (!n)
        return NULL;
    binds_init(&q, b->mem);
    bind_list(&q, "nonces", nonces, n);
    return store_ask(b->mem, b->store, "log_intents", &q, ret);
}

static struct err *check_intents(struct batch *b, const struct rows *rows)
{
    struct map *by_nonce = map_new(b->mem);

    if (!rows || !rows_count(rows))
        return NULL;
    for (size_t i = 0; i < b->n; i++)
        if (!asks_itself(b->jobs[i]))
            map_set(by_nonce, b->jobs[i]->intent.nonce, &b->jobs[i]);
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct job **job = map_get(by_nonce, rows_text(rows, i, "nonce"));
        TRY(answer_again(b, *job, &b->known[job - b->jobs], rows, i));
    }
    return NULL;
}

static struct err *ask_names(struct batch *b)
{
    b->names = names_new(b->mem);
    for (size_t i = 0; i < b->n; i++)
        names_add(b->names, b->jobs[i]);
    return names_ask(b->names, b->store, everything);
}

/* Locks the head; who asks, was it asked before, and what do the words mean? */
static struct err *ask_first(struct batch *b, int64_t ts)
{
    struct actors_asked actors;
    struct rows *head, *intents;

    b->ts = ts;
    b->known = arena_array(b->mem, b->n + 1, sizeof(*b->known));
    TRY(b->only_tried ? log_see(b->mem, b->store, &head) : log_lock(b->mem, b->store, &head));
    TRY(ask_actors(b, &actors));
    TRY(ask_intents(b, &intents));
    TRY(ask_names(b));
    TRY(store_answers(b->mem, b->store));
    TRY(log_head_of(b->mem, head, &b->head));
    /* Order is the index, never a clock: time does not run backwards in the log. */
    if (b->head.ts > ts)
        return ask_first(b, b->head.ts);
    if (!b->only_tried)
        TRY(newest_holds(b->mem, b->store, &b->head));
    actors_told(b->mem, &actors, b->known);
    names_told(b->names);
    TRY(check_intents(b, intents));
    check_actors(b);
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
        if (!ref || !batch_open(job))
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

/* What a statement tells those who look by it. */
struct look {
    const char *statement;
    struct job **jobs;
    size_t n;
    struct rows *rows;
    struct look *next;
};

/* What names a thing that is not there has nothing to look at. */
static bool can_look(const struct batch *b, size_t i)
{
    return batch_open(b->jobs[i]) && !b->targets[i].missing;
}

/* All jobs whose commands look by this statement, at once. */
static struct err *ask_look(struct batch *b, const char *statement, struct look **looks)
{
    struct look *look = arena_alloc(b->mem, sizeof(*look));
    struct binds *binds = arena_array(b->mem, b->n + 1, sizeof(*binds));

    look->statement = statement;
    look->jobs = arena_array(b->mem, b->n + 1, sizeof(struct job *));
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        if (!can_look(b, i) || !text_same(job->command->look, statement))
            continue;
        TRY(job_binds_for(job, statement, &binds[look->n]));
        look->jobs[look->n++] = job;
    }
    look->next = *looks;
    *looks = look;
    return store_ask_each(b->mem, b->store, statement, binds, look->n, &look->rows);
}

static struct err *ask_looks(struct batch *b, struct look **ret)
{
    struct map *done = map_new(b->mem);

    *ret = NULL;
    for (size_t i = 0; i < b->n; i++) {
        struct job *job = b->jobs[i];
        job->now = b->ts;
        memset(job->seen, 0, job->command->seen.size); /* it may have looked in a batch before */
    }
    for (size_t i = 0; i < b->n; i++) {
        const char *statement = b->jobs[i]->command->look;
        if (!statement || !can_look(b, i) || map_get(done, statement))
            continue;
        map_set(done, statement, b);
        TRY(ask_look(b, statement, ret));
    }
    return NULL;
}

static void tell(const struct look *look)
{
    assert(rows_count(look->rows) == look->n);
    for (size_t i = 0; i < look->n; i++)
        rows_get(look->jobs[i]->mem, look->rows, i, &look->jobs[i]->command->seen,
                 look->jobs[i]->seen);
}

/* What is named is what most entries are about. */
static struct err *ask_places(struct batch *b)
{
    const char *const *ids;
    size_t n = names_ids(b->names, &ids);

    return b->only_tried ? NULL : places_ask(b->mem, b->store, ids, n, &b->places);
}

/* May they, what do they look at, and where does it stand in the log? What a refused job looked at
 * goes nowhere. */
static struct err *ask_second(struct batch *b)
{
    struct rows *rights;
    struct look *looks;

    b->targets = arena_array(b->mem, b->n + 1, sizeof(*b->targets));
    for (size_t i = 0; i < b->n; i++)
        if (batch_open(b->jobs[i]))
            names_give(b->names, b->jobs[i], &b->targets[i]);
    TRY(rights_ask(b->mem, b->store, b->jobs, b->targets, b->n, instant_text(b->mem, b->ts),
                   everything, &rights));
    TRY(ask_looks(b, &looks));
    TRY(ask_places(b));
    TRY(store_answers(b->mem, b->store));
    rights_told(rights, b->jobs, b->targets, b->n);
    for (size_t i = 0; i < b->n; i++)
        if (batch_open(b->jobs[i]))
            b->jobs[i]->error = authorise(b->jobs[i], &b->targets[i]);
    for (; looks; looks = looks->next)
        tell(looks);
    return NULL;
}

struct err *batch_ask(struct batch *b, int64_t now_ms)
{
    TRY(ask_first(b, now_ms));
    TRY(ask_second(b));
    return ask_taken(b); /* whoever may not make it learns no names */
}
