/* tell.c - who is told what: with the entry that it is about, or not at all. */
#include "app/receiver.h"
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static size_t deliveries(struct instance *i, const char *asked)
{
    return json_array_size(json_object_get(did(i, "adm", "webhook deliveries", asked), "items"));
}

Test(tell, a_receiver_is_told_of_what_it_asked_for)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    const json_t *added = did(i, "adm", "webhook add",
                              "{'url':'https://hooks.example.com/"
                              "t','webhook':'w','types':['grant.','handover.created']}");
    cr_expect(text_starts(vector_text(added, "result.secret"), "whsec_"));
    const json_t *other =
        did(i, "adm", "webhook add", "{'url':'https://other.example.com/t','form':'v1a'}");
    cr_expect(text_starts(vector_text(other, "result.public_key"), "whpk_"));
    sam_holds(i);
    const json_t *told =
        json_object_get(did(i, "aud", "webhook deliveries", "{'webhook':'w'}"), "items");
    size_t grants =
        json_array_size(json_object_get(did(i, "aud", "log list", "{'type':'grant.'}"), "items"));
    cr_assert_eq(json_array_size(told), grants, "%s", json_compact(mem, told));
    for (size_t k = 0; k < grants; k++) {
        cr_expect_str_eq(json_text(json_array_get(told, k), "event"), "grant.activated");
        cr_expect_str_eq(json_text(json_array_get(told, k), "state"), "waiting");
    }
    size_t all = deliveries(i, "{'limit':1000}");
    cr_expect_gt(all, 6, "the other one is told of everything");
    did(i, "adm", "webhook remove", "{'webhook':'w','reason':'no more'}");
    did(i, "adm", "grant give", "{'account':'acme-group','person':'uma','role':'editor'}");
    cr_expect_eq(deliveries(i, "{'webhook':'w'}"), grants);
    audit_is_clean(i);
}

Test(tell, a_receiver_has_an_address_that_others_can_have)
{
    static const char *const bad[] = {"ftp://example.com/x",     "https://",
                                      "http://example.com/x",    "https://127.0.0.1/x",
                                      "https://localhost:8443/", "https://10.0.0.1/",
                                      "https://[::1]/",          "https://a:b@example.com/",
                                      "https://172.20.1.1/x"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    for (size_t k = 0; k < sizeof(bad) / sizeof(*bad); k++)
        refused(i, "adm", "webhook add", arena_printf(mem, "{'url':'%s'}", bad[k]), ERR_INVALID,
                "");
    refused(i, "adm", "webhook add", "{'url':'https://a.example/','types':['nothing.']}",
            ERR_INVALID, "there is no event");
    refused(i, "hana", "webhook add", "{'url':'https://a.example/'}", ERR_FORBIDDEN, "");
    i->service.private_receivers = true;
    did(i, "adm", "webhook add", "{'url':'http://127.0.0.1:8080/x','webhook':'here'}");
    did(i, "aud", "webhook show", "{'webhook':'here'}");
    did(i, "aud", "webhook list", "{}");
}

/* What failed can be sent again by hand; who said 410 is told nothing until somebody enables it. */
Test(tell, replay_and_enable)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "webhook add",
        "{'url':'https://a.example/','webhook':'w','types':['unit.registered']}");
    did(i, "adm", "unit register", "{'unit':'north','name':'North','entity':'acme'}");
    const json_t *one =
        json_array_get(json_object_get(did(i, "adm", "webhook deliveries", "{}"), "items"), 0);
    const char *id = json_text(one, "delivery");
    database_sql(mem, i->uri,
                 "SELECT tenure.receiver_gone((SELECT id FROM state.webhook), "
                 "now() + interval '9 years', '410')");
    cr_expect_eq(deliveries(i, "{'state':'failed'}"), 1);
    did(i, "adm", "webhook replay", arena_printf(mem, "{'delivery':'%s'}", id));
    cr_expect_eq(deliveries(i, "{'state':'waiting'}"), 1);
    refused(i, "adm", "webhook replay", "{'delivery':'11111111-2222-4333-8444-555555555555'}",
            ERR_NOT_FOUND, "");
    did(i, "adm", "unit register", "{'unit':'south','name':'South','entity':'acme'}");
    cr_expect_eq(deliveries(i, "{}"), 1, "it is gone");
    i->now += (int64_t)86400000 * 366 * 10;
    did(i, "adm", "webhook enable", "{'webhook':'w'}");
    did(i, "adm", "unit register", "{'unit':'east','name':'East','entity':'acme'}");
    cr_expect_eq(deliveries(i, "{}"), 2);
}

