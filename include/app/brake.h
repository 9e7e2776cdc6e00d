/* brake.h - how much one of many may do in a while. Each is counted by itself, so that nobody keeps
 * others waiting; by this process alone, and no longer than the while: it holds back whoever does
 * too much, and nothing depends on its count. */
#ifndef APP_BRAKE_H
#define APP_BRAKE_H

#include "base/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BRAKE_ROOM = 256, BRAKE_NAME = 46 };

/* One for each thing that is counted, static, with BRAKE_OF(minutes). */
struct brake {
    int64_t while_ms;
    pthread_mutex_t lock;
    int64_t since; /* the while that is counted, in whiles of the epoch */
    size_t n;
    struct {
        char who[BRAKE_NAME];
        uint64_t count;
    } at[BRAKE_ROOM];
};
#define BRAKE_OF(minutes) \
    { \
        .while_ms = (minutes)*INT64_C(60000), .lock = PTHREAD_MUTEX_INITIALIZER \
    }

/* Counts n more of whoever, or does not, and is false, where that would be more than most. Where
 * there is no room for another, who has the least is forgotten. */
bool brake_take(struct brake *b, const char *who, uint64_t n, uint64_t most, int64_t now_ms);

/* Could nothing more be taken? */
bool brake_holds(struct brake *b, const char *who, uint64_t most, int64_t now_ms);

/* Until everybody begins anew. */
int brake_seconds(const struct brake *b, int64_t now_ms);

/* Who asks from an address: of IPv6 the network, for anybody has as many addresses there as they
 * like. NULL is somebody too. */
const char *brake_peer(struct arena *mem, const char *address);

#endif
