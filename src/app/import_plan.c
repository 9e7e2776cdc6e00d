/* import_plan.c - what every kind of file needs to make its plan: the things that it speaks of,
 * what is said of its rows, the events and the plan's hash; see import.h. */
#include "import.h"

#include "crypto/hash.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { REMARK_BYTES = 600 };

/* Events of a plan that are at hand; those before are packed. */
enum { UNPACKED_MAX = 64 };

/* ---- What is said of rows -------------------------------------------------------------------- */

PRINTF(2, 0)
static const char *printed(struct arena *mem, const char *fmt, va_list args)
{
    char text[REMARK_BYTES];
    int n = vsnprintf(text, sizeof(text), fmt, args);

    return text_printable(mem, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

/* The column that a field of ours came from. */
static const char *column_of(const struct import *im, const char *field)
{
    for (size_t i = 0; field && i < im->columns.n; i++)
        if (text_same(im->columns.at[i].ours, field))
            return im->columns.at[i].theirs;
    return field;
}

static void remark(struct import *im, struct import_remarks *list, size_t line, const char *field,
                   const char *code, const char *text)
{
    struct import_remark *r = arena_alloc(im->mem, sizeof(*r));

    *r = (struct import_remark){line, column_of(im, field), code, text, NULL};
    *list->last = r;
    list->last = &r->next;
    list->n++;
}

void import_refuse(struct import *im, struct import_row *row, const char *field, const char *code,
                   const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    remark(im, &im->refusals, row->line, field, code, printed(im->mem, fmt, args));
    va_end(args);
    row->outcome = IMPORT_REFUSED;
}

void import_note(struct import *im, const struct import_row *row, const char *field,
                 const char *code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    remark(im, &im->notes, row->line, field, code, printed(im->mem, fmt, args));
    va_end(args);
}

void import_mark(struct import_row *row, struct arena *mem, enum import_outcome outcome,
                 const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *what = printed(mem, fmt, args);
    va_end(args);
    row->what = row->what ? arena_printf(mem, "%s; %s", row->what, what) : what;
    if (outcome > row->outcome)
        row->outcome = outcome;
}

void import_touch(struct import *im, struct import_thing *t)
{
    im->touched += !t->touched && !t->fresh;
    t->touched = true;
}

/* ---- Things ---------------------------------------------------------------------------------- */

static const char *word_key(struct arena *mem, const char *noun, const char *word)
{
    return arena_printf(mem, "%s %s", noun, word);
}

static bool has_names(const char *noun)
{
    return strcmp(noun, "unit") == 0 || strcmp(noun, "position") == 0 || strcmp(noun, "store") == 0;
}

struct import_thing *import_find(const struct import *im, const char *noun, const char *word)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct import_thing *t = map_get(im->things, word_key(scratch, noun, word));

    if (!t && has_names(noun))
        t = map_get(im->things, word_key(scratch, noun, import_key(scratch, word)));
    return t;
}

struct import_thing *import_by_id(const struct import *im, const char *id)
{
    return id ? map_get(im->things, id) : NULL;
}

/* What to do about a word that nothing is known of. */
static const char *advice(const struct import *im, const char *noun, const char *word)
{
    static const char *const first[][2] = {
        {"person", "import people"},
        {"account", "import accounts"},
        {"entity", "tenure entity register %s --name NAME --kind company"},
        {"unit", "tenure unit register %s --name NAME --entity ENTITY"},
        {"position", "tenure position register %s --title TITLE --unit UNIT"},
        {"store", "tenure store register %s --name NAME --kind vault --unit UNIT"},
    };
    const char *key = import_key(im->mem, word);

    if (strcmp(noun, "person") == 0 && im->kind == &import_people)
        return "neither in this file nor on record";
    for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++) {
        const char *said = first[i][1], *at = strstr(said, "%s");
        if (strcmp(noun, first[i][0]) == 0)
            return at ? arena_printf(im->mem, "%.*s%s%s", (int)(at - said), said, key, at + 2)
                      : said;
    }
    return "register it first";
}

struct import_thing *import_the(struct import *im, struct import_row *row, const char *field,
                                const char *noun, const char *word)
{
    struct import_thing *t = word ? import_find(im, noun, word) : NULL;

    if (t && t->twice)
        import_refuse(im, row, field, arena_printf(im->mem, "ambiguous-%s", noun),
                      "'%s' could be several: say the key", word);
    else if (word && !t)
        import_refuse(im, row, field, arena_printf(im->mem, "unknown-%s", noun),
                      "there is no %s '%s': %s", noun, word, advice(im, noun, word));
    return t && !t->twice ? t : NULL;
}

