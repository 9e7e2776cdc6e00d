/* purge.c - what the database no longer shows but its files still hold is written over; see
 * migrate.h. */
#include "store_internal.h"

#include "store/migrate.h"

/* A plain VACUUM gives the room of a dead row free and leaves its bytes: the table is written anew.
 */
static struct err *write_anew(struct arena *mem, struct store *s)
{
    struct rows *rows;

    TRY(store_call(mem, s, "purge_tables", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        TRY(store_simple(mem, s, arena_printf(mem, "VACUUM FULL %s", rows_text(rows, i, "name"))));
    return NULL;
}

struct err *store_purge(struct arena *mem, struct store *owner, bool ours)
{
    static const char *const keep_none[] = {"ALTER SYSTEM SET wal_recycle = off",
                                            "ALTER SYSTEM SET min_wal_size = '32MB'",
                                            "SELECT pg_reload_conf()", NULL};
    static const char *const as_before[] = {"ALTER SYSTEM RESET wal_recycle",
                                            "ALTER SYSTEM RESET min_wal_size",
                                            "SELECT pg_reload_conf()", NULL};

    TRY(write_anew(mem, owner));
    if (!ours)
        return store_simple(mem, owner, "CHECKPOINT");
    for (const char *const *sql = keep_none; *sql; sql++)
        TRY(store_simple(mem, owner, *sql));
    /* The first checkpoint still keeps the file that it began in, the second does not. */
    TRY(store_simple(mem, owner, "SELECT pg_switch_wal()"));
    TRY(store_simple(mem, owner, "CHECKPOINT"));
    TRY(store_simple(mem, owner, "SELECT pg_switch_wal()"));
    TRY(store_simple(mem, owner, "CHECKPOINT"));
    for (const char *const *sql = as_before; *sql; sql++)
        TRY(store_simple(mem, owner, *sql));
    return NULL;
}
