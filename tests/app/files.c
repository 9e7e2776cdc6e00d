/* Files come before the entry that names them; one that no entry ever names goes after a while. */
#include "app/files.h"

#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static const int64_t hour = 3600000;

static int64_t purged(struct instance *i)
{
    int64_t n;

    cr_assert_ok(files_purge(i->mem, i->store, i->now, &n));
    return n;
}

static bool is_kept(struct instance *i, const char *named)
{
    const char *n = database_value(
        i->mem, i->uri, "SELECT count(*) FROM tenure.blob WHERE sha256 = decode($1, 'hex')",
        arena_copy_n(i->mem, named, 64));

    return strcmp(n, "1") == 0;
}

Test(files, that_nothing_names_go_after_a_while)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *proof = uploaded(i, "deed.pdf", "%PDF-1.4 the deed");
    const char *people =
        uploaded(i, "people.csv",
                 "id,name,email,role,org_unit,start,status\np1,Ana Petrova,ana@acme.example,sales "
                 "lead,Sales,2020-01-01,active\n");
    const char *draft = uploaded(i, "draft.pdf", "%PDF-1.4 never signed");

    did(i, "adm", "account register", "{'account':'a','url':'https://x.com/a'}");
    did(i, "lea", "title assert",
        arena_printf(mem, "{'account':'a','holder':'acme','evidence':['%s']}", proof));
    did(i, "hana", "import people", arena_printf(mem, "{'file':'%s'}", people));
    cr_expect_eq(purged(i), 0, "it may be named yet");
    i->now += (FILES_UNNAMED_HOURS - 1) * hour;
    const char *late = uploaded(i, "late.pdf", "%PDF-1.4 just sent");
    i->now += 2 * hour;
    cr_expect_eq(purged(i), 1);
    cr_expect(!is_kept(i, draft));
    cr_expect(is_kept(i, proof) && is_kept(i, people) && is_kept(i, late));
    cr_expect_eq(purged(i), 0, "what is gone is gone");
    audit_is_clean(i);
}

Test(files, that_are_sent_again_stay_as_long_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *draft = uploaded(i, "draft.pdf", "%PDF-1.4 a draft");

    i->now += (FILES_UNNAMED_HOURS - 1) * hour;
    uploaded(i, "other.pdf", "%PDF-1.4 a draft");
    i->now += (FILES_UNNAMED_HOURS - 1) * hour;
    cr_expect_eq(purged(i), 0);
    cr_expect(is_kept(i, draft));
    i->now += 2 * hour;
    cr_expect_eq(purged(i), 1);
}

Test(files, many_go_in_turns)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    for (int n = 0; n < 250; n++)
        uploaded(i, "draft.pdf", arena_printf(mem, "%%PDF-1.4 number %d", n));
    i->now += (FILES_UNNAMED_HOURS + 1) * hour;
    cr_expect_eq(purged(i), 250);
}
