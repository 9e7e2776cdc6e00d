/* import_accounts_new.c - accounts of a file that are not on record; see import_accounts.h. */
#include "import_accounts.h"

/* ---- Names ----------------------------------------------------------------------------------- */

static const char *presence_key(struct arena *mem, const char *platform, const char *tag_id)
{
    return arena_printf(mem, "%s\n%s", platform, tag_id);
}

void import_presence_add(struct import *im, const struct import_names *names, const char *platform,
                         const char *tag_id, struct import_thing *account)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct import_presence *p = map_get(names->presences, presence_key(scratch, platform, tag_id));

    if (!p) {
        p = arena_alloc(im->mem, sizeof(*p));
        p->first = account;
        map_set(names->presences, presence_key(im->mem, platform, tag_id), p);
    }
    p->n++;
}

const struct import_presence *import_presence_of(const struct import_names *names,
                                                 const struct import_account *a)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();

    return a->tag_id ? map_get(names->presences, presence_key(scratch, a->platform, a->tag_id))
                     : NULL;
}

static const char *handle_key(struct arena *mem, const char *platform, const char *handle)
{
    return arena_printf(mem, "%s\n%s", platform, text_lower(mem, handle));
}

struct import_handle *import_handle_of(const struct import_names *names,
                                       const struct import_account *a)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();

    return map_get(names->handles, handle_key(scratch, a->platform, a->handle));
}

struct err *import_handles(struct import_accounts *all, const struct import_names *names)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct import *im = all->im;
    const char **platforms = arena_array(scratch, all->n + 1, sizeof(*platforms));
    const char **handles = arena_array(scratch, all->n + 1, sizeof(*handles));
    struct rows *rows;
    struct binds b;
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (!all->at[i].handle || !all->at[i].platform)
            continue;
        platforms[n] = all->at[i].platform;
        handles[n++] = all->at[i].handle;
    }
    binds_init(&b, scratch);
    bind_text(&b, "now", instant_text(scratch, im->job->now));
    bind_list(&b, "platforms", platforms, n);
    bind_list(&b, "handles", handles, n);
    TRY(store_call(im->mem, im->job->store, "import_handles", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *key =
            handle_key(im->mem, rows_text(rows, i, "platform"), rows_text(rows, i, "handle"));
        struct import_handle *h = map_get(names->handles, key);
        if (!h) {
            h = arena_alloc(im->mem, sizeof(*h));
            h->before = rows_text(rows, i, "account");
            map_set(names->handles, key, h);
        }
        if (rows_bool(rows, i, "now") && !h->account) {
            h->account = rows_text(rows, i, "account");
            h->ref = rows_text(rows, i, "ref");
        }
    }
    return NULL;
}

/* ---- Registering ----------------------------------------------------------------------------- */

static void add_identifier(struct import *im, json_t *list, const char *kind, const char *value,
                           const char *until)
{
    json_t *one =
        value ? json_pack("{s:s, s:s, s:s}", "id", import_id(im), "kind", kind, "value", value)
              : NULL;

    if (!one)
        return;
    if (until)
        json_object_set_new(one, "until", json_string(until));
    json_array_append_new(list, one);
}

/* Handle and id are the account's while it was seen; something seen once was there for that moment.
 */
static json_t *identifiers_of(struct import *im, const struct import_account *a)
{
    const char *until = a->retired_at, *first = a->in->first_seen;
    json_t *list = json_array();
    int64_t at;

    if (until && (!first || strcmp(first, until) == 0) && instant_parse(until, &at))
        until = first ? instant_text(im->mem, at + 1) : NULL;
    add_identifier(im, list, "handle", a->handle, until);
    if (!text_same(a->uid, a->handle))
        add_identifier(im, list, a->uid ? import_uid_kind(a->platform, a->uid) : NULL, a->uid,
                       until);
    return list;
}

/* Who else this presence or its handle belongs to, in words; NULL when it is nobody else's. */
static const char *contested(const struct import *im, const struct import_account *a,
                             const struct import_names *names)
{
    const struct import_presence *p = import_presence_of(names, a);
    const struct import_handle *h = a->handle && !a->retired ? import_handle_of(names, a) : NULL;

    if (p->first != a->who)
        return arena_printf(im->mem, "registered before as %s", p->first->ref);
    if (h && h->account && strcmp(h->account, a->who->id) != 0)
        return arena_printf(im->mem, "the handle is that of %s too", h->ref);
    return NULL;
}

