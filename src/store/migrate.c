/* migrate.c - see migrate.h. What was applied stands in tenure.migration, with its SHA-256. */
#include "store/migrate.h"

#include "crypto/hash.h"
#include "store_internal.h"

static const char ledger[] = "CREATE SCHEMA IF NOT EXISTS tenure;"
                             "CREATE TABLE IF NOT EXISTS tenure.migration ("
                             " path text PRIMARY KEY, sha256 text NOT NULL)";

static const char *const folders[] = {"schema/", "fold/", "service/"};
enum { FOLDERS = sizeof(folders) / sizeof(*folders) };

static const char *digest_of(struct arena *mem, const char *text)
{
    struct digest d = sha256(bytes_of_text(text));

    return hex_encode(mem, d.at, sizeof(d.at));
}

/* What the ledger says of each file: NULL when it is not there. */
static struct err *applied(struct arena *mem, struct store *s, const char *path, const char **ret)
{
    const char *values[] = {path};
    PGresult *r = PQexecParams(s->conn, "SELECT sha256 FROM tenure.migration WHERE path = $1", 1,
                               NULL, values, NULL, NULL, 0);
    struct rows *rows = rows_own(mem, r);

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return store_trouble(mem, s, r, "migrate");
    *ret = rows_count(rows) ? rows_text(rows, 0, "sha256") : NULL;
    return NULL;
}

static struct err *record(struct arena *mem, struct store *s, const struct sql_file *f)
{
    const char *values[] = {f->path, digest_of(mem, f->text)};
    PGresult *r = PQexecParams(s->conn,
                               "INSERT INTO tenure.migration (path, sha256) VALUES ($1, $2) "
                               "ON CONFLICT (path) DO UPDATE SET sha256 = $2",
                               2, NULL, values, NULL, NULL, 0);
    struct err *e = NULL;

    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        e = store_trouble(mem, s, r, "migrate");
    PQclear(r);
    return e;
}

static struct err *apply(struct arena *mem, struct store *s, const struct sql_file *f, size_t *n)
{
    struct err *e = store_script(mem, s, f->text);

    if (e)
        return err_new(mem, e->kind, "applying sql/%s: %s", f->path, e->text);
    ++*n;
    return record(mem, s, f);
}

static struct err *apply_schema(struct arena *mem, struct store *s, size_t *n)
{
    size_t files_n;
    const struct sql_file *files = sql_files("schema/", &files_n);

    for (size_t i = 0; i < files_n; i++) {
        const char *before;
        TRY(applied(mem, s, files[i].path, &before));
        if (!before)
            TRY(apply(mem, s, &files[i], n));
        else if (strcmp(before, digest_of(mem, files[i].text)) != 0)
            return err_new(mem, ERR_CONFLICT,
                           "sql/%s is not the one that was applied to this database: use the "
                           "program that made it, or a later one",
                           files[i].path);
    }
    return NULL;
}

static struct err *applied_of(struct arena *mem, struct store *s, const char *folder, size_t *ret_n)
{
    const char *values[] = {folder};
    PGresult *r = PQexecParams(s->conn, "SELECT FROM tenure.migration WHERE starts_with(path, $1)",
                               1, NULL, values, NULL, NULL, 0);

    *ret_n = rows_count(rows_own(mem, r));
    return PQresultStatus(r) == PGRES_TUPLES_OK ? NULL : store_trouble(mem, s, r, "migrate");
}

/* All files of a folder when one of them is new, changed or gone. */
static struct err *apply_functions(struct arena *mem, struct store *s, const char *folder,
                                   size_t *n)
{
    size_t files_n, before_n;
    const struct sql_file *files = sql_files(folder, &files_n);

    TRY(applied_of(mem, s, folder, &before_n));
    bool stale = before_n != files_n;
    for (size_t i = 0; i < files_n && !stale; i++) {
        const char *before;
        TRY(applied(mem, s, files[i].path, &before));
        stale = !before || strcmp(before, digest_of(mem, files[i].text)) != 0;
    }
    if (stale)
        TRY(store_simple(
            mem, s,
            arena_printf(mem, "DELETE FROM tenure.migration WHERE path LIKE '%s%%'", folder)));
    for (size_t i = 0; i < files_n && stale; i++)
        TRY(apply(mem, s, &files[i], n));
    return NULL;
}

