/* bundle.c - what an ownership proof says and shows, that nothing can be left out of it, and that
 * it can be checked with stock tools. What forgers try is in forged.c. */
#include "base/file.h"
#include "support/vectors.h"
#include "unpacked.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void holds(struct sample *s, struct bytes zip)
{
    struct bundle b;

    cr_assert_ok(bundle_verify(s->mem, zip, s->vkey, &b));
    cr_assert_ok(bundle_verify(s->mem, zip, NULL, &b));
}

/* ---- What holds ------------------------------------------------------------------------------ */

Test(bundle, holds_and_says_what_the_log_says)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle *b = sample_bundle(s, 0, "", ""), back;
    struct bytes zip = sample_zip(s, b);

    holds(s, zip);
    cr_assert_ok(bundle_verify(mem, zip, s->vkey, &back));
    cr_expect_eq(back.chain_n, 10);
    cr_expect_eq(back.files_n, 1);
    cr_expect_eq(back.keys_n, 3);
    cr_expect_eq(back.unshown, 0);
    const char *page = text_at(s, zip, "proof.html");
    static const char *const there[] = {"acme (Acme &amp; Sons)",
                                        "2019-05-01",
                                        "&lt;b&gt;employment&lt;/b&gt;",
                                        "head-of-sales",
                                        "contract of 2019.pdf",
                                        "recovery_mail",
                                        "revoked",
                                        "2026-11-22 10:10"};
    static const char *const not_there[] = {"Sam Fletcher", "sam@acme.example", "<b>", "<script",
                                            "Uma"};
    for (size_t i = 0; i < sizeof(there) / sizeof(*there); i++)
        cr_expect_not_null(strstr(page, there[i]), "no %s", there[i]);
    for (size_t i = 0; i < sizeof(not_there) / sizeof(*not_there); i++)
        cr_expect_null(strstr(page, not_there[i]), "%s is shown", not_there[i]);
}

Test(bundle, shows_people_when_asked)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "created_by label name", ""));

    holds(s, zip);
    const char *page = text_at(s, zip, "proof.html");
    cr_expect_not_null(strstr(page, "sam (Sam Fletcher)"));
    cr_expect_not_null(strstr(page, "sam@acme.example"));
    cr_expect_null(strstr(page, "Uma"));
}

Test(bundle, keeps_back_what_it_should)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    static const char *const choices[] = {
        "reason", "before",          "evidence",           "files",
        "intent", "evidence reason", "before files intent"};

    for (size_t i = 0; i < sizeof(choices) / sizeof(*choices); i++) {
        struct bundle *b = sample_bundle(s, 0, "", choices[i]);
        struct bytes zip = sample_zip(s, b);
        holds(s, zip);
        if (strstr(choices[i], "reason"))
            cr_expect_null(strstr(text_at(s, zip, "proof.html"), "he leaves us"));
        if (strstr(choices[i], "intent"))
            cr_expect(b->signatures == 0 && b->unshown > 0);
    }
}

Test(bundle, is_the_same_whenever_it_is_made)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    uint64_t size = s->n - 3;

    struct bytes first = sample_zip(s, sample_bundle(s, size, "", ""));
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "account change",
                                 .type = "account.changed",
                                 .after = "{'account':'@account:group','name':'Acme'}"});
    setenv("TZ", "Pacific/Auckland", 1);
    struct bytes again = sample_zip(s, sample_bundle(s, size, "", ""));
    cr_expect(bytes_same(first, again));
    cr_expect_not(bytes_same(first, sample_zip(s, sample_bundle(s, 0, "", ""))));
    holds(s, first);
}

/* Programs that are in use compare what they lay out with what they find. The manifest has the
 * hashes of all else. */
Test(bundle, comes_out_in_the_layout_that_it_names)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "created_by name", ""));
    struct digest d = sha256(bytes_of_text(text_at(s, zip, "manifest.json")));

    cr_expect_eq(BUNDLE_LAYOUT, 1);
    const char *made = hex_encode(mem, d.at, sizeof(d.at));
    cr_expect_str_eq(made, "7b9200d71e55f7c6422f6c24aa3aec5a9e4ee20424b65ac030a52cb438c4fe7c",
                     "proofs come out differently (%s): raise BUNDLE_LAYOUT, and put both here",
                     made);
}

