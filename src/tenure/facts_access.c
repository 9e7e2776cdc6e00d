/* facts_access.c - who had access when, in which role, through what; see facts.h. A change of role
 * ends one time and begins another, so that each row says what was so from its beginning to its
 * end. */
#include "facts.h"

#include "base/text.h"

#include <stdlib.h>

static void begun(struct facts *f, const struct event_view *v, const char *id, const char *status)
{
    struct thing *t = thing_of(&f->grants, id);

    if (t && !json_object_get(v->after, "ref")) { /* taken up, or in force again */
        if (text_same(t->status, "invited"))
            t = thing_split(f, &f->grants, t, v);
    } else {
        t = thing_begin(f, &f->grants, id, v);
    }
    thing_take(f, t, v);
    t->status = status;
}

static void changed(struct facts *f, const struct event_view *v, struct thing *t)
{
    bool role = json_object_get(v->after, "role") || json_object_get(v->after, "level") ||
                json_object_get(v->after, "through");

    if (role && !t->to)
        t = thing_split(f, &f->grants, t, v);
    thing_take(f, t, v);
}

void facts_access(struct facts *f, const struct event_view *v)
{
    const char *id = json_text(v->after, "grant");

    if (!text_starts(v->type, "grant.") || !id ||
        !text_same(json_text(v->after, "account"), f->b->account))
        return;
    const char *verb = v->type + strlen("grant.");
    struct thing *t = thing_of(&f->grants, id);
    if (strcmp(verb, "invited") == 0 || strcmp(verb, "activated") == 0) {
        begun(f, v, id, verb[0] == 'i' ? "invited" : "active");
    } else if (t && strcmp(verb, "changed") == 0) {
        changed(f, v, t);
    } else if (t && strcmp(verb, "revocation_requested") == 0) {
        t->status = "to be revoked";
    } else if (t && strcmp(verb, "revoked") == 0) {
        t->to = v->at;
        t->status = "revoked, not confirmed";
    } else if (t && strcmp(verb, "revocation_confirmed") == 0) {
        t->extra = v->at;
        t->status = "revoked";
    }
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static const char *who_has(struct facts *f, const struct thing *t)
{
    const char *person = thing_text(f, t, "person");

    return label(f, *person ? person : thing_text(f, t, "entity"));
}

static bool in_force(const struct facts *f, const struct thing *t)
{
    return !is_over(f, t) && text_same(t->status, "active") && strcmp(t->from, f->now) <= 0;
}

/* How many different people can do everything there now. */
static size_t owners_now(struct facts *f, const char **ret_one)
{
    struct map *seen = map_new(f->mem);
    size_t n = 0;

    for (const struct thing *t = f->grants.first; t; t = t->next) {
        const char *person = thing_text(f, t, "person");
        if (!in_force(f, t) || strcmp(thing_text(f, t, "level"), "owner") != 0 || !*person ||
            map_get(seen, person) || is_gone(f, person))
            continue;
        map_set(seen, person, seen);
        *ret_one = label(f, person);
        n++;
    }
    return n;
}

static void find_gaps(struct facts *f)
{
    enum { FEWEST = 2 };
    const char *one = "", *said = thing_text(f, &f->account, "min_owners");
    size_t least = *said ? (size_t)strtoull(said, NULL, 10) : FEWEST;
    size_t n = owners_now(f, &one);

    if (f->grants.first && n == 0)
        gap_add(f, "nobody is on record with an owner's role on the platform");
    else if (f->grants.first && n < least)
        gap_add(f, "only %zu of %zu people %s an owner's role on the platform (%s)", n, least,
                n == 1 ? "has" : "have", one);
    for (const struct thing *t = f->grants.first; t; t = t->next) {
        const char *person = thing_text(f, t, "person");
        if (text_same(t->status, "revoked, not confirmed"))
            gap_add(f, "the access of %s was revoked on %s and is not confirmed on the platform",
                    who_has(f, t), moment(f->mem, t->to));
        if (!is_over(f, t) && *person && is_gone(f, person))
            gap_add(f, "%s has left and still has the role %s", who_has(f, t),
                    text_quoted(f->mem, thing_text(f, t, "role")));
    }
}

static const char *status_words(struct facts *f, const struct thing *t)
{
    const char *ends = thing_text(f, t, "ends_at"), *status = t->status ? t->status : "";

    if (t->to || !*ends)
        return status;
    return arena_printf(f->mem, "%s, to end on %s", status, moment(f->mem, ends));
}

void tables_access(struct facts *f)
{
    static const char *const columns[] = {"who", "role",      "amounts to", "through", "from",
                                          "to",  "confirmed", "status",     "entry",   NULL};
    struct table *t = table_add(
        f, "access", "Who had access when",
        "Access ends here when it is revoked, and on the platform when that is confirmed: "
        "in between it may still have worked.",
        columns);

    table_written(t, "role");
    table_written(t, "amounts to");
    for (const struct thing *g = f->grants.first; g; g = g->next) {
        const char *via = text_quoted(f->mem, thing_text(f, g, "via")),
                   *way = text_quoted(f->mem, thing_text(f, g, "through"));
        table_row(f, t, who_has(f, g), thing_text(f, g, "role"), thing_text(f, g, "level"),
                  *via ? arena_printf(f->mem, "%s: %s", way, via) : way, moment(f->mem, g->from),
                  moment(f->mem, g->to), moment(f->mem, g->extra), status_words(f, g),
                  arena_printf(f->mem, "%llu", (unsigned long long)g->index));
    }
    if (!account_over(f))
        find_gaps(f);
}
