/* profile.c - what is kept of the user and the log, and how the log is held to it. */
#include "../../src/cli/profile.h"

#include "../../src/cli/trust.h"
#include "base/file.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct arena *mem;
static char folder[] = "/tmp/tenure-profile-XXXXXX";
static struct ed25519 *log_key, *other_key;
static struct profile profile;
static struct cli cli;

static struct ed25519 *key_of(const char *name)
{
    struct digest seed = sha256(bytes_of_text(name));

    return ed25519_new(seed.at);
}

/* Nobody listens there: the tiles cannot be read. */
static void open_all(void)
{
    mem = arena_new();
    cr_assert_not_null(mkdtemp(folder));
    setenv("XDG_CONFIG_HOME", folder, 1);
    log_key = key_of("log");
    other_key = key_of("other");
    const struct note_verifier v =
        note_verifier_of("log.example", NOTE_ED25519, ed25519_public(log_key));
    cr_assert_ok(profile_load(mem, NULL, &profile));
    profile.vkey = note_verifier_text(mem, &v);
    profile.log = "log.example";
    profile.server = arena_printf(mem, "unix:%s/nobody", folder);
    profile.person = "94629c2b-77e8-4476-8beb-c6b764afed07";
    cr_assert_ok(profile_save(mem, &profile));
    cr_assert_ok(profile_load(mem, "default", &profile));
    cli = (struct cli){.mem = mem, .out = stdout, .err = stderr, .profile = &profile};
    cli.options.quiet = true;
}

static void close_all(void)
{
    ed25519_free(log_key);
    ed25519_free(other_key);
    cr_assert_eq(system(arena_printf(mem, "rm -rf %s", folder)), 0);
    arena_free(mem);
}

TestSuite(profile, .init = open_all, .fini = close_all);

static mode_t mode_of(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0, "%s", path);
    return st.st_mode & 0777;
}

Test(profile, comes_back_as_it_was_and_is_the_users_alone)
{
    struct session s = {.token = "tt1.x", .expires_at = "2026-01-01T00:00:00.000Z", .actor = "a"},
                   t;

    cr_expect(profile.saved);
    cr_expect_str_eq(profile.log, "log.example");
    cr_expect_str_eq(profile.person, "94629c2b-77e8-4476-8beb-c6b764afed07");
    cr_expect_null(profile.key);
    cr_expect_eq(mode_of(profile_path(mem, &profile, "json")), 0600);
    cr_expect_eq(mode_of(profile.folder), 0700);
    cr_assert_ok(session_save(mem, &profile, &s));
    cr_assert_ok(session_load(mem, &profile, &t));
    cr_expect_str_eq(t.token, "tt1.x");
    cr_expect_null(t.server);
    cr_expect_eq(mode_of(profile_path(mem, &profile, "session")), 0600);
}

Test(profile, that_is_not_there_is_empty)
{
    struct profile none;
    struct session s;

    cr_assert_ok(profile_load(mem, "none", &none));
    cr_expect(!none.saved && !none.vkey && !none.server);
    cr_assert_ok(session_load(mem, &none, &s));
    cr_expect_null(s.token);
}

Test(profile, names_are_plain)
{
    static const char *const bad[] = {"", "../x", "a/b", ".", "a b", "ä"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct profile p;
        struct err *e = profile_load(mem, bad[i], &p);
        cr_expect(e && e->kind == ERR_USAGE, "%s", bad[i]);
    }
}

Test(profile, a_broken_file_is_named)
{
    struct profile p;

    cr_assert_ok(profile_write(mem, &profile, "json", bytes_of_text("{\"server\":")));
    struct err *e = profile_load(mem, NULL, &p);
    cr_assert_not_null(e);
    cr_expect(strstr(e->text, "default.json"), "%s", e->text);
}

Test(profile, what_a_later_version_wrote_is_passed_over)
{
    struct profile p;

    cr_assert_ok(profile_write(mem, &profile, "json", bytes_of_text("{\"log\":\"l\",\"new\":{}}")));
    cr_assert_ok(profile_load(mem, NULL, &p));
    cr_expect_str_eq(p.log, "l");
}

/* ---- Trust ----------------------------------------------------------------------------------- */

static const char *note(uint64_t size, const char *root, struct ed25519 *key)
{
    struct checkpoint c = {
        .origin = "log.example", .size = size, .root = sha256(bytes_of_text(root))};

    return note_sign(mem, checkpoint_text(mem, &c), "log.example", key);
}

static struct err *take(const char *text, bool late)
{
    struct trust before;

    TRY(trust_begin(mem, &cli, &before));
    return trust_take(mem, &cli, &before, text, late);
}

static uint64_t kept(const char *what)
{
    struct checkpoint c = {.size = 0};
    struct log_keys keys;
    const char *text;

    cr_assert_ok(trust_keys(mem, &cli, &keys));
    cr_assert_ok(trust_kept(mem, &cli, &keys, what, &text, &c));
    return text ? c.size : 0;
}

static void caught(struct err *e, const char *words)
{
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_BROKEN);
    cr_expect(strstr(e->text, words), "%s", e->text);
}

Test(profile, the_newest_checkpoint_is_remembered)
{
    cr_assert_ok(take(note(5, "a", log_key), false));
    cr_expect_eq(kept("newest"), 5);
    cr_expect_eq(kept("linked"), 5);
    cr_assert_ok(take(note(9, "b", log_key), false));
    cr_expect_eq(kept("newest"), 9);
    cr_expect_eq(kept("linked"), 5, "nothing showed that 9 goes on from 5");
    cr_assert_ok(take(note(9, "b", log_key), false));
}

Test(profile, a_shorter_log_is_caught_and_proof_of_it_kept)
{
    cr_assert_ok(take(note(9, "b", log_key), false));
    struct err *e = take(note(5, "a", log_key), false);
    caught(e, "become shorter: it had 9 entries and now it has 5");
    cr_assert(e->items && e->items->next);
    const char *at = strstr(e->items->next->text, folder);
    struct bytes both;
    cr_assert_not_null(at, "%s", e->items->next->text);
    cr_assert_ok(file_read(mem, at, 10000, &both));
    cr_expect(strstr((const char *)both.at, "log.example\n9\n"));
    cr_expect(strstr((const char *)both.at, "log.example\n5\n"));
    cr_expect_eq(kept("newest"), 9);
}

Test(profile, an_answer_that_comes_late_may_be_an_old_one)
{
    cr_assert_ok(take(note(9, "b", log_key), false));
    cr_expect_null(take(note(5, "a", log_key), true));
    cr_expect_eq(kept("newest"), 9);
}

Test(profile, another_root_at_the_same_size_is_caught)
{
    cr_assert_ok(take(note(9, "b", log_key), false));
    caught(take(note(9, "c", log_key), false), "rewritten or is shown in two versions");
    caught(take(note(9, "c", log_key), true), "rewritten or is shown in two versions");
}

Test(profile, another_key_is_caught)
{
    caught(take(note(9, "b", other_key), false), "does not verify");
    cr_expect_eq(kept("newest"), 0);
}

Test(profile, without_a_pinned_key_only_the_signature_counts)
{
    profile.saved = false;
    cr_assert_ok(take(note(9, "b", log_key), false));
    cr_assert_ok(take(note(5, "a", log_key), false));
    caught(take(note(9, "b", other_key), false), "does not verify");
    cr_expect_eq(kept("newest"), 0);
}