/* A file in the ledger which we do not have: the database is ahead of this program. */
static struct err *refuse_newer(struct arena *mem, struct store *s)
{
    size_t ours;
    struct rows *rows;

    PGresult *r = PQexec(s->conn, "SELECT path FROM tenure.migration WHERE path LIKE 'schema/%' "
                                  "ORDER BY path DESC LIMIT 1");
    rows = rows_own(mem, r);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return store_trouble(mem, s, r, "migrate");
    const struct sql_file *files = sql_files("schema/", &ours);
    if (rows_count(rows) && strcmp(rows_text(rows, 0, "path"), files[ours - 1].path) > 0)
        return err_new(mem, ERR_CONFLICT,
                       "the database was migrated by a later program (%s): use that one",
                       rows_text(rows, 0, "path"));
    return NULL;
}

/* A dump brought back on another server, or without its rights, has none for the service. */
static struct err *lacks_rights(struct arena *mem, struct store *s, bool *ret)
{
    PGresult *r =
        PQexec(s->conn, "SELECT NOT EXISTS (SELECT FROM pg_namespace, aclexplode(nspacl) a "
                        "JOIN pg_roles r ON r.oid = a.grantee WHERE nspname = 'log' "
                        "AND rolname = 'tenure_service') AS lacks");
    struct rows *rows = rows_own(mem, r);

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return store_trouble(mem, s, r, "migrate");
    *ret = rows_bool(rows, 0, "lacks");
    return NULL;
}

/* One statement, whatever the names in it hold. What cannot be done (something needs it, another
 * owns it) is left; the audit names it. */
static struct err *try_out(struct arena *mem, struct store *s, const char *statement)
{
    TRY(store_simple(mem, s, "SAVEPOINT one_left"));
    PGresult *r = PQexecParams(s->conn, statement, 0, NULL, NULL, NULL, NULL, 0);
    bool done = PQresultStatus(r) == PGRES_COMMAND_OK;
    PQclear(r);
    return done ? NULL : store_simple(mem, s, "ROLLBACK TO SAVEPOINT one_left");
}

/* Functions that an earlier version laid and this one does not, and others that were put among
 * them: what is called otherwise would be looked for there too. */
static struct err *drop_strange(struct arena *mem, struct store *s, const struct catalog *c,
                                const struct map *ours)
{
    for (size_t i = 0; i < rows_count(c->live); i++)
        if (strcmp(rows_text(c->live, i, "what"), "function") == 0 &&
            !map_get(ours, catalog_name(mem, c->live, i)))
            TRY(try_out(mem, s,
                        arena_printf(mem, "DROP ROUTINE %s", rows_text(c->live, i, "name"))));
    return NULL;
}

/* Rights that nobody should have, also those on tables of somebody's, which themselves stay. */
static struct err *take_back(struct arena *mem, struct store *s, const struct catalog *c,
                             const struct map *ours)
{
    for (size_t i = 0; i < rows_count(c->live); i++) {
        const char *laid = map_get(ours, catalog_name(mem, c->live, i));
        const char *column = laid ? "cure_of_giving" : "cure";
        bool as_laid = laid && strcmp(rows_text(c->live, i, "made"), laid) == 0;
        if (!as_laid && rows_text(c->live, i, column))
            TRY(try_out(mem, s, rows_text(c->live, i, column)));
    }
    return NULL;
}

/* What is ours and was switched off; a trigger that was changed besides is not ours any more. */
static struct err *switch_on(struct arena *mem, struct store *s, const struct catalog *c,
                             const struct map *ours)
{
    for (size_t i = 0; i < rows_count(c->off); i++) {
        const char *laid = map_get(ours, catalog_name(mem, c->off, i));
        if (laid && text_starts(laid, rows_text(c->off, i, "made")))
            TRY(try_out(mem, s, rows_text(c->off, i, "cure")));
    }
    return NULL;
}

