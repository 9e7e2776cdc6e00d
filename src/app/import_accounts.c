/* import_accounts.c - accounts: registered, changed and retired as the rows say. Every row goes in.
 * The same presence under two keys is recorded as contested; a handle that passed from one account
 * to another is each one's in its own time; an id that is not of the platform's own making is a
 * legacy id.
 *
 * An account is found by its key, or, where the file has none, by the id or handle that its
 * platform knows it under. What is retired on record stays so: the file may be older than the
 * record. */
#include "import_accounts.h"

#include "domain/account.h"

static const char *const statuses[] = {"active", "retired",     "discovered", "registered",
                                       "frozen", "compromised", NULL};

#define P import_account_row
static const struct field row_fields[] = {
    KEY(account_id, "account", 120, "the account's key; platform:handle if not said"),
    KEY(platform, NULL, 40, "where it lives"),
    CELL(handle, 200, "its name there"),
    CELL(platform_uid, 200, "the platform's id of it"),
    CELL(url, 1000, "its address"),
    MAYBE_CHOICE(kind, account_kinds, "what it is"),
    CELL(name, 200, "its display name"),
    WORD(org_unit, "unit", "key or name of the unit"),
    WORD(owner_person_id, "person", "who answers for it"),
    WORD(owner_position, "position", "the position that answers for it"),
    WORD(custodian, "person", "who holds the master role"),
    WORD(parent, "account", "the account above it"),
    WORD(holder, "entity", "the company that owns it"),
    CELL(language, 40, "its language"),
    CELL(purpose, 500, "what it is for"),
    MAYBE_INT(min_owners, 1, 20, "the fewest people with an owner's role"),
    MAYBE_CHOICE(status, statuses, "whether it is in use"),
    MAYBE_PAST_TIME(first_seen, "since when it is known"),
    MAYBE_PAST_TIME(last_seen, "when it was last seen"),
    NOTE_CELL(source_ref, "a note"),
    CELL(contested, 2000, "register it although it is registered: who else claims it, and why"),
    {0}};
#undef P

/* ---- Which account a row is about ------------------------------------------------------------ */

/* The address fills what was not said, and must not contradict what was. */
static void take_url(struct import *im, struct import_account *a)
{
    struct platform_guess g = {0};
    struct err *e = a->in->url ? account_check_url(im->mem, a->in->url, NULL, &g) : NULL;

    if (e)
        import_refuse(im, a->row, "url", "bad-value", "%s", e->text);
    else if (g.platform && a->platform && strcmp(g.platform, a->platform) != 0)
        import_refuse(im, a->row, "url", "other-platform", "is an address of %s, not of %s",
                      g.platform, a->platform);
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

/* What a new account must have. */
static void check_new(struct import *im, const struct import_account *a)
{
    if (!a->platform)
        import_refuse(im, a->row, "platform", "missing",
                      "say the platform, or an address that tells it");
    else if (!a->tag_id)
        import_refuse(im, a->row, "handle", "missing",
                      "an account is known by its handle or by the platform's id: say one");
    else if (!a->kind)
        import_refuse(im, a->row, "kind", "missing", "what is it on %s?", a->platform);
}

static void account_take(struct import *im, struct import_row *row, struct import_account *a)
{
    const struct import_account_row *in = row->in;
    const char *handle =
        in->handle && *in->handle == '@' && in->handle[1] ? in->handle + 1 : in->handle;

    *a = (struct import_account){.row = row,
                                 .in = in,
                                 .platform = in->platform,
                                 .handle = handle,
                                 .uid = in->platform_uid,
                                 .kind = in->kind};
    a->retired = text_same(in->status, "retired");
    a->retired_at = a->retired ? in->last_seen : NULL;
    take_url(im, a);
    if (!import_open_row(row))
        return;
    if (a->retired_at && in->first_seen && strcmp(a->retired_at, in->first_seen) < 0)
        import_refuse(im, row, "last_seen", "ends-before-start",
                      "was last seen before it was first seen");
    else if (!in->account_id && !(a->platform && (a->handle || a->uid)))
        check_new(im, a);
    if (!import_open_row(row))
        return;
    if (a->platform && (a->handle || a->uid)) {
        struct err *e = platform_tag_id(im->mem, a->platform, a->uid, a->handle, &a->tag_id);
        if (e)
            import_refuse(im, row, "handle", "bad-value", "%s", e->text);
    }
    a->ref = in->account_id ? in->account_id : ref_of(im->mem, a);
}

static struct import_account_now *account_now(struct arena *mem, const struct rows *rows, size_t i)
{
    struct import_account_now *now = arena_alloc(mem, sizeof(*now));

    *now = (struct import_account_now){.platform = rows_text(rows, i, "platform"),
                                       .kind = rows_text(rows, i, "kind"),
                                       .name = rows_text(rows, i, "name"),
                                       .url = rows_text(rows, i, "url"),
                                       .unit = rows_text(rows, i, "unit"),
                                       .parent = rows_text(rows, i, "parent"),
                                       .language = rows_text(rows, i, "language"),
                                       .purpose = rows_text(rows, i, "purpose"),
                                       .note = rows_text(rows, i, "note"),
                                       .status = rows_text(rows, i, "status"),
                                       .tag_id = rows_text(rows, i, "tag_id"),
                                       .position = rows_text(rows, i, "position"),
                                       .custodian = rows_text(rows, i, "custodian"),
                                       .holder = rows_text(rows, i, "holder"),
                                       .min_owners = rows_int(rows, i, "min_owners")};
    return now;
}

/* Keys that are made for rows which have none. */
static struct err *look_up_made_keys(struct import_accounts *all)
{
    const char **refs = arena_array(all->im->mem, all->n + 1, sizeof(*refs));
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++)
        if (!all->at[i].in->account_id)
            refs[n++] = all->at[i].ref;
    return n ? import_look_up(all->im, "account", refs, n) : NULL;
}

