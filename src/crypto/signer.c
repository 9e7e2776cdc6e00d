/* signer.c - signing with a key in memory; see signer.h. */
#include "crypto/signer.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct seed_signer {
    struct signer signer; /* first: a pointer to one is a pointer to the other */
    pthread_mutex_t lock;
    struct ed25519 *key;
};

struct err *signer_sign(struct arena *mem, struct signer *s, struct bytes message,
                        uint8_t ret[ED25519_SIGNATURE])
{
    return s->sign(mem, s, message, ret);
}

void signer_free(struct signer *s)
{
    if (s)
        s->free(s);
}

static struct err *sign(struct arena *mem, struct signer *signer, struct bytes message,
                        uint8_t ret[ED25519_SIGNATURE])
{
    struct seed_signer *s = (struct seed_signer *)signer;

    (void)mem;
    pthread_mutex_lock(&s->lock);
    ed25519_sign(s->key, message, ret);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void release(struct signer *signer)
{
    struct seed_signer *s = (struct seed_signer *)signer;

    ed25519_free(s->key);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

struct signer *signer_of_seed(const uint8_t seed[ED25519_SEED])
{
    struct seed_signer *s = calloc(1, sizeof(*s));

    assert(s);
    s->signer.sign = sign;
    s->signer.free = release;
    s->key = ed25519_new(seed);
    memcpy(s->signer.public_key, ed25519_public(s->key), ED25519_PUBLIC);
    pthread_mutex_init(&s->lock, NULL);
    return &s->signer;
}
