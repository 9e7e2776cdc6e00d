/* logkey.c - the log's key gives way to another: in the database, in proofs, in the audit, and for
 * a second service that was not told. */
#include "stories.h"
#include "support/database.h"
#include "support/hsm.h"
#include "support/vectors.h"

#include "app/batch.h"
#include "app/bootstrap.h"
#include "app/logkey.h"
#include "app/seal.h"
#include "app/service.h"
#include "base/file.h"
#include "tenure/bundle.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define STORY(name) \
    static void name(struct arena *mem); \
    Test(logkey, name) \
    { \
        AUTO(arena_auto) struct arena *mem = arena_new(); \
        name(mem); \
    } \
    static void name(struct arena *mem)

/* ---- Tools ----------------------------------------------------------------------------------- */

/* A copy of a data directory's keys, as another service has them. */
static const char *keys_copied(struct arena *mem, const char *from)
{
    char *to = arena_printf(mem, "%s/keys.XXXXXX", getenv("TENURE_TEST_FILES"));

    cr_assert_not_null(mkdtemp(to));
    cr_assert_eq(system(arena_printf(mem, "cp -a '%s/keys' '%s/keys'", from, to)), 0);
    return to;
}

static struct instance *with_own_keys(struct arena *mem, const char **ret_folder)
{
    struct instance *i = instance_new(mem);

    *ret_folder = keys_copied(mem, database_folder(mem, "instance"));
    cr_assert_ok(service_load(mem, *ret_folder, &i->service));
    return i;
}

static struct log_keys history(struct instance *i)
{
    struct log_keys keys;

    cr_assert_ok(logkey_history(i->mem, i->store, &keys));
    return keys;
}

static const char *rotated(struct instance *i, const char *uri, bool destroy)
{
    struct log_keys keys = history(i);
    const char *to;

    cr_assert_ok(keyring_prepare(i->mem, i->service.keys, uri, &keys, &to));
    cr_assert_ok(logkey_rotate(i->mem, i->store, &i->service, to, i->now));
    keys = history(i);
    cr_assert_ok(keyring_settle(i->mem, i->service.keys, to, &keys, destroy));
    return to;
}

static const char *newest_note(struct instance *i)
{
    struct rows *rows;

    cr_assert_ok(store_call(i->mem, i->store, "log_checkpoint", NULL, &rows));
    return rows_text(rows, 0, "note");
}

static uint64_t size_of(struct instance *i)
{
    struct log_head head;

    cr_assert_ok(log_look(i->mem, i->store, &head));
    return head.range.size;
}

static bool is_signed_by(struct instance *i, const char *note, const char *vkey)
{
    struct note_verifier v;
    struct checkpoint c;

    cr_assert_ok(note_verifier_parse(i->mem, vkey, &v));
    return !checkpoint_open(i->mem, bytes_of_text(note), &v, &c);
}

static void unit(struct instance *i, const char *name)
{
    did(i, "adm", "unit register", arena_printf(i->mem, "{'unit':'%s','name':'%s'}", name, name));
}

static bool has_file(struct instance *i, const char *folder, const char *vkey)
{
    struct note_verifier v;

    cr_assert_ok(note_verifier_parse(i->mem, vkey, &v));
    return file_exists(
        arena_printf(i->mem, "%s/keys/log-%s.key", folder, hex_encode(i->mem, v.id, sizeof(v.id))));
}

/* ---- Rotating -------------------------------------------------------------------------------- */

STORY(another_key_signs_from_the_next_checkpoint_on)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    const char *first = keyring_vkey(i->service.keys);
    const char *second = rotated(i, NULL, false);
    uint64_t turn = size_of(i);

    cr_expect_str_neq(first, second);
    cr_expect(is_signed_by(i, newest_note(i), first), "the old key signs the change");
    cr_expect(is_signed_by(i, newest_note(i), second), "and so does the new one");
    unit(i, "after");
    cr_expect(!is_signed_by(i, newest_note(i), first));
    cr_expect(is_signed_by(i, newest_note(i), second));
    cr_expect_str_eq(keyring_vkey(i->service.keys), second);
    struct log_keys keys = history(i);
    cr_assert_eq(keys.n, 2);
    cr_expect_str_eq(keys.at[0].vkey, first);
    cr_expect_eq(keys.at[0].until, turn);
    cr_expect_str_eq(keys.at[1].vkey, second);
    cr_expect(has_file(i, folder, first), "the old key is kept under its id");
    cr_expect(!has_file(i, folder, second));
    const json_t *service = did(i, NULL, "service show", "{}");
    cr_expect_str_eq(json_text(service, "vkey"), second);
    audit_is_clean(i);
}