static struct import_thing *keep(struct import *im, const char *noun, const char *ref,
                                 const char *id)
{
    struct import_thing *t = arena_alloc(im->mem, sizeof(*t));

    *t = (struct import_thing){.noun = noun, .ref = ref, .id = id};
    if (im->all_n == im->all_room) {
        im->all_room = im->all_room ? 2 * im->all_room : 64;
        struct import_thing **more =
            arena_array(im->mem, im->all_room, sizeof(struct import_thing *));
        for (size_t i = 0; i < im->all_n; i++)
            more[i] = im->all[i];
        im->all = more;
    }
    im->all[im->all_n++] = t;
    map_set(im->things, id, t);
    return t;
}

void import_chance(struct import *im, const char *text)
{
    map_set(im->made, text, arena_printf(im->mem, "new-%zu", ++im->made_n));
}

char *import_id(struct import *im)
{
    char *id = uuid_new(im->mem);

    import_chance(im, id);
    return id;
}

struct import_thing *import_make(struct import *im, const char *noun, const char *ref,
                                 const char *word, size_t line)
{
    struct import_thing *t = keep(im, noun, ref, import_id(im));

    t->fresh = true;
    t->line = line;
    map_set(im->things, word_key(im->mem, noun, ref), t);
    if (word && !map_get(im->things, word_key(im->mem, noun, word)))
        map_set(im->things, word_key(im->mem, noun, word), t);
    return t;
}

struct list import_ids(const struct import *im, const char *noun)
{
    struct list ids = {arena_array(im->mem, im->all_n + 1, sizeof(char *)), 0};

    for (size_t i = 0; i < im->all_n; i++)
        if (!im->all[i]->fresh && strcmp(im->all[i]->noun, noun) == 0)
            ids.at[ids.n++] = im->all[i]->id;
    return ids;
}

struct words {
    struct import *im;
    struct arena *mem; /* until they are asked for */
    struct map *seen;
    const char **of, **said;
    size_t n, room;
};

static void add_word(struct words *w, const char *noun, const char *word)
{
    const char *key = word_key(w->mem, noun, word);

    if (map_get(w->seen, key))
        return;
    map_set(w->seen, key, w);
    if (w->n == w->room) {
        w->room = w->room ? 2 * w->room : 256;
        const char **of = arena_array(w->mem, w->room, sizeof(*of));
        const char **said = arena_array(w->mem, w->room, sizeof(*said));
        if (w->n) {
            memcpy(of, w->of, w->n * sizeof(*of));
            memcpy(said, w->said, w->n * sizeof(*said));
        }
        w->of = of;
        w->said = said;
    }
    w->of[w->n] = noun;
    w->said[w->n++] = word;
}

static void add_words(struct words *w, const struct import_row *row)
{
    EACH_FIELD (f, &w->im->kind->row) {
        const void *at = field_of(f, row->in);
        const struct list *list = at;
        if (!f->of)
            continue;
        for (size_t i = 0; f->held_as == HELD_AS_LIST && i < list->n; i++)
            add_word(w, f->of, list->at[i]);
        const char *word = f->held_as == HELD_AS_TEXT ? *(const char *const *)at : NULL;
        if (!word)
            continue;
        add_word(w, f->of, word);
        if (has_names(f->of))
            add_word(w, f->of, import_key(w->mem, word));
    }
}

struct import_thing *import_on_record(struct import *im, const char *noun, const char *ref,
                                      const char *id)
{
    struct import_thing *t = import_by_id(im, id);

    return t ? t : keep(im, noun, ref, id);
}

static void learn(struct import *im, const char *noun, const char *said, const char *id,
                  const char *ref)
{
    const char *key = word_key(im->mem, noun, said);
    struct import_thing *t = import_on_record(im, noun, ref, id), *other = map_get(im->things, key);

    if (other && other != t) {
        t = arena_alloc(im->mem, sizeof(*t));
        t->twice = true;
    }
    map_set(im->things, key, t);
}

static struct err *ask_words(struct import *im, const struct words *w)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, w->mem);
    bind_list(&b, "nouns", w->of, w->n);
    bind_list(&b, "said", w->said, w->n);
    TRY(store_call(im->mem, im->job->store, "import_things", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        learn(im, rows_text(rows, i, "noun"), rows_text(rows, i, "said"), rows_text(rows, i, "id"),
              rows_text(rows, i, "ref"));
    return NULL;
}

/* All that the rows speak of, with one question. */
static struct err *look_up(struct import *im)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct words w = {.im = im, .mem = scratch, .seen = map_new(scratch)};

    for (size_t i = 0; i < im->n; i++)
        add_words(&w, &im->rows[i]);
    return ask_words(im, &w);
}

