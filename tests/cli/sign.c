/* sign.c - intents are signed as the service demands, whatever holds the key. */
#include "../../src/cli/sign.h"

#include "../../src/cli/profile.h"
#include "../../src/cli/run.h"
#include "base/file.h"
#include "log/intent.h"
#include "support/vectors.h"
#include "json/record_json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct arena *mem;
static char folder[] = "/tmp/tenure-sign-XXXXXX";
static struct profile profile;
static struct cli cli;

static void open_all(void)
{
    mem = arena_new();
    cr_assert_not_null(mkdtemp(folder));
    unsetenv("SSH_AUTH_SOCK");
    setenv("SSH_ASKPASS_REQUIRE", "never", 1);
    profile =
        (struct profile){.name = "x", .folder = folder, .log = "log.example", .person = "ana"};
    cli = (struct cli){.mem = mem, .out = stdout, .err = stderr, .profile = &profile};
}

static void close_all(void)
{
    cr_assert_eq(system(arena_printf(mem, "rm -rf %s", folder)), 0);
    arena_free(mem);
}

TestSuite(sign, .init = open_all, .fini = close_all);

/* ssh-keygen, or the test has nothing to say. */
static const char *key(const char *name, const char *type, const char *passphrase)
{
    const char *path = arena_printf(mem, "%s/%s", folder, name);
    const char *const argv[] = {"ssh-keygen", "-q", "-t", type, "-f", path, "-N", passphrase, NULL};

    struct err *e = program_run(mem, argv, NULL, NULL);
    if (e && e->kind == ERR_SYSTEM)
        cr_skip("ssh-keygen is not installed");
    cr_assert_null(e);
    return path;
}

static void verifies(const char *signature, const char *text, const char *public_file)
{
    struct ssh_public public_half;
    struct bytes line;

    cr_assert_ok(file_read(mem, public_file, 10000, &line));
    cr_assert_ok(ssh_public_parse(mem, (const char *)line.at, &public_half));
    cr_assert_ok(
        ssh_verify(mem, &public_half, signature_namespace, bytes_of_text(text), signature));
}

Test(sign, a_plain_key_signs_directly_and_through_ssh_keygen)
{
    const char *path = key("plain", "ed25519", ""),
               *public_file = arena_printf(mem, "%s.pub", path);
    const char *direct, *through;

    cr_assert_ok(sign_text(mem, &cli, path, "some intent", &direct));
    verifies(direct, "some intent", public_file);
    cr_assert_ok(sign_text(mem, &cli, public_file, "some intent", &through));
    verifies(through, "some intent", public_file);
}

Test(sign, a_key_that_others_can_read_is_refused)
{
    const char *path = key("open", "ed25519", ""), *signature;

    cr_assert_eq(chmod(path, 0644), 0);
    struct err *e = sign_text(mem, &cli, path, "some intent", &signature);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNSIGNED);
    cr_expect_not_null(strstr(e->text, "chmod 600"), "%s", e->text);
    cr_assert_eq(chmod(path, 0600), 0);
    cr_assert_ok(sign_text(mem, &cli, path, "some intent", &signature));
}

Test(sign, what_cannot_sign_says_so)
{
    const char *locked = key("locked", "ed25519", "secret"), *rsa = key("rsa", "rsa", "");
    const char *text = arena_printf(mem, "%s/notes.txt", folder);
    struct {
        const char *path, *words;
        enum err_kind kind;
    } rows[] = {
        {NULL, "which key to sign with", ERR_UNSIGNED},
        {"/nowhere/key", "cannot open /nowhere/key", ERR_NOT_FOUND},
        {locked, "ssh-keygen did not sign with", ERR_UNSIGNED},
        {rsa, "ssh-keygen -t ed25519", ERR_INVALID},
        {text, "not an OpenSSH private key", ERR_INVALID},
    };

    cr_assert_ok(file_write(mem, text, 0600, bytes_of_text("hello\n")));
    cr_assert_not_null(freopen("/dev/null", "w", stderr)); /* ssh-keygen's own words */
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *signature;
        struct err *e = sign_text(mem, &cli, rows[i].path, "x", &signature);
        cr_assert_not_null(e, "row %zu", i);
        cr_expect_eq(e->kind, rows[i].kind, "row %zu: %s", i, e->text);
        cr_expect(strstr(e->text, rows[i].words), "row %zu: %s", i, e->text);
    }
}

