/* home_use.c - an instance in use: who holds it, where its socket is, what it has published. */
#include "home.h"

#include "base/file.h"
#include "crypto/note.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

/* ---- Who holds it ---------------------------------------------------------------------------- */

static struct err *take_lock(struct arena *mem, const struct home *home, int *ret_fd)
{
    int fd =
        open(arena_printf(mem, "%s/lock", home->data), O_RDWR | O_CREAT | O_CLOEXEC, (mode_t)0600);

    if (fd < 0)
        return err_new(mem, ERR_SYSTEM, "cannot open %s/lock: %s", home->data, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *ret_fd = fd;
        return NULL;
    }
    close(fd);
    return err_new(mem, ERR_CONFLICT, "the instance in %s is in use: another tenured runs on it",
                   home->data);
}

struct err *home_lock(struct arena *mem, const struct home *home, unsigned patience_ms, int *ret_fd)
{
    enum { STEP_MS = 20 };
    struct err *e = take_lock(mem, home, ret_fd);

    for (unsigned ms = 0; e && e->kind == ERR_CONFLICT && ms < patience_ms; ms += STEP_MS) {
        nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
        e = take_lock(mem, home, ret_fd);
    }
    return e;
}

bool home_is_in_use(struct arena *mem, const struct home *home)
{
    int fd;
    struct err *e = take_lock(mem, home, &fd);

    if (!e)
        close(fd);
    return e && e->kind == ERR_CONFLICT;
}

/* ---- Its socket ------------------------------------------------------------------------------ */

const char *home_address(struct arena *mem, const struct home *home)
{
    return arena_printf(mem, "unix:%s/http.sock", home->run);
}

struct err *home_make_run(struct arena *mem, const struct home *home)
{
    struct stat st;

    if (mkdir(home->run, 0755) == 0)
        return NULL;
    if (errno != EEXIST || lstat(home->run, &st) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot make the folder %s: %s", home->run,
                       strerror(errno));
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022))
        return err_new(mem, ERR_CONFLICT, "%s must be a folder that only you can write to",
                       home->run);
    return NULL;
}

/* ---- The newest checkpoint, kept apart ------------------------------------------------------- */

static const char *published_in(struct arena *mem, const struct home *home)
{
    return arena_printf(mem, "%s/published", home->data);
}

struct err *home_published(struct arena *mem, const struct home *home, const char **ret)
{
    struct bytes note;
    struct err *e = file_read(mem, published_in(mem, home), NOTE_BYTES_MAX, &note);

    *ret = NULL;
    if (e && e->kind == ERR_NOT_FOUND)
        return NULL;
    TRY(e);
    *ret = arena_copy_n(mem, (const char *)note.at, note.n);
    return NULL;
}

struct err *home_publish(struct arena *mem, const struct home *home, const char *note)
{
    return file_write(mem, published_in(mem, home), 0644, bytes_of_text(note));
}

/* ---- How it stands with the witnesses -------------------------------------------------------- */

static const char *witnesses_in(struct arena *mem, const struct home *home)
{
    return arena_printf(mem, "%s/witnesses", home->data);
}

struct err *home_witnesses(struct arena *mem, const struct home *home, json_t **ret)
{
    enum { WITNESSES_MAX = 1 << 20 };
    const char *path = witnesses_in(mem, home);
    struct bytes text;

    *ret = NULL;
    if (!file_exists(path))
        return NULL;
    TRY(file_read(mem, path, WITNESSES_MAX, &text));
    return json_read(mem, text, WITNESSES_MAX, path, ret);
}

struct err *home_say_witnesses(struct arena *mem, const struct home *home, const char *json)
{
    return file_write(mem, witnesses_in(mem, home), 0644,
                      bytes_of_text(arena_printf(mem, "%s\n", json)));
}
