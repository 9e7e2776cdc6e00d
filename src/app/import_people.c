/* import_people.c - people: one row for a person and an interval in a position. Several rows with
 * one id are one person. What a file does not know is not made up: a position held from an unknown
 * day to an unknown day is said, not recorded.
 *
 * Of several rows, the newest (one that has not ended before one that has, then the later start)
 * says what the person is called and where they belong. What has ended on record is never begun
 * again by a file: the file may be older than the record. */
#include "import_people.h"

#include "base/zone.h"

static const char *const statuses[] = {"current", "ended", NULL};

#define P import_person_row
static const struct field row_fields[] = {{.name = "id",
                                           .kind = KIND_NAME,
                                           .of = "person",
                                           .help = "the person's key, a personnel number say",
                                           AT(struct P, id)},
                                          CELL(name, 200, "full name"),
                                          CELL(given_name, 100, "first name"),
                                          CELL(family_name, 100, "last name"),
                                          {.name = "email",
                                           .kind = KIND_TEXT,
                                           .optional = true,
                                           .mail = true,
                                           .max = 200,
                                           .help = "mail address",
                                           AT(struct P, email)},
                                          CELL(phone, 200, "telephone number"),
                                          CELL(zone, 100, "time zone"),
                                          WORD(role, "position", "key of the position"),
                                          CELL(title, 200, "what the position is"),
                                          {.name = "start",
                                           .kind = KIND_DATE,
                                           .optional = true,
                                           .plan = true,
                                           .help = "first day in the position",
                                           AT(struct P, start)},
                                          MAYBE_DATE(end, "last day in it"),
                                          WORD(org_unit, "unit", "key or name of the unit"),
                                          CELL(end_basis, 100, "how the end is known"),
                                          MAYBE_CHOICE(status, statuses, "whether it has ended"),
                                          WORD(manager, "person", "who leads them"),
                                          WORD(employer, "entity", "who employs them"),
                                          FLAG(external, "an agency's or a partner's person"),
                                          {0}};
#undef P

/* ---- Rows become spells ---------------------------------------------------------------------- */

static enum import_spell_state state_of(const struct import *im, const struct import_person_row *in)
{
    char today[DAY_TEXT];

    if (in->status)
        return strcmp(in->status, "ended") == 0 ? SPELL_ENDED : SPELL_CURRENT;
    if (!in->end)
        return SPELL_CURRENT;
    day_format(im->job->now / MS_PER_DAY, today);
    return strcmp(in->end, today) <= 0 ? SPELL_ENDED : SPELL_ENDING;
}

static void spell_take(struct import *im, struct import_row *row, struct import_spell *s)
{
    const struct import_person_row *in = row->in;
    const char *now = instant_text(im->mem, im->job->now);

    *s = (struct import_spell){.row = row, .in = in, .state = state_of(im, in)};
    s->since = import_instant(im->mem, in->start);
    s->until = import_instant(im->mem, in->end);
    if (s->since && s->until && strcmp(in->end, in->start) < 0)
        import_refuse(im, row, "end", "ends-before-start", "ends on %s, before it began on %s",
                      in->end, in->start);
    else if (s->since && s->until && strcmp(in->end, in->start) == 0)
        s->until = import_instant_after(im->mem, in->end); /* that one day */
    else if (s->state == SPELL_ENDED && !s->until && s->since && strcmp(s->since, now) > 0)
        import_refuse(im, row, "start", "ends-before-start", "has ended but begins on %s",
                      in->start);
    if (s->state != SPELL_CURRENT)
        return;
    if (s->until && in->role)
        import_note(
            im, row, "end", "end-scheduled",
            "is said to be current, so that its end on %s is not recorded: leave its status "
            "empty where it ends then",
            in->end);
    s->until = NULL; /* an end that is scheduled is no end */
}

/* Is a the newer of two spells? */
static bool newer(const struct import_spell *a, const struct import_spell *b)
{
    bool a_ended = a->state == SPELL_ENDED, b_ended = b->state == SPELL_ENDED;

    if (a_ended != b_ended)
        return b_ended;
    if (!a->since || !b->since)
        return a->since && !b->since;
    return strcmp(a->since, b->since) > 0;
}