struct err *import_look_up(struct import *im, const char *noun, const char *const *refs, size_t n)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct words w = {.im = im, .mem = scratch, .seen = map_new(scratch)};

    for (size_t i = 0; i < n; i++)
        add_word(&w, noun, refs[i]);
    return ask_words(im, &w);
}

struct err *import_ask(struct import *im, const char *statement, const struct list *ids,
                       struct rows **ret)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct binds b;

    binds_init(&b, scratch);
    bind_text(&b, "now", instant_text(scratch, im->job->now));
    bind_list(&b, "ids", ids->at, ids->n);
    return store_call(im->mem, im->job->store, statement, &b, ret);
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* A copy in which the ids of this plan, which are made anew each time, have names instead. */
static json_t *without_chance(const struct import *im, const json_t *value)
{
    const char *key, *name;
    json_t *item, *copy;
    size_t i;

    if (json_is_string(value)) {
        name = map_get(im->made, json_string_value(value));
        return name ? json_string(name) : json_copy(json_plain(value));
    }
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach (value, i, item) {
            json_array_append_new(copy, without_chance(im, item));
        }
        return copy;
    }
    if (!json_is_object(value))
        return json_copy(json_plain(value));
    copy = json_object();
    json_object_foreach (json_plain(value), key, item) {
        json_object_set_new(copy, key, without_chance(im, item));
    }
    return copy;
}

static json_t *event_plan(const struct import *im, const struct event *e, const char *now)
{
    json_t *plan = json_object();

    json_object_set_new(plan, "type", json_string(e->type->name));
    json_object_set_new(plan, "after", without_chance(im, e->after));
    if (e->before)
        json_object_set_new(plan, "before", without_chance(im, e->before));
    if (e->effective_at && strcmp(e->effective_at, now) != 0)
        json_object_set_new(plan, "effective_at", json_string(e->effective_at));
    return plan;
}

static json_t *mapping_of(const struct import *im)
{
    json_t *mapping = json_object();

    for (size_t i = 0; i < im->columns.n; i++)
        if (im->columns.at[i].ours)
            json_object_set_new(mapping, im->columns.at[i].ours,
                                json_string(im->columns.at[i].theirs));
    return mapping;
}

static void add_canonical(struct import *im, json_t *value)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();

    sha256_add(im->hashing, bytes_of_text(json_canonical(scratch, json_keep(scratch, value))));
}

static void add_event(void *ctx, const struct event *e)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    struct import *im = ctx;

    sha256_add(im->hashing, bytes_of_text(e == im->job->events.first ? "" : ","));
    add_canonical(im, event_plan(im, e, instant_text(scratch, im->job->now)));
}

/* The plan's hash is SHA-256 over the canonical form of what was read, how, and what comes of it:
 * taken piece by piece, with the keys in their order, and each event goes into it when it is
 * packed.
 */
static void begin_hash(struct import *im)
{
    im->hashing = sha256_begin();
    sha256_add(im->hashing, bytes_of_text("{\"events\":["));
}

static const char *end_hash(struct import *im)
{
    events_pack(&im->job->events, add_event, im);
    sha256_add(im->hashing, bytes_of_text(arena_printf(
                                im->mem, "],\"file\":\"%.64s\",\"kind\":\"%s\",\"mapping\":",
                                im->file, im->kind->name)));
    add_canonical(im, mapping_of(im));
    sha256_add(im->hashing, bytes_of_text("}"));
    struct digest d = sha256_end(im->hashing);
    im->hashing = NULL;
    return hex_encode(im->mem, d.at, sizeof(d.at));
}

struct event *import_event(struct import *im, const char *type, const char *effective_at)
{
    if (events_unpacked(&im->job->events) >= UNPACKED_MAX)
        events_pack(&im->job->events, add_event, im);
    struct event *e = event_new(&im->job->events, type);

    e->effective_at = effective_at;
    return e;
}

void import_differ(struct import_change *c, const char *field, const char *was, const char *is)
{
    if (!is || text_same(was, is))
        return;
    if (!c->event) {
        c->event = import_event(c->im, c->type, NULL);
        event_set(c->event, c->noun, c->id);
        event_was(&c->im->job->events, c->event, json_object());
    }
    event_set(c->event, field, is);
    json_object_set_new(c->event->before, field, was ? json_string(was) : json_null());
}

