/* act.c - changes, from a form to the page on which they are signed. Every command of the table has
 * a form; what may be left out, what a value may be and what is wrong with one, the table says too.
 */
#include "web_internal.h"

#include "app/authorise.h"
#include "app/token.h"
#include "base/check.h"
#include "base/date.h"
#include "called.h"
#include "find.h"
#include "form.h"
#include "http/query.h"
#include "kept.h"
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

static bool is_shown_again(const struct visit *v)
{
    return visit_query(v, "kept") != NULL;
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

/* What is wrong with it: in a summary that leads to the field, and at the field. */
static void add_trouble(struct visit *v, const struct command *c, const struct err *e, json_t *data)
{
    json_t *items = json_array(), *field;
    size_t i;

    json_object_set_new(data, "because", json_string(e->text));
    for (const struct err_item *item = e->items; item; item = item->next)
        json_array_append_new(items, json_string(item->text));
    json_object_set_new(data, "items", items);
    if (!e->field || !record_find(&c->params, e->field))
        return;
    json_object_set_new(data, "field", json_string(e->field));
    json_object_set_new(data, "label", json_string(field_title(&v->page, e->field)));
    json_array_foreach (json_object_get(data, "fields"), i, field) {
        if (text_same(json_text(field, "name"), e->field))
            json_object_set_new(field, "trouble", json_string(e->text));
    }
}

/* A form as it is shown: what it offers, and what is filled in. */
struct shown {
    const struct noun *noun;
    const struct command *command;
    struct kept *kept; /* NULL: it is new */
    struct job *offers[FIND_NOUNS_MAX + 1];
    const char *nouns[FIND_NOUNS_MAX];
    size_t n;
};

/* With what was filled in, and what is wrong with it. */
static void show_form(struct visit *v, const struct shown *f, const json_t *values,
                      const char *then, const struct err *e)
{
    const struct command *c = f->command;
    json_t *data = json_keep(v->mem, json_object());

    json_object_set_new(data, "title", json_string(title_about(&v->page, f->noun, c, values)));
    json_object_set_new(data, "action", json_string(act_path(v->mem, f->noun, c)));
    json_object_set(data, "fields", form_fields(&v->page, c, values));
    json_object_set_new(data, "then", json_string(visit_path_of_ours(then)));
    const char *more = command_more(&v->page, c);
    if (strcmp(f->noun->name, "import") == 0)
        json_set_text(data, "columns", more);
    else if (more)
        json_set_text(data, "more", text_capital(v->mem, more));
    if (c->detail)
        json_object_set_new(data, "detail", json_string(term(&v->page, c->detail)));
    show_offers(v, c, f->offers, f->nouns, f->n, data);
    if (f->kept)
        show_found(f->kept->found, data);
    if (e)
        add_trouble(v, c, e, data);
    visit_show(v, e ? err_faces[e->kind].http : 200, NULL, page_form, data);
}

/* Nobody fills in what is refused to them whatever they fill in. */
static struct err *check_roles(struct visit *v, const struct command *c)
{
    const char *roles = roles_in_words(v->mem, c->roles);

    if (may_ask(v, c))
        return NULL;
    return c->within ? err_new(v->mem, ERR_FORBIDDEN, "this needs %s for it; you are not", roles)
                     : err_new(v->mem, ERR_FORBIDDEN, "this needs %s; you are not", roles);
}

static struct err *find_form(struct visit *v, struct worker *w, struct shown *f)
{
    struct kept_asked asked = {v, visit_query(v, "kept"), NULL};
    const struct along kept = {kept_ask, &asked};
    bool again = is_shown_again(v);

    if (f->command)
        f->n = find_offers(v, f->command, f->offers, f->nouns);
    TRY(ask_all_along(v, w, f->offers, f->n, again ? &kept : NULL));
    if (!f->command)
        return nobody_there(v);
    if (!is_shown_again(v))
        TRY(check_roles(v, f->command));
    TRY(ask_names(v, w, values_given(v, f->command)));
    if (!again)
        return NULL;
    TRY(kept_told(&asked, &f->kept));
    return f->kept->command == f->command ? NULL : nobody_there(v);
}

/* The page's form has boxes for this field, and none of them was ticked. */
static const struct err *nothing_ticked(struct visit *v, const struct command *c)
{
    const char *boxes = visit_query(v, "ticked");
    const struct field *f = boxes ? record_find(&c->params, boxes) : NULL;

    return f && !visit_query(v, f->name) ? err_field(v->mem, f->name, NOTHING_TICKED) : NULL;
}

static void run_form(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct shown f = {0};

    f.command = command_of(v, &f.noun);
    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    struct err *e = find_form(v, w, &f);
    if (e && e->kind == ERR_UNSIGNED)
        visit_sign_in(v);
    else if (e)
        visit_fail(v, e);
    else if (f.kept)
        show_form(v, &f, form_params(v->mem, f.command, &f.kept->sent), f.kept->then,
                  err_from_json(v->mem, f.kept->because));
    else
        show_form(v, &f, values_given(v, f.command), visit_query(v, "then"),
                  nothing_ticked(v, f.command));
}

/* ---- What was sent
 * ------------------------------------------------------------------------------- */

/* A form that is not of this session is shown again, to be sent from there: with how many were
 * erased until now, so that is asked first. One of an earlier session says how many it knew of. */
static struct err *may_send(struct visit *v, struct worker *w, const char *token)
{
    struct err *not_ours = visit_owns(v, token);

    if (not_ours && not_ours->kind == ERR_UNSIGNED)
        return not_ours;
    TRY(visit_ask(v, w));
    if (!not_ours || (token && strchr(token, '.')))
        TRY(visit_knows_erasures(v));
    return not_ours;
}

static struct err *receive(struct visit *v, struct worker *w, struct sent *s,
                           struct store **ret_store)
{
    TRY(may_send(v, w, form_value(s, form_token)));
    TRY(take_picks(v->mem, s));
    return worker_store(w, v->mem, ret_store);
}

/* A token is made here, as the command line makes it: what is signed and kept is its digest. NULL:
 * the command asks for none. */
static const char *make_token(struct visit *v, struct kept *k)
{
    const char *token, *digest;

    if (!text_same(k->command->makes, "token"))
        return NULL;
    token = token_make(v->mem);
    if (!token_digest(v->mem, token, &digest))
        return NULL;
    struct sent with = {.at = arena_array(v->mem, k->sent.n + 1, sizeof(*with.at))};
    for (size_t i = 0; i < k->sent.n; i++)
        if (strcmp(k->sent.at[i].name, "digest") != 0)
            with.at[with.n++] = k->sent.at[i];
    with.at[with.n].name = "digest";
    with.at[with.n++].value = digest;
    k->sent = with;
    return token;
}

/* Ticked things are an act each. */
static struct err *take_acts(struct visit *v, struct kept *k)
{
    struct acts_sent acts;

    TRY(acts_of_sent(v->mem, k->command, &k->sent, &acts));
    k->acts = arena_array(v->mem, acts.n, sizeof(*k->acts));
    for (size_t i = 0; i < acts.n; i++)
        k->acts[k->n++] = act_of(v, k->noun, k->command, &acts.at[i]);
    if (form_value(&k->sent, "each"))
        k->back = k->then;
    return NULL;
}

/* Of several, each is refused. */
static struct err *none_fits(struct visit *v, const struct kept *k)
{
    const char *because = json_text(json_array_get(k->left, 0), "because");

    return err_new(v->mem, ERR_INVALID, "%s", because ? because : NOTHING_TICKED);
}

/* What is wrong with it, if anything. */
static struct err *consider(struct visit *v, struct store *store, struct kept *k)
{
    struct err *e = keep_sent_files(v, store, k->noun, k->command, &k->sent);

    if (e) {
        forget_sent_files(&k->sent);
        return e;
    }
    if (wants_trial(k->command, &k->sent))
        return try_file(v, store, k);
    TRY(take_acts(v, k));
    TRY(kept_try(v, store, k));
    return k->n || !is_about_secrets(k->noun) ? NULL : none_fits(v, k);
}

/* Not kept, but shown right now. */
static struct err *show_unkept(struct visit *v, struct worker *w, struct kept *k,
                               const struct err *e)
{
    struct shown f = {.noun = k->noun, .command = k->command, .kept = k};

    f.n = find_offers(v, f.command, f.offers, f.nouns);
    TRY(ask_all(v, w, f.offers, f.n));
    show_form(v, &f, form_params(v->mem, f.command, &k->sent), k->then, e);
    return NULL;
}

/* Whatever comes of it is a page of its own, which can be read again; but for what could have a
 * secret in it and is not accepted. */
static struct err *go_on(struct visit *v, struct worker *w, struct store *store, struct kept *k)
{
    bool finding;
    struct err *e = find_typed(v, store, k, &finding);
    const char *token = make_token(v, k);

    if (!e && !finding)
        e = consider(v, store, k);
    if ((e || finding) && is_about_secrets(k->noun))
        return show_unkept(v, w, k, e);
    if (e)
        k->because = err_to_json(v->mem, e);
    TRY(kept_write(v, store, k));
    if (token && !e && !finding) /* shown this once, and kept nowhere */
        return show_signing(v, store, k, token);
    visit_go(v, finding ? arena_printf(v->mem, "%s#f-%s", kept_form(v, k),
                                       form_value(&k->sent, find_button))
                : e     ? kept_form(v, k)
                : wants_trial(k->command, &k->sent) ? kept_trial(v, k)
                                                    : kept_signing(v, k));
    return NULL;
}

static void run_sent(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const struct noun *n;
    const struct command *c = command_of(v, &n);
    struct store *store;
    struct sent sent;

    struct err *e = c ? form_read(v->mem, x->media_type, exchange_body(x), &sent) : nobody_there(v);
    if (e) {
        visit_fail(v, e);
        return;
    }
    e = receive(v, w, &sent, &store);
    if (e && e->kind == ERR_UNSIGNED)
        sign_in_with(v, n, c, &sent);
    else if (e)
        show_form(v, &(struct shown){.noun = n, .command = c}, form_params(v->mem, c, &sent),
                  form_value(&sent, "then"), e);
    else if ((e = go_on(v, w, store, kept_new(v, n, c, &sent))))
        visit_fail(v, e);
}

void acting_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/do/{noun}/{verb}", .run = run_form});
    routes_add(r, (struct route){.method = "POST", .path = "/do/{noun}/{verb}", .run = run_sent});
}
