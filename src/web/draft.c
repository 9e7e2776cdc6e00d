/* draft.c - what is about to be signed: the page that says it in words, with the text that the
 * passkey signs. It is read as often as one likes; what was signed already leads to what came of
 * it.
 */
#include "web_internal.h"

#include "app/draft.h"
#include "base/check.h"
#include "base/date.h"
#include "crypto/signature.h"
#include "form.h"
#include "outcome.h"
#include "pages.h"
#include "trial.h"
#include "json/json.h"

/* An intent that is older is written anew: the service takes none that was signed long ago. */
enum { FRESH_MS = 5 * 60 * 1000 };

/* ---- With which keys
 * ----------------------------------------------------------------------------- */

static struct err *keys_of_person_ask(struct visit *v, struct store *store, struct rows **ret)
{
    struct binds b;

    binds_init(&b, v->mem);
    bind_text(&b, "person", v->browser.person);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    return store_ask(v->mem, store, "browser_keys", &b, ret);
}

static struct keys keys_of_person(struct visit *v, const struct rows *rows)
{
    struct keys keys = {json_keep(v->mem, json_array()), json_keep(v->mem, json_array())};

    for (size_t i = 0; i < rows_count(rows); i++) {
        json_array_append_new(keys.lines, json_string(rows_text(rows, i, "line")));
        json_array_append_new(keys.credentials, json_string(rows_text(rows, i, "credential")));
    }
    return keys;
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

struct named {
    const char **of, **said;
    size_t n, room;
};

/* So many things it can name: each line of each value. */
static size_t refs_room(const struct sent *s)
{
    size_t room = s->n;

    for (size_t i = 0; i < s->n; i++)
        for (const char *at = s->at[i].value; at && (at = strchr(at, '\n')); at++)
            room++;
    return room;
}

static void add_ref(struct named *named, const char *of, const json_t *said)
{
    if (!json_is_string(said) || named->n == named->room)
        return;
    named->of[named->n] = of;
    named->said[named->n++] = json_string_value(said);
}

/* What an act is about, one thing or several. */
static void add_refs(struct visit *v, const struct act *a, struct named *ret)
{
    const json_t *params = form_params(v->mem, a->command, &a->sent), *item;
    size_t i;

    EACH_FIELD (f, &a->command->params) {
        const json_t *value = f->of ? json_object_get(params, f->name) : NULL;
        if (value && !json_is_array(value))
            add_ref(ret, f->of, value);
        json_array_foreach (value, i, item) {
            add_ref(ret, f->of, item);
        }
    }
}

struct err *names_of_acts_ask(struct visit *v, struct store *store, const struct kept *k,
                              struct rows **ret)
{
    struct named named = {.room = 0};
    struct binds b;

    for (size_t i = 0; i < k->n; i++)
        named.room += refs_room(&k->acts[i].sent);
    named.of = arena_array(v->mem, named.room + 1, sizeof(*named.of));
    named.said = arena_array(v->mem, named.room + 1, sizeof(*named.said));
    for (size_t i = 0; i < k->n && sees_names(v); i++)
        add_refs(v, &k->acts[i], &named);
    binds_init(&b, v->mem);
    bind_list(&b, "nouns", named.of, named.n);
    bind_list(&b, "said", named.said, named.n);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    return store_ask(v->mem, store, "browser_names", &b, ret);
}

/* ---- Drafts
 * -------------------------------------------------------------------------------------- */

static struct err *draft_one(struct visit *v, const struct act *a, const json_t *params,
                             struct drafted *ret)
{
    struct draft draft;

    TRY(job_draft(visit_job(v, a->noun, a->command), params, v->browser.person, &draft));
    ret->intent = draft.intent;
    ret->disclosures = draft.disclosures;
    ret->disclosures_n = draft.n;
    return NULL;
}

static void take_parcel(struct arena *mem, const json_t *parcel, struct drafted *ret)
{
    const json_t *texts = json_object_get(parcel, "disclosures"), *text;
    size_t i;

    ret->intent = json_text(parcel, "intent");
    ret->disclosures = arena_array(mem, json_array_size(texts) + 1, sizeof(char *));
    json_array_foreach (texts, i, text) {
        ret->disclosures[ret->disclosures_n++] = json_string_value(text);
    }
}

static bool is_fresh(const struct visit *v, const struct kept *k)
{
    return k->parcels && v->now - k->drafted < FRESH_MS;
}

/* The intents: those of before while they are fresh. */
static struct err *draft_all(struct visit *v, struct kept *k, bool fresh, struct drafted *drafted)
{
    json_t *parcels = json_keep(v->mem, json_array());

