/* import_credentials.c - records of secrets, never a secret: what they open, where they lie, who
 * knows them. A row is known again by its key, or by what it opens, its kind and its label. A file
 * cannot rotate: that a secret was changed needs a proof. */
#include "import.h"

#include "domain/account.h"

static const char *const kinds[] = {"password",  "api_key",      "token",        "ssh_key",
                                    "totp_seed", "backup_codes", "recovery_key", "certificate",
                                    "pin",       "signing_key",  "other",        NULL};

#define P import_credential_row
struct import_credential_row {
    const char *credential, *account, *store, *person, *kind, *label, *reference, *exposure,
        *changed_on, *expires_on;
    struct list known_to;
    int64_t version, lead_days;
    bool shared;
};
static const struct field row_fields[] = {
    KEY(credential, "credential", 120, "the key of the record"),
    WORD(account, "account", "what it opens"),
    WORD(store, "store", "where it lies"),
    WORD(person, "person", "whose own it is"),
    CHOICE(kind, kinds, "what it is"),
    CELL(label, 200, "which one"),
    CELL(reference, 500, "the item in the store, never the secret"),
    FLAG(shared, "several people use it"),
    {.name = "known_to",
     .kind = KIND_LIST,
     .each = KIND_TEXT,
     .of = "person",
     .optional = true,
     .max = 200,
     .help = "who knows it, with semicolons between them",
     AT(struct P, known_to)},
    MAYBE_CHOICE(exposure, WORDS("known", "unknown"), "whether it is known who ever knew it"),
    MAYBE_PAST_DATE(changed_on, "when it was last changed"),
    MAYBE_DATE(expires_on, "when it stops working by itself"),
    MAYBE_INT(lead_days, 1, 365, "how many days before that it is due"),
    MAYBE_INT(version, 1, 1000000, "its version in the store"),
    {0}};
#undef P

/* As it is on record. */
struct secret {
    const char *id, *account, *store, *label, *reference, *exposure, *changed_on, *expires_on,
        *kind, *status;
    int64_t version, lead_days;
    struct list known_to;
};
static const struct field secret_fields[] = {S_TEXT(secret, id),         S_TEXT(secret, account),
                                             S_TEXT(secret, store),      S_TEXT(secret, label),
                                             S_TEXT(secret, reference),  S_TEXT(secret, exposure),
                                             S_TEXT(secret, changed_on), S_TEXT(secret, expires_on),
                                             S_TEXT(secret, kind),       S_TEXT(secret, status),
                                             S_INT(secret, version),     S_INT(secret, lead_days),
                                             S_LIST(secret, known_to),   {0}};

/* What a row means. */
struct credential {
    struct import_row *row;
    const struct import_credential_row *in;
    const char *ref;
    struct import_thing *account, *store, *person, *who;
    struct list known_to; /* ids */
};

/* ---- Stores ---------------------------------------------------------------------------------- */

/* The store of a row, registered where nobody knows it. */
static struct import_thing *store_of(struct import *im, struct import_row *row, const char *name)
{
    struct import_thing *t = name ? import_find(im, "store", name) : NULL;

    if (!name || t)
        return t;
    t = import_make(im, "store", import_key(im->mem, name), name, row->line);
    struct event *e = import_event(im, "store.registered", NULL);
    event_set(e, "store", t->id);
    event_set(e, "ref", t->ref);
    event_set(e, "name", name);
    event_set(e, "kind", "other");
    import_mark(row, im->mem, IMPORT_NEW, "new store %s", t->ref);
    import_note(im, row, "store", "new-store",
                "the store '%s' was not known; say what it is: tenure store change %s --kind KIND",
                name, t->ref);
    return t;
}

/* ---- What a row means ------------------------------------------------------------------------ */

/* "acme-x:password": what a record is called when nobody said. */
static const char *ref_for(struct arena *mem, const struct credential *c)
{
    const char *on = c->account ? c->account->ref : c->store->ref;

    if (c->in->label)
        return arena_printf(mem, "%.60s:%s:%.40s", on, c->in->kind, import_key(mem, c->in->label));
    return arena_printf(mem, "%.80s:%s", on, c->in->kind);
}

