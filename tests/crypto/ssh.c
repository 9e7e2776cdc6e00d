/* ssh.c - keys and signatures against the vectors and against ssh-keygen itself. */
#include "crypto/ssh.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct arena *mem;
static char folder[64];

static void open_folder(void)
{
    mem = arena_new();
    snprintf(folder, sizeof(folder), "/tmp/tenure-ssh-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    cr_assert_eq(system(arena_printf(mem, "rm -r %s", folder)), 0);
    arena_free(mem);
}

TestSuite(ssh, .init = open_folder, .fini = remove_folder);

static struct bytes slurp(const char *name)
{
    struct bytes b;

    cr_assert_ok(file_read(mem, arena_printf(mem, "%s/%s", folder, name), 1 << 20, &b));
    return b;
}

static void spill(const char *name, const char *text)
{
    cr_assert_ok(
        file_write(mem, arena_printf(mem, "%s/%s", folder, name), 0600, bytes_of_text(text)));
}

static int shell(const char *command)
{
    return system(arena_printf(mem, "cd %s && { %s; } >/dev/null 2>&1", folder, command));
}

Test(ssh, the_vector_verifies_and_is_made_alike)
{
    const json_t *v = vectors(mem, "actor.json");
    struct bytes event = bytes_of_text(vector_text(v, "event"));
    const char *space = vector_text(v, "sshsig.namespace"),
               *armored = vector_text(v, "sshsig.armored");
    const char *line = strstr(vector_text(v, "sshsig.allowed_signers"), "ssh-ed25519");
    struct ssh_public key;
    uint8_t seed[32];

    cr_assert_ok(ssh_public_parse(mem, line, &key));
    cr_assert_ok(ssh_verify(mem, &key, space, event, armored));
    cr_assert(hex_decode(vector_text(v, "sshsig.seed_hex"), seed, 32));
    AUTO(ed25519_auto) struct ed25519 *signer = ed25519_new(seed);
    cr_expect_str_eq(ssh_sign(mem, signer, space, event), armored);
    cr_expect_not_null(ssh_verify(mem, &key, "another", event, armored));
    cr_expect_not_null(ssh_verify(mem, &key, space, bytes_of(event.at, event.n - 1), armored));
}

Test(ssh, no_changed_letter_of_a_signature_passes)
{
    const json_t *v = vectors(mem, "actor.json");
    const char *good = vector_text(v, "sshsig.armored");
    struct ssh_public key;

    cr_assert_ok(ssh_public_parse(
        mem, strstr(vector_text(v, "sshsig.allowed_signers"), "ssh-ed25519"), &key));
    for (size_t i = 0; i < strlen(good); i++) {
        char *bad = arena_copy(mem, good);
        bad[i] = (char)(bad[i] ^ 1);
        struct err *e = ssh_verify(mem, &key, vector_text(v, "sshsig.namespace"),
                                   bytes_of_text(vector_text(v, "event")), bad);
        bool line_end = good[i] == '\n';
        cr_expect(line_end || e, "letter %zu", i);
    }
}

Test(ssh, ssh_keygen_and_we_accept_each_other)
{
    struct ssh_public of_file, of_line, of_signature;
    uint8_t seed[32];

    cr_assert_eq(shell("ssh-keygen -q -t ed25519 -N '' -C somebody -f key"), 0);
    cr_assert_ok(ssh_private_parse(mem, slurp("key"), seed, &of_file));
    cr_assert_ok(ssh_public_parse(mem, (const char *)slurp("key.pub").at, &of_line));
    cr_expect_str_eq(of_file.fingerprint, of_line.fingerprint);

    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    spill("message", "a message\n");
    spill("ours.sig", ssh_sign(mem, key, "tenure", bytes_of_text("a message\n")));
    spill("allowed", arena_printf(mem, "who namespaces=\"tenure\" %s\n", of_line.line));
    cr_expect_eq(shell("ssh-keygen -Y verify -f allowed -I who -n tenure -s ours.sig < message"),
                 0);
    cr_expect_neq(shell("ssh-keygen -Y verify -f allowed -I who -n tenure -s ours.sig < key.pub"),
                  0);

    cr_assert_eq(shell("ssh-keygen -Y sign -f key -n tenure message"), 0);
    const char *theirs = (const char *)slurp("message.sig").at;
    cr_assert_ok(ssh_verify(mem, &of_line, "tenure", bytes_of_text("a message\n"), theirs));
    cr_assert_ok(ssh_signature_key(mem, theirs, &of_signature));
    cr_expect_str_eq(of_signature.fingerprint, of_line.fingerprint);
    cr_assert_eq(
        shell("rm message.sig; ssh-keygen -Y sign -O hashalg=sha256 -f key -n tenure message"), 0);
    cr_assert_ok(ssh_verify(mem, &of_line, "tenure", bytes_of_text("a message\n"),
                            (const char *)slurp("message.sig").at));
}

Test(ssh, keys_that_cannot_sign_here_say_so)
{
    struct ssh_public key;
    uint8_t seed[32];

    cr_assert_eq(shell("ssh-keygen -q -t ed25519 -N secret -f locked"), 0);
    struct err *e = ssh_private_parse(mem, slurp("locked"), seed, &key);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_UNSIGNED);
    cr_assert_eq(shell("ssh-keygen -q -t ecdsa -N '' -f other"), 0);
    e = ssh_public_parse(mem, (const char *)slurp("other.pub").at, &key);
    cr_assert_not_null(e);
    cr_expect_not_null(strstr(e->text, "ecdsa-sha2-nistp256"), "%s", e->text);
    cr_expect_not_null(ssh_public_parse(mem, "ssh-ed25519 AAAA", &key));
    cr_expect_not_null(ssh_public_parse(mem, "nonsense", &key));
}

