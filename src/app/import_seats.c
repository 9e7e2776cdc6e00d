/* import_seats.c - the positions in a file of people: registered where they are new, filled and
 * vacated as the rows say; see import_people.h. */
#include "import_people.h"

/* ---- Units ----------------------------------------------------------------------------------- */

struct unit {
    const char *name, *first; /* as the file calls it; the earliest day that is known */
};

static const char *earlier(const char *a, const char *b)
{
    if (!a || !b)
        return a ? a : b;
    return strcmp(a, b) < 0 ? a : b;
}

/* The unit of a row, made where nobody knows it. Two names that make one key are one unit. */
static void find_unit(struct import *im, struct import_spell *s)
{
    const char *name = s->in->org_unit, *key = name ? import_key(im->mem, name) : NULL;
    struct import_thing *t = name ? import_find(im, "unit", name) : NULL;

    if (!name)
        return;
    if (!t)
        t = import_make(im, "unit", key, name, s->row->line);
    struct unit *u = t->now;
    if (!u) {
        t->now = u = arena_alloc(im->mem, sizeof(*u));
        *u = (struct unit){name, s->since};
    }
    u->first = earlier(u->first, s->since);
    s->unit = t;
}

void import_units_register(struct import *im)
{
    for (size_t i = 0; i < im->all_n; i++) {
        const struct import_thing *t = im->all[i];
        const struct unit *u = t->now;
        if (!t->fresh || strcmp(t->noun, "unit") != 0)
            continue;
        struct event *e = import_event(im, "unit.registered", u->first);
        event_set(e, "unit", t->id);
        event_set(e, "ref", t->ref);
        event_set(e, "name", u->name);
    }
}

struct import_thing *import_unit(struct import *im, struct import_row *row, const char *name,
                                 const char *since)
{
    const struct import_person_row in = {.org_unit = name};
    struct import_spell s = {.row = row, .in = &in, .since = since};

    find_unit(im, &s);
    return s.unit;
}

/* ---- Positions ------------------------------------------------------------------------------- */

struct seat {
    const char *first;
    const struct import_spell *main; /* the row that says what the position is today */
    const char *title, *unit;        /* on record */
    size_t filled;                   /* by this file, and goes on */
};

static bool rather(const struct import_spell *a, const struct import_spell *b)
{
    bool a_ended = a->state == SPELL_ENDED, b_ended = b->state == SPELL_ENDED;

    if (a_ended != b_ended)
        return b_ended;
    return a->since && (!b->since || strcmp(a->since, b->since) > 0);
}

static void find_position(struct import *im, struct import_spell *s)
{
    const char *role = s->in->role;
    struct import_thing *t = role ? import_find(im, "position", role) : NULL;

    if (!role) {
        if (s->in->title)
            import_note(im, s->row, "title", "no-position",
                        "a title without the key of a position is not recorded");
        return;
    }
    if (!t)
        t = import_make(im, "position", import_key(im->mem, role), role, s->row->line);
    struct seat *seat = t->now;
    if (!seat) {
        t->now = seat = arena_alloc(im->mem, sizeof(*seat));
        *seat = (struct seat){.first = s->since, .main = s};
    }
    seat->first = earlier(seat->first, s->since);
    if (rather(s, seat->main))
        seat->main = s;
    s->position = t;
}

static void register_position(struct import *im, const struct import_thing *t,
                              const struct seat *seat)
{
    const struct import_spell *s = seat->main;
    struct event *e = import_event(im, "position.registered", seat->first);

    event_set(e, "position", t->id);
    event_set(e, "ref", t->ref);
    event_set(e, "title", s->in->title ? s->in->title : s->in->role);
    event_set(e, "unit", s->unit ? s->unit->id : NULL);
    import_mark(s->row, im->mem, IMPORT_NEW, "new position %s", t->ref);
}

static void change_position(struct import *im, struct import_thing *t, const struct seat *seat)
{
    struct import_change c = {im, "position.changed", "position", t->id, NULL};
    const struct import_spell *s = seat->main;

    import_differ(&c, "title", seat->title, s->in->title);
    import_differ(&c, "unit", seat->unit, s->unit ? s->unit->id : NULL);
    if (!c.event)
        return;
    import_mark(s->row, im->mem, IMPORT_CHANGED, "position %s is different", t->ref);
    import_touch(im, t);
}

static void say_other_units(struct import_members *all)
{
    for (size_t i = 0; i < all->spells_n; i++) {
        const struct import_spell *s = &all->spells[i];
        const struct seat *seat = s->position ? s->position->now : NULL;
        if (seat && s->unit && seat->main->unit && s->unit != seat->main->unit)
            import_note(all->im, s->row, "org_unit", "older-value",
                        "line %zu has the position %s in another unit and is newer",
                        seat->main->row->line, s->position->ref);
    }
}

