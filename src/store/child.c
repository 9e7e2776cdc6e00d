/* child.c - see child.h. */
#include "child.h"

#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define SERVERS "/usr/lib/postgresql"

/* Debian keeps each major version in a folder of its own; elsewhere they are in the path. */
static struct err *newest_version(struct arena *mem, const char *name, const char **ret)
{
    DIR *dir = opendir(SERVERS);
    long newest = 0;

    for (struct dirent *d; dir && (d = readdir(dir));) {
        long version = strtol(d->d_name, NULL, 10);
        const char *path = arena_printf(mem, SERVERS "/%s/bin/%s", d->d_name, name);
        if (version > newest && access(path, X_OK) == 0) {
            newest = version;
            *ret = path;
        }
    }
    if (dir)
        closedir(dir);
    return newest ? NULL
                  : err_new(mem, ERR_NOT_FOUND,
                            "PostgreSQL's server is not installed: apt install postgresql");
}

static const char *in_path(struct arena *mem, const char *name)
{
    const char *path = getenv("PATH");

    for (const char *at = path ? path : ""; *at; at += strcspn(at, ":"), at += *at == ':') {
        const char *file = arena_printf(mem, "%.*s/%s", (int)strcspn(at, ":"), at, name);
        if (access(file, X_OK) == 0)
            return file;
    }
    return NULL;
}

struct err *server_program(struct arena *mem, const char *name, const char *version,
                           const char **ret)
{
    const char *path = version ? arena_printf(mem, SERVERS "/%s/bin/%s", version, name) : NULL;

    if (path && access(path, X_OK) == 0) {
        *ret = path;
        return NULL;
    }
    if (!version && !newest_version(mem, name, ret))
        return NULL;
    *ret = in_path(mem, name);
    if (*ret)
        return NULL;
    return err_new(mem, ERR_NOT_FOUND,
                   "PostgreSQL%s%s has no '%s' here: apt install postgresql%s%s",
                   version ? " " : "", version ? version : "", name, version ? "-" : "",
                   version ? version : "");
}

/* ---- Children
 * ------------------------------------------------------------------------------------------ */

struct identity {
    bool other;
    uid_t uid;
    gid_t gid;
};

static struct err *identity_of(struct arena *mem, const char *user, struct identity *ret)
{
    *ret = (struct identity){.other = user != NULL};
    if (!user)
        return NULL;
    struct passwd *who = getpwnam(user);
    if (!who)
        return err_new(mem, ERR_NOT_FOUND,
                       "there is no user '%s' on this machine: --user names another", user);
    ret->uid = who->pw_uid;
    ret->gid = who->pw_gid;
    return NULL;
}

static _Noreturn void become(const char *const *argv, const struct identity *as, int log,
                             bool deadly, pid_t parent)
{
    union { /* execv takes what it does not change */
        const char *const *in;
        char *const *out;
    } words = {argv};
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    setsid(); /* a Ctrl-C at the terminal is ours to pass on */
    if (as->other && (setgroups(0, NULL) != 0 || setgid(as->gid) != 0 || setuid(as->uid) != 0))
        _exit(126);
    if (deadly && (prctl(PR_SET_PDEATHSIG, SIGQUIT) != 0 || getppid() != parent))
        _exit(126);
    umask(077);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        _exit(126);
    if (chdir("/") != 0)
        _exit(126);
    execv(argv[0], words.out);
    _exit(127);
}

struct err *child_run(struct arena *mem, const char *const *argv, const char *user, const char *log,
                      bool deadly, pid_t *ret)
{
    struct identity as;
    pid_t parent = getpid();

    TRY(identity_of(mem, user, &as));
    AUTO_FD out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (out < 0)
        return err_new(mem, ERR_SYSTEM, "cannot write %s: %s", log, strerror(errno));
    pid_t pid = fork();
    if (pid < 0)
        return err_new(mem, ERR_SYSTEM, "cannot make a process: %s", strerror(errno));
    if (pid == 0)
        become(argv, &as, out, deadly, parent);
    *ret = pid;
    return NULL;
}

/* ---- What was left behind
 * ---------------------------------------------------------------------------------- */

static size_t signal_in(const char *folder, int sig)
{
    DIR *proc = opendir("/proc");
    size_t found = 0;

    for (struct dirent *d; proc && (d = readdir(proc));) {
        char link[300], at[PATH_MAX];
        long pid = strtol(d->d_name, NULL, 10);
        if (pid <= 1 || pid == getpid())
            continue;
        snprintf(link, sizeof(link), "/proc/%s/cwd", d->d_name);
        ssize_t n = readlink(link, at, sizeof(at) - 1);
        if (n <= 0)
            continue;
        at[n] = '\0';
        if (strcmp(at, folder) != 0)
            continue;
        found++;
        kill((pid_t)pid, sig);
    }
    if (proc)
        closedir(proc);
    return found;
}

void end_processes_in(const char *folder)
{
    char real[PATH_MAX];

    if (!realpath(folder, real))
        return;
    for (int i = 0; i < 100; i++) {
        if (signal_in(real, i < 50 ? SIGQUIT : SIGKILL) == 0)
            return;
        while (waitpid(-1, NULL, WNOHANG) > 0) { /* those that have become our children */
        }
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
}

const char *last_words(struct arena *mem, const char *log)
{
    const char *found = "it said nothing";
    struct bytes text;

    if (file_read(mem, log, 1 << 26, &text))
        return found;
    for (const char *at = (const char *)text.at; at && *at;
         at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
        size_t n = strcspn(at, "\n");
        const char *line = arena_copy_n(mem, at, n < 300 ? n : 300);
        if (strstr(line, "FATAL") || strstr(line, "PANIC") || strstr(line, "error:"))
            found = line;
    }
    return found;
}
