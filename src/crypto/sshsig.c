/* sshsig.c - signatures by SSH keys over files (PROTOCOL.sshsig); see ssh.h.
 *
 * The blob is "SSHSIG", version 1, the public key, a namespace that keeps signatures for one
 * purpose from serving another, an empty reserved string, the hash's name and the signature.
 */
#include "crypto/hash.h"
#include "ssh_wire.h"

static const char label[] = "SSH SIGNATURE";
enum { USER_PRESENT = 0x01 };

struct sshsig {
    struct bytes key, name_space, reserved, hash, signature;
};

static struct err *parse(struct arena *mem, const char *armored, struct sshsig *ret)
{
    struct bytes raw;

    if (strlen(armored) > SSH_SIGNATURE_MAX || !ssh_unarmor(mem, armored, label, &raw))
        return err_new(mem, ERR_UNSIGNED, "this is not an armored SSH signature");
    struct reader r = reader_of(raw);
    struct bytes magic = read_n(&r, 6);
    uint32_t version = read_u32(&r);
    struct sshsig s;
    s.key = wire_string(&r);
    s.name_space = wire_string(&r);
    s.reserved = wire_string(&r);
    s.hash = wire_string(&r);
    s.signature = wire_string(&r);
    if (!reader_done(&r) || !bytes_same(magic, bytes_of_text("SSHSIG")) || version != 1)
        return err_new(mem, ERR_UNSIGNED, "the SSH signature is malformed");
    *ret = s;
    return NULL;
}

/* What the key signs: the digest of the message, wrapped. */
static struct bytes signed_data(struct arena *mem, struct bytes name_space, struct bytes reserved,
                                struct bytes hash, struct bytes message)
{
    uint8_t digest[SHA512_BYTES];
    size_t n = SHA512_BYTES;
    struct buf out;

    if (bytes_same(hash, bytes_of_text("sha256"))) {
        struct digest d = sha256(message);
        memcpy(digest, d.at, n = sizeof(d.at));
    } else {
        sha512(message, digest);
    }
    buf_init(&out, mem, 65536);
    buf_text(&out, "SSHSIG");
    wire_add(&out, name_space);
    wire_add(&out, reserved);
    wire_add(&out, hash);
    wire_add(&out, bytes_of(digest, n));
    return bytes_of(out.at, out.n);
}

/* A hardware key signs the hash of what it was asked for, with its flags and counter. */
static bool hardware_verify(const struct ssh_public *key, struct bytes data, struct bytes signature,
                            struct reader *rest)
{
    uint8_t flags = read_u8(rest), counter[4];

    write_u32(counter, read_u32(rest));
    struct digest application = sha256(bytes_of_text(key->application)), d = sha256(data);
    uint8_t message[32 + 1 + 4 + 32];
    memcpy(message, application.at, 32);
    message[32] = flags;
    memcpy(message + 33, counter, 4);
    memcpy(message + 37, d.at, 32);
    return reader_done(rest) && (flags & USER_PRESENT) &&
           ed25519_verify(key->key, bytes_of(message, sizeof(message)), signature);
}

static bool signature_verify(struct arena *mem, const struct ssh_public *key, struct bytes data,
                             struct bytes blob)
{
    struct reader r = reader_of(blob);

    const char *type = wire_text(mem, &r);
    struct bytes signature = wire_string(&r);
    if (r.failed || strcmp(type, key->type) != 0)
        return false;
    if (key->application)
        return hardware_verify(key, data, signature, &r);
    return reader_done(&r) && ed25519_verify(key->key, data, signature);
}

struct err *ssh_verify(struct arena *mem, const struct ssh_public *key, const char *name_space,
                       struct bytes message, const char *armored)
{
    struct sshsig s;

    TRY(parse(mem, armored, &s));
    if (!bytes_same(s.key, key->blob))
        return err_new(mem, ERR_UNSIGNED, "the signature is by another key than %s",
                       key->fingerprint);
    if (!bytes_same(s.name_space, bytes_of_text(name_space)))
        return err_new(mem, ERR_UNSIGNED, "the signature is for another purpose than '%s'",
                       name_space);
    if (!bytes_same(s.hash, bytes_of_text("sha512")) &&
        !bytes_same(s.hash, bytes_of_text("sha256")))
        return err_new(mem, ERR_UNSIGNED, "the signature uses an unknown hash");
    struct bytes data = signed_data(mem, s.name_space, s.reserved, s.hash, message);
    if (s.reserved.n || !signature_verify(mem, key, data, s.signature))
        return err_new(mem, ERR_UNSIGNED, "the signature by %s does not verify", key->fingerprint);
    return NULL;
}

struct err *ssh_signature_key(struct arena *mem, const char *armored, struct ssh_public *ret)
{
    struct sshsig s;

    TRY(parse(mem, armored, &s));
    return ssh_blob_parse(mem, s.key, ret);
}

char *ssh_sign(struct arena *mem, struct ed25519 *key, const char *name_space, struct bytes message)
{
    static const char type[] = "ssh-ed25519";
    const struct bytes space = bytes_of_text(name_space), none = {0},
                       hash = bytes_of_text("sha512");
    uint8_t raw[ED25519_SIGNATURE], version[4];
    struct buf blob, signature, out;

    ed25519_sign(key, signed_data(mem, space, none, hash, message), raw);
    buf_init(&blob, mem, 256);
    wire_add(&blob, bytes_of_text(type));
    wire_add(&blob, bytes_of(ed25519_public(key), ED25519_PUBLIC));
    buf_init(&signature, mem, 256);
    wire_add(&signature, bytes_of_text(type));
    wire_add(&signature, bytes_of(raw, sizeof(raw)));

    buf_init(&out, mem, SSH_SIGNATURE_MAX);
    buf_text(&out, "SSHSIG");
    write_u32(version, 1);
    buf_add(&out, version, sizeof(version));
    wire_add(&out, bytes_of(blob.at, blob.n));
    wire_add(&out, space);
    wire_add(&out, none);
    wire_add(&out, hash);
    wire_add(&out, bytes_of(signature.at, signature.n));
    return ssh_armor(mem, label, bytes_of(out.at, out.n));
}
