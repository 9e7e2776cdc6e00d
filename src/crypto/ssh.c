/* ssh.c - public and private OpenSSH keys; see ssh.h. */
#include "crypto/ssh.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "ssh_wire.h"

static const char plain[] = "ssh-ed25519", hardware[] = "sk-ssh-ed25519@openssh.com";

struct err *ssh_blob_parse(struct arena *mem, struct bytes blob, struct ssh_public *ret)
{
    struct reader r = reader_of(blob);
    struct ssh_public p = {.blob = blob};

    const char *type = wire_text(mem, &r);
    if (!r.failed && strcmp(type, plain) != 0 && strcmp(type, hardware) != 0)
        return err_new(mem, ERR_INVALID,
                       "keys of the type '%s' are not taken: make one with ssh-keygen -t ed25519",
                       type);
    struct bytes key = wire_string(&r);
    if (!r.failed && strcmp(type, hardware) == 0)
        p.application = wire_text(mem, &r);
    if (!reader_done(&r) || key.n != ED25519_PUBLIC)
        return err_new(mem, ERR_INVALID, "the SSH public key is malformed");
    p.type = type;
    memcpy(p.key, key.at, ED25519_PUBLIC);
    p.line = arena_printf(mem, "%s %s", type, base64_encode(mem, blob.at, blob.n));
    struct digest d = sha256(blob);
    char *base64 = base64_encode(mem, d.at, sizeof(d.at));
    base64[43] = '\0'; /* without its padding */
    p.fingerprint = arena_printf(mem, "SHA256:%s", base64);
    *ret = p;
    return NULL;
}

struct err *ssh_public_parse(struct arena *mem, const char *line, struct ssh_public *ret)
{
    const char *text = text_trim(mem, line);
    const char *space = strchr(text, ' ');
    struct ssh_public p;
    struct bytes blob;

    if (!space)
        return err_new(mem, ERR_INVALID,
                       "this is not an SSH public key: it looks like 'ssh-ed25519 AAAA...'");
    size_t n = strcspn(space + 1, " \t\r\n");
    if (!base64_decode(mem, space + 1, n, &blob))
        return err_new(mem, ERR_INVALID, "the SSH public key is not valid base64");
    TRY(ssh_blob_parse(mem, blob, &p));
    if (strlen(p.type) != (size_t)(space - text) || !text_starts(text, p.type))
        return err_new(mem, ERR_INVALID, "the SSH public key says one type and holds another");
    *ret = p;
    return NULL;
}

/* The part of a private key file that is encrypted when there is a passphrase. */
static struct err *private_section(struct arena *mem, struct bytes section,
                                   uint8_t ret_seed[ED25519_SEED], const struct ssh_public *pub)
{
    struct reader r = reader_of(section);

    uint32_t check1 = read_u32(&r), check2 = read_u32(&r);
    const char *type = wire_text(mem, &r);
    if (r.failed || check1 != check2 || strcmp(type, plain) != 0)
        return err_new(mem, ERR_INVALID, "the private key file is malformed");
    struct bytes public_key = wire_string(&r), secret = wire_string(&r);
    wire_string(&r); /* the comment */
    if (r.failed || public_key.n != ED25519_PUBLIC || secret.n != 64)
        return err_new(mem, ERR_INVALID, "the private key file is malformed");
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(secret.at);
    if (memcmp(ed25519_public(key), pub->key, ED25519_PUBLIC) != 0)
        return err_new(mem, ERR_INVALID, "the two halves of the private key file do not fit");
    memcpy(ret_seed, secret.at, ED25519_SEED);
    return NULL;
}

struct err *ssh_private_parse(struct arena *mem, struct bytes file, uint8_t ret_seed[ED25519_SEED],
                              struct ssh_public *ret_public)
{
    static const char magic[] = "openssh-key-v1";
    const char *text = arena_copy_n(mem, (const char *)file.at, file.n);
    struct bytes raw;

    if (!ssh_unarmor(mem, text, "OPENSSH PRIVATE KEY", &raw))
        return err_new(mem, ERR_INVALID, "this is not an OpenSSH private key file");
    struct reader r = reader_of(raw);
    struct bytes start = read_n(&r, sizeof(magic));
    const char *cipher = wire_text(mem, &r);
    wire_string(&r); /* key derivation and its options: only for encrypted keys */
    wire_string(&r);
    uint32_t keys = read_u32(&r);
    struct bytes public_blob = wire_string(&r), section = wire_string(&r);
    if (!reader_done(&r) || !bytes_same(start, bytes_of(magic, sizeof(magic))) || keys != 1)
        return err_new(mem, ERR_INVALID, "the private key file is malformed");
    TRY(ssh_blob_parse(mem, public_blob, ret_public));
    if (strcmp(cipher, "none") != 0)
        return err_new(mem, ERR_UNSIGNED, "the private key has a passphrase");
    if (strcmp(ret_public->type, plain) != 0)
        return err_new(mem, ERR_UNSIGNED, "the private key is in hardware");
    return private_section(mem, section, ret_seed, ret_public);
}
