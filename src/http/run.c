/* run.c - one command for a request: out of path, query and body into a job, and out of the job's
 * outcome into an answer. */
#include "http_internal.h"

#include "app/authorise.h"
#include "app/batch.h"
#include "app/brake.h"
#include "app/browser.h"
#include "app/token.h"
#include "app/writer.h"
#include "base/text.h"
#include "http/query.h"
#include "json/json.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

bool session_is_open(const struct http_server *s, const char *token)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *person, *key;

    return s->config.service &&
           !session_token_open(mem, s->config.service, token, now_ms(), &person, &key);
}

bool browser_is_known(const struct http_server *s, struct arena *mem, const char *cookies)
{
    const char *cookie = browser_cookie_named(mem, cookies, browser_cookie_name);
    struct browser b;

    return cookie && s->config.service &&
           !browser_read(mem, s->config.service, cookie, now_ms(), &b);
}

/* ---- For whoever serves a route ----------------------------------------------------------------
 */

const struct service *exchange_service(const struct exchange *x)
{
    return x->server->config.service;
}

void exchange_submit(struct exchange *x, struct job *job)
{
    writer_submit(x->server->config.writer, job);
}

void exchange_forget(struct exchange *x)
{
    workers_forget(x->server);
}

/* ---- What was asked -------------------------------------------------------------------------- */

static struct err *take_path(struct exchange *x, struct job *job)
{
    const struct record *r = &job->command->params;

    for (size_t i = 0; i < x->match.n; i++) {
        const char *value, *raw = x->match.params[i].value;
        const struct field *f = record_find(r, x->match.params[i].name);
        assert(f); /* a template names only fields of its command */
        if (!percent_decode(job->mem, raw, strlen(raw), false, &value))
            return err_field(job->mem, f->name, "has a broken escape in the path");
        TRY(field_set(job->mem, f, value, job->params));
        job->given.at[f - r->fields] = true;
    }
    return NULL;
}

/* A page's script reads with the page's cookie. */
static void take_cookie(struct exchange *x, struct job *job)
{
    const char *cookie = browser_cookie_named(x->mem, x->cookie, browser_cookie_name);
    struct browser b;

    if (!cookie || browser_read(x->mem, job->service, cookie, job->now, &b))
        return;
    job->session_person = b.person;
    job->session_key = b.key;
    job->browser = b.id;
}

/* A bad token is an error, but where nobody need be known. */
static struct err *take_session(struct exchange *x, struct job *job)
{
    const char *token = head_bearer(x->authorization);
    struct err *e = NULL;

    if (!x->authorization && strcmp(job->command->method, "GET") == 0)
        take_cookie(x, job);

    if (x->authorization && !token)
        e = err_new(job->mem, ERR_UNSIGNED, "only 'Authorization: Bearer <token>' is understood");
    else if (token && token_digest(job->mem, token, &job->token))
        return NULL;
    else if (token)
        e = session_token_open(job->mem, job->service, token, job->now, &job->session_person,
                               &job->session_key);
    return (job->command->roles & ROLE_ANYONE) ? NULL : e;
}

static bool is_json(const char *media_type)
{
    size_t n = media_type ? strcspn(media_type, "; \t") : 0;

    return n == strlen("application/json") && strncasecmp(media_type, "application/json", n) == 0;
}

/* The body as an object; none is an empty one. */
static struct err *read_object(struct exchange *x, struct job *job, json_t **ret)
{
    struct bytes body = exchange_body(x);

    if (!body.n)
        *ret = json_keep(job->mem, json_object());
    else
        TRY(json_read(job->mem, body, BODY_MAX, "the body", ret));
    return json_is_object(*ret) ? NULL : err_new(job->mem, ERR_USAGE, "the body must be an object");
}

static struct err *check_nonce(const struct exchange *x, const struct job *job)
{
    if (x->idempotency_key && !text_same(x->idempotency_key, job->intent.nonce))
        return err_new(job->mem, ERR_USAGE, "Idempotency-Key must be the nonce of the intent");
    return NULL;
}

static struct err *take_signed(struct exchange *x, struct job *job, const json_t *envelope)
{
    if (x->query)
        return err_new(job->mem, ERR_USAGE, "what is signed has no query");
    TRY(job_signed(job, envelope));
    return check_nonce(x, job);
}

static struct err *take_query(struct exchange *x, struct job *job)
{
    const struct record *r = &job->command->params;

    TRY(take_session(x, job));
    TRY(query_read(job->mem, r, x->query, &job->given, job->params));
    return record_complete(job->mem, r, &job->given);
}

/* Is it only to be said what would come of a change? Files are looked at by their own commands. */
static const struct field *dry_run_of(const struct job *job)
{
    const struct command *c = job->command;

    return command_changes(c) && !c->gather ? record_find(&c->params, "dry_run") : NULL;
}

static bool is_tried(const struct job *job, const json_t *object)
{
    return dry_run_of(job) && json_is_true(json_object_get(object, "dry_run"));
}

static bool wants_trying(const struct job *job)
{
    const struct field *f = dry_run_of(job);

    return f && !job->intent.nonce && field_is_set(f, job->params);
}

/* Changes are signed, or come with a service's token. Questions come with a session or a token; one
 * that has a body may be signed instead. */
static struct err *take_words(struct exchange *x, struct job *job)
{
    json_t *object;

