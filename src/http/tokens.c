/* tokens.c - tokens of services that were good lately. A large body is read only for somebody who
 * is known, and the loop, which decides that, asks no database. */
#include "http_internal.h"

#include "app/token.h"

#include <string.h>

static bool among(const struct known_tokens *known, const char *digest)
{
    for (size_t i = 0; i < KNOWN_TOKENS; i++)
        if (strcmp(known->digests[i], digest) == 0)
            return true;
    return false;
}

void token_remember(struct http_server *s, const char *digest)
{
    struct known_tokens *known = &s->known;

    pthread_mutex_lock(&s->lock);
    if (!among(known, digest)) {
        char *place = known->digests[known->next++ % KNOWN_TOKENS];
        strncpy(place, digest, sizeof(known->digests[0]) - 1);
    }
    pthread_mutex_unlock(&s->lock);
}

bool token_is_known(struct http_server *s, const char *token)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *digest;

    if (!token_digest(mem, token, &digest))
        return false;
    pthread_mutex_lock(&s->lock);
    bool known = among(&s->known, digest);
    pthread_mutex_unlock(&s->lock);
    return known;
}
