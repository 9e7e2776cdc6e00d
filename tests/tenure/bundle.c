/* bundle.c - what an ownership proof says and shows, that nothing can be left out of it, and that
 * it can be checked with stock tools. What forgers try is in forged.c. */
#include "base/file.h"
#include "support/tools.h"
#include "support/vectors.h"
#include "unpacked.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>

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

    cr_expect_eq(BUNDLE_LAYOUT, 5);
    const char *made = hex_encode(mem, d.at, sizeof(d.at));
    cr_expect_str_eq(made, "4681064ace19f8a2955d71b384f3eb1df366f390d1801b776ad8577b49223971",
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
    cr_expect_not_null(strstr(text, "- the events of the account, 10: numbered without a gap"));
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

/* ---- With stock tools ------------------------------------------------------------------------ */

Test(bundle, can_be_checked_with_stock_tools)
{
    HEARD_ONCE();
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle *b = sample_bundle(s, 0, "created_by name", "");
    struct bytes zip = sample_zip(s, b);
    int status;
    const char *said = checked(s, zip, s->vkey, &status);

    cr_expect_eq(status, 0, "%s", said);
    says(said, "\nALL OK: 13 checks\n");
    says(said, arena_printf(mem, "entries are in the log: %zu\n", b->n));
    says(said, "the seal counts 10 events");
    says(said, arena_printf(mem, "the person whom they name: %zu\n", b->signatures));
    says(said, "these keys are counted by the seal: 3\n");
    says(said, "the hashes that the events name: 1\n");
    said = checked(s, zip, "", &status);
    cr_expect_eq(status, 0, "%s", said);
    says(said, "By the key in the file itself");
}

/* Even by somebody who can sign with the log's key. */
Test(bundle, that_was_changed_is_found_out_with_stock_tools)
{
    HEARD_ONCE();
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "created_by name", ""));
    static const struct {
        const char *path, *words;
    } files[] = {
        {"events/000001.leaf", "entries are in the log: not events/000001.leaf"},
        {"events/000001.body", "belong to their entries: not events/000001.leaf"},
        {"events/000001.disclosures", "belong to their entries: not events/000001.leaf"},
        {"events/000000.intent", "the person whom they name: not events/000000.sig"},
        {"seal.txt", "FAILED  the seal is signed by the log"},
        {"heads-proof.json", "FAILED  the seal counts 10 events"},
        {"tag-message.txt", "FAILED  the tag is this account's"},
    };
    int status;
    const char *said;

    for (size_t k = 0; k < sizeof(files) / sizeof(*files); k++) {
        struct unpacked u = unpack(s, zip);
        struct bytes *part = &file_at(&u, files[k].path)->bytes;
        uint8_t *other = arena_alloc(mem, part->n);
        memcpy(other, part->at, part->n);
        other[part->n / 2] ^= 1;
        *part = bytes_of(other, part->n);
        said = checked(s, packed(s, &u), s->vkey, &status);
        cr_expect_eq(status, 1, "%s: %s", files[k].path, said);
        says(said, files[k].words);
        says(said, "FAILED  every file is the one that the manifest lists");
    }
    uint8_t *bytes = arena_alloc(mem, zip.n + 1);
    memcpy(bytes, zip.at, zip.n);
    bytes[zip.n] = 'X';
    said = checked(s, bytes_of(bytes, zip.n + 1), s->vkey, &status);
    cr_expect_eq(status, 1, "%s", said);
    bytes[zip.n / 2] ^= 1;
    said = checked(s, bytes_of(bytes, zip.n), s->vkey, &status);
    cr_expect_eq(status, 1);
    cr_expect_not_null(strstr(said, "FAILED"));
    said = checked(s, zip,
                   "other.example/tenure+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                   &status);
    cr_expect_eq(status, 1);
    says(said, "FAILED  the log is the one that you named");
}

/* ---- With stock tools, made by somebody who means harm -----------------------------------------
 */

/* Anything, with a note which the log has signed for something else, and after it the line that
 * belongs to this file; size: as it is said there, NULL: as it is. */
static struct bytes under_another_note(struct sample *s, struct unpacked *u, const char *size)
{
    struct bytes seal = file_at(u, "seal.txt")->bytes, zip, before;
    const char *line = "";
    struct buf out;

    cr_assert_ok(archive_write(s->mem, u->files, u->n, &zip));
    before = zip;
    for (int k = 0; k < 3; k++) { /* its length is said before it */
        before = archive_before_comment(s->mem, zip, seal.n + strlen(line));
        struct digest d = sha256(before);
        line = arena_printf(s->mem, "tenure-proof-v1 %s %s\n",
                            base64_encode(s->mem, d.at, sizeof(d.at)),
                            size ? size : arena_printf(s->mem, "%zu", before.n));
    }
    buf_init(&out, s->mem, 1 << 24);
    buf_add(&out, before.at, before.n);
    buf_add(&out, seal.at, seal.n);
    buf_text(&out, line);
    return bytes_of(out.at, out.n);
}

Test(bundle, is_not_whole_by_another_note_of_the_log)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct unpacked u = unpack(s, sample_zip(s, sample_bundle(s, 0, "", "")));
    int status;

    edit(s, &u, "proof.html", "acme", "evil");
    const char *said = checked(s, under_another_note(s, &u, NULL), s->vkey, &status);
    cr_expect_eq(status, 1, "%s", said);
    says(said, "FAILED  no byte of the file was changed");
}

/* Bash evaluates what stands where a number is expected, and carries out a $(…) in it: here it
 * would end the script. */
Test(bundle, has_no_say_in_what_is_run)
{
    static const struct {
        const char *path, *from, *to, *words;
    } rows[] = {
        {"events/000001.tlog-proof", "index ", "index a[$(kill $$)0] ", "entries are in the log"},
        {"seal.txt", "\n", "\na[$(kill $$)0]\n", "entries are in the log"},
        {"seal.txt", "\n", "\n1 +\n", "entries are in the log"},
        {"heads-proof.json", "\",10,", "\",a[$(kill${IFS}$$)0],", "the seal counts"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    struct unpacked u = unpack(s, zip);
    int status;
    const char *said =
        checked(s, under_another_note(s, &u, "a[$(kill${IFS}$$)0]"), s->vkey, &status);

    cr_expect_eq(status, 1, "%s", said);
    says(said, "\nFAILED: ");
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        u = unpack(s, zip);
        edit(s, &u, rows[k].path, rows[k].from, rows[k].to);
        said = checked(s, packed(s, &u), s->vkey, &status);
        cr_expect_eq(status, 1, "%s: %s", rows[k].path, said);
        says(said, arena_printf(mem, "FAILED  %s", rows[k].words));
        says(said, "\nFAILED: ");
    }
}
