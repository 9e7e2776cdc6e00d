/* cluster_archive.c - copies of a private cluster: whole ones, and its write-ahead log piece by
 * piece; see cluster.h. */
#include "cluster_archive.h"

#include "base/text.h"
#include "child.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A path as the server's shell takes it; the server itself replaces what follows a '%'. */
static const char *quoted(struct arena *mem, const char *path)
{
    struct buf out;

    buf_init(&out, mem, 65536);
    buf_byte(&out, '\'');
    for (const char *c = path; *c; c++)
        buf_printf(&out, *c == '\'' ? "'\\''" : *c == '%' ? "%%%%" : "%c", *c);
    buf_byte(&out, '\'');
    return out.at;
}

/* A piece that is there is never written over. The server may ask again for one that it has handed
 * over, when it was killed in between: then it must be the same. */
static const char *keep_piece(struct arena *mem, const char *archive)
{
    const char *in = quoted(mem, archive);

    return arena_printf(mem,
                        "archive_command=f=%s/%%f; if [ -e \"$f\" ]; then cmp -s %%p \"$f\"; else "
                        "cp %%p \"$f.part\" && sync \"$f.part\" && mv \"$f.part\" \"$f\" && "
                        "sync %s; fi",
                        in, in);
}

size_t archive_settings(struct arena *mem, const struct cluster_place *place, const char **ret)
{
    enum { PIECE_SECONDS = 60 }; /* so much may be lost with the disk */
    size_t n = 0;

    if (place->archive) {
        ret[n++] = "archive_mode=on";
        ret[n++] = keep_piece(mem, place->archive);
        ret[n++] = arena_printf(mem, "archive_timeout=%d", PIECE_SECONDS);
    }
    if (place->recover) {
        ret[n++] = arena_printf(mem, "restore_command=cp %s/%%f %%p", quoted(mem, place->recover));
        ret[n++] = "recovery_target_action=promote";
        ret[n++] = "hot_standby=off"; /* whoever connects must find it complete */
    }
    if (place->recover && place->until)
        ret[n++] = arena_printf(mem, "recovery_target_time=%.*s+00", /* it knows no Z so early */
                                (int)strlen(place->until) - 1, place->until);
    return n;
}

struct err *cluster_folder(struct arena *mem, const struct cluster_place *place, const char *path)
{
    return own_folder(mem, path, place->user);
}

struct err *cluster_give(struct arena *mem, const struct cluster_place *place, const char *path)
{
    const struct passwd *who = place->user ? getpwnam(place->user) : NULL;

    if (!place->user || (who && lchown(path, who->pw_uid, who->pw_gid) == 0))
        return NULL;
    return err_new(mem, ERR_SYSTEM, "cannot give %s to %s: %s", path, place->user, strerror(errno));
}

struct err *cluster_copy(struct arena *mem, const struct cluster_place *place, const char *to,
                         void (*tick)(void *ctx), void *ctx)
{
    const char *program;
    pid_t pid, ended = 0;
    int status = 0;

    TRY(server_program(mem, "pg_basebackup", NULL, &program));
    const char *const argv[] = {program, "-d",   cluster_uri(mem, place), "-D", to, "-X", "stream",
                                "-c",    "fast", "--no-password",         NULL};
    const struct child copier = {.argv = argv, .log = place->log, .parting = SIGTERM};
    TRY(child_run(mem, &copier, &pid));
    while (ended == 0 || (ended < 0 && errno == EINTR)) {
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
        tick(ctx);
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended == pid && status == 0)
        return NULL;
    return err_new(mem, ERR_SYSTEM, "the copying %s: %s (see %s)", child_end(mem, status),
                   last_words(mem, place->log, 0), place->log);
}
