/* import_grants.c - access: who has which role on what, from when to when. A row is known again by
 * its key, or by what it is about: the account or store, the person or company, the role and
 * through what. Access that has ended is recorded with its end, so that who could have known what
 * is known. */
#include "import.h"

#include "domain/account.h"

static const char *const ways[] = {"direct", "portfolio",         "partner",
                                   "tool",   "shared_credential", NULL};
static const char *const levels[] = {"owner", "admin", "other", NULL};
static const char *const statuses[] = {"active", "invited", "revoked_unconfirmed", "revoked", NULL};

#define P import_grant_row
struct import_grant_row {
    const char *grant, *account, *store, *person, *entity, *role, *level, *through, *via, *since,
        *until, *status, *note;
};
static const struct field row_fields[] = {KEY(grant, "grant", 120, "the key of the access"),
                                          WORD(account, "account", "to which account"),
                                          WORD(store, "store", "or to which store"),
                                          WORD(person, "person", "who has it"),
                                          WORD(entity, "entity", "or which company"),
                                          {.name = "role",
                                           .kind = KIND_TEXT,
                                           .max = 60,
                                           .help = "the role, in the platform's own words",
                                           AT(struct P, role)},
                                          MAYBE_CHOICE(level, levels, "what the role amounts to"),
                                          MAYBE_CHOICE(through, ways, "through what"),
                                          CELL(via, 200, "which portfolio, partner or tool"),
                                          MAYBE_PAST_TIME(since, "from when on"),
                                          MAYBE_TIME(until, "to when"),
                                          MAYBE_CHOICE(status, statuses, "whether it has ended"),
                                          NOTE_CELL(note, "a note"),
                                          {0}};
#undef P

/* Access on record, in its last version. */
struct access {
    const char *id, *ref, *on, *holder, *role, *level, *through, *via, *note, *status, *ends_at,
        *since, *until;
    const char *account, *store, *person, *entity;
    size_t line; /* of the row that is about it */
    struct access *next;
};

/* What a row means. */
struct grant {
    struct import_row *row;
    const struct import_grant_row *in;
    struct import_thing *on, *holder;
    bool store, entity, ended, confirmed;
    const char *through, *until; /* when it ended */
    const char *platform, *kind;
};

struct grants {
    struct import *im;
    struct map *targets; /* id → struct target */
    struct map *about;   /* what it is about → struct access, newest first */
    struct map *by_key;
    struct map *gone;   /* ids of people who have left */
    struct map *leaves; /* ids of people who will: their last day */
};
struct target {
    const char *platform, *kind, *status;
};

/* ---- On record ------------------------------------------------------------------------------- */

static const char *about_key(struct arena *mem, const char *on, const char *holder,
                             const char *role, const char *through)
{
    return arena_printf(mem, "%s %s %s %s", on, holder, through, import_fold(mem, role));
}

static struct list target_ids(const struct import *im)
{
    const struct list accounts = import_ids(im, "account"), stores = import_ids(im, "store"),
                      grants = import_ids(im, "grant");
    struct list all = {arena_array(im->mem, accounts.n + stores.n + grants.n + 1, sizeof(char *)),
                       0};

    for (size_t i = 0; i < accounts.n; i++)
        all.at[all.n++] = accounts.at[i];
    for (size_t i = 0; i < stores.n; i++)
        all.at[all.n++] = stores.at[i];
    for (size_t i = 0; i < grants.n; i++)
        all.at[all.n++] = grants.at[i];
    return all;
}

static struct access *access_of(struct arena *mem, const struct rows *rows, size_t i)
{
    struct access *a = arena_alloc(mem, sizeof(*a));

    *a = (struct access){.id = rows_text(rows, i, "id"),
                         .ref = rows_text(rows, i, "ref"),
                         .account = rows_text(rows, i, "account"),
                         .store = rows_text(rows, i, "store"),
                         .person = rows_text(rows, i, "person"),
                         .entity = rows_text(rows, i, "entity"),
                         .role = rows_text(rows, i, "role"),
                         .level = rows_text(rows, i, "level"),
                         .through = rows_text(rows, i, "through"),
                         .via = rows_text(rows, i, "via"),
                         .note = rows_text(rows, i, "note"),
                         .status = rows_text(rows, i, "status"),
                         .ends_at = rows_text(rows, i, "ends_at"),
                         .since = rows_text(rows, i, "since"),
                         .until = rows_text(rows, i, "until")};
    a->on = a->account ? a->account : a->store;
    a->holder = a->person ? a->person : a->entity;
    return a;
}

