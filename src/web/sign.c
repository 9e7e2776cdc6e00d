/* sign.c - from the page on which an act is signed to the entries of the log. The browser signs the
 * intents with a passkey, once for all that the page lists; then they go the way that every signed
 * change goes. */
#include "web_internal.h"

#include "base/check.h"
#include "base/date.h"
#include "crypto/signature.h"
#include "form.h"
#include "http/head.h"
#include "pages.h"
#include "json/json.h"

#include <pthread.h>

/* ---- Asking
 * -------------------------------------------------------------------------------------- */

struct err *keys_of_person(struct visit *v, struct store *store, struct keys *ret)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, v->mem);
    bind_text(&b, "person", v->browser.person);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    TRY(store_call(v->mem, store, "browser_keys", &b, &rows));
    *ret = (struct keys){json_keep(v->mem, json_array()), json_keep(v->mem, json_array())};
    for (size_t i = 0; i < rows_count(rows); i++) {
        json_array_append_new(ret->lines, json_string(rows_text(rows, i, "line")));
        json_array_append_new(ret->credentials, json_string(rows_text(rows, i, "credential")));
    }
    return NULL;
}

static struct digest challenge_of(struct arena *mem, const struct drafted *drafted, size_t n,
                                  struct digest **ret_each)
{
    struct digest *each = arena_array(mem, n, sizeof(*each));

    for (size_t i = 0; i < n; i++)
        each[i] = passkey_challenge(bytes_of_text(drafted[i].intent));
    *ret_each = each;
    return n == 1 ? each[0] : passkey_challenge_all(each, n);
}

static json_t *texts_of(const char *const *texts, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_string(texts[i]));
    return list;
}

/* What is signed travels in the page, and comes back with the signature: nothing is kept here. */
static const char *parcel_of(struct arena *mem, const struct drafted *d)
{
    json_t *parcel = json_keep(mem, json_object());

    json_object_set_new(parcel, "command", json_string(d->command));
    json_object_set_new(parcel, "intent", json_string(d->intent));
    json_object_set_new(parcel, "disclosures", texts_of(d->disclosures, d->disclosures_n));
    return json_compact(mem, parcel);
}

void ask_to_sign(struct visit *v, const struct noun *noun, const struct command *command,
                 const struct drafted *drafted, size_t n, const struct keys *keys, const char *then,
                 const char *back)
{
    json_t *data = json_keep(v->mem, json_object()), *list = json_array();
    struct digest *each;
    struct digest all = challenge_of(v->mem, drafted, n, &each);

    for (size_t i = 0; i < n; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "parcel", json_string(parcel_of(v->mem, &drafted[i])));
        json_object_set(one, "said", drafted[i].said);
        if (drafted[i].sentence)
            json_object_set_new(one, "sentence", json_string(drafted[i].sentence));
        if (drafted[i].token)
            json_object_set_new(one, "token", json_string(drafted[i].token));
        json_array_append_new(list, one);
    }
    json_object_set_new(data, "list", list);
    json_object_set_new(data, "n", json_integer((json_int_t)n));
    json_object_set_new(data, "several", json_boolean(n > 1));
    json_object_set_new(data, "act", json_string(command_title(&v->page, noun, command)));
    json_object_set_new(data, "challenge",
                        json_string(base64url_encode(v->mem, all.at, sizeof(all.at))));
    json_object_set(data, "lines", keys->lines);
    json_object_set(data, "credentials", keys->credentials);
    if (v->service->rp_id)
        json_object_set_new(data, "rp", json_string(v->service->rp_id));
    if (n == 1 && drafted->plan)
        json_object_set_new(data, "plan", json_string(drafted->plan));
    json_object_set_new(data, "then", json_string(then));
    json_object_set_new(data, "back", json_string(back ? back : then));
    visit_show(v, 200, "page.sign", page_sign, data);
}

/* ---- What came back
 * ------------------------------------------------------------------------------ */

