/* import_reassign.c - a mapping of accounts to other positions, units and companies, as when a
 * company is reorganised, bought or sold. Everybody who gives accounts up gets one case, in which
 * both sides sign; what the file says of a case is known again by its account, so that the same
 * file changes nothing. */
#include "handover_case.h"
#include "import.h"

#include "app/leave.h"

#define P import_mapping_row
struct import_mapping_row {
    const char *account, *position, *unit, *holder, *last_day;
};
static const struct field row_fields[] = {
    NEEDED_WORD(account, "account", "the account"),
    NEEDED_WORD(position, "position", "the position that answers for it then"),
    WORD(unit, "unit", "the unit it belongs to then; the same if empty"),
    WORD(holder, "entity", "the company that owns it then; the same if empty"),
    MAYBE_DATE(last_day, "the last day on which it is as before; today if empty"),
    {0}};
#undef P

/* What is on record of an account: the statement import_mapped. */
struct mapped {
    const char *status, *unit, *position, *giver, *giver_ref, *holder, *title;
    const char *open_case, *open_kind, *open_position, *open_unit, *open_holder;
};
static const struct field mapped_fields[] = {S_TEXT(mapped, status),
                                             S_TEXT(mapped, unit),
                                             S_TEXT(mapped, position),
                                             S_TEXT(mapped, giver),
                                             S_TEXT(mapped, giver_ref),
                                             S_TEXT(mapped, holder),
                                             S_TEXT(mapped, title),
                                             S_TEXT(mapped, open_case),
                                             S_TEXT(mapped, open_kind),
                                             S_TEXT(mapped, open_unit),
                                             S_TEXT(mapped, open_position),
                                             S_TEXT(mapped, open_holder),
                                             {0}};
static const struct record mapped_record = RECORD(struct mapped, mapped_fields);

/* The statement import_takers. */
struct taker {
    const char *status, *person, *person_ref;
    bool stays;
};
static const struct field taker_fields[] = {S_TEXT(taker, status),
                                            S_TEXT(taker, person),
                                            S_TEXT(taker, person_ref),
                                            S_BOOL(taker, stays),
                                            {0}};
static const struct record taker_record = RECORD(struct taker, taker_fields);

/* One row, with all that it speaks of. */
struct mapping {
    struct import_row *row;
    const struct import_thing *account, *position, *unit, *holder;
    const struct mapped *now;
    const struct taker *taker;
    const char *day;
    bool taken; /* into a case */
};

struct mappings {
    struct import *im;
    struct mapping *at;
    size_t n;
    struct map *accounts, *takers; /* by id */
};

/* ---- Looking --------------------------------------------------------------------------------- */

