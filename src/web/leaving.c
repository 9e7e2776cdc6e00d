/* leaving.c - from "somebody leaves" to the plan of it: who and when, then who takes what over.
 * Every page works as a plain form; what it asks is the same `handover plan` as on the command
 * line. What is signed in the end is leaving_sign.c's; see leaving.h. */
#include "leaving.h"

#include "kept.h"
#include "pages.h"
#include "web_internal.h"

/* ---- What was told --------------------------------------------------------------------------- */

/* What was told when another kind was chosen means nothing to this one. */
static bool is_of_kind(const struct leaving *l, const char *name)
{
    const char *kind = map_get(l->values, "kind");

    if (strcmp(name, "to") == 0)
        return text_same(kind, "mover");
    return strcmp(name, "back") != 0 || text_same(kind, "absence");
}

const char *leaving_told(const struct leaving *l, const char *name)
{
    const char *value = is_of_kind(l, name) ? map_get(l->values, name) : NULL;

    value = value ? text_trim(l->v->mem, value) : NULL;
    return value && *value ? value : NULL;
}

bool leaving_is_hostile(const struct leaving *l)
{
    return text_same(leaving_told(l, "kind"), "hostile");
}

const char *leaving_kind(const struct leaving *l)
{
    const char *kind = leaving_told(l, "kind");

    return leaving_is_hostile(l) ? "leaver" : kind;
}

/* Who was settled on is who is chosen, when one goes back to where that is asked. */
static void take_settled(struct leaving *l, const char *said)
{
    const char *who = strchr(said, '=');
    char *name = who ? arena_printf(l->v->mem, "take.%.*s", (int)(who - said), said) : NULL;

    if (name && !map_get(l->values, name))
        map_set(l->values, name, (void *)(uintptr_t)(who + 1));
}

static void take_told(struct leaving *l)
{
    l->values = map_new(l->v->mem);
    for (size_t i = 0; i < l->told.n; i++) {
        const char *name = l->told.at[i].name, *value = l->told.at[i].value;
        if (value && !map_get(l->values, name))
            map_set(l->values, name, (void *)(uintptr_t)value);
        if (value && strcmp(name, "successor") == 0)
            take_settled(l, value);
    }
}

/* What was about to be signed, where one comes back from that. */
static struct err *read_kept(struct leaving *l, struct worker *w, const char *id)
{
    struct store *store;
    struct kept *k;

    TRY(worker_store(w, l->v->mem, &store));
    TRY(kept_read(l->v, store, id, &k));
    l->told = k->sent;
    l->step = "plan";
    take_told(l);
    return NULL;
}

struct err *leaving_read(struct leaving *l)
{
    static const char form[] = "application/x-www-form-urlencoded";
    struct visit *v = l->v;
    const char *query = v->x->query ? v->x->query : "";
    bool posted = strcmp(v->x->route->method, "POST") == 0;

    TRY(form_read(v->mem, posted ? v->x->media_type : form,
                  posted ? exchange_body(v->x) : bytes_of_text(query), &l->told));
    TRY(take_picks(v->mem, &l->told));
    take_told(l);
    l->step = leaving_told(l, "step");
    return NULL;
}

/* "take.ACCOUNT" is what was chosen for it, "other.ACCOUNT" who was typed instead, "rest" whoever
 * takes what nobody else does; they become "ACCOUNT=PERSON=POSITION", as the plan wants them. */
static void add_choice(const struct leaving *l, json_t *choices, const char *account,
                       const char *chosen)
{
    const char *other = leaving_told(l, arena_printf(l->v->mem, "other.%s", account));
    const char *rest = leaving_told(l, "rest");
    const char *who = other ? other : *chosen ? chosen : rest;

    if (who)
        json_array_append_new(choices, json_string(arena_printf(l->v->mem, "%s=%s", account, who)));
}

static json_t *choices_of(const struct leaving *l)
{
    json_t *choices = json_array();

    for (size_t i = 0; i < l->told.n; i++) {
        const char *name = l->told.at[i].name, *value = l->told.at[i].value;
        if (text_starts(name, "take.") && value)
            add_choice(l, choices, name + strlen("take."), text_trim(l->v->mem, value));
        else if (strcmp(name, "successor") == 0 && value && *value)
            json_array_append_new(choices, json_string(value));
    }
    return choices;
}

/* ---- The plan -------------------------------------------------------------------------------- */

const char *leaving_missing(const struct leaving *l)
{
    const struct {
        const char *name;
        bool wanted;
    } all[] = {{"person", true},
               {"kind", true},
               {"last_day", true},
               {"to", text_same(leaving_kind(l), "mover")},
               {"back", text_same(leaving_kind(l), "absence")}};

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        if (all[i].wanted && !leaving_told(l, all[i].name))
            return all[i].name;
    return NULL;
}