static struct err *put_right(struct arena *mem, struct store *s, bool all)
{
    struct map *ours = map_new(mem);
    struct catalog c;

    TRY(store_catalog(mem, s, &c));
    for (size_t i = 0; i < rows_count(c.laid); i++)
        map_set(ours, catalog_name(mem, c.laid, i), arena_copy(mem, rows_text(c.laid, i, "made")));
    TRY(drop_strange(mem, s, &c, ours));
    if (!all)
        return NULL;
    TRY(take_back(mem, s, &c, ours));
    return switch_on(mem, s, &c, ours);
}

static struct err *migrate_all(struct arena *mem, struct store *s, size_t *n)
{
    size_t files_before, functions_before;

    TRY(store_simple(mem, s, STORE_MIGRATING));
    TRY(store_simple(mem, s, ledger));
    TRY(applied_of(mem, s, "", &files_before));
    TRY(applied_of(mem, s, "fold/", &functions_before));
    TRY(refuse_newer(mem, s));
    TRY(store_simple(mem, s, "CREATE SCHEMA IF NOT EXISTS state"));
    TRY(apply_schema(mem, s, n));
    TRY(apply_functions(mem, s, "fold/", n));
    size_t before = *n;
    bool lacking = false;
    TRY(apply_functions(mem, s, "service/", n));
    TRY(lacks_rights(mem, s, &lacking));
    if (lacking || (before && before == *n)) { /* new tables need their grants */
        TRY(store_simple(mem, s, "DELETE FROM tenure.migration WHERE path LIKE 'service/%'"));
        TRY(apply_functions(mem, s, "service/", n));
    }
    return files_before && *n ? put_right(mem, s, functions_before == 0) : NULL;
}

struct err *store_forget_functions(struct arena *mem, struct store *owner)
{
    return store_simple(mem, owner, "DELETE FROM tenure.migration WHERE path NOT LIKE 'schema/%'");
}

struct err *store_lay(struct arena *mem, struct store *s)
{
    TRY(store_simple(mem, s, "SET LOCAL search_path = " STORE_PATH));
    TRY(store_simple(mem, s, ledger));
    TRY(store_simple(mem, s, "CREATE SCHEMA IF NOT EXISTS state"));
    for (size_t k = 0; k < FOLDERS; k++) {
        size_t n;
        const struct sql_file *files = sql_files(folders[k], &n);
        for (size_t i = 0; i < n; i++)
            TRY(store_script(mem, s, files[i].text));
    }
    return NULL;
}

/* People's names are of every script; and what is hashed and signed is UTF-8, so that another
 * encoding would make the log of other bytes. */
static struct err *must_be_utf8(struct arena *mem, const struct store *s)
{
    const char *encoding = PQparameterStatus(s->conn, "server_encoding");

    if (text_same(encoding, "UTF8"))
        return NULL;
    return err_new(mem, ERR_CONFLICT,
                   "the database %s is encoded in %s, not in UTF8: make another, CREATE DATABASE "
                   "tenure TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C', and name it with "
                   "--database",
                   PQdb(s->conn), encoding ? encoding : "nothing that it says");
}

struct err *store_migrate(struct arena *mem, struct store *s, size_t *ret_applied)
{
    *ret_applied = 0;
    TRY(must_be_utf8(mem, s));
    TRY(store_begin(mem, s));
    struct err *e = migrate_all(mem, s, ret_applied);
    if (e) {
        store_rollback(s);
        return e;
    }
    return store_commit(mem, s);
}

/* Ours against the ledger; not all: of what is applied once, only whether it was. */
static struct err *compare(struct arena *mem, struct store *s, bool all)
{
    PGresult *r = PQexec(s->conn, "SELECT to_regclass('tenure.migration') IS NOT NULL AS there");
    struct rows *there = rows_own(mem, r);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return store_trouble(mem, s, r, "migrate");
    if (!rows_bool(there, 0, "there"))
        return err_new(mem, ERR_CONFLICT, "the database is empty: run tenured migrate");
    TRY(refuse_newer(mem, s));
    for (size_t k = 0; k < FOLDERS; k++) {
        size_t n;
        const struct sql_file *files = sql_files(folders[k], &n);
        for (size_t i = 0; i < n; i++) {
            const char *before;
            TRY(applied(mem, s, files[i].path, &before));
            bool asked = all || !text_starts(files[i].path, "schema/");
            if (!before || (asked && strcmp(before, digest_of(mem, files[i].text)) != 0))
                return err_new(mem, ERR_CONFLICT,
                               "the database is not of this version (sql/%s): run tenured migrate",
                               files[i].path);
        }
    }
    return NULL;
}

