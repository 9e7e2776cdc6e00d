/* signature.h - what people sign with and what they have signed, whatever kind of key it is: an SSH
 * key (ssh.h) or a passkey (webauthn.h). Nobody above needs to ask which.
 */
#ifndef CRYPTO_SIGNATURE_H
#define CRYPTO_SIGNATURE_H

#include "crypto/ssh.h"
#include "crypto/webauthn.h"

enum key_kind { KEY_SSH, KEY_PASSKEY };

struct public_key {
    enum key_kind kind;
    const char *line;        /* as the log keeps it */
    const char *fingerprint; /* "SHA256:…" */
    union {
        struct ssh_public ssh;
        struct passkey passkey;
    } as;
};

extern const char signature_namespace[]; /* of the SSH signatures: "tenure" */

/* "ssh" or "passkey". */
const char *key_kind_name(enum key_kind kind);

/* "ssh-ed25519 AAAA…", "passkey RP-ID …". */
MUST struct err *public_key_parse(struct arena *mem, const char *line, struct public_key *ret);

/* The key inside a signature. */
MUST struct err *signature_key(struct arena *mem, const char *signature, struct public_key *ret);

/* Is signature over message by this very key? ERR_UNSIGNED says why not. */
MUST struct err *signature_verify(struct arena *mem, const struct public_key *key,
                                  struct bytes message, const char *signature);

#endif
