/* import_accounts.c - accounts: registered, changed and retired as the rows say. Every row goes in. The
 * same presence under two keys is recorded as contested; a handle that passed from one account to
 * another is each one's in its own time; an id that is not of the platform's own making is a legacy id.
 *
 * An account is found by its key, or, where the file has none, by the id or handle that its platform
 * knows it under. What is retired on record stays so: the file may be older than the record. */
#include "import_accounts.h"

#include "domain/account.h"
#include "domain/platform.h"

static const char *const statuses[] = {"active", "retired", "discovered", "registered", "frozen", "compromised", NULL};

#define P import_account_row
static const struct field row_fields[] = {
    {.name = "account_id", .kind = KIND_NAME, .of = "account", .optional = true, .max = 120,
     .help = "the account's key; platform:handle if not said", AT(struct P, account_id)},
    {.name = "platform", .kind = KIND_NAME, .optional = true, .max = 40, .help = "where it lives", AT(struct P, platform)},
    {.name = "handle", .kind = KIND_TEXT, .optional = true, .max = 200, .help = "its name there", AT(struct P, handle)},
    {.name = "platform_uid", .kind = KIND_TEXT, .optional = true, .max = 200, .help = "the platform's id of it",
     AT(struct P, platform_uid)},
    {.name = "url", .kind = KIND_TEXT, .optional = true, .max = 1000, .help = "its address", AT(struct P, url)},
    MAYBE_CHOICE(kind, account_kinds, "what it is"),
    {.name = "name", .kind = KIND_TEXT, .optional = true, .max = 200, .help = "its display name", AT(struct P, name)},
    WORD(org_unit, "unit", "key or name of the unit"),
    WORD(owner_person_id, "person", "who answers for it"),
    WORD(owner_position, "position", "the position that answers for it"),
    WORD(custodian, "person", "who holds the master role"),
    WORD(parent, "account", "the account above it"),
    WORD(holder, "entity", "the company that owns it"),
    {.name = "language", .kind = KIND_TEXT, .optional = true, .max = 40, .help = "its language", AT(struct P, language)},
    {.name = "purpose", .kind = KIND_TEXT, .optional = true, .max = 500, .help = "what it is for", AT(struct P, purpose)},
    MAYBE_INT(min_owners, 1, 20, "the fewest people with an owner's role"),
    MAYBE_CHOICE(status, statuses, "whether it is in use"),
    MAYBE_TIME(first_seen, "since when it is known"),
    MAYBE_TIME(last_seen, "when it was last seen"),
    {.name = "source_ref", .kind = KIND_TEXT, .optional = true, .lines = true, .max = 2000, .help = "a note",
     AT(struct P, source_ref)},
    {0}};
#undef P

/* ---- Which account a row is about -------------------------------------------------------------------------- */

/* The address fills what was not said, and must not contradict what was. */
static void take_url(struct import *im, struct import_account *a)
{
    struct platform_guess g = {0};
    struct err *e = a->in->url ? platform_of_url(im->mem, a->in->url, &g) : NULL;

    if (e)
        import_refuse(im, a->row, "url", "bad-value", "%s", e->text);
    else if (g.platform && a->platform && strcmp(g.platform, a->platform) != 0)
        import_refuse(im, a->row, "url", "other-platform", "is an address of %s, not of %s", g.platform, a->platform);
    if (!g.platform)
        return;
    a->platform = a->platform ? a->platform : g.platform;
    a->kind = a->kind ? a->kind : g.kind;
    a->handle = a->handle ? a->handle : g.handle;
    a->uid = a->uid ? a->uid : g.uid;
}

/* What an account is called when nobody said: platform:handle, in letters that a key may have. */
static const char *ref_of(struct arena *mem, const struct import_account *a)
{
    char *name = arena_printf(mem, "%s:%.80s", a->platform, a->handle ? a->handle : a->uid);

    for (char *c = name; *c; c++)
        if (!is_name((const char[]){'a', *c, '\0'}))
            *c = '-';
    return name;
}

