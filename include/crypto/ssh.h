/* ssh.h - OpenSSH keys and signatures (PROTOCOL.key, PROTOCOL.sshsig), Ed25519 only.
 *
 * Hardware keys (sk-ssh-ed25519@openssh.com) verify here; they sign through ssh-keygen.
 */
#ifndef CRYPTO_SSH_H
#define CRYPTO_SSH_H

#include "base/err.h"
#include "crypto/ed25519.h"

enum { SSH_SIGNATURE_MAX = 4096, SSH_KEY_FILE_MAX = 65536 };

struct ssh_public {
    const char *type;  /* "ssh-ed25519" or "sk-ssh-ed25519@openssh.com" */
    struct bytes blob; /* as in the middle of a public key line */
    uint8_t key[ED25519_PUBLIC];
    const char *application; /* hardware keys only, else NULL */
    const char *line;        /* "type base64", without a comment */
    const char *fingerprint; /* "SHA256:..." as ssh-keygen -l shows it */
};

/* "ssh-ed25519 AAAA... comment". Other types are refused by name. */
MUST struct err *ssh_public_parse(struct arena *mem, const char *line, struct ssh_public *ret);

/* An unencrypted private key file; an encrypted one is ERR_UNSIGNED, so that the caller can go to
 * ssh-keygen instead. The seed is to be cleansed by the caller. */
MUST struct err *ssh_private_parse(struct arena *mem, struct bytes file,
                                   uint8_t ret_seed[ED25519_SEED], struct ssh_public *ret_public);

/* An armored SSHSIG over message. */
char *ssh_sign(struct arena *mem, struct ed25519 *key, const char *name_space,
               struct bytes message);

/* Is armored a signature over message in this namespace by this very key? ERR_UNSIGNED says why
 * not. */
MUST struct err *ssh_verify(struct arena *mem, const struct ssh_public *key, const char *name_space,
                            struct bytes message, const char *armored);

/* The key inside an armored signature. */
MUST struct err *ssh_signature_key(struct arena *mem, const char *armored, struct ssh_public *ret);

#endif