STORY(three_times_and_the_old_ones_destroyed)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    const char *first = keyring_vkey(i->service.keys), *second = rotated(i, NULL, false);

    unit(i, "one");
    rotated(i, NULL, false); /* at once again: nothing between the two */
    rotated(i, NULL, true);
    unit(i, "two");
    cr_expect_eq(history(i).n, 4);
    cr_expect(!has_file(i, folder, first) && !has_file(i, folder, second));
    struct service again;
    struct log_keys keys = history(i);
    cr_assert_ok(service_load(mem, folder, &again));
    cr_expect_str_eq(keyring_vkey(again.keys), log_keys_newest(&keys)->vkey);
    audit_is_clean(i);
}

/* Wherever it is cut short, what is there is whole, and the next start or rotation goes on. */
STORY(a_rotation_that_was_cut_short)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    const char *first = keyring_vkey(i->service.keys), *to, *again;
    struct log_keys keys = history(i);
    struct service started;

    cr_assert_ok(keyring_prepare(mem, i->service.keys, NULL, &keys, &to));
    cr_assert_ok(service_load(mem, folder, &started)); /* killed with the file made */
    cr_expect_str_eq(keyring_vkey(started.keys), first);
    cr_assert_ok(bootstrap_check_keys(mem, i->store, &started));
    cr_assert_ok(keyring_prepare(mem, started.keys, NULL, &keys, &again));
    cr_expect_str_eq(again, to, "the key that was made is taken up");

    i->service = started;
    cr_assert_ok(logkey_rotate(mem, i->store, &i->service, to, i->now));
    cr_assert_ok(service_load(mem, folder, &i->service)); /* killed after the entry */
    cr_assert_ok(bootstrap_check_keys(mem, i->store, &i->service));
    unit(i, "after");
    cr_expect(is_signed_by(i, newest_note(i), to), "the log says which key signs, not its name");
    keys = history(i);
    cr_assert_ok(keyring_settle(mem, i->service.keys, to, &keys, false));
    cr_assert_ok(
        keyring_settle(mem, i->service.keys, to, &keys, false)); /* as often as one likes */
    cr_assert_ok(service_load(mem, folder, &started));
    cr_expect_str_eq(keyring_vkey(started.keys), to);
    cr_expect(has_file(i, folder, first));
    audit_is_clean(i);
}

STORY(to_the_key_that_signs_or_one_that_did_is_refused)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    const char *first = keyring_vkey(i->service.keys);
    uint64_t size = size_of(i);

    struct err *e = logkey_rotate(mem, i->store, &i->service, first, i->now);
    cr_assert(e && strstr(e->text, "already"), "%s", e ? e->text : "");
    e = logkey_rotate(mem, i->store, &i->service, "acme.example/tenure+00000000+x", i->now);
    cr_assert(e && e->kind == ERR_UNAVAILABLE, "%s", e ? e->text : "");
    cr_expect_eq(size_of(i), size, "nothing half done");
    unit(i, "after");
    cr_expect(is_signed_by(i, newest_note(i), first));
}

/* ---- A second service on the same database --------------------------------------------------- */

STORY(who_was_not_told_signs_nothing_until_the_key_is_there)
{
    const char *folder, *other_folder;
    struct instance *i = with_own_keys(mem, &folder), other = *i;

    other_folder = keys_copied(mem, folder);
    cr_assert_ok(service_load(mem, other_folder, &other.service));
    unit(&other, "before");
    const char *second = rotated(i, NULL, false);
    uint64_t size = size_of(i);
    refused(&other, "adm", "unit register", "{'unit':'x','name':'x'}", ERR_UNAVAILABLE,
            "bring the file log.key from the instance that rotated it");
    refused(&other, "lea", "log seal", "{}", ERR_UNAVAILABLE, "bring the file log.key");
    cr_expect_eq(size_of(i), size);
    struct err *e = bootstrap_check_keys(mem, i->store, &other.service);
    cr_assert(e && e->kind == ERR_BROKEN && strstr(e->text, second), "%s", e ? e->text : "");
    cr_assert_eq(system(arena_printf(mem, "cp '%s/keys/log.key' '%s/keys/log-new.key'", folder,
                                     other_folder)),
                 0);
    unit(&other, "after"); /* without a restart */
    cr_expect(is_signed_by(i, newest_note(i), second));
    unit(i, "both");
    audit_is_clean(i);
}

