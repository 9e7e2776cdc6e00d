/* tag.c - the tags of subjects, checked with the openssl program too. */
#include "crypto/tag.h"

#include "base/file.h"
#include "base/text.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(tag, is_one_per_account_and_checks_with_stock_tools)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes pem, first, again, other;
    const char *public_pem;
    struct tag_key *key;
    struct tag_public *public;
    char folder[] = "/tmp/tenure-tag-XXXXXX";

    cr_assert_ok(tag_key_generate(mem, &pem));
    cr_assert_ok(tag_key_load(mem, pem, &key));
    cr_assert_ok(tag_key_public(mem, key, &public_pem));
    cr_assert_ok(tag_account(mem, key, "x", "15281676", &first));
    cr_assert_ok(tag_account(mem, key, "x", "15281676", &again));
    cr_assert_ok(tag_account(mem, key, "youtube", "15281676", &other));
    tag_key_free(key);
    cr_expect(bytes_same(first, again));
    cr_expect_not(bytes_same(first, other));
    cr_assert_ok(tag_public_load(mem, bytes_of_text(public_pem), &public));
    cr_expect(tag_account_verify(public, "x", "15281676", first));
    cr_expect_not(tag_account_verify(public, "x", "15281677", first));
    cr_expect_not(tag_account_verify(public, "x", "15281676", other));
    cr_expect(tag_account_verify(public, "x", "15281676", again), "as often as one likes");
    cr_expect_not_null(tag_public_load(mem, bytes_of_text("no key"), &public));

    cr_assert_not_null(mkdtemp(folder));
    cr_assert_ok(
        file_write(mem, arena_printf(mem, "%s/pub", folder), 0600, bytes_of_text(public_pem)));
    cr_assert_ok(file_write(mem, arena_printf(mem, "%s/sig", folder), 0600, first));
    const char *check = arena_printf(
        mem,
        "cd %s && printf 'tenure-tag-v1\\nx\\n15281676\\n' | openssl dgst -sha256 -verify pub "
        "-signature sig >/dev/null && rm -r %s",
        folder, folder);
    cr_expect_eq(system(check), 0);
}

Test(tag, of_other_subjects_is_the_hash_of_kind_and_uuid)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct digest expected =
        sha256(bytes_of_text("tenure-tag-v1\nperson\n2b0d1d5e-0000-4000-8000-000000000000\n"));

    cr_expect(digest_same(tag_other("person", "2b0d1d5e-0000-4000-8000-000000000000"), expected));
    cr_expect_not(
        digest_same(tag_other("position", "2b0d1d5e-0000-4000-8000-000000000000"), expected));
    cr_expect_eq(strlen(uuid_new(mem)), 36);
}
