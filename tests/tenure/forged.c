/* forged.c - proofs are refused, in the right words, however they were changed: at random, by
 * somebody who has even the log's key, or by a log that was never right. */
#include "support/vectors.h"
#include "unpacked.h"

#include <criterion/criterion.h>

static void check_fails(struct sample *s, struct bundle *b, const char *words)
{
    struct err *e = sample_check(s, b);

    cr_assert_not_null(e, "it was not refused: %s", words);
    cr_expect_eq(e->kind, ERR_BROKEN);
    cr_expect_not_null(strstr(e->text, words), "'%s' has not '%s'", e->text, words);
}

static const char *hash_at(struct sample *s, struct unpacked *u, const char *path)
{
    struct digest d = sha256(file_at(u, path)->bytes);

    return hex_encode(s->mem, d.at, sizeof(d.at));
}

/* ---- At random */

static uint8_t *copy_of(struct arena *mem, struct bytes b, size_t more)
{
    uint8_t *out = arena_alloc(mem, b.n + more);

    memcpy(out, b.at, b.n);
    return out;
}

/* Every byte against the signature of the whole, and many of them against everything. */
Test(forged, no_byte_can_be_changed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_empty(mem);
    struct note_verifier log;
    struct bundle back;

    sample_register(s);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", "files"));
    uint8_t *out = copy_of(mem, zip, 0);
    cr_assert_ok(bundle_verify(mem, zip, s->vkey, &back));
    cr_assert_ok(note_verifier_parse(mem, s->vkey, &log));
    for (size_t i = 0; i < zip.n; i++) {
        AUTO(arena_auto) struct arena *each = arena_new();
        out[i] ^= (uint8_t)(1 << i % 8);
        cr_assert_not_null(bundle_signed(each, bytes_of(out, zip.n), &log), "byte %zu", i);
        if (i % 211 == 0 || i + 300 > zip.n) {
            cr_assert_not_null(bundle_verify(each, bytes_of(out, zip.n), s->vkey, &back));
            cr_assert_not_null(bundle_verify(each, bytes_of(out, zip.n), NULL, &back));
        }
        out[i] = zip.at[i];
    }
}

Test(forged, nothing_can_be_cut_or_put_around)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    uint8_t *more = copy_of(mem, zip, 1), *front = arena_alloc(mem, zip.n + 1);

    more[zip.n] = '\n';
    sample_refused(s, bytes_of(more, zip.n + 1), "");
    memcpy(front + 1, zip.at, zip.n);
    sample_refused(s, bytes_of(front, zip.n + 1), "");
    for (size_t cut = 1; cut <= zip.n; cut = cut * 2 + 1) {
        sample_refused(s, bytes_of(zip.at, zip.n - cut), "");
        sample_refused(s, bytes_of(zip.at + cut, zip.n - cut), "");
    }
    sample_refused(s, bytes_of_text("PK"), "");
    sample_refused(s, bytes_of_text(""), "");
}

Test(forged, another_key_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", "")), other_zip;
    struct digest seed = sha256(bytes_of_text("mallory"));
    AUTO(signer_auto) struct signer *other = signer_of_seed(seed.at);
    struct note_verifier v = note_verifier_of(sample_origin, NOTE_ED25519, other->public_key);
    struct unpacked u = unpack(s, zip);
    struct bundle b;

    struct err *e = bundle_verify(mem, zip, note_verifier_text(mem, &v), &b);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "it may be an earlier key of the same log"), "%s", e->text);
    v = note_verifier_of("other.example/tenure", NOTE_ED25519, other->public_key);
    e = bundle_verify(mem, zip, note_verifier_text(mem, &v), &b);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "the proof is of the log with the key"), "%s", e->text);
    cr_expect_null(strstr(e->text, "earlier key"), "%s", e->text);
    cr_assert_ok(bundle_pack(mem, u.files, u.n, sample_origin, other, &other_zip));
    sample_refused(s, other_zip, "the signature of the file as a whole");
    cr_expect_not_null(bundle_verify(mem, other_zip, NULL, &b));
    e = bundle_verify(mem, zip, "nonsense", &b);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_INVALID);
}

Test(forged, what_was_packed_again_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct unpacked u = unpack(s, sample_zip(s, sample_bundle(s, 0, "", "")));
    struct bytes zip;

    cr_assert_ok(archive_write(mem, u.files, u.n, &zip));
    sample_refused(s, zip, "carries no signature");
    drop_event(s, &u, "events/000003");
    cr_assert_ok(archive_write(mem, u.files, u.n, &zip));
    sample_refused(s, zip, "event 3 of the account is missing");
}

