/* connection.c - one connection to PostgreSQL, its transactions and its errors; see store.h. */
#include "store_internal.h"

#include "base/journal.h"

#include <stdlib.h>

/* Nothing that the server says beside its answers is for anybody; but see store_commit(). */
static void hear(void *store, const PGresult *notice)
{
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    struct store *s = store;

    s->warned = s->warned || text_same(severity, "WARNING");
}

static const char *first_line(struct arena *mem, const char *message)
{
    return text_trim(mem, arena_copy_n(mem, message, strcspn(message, "\n")));
}

/* What libpq says names sockets and hosts: that is for our own log, not for who asked. */
static struct err *away(struct arena *mem, const char *message)
{
    journal(JOURNAL_WARN, "database-away", "message", message, NULL);
    return err_new(mem, ERR_UNAVAILABLE, "the database is away: nothing was changed, try again");
}

/* The server may have done it before it went away. */
static struct err *in_doubt(struct arena *mem, const char *message)
{
    journal(JOURNAL_WARN, "commit-in-doubt", "message", message, NULL);
    return err_new(mem, ERR_UNAVAILABLE,
                   "the database went away at the very end: whether it was recorded is not known, "
                   "the same request again tells");
}

static struct err *full(struct arena *mem, const char *message)
{
    journal(JOURNAL_ERROR, "database-full", "message", message, NULL);
    return err_new(mem, ERR_UNAVAILABLE,
                   "the database has no disk, memory or connection left: nothing was changed");
}

struct err *store_trouble(struct arena *mem, const struct store *s, const PGresult *result,
                          const char *doing)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message =
        first_line(mem, result && *PQresultErrorMessage(result) ? PQresultErrorMessage(result)
                                                                : PQerrorMessage(s->conn));

    if (PQstatus(s->conn) != CONNECTION_OK || !state || text_starts(state, "57P") ||
        text_starts(state, "08"))
        return away(mem, message);
    if (text_starts(state, "40") || strcmp(state, "55P03") == 0)
        return err_new(mem, ERR_UNAVAILABLE,
                       "the database is busy: nothing was changed, try again");
    if (text_starts(state, "53"))
        return full(mem, message);
    if (strcmp(state, "23505") == 0)
        return err_new(mem, ERR_CONFLICT, "somebody else was faster: this is there already");
    journal(JOURNAL_ERROR, "sql", "doing", doing, "state", state, "message", message, "context",
            PQresultErrorField(result, PG_DIAG_CONTEXT), NULL);
    return err_new(mem, ERR_SYSTEM, "the database refused '%s': %s", doing, message);
}

static struct err *execute(struct arena *mem, struct store *s, const char *sql, const char *doing)
{
    TRY(store_answers(mem, s));
    store_way();
    PGresult *r = PQexec(s->conn, sql);
    ExecStatusType status = PQresultStatus(r);
    struct err *e = NULL;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        e = store_trouble(mem, s, r, doing);
    PQclear(r);
    return e;
}

struct err *store_simple(struct arena *mem, struct store *s, const char *sql)
{
    return execute(mem, s, sql, sql);
}

struct err *store_script(struct arena *mem, struct store *s, const char *sql)
{
    return execute(mem, s, sql, "a script");
}

static struct err *set_up(struct arena *mem, struct store *s)
{
    s->half_set_up = true;
    s->is_new = true;
    PQsetNoticeReceiver(s->conn, hear, s);
    arena_free(s->mem);
    s->mem = arena_new();
    s->prepared = map_new(s->mem);
    s->fitted = map_new(s->mem);
    s->in_transaction = false;
    s->asked_n = 0;
    TRY(store_simple(mem, s,
                     "SET search_path = " STORE_PATH "; SET bytea_output = hex; "
                     "SET timezone = 'UTC'; SET intervalstyle = iso_8601; SET jit = off"));
    if (s->as == STORE_AS_WRITER) /* plans that do not depend on statistics, which lag behind */
        TRY(store_simple(mem, s,
                         "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"));
    if (s->as != STORE_AS_OWNER)
        TRY(store_simple(mem, s, "SET ROLE tenure_service"));
    s->half_set_up = false;
    return NULL;
}

