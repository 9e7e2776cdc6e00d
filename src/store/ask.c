/* ask.c - statements go out without waiting, and are answered together: what is asked in one breath
 * costs one way to the server and back. See store.h; libpq calls it pipeline mode. */
#include "store_internal.h"

#include <assert.h>
#include <stdatomic.h>

static void drop_rows(void *rows)
{
    PQclear(((struct rows *)rows)->result);
}

struct rows *rows_new(struct arena *mem)
{
    struct rows *rows = arena_alloc(mem, sizeof(*rows));

    rows->next = arena_alloc(mem, sizeof(*rows->next));
    arena_on_free(mem, drop_rows, rows);
    return rows;
}

struct rows *rows_own(struct arena *mem, PGresult *result)
{
    struct rows *rows = rows_new(mem);

    rows->result = result;
    return rows;
}

/* ---- Going out ------------------------------------------------------------------------------- */

static struct err *went_out(struct arena *mem, struct store *s, int sent, struct asked what)
{
    if (!sent)
        return store_trouble(mem, s, NULL, what.doing);
    s->asked[s->asked_n++] = what;
    return NULL;
}

/* Room for a statement and its preparation. */
static struct err *make_room(struct arena *mem, struct store *s)
{
    if (s->asked_n + 2 > ASKED_MAX)
        TRY(store_answers(mem, s));
    PQenterPipelineMode(s->conn);
    return NULL;
}

struct err *store_ask_sql(struct arena *mem, struct store *s, const char *sql, struct rows *rows)
{
    TRY(make_room(mem, s));
    return went_out(mem, s, PQsendQueryParams(s->conn, sql, 0, NULL, NULL, NULL, NULL, 0),
                    (struct asked){.doing = sql, .rows = rows});
}

struct err *store_ask_rollback(struct arena *mem, struct store *s)
{
    static const char sql[] = "ROLLBACK";

    TRY(make_room(mem, s));
    return went_out(mem, s, PQsendQueryParams(s->conn, sql, 0, NULL, NULL, NULL, NULL, 0),
                    (struct asked){.doing = sql, .ends = true});
}

bool *store_prepared(struct store *s, const char *name)
{
    bool *done = map_get(s->prepared, name);

    if (!done) {
        done = arena_alloc(s->mem, sizeof(*done));
        map_set(s->prepared, arena_copy(s->mem, name), done);
    }
    return done;
}

/* Unless it is prepared. */
static struct err *prepare(struct arena *mem, struct store *s, const struct prepared *p, int n)
{
    TRY(make_room(mem, s));
    if (*p->done)
        return NULL;
    *p->done = true; /* until the server says that it is not */
    return went_out(mem, s, PQsendPrepare(s->conn, p->name, p->sql, p->types ? n : 0, p->types),
                    (struct asked){.doing = p->doing, .prepared = p->done});
}

struct err *store_ask_prepared(struct arena *mem, struct store *s, const struct prepared *p,
                               const struct values *v, struct rows *rows)
{
    TRY(prepare(mem, s, p, v->n));
    return went_out(mem, s,
                    PQsendQueryPrepared(s->conn, p->name, v->n, v->at, v->lengths, v->formats, 0),
                    (struct asked){.doing = p->doing, .rows = rows});
}

/* ---- Coming back ----------------------------------------------------------------------------- */

static PGresult *next_result(struct store *s)
{
    PGresult *r = PQgetResult(s->conn), *more;

    while (r && (more = PQgetResult(s->conn))) /* NULL ends each */
        PQclear(more);
    return r;
}

static bool is_good(const PGresult *r)
{
    return PQresultStatus(r) == PGRES_TUPLES_OK || PQresultStatus(r) == PGRES_COMMAND_OK;
}

static atomic_uint_fast64_t ways;

void store_way(void)
{
    atomic_fetch_add_explicit(&ways, 1, memory_order_relaxed);
}

uint64_t store_ways(void)
{
    return atomic_load_explicit(&ways, memory_order_relaxed);
}

static void end_pipeline(struct store *s)
{
    if (PQstatus(s->conn) != CONNECTION_OK)
        return;
    PQclear(PQgetResult(s->conn)); /* of the sync */
    PQexitPipelineMode(s->conn);
}

/* Every answer is taken, also after one that is an error, so that the connection can go on. */
static struct err *take_all(struct arena *mem, struct store *s, bool wanted)
{
    store_way();
    struct err *e = PQpipelineSync(s->conn) ? NULL : store_trouble(mem, s, NULL, "sync");

    for (size_t i = 0; i < s->asked_n; i++) {
        const struct asked *a = &s->asked[i];
        PGresult *r = e && PQstatus(s->conn) != CONNECTION_OK ? NULL : next_result(s);
        if (!is_good(r)) {
            if (!e)
                e = store_trouble(mem, s, r, a->doing);
            if (a->prepared)
                *a->prepared = false;
        } else if (a->ends) {
            s->in_transaction = false;
        }
        if (wanted && a->rows)
            a->rows->result = r;
        else
            PQclear(r);
    }
    s->asked_n = 0;
    end_pipeline(s);
    return e;
}

struct err *store_answers(struct arena *mem, struct store *s)
{
    return s->asked_n ? take_all(mem, s, true) : NULL;
}

struct err *store_stream_prepared(struct arena *mem, struct store *s, const struct prepared *p,
                                  const struct values *v,
                                  void (*take)(void *ctx, const struct rows *one), void *ctx)
{
    int next = 0;

    TRY(prepare(mem, s, p, v->n));
    TRY(store_answers(mem, s));
    store_way();
    PQenterPipelineMode(s->conn); /* outside of it, the next answer would come by rows too */
    if (!PQsendQueryPrepared(s->conn, p->name, v->n, v->at, v->lengths, v->formats, 0))
        return store_trouble(mem, s, NULL, p->doing);
    bool by_rows = PQsetSingleRowMode(s->conn);
    if (!PQpipelineSync(s->conn))
        return store_trouble(mem, s, NULL, p->doing);
    struct err *e = by_rows ? NULL : store_trouble(mem, s, NULL, p->doing);
    for (PGresult *r; (r = PQgetResult(s->conn)); PQclear(r)) {
        if (PQresultStatus(r) == PGRES_SINGLE_TUPLE)
            take(ctx, &(struct rows){r, &next});
        else if (!is_good(r) && !e)
            e = store_trouble(mem, s, r, p->doing);
    }
    end_pipeline(s);
    return e;
}

void store_forget_asked(struct store *s)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    if (s->asked_n && take_all(mem, s, false))
        return; /* whoever asked has failed already */
}
