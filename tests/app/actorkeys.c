/* actorkeys.c - what people sign with: good from an index on and up to an index, whatever a clock
 * or the network does; and an intent counts once. */
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include "app/batch.h"
#include "store/log.h"
#include "tenure/bundle.h"

#include <criterion/criterion.h>
#include <inttypes.h>

static const char *quoted(struct arena *mem, const char *params)
{
    char *text = arena_copy(mem, params);

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    return text;
}

/* A person signs now; it is sent when the story says so. */
static const json_t *signed_now(struct instance *i, const char *who, const char *command,
                                const char *params, const char *nonce)
{
    json_t *object;
    cr_assert_ok(
        json_read(i->mem, bytes_of_text(quoted(i->mem, params)), 65536, "params", &object));
    const struct intent intent = {.actor = who,
                                  .at = i->now,
                                  .command = command,
                                  .log = i->service.origin,
                                  .nonce = nonce ? nonce : nonce_new(i->mem),
                                  .params = object};
    const char *text = intent_text(i->mem, &intent, NULL, 0);
    AUTO(ed25519_auto) struct ed25519 *key = key_of(who);
    const char *signature = ssh_sign(i->mem, key, signature_namespace, bytes_of_text(text));

    return json_keep(i->mem, json_pack("{s:s, s:s}", "intent", text, "signature", signature));
}

static struct err *taken(struct instance *i, const char *command, const json_t *envelope,
                         struct job **ret)
{
    const struct noun *noun;
    const struct command *c = command_find(command, &noun);

    *ret = job_new(i->mem, &i->service, noun, c);
    (*ret)->now = i->now;
    (*ret)->channel = "test";
    TRY(job_signed(*ret, envelope));
    return c->prepare ? c->prepare(*ret, (*ret)->params) : NULL;
}

static struct err *sent(struct instance *i, const char *command, const json_t *envelope,
                        const char **ret_reply)
{
    struct job *job;

    TRY(taken(i, command, envelope, &job));
    TRY(change_run(i->store, job, i->now));
    *ret_reply = job->reply;
    return NULL;
}

static uint64_t size_of(struct instance *i)
{
    struct log_head head;

    cr_assert_ok(log_look(i->mem, i->store, &head));
    return head.range.size;
}

static const char *key_ref(struct instance *i, const char *who)
{
    const json_t *list = did(i, "adm", "key list", arena_printf(i->mem, "{'person':'%s'}", who));
    const char *ref = json_text(json_array_get(json_object_get(list, "items"), 0), "key");

    cr_assert_not_null(ref, "%s", json_compact(i->mem, list));
    return ref;
}

static void revoke(struct instance *i, const char *who)
{
    did(i, "adm", "key revoke",
        arena_printf(i->mem, "{'key':'%s','reason':'it was lost'}", key_ref(i, who)));
}

static const char unit_x[] = "{'unit':'x','name':'x'}";

Test(actorkeys, an_intent_from_before_the_revocation_comes_too_late_after_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *reply;

    did(i, "adm", "role give", "{'person':'kim','role':'admin'}");
    const json_t *before = signed_now(i, "kim", "unit register", unit_x, NULL);
    revoke(i, "kim");
    uint64_t size = size_of(i);
    struct err *e = sent(i, "unit register", before, &reply);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNSIGNED);
    cr_expect_not_null(strstr(e->text, "was revoked"), "%s", e->text);
    i->now += 1000;
    e = sent(i, "unit register", signed_now(i, "kim", "unit register", unit_x, NULL), &reply);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "was revoked"), "%s", e->text);
    cr_expect_eq(size_of(i), size);
    audit_is_clean(i);
}

/* Both are in the writer's queue when it takes what is there. */
Test(actorkeys, a_revocation_counts_for_what_is_behind_it_in_the_queue)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct job *first, *second;

    did(i, "adm", "role give", "{'person':'kim','role':'admin'}");
    const char *revoking =
        arena_printf(mem, "{'key':'%s','reason':'it was lost'}", key_ref(i, "kim"));
    cr_assert_ok(
        taken(i, "key revoke", signed_now(i, "adm", "key revoke", revoking, NULL), &first));
    cr_assert_ok(
        taken(i, "unit register", signed_now(i, "kim", "unit register", unit_x, NULL), &second));
    first->next = second;
    second->next = NULL;
    for (struct job *jobs = first; jobs;)
        jobs = batch_run(i->store, &i->service, jobs, i->now);
    cr_expect_null(first->error, "%s", first->error ? first->error->text : "");
    cr_assert_not_null(second->error);
    cr_expect_not_null(strstr(second->error->text, "was revoked"), "%s", second->error->text);
    audit_is_clean(i);
}

Test(actorkeys, what_was_signed_before_stays_good_for_ever)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    sam_holds(i);
    did(i, "adm", "role give", "{'person':'lea','role':'admin'}");
    did(i, "lea", "account change", "{'account':'acme-group','name':'The group'}");
    did(i, "adm", "key revoke",
        arena_printf(mem, "{'key':'%s','reason':'it was lost'}", key_ref(i, "lea")));
    did(i, "adm", "proof export", "{'account':'acme-group'}");
    cr_assert_ok(bundle_verify(mem, i->attached, keyring_vkey(i->service.keys), &b));
    size_t revoked = 0;
    for (size_t k = 0; k < b.n; k++)
        revoked += b.entries[k].key && b.entries[k].key->revoked != UINT64_MAX;
    cr_expect_gt(revoked, 0, "nothing in the proof is signed by the key that was revoked");
    audit_is_clean(i);
}

/* ---- Once ------------------------------------------------------------------------------------ */

