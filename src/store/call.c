/* call.c - calling statements by name, for one set of values or for many; see store.h. */
#include "store_internal.h"

#include "base/journal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

enum {
    FITTED_MAX = 24,   /* of one statement on a connection */
    NAME_LETTERS = 63, /* letters by which the server tells statements apart */
};

/* ---- Binds ----------------------------------------------------------------------------------- */

void binds_init(struct binds *b, struct arena *mem)
{
    b->mem = mem;
    b->n = 0;
}

void bind_text(struct binds *b, const char *name, const char *value)
{
    for (size_t i = 0; i < b->n; i++) {
        if (strcmp(b->at[i].name, name) == 0) {
            b->at[i].value = value;
            return;
        }
    }
    assert(b->n < BINDS_MAX);
    b->at[b->n++] = (struct bind){name, value};
}

void bind_int(struct binds *b, const char *name, int64_t value)
{
    bind_text(b, name, arena_printf(b->mem, "%" PRId64, value));
}

void bind_bytes(struct binds *b, const char *name, struct bytes value)
{
    bind_text(b, name, arena_printf(b->mem, "\\x%s", hex_encode(b->mem, value.at, value.n)));
}

static const char *array_text(struct arena *mem, const char *const *texts, size_t n)
{
    struct buf out;

    buf_init(&out, mem, 1 << 28);
    buf_byte(&out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_byte(&out, ',');
        if (!texts[i]) {
            buf_text(&out, "NULL");
            continue;
        }
        buf_byte(&out, '"');
        for (const char *c = texts[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                buf_byte(&out, '\\');
            buf_byte(&out, (unsigned char)*c);
        }
        buf_byte(&out, '"');
    }
    buf_byte(&out, '}');
    return out.at;
}

void bind_list(struct binds *b, const char *name, const char *const *texts, size_t n)
{
    bind_text(b, name, array_text(b->mem, texts, n));
}

void bind_record(struct binds *b, const struct record *r, const void *obj)
{
    EACH_FIELD (f, r) {
        if (f->held_as == HELD_AS_LIST) {
            const struct list *list = field_of(f, obj);
            bind_list(b, f->name, list->at, list->n);
        } else {
            bind_text(b, f->name, field_is_set(f, obj) ? field_text(b->mem, f, obj) : NULL);
        }
    }
}

const char *const *store_parameters(const char *statement, size_t *ret_n)
{
    const struct statement *s = statement_find(statement);

    *ret_n = s ? s->n : 0;
    return s ? s->params : NULL;
}

/* *place is where it was last found, for the next binds, which are likely to be in the same order.
 */
static const char *bound(const struct binds *b, const struct statement *s, const char *name,
                         size_t *place)
{
    if (b && *place < b->n && strcmp(b->at[*place].name, name) == 0)
        return b->at[*place].value;
    for (size_t i = 0; b && i < b->n; i++) {
        if (strcmp(b->at[i].name, name) == 0) {
            *place = i;
            return b->at[i].value;
        }
    }
    journal(JOURNAL_ERROR, "parameter-without-value", "statement", s->name, "parameter", name,
            NULL);
    assert(false && "every parameter of a statement has a value");
    return NULL;
}

/* ---- Calling ---------------------------------------------------------------------- */

static const struct statement *known(const char *name)
{
    const struct statement *s = statement_find(name);

    assert(s);
    return s;
}

static void values_of(const struct statement *st, const struct binds *binds, const char **values)
{
    for (size_t i = 0; i < st->n; i++)
        values[i] = bound(binds, st, st->params[i], &(size_t){i});
}

/* With NULL for each of these parameters where it stands. */
static const char *without(struct arena *mem, const char *sql, const bool *out)
{
    struct buf text;
    bool quoted = false;

    buf_init(&text, mem, 1 << 20);
    for (const char *at = sql; *at; at++) {
        quoted = quoted != (*at == '\'');
        size_t digits = *at == '$' && !quoted ? strspn(at + 1, "0123456789") : 0;
        if (digits && out[strtoul(at + 1, NULL, 10) - 1]) {
            buf_text(&text, "NULL");
            at += digits;
        } else {
            buf_byte(&text, (unsigned char)*at);
        }
    }
    return text.at;
}

static size_t *fitted_of(struct store *s, const char *statement)
{
    size_t *n = map_get(s->fitted, statement);

    if (!n) {
        n = arena_alloc(s->mem, sizeof(*n));
        map_set(s->fitted, statement, n);
    }
    return n;
}

/* A question that does not say which unit is another one than the same with a unit: one plan for
 * both would be good for neither. So a statement is prepared once for each set of the optional
 * parameters that are left out; for no more sets than a connection can bear. */
static struct prepared fitted(struct arena *mem, struct store *s, const struct statement *st,
                              const char *const *values)
{
    bool *out = arena_array(mem, st->n + 1, sizeof(*out));
    Oid *types = arena_array(mem, st->n + 1, sizeof(*types));
    struct buf name;
    size_t n = 0;

    buf_init(&name, mem, 4096);
    buf_text(&name, st->name);
    for (size_t i = 0; i < st->n; i++) {
        out[i] = st->optional[i] && !values[i];
        if (!out[i])
            continue;
        types[i] = OID_TEXT; /* of what is sent all the same */
        buf_printf(&name, "%s%zu", n++ ? "," : " without ", i + 1);
    }
    bool *done = map_get(s->prepared, name.at);
    size_t *fitted_n = fitted_of(s, st->name);
    if (n == 0 || name.n > NAME_LETTERS || (!done && *fitted_n == FITTED_MAX))
        return (struct prepared){st->name, st->sql, st->name, NULL, store_prepared(s, st->name)};
    if (!done) {
        ++*fitted_n;
        done = store_prepared(s, name.at);
    }
    return (struct prepared){name.at, *done ? NULL : without(mem, st->sql, out), st->name, types,
                             done};
}

struct err *store_ask(struct arena *mem, struct store *s, const char *statement,
                      const struct binds *binds, struct rows **ret)
{
    const struct statement *st = known(statement);
    const char *values[BINDS_MAX];

    values_of(st, binds, values);
    const struct prepared p = fitted(mem, s, st, values);
    *ret = rows_new(mem);
    return store_ask_prepared(mem, s, &p, &(struct values){(int)st->n, values, NULL, NULL}, *ret);
}

struct err *store_ask_each(struct arena *mem, struct store *s, const char *statement,
                           const struct binds *binds, size_t n, struct rows **ret)
{
    const struct statement *st = known(statement);
    const char *name = arena_printf(mem, "%s each", st->name);
    const struct prepared p = {name, st->each, st->name, NULL, store_prepared(s, name)};
    const char **column = arena_array(mem, n + 1, sizeof(*column));
    const char *arrays[BINDS_MAX];

    assert(st->each);
    for (size_t i = 0; i < st->n; i++) {
        size_t place = i;
        for (size_t k = 0; k < n; k++)
            column[k] = bound(&binds[k], st, st->params[i], &place);
        arrays[i] = array_text(mem, column, n);
    }
    *ret = rows_new(mem);
    return store_ask_prepared(mem, s, &p, &(struct values){(int)st->n, arrays, NULL, NULL}, *ret);
}

struct err *store_call(struct arena *mem, struct store *s, const char *statement,
                       const struct binds *binds, struct rows **ret)
{
    TRY(store_ask(mem, s, statement, binds, ret));
    return store_answers(mem, s);
}

struct err *store_stream(struct arena *mem, struct store *s, const char *statement,
                         const struct binds *binds, void (*take)(void *ctx, const struct rows *one),
                         void *ctx)
{
    const struct statement *st = known(statement);
    const char *values[BINDS_MAX];

    values_of(st, binds, values);
    const struct prepared p = fitted(mem, s, st, values);
    return store_stream_prepared(mem, s, &p, &(struct values){(int)st->n, values, NULL, NULL}, take,
                                 ctx);
}

struct err *store_row(struct arena *mem, struct store *s, const char *statement,
                      const struct binds *binds, const struct record *r, void *ret,
                      const char *missing)
{
    struct rows *rows;

    TRY(store_call(mem, s, statement, binds, &rows));
    if (rows_count(rows) == 0)
        return err_new(mem, ERR_NOT_FOUND, "%s", missing ? missing : statement);
    rows_get(mem, rows, 0, r, ret);
    return NULL;
}

struct err *store_value(struct arena *mem, struct store *s, const char *statement,
                        const struct binds *binds, const char **ret)
{
    struct rows *rows;

    TRY(store_call(mem, s, statement, binds, &rows));
    *ret = rows_value(rows);
    return NULL;
}