/* ---- Seals and proofs ------------------------------------------------------------------------ */

static struct bytes exported(struct instance *i, const char *more)
{
    i->attached = (struct bytes){0};
    did(i, "lea", "proof export", arena_printf(i->mem, "{'account':'acme-group'%s}", more));
    cr_assert(i->attached.n > 0, "no file came");
    return i->attached;
}

static void holds(struct instance *i, struct bytes zip, const char *vkey)
{
    struct bundle b;
    struct err *e = bundle_verify(i->mem, zip, vkey, &b);

    cr_expect_null(e, "by %s: %s", vkey ? vkey : "itself", e ? e->text : "");
}

static void fails(struct instance *i, struct bytes zip, const char *vkey, const char *words)
{
    struct bundle b;
    struct err *e = bundle_verify(i->mem, zip, vkey, &b);

    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, words), "%s", e->text);
}

STORY(proofs_hold_by_every_key_that_leads_to_theirs)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    const char *first = keyring_vkey(i->service.keys);

    sam_holds(i);
    struct bytes old = exported(i, "");
    i->now += 60000;
    const char *second = rotated(i, NULL, false);
    struct bytes new = exported(i, "");
    i->now += 60000;
    const char *third = rotated(i, NULL, true);
    struct bytes newest = exported(i, ""), past = exported(i, ",'as_of':'2026-11-22T10:00:00Z'");

    holds(i, old, first);
    fails(i, old, second, "it may be an earlier key of the same log");
    holds(i, new, first);
    holds(i, new, second);
    fails(i, new, third, "it may be an earlier key of the same log");
    const char *const all[] = {first, second, third, NULL};
    for (size_t k = 0; k < 4; k++) {
        holds(i, newest, all[k]);
        holds(i, past, all[k]);
    }
    audit_is_clean(i);
}

STORY(a_seal_is_signed_by_the_key_of_today)
{
    const char *folder, *first, *second;
    struct instance *i = with_own_keys(mem, &folder);
    uint64_t size = size_of(i);

    first = keyring_vkey(i->service.keys);
    const char *before = json_text(did(i, "lea", "log seal", "{}"), "seal");
    cr_expect(is_signed_by(i, before, first));
    second = rotated(i, NULL, true);
    struct seal seal;
    cr_assert_ok(store_begin(mem, i->store));
    cr_assert_ok(seal_make(mem, i->store, &i->service, size, &seal));
    cr_assert_ok(store_commit(mem, i->store));
    cr_expect(is_signed_by(i, seal.note, second), "the first key is no more, and not needed");
    cr_expect_eq(strncmp(seal.note, before, strcspn(before, "\xe2")), 0, "it says the same");
    audit_is_clean(i);
}

/* ---- The audit ------------------------------------------------------------------------------- */

static void instead(struct instance *i, uint64_t size, struct signer *by)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, i->mem);
    bind_int(&b, "size", (int64_t)size);
    cr_assert_ok(store_call(i->mem, i->store, "log_checkpoint_at", &b, &rows));
    struct note note;
    const char *text, *signed_text;
    cr_assert_ok(note_parse(i->mem, bytes_of_text(rows_text(rows, 0, "note")), &note));
    text = arena_copy_n(i->mem, (const char *)note.text.at, note.text.n);
    cr_assert_ok(note_sign_by(i->mem, text, i->service.origin, by, &signed_text));
    database_sql(i->mem, i->uri,
                 arena_printf(i->mem,
                              "SET session_replication_role = replica; UPDATE log.checkpoint SET "
                              "note = $x$%s$x$ WHERE size = %llu",
                              signed_text, (unsigned long long)size));
}