static void take_people(struct import *im, struct credential *c)
{
    const struct list *words = &c->in->known_to;

    c->known_to.at = arena_array(im->mem, words->n + 1, sizeof(char *));
    for (size_t i = 0; i < words->n; i++) {
        const struct import_thing *t = import_the(im, c->row, "known_to", "person", words->at[i]);
        bool again = false;
        for (size_t k = 0; t && k < c->known_to.n; k++)
            again = again || strcmp(c->known_to.at[k], t->id) == 0;
        if (t && !again)
            c->known_to.at[c->known_to.n++] = t->id;
    }
}

static void take_row(struct import *im, struct import_row *row, struct credential *c)
{
    const struct import_credential_row *in = row->in;

    *c = (struct credential){.row = row, .in = in};
    if (!in->account && !in->store)
        import_refuse(im, row, "account", "missing",
                      "say what it opens, or in which store it lies");
    if (in->shared == (in->person != NULL))
        import_refuse(im, row, "shared", "missing",
                      "say either that it is shared, or whose own it is");
    c->account = import_the(im, row, "account", "account", in->account);
    c->person = import_the(im, row, "person", "person", in->person);
    take_people(im, c);
    if (!import_open_row(row))
        return;
    c->store = store_of(im, row, in->store);
    c->ref = in->credential ? in->credential : ref_for(im->mem, c);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static json_t *texts(const struct list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_string(list->at[i]));
    return array;
}

static void record_new(struct import *im, struct credential *c)
{
    const struct import_credential_row *in = c->in;
    struct event *e = import_event(im, "credential.recorded", NULL);

    c->who = import_make(im, "credential", c->ref, NULL, c->row->line);
    event_set(e, "credential", c->who->id);
    event_set(e, "ref", c->ref);
    event_set(e, "account", c->account ? c->account->id : NULL);
    event_set(e, "store", c->store ? c->store->id : NULL);
    event_set(e, "person", c->person ? c->person->id : NULL);
    event_set(e, "kind", in->kind);
    event_set(e, "label", in->label);
    event_set(e, "reference", in->reference);
    event_set_json(e, "shared", json_boolean(in->shared));
    event_set(e, "exposure",
              in->exposure                 ? in->exposure
              : c->known_to.n || c->person ? "known"
                                           : "unknown");
    event_set_int(e, "version", in->version ? in->version : 1);
    event_set(e, "changed_on", in->changed_on);
    event_set(e, "expires_on", in->expires_on);
    if (in->lead_days)
        event_set_int(e, "lead_days", in->lead_days);
    if (c->known_to.n)
        event_set_json(e, "known_to", texts(&c->known_to));
    import_mark(c->row, im->mem, IMPORT_NEW, "new credential %s", c->ref);
}

static bool knows(const struct secret *now, const char *person)
{
    for (size_t i = 0; i < now->known_to.n; i++)
        if (strcmp(now->known_to.at[i], person) == 0)
            return true;
    return false;
}

/* Whoever is said to know it could know the version that is in use. */
static void add_knowers(struct import *im, struct credential *c, const struct secret *now)
{
    for (size_t i = 0; i < c->known_to.n; i++) {
        if (knows(now, c->known_to.at[i]))
            continue;
        struct event *e = import_event(im, "credential.known_to", NULL);
        event_set(e, "credential", now->id);
        event_set(e, "account", now->account);
        event_set(e, "person", c->known_to.at[i]);
        event_set_int(e, "version", now->version);
        event_set(e, "how", "revealed");
        import_mark(c->row, im->mem, IMPORT_CHANGED, "more people know %s", c->ref);
        import_touch(im, c->who);
    }
}

