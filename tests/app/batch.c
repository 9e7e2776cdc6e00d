/* batch.c - many commands at once: which share a batch, which wait, and that all are answered. */
#include "app/batch.h"
#include "support/instance.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

/* One batch after the other until all are answered; how many it took. */
static size_t batches_for(struct instance *i, struct job **jobs, size_t n)
{
    struct job *waiting = NULL;
    size_t batches = 0;

    for (size_t k = n; k-- > 0;) {
        jobs[k]->next = waiting;
        waiting = jobs[k];
    }
    for (; waiting && batches <= n; batches++)
        waiting = batch_run(i->store, &i->service, waiting, i->now);
    cr_assert_null(waiting, "somebody waits for ever");
    for (size_t k = 0; k < n; k++)
        cr_assert(jobs[k]->reply || jobs[k]->error, "job %zu got no answer", k);
    return batches;
}

static struct instance *with_account(struct arena *mem)
{
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register",
        "{'account':'acme-group','url':'https://www.linkedin.com/groups/8374921','unit':'sales'}");
    return i;
}

Test(batch, what_only_adds_to_a_thing_shares_a_batch)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_account(mem);
    struct job *jobs[] = {
        signed_job(i, "adm", "grant give",
                   "{'account':'acme-group','person':'sam','role':'owner'}"),
        signed_job(i, "adm", "grant give",
                   "{'account':'acme-group','person':'tess','role':'owner'}"),
        signed_job(i, "kim", "grant give",
                   "{'account':'acme-group','person':'sam','role':'editor'}"),
    };

    cr_assert_eq(batches_for(i, jobs, 3), 1);
    for (size_t k = 0; k < 3; k++)
        cr_assert_ok(jobs[k]->error);
    audit_is_clean(i);
}

Test(batch, the_same_twice_is_seen_by_the_second)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_account(mem);
    const char *params = "{'account':'acme-group','person':'sam','role':'owner'}";
    struct job *jobs[] = {signed_job(i, "adm", "grant give", params),
                          signed_job(i, "kim", "grant give", params)};

    cr_assert_eq(batches_for(i, jobs, 2), 2);
    cr_assert_ok(jobs[0]->error);
    cr_assert(jobs[1]->error && jobs[1]->error->kind == ERR_CONFLICT);
    audit_is_clean(i);
}

/* By its id or by its key, it is the same account. */
Test(batch, who_changes_a_thing_waits_for_who_adds_to_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_account(mem);
    const char *id = json_text(did(i, "adm", "account show", "{'account':'acme-group'}"), "id");
    struct job *jobs[] = {
        signed_job(i, "adm", "grant give",
                   "{'account':'acme-group','person':'sam','role':'owner'}"),
        signed_job(i, "adm", "account retire",
                   arena_printf(mem, "{'account':'%s','reason':'closed'}", id)),
        signed_job(i, "adm", "grant give",
                   "{'account':'acme-group','person':'tess','role':'owner'}"),
    };

    cr_assert_gt(batches_for(i, jobs, 3), 1);
    cr_assert_ok(jobs[0]->error);
    audit_is_clean(i);
}

/* A new thing gets its name once. */
Test(batch, a_name_is_given_once)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_account(mem);
    struct job *jobs[] = {
        signed_job(i, "adm", "grant give",
                   "{'grant':'g-1','account':'acme-group','person':'sam','role':'owner'}"),
        signed_job(i, "adm", "grant give",
                   "{'grant':'g-1','account':'acme-group','person':'tess','role':'owner'}"),
    };

    cr_assert_eq(batches_for(i, jobs, 2), 2);
    cr_assert_ok(jobs[0]->error);
    cr_assert(jobs[1]->error && jobs[1]->error->kind == ERR_CONFLICT);
    audit_is_clean(i);
}

/* One that is refused, or that says too much for an entry, takes no neighbour with it. */
Test(batch, one_that_fails_fails_alone)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_account(mem);
    struct job *jobs[] = {
        signed_job(i, "sam", "grant give",
                   "{'account':'acme-group','person':'tess','role':'owner'}"),
        signed_job(i, "adm", "grant give",
                   "{'account':'acme-group','person':'nobody','role':'owner'}"),
        signed_job(i, "adm", "grant give",
                   "{'account':'acme-group','person':'uma','role':'owner'}"),
    };

    cr_assert_eq(batches_for(i, jobs, 3), 1);
    cr_assert(jobs[0]->error && jobs[0]->error->kind == ERR_FORBIDDEN);
    cr_assert(jobs[1]->error && jobs[1]->error->kind == ERR_NOT_FOUND);
    cr_assert_ok(jobs[2]->error);
    audit_is_clean(i);
}

/* An entry too many for one statement: what the last command makes is in the first piece already
 * when its second event is appended. */
Test(batch, what_a_command_makes_is_found_again_in_the_next_piece)
{
    enum { ONE_STATEMENT = 512, ACCOUNTS = ONE_STATEMENT / 2 };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_account(mem);
    struct job *jobs[1 + ACCOUNTS] = {signed_job(
        i, "adm", "grant give", "{'account':'acme-group','person':'sam','role':'owner'}")};

    for (int k = 0; k < ACCOUNTS; k++)
        jobs[1 + k] = signed_job(i, "adm", "account register",
                                 arena_printf(mem,
                                              "{'account':'a%d','url':'https://x.com/acme_%d',"
                                              "'owner':'head-of-sales'}",
                                              k, k));
    cr_assert_eq(batches_for(i, jobs, 1 + ACCOUNTS), 1);
    for (size_t k = 0; k < 1 + ACCOUNTS; k++) {
        cr_assert_ok(jobs[k]->error);
        cr_expect_eq(jobs[k]->events.n, k ? 2 : 1);
    }
    audit_is_clean(i);
}

/* However many meet one another before it, a command that goes alone has its turn. */
Test(batch, nobody_who_comes_later_goes_before_one_that_goes_alone)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_account(mem);
    const char *same = "{'account':'acme-group','person':'sam','role':'owner'}";
    struct job *first[] = {signed_job(i, "adm", "grant give", same),
                           signed_job(i, "kim", "grant give", same)};
    struct job *alone =
        signed_job(i, "adm", "handover create", "{'person':'sam','last_day':'2027-01-31'}");
    struct job *later = signed_job(i, "kim", "grant give",
                                   "{'account':'acme-group','person':'tess','role':'editor'}");

    cr_assert(alone->command->alone);
    first[0]->next = first[1];
    first[1]->next = alone;
    alone->next = later;
    struct job *rest = batch_run(i->store, &i->service, first[0], i->now);
    cr_expect(first[0]->reply && !later->reply, "it went before");
    cr_assert(rest == first[1], "what was put off comes first");
    rest = batch_run(i->store, &i->service, rest, i->now);
    cr_expect(first[1]->error && !alone->reply && !later->reply);
    rest = batch_run(i->store, &i->service, rest, i->now);
    cr_assert_ok(alone->error);
    cr_expect(alone->reply && !later->reply);
    rest = batch_run(i->store, &i->service, rest, i->now);
    cr_assert_null(rest);
    cr_assert_ok(later->error);
    audit_is_clean(i);
}
