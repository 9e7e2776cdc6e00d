/* keyring.h - the log's private keys, as far as an instance has them. Which of them signs is not
 * the ring's to say: the log does (log.head). From any thread.
 *
 *     DATA/keys/log.key         the key that signs
 *     DATA/keys/log-<id>.key    others: one that is made and not yet used, those of before
 *
 * A file of mode 0600 holds PRIVATE+KEY+name+id+base64; or, for a key in a PKCS#11 token, its
 * verifier key and the URI, each on a line. */
#ifndef APP_KEYRING_H
#define APP_KEYRING_H

#include "crypto/signer.h"
#include "log/keys.h"

struct keyring;

/* The key in log.key, into a folder that has none. uri: of a key in a token; NULL: a new one. */
MUST struct err *keyring_make(struct arena *mem, const char *folder, const char *origin,
                              const char *uri);

/* folder is DATA. It goes with mem. A token is not needed for this. */
MUST struct err *keyring_open(struct arena *mem, const char *folder, struct keyring **ret);

const char *keyring_origin(const struct keyring *ring);

/* The key that has signed last; before that, the one in log.key. */
const char *keyring_vkey(struct keyring *ring);

bool keyring_in_token(struct keyring *ring); /* is that one? */

/* The key that signs now. When it is not here the folder is looked at again, since it may have been
 * put there meanwhile; ERR_UNAVAILABLE when it is not there either. It stays the ring's. */
MUST struct err *keyring_use(struct arena *mem, struct keyring *ring, const char *vkey,
                             struct signer **ret);
/* The same for a key that is to sign once. */
MUST struct err *keyring_signer(struct arena *mem, struct keyring *ring, const char *vkey,
                                struct signer **ret);
bool keyring_has(struct keyring *ring, const char *vkey);

/* A key to rotate to, in a file of its own: the one in the token that uri names; or, when it is
 * NULL, a new one, or one that was made before and is not among the used. */
MUST struct err *keyring_prepare(struct arena *mem, struct keyring *ring, const char *uri,
                                 const struct log_keys *used, const char **ret_vkey);

/* After a rotation: log.key is the key that signs, the others have their ids in their names; or,
 * with destroy, those that have signed before are no more. */
MUST struct err *keyring_settle(struct arena *mem, struct keyring *ring, const char *vkey,
                                const struct log_keys *used, bool destroy);

#endif
