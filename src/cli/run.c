/* run.c - see run.h. */
#include "run.h"

#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { CANNOT_RUN = 127 };

/* In the child: never returns. */
static void become(const char *const *argv, int in, int out)
{
    union {
        const char *const *ours;
        char *const *theirs;
    } same = {argv};

    signal(SIGPIPE, SIG_DFL);
    if ((in < 0 || dup2(in, STDIN_FILENO) >= 0) && (out < 0 || dup2(out, STDOUT_FILENO) >= 0))
        execvp(argv[0], same.theirs);
    _exit(CANNOT_RUN);
}

/* A program that ends before it has read everything is no reason to die. */
static void feed(int fd, const char *input)
{
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);

    for (size_t left = strlen(input); left;) {
        ssize_t n = write(fd, input, left);
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0) {
            input += n;
            left -= (size_t)n;
        }
    }
    signal(SIGPIPE, before);
}

static const char *hear(struct arena *mem, int fd)
{
    char block[4096];
    struct buf out;
    ssize_t n;

    buf_init(&out, mem, RUN_OUTPUT_MAX);
    while ((n = read(fd, block, sizeof(block))) != 0) {
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0)
            buf_add(&out, block, (size_t)n);
    }
    return out.at;
}

static void close_both(int pipe_ends[2])
{
    for (int i = 0; i < 2; i++) {
        if (pipe_ends[i] >= 0)
            close(pipe_ends[i]);
        pipe_ends[i] = -1;
    }
}

static struct err *ended(struct arena *mem, const char *program, pid_t child)
{
    int status;

    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return err_new(mem, ERR_SYSTEM, "cannot wait for %s: %s", program, strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_RUN)
        return err_new(mem, ERR_SYSTEM, "%s cannot be run: is it installed?", program);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return err_new(mem, ERR_UNSIGNED, "%s did not do it", program);
    return NULL;
}

/* The parent's half: in[1] and out[0] are its ends. */
static void converse(struct arena *mem, int in[2], int out[2], const char *input, const char **ret)
{
    if (in[0] >= 0)
        close(in[0]);
    if (out[1] >= 0)
        close(out[1]);
    in[0] = out[1] = -1;
    if (input) {
        feed(in[1], input);
        close(in[1]);
        in[1] = -1;
    }
    if (ret)
        *ret = hear(mem, out[0]);
}

struct err *program_run(struct arena *mem, const char *const *argv, const char *input,
                        const char **ret)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1};
    bool made = (!input || pipe(in) == 0) && (!ret || pipe(out) == 0);

    for (int i = 0; i < 2; i++) { /* the child keeps the copies that dup2 makes */
        if (made && in[i] >= 0)
            fcntl(in[i], F_SETFD, FD_CLOEXEC);
        if (made && out[i] >= 0)
            fcntl(out[i], F_SETFD, FD_CLOEXEC);
    }
    pid_t child = made ? fork() : -1;
    if (child == 0)
        become(argv, in[0], out[1]);
    if (child < 0) {
        struct err *e = err_new(mem, ERR_SYSTEM, "cannot run %s: %s", argv[0], strerror(errno));
        close_both(in);
        close_both(out);
        return e;
    }
    converse(mem, in, out, input, ret);
    struct err *e = ended(mem, argv[0], child);
    close_both(in);
    close_both(out);
    return e;
}