static struct err *look_at_positions(struct import *im)
{
    const struct list ids = import_ids(im, "position");
    struct rows *rows;

    TRY(import_ask(im, "import_positions", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct import_thing *t = import_by_id(im, rows_text(rows, i, "id"));
        struct seat *seat = t->now;
        if (!seat)
            continue;
        seat->title = rows_text(rows, i, "title");
        seat->unit = rows_text(rows, i, "unit");
        if (text_same(rows_text(rows, i, "status"), "retired") && seat->main->state != SPELL_ENDED)
            import_refuse(im, seat->main->row, "role", "retired", "the position '%s' is retired",
                          t->ref);
    }
    return NULL;
}

struct err *import_seats_plan(struct import_members *all)
{
    struct import *im = all->im;

    for (size_t i = 0; i < all->spells_n; i++) {
        find_unit(im, &all->spells[i]);
        find_position(im, &all->spells[i]);
    }
    import_units_register(im);
    TRY(look_at_positions(im));
    for (size_t i = 0; i < im->all_n; i++) {
        struct import_thing *t = im->all[i];
        if (strcmp(t->noun, "position") != 0 || !t->now)
            continue;
        if (t->fresh)
            register_position(im, t, t->now);
        else
            change_position(im, t, t->now);
    }
    say_other_units(all);
    return NULL;
}

/* ---- Which holding on record a row is about -------------------------------------------------- */

static struct err *look_at_holdings(struct import *im)
{
    const struct list ids = import_ids(im, "person");
    struct rows *rows;