struct signed_page {
    struct visit *v;
    struct job **jobs;
    size_t n;
    const char *then, *command;
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

static struct err *read_parcels(struct visit *v, const struct sent *s, json_t ***ret, size_t *ret_n)
{
    *ret = arena_array(v->mem, s->n + 1, sizeof(**ret));
    *ret_n = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->at[i].name, "parcel") != 0 || !s->at[i].value)
            continue;
        json_t *parcel;
        TRY(json_read(v->mem, bytes_of_text(s->at[i].value), BODY_MAX, "what was signed", &parcel));
        if (!json_text(parcel, "intent") || !json_text(parcel, "command"))
            return err_new(v->mem, ERR_USAGE, "a page of ours has intents in it");
        (*ret)[(*ret_n)++] = parcel;
    }
    if (*ret_n > SIGNED_AT_ONCE_MAX)
        return err_new(v->mem, ERR_TOO_LARGE, "one signature covers %d acts at most",
                       SIGNED_AT_ONCE_MAX);
    return *ret_n ? NULL : err_new(v->mem, ERR_USAGE, "there is nothing to sign");
}

/* A form of this session; who enrols has none yet, and the passkey itself is the proof. */
static struct err *check_who(struct visit *v, const struct job *job, const struct sent *s)
{
    if (job->command->roles & ROLE_ANYONE)
        return NULL;
    TRY(check_form(v, s));
    if (!text_same(job->intent.actor, v->browser.person))
        return err_new(v->mem, ERR_FORBIDDEN, "what was signed is another person's");
    return NULL;
}

static struct err *make_job(struct visit *v, const struct sent *s, json_t *parcel,
                            const char *signature, struct job **ret)
{
    const struct noun *noun;
    const struct command *c = command_find(json_text(parcel, "command"), &noun);

    if (!c || !command_changes(c) || c->client)
        return err_new(v->mem, ERR_NOT_FOUND, "there is no such act");
    *ret = visit_job_apart(v, noun, c);
    json_object_del(parcel, "command");
    json_object_set_new(parcel, "signature", json_string(signature));
    TRY(job_signed(*ret, parcel));
    return check_who(v, *ret, s);
}

static struct err *make_jobs(struct visit *v, const struct sent *s, struct signed_page *p)
{
    const char *signature;
    json_t **parcels;

    TRY(read_parcels(v, s, &parcels, &p->n));
    struct digest *each = arena_array(v->mem, p->n, sizeof(*each));
    for (size_t i = 0; i < p->n; i++)
        each[i] = passkey_challenge(bytes_of_text(json_text(parcels[i], "intent")));
    TRY(signature_of(v, s, each, p->n, &signature));
    p->jobs = arena_array(v->mem, p->n, sizeof(struct job *));
    for (size_t i = 0; i < p->n; i++) {
        TRY(make_job(v, s, parcels[i], signature, &p->jobs[i]));
        const struct command *c = p->jobs[i]->command;
        p->in_order = p->in_order || c != p->jobs[0]->command;
        if ((c->roles & ROLE_ANYONE) && p->n > 1)
            return err_new(v->mem, ERR_USAGE, "this is signed one by one");
    }
    for (size_t i = 0; p->in_order && i < p->n; i++)
        if (p->jobs[i]->command->gather || p->jobs[i]->command->prepare)
            return err_new(v->mem, ERR_USAGE, "this is signed by itself");
    p->command = command_name(v->mem, p->jobs[0]->noun, p->jobs[0]->command);
    p->then = visit_path_of_ours(form_value(s, "then"));
    return NULL;
}

/* ---- The outcome
 * --------------------------------------------------------------------------------- */