static void account_take(struct import *im, struct import_row *row, struct import_account *a)
{
    const struct import_account_row *in = row->in;
    const char *handle = in->handle && *in->handle == '@' && in->handle[1] ? in->handle + 1 : in->handle;

    *a = (struct import_account){.row = row, .in = in, .platform = in->platform, .handle = handle,
                                 .uid = in->platform_uid, .kind = in->kind};
    a->retired = text_same(in->status, "retired");
    a->retired_at = a->retired ? in->last_seen : NULL;
    take_url(im, a);
    if (!import_open_row(row))
        return;
    if (!a->platform)
        import_refuse(im, row, "platform", "missing", "say the platform, or an address that tells it");
    else if (!a->handle && !a->uid)
        import_refuse(im, row, "handle", "missing", "an account is known by its handle or by the platform's id: say one");
    else if (a->retired_at && in->first_seen && strcmp(a->retired_at, in->first_seen) < 0)
        import_refuse(im, row, "last_seen", "ends-before-start", "was last seen before it was first seen");
    if (!import_open_row(row))
        return;
    struct err *e = platform_tag_id(im->mem, a->platform, a->uid, a->handle, &a->tag_id);
    if (e)
        import_refuse(im, row, "handle", "bad-value", "%s", e->text);
    a->ref = in->account_id ? in->account_id : ref_of(im->mem, a);
}

static const char *presence_key(struct arena *mem, const char *platform, const char *tag_id)
{
    return arena_printf(mem, "%s\n%s", platform, tag_id);
}

/* Accounts on record by what their platform knows them under; several of one kind hang together. */
struct presence {
    struct import_thing *account;
    size_t line; /* of a row of this file that makes it; 0: on record */
    struct presence *next;
};

static void presence_add(struct import *im, struct map *all, const char *platform, const char *tag_id, struct import_thing *t,
                         size_t line)
{
    const char *key = presence_key(im->mem, platform, tag_id);
    struct presence *p = arena_alloc(im->mem, sizeof(*p));

    *p = (struct presence){t, line, map_get(all, key)};
    map_set(all, key, p);
}

static struct import_account_now *account_now(struct arena *mem, const struct rows *rows, size_t i)
{
    struct import_account_now *now = arena_alloc(mem, sizeof(*now));

    *now = (struct import_account_now){
        .platform = rows_text(rows, i, "platform"), .kind = rows_text(rows, i, "kind"),
        .name = rows_text(rows, i, "name"),         .url = rows_text(rows, i, "url"),
        .unit = rows_text(rows, i, "unit"),         .parent = rows_text(rows, i, "parent"),
        .language = rows_text(rows, i, "language"), .purpose = rows_text(rows, i, "purpose"),
        .note = rows_text(rows, i, "note"),         .status = rows_text(rows, i, "status"),
        .tag_id = rows_text(rows, i, "tag_id"),     .position = rows_text(rows, i, "position"),
        .custodian = rows_text(rows, i, "custodian"), .holder = rows_text(rows, i, "holder"),
        .min_owners = rows_int(rows, i, "min_owners")};
    return now;
}

static struct err *look_at_accounts(struct import_accounts *all, struct map *presences)
{
    struct import *im = all->im;
    const struct list ids = import_ids(im, "account");
    const char **platforms = arena_array(im->mem, all->n + 1, sizeof(*platforms));
    const char **tag_ids = arena_array(im->mem, all->n + 1, sizeof(*tag_ids));
    struct rows *rows;
    struct binds b;

