/* trial.c - what would come of a file, before anybody signs that it is taken in: how it was read,
 * what each of its columns is taken as, and what would change. Whoever sees that a column was taken
 * for something else says so, and is shown it again. It is worked out once and kept with the form,
 * at an address that can be read again, also by others who may take in such files. The plan's hash
 * goes into what is signed: when something has changed since, it is worked out anew and shown. */
#include "web_internal.h"

#include "form.h"
#include "trial.h"
#include "json/json.h"

static const char files_taken_in[] = "/imports";

bool wants_trial(const struct command *c, const struct sent *s)
{
    const char *plan = form_value(s, "plan");

    return record_find(&c->params, "plan") && !(plan && *plan);
}

static struct err *try_it(struct visit *v, struct store *store, const struct kept *k, json_t **ret)
{
    struct job *job = visit_job(v, k->noun, k->command);
    json_t *trying = form_params(v->mem, k->command, &k->sent);

    json_object_set_new(trying, "dry_run", json_true());
    TRY(job_params(job, trying));
    TRY(job_prepare(job, store));
    TRY(job_gather(job, store));
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "a plan", ret);
}

bool trial_is_about_columns(const struct err *e)
{
    for (const struct err_item *item = e ? e->items : NULL; item; item = item->next)
        if (text_same(item->code, "read-as") || text_same(item->code, "not-read"))
            return true;
    return false;
}

struct err *try_file(struct visit *v, struct store *store, struct kept *k)
{
    json_t *plan = NULL;
    struct err *e = try_it(v, store, k, &plan);

    k->plan = plan;
    k->because = e ? err_to_json(v->mem, e) : NULL;
    return trial_is_about_columns(e) ? NULL : e;
}

struct sent trial_rest(struct visit *v, const struct kept *k, bool map)
{
    const struct sent *s = &k->sent;
    struct sent rest = {.at = arena_array(v->mem, s->n + 1, sizeof(*rest.at))};

    for (size_t i = 0; i < s->n; i++) {
        const char *name = s->at[i].name, *value = s->at[i].value;
        bool said_here = strcmp(name, "plan") == 0 || strcmp(name, "dry_run") == 0 ||
                         (!map && strcmp(name, "map") == 0);
        if (record_find(&k->command->params, name) && !said_here && value && *value)
            rest.at[rest.n++] = s->at[i];
    }
    return rest;
}

/* ---- For whom -------------------------------------------------------------------------------- */

/* It shows what the file has: to whoever could have tried it. */
static bool may_see(const struct visit *v, const struct command *c)
{
    const json_t *role;
    size_t i;

    json_array_foreach (json_object_get(v->me, "roles"), i, role) {
        const char *word = json_text(role, "role");
        if (word && !json_object_get(role, "unit") && (c->roles & role_bit(word)))
            return true;
    }
    return false;
}

static struct err *find(struct visit *v, struct worker *w, struct store **ret_store,
                        struct kept **ret)
{
    TRY(worker_store(w, v->mem, ret_store));
    TRY(kept_read_any(v, *ret_store, v->x->match.params[0].value, ret));
    if (!record_find(&(*ret)->command->params, "plan"))
        return err_new(v->mem, ERR_NOT_FOUND, "there is nothing here");
    return may_see(v, (*ret)->command) ? NULL
                                       : err_new(v->mem, ERR_FORBIDDEN, "this is for other roles");
}

static struct err *read_again(struct visit *v, struct worker *w)
{
    struct store *store;
    struct kept *k;

    TRY(visit_ask(v, w));
    TRY(find(v, w, &store, &k));
    if (k->is_mine && k->outcome)
        visit_go(v, kept_done(v, k));
    else if (k->plan || trial_is_about_columns(err_from_json(v->mem, k->because)))
        trial_show(v, k);
    else
        visit_go(v, k->is_mine ? kept_form(v, k) : act_path(v->mem, k->noun, k->command));
    return NULL;
}

/* ---- Going on to sign ------------------------------------------------------------------------ */

/* Whoever signs what somebody else has tried does so from a page of their own. */
static struct kept *of_mine(struct visit *v, struct kept *k)
{
    struct kept *copy;

