/* migrate.h - bringing a database to the schema of this program, forward only.
 *
 * sql/schema is applied once, file by file; sql/fold and sql/service are functions and are laid
 * anew whenever their text has changed; whatever other function stands there goes.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/store.h"

/* Needs the schema's owner. *ret_applied: how many files; a database that is newer than this
 * program, whose applied files differ from ours, or that is not encoded in UTF8, is refused. */
MUST struct err *store_migrate(struct arena *mem, struct store *owner, size_t *ret_applied);

/* The next migrate lays functions and rights anew, whatever has become of them. */
MUST struct err *store_forget_functions(struct arena *mem, struct store *owner);

/* ERR_CONFLICT when migrate would have something to do. */
MUST struct err *store_is_current(struct arena *mem, struct store *s);

/* ERR_CONFLICT when the database is of an earlier version, or of a later one. That a file which was
 * applied is not as ours is no matter of versions: store_ledger() says so. */
MUST struct err *store_is_behind(struct arena *mem, struct store *s);

/* Where the ledger of what was applied is not what this program would have written: the file, and
 * what is wrong. */
struct ledger_fault {
    const char *path, *text;
    struct ledger_fault *next;
};
MUST struct err *store_ledger(struct arena *mem, struct store *s, struct ledger_fault **ret);

/* What stands in our schemas by the server's catalog, and what this program would lay there: of
 * each thing `what` it is, its `name` and all that is `made` of it; of a right also the statements
 * that take it back, `cure`, and only the giving on, `cure_of_giving`. What was switched off, a row
 * for each trigger, with the `cure` that switches it on. And what is around them and has no place
 * there: `what`, `name` and its `fault`. */
struct catalog {
    struct rows *live, *laid, *off, *around;
};
/* Within a transaction of the owner's, which is as it was before: nothing is changed. */
MUST struct err *store_catalog(struct arena *mem, struct store *owner, struct catalog *ret);
const char *catalog_name(struct arena *mem, const struct rows *rows, size_t row); /* both */

/* The state's tables and fold, empty, in a schema of their own: what the audit replays into. Names
 * mean that schema first until the transaction ends, which takes it away again if it is rolled
 * back. */
MUST struct err *store_make_replay(struct arena *mem, struct store *owner, const char *schema);

/* Writes the tables that can have held erased data anew, so that the database's files do not hold
 * it any more; when the cluster is ours, its write-ahead log neither. Others wait for it. */
MUST struct err *store_purge(struct arena *mem, struct store *owner, bool ours);

#endif
