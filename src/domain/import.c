/* import.c - columns and words of files; see import.h. Two headers are the same when they are after
 * import_fold(): capitals, accents, spaces and hyphens do not tell them apart. */
#include "domain/import.h"

#include "base/text.h"
#include "embedded.h"

#include <string.h>

/* ---- Columns --------------------------------------------------------------------------------- */

enum fit { FIT_NONE, FIT_WORD, FIT_NAME, FIT_SAID };

/* Which field a column seems to be, and how sure that is. */
struct guess {
    const char *field;
    enum fit fit;
};

struct mapper {
    struct arena *mem;
    const struct record *fields;
    const char *const *header;
    size_t n;
    struct map *known; /* folded word → struct guess */
    struct guess *guesses;
    bool *said;
};

static void know(struct mapper *m, const char *word, const char *field, enum fit fit)
{
    const char *key = import_fold(m->mem, word);

    if (!*key || map_get(m->known, key))
        return;
    struct guess *g = arena_alloc(m->mem, sizeof(*g));
    *g = (struct guess){field, fit};
    map_set(m->known, key, g);
}

/* Our own names first: a word of one field never hides the name of another. */
static void know_all(struct mapper *m, const char *kind)
{
    const json_t *columns = json_object_get(json_object_get(embedded_import(), "columns"), kind),
                 *word;
    size_t i;

    EACH_FIELD (f, m->fields)
        know(m, f->name, f->name, FIT_NAME);
    EACH_FIELD (f, m->fields)
        json_array_foreach (json_object_get(columns, f->name), i, word) {
            know(m, json_string_value(word), f->name, FIT_WORD);
        }
}

static const char *headers_found(struct mapper *m)
{
    struct buf out;

    buf_init(&out, m->mem, 2000);
    for (size_t i = 0; i < m->n; i++)
        buf_printf(&out, "%s'%s'", i ? ", " : "", m->header[i]);
    return out.at;
}

/* The file's column of that header: exactly, or else after folding. */
static struct err *column_of(struct mapper *m, const char *theirs, size_t *ret)
{
    const char *folded = import_fold(m->mem, theirs);
    size_t found = 0;

    for (int exactly = 1; exactly >= 0 && !found; exactly--) {
        for (size_t i = 0; i < m->n; i++) {
            if (exactly ? strcmp(m->header[i], theirs) != 0
                        : strcmp(import_fold(m->mem, m->header[i]), folded) != 0)
                continue;
            *ret = i;
            found++;
        }
    }
    if (found == 1)
        return NULL;
    return err_field(m->mem, "map", "the file has %s column '%s'; its columns are %s",
                     found ? "more than one" : "no", theirs, headers_found(m));
}

static struct err *take_said(struct mapper *m, const struct list *said)
{
    for (size_t k = 0; k < said->n; k++) {
        const char *equals = strrchr(said->at[k], '=');
        size_t column;
        if (!equals)
            return err_field(m->mem, "map", "'%s' is not of the form 'their header=our field'",
                             said->at[k]);
        TRY(column_of(m, arena_copy_n(m->mem, said->at[k], (size_t)(equals - said->at[k])),
                      &column));
        const struct field *f = record_find(m->fields, equals + 1);
        if (!f && equals[1])
            return err_field(m->mem, "map", "there is no field '%s' here", equals + 1);
        m->said[column] = true;
        m->guesses[column] = (struct guess){f ? f->name : NULL, FIT_SAID};
    }
    return NULL;
}

static void guess_all(struct mapper *m)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct guess *g = map_get(m->known, import_fold(m->mem, m->header[i]));
        if (!m->said[i] && g)
            m->guesses[i] = *g;
    }
}

/* The surest column for the field; two that are equally sure are nobody's to choose from. */
static struct err *choose(struct mapper *m, const char *field, struct import_columns *columns)
{
    size_t best = m->n, rival = m->n;

    for (size_t i = 0; i < m->n; i++) {
        if (!text_same(m->guesses[i].field, field))
            continue;
        if (best == m->n || m->guesses[i].fit > m->guesses[best].fit) {
            best = i;
            rival = m->n;
        } else if (m->guesses[i].fit == m->guesses[best].fit) {
            rival = i;
        }
    }
    if (rival < m->n && strcmp(m->header[best], m->header[rival]) == 0)
        return err_field(m->mem, "map",
                         "two columns are headed '%s': give one of them another name in the file",
                         m->header[best]);
    if (rival < m->n)
        return err_field(m->mem, "map",
                         "'%s' and '%s' could both be %s: map one to it, '%s=%s', or leave one "
                         "out, '%s='",
                         m->header[best], m->header[rival], field, m->header[best], field,
                         m->header[rival]);
    if (best < m->n)
        columns->at[best].ours = field;
    return NULL;
}

