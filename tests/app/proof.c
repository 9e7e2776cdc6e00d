/* proof.c - ownership proofs out of a real registry: exported, checked, and not to be fooled. */
#include "stories.h"

#include "app/batch.h"
#include "base/date.h"
#include "base/file.h"
#include "support/database.h"
#include "support/tools.h"
#include "support/vectors.h"
#include "tenure/bundle.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct bytes exported(struct instance *i, const char *who, const char *more)
{
    i->attached = (struct bytes){0};
    did(i, who, "proof export",
        arena_printf(i->mem, "{'account':'acme-group'%s%s}", *more ? "," : "", more));
    cr_assert(i->attached.n > 0, "no file came");
    return i->attached;
}

static void holds(struct instance *i, struct bytes zip, struct bundle *ret)
{
    cr_assert_ok(bundle_verify(i->mem, zip, keyring_vkey(i->service.keys), ret));
}

static const char *file_text(struct instance *i, struct bytes zip, const char *path)
{
    struct archive_file *files;
    size_t n;

    cr_assert_ok(archive_read(i->mem, zip, &files, &n));
    for (size_t k = 0; k < n; k++)
        if (strcmp(files[k].path, path) == 0)
            return arena_copy_n(i->mem, (const char *)files[k].bytes.at, files[k].bytes.n);
    cr_assert_fail("there is no %s", path);
    return NULL;
}

static bool is_anywhere(struct bytes zip, const char *text)
{
    size_t n = strlen(text);

    for (size_t k = 0; k + n <= zip.n; k++)
        if (memcmp(zip.at + k, text, n) == 0)
            return true;
    return false;
}

/* The group with a title on paper, an owner, people and a control point. */
static void group_with_title(struct instance *i)
{
    sam_holds(i);
    const char *file = uploaded(i, "contract of 2019.pdf", "%PDF-1.4 the contract");
    did(i, "lea", "title assert",
        arena_printf(i->mem,
                     "{'account':'acme-group','holder':'acme','since':'2019-05-01',"
                     "'created_by':'Sam Fletcher','mail':'sam@acme.example',"
                     "'reason':'it was asked','evidence':['%s']}",
                     file));
}

Test(proof, holds_and_says_all_of_an_account)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    group_with_title(i);
    holds(i, exported(i, "lea", ""), &b);
    cr_expect_eq(b.files_n, 1);
    cr_expect_eq(b.unshown, 0);
    cr_expect(b.signatures >= 7, "%zu signatures", b.signatures);
    const char *page = file_text(i, i->attached, "proof.html");
    cr_expect_not_null(strstr(page, "head-of-sales"));
    cr_expect_not_null(strstr(page, "8374921"));
    cr_expect_not_null(strstr(page, "contract of 2019.pdf"));
    cr_expect_null(strstr(page, "<script"));
    const char *report = bundle_report(mem, &b, i->attached, "given", true);
    cr_expect_not_null(strstr(report, "numbered without a gap"));
    holds(i, exported(i, "kim", ""), &b);
    cr_expect_eq(b.chain[b.chain_n - 1]->index + 1, b.point.size, "the first export is an event");
    audit_is_clean(i);
}

/* Which documents the countersignature was about, and which came after it. */
Test(proof, says_what_was_countersigned)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    group_with_title(i);
    did(i, "adm", "title countersign", "{'account':'acme-group'}");
    holds(i, exported(i, "lea", ""), &b);
    cr_expect_not_null(strstr(file_text(i, i->attached, "proof.html"), ">countersigned<"));
    did(i, "adm", "title evidence",
        arena_printf(mem, "{'account':'acme-group','evidence':['%s']}",
                     uploaded(i, "late.txt", "came late")));
    holds(i, exported(i, "lea", ""), &b);
    const char *page = file_text(i, i->attached, "proof.html");
    cr_expect_null(strstr(page, ">countersigned<"));
    cr_expect_not_null(strstr(page, "added after adm had countersigned: late.txt"), "%s", page);
}

