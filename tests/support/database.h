/* database.h - a PostgreSQL database of a test's own, cloned from a template that this run made.
 * scripts/run-tests starts the server and says where it is in TENURE_TEST_PG (a socket directory).
 */
#ifndef SUPPORT_DATABASE_H
#define SUPPORT_DATABASE_H

#include "store/store.h"

/* URI of a fresh database with our schema and an empty log. */
const char *database_new(struct arena *mem);

/* The same, cloned from the template of this name; made by make(uri) when it is not there yet. Two
 * tests may ask at once: one makes it, the other waits. */
const char *database_clone(struct arena *mem, const char *template_name,
                           void (*make)(struct arena *mem, const char *uri));

/* An empty one, encoded otherwise than ours are. */
const char *database_encoded(struct arena *mem, const char *encoding);

/* An empty one, as its owner sees it: nobody of rights, who may work as the service. */
const char *database_owned(struct arena *mem);

/* A folder of the run, for files that belong to a template. */
const char *database_folder(struct arena *mem, const char *name);

/* Run SQL as the superuser, as somebody who cheats would. */
void database_sql(struct arena *mem, const char *uri, const char *sql);

/* The first value of a query with one parameter; NULL when it is null. */
const char *database_value(struct arena *mem, const char *uri, const char *sql, const char *text);

#endif