static void member_take(struct import_members *all, struct import_spell *s)
{
    struct import *im = all->im;
    struct import_thing *t = import_find(im, "person", s->in->id);

    if (t && (t->twice || strcmp(t->ref, s->in->id) != 0))
        t = NULL; /* a word that means somebody else by mail address is no key */
    if (!t)
        t = import_make(im, "person", s->in->id, NULL, s->row->line);
    struct import_member *m = t->now;
    if (!m) {
        m = arena_alloc(im->mem, sizeof(*m));
        m->who = t;
        m->place = all->n;
        m->last = &m->spells;
        t->now = m;
        all->at[all->n++] = m;
    }
    if (++m->rows > IMPORT_ROWS_OF_ONE)
        import_refuse(im, s->row, "id", "too-many", "more than %d rows of one person",
                      IMPORT_ROWS_OF_ONE);
    s->member = m;
    *m->last = s;
    m->last = &s->next;
    if (!m->main || newer(s, m->main))
        m->main = s;
    const struct import_thing *other =
        s->in->email ? import_find(im, "person", s->in->email) : NULL;
    if (s->in->email && !other)
        map_set(im->things, arena_printf(im->mem, "person %s", s->in->email), t);
    else if (other && other != t && !other->twice)
        import_note(im, s->row, "email", "same-mail",
                    "has the mail address of %s: are they one person?", other->ref);
}

static void members_take(struct import_members *all)
{
    struct import *im = all->im;

    for (size_t i = 0; i < im->n; i++) {
        struct import_row *row = &im->rows[i];
        struct import_spell *s = &all->spells[all->spells_n];
        if (import_open_row(row))
            spell_take(im, row, s);
        if (!import_open_row(row))
            continue;
        all->spells_n++;
        member_take(all, s);
    }
}

/* ---- What the rows of one person say together ------------------------------------------------ */

static const char *name_of(struct arena *mem, const struct import_person_row *in)
{
    if (in->name || (!in->given_name && !in->family_name))
        return in->name;
    if (!in->given_name || !in->family_name)
        return in->given_name ? in->given_name : in->family_name;
    return arena_printf(mem, "%s %s", in->given_name, in->family_name);
}

typedef const char *value_fn(struct import *im, const struct import_spell *s);

static const char *spell_name(struct import *im, const struct import_spell *s)
{
    return name_of(im->mem, s->in);
}
static const char *spell_email(struct import *im, const struct import_spell *s)
{
    (void)im;
    return s->in->email;
}
static const char *spell_phone(struct import *im, const struct import_spell *s)
{
    (void)im;
    return s->in->phone;
}
static const char *spell_zone(struct import *im, const struct import_spell *s)
{
    (void)im;
    return s->in->zone;
}
static const char *spell_employer(struct import *im, const struct import_spell *s)
{
    struct import_thing *t = import_the(im, s->row, "employer", "entity", s->in->employer);

    return t ? t->id : NULL;
}
static const char *spell_manager(struct import *im, const struct import_spell *s)
{
    struct import_thing *t = import_the(im, s->row, "manager", "person", s->in->manager);

    return t ? t->id : NULL;
}
static const char *spell_unit(struct import *im, const struct import_spell *s)
{
    (void)im;
    return s->unit ? s->unit->id : NULL;
}

/* What another row says otherwise is old, or contradicts it: nobody could tell which is right. */
static void differ(struct import *im, const struct import_spell *s, const struct import_spell *best,
                   const char *field)
{
    if (newer(best, s))
        import_note(im, s->row, field, "older-value", "line %zu says otherwise and is newer",
                    best->row->line);
    else
        import_refuse(
            im, s->row, field, "contradiction",
            "line %zu says otherwise of the same person, and neither is newer: correct one",
            best->row->line);
}

/* The value of the newest row that has one. */
static const char *newest(struct import *im, const struct import_member *m, value_fn *value,
                          const char *said_field)
{
    const struct import_spell *best = NULL;
    const char *is = NULL;

    for (const struct import_spell *s = m->spells; s; s = s->next) {
        const char *v = value(im, s);
        if (!v || (best && !newer(s, best)))
            continue;
        best = s;
        is = v;
    }
    for (const struct import_spell *s = m->spells; s && said_field; s = s->next) {
        const char *v = import_open_row(s->row) ? value(im, s) : NULL;
        if (v && !text_same(v, is))
            differ(im, s, best, said_field);
    }
    return is;
}

