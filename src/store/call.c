/* call.c - calling statements by name, one at a time or as a pipeline; see store.h. */
#include "store_internal.h"

#include "base/journal.h"

#include <assert.h>
#include <inttypes.h>

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

void bind_list(struct binds *b, const char *name, const char *const *texts, size_t n)
{
    struct buf out;

    buf_init(&out, b->mem, 1 << 28);
    buf_byte(&out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_byte(&out, ',');
        buf_byte(&out, '"');
        for (const char *c = texts[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                buf_byte(&out, '\\');
            buf_byte(&out, (unsigned char)*c);
        }
        buf_byte(&out, '"');
    }
    buf_byte(&out, '}');
    bind_text(b, name, out.at);
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

static const char *bound(const struct binds *b, const struct statement *s, const char *name)
{
    for (size_t i = 0; b && i < b->n; i++)
        if (strcmp(b->at[i].name, name) == 0)
            return b->at[i].value;
    journal(JOURNAL_ERROR, "parameter-without-value", "statement", s->name, "parameter", name,
            NULL);
    assert(false && "every parameter of a statement has a value");
    return NULL;
}

/* ---- Sending and taking ---------------------------------------------------------------------- */

static const struct statement *known(const char *name)
{
    const struct statement *s = statement_find(name);

    assert(s);
    return s;
}

static struct err *prepare_now(struct arena *mem, struct store *s, const struct statement *st)
{
    if (s->prepared[st->index])
        return NULL;
    PGresult *r = PQprepare(s->conn, st->name, st->sql, 0, NULL);
    struct err *e = NULL;
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        e = store_trouble(mem, s, r, st->name);
    else
        s->prepared[st->index] = true;
    PQclear(r);
    return e;
}

static void values_of(const struct statement *st, const struct binds *binds, const char **values)
{
    for (size_t i = 0; i < st->n; i++)
        values[i] = bound(binds, st, st->params[i]);
}

static void drop_rows(void *result)
{
    PQclear(result);
}

struct rows *rows_own(struct arena *mem, PGresult *result)
{
    struct rows *rows = arena_alloc(mem, sizeof(*rows));

    rows->result = result;
    arena_on_free(mem, drop_rows, result);
    return rows;
}

static struct err *keep(struct arena *mem, struct store *s, PGresult *r, const char *doing,
                        struct rows **ret)
{
    ExecStatusType status = PQresultStatus(r);

    struct rows *rows = rows_own(mem, r);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return store_trouble(mem, s, r, doing);
    *ret = rows;
    return NULL;
}

struct err *store_call(struct arena *mem, struct store *s, const char *statement,
                       const struct binds *binds, struct rows **ret)
{
    const struct statement *st = known(statement);
    const char *values[BINDS_MAX];

    assert(!s->in_pipeline);
    TRY(prepare_now(mem, s, st));
    values_of(st, binds, values);
    PGresult *r = PQexecPrepared(s->conn, st->name, (int)st->n, values, NULL, NULL, 0);
    return keep(mem, s, r, statement, ret);
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
    *ret = rows_count(rows) && !PQgetisnull(rows->result, 0, 0) ? PQgetvalue(rows->result, 0, 0)
                                                                : NULL;
    return NULL;
}

/* ---- Pipelines ------------------------------------------------------------------------------- */

struct err *store_pipeline_begin(struct arena *mem, struct store *s)
{
    if (!PQenterPipelineMode(s->conn))
        return store_trouble(mem, s, NULL, "pipeline");
    s->in_pipeline = true;
    return NULL;
}

/* A statement that is new to the connection is prepared in the pipeline: one result more, which
 * store_take() passes over (it has no columns and the status of a command). */
struct err *store_send(struct arena *mem, struct store *s, const char *statement,
                       const struct binds *binds)
{
    const struct statement *st = known(statement);
    const char *values[BINDS_MAX];

    values_of(st, binds, values);
    if (!s->prepared[st->index]) {
        if (!PQsendPrepare(s->conn, st->name, st->sql, 0, NULL))
            return store_trouble(mem, s, NULL, statement);
        s->prepared[st->index] = true;
    }
    if (!PQsendQueryPrepared(s->conn, st->name, (int)st->n, values, NULL, NULL, 0))
        return store_trouble(mem, s, NULL, statement);
    return NULL;
}

struct err *store_pipeline_sync(struct arena *mem, struct store *s)
{
    return PQpipelineSync(s->conn) ? NULL : store_trouble(mem, s, NULL, "pipeline");
}

/* NULL is the end of one answer. A second one right after it says that nothing is on its way any
 * more, whatever was to come: a send has failed, and libpq may take the connection for good all the
 * same. */
static struct err *result(struct arena *mem, struct store *s, PGresult **ret)
{
    *ret = PQgetResult(s->conn);
    if (!*ret && PQstatus(s->conn) == CONNECTION_OK)
        *ret = PQgetResult(s->conn);
    return *ret ? NULL : store_trouble(mem, s, NULL, "pipeline");
}

static struct err *take(struct arena *mem, struct store *s, struct rows **ret)
{
    for (;;) {
        PGresult *r;
        TRY(result(mem, s, &r));
        ExecStatusType status = PQresultStatus(r);
        if (status == PGRES_COMMAND_OK && PQnfields(r) == 0) { /* a PREPARE */
            PQclear(r);
            continue;
        }
        if (status == PGRES_PIPELINE_ABORTED || status == PGRES_PIPELINE_SYNC) {
            PQclear(r);
            return err_new(mem, ERR_SYSTEM, "an earlier statement of the batch failed");
        }
        return keep(mem, s, r, "a statement of the batch", ret);
    }
}

struct err *store_take(struct arena *mem, struct store *s, struct rows **ret)
{
    struct err *e = take(mem, s, ret);

    s->stale = s->stale || e;
    return e;
}

struct err *store_pipeline_end(struct arena *mem, struct store *s)
{
    for (bool synced = false; !synced;) {
        PGresult *r;
        TRY(result(mem, s, &r));
        synced = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
        PQclear(r);
    }
    if (!PQexitPipelineMode(s->conn))
        return store_trouble(mem, s, NULL, "pipeline");
    s->in_pipeline = false;
    return NULL;
}
