/* sign.c - a page that was signed: its intents go the way that every signed change goes, all by one
 * touch of the passkey. What came of them is kept, and shown by done.c at an address of its own. */
#include "web_internal.h"

#include "base/check.h"
#include "base/date.h"
#include "crypto/signature.h"
#include "door.h"
#include "form.h"
#include "http/head.h"
#include "kept.h"
#include "outcome.h"
#include "pages.h"
#include "json/json.h"

#include <pthread.h>

/* ---- What came back
 * ------------------------------------------------------------------------------ */

struct signed_page {
    struct visit *v;
    struct kept *kept; /* NULL: a passkey is enrolled, and nobody is there yet */
    struct job **jobs;
    size_t n;
    bool in_order; /* each begins when the one before is done: they are of several commands */
    pthread_mutex_t lock;
    size_t open; /* jobs that have no outcome yet */
};

/* The text that the log keeps: what the browser gave, byte for byte, and the key's line. */
static struct err *signature_of(struct visit *v, const struct sent *s, const struct digest *each,
                                size_t n, const char **ret)
{
    static const char *const given[] = {"authenticator_data", "client_data", "signature"};
    const char *line = form_value(s, "line");
    json_t *object = json_keep(v->mem, json_object()), *batch;

    for (size_t i = 0; i < 3; i++) {
        const char *value = form_value(s, given[i]);
        if (!value || !*value)
            return err_new(v->mem, ERR_UNSIGNED,
                           "the browser has signed nothing: it needs scripts, and a passkey");
        json_object_set_new(object, given[i], json_string(value));
    }
    if (!line || !*line)
        return err_new(v->mem, ERR_UNSIGNED, "the browser does not say which passkey has signed");
    json_object_set_new(object, "key", json_string(line));
    json_object_set_new(object, "type", json_string("passkey"));
    if (n > 1) {
        json_object_set_new(object, "batch", batch = json_array());
        for (size_t i = 0; i < n; i++)
            json_array_append_new(
                batch, json_string(base64url_encode(v->mem, each[i].at, sizeof(each[i].at))));
    }
    *ret = json_canonical(v->mem, object);
    return NULL;
}

/* acts[i] is what parcels[i] asks for. */
static struct err *make_jobs(struct visit *v, const struct sent *s, const struct act *acts,
                             const json_t *parcels, struct signed_page *p)
{
    const char *signature;

    p->n = json_array_size(parcels);
    if (!p->n)
        return err_new(v->mem, ERR_USAGE, "there is nothing to sign");
    struct digest *each = arena_array(v->mem, p->n, sizeof(*each));
    for (size_t i = 0; i < p->n; i++) {
        const char *intent = json_text(json_array_get(parcels, i), "intent");
        if (!intent)
            return err_new(v->mem, ERR_USAGE, "a page of ours has intents in it");
        each[i] = passkey_challenge(bytes_of_text(intent));
    }
    TRY(signature_of(v, s, each, p->n, &signature));
    p->jobs = arena_array(v->mem, p->n, sizeof(struct job *));
    for (size_t i = 0; i < p->n; i++) {
        json_t *envelope = json_keep(v->mem, json_copy(json_array_get(parcels, i)));
        json_object_set_new(envelope, "signature", json_string(signature));
        p->jobs[i] = visit_job_apart(v, acts[i].noun, acts[i].command);
        TRY(job_signed(p->jobs[i], envelope));
        p->in_order = p->in_order || acts[i].command != acts[0].command;
    }
    for (size_t i = 0; p->in_order && i < p->n; i++)
        if (acts[i].command->gather || acts[i].command->prepare)
            return err_new(v->mem, ERR_USAGE, "this is signed by itself");
    return NULL;
}

/* Who enrols has no session yet: what is signed travels in the page, and the passkey itself is the
 * proof. */
static struct err *take_enrolment(struct visit *v, const struct sent *s, struct signed_page *p)
{
    const char *text = form_value(s, "parcel");
    struct act act = {0};
    json_t *parcel;

    act.command = command_find("key enrol", &act.noun);
    TRY(json_read(v->mem, bytes_of_text(text ? text : ""), BODY_MAX, "what was signed", &parcel));
    return make_jobs(v, s, &act, json_keep(v->mem, json_pack("[O]", parcel)), p);
}

/* Of whoever is there, in a form of this session. */
static struct err *take_act(struct visit *v, struct worker *w, const struct sent *s,
                            struct signed_page *p)
{
    struct kept *k;
    struct store *store;

    TRY(visit_owns(v, form_value(s, form_token)));
    TRY(visit_ask(v, w));
    TRY(worker_store(w, v->mem, &store));
    TRY(kept_read(v, store, v->x->match.params[0].value, &k));
    p->kept = k;
    return k->outcome ? NULL : make_jobs(v, s, k->acts, k->parcels, p);
}

/* ---- The outcome
 * --------------------------------------------------------------------------------- */

