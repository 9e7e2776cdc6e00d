/* brake.c - see app/brake.h. */
#include "app/brake.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

enum { NETWORK_BYTES = 8 };

static size_t least_of(const struct brake *b)
{
    size_t least = 0;

    for (size_t i = 1; i < b->n; i++)
        if (b->at[i].count < b->at[least].count)
            least = i;
    return least;
}

static uint64_t *count_of(struct brake *b, const char *who)
{
    size_t i = 0;

    while (i < b->n && strncmp(b->at[i].who, who, BRAKE_NAME - 1) != 0)
        i++;
    if (i == b->n) {
        i = b->n < BRAKE_ROOM ? b->n++ : least_of(b);
        memset(b->at[i].who, 0, BRAKE_NAME);
        memcpy(b->at[i].who, who, strnlen(who, BRAKE_NAME - 1));
        b->at[i].count = 0;
    }
    return &b->at[i].count;
}

bool brake_take(struct brake *b, const char *who, uint64_t n, uint64_t most, int64_t now_ms)
{
    pthread_mutex_lock(&b->lock);
    if (b->since != now_ms / b->while_ms) {
        b->since = now_ms / b->while_ms;
        b->n = 0;
    }
    uint64_t *count = count_of(b, who);
    bool fits = *count <= most && n <= most - *count;
    if (fits)
        *count += n;
    pthread_mutex_unlock(&b->lock);
    return fits;
}

bool brake_holds(struct brake *b, const char *who, uint64_t most, int64_t now_ms)
{
    bool holds = false;

    pthread_mutex_lock(&b->lock);
    for (size_t i = 0; i < b->n && b->since == now_ms / b->while_ms; i++)
        if (strncmp(b->at[i].who, who, BRAKE_NAME - 1) == 0)
            holds = b->at[i].count >= most;
    pthread_mutex_unlock(&b->lock);
    return holds;
}

int brake_seconds(const struct brake *b, int64_t now_ms)
{
    return (int)((b->while_ms - now_ms % b->while_ms + 999) / 1000);
}

const char *brake_peer(struct arena *mem, const char *address)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr ip;

    if (!address || inet_pton(AF_INET6, address, &ip) != 1)
        return address ? address : "";
    if (IN6_IS_ADDR_V4MAPPED(&ip)) /* all of them are in one network */
        return inet_ntop(AF_INET, ip.s6_addr + 12, text, sizeof(text)) ? arena_copy(mem, text)
                                                                       : address;
    memset(ip.s6_addr + NETWORK_BYTES, 0, sizeof(ip.s6_addr) - NETWORK_BYTES);
    return inet_ntop(AF_INET6, &ip, text, sizeof(text)) ? arena_copy(mem, text) : address;
}
