/* store.h - the registry in PostgreSQL: the only floor that knows libpq and SQL.
 *
 * A store is one connection, used by one thread at a time. SQL has a name and lies in sql/; C calls
 * it by that name and gives values by name too. A statement's `:account` is filled from the binds,
 * and a column `account` goes into the field of that name.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/record.h"

struct store;

/* What the service works as: reads everything, appends, changes nothing otherwise; the writer too,
 * whose statements are look-ups by key and keep one plan each. The owner of the schema is for
 * migrating and for the audit's replay. */
enum store_as { STORE_AS_SERVICE, STORE_AS_WRITER, STORE_AS_OWNER };

/* uri as libpq takes it. ERR_UNAVAILABLE when nobody answers there. */
MUST struct err *store_open(struct arena *mem, const char *uri, enum store_as as,
                            struct store **ret);
void store_close(struct store *s); /* NULL is fine */

/* Is the connection usable? A lost one is opened again, unless a transaction was under way. */
MUST struct err *store_check(struct arena *mem, struct store *s);

/* Opens the connection again, so that nothing stays in its buffers of what went through them; not
 * in a transaction. */
void store_renew(struct store *s);

/* Has the connection been opened since store_is_known()? It may have come to another server. */
bool store_is_new(const struct store *s);
void store_is_known(struct store *s);

/* ---- Values for a statement ------------------------------------------------------------------ */

enum { BINDS_MAX = 80 };

struct bind {
    const char *name;
    const char *value; /* as SQL text; NULL is null */
};
struct binds {
    struct arena *mem;
    struct bind at[BINDS_MAX];
    size_t n;
};

void binds_init(struct binds *b, struct arena *mem);
void bind_text(struct binds *b, const char *name, const char *value);
void bind_int(struct binds *b, const char *name, int64_t value);
void bind_bytes(struct binds *b, const char *name, struct bytes value);
/* An SQL array; NULL among the texts is null. */
void bind_list(struct binds *b, const char *name, const char *const *texts, size_t n);
/* Every field of the record under its name; what is not set becomes null. */
void bind_record(struct binds *b, const struct record *r, const void *obj);

/* The names of a statement's parameters; NULL when there is no such statement. */
const char *const *store_parameters(const char *statement, size_t *ret_n);

/* ---- Calling --------------------------------------------------------------------------------- */

struct rows; /* belongs to the arena it was made in */

/* Sends the statement; *ret is there once store_answers() has returned, or the next call of any
 * kind on this store, which waits for all that was asked. Questions that do not need one another's
 * answers cost one way to the server instead of one each. */
MUST struct err *store_ask(struct arena *mem, struct store *s, const char *statement,
                           const struct binds *binds, struct rows **ret);
/* One statement for n sets of values: n rows, the first of each answer; where there was none, a row
 * of nulls. */
MUST struct err *store_ask_each(struct arena *mem, struct store *s, const char *statement,
                                const struct binds *binds, size_t n, struct rows **ret);
/* The first error of what was asked; what comes after an error was not done. */
MUST struct err *store_answers(struct arena *mem, struct store *s);

MUST struct err *store_call(struct arena *mem, struct store *s, const char *statement,
                            const struct binds *binds, struct rows **ret);

/* Gives the rows one by one, as they come, for answers as large as the registry: `one` has the row
 * only until take() returns. After an error some were given. */
MUST struct err *store_stream(struct arena *mem, struct store *s, const char *statement,
                              const struct binds *binds,
                              void (*take)(void *ctx, const struct rows *one), void *ctx);

/* Exactly one row, or ERR_NOT_FOUND with the text given (NULL: the statement's name). */
MUST struct err *store_row(struct arena *mem, struct store *s, const char *statement,
                           const struct binds *binds, const struct record *r, void *ret,
                           const char *missing);

/* The single column of a single row; NULL for null or no row. */
MUST struct err *store_value(struct arena *mem, struct store *s, const char *statement,
                             const struct binds *binds, const char **ret);

/* A transaction begins with the first statement that is asked in it. */
MUST struct err *store_begin(struct arena *mem, struct store *s);    /* READ COMMITTED */
MUST struct err *store_snapshot(struct arena *mem, struct store *s); /* READ ONLY, one snapshot */
MUST struct err *store_trial(struct arena *mem,
                             struct store *s); /* one snapshot; to be rolled back */
/* ERR_UNAVAILABLE too when it is not known whether it was: asking again with the same nonce tells.
 */
MUST struct err *store_commit(struct arena *mem, struct store *s);
void store_rollback(struct store *s);
/* The same together with what was asked: store_answers() ends the transaction too, unless something
 * failed. */
MUST struct err *store_ask_rollback(struct arena *mem, struct store *s);

/* How often this process has waited for a database to answer. */
uint64_t store_ways(void);

/* ---- Looking at rows ------------------------------------------------------------------------- */

size_t rows_count(const struct rows *rows);
const char *rows_value(const struct rows *rows); /* of the first row's first column; NULL: none */
/* Text of a column, NULL for null. The column must exist. It lives as long as the rows. */
const char *rows_text(const struct rows *rows, size_t row, const char *column);
int64_t rows_int(const struct rows *rows, size_t row, const char *column); /* null is 0 */
bool rows_bool(const struct rows *rows, size_t row, const char *column);   /* null is false */
struct bytes rows_bytes(struct arena *mem, const struct rows *rows, size_t row,
                        const char *column); /* of a bytea */
/* Every field that has a column of its name. An array column fills a list. */
void rows_get(struct arena *mem, const struct rows *rows, size_t row, const struct record *r,
              void *ret);

/* ---- Scripts --------------------------------------------------------------------------------- */

/* Run SQL as it stands, several statements, no values: migrations and the audit only. */
MUST struct err *store_script(struct arena *mem, struct store *s, const char *sql);

#endif