static void change(struct import *im, struct credential *c, const struct secret *now)
{
    struct import_change d = {im, "credential.changed", "credential", now->id, NULL};
    const struct import_credential_row *in = c->in;

    import_differ(&d, "store", now->store, c->store ? c->store->id : NULL);
    import_differ(&d, "label", now->label, in->label);
    import_differ(&d, "reference", now->reference, in->reference);
    import_differ(&d, "expires_on", now->expires_on, in->expires_on);
    import_differ(&d, "exposure", now->exposure, in->exposure);
    if (strcmp(now->kind, in->kind) != 0)
        import_note(im, c->row, "kind", "kind-differs", "is a %s on record: that stays", now->kind);
    if (in->changed_on && (!now->changed_on || strcmp(in->changed_on, now->changed_on) > 0))
        import_note(im, c->row, "changed_on", "rotated",
                    "was changed on %s, which is not on record: tenure credential rotate %s",
                    in->changed_on, c->ref);
    if (!d.event)
        return;
    event_set(d.event, "account", now->account);
    import_mark(c->row, im->mem, IMPORT_CHANGED, "%s is different", c->ref);
    import_touch(im, c->who);
}

static void take_known(struct import *im, struct credential *c)
{
    const struct secret *now = c->who->now;

    if (text_same(now->status, "retired")) {
        import_note(im, c->row, NULL, "retired-here", "'%s' is retired on record: that stays",
                    c->ref);
        return;
    }
    if (c->account && !text_same(c->account->id, now->account)) {
        import_refuse(im, c->row, "account", "other-credential",
                      "'%s' opens something else on record", c->ref);
        return;
    }
    change(im, c, now);
    add_knowers(im, c, now);
}

/* ---- The plan -------------------------------------------------------------------------------- */

static struct err *look(struct import *im, const struct credential *all, size_t n,
                        struct map *kinds_of)
{
    const struct record r = RECORD(struct secret, secret_fields);
    const struct list accounts = import_ids(im, "account");
    const char **refs = arena_array(im->mem, n + 1, sizeof(*refs));
    struct rows *rows;

    for (size_t i = 0; i < n; i++)
        refs[i] = all[i].ref;
    TRY(import_look_up(im, "credential", refs, n));
    const struct list ids = import_ids(im, "credential");
    TRY(import_ask(im, "import_credentials", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct secret *s = arena_alloc(im->mem, sizeof(*s));
        rows_get(im->mem, rows, i, &r, s);
        import_by_id(im, s->id)->now = s;
    }
    TRY(import_ask(im, "import_targets", &accounts, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        map_set(kinds_of, rows_text(rows, i, "id"),
                arena_copy(im->mem, rows_text(rows, i, "kind")));
    return NULL;
}

static void take(struct import *im, struct credential *c, const struct map *kinds_of)
{
    const char *kind = c->account ? map_get(kinds_of, c->account->id) : NULL;
    struct err *e = kind ? account_takes(im->mem, c->account->ref, kind, "credential") : NULL;

    c->who = import_find(im, "credential", c->ref);
    if (e)
        import_refuse(im, c->row, "account", "personal-profile", "%s", e->text);
    else if (c->who && c->who->line)
        import_refuse(im, c->row, "credential", "twice", "line %zu is about '%s' too", c->who->line,
                      c->ref);
    else if (!c->who)
        record_new(im, c);
    else
        take_known(im, c);
    if (c->who && !c->who->line)
        c->who->line = c->row->line;
}

static struct err *plan_credentials(struct import *im)
{
    struct credential *all = arena_array(im->mem, im->n + 1, sizeof(*all));
    struct map *kinds_of = map_new(im->mem);
    size_t n = 0;

    for (size_t i = 0; i < im->n; i++) {
        if (!import_open_row(&im->rows[i]))
            continue;
        take_row(im, &im->rows[i], &all[n]);
        n += import_open_row(&im->rows[i]);
    }
    TRY(look(im, all, n, kinds_of));
    for (size_t i = 0; i < n; i++)
        take(im, &all[i], kinds_of);
    return NULL;
}

const struct import_kind import_credentials = {
    .name = "credentials",
    .row = RECORD(struct import_credential_row, row_fields),
    .existing = "import_credentials_here",
    .plan = plan_credentials,
    .makes = {"store"},
};
