/* shim.c - for LD_PRELOAD: the n-th system call of a commit fails, and the clock is moved.
 *
 * TENURE_FAULT names the file through which it is told (faults.h). Once armed, the calls that a
 * commit is made of are counted down over all processes, and the one that comes to zero fails, or
 * kills its process before it is made, or after. What is not armed runs as always. */
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum call {
    WRITE = 1,
    WRITEV,
    PWRITE,
    PWRITEV,
    FSYNC,
    FDATASYNC,
    FTRUNCATE,
    FALLOCATE,
    RENAME,
    OPEN, /* from here on no call needs room on a disk */
    SEND,
    SENDMSG,
    RECV,
    RECVMSG,
    READ,
    READV,
    PREAD
};

static struct fault *shared;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("TENURE_FAULT");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at != MAP_FAILED)
        shared = at;
}

/* Pipes and eventfds wake threads up; they do not fail, and no commit is made of them. Nor does a
 * full disk keep anybody from reading, or from talking to others. */
static bool counts(enum call call, int fd, int how, bool *ret_socket)
{
    struct stat st;

    *ret_socket = false;
    if (fd < 0)
        return true;
    if (fd == 2 || fstat(fd, &st) != 0 || !(S_ISREG(st.st_mode) || S_ISSOCK(st.st_mode)))
        return false;
    *ret_socket = S_ISSOCK(st.st_mode);
    return how != ENOSPC || (call <= OPEN && !*ret_socket);
}

/* ---- A full disk --------------------------------------------------------------------------------
 */

static bool is_full(void)
{
    return shared && atomic_load(&shared->countdown) > 0 && atomic_load(&shared->how) == FULL;
}

/* Memory that processes share is a file too, and of no disk. */
static bool is_on_disk(int fd)
{
    static const char memory[] = "/dev/shm/PostgreSQL.";
    char name[64], path[sizeof(memory)];

    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, sizeof(memory) - 1);
    return n != (ssize_t)sizeof(memory) - 1 || memcmp(path, memory, sizeof(memory) - 1) != 0;
}

/* Where a write that says no place begins. */
static off_t place(int fd)
{
    struct stat st;

    if (fcntl(fd, F_GETFL) & O_APPEND)
        return fstat(fd, &st) == 0 ? st.st_size : 0;
    return lseek(fd, 0, SEEK_CUR);
}

static off_t length(const struct iovec *v, int n)
{
    off_t all = 0;

    for (int i = 0; i < n; i++)
        all += (off_t)v[i].iov_len;
    return all;
}

/* What is written over takes no room. */
static bool finds_no_room(enum call call, int fd, off_t upto)
{
    struct stat st;

    if (fd < 0 || fd == 2 || upto <= 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        upto <= st.st_size || !is_on_disk(fd))
        return false;
    atomic_store(&shared->hit, (int)call);
    errno = ENOSPC;
    return true;
}

/* ---- One call after the other ------------------------------------------------------------------
 */

/* Does something stand in for the call, after which the file would go up to there? Then errno is
 * set. */
static bool fails(enum call call, int fd, off_t upto, bool *ret_last)
{
    bool socket;

    *ret_last = false;
    if (!shared)
        return false;
    int how = atomic_load(&shared->how);
    if (how == FULL)
        return is_full() && finds_no_room(call, fd, upto);
    if (atomic_load(&shared->countdown) <= 0 || !counts(call, fd, how, &socket) ||
        atomic_fetch_sub(&shared->countdown, 1) != 1)
        return false;
    atomic_store(&shared->hit, (int)call);
    if (how == KILLED_BEFORE)
        kill(getpid(), SIGKILL);
    *ret_last = how == KILLED_AFTER;
    if (*ret_last)
        return false;
    if (socket) /* a connection that has failed does so at both ends, and for good */
        shutdown(fd, SHUT_RDWR);
    errno = how;
    return true;
}

/* upto: where the file would end, if the call makes it longer; and what it answers when it fails.
 */
