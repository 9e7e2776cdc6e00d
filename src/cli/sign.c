/* sign.c - see sign.h. A plain key file is read here; a passphrase, an agent and a piece of
 * hardware are the business of ssh-keygen, which asks the user itself. */
#include "sign.h"

#include "base/file.h"
#include "base/text.h"
#include "log/intent.h"
#include "profile.h"
#include "run.h"
#include "json/record_json.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void cleanse_seed(uint8_t (*seed)[ED25519_SEED])
{
    secret_cleanse(*seed, ED25519_SEED);
}

const char *key_file(const struct cli *cli)
{
    return cli->options.key ? cli->options.key : cli->profile->key;
}

static struct err *through_ssh_keygen(struct arena *mem, const char *path, const char *text,
                                      const char **ret)
{
    const char *const argv[] = {"ssh-keygen",        "-q", "-Y", "sign", "-f", path, "-n",
                                signature_namespace, NULL};
    struct err *e = program_run(mem, argv, text, ret);

    if (e && e->kind == ERR_UNSIGNED)
        return err_new(
            mem, ERR_UNSIGNED,
            "ssh-keygen did not sign with %s: is the passphrase right, the agent running, "
            "the hardware key there?",
            path);
    return e;
}

/* The signature must be one that the service will take: better said here. */
static struct err *check(struct arena *mem, const char *path, const char *text, const char *armored)
{
    struct ssh_public key;
    struct err *e = ssh_signature_key(mem, armored, &key);

    if (!e)
        e = ssh_verify(mem, &key, signature_namespace, bytes_of_text(text), armored);
    if (e)
        return err_new(mem, ERR_UNSIGNED, "%s cannot be used to sign: %s", path, e->text);
    return NULL;
}

static struct err *is_a_key(struct arena *mem, const char *path, struct bytes file, struct err *e)
{
    struct ssh_public public_half;
    const char *text = arena_copy_n(mem, (const char *)file.at, file.n);

    if (e->kind == ERR_UNSIGNED || !ssh_public_parse(mem, text, &public_half))
        return NULL;
    return err_new(mem, ERR_INVALID, "%s: %s", path, e->text);
}

/* As OpenSSH does: a key that others can read is theirs as well. */
static struct err *refuse_open_key(struct arena *mem, const char *path, struct bytes file)
{
    const char *text = arena_copy_n(mem, (const char *)file.at, file.n);
    struct stat st;

    if (!strstr(text, "PRIVATE KEY") || stat(path, &st) != 0 || st.st_uid != getuid() ||
        (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return NULL;
    return err_new(mem, ERR_UNSIGNED,
                   "the private key %s can be read by others (mode %04o): chmod 600 %s", path,
                   (unsigned)(st.st_mode & 07777), path);
}

struct err *sign_text(struct arena *mem, const struct cli *cli, const char *path, const char *text,
                      const char **ret)
{
    AUTO(cleanse_seed) uint8_t seed[ED25519_SEED];
    struct ssh_public public_half;
    struct bytes file;

    if (!path)
        return err_new(
            mem, ERR_UNSIGNED,
            "it is not known which key to sign with: enrol one with tenure key enrol CODE, "
            "or name it with --key FILE");
    TRY(file_read(mem, path, SSH_KEY_FILE_MAX, &file));
    TRY(refuse_open_key(mem, path, file));
    struct err *e = ssh_private_parse(mem, file, seed, &public_half);
    if (!e) {
        AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
        *ret = ssh_sign(mem, key, signature_namespace, bytes_of_text(text));
        return NULL;
    }
    TRY(is_a_key(mem, path, file, e));
    if (cli->live)
        fprintf(cli->err, "tenure: signing with %s through ssh-keygen\n", path);
    TRY(through_ssh_keygen(mem, path, text, ret));
    return check(mem, path, text, *ret);
}

struct err *key_make(struct arena *mem, const char *path, const char *comment)
{
    const char *const with_terminal[] = {"ssh-keygen", "-q", "-t",    "ed25519", "-f",
                                         path,         "-C", comment, NULL};
    const char *const without[] = {"ssh-keygen", "-q",    "-t", "ed25519", "-f", path,
                                   "-C",         comment, "-N", "",        NULL};

    if (file_exists(path))
        return err_new(mem, ERR_CONFLICT, "%s is there already: use it with --key %s", path, path);
    struct err *e = program_run(mem, isatty(STDIN_FILENO) ? with_terminal : without, NULL, NULL);
    if (e && e->kind == ERR_UNSIGNED)
        return err_new(mem, ERR_SYSTEM, "ssh-keygen made no key at %s", path);
    return e;
}

/* ---- Envelopes ------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static size_t disclose(struct arena *mem, const struct record *r, const void *params,
                       const char **ret)
{
    const bool personal = true;
    const json_t *object = record_to_json(mem, r, params, &personal);
    const char *name;
    json_t *value;
    size_t n = 0;

    json_object_foreach (json_plain(object), name, value)
        ret[n++] = disclosure_new(mem, name, json_compact(mem, value));
    return n;
}

static const char *envelope_text(struct arena *mem, const char *intent, const char *signature,
                                 const char *const *disclosures, size_t n)
{
    struct jsonw w;
    struct buf out;

    buf_init(&out, mem, 8 << 20);
    jsonw_open(&w, &out);
    jsonw_text(&w, "intent", intent);
    jsonw_text(&w, "signature", signature);
    if (n) {
        jsonw_key(&w, "disclosures");
        for (size_t i = 0; i < n; i++) {
            buf_byte(&out, i ? ',' : '[');
            buf_json(&out, disclosures[i], strlen(disclosures[i]));
        }
        buf_byte(&out, ']');
    }
    jsonw_close(&w);
    return out.at;
}

struct err *envelope_new(struct arena *mem, const struct cli *cli, const char *command,
                         const struct record *r, const void *params, const char **ret,
                         const char **ret_nonce)
{
    const char *disclosures[RECORD_FIELDS_MAX], *signature;
    const bool open = false;
    struct intent intent = {
        .actor = cli->options.as ? cli->options.as : cli->profile->person,
        .at = now_ms(),
        .command = command,
        .log = cli->profile->log,
        .nonce = nonce_new(mem),
        .params = record_to_json(mem, r, params, &open),
    };

    if (!intent.actor)
        return err_new(
            mem, ERR_UNSIGNED,
            "it is not known who you are: enrol a key with tenure key enrol CODE, or say "
            "--as PERSON");
    size_t n = disclose(mem, r, params, disclosures);
    const char *text = intent_text(mem, &intent, disclosures, n);
    TRY(sign_text(mem, cli, key_file(cli), text, &signature));
    *ret = envelope_text(mem, text, signature, disclosures, n);
    if (ret_nonce)
        *ret_nonce = intent.nonce;
    return NULL;
}
