/* home.c - what the home page shows of long answers: the beginning of each, what waits for the
 * reader apart from what is settled, and where the rest is. */
#include "web_internal.h"

#include "json/json.h"

/* What the reader holds is one answer, however much it is. */
enum { HELD_SHOWN = 10, TO_ACCEPT_SHOWN = 50 };

static void set_number(json_t *object, const char *name, size_t n)
{
    json_object_set_new(object, name, json_integer((json_int_t)n));
}

/* ---- What one holds
 * ------------------------------------------------------------------------------------- */

static void add_up_to(json_t *list, json_t *row, size_t most)
{
    if (json_array_size(list) < most)
        json_array_append(list, row);
}

static void split_owned(json_t *data)
{
    const json_t *owns = json_object_get(json_object_get(data, "holds"), "owns");
    json_t *to_accept = json_array(), *owned = json_array(), *row;
    size_t i, waiting = 0;

    json_array_foreach (owns, i, row) {
        const bool accepted = json_is_true(json_object_get(row, "accepted"));
        waiting += !accepted;
        add_up_to(accepted ? owned : to_accept, row, accepted ? HELD_SHOWN : TO_ACCEPT_SHOWN);
    }
    set_number(data, "waits", waiting);
    set_number(data, "waits_more", waiting - json_array_size(to_accept));
    json_object_set_new(data, "to_accept", to_accept);
    json_object_set_new(data, "owned", owned);
}

/* How much there is of each, as far as there is any. */
static void count_held(json_t *data)
{
    static const char *const kinds[] = {"owns",  "custodian_of",    "can_reach", "can_recover",
                                        "knows", "responsible_for", "heir_of",   NULL};
    const json_t *holds = json_object_get(data, "holds");
    json_t *counts = json_array();

    for (size_t i = 0; kinds[i]; i++) {
        size_t n = json_array_size(json_object_get(holds, kinds[i]));
        if (n)
            json_array_append_new(counts,
                                  json_pack("{s:s, s:I}", "name", kinds[i], "n", (json_int_t)n));
    }
    json_object_set_new(data, "held_counts", counts);
}

/* ---- Cases
 * -------------------------------------------------------------------------------------- */

/* The leaver declares, a successor accepts. */
static void say_what_waits(struct visit *v, json_t *cases)
{
    const char *me = json_text(v->me, "person");
    json_t *row;
    size_t i;

    json_array_foreach (cases, i, row) {
        json_object_set_new(row, "declare", json_boolean(text_same(json_text(row, "person"), me)));
    }
}

/* What nobody holds up goes on with whoever leads it. */
static void wait_for_lead(json_t *row)
{
    const char *lead = json_text(row, "lead");

    if (lead && !json_array_size(json_object_get(row, "waits_for")))
        json_object_set_new(row, "waits_for", json_pack("[s]", lead));
}

static void draw_cases(json_t *cases)
{
    json_t *row;
    size_t i;

    json_array_foreach (cases, i, row) {
        add_progress(row, "steps");
        wait_for_lead(row);
    }
}

static json_t *items_of(json_t *data, const char *name)
{
    return json_object_get(json_object_get(data, name), "items");
}

/* ---- The beginning --------------------------------------------------------------------------- */

static void add_first(struct visit *v, json_t *list, const char *command, const char *path,
                      const char *text)
{
    const struct noun *n;
    const struct command *c = command_find(command, &n);

    if (c->roles & roles_of(v))
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "path", path ? path : act_path(v->mem, n, c),
                                        "text", text_of(v->language, text)));
}

/* Where no case is open, whoever may open one reads how to; where none ever was, whoever may bring
 * what they are made of too. */
static void add_beginning(struct visit *v, json_t *data)
{
    json_t *list = json_array();

    if (!json_array_size(items_of(data, "finished"))) {
        add_first(v, list, "import people", NULL, "home.first_people");
        add_first(v, list, "import accounts", NULL, "home.first_accounts");
    }
    add_first(v, list, "handover create", "/leaving", "home.first_leaving");
    json_object_set_new(data, "first", list);
}

/* ---- The page
 * ------------------------------------------------------------------------------------ */

/* Those that wait for a second administrator, as far as it may be whoever looks. */
static json_t *to_confirm(const struct visit *v, const json_t *invitations)
{
    const char *me = json_text(v->me, "person");
    json_t *list = json_array(), *row;
    size_t i;

    json_array_foreach (json_object_get(invitations, "items"), i, row) {
        if (json_is_true(json_object_get(row, "waits")) &&
            !text_same(json_text(row, "person"), me) && !text_same(json_text(row, "inviter"), me))
            json_array_append(list, row);
    }
    return list;
}

void draw_home(struct visit *v, json_t *data)
{
    if (roles_of(v) & ROLE_ADMIN)
        json_object_set_new(data, "confirm", to_confirm(v, json_object_get(data, "invitations")));
    split_owned(data);
    count_held(data);
    say_what_waits(v, items_of(data, "waiting"));
    draw_cases(items_of(data, "cases"));
    if (!json_array_size(items_of(data, "cases")))
        add_beginning(v, data);
}