static json_t *outcome_of(struct visit *v, struct job *job)
{
    json_t *one = json_object(), *reply = NULL;
    bool read = !job->error && job->reply &&
                !json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", &reply);

    json_object_set(one, "said", form_said(&v->page, job->command, job->intent.params, NULL, NULL));
    if (job->error) {
        json_object_set_new(one, "because", json_string(job->error->text));
        json_t *items = json_array();
        for (const struct err_item *i = job->error->items; i; i = i->next)
            json_array_append_new(items, json_string(i->text));
        json_object_set_new(one, "items", items);
    }
    if (!read)
        return one;
    const json_t *event, *value;
    json_t *events = json_array(), *result = json_array();
    const char *name;
    size_t i;
    json_array_foreach (json_object_get(reply, "events"), i, event) {
        json_t *e = json_object();
        json_object_set(e, "index", json_object_get(event, "index"));
        json_object_set(e, "type", json_object_get(event, "type"));
        json_array_append_new(events, e);
    }
    json_object_foreach (json_plain(json_object_get(reply, "result")), name, value) {
        json_t *fact = json_object();
        json_object_set_new(fact, "label", json_string(field_title(&v->page, name)));
        json_object_set(fact, "cell", view_cell(&v->page, name, value));
        json_array_append_new(result, fact);
    }
    json_object_set_new(one, "events", events);
    json_object_set_new(one, "result", result);
    json_object_set(one, "size", json_object_get(reply, "size"));
    return one;
}

static bool give_file(struct visit *v, const struct job *job)
{
    if (job->error || !job->attachment.bytes.n)
        return false;
    exchange_attach(v->x, 200, job->attachment.media_type, job->attachment.name,
                    job->attachment.bytes);
    exchange_back(v->x);
    return true;
}

static void show_outcome(struct signed_page *p)
{
    struct visit *v = p->v;
    json_t *data = json_keep(v->mem, json_object()), *list = json_array();
    size_t failed = 0;

    if (p->n == 1 && give_file(v, p->jobs[0]))
        return;
    for (size_t i = 0; i < p->n; i++) {
        json_array_append_new(list, outcome_of(v, p->jobs[i]));
        failed += p->jobs[i]->error != NULL;
    }
    json_object_set_new(data, "list", list);
    json_object_set_new(data, "failed", json_integer((json_int_t)failed));
    json_object_set_new(data, "n", json_integer((json_int_t)p->n));
    json_object_set_new(data, "then", json_string(p->then));
    const struct err *first = p->n == 1 ? p->jobs[0]->error : NULL;
    visit_show(v, first ? err_faces[first->kind].http : 200,
               failed == p->n ? "page.refused" : "page.done", page_done, data);
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

/* By a worker. Who asked may be nobody any more, after what was just done. */
static void say_outcome(struct exchange *x, struct worker *w)
{
    struct signed_page *p = x->kept;

    if (p->n == 1 && strcmp(p->command, "key enrol") == 0 && !p->jobs[0]->error) {
        enrolled(p->v, w, p->jobs[0]);
        return;
    }
    if (p->v->known && who_is_there(p->v, w))
        p->v->me = NULL;
    show_outcome(p);
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

    if (c->prepare)
        TRY(c->prepare(job, job->params));
    if (!c->gather)
        return NULL;
    TRY(worker_store(w, v->mem, &store));
    return job_gather(job, store);
}

static void run_signed(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct signed_page *p = arena_alloc(v->mem, sizeof(*p));
    struct sent sent;

    p->v = v;
    struct err *e = form_read(v->mem, x->media_type, exchange_body(x), &sent);
    if (!e)
        e = make_jobs(v, &sent, p);
    if (e) {
        visit_fail(v, e);
        return;
    }
    pthread_mutex_init(&p->lock, NULL);
    p->open = p->n;
    size_t n = p->n; /* once the last is handed over, p is the writer's */
    size_t begun = p->in_order ? 1 : n;
    struct job **jobs = p->jobs;
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
            exchange_submit(x, job);
    }
}

void sign_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "POST", .path = "/sign", .run = run_signed});
}