static json_t *plan_params(struct leaving *l)
{
    static const char *const told[] = {"person", "last_day", "to", "back", "zone", "lead"};
    json_t *params = json_keep(l->v->mem, json_object());

    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
        if (leaving_told(l, told[i]))
            json_object_set_new(params, told[i], json_string(leaving_told(l, told[i])));
    json_object_set_new(params, "kind", json_string(leaving_kind(l)));
    if (leaving_is_hostile(l))
        json_object_set_new(params, "hostile", json_true());
    json_object_set_new(params, "candidates", json_true());
    if (text_same(l->step, "plan"))
        json_object_set_new(params, "successor", choices_of(l));
    return params;
}

static struct err *person_params(struct leaving *l, struct job *job)
{
    json_t *params = json_keep(l->v->mem, json_object());

    json_object_set_new(params, "person", json_string(leaving_told(l, "person")));
    return job_params(job, params);
}

static struct err *read_answer(struct visit *v, const struct job *job, const json_t **ret)
{
    json_t *answer;

    TRY(json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", &answer));
    *ret = answer;
    return NULL;
}

static void add_offer(struct leaving *l, const char *noun)
{
    struct job *job = find_job(l->v, noun, NULL, FIND_OFFERED);

    if (!job)
        return;
    l->offers[l->offered] = job;
    l->nouns[l->offered++] = noun;
}

/* Whom and what the page that asks who and when offers, before all is told: a field that was told
 * wrongly has what was found for it. */
static struct err *ask_offers(struct leaving *l, struct worker *w)
{
    struct job *jobs[3];

    l->offered = 0;
    add_offer(l, "person");
    if (text_same(leaving_kind(l), "mover"))
        add_offer(l, "position");
    memcpy(jobs, l->offers, l->offered * sizeof(*jobs));
    return ask_all(l->v, w, jobs, l->offered);
}

/* Asks for the plan when enough was told; what is wrong with what was told is l->trouble, but for
 * who was chosen and cannot be: the plan has that. */
static struct err *look(struct leaving *l, struct worker *w)
{
    struct visit *v = l->v;
    struct job *jobs[3] = {visit_job_named(v, "person show"), visit_job_named(v, "handover plan")};
    bool ready =
        !leaving_missing(l) && !text_same(l->step, "who") && !map_get(l->values, find_button);

    l->trouble = ready ? job_params(jobs[1], plan_params(l)) : NULL;
    if (ready && !l->trouble)
        l->trouble = person_params(l, jobs[0]);
    if (!ready || l->trouble)
        return ask_offers(l, w);
    TRY(ask_all(v, w, jobs, 2));
    l->trouble = jobs[1]->error;
    if (!jobs[0]->error)
        TRY(read_answer(v, jobs[0], &l->person));
    return l->trouble ? NULL : read_answer(v, jobs[1], &l->plan);
}

/* ---- By name --------------------------------------------------------------------------------- */

/* In which somebody or something may be told by name. */
static const char *const named[] = {"person", "to", "lead"};

/* Who was told is nobody's key. */
static bool wants_names(const struct leaving *l)
{
    bool wanted = map_get(l->values, find_button);

    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
        wanted = wanted || (l->trouble && text_same(l->trouble->field, named[i]));
    return wanted;
}

/* What was told, by field, while names become keys. */
static const char *told_of(const struct leaving *l)
{
    const char *all = "";

    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
        const char *told = leaving_told(l, named[i]);
        all = arena_printf(l->v->mem, "%s\n%s", all, told ? told : "");
    }
    return all;
}

/* Looks for who or what is called as it was told, and for the plan again where that is one. */
static struct err *look_by_name(struct leaving *l, struct worker *w)
{
    const struct noun *n;
    struct kept k = {.command = command_find("handover create", &n), .sent = l->told};
    const char *before = told_of(l);
    struct store *store;
    bool finding;

    TRY(worker_store(w, l->v->mem, &store));
    struct err *e = find_typed(l->v, store, &k, &finding);
    l->found = k.found;
    if (finding)
        return e;
    take_told(l);
    l->named = strcmp(before, told_of(l)) != 0;
    if (l->named && !e)
        return look(l, w);
    l->trouble = e ? e : l->trouble;
    return NULL;
}

/* ---- The pages ------------------------------------------------------------------------------- */

/* By the form at the end of the plan. */
static bool is_asked_last(const char *field)
{
    return text_same(field, "handover") || text_same(field, "reason") ||
           text_same(field, "reference");
}

const char *leaving_obstacle(const struct leaving *l)
{
    return json_text(l->plan, "obstacle");
}

static bool is_stuck(const struct leaving *l)
{
    return leaving_obstacle(l) && !l->refusal &&
           !is_asked_last(json_text(l->plan, "obstacle_field"));
}

/* Does who and when have to be told, still or again? */
static bool is_first_page(const struct leaving *l)
{
    return !l->plan || is_stuck(l);
}

/* By the page that asks who and when. */
static bool is_asked_first(const char *field)
{
    static const char *const asked[] = {"person", "last_day", "to", "back", "zone", "lead"};

    for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++)
        if (strcmp(asked[i], field) == 0)
            return true;
    return false;
}

