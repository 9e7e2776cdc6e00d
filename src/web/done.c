/* done.c - what came of acts that were signed, at an address of its own: for whoever did them, as
 * often as they read it, for some hours. */
#include "outcome.h"
#include "web_internal.h"

#include "app/batch.h"
#include "kept.h"
#include "pages.h"
#include "view.h"
#include "json/json.h"

/* ---- To be kept
 * ---------------------------------------------------------------------------------- */

static json_t *answered(struct visit *v, const struct job *job)
{
    json_t *act = json_object(), *events = json_array(), *reply;
    const json_t *event;
    size_t i;

    json_object_set_new(act, "events", events);
    if (json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", &reply))
        return act;
    json_array_foreach (json_object_get(reply, "events"), i, event) {
        json_t *e = json_object();
        json_object_set(e, "index", json_object_get(event, "index"));
        json_object_set(e, "type", json_object_get(event, "type"));
        json_array_append_new(events, e);
    }
    json_object_set(act, "entries", json_object_get(reply, "entries"));
    if (!job->command->result)
        json_object_set(act, "result", json_object_get(reply, "result"));
    return act;
}

/* The ref of what it has made, or of the thing of its noun that it was about. */
static const char *thing_of(const struct job *job, const char **ret_noun)
{
    const char *made = job->command->makes;
    const struct event *first = job->events.first;

    *ret_noun = made ? made : job->noun->name;
    if (made)
        return first ? json_text(first->after, "ref") : NULL;
    return job_said(job, job->noun->name);
}

const char *page_of_thing(struct visit *v, const struct job *job)
{
    const char *noun, *ref = thing_of(job, &noun);
    const char *page = ref ? noun_page(v->mem, noun) : NULL;
    struct page to = {.mem = v->mem};
    struct buf out;

    if (!page)
        return NULL;
    buf_init(&out, v->mem, 4096);
    buf_text(&out, page);
    to.out = &out;
    put_part(&to, ref);
    return out.at;
}

json_t *outcome_of(struct visit *v, struct job *const *jobs, size_t n)
{
    json_t *outcome = json_keep(v->mem, json_object()), *acts = json_array();
    const char *on = n == 1 ? page_of_thing(v, jobs[0]) : NULL;

    for (size_t i = 0; i < n; i++) {
        if (jobs[i]->error)
            json_array_append(acts, err_to_json(v->mem, jobs[i]->error));
        else
            json_array_append_new(acts, answered(v, jobs[i]));
    }
    json_object_set_new(outcome, "acts", acts);
    if (on)
        json_object_set_new(outcome, "on", json_string(on));
    return outcome;
}

static struct err *ask_log(struct visit *v, struct store *store, const struct kept *k,
                           struct job **jobs)
{
    const char **intents = arena_array(v->mem, k->n + 1, sizeof(*intents));

    for (size_t i = 0; i < k->n; i++) {
        const struct act *a = &k->acts[i];
        intents[i] = json_text(json_array_get(k->parcels, i), "intent");
        jobs[i] = visit_job(v, a->noun, a->command);
        TRY(job_params(jobs[i], form_params(v->mem, a->command, &a->sent)));
    }
    return changes_recorded(v->mem, store, jobs, intents, k->n);
}

/* A file that was made and lost is made again. Where that cannot be, what was done is said all the
 * same. */
static struct err *attach_again(struct store *store, struct job *job)
{
    if (!job->reply || !job->command->attaches)
        return NULL;
    struct err *e = job_gather(job, store);
    return e && e->kind == ERR_UNAVAILABLE ? e : NULL;
}

struct err *outcome_recorded(struct visit *v, struct store *store, const struct kept *k, bool *ret)
{
    struct job **jobs = arena_array(v->mem, k->n + 1, sizeof(struct job *));

    TRY(ask_log(v, store, k, jobs));
    *ret = false;
    for (size_t i = 0; i < k->n; i++) {
        *ret = *ret || jobs[i]->reply;
        if (!jobs[i]->reply)
            jobs[i]->error = err_new(v->mem, ERR_CONFLICT,
                                     "was not done, because the service was stopped before");
    }
    if (!*ret)
        return NULL;
    if (k->n == 1)
        TRY(attach_again(store, jobs[0]));
    return kept_end(v, store, k, outcome_of(v, jobs, k->n), k->n == 1 ? jobs[0] : NULL);
}

/* ---- To be shown
 * --------------------------------------------------------------------------------- */

static struct err *ask_again(struct visit *v, struct store *store, const struct act *a,
                             const json_t *act, const json_t **ret)
{
    const json_t *first =
        json_object_get(json_array_get(json_object_get(act, "events"), 0), "index");
    struct job *job = visit_job(v, a->noun, a->command);
    json_t *reply;

    *ret = json_object_get(act, "result");
    if (!a->command->result || !first)
        return NULL;
    TRY(change_again(store, job, (uint64_t)json_integer_value(first),
                     json_integer_value(json_object_get(act, "entries"))));
    TRY(json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", &reply));
    *ret = json_object_get(reply, "result");
    return NULL;
}

static json_t *facts_of(struct visit *v, const json_t *result)
{
    json_t *facts = json_array();
    const json_t *value;
    const char *name;

    json_object_foreach (json_plain(result), name, value) {
        json_t *fact = json_object();
        json_object_set_new(fact, "label", json_string(field_title(&v->page, name)));
        json_object_set(fact, "cell", view_cell(&v->page, name, value));
        json_array_append_new(facts, fact);
    }
    return facts;
}

struct counts {
    size_t logged, nothing, failed; /* acts */
    size_t entries;                 /* what they wrote into the log */
};

/* What it wrote: of many entries, only the first are named. */
static size_t entries_of(const json_t *act)
{
    size_t all = (size_t)json_integer_value(json_object_get(act, "entries"));
    size_t named = json_array_size(json_object_get(act, "events"));

    return all > named ? all : named;
}

static struct err *add_acts(struct visit *v, struct store *store, const struct kept *k,
                            json_t *list, struct counts *ret)
{
    struct rows *names;
    const json_t *act, *result;
    size_t i;

    TRY(names_of_acts_ask(v, store, k, &names));
    TRY(store_answers(v->mem, store));
    json_array_foreach (json_object_get(k->outcome, "acts"), i, act) {
        if (i == k->n)
            break;
        const struct act *a = &k->acts[i];
        json_t *one = json_keep(v->mem, json_object());
        bool failed = json_text(act, "text") != NULL;
        bool logged = json_array_size(json_object_get(act, "events")) > 0;
        json_object_set(one, "said",
                        form_said(&v->page, a->command, form_params(v->mem, a->command, &a->sent),
                                  name_found, names));
        json_object_set(one, "events", json_object_get(act, "events"));
        if (failed)
            json_object_set_new(one, "because", json_string(json_text(act, "text")));
        json_object_set(one, "items", json_object_get(act, "items"));
        TRY(ask_again(v, store, a, act, &result));
        json_object_set_new(one, "result", facts_of(v, result));
        json_array_append(list, one);
        ret->failed += failed;
        ret->logged += logged;
        ret->entries += entries_of(act);
        ret->nothing += !failed && !logged;
    }
    return NULL;
}

/* Where one came from, unless that is nowhere or something new was made. */
static const char *way_on(const struct kept *k)
{
    const char *on = json_text(k->outcome, "on");
    bool back = strcmp(k->then, "/") != 0 && !k->command->makes;

    return on && !back ? on : k->then;
}

static struct err *find_done(struct visit *v, struct worker *w, struct store **ret_store,
                             struct kept **ret)
{
    TRY(worker_store(w, v->mem, ret_store));
    return visit_kept(v, w, v->x->match.params[0].value, ret);
}

static void set_count(json_t *data, const char *name, size_t n)
{
    json_object_set_new(data, name, json_integer((json_int_t)n));
}

static struct err *show(struct visit *v, struct worker *w)
{
    json_t *data = json_keep(v->mem, json_object());
    json_t *list = json_keep(v->mem, json_array());
    struct counts counts = {0};
    struct store *store;
    struct kept *k;

    TRY(find_done(v, w, &store, &k));
    if (!k->outcome) {
        visit_go(v, kept_signing(v, k));
        return NULL;
    }
    json_object_set(data, "list", list);
    TRY(add_acts(v, store, k, list, &counts));
    v->once = true; /* an invitation's code, or a secret, may be in it */
    set_count(data, "failed", counts.failed);
    set_count(data, "logged", counts.logged);
    set_count(data, "nothing", counts.nothing);
    if (counts.entries != counts.logged)
        set_count(data, "entries", counts.entries);
    json_object_set_new(data, "on", json_string(way_on(k)));
    if (k->file_name) {
        json_object_set_new(data, "file",
                            json_string(arena_printf(v->mem, "%s/file", kept_done(v, k))));
        json_object_set_new(data, "file_name", json_string(k->file_name));
    }
    visit_show(v, 200, counts.failed && !counts.logged ? "page.refused" : "page.done", page_done,
               data);
    return NULL;
}

static struct err *give_file(struct visit *v, struct worker *w)
{
    struct store *store;
    struct rows *rows;
    struct kept *k;
    struct binds b;

    TRY(find_done(v, w, &store, &k));
    binds_init(&b, v->mem);
    bind_text(&b, "id", k->id);
    bind_text(&b, "person", v->browser.person);
    TRY(store_call(v->mem, store, "browser_act_file", &b, &rows));
    if (!rows_count(rows))
        return err_new(v->mem, ERR_NOT_FOUND, "there is no such file");
    exchange_attach(v->x, 200, rows_text(rows, 0, "media_type"), rows_text(rows, 0, "file_name"),
                    rows_bytes(v->mem, rows, 0, "file"));
    exchange_back(v->x);
    return NULL;
}

static void run(struct exchange *x, struct worker *w,
                struct err *(*give)(struct visit *, struct worker *))
{
    struct visit *v = visit_new(x);
    bool known = v->known; /* what is shown is given away */
    struct err *e = known ? give(v, w) : NULL;

    if (!known || (e && e->kind == ERR_UNSIGNED))
        visit_sign_in(v);
    else if (e)
        visit_fail(v, e);
}

static void run_done(struct exchange *x, struct worker *w)
{
    run(x, w, show);
}

static void run_file(struct exchange *x, struct worker *w)
{
    run(x, w, give_file);
}

void done_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/done/{act}", .run = run_done});
    routes_add(r, (struct route){.method = "GET", .path = "/done/{act}/file", .run = run_file});
}
