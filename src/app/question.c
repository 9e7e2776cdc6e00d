/* question.c - questions answered: who asks, may they, and the statement whose JSON is the answer;
 * see job.h. Those of one page are asked together. */
#include "app/job.h"

#include "app/browser.h"
#include "app/resolve.h"
#include "app/token.h"
#include "base/date.h"

#include <stdlib.h>

enum { PAGE_DEFAULT = 100 };

const char *page_json(struct arena *mem, const struct rows *rows, int64_t limit)
{
    size_t n = rows_count(rows), shown = n > (size_t)limit ? (size_t)limit : n;
    struct buf out;

    buf_init(&out, mem, 1 << 28);
    buf_text(&out, "{\"items\":[");
    for (size_t i = 0; i < shown; i++) {
        if (i)
            buf_byte(&out, ',');
        buf_text(&out, rows_text(rows, i, "item"));
    }
    buf_byte(&out, ']');
    if (shown < n) {
        const char *key = rows_text(rows, shown - 1, "key");
        buf_text(&out, ",\"next\":");
        buf_json(&out, key, strlen(key));
    }
    buf_byte(&out, '}');
    return out.at;
}

/* ---- One alone --------------------------------------------------------------------------------
 */

/* Somebody may be on record from a day that is still to come. */
static struct err *only_later(struct job *job)
{
    const char *person = job_param(job, "person"), *day;
    struct binds b;

    if (!person || strcmp(job->noun->name, "person") != 0)
        return NULL;
    binds_init(&b, job->mem);
    bind_text(&b, "person", person);
    TRY(store_value(job->mem, job->store, "person_from", &b, &day));
    return day ? err_new(job->mem, ERR_NOT_FOUND,
                         "'%s' is on record from %s: until then there is nothing to show, unless "
                         "as of that day",
                         job_said(job, "person"), day)
               : NULL;
}

static struct err *nothing_of_it(struct job *job)
{
    if (job_param(job, "as_of") || job_param(job, "as_known"))
        return err_new(job->mem, ERR_NOT_FOUND,
                       "it is on record, but not as of that time: name a later one, or none for "
                       "today");
    TRY(only_later(job));
    return err_new(job->mem, ERR_NOT_FOUND, "there is nothing of it");
}

int64_t page_limit(const struct job *job)
{
    const char *said = job_param(job, "limit");

    return said ? strtoll(said, NULL, 10) : PAGE_DEFAULT;
}

static struct err *ask(struct job *job, struct rows **ret)
{
    const struct command *c = job->command;
    struct list units = sees_units(job);
    struct binds b;

    TRY(job_binds_for(job, c->query, &b));
    bind_text(&b, "all", sees_all(job) ? "true" : "false");
    bind_list(&b, "units", units.at, units.n);
    if (c->list)
        bind_int(&b, "limit",
                 page_limit(job) + 1); /* one more tells whether there is a next page */
    return store_ask(job->mem, job->store, c->query, &b, ret);
}

static struct err *told(struct job *job, const struct rows *rows)
{
    job->reply = job->command->list ? page_json(job->mem, rows, page_limit(job)) : rows_value(rows);
    return job->reply ? NULL : nothing_of_it(job);
}

static struct asker asker_of(const struct job *job)
{
    return (struct asker){job->signature ? job->intent.actor : job->session_person,
                          job->signature ? job->signer.fingerprint : NULL, job->session_key,
                          job->token};
}

/* Who asks: by the signature, the token or the session. Nobody is an answer too. */
static struct err *identify(struct job *job, const struct actor *found)
{
    job->actor = *found;
    if (job->token)
        return (job->command->roles & ROLE_ANYONE) ? NULL : token_good(job, &job->actor);
    if (!job->signature && !job->session_person)
        job->actor = (struct actor){0};
    if ((job->command->roles & ROLE_ANYONE) || (!job->signature && !job->session_person))
        return NULL;
    if (!job->actor.key)
        return err_new(job->mem, ERR_UNSIGNED, "the key is not enrolled: tenure key enrol CODE");
    if (job->actor.key_revoked)
        return err_new(job->mem, ERR_UNSIGNED, "the key was revoked");
    return NULL;
}

/* What a page has for others is not even looked for. */
static struct err *for_them(struct job *job)
{
    if (!job->only_for || has_role(job, job->only_for))
        return NULL;
    return err_new(job->mem, ERR_FORBIDDEN, "this is for other roles");
}

