/* report.c - what auditors ask for: whole populations, with a digest that the log's key signs. */
#include "crypto/note.h"
#include "stories.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static const json_t *row_of(const json_t *report, const char *column, const char *value)
{
    const json_t *rows = json_object_get(report, "rows"), *row;
    size_t k;

    json_array_foreach (rows, k, row) {
        const char *is = json_text(row, column);
        if (is && strcmp(is, value) == 0)
            return row;
    }
    cr_assert_fail("no row has %s %s", column, value);
    return NULL;
}

Test(report, leavers_with_what_they_could_reach)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const json_t *before = row_of(did(i, "aud", "report leavers", "{}"), "person", "sam");
    int64_t left = 0, late = 0;
    cr_expect_str_eq(json_text(before, "handover"), h);
    cr_expect_str_eq(json_text(before, "state"), "in_progress");
    cr_assert(json_whole(before, "accesses_left", &left) && left > 0);
    end_all_that_sam_holds(i);
    const json_t *after = row_of(did(i, "aud", "report leavers", "{}"), "person", "sam");
    cr_assert(json_whole(after, "accesses_left", &left));
    cr_expect_eq(left, 0);
    cr_expect_not(json_whole(after, "hours_late", &late), "all ended before the last day was over");
    const json_t *old =
        did(i, "aud", "report leavers", "{'since':'2001-01-01','until':'2001-12-31'}");
    cr_expect_eq(json_array_size(json_object_get(old, "rows")), 0);
    refused(i, "aud", "report leavers", "{'since':'2026-02-01','until':'2026-01-01'}", ERR_INVALID,
            "after");
    refused(i, "tess", "report leavers", "{}", ERR_FORBIDDEN, "");
}

/* Whoever goes with their firm has its case. */
Test(report, the_people_of_a_firm_have_the_firms_case)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "entity register", "{'entity':'pixel','name':'Pixel Ltd','kind':'agency'}");
    did(i, "adm", "person register",
        "{'person':'ann','name':'Ann','employer':'pixel','external':true,'unit':'marketing'}");
    did(i, "hana", "handover create",
        "{'handover':'pixel-ends','kind':'agency','entity':'pixel','last_day':'2026-12-31'}");
    const json_t *ann = row_of(did(i, "aud", "report leavers", "{}"), "person", "ann");
    cr_expect_str_eq(json_text(ann, "handover"), "pixel-ends");
    cr_expect_str_eq(json_text(ann, "kind"), "agency");
}

Test(report, movers_rotation_and_inventory)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    int64_t kept;

    sam_holds(i);
    const json_t *secret =
        json_array_get(json_object_get(did(i, "aud", "report rotation", "{}"), "rows"), 0);
    cr_expect(json_is_false(json_object_get(secret, "due")));
    const json_t *account =
        row_of(did(i, "aud", "report inventory", "{}"), "account", "acme-group");
    cr_expect_str_eq(json_text(account, "owner"), "sam");
    i->now += 3600000;
    did(i, "adm", "position fill", "{'position':'marketing-lead','person':'sam'}");
    did(i, "adm", "position vacate", "{'position':'head-of-sales'}");
    i->now += 3600000;
    const json_t *mover = row_of(did(i, "aud", "report movers", "{}"), "person", "sam");
    cr_expect_str_eq(json_text(mover, "from_position"), "head-of-sales");
    cr_expect_str_eq(json_text(mover, "to_position"), "marketing-lead");
    cr_assert(json_whole(mover, "accesses_kept", &kept));
    cr_expect_eq(kept, 2, "the account and the vault");
}

/* The note is signed, names the digest, and cannot pass for a checkpoint. */
Test(report, its_digest_is_signed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct note_verifier v;
    struct note note;
    struct checkpoint point;

    sam_holds(i);
    const json_t *made = did(i, "aud", "report inventory", "{}");
    const char *text = json_text(made, "note");
    cr_assert_ok(note_verifier_parse(mem, keyring_vkey(i->service.keys), &v));
    cr_assert_ok(note_parse(mem, bytes_of_text(text), &note));
    cr_assert_ok(note_verify(mem, &note, &v, NULL));
    cr_expect_not_null(strstr(text, json_text(made, "digest")));
    cr_assert_not_null(checkpoint_open(mem, bytes_of_text(text), &v, &point));
}

/* Who asks cannot choose: the same state gives the same sample, another seed another one. */
Test(report, a_sample_is_drawn_by_the_log)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    int64_t all;

    sam_holds(i);
    for (int k = 0; k < 8; k++)
        did(i, "adm", "grant give",
            arena_printf(mem, "{'account':'acme-group','person':'uma','role':'r%d'}", k));
    const json_t *one = did(i, "aud", "report grants", "{'sample':4}"),
                 *two = did(i, "aud", "report grants", "{'sample':4}"),
                 *other = did(i, "aud", "report grants", "{'sample':4,'seed':'else'}");
    cr_expect_eq(json_array_size(json_object_get(one, "rows")), 4);
    cr_assert(json_whole(one, "population", &all));
    cr_expect_geq(all, 8);
    cr_expect_str_eq(json_text(one, "digest"), json_text(two, "digest"));
    cr_expect_str_neq(json_text(one, "digest"), json_text(other, "digest"));
    const json_t *said = did(i, "aud", "report grants",
                             arena_printf(mem, "{'sample':4,'seed':'%s'}", json_text(one, "seed")));
    cr_expect_str_eq(json_text(one, "digest"), json_text(said, "digest"), "the root is the seed");
    cr_expect_str_eq(json_text(json_array_get(json_object_get(one, "rows"), 0), "given_by"), "adm");
}
