/* facts_account.c - the account itself: what it is, its identifiers, and whether the same presence
 * is registered a second time; see facts.h. */
#include "facts.h"

#include "base/text.h"

static bool is_ours(const struct facts *f, const struct event_view *v)
{
    return text_same(json_text(v->after, "account"), f->b->account);
}

/* The same tag under another registration: somebody else claims the same presence. */
static void take_twin(struct facts *f, const struct event_view *v)
{
    if (strcmp(v->type, "account.registered") != 0 || is_ours(f, v) ||
        !text_same(json_text(v->after, "tag"), bundle_after(f->b->registered, "tag")))
        return;
    const char *id = json_text(v->after, "account");
    if (id)
        thing_take(f, thing_begin(f, &f->twins, id, v), v);
}

static void begin_identifier(struct facts *f, const struct event_view *v, const json_t *row)
{
    const char *id = json_text(row, "id");

    if (!id)
        return;
    struct thing *t = thing_begin(f, &f->identifiers, id, v);
    json_object_update(t->now, json_plain(row));
    t->to = json_text(row, "until");
}

static void registered(struct facts *f, const struct event_view *v)
{
    const json_t *rows = json_object_get(v->after, "identifiers"), *row;
    size_t i;

    f->account.from = v->at;
    f->account.index = v->e->index;
    json_array_foreach (rows, i, row) {
        begin_identifier(f, v, row);
    }
}

static void take_identifier(struct facts *f, const struct event_view *v)
{
    const char *old = json_text(entry_field(&v->e->view, "before"), "identifier");
    const char *id = json_text(v->after, "identifier");
    struct thing *t = thing_of(&f->identifiers, old);

    if (t)
        t->to = v->at;
    if (!id)
        return;
    if (strcmp(v->type, "identifier.ended") == 0) {
        t = thing_of(&f->identifiers, id);
        if (t)
            t->to = v->at;
        return;
    }
    /* A new handle takes the place of the old one, also where that is not shown. */
    bool replaces = text_starts(v->type, "account.handle_");
    for (t = f->identifiers.first; replaces && !old && t; t = t->next)
        if (!t->to && strcmp(thing_text(f, t, "kind"), "handle") == 0)
            t->to = v->at;
    thing_take(f, thing_begin(f, &f->identifiers, id, v), v);
}

void facts_account(struct facts *f, const struct event_view *v)
{
    take_twin(f, v);
    if (!is_ours(f, v))
        return;
    if (text_starts(v->type, "identifier.") || text_starts(v->type, "account.handle_")) {
        take_identifier(f, v);
        return;
    }
    if (strcmp(v->type, "account.registered") == 0)
        registered(f, v);
    if (strcmp(v->type, "account.retired") == 0)
        f->account.status = "retired";
    if (text_starts(v->type, "account."))
        thing_take(f, &f->account, v);
}

bool account_over(struct facts *f)
{
    return text_same(f->account.status, "retired") ||
           strcmp(thing_text(f, &f->account, "kind"), "personal_profile") == 0;
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static void about_row(struct facts *f, struct table *t, const char *what, const char *name)
{
    const char *text = thing_text(f, &f->account, name);

    if (*text)
        table_row(f, t, what, text);
}

static void table_about(struct facts *f)
{
    static const char *const columns[] = {"", "", NULL};
    struct table *t = table_add(f, "account", "The account", NULL, columns);
    const char *unit = thing_text(f, &f->account, "unit"),
               *parent = thing_text(f, &f->account, "parent");
    const char *status =
        f->account.status ? f->account.status : thing_text(f, &f->account, "status");

    about_row(f, t, "key in the registry", "ref");
    about_row(f, t, "platform", "platform");
    about_row(f, t, "kind", "kind");
    about_row(f, t, "id on the platform", "tag_id");
    about_row(f, t, "name", "name");
    about_row(f, t, "address", "url");
    about_row(f, t, "language", "language");
    about_row(f, t, "purpose", "purpose");
    about_row(f, t, "note", "note");
    about_row(f, t, "contested", "contested");
    if (*unit)
        table_row(f, t, "unit", label(f, unit));
    if (*parent)
        table_row(f, t, "below", label(f, parent));
    table_row(f, t, "status", *status ? status : "active");
    table_row(f, t, "since", moment(f->mem, f->account.from));
    about_row(f, t, "tag in the log", "tag");
}

static void table_identifiers(struct facts *f)
{
    static const char *const columns[] = {"kind", "value", "from", "to", NULL};

    if (!f->identifiers.first)
        return;
    struct table *t =
        table_add(f, "identifiers", "Handles, addresses and ids",
                  "Times are UTC. No end: it is so at the time of this proof.", columns);
    for (const struct thing *i = f->identifiers.first; i; i = i->next)
        table_row(f, t, thing_text(f, i, "kind"), thing_text(f, i, "value"),
                  moment(f->mem, i->from), moment(f->mem, i->to));
}

static void table_twins(struct facts *f)
{
    static const char *const columns[] = {"registered as", "since", "why", "entry", NULL};

    if (!f->twins.first)
        return;
    struct table *t =
        table_add(f, "twins", "Registered a second time",
                  "The same presence is on the books under other keys too: their events "
                  "are in the list below, and count for them, not for this one.",
                  columns);
    table_written(t, "registered as");
    table_written(t, "why");
    for (const struct thing *i = f->twins.first; i; i = i->next) {
        table_row(f, t, thing_text(f, i, "ref"), moment(f->mem, i->from),
                  thing_text(f, i, "contested"),
                  arena_printf(f->mem, "%llu", (unsigned long long)i->index));
        gap_add(f, "the same presence is registered as '%s' too",
                text_quoted(f->mem, thing_text(f, i, "ref")));
    }
}

void tables_account(struct facts *f)
{
    table_about(f);
    table_identifiers(f);
    table_twins(f);
}
