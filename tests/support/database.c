/* database.c - see database.h. */
#include "support/database.h"

#include "crypto/hash.h"
#include "store/migrate.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static const char *server(void)
{
    const char *at = getenv("TENURE_TEST_PG");

    cr_assert_not_null(at, "no server: run the tests with make test");
    return at;
}

static const char *uri_of(struct arena *mem, const char *database)
{
    return arena_printf(mem, "host=%s user=postgres dbname=%s", server(), database);
}

static void run(PGconn *conn, const char *sql)
{
    PGresult *r = PQexec(conn, sql);

    cr_assert(PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK,
              "%s: %s", sql, PQerrorMessage(conn));
    PQclear(r);
}

static PGconn *connected(const char *uri)
{
    PGconn *conn = PQconnectdb(uri);

    cr_assert(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
    PQclear(PQexec(conn, "SET client_min_messages = error"));
    return conn;
}

void database_sql(struct arena *mem, const char *uri, const char *sql)
{
    PGconn *conn = connected(uri);

    (void)mem;
    run(conn, sql);
    PQfinish(conn);
}

const char *database_value(struct arena *mem, const char *uri, const char *sql, const char *text)
{
    PGconn *conn = connected(uri);
    const char *values[] = {text}, *value = NULL;
    PGresult *r = PQexecParams(conn, sql, 1, NULL, values, NULL, NULL, 0);

    cr_assert(PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1, "%s: %s", sql,
              PQerrorMessage(conn));
    if (!PQgetisnull(r, 0, 0))
        value = arena_copy(mem, PQgetvalue(r, 0, 0));
    PQclear(r);
    PQfinish(conn);
    return value;
}

static bool is_there(PGconn *conn, const char *database)
{
    const char *values[] = {database};
    PGresult *r = PQexecParams(conn, "SELECT FROM pg_database WHERE datname = $1 AND datistemplate",
                               1, NULL, values, NULL, NULL, 0);
    bool there = PQntuples(r) == 1;

    PQclear(r);
    return there;
}

static void make_template(struct arena *mem, PGconn *conn, const char *name,
                          void (*make)(struct arena *mem, const char *uri))
{
    const char *drop = arena_printf(mem, "DROP DATABASE IF EXISTS %s", name);

    run(conn, drop);
    run(conn, arena_printf(mem, "CREATE DATABASE %s STRATEGY file_copy", name));
    make(mem, uri_of(mem, name));
    run(conn, arena_printf(mem, "ALTER DATABASE %s IS_TEMPLATE true", name));
}

const char *database_clone(struct arena *mem, const char *template_name,
                           void (*make)(struct arena *mem, const char *uri))
{
    PGconn *conn = connected(uri_of(mem, "postgres"));
    unsigned char some[8];

    random_bytes(some, sizeof(some));
    const char *name = arena_printf(mem, "t_%s", hex_encode(mem, some, sizeof(some)));
    run(conn, arena_printf(mem, "SELECT pg_advisory_lock(hashtext('%s'))", template_name));
    if (!is_there(conn, template_name))
        make_template(mem, conn, template_name, make);
    run(conn, arena_printf(mem, "CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy", name,
                           template_name));
    PQfinish(conn);
    return uri_of(mem, name);
}

const char *database_encoded(struct arena *mem, const char *encoding)
{
    PGconn *conn = connected(uri_of(mem, "postgres"));
    unsigned char some[8];

    random_bytes(some, sizeof(some));
    const char *name = arena_printf(mem, "t_%s", hex_encode(mem, some, sizeof(some)));
    run(conn, arena_printf(mem, "CREATE DATABASE %s TEMPLATE template0 ENCODING '%s' LOCALE 'C'",
                           name, encoding));
    PQfinish(conn);
    return uri_of(mem, name);
}

const char *database_owned(struct arena *mem)
{
    database_new(mem); /* the service's role is the server's, not of one database */
    PGconn *conn = connected(uri_of(mem, "postgres"));
    unsigned char some[8];

    random_bytes(some, sizeof(some));
    const char *name = arena_printf(mem, "t_%s", hex_encode(mem, some, sizeof(some)));
    run(conn, arena_printf(mem, "CREATE ROLE %s LOGIN", name));
    run(conn, arena_printf(mem, "GRANT tenure_service TO %s", name));
    run(conn, arena_printf(mem, "CREATE DATABASE %s OWNER %s STRATEGY file_copy", name, name));
    PQfinish(conn);
    return arena_printf(mem, "host=%s user=%s dbname=%s", server(), name, name);
}

static void migrate(struct arena *mem, const char *uri)
{
    struct store *owner;
    size_t n;

    cr_assert_ok(store_open(mem, uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(store_migrate(mem, owner, &n));
    store_close(owner);
}

const char *database_new(struct arena *mem)
{
    return database_clone(mem, "tpl_store", migrate);
}

const char *database_folder(struct arena *mem, const char *name)
{
    return arena_printf(mem, "%s/%s", getenv("TENURE_TEST_FILES"), name);
}