/* ---- By somebody who has the log's key */

Test(forged, no_event_can_be_dropped)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));

    for (size_t i = 1; i < 9; i++) {
        struct unpacked u = unpack(s, zip);
        drop_event(s, &u, arena_printf(mem, "events/%06zu", i));
        sample_refused(s, packed(s, &u),
                       arena_printf(mem, "event %zu of the account is missing", i));
    }
    struct unpacked u = unpack(s, zip);
    drop_event(s, &u, "events/000009");
    sample_refused(s, packed(s, &u), "the seal counts 10 events of the account, and 9 are here");
    u = unpack(s, zip);
    drop_event(s, &u, "events/000000");
    sample_refused(s, packed(s, &u), "the registration of the account is missing");
}

Test(forged, the_count_cannot_be_lowered)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    struct bytes early = sample_zip(s, sample_bundle(s, s->n - 2, "", ""));
    struct unpacked u = unpack(s, zip), old = unpack(s, early);

    drop_event(s, &u, "events/000009");
    file_at(&u, "heads-proof.json")->bytes = file_at(&old, "heads-proof.json")->bytes;
    sample_refused(s, packed(s, &u), "the heads proof of the account does not lead to the seal");
    u = unpack(s, zip);
    drop_event(s, &u, "events/000009");
    edit(s, &u, "heads-proof.json", ",10,", ",9,");
    sample_refused(s, packed(s, &u), "the heads proof of the account does not lead to the seal");
}

Test(forged, events_cannot_be_swapped_or_edited)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    struct unpacked u = unpack(s, zip);

    swap(&u, "events/000004.leaf", "events/000005.leaf");
    swap(&u, "events/000004.body", "events/000005.body");
    swap(&u, "events/000004.disclosures", "events/000005.disclosures");
    sample_refused(s, packed(s, &u), "is not the one that is in the log");
    u = unpack(s, zip);
    swap(&u, "events/000004.disclosures", "events/000005.disclosures");
    sample_refused(s, packed(s, &u), "a field that is shown does not belong to the event");
    u = unpack(s, zip);
    swap(&u, "events/000004.body", "events/000005.body");
    sample_refused(s, packed(s, &u), "the body is not the one the leaf names");
    u = unpack(s, zip);
    swap(&u, "events/000004.tlog-proof", "events/000005.tlog-proof");
    sample_refused(s, packed(s, &u), "it is of another entry");
    u = unpack(s, zip);
    edit(s, &u, "events/000004.leaf", "\"v\":1", "\"v\":2");
    sample_refused(s, packed(s, &u), "the leaf is malformed");
    u = unpack(s, zip);
    swap(&u, "events/000004.sig", "events/000005.sig");
    sample_refused(s, packed(s, &u), "events/000004.sig is not what follows");
}

Test(forged, evidence_is_what_was_named)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle *b = sample_bundle(s, 0, "", "");
    struct digest d = sha256(s->contract);
    const char *path =
        arena_printf(mem, "evidence/%s/contract-of-2019.pdf", hex_encode(mem, d.at, sizeof(d.at)));

    struct unpacked u = unpack(s, sample_zip(s, b));
    edit(s, &u, path, "2019", "2018");
    sample_refused(s, packed(s, &u), "has another SHA-256");
    b->files_n = 0;
    check_fails(s, b, "is missing");
}

Test(forged, the_rest_cannot_be_rewritten)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    static const char *const edits[][4] = {
        {"proof.html", "head-of-sales", "head-of-tales", "proof.html is not what follows"},
        {"README.txt", "bash", "bosh", "README.txt is not what follows"},
        {"allowed_signers", "sam,", "lea,", "allowed_signers is not what follows"},
        {"manifest.json", "\"events\":10", "\"events\":9", "manifest.json is not what follows"},
        {"manifest.json", "\"ref\":\"acme-group\"", "\"ref\":\"acme-gruop\"",
         "manifest.json is not what follows"},
        {"manifest.json", "\"v\":1", "\"v\":2", "of another version"},
        {"manifest.json", "\"withheld\":[]", "\"withheld\":[\"all\"]", "what was chosen"},
        {"tag-message.txt", "8374921", "8374922", "tag-message.txt is not what follows"},
        {"tag-key.pem", "A", "B", "the key of the tags is not the one that the log began with"},
        {"seal.txt", "\n2", "\n3", "the seal does not hold"},
        {"log-key.pem", "MCow", "MCox", "log-key.pem is not what follows"},
    };

    for (size_t i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
        struct unpacked u = unpack(s, zip);
        edit(s, &u, edits[i][0], edits[i][1], edits[i][2]);
        sample_refused(s, packed(s, &u), edits[i][3]);
    }
}

