/* facts_people.c - who answers for the account, who sat in that position, who is custodian, who is
 * next in line, who has which duty; see facts.h. */
#include "facts.h"

#include "base/date.h"
#include "base/text.h"

static struct thing *last_open(const struct things *all)
{
    struct thing *open = NULL;

    for (struct thing *t = all->first; t; t = t->next)
        if (!t->to)
            open = t;
    return open;
}

static void close_last(const struct things *all, const char *at)
{
    struct thing *t = last_open(all);

    if (t)
        t->to = at;
}

/* The next person in the position has to accept for themselves: a time of their own. */
static void accepted(struct facts *f, const struct event_view *v)
{
    struct thing *t = last_open(&f->owners);
    const char *person = json_text(v->after, "person");

    if (!t)
        return;
    if (t->extra_who && !text_same(t->extra_who, person)) {
        t = thing_split(f, &f->owners, t, v);
        t->extra = NULL;
    }
    t->extra = v->at;
    t->extra_who = person;
}

static void take_owner(struct facts *f, const struct event_view *v, const char *verb)
{
    const char *position = json_text(v->after, "position");

    if (strcmp(verb, "assigned") == 0) {
        close_last(&f->owners, v->at);
        if (position)
            thing_take(f, thing_begin(f, &f->owners, position, v), v);
    } else if (strcmp(verb, "accepted") == 0) {
        accepted(f, v);
    } else if (strcmp(verb, "ended") == 0) {
        close_last(&f->owners, v->at);
    }
}

static void take_custodian(struct facts *f, const struct event_view *v)
{
    const char *person = json_text(v->after, "person");

    close_last(&f->custodians, v->at);
    if (person)
        thing_take(f, thing_begin(f, &f->custodians, person, v), v);
}

/* heir.designated and heir.ended, responsibility.assigned and responsibility.ended. */
static void take_assigned(struct facts *f, struct things *all, const struct event_view *v,
                          const char *noun, const char *verb)
{
    const char *id = json_text(v->after, noun);
    struct thing *t = thing_of(all, id);

    if (strcmp(verb, "ended") == 0 && t)
        t->to = v->at;
    else if (strcmp(verb, "ended") != 0 && id)
        thing_take(f, thing_begin(f, all, id, v), v);
}

/* The day after the last one, as an instant. */
static const char *day_over(struct facts *f, const char *last_day)
{
    enum { DAY_MS = 24 * 60 * 60 * 1000 };
    int64_t start;

    if (!last_day || !instant_parse(arena_printf(f->mem, "%sT00:00:00.000Z", last_day), &start))
        return NULL;
    return instant_text(f->mem, start + DAY_MS);
}

static struct going *going_of(struct facts *f, const char *person)
{
    struct going *g = map_get(f->going, person);

    if (!g) {
        g = arena_alloc(f->mem, sizeof(*g));
        map_set(f->going, person, g);
    }
    return g;
}

/* Whoever leaves gives up every position. */
static void take_leaving(struct facts *f, const struct event_view *v)
{
    const char *person = json_text(v->after, "person");

    if (!text_starts(v->type, "person.") || !person)
        return;
    if (strcmp(v->type, "person.notice_given") == 0) {
        going_of(f, person)->notice = day_over(f, json_text(v->after, "last_day"));
    } else if (strcmp(v->type, "person.notice_withdrawn") == 0) {
        struct going *g = going_of(f, person);
        g->notice = NULL;
        if (g->left && strcmp(g->left, v->at) > 0)
            g->left = NULL; /* as a completed case with its last day ahead had said */
    } else if (strcmp(v->type, "person.left") == 0) {
        going_of(f, person)->left = v->at;
        for (struct thing *t = f->holdings.first; t; t = t->next)
            if (text_same(thing_text(f, t, "person"), person) &&
                (!t->to || strcmp(t->to, v->at) > 0))
                t->to = v->at;
    }
}

/* Who sits where: from entries that are here to say it. */
static void take_seat(struct facts *f, const struct event_view *v)
{
    const char *holding = json_text(v->after, "holding");
    struct thing *t = thing_of(&f->holdings, holding);

    if (strcmp(v->type, "position.filled") == 0 && holding) {
        thing_take(f, thing_begin(f, &f->holdings, holding, v), v);
    } else if (strcmp(v->type, "position.vacated") == 0 && t) {
        t->to = v->at;
    }
}