static struct err *look(struct grants *g)
{
    struct import *im = g->im;
    const struct list ids = target_ids(im), people = import_ids(im, "person");
    struct rows *rows;

    TRY(import_ask(im, "import_grants", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct access *a = access_of(im->mem, rows, i);
        const char *key = about_key(im->mem, a->on, a->holder, a->role, a->through);
        a->next = map_get(g->about, key);
        map_set(g->about, key, a);
        map_set(g->by_key, a->ref, a);
    }
    TRY(import_ask(im, "import_targets", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct target *t = arena_alloc(im->mem, sizeof(*t));
        *t = (struct target){rows_text(rows, i, "platform"), rows_text(rows, i, "kind"),
                             rows_text(rows, i, "status")};
        map_set(g->targets, rows_text(rows, i, "id"), t);
    }
    TRY(import_ask(im, "import_persons", &people, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        if (text_same(rows_text(rows, i, "status"), "left") ||
            text_same(rows_text(rows, i, "status"), "deceased"))
            map_set(g->gone, rows_text(rows, i, "id"), g);
        else if (rows_text(rows, i, "last_day"))
            map_set(g->leaves, rows_text(rows, i, "id"),
                    arena_copy(im->mem, rows_text(rows, i, "last_day")));
    return NULL;
}

/* ---- What a row means ------------------------------------------------------------------------ */

/* Access that ended on the day it began was there for that day. */
static void take_times(struct import *im, struct grant *g)
{
    const char *now = instant_text(im->mem, im->job->now), *status = g->in->status,
               *until = g->in->until;
    int64_t at;

    g->ended = status ? text_starts(status, "revoked") : until && strcmp(until, now) <= 0;
    g->confirmed = !text_same(status, "revoked_unconfirmed");
    g->until = g->ended ? until : NULL;
    if (g->until && g->in->since && strcmp(g->until, g->in->since) < 0)
        import_refuse(im, g->row, "until", "ends-before-start", "ends before it began");
    else if (g->until && text_same(g->until, g->in->since) && instant_parse(g->until, &at))
        g->until = instant_text(im->mem, at + MS_PER_DAY);
}

static void take_row(struct grants *all, struct import_row *row, struct grant *g)
{
    struct import *im = all->im;
    const struct import_grant_row *in = row->in;

    *g = (struct grant){.row = row,
                        .in = in,
                        .store = in->store,
                        .entity = in->entity,
                        .through = in->through ? in->through : "direct"};
    if (!in->account == !in->store)
        import_refuse(im, row, "account", "missing", "say either an account or a store");
    if (!in->person == !in->entity)
        import_refuse(im, row, "person", "missing", "say either a person or a company");
    if (!import_open_row(row))
        return;
    g->on = in->store ? import_the(im, row, "store", "store", in->store)
                      : import_the(im, row, "account", "account", in->account);
    g->holder = in->entity ? import_the(im, row, "entity", "entity", in->entity)
                           : import_the(im, row, "person", "person", in->person);
    if (!import_open_row(row))
        return;
    take_times(im, g);
    const struct target *t = map_get(all->targets, g->on->id);
    if (!t)
        return;
    g->platform = t->platform;
    g->kind = t->kind;
    struct err *e = g->kind ? account_takes(im->mem, g->on->ref, g->kind, "access") : NULL;
    if (e)
        import_refuse(im, row, "account", "personal-profile", "%s", e->text);
    else if (text_same(t->status, "retired") && !g->ended)
        import_refuse(im, row, in->store ? "store" : "account", "retired", "'%s' is retired",
                      g->on->ref);
}

static bool live(const struct access *a)
{
    return !a->until && strcmp(a->status, "revoked") != 0;
}

/* The access on record that the row is about: by key, or of the same the one whose time it shares.
 */
static struct access *match(struct grants *all, const struct grant *g)
{
    struct access *a = g->in->grant ? map_get(all->by_key, g->in->grant) : NULL;

    if (g->in->grant)
        return a;
    a = map_get(all->about,
                about_key(all->im->mem, g->on->id, g->holder->id, g->in->role, g->through));
    for (struct access *x = a; x; x = x->next)
        if (!x->line && text_same(x->since, g->in->since))
            return x;
    for (struct access *x = a; x; x = x->next) {
        bool before = g->until && strcmp(g->until, x->since) <= 0;
        bool after = g->in->since && x->until && strcmp(g->in->since, x->until) >= 0;
        if (!x->line && !before && !after && (live(x) || g->in->since || g->ended))
            return x;
    }
    return NULL;
}

/* ---- Events ---------------------------------------------------------------------------------- */

static struct event *grant_event(struct import *im, const char *type, const char *id,
                                 const struct grant *g, const char *at)
{
    struct event *e = import_event(im, type, at);

    event_set(e, "grant", id);
    event_set(e, g->store ? "store" : "account", g->on->id);
    event_set(e, g->entity ? "entity" : "person", g->holder->id);
    return e;
}

static void end(struct import *im, const struct grant *g, const char *id)
{
    if (!g->until)
        import_note(im, g->row, "until", "no-end",
                    "has ended, nobody knows when: recorded as ended now");
    grant_event(im, "grant.revoked", id, g, g->until);
    if (g->confirmed)
        grant_event(im, "grant.revocation_confirmed", id, g, g->until);
}

/* "acme-x:e1007:admin": what access is called when nobody said. */
static const char *base_ref(struct arena *mem, const struct grant *g)
{
    return arena_printf(mem, "%.60s:%.30s:%.25s", g->on->ref, g->holder->ref,
                        import_key(mem, g->in->role));
}

/* With a number where there was such access before. */
static const char *ref_for(const struct grants *all, const struct grant *g)
{
    struct arena *mem = all->im->mem;
    const char *base = base_ref(mem, g), *ref = base;

    if (g->in->grant)
        return g->in->grant;
    for (unsigned n = 2; map_get(all->by_key, ref) || import_find(all->im, "grant", ref); n++)
        ref = arena_printf(mem, "%s:%u", base, n);
    return ref;
}

/* A file says what is so: access that outlasts its holder's time is recorded, and said. */
static void say_outlasting(struct grants *all, const struct grant *g)
{
    const char *last_day = map_get(all->leaves, g->holder->id);

    if (last_day && (!g->in->until || strncmp(g->in->until, last_day, DAY_TEXT - 1) > 0))
        import_note(all->im, g->row, "until", "holder-leaves",
                    "%s leaves, and the last day is %s: the access goes on after it",
                    g->holder->ref, last_day);
}

static void begin(struct grants *all, const struct grant *g)
{
    struct import *im = all->im;
    bool invited = text_same(g->in->status, "invited");

    if (g->ended && !g->in->since) {
        import_note(im, g->row, "since", "no-start",
                    "has ended, nobody knows when it began: it is not recorded");
        return;
    }
    struct import_thing *t = import_make(im, "grant", ref_for(all, g), NULL, g->row->line);
    struct event *e =
        grant_event(im, invited ? "grant.invited" : "grant.activated", t->id, g, g->in->since);
    event_set(e, "ref", t->ref);
    event_set(e, "role", g->in->role);
    event_set(e, "level",
              g->in->level ? g->in->level
              : g->kind    ? role_level(g->platform, g->kind, g->in->role)
                           : "other");
    event_set(e, "through", g->through);
    event_set(e, "via", g->in->via);
    event_set(e, "note", g->in->note);
    event_set(e, "ends_at", g->ended ? NULL : g->in->until);
    import_mark(g->row, im->mem, IMPORT_NEW, "%s has %s on %s", g->holder->ref, g->in->role,
                g->on->ref);
    if (g->ended)
        end(im, g, t->id);
    else if (map_get(all->gone, g->holder->id))
        import_note(im, g->row, "person", "holder-left",
                    "%s has left and has access still: tenure grant revoke %s", g->holder->ref,
                    t->ref);
    else
        say_outlasting(all, g);
}

static struct import_thing *thing_of(struct import *im, const struct access *a)
{
    return import_on_record(im, "grant", a->ref, a->id);
}

static void change(struct import *im, const struct grant *g, const struct access *a)
{
    struct import_change c = {im, "grant.changed", "grant", a->id, NULL};

    import_differ(&c, "role", a->role, g->in->role);
    import_differ(&c, "level", a->level, g->in->level);
    import_differ(&c, "through", a->through, g->in->through);
    import_differ(&c, "via", a->via, g->in->via);
    import_differ(&c, "note", a->note, g->in->note);
    import_differ(&c, "ends_at", a->ends_at, g->ended ? NULL : g->in->until);
    if (!c.event)
        return;
    event_set(c.event, g->store ? "store" : "account", g->on->id);
    event_set(c.event, g->entity ? "entity" : "person", g->holder->id);
    import_mark(g->row, im->mem, IMPORT_CHANGED, "%s is different", a->ref);
    import_touch(im, thing_of(im, a));
}

/* A row about access on record: what has ended stays ended. */
static void go_on(struct import *im, const struct grant *g, const struct access *a)
{
    bool revoked = text_same(a->status, "revoked_unconfirmed");

    if (!live(a)) {
        if (!g->ended)
            import_note(im, g->row, "status", "ended-here",
                        "'%s' has ended on %.10s on record: that stays", a->ref, a->until);
        return;
    }
    if (!text_same(g->on->id, a->on) || !text_same(g->holder->id, a->holder)) {
        import_refuse(im, g->row, "grant", "other-grant",
                      "'%s' is somebody else's access, or to something else", a->ref);
        return;
    }
    if (!g->ended) {
        if (revoked)
            import_note(im, g->row, "status", "ended-here", "'%s' is revoked on record: that stays",
                        a->ref);
        else
            change(im, g, a);
        if (text_same(a->status, "invited") && text_same(g->in->status, "active")) {
            grant_event(im, "grant.activated", a->id, g, NULL);
            import_mark(g->row, im->mem, IMPORT_CHANGED, "%s is taken up", a->ref);
            import_touch(im, thing_of(im, a));
        }
        return;
    }
    if (revoked && !g->confirmed)
        return;
    if (revoked)
        grant_event(im, "grant.revocation_confirmed", a->id, g, NULL);
    else
        end(im, g, a->id);
    import_mark(g->row, im->mem, IMPORT_ENDED, "%s has ended", a->ref);
    import_touch(im, thing_of(im, a));
}

/* The same access twice in one file: by key, or for a time that two rows share. */
static bool twice(struct grants *all, const struct grant *g, struct map *seen)
{
    const char *key = about_key(all->im->mem, g->on->id, g->holder->id, g->in->role, g->through);
    const struct import_row *other;

    key = g->in->grant ? arena_printf(all->im->mem, "key %s", g->in->grant)
                       : arena_printf(all->im->mem, "%s %s", key, g->in->since ? g->in->since : "");
    other = map_get(seen, key);
    if (other)
        import_refuse(all->im, g->row, g->in->grant ? "grant" : "role", "twice",
                      "line %zu is about the same access", other->line);
    else
        map_set(seen, key, g->row);
    return other;
}

static struct err *plan_grants(struct import *im)
{
    struct grants all = {im,
                         map_new(im->mem),
                         map_new(im->mem),
                         map_new(im->mem),
                         map_new(im->mem),
                         map_new(im->mem)};
    struct grant *grants = arena_array(im->mem, im->n + 1, sizeof(*grants));
    const char **refs = arena_array(im->mem, im->n + 1, sizeof(*refs));
    struct map *seen = map_new(im->mem);
    size_t n = 0;

    TRY(look(&all));
    for (size_t i = 0; i < im->n; i++) {
        if (!import_open_row(&im->rows[i]))
            continue;
        take_row(&all, &im->rows[i], &grants[n]);
        if (!import_open_row(&im->rows[i]) || twice(&all, &grants[n], seen))
            continue;
        refs[n] = base_ref(im->mem, &grants[n]);
        n++;
    }
    TRY(import_look_up(im, "grant", refs, n));
    for (size_t i = 0; i < n; i++) {
        struct access *a = match(&all, &grants[i]);
        if (a)
            a->line = grants[i].row->line;
        if (a)
            go_on(im, &grants[i], a);
        else
            begin(&all, &grants[i]);
    }
    return NULL;
}

const struct import_kind import_grants = {
    .name = "grants",
    .row = RECORD(struct import_grant_row, row_fields),
    .existing = "import_grants_here",
    .plan = plan_grants,
};
