/* store_internal.h - what the files of this floor share. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "base/map.h"
#include "base/text.h"
#include "store/store.h"

#include <libpq-fe.h>

enum { STATEMENTS_MAX = 400, ASKED_MAX = 32 };

/* What went out and is not answered yet. */
struct asked {
    const char *doing; /* for errors; lives as long as the program */
    struct rows *rows; /* where its answer goes; NULL: nobody wants it */
    bool *prepared;    /* set back to false when preparing failed */
    bool ends;         /* then there is no transaction any more */
};

struct store {
    PGconn *conn;
    char *uri;
    enum store_as as;
    bool in_transaction;
    bool half_set_up;  /* its settings or its role may be missing: only a new connection will do */
    bool is_new;       /* nobody has looked yet whose log it leads to */
    bool warned;       /* the server had something to say */
    struct arena *mem; /* of the connection: a new one knows no statement */
    struct map *prepared; /* by name: whether the server has it */
    struct map *fitted;   /* by statement: how often it was fitted to what a question leaves out */
    struct asked asked[ASKED_MAX];
    size_t asked_n;
};

struct rows {
    PGresult *result; /* NULL until it is answered */
    int *next;        /* the column that is likely to be read next */
};

/* ---- Embedded SQL ---------------------------------------------------------------------------- */

/* A file of sql/, by its path below it. */
struct sql_file {
    const char *path, *text;
};
/* All files whose path begins with prefix, in order; *ret_n how many. Made once, never freed. */
const struct sql_file *sql_files(const char *prefix, size_t *ret_n);

/* A named statement with its placeholders numbered; and for many at once, NULL if it takes none. */
struct statement {
    const char *name, *sql, *each;
    const char *params[BINDS_MAX];
    bool optional[BINDS_MAX]; /* it says `:name::type IS NULL` somewhere */
    size_t n;
};
const struct statement *statement_find(const char *name); /* or NULL */

/* All that migrate lays, where nothing is yet, and no ledger of it: migrate.c. */
MUST struct err *store_lay(struct arena *mem, struct store *s);

/* Where names are looked for. */
#define STORE_PATH "state, log, tenure"

/* One at a time lays what the schemas hold, or compares with it; until the transaction ends. */
#define STORE_MIGRATING "SELECT pg_advisory_xact_lock(7463736)"

/* ---- Talking --------------------------------------------------------------------------------- */

/* An error from the connection or from a result, by its SQLSTATE. */
struct err *store_trouble(struct arena *mem, const struct store *s, const PGresult *result,
                          const char *doing);
void store_way(void); /* somebody waits for the server: ask.c */
struct rows *rows_new(struct arena *mem);
struct rows *rows_own(struct arena *mem, PGresult *result);

/* A statement that the server keeps. */
struct prepared {
    const char *name, *sql, *doing;
    const Oid *types; /* NULL: as the server finds */
    bool *done;       /* has it been prepared on this connection? */
};
struct values {
    int n;
    const char *const *at;
    const int *lengths, *formats; /* NULL: all are text */
};
/* They go out; store_answers() brings what they answer. doing lives as long as the program.
 */
MUST struct err *store_ask_prepared(struct arena *mem, struct store *s, const struct prepared *p,
                                    const struct values *v, struct rows *rows);
/* The same, with nothing else on its way, row by row: see store_stream(). */
MUST struct err *store_stream_prepared(struct arena *mem, struct store *s, const struct prepared *p,
                                       const struct values *v,
                                       void (*take)(void *ctx, const struct rows *one), void *ctx);
/* Has the server a statement of this name? To be set; lives as long as the connection. */
bool *store_prepared(struct store *s, const char *name);
MUST struct err *store_ask_sql(struct arena *mem, struct store *s, const char *sql,
                               struct rows *rows);
/* Takes the answers that nobody will read any more. */
void store_forget_asked(struct store *s);
MUST struct err *store_simple(struct arena *mem, struct store *s, const char *sql);

/* ---- Binary arrays --------------------------------------------------------------------------- */

enum { OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25 };
void array_open(struct buf *out, unsigned element_oid, size_t n);
void array_add(struct buf *out, const void *at, size_t n);
void array_add_int8(struct buf *out, int64_t v);
void array_add_int4(struct buf *out, int32_t v);

#endif