    if (k->is_mine)
        return k;
    copy = kept_new(v, k->noun, k->command, &k->sent);
    copy->then = k->then;
    copy->plan = k->plan;
    return copy;
}

static void take_act(struct visit *v, struct kept *k, const char *plan)
{
    struct sent with = trial_rest(v, k, true);
    const char *was = k->n == 1 ? form_value(&k->acts[0].sent, "plan") : NULL;

    if (!text_same(was, plan))
        k->parcels = NULL;
    with.at[with.n].name = "plan";
    with.at[with.n++].value = plan;
    k->acts = arena_array(v->mem, 1, sizeof(*k->acts));
    k->acts[0] = act_of(v, k->noun, k->command, &with);
    k->n = 1;
    if (strcmp(k->then, "/") == 0)
        k->then = files_taken_in;
    k->back = kept_trial(v, k);
}

/* Where one goes on: to sign what was looked at; or to look at it again, where something has
 * changed since. */
static const char *consider(struct visit *v, struct store *store, struct kept *k, const char *plan)
{
    struct err *e = try_file(v, store, k);
    bool same = text_same(json_text(k->plan, "plan"), plan);

    if (!e && same)
        e = kept_try(v, store, k);
    if (e)
        k->because = err_to_json(v->mem, e);
    return e      ? kept_form(v, k)
           : same ? kept_signing(v, k)
                  : arena_printf(v->mem, "%s?changed=yes", kept_trial(v, k));
}

/* Chosen otherwise and not looked at yet: what would come of it is shown before it is signed. */
static struct err *look_again(struct visit *v, struct store *store, const struct kept *k,
                              const struct sent *s)
{
    const struct sent rest = trial_rest(v, k, false);
    struct sent with = {.at = arena_array(v->mem, rest.n + s->n + 1, sizeof(*with.at))};

    for (size_t i = 0; i < rest.n; i++)
        with.at[with.n++] = rest.at[i];
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, "map") == 0)
            with.at[with.n++] = s->at[i];
    struct kept *anew = kept_new(v, k->noun, k->command, &with);
    anew->then = k->then;
    struct err *e = try_file(v, store, anew);
    if (e)
        anew->because = err_to_json(v->mem, e);
    TRY(kept_write(v, store, anew));
    visit_go(v,
             e ? kept_form(v, anew) : arena_printf(v->mem, "%s?remapped=yes", kept_trial(v, anew)));
    return NULL;
}

static struct err *go_on(struct visit *v, struct worker *w, const struct sent *s)
{
    const char *plan = form_value(s, "plan"), *to;
    struct store *store;
    struct kept *k;

    TRY(visit_owns(v, form_value(s, form_token)));
    TRY(visit_ask(v, w));
    TRY(visit_knows_erasures(v));
    TRY(find(v, w, &store, &k));
    if (k->is_mine && k->outcome) {
        visit_go(v, kept_done(v, k));
        return NULL;
    }
    if (!k->plan || !plan || !*plan)
        return err_new(v->mem, ERR_USAGE, "there is nothing to sign");
    if (trial_is_remapped(v->mem, k, s))
        return look_again(v, store, k, s);
    k = of_mine(v, k);
    take_act(v, k, plan);
    to = consider(v, store, k, plan);
    TRY(kept_write(v, store, k));
    visit_go(v, to);
    return NULL;
}

static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    bool known = v->known; /* what is shown is given away */
    struct sent sent;
    struct err *e = NULL;

    if (known && strcmp(x->method, "POST") == 0) {
        e = form_read(v->mem, x->media_type, exchange_body(x), &sent);
        if (!e)
            e = go_on(v, w, &sent);
    } else if (known) {
        e = read_again(v, w);
    }
    if (!known || (e && e->kind == ERR_UNSIGNED))
        visit_sign_in(v);
    else if (e)
        visit_fail(v, e);
}

void trial_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/trial/{act}", .run = run});
    routes_add(r, (struct route){.method = "POST", .path = "/trial/{act}", .run = run});
}
