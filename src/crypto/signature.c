/* signature.c - the one place that knows how kinds of keys differ; see signature.h. */
#include "crypto/signature.h"

#include "base/text.h"

const char signature_namespace[] = "tenure";

static const char passkey_begins[] = "passkey ";

const char *key_kind_name(enum key_kind kind)
{
    return kind == KEY_PASSKEY ? "passkey" : "ssh";
}

static struct public_key of_ssh(const struct ssh_public *key)
{
    return (struct public_key){KEY_SSH, key->line, key->fingerprint, {.ssh = *key}};
}

static struct public_key of_passkey(const struct passkey *key)
{
    return (struct public_key){KEY_PASSKEY, key->line, key->fingerprint, {.passkey = *key}};
}

struct err *public_key_parse(struct arena *mem, const char *line, struct public_key *ret)
{
    struct ssh_public ssh;
    struct passkey passkey;

    if (text_starts(line, passkey_begins)) {
        TRY(passkey_parse(mem, line, &passkey));
        *ret = of_passkey(&passkey);
    } else {
        TRY(ssh_public_parse(mem, line, &ssh));
        *ret = of_ssh(&ssh);
    }
    return NULL;
}

/* An SSH signature is armored, a passkey's is an object. */
static bool is_by_passkey(const char *signature)
{
    return *signature == '{';
}

struct err *signature_key(struct arena *mem, const char *signature, struct public_key *ret)
{
    struct ssh_public ssh;
    struct passkey passkey;

    if (is_by_passkey(signature)) {
        TRY(passkey_signature_key(mem, signature, &passkey));
        *ret = of_passkey(&passkey);
    } else {
        TRY(ssh_signature_key(mem, signature, &ssh));
        *ret = of_ssh(&ssh);
    }
    return NULL;
}

struct err *signature_verify(struct arena *mem, const struct public_key *key, struct bytes message,
                             const char *signature)
{
    if (is_by_passkey(signature) != (key->kind == KEY_PASSKEY))
        return err_new(mem, ERR_UNSIGNED, "the signature is by another key than %s",
                       key->fingerprint);
    if (key->kind == KEY_PASSKEY)
        return passkey_verify(mem, &key->as.passkey, message, signature);
    return ssh_verify(mem, &key->as.ssh, signature_namespace, message, signature);
}