struct err *store_is_current(struct arena *mem, struct store *s)
{
    return compare(mem, s, true);
}

struct err *store_is_behind(struct arena *mem, struct store *s)
{
    return compare(mem, s, false);
}

/* ---- Is the ledger true? --------------------------------------------------------------------- */

static void add_fault(struct arena *mem, struct ledger_fault ***last, const char *path,
                      const char *text)
{
    struct ledger_fault *f = arena_alloc(mem, sizeof(*f));

    *f = (struct ledger_fault){path ? path : "without a path", text, NULL};
    **last = f;
    *last = &f->next;
}

/* How often it stands there; what it says must be the file's hash. */
static void look_up(struct arena *mem, const struct rows *rows, const struct sql_file *f,
                    struct ledger_fault ***last)
{
    const char *digest = digest_of(mem, f->text);
    size_t n = 0;

    for (size_t i = 0; i < rows_count(rows); i++) {
        if (!text_same(rows_text(rows, i, "path"), f->path))
            continue;
        if (n++)
            add_fault(mem, last, f->path, "is there twice");
        if (!text_same(rows_text(rows, i, "sha256"), digest))
            add_fault(mem, last, f->path,
                      "is not the file of this program: if the database was not meant to be of "
                      "another version, it was edited (else tenured migrate)");
    }
    if (n == 0)
        add_fault(mem, last, f->path, "is missing: tenured migrate, unless it was there before");
}

static bool is_ours(const char *path)
{
    for (size_t k = 0; path && k < FOLDERS; k++) {
        size_t n;
        const struct sql_file *files = sql_files(folders[k], &n);
        for (size_t i = 0; i < n; i++)
            if (strcmp(files[i].path, path) == 0)
                return true;
    }
    return false;
}

struct err *store_ledger(struct arena *mem, struct store *s, struct ledger_fault **ret)
{
    struct ledger_fault *first = NULL, **last = &first;
    PGresult *r = PQexec(s->conn, "SELECT path, sha256 FROM tenure.migration ORDER BY path");
    struct rows *rows = rows_own(mem, r);

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return store_trouble(mem, s, r, "reading tenure.migration");
    for (size_t k = 0; k < FOLDERS; k++) {
        size_t n;
        const struct sql_file *files = sql_files(folders[k], &n);
        for (size_t i = 0; i < n; i++)
            look_up(mem, rows, &files[i], &last);
    }
    for (size_t i = 0; i < rows_count(rows); i++)
        if (!is_ours(rows_text(rows, i, "path")))
            add_fault(mem, &last, rows_text(rows, i, "path"), "is no file of this program");
    *ret = first;
    return NULL;
}

struct err *store_make_replay(struct arena *mem, struct store *s, const char *schema)
{
    static const char *const replayed[] = {
        "schema/002", "schema/004",  "schema/006", "schema/007", "schema/009", "schema/010",
        "schema/011", "schema/013",  "schema/015", "schema/016", "schema/017", "schema/018",
        "schema/020", "schema/021",  "schema/023", "schema/025", "schema/026", "schema/035",
        "fold/",      "service/000", "audit/"};

    TRY(store_simple(mem, s,
                     arena_printf(mem, "CREATE SCHEMA %s; SET LOCAL search_path = %s, log, public",
                                  schema, schema)));
    for (size_t k = 0; k < sizeof(replayed) / sizeof(*replayed); k++) {
        size_t n;
        const struct sql_file *files = sql_files(replayed[k], &n);
        for (size_t i = 0; i < n; i++)
            TRY(store_script(mem, s, files[i].text));
    }
    return NULL;
}
