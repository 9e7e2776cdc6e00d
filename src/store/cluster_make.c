/* cluster_make.c - a new private cluster, and where one can lie; see cluster.h. */
#include "store/cluster.h"

#include "base/file.h"
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct err *user_may_reach(struct arena *mem, const char *user, const char *folder, bool *ret_may)
{
    struct passwd *who = getpwnam(user);

    if (!who)
        return err_new(mem, ERR_NOT_FOUND,
                       "there is no user '%s' on this machine: --user names another", user);
    pid_t pid = fork();
    if (pid < 0)
        return err_new(mem, ERR_SYSTEM, "cannot make a process: %s", strerror(errno));
    if (pid == 0) {
        bool may = setgroups(0, NULL) == 0 && setgid(who->pw_gid) == 0 &&
                   setuid(who->pw_uid) == 0 && access(folder, X_OK) == 0;
        _exit(may ? 0 : 1);
    }
    *ret_may = child_wait(pid) == 0;
    return NULL;
}

/* Whatever it is at when we are killed must not go on behind the back of the next try: initdb, for
 * one, would take a gentler signal as a wish. */
static struct err *run_to_end(struct arena *mem, struct child child)
{
    pid_t pid;

    child.parting = SIGKILL;
    TRY(child_run(mem, &child, &pid));
    int status = child_wait(pid);
    if (status == 0)
        return NULL;
    return err_new(mem, ERR_SYSTEM, "%s %s: %s (see %s)", child.argv[0], child_end(mem, status),
                   last_words(mem, child.log, 0), child.log);
}

/* The name must be there after a power cut too: everything else in it is synced by initdb. */
static struct err *put_in_place(struct arena *mem, const char *fresh, const char *data)
{
    const char *slash = strrchr(data, '/');

    if (rename(fresh, data) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot rename %s: %s", fresh, strerror(errno));
    const char *folder = slash ? arena_copy_n(mem, data, (size_t)(slash - data) + 1) : ".";
    AUTO_FD dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || fsync(dir) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot sync %s: %s", folder, strerror(errno));
    return NULL;
}

struct err *cluster_make(struct arena *mem, const struct cluster_place *place)
{
    const char *fresh = arena_printf(mem, "%s.new", place->data), *initdb;
    const char *const clear[] = {"/bin/rm", "-rf", fresh, NULL};

    if (!cluster_sockets_ok(place->sockets))
        return err_new(mem, ERR_INVALID, "no socket can be in %s: too long, or a comma in it",
                       place->sockets);
    if (file_exists(place->data))
        return NULL;
    TRY(server_program(mem, "initdb", NULL, &initdb));
    /* Nobody but an earlier beginning that was cut short has been in there: initdb, the shells and
     * servers that it starts. */
    TRY(end_processes_in(mem, fresh, NULL));
    TRY(run_to_end(mem, (struct child){.argv = clear, .log = place->log}));
    TRY(own_folder(mem, fresh, place->user));
    const char *const make[] = {
        initdb,  "-D", fresh,  "-U",         "tenure",           "-A",
        "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-instructions",
        NULL};
    TRY(run_to_end(
        mem,
        (struct child){.argv = make, .user = place->user, .log = place->log, .folder = fresh}));
    return put_in_place(mem, fresh, place->data);
}