static void member_settle(struct import *im, struct import_member *m)
{
    m->is = (struct import_person){.name = newest(im, m, spell_name, "name"),
                                   .email = newest(im, m, spell_email, "email"),
                                   .phone = newest(im, m, spell_phone, "phone"),
                                   .zone = newest(im, m, spell_zone, "zone"),
                                   .employer = newest(im, m, spell_employer, "employer"),
                                   .manager = newest(im, m, spell_manager, NULL),
                                   .unit = newest(im, m, spell_unit, NULL)};
    m->first = NULL;
    m->ended = true;
    for (const struct import_spell *s = m->spells; s; s = s->next) {
        if (s->since && (!m->first || strcmp(s->since, m->first) < 0))
            m->first = s->since;
        m->ended = m->ended && s->state == SPELL_ENDED;
        m->is.external = m->is.external || s->in->external;
    }
}

/* ---- What is on record ----------------------------------------------------------------------- */

static struct err *look_at_people(struct import *im)
{
    const struct list ids = import_ids(im, "person");
    struct rows *rows;

    TRY(import_ask(im, "import_persons", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct import_member *m = import_by_id(im, rows_text(rows, i, "id"))->now;
        if (!m)
            continue; /* somebody's manager, no row of the file */
        m->was = (struct import_person){.name = rows_text(rows, i, "name"),
                                        .email = rows_text(rows, i, "email"),
                                        .phone = rows_text(rows, i, "phone"),
                                        .zone = rows_text(rows, i, "zone"),
                                        .employer = rows_text(rows, i, "employer"),
                                        .manager = rows_text(rows, i, "manager"),
                                        .unit = rows_text(rows, i, "unit"),
                                        .external = rows_bool(rows, i, "external")};
        const char *status = rows_text(rows, i, "status");
        m->since = rows_text(rows, i, "since");
        m->last_day = rows_text(rows, i, "last_day");
        m->erased = rows_bool(rows, i, "erased");
        m->service = rows_bool(rows, i, "service");
        m->gone = text_same(status, "left") || text_same(status, "deceased");
    }
    return NULL;
}

/* ---- Who leads whom ---------------------------------------------------------------------------
 */

/* Somebody's manager, by this file or on record. */
struct boss {
    const char *up;          /* id; NULL: nobody leads them */
    struct import_member *m; /* NULL: no row of the file */
    size_t round;            /* of the walk upwards that came by here first; 0: none yet */
};

static struct boss *boss_of(struct import *im, struct map *all, const char *id)
{
    struct boss *b = map_get(all, id);

    if (!b) {
        b = arena_alloc(im->mem, sizeof(*b));
        *b = (struct boss){0};
        map_set(all, id, b);
    }
    return b;
}

static struct err *look_at_bosses(struct import_members *members, struct map *all)
{
    struct import *im = members->im;
    const struct list ids = import_ids(im, "person");
    struct rows *rows;

