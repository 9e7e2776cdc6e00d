/* profile.c - see profile.h. */
#include "profile.h"

#include "base/file.h"
#include "base/text.h"
#include "json/record_json.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

enum { PROFILE_MAX = 8 << 20, NAME_MAX_LETTERS = 64 };

#define KEPT(type, member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, .help = (help_), \
        AT(struct type, member) \
    }
static const struct field profile_fields[] = {KEPT(profile, server, "where the service is"),
                                              KEPT(profile, ca, "who may vouch for it"),
                                              KEPT(profile, key, "the key to sign with"),
                                              KEPT(profile, person, "id of the person"),
                                              KEPT(profile, ref, "the person's key"),
                                              KEPT(profile, log, "name of the log"),
                                              KEPT(profile, vkey, "its verifier key"),
                                              KEPT(profile, token_file, "a service's token"),
                                              {0}};
static const struct record profile_record = RECORD(struct profile, profile_fields);

static const struct field session_fields[] = {
    KEPT(session, token, "the token"),   KEPT(session, expires_at, "until when it is good"),
    KEPT(session, actor, "whose it is"), KEPT(session, key, "the key that opened it"),
    KEPT(session, server, "where"),      {0}};
static const struct record session_record = RECORD(struct session, session_fields);

struct err *home_folder(struct arena *mem, const char **ret)
{
    const char *home = getenv("HOME");

    if (!home || *home != '/') {
        const struct passwd *user = getpwuid(getuid());
        home = user ? user->pw_dir : NULL;
    }
    if (!home)
        return err_new(mem, ERR_SYSTEM, "it is not known where your home is: set HOME");
    *ret = arena_copy(mem, home);
    return NULL;
}

struct err *default_server(struct arena *mem, const char **ret)
{
    const char *home;

    TRY(home_folder(mem, &home));
    *ret = arena_printf(mem, "unix:%s/.local/share/tenure/run/http.sock", home);
    return NULL;
}

static struct err *config_folder(struct arena *mem, const char **ret)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home;

    if (config && *config == '/') {
        *ret = arena_printf(mem, "%s/tenure", config);
        return NULL;
    }
    TRY(home_folder(mem, &home));
    *ret = arena_printf(mem, "%s/.config/tenure", home);
    return NULL;
}

const char *profile_path(struct arena *mem, const struct profile *p, const char *what)
{
    return arena_printf(mem, "%s/%s.%s", p->folder, p->name, what);
}

struct err *profile_read(struct arena *mem, const struct profile *p, const char *what,
                         struct bytes *ret)
{
    struct err *e = file_read(mem, profile_path(mem, p, what), PROFILE_MAX, ret);

    if (e && e->kind == ERR_NOT_FOUND) {
        *ret = bytes_of("", 0);
        return NULL;
    }
    return e;
}

struct err *profile_write(struct arena *mem, const struct profile *p, const char *what,
                          struct bytes content)
{
    TRY(folder_make(mem, p->folder, 0700));
    return file_write(mem, profile_path(mem, p, what), 0600, content);
}

int profile_lock(struct arena *mem, const struct profile *p)
{
    struct err *e = folder_make(mem, p->folder, 0700);
    int fd = e ? -1 : open(profile_path(mem, p, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A record from the file beside the profile; members that a later version wrote are passed over. */
static struct err *read_record(struct arena *mem, const struct profile *p, const char *what,
                               const struct record *r, void *obj)
{
    struct bytes text;
    json_t *object;

    TRY(profile_read(mem, p, what, &text));
    if (!text.n)
        return NULL;
    TRY(json_read(mem, text, PROFILE_MAX, profile_path(mem, p, what), &object));
    EACH_FIELD (f, r) {
        const json_t *value = json_object_get(object, f->name);
        if (value)
            TRY(field_from_json(mem, f, value, obj));
    }
    return NULL;
}

static struct err *write_record(struct arena *mem, const struct profile *p, const char *what,
                                const struct record *r, const void *obj)
{
    const char *pretty = json_indented(mem, record_to_json(mem, r, obj, NULL), 2);

    return profile_write(mem, p, what, bytes_of_text(arena_printf(mem, "%s\n", pretty)));
}

static bool name_ok(const char *name)
{
    size_t n = strlen(name);

    return n && n <= NAME_MAX_LETTERS &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == n;
}

struct err *profile_load(struct arena *mem, const char *name, struct profile *ret)
{
    *ret = (struct profile){.name = name ? name : "default"};
    if (!name_ok(ret->name))
        return err_new(mem, ERR_USAGE,
                       "a profile's name has letters, digits, '-' and '_' only, not '%s'",
                       ret->name);
    TRY(config_folder(mem, &ret->folder));
    TRY(read_record(mem, ret, "json", &profile_record, ret));
    ret->saved = ret->vkey != NULL;
    return NULL;
}

struct err *profile_save(struct arena *mem, const struct profile *p)
{
    return write_record(mem, p, "json", &profile_record, p);
}

struct err *session_load(struct arena *mem, const struct profile *p, struct session *ret)
{
    *ret = (struct session){0};
    return read_record(mem, p, "session", &session_record, ret);
}

struct err *session_save(struct arena *mem, const struct profile *p, const struct session *s)
{
    return write_record(mem, p, "session", &session_record, s);
}