Test(actorkeys, the_same_intent_again_gets_the_same_answer_and_makes_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *reply = NULL, *again = NULL;
    json_t *a, *b;

    did(i, "adm", "role give", "{'person':'kim','role':'admin'}");
    const json_t *envelope = signed_now(i, "kim", "unit register", unit_x, NULL);
    cr_assert_ok(sent(i, "unit register", envelope, &reply));
    uint64_t size = size_of(i);
    cr_assert_ok(sent(i, "unit register", envelope, &again));
    cr_assert_ok(json_read(mem, bytes_of_text(reply), 65536, "reply", &a));
    cr_assert_ok(json_read(mem, bytes_of_text(again), 65536, "reply", &b));
    cr_expect(json_equal(json_object_get(a, "events"), json_object_get(b, "events")), "%s\n%s",
              reply, again);
    cr_expect_eq(size_of(i), size);
    revoke(i, "kim"); /* what is done is done, and may be asked for */
    size = size_of(i);
    cr_assert_ok(sent(i, "unit register", envelope, &again));
    cr_expect_eq(size_of(i), size);
    audit_is_clean(i);
}

Test(actorkeys, another_intent_with_a_used_nonce_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *nonce = nonce_new(mem), *reply;

    cr_assert_ok(
        sent(i, "unit register", signed_now(i, "adm", "unit register", unit_x, nonce), &reply));
    uint64_t size = size_of(i);
    struct err *e =
        sent(i, "unit register",
             signed_now(i, "adm", "unit register", "{'unit':'y','name':'y'}", nonce), &reply);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_CONFLICT);
    cr_expect_not_null(strstr(e->text, "was used before"), "%s", e->text);
    cr_expect_eq(size_of(i), size);
}

/* An operator whose service does not look at the clock holds a signature until it suits them. */
Test(actorkeys, an_intent_that_was_kept_back_is_named_by_the_audit)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const int64_t day = INT64_C(86400000), signed_at = i->now;
    struct job *soon = signed_job(i, "adm", "unit register", unit_x);
    struct job *late = signed_job(i, "adm", "unit register", "{'unit':'y','name':'y'}");

    i->now = soon->now = signed_at + 30 * day; /* a clock may have been set back as far */
    cr_assert_ok(change_run(i->store, soon, i->now));
    audit_is_clean(i);
    i->now = late->now = signed_at + 90 * day;
    cr_assert_ok(change_run(i->store, late, i->now));
    audit_names(i, "log.disclosed", NULL);
}

Test(actorkeys, an_intent_is_good_for_a_while_only)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *reply;
    const json_t *envelope = signed_now(i, "adm", "unit register", unit_x, NULL);

    i->now += INT64_C(86400000);
    struct err *e = sent(i, "unit register", envelope, &reply);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "check the clock"), "%s", e->text);
}

/* ---- Somebody has edited the database, and the service has believed it ----------------------- */

static void audit_says(struct instance *i, uint64_t index)
{
    audit_names(i, "log.disclosed", arena_printf(i->mem, "%llu", (unsigned long long)index));
}

Test(actorkeys, a_revoked_key_made_good_again_is_found_out)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "role give", "{'person':'kim','role':'admin'}");
    revoke(i, "kim");
    database_sql(mem, i->uri, "UPDATE state.key SET revoked = NULL");
    uint64_t index = size_of(i);
    did(i, "kim", "unit register", unit_x);
    audit_says(i, index);
}

Test(actorkeys, the_key_of_one_who_has_left_made_good_again_is_found_out)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "role give", "{'person':'kim','role':'admin'}");
    did(i, "hana", "person retire", "{'person':'aud','last_day':'2026-11-20'}");
    audit_is_clean(i);
    did(i, "hana", "person retire", "{'person':'kim','last_day':'2026-11-20'}");
    audit_is_clean(i);
    database_sql(mem, i->uri,
                 "UPDATE state.key SET revoked = NULL;"
                 "UPDATE state.person SET status = 'active' WHERE status = 'left';"
                 "UPDATE state.role_grant SET valid_to = 'infinity', "
                 "known_to = 9223372036854775807");
    uint64_t index = size_of(i);
    did(i, "kim", "unit register", unit_x);
    audit_says(i, index);
}

/* The service's own people take what somebody signed for something else. */
Test(actorkeys, what_was_not_asked_for_is_found_out)
{
    static const struct {
        const char *command, *params, *param, *value;
    } rows[] = {
        {"unit register", unit_x, "name", "Other"},
        {"account change", "{'account':'acme-x','note':'first'}", "note", "second"},
        {"person change", "{'person':'uma','name':'Uma'}", "name", "Ulla"},
        {"grant give", "{'account':'acme-x','person':'uma','role':'admin','ends_at':'2027-01-01'}",
         "ends_at", "2028-01-01"},
        {"grant give", "{'account':'acme-x','person':'tess','role':'admin','ends_at':'2027-01-01'}",
         "ends_at", NULL},
        {"role give", "{'person':'uma','role':'keeper','unit':'sales'}", "unit", NULL},
        {"token issue",
         "{'person':'feed','commands':['person "
         "change'],'digest':'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}",
         "commands", NULL},
    };

    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales'}");
    did(i, "adm", "person register", "{'person':'feed','name':'Feed','kind':'service'}");
    audit_is_clean(i);
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        uint64_t index = size_of(i);
        i->instead_of = rows[k].param;
        i->instead = rows[k].value;
        did(i, "adm", rows[k].command, rows[k].params);
        audit_names(i, "log.disclosed", arena_printf(mem, "%" PRIu64, index));
    }
}
