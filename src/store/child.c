/* child.c - see child.h. */
#include "child.h"

#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
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

enum { FILES_MAX = 4096 };

/* Nothing of ours but what it needs: what PG… or NOTIFY_SOCKET say in our environment is not meant
 * for this server, and our open files are not its own. */
static _Noreturn void become(const struct child *child, const struct identity *as, int log,
                             pid_t parent)
{
    static char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C", zone[] = "TZ=UTC";
    static char *const environment[] = {path, locale, zone, NULL};
    union { /* execve takes what it does not change */
        const char *const *in;
        char *const *out;
    } words = {child->argv};
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    setsid(); /* a Ctrl-C at the terminal is ours to pass on */
    if (as->other && (setgroups(0, NULL) != 0 || setgid(as->gid) != 0 || setuid(as->uid) != 0))
        _exit(126);
    /* After setuid(), which takes it away again; and our parent may have gone meanwhile. */
    if (prctl(PR_SET_PDEATHSIG, child->parting) != 0 || getppid() != parent)
        _exit(126);
    umask(077);
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 ||
        chdir(child->folder ? child->folder : "/") != 0)
        _exit(126);
    for (int fd = 3; fd < FILES_MAX; fd++)
        close(fd);
    execve(child->argv[0], words.out, environment);
    _exit(127);
}

struct err *child_run(struct arena *mem, const struct child *child, pid_t *ret)
{
    struct identity as;
    pid_t parent = getpid();

    TRY(identity_of(mem, child->user, &as));
    AUTO_FD out = open(child->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (out < 0)
        return err_new(mem, ERR_SYSTEM, "cannot write %s: %s", child->log, strerror(errno));
    pid_t pid = fork();
    if (pid < 0)
        return err_new(mem, ERR_SYSTEM, "cannot make a process: %s", strerror(errno));
    if (pid == 0)
        become(child, &as, out, parent);
    *ret = pid;
    return NULL;
}

int child_wait(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

const char *child_end(struct arena *mem, int status)
{
    if (WIFSIGNALED(status))
        return arena_printf(mem, "was killed by signal %d", WTERMSIG(status));
    return arena_printf(mem, "ended with status %d", WEXITSTATUS(status));
}

struct err *own_folder(struct arena *mem, const char *path, const char *user)
{
    struct identity as;
    struct stat st;

    TRY(identity_of(mem, user, &as));
    if (mkdir(path, 0700) == 0) {
        if (as.other && chown(path, as.uid, as.gid) != 0)
            return err_new(mem, ERR_SYSTEM, "cannot give %s to %s: %s", path, user,
                           strerror(errno));
        return NULL;
    }
    if (errno != EEXIST || lstat(path, &st) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot make the folder %s: %s", path, strerror(errno));
    bool private = S_ISDIR(st.st_mode) && (st.st_mode & 077) == 0;
    if (private && as.other && st.st_uid == 0) { /* we were killed before giving it away */
        if (lchown(path, as.uid, as.gid) != 0 || lstat(path, &st) != 0)
            return err_new(mem, ERR_SYSTEM, "cannot give %s to %s: %s", path, user,
                           strerror(errno));
    }
    if (!private || st.st_uid != (as.other ? as.uid : geteuid()))
        return err_new(mem, ERR_CONFLICT, "%s must be a folder with mode 0700 that belongs to %s",
                       path, user ? user : "you");
    return NULL;
}

/* ---- What was left behind
 * ---------------------------------------------------------------------------------- */

static bool is_in(struct arena *mem, const char *pid, const struct stat *folder, const char *called)
{
    struct bytes name;
    struct stat at;

    if (stat(arena_printf(mem, "/proc/%s/cwd", pid), &at) != 0 || at.st_dev != folder->st_dev ||
        at.st_ino != folder->st_ino)
        return false;
    return !called || (!file_read(mem, arena_printf(mem, "/proc/%s/comm", pid), 64, &name) &&
                       text_same(text_trim(mem, (const char *)name.at), called));
}

static size_t signal_in(struct arena *mem, const struct stat *folder, const char *called, int sig)
{
    DIR *proc = opendir("/proc");
    size_t found = 0;

    for (struct dirent *d; proc && (d = readdir(proc));) {
        long pid = strtol(d->d_name, NULL, 10);
        if (pid <= 1 || pid == getpid() || !is_in(mem, d->d_name, folder, called))
            continue;
        found++;
        kill((pid_t)pid, sig);
    }
    if (proc)
        closedir(proc);
    return found;
}

struct err *end_processes_in(struct arena *mem, const char *folder, const char *called)
{
    enum { TRIES = 100, GENTLE = 50 }; /* a tenth of a second each */
    struct stat place;
    size_t left = 0;

    if (stat(folder, &place) != 0)
        return NULL;
    for (int i = 0; i < TRIES; i++) {
        AUTO(arena_auto) struct arena *look = arena_new();
        left = signal_in(look, &place, called, i < GENTLE ? SIGQUIT : SIGKILL);
        while (waitpid(-1, NULL, WNOHANG) > 0) { /* those that have become our children */
        }
        if (left == 0)
            return NULL;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    return err_new(mem, ERR_SYSTEM, "%zu process(es) of an earlier server in %s do not end", left,
                   folder);
}

/* ---- What was said
 * ---------------------------------------------------------------------------------------- */

enum { WORDS_MAX = 65536, LINE_MAX_SHOWN = 300 };

/* Where in a line the trouble begins: a time and a process come first. What sessions are told while
 * the server comes or goes is no trouble of its own. */
static const char *trouble_in(const char *line)
{
    static const char *const marks[] = {"FATAL:", "PANIC:", "error:"};

    if (strstr(line, "the database system is ") || strstr(line, "terminating connection "))
        return NULL;
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        const char *at = strstr(line, marks[i]);
        if (at)
            return *marks[i] == 'e' ? line : at;
    }
    return NULL;
}

const char *last_words(struct arena *mem, const char *log, off_t from)
{
    const char *trouble = NULL, *last = "it said nothing";
    char *text = arena_alloc(mem, WORDS_MAX + 1);
    struct stat st;

    AUTO_FD fd = open(log, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return last;
    if (st.st_size - from > WORDS_MAX)
        from = st.st_size - WORDS_MAX;
    ssize_t n = pread(fd, text, WORDS_MAX, from);
    text[n > 0 ? n : 0] = '\0';
    for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        if (!length)
            continue;
        last = arena_copy_n(mem, at, length < LINE_MAX_SHOWN ? length : LINE_MAX_SHOWN);
        trouble = trouble_in(last) ? trouble_in(last) : trouble;
    }
    return trouble ? trouble : last;
}