Test(proof, shows_people_only_when_asked)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    group_with_title(i);
    struct bytes plain = exported(i, "lea", "");
    cr_expect_null(strstr(file_text(i, plain, "proof.html"), "Sam Fletcher"));
    const char *digests = file_text(i, plain, "events/000008.disclosures");
    const char *hidden = disclosure_new(mem, "created_by", "\"Sam Fletcher\"");
    cr_expect_null(strstr(digests, hidden + 24), "the value of a field is there though not shown");
    holds(i, exported(i, "lea", "'disclose':['name','mail','created_by','name']"), &b);
    const char *page = file_text(i, i->attached, "proof.html");
    cr_expect_not_null(strstr(page, "Sam Fletcher"));
    cr_expect_eq(b.disclosed.n, 3, "each word once");
    refused(i, "lea", "proof export", "{'account':'acme-group','disclose':['secrets']}",
            ERR_INVALID, "");
}

Test(proof, keeps_back_what_it_was_told_to)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    group_with_title(i);
    holds(i, exported(i, "lea", "'withhold':['files']"), &b);
    cr_expect_eq(b.files_n, 0);
    holds(i, exported(i, "lea", "'withhold':['reason']"), &b);
    cr_expect_not(is_anywhere(i->attached, "it was asked"));
    cr_expect(b.unshown >= 1, "an intent that tells the reason was shown");
    holds(i, exported(i, "lea", "'withhold':['intent']"), &b);
    cr_expect_eq(b.signatures, 0);
    cr_expect_eq(b.keys_n, 0);
}

Test(proof, is_the_same_for_the_same_question)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    group_with_title(i);
    const char *then = arena_printf(mem, "'as_of':'%s'", instant_text(mem, i->now));
    i->now += 86400000;
    struct bytes first = exported(i, "lea", then);
    did(i, "kim", "account change", "{'account':'acme-group','purpose':'customers'}");
    i->now += 86400000;
    struct bytes again = exported(i, "adm", then);
    cr_expect(bytes_same(first, again), "the same account, size and choice, other bytes");
    holds(i, again, &b);
    size_t events = b.chain_n;
    holds(i, exported(i, "lea", ""), &b);
    cr_expect_gt(b.chain_n, events);
    refused(i, "lea", "proof export", "{'account':'acme-group','as_of':'2026-01-01'}", ERR_INVALID,
            "before the account was registered");
    refused(i, "lea", "proof export", "{'account':'acme-group','as_of':'2031-01-01'}", ERR_INVALID,
            "is not over yet");
}

Test(proof, calls_things_what_they_are_called_then)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    group_with_title(i);
    const char *then = arena_printf(mem, "'as_of':'%s'", instant_text(mem, i->now));
    i->now += 86400000;
    did(i, "adm", "entity change", "{'entity':'acme','name':'Acme Holding'}");
    exported(i, "lea", "");
    cr_expect_not_null(strstr(file_text(i, i->attached, "proof.html"), "acme (Acme Holding)"));
    exported(i, "lea", then);
    cr_expect_not_null(strstr(file_text(i, i->attached, "proof.html"), "acme (Acme Ltd)"));
}

/* An intent that was sent, carried out, and sent again because the answer got lost. */
static struct bytes sent(struct instance *i, const json_t *envelope, const json_t **ret)
{
    const struct noun *noun;
    const struct command *c = command_find("proof export", &noun);
    struct job *job = job_new(i->mem, &i->service, noun, c);
    json_t *reply;

    job->now = i->now;
    job->channel = "test";
    cr_assert_ok(job_signed(job, envelope));
    cr_assert_ok(job_gather(job, i->store));
    cr_assert_ok(change_run(i->store, job, i->now));
    cr_assert_ok(json_read(i->mem, bytes_of_text(job->reply), 1 << 20, "the reply", &reply));
    *ret = reply;
    return job->attachment.bytes;
}