    TRY(import_ask(im, "import_bosses", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        boss_of(im, all, arena_copy(im->mem, rows_text(rows, i, "id")))->up =
            rows_text(rows, i, "manager");
    for (size_t i = 0; i < members->n; i++) {
        struct import_member *m = members->at[i];
        struct boss *b = boss_of(im, all, m->who->id);
        b->m = m;
        b->up = m->is.manager ? m->is.manager : b->up;
    }
    return NULL;
}

/* "e4, led by e5, led by e4" */
static const char *circle_said(struct import *im, const struct map *all, const char *id)
{
    enum { SAID = 10 };
    const char *at = id;
    struct buf out;
    size_t n = 0;

    buf_init(&out, im->mem, 4096);
    do {
        const struct import_thing *t = import_by_id(im, at);
        buf_printf(&out, "%s%s", n ? " > " : "", t ? t->ref : "…");
        at = ((struct boss *)map_get(all, at))->up;
    } while (strcmp(at, id) != 0 && ++n < SAID);
    buf_printf(&out, " > %s", strcmp(at, id) == 0 ? import_by_id(im, id)->ref : "…");
    return out.at;
}

static void refuse_boss(struct import *im, const struct map *all, const struct import_member *m)
{
    const struct import_spell *s = m->spells;

    while (s->next && !s->in->manager)
        s = s->next;
    if (text_same(m->is.manager, m->who->id))
        import_refuse(im, s->row, "manager", "own-manager",
                      "%s cannot lead themselves: leave it empty where nobody does", m->who->ref);
    else
        import_refuse(im, s->row, "manager", "circle", "would lead each other in a circle: %s",
                      circle_said(im, all, m->who->id));
}

/* Nobody leads those who lead them. A circle that is on record already is no news. */
static struct err *refuse_boss_circles(struct import_members *members)
{
    struct import *im = members->im;
    struct map *all = map_new(im->mem);

    TRY(look_at_bosses(members, all));
    for (size_t i = 0; i < members->n; i++) {
        const char *at = members->at[i]->who->id;
        struct boss *b = map_get(all, at);
        while (b && !b->round) {
            b->round = i + 1;
            at = b->up;
            b = at ? map_get(all, at) : NULL;
        }
        if (!b || b->round != i + 1)
            continue;
        const char *first = at;
        do { /* once around */
            b = map_get(all, at);
            if (b->m && b->m->is.manager && !text_same(b->m->is.manager, b->m->was.manager))
                refuse_boss(im, all, b->m);
            at = b->up;
        } while (strcmp(at, first) != 0);
    }
    return NULL;
}

/* ---- Joining and changing -------------------------------------------------------------------- */

static void set_person(struct event *e, const struct import_person *is)
{
    event_set(e, "name", is->name);
    event_set(e, "email", is->email);
    event_set(e, "phone", is->phone);
    event_set(e, "zone", is->zone);
    event_set(e, "employer", is->employer);
    event_set(e, "manager", is->manager);
    event_set(e, "unit", is->unit);
    if (is->external)
        event_set_json(e, "external", json_true());
}

static void join(struct import *im, const struct import_member *m)
{
    struct event *e = import_event(im, "person.joined", m->first);

    event_set(e, "person", m->who->id);
    event_set(e, "ref", m->who->ref);
    set_person(e, &m->is);
    if (m->first)
        import_mark(m->main->row, im->mem, IMPORT_NEW, "new person %s, on record from %.10s",
                    m->who->ref, m->first);
    else
        import_mark(m->main->row, im->mem, IMPORT_NEW, "new person %s", m->who->ref);
}

/* A manager joins before those whom they lead; circles are refused by now. */
static void join_all(struct import_members *all)
{
    struct import *im = all->im;
    size_t *above = arena_array(im->mem, all->n + 1, sizeof(*above)), circle;

    for (size_t i = 0; i < all->n; i++) {
        const struct import_thing *boss = import_by_id(im, all->at[i]->is.manager);
        const struct import_member *m = boss && boss->fresh ? boss->now : NULL;
        above[i] = m && all->at[i]->who->fresh ? m->place : all->n;
    }
    const size_t *order = import_order(im->mem, above, all->n, &circle);
    for (size_t i = 0; i < all->n; i++)
        if (all->at[order[i]]->who->fresh)
            join(im, all->at[order[i]]);
}

static void change(struct import *im, struct import_member *m)
{
    struct import_change c = {im, "person.changed", "person", m->who->id, NULL};
    const struct import_person *was = &m->was, *is = &m->is;

    if (!m->erased) { /* a file does not bring it back */
        import_differ(&c, "name", was->name, is->name);
        import_differ(&c, "email", was->email, is->email);
        import_differ(&c, "phone", was->phone, is->phone);
    }
    import_differ(&c, "zone", was->zone, is->zone);
    import_differ(&c, "employer", was->employer, is->employer);
    import_differ(&c, "manager", was->manager, is->manager);
    import_differ(&c, "unit", was->unit, is->unit);
    if (is->external && !was->external)
        import_note(im, m->main->row, "external", "external-differs",
                    "is on record as one of your own");
    if (!c.event)
        return;
    import_mark(m->main->row, im->mem, IMPORT_CHANGED, "person %s is different", m->who->ref);
    import_touch(im, m->who);
}

/* ---- Days without a position ----------------------------------------------------------------- */

/* A first day is that of a position; where none is named, the earliest is the one from which
 * somebody new is on record. */
static void say_first_day(struct import *im, const struct import_spell *s)
{
    const struct import_member *m = s->member;
    const char *since = m->who->fresh ? m->first : m->since;

    if (s->since && since && strcmp(s->since, since) != 0)
        import_note(im, s->row, "start", "start-differs",
                    "%s is not taken: on record since %.10s, and that stays", s->in->start, since);
}

/* A last day that is still to come is the end of a position; a leaving takes a case, which a file
 * of people does not open: its end may be that of a contract. */
static void say_last_day(struct import *im, const struct import_spell *s)
{
    const struct import_member *m = s->member;

    if (!s->in->end || s->state == SPELL_ENDED || m->gone || text_same(s->in->end, m->last_day))
        return;
    import_note(im, s->row, "end", "no-leaving",
                "%s is not recorded, for no position is named that ends: if it is %s's last day of "
                "work, tenure handover create %s --last-day %s",
                s->in->end, m->who->ref, m->who->ref, s->in->end);
}

static void say_days(const struct import_members *all)
{
    for (size_t i = 0; i < all->spells_n; i++) {
        const struct import_spell *s = &all->spells[i];
        if (s->position || !import_open_row(s->row))
            continue;
        say_first_day(all->im, s);
        say_last_day(all->im, s);
    }
}

/* ---- The plan -------------------------------------------------------------------------------- */

/* Days end by it: a word that means no place would only be found out on somebody's last day. */
static struct err *check_zones(struct import_members *all)
{
    struct import *im = all->im;
    struct list zones = {arena_array(im->mem, all->n + 1, sizeof(char *)), 0};
    struct map *unknown = map_new(im->mem), *known = map_new(im->mem);
    struct rows *rows;
    struct binds b;

    for (size_t i = 0; i < all->n; i++)
        if (all->at[i]->is.zone)
            zones.at[zones.n++] = all->at[i]->is.zone;
    if (!zones.n)
        return NULL;
    binds_init(&b, im->mem);
    bind_list(&b, "zones", zones.at, zones.n);
    TRY(store_call(im->mem, im->job->store, "zones_unknown", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        map_set(unknown, rows_text(rows, i, "zone"), rows);
    for (size_t i = 0; i < zones.n; i++) {
        struct zone *loaded;
        if (!map_get(unknown, zones.at[i]) && !map_get(known, zones.at[i]))
            map_set(zone_load(im->mem, zones.at[i], &loaded) ? unknown : known, zones.at[i], rows);
    }
    for (size_t i = 0; i < all->spells_n; i++) {
        const struct import_spell *s = &all->spells[i];
        if (s->in->zone && map_get(unknown, s->in->zone))
            import_refuse(im, s->row, "zone", "zone-unknown",
                          "'%s' is no time zone: Europe/Berlin, say", s->in->zone);
    }
    return NULL;
}

static struct err *plan_people(struct import *im)
{
    struct import_members all = {
        .im = im,
        .at = arena_array(im->mem, im->n + 1, sizeof(struct import_member *)),
        .spells = arena_array(im->mem, im->n + 1, sizeof(struct import_spell))};

    members_take(&all);
    TRY(import_seats_plan(&all));
    for (size_t i = 0; i < all.n; i++)
        member_settle(im, all.at[i]);
    TRY(check_zones(&all));
    TRY(look_at_people(im));
    TRY(refuse_boss_circles(&all));
    join_all(&all);
    for (size_t i = 0; i < all.n; i++)
        if (!all.at[i]->who->fresh)
            change(im, all.at[i]);
    say_days(&all);
    TRY(import_seats_fill(&all));
    return import_leavers(&all);
}

const struct import_kind import_people = {
    .name = "people",
    .row = RECORD(struct import_person_row, row_fields),
    .existing = "import_persons_here",
    .plan = plan_people,
    .makes = {"person", "unit", "position"},
};