    for (size_t i = 0; i < all->n; i++) {
        platforms[i] = all->at[i].platform;
        tag_ids[i] = all->at[i].tag_id;
    }
    binds_init(&b, im->mem);
    bind_list(&b, "ids", ids.at, ids.n);
    bind_list(&b, "platforms", platforms, all->n);
    bind_list(&b, "tag_ids", tag_ids, all->n);
    TRY(store_call(im->mem, im->job->store, "import_accounts", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct import_thing *t = import_on_record(im, "account", rows_text(rows, i, "ref"), rows_text(rows, i, "id"));
        struct import_account_now *now = account_now(im->mem, rows, i);
        t->now = now;
        presence_add(im, presences, now->platform, now->tag_id, t, 0);
    }
    return NULL;
}

/* By key, else by presence; a row that nobody knows makes an account. */
static void find_account(struct import *im, struct import_account *a, struct map *presences)
{
    const struct presence *p = map_get(presences, presence_key(im->mem, a->platform, a->tag_id));
    struct import_thing *t = import_find(im, "account", a->ref);

    if (!t && !a->in->account_id && p && p->next)
        import_refuse(im, a->row, "handle", "ambiguous-account", "is on record several times: say the account's key");
    else if (!t && !a->in->account_id && p)
        t = p->account;
    if (!import_open_row(a->row))
        return;
    if (t && t->line) {
        import_refuse(im, a->row, "account_id", "twice", "line %zu is about the account '%s' too", t->line, t->ref);
        return;
    }
    a->who = t;
    a->now = t ? t->now : NULL;
    if (!t) {
        a->who = import_make(im, "account", a->ref, NULL, a->row->line);
        presence_add(im, presences, a->platform, a->tag_id, a->who, a->row->line);
    }
    a->who->line = a->row->line;
    if (a->now && a->uid && !text_same(a->now->platform, a->platform))
        import_refuse(im, a->row, "platform", "other-platform", "'%s' is an account of %s on record", a->ref, a->now->platform);
    else if (!a->now && !a->kind)
        import_refuse(im, a->row, "kind", "missing", "what is it on %s?", a->platform);
}

/* ---- Registering ------------------------------------------------------------------------------------------------ */

static void add_identifier(struct import *im, json_t *list, const char *kind, const char *value, const char *until)
{
    json_t *one = value ? json_pack("{s:s, s:s, s:s}", "id", import_id(im), "kind", kind, "value", value) : NULL;

    if (!one)
        return;
    if (until)
        json_object_set_new(one, "until", json_string(until));
    json_array_append_new(list, one);
}

/* Handle and id are the account's while it was seen; something seen once was there for that moment. */
static json_t *identifiers_of(struct import *im, const struct import_account *a)
{
    const char *until = a->retired_at, *first = a->in->first_seen;
    json_t *list = json_array();
    int64_t at;

    if (until && (!first || strcmp(first, until) == 0) && instant_parse(until, &at))
        until = first ? instant_text(im->mem, at + 1) : NULL;
    add_identifier(im, list, "handle", a->handle, until);
    if (!text_same(a->uid, a->handle))
        add_identifier(im, list, a->uid ? import_uid_kind(a->platform, a->uid) : NULL, a->uid, until);
    return list;
}

/* Who has a handle now, and who had it last. */
struct handle {
    const char *account, *ref; /* now */
    const char *before;        /* id of the account that had it last */
};

static const char *handle_key(struct arena *mem, const char *platform, const char *handle)
{
    return arena_printf(mem, "%s\n%s", platform, text_lower(mem, handle));
}

/* What is known of the names of accounts: struct presence and struct handle. */
struct names {
    struct map *presences, *handles;
};

/* Who else this presence or its handle belongs to, in words; NULL when it is nobody else's. */
static const char *contested(struct import *im, const struct import_account *a, const struct names *names)
{
    const struct handle *h = a->handle && !a->retired ? map_get(names->handles, handle_key(im->mem, a->platform, a->handle)) : NULL;
    struct buf out;

    buf_init(&out, im->mem, 500);
    for (const struct presence *p = map_get(names->presences, presence_key(im->mem, a->platform, a->tag_id)); p; p = p->next)
        if (p->account != a->who && (!p->line || p->line < a->row->line))
            buf_printf(&out, "%s%s", out.n ? ", " : "registered before as ", p->account->ref);
    if (!out.n && h && h->account && strcmp(h->account, a->who->id) != 0)
        buf_printf(&out, "the handle is that of %s too", h->ref);
    return out.n ? out.at : NULL;
}

static void take_handle(struct import *im, const struct import_account *a, const struct names *names)
{
    const char *key = a->handle && !a->retired ? handle_key(im->mem, a->platform, a->handle) : NULL;
    struct handle *h = key ? map_get(names->handles, key) : NULL;

    if (!key || (h && h->account))
        return;
    if (!h)
        map_set(names->handles, key, h = arena_alloc(im->mem, sizeof(*h)));
    h->account = a->who->id;
    h->ref = a->who->ref;
}

static void set_account(struct event *e, const struct import_account *a)
{
    event_set(e, "name", a->in->name);
    event_set(e, "url", a->in->url);
    event_set(e, "unit", a->unit ? a->unit->id : NULL);
    event_set(e, "language", a->in->language);
    event_set(e, "purpose", a->in->purpose);
    event_set(e, "note", a->in->source_ref);
    if (a->in->min_owners)
        event_set_int(e, "min_owners", a->in->min_owners);
}

static void register_account(struct import *im, const struct import_account *a, const struct names *names)
{
    const struct bytes *signature = import_tag_of(im, a->platform, a->tag_id);
    struct digest tag = sha256(*signature);
    const struct import_thing *parent = a->in->parent ? import_find(im, "account", a->in->parent) : NULL;
    bool plain = a->retired || text_same(a->in->status, "active");

    struct event *e = import_event(im, "account.registered", a->in->first_seen);
    event_set(e, "account", a->who->id);
    event_set(e, "ref", a->who->ref);
    event_set(e, "platform", a->platform);
    event_set(e, "kind", a->kind);
    set_account(e, a);
    event_set(e, "parent", parent ? parent->id : NULL);
    event_set(e, "status", plain ? NULL : a->in->status);
    event_set(e, "contested", contested(im, a, names));
    event_set(e, "tag", base64url_encode(im->mem, tag.at, sizeof(tag.at)));
    event_set(e, "tag_id", a->tag_id);
    event_set(e, "tag_signature", base64url_encode(im->mem, signature->at, signature->n));
    event_set_json(e, "identifiers", identifiers_of(im, a));
    if (json_object_get(e->after, "contested"))
        import_note(im, a->row, NULL, "contested", "%s: %s", a->who->ref, json_text(e->after, "contested"));
    take_handle(im, a, names);
    import_mark(a->row, im->mem, IMPORT_NEW, "new account %s", a->who->ref);
}

static void retire(struct import *im, struct import_account *a)
{
    if (!a->retired_at)
        import_note(im, a->row, "last_seen", "no-end", "is no longer used, nobody knows since when: recorded from now on");
    event_set(import_event(im, "account.retired", a->retired_at), "account", a->who->id);
    import_mark(a->row, im->mem, IMPORT_ENDED, "%s is retired", a->who->ref);
    import_touch(im, a->who);
}

static struct err *sign_new(struct import_accounts *all)
{
    struct import_tag *tags = arena_array(all->im->mem, all->n + 1, sizeof(*tags));
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++)
        if (!all->at[i].now && import_open_row(all->at[i].row))
            tags[n++] = (struct import_tag){.platform = all->at[i].platform, .id = all->at[i].tag_id};
    return import_tags(all->im, tags, n);
}