Test(bundle, report_says_it_in_words_and_for_programs)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle b;
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));

    cr_assert_ok(bundle_verify(mem, zip, s->vkey, &b));
    const char *text = bundle_report(mem, &b, zip, "given", true);
    cr_expect_not_null(strstr(text, "- 10 event(s) of the account: numbered without a gap"));
    cr_expect_not_null(strstr(text, "sam; role owner; amounts to owner; through direct"));
    cr_expect_null(strstr(text, "WARNING"));
    cr_expect_not_null(strstr(text, "\nThat proves:\n"));
    text = bundle_report(mem, &b, zip, "its own", false);
    cr_expect(strncmp(text, "WARNING: ", 9) == 0, "%.80s", text);
    cr_expect_null(strstr(text, "That proves:"));
    const json_t *report = bundle_report_json(mem, &b, zip, "given", true);
    cr_expect_eq(json_integer_value(vector_at(report, "checked.events")), 10);
    cr_expect_eq(json_array_size(vector_at(report, "facts.access")), 2);
}

/* ---- With stock tools ---------------------------------------------------------------------------
 */

static size_t count_of(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
        n++;
    return n;
}

/* The README's indented lines, after it says how to check without Tenure. */
static const char *commands_of(struct sample *s, const char *readme)
{
    const char *at = strstr(readme, "WITH STOCK TOOLS");
    struct buf out;

    cr_assert_not_null(at);
    buf_init(&out, s->mem, 1 << 20);
    while ((at = strchr(at, '\n')) && *++at)
        if (strncmp(at, "    ", 4) == 0)
            buf_add(&out, at, strcspn(at, "\n") + 1);
    return out.at;
}

static const char *output_of(struct sample *s, const char *command)
{
    char block[4096];
    struct buf out;
    size_t n;
    FILE *f = popen(command, "r");

    cr_assert_not_null(f);
    buf_init(&out, s->mem, 1 << 20);
    while ((n = fread(block, 1, sizeof(block), f)) > 0)
        buf_add(&out, block, n);
    cr_expect_eq(pclose(f), 0, "%s", out.at);
    return out.at;
}

static const char *run_readme(struct sample *s, struct bytes zip)
{
    char folder[] = "/tmp/tenure-proof-XXXXXX";

    cr_assert_not_null(mkdtemp(folder));
    cr_assert_ok(file_write(s->mem, arena_printf(s->mem, "%s/p.zip", folder), 0600, zip));
    cr_assert_ok(file_write(s->mem, arena_printf(s->mem, "%s/check", folder), 0600,
                            bytes_of_text(commands_of(s, text_at(s, zip, "README.txt")))));
    const char *said = output_of(
        s, arena_printf(
               s->mem,
               "mkdir %s/p && cd %s/p && unzip -q ../p.zip && FILE=%s/p.zip bash ../check 2>&1",
               folder, folder, folder));
    output_of(s, arena_printf(s->mem, "rm -r %s", folder));
    return said;
}

Test(bundle, can_be_checked_with_stock_tools)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle *b = sample_bundle(s, 0, "created_by name", "");
    struct bytes zip = sample_zip(s, b);
    const char *said = run_readme(s, zip);
    const struct {
        const char *words;
        size_t times;
    } expected[] = {
        {"Signature Verified Successfully", 2},
        {"log-key.pem is the key", 1},
        {"the file is whole", 1},
        {"all files are whole", 1},
        {" is in the log\n", b->n},
        {"all fields belong", 1},
        {"Verified OK", 1},
        {"the tag is the hash of the signature", 1},
        {"10 events in a row", 1},
        {"the seal counts 10", 1},
        {"Good \"tenure\" signature for ", b->signatures},
        {"the seal counts 1\n", 2}, /* two keys were enrolled, and one */
        {"the seal counts 2\n", 1}, /* revoked too */
        {": OK\n", 1},
        {"IS NOT", 0},
        {"IS ANOTHER", 0},
        {"DOES NOT", 0},
        {"rror", 0},
        {"Could not", 0},
        {"not found", 0},
    };
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
        cr_expect_eq(count_of(said, expected[i].words), expected[i].times, "'%s' %zu times:\n%s",
                     expected[i].words, expected[i].times, said);
}
