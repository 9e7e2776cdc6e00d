/* seals.c - a seal made after another reads only what happened since, and says the same as one that
 * is made from nothing; the audit makes each of them from nothing. */
#include "app/seal.h"
#include "store/log.h"
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

#define STORY(name) \
    static void name(struct arena *mem); \
    Test(seals, name) \
    { \
        AUTO(arena_auto) struct arena *mem = arena_new(); \
        name(mem); \
    } \
    static void name(struct arena *mem)

static uint64_t size_of(struct instance *i)
{
    struct log_head head;

    cr_assert_ok(log_look(i->mem, i->store, &head));
    return head.range.size;
}

static struct digest root_of(struct instance *i, uint64_t size)
{
    struct seal seal;

    cr_assert_ok(store_begin(i->mem, i->store));
    cr_assert_ok(seal_make(i->mem, i->store, &i->service, size, &seal));
    cr_assert_ok(store_commit(i->mem, i->store));
    return heads_top_root(seal.heads);
}

static void proves(struct instance *i, const char *more)
{
    did(i, "lea", "proof export", arena_printf(i->mem, "{'account':'acme-group'%s}", more));
}

static uint64_t grown(struct instance *i, unsigned n)
{
    for (unsigned k = 0; k < n; k++) {
        uint64_t at = size_of(i);
        did(i, "adm", "person register",
            arena_printf(i->mem, "{'person':'p%llu','name':'Person'}", (unsigned long long)at));
        did(i, "adm", "account change",
            arena_printf(i->mem, "{'account':'acme-group','note':'at %llu'}",
                         (unsigned long long)at));
    }
    return size_of(i);
}

STORY(a_seal_goes_on_from_the_one_before)
{
    struct instance *i = instance_new(mem);

    sam_holds(i);
    uint64_t first = size_of(i);
    struct digest at_first = root_of(i, 0);
    uint64_t second = grown(i, 4);
    struct digest at_second = root_of(i, 0);
    proves(i, "");
    cr_expect_not(digest_same(at_first, at_second));
    grown(i, 2);
    struct digest again = root_of(i, first), same = root_of(i, second);
    cr_expect(digest_same(again, at_first), "backwards");
    cr_expect(digest_same(same, at_second), "and between");
    proves(i, "");
    audit_is_clean(i);
}

STORY(a_seal_does_not_go_on_from_another_log)
{
    struct instance *i = instance_new(mem);

    sam_holds(i);
    uint64_t size = size_of(i);
    struct digest before = root_of(i, size);
    database_sql(mem, i->uri,
                 "ALTER TABLE log.entry DISABLE TRIGGER ALL; UPDATE log.entry SET "
                 "hash = sha256('another') WHERE index = (SELECT max(index) FROM log.entry)");
    struct digest after = root_of(i, size);
    cr_expect_not(digest_same(before, after), "what was kept is not believed");
}
