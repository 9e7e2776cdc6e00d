/* leaving_draw.c - what the pages on the way to a case show; see leaving.h. */
#include "leaving.h"

#include "app/job.h"
#include "crypto/hash.h"
#include "view.h"
#include "web_internal.h"

/* What every page's form carries on to the next. Why somebody leaves is asked last: it is in no
 * address. */
static const char *const carried[] = {"person", "kind", "last_day", "to",
                                      "back",   "zone", "lead",     NULL};

/* ---- Who and when ---------------------------------------------------------------------------- */

static json_t *kinds_of(const struct leaving *l)
{
    static const char *const kinds[] = {"leaver", "hostile",    "mover", "absence",
                                        "death",  "incapacity", NULL};
    const char *chosen = leaving_told(l, "kind");
    json_t *list = json_array();

    for (size_t i = 0; kinds[i]; i++) {
        json_t *kind = json_object();
        json_set_text(kind, "word", kinds[i]);
        json_set_text(kind, "means",
                      text_of(l->v->language, arena_printf(l->v->mem, "leaving.%s", kinds[i])));
        if (text_same(chosen ? chosen : "leaver", kinds[i]))
            json_object_set_new(kind, "chosen", json_true());
        json_array_append_new(list, kind);
    }
    return list;
}

static json_t *field_of_command(const struct leaving *l, const char *command, const char *name,
                                bool needed)
{
    json_t *values = json_keep(l->v->mem, json_object()), *field;
    const struct noun *n;
    size_t i;

    json_set_text(values, name, leaving_told(l, name));
    json_array_foreach (form_fields(&l->v->page, command_find(command, &n), values), i, field) {
        if (text_same(json_text(field, "name"), name)) {
            json_object_set_new(field, "required", json_boolean(needed));
            return json_incref(field);
        }
    }
    return json_object();
}

/* What is asked of every kind, and what of this one. */
static json_t *needed_fields(const struct leaving *l)
{
    const char *kind = leaving_kind(l);
    json_t *fields = json_array();

    json_array_append_new(fields, field_of_command(l, "handover create", "last_day", true));
    if (text_same(kind, "mover"))
        json_array_append_new(fields, field_of_command(l, "handover create", "to", true));
    if (text_same(kind, "absence"))
        json_array_append_new(fields, field_of_command(l, "handover create", "back", true));
    return fields;
}

static json_t *other_fields(const struct leaving *l)
{
    json_t *fields = json_array();

    json_array_append_new(fields, field_of_command(l, "handover create", "zone", false));
    json_array_append_new(fields, field_of_command(l, "handover create", "lead", false));
    return fields;
}

/* One that the refusal is about says so. */
static void mark_trouble(const struct leaving *l, json_t *fields)
{
    const struct err *e = l->refusal ? l->refusal : l->trouble;
    json_t *field;
    size_t i;

    json_array_foreach (fields, i, field) {
        if (e && e->field && text_same(e->field, json_text(field, "name")))
            json_set_text(field, "trouble", e->text);
    }
}

void leaving_add_offers(const struct leaving *l, json_t *data)
{
    struct arena *mem = l->v->mem;
    const struct noun *n;
    json_t *all = json_keep(mem, json_object()), *fields = json_array();

    json_array_append(fields, json_object_get(data, "who"));
    json_array_extend(fields, json_object_get(data, "fields"));
    json_array_extend(fields, json_object_get(data, "others"));
    json_object_set_new(all, "fields", fields);
    show_offers(l->v, command_find("handover create", &n), l->offers, l->nouns, l->offered, all);
    show_found(l->found, all);
    mark_trouble(l, fields);
    json_object_set(data, "lists", json_object_get(all, "lists"));
}

/* What is said with the signature: against whom the company acts, by which case and why. */
static json_t *last_fields(const struct leaving *l)
{
    bool hostile = leaving_is_hostile(l), over = json_text(l->plan, "warning");
    const char *command = hostile ? "handover go-hostile" : "handover create";
    json_t *fields = json_array();

    if (hostile)
        json_array_append_new(fields, field_of_command(l, command, "reference", true));
    json_array_append_new(fields, field_of_command(l, command, "reason", hostile || over));
    mark_trouble(l, fields);
    return fields;
}

static bool is_carried(const char *name)
{
    for (size_t i = 0; carried[i]; i++)
        if (strcmp(carried[i], name) == 0)
            return true;
    return false;
}