static const json_t *envelope_of(struct instance *i)
{
    json_t *params = json_keep(i->mem, json_pack("{s:s}", "account", "acme-group"));
    struct intent intent = {.actor = "lea",
                            .at = i->now,
                            .command = "proof export",
                            .log = i->service.origin,
                            .nonce = nonce_new(i->mem),
                            .params = params};
    const char *text = intent_text(i->mem, &intent, NULL, 0);
    AUTO(ed25519_auto) struct ed25519 *key = key_of("lea");
    const char *signature = ssh_sign(i->mem, key, signature_namespace, bytes_of_text(text));

    return json_keep(i->mem, json_pack("{s:s, s:s}", "intent", text, "signature", signature));
}

Test(proof, is_the_same_when_it_is_asked_for_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const json_t *first, *again;

    group_with_title(i);
    const json_t *envelope = envelope_of(i);
    struct bytes zip = sent(i, envelope, &first);
    did(i, "kim", "account change", "{'account':'acme-group','purpose':'customers'}");
    cr_expect(bytes_same(zip, sent(i, envelope, &again)), "the second file is another");
    cr_expect(json_equal(vector_at(first, "events"), vector_at(again, "events")));
    struct digest d = sha256(zip);
    cr_expect_str_eq(vector_text(first, "events.0.after.file"),
                     hex_encode(mem, d.at, sizeof(d.at)));
    audit_is_clean(i);
}

/* One signed intent made all entries of an import: the first of them goes along. */
Test(proof, of_an_account_that_came_in_a_file_has_the_imports_signature)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    const char *file = uploaded(i, "accounts.csv",
                                "account,url,unit\n"
                                "first,https://x.com/first,sales\n"
                                "acme-group,https://www.linkedin.com/groups/8374921,sales\n");
    did(i, "adm", "import accounts", arena_printf(mem, "{'file':'%s'}", file));
    holds(i, exported(i, "lea", ""), &b);
    cr_expect_eq(b.signatures - b.keys_n, 1, "the import was signed once");
    cr_expect_eq(b.chain[0]->who, WHO_FOLLOWS);
    cr_expect_not(is_anywhere(i->attached, "x.com/first"), "another account is shown");
}

Test(proof, is_made_by_those_who_may)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    group_with_title(i);
    did(i, "adm", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'marketing'}");
    refused(i, "kim", "proof export", "{'account':'acme-x'}", ERR_FORBIDDEN, "");
    refused(i, "aud", "proof export", "{'account':'acme-group'}", ERR_FORBIDDEN, "");
    refused(i, "sam", "proof export", "{'account':'acme-group'}", ERR_FORBIDDEN, "");
}

Test(proof, of_an_account_that_was_registered_twice_says_so)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    group_with_title(i);
    did(i, "adm", "account register",
        "{'account':'other','url':'https://www.linkedin.com/groups/8374921','unit':'sales',"
        "'contested':'an agency claims it'}");
    holds(i, exported(i, "lea", ""), &b);
    cr_expect_not_null(strstr(file_text(i, i->attached, "proof.html"), "other"));
    did(i, "lea", "proof export", "{'account':'other'}");
    holds(i, i->attached, &b);
    audit_is_clean(i);
}

Test(proof, outlives_a_handover_and_the_leavers_key)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;
    size_t revoked = 0;

    group_with_title(i);
    const char *h = case_opened(i);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover complete", with(i, h, "'attest':'I have looked.'"));
    i->now += INT64_C(45) * 86400000;
    holds(i, exported(i, "lea", ""), &b);
    for (size_t k = 0; k < b.keys_n; k++)
        revoked += b.keys[k].revoked != UINT64_MAX;
    cr_expect_eq(revoked, 1, "sam's key was revoked when sam left");
    cr_expect_not_null(strstr(file_text(i, i->attached, "proof.html"), "tess"));
    holds(i, exported(i, "lea", "'disclose':['handover','name']"), &b);
    audit_is_clean(i);
}

