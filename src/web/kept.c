/* kept.c - see kept.h. */
#include "kept.h"

#include "base/check.h"
#include "base/date.h"
#include "web_internal.h"
#include "json/json.h"

enum { KEPT_MAX = 16 << 20 };

/* ---- As JSON
 * ------------------------------------------------------------------------------------- */

json_t *sent_to_json(struct arena *mem, const struct sent *s)
{
    json_t *list = json_keep(mem, json_array());

    for (size_t i = 0; i < s->n; i++)
        if (s->at[i].value && strcmp(s->at[i].name, form_token) != 0)
            json_array_append_new(list, json_pack("[s,s]", s->at[i].name, s->at[i].value));
    return list;
}

struct err *sent_from_json(struct arena *mem, const json_t *list, struct sent *ret)
{
    size_t i;
    const json_t *pair;

    *ret = (struct sent){.at = arena_array(mem, json_array_size(list) + 1, sizeof(*ret->at))};
    if (!json_is_array(list) || json_array_size(list) > SENT_MAX)
        return err_new(mem, ERR_USAGE, "a page of ours has fields in it");
    json_array_foreach (list, i, pair) {
        const char *name = json_string_value(json_array_get(pair, 0));
        const char *value = json_string_value(json_array_get(pair, 1));
        if (!name || !value)
            return err_new(mem, ERR_USAGE, "a page of ours has names and values in it");
        ret->at[ret->n].name = name;
        ret->at[ret->n++].value = value;
    }
    return NULL;
}

json_t *err_to_json(struct arena *mem, const struct err *e)
{
    json_t *object = json_keep(mem, json_object()), *items = json_array();

    json_object_set_new(object, "kind", json_string(err_faces[e->kind].slug));
    json_object_set_new(object, "text", json_string(e->text));
    if (e->field)
        json_object_set_new(object, "field", json_string(e->field));
    for (const struct err_item *i = e->items; i; i = i->next) {
        json_t *item = json_object();
        if (i->code)
            json_object_set_new(item, "code", json_string(i->code));
        if (i->where)
            json_object_set_new(item, "where", json_string(i->where));
        json_object_set_new(item, "text", json_string(i->text));
        json_array_append_new(items, item);
    }
    json_object_set_new(object, "items", items);
    return object;
}

const struct err *err_from_json(struct arena *mem, const json_t *object)
{
    const char *kind = json_text(object, "kind"), *text = json_text(object, "text");
    size_t i;
    const json_t *item;
    int k = ERR_KINDS;

    while (kind && text && --k > 0 && strcmp(err_faces[k].slug, kind) != 0)
        continue;
    if (!kind || !text || !k)
        return NULL;
    struct err *e = err_new(mem, (enum err_kind)k, "%s", text);
    e->field = json_text(object, "field");
    json_array_foreach (json_object_get(object, "items"), i, item) {
        const char *said = json_text(item, "text");
        err_add(mem, e, json_text(item, "code"), json_text(item, "where"), "%s", said ? said : "");
    }
    return e;
}

/* ---- Keeping
 * ------------------------------------------------------------------------------------- */

struct kept *kept_new(struct visit *v, const struct noun *noun, const struct command *command,
                      const struct sent *sent)
{
    struct kept *k = arena_alloc(v->mem, sizeof(*k));

    *k = (struct kept){.id = uuid_new(v->mem),
                       .is_new = true,
                       .is_mine = true,
                       .noun = noun,
                       .command = command,
                       .sent = *sent,
                       .then = visit_path_of_ours(form_value(sent, "then"))};
    return k;
}

struct act act_of(struct visit *v, const struct noun *noun, const struct command *command,
                  const struct sent *sent)
{
    const char *key = arena_printf(v->mem, "act.%s", command_name(v->mem, noun, command));

    return (struct act){noun, command, text_of(v->language, key) ? key : NULL, *sent};
}

static json_t *acts_to_json(struct arena *mem, const struct kept *k)
{
    json_t *list = json_array();

    for (size_t i = 0; i < k->n; i++) {
        const struct act *a = &k->acts[i];
        json_t *one = json_object();
        json_object_set_new(one, "command", json_string(command_name(mem, a->noun, a->command)));
        if (a->sentence)
            json_object_set_new(one, "sentence", json_string(a->sentence));
        json_object_set(one, "sent", sent_to_json(mem, &a->sent));
        json_array_append_new(list, one);
    }
    return list;
}