struct err *store_open(struct arena *mem, const char *uri, enum store_as as, struct store **ret)
{
    struct store *s = calloc(1, sizeof(*s));

    if (!s)
        abort();
    s->as = as;
    s->uri = strdup(uri);
    s->conn = PQconnectdb(uri);
    if (PQstatus(s->conn) != CONNECTION_OK) {
        struct err *e = err_new(mem, ERR_UNAVAILABLE, "cannot reach the database: %s",
                                first_line(mem, PQerrorMessage(s->conn)));
        store_close(s);
        return e;
    }
    struct err *e = set_up(mem, s);
    if (e) {
        store_close(s);
        return e;
    }
    *ret = s;
    return NULL;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    PQfinish(s->conn);
    arena_free(s->mem);
    free(s->uri);
    free(s);
}

struct err *store_check(struct arena *mem, struct store *s)
{
    bool idle = !s->in_transaction && !s->half_set_up;

    if (PQstatus(s->conn) == CONNECTION_OK && idle) {
        PQconsumeInput(s->conn); /* notices that the server has gone */
        if (PQstatus(s->conn) == CONNECTION_OK)
            return NULL;
    }
    PQreset(s->conn);
    if (PQstatus(s->conn) != CONNECTION_OK)
        return away(mem, first_line(mem, PQerrorMessage(s->conn)));
    return set_up(mem, s);
}

void store_renew(struct store *s)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    PQfinish(s->conn); /* PQreset() would keep the buffers */
    s->conn = PQconnectdb(s->uri);
    if (PQstatus(s->conn) == CONNECTION_OK && set_up(mem, s))
        journal(JOURNAL_WARN, "connection-not-set-up", NULL);
}

bool store_is_new(const struct store *s)
{
    return s->is_new;
}

void store_is_known(struct store *s)
{
    s->is_new = false;
}

static struct err *begin(struct arena *mem, struct store *s, const char *sql)
{
    TRY(store_check(mem, s));
    TRY(store_ask_sql(mem, s, sql, NULL));
    s->in_transaction = true;
    return NULL;
}

struct err *store_begin(struct arena *mem, struct store *s)
{
    return begin(mem, s, "BEGIN ISOLATION LEVEL READ COMMITTED");
}

struct err *store_snapshot(struct arena *mem, struct store *s)
{
    return begin(mem, s, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

struct err *store_trial(struct arena *mem, struct store *s)
{
    return begin(mem, s, "BEGIN ISOLATION LEVEL REPEATABLE READ");
}

/* A server that is told to stop, or whose operator has lost patience, commits without waiting for
 * its standbys any longer, and warns: that is not the durability which was asked for. */
struct err *store_commit(struct arena *mem, struct store *s)
{
    struct rows *rows = rows_new(mem);

    s->warned = false;
    TRY(store_ask_sql(mem, s, "COMMIT", rows));
    struct err *e = store_answers(mem, s);
    if (PQstatus(s->conn) != CONNECTION_OK)
        e = in_doubt(mem, first_line(mem, PQerrorMessage(s->conn)));
    if (e)
        return e;
    /* COMMIT of a failed transaction answers ROLLBACK without an error. */
    if (strcmp(PQcmdStatus(rows->result), "COMMIT") != 0)
        e = store_trouble(mem, s, rows->result, "commit");
    else if (s->warned)
        e = in_doubt(mem, "it was not replicated as far as synchronous_commit demands");
    s->in_transaction = false;
    return e;
}

void store_rollback(struct store *s)
{
    store_forget_asked(s);
    if (s->in_transaction) {
        store_way();
        PQclear(PQexec(s->conn, "ROLLBACK"));
    }
    s->in_transaction = false;
}
