/* keyring.h - what the two files of the ring share: the ring, and the files it is filled from. */
#ifndef KEYRING_INTERNAL_H
#define KEYRING_INTERNAL_H

#include "app/keyring.h"

#include <pthread.h>

struct ring_key {
    const char *vkey;
    struct signer *signer;
    bool in_token;
    struct ring_key *next;
};

struct keyring {
    pthread_mutex_t lock;
    struct arena *mem; /* under the lock */
    const char *folder, *origin;
    struct ring_key *first, *current;
};

struct key_file {
    const char *path, *vkey, *origin;
    const char *uri;            /* of a key in a token; else NULL, and the seed is here */
    uint8_t seed[ED25519_SEED]; /* to be cleansed by the caller */
    struct key_file *next;
};

/* All that are in DATA/keys; and the one in log.key. */
MUST struct err *key_files(struct arena *mem, const char *folder, struct key_file **ret);
MUST struct err *key_file_main(struct arena *mem, const char *folder, struct key_file *ret);
struct signer *key_file_signer(const struct key_file *f);

#endif
