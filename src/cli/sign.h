/* sign.h - the user's signature over what they ask for. */
#ifndef CLI_SIGN_H
#define CLI_SIGN_H

#include "cli.h"

/* The key file to sign with: --key, TENURE_KEY, the profile's. NULL when none is known. */
const char *key_file(const struct cli *cli);

/* An armored SSHSIG over the text by the key in this file: directly by a plain Ed25519 key, through
 * ssh-keygen by any other. */
MUST struct err *sign_text(struct arena *mem, const struct cli *cli, const char *key_path,
                           const char *text, const char **ret);

/* A new Ed25519 key at path, made by ssh-keygen, which asks for a passphrase on a terminal. */
MUST struct err *key_make(struct arena *mem, const char *path, const char *comment);

/* A signed request for the command "noun verb": {"intent":…,"signature":…,"disclosures":[…]}.
 * params are those of the record; personal ones become disclosures. *ret_nonce may be NULL. */
MUST struct err *envelope_new(struct arena *mem, const struct cli *cli, const char *command,
                              const struct record *r, const void *params, const char **ret,
                              const char **ret_nonce);

#endif