/* A hardware key's signature, put together from the protocol's description. */
Test(ssh, hardware_keys_verify_and_need_a_touch)
{
    static const char application[] = "ssh:";
    uint8_t seed[32] = {7}, raw[64], counter[4] = {0, 0, 0, 9}, n[4];
    struct ssh_public key;

    AUTO(ed25519_auto) struct ed25519 *signer = ed25519_new(seed);
    for (int touched = 1; touched >= 0; touched--) {
        struct buf blob, data, wrapped, sig, all;
        uint8_t hash[64], flags = (uint8_t)touched;
#define WIRE(b, at, len) (write_u32(n, (uint32_t)(len)), buf_add(b, n, 4), buf_add(b, at, len))
        buf_init(&blob, mem, 500);
        WIRE(&blob, "sk-ssh-ed25519@openssh.com", 26);
        WIRE(&blob, ed25519_public(signer), 32);
        WIRE(&blob, application, 4);
        sha512(bytes_of_text("message"), hash);
        buf_init(&data, mem, 500);
        buf_text(&data, "SSHSIG");
        WIRE(&data, "tenure", 6);
        WIRE(&data, "", 0);
        WIRE(&data, "sha512", 6);
        WIRE(&data, hash, 64);
        buf_init(&wrapped, mem, 500);
        buf_add(&wrapped, sha256(bytes_of_text(application)).at, 32);
        buf_add(&wrapped, &flags, 1);
        buf_add(&wrapped, counter, 4);
        buf_add(&wrapped, sha256(bytes_of(data.at, data.n)).at, 32);
        ed25519_sign(signer, bytes_of(wrapped.at, wrapped.n), raw);
        buf_init(&sig, mem, 500);
        WIRE(&sig, "sk-ssh-ed25519@openssh.com", 26);
        WIRE(&sig, raw, 64);
        buf_add(&sig, &flags, 1);
        buf_add(&sig, counter, 4);
        buf_init(&all, mem, 1000);
        buf_add(&all, "SSHSIG\0\0\0\1", 10);
        WIRE(&all, blob.at, blob.n);
        WIRE(&all, "tenure", 6);
        WIRE(&all, "", 0);
        WIRE(&all, "sha512", 6);
        WIRE(&all, sig.at, sig.n);
        const char *armored =
            arena_printf(mem, "-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n",
                         base64_encode(mem, all.at, all.n));
        cr_assert_ok(ssh_signature_key(mem, armored, &key));
        cr_expect_str_eq(key.application, application);
        struct err *e = ssh_verify(mem, &key, "tenure", bytes_of_text("message"), armored);
        cr_expect_eq(e == NULL, touched == 1, "%s", e ? e->text : "accepted without a touch");
    }
}
