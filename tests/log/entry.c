/* entry.c - leaves, disclosures, heads and intents: what they are, and that nothing else is. */
#include "log/entry.h"

#include "log/intent.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct digest some(unsigned char c)
{
    struct digest d;

    memset(d.at, c, sizeof(d.at));
    return d;
}

static const char *text_of(struct arena *mem, const json_t *value)
{
    return json_canonical(mem, value);
}

Test(leaf, is_one_line_of_canonical_json)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct leaf_subject subjects[] = {{some(0xff), 0, some(0)}, {some(1), 4, some(2)}};
    struct leaf leaf = {some(3), subjects, 2, 1795341600000}, back;

    cr_assert(leaf_sort(subjects, 2));
    const char *text = leaf_text(mem, &leaf);
    cr_expect_str_eq(text,
                     "{\"body\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"subjects\":["
                     "[\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",4,"
                     "\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI\"],"
                     "[\"__________________________________________8\",0,\"genesis\"]],"
                     "\"ts\":\"2026-11-22T10:00:00.000Z\",\"v\":1}");
    cr_assert_ok(leaf_parse(mem, bytes_of_text(text), &back));
    cr_expect(back.n == 2 && back.subjects[0].seq == 4 && back.ts == leaf.ts);
    json_t *value;
    cr_assert_ok(json_read(mem, bytes_of_text(text), 9999, "", &value));
    cr_expect(json_is_canonical(bytes_of_text(text), value));
}

Test(leaf, every_other_spelling_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const bad[] = {
        "{}",
        "[]",
        "",
        /* white space, order of members, another version, an unknown member */
        "{\"body\": "
        "\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"subjects\":[],\"ts\":\"2026-11-22T10:00:"
        "00.000Z\",\"v\":1}",
        "{\"subjects\":[],\"body\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"ts\":\"2026-"
        "11-22T10:00:00.000Z\",\"v\":1}",
        "{\"body\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"subjects\":[],\"ts\":\"2026-"
        "11-22T10:00:00.000Z\",\"v\":2}",
        "{\"body\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"subjects\":[],\"ts\":\"2026-"
        "11-22T10:00:00.000Z\",\"v\":1,\"x\":1}",
        /* another spelling of the time; first event with a previous one */
        "{\"body\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"subjects\":[],\"ts\":\"2026-"
        "11-22T10:00:00Z\",\"v\":1}",
        "{\"body\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"subjects\":[["
        "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",0,"
        "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"]],\"ts\":\"2026-11-22T10:00:00.000Z\","
        "\"v\":1}",
        /* a subject twice */
        "{\"body\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM\",\"subjects\":[["
        "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",0,\"genesis\"],["
        "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\",0,\"genesis\"]],\"ts\":\"2026-11-22T10:00:"
        "00.000Z\",\"v\":1}",
    };
    struct leaf leaf;

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        cr_expect_not_null(leaf_parse(mem, bytes_of_text(bad[i]), &leaf), "%s", bad[i]);
}

Test(entry, fields_can_be_withheld_but_not_changed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *all[] = {disclosure_new(mem, "type", "\"account.registered\""),
                         disclosure_new(mem, "after", "{\"a\":[1,2]}"),
                         disclosure_new(mem, "name", "\"Ana \\\"P\\\"\"")};
    const char *body = body_new(mem, all, 3);
    struct leaf leaf = {.body = sha256(bytes_of_text(body)), .ts = 0};
    struct entry e = {bytes_of_text(leaf_text(mem, &leaf)), bytes_of_text(body),
                      disclosures_join(mem, all, 3)};
    struct entry_view view;

    cr_assert_ok(entry_open(mem, &e, &view));
    cr_expect(view.n == 3 && view.hidden == 0);
    cr_expect_str_eq(entry_text(&view, "name"), "Ana \"P\"");
    cr_expect_str_eq(text_of(mem, entry_field(&view, "after")), "{\"a\":[1,2]}");

    e.disclosures = all[0];
    cr_assert_ok(entry_open(mem, &e, &view));
    cr_expect(view.n == 1 && view.hidden == 2 && !entry_field(&view, "name"));

    e.disclosures = disclosure_new(mem, "type", "\"account.registered\""); /* another salt */
    cr_expect_not_null(entry_open(mem, &e, &view));
    e.disclosures = arena_printf(mem, "%s~%s", all[0], all[0]);
    cr_expect_not_null(entry_open(mem, &e, &view));
    e.disclosures = arena_printf(mem, "%s~", all[0]);
    cr_expect_not_null(entry_open(mem, &e, &view));
    e.disclosures = "";
    e.body = bytes_of_text(body_new(mem, all, 2));
    cr_expect_not_null(entry_open(mem, &e, &view));
}