static json_t *hidden(const char *name, const char *value)
{
    return json_pack("{s:s, s:s}", "name", name, "value", value);
}

/* What was told on the pages after the one that asks who and when: who goes back there finds it
 * again. Whoever was settled on is among it as chosen. */
static json_t *told_later(const struct leaving *l)
{
    json_t *list = json_array();

    for (size_t i = 0; i < l->told.n; i++) {
        const char *name = l->told.at[i].name, *value = l->told.at[i].value;
        if (value && *value && !is_carried(name) && strcmp(name, "step") != 0 && *name != '.')
            json_array_append_new(list, hidden(name, value));
    }
    return list;
}

/* What is said with the signature, where one goes back to who takes over. */
static json_t *told_last(const struct leaving *l)
{
    static const char *const names[] = {"handover", "reason", "reference", NULL};
    json_t *list = json_array();

    for (size_t i = 0; names[i]; i++)
        if (leaving_told(l, names[i]))
            json_array_append_new(list, hidden(names[i], leaving_told(l, names[i])));
    return list;
}

/* A form that brought what stands in no address, or more than fits there, is sent on as a form. */
static bool is_posted(const struct leaving *l)
{
    return strcmp(l->v->x->route->method, "POST") == 0 || visit_query(l->v, "kept");
}

json_t *leaving_data(const struct leaving *l)
{
    json_t *data = json_keep(l->v->mem, json_object()), *list = json_array();
    const char *name = json_text(l->person, "name");

    for (size_t i = 0; carried[i]; i++) {
        const char *value = leaving_told(l, carried[i]);
        json_set_text(data, carried[i], value);
        if (value)
            json_array_append_new(list, hidden(carried[i], value));
    }
    json_set_text(data, "name", name ? name : leaving_told(l, "person"));
    json_object_set_new(data, "carried", list);
    json_object_set_new(data, "kinds", kinds_of(l));
    json_object_set_new(data, "who", field_of_command(l, "handover create", "person", true));
    json_object_set_new(data, "fields", needed_fields(l));
    json_object_set_new(data, "others", other_fields(l));
    json_object_set_new(data, "told_later", told_later(l));
    json_object_set_new(data, "told_last", told_last(l));
    json_object_set_new(data, "posted", json_boolean(is_posted(l)));
    json_set_text(data, "open_case", json_text(l->plan, "open_case"));
    json_set_text(data, "warning", json_text(l->plan, "warning"));
    return data;
}

/* ---- Who takes what over --------------------------------------------------------------------- */

/* "Tess Duarte, sales-ops: next in line" */
static json_t *choice_of(struct page *p, const json_t *candidate, const char *chosen)
{
    const char *person = json_text(candidate, "person"), *name = json_text(candidate, "name");
    const char *position = json_text(candidate, "position");
    const char *why = as_word(p, json_object_get(candidate, "why"));
    const char *value = arena_printf(p->mem, "%s=%s", person, position);
    const char *between = p->language == FRENCH ? "\u00a0: " : ": ";
    json_t *choice = json_object();

    json_set_text(choice, "value", value);
    json_set_text(choice, "text",
                  arena_printf(p->mem, "%s, %s%s%s", name ? name : person, position,
                               why ? between : "", why ? why : ""));
    if (text_same(chosen, value))
        json_object_set_new(choice, "chosen", json_true());
    return choice;
}

/* Whoever was chosen on this page already, else whoever is proposed. */
static const char *chosen_for(const struct leaving *l, const json_t *account)
{
    struct arena *mem = l->v->mem;
    const char *ref = json_text(account, "account"), *who = json_text(account, "successor");
    const char *told = leaving_told(l, arena_printf(mem, "take.%s", ref));

    if (told || !who)
        return told;
    return arena_printf(mem, "%s=%s", who, json_text(account, "position"));
}

/* Whoever is proposed while nobody was chosen. */
static const char *proposed_for(const struct leaving *l, const json_t *account)
{
    const char *who = json_text(account, "successor");

    if (!who || text_same(l->step, "plan"))
        return NULL;
    return arena_printf(l->v->mem, "%s=%s", who, json_text(account, "position"));
}

/* The candidates of each account, by its key. */
static struct map *by_account(const struct leaving *l)
{
    struct map *all = map_new(l->v->mem);
    json_t *candidate;
    size_t i;

    json_array_foreach (json_object_get(l->plan, "candidates"), i, candidate) {
        const char *ref = json_text(candidate, "account");
        json_t *list = map_get(all, ref);
        if (!list)
            map_set(all, ref, list = json_keep(l->v->mem, json_array()));
        json_array_append(list, candidate);
    }
    return all;
}