static struct err *look(struct mappings *all, const char *noun, const char *statement,
                        const struct record *record, struct map *ret)
{
    const struct list ids = import_ids(all->im, noun);
    struct rows *rows;

    TRY(import_ask(all->im, statement, &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        void *one = arena_alloc(all->im->mem, record->size);
        rows_get(all->im->mem, rows, i, record, one);
        map_set(ret, rows_text(rows, i, "id"), one);
    }
    return NULL;
}

static void read_row(struct mappings *all, struct import_row *row)
{
    struct import *im = all->im;
    const struct import_mapping_row *in = row->in;
    struct mapping m = {.row = row,
                        .account = import_the(im, row, "account", "account", in->account),
                        .position = import_the(im, row, "position", "position", in->position),
                        .unit = import_the(im, row, "unit", "unit", in->unit),
                        .holder = import_the(im, row, "holder", "entity", in->holder),
                        .day = in->last_day};

    if (!m.day)
        m.day = arena_printf(im->mem, "%.10s", instant_text(im->mem, im->job->now));
    if (!import_open_row(row))
        return;
    m.now = map_get(all->accounts, m.account->id);
    m.taker = map_get(all->takers, m.position->id);
    all->at[all->n++] = m;
}

/* ---- Checks ---------------------------------------------------------------------------------- */

static bool same_or_unsaid(const struct import_thing *said, const char *now)
{
    return !said || text_same(said->id, now);
}

/* It is so already, or the case for it is open already. */
static bool is_so(struct import *im, const struct mapping *m)
{
    const struct mapped *now = m->now;

    if (text_same(now->position, m->position->id) && same_or_unsaid(m->unit, now->unit) &&
        same_or_unsaid(m->holder, now->holder))
        return true;
    if (!now->open_case)
        return false;
    bool same = text_same(now->open_kind, "reorganisation") &&
                text_same(now->open_position, m->position->id) &&
                same_or_unsaid(m->unit, now->open_unit) &&
                same_or_unsaid(m->holder, now->open_holder);
    if (!same)
        import_refuse(im, m->row, "account", "moves-already",
                      "the case %s moves '%s' already: tenure handover show %s", now->open_case,
                      m->account->ref, now->open_case);
    return true;
}

static void check_giver(struct import *im, const struct mapping *m)
{
    const struct mapped *now = m->now;

    if (text_same(now->status, "retired"))
        import_refuse(im, m->row, "account", "retired", "'%s' is retired", m->account->ref);
    else if (!now->giver)
        import_refuse(im, m->row, "account", "nobody-gives",
                      "nobody answers for '%s' who could give it up: tenure account assign",
                      m->account->ref);
    else if (text_same(now->giver, im->lead))
        import_refuse(im, m->row, "account", "own-case",
                      "%s gives '%s' up and cannot lead the case: name somebody with --lead",
                      now->giver_ref, m->account->ref);
    else if (m->holder && text_same(now->title, "disputed"))
        import_refuse(im, m->row, "holder", "disputed", "the title of '%s' is disputed: settle it",
                      m->account->ref);
}

static void check_taker(struct import *im, const struct mapping *m)
{
    const struct taker *t = m->taker;

    if (!t || text_same(t->status, "retired"))
        import_refuse(im, m->row, "position", "retired", "'%s' is retired", m->position->ref);
    else if (!t->person)
        import_refuse(im, m->row, "position", "vacant",
                      "nobody holds '%s': tenure position fill %s PERSON", m->position->ref,
                      m->position->ref);
    else if (!t->stays)
        import_refuse(im, m->row, "position", "leaves", "%s, in '%s', does not stay", t->person_ref,
                      m->position->ref);
    else if (text_same(t->person, m->now->giver))
        import_refuse(im, m->row, "position", "same-person",
                      "%s answers for '%s' now and would in '%s': both sides are one; tenure "
                      "account assign",
                      t->person_ref, m->account->ref, m->position->ref);
}

static void check(struct mappings *all, struct mapping *m)
{
    struct import *im = all->im;
    struct mapping *before = m->account->now;

    if (before) {
        import_refuse(im, m->row, "account", "twice", "line %zu maps '%s' already",
                      before->row->line, m->account->ref);
        return;
    }
    import_by_id(im, m->account->id)->now = m;
    m->taken = is_so(im, m);
    if (!m->taken)
        check_giver(im, m);
    if (!m->taken && import_open_row(m->row))
        check_taker(im, m);
}

/* ---- Cases ----------------------------------------------------------------------------------- */

/* All that one person gives up on a day, from the first row on. */
static struct err *open_case(struct mappings *all, size_t first)
{
    struct import *im = all->im;
    const struct mapping *of = &all->at[first];
    struct scoped *scoped = arena_array(im->mem, all->n, sizeof(*scoped));
    struct event **at = im->job->events.last;
    size_t n = 0;

    for (size_t i = first; i < all->n; i++) {
        struct mapping *m = &all->at[i];
        if (m->taken || !import_open_row(m->row) || !text_same(m->now->giver, of->now->giver) ||
            !text_same(m->day, of->day))
            continue;
        m->taken = true;
        scoped[n++] = (struct scoped){.account = m->account->id,
                                      .position = m->position->id,
                                      .person = m->taker->person,
                                      .unit = m->unit ? m->unit->id : NULL,
                                      .holder = m->holder ? m->holder->id : NULL};
        import_mark(m->row, im->mem, IMPORT_CHANGED, "%s passes from %s to %s%s%s%s%s",
                    m->account->ref, m->now->giver_ref, m->taker->person_ref,
                    m->unit ? ", into the unit " : "", m->unit ? m->unit->ref : "",
                    m->holder ? ", its title to " : "", m->holder ? m->holder->ref : "");
        import_touch(im, import_by_id(im, m->account->id));
    }
    TRY(handover_open(im->job, &(struct opening){.id = import_id(im),
                                                 .kind = "reorganisation",
                                                 .person = of->now->giver,
                                                 .last_day = of->day,
                                                 .zone = "UTC",
                                                 .lead = im->lead,
                                                 .scoped = scoped,
                                                 .scoped_n = n}));
    import_chance_case(im, *at);
    return NULL;
}

static struct err *plan_mappings(struct import *im)
{
    struct mappings all = {.im = im,
                           .at = arena_array(im->mem, im->n + 1, sizeof(*all.at)),
                           .accounts = map_new(im->mem),
                           .takers = map_new(im->mem)};

    if (!im->lead) /* from now on, for whoever lets the file through may be somebody else */
        im->lead = im->job->actor.id;
    TRY(import_check_lead(im));
    TRY(look(&all, "account", "import_mapped", &mapped_record, all.accounts));
    TRY(look(&all, "position", "import_takers", &taker_record, all.takers));
    for (size_t i = 0; i < im->n; i++)
        if (import_open_row(&im->rows[i]))
            read_row(&all, &im->rows[i]);
    for (size_t i = 0; i < all.n; i++)
        check(&all, &all.at[i]);
    for (size_t i = 0; i < all.n; i++)
        if (!all.at[i].taken && import_open_row(all.at[i].row))
            TRY(open_case(&all, i));
    return NULL;
}

const struct import_kind import_reassignments = {
    .name = "reassignments",
    .row = RECORD(struct import_mapping_row, row_fields),
    .existing = "import_accounts_here",
    .plan = plan_mappings,
};
