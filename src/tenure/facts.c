/* facts.c - what the deriver is made of, and its course: see facts.h. */
#include "facts.h"

#include "base/date.h"
#include "base/text.h"

#include <stdarg.h>

/* ---- Things ---------------------------------------------------------------------------------- */

static void things_init(struct arena *mem, struct things *all)
{
    *all = (struct things){.by_id = map_new(mem)};
    all->last = &all->first;
}

struct thing *thing_of(const struct things *all, const char *id)
{
    return id ? map_get(all->by_id, id) : NULL;
}

struct thing *thing_begin(struct facts *f, struct things *all, const char *id,
                          const struct event_view *v)
{
    struct thing *t = arena_alloc(f->mem, sizeof(*t));

    *t = (struct thing){
        .id = id, .now = json_keep(f->mem, json_object()), .from = v->at, .index = v->e->index};
    *all->last = t;
    all->last = &t->next;
    map_set(all->by_id, id, t);
    return t;
}

static void put(struct thing *t, const char *name, const json_t *value)
{
    if (json_is_null(value))
        json_object_del(t->now, name);
    else
        json_object_set(t->now, name, json_plain(value));
}

void thing_take(struct facts *f, struct thing *t, const struct event_view *v)
{
    const struct entry_view *view = &v->e->view;
    const char *name;
    json_t *value;

    json_object_foreach (json_plain(v->after), name, value) {
        put(t, name, value);
    }
    for (size_t i = 0; i < view->n; i++)
        if (!bundle_is_open(view->fields[i].name) && !text_starts(view->fields[i].name, "before."))
            put(t, view->fields[i].name, view->fields[i].value);
    for (size_t i = 0; i < v->e->erased.n; i++) {
        const char *gone = v->e->erased.at[i];
        if (bundle_shows(f->b, gone))
            json_object_set_new(t->now, gone, json_string("erased"));
    }
}

struct thing *thing_split(struct facts *f, struct things *all, struct thing *t,
                          const struct event_view *v)
{
    struct thing *more = thing_begin(f, all, t->id, v);

    json_object_update(more->now, t->now);
    more->status = t->status;
    if (!t->to)
        t->to = v->at;
    return more;
}

const char *thing_text(struct facts *f, const struct thing *t, const char *name)
{
    const json_t *value = json_object_get(t->now, name);

    if (json_is_string(value))
        return json_string_value(value);
    return value ? json_compact(f->mem, value) : "";
}

/* ---- Words ----------------------------------------------------------------------------------- */

const char *label(const struct facts *f, const char *id)
{
    const char *known = id ? map_get(f->labels, id) : NULL;

    if (!id || !*id)
        return "";
    return known
               ? known
               : arena_printf(f->mem, "%s…", text_quoted(f->mem, arena_printf(f->mem, "%.8s", id)));
}

const char *moment(struct arena *mem, const char *instant)
{
    static const char midnight[] = "T00:00:00.000Z";
    char *text = arena_copy(mem, instant ? instant : "");
    size_t n = strlen(text);
    int64_t unused;

    if (n != INSTANT_TEXT - 1 || !instant_parse(text, &unused))
        return text_quoted(mem, text);
    if (strcmp(text + 10, midnight) == 0) {
        text[10] = '\0';
    } else {
        text[10] = ' ';
        text[16] = '\0';
    }
    return text;
}

/* ---- Times ----------------------------------------------------------------------------------- */

static bool is_past(const struct facts *f, const char *instant)
{
    return instant && strcmp(instant, f->now) <= 0;
}

bool is_gone(const struct facts *f, const char *person)
{
    const struct going *g = person ? map_get(f->going, person) : NULL;

    return g && (is_past(f, g->left) || is_past(f, g->notice));
}

