/* event.c - making events; see event.h. The types are in event_types.c. */
#include "domain/event.h"

#include "json/record_json.h"

#include <assert.h>
#include <string.h>

const struct event_type *event_type_find(const char *name)
{
    for (const struct event_type *t = event_types; t->name; t++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

bool noun_is_subject(const char *noun)
{
    static const char *const subjects[] = {"entity",       "unit",     "position", "person",
                                           "key",          "account",  "store",    "credential",
                                           "controlpoint", "evidence", "playbook", "handover",
                                           "import",       "log",      "token",    "place"};

    for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++)
        if (strcmp(subjects[i], noun) == 0)
            return true;
    return false;
}

void events_init(struct events *list, struct arena *mem)
{
    *list = (struct events){.mem = mem};
    list->last = &list->first;
}

/* ---- Long lists ------------------------------------------------------------------------------ */

struct events_open {
    struct arena *payloads; /* of those that are not packed yet */
    struct event *packed;   /* the last that is; NULL: none */
    size_t packed_n;
};

static void drop_open(void *open)
{
    arena_free(((struct events_open *)open)->payloads);
}

void events_init_long(struct events *list, struct arena *mem)
{
    events_init(list, mem);
    list->open = arena_alloc(mem, sizeof(*list->open));
    list->open->payloads = arena_new();
    arena_on_free(mem, drop_open, list->open);
}

static struct arena *payloads_of(const struct events *list)
{
    return list->open ? list->open->payloads : list->mem;
}

size_t events_unpacked(const struct events *list)
{
    return list->n - list->open->packed_n;
}

/* {"after":{…},"before":{…}} */
static const char *packed_text(struct arena *mem, const struct event *e)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    json_t *both = json_keep(scratch, json_object());

    json_object_set(both, "after", e->after);
    if (e->before)
        json_object_set(both, "before", e->before);
    return arena_copy(mem, json_canonical(scratch, both));
}

void events_pack(struct events *list, void (*last_look)(void *ctx, const struct event *e),
                 void *ctx)
{
    struct events_open *open = list->open;

    for (struct event *e = open->packed ? open->packed->next : list->first; e; e = e->next) {
        last_look(ctx, e);
        e->packed = packed_text(list->mem, e);
        e->after = e->before = NULL;
        open->packed = e;
        open->packed_n++;
    }
    arena_free(open->payloads);
    open->payloads = arena_new();
}

struct event event_unpacked(struct arena *mem, const struct event *e)
{
    struct event open = *e;
    json_t *both;

    if (!e->packed)
        return open;
    struct err *trouble = json_read(mem, bytes_of_text(e->packed), SIZE_MAX, "an event", &both);
    assert(!trouble && "what packed_text() wrote");
    (void)trouble;
    open.after = json_object_get(both, "after");
    open.before = json_object_get(both, "before");
    open.packed = NULL;
    return open;
}

/* ---- One event ------------------------------------------------------------------------------- */

struct event *event_new(struct events *list, const char *name)
{
    struct event *e = arena_alloc(list->mem, sizeof(*e));

    e->type = event_type_find(name);
    assert(e->type);
    e->after = json_keep(payloads_of(list), json_object());
    *list->last = e;
    list->last = &e->next;
    list->n++;
    return e;
}

bool event_field_is_personal(const struct event_type *type, const char *field)
{
    const struct record r = {0, type->fields};
    const char *plain = strncmp(field, "before.", 7) == 0 ? field + 7 : field;
    const struct field *f = record_find(&r, plain);

    return f ? f->personal : type->personal_reason && strcmp(field, "reason") == 0;
}

static const struct field *field_named(const struct event *e, const char *name)
{
    const struct record r = {0, e->type->fields};

    return record_find(&r, name);
}

void event_take(struct events *list, struct event *e, const struct record *r, const void *obj)
{
    EACH_FIELD (f, r) {
        if (!field_named(e, f->name) || json_object_get(e->after, f->name) || !field_is_set(f, obj))
            continue;
        if (f->held_as == HELD_AS_REF)
            event_set(e, f->name, field_text(list->mem, f, obj));
        else
            json_object_set_new(e->after, f->name, field_to_json(f, obj));
    }
}

void event_set(struct event *e, const char *field, const char *text)
{
    assert(field_named(e, field));
    if (text)
        json_object_set_new(e->after, field, json_string(text));
}

void event_set_int(struct event *e, const char *field, int64_t n)
{
    assert(field_named(e, field));
    json_object_set_new(e->after, field, json_integer(n));
}

void event_set_json(struct event *e, const char *field, json_t *value)
{
    assert(field_named(e, field));
    json_object_set_new(e->after, field, value);
}

void event_was(struct events *list, struct event *e, json_t *before)
{
    assert(!e->packed);
    e->before = json_keep(payloads_of(list), before);
}

const char *event_fault(struct arena *mem, const struct event *e)
{
    const char *key;
    json_t *value;

    json_object_foreach (e->after, key, value) {
        if (!field_named(e, key))
            return arena_printf(mem, "%s has no field %s", e->type->name, key);
    }
    for (const struct field *f = e->type->fields; f->name; f++)
        if (!f->optional && !json_object_get(e->after, f->name))
            return arena_printf(mem, "%s lacks %s", e->type->name, f->name);
    return NULL;
}

typedef void visit_fn(void *ctx, const char *noun, const char *id);

static void visit_field(const struct field *f, const json_t *payload, visit_fn *visit, void *ctx)
{
    const json_t *value = json_object_get(payload, f->name), *item;
    size_t i;

    if (json_is_string(value))
        visit(ctx, f->of, json_string_value(value));
    json_array_foreach (value, i, item) {
        if (json_is_string(item))
            visit(ctx, f->of, json_string_value(item));
    }
}

static void visit_ids(const struct event *e, bool subjects_only, visit_fn *visit, void *ctx)
{
    for (const struct field *f = e->type->fields; f->name; f++) {
        if (!f->of || (subjects_only && !noun_is_subject(f->of)))
            continue;
        visit_field(f, e->after, visit, ctx);
        visit_field(f, e->before, visit, ctx);
    }
}

void event_ids(const struct event *e, visit_fn *visit, void *ctx)
{
    visit_ids(e, false, visit, ctx);
}

void event_subjects(const struct event *e, visit_fn *visit, void *ctx)
{
    visit_ids(e, true, visit, ctx);
}