/* An account above another is registered before it. */
static struct err *register_all(struct import_accounts *all, const struct names *names)
{
    struct import *im = all->im;
    size_t *above = arena_array(im->mem, all->n + 1, sizeof(*above)), circle;
    struct map *places = map_new(im->mem);

    TRY(sign_new(all));
    for (size_t i = 0; i < all->n; i++) {
        all->at[i].place = i;
        if (all->at[i].who && !all->at[i].now)
            map_set(places, all->at[i].who->id, &all->at[i]);
    }
    for (size_t i = 0; i < all->n; i++) {
        struct import_account *a = &all->at[i];
        const struct import_thing *parent = import_the(im, a->row, "parent", "account", a->in->parent);
        const struct import_account *over = parent ? map_get(places, parent->id) : NULL;
        above[i] = over && !a->now ? over->place : all->n;
        if (parent && parent == a->who)
            import_refuse(im, a->row, "parent", "circle", "'%s' is not above itself", a->ref);
    }
    const size_t *order = import_order(im->mem, above, all->n, &circle);
    for (size_t i = 0; i < all->n; i++) {
        struct import_account *a = &all->at[order[i]];
        if (i >= all->n - circle)
            import_refuse(im, a->row, "parent", "circle", "'%s' is above itself: accounts form a tree", a->ref);
        if (import_open_row(a->row) && !a->now)
            register_account(im, a, names);
    }
    return NULL;
}