bool is_over(const struct facts *f, const struct thing *t)
{
    return is_past(f, t->to);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

struct table *table_add(struct facts *f, const char *slug, const char *title, const char *note,
                        const char *const *columns)
{
    struct table *t = arena_alloc(f->mem, sizeof(*t));

    *t = (struct table){.slug = slug, .title = title, .note = note, .columns = columns};
    while (columns[t->width])
        t->width++;
    *f->last_table = t;
    f->last_table = &t->next;
    return t;
}

static void *grown(struct arena *mem, const void *at, size_t n, size_t *room)
{
    if (n < *room)
        return NULL;
    *room = *room ? *room * 2 : 16;
    void *more = arena_array(mem, *room, sizeof(void *));
    if (n)
        memcpy(more, at, n * sizeof(void *));
    return more;
}

void table_written(struct table *t, const char *column)
{
    for (size_t c = 0; c < t->width; c++)
        if (strcmp(t->columns[c], column) == 0)
            t->written |= 1U << c;
}

void table_row_of(struct facts *f, struct table *t, const char *const *cells)
{
    const char **row = arena_array(f->mem, t->width + 1, sizeof(char *));
    void *more = grown(f->mem, t->rows, t->n, &t->room);
    size_t i = 0;

    for (; i < t->width && cells[i]; i++)
        row[i] = cells[i];
    while (i < t->width)
        row[i++] = "";
    if (more)
        t->rows = more;
    t->rows[t->n++] = row;
}

void gap_add(struct facts *f, const char *fmt, ...)
{
    void *more = grown(f->mem, f->gaps, f->gaps_n, &f->gaps_room);
    char text[600];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (more)
        f->gaps = more;
    f->gaps[f->gaps_n++] = text_printable(f->mem, text, strlen(text));
}

/* ---- The course ------------------------------------------------------------------------------ */

static struct event_view view_of(struct facts *f, const struct bundle_entry *e)
{
    const char *at = entry_text(&e->view, "effective_at");
    const json_t *after = entry_field(&e->view, "after");

    return (struct event_view){.e = e,
                               .type = entry_text(&e->view, "type"),
                               .at = at ? at : instant_text(f->mem, e->view.leaf.ts),
                               .after = json_is_object(after) ? after : NULL};
}

/* "e1007 (Ben Ahmadi)"; what has no name of its own is called by its key. */
static void call_it(struct facts *f, const struct thing *t)
{
    const char *ref = thing_text(f, t, "ref"), *name = thing_text(f, t, "name");

    if (!*name)
        name = thing_text(f, t, "title");
    ref = text_quoted(f->mem, ref);
    name = text_quoted(f->mem, name);
    if (*ref && *name && strcmp(ref, name) != 0)
        map_set(f->labels, t->id, arena_printf(f->mem, "%s (%s)", ref, name));
    else if (*ref || *name)
        map_set(f->labels, t->id, arena_copy(f->mem, *ref ? ref : name));
}

/* person.joined names the person that its payload calls "person", and so on. */
static void learn_name(struct facts *f, const struct event_view *v)
{
    char *noun = arena_copy_n(f->mem, v->type, strcspn(v->type, "."));
    const char *id = json_text(v->after, noun), *verb = v->type + strlen(noun);
    bool begins = strcmp(verb, ".registered") == 0 || strcmp(verb, ".joined") == 0 ||
                  strcmp(verb, ".added") == 0 || strcmp(verb, ".enrolled") == 0 ||
                  strcmp(verb, ".recorded") == 0;
    struct thing *t = thing_of(&f->names, id);

    if (begins && id && !t) {
        t = thing_begin(f, &f->names, id, v);
        t->status = noun;
    }
    if (!t || !(begins || strcmp(verb, ".changed") == 0))
        return;
    thing_take(f, t, v);
    call_it(f, t);
}

static void derive_event(struct facts *f, const struct event_view *v)
{
    facts_account(f, v);
    facts_title(f, v);
    facts_people(f, v);
    facts_access(f, v);
    facts_control(f, v);
}

struct facts *facts_of(struct arena *mem, const struct bundle *b)
{
    struct facts *f = arena_alloc(mem, sizeof(*f));
    struct things *const all[] = {&f->titles, &f->owners,      &f->custodians, &f->heirs,
                                  &f->duties, &f->grants,      &f->points,     &f->credentials,
                                  &f->names,  &f->identifiers, &f->holdings,   &f->twins,
                                  NULL};

    f->mem = mem;
    f->b = b;
    f->labels = map_new(mem);
    f->going = map_new(mem);
    f->now = b->n ? instant_text(mem, b->entries[b->n - 1].view.leaf.ts) : "";
    f->last_table = &f->tables;
    f->account.now = json_keep(mem, json_object());
    for (struct things *const *a = all; *a; a++)
        things_init(mem, *a);
    for (size_t i = 0; i < b->n; i++) {
        const struct event_view v = view_of(f, &b->entries[i]);
        if (v.after)
            learn_name(f, &v);
    }
    for (size_t i = 0; i < b->n; i++) {
        const struct event_view v = view_of(f, &b->entries[i]);
        if (v.after)
            derive_event(f, &v);
    }
    tables_account(f);
    tables_title(f);
    tables_people(f);
    tables_access(f);
    tables_control(f);
    tables_events(f);
    tables_names(f);
    return f;
}
