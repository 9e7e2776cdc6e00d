/* system.c - the system around the service: systemd's sockets and notices, and signals. */
#include "commands.h"

#include "base/journal.h"
#include "base/text.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    if (!path || strlen(path) >= sizeof(to.sun_path))
        return;
    memcpy(to.sun_path, path, strlen(path));
    if (*path == '@')
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to, n) < 0)
        journal(JOURNAL_WARN, "notify-failed", NULL);
    close(fd);
}

size_t given_sockets(struct arena *mem, const char **ret)
{
    enum { FIRST = 3 };
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    uint64_t whose = 0, n = 0;

    if (!pid || !count || !text_to_u64(pid, strlen(pid), UINT32_MAX, &whose) ||
        whose != (uint64_t)getpid() || !text_to_u64(count, strlen(count), LISTEN_MAX, &n))
        return 0;
    for (size_t i = 0; i < n; i++) {
        ret[i] = arena_printf(mem, "fd:%zu", FIRST + i);
        fcntl((int)(FIRST + i), F_SETFD, FD_CLOEXEC);
    }
    return n;
}

void take_signals(sigset_t *ret_stop)
{
    sigemptyset(ret_stop);
    sigaddset(ret_stop, SIGTERM);
    sigaddset(ret_stop, SIGINT);
    sigaddset(ret_stop, SIGHUP);
    pthread_sigmask(SIG_BLOCK, ret_stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool told_to_stop(const sigset_t *stop)
{
    return sigtimedwait(stop, NULL, &(struct timespec){0}) > 0;
}