    if (strcmp(job->command->method, "POST") != 0)
        return take_query(x, job);
    TRY(read_object(x, job, &object));
    bool by_token = token_digest(job->mem, head_bearer(x->authorization), NULL);
    if (is_tried(job, object)) {
        TRY(take_session(x, job));
        return job_params(job, object);
    }
    if (json_object_get(object, "intent") || (command_changes(job->command) && !by_token))
        return take_signed(x, job, object);
    if (x->query)
        return err_new(job->mem, ERR_USAGE, "parameters go into the body, not into the query");
    TRY(take_session(x, job));
    if (command_changes(job->command))
        return job_attested(job, object, x->idempotency_key);
    return job_params(job, object);
}

/* ---- What is answered ------------------------------------------------------------------------ */

/* Where the change stands in the log, as the JSON that the attachment replaces says it. */
static void say_place(struct exchange *x, const struct job *job)
{
    json_t *reply;
    int64_t size, index;

    if (!job->reply || json_read(job->mem, bytes_of_text(job->reply), 1 << 28, "the reply", &reply))
        return;
    const json_t *first = json_array_get(json_object_get(reply, "events"), 0);
    if (json_whole(reply, "size", &size))
        exchange_header(x, "Tenure-Size", arena_printf(x->mem, "%lld", (long long)size));
    if (first && json_whole(first, "index", &index))
        exchange_header(x, "Tenure-Index", arena_printf(x->mem, "%lld", (long long)index));
}

static void say_outcome(struct exchange *x, const struct job *job, const struct err *e)
{
    bool made = command_changes(job->command) && job->command->makes;

    /* Where nobody need be known, one that is good no more is no error. */
    if (job->token && job->actor.token && !job->actor.token_revoked && !job->actor.token_expired)
        token_remember(x->server, job->token);
    if (e) {
        exchange_fail(x, e);
    } else if (x->reply.media_type) {
        return; /* the answer was given already, in a form of its own */
    } else if (job->attachment.bytes.n) {
        exchange_attach(x, made ? 201 : 200, job->attachment.media_type, job->attachment.name,
                        job->attachment.bytes);
        if (job->attachment.witnesses)
            exchange_header(x, "Tenure-Witnesses", job->attachment.witnesses);
        if (command_changes(job->command))
            say_place(x, job);
    } else {
        exchange_say(x, made ? 201 : 200, "application/json", bytes_of_text(job->reply));
    }
}

/* On the writer's thread. */
static void change_done(struct job *job)
{
    struct exchange *x = job->owner;

    say_outcome(x, job, job->error);
    if (job->command->forgets && !job->error)
        exchange_forget(x);
    exchange_back(x);
}

/* ---- A change that is only tried ---------------------------------------------------------------
 */

static json_t *types_of(const struct events *events)
{
    json_t *types = json_array();

    for (const struct event *e = events->first; e; e = e->next)
        json_array_append_new(types, json_string(e->type->name));
    return types;
}

/* As it would be decided now, for whoever is in the session; a page asks the same before anybody
 * signs. */
static struct err *try_change(struct exchange *x, struct worker *w, struct job *job)
{
    struct store *store;

    if (!job->session_person)
        return err_new(job->mem, ERR_UNSIGNED, "what is only tried needs a person's session");
    *(bool *)field_in(dry_run_of(job), job->params) = false;
    TRY(worker_store(w, job->mem, &store));
    TRY(changes_try(store, &job, 1, job->now));
    TRY(job->error);
    json_t *reply = json_keep(job->mem, json_object());
    json_object_set_new(reply, "dry_run", json_true());
    json_object_set_new(reply, "would_record", types_of(&job->events));
    json_object_update(reply, job->result);
    exchange_say(x, 200, "application/json", bytes_of_text(json_compact(job->mem, reply)));
    return NULL;
}

/* ---- One command ----------------------------------------------------------------------------- */

static struct err *read_all(struct exchange *x, struct job *job)
{
    TRY(take_path(x, job));
    TRY(take_words(x, job));
    return job->command->prepare ? job->command->prepare(job, job->params) : NULL;
}

/* What a worker does: all of a question; of a change what comes before the writer. */
static struct err *work_on(struct worker *w, struct job *job)
{
    struct store *store;

    if (command_changes(job->command) && !job->command->gather)
        return NULL;
    TRY(worker_store(w, job->mem, &store));
    return command_changes(job->command) ? job_gather(job, store) : job_answer(job, store);
}

void run_command(struct exchange *x, struct worker *w)
{
    const struct command *c = x->route->command;

    if (strcmp(c->method, "POST") == 0 && exchange_body(x).n && !is_json(x->media_type)) {
        exchange_fail_status(x, 415, "send the body as application/json");
        exchange_back(x);
        return;
    }
    struct job *job = job_new(x->mem, exchange_service(x), x->route->noun, c);
    job->now = now_ms();
    job->channel = "http";
    job->from = brake_peer(x->mem, x->peer);
    job->owner = x;
    job->done = change_done;
    struct err *e = read_all(x, job);
    bool tried = !e && wants_trying(job);
    if (!e)
        e = tried ? try_change(x, w, job) : work_on(w, job);
    if (!e && !tried && command_changes(c) && !job->reply) {
        exchange_submit(x, job); /* x is the writer's from here on */
        return;
    }
    say_outcome(x, job, e);
    exchange_back(x);
}
