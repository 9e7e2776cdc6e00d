/* forger.c - whoever knows how entries are made, and edits the database as its superuser so that
 * every hash in it fits, is found out all the same. */
#include "support/database.h"
#include "support/instance.h"
#include "support/vectors.h"

#include "app/audit.h"
#include "app/batch.h"
#include "app/fields.h"
#include "log/entry.h"
#include "log/tree.h"

#include <criterion/criterion.h>

/* ---- Entries --------------------------------------------------------------------------------- */

/* The first entry of a type, written again in all of its parts, with nothing in its payload. */
static const char *emptied(struct arena *mem, struct store *owner, const char *type)
{
    struct rows *rows;
    struct leaf leaf;
    struct binds b;
    size_t at = 0;

    binds_init(&b, mem);
    bind_int(&b, "from", 0);
    bind_int(&b, "to", 1000);
    cr_assert_ok(store_call(mem, owner, "audit_disclosed", &b, &rows));
    while (strcmp(rows_text(rows, at, "type"), type) != 0)
        cr_assert_lt(++at, rows_count(rows), "there is no %s", type);
    binds_init(&b, mem);
    bind_int(&b, "from", rows_int(rows, at, "index"));
    bind_int(&b, "size", 1000);
    bind_int(&b, "n", 1);
    cr_assert_ok(store_call(mem, owner, "audit_entries", &b, &rows));
    at = 0;
    const char *fields[] = {
        disclosure_new(mem, "type", arena_printf(mem, "\"%s\"", type)),
        disclosure_new(mem, "after", "{}"),
    };
    const char *body = body_new(mem, fields, 2);
    cr_assert_ok(leaf_parse(mem, rows_bytes(mem, rows, at, "leaf"), &leaf));
    leaf.body = sha256(bytes_of_text(body));
    const char *text = leaf_text(mem, &leaf);
    struct digest hash = tree_leaf(bytes_of_text(text));
    return arena_printf(
        mem,
        "SET session_replication_role = replica; "
        "UPDATE log.entry SET leaf = '\\x%s', body = '\\x%s', hash = '\\x%s' WHERE index = %lld; "
        "UPDATE log.disclosed SET fields = '%s~%s' WHERE index = %lld",
        hex_encode(mem, text, strlen(text)), hex_encode(mem, body, strlen(body)),
        hex_encode(mem, hash.at, sizeof(hash.at)), (long long)rows_int(rows, at, "index"),
        fields[0], fields[1], (long long)rows_int(rows, at, "index"));
}

Test(forger, an_entry_that_says_nothing_is_named)
{
    static const char *const types[] = {"person.joined", "key.enrolled"};

    for (size_t k = 0; k < 2; k++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct instance *i = instance_new(mem);
        struct store *owner;
        cr_assert_ok(store_open(mem, i->uri, STORE_AS_OWNER, &owner));
        const char *sql = emptied(mem, owner, types[k]);
        store_close(owner);
        database_sql(mem, i->uri, sql);
        audit_names(i, "log.disclosed", NULL);
    }
}

/* ---- Checkpoints ----------------------------------------------------------------------------- */

/* Nothing shows in the numbers, but a batch has ended there. */
Test(forger, a_checkpoint_that_is_gone_is_named_though_the_others_are_numbered_anew)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    for (int k = 0; k < 3; k++) {
        i->now += 1000;
        did(i, "adm", "unit register", arena_printf(mem, "{'unit':'u%d','name':'U'}", k));
    }
    const char *gone = database_value(
        mem, i->uri, "SELECT max(size) - 1 FROM log.checkpoint WHERE $1::text IS NULL", NULL);
    database_sql(mem, i->uri,
                 arena_printf(mem,
                              "SET session_replication_role = replica; "
                              "DELETE FROM log.checkpoint WHERE size = %s; "
                              "UPDATE log.checkpoint SET number = number - 1 WHERE size > %s",
                              gone, gone));
    audit_names(i, "log.checkpoint", gone);
}

