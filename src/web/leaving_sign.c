/* leaving_sign.c - what is signed when a case is opened with all that belongs to it; see leaving.h.
 */
#include "leaving.h"

#include "web_internal.h"

enum { ACTS_MAX = 200, ACCOUNTS_AN_ACT = 200 };

struct acts {
    struct act *at;
    size_t n;
};

static struct act *act_new(struct leaving *l, struct acts *acts, const char *command)
{
    const struct sent room = {.at = arena_array(l->v->mem, ACCOUNTS_AN_ACT + 16, sizeof(*room.at))};
    const struct noun *n;
    const struct command *c = command_find(command, &n);

    acts->at[acts->n] = act_of(l->v, n, c, &room);
    return &acts->at[acts->n++];
}

static void tell(struct act *a, const char *name, const char *value)
{
    if (!value)
        return;
    a->sent.at[a->sent.n].name = name;
    a->sent.at[a->sent.n++].value = value;
}

static void open_case(struct leaving *l, struct acts *acts)
{
    static const char *const told[] = {"person", "last_day", "to",     "back",
                                       "zone",   "lead",     "reason", "handover"};
    struct act *a = act_new(l, acts, "handover create");

    tell(a, "kind", leaving_kind(l));
    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
        tell(a, told[i], leaving_told(l, told[i]));
}

/* Each person is named once for all that they take in one position: "PERSON=POSITION". */
static struct err *name_successors(struct leaving *l, struct acts *acts)
{
    struct map *named = map_new(l->v->mem);

    for (size_t i = 0; i < l->told.n; i++) {
        const char *said = l->told.at[i].value, *who = said ? strchr(said, '=') : NULL;
        if (strcmp(l->told.at[i].name, "successor") != 0 || !who)
            continue;
        struct act *a = map_get(named, who);
        if (!a || a->sent.n >= ACCOUNTS_AN_ACT) {
            const char *position = strchr(who + 1, '=');
            if (acts->n == ACTS_MAX - 2)
                return err_new(l->v->mem, ERR_TOO_LARGE,
                               "one signature covers %d acts: name some of them later", ACTS_MAX);
            a = act_new(l, acts, "handover successor");
            a->sentence = "leaving.names";
            map_set(named, who, a);
            tell(a, "handover", leaving_told(l, "handover"));
            tell(a, "person", arena_copy_n(l->v->mem, who + 1, strcspn(who + 1, "=")));
            tell(a, "position", position && position[1] ? position + 1 : NULL);
        }
        tell(a, "account", arena_copy_n(l->v->mem, said, (size_t)(who - said)));
    }
    return NULL;
}

static void shut_out(struct leaving *l, struct acts *acts)
{
    struct act *a = act_new(l, acts, "handover go-hostile");

    tell(a, "handover", leaving_told(l, "handover"));
    tell(a, "reference", leaving_told(l, "reference"));
    tell(a, "reason", leaving_told(l, "reason"));
}

/* The case is opened under a name that is known before it is, so that what follows can speak of it
 * and one signature covers all. */
static struct err *sign_all(struct leaving *l, struct worker *w, bool *ret_ours)
{
    struct visit *v = l->v;
    struct acts acts = {arena_array(v->mem, ACTS_MAX, sizeof(*acts.at)), 0};
    const struct noun *n;
    struct store *store;

    TRY(leaving_read(l));
    l->step = "plan";
    TRY(visit_owns(v, form_value(&l->told, form_token)));
    *ret_ours = true;
    const char *wanted = leaving_missing(l);
    if (wanted || !leaving_told(l, "handover"))
        return err_field(v->mem, wanted ? wanted : "handover", "is missing");
    open_case(l, &acts);
    TRY(name_successors(l, &acts));
    if (leaving_is_hostile(l))
        shut_out(l, &acts);
    TRY(visit_ask(v, w));
    TRY(worker_store(w, v->mem, &store));
    const struct command *c = command_find("handover create", &n);
    struct kept *k = kept_new(v, n, c, &l->told);
    k->acts = acts.at;
    k->n = acts.n;
    k->then = arena_printf(v->mem, "/handovers/%s", leaving_told(l, "handover"));
    k->back = arena_printf(v->mem, "/leaving?kept=%s", k->id);
    TRY(kept_try(v, store, k));
    TRY(kept_write(v, store, k));
    visit_go(v, kept_signing(v, k));
    return NULL;
}

void leaving_run_open(struct exchange *x, struct worker *w)
{
    struct leaving l = {.v = visit_new(x)};
    bool ours = false;
    struct err *e = sign_all(&l, w, &ours);

    if (e && ours && e->kind != ERR_UNSIGNED)
        e = leaving_refuse(&l, w, e);
    if (e)
        visit_fail(l.v, e);
}