/* Those that come after find the handle taken. */
static void take_handle(const struct import *im, const struct import_account *a,
                        const struct import_names *names)
{
    struct import_handle *h = a->handle && !a->retired ? import_handle_of(names, a) : NULL;

    if (!a->handle || a->retired || (h && h->account))
        return;
    if (!h) {
        h = arena_alloc(im->mem, sizeof(*h));
        map_set(names->handles, handle_key(im->mem, a->platform, a->handle), h);
    }
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

/* What is on record is no second account for being called otherwise: that takes somebody's word. */
static void refuse_twin(struct import *im, const struct import_account *a,
                        const struct import_names *names)
{
    const struct import_thing *first = import_presence_of(names, a)->first;
    const char *by = a->in->url ? "url" : a->in->platform_uid ? "platform_uid" : "handle";

    if (first != a->who && !first->fresh && !a->in->contested)
        import_refuse(im, a->row, by, "contested",
                      "is the account '%s', which is registered already: say its account_id, or in "
                      "a column 'contested' who else claims it, and why",
                      first->ref);
}

static void register_account(struct import *im, const struct import_account *a,
                             const struct import_names *names)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    const struct bytes *signature = import_tag_of(im, a->platform, a->tag_id);
    struct digest tag = sha256(*signature);
    const struct import_thing *parent =
        a->in->parent ? import_find(im, "account", a->in->parent) : NULL;
    const char *why = contested(im, a, names);
    bool plain = a->retired || text_same(a->in->status, "active");

    if (why && !a->in->account_id) {
        import_refuse(im, a->row, "handle", "contested",
                      "%s: say its account_id, or one of its own for a second claim", why);
        return;
    }
    refuse_twin(im, a, names);
    if (!import_open_row(a->row))
        return;
    struct event *e = import_event(im, "account.registered", a->in->first_seen);
    event_set(e, "account", a->who->id);
    event_set(e, "ref", a->who->ref);
    event_set(e, "platform", a->platform);
    event_set(e, "kind", a->kind);
    set_account(e, a);
    event_set(e, "parent", parent ? parent->id : NULL);
    event_set(e, "status", plain ? NULL : a->in->status);
    event_set(e, "contested", a->in->contested ? a->in->contested : why);
    event_set(e, "tag", base64url_encode(scratch, tag.at, sizeof(tag.at)));
    event_set(e, "tag_id", a->tag_id);
    event_set(e, "tag_signature", base64url_encode(scratch, signature->at, signature->n));
    event_set_json(e, "identifiers", identifiers_of(im, a));
    if (why)
        import_note(im, a->row, NULL, "contested", "%s: %s", a->who->ref, why);
    take_handle(im, a, names);
    import_mark(a->row, im->mem, IMPORT_NEW, "new account %s", a->who->ref);
}

static struct err *sign_new(struct import_accounts *all)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct import_tag *tags = arena_array(scratch, all->n + 1, sizeof(*tags));
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++)
        if (!all->at[i].now && import_open_row(all->at[i].row))
            tags[n++] =
                (struct import_tag){.platform = all->at[i].platform, .id = all->at[i].tag_id};
    return import_tags(all->im, tags, n);
}

/* An account above another is registered before it. */
struct err *import_accounts_register(struct import_accounts *all, const struct import_names *names)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct import *im = all->im;
    size_t *above = arena_array(scratch, all->n + 1, sizeof(*above)), circle;
    struct map *places = map_new(scratch);

    TRY(sign_new(all));
    for (size_t i = 0; i < all->n; i++) {
        all->at[i].place = i;
        if (all->at[i].who && !all->at[i].now)
            map_set(places, all->at[i].who->id, &all->at[i]);
    }
    for (size_t i = 0; i < all->n; i++) {
        struct import_account *a = &all->at[i];
        const struct import_thing *parent =
            import_the(im, a->row, "parent", "account", a->in->parent);
        const struct import_account *over = parent ? map_get(places, parent->id) : NULL;
        above[i] = over && !a->now ? over->place : all->n;
        if (parent && parent == a->who)
            import_refuse(im, a->row, "parent", "circle", "'%s' is not above itself", a->ref);
    }
    const size_t *order = import_order(scratch, above, all->n, &circle);
    for (size_t i = 0; i < all->n; i++) {
        struct import_account *a = &all->at[order[i]];
        if (i >= all->n - circle)
            import_refuse(im, a->row, "parent", "circle",
                          "'%s' is above itself: accounts form a tree", a->ref);
        if (import_open_row(a->row) && !a->now)
            register_account(im, a, names);
    }
    return NULL;
}
