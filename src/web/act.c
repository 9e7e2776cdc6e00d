/* act.c - changes, from a form to the page on which they are signed. Every command of the table has
 * a form; what may be left out, what a value may be and what is wrong with one, the table says too.
 */
#include "web_internal.h"

#include "app/draft.h"
#include "app/files.h"
#include "app/token.h"
#include "base/check.h"
#include "base/date.h"
#include "form.h"
#include "http/query.h"
#include "pages.h"
#include "json/json.h"

/* ---- Which command
 * ------------------------------------------------------------------------------- */

static const struct command *command_of(const struct visit *v, const struct noun **ret)
{
    const char *noun = v->x->match.params[0].value, *verb = v->x->match.params[1].value;
    const struct command *c = command_find(arena_printf(v->mem, "%s %s", noun, verb), ret);

    return c && command_has_form(c) ? c : NULL;
}

/* ---- The form
 * ------------------------------------------------------------------------------------ */

static struct err *nobody_there(struct visit *v)
{
    return err_new(v->mem, ERR_NOT_FOUND, "there is no such form");
}

json_t *values_given(struct visit *v, const struct command *c)
{
    json_t *values = json_keep(v->mem, json_object());

    EACH_FIELD (f, &c->params) {
        const char *value = visit_query(v, f->name);
        if (value)
            json_object_set_new(values, f->name, json_string(value));
    }
    return values;
}

struct err *who_is_there(struct visit *v, struct worker *w)
{
    struct job *job = visit_job_named(v, "session show");
    struct store *store;

    TRY(worker_store(w, v->mem, &store));
    TRY(jobs_answer(v->mem, store, &job, 1));
    TRY(job->error);
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 20, "an answer", &v->me);
}

/* Again, with what was filled in, and what is wrong with it. */
static void show_form(struct visit *v, const struct noun *n, const struct command *c,
                      const json_t *values, const char *then, const struct err *e)
{
    json_t *data = json_keep(v->mem, json_object());

    json_object_set_new(data, "title", json_string(command_title(&v->page, n, c)));
    json_object_set_new(data, "action", json_string(act_path(v->mem, n, c)));
    json_object_set(data, "fields", form_fields(&v->page, c, values));
    json_object_set_new(data, "then", json_string(visit_path_of_ours(then)));
    if (c->detail)
        json_object_set_new(data, "detail", json_string(term(&v->page, c->detail)));
    if (e) {
        json_object_set_new(data, "because", json_string(e->text));
        if (e->field)
            json_object_set_new(data, "field", json_string(field_title(&v->page, e->field)));
    }
    visit_show(v, e ? err_faces[e->kind].http : 200, NULL, page_form, data);
}

static void run_form(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const struct noun *n;
    const struct command *c = command_of(v, &n);

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    struct err *e = who_is_there(v, w);
    if (e && e->kind == ERR_UNSIGNED)
        visit_sign_in(v);
    else if (e || !c)
        visit_fail(v, e ? e : nobody_there(v));
    else
        show_form(v, n, c, values_given(v, c), visit_query(v, "then"), NULL);
}

/* ---- What was sent
 * ------------------------------------------------------------------------------- */

struct err *check_form(struct visit *v, const struct sent *s)
{
    const char *token = form_value(s, form_token);

    if (!v->known)
        return err_new(v->mem, ERR_UNSIGNED, "the session is over: sign in again");
    const char *ours = browser_form_token(v->mem, v->service, &v->browser);
    if (!token || !secret_same(bytes_of_text(token), bytes_of_text(ours)))
        return err_new(v->mem, ERR_FORBIDDEN, "the form is not of this session: open it again");
    return NULL;
}

/* Ticked things, one intent each: `each` names the parameter that comes several times. */
static size_t how_many(const struct sent *s, const char *each)
{
    size_t n = 0;

    for (size_t i = 0; each && i < s->n; i++)
        n += strcmp(s->at[i].name, each) == 0;
    return each ? n : 1;
}

static struct sent one_of(struct arena *mem, const struct sent *s, const char *each, size_t which)
{
    struct sent one = {.at = arena_array(mem, s->n + 1, sizeof(*one.at))};
    size_t seen = 0;

    for (size_t i = 0; i < s->n; i++)
        if (!each || strcmp(s->at[i].name, each) != 0 || seen++ == which)
            one.at[one.n++] = s->at[i];
    return one;
}

/* ---- Files
 * --------------------------------------------------------------------------------------- */

static bool is_file(const struct sent *s, size_t i)
{
    return s->at[i].file && *s->at[i].file;
}

/* Each goes by its hash from here on. */
static bool name_files(struct visit *v, struct sent *s)
{
    bool any = false;

    for (size_t i = 0; i < s->n; i++) {
        if (!is_file(s, i))
            continue;
        s->at[i].value = file_named(v->mem, s->at[i].bytes, s->at[i].file);
        any = true;
    }
    return any;
}

struct err *keep_files(struct visit *v, struct store *store, const struct noun *n,
                       const struct command *c, struct sent *s)
{
    const char *each = form_value(s, "each"), *hash;

    if (!name_files(v, s))
        return NULL;
    for (size_t i = 0; i < how_many(s, each) && i < SIGNED_AT_ONCE_MAX; i++) {
        const struct sent one = one_of(v->mem, s, each, i);
        struct job *job = visit_job(v, n, c);
        TRY(job_params(job, form_params(v->mem, c, &one)));
        TRY(job_may(job, store));
    }
    for (size_t i = 0; i < s->n; i++)
        if (is_file(s, i))
            TRY(file_keep(v->mem, store, s->at[i].bytes, v->now, &hash));
    return NULL;
}

