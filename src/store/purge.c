/* purge.c - what the database no longer shows but its files still hold is written over; see
 * migrate.h. */
#include "store_internal.h"

#include "store/migrate.h"

#include <stdlib.h>

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

    const char *files;

    TRY(write_anew(mem, owner));
    if (!ours)
        return store_simple(mem, owner, "CHECKPOINT");
    for (const char *const *sql = keep_none; *sql; sql++)
        TRY(store_simple(mem, owner, *sql));
    /* A checkpoint before this may have put old files aside for later, with what they hold: each is
     * gone through and left behind, and so is the file in which the last checkpoint began. */
    TRY(store_value(mem, owner, "purge_wal_files", NULL, &files));
    for (long n = strtol(files, NULL, 10) + 1; n > 0; n--) {
        TRY(store_simple(mem, owner, "SELECT pg_switch_wal()"));
        TRY(store_simple(mem, owner, "CHECKPOINT"));
    }
    for (const char *const *sql = as_before; *sql; sql++)
        TRY(store_simple(mem, owner, *sql));
    return NULL;
}
