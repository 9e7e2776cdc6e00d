/* import_accounts_known.c - accounts of a file that are on record: what is different about them,
 * and whether they are retired; see import_accounts.h. */
#include "import_accounts.h"

#include "domain/account.h"

static const char *number(struct arena *mem, int64_t n)
{
    return n ? arena_printf(mem, "%lld", (long long)n) : NULL;
}

static void change(struct import *im, struct import_account *a)
{
    struct import_change c = {im, "account.changed", "account", a->who->id, NULL};
    const struct import_account_now *now = a->now;
    const struct import_thing *parent =
        a->in->parent ? import_find(im, "account", a->in->parent) : NULL;

    import_differ(&c, "name", now->name, a->in->name);
    import_differ(&c, "url", now->url, a->in->url);
    import_differ(&c, "unit", now->unit, a->unit ? a->unit->id : NULL);
    import_differ(&c, "parent", now->parent, parent ? parent->id : NULL);
    import_differ(&c, "language", now->language, a->in->language);
    import_differ(&c, "purpose", now->purpose, a->in->purpose);
    import_differ(&c, "note", now->note, a->in->source_ref);
    import_differ(&c, "min_owners", number(im->mem, now->min_owners),
                  number(im->mem, a->in->min_owners));
    if (c.event && json_object_get(c.event->after, "min_owners")) {
        event_set_int(c.event, "min_owners", a->in->min_owners);
        json_object_set_new(c.event->before, "min_owners",
                            now->min_owners ? json_integer(now->min_owners) : json_null());
    }
    if (a->kind && strcmp(now->kind, a->kind) != 0)
        import_note(im, a->row, "kind", "kind-differs", "is a %s on record: that stays", now->kind);
    if (!c.event)
        return;
    import_mark(a->row, im->mem, IMPORT_CHANGED, "%s is different", a->who->ref);
    import_touch(im, a->who);
}

/* A parent that is below the account would make a circle. */
static struct err *refuse_circles(struct import_accounts *all)
{
    const struct list none = {0};
    struct import *im = all->im;
    struct map *above = map_new(im->mem);
    bool any = false;
    struct rows *rows;