#define STAND_IN_UPTO(type, call, name, params, args, fd, upto, failure) \
    type name params; \
    __attribute__((visibility("default"))) type name params \
    { \
        static __typeof__(&name) real; \
        bool last; \
        if (!real) \
            *(void **)&real = dlsym(RTLD_NEXT, #name); \
        if (fails(call, fd, is_full() ? (upto) : 0, &last)) \
            return failure; \
        type got = real args; \
        if (last) \
            kill(getpid(), SIGKILL); \
        return got; \
    }
#define STAND_IN(type, call, name, params, args, fd) \
    STAND_IN_UPTO(type, call, name, params, args, fd, 0, -1)

STAND_IN_UPTO(ssize_t, WRITE, write, (int fd, const void *at, size_t n), (fd, at, n), fd,
              place(fd) + (off_t)n, -1)
STAND_IN_UPTO(ssize_t, WRITEV, writev, (int fd, const struct iovec *v, int n), (fd, v, n), fd,
              place(fd) + length(v, n), -1)
STAND_IN_UPTO(ssize_t, PWRITE, pwrite, (int fd, const void *at, size_t n, off_t to),
              (fd, at, n, to), fd, to + (off_t)n, -1)
STAND_IN_UPTO(ssize_t, PWRITE, pwrite64, (int fd, const void *at, size_t n, off64_t to),
              (fd, at, n, to), fd, to + (off_t)n, -1)
STAND_IN_UPTO(ssize_t, PWRITEV, pwritev, (int fd, const struct iovec *v, int n, off_t to),
              (fd, v, n, to), fd, to + length(v, n), -1)
STAND_IN_UPTO(ssize_t, PWRITEV, pwritev64, (int fd, const struct iovec *v, int n, off64_t to),
              (fd, v, n, to), fd, to + length(v, n), -1)
STAND_IN_UPTO(int, FALLOCATE, fallocate, (int fd, int mode, off_t from, off_t n),
              (fd, mode, from, n), fd, from + n, -1)
STAND_IN_UPTO(int, FALLOCATE, fallocate64, (int fd, int mode, off64_t from, off64_t n),
              (fd, mode, from, n), fd, from + n, -1)
STAND_IN_UPTO(int, FALLOCATE, posix_fallocate, (int fd, off_t from, off_t n), (fd, from, n), fd,
              from + n, errno)
STAND_IN_UPTO(int, FALLOCATE, posix_fallocate64, (int fd, off64_t from, off64_t n), (fd, from, n),
              fd, from + n, errno)
STAND_IN(int, FSYNC, fsync, (int fd), (fd), fd)
STAND_IN(int, FDATASYNC, fdatasync, (int fd), (fd), fd)
STAND_IN(ssize_t, SEND, send, (int fd, const void *at, size_t n, int flags), (fd, at, n, flags), fd)
STAND_IN(ssize_t, SENDMSG, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags), fd)
STAND_IN(ssize_t, RECV, recv, (int fd, void *at, size_t n, int flags), (fd, at, n, flags), fd)
STAND_IN(ssize_t, RECVMSG, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags), fd)
STAND_IN(ssize_t, READ, read, (int fd, void *at, size_t n), (fd, at, n), fd)
STAND_IN(ssize_t, PREAD, pread, (int fd, void *at, size_t n, off_t from), (fd, at, n, from), fd)
STAND_IN(ssize_t, PREAD, pread64, (int fd, void *at, size_t n, off64_t from), (fd, at, n, from), fd)
STAND_IN(int, FTRUNCATE, ftruncate, (int fd, off_t n), (fd, n), fd)
STAND_IN(int, FTRUNCATE, ftruncate64, (int fd, off64_t n), (fd, n), fd)
STAND_IN(ssize_t, READV, readv, (int fd, const struct iovec *v, int n), (fd, v, n), fd)
STAND_IN(int, RENAME, rename, (const char *from, const char *to), (from, to), -1)

#define STAND_IN_OPEN(name) \
    __attribute__((visibility("default"))) int name(const char *path, int flags, ...) \
    { \
        static __typeof__(&name) real; \
        bool last, makes = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE; \
        va_list rest; \
        va_start(rest, flags); \
        unsigned mode = makes ? va_arg(rest, unsigned) : 0; \
        va_end(rest); \
        if (!real) \
            *(void **)&real = dlsym(RTLD_NEXT, #name); \
        if (fails(OPEN, -1, 0, &last)) \
            return -1; \
        int got = real(path, flags, mode); \
        if (last) \
            kill(getpid(), SIGKILL); \
        return got; \
    }

STAND_IN_OPEN(open)
STAND_IN_OPEN(open64)

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, struct timespec *ret)
{
    static __typeof__(&clock_gettime) real;

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int got = real(clock, ret);
    if (got != 0 || !shared || clock != CLOCK_REALTIME)
        return got;
    long long ms = atomic_load(&shared->clock_ms), ns = ret->tv_nsec + ms % 1000 * 1000000;
    ret->tv_sec += ms / 1000 + (ns < 0 ? -1 : ns / 1000000000);
    ret->tv_nsec = (long)(ns < 0 ? ns + 1000000000 : ns % 1000000000);
    return got;
}