/* ---- Changing ----------------------------------------------------------------------------------------------------- */

static const char *number(struct arena *mem, int64_t n)
{
    return n ? arena_printf(mem, "%lld", (long long)n) : NULL;
}

static void change(struct import *im, struct import_account *a)
{
    struct import_change c = {im, "account.changed", "account", a->who->id, NULL};
    const struct import_account_now *now = a->now;
    const struct import_thing *parent = a->in->parent ? import_find(im, "account", a->in->parent) : NULL;

    import_differ(&c, "name", now->name, a->in->name);
    import_differ(&c, "url", now->url, a->in->url);
    import_differ(&c, "unit", now->unit, a->unit ? a->unit->id : NULL);
    import_differ(&c, "parent", now->parent, parent ? parent->id : NULL);
    import_differ(&c, "language", now->language, a->in->language);
    import_differ(&c, "purpose", now->purpose, a->in->purpose);
    import_differ(&c, "note", now->note, a->in->source_ref);
    import_differ(&c, "min_owners", number(im->mem, now->min_owners), number(im->mem, a->in->min_owners));
    if (c.event && json_object_get(c.event->after, "min_owners")) {
        event_set_int(c.event, "min_owners", a->in->min_owners);
        json_object_set_new(c.event->before, "min_owners", now->min_owners ? json_integer(now->min_owners) : json_null());
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
        const struct import_thing *parent = all->at[i].in->parent ? import_find(im, "account", all->at[i].in->parent) : NULL;
        if (parent && all->at[i].who)
            map_set(above, all->at[i].who->id, arena_copy(im->mem, parent->id));
    }
    for (size_t i = 0; i < all->n; i++) {
        struct import_account *a = &all->at[i];
        const char *up = a->now && a->in->parent ? map_get(above, a->who->id) : NULL;
        for (size_t steps = 0; up && steps < 1000; steps++, up = map_get(above, up)) {
            if (strcmp(up, a->who->id) != 0)
                continue;
            import_refuse(im, a->row, "parent", "circle", "'%s' is above itself: accounts form a tree", a->ref);
            break;
        }
    }
    return NULL;
}

/* ---- Handles and ids of accounts on record ---------------------------------------------------------------------- */

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
        *one = (struct identifier){rows_text(rows, i, "id"), rows_text(rows, i, "kind"), rows_text(rows, i, "value"),
                                   map_get(ret, account)};
        map_set(ret, account, one);
    }
    return NULL;
}

static struct err *look_at_handles(struct import_accounts *all, struct map *ret)
{
    struct import *im = all->im;
    const char **platforms = arena_array(im->mem, all->n + 1, sizeof(*platforms));
    const char **handles = arena_array(im->mem, all->n + 1, sizeof(*handles));
    struct rows *rows;
    struct binds b;
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (!all->at[i].handle)
            continue;
        platforms[n] = all->at[i].platform;
        handles[n++] = all->at[i].handle;
    }
    binds_init(&b, im->mem);
    bind_text(&b, "now", instant_text(im->mem, im->job->now));
    bind_list(&b, "platforms", platforms, n);
    bind_list(&b, "handles", handles, n);
    TRY(store_call(im->mem, im->job->store, "import_handles", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *key = handle_key(im->mem, rows_text(rows, i, "platform"), rows_text(rows, i, "handle"));
        struct handle *h = map_get(ret, key);
        if (!h) {
            h = arena_alloc(im->mem, sizeof(*h));
            h->before = rows_text(rows, i, "account");
            map_set(ret, key, h);
        }
        if (rows_bool(rows, i, "now") && !h->account) {
            h->account = rows_text(rows, i, "account");
            h->ref = rows_text(rows, i, "ref");
        }
    }
    return NULL;
}

static struct event *identifier_event(struct import *im, const struct import_account *a, const char *type, const char *kind,
                                      const char *value)
{
    struct event *e = import_event(im, type, NULL);

    event_set(e, "account", a->who->id);
    event_set(e, "identifier", import_id(im));
    event_set(e, "kind", kind);
    event_set(e, "platform", a->platform);
    event_set(e, "value", value);
    import_mark(a->row, im->mem, IMPORT_CHANGED, "%s has another %s", a->who->ref, strcmp(kind, "handle") == 0 ? kind : "id");
    import_touch(im, a->who);
    return e;
}