    for (size_t i = 0; i < all->n; i++)
        any = any || (all->at[i].now && all->at[i].in->parent);
    if (!any)
        return NULL;
    TRY(import_ask(im, "import_parents", &none, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        map_set(above, rows_text(rows, i, "id"), arena_copy(im->mem, rows_text(rows, i, "parent")));
    for (size_t i = 0; i < all->n; i++) {
        const struct import_thing *parent =
            all->at[i].in->parent ? import_find(im, "account", all->at[i].in->parent) : NULL;
        if (parent && all->at[i].who)
            map_set(above, all->at[i].who->id, arena_copy(im->mem, parent->id));
    }
    for (size_t i = 0; i < all->n; i++) {
        struct import_account *a = &all->at[i];
        const char *up = a->now && a->in->parent ? map_get(above, a->who->id) : NULL;
        for (size_t steps = 0; up && steps < 1000; steps++, up = map_get(above, up)) {
            if (strcmp(up, a->who->id) != 0)
                continue;
            import_refuse(im, a->row, "parent", "circle",
                          "'%s' is above itself: accounts form a tree", a->ref);
            break;
        }
    }
    return NULL;
}

/* ---- Handles and ids ------------------------------------------------------------------------- */

struct identifier {
    const char *id, *kind, *value;
    struct identifier *next;
};

static struct err *look_at_identifiers(struct import_accounts *all, struct map *ret)
{
    struct import *im = all->im;
    const struct list ids = import_ids(im, "account");
    struct rows *rows;

    TRY(import_ask(im, "import_identifiers", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *account = rows_text(rows, i, "account");
        struct identifier *one = arena_alloc(im->mem, sizeof(*one));
        *one = (struct identifier){rows_text(rows, i, "id"), rows_text(rows, i, "kind"),
                                   rows_text(rows, i, "value"), map_get(ret, account)};
        map_set(ret, account, one);
    }
    return NULL;
}

static struct event *identifier_event(struct import *im, const struct import_account *a,
                                      const char *type, const char *kind, const char *value)
{
    struct event *e = import_event(im, type, NULL);

    event_set(e, "account", a->who->id);
    event_set(e, "identifier", import_id(im));
    event_set(e, "kind", kind);
    event_set(e, "platform", a->platform);
    event_set(e, "value", value);
    import_mark(a->row, im->mem, IMPORT_CHANGED, "%s has another %s", a->who->ref,
                strcmp(kind, "handle") == 0 ? kind : "id");
    import_touch(im, a->who);
    return e;
}

static const struct identifier *identifier_of(const struct identifier *list, const char *kind)
{
    while (list && strcmp(list->kind, kind) != 0)
        list = list->next;
    return list;
}

static void change_handle(struct import *im, struct import_account *a,
                          const struct identifier *list, const struct import_handle *h)
{
    const struct identifier *was = identifier_of(list, "handle");
    bool recased = was && identifier_recased(was->value, a->handle);

    for (const struct identifier *i = list; i; i = i->next)
        if (strcmp(i->value, a->handle) == 0 && strcmp(i->kind, "handle") == 0)
            return;
    if (h && h->account && strcmp(h->account, a->who->id) != 0) {
        import_refuse(im, a->row, "handle", "taken",
                      "'%s' is that of the account '%s' now: end it there first", a->handle,
                      h->ref);
        return;
    }
    if (was) {
        struct event *e =
            identifier_event(im, a, recased ? "account.handle_recased" : "account.handle_changed",
                             "handle", a->handle);
        event_was(&im->job->events, e,
                  json_pack("{s:s, s:s}", "identifier", was->id, "value", was->value));
    } else if (h && h->before && strcmp(h->before, a->who->id) != 0) {
        event_set(identifier_event(im, a, "identifier.recycled", "handle", a->handle), "previous",
                  h->before);
    } else {
        identifier_event(im, a, "identifier.added", "handle", a->handle);
    }
}

static void change_uid(struct import *im, struct import_account *a, const struct identifier *list)
{
    const char *kind = import_uid_kind(a->platform, a->uid);
    const struct identifier *was = identifier_of(list, kind);

    for (const struct identifier *i = list; i; i = i->next)
        if (strcmp(i->value, a->uid) == 0)
            return;
    if (was && strcmp(kind, "platform_uid") == 0)
        import_refuse(im, a->row, "platform_uid", "other-id",
                      "'%s' has the id '%s' on record: this is another account", a->who->ref,
                      was->value);
    else
        identifier_event(im, a, "identifier.added", kind, a->uid);
}

/* ---- The rest -------------------------------------------------------------------------------- */

void import_account_retire(struct import *im, struct import_account *a)
{
    if (!a->retired_at)
        import_note(im, a->row, "last_seen", "no-end",
                    "is no longer used, nobody knows since when: recorded from now on");
    event_set(import_event(im, "account.retired", a->retired_at), "account", a->who->id);
    import_mark(a->row, im->mem, IMPORT_ENDED, "%s is retired", a->who->ref);
    import_touch(im, a->who);
}

static void change_known(struct import *im, struct import_account *a, struct map *identifiers,
                         const struct import_names *names)
{
    const struct identifier *list = map_get(identifiers, a->who->id);
    bool gone = text_same(a->now->status, "retired");

    change(im, a);
    if (gone && !a->retired && a->in->status)
        import_note(im, a->row, "status", "retired-here", "'%s' is retired on record: that stays",
                    a->who->ref);
    if (gone || a->retired) {
        if (!gone)
            import_account_retire(im, a);
        return;
    }
    if (a->handle)
        change_handle(im, a, list, import_handle_of(names, a));
    if (a->uid && import_open_row(a->row))
        change_uid(im, a, list);
}

struct err *import_accounts_change(struct import_accounts *all, const struct import_names *names)
{
    struct map *identifiers = map_new(all->im->mem);

    TRY(refuse_circles(all));
    TRY(look_at_identifiers(all, identifiers));
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i].now && import_open_row(all->at[i].row))
            change_known(all->im, &all->at[i], identifiers, names);
    return NULL;
}