/* Who sees only some of the things finds nothing by a name that means nothing, as by one that they
 * may not see. */
static struct err *permit(struct job *job, const struct target *target)
{
    struct err *e = authorise(job, target);

    if (!e || e != target->missing || !job->command->list || sees_all(job))
        return e;
    job->reply = "{\"items\":[]}";
    return NULL;
}

static struct err *may(struct job *job)
{
    const struct asker asker = asker_of(job);
    const bool in_session = job->browser && !(job->command->roles & ROLE_ANYONE);
    struct rows *sessions;
    struct target target;
    struct actor found;

    TRY(job->late);
    if (in_session)
        TRY(browser_ask(job->mem, job->store, job->browser, &sessions));
    TRY(actors_find(job->mem, job->store, &asker, 1, job->now, &found));
    if (in_session)
        TRY(browser_told(job->mem, sessions));
    TRY(identify(job, &found));
    TRY(job_resolve(job, &target));
    return permit(job, &target);
}

static struct err *answer(struct job *job)
{
    struct rows *rows;

    TRY(may(job));
    if (job->reply)
        return NULL;
    if (job->command->answer)
        return job->command->answer(job, job->params, &job->reply);
    TRY(ask(job, &rows));
    TRY(job_answers(job));
    return told(job, rows);
}

/* A question that is POSTed keeps something: a seal, say. */
static bool keeps(const struct command *c)
{
    return strcmp(c->method, "GET") != 0;
}

struct err *job_answer(struct job *job, struct store *store)
{
    job->store = store;
    job->last = !keeps(job->command);
    TRY(keeps(job->command) ? store_begin(job->mem, store) : store_snapshot(job->mem, store));
    struct err *e = answer(job);
    if (!e && keeps(job->command))
        e = store_commit(job->mem, store);
    if (e || !keeps(job->command))
        store_rollback(store);
    return e;
}

struct err *job_may(struct job *job, struct store *store)
{
    job->store = store;
    TRY(store_snapshot(job->mem, store));
    struct err *e = may(job);
    store_rollback(store);
    return e;
}

struct err *job_prepare(struct job *job, struct store *store)
{
    if (!job->command->prepare)
        return NULL;
    TRY(job_may(job, store));
    return job->command->prepare(job, job->params);
}

static struct err *gather(struct job *job)
{
    TRY(may(job));
    return job->command->gather(job, job->params);
}

struct err *job_gather(struct job *job, struct store *store)
{
    job->store = store;
    TRY(store_begin(job->mem, store)); /* a proof keeps the seal that it is made with */
    struct err *e = gather(job);
    if (!e)
        e = store_commit(job->mem, store);
    if (e)
        store_rollback(store);
    return e;
}

/* ---- Those of one page, together
 * ----------------------------------------------------------------- */

/* What the answer of one is made of: rows, or what its command made of what it asked. */
struct asked {
    struct target target;
    struct rows *rows;
    const char *reply;
    struct err *error;
};

/* Its names may have meant something else then. */
static bool goes_alone(const struct job *job)
{
    return job_param(job, "as_known");
}

/* Who asks, and what do the words mean? */
static struct err *ask_who(struct arena *mem, struct store *store, struct job *const *jobs,
                           size_t n, const struct along *along, struct names *names)
{
    static const char everything[] = "9223372036854775806";
    const struct asker asker = asker_of(jobs[0]);
    struct actors_asked actors;
    struct rows *sessions;
    struct actor found;

    if (jobs[0]->browser)
        TRY(browser_ask(mem, store, jobs[0]->browser, &sessions));
    TRY(actors_ask(mem, store, &asker, 1, jobs[0]->now, &actors));
    for (size_t i = 0; i < n; i++)
        names_add(names, jobs[i]);
    TRY(names_ask(names, store, everything));
    if (along)
        TRY(along->ask(along->ctx, store));
    TRY(store_answers(mem, store));
    if (jobs[0]->browser)
        TRY(browser_told(mem, sessions));
    for (size_t i = 0; jobs[0]->browser && i < n; i++)
        jobs[i]->erasures = rows_int(sessions, 0, "erasures");
    actors_told(mem, &actors, &found);
    names_told(names);
    for (size_t i = 0; i < n; i++) {
        jobs[i]->error = identify(jobs[i], &found);
        if (!jobs[i]->error)
            jobs[i]->error = for_them(jobs[i]);
    }
    return NULL;
}