/* Whoever was quicker than the passkey: the form again, and what is wrong with it now. */
static struct err *refuse(struct visit *v, struct store *store, struct kept *k, const struct err *e)
{
    k->because = err_to_json(v->mem, e);
    TRY(kept_write(v, store, k));
    visit_go(v, kept_form(v, k));
    return NULL;
}

/* The service or its database went away, and nobody knows yet what is in the log. */
static struct err *in_doubt(const struct signed_page *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->jobs[i]->error && p->jobs[i]->error->kind == ERR_UNAVAILABLE)
            return p->jobs[i]->error;
    return NULL;
}

/* In doubt all stays as it was signed: only the same nonces, sent again, are not done twice. */
static struct err *conclude(struct signed_page *p, struct worker *w)
{
    struct visit *v = p->v;
    struct job *first = p->jobs[0];
    struct store *store;

    TRY(in_doubt(p));
    TRY(worker_store(w, v->mem, &store));
    if (p->n == 1 && first->error)
        return refuse(v, store, p->kept, first->error);
    TRY(kept_end(v, store, p->kept, outcome_of(v, p->jobs, p->n), p->n == 1 ? first : NULL));
    visit_go(v, kept_done(v, p->kept));
    return NULL;
}

/* By a worker. */
static void say_outcome(struct exchange *x, struct worker *w)
{
    struct signed_page *p = x->kept;

    if (!p->kept && !p->jobs[0]->error) {
        enrolled(p->v, w, p->jobs[0]);
        return;
    }
    if (!p->kept) {
        door_refuse(p->v, p->jobs[0]->error);
        return;
    }
    struct err *e = conclude(p, w);
    if (e)
        visit_fail(p->v, e);
}

/* Those after one that was refused build on it: they are not done. */
static void leave_undone(struct signed_page *p, size_t from)
{
    for (size_t i = from; i < p->n; i++)
        p->jobs[i]->error = err_new(p->jobs[i]->mem, ERR_CONFLICT,
                                    "was not done, because what comes before it was refused");
    p->open -= p->n - from;
}

/* The one after job begins, if there is one; then the outcome is still to come. */
static bool go_on(struct signed_page *p, const struct job *job)
{
    size_t next = p->n - p->open;

    if (job->error)
        leave_undone(p, next);
    if (!p->open)
        return false;
    exchange_submit(p->v->x, p->jobs[next]);
    return true;
}

/* Mostly on the writer's thread, which others wait for. The last has all shown. */
static void job_done(struct job *job)
{
    struct signed_page *p = job->owner;

    if (job->command->forgets && !job->error)
        exchange_forget(p->v->x); /* before another, as the last, has sent and freed all this */
    pthread_mutex_lock(&p->lock);
    bool last = --p->open == 0;
    pthread_mutex_unlock(&p->lock);
    if (p->in_order ? go_on(p, job) : !last)
        return;
    pthread_mutex_destroy(&p->lock);
    exchange_resume(p->v->x, say_outcome, p);
}

static struct err *prepare(struct visit *v, struct worker *w, struct job *job)
{
    const struct command *c = job->command;
    struct store *store;

    if (!c->prepare && !c->gather)
        return NULL;
    TRY(worker_store(w, v->mem, &store));
    TRY(job_prepare(job, store));
    return c->gather ? job_gather(job, store) : NULL;
}

static void submit(struct visit *v, struct worker *w, struct signed_page *p)
{
    pthread_mutex_init(&p->lock, NULL);
    p->open = p->n;
    size_t n = p->n; /* once the last is handed over, p is the writer's */
    struct job **jobs = p->jobs;
    size_t begun = p->in_order ? 1 : n;
    for (size_t i = 0; i < n; i++) {
        jobs[i]->owner = p;
        jobs[i]->done = job_done;
    }
    for (size_t i = 0; i < begun; i++) {
        struct job *job = jobs[i];
        job->error = prepare(v, w, job);
        if (job->error || job->reply)
            job_done(job);
        else
            exchange_submit(v->x, job);
    }
}

static void run_signed(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct signed_page *p = arena_alloc(v->mem, sizeof(*p));
    const bool enrols = !x->match.n;
    struct sent sent;

    if (enrols && door_keeps_waiting(v))
        return;
    p->v = v;
    struct err *e = form_read(v->mem, x->media_type, exchange_body(x), &sent);
    if (!e)
        e = enrols ? take_enrolment(v, &sent, p) : take_act(v, w, &sent, p);
    if (e && enrols)
        door_refuse(v, e);
    else if (e && e->kind == ERR_UNSIGNED && !v->me)
        visit_sign_in(v); /* and then to the same page */
    else if (e)
        visit_fail(v, e);
    else if (p->kept && p->kept->outcome)
        visit_go(v, kept_done(v, p->kept));
    else
        submit(v, w, p);
}

void sign_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "POST", .path = "/sign", .run = run_signed});
    routes_add(r, (struct route){.method = "POST", .path = "/sign/{act}", .run = run_signed});
}
