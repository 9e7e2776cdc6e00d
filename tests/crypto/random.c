/* random.c - random bytes. */
#include "crypto/hash.h"

#include <criterion/criterion.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that was forked off makes other ids and salts than the one that it came from. */
Test(random, is_not_shared_with_a_fork)
{
    enum { N = 16 };
    uint8_t here[N], there[N];
    int pipes[2];

    random_bytes(here, N); /* there is a supply now */
    cr_assert_eq(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        random_bytes(there, N);
        _exit(write(pipes[1], there, N) == N ? 0 : 1);
    }
    random_bytes(here, N);
    cr_assert_eq(read(pipes[0], there, N), N);
    cr_assert_eq(waitpid(child, NULL, 0), child);
    cr_expect(memcmp(here, there, N) != 0);
}