void facts_people(struct facts *f, const struct event_view *v)
{
    const char *dot = strchr(v->type, '.'), *verb = dot ? dot + 1 : "";

    take_seat(f, v);
    take_leaving(f, v);
    if (!text_same(json_text(v->after, "account"), f->b->account))
        return;
    if (text_starts(v->type, "owner."))
        take_owner(f, v, verb);
    else if (strcmp(v->type, "custodian.changed") == 0)
        take_custodian(f, v);
    else if (text_starts(v->type, "heir."))
        take_assigned(f, &f->heirs, v, "heir", verb);
    else if (text_starts(v->type, "responsibility."))
        take_assigned(f, &f->duties, v, "responsibility", verb);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static void table_owners(struct facts *f)
{
    static const char *const columns[] = {"position", "from",  "to", "accepted by",
                                          "accepted", "entry", NULL};
    struct table *t =
        table_add(f, "owners", "Who answers for it",
                  "The accountable owner is a position; the person in it has to accept.", columns);

    for (const struct thing *o = f->owners.first; o; o = o->next)
        table_row(f, t, label(f, o->id), moment(f->mem, o->from), moment(f->mem, o->to),
                  label(f, o->extra_who), moment(f->mem, o->extra),
                  arena_printf(f->mem, "%llu", (unsigned long long)o->index));
}

static void table_seats(struct facts *f)
{
    static const char *const columns[] = {"position", "person", "from", "to", "entry", NULL};
    struct table *t = NULL;

    for (const struct thing *h = f->holdings.first; h; h = h->next) {
        if (!t)
            t = table_add(f, "seats", "Who sat in these positions",
                          "These entries are in the log; that there are no others is not shown.",
                          columns);
        table_row(f, t, label(f, thing_text(f, h, "position")),
                  label(f, thing_text(f, h, "person")), moment(f->mem, h->from),
                  moment(f->mem, h->to),
                  arena_printf(f->mem, "%llu", (unsigned long long)h->index));
    }
}

static void table_of(struct facts *f, const struct things *all, const char *slug, const char *title,
                     const char *const *columns, const char *first, const char *second)
{
    struct table *t = NULL;

    for (const struct thing *i = all->first; i; i = i->next) {
        const char *a = thing_text(f, i, first), *b = second ? thing_text(f, i, second) : "";
        if (!t)
            t = table_add(f, slug, title, NULL, columns);
        if (!second)
            table_row(f, t, label(f, a), moment(f->mem, i->from), moment(f->mem, i->to));
        else
            table_row(f, t, a, label(f, b), moment(f->mem, i->from), moment(f->mem, i->to));
    }
}

static const struct thing *sits_in(struct facts *f, const char *position)
{
    for (const struct thing *h = f->holdings.first; h; h = h->next)
        if (!is_over(f, h) && strcmp(thing_text(f, h, "position"), position) == 0 &&
            strcmp(h->from, f->now) <= 0 && !is_gone(f, thing_text(f, h, "person")))
            return h;
    return NULL;
}

static void find_gaps(struct facts *f)
{
    const struct thing *owner = last_open(&f->owners);

    if (!owner) {
        gap_add(f, "no position answers for the account");
        return;
    }
    const struct thing *seat = sits_in(f, owner->id);
    if (!seat)
        gap_add(f,
                "nobody who is still here is on record in the position %s, which answers for the "
                "account",
                label(f, owner->id));
    else if (!text_same(owner->extra_who, thing_text(f, seat, "person")))
        gap_add(f, "%s has not accepted to answer for the account",
                label(f, thing_text(f, seat, "person")));
}

void tables_people(struct facts *f)
{
    static const char *const custodians[] = {"person", "from", "to", NULL};
    static const char *const heirs[] = {"rank", "position", "from", "to", NULL};
    static const char *const duties[] = {"duty", "person", "from", "to", NULL};

    table_owners(f);
    table_seats(f);
    table_of(f, &f->custodians, "custodians", "Who held the master role from day to day",
             custodians, "person", NULL);
    table_of(f, &f->heirs, "heirs", "Next in line", heirs, "rank", "position");
    table_of(f, &f->duties, "duties", "Who does what", duties, "duty", "person");
    if (!account_over(f))
        find_gaps(f);
}