/* Kinds look at all rows several times; who reads the remarks goes through the file once. */
struct placed {
    struct import_remark *remark;
    size_t place;
};

static int by_line(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->remark->line != y->remark->line)
        return x->remark->line < y->remark->line ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

static void put_in_order(const struct import *im, struct import_remarks *list)
{
    struct placed *all = arena_array(im->mem, list->n + 1, sizeof(*all));
    size_t n = 0;

    for (struct import_remark *r = list->first; r; r = r->next, n++)
        all[n] = (struct placed){r, n};
    qsort(all, n, sizeof(*all), by_line);
    list->last = &list->first;
    for (size_t i = 0; i < n; i++) {
        *list->last = all[i].remark;
        list->last = &all[i].remark->next;
    }
    *list->last = NULL;
}

/* ---- All that is wrong with a row ------------------------------------------------------------ */

static const char *cell_key(struct arena *mem, size_t line, const char *column)
{
    return arena_printf(mem, "%zu %s", line, column ? column : "");
}

static bool may_make(const struct import *im, const char *noun)
{
    for (size_t i = 0; i < sizeof(im->kind->makes) / sizeof(*im->kind->makes); i++)
        if (text_same(im->kind->makes[i], noun))
            return true;
    return false;
}

/* A kind looks no further once a row is refused. What else it speaks of that nobody knows is said
 * with it, so that a file is mended once: but for what other rows of the file might have made. */
static void check_words(struct import *im, struct import_row *row, const struct map *said)
{
    EACH_FIELD (f, &im->kind->row) {
        const void *at = field_of(f, row->in);
        const struct list *list = f->held_as == HELD_AS_LIST ? at : NULL;
        const char *word = f->held_as == HELD_AS_TEXT ? *(const char *const *)at : NULL;
        if (!f->of || f->kind == KIND_NAME || may_make(im, f->of) ||
            map_get(said, cell_key(im->mem, row->line, column_of(im, f->name))))
            continue;
        import_the(im, row, f->name, f->of, word);
        for (size_t i = 0; list && i < list->n; i++)
            import_the(im, row, f->name, f->of, list->at[i]);
    }
}

static void check_refused(struct import *im)
{
    struct map *said = map_new(im->mem);

    for (struct import_remark *r = im->refusals.first; r; r = r->next)
        map_set(said, cell_key(im->mem, r->line, r->column), r);
    for (size_t i = 0; i < im->n; i++)
        if (!import_open_row(&im->rows[i]))
            check_words(im, &im->rows[i], said);
}

static struct err *count_existing(struct import *im)
{
    struct binds b;
    const char *n;

    if (!im->kind->existing)
        return NULL;
    binds_init(&b, im->mem);
    bind_text(&b, "now", instant_text(im->mem, im->job->now));
    TRY(store_value(im->mem, im->job->store, im->kind->existing, &b, &n));
    im->existing = strtoull(n, NULL, 10);
    return NULL;
}

/* A plan has memory of its own, which goes when the next is made, or with the job. */
static void begin(struct import *im)
{
    if (im->mem != im->job->mem)
        arena_free(im->mem);
    im->mem = arena_new();
    events_init_long(&im->job->events, im->mem);
    if (im->hashing)
        sha256_end(im->hashing);
    begin_hash(im);
    im->things = map_new(im->mem);
    im->made = map_new(im->mem);
    im->all = NULL;
    im->all_n = im->all_room = im->made_n = im->touched = im->existing = 0;
    im->refusals = im->notes = (struct import_remarks){0};
    im->refusals.last = &im->refusals.first;
    im->notes.last = &im->notes.first;
    memset(im->count, 0, sizeof(im->count));
}

struct err *import_plan(struct import *im)
{
    begin(im);
    import_read_rows(im);
    TRY(look_up(im));
    TRY(im->kind->plan(im));
    check_refused(im);
    put_in_order(im, &im->refusals);
    put_in_order(im, &im->notes);
    for (size_t i = 0; i < im->n; i++)
        im->count[im->rows[i].outcome]++;
    TRY(count_existing(im));
    if (im->job->events.n > IMPORT_EVENTS_MAX)
        return err_new(im->job->mem, ERR_TOO_LARGE,
                       "%zu events would come of this file; at most %d go in at once: cut it",
                       im->job->events.n, IMPORT_EVENTS_MAX);
    im->hash = end_hash(im);
    return NULL;
}