static struct err *acts_from_json(struct visit *v, const json_t *list, struct kept *k)
{
    size_t i;
    const json_t *one;

    k->acts = arena_array(v->mem, json_array_size(list) + 1, sizeof(*k->acts));
    json_array_foreach (list, i, one) {
        struct act *a = &k->acts[k->n++];
        a->command = command_find(json_text(one, "command"), &a->noun);
        a->sentence = json_text(one, "sentence");
        if (!a->command || !command_has_form(a->command))
            return err_new(v->mem, ERR_NOT_FOUND, "there is no such act any more");
        TRY(sent_from_json(v->mem, json_object_get(one, "sent"), &a->sent));
    }
    return NULL;
}

static const char *text_of_kept(struct arena *mem, const struct kept *k)
{
    json_t *all = json_keep(mem, json_object());

    json_object_set(all, "sent", sent_to_json(mem, &k->sent));
    json_object_set_new(all, "acts", acts_to_json(mem, k));
    json_object_set_new(all, "then", json_string(k->then));
    if (k->back)
        json_object_set_new(all, "back", json_string(k->back));
    json_object_set_new(all, "drafted", json_integer(k->drafted));
    if (k->because)
        json_object_set(all, "because", k->because);
    if (k->plan)
        json_object_set(all, "plan", k->plan);
    if (k->found)
        json_object_set(all, "found", k->found);
    if (k->warned)
        json_object_set(all, "warned", k->warned);
    if (k->left)
        json_object_set(all, "left", k->left);
    if (k->parcels)
        json_object_set(all, "parcels", k->parcels);
    return json_compact(mem, all);
}

static struct err *not_kept(struct visit *v, const struct kept *k)
{
    return k->is_new ? err_new(v->mem, ERR_CONFLICT,
                               "a person was erased since this form was opened: open it again")
                     : err_new(v->mem, ERR_CONFLICT,
                               "something came of this meanwhile, or it is not kept any more: load "
                               "the page again");
}

struct err *kept_write_ask(struct visit *v, struct store *store, const struct kept *k,
                           struct rows **ret)
{
    const char *text = text_of_kept(v->mem, k);
    struct binds b;

    if (strlen(text) > KEPT_MAX) /* nobody could read it again */
        return err_new(v->mem, ERR_TOO_LARGE,
                       "what was filled in is too long to be kept until it is signed");
    binds_init(&b, v->mem);
    bind_text(&b, "id", k->id);
    bind_text(&b, "person", v->browser.person);
    bind_text(&b, "command", command_name(v->mem, k->noun, k->command));
    bind_text(&b, "kept", text);
    bind_text(&b, "first", k->is_new ? "true" : "false");
    bind_int(&b, "erasures", v->form_erasures);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    return store_ask(v->mem, store, "browser_act_keep", &b, ret);
}

struct err *kept_written(struct visit *v, struct kept *k, const struct rows *rows)
{
    if (!rows_bool(rows, 0, "kept"))
        return not_kept(v, k);
    k->is_new = false;
    return NULL;
}

struct err *kept_write(struct visit *v, struct store *store, struct kept *k)
{
    struct rows *rows;

    TRY(kept_write_ask(v, store, k, &rows));
    TRY(store_answers(v->mem, store));
    return kept_written(v, k, rows);
}

struct err *kept_end(struct visit *v, struct store *store, const struct kept *k,
                     const json_t *outcome, const struct job *made)
{
    bool file = made && made->attachment.bytes.n;
    struct rows *rows;
    struct binds b;

    binds_init(&b, v->mem);
    bind_text(&b, "id", k->id);
    bind_text(&b, "person", v->browser.person);
    bind_text(&b, "outcome", json_compact(v->mem, outcome));
    if (file)
        bind_bytes(&b, "file", made->attachment.bytes);
    else
        bind_text(&b, "file", NULL);
    bind_text(&b, "file_name", file ? made->attachment.name : NULL);
    bind_text(&b, "media_type", file ? made->attachment.media_type : NULL);
    return store_call(v->mem, store, "browser_act_end", &b, &rows);
}

