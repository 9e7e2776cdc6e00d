/* pieces.c - what is too long for one statement is appended in pieces: all of them or none, under
 * one checkpoint, and nobody can keep a piece without it. */
#include "support/database.h"
#include "support/instance.h"

#include <criterion/criterion.h>

enum { PEOPLE = 700, OF_EACH = 3 }; /* joined, a position, in it: more than two pieces */

static const char *many_people(struct instance *i)
{
    struct buf csv;

    buf_init(&csv, i->mem, 1 << 20);
    buf_text(&csv, "id,name,role,start,org_unit,status\n");
    for (int k = 0; k < PEOPLE; k++)
        buf_printf(&csv, "p%d,Person %d,r%d,2020-01-01,Sales,active\n", k, k, k);
    return arena_printf(i->mem, "{'file':'%s'}", uploaded(i, "many.csv", csv.at));
}

static const char *asked(struct instance *i, const char *sql)
{
    return database_value(i->mem, i->uri, sql, "");
}

static const char *log_size(struct instance *i)
{
    return asked(i, "SELECT size::text FROM log.head WHERE $1 = ''");
}

static const char *checkpoints(struct instance *i)
{
    return asked(i, "SELECT count(*)::text FROM log.checkpoint WHERE $1 = ''");
}

Test(pieces, stand_under_one_checkpoint)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const long size = atol(log_size(i)), points = atol(checkpoints(i));

    const json_t *reply = did(i, "adm", "import people", many_people(i));
    const long entries = json_integer_value(json_object_get(reply, "entries"));
    cr_expect_gt(entries, PEOPLE * OF_EACH);
    cr_expect_eq(atol(log_size(i)), size + entries);
    cr_expect_eq(atol(checkpoints(i)), points + 1);
    cr_expect_eq(json_integer_value(json_object_get(reply, "size")), atol(log_size(i)));
    const json_t *first = json_array_get(json_object_get(reply, "events"), 0);
    cr_expect_eq(json_integer_value(json_object_get(first, "index")), size);
    audit_is_clean(i);
}

Test(pieces, of_one_that_fails_nothing_stays)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *size = log_size(i), *points = checkpoints(i);
    struct err *e;

    database_sql(mem, i->uri,
                 "CREATE FUNCTION public.not_this() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
                 "RAISE EXCEPTION ''not this one''; END'; CREATE TRIGGER not_this BEFORE INSERT ON "
                 "state.thing FOR EACH ROW WHEN (NEW.ref = 'p699') EXECUTE FUNCTION "
                 "public.not_this()");
    e = act(i, "adm", "import people", many_people(i), NULL);
    cr_assert(e, "it went in without its last piece");
    cr_expect_str_eq(log_size(i), size);
    cr_expect_str_eq(checkpoints(i), points);
    cr_expect_str_eq(asked(i, "SELECT count(*)::text FROM state.thing WHERE ref = 'p0' || $1"),
                     "0");
    database_sql(mem, i->uri,
                 "DROP TRIGGER not_this ON state.thing; DROP FUNCTION public.not_this()");
    did(i, "adm", "import people", many_people(i));
    audit_is_clean(i);
}

Test(pieces, without_a_checkpoint_cannot_be_kept)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *size = log_size(i);

    struct err *e = store_script(mem, i->store,
                                 "SELECT log.append((SELECT size FROM log.head), now(), '{x}', "
                                 "ARRAY[sha256('')], '{y}', '{log.created}', '{z}', '{}', '{}', "
                                 "'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', "
                                 "'{}', '', '', NULL, '[]')");
    cr_assert(e);
    cr_expect(strstr(e->text, "no checkpoint covers"), "%s", e->text);
    cr_expect_str_eq(log_size(i), size);
    audit_is_clean(i);
}