/* ---- Somebody else's tools ------------------------------------------------------------------- */

static const char *unpacked(struct instance *i, struct bytes zip)
{
    char *folder = arena_copy(i->mem, "/tmp/tenure-proof-XXXXXX");
    struct archive_file *files;
    size_t n;

    cr_assert_not_null(mkdtemp(folder));
    cr_assert_ok(archive_read(i->mem, zip, &files, &n));
    for (size_t k = 0; k < n; k++) {
        char *path = arena_printf(i->mem, "%s/%s", folder, files[k].path);
        char *slash = strrchr(path, '/');
        *slash = '\0';
        cr_assert_ok(folder_make(i->mem, path, 0700));
        *slash = '/';
        cr_assert_ok(file_write(i->mem, path, 0600, files[k].bytes));
    }
    cr_assert_ok(file_write(i->mem, arena_printf(i->mem, "%s.zip", folder), 0600, zip));
    return folder;
}

static int shell(struct instance *i, const char *folder, const char *command)
{
    return system(arena_printf(i->mem, "cd %s && { %s; } >out.txt 2>&1", folder, command));
}

Test(proof, is_accepted_by_ssh_keygen)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    group_with_title(i);
    const char *folder = unpacked(i, exported(i, "lea", ""));
    cr_expect_eq(shell(i, folder,
                       "ls events/*.intent | wc -l | grep -qv '^0' && for f in events/*.intent; do "
                       "who=$(sed 's/.*\"actor\":\"\\([^\"]*\\)\".*/\\1/' $f); "
                       "ssh-keygen -Y verify -f allowed_signers -I $who -n tenure -s "
                       "${f%.intent}.sig <$f || exit 1; done"),
                 0);
    cr_expect_neq(shell(i, folder,
                        "ssh-keygen -Y verify -f allowed_signers -I adm -n tenure -s "
                        "events/000000.sig <events/000002.intent"),
                  0);
    cr_expect_eq(system(arena_printf(mem, "rm -r %s %s.zip", folder, folder)), 0);
}

Test(proof, is_checked_by_the_script_in_it)
{
    HEARD_ONCE();
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bytes said;

    group_with_title(i);
    const char *folder = unpacked(i, exported(i, "lea", ""));
    int status = shell(i, folder, arena_printf(mem, "bash check.sh %s.zip", folder));
    cr_assert_ok(file_read(mem, arena_printf(mem, "%s/out.txt", folder), 1 << 20, &said));
    cr_expect_eq(status, 0, "%.*s", (int)said.n, (const char *)said.at);
    cr_expect_eq(system(arena_printf(mem, "rm -r %s %s.zip", folder, folder)), 0);
}

/* ---- Not to be fooled ------------------------------------------------------------------------ */

Test(proof, does_not_hold_with_another_key)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle b;

    group_with_title(i);
    struct bytes zip = exported(i, "lea", "");
    struct ed25519 *key = key_of("mallory");
    struct note_verifier other =
        note_verifier_of(i->service.origin, NOTE_ED25519, ed25519_public(key));
    ed25519_free(key);
    cr_assert_ok(bundle_verify(mem, zip, NULL, &b));
    struct err *e = bundle_verify(mem, zip, note_verifier_text(mem, &other), &b);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "it may be an earlier key of the same log"), "%s", e->text);
}

Test(proof, of_a_database_that_was_edited_is_not_made)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    group_with_title(i);
    database_sql(
        mem, i->uri,
        "ALTER TABLE log.history DISABLE TRIGGER ALL; DELETE FROM log.history WHERE seq = 3 "
        "AND tag = (SELECT tag FROM state.thing WHERE ref = 'acme-group')");
    refused(i, "lea", "proof export", "{'account':'acme-group'}", ERR_BROKEN, "missing");
}