static struct err *answer_of(struct job *job, const struct asked *a)
{
    TRY(permit(job, &a->target));
    if (job->reply)
        return NULL;
    if (!job->command->answer)
        return told(job, a->rows);
    job->reply = a->reply;
    return a->error;
}

/* Does it ask by itself what it answers? */
static bool asks_itself(const struct job *job, const struct asked *a)
{
    return !job->error && !goes_alone(job) && job->command->answer && !a->target.missing;
}

/* What more than a statement answers waits for the database by itself: with what it asks first the
 * rights come too, and what the others' statements answer. */
static void answer_first(struct job *const *jobs, size_t n, struct asked *asked)
{
    for (size_t i = 0; i < n; i++)
        if (asks_itself(jobs[i], &asked[i]))
            asked[i].error = jobs[i]->command->answer(jobs[i], jobs[i]->params, &asked[i].reply);
}

/* Nobody asks anything after the statements, or after what the only one asks that needs more. */
static struct err *end_with_last(struct arena *mem, struct store *store, struct job *const *jobs,
                                 size_t n, const struct asked *asked)
{
    struct job *more = NULL;

    for (size_t i = 0; i < n; i++) {
        bool asks = asks_itself(jobs[i], &asked[i]);
        if ((!jobs[i]->error && goes_alone(jobs[i])) || (asks && more))
            return NULL;
        more = asks ? jobs[i] : more;
    }
    if (!more)
        return store_ask_rollback(mem, store);
    more->last = true;
    return NULL;
}

struct err *job_answers(struct job *job)
{
    if (job->last)
        TRY(store_ask_rollback(job->mem, job->store));
    return store_answers(job->mem, job->store);
}

/* What they may, and the answers: one that may not be given is thrown away. */
static struct err *ask_what(struct arena *mem, struct store *store, struct job *const *jobs,
                            size_t n, struct asked *asked)
{
    struct target *targets = arena_array(mem, n + 1, sizeof(*targets));
    struct rows *rights;

    for (size_t i = 0; i < n; i++)
        targets[i] = asked[i].target;
    TRY(rights_ask(mem, store, jobs, targets, n, instant_text(mem, jobs[0]->now),
                   "9223372036854775806", &rights));
    for (size_t i = 0; i < n; i++)
        if (!jobs[i]->error && !goes_alone(jobs[i]) && !jobs[i]->command->answer &&
            !asked[i].target.missing)
            TRY(ask(jobs[i], &asked[i].rows));
    TRY(end_with_last(mem, store, jobs, n, asked));
    answer_first(jobs, n, asked);
    TRY(store_answers(mem, store));
    rights_told(rights, jobs, targets, n);
    for (size_t i = 0; i < n; i++) {
        asked[i].target = targets[i];
        if (!jobs[i]->error && !jobs[i]->reply && !goes_alone(jobs[i]))
            jobs[i]->error = answer_of(jobs[i], &asked[i]);
    }
    return NULL;
}

static struct err *answer_together(struct arena *mem, struct store *store, struct job *const *jobs,
                                   size_t n, const struct along *along)
{
    struct asked *asked = arena_array(mem, n + 1, sizeof(*asked));
    struct names *names = names_new(mem);

    TRY(ask_who(mem, store, jobs, n, along, names));
    for (size_t i = 0; i < n; i++)
        if (!jobs[i]->error && !goes_alone(jobs[i]))
            names_give(names, jobs[i], &asked[i].target);
    TRY(ask_what(mem, store, jobs, n, asked));
    for (size_t i = 0; i < n; i++)
        if (!jobs[i]->error && goes_alone(jobs[i]))
            jobs[i]->error = answer(jobs[i]);
    return NULL;
}

struct err *jobs_answer_along(struct arena *mem, struct store *store, struct job *const *jobs,
                              size_t n, const struct along *along)
{
    if (!n)
        return NULL;
    for (size_t i = 0; i < n; i++)
        jobs[i]->store = store;
    TRY(store_snapshot(mem, store));
    struct err *e = answer_together(mem, store, jobs, n, along);
    store_rollback(store);
    return e;
}

struct err *jobs_answer(struct arena *mem, struct store *store, struct job *const *jobs, size_t n)
{
    return jobs_answer_along(mem, store, jobs, n, NULL);
}