Test(forged, nothing_can_be_added_or_left_out)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    struct unpacked whole = unpack(s, zip);

    for (size_t i = 0; i < whole.n; i++) {
        struct unpacked u = unpack(s, zip);
        drop(&u, whole.files[i].path);
        sample_refused(s, packed(s, &u), "missing");
    }
    struct unpacked u = {arena_array(mem, whole.n + 1, sizeof(*u.files)), whole.n};
    memcpy(u.files, whole.files, whole.n * sizeof(*u.files));
    u.files[u.n++] = (struct archive_file){"more.txt", bytes_of_text("more")};
    sample_refused(s, packed(s, &u), "more.txt does not belong there");
    u.files[u.n - 1].path = "evidence/00/x";
    sample_refused(s, packed(s, &u), "evidence");
}

/* ---- By a log that was never right */

/* The sample's log with one entry more: its proof is refused with these words. */
static void lie_is_refused(const struct said *said, const char *words)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);

    sample_add(s, said);
    check_fails(s, sample_bundle(s, 0, "", ""), words);
}

#define CHANGED .type = "account.changed", .after = "{'account':'@account:group','name':'Acme'}"
#define BY_LEA .by = "lea", .command = "account change", CHANGED

Test(forged, actors_are_who_the_log_says)
{
    static const char nonce[] = "AAAAAAAAAAAAAAAAAAAAAA";
    lie_is_refused(&(struct said){.by = "sam", .command = "account change", CHANGED},
                   "the key of the signature had been revoked before");
    lie_is_refused(&(struct said){BY_LEA, .key = "nobody"},
                   "the enrolment of the key that signed is missing");
    lie_is_refused(&(struct said){BY_LEA, .key = "adm"},
                   "the key of the signature is another person's");
    lie_is_refused(&(struct said){BY_LEA, .actor = "adm"}, "the intent is another person's");
    lie_is_refused(&(struct said){BY_LEA, .log = "other.example"},
                   "the intent was meant for another log");
    lie_is_refused(&(struct said){BY_LEA, .params = "{'account':'another'}"},
                   "its account is not what the intent asked for");
    lie_is_refused(&(struct said){BY_LEA, .params = "{'account':'acme-group','name':'Acme Ltd'}"},
                   "its name is not what the intent asked for");
    lie_is_refused(&(struct said){BY_LEA, .other = "other words"}, "does not verify");
    lie_is_refused(&(struct said){.by = "lea", .nobody = true, CHANGED}, "nobody signed it");
    lie_is_refused(&(struct said){.by = "lea", .follows = 22, CHANGED},
                   "it follows an entry that it does not belong to");
    lie_is_refused(&(struct said){.by = "lea", .follows = 99, CHANGED},
                   "which says who asked for it, is missing");
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    sample_add(s, &(struct said){BY_LEA, .nonce = nonce});
    sample_add(s, &(struct said){BY_LEA, .nonce = nonce});
    check_fails(s, sample_bundle(s, 0, "", ""), "the intent was used twice");
}

Test(forged, entries_are_numbered_linked_and_in_time)
{
    lie_is_refused(&(struct said){BY_LEA, .number_left_out = true},
                   "event 10 of the account is missing");
    lie_is_refused(&(struct said){BY_LEA, .wrong_before = true},
                   "event 10 of the account does not follow the one before it");
    lie_is_refused(&(struct said){.by = "lea", .follows = 3, CHANGED},
                   "is recorded earlier than one before it");
}

Test(forged, a_key_signs_from_its_enrolment_on)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_empty(mem);

    sample_register(s);
    sample_add(s, &(struct said){CHANGED, .by = "uma", .command = "account change"});
    sample_enrol(s, "uma");
    check_fails(s, sample_bundle(s, 0, "", "files"), "was enrolled only later");
}

Test(forged, a_key_signs_until_its_revocation_holds)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_empty(mem);

    sample_register(s);
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "key revoke",
                                 .type = "key.revoked",
                                 .after = "{'key':'@key:sam','person':'@person:sam'}",
                                 .later_ms = 90000});
    sample_add(s, &(struct said){CHANGED, .by = "sam", .command = "account change"});
    cr_assert_ok(sample_check(s, sample_bundle(s, 0, "", "files")));
    sample_add(s, &(struct said){CHANGED, .by = "sam", .command = "account change"});
    check_fails(s, sample_bundle(s, 0, "", "files"), "had been revoked before");
}