static struct err *look_at_accounts(struct import_accounts *all, const struct import_names *names)
{
    struct import *im = all->im;
    AUTO(arena_auto) struct arena *scratch = arena_new();
    const struct list ids = import_ids(im, "account");
    const char **platforms = arena_array(scratch, all->n + 1, sizeof(*platforms));
    const char **tag_ids = arena_array(scratch, all->n + 1, sizeof(*tag_ids));
    struct rows *rows;
    struct binds b;
    size_t n = 0;

    for (size_t i = 0; i < all->n; i++) {
        if (!all->at[i].tag_id)
            continue;
        platforms[n] = all->at[i].platform;
        tag_ids[n++] = all->at[i].tag_id;
    }
    binds_init(&b, scratch);
    bind_list(&b, "ids", ids.at, ids.n);
    bind_list(&b, "platforms", platforms, n);
    bind_list(&b, "tag_ids", tag_ids, n);
    TRY(store_call(im->mem, im->job->store, "import_accounts", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct import_thing *t =
            import_on_record(im, "account", rows_text(rows, i, "ref"), rows_text(rows, i, "id"));
        struct import_account_now *now = account_now(im->mem, rows, i);
        t->now = now;
        import_presence_add(im, names, now->platform, now->tag_id, t);
    }
    return NULL;
}

/* By key, else by presence; NULL when nobody knows it. */
static struct import_thing *find_known(struct import *im, const struct import_account *a,
                                       const struct import_names *names)
{
    const struct import_presence *p = import_presence_of(names, a);
    struct import_thing *t = import_find(im, "account", a->ref);

    if (t || a->in->account_id || !p)
        return t;
    if (p->n > 1)
        import_refuse(im, a->row, "handle", "ambiguous-account",
                      "is on record several times: say the account's key");
    return p->first;
}

static void find_account(struct import *im, struct import_account *a,
                         const struct import_names *names)
{
    struct import_thing *t = find_known(im, a, names);

    if (!t)
        check_new(im, a);
    else if (t->line)
        import_refuse(im, a->row, "account_id", "twice", "line %zu is about the account '%s' too",
                      t->line, t->ref);
    if (!import_open_row(a->row))
        return;
    a->now = t ? t->now : NULL;
    a->who = t ? t : import_make(im, "account", a->ref, NULL, a->row->line);
    a->who->line = a->row->line;
    if (!t)
        import_presence_add(im, names, a->platform, a->tag_id, a->who);
    if (a->now && a->platform && !text_same(a->now->platform, a->platform))
        import_refuse(im, a->row, "platform", "other-platform",
                      "'%s' is an account of %s on record", a->ref, a->now->platform);
    else if (a->now)
        a->platform = a->now->platform;
}

/* ---- The plan -------------------------------------------------------------------------------- */

static struct err *plan_accounts(struct import *im)
{
    struct import_accounts all = {
        .im = im, .at = arena_array(im->mem, im->n + 1, sizeof(struct import_account))};
    const struct import_names names = {map_new(im->mem), map_new(im->mem)};

    for (size_t i = 0; i < im->n; i++) {
        if (!import_open_row(&im->rows[i]))
            continue;
        account_take(im, &im->rows[i], &all.at[all.n]);
        all.n += import_open_row(&im->rows[i]);
    }
    TRY(look_up_made_keys(&all));
    TRY(look_at_accounts(&all, &names));
    for (size_t i = 0; i < all.n; i++) {
        find_account(im, &all.at[i], &names);
        all.at[i].unit =
            import_unit(im, all.at[i].row, all.at[i].in->org_unit, all.at[i].in->first_seen);
    }
    import_units_register(im);
    TRY(import_handles(&all, &names));
    TRY(import_accounts_register(&all, &names));
    TRY(import_accounts_change(&all, &names));
    TRY(import_owners(&all));
    for (size_t i = 0; i < all.n; i++)
        if (!all.at[i].now && all.at[i].retired && import_open_row(all.at[i].row))
            import_account_retire(im, &all.at[i]);
    return NULL;
}

const struct import_kind import_accounts = {
    .name = "accounts",
    .row = RECORD(struct import_account_row, row_fields),
    .existing = "import_accounts_here",
    .plan = plan_accounts,
    .makes = {"account", "unit"},
};
