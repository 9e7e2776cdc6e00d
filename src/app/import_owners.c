/* import_owners.c - who answers for the accounts of a file. A file names people; an account is
 * answered for by a position. Whoever holds exactly one position answers through that; whoever
 * holds none, or several, is recorded as custodian: which of several it would be is not guessed.
 * See import_accounts.h. */
#include "import_accounts.h"

#include "domain/account.h"

struct seat {
    const char *position, *since;
    struct seat *next;
};

/* Somebody whom the file names, as they are now. */
struct somebody {
    struct seat *seats;
    size_t n;
    bool gone;
};

struct owners {
    struct import *im;
    struct map *people; /* id → struct somebody */
};

static struct somebody *somebody(struct owners *o, const char *id)
{
    struct somebody *p = map_get(o->people, id);

    if (!p) {
        p = arena_alloc(o->im->mem, sizeof(*p));
        map_set(o->people, id, p);
    }
    return p;
}

static struct err *look_at_people(struct owners *o)
{
    const struct list ids = import_ids(o->im, "person");
    struct rows *rows;

    TRY(import_ask(o->im, "import_seats", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct somebody *p = somebody(o, rows_text(rows, i, "person"));
        struct seat *s = arena_alloc(o->im->mem, sizeof(*s));
        *s = (struct seat){rows_text(rows, i, "position"), rows_text(rows, i, "since"), p->seats};
        p->seats = s;
        p->n++;
    }
    TRY(import_ask(o->im, "import_persons", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *status = rows_text(rows, i, "status");
        somebody(o, rows_text(rows, i, "id"))->gone =
            text_same(status, "left") || text_same(status, "deceased");
    }
    return NULL;
}

static bool holds(const struct somebody *p, const char *position)
{
    for (const struct seat *s = position ? p->seats : NULL; s; s = s->next)
        if (strcmp(s->position, position) == 0)
            return true;
    return false;
}

static void mark(struct import *im, struct import_account *a, const char *what)
{
    if (a->now) {
        import_mark(a->row, im->mem, IMPORT_CHANGED, "%s has another %s", a->who->ref, what);
        import_touch(im, a->who);
    }
}

static void assign(struct import *im, struct import_account *a, const char *position,
                   const char *since)
{
    if (a->now && text_same(a->now->position, position))
        return;
    struct event *e = import_event(im, "owner.assigned", since);
    event_set(e, "account", a->who->id);
    event_set(e, "position", position);
    if (a->now && a->now->position)
        event_was(&im->job->events, e, json_pack("{s:s}", "position", a->now->position));
    mark(im, a, "owner");
}

static void give_custody(struct import *im, struct import_account *a, const char *person)
{
    if (a->now && text_same(a->now->custodian, person))
        return;
    struct event *e = import_event(im, "custodian.changed", a->now ? NULL : a->in->first_seen);
    event_set(e, "account", a->who->id);
    event_set(e, "person", person);
    mark(im, a, "custodian");
}

/* The one position that somebody holds, unless the account was retired before they held it. */
static const struct seat *only_seat(const struct somebody *p, const struct import_account *a)
{
    const struct seat *s = p->n == 1 ? p->seats : NULL;

    return s && a->retired_at && strcmp(s->since, a->retired_at) >= 0 ? NULL : s;
}

static void own_by_person(struct owners *o, struct import_account *a,
                          const struct import_thing *who)
{
    const struct somebody *p = somebody(o, who->id);
    const struct seat *seat = only_seat(p, a);
    const char *first = a->in->first_seen;

    if (a->now && holds(p, a->now->position))
        return;
    if (seat) {
        assign(o->im, a, seat->position,
               a->now || !first ? NULL : import_later(first, seat->since));
        return;
    }
    if (a->now && text_same(a->now->custodian, who->id))
        return;
    if (p->gone && !a->retired)
        import_note(o->im, a->row, "owner_person_id", "owner-left", "%s has left%s", who->ref,
                    a->now ? ": who answers for the account stays as it is" : "");
    if (p->gone && a->now)
        return;
    if (!a->in->custodian)
        give_custody(o->im, a, who->id);
    else
        import_note(o->im, a->row, "owner_person_id", "no-position",
                    "%s holds %s position: say owner_position", who->ref,
                    p->n ? "more than one" : "no");
}

static void assert_title(struct import *im, struct import_account *a,
                         const struct import_thing *holder)
{
    if (a->now && text_same(a->now->holder, holder->id))
        return;
    if (a->now && a->now->holder) {
        import_note(im, a->row, "holder", "title-differs",
                    "another company holds the title on record: tenure title transfer");
        return;
    }
    struct event *e = import_event(im, "title.asserted", a->now ? NULL : a->in->first_seen);
    event_set(e, "title", import_id(im));
    event_set(e, "account", a->who->id);
    event_set(e, "holder", holder->id);
    event_set_int(e, "link", 0);
    mark(im, a, "title");
}

static void own(struct owners *o, struct import_account *a)
{
    struct import *im = o->im;
    const struct import_account_row *in = a->in;
    struct import_thing *position =
        import_the(im, a->row, "owner_position", "position", in->owner_position);
    struct import_thing *person =
        import_the(im, a->row, "owner_person_id", "person", in->owner_person_id);
    struct import_thing *custodian = import_the(im, a->row, "custodian", "person", in->custodian);
    struct import_thing *holder = import_the(im, a->row, "holder", "entity", in->holder);
    const char *kind = a->now ? a->now->kind : a->kind;
    bool any = position || person || custodian || holder;

    if (!import_open_row(a->row))
        return;
    struct err *e = any ? account_takes(im->mem, a->ref, kind, "owner") : NULL;
    if (e)
        import_refuse(im, a->row, "kind", "personal-profile", "%s", e->text);
    if (e || (a->now && (a->retired || text_same(a->now->status, "retired"))))
        return;
    if (position)
        assign(im, a, position->id, a->now ? NULL : in->first_seen);
    else if (person)
        own_by_person(o, a, person);
    else if (!a->now && !a->retired && !text_same(kind, "personal_profile"))
        import_note(im, a->row, "owner_person_id", "no-owner",
                    "nobody is named who answers for '%s'", a->ref);
    if (custodian)
        give_custody(im, a, custodian->id);
    if (holder)
        assert_title(im, a, holder);
}

struct err *import_owners(struct import_accounts *all)
{
    struct owners o = {all->im, map_new(all->im->mem)};

    TRY(look_at_people(&o));
    for (size_t i = 0; i < all->n; i++)
        if (import_open_row(all->at[i].row))
            own(&o, &all->at[i]);
    return NULL;
}