static json_t *choices_for(const struct leaving *l, const json_t *account, const json_t *candidates,
                           bool *ret_any)
{
    const char *chosen = chosen_for(l, account);
    json_t *choices = json_array(), *candidate;
    size_t i;

    *ret_any = false;
    json_array_foreach (candidates, i, candidate) {
        json_t *choice = choice_of(&l->v->page, candidate, chosen);
        *ret_any = *ret_any || json_object_get(choice, "chosen");
        json_array_append_new(choices, choice);
    }
    if (chosen && !*ret_any && json_text(account, "successor")) {
        json_t *proposed = json_pack("{s:s, s:s}", "person", json_text(account, "successor"),
                                     "position", json_text(account, "position"));
        json_array_append_new(choices, choice_of(&l->v->page, proposed, chosen));
        json_decref(proposed);
        *ret_any = true;
    }
    return choices;
}

/* Who was typed; or was settled on, and is nobody who is proposed. */
static const char *other_for(const struct leaving *l, const char *ref, bool among)
{
    const char *other = leaving_told(l, arena_printf(l->v->mem, "other.%s", ref));
    const char *chosen = leaving_told(l, arena_printf(l->v->mem, "take.%s", ref));

    return other ? other : among ? NULL : chosen;
}

/* So many accounts that their fields would not fit into an address are sent as a form. */
enum { IN_AN_ADDRESS = 60 };

void leaving_add_accounts(const struct leaving *l, json_t *data)
{
    const json_t *accounts = json_object_get(l->plan, "accounts");
    const struct map *candidates = by_account(l);
    json_t *list = json_array(), *account;
    size_t i;

    json_array_foreach (accounts, i, account) {
        json_t *one = json_object();
        const char *ref = json_text(account, "account");
        bool any;
        json_set_text(one, "account", ref);
        json_set_text(one, "name", json_text(account, "name"));
        json_set_text(one, "platform", json_text(account, "platform"));
        json_set_text(one, "last_safe_day", json_text(account, "last_safe_day"));
        json_object_set_new(one, "choices",
                            choices_for(l, account, map_get(candidates, ref), &any));
        json_set_text(one, "other", other_for(l, ref, any));
        json_object_set_new(one, "proposed", json_boolean(json_text(account, "successor") != NULL));
        json_set_text(one, "was", proposed_for(l, account));
        json_array_append_new(list, one);
    }
    json_object_set_new(data, "accounts", list);
    json_object_set_new(data, "many",
                        json_boolean(json_array_size(list) > IN_AN_ADDRESS || is_posted(l)));
    json_set_text(data, "rest", leaving_told(l, "rest"));
}

/* ---- The plan -------------------------------------------------------------------------------- */

static json_t *takers_of(const struct leaving *l)
{
    json_t *list = json_array(), *account;
    size_t i;

    json_array_foreach (json_object_get(l->plan, "accounts"), i, account) {
        const char *who = json_text(account, "successor"), *seat = json_text(account, "position");
        if (who)
            json_array_append_new(
                list, json_string(arena_printf(l->v->mem, "%s=%s=%s", json_text(account, "account"),
                                               who, seat ? seat : "")));
    }
    return list;
}

void leaving_add_plan(const struct leaving *l, json_t *data)
{
    const struct noun *n;
    const struct command *c = command_find("handover plan", &n);
    json_t *shown = json_keep(l->v->mem, json_copy((json_t *)(uintptr_t)l->plan));

    json_object_del(shown, "candidates"); /* who was not chosen, and what has a place of its own */
    json_object_del(shown, "at_risk");
    json_object_set(data, "whole", view_whole(&l->v->page, &c->reply, shown));
    json_object_set(data, "risks", json_object_get(l->plan, "at_risk"));
    json_object_set_new(data, "takers", takers_of(l));
    json_object_set_new(data, "last_fields", last_fields(l));
    json_set_text(data, "last_safe_day", json_text(l->plan, "last_safe_day"));
    const char *called = leaving_told(l, "handover");
    json_set_text(data, "handover",
                  called ? called : short_ref(l->v->mem, "h", uuid_new(l->v->mem)));
    if (l->refusal && text_same(l->refusal->field, "handover"))
        json_set_text(data, "miscalled", l->refusal->text);
    leaving_add_gantt(l, data);
}