    TRY(import_ask(im, "import_holdings", &ids, &rows));
    for (size_t i = rows_count(rows); i-- > 0;) {
        const struct import_thing *t = import_by_id(im, rows_text(rows, i, "person"));
        struct import_member *m = t->now;
        if (!m)
            continue;
        struct import_holding *h = arena_alloc(im->mem, sizeof(*h));
        *h = (struct import_holding){rows_text(rows, i, "id"),
                                     rows_text(rows, i, "position"),
                                     rows_text(rows, i, "since"),
                                     rows_text(rows, i, "until"),
                                     false,
                                     m->holdings};
        m->holdings = h;
    }
    return NULL;
}

enum match { MATCH_START, MATCH_OVERLAP, MATCH_NO_START };

static bool matches(const struct import_spell *s, const struct import_holding *h, enum match how)
{
    bool open = !h->until;

    if (h->taken || !s->position || strcmp(h->position, s->position->id) != 0)
        return false;
    if (how == MATCH_START)
        return s->since && strcmp(s->since, h->since) == 0;
    if (how == MATCH_OVERLAP)
        return s->since && (open || strcmp(s->since, h->until) < 0) &&
               (!s->until || strcmp(h->since, s->until) < 0);
    return !s->since && (open || text_same(s->until, h->until));
}

/* The row before that says the same: a file that has a row twice means it once. */
static const struct import_spell *said_before(const struct import_spell *s)
{
    for (const struct import_spell *b = s->member->spells; b != s; b = b->next)
        if (b->position == s->position && b->state == s->state && text_same(b->since, s->since) &&
            text_same(b->until, s->until))
            return b;
    return NULL;
}

/* The surest match first, so that a row which knows its days is never robbed by one that does not.
 */
static void match_all(struct import_member *m)
{
    for (int how = MATCH_START; how <= MATCH_NO_START; how++) {
        for (struct import_spell *s = m->spells; s; s = s->next) {
            struct import_holding *h = s->holding || said_before(s) ? NULL : m->holdings;
            while (h && !matches(s, h, (enum match)how))
                h = h->next;
            if (!h)
                continue;
            h->taken = true;
            s->holding = h;
        }
    }
}

/* ---- Filling and vacating -------------------------------------------------------------------- */

static struct event *seat_event(struct import *im, const char *type, const struct import_spell *s,
                                const char *holding, const char *at)
{
    struct event *e = import_event(im, type, at);

    event_set(e, "holding", holding);
    event_set(e, "position", s->position->id);
    event_set(e, "person", s->member->who->id);
    event_set(e, "basis", s->in->end_basis);
    return e;
}

/* One seat answers for an account through one person: a job title that many have is no seat. */
static void say_shared(struct import *im, const struct import_spell *s)
{
    struct seat *seat = s->position->now;

    if (++seat->filled == 2)
        import_note(im, s->row, "role", "shared-position",
                    "%s gets several holders: for an account of it the one who came last answers",
                    s->position->ref);
}

/* A row that nothing on record is about. */
static void fill_new(struct import *im, struct import_spell *s)
{
    if (!s->since && s->state == SPELL_ENDED) {
        import_note(im, s->row, "start", s->until ? "no-start" : "no-dates",
                    "nobody knows since when %s held %s: the holding is not recorded", s->in->id,
                    s->position->ref);
        return;
    }
    if (s->member->gone && s->state != SPELL_ENDED) {
        import_note(im, s->row, "status", "left-here",
                    "%s has left on record: the position is not filled", s->in->id);
        return;
    }
    if (s->member->service) {
        import_note(im, s->row, "role", "service",
                    "%s is a service, which can answer for nothing: the position is not filled",
                    s->in->id);
        return;
    }
    if (!s->since)
        import_note(im, s->row, "start", "no-start",
                    "nobody knows since when: recorded from now on");
    const char *holding = import_id(im);
    seat_event(im, "position.filled", s, holding, s->since);
    import_mark(s->row, im->mem, IMPORT_NEW, "%s holds %s%s%s", s->in->id, s->position->ref,
                s->in->start ? " from " : "", s->in->start ? s->in->start : "");
    if (s->state == SPELL_CURRENT) {
        s->member->seated = true;
        say_shared(im, s);
        return;
    }
    if (!s->until)
        import_note(im, s->row, "end", "no-end",
                    "has ended, nobody knows when: recorded as ended now");
    seat_event(im, "position.vacated", s, holding, s->until);
    s->member->seated = s->member->seated || s->state == SPELL_ENDING;
}

static void vacate(struct import *im, struct import_spell *s, enum import_outcome outcome)
{
    if (!s->until)
        import_note(im, s->row, "end", "no-end",
                    "has ended, nobody knows when: recorded as ended now");
    seat_event(im, "position.vacated", s, s->holding->id, s->until);
    import_mark(s->row, im->mem, outcome, "%s holds %s until %s", s->in->id, s->position->ref,
                s->in->end ? s->in->end : "now");
    import_touch(im, s->member->who);
}

/* A row about a holding on record: it may end it, or end it earlier; what has ended stays ended. */
static void fill_known(struct import *im, struct import_spell *s)
{
    const struct import_holding *h = s->holding;
    bool goes_on = s->state == SPELL_CURRENT;

    if (s->since && strcmp(s->since, h->since) != 0)
        import_note(im, s->row, "start", "start-differs",
                    "%s is not taken: on record since %.10s, and that stays", s->in->start,
                    h->since);
    if (!h->until && !goes_on && (s->until || s->state == SPELL_ENDED))
        vacate(im, s, IMPORT_ENDED);
    else if (h->until && s->until && strcmp(s->until, h->until) < 0)
        vacate(im, s, IMPORT_CHANGED);
    else if (h->until && s->until && strcmp(s->until, h->until) > 0)
        import_note(im, s->row, "end", "end-differs", "has ended on %.10s on record: that stays",
                    h->until);
    else if (h->until && goes_on)
        import_note(im, s->row, "status", "ended-here", "has ended on %.10s on record: that stays",
                    h->until);
    if (s->state == SPELL_ENDING || (goes_on && !h->until))
        s->member->seated = true;
}

/* Rows without a position are about the person as a whole. */
static bool speaks_of_positions(const struct import_member *m)
{
    for (const struct import_spell *s = m->spells; s; s = s->next)
        if (s->position)
            return true;
    return false;
}

/* A holding that the file does not speak of goes on. */
static void go_on_unsaid(struct import_member *m, const char *now)
{
    for (const struct import_holding *h = m->holdings; h; h = h->next)
        m->seated = m->seated || (!h->taken && (!h->until || strcmp(h->until, now) > 0));
}

struct err *import_seats_fill(struct import_members *all)
{
    const char *now = instant_text(all->im->mem, all->im->job->now);

    TRY(look_at_holdings(all->im));
    for (size_t i = 0; i < all->n; i++)
        match_all(all->at[i]);
    for (size_t i = 0; i < all->spells_n; i++) {
        struct import_spell *s = &all->spells[i];
        if (!s->position || !import_open_row(s->row))
            continue;
        const struct import_spell *before = said_before(s);
        if (before)
            import_note(all->im, s->row, NULL, "twice", "line %zu says the same of %s and %s",
                        before->row->line, s->in->id, s->position->ref);
        else if (s->holding)
            fill_known(all->im, s);
        else
            fill_new(all->im, s);
    }
    for (size_t i = 0; i < all->n; i++)
        if (speaks_of_positions(all->at[i]))
            go_on_unsaid(all->at[i], now);
    return NULL;
}