Test(forged, no_key_can_be_left_out)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle *b = sample_bundle(s, 0, "", "");

    for (size_t i = 0; i < b->keys_n; i++) {
        struct bundle less = *b;
        less.keys = arena_array(mem, b->keys_n, sizeof(*less.keys));
        less.keys_n = 0;
        for (size_t k = 0; k < b->keys_n; k++)
            if (k != i)
                less.keys[less.keys_n++] = b->keys[k];
        check_fails(s, &less, "the enrolment of the key that signed is missing");
    }
}

/* The revocation of a key cannot be kept from the reader. */
Test(forged, a_revocation_cannot_be_hidden)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct bundle *b = sample_bundle(s, 0, "", "");
    struct bundle less = *b;

    less.entries = arena_array(mem, b->n, sizeof(*less.entries));
    less.n = 0;
    cr_assert_ok(sample_check(s, b));
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(entry_text(&b->entries[i].view, "type"), "key.revoked") != 0)
            less.entries[less.n++] = b->entries[i];
    cr_assert_eq(less.n + 1, b->n);
    check_fails(s, &less, "the seal counts 2 events of the key");
}

Test(forged, the_tag_is_the_accounts)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_empty(mem);

    /* A tag that is the hash of something, but not of the tag key's signature. */
    s->tag_signature = bytes_of_text("made up");
    s->tag = sha256(s->tag_signature);
    sample_register(s);
    check_fails(s, sample_bundle(s, 0, "", "files"), "is not for linkedin 8374921");
    /* One that is not even that. */
    s = sample_empty(mem);
    s->tag = sha256(bytes_of_text("made up"));
    sample_register(s);
    check_fails(s, sample_bundle(s, 0, "", "files"), "is not the hash of its signature");
}

/* What an entry does not say is missed, not followed; and no name becomes a line of its own. */
Test(forged, what_is_left_out_or_has_lines_does_no_harm)
{
    static const char lines[] = "8374921\\nx";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);

    sample_add(s, &(struct said){.by = "lea",
                                 .command = "account assign",
                                 .type = "owner.assigned",
                                 .after = "{'account':'@account:group'}"});
    sample_add(s, &(struct said){.by = "lea",
                                 .command = "person retire",
                                 .type = "person.left",
                                 .after = "{'account':'@account:group'}"});
    sample_zip(s, sample_bundle(s, 0, "", ""));

    s = sample_new(mem);
    const char *lea = sample_id(mem, "person", "lea");
    sample_add(s, &(struct said){.type = "person.changed",
                                 .after = "{'person':'@person:lea','ref':'e\\nadm'}"});
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", ""));
    const char *signers = text_at(s, zip, "allowed_signers");
    cr_expect_not_null(strstr(signers, arena_printf(mem, "%s namespaces", lea)), "%s", signers);
    cr_expect_null(strstr(signers, arena_printf(mem, ",%s", lea)), "%s", signers);

    s = sample_empty(mem);
    sample_register_as(s, lines);
    check_fails(s, sample_bundle(s, 0, "", "files"), "is no line of text");
}

Test(forged, a_key_is_somebodys)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_empty(mem);

    sample_register(s);
    sample_enrol_as(s, "uma", "");
    sample_add(s, &(struct said){CHANGED, .by = "uma", .command = "account change"});
    check_fails(s, sample_bundle(s, 0, "", "files"), "does not say whose it is");
}

/* ---- By another version of Tenure ------------------------------------------------------------ */

/* What another version lays out in other words still holds, but its page is not believed. */
Test(forged, a_page_of_another_layout_is_not_believed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = sample_new(mem);
    struct unpacked u = unpack(s, sample_zip(s, sample_bundle(s, 0, "", "")));
    struct bundle b;

    const char *hash = hash_at(s, &u, "proof.html");
    edit(s, &u, "proof.html", "Ownership proof", "Proof of ownership");
    sample_refused(s, packed(s, &u), "proof.html is not what follows");
    edit(s, &u, "manifest.json", arena_printf(mem, "\"layout\":%d", BUNDLE_LAYOUT), "\"layout\":2");
    sample_refused(s, packed(s, &u), "proof.html is not as the manifest lists it");
    edit(s, &u, "manifest.json", hash, hash_at(s, &u, "proof.html"));
    struct bytes zip = packed(s, &u);
    cr_assert_ok(bundle_verify(mem, zip, s->vkey, &b));
    cr_expect_not_null(strstr(bundle_report(mem, &b, zip, "given", true), "NOT CHECKED: the page"));
    drop(&u, "proof.html");
    sample_refused(s, packed(s, &u), "is not as the manifest lists it");
}
