/* profile.h - who the user is, to which service, and what they have seen of its log.
 *
 * In ~/.config/tenure (or XDG_CONFIG_HOME), readable by the user alone, for a profile NAME:
 *
 *     NAME.json      server (and who may vouch for it), key, person, the log's name and its pinned
 *                    verifier key; or token_file, with the token of a service
 *     NAME.newest    the newest checkpoint that was seen: a signed note, of use to other programs
 *     NAME.linked    the newest that is known to go on from all earlier ones
 *     NAME.vkeys     how the pinned key led to others (log/keys.h), when it did
 *     NAME.session   the session's token
 */
#ifndef CLI_PROFILE_H
#define CLI_PROFILE_H

#include "base/bytes.h"
#include "base/err.h"

struct profile {
    const char *name, *folder;
    bool saved; /* there is a file; else everything below is NULL */
    const char *server, *ca, *key, *person, *ref, *log, *vkey;
    const char *token_file; /* a service's; instead of key and person */
};

struct session {
    const char *token, *expires_at, *actor, *key,
        *server; /* the last three: whose it is, and where */
};

/* The profile of this name (NULL: "default"), empty when there is none. */
MUST struct err *profile_load(struct arena *mem, const char *name, struct profile *ret);
MUST struct err *profile_save(struct arena *mem, const struct profile *p);

/* A file beside the profile: "newest", "linked", "session". Absent: an empty text. */
MUST struct err *profile_read(struct arena *mem, const struct profile *p, const char *what,
                              struct bytes *ret);
MUST struct err *profile_write(struct arena *mem, const struct profile *p, const char *what,
                               struct bytes content);
const char *profile_path(struct arena *mem, const struct profile *p, const char *what);

/* One program at a time between the two; the lock goes with the file descriptor. -1: no lock. */
int profile_lock(struct arena *mem, const struct profile *p);

/* An empty *ret when there is none. */
MUST struct err *session_load(struct arena *mem, const struct profile *p, struct session *ret);
MUST struct err *session_save(struct arena *mem, const struct profile *p, const struct session *s);

/* "~/.local/share/tenure/run/http.sock" for this user, as "unix:PATH". */
MUST struct err *default_server(struct arena *mem, const char **ret);
MUST struct err *home_folder(struct arena *mem, const char **ret);

#endif