static void add_trouble(const struct leaving *l, json_t *data)
{
    const struct err *e = l->refusal ? l->refusal : l->trouble;

    if (!e && leaving_obstacle(l)) {
        const char *of = json_text(l->plan, "obstacle_field");
        json_set_text(data, "because", leaving_obstacle(l));
        json_set_text(data, "field", of ? field_title(&l->v->page, of) : NULL);
    }
    if (!e)
        return;
    json_object_set_new(data, "because", json_string(e->text));
    if (e->field)
        json_object_set_new(data, "field", json_string(field_title(&l->v->page, e->field)));
    if (e->field &&
        (is_first_page(l) ? is_asked_first(e->field) : l->refusal && is_asked_last(e->field)))
        json_object_set_new(data, "at", json_string(e->field));
}

static void show(struct leaving *l)
{
    struct visit *v = l->v;
    json_t *data = leaving_data(l);
    json_t *refused = json_object_get(l->plan, "refused");
    const struct err *e = l->refusal ? l->refusal : l->trouble;
    bool stuck = is_stuck(l);
    int status = e         ? err_faces[e->kind].http
                 : stuck   ? err_faces[ERR_CONFLICT].http
                 : refused ? err_faces[ERR_INVALID].http
                           : 200;

    add_trouble(l, data);
    if (is_first_page(l)) {
        leaving_add_offers(l, data);
        visit_show(v, status, "page.leaving", page_leaving, data);
    } else if ((l->refusal || text_same(l->step, "plan")) && !refused) {
        leaving_add_plan(l, data);
        visit_show(v, status, "page.leaving_plan", page_leaving_plan, data);
    } else {
        leaving_add_accounts(l, data);
        json_object_set(data, "refused", refused);
        visit_show(v, status, "page.leaving_successors", page_leaving_successors, data);
    }
}

struct err *leaving_refuse(struct leaving *l, struct worker *w, const struct err *e)
{
    TRY(look(l, w));
    l->refusal = e;
    show(l);
    return NULL;
}

/* Why somebody leaves is in no address, and neither is a name that became a key. */
static bool may_be_address(const struct leaving *l)
{
    bool planned = strcmp(l->v->x->route->method, "POST") == 0 && text_same(l->step, "plan");

    return (planned || l->named) && !leaving_told(l, "handover") && !leaving_told(l, "reason") &&
           !leaving_told(l, "reference");
}

/* Who was proposed is proposed again, and where nobody was and nobody takes the rest, nothing was
 * said. */
static bool goes_without_saying(const struct leaving *l, const char *name)
{
    struct arena *mem = l->v->mem;
    const char *account = text_starts(name, "take.") ? name + strlen("take.") : NULL;
    const char *taker = leaving_told(l, name);

    if (!account)
        return !taker || *name == '.' || text_starts(name, "proposed.");
    if (leaving_told(l, arena_printf(mem, "other.%s", account)))
        return false;
    return taker ? text_same(taker, leaving_told(l, arena_printf(mem, "proposed.%s", account)))
                 : !leaving_told(l, "rest");
}

enum { ADDRESS_MAX = 6000 };

/* What a long form has told, as an address that can be mailed: what was changed of what was
 * proposed. NULL: that is too much for one, or is none of its business. */
static const char *as_address(const struct leaving *l)
{
    struct buf out;
    struct page to = {.mem = l->v->mem, .out = &out};

    buf_init(&out, l->v->mem, 1 << 20);
    buf_text(&out, "/leaving?");
    for (size_t i = 0; i < l->told.n; i++) {
        const char *name = l->told.at[i].name, *value = l->told.at[i].value;
        if (goes_without_saying(l, name))
            continue;
        buf_text(&out, out.at[out.n - 1] == '?' ? "" : "&");
        put_part(&to, name);
        buf_text(&out, "=");
        put_part(&to, value ? value : "");
    }
    return may_be_address(l) && out.n <= ADDRESS_MAX ? out.at : NULL;
}

static void run_leaving(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct leaving l = {.v = v};

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    struct err *e =
        visit_query(v, "kept") ? read_kept(&l, w, visit_query(v, "kept")) : leaving_read(&l);
    if (!e)
        e = look(&l, w);
    if (!e && wants_names(&l))
        e = look_by_name(&l, w);
    const char *address =
        !e && l.plan && !json_object_get(l.plan, "refused") ? as_address(&l) : NULL;
    if (e && e->kind == ERR_UNSIGNED)
        visit_sign_in(v);
    else if (e)
        visit_fail(v, e);
    else if (address)
        visit_go(v, address);
    else
        show(&l);
}

void leaving_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/leaving", .run = run_leaving});
    routes_add(r, (struct route){.method = "POST", .path = "/leaving", .run = run_leaving});
    routes_add(r,
               (struct route){.method = "POST", .path = "/leaving/open", .run = leaving_run_open});
}