/* ---- Rights that were never given ------------------------------------------------------------ */

static const char *next_entry(struct instance *i)
{
    struct rows *rows;

    cr_assert_ok(store_call(i->mem, i->store, "log_checkpoint", NULL, &rows));
    return rows_text(rows, 0, "size");
}

/* A right is put into the tables, used, and taken away again. */
static const char *by_a_forged_right(struct instance *i, const char *role, const char *unit,
                                     const char *command, const char *params)
{
    const char *entry = next_entry(i);

    database_sql(i->mem, i->uri,
                 arena_printf(i->mem,
                              "INSERT INTO state.role_grant (id, person, role, unit, valid_from, "
                              "valid_to, known_from, known_to) SELECT gen_random_uuid(), p.id, "
                              "'%s', u.id, '2020-01-01', 'infinity', 0, 9223372036854775807 FROM "
                              "state.thing p LEFT JOIN state.thing u ON u.noun = 'unit' AND u.ref "
                              "= '%s' WHERE p.noun = 'person' AND p.ref = 'tess'",
                              role, unit));
    did(i, "tess", command, params);
    database_sql(i->mem, i->uri,
                 arena_printf(i->mem,
                              "DELETE FROM state.role_grant WHERE role = '%s' AND person = "
                              "(SELECT id FROM state.thing WHERE ref = 'tess')",
                              role));
    return entry;
}

Test(forger, a_right_that_was_never_given_is_named)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct audit_report report;
    struct store *owner;

    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales','owner':'head-of-sales'}");
    const char *first = by_a_forged_right(i, "admin", "", "unit register",
                                          "{'unit':'ours','name':'Ours','parent':'sales'}");
    const char *second = by_a_forged_right(i, "keeper", "sales", "account change",
                                           "{'account':'acme-x','note':'is mine'}");
    cr_assert_ok(store_open(mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(mem, owner, &i->service, NULL, NULL, &report));
    store_close(owner);
    cr_assert_eq(report.findings, 2);
    cr_expect_str_eq(report.first->row, first);
    cr_expect_str_eq(report.first->text,
                     "tess had no right to 'unit register': this needs admin, hr; tess is not");
    cr_expect_str_eq(report.first->next->row, second);
    cr_expect_not_null(strstr(report.first->next->text, "tess had no right to 'account change'"));
}

/* ---- What nobody asked for ------------------------------------------------------------------- */

/* Whoever has the keys of the log lets the service say something that it does say by itself, and
 * adds to that what only people decide. */
static struct err *decide_smuggled(struct job *job, const void *params, const void *seen)
{
    struct event *e = event_new(&job->events, "log.rolled_back");
    const char *person = database_value(job->mem, *(const char **)job->owner,
                                        "SELECT id FROM state.thing WHERE ref = $1", "tess");

    (void)params;
    (void)seen;
    event_set_int(e, "size", 1);
    event_set(e, "root", "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=");
    event_set(e, "checkpoint", "none");
    e = event_new(&job->events, "role.given");
    event_set(e, "role_grant", uuid_new(job->mem));
    event_set(e, "person", person);
    event_set(e, "role", "admin");
    return NULL;
}

static const struct field no_fields[] = {{0}};
static const struct noun log_noun = {"log", "the log", NULL};
static const struct command smuggle = {
    .verb = "smuggle",
    .summary = "say more than is said",
    .params = {1, no_fields},
    .emits = EMITS("log.rolled_back", "role.given"),
    .decide = decide_smuggled,
};

Test(forger, what_follows_an_entry_of_the_service_is_one_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *entry = next_entry(i);
    struct job *job = job_new(mem, &i->service, &log_noun, &smuggle);

    job->trusted = true;
    job->channel = "service";
    job->owner = &i->uri;
    cr_assert_ok(change_run(i->store, job, i->now));
    audit_names(i, "log.disclosed", arena_printf(mem, "%d", atoi(entry) + 1));
}
