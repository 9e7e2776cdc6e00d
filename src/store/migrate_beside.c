/* migrate_beside.c - what the house's schemas hold, and what they would hold if this program laid
 * them now: it does, in the place of what is there, and takes it away again. Of what is in the
 * database only the server's own schema has a say in what that is. */
#include "store/migrate.h"

#include "store_internal.h"

static const char *const house[] = {"log", "tenure", "state", "outbox", "browser", "upload"};
enum { HOUSE = sizeof(house) / sizeof(*house) };

/* Others go on meanwhile, under the names as they were: they do not see this. */
static struct err *set_aside(struct arena *mem, struct store *s)
{
    for (size_t k = 0; k < HOUSE; k++)
        TRY(store_simple(mem, s,
                         arena_printf(mem,
                                      "DO $$ BEGIN IF to_regnamespace('%s') IS NOT NULL THEN "
                                      "ALTER SCHEMA %s RENAME TO tenure_live_%s; END IF; END $$",
                                      house[k], house[k], house[k])));
    return NULL;
}

/* With nothing but the catalog in the search path: then names are whole, and no function is called
 * that lies elsewhere. */
static struct err *look(struct arena *mem, struct store *s, const char *query, struct rows **ret)
{
    struct binds b;

    binds_init(&b, mem);
    bind_list(&b, "schemas", house, HOUSE);
    TRY(store_simple(mem, s, "SET LOCAL search_path = pg_catalog"));
    return store_call(mem, s, query, &b, ret);
}

/* While nobody migrates. */
static struct err *look_at_both(struct arena *mem, struct store *s, struct catalog *ret)
{
    TRY(store_simple(mem, s, STORE_MIGRATING));
    TRY(look(mem, s, "audit_catalog", &ret->live));
    TRY(look(mem, s, "audit_off", &ret->off));
    TRY(look(mem, s, "audit_around", &ret->around));
    TRY(set_aside(mem, s));
    TRY(store_lay(mem, s));
    return look(mem, s, "audit_catalog", &ret->laid);
}

struct err *store_catalog(struct arena *mem, struct store *s, struct catalog *ret)
{
    *ret = (struct catalog){0};
    TRY(store_simple(mem, s, "SAVEPOINT beside"));
    struct err *e = look_at_both(mem, s, ret);
    if (e && e->kind == ERR_UNAVAILABLE)
        return e;
    TRY(store_simple(mem, s, "ROLLBACK TO SAVEPOINT beside"));
    TRY(store_simple(mem, s, "RELEASE SAVEPOINT beside"));
    return e;
}

const char *catalog_name(struct arena *mem, const struct rows *rows, size_t row)
{
    return arena_printf(mem, "%s %s", rows_text(rows, row, "what"), rows_text(rows, row, "name"));
}