/* What the service does with it: job_signed() in src/app/job.c. */
Test(sign, an_envelope_holds_what_was_said_and_personal_words_as_digests)
{
    const struct noun *noun;
    const struct command *c = command_find("person register", &noun);
    const char *path = key("plain", "ed25519", ""), *text, *nonce;
    void *params = arena_alloc(mem, c->params.size + 1);
    struct disclosure personal[4];
    const json_t *opened;
    struct ssh_public who;
    struct intent intent;
    json_t *envelope;
    size_t n;

    cr_assert_ok(field_set(mem, record_find(&c->params, "person"), "e1007", params));
    cr_assert_ok(field_set(mem, record_find(&c->params, "name"), "Ana \"A\" Petrova", params));
    cr_assert_ok(field_set(mem, record_find(&c->params, "external"), "true", params));
    cli.options.key = path;
    cr_assert_ok(envelope_new(mem, &cli, "person register", &c->params, params, &text, &nonce));
    cr_assert_ok(json_read(mem, bytes_of_text(text), 1 << 20, "it", &envelope));
    const char *signed_text = json_text(envelope, "intent");
    cr_expect_null(strstr(signed_text, "Petrova"));
    cr_assert_ok(ssh_signature_key(mem, json_text(envelope, "signature"), &who));
    cr_assert_ok(ssh_verify(mem, &who, signature_namespace, bytes_of_text(signed_text),
                            json_text(envelope, "signature")));
    cr_assert_ok(intent_parse(mem, bytes_of_text(signed_text), &intent));
    cr_expect_str_eq(intent.actor, "ana");
    cr_expect_str_eq(intent.command, "person register");
    cr_expect_str_eq(intent.log, "log.example");
    cr_expect_str_eq(intent.nonce, nonce);
    const json_t *array = json_object_get(envelope, "disclosures");
    for (n = 0; n < json_array_size(array); n++)
        cr_assert_ok(
            disclosure_parse(mem, json_string_value(json_array_get(array, n)), &personal[n]));
    cr_assert_eq(n, 1);
    cr_assert_ok(intent_open(mem, &intent, personal, n, &opened));
    cr_expect_str_eq(json_text(opened, "name"), "Ana \"A\" Petrova");
    cr_expect_str_eq(json_text(opened, "person"), "e1007");
    cr_expect(json_is_true(json_object_get(opened, "external")));
}

Test(sign, nobody_in_particular_cannot_sign)
{
    const struct noun *noun;
    const struct command *c = command_find("session open", &noun);
    const char *text, *nonce;

    profile.person = NULL;
    struct err *e = envelope_new(mem, &cli, "session open", &c->params,
                                 arena_alloc(mem, c->params.size + 1), &text, &nonce);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNSIGNED);
}

Test(sign, a_key_is_made_once)
{
    const char *path = arena_printf(mem, "%s/new", folder);

    key("any", "ed25519", ""); /* skips without ssh-keygen */
    cr_assert_not_null(freopen("/dev/null", "r", stdin));
    cr_assert_ok(key_make(mem, path, "tenure ana"));
    cr_expect(file_exists(path) && file_exists(arena_printf(mem, "%s.pub", path)));
    struct err *e = key_make(mem, path, "tenure ana");
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_CONFLICT);
}

/* ---- Other programs -------------------------------------------------------------------------- */

Test(sign, programs_are_fed_and_heard)
{
    const char *const cat[] = {"cat", NULL}, *const fails[] = {"false", NULL};
    const char *const deaf[] = {"true", NULL}, *const none[] = {"tenure-no-such-program", NULL};
    char *much = arena_alloc(mem, 300001);
    const char *out;

    memset(much, 'x', 300000);
    cr_assert_ok(program_run(mem, cat, "hello", &out));
    cr_expect_str_eq(out, "hello");
    cr_assert_ok(program_run(mem, deaf, much, NULL)); /* does not read: no SIGPIPE for us */
    struct err *e = program_run(mem, fails, "", &out);
    cr_expect(e && e->kind == ERR_UNSIGNED);
    e = program_run(mem, none, NULL, &out);
    cr_expect(e && e->kind == ERR_SYSTEM && strstr(e->text, "is it installed"));
}