static const struct identifier *identifier_of(const struct identifier *list, const char *kind)
{
    while (list && strcmp(list->kind, kind) != 0)
        list = list->next;
    return list;
}

static void change_handle(struct import *im, struct import_account *a, const struct identifier *list, const struct handle *h)
{
    const struct identifier *was = identifier_of(list, "handle");
    bool recased = was && identifier_recased(was->value, a->handle);

    for (const struct identifier *i = list; i; i = i->next)
        if (strcmp(i->value, a->handle) == 0 && strcmp(i->kind, "handle") == 0)
            return;
    if (h && h->account && strcmp(h->account, a->who->id) != 0) {
        import_refuse(im, a->row, "handle", "taken", "'%s' is that of the account '%s' now: end it there first", a->handle, h->ref);
        return;
    }
    if (was) {
        struct event *e = identifier_event(im, a, recased ? "account.handle_recased" : "account.handle_changed", "handle", a->handle);
        e->before = json_keep(im->mem, json_pack("{s:s, s:s}", "identifier", was->id, "value", was->value));
    } else if (h && h->before && strcmp(h->before, a->who->id) != 0) {
        event_set(identifier_event(im, a, "identifier.recycled", "handle", a->handle), "previous", h->before);
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
        import_refuse(im, a->row, "platform_uid", "other-id", "'%s' has the id '%s' on record: this is another account", a->who->ref,
                      was->value);
    else
        identifier_event(im, a, "identifier.added", kind, a->uid);
}

/* ---- The plan ------------------------------------------------------------------------------------------------------ */

static void change_known(struct import *im, struct import_account *a, struct map *identifiers, struct map *handles)
{
    const struct identifier *list = map_get(identifiers, a->who->id);
    bool gone = text_same(a->now->status, "retired");

    change(im, a);
    if (gone && !a->retired && a->in->status)
        import_note(im, a->row, "status", "retired-here", "'%s' is retired on record: that stays", a->who->ref);
    if (gone || a->retired) {
        if (!gone)
            retire(im, a);
        return;
    }
    if (a->handle)
        change_handle(im, a, list, map_get(handles, handle_key(im->mem, a->platform, a->handle)));
    if (a->uid && import_open_row(a->row))
        change_uid(im, a, list);
}

static struct err *plan_accounts(struct import *im)
{
    struct import_accounts all = {.im = im, .at = arena_array(im->mem, im->n + 1, sizeof(struct import_account))};
    const struct names names = {map_new(im->mem), map_new(im->mem)};
    struct map *identifiers = map_new(im->mem);

    for (size_t i = 0; i < im->n; i++) {
        if (!import_open_row(&im->rows[i]))
            continue;
        account_take(im, &im->rows[i], &all.at[all.n]);
        all.n += import_open_row(&im->rows[i]);
    }
    TRY(look_at_accounts(&all, names.presences));
    for (size_t i = 0; i < all.n; i++) {
        find_account(im, &all.at[i], names.presences);
        all.at[i].unit = import_unit(im, all.at[i].row, all.at[i].in->org_unit, all.at[i].in->first_seen);
    }
    import_units_register(im);
    TRY(look_at_identifiers(&all, identifiers));
    TRY(look_at_handles(&all, names.handles));
    TRY(register_all(&all, &names));
    TRY(refuse_circles(&all));
    for (size_t i = 0; i < all.n; i++)
        if (all.at[i].now && import_open_row(all.at[i].row))
            change_known(im, &all.at[i], identifiers, names.handles);
    TRY(import_owners(&all));
    for (size_t i = 0; i < all.n; i++)
        if (!all.at[i].now && all.at[i].retired && import_open_row(all.at[i].row))
            retire(im, &all.at[i]);
    return NULL;
}

const struct import_kind import_accounts = {
    .name = "accounts",
    .row = RECORD(struct import_account_row, row_fields),
    .existing = "import_accounts_here",
    .plan = plan_accounts,
};