static bool has(const struct import_columns *columns, const char *field)
{
    for (size_t i = 0; i < columns->n; i++)
        if (text_same(columns->at[i].ours, field))
            return true;
    return false;
}

static struct err *choose_all(struct mapper *m, struct import_columns *columns)
{
    struct err *all = NULL;

    EACH_FIELD (f, m->fields) {
        struct err *e = choose(m, f->name, columns);
        if (!e && !f->optional && !has(columns, f->name))
            e = err_field(m->mem, "map",
                          "there is no column for %s (%s); found %s: map one of them to it, "
                          "'HEADER=%s'",
                          f->name, f->help, headers_found(m), f->name);
        if (!e)
            continue;
        if (!all)
            all = e;
        else
            err_add(m->mem, all, "column", f->name, "%s", e->text);
    }
    return all;
}

void import_columns_tell(struct arena *mem, struct err *e, const struct import_columns *columns)
{
    for (size_t i = 0; i < columns->n; i++) {
        const char *ours = columns->at[i].ours;
        err_add(mem, e, ours ? "read-as" : "not-read", columns->at[i].theirs, "%s",
                ours ? ours : "is not read");
    }
}

struct err *import_columns_map(struct arena *mem, const char *kind, const struct record *fields,
                               const char *const *header, size_t n, const struct list *said,
                               struct import_columns *ret)
{
    struct mapper m = {.mem = mem,
                       .fields = fields,
                       .header = header,
                       .n = n,
                       .known = map_new(mem),
                       .guesses = arena_array(mem, n + 1, sizeof(*m.guesses)),
                       .said = arena_array(mem, n + 1, sizeof(*m.said))};
    struct import_columns columns = {arena_array(mem, n + 1, sizeof(*columns.at)), n};

    for (size_t i = 0; i < n; i++)
        columns.at[i].theirs = header[i];
    know_all(&m, kind);
    struct err *e = take_said(&m, said);
    guess_all(&m);
    if (!e)
        e = choose_all(&m, &columns);
    if (e) {
        for (size_t i = 0; i < n; i++) /* as far as each is understood by itself */
            columns.at[i].ours = m.guesses[i].field;
        import_columns_tell(mem, e, &columns);
        return e;
    }
    *ret = columns;
    return NULL;
}

/* ---- Words ----------------------------------------------------------------------------------- */

static void learn(struct arena *mem, struct map *words, const char *field, const char *word,
                  const char *ours)
{
    const char *key = arena_printf(mem, "%s %s", field, import_fold(mem, word));

    if (!map_get(words, key))
        map_set(words, key, arena_copy(mem, ours));
}

static void learn_field(struct arena *mem, struct map *words, const char *field, const json_t *all)
{
    const char *ours;
    json_t *list, *word;
    size_t i;

    json_object_foreach (json_plain(all), ours, list) {
        learn(mem, words, field, ours, ours);
        json_array_foreach (list, i, word) {
            learn(mem, words, field, json_string_value(word), ours);
        }
    }
}

struct map *import_words(struct arena *mem, const char *kind)
{
    const char *name, *prefix = arena_printf(mem, "%s.", kind);
    struct map *words = map_new(mem);
    json_t *all;

    json_object_foreach (json_object_get(embedded_import(), "words"), name, all) {
        if (text_starts(name, prefix))
            learn_field(mem, words, name + strlen(prefix), all);
        else if (strcmp(name, "yes") == 0)
            learn_field(mem, words, name, all);
    }
    return words;
}

const char *import_words_said(struct arena *mem, const char *kind, const struct field *field)
{
    enum { EXAMPLES = 4 };
    const json_t *all = json_object_get(json_object_get(embedded_import(), "words"),
                                        arena_printf(mem, "%s.%s", kind, field->name));
    struct buf out;

    buf_init(&out, mem, 2000);
    for (const char *const *c = field->choices; *c; c++) {
        const json_t *others = json_object_get(all, *c), *word;
        size_t i;
        buf_printf(&out, "%s%s", out.n ? ", " : "", *c);
        json_array_foreach (others, i, word) {
            if (i < EXAMPLES)
                buf_printf(&out, "%s%s", i ? ", " : " (or ", json_string_value(word));
        }
        if (json_array_size(others))
            buf_text(&out, json_array_size(others) > EXAMPLES ? ", …)" : ")");
    }
    return out.at;
}

const char *import_word(const struct map *words, const char *field, const char *cell)
{
    AUTO(arena_auto) struct arena *scratch = arena_new();
    const char *ours =
        map_get(words, arena_printf(scratch, "%s %s", field, import_fold(scratch, cell)));

    return ours ? ours : cell;
}