Test(intent, is_canonical_and_keeps_personal_values_out)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *personal[] = {disclosure_new(mem, "name", "\"Ana Petrova\"")};
    struct disclosure shown[1];
    struct intent in = {.actor = "a",
                        .at = 1795341600000,
                        .command = "person register",
                        .log = "example.com/tenure",
                        .nonce = nonce_new(mem),
                        .params = json_keep(mem, json_pack("{s:s}", "person", "e17"))};
    const json_t *params;
    struct intent out;

    const char *text = intent_text(mem, &in, personal, 1);
    cr_expect_null(strstr(text, "Petrova"));
    cr_assert_ok(intent_parse(mem, bytes_of_text(text), &out));
    cr_expect_str_eq(out.command, "person register");
    cr_assert_ok(disclosure_parse(mem, personal[0], &shown[0]));
    cr_assert_ok(intent_open(mem, &out, shown, 1, &params));
    cr_expect_str_eq(text_of(mem, params), "{\"name\":\"Ana Petrova\",\"person\":\"e17\"}");
    cr_expect_not_null(intent_open(mem, &out, shown, 0, &params));
    cr_assert_ok(disclosure_parse(mem, disclosure_new(mem, "name", "\"Eve\""), &shown[0]));
    cr_expect_not_null(intent_open(mem, &out, shown, 1, &params));
    cr_expect_not_null(intent_parse(mem, bytes_of_text(arena_printf(mem, "%s\n", text)), &out));
    cr_expect_not_null(intent_parse(mem, bytes_of_text("{\"actor\":\"a\"}"), &out));
}

/* ---- Was it asked for? ----------------------------------------------------------------------- */

static const char *word_of(void *ctx, const char *id)
{
    (void)ctx;
    return strcmp(id, "11111111-1111-4111-8111-111111111111") == 0 ? "acme-x" : NULL;
}

static json_t *quoted(struct arena *mem, const char *text)
{
    char *out = arena_copy(mem, text);
    json_t *value;

    for (char *c = out; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    cr_assert_ok(json_read(mem, bytes_of_text(out), 1 << 16, text, &value));
    return value;
}

/* An entry with this payload, of an intent with these params; JSON with ' for ". */
static const char *contradicted(struct arena *mem, const char *params, const char *after)
{
    struct intent i = {.command = "account change", .params = quoted(mem, params)};
    struct entry_view v = {.n = 1, .fields = {{"", "after", quoted(mem, after)}}};

    return intent_contradicted(&i, &v, word_of, NULL);
}

Test(intent, is_held_against_what_was_done)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char hash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    static const struct {
        const char *params, *after, *fault;
    } rows[] = {
        {"{}", "{'account':'a'}", NULL},
        {"{'role':'admin'}", "{'role':'admin','level':'admin'}", NULL},
        {"{'role':'admin'}", "{'role':'owner'}", "role"},
        {"{'account':'acme-x'}", "{'account':'11111111-1111-4111-8111-111111111111'}", NULL},
        {"{'account':'other'}", "{'account':'11111111-1111-4111-8111-111111111111'}", "account"},
        {"{'account':'other'}", "{'account':'22222222-1111-4111-8111-111111111111'}", NULL},
        {"{'account':['other','acme-x']}", "{'account':'11111111-1111-4111-8111-111111111111'}",
         NULL},
        {"{'account':['other']}", "{'account':['11111111-1111-4111-8111-111111111111']}",
         "account"},
        {"{'ends_at':'2026-12-31'}", "{'ends_at':'2026-12-31T00:00:00.000Z'}", NULL},
        {"{'ends_at':'2026-12-31'}", "{'ends_at':'2026-12-31T23:59:59.999Z'}", NULL},
        {"{'ends_at':'2026-12-31'}", "{'ends_at':'2027-12-31T00:00:00.000Z'}", "ends_at"},
        {"{'n':'7'}", "{'n':7}", NULL},
        {"{'n':'7'}", "{'n':8}", "n"},
        {"{'n':'7x'}", "{'n':7}", "n"},
        {"{'flag':true}", "{'flag':false}", "flag"},
        {"{'name':'Acme'}", "{'name':null}", "name"},
    };

    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        const char *fault = contradicted(mem, rows[k].params, rows[k].after);
        cr_expect(text_same(fault, rows[k].fault) || (!fault && !rows[k].fault), "%s of %s: %s",
                  rows[k].after, rows[k].params, fault ? fault : "fits");
    }
    cr_expect_null(contradicted(mem, arena_printf(mem, "{'file':'%.12s'}", hash),
                                arena_printf(mem, "{'file':'%s'}", hash)));
    cr_expect_null(contradicted(mem, arena_printf(mem, "{'file':'%s/a.pdf'}", hash),
                                arena_printf(mem, "{'file':'%s'}", hash)));
    cr_expect_not_null(
        contradicted(mem, "{'file':'0123456799'}", arena_printf(mem, "{'file':'%s'}", hash)));
}

/* A personal field is the actor's own disclosure, or nobody said it. */
Test(intent, has_the_digest_of_every_personal_field)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *said = disclosure_new(mem, "note", "\"said\"");
    struct intent i = {.command = "account change",
                       .params =
                           json_keep(mem, json_pack("{s:O}", "_sd", digests_of(mem, &said, 1)))};
    struct entry_view v = {.n = 1};

    cr_assert_ok(disclosure_parse(mem, said, &v.fields[0]));
    cr_expect_null(intent_contradicted(&i, &v, word_of, NULL));
    cr_assert_ok(disclosure_parse(mem, disclosure_new(mem, "note", "\"said\""), &v.fields[0]));
    cr_expect_str_eq(intent_contradicted(&i, &v, word_of, NULL), "note");
    i.command = "import people";
    cr_expect_null(intent_contradicted(&i, &v, word_of, NULL));
}
