/* audit_replay.c - the fold of the whole log into empty tables, by the functions of this program,
 * and the comparison of every row with the live ones; see audit.h. */
#include "audit.h"

#include "base/date.h"
#include "store/migrate.h"

static const char schema[] = "tenure_audit";

struct err *audit_replay_begin(struct audit *a)
{
    return store_make_replay(a->mem, a->store, schema);
}

/* The payload with the personal fields in their places, as the fold was given it. */
static json_t *payload(struct audit *a, uint64_t index, const struct entry_view *v,
                       const struct event_type *type, const char *name)
{
    const json_t *open = entry_field(v, name);
    json_t *all = open ? json_keep(a->page, json_copy(json_plain(open))) : NULL;
    bool before = name[0] == 'b';

    for (const struct field *f = type->fields; all && f->name; f++) {
        const char *field = before ? arena_printf(a->page, "before.%s", f->name) : f->name;
        const json_t *value = f->personal ? entry_field(v, field) : NULL;
        const char *instead = f->personal && !value ? audit_erased_value(a, index, field) : NULL;
        if (value)
            json_object_set(all, f->name, json_plain(value));
        else if (instead)
            json_object_set_new(all, f->name, json_string(instead));
    }
    if (all && !before && strcmp(type->name, "person.erased") == 0)
        json_object_set_new(all, "values", audit_erased_values(a, all));
    return all;
}

const char *audit_fold_event(struct audit *a, uint64_t index, const struct entry_view *v)
{
    const char *name = entry_text(v, "type");
    const struct event_type *type = name ? event_type_find(name) : NULL;
    struct jsonw w;
    struct buf out;

    if (!type) {
        audit_find(a, "log.disclosed", audit_row(a, index), "the type is not known");
        return NULL;
    }
    json_t *after = payload(a, index, v, type, "after"),
           *before = payload(a, index, v, type, "before");
    buf_init(&out, a->page, 1 << 24);
    jsonw_open(&w, &out);
    jsonw_int(&w, "index", (int64_t)index);
    jsonw_text(&w, "type", name);
    jsonw_text(&w, "recorded_at", instant_text(a->page, v->leaf.ts));
    jsonw_text(&w, "effective_at", entry_text(v, "effective_at"));
    jsonw_text(&w, "initiator", entry_text(v, "initiator"));
    jsonw_raw(&w, "after", after ? json_canonical(a->page, after) : NULL);
    jsonw_raw(&w, "before", before ? json_canonical(a->page, before) : NULL);
    jsonw_text(&w, "reason", entry_text(v, "reason"));
    jsonw_close(&w);
    return out.at;
}

/* Once an event does not fold, what comes after it makes no sense either: that is said once. */
struct err *audit_replay_page(struct audit *a, const char *events)
{
    struct rows *rows;
    struct binds b;

    if (a->replay_failed)
        return NULL;
    TRY(store_script(a->page, a->store, "SAVEPOINT page"));
    binds_init(&b, a->page);
    bind_text(&b, "events", events);
    struct err *e = store_call(a->page, a->store, "audit_fold", &b, &rows);
    if (!e)
        return store_script(a->page, a->store, "RELEASE SAVEPOINT page");
    if (e->kind == ERR_UNAVAILABLE)
        return e;
    TRY(store_script(a->page, a->store, "ROLLBACK TO SAVEPOINT page"));
    audit_find(a, "log.entry", audit_row(a, a->size),
               "an entry before this one cannot be replayed: %s", e->text);
    a->replay_failed = true;
    return NULL;
}

struct err *audit_replay_mend(struct audit *a)
{
    struct rows *rows;
    struct binds b;

    audit_say(a, "mending the tables", 0, 0);
    binds_init(&b, a->page);
    bind_text(&b, "schema", schema);
    return store_call(a->page, a->store, "audit_mend", &b, &rows);
}

struct err *audit_replay_compare(struct audit *a)
{
    struct rows *rows;
    struct binds b;

    if (a->replay_failed)
        return NULL;
    audit_say(a, "comparing", 0, 0);
    binds_init(&b, a->page);
    bind_text(&b, "schema", schema);
    TRY(store_call(a->page, a->store, "audit_compare", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        audit_find(a, arena_printf(a->page, "state.%s", rows_text(rows, i, "tbl_name")),
                   rows_text(rows, i, "row_name"), "%s", rows_text(rows, i, "fault"));
    return NULL;
}