/* ---- What things are called
 * ---------------------------------------------------------------------- */

const char *name_found(void *ctx, const char *noun, const char *said)
{
    const struct rows *rows = ctx;

    for (size_t i = 0; i < rows_count(rows); i++)
        if (strcmp(rows_text(rows, i, "noun"), noun) == 0 &&
            strcmp(rows_text(rows, i, "said"), said) == 0)
            return rows_text(rows, i, "name");
    return NULL;
}

/* Names are for those who may list things all over the registry: to others a key is a key. */
static bool sees_names(const struct visit *v)
{
    const json_t *role;
    size_t i;

    json_array_foreach (json_object_get(v->me, "roles"), i, role) {
        if (!json_object_get(role, "unit"))
            return true;
    }
    return false;
}

struct err *find_names(struct visit *v, struct store *store, const struct command *c,
                       const struct sent *s, struct rows **ret)
{
    const char **of = arena_array(v->mem, s->n + 1, sizeof(*of));
    const char **said = arena_array(v->mem, s->n + 1, sizeof(*said));
    struct binds b;
    size_t n = 0;

    for (size_t i = 0; i < s->n && sees_names(v); i++) {
        const struct field *f = record_find(&c->params, s->at[i].name);
        if (f && f->of && s->at[i].value) {
            of[n] = f->of;
            said[n++] = s->at[i].value;
        }
    }
    binds_init(&b, v->mem);
    bind_list(&b, "nouns", of, n);
    bind_list(&b, "said", said, n);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    return store_call(v->mem, store, "browser_names", &b, ret);
}

/* ---- Drafts
 * -------------------------------------------------------------------------------------- */

/* As the command line makes it: what is signed and kept is its digest. NULL: the command asks for
 * none. */
static const char *make_token(struct visit *v, const struct command *c, json_t *params)
{
    const char *token, *digest;

    if (!text_same(c->makes, "token"))
        return NULL;
    token = token_make(v->mem);
    if (!token_digest(v->mem, token, &digest))
        return NULL;
    json_object_set_new(params, "digest", json_string(digest));
    return token;
}

struct err *draft_one(struct visit *v, const struct noun *n, const struct command *c,
                      const struct sent *s, const char *sentence, struct rows *names,
                      struct drafted *ret)
{
    json_t *params = form_params(v->mem, c, s);
    const char *token = make_token(v, c, params);
    struct job *job = visit_job(v, n, c);
    struct draft draft;

    TRY(job_draft(job, params, v->browser.person, &draft));
    *ret = (struct drafted){
        draft.intent,
        draft.disclosures,
        draft.n,
        form_said(&v->page, c, params, name_found, names),
        sentence ? form_sentence(&v->page, sentence, c, params, name_found, names) : NULL,
        command_name(v->mem, n, c),
        token,
        json_text(params, "plan")};
    return NULL;
}

static struct err *draft_all(struct visit *v, struct store *store, const struct noun *n,
                             const struct command *c, const struct sent *s, struct drafted **ret,
                             size_t *ret_n)
{
    const char *sentence =
        text_of(v->language, arena_printf(v->mem, "act.%s", command_name(v->mem, n, c)));
    struct rows *names;

    const char *each = form_value(s, "each");
    size_t many = how_many(s, each);

    if (!many || many > SIGNED_AT_ONCE_MAX)
        return err_new(v->mem, ERR_USAGE, many ? "tick 200 at most" : "nothing was ticked");
    TRY(find_names(v, store, c, s, &names));
    *ret = arena_array(v->mem, many, sizeof(**ret));
    for (size_t i = 0; i < many; i++) {
        const struct sent one = one_of(v->mem, s, each, i);
        json_t *told;
        TRY(draft_one(v, n, c, &one, sentence, names, &(*ret)[i]));
        TRY(steps_told(v, store, c, form_params(v->mem, c, &one), &told));
        if (sentence)
            (*ret)[i].sentence = form_sentence(&v->page, sentence, c, told, name_found, names);
    }
    *ret_n = many;
    return NULL;
}

static struct err *receive(struct visit *v, struct worker *w, struct sent *s,
                           struct store **ret_store, struct keys *keys)
{
    TRY(form_read(v->mem, v->x->media_type, exchange_body(v->x), s));
    TRY(check_form(v, s));
    TRY(who_is_there(v, w));
    TRY(worker_store(w, v->mem, ret_store));
    return keys_of_person(v, *ret_store, keys);
}

static void run_sent(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const struct noun *n;
    const struct command *c = command_of(v, &n);
    struct drafted *drafted;
    struct store *store;
    struct keys keys;
    struct sent sent;
    size_t many;

    struct err *e = c ? receive(v, w, &sent, &store, &keys) : nobody_there(v);
    if (e) {
        visit_fail(v, e);
        return;
    }
    const char *then = form_value(&sent, "then");
    e = keep_files(v, store, n, c, &sent);
    if (!e && wants_trial(c, &sent)) {
        show_trial(v, store, n, c, &sent);
        return;
    }
    if (!e)
        e = draft_all(v, store, n, c, &sent, &drafted, &many);
    if (e)
        show_form(v, n, c, form_params(v->mem, c, &sent), then, e);
    else
        ask_to_sign(v, n, c, drafted, many, &keys, visit_path_of_ours(then), NULL);
}

void acting_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/do/{noun}/{verb}", .run = run_form});
    routes_add(r, (struct route){.method = "POST", .path = "/do/{noun}/{verb}", .run = run_sent});
}