STORY(the_old_key_signing_on_is_found_out)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    struct signer *old;

    cr_assert_ok(keyring_signer(mem, i->service.keys, keyring_vkey(i->service.keys), &old));
    rotated(i, NULL, false);
    uint64_t turn = size_of(i);
    unit(i, "after");
    audit_is_clean(i);
    instead(i, turn + 1, old);
    audit_names(i, "log.checkpoint", arena_printf(mem, "%llu", (unsigned long long)turn + 1));
}

static void only(struct arena *mem, bool the_new)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    const char *first = keyring_vkey(i->service.keys), *second = rotated(i, NULL, false);
    struct signer *by;

    cr_assert_ok(keyring_signer(mem, i->service.keys, the_new ? second : first, &by));
    instead(i, size_of(i), by);
    audit_names(i, "log.checkpoint", arena_printf(mem, "%llu", (unsigned long long)size_of(i)));
}

STORY(a_change_that_only_the_old_key_signs_is_found_out)
{
    only(mem, false);
}

STORY(a_change_that_only_the_new_key_signs_is_found_out)
{
    only(mem, true);
}

STORY(the_key_in_the_head_is_that_of_the_entries)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    const char *first = keyring_vkey(i->service.keys);

    rotated(i, NULL, false);
    database_sql(mem, i->uri, arena_printf(mem, "UPDATE log.head SET vkey = '%s'", first));
    audit_names(i, "log.head", "one");
    database_sql(mem, i->uri, "UPDATE log.head SET vkey = NULL");
    audit_names(i, "log.head", "one");
}

/* ---- Tokens ---------------------------------------------------------------------------------- */

STORY(a_token_holds_the_key_goes_and_comes_back)
{
    const char *folder;
    struct instance *i = with_own_keys(mem, &folder);
    struct hsm *t = hsm_new(mem);
    struct service again;

    hsm_key(t, "log1", "01");
    const char *in_token = rotated(i, hsm_uri(t, "log1"), false);
    sam_holds(i);
    holds(i, exported(i, ""), in_token);
    cr_expect(is_signed_by(i, newest_note(i), in_token));
    uint64_t size = size_of(i);
    hsm_pull(t);
    refused(i, "adm", "unit register", "{'unit':'x','name':'x'}", ERR_UNAVAILABLE, "not there");
    refused(i, "lea", "log seal", "{}", ERR_UNAVAILABLE, "not there");
    cr_expect_eq(size_of(i), size, "nothing half done");
    cr_assert_ok(service_load(mem, folder, &again)); /* started, shown and audited without it */
    cr_expect_str_eq(keyring_vkey(again.keys), in_token);
    audit_is_clean(i);
    hsm_push(t);
    unit(i, "back");
    const char *file = rotated(i, NULL, false);
    unit(i, "in-a-file-again");
    cr_expect(is_signed_by(i, newest_note(i), file));
    audit_is_clean(i);
}

STORY(a_rotation_to_a_token_that_is_not_there_changes_nothing)
{
    const char *folder, *to;
    struct instance *i = with_own_keys(mem, &folder);
    struct hsm *t = hsm_new(mem);
    const char *first = keyring_vkey(i->service.keys);
    struct log_keys keys = history(i);
    uint64_t size = size_of(i);

    struct err *e = keyring_prepare(mem, i->service.keys, hsm_uri(t, "no such key"), &keys, &to);
    cr_assert(e && e->kind == ERR_INVALID, "%s", e ? e->text : "");
    e = keyring_prepare(mem, i->service.keys, hsm_uri(t, "none"), &keys, &to);
    cr_assert(e && e->kind == ERR_UNAVAILABLE, "%s", e ? e->text : "");
    hsm_key(t, "log1", "01");
    cr_assert_ok(keyring_prepare(mem, i->service.keys, hsm_uri(t, "log1"), &keys, &to));
    hsm_pull(t);
    e = logkey_rotate(mem, i->store, &i->service, to, i->now);
    cr_assert(e && e->kind == ERR_UNAVAILABLE, "%s", e ? e->text : "");
    cr_expect_eq(size_of(i), size);
    unit(i, "after");
    cr_expect(is_signed_by(i, newest_note(i), first));
    audit_is_clean(i);
}