/* A hostile leaver is told nothing more, not even what was queued; a second person is, at once. */
Test(tell, nothing_reaches_a_hostile_leaver)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    did(i, "adm", "person change", "{'person':'sam','email':'sam@acme.example'}");
    did(i, "adm", "person change", "{'person':'adm','email':'adm@acme.example','language':'fr'}");
    database_sql(
        mem, i->uri,
        "SELECT tenure.outbox_mail(ARRAY[(SELECT id FROM state.thing WHERE ref = 'sam' AND "
        "noun = 'person')], '{digest}', '{2026-11-02}', '{NULL}', now())");
    database_sql(mem, i->uri,
                 "DO $$ BEGIN ASSERT (SELECT count(*) = 1 FROM outbox.message WHERE state = "
                 "'waiting'); END $$");
    did(i, "hana", "handover go-hostile",
        with(i, h, "'reason':'took customers','reference':'HR-77'"));
    database_sql(
        mem, i->uri,
        "DO $$ BEGIN "
        "ASSERT (SELECT count(*) = 1 FROM outbox.message WHERE state = 'dropped' AND what = "
        "'digest'), 'what waited for the leaver'; "
        "ASSERT (SELECT count(*) = 1 FROM outbox.message o JOIN state.thing t ON t.id = "
        "o.target WHERE o.state = 'waiting' AND o.what = 'confirm' AND t.ref = 'adm'), "
        "'who can confirm'; "
        "ASSERT (SELECT count(*) = 0 FROM outbox.message o JOIN state.thing t ON t.id = "
        "o.target WHERE o.state = 'waiting' AND t.ref IN ('sam', 'hana')); END $$");
    audit_is_clean(i);
}

/* Whoever invited, whom it is for and who is no administrator learn nothing of it. */
Test(tell, another_administrator_hears_of_an_invitation_that_waits)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    for (const char *const *who = (const char *const[]){"adm", "hana", "sam", "uma", NULL}; *who;
         who++)
        did(i, "adm", "person change",
            arena_printf(mem, "{'person':'%s','email':'%s@acme.example'}", *who, *who));
    did(i, "adm", "role give", "{'person':'hana','role':'admin'}");
    did(i, "adm", "key invite", "{'person':'sam'}");
    did(i, "sam", "key invite", "{'person':'sam'}"); /* one more of one's own waits for nobody */
    database_sql(mem, i->uri,
                 "DO $$ BEGIN ASSERT (SELECT string_agg(t.ref, ' ') = 'hana' FROM outbox.message o "
                 "JOIN state.thing t ON t.id = o.target WHERE o.what = 'invited' AND o.state = "
                 "'waiting'), 'who can confirm'; END $$");
    audit_is_clean(i);
}

/* ---- Calendars ------------------------------------------------------------------------------- */

static const char *calendar(struct instance *i, const char *address)
{
    const char *text, *name = arena_copy_n(i->mem, address + strlen("/calendar/"),
                                           strlen(address) - strlen("/calendar/.ics"));
    struct err *e = calendar_write(i->mem, i->store, &i->service, name, i->now, &text);

    return e ? NULL : text;
}

Test(tell, a_calendar_says_what_is_due_and_to_nobody_else)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const char *one =
        vector_text(did(i, "tess", "calendar link", "{'person':'tess'}"), "result.address");
    const char *text = calendar(i, one);
    cr_assert_not_null(text);
    cr_expect_not_null(strstr(text, "BEGIN:VEVENT\r\n"), "%s", text);
    cr_expect_not_null(strstr(text, "STATUS:CONFIRMED\r\n"));
    cr_expect_null(strstr(text, "Sam"), "not who leaves: %s", text);
    for (const char *line = text; *line; line = strstr(line, "\r\n") + 2)
        cr_assert_leq(strcspn(line, "\r"), 75, "%.90s", line);

    /* another last day: the same events, of a later sequence */
    i->now += 60000;
    did(i, "hana", "handover reanchor", with(i, h, "'last_day':'2026-12-20','reason':'sooner'"));
    const char *moved = calendar(i, one);
    cr_expect_not_null(strstr(moved, "SEQUENCE:1"), "%s", moved);

    /* a new address ends the old; a taken one ends too */
    const char *two =
        vector_text(did(i, "tess", "calendar link", "{'person':'tess'}"), "result.address");
    cr_expect_null(calendar(i, one));
    cr_expect_not_null(calendar(i, two));
    did(i, "adm", "calendar revoke", "{'person':'tess'}");
    cr_expect_null(calendar(i, two));
    refused(i, "uma", "calendar link", "{'person':'tess'}", ERR_FORBIDDEN, "");
    char *forged = arena_copy(mem, two);
    forged[strlen("/calendar/") + 40] ^= 1;
    cr_expect_null(calendar(i, forged));
    audit_is_clean(i);
}