    for (size_t i = 0; i < k->n; i++) {
        const struct act *a = &k->acts[i];
        if (fresh)
            take_parcel(v->mem, json_array_get(k->parcels, i), &drafted[i]);
        else
            TRY(draft_one(v, a, form_params(v->mem, a->command, &a->sent), &drafted[i]));
        json_array_append(parcels, parcel_of(v->mem, &drafted[i]));
    }
    if (fresh)
        return NULL;
    k->parcels = parcels;
    k->drafted = v->now;
    return NULL;
}

/* What they mean. */
static struct err *put_in_words(struct visit *v, struct store *store, const struct kept *k,
                                struct rows *names, struct drafted *drafted)
{
    for (size_t i = 0; i < k->n; i++) {
        const struct act *a = &k->acts[i];
        json_t *params = form_params(v->mem, a->command, &a->sent);
        const char *sentence = a->sentence ? text_of(v->language, a->sentence) : NULL;
        drafted[i].said = form_said(&v->page, a->command, params, name_found, names);
        if (!sentence)
            continue;
        json_t *told;
        TRY(steps_told(v, store, a->command, params, &told));
        drafted[i].sentence =
            form_sentence(&v->page, sentence, a->command, told, name_found, names);
    }
    return NULL;
}

/* ---- The page
 * ------------------------------------------------------------------------------------ */

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

json_t *parcel_of(struct arena *mem, const struct drafted *d)
{
    json_t *parcel = json_keep(mem, json_object());

    json_object_set_new(parcel, "intent", json_string(d->intent));
    json_object_set_new(parcel, "disclosures", texts_of(d->disclosures, d->disclosures_n));
    return parcel;
}

/* Does each say by itself what one is about to do? */
static bool all_in_words(const struct drafted *drafted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!drafted[i].sentence)
            return false;
    return n > 0;
}

void ask_to_sign(struct visit *v, const struct noun *noun, const struct command *command,
                 const struct drafted *drafted, size_t n, const struct keys *keys, json_t *data)
{
    json_t *list = json_array();
    struct digest *each;

    for (size_t i = 0; i < n; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "intent", json_string(drafted[i].intent));
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
    if (!all_in_words(drafted, n))
        json_object_set_new(data, "act", json_string(title_about(&v->page, noun, command, NULL)));
    if (n) {
        struct digest all = challenge_of(v->mem, drafted, n, &each);
        json_object_set_new(data, "challenge",
                            json_string(base64url_encode(v->mem, all.at, sizeof(all.at))));
    }
    json_object_set(data, "lines", keys->lines);
    json_object_set(data, "credentials", keys->credentials);
    if (v->service->rp_id)
        json_object_set_new(data, "rp", json_string(v->service->rp_id));
    visit_show(v, 200, "page.sign", page_sign, data);
}

/* What was drafted anew is kept, what it means is found, and with which keys it is signed. */
static struct err *prepare(struct visit *v, struct store *store, struct kept *k,
                           struct drafted *drafted, struct keys *ret_keys)
{
    struct rows *written, *names, *keys;
    bool fresh = is_fresh(v, k);

    TRY(draft_all(v, k, fresh, drafted));
    if (!fresh)
        TRY(kept_write_ask(v, store, k, &written));
    TRY(names_of_acts_ask(v, store, k, &names));
    TRY(keys_of_person_ask(v, store, &keys));
    TRY(store_answers(v->mem, store));
    if (!fresh)
        TRY(kept_written(v, k, written));
    *ret_keys = keys_of_person(v, keys);
    return put_in_words(v, store, k, names, drafted);
}

struct err *show_signing(struct visit *v, struct store *store, struct kept *k, const char *token)
{
    json_t *data = json_keep(v->mem, json_object());
    struct drafted *drafted = arena_array(v->mem, k->n + 1, sizeof(*drafted));
    struct keys keys;

    TRY(prepare(v, store, k, drafted, &keys));
    drafted[0].token = token;
    json_object_set_new(data, "action", json_string(kept_signing(v, k)));
    json_object_set_new(data, "back", json_string(k->back ? k->back : kept_form(v, k)));
    if (json_array_size(k->left))
        json_object_set(data, "left", k->left);
    if (json_array_size(k->warned))
        json_object_set(data, "warned", k->warned);
    if (k->n == 1 && form_value(&k->acts[0].sent, "plan"))
        json_object_set_new(data, "plan", json_string(form_value(&k->acts[0].sent, "plan")));
    if (k->plan) {
        json_object_set(data, "counts", k->plan);
        json_object_set(data, "mapping", trial_mapping_said(v, k));
    }
    ask_to_sign(v, k->noun, k->command, drafted, k->n, &keys, data);
    return NULL;
}

static struct err *show(struct visit *v, struct worker *w)
{
    struct store *store;
    struct kept *k;

    TRY(worker_store(w, v->mem, &store));
    TRY(visit_kept(v, w, v->x->match.params[0].value, &k));
    bool done = k->outcome;
    if (!done && k->parcels && !is_fresh(v, k)) /* with other nonces it would be done twice */
        TRY(outcome_recorded(v, store, k, &done));
    if (!done)
        return show_signing(v, store, k, NULL);
    visit_go(v, kept_done(v, k));
    return NULL;
}

static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    bool known = v->known; /* what is shown is given away */
    struct err *e = known ? show(v, w) : NULL;

    if (!known || (e && e->kind == ERR_UNSIGNED))
        visit_sign_in(v);
    else if (e)
        visit_fail(v, e);
}

void draft_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/sign/{act}", .run = run});
}