static struct err *gone(struct visit *v)
{
    return err_new(v->mem, ERR_NOT_FOUND,
                   "what was filled in here is kept for some hours only, and for nobody else: "
                   "open the form again");
}

static struct err *read_kept(struct visit *v, const char *text, struct kept *k)
{
    json_t *all;

    TRY(json_read(v->mem, bytes_of_text(text), KEPT_MAX, "what was kept", &all));
    TRY(sent_from_json(v->mem, json_object_get(all, "sent"), &k->sent));
    TRY(acts_from_json(v, json_object_get(all, "acts"), k));
    k->then = visit_path_of_ours(json_text(all, "then"));
    k->back = json_text(all, "back");
    k->because = json_object_get(all, "because");
    k->plan = json_object_get(all, "plan");
    k->found = json_object_get(all, "found");
    k->warned = json_object_get(all, "warned");
    k->left = json_object_get(all, "left");
    k->parcels = json_object_get(all, "parcels");
    k->drafted = json_integer_value(json_object_get(all, "drafted"));
    return NULL;
}

struct err *kept_ask(void *asked, struct store *store)
{
    struct kept_asked *a = asked;
    struct binds b;

    if (!is_uuid(a->id))
        return NULL;
    binds_init(&b, a->v->mem);
    bind_text(&b, "id", a->id);
    return store_ask(a->v->mem, store, "browser_act", &b, &a->rows);
}

static struct err *told_any(const struct kept_asked *asked, struct kept **ret)
{
    struct visit *v = asked->v;
    const struct rows *rows = asked->rows;
    struct kept *k = arena_alloc(v->mem, sizeof(*k));

    if (!rows)
        return gone(v);
    *k = (struct kept){.id = asked->id};
    k->is_mine = rows_count(rows) && text_same(rows_text(rows, 0, "person"), v->browser.person);
    k->command = rows_count(rows) ? command_find(rows_text(rows, 0, "command"), &k->noun) : NULL;
    if (!k->command || !command_has_form(k->command))
        return gone(v);
    const char *outcome = rows_text(rows, 0, "outcome");
    if (outcome)
        TRY(json_read(v->mem, bytes_of_text(outcome), KEPT_MAX, "what came of it", &k->outcome));
    if (rows_bool(rows, 0, "file"))
        k->file_name = rows_text(rows, 0, "file_name");
    *ret = k;
    return read_kept(v, rows_text(rows, 0, "kept"), k);
}

struct err *kept_read_any(struct visit *v, struct store *store, const char *id, struct kept **ret)
{
    struct kept_asked asked = {v, id, NULL};

    TRY(kept_ask(&asked, store));
    TRY(store_answers(v->mem, store));
    return told_any(&asked, ret);
}

struct err *kept_told(const struct kept_asked *asked, struct kept **ret)
{
    struct kept *k;

    TRY(told_any(asked, &k));
    if (!k->is_mine)
        return gone(asked->v);
    *ret = k;
    return NULL;
}

struct err *kept_read(struct visit *v, struct store *store, const char *id, struct kept **ret)
{
    struct kept_asked asked = {v, id, NULL};

    TRY(kept_ask(&asked, store));
    TRY(store_answers(v->mem, store));
    return kept_told(&asked, ret);
}

struct err *visit_kept(struct visit *v, struct worker *w, const char *id, struct kept **ret)
{
    struct kept_asked asked = {v, id, NULL};
    struct job *none[1];

    TRY(ask_all_along(v, w, none, 0, &(struct along){kept_ask, &asked}));
    return kept_told(&asked, ret);
}

/* ---- Addresses
 * ----------------------------------------------------------------------------------- */

const char *kept_form(struct visit *v, const struct kept *k)
{
    return arena_printf(v->mem, "/do/%s/%s?kept=%s", k->noun->name, k->command->verb, k->id);
}

const char *kept_trial(struct visit *v, const struct kept *k)
{
    return arena_printf(v->mem, "/trial/%s", k->id);
}

const char *kept_signing(struct visit *v, const struct kept *k)
{
    return arena_printf(v->mem, "/sign/%s", k->id);
}

const char *kept_done(struct visit *v, const struct kept *k)
{
    return arena_printf(v->mem, "/done/%s", k->id);
}
