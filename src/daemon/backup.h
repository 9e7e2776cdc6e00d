/* backup.h - a copy of an instance in a folder, and its list.
 *
 *     manifest.json   the list: every file with its size and SHA-256; written last
 *     config.json, keys/, published, pg/   as in the data directory (home.h)
 */
#ifndef BACKUP_H
#define BACKUP_H

#include "home.h"

struct backup_file {
    const char *path; /* below the folder */
    bool folder;
    uint64_t size;
    struct digest hash;
};

struct backup {
    const char *origin, *vkey, *admin;
    const char *made;       /* when it was begun */
    const char *checkpoint; /* the newest one then: it has at least these entries */
    bool keys;              /* are they in it? */
    struct backup_file *files;
    size_t n;
    uint64_t bytes; /* of all of them */
};

/* What long work has done, of how much; several times a second. */
struct progress {
    const char *what;
    int64_t since, said;
    bool live; /* on a terminal: one line that is written over; else a line every few seconds */
    bool quiet;
};
struct progress progress_begin(const char *what, bool quiet);
void progress_say(struct progress *p, uint64_t done, uint64_t of, bool bytes);
void progress_end(const struct progress *p);

/* Everything that is in the folder now becomes the list, and is synced. */
MUST struct err *backup_list(struct arena *mem, const char *folder, struct progress *p,
                             struct backup *b);
MUST struct err *backup_write(struct arena *mem, const char *folder, const struct backup *b);

/* ERR_NOT_FOUND when it is no backup, or one that was not finished. */
MUST struct err *backup_read(struct arena *mem, const char *folder, struct backup *ret);

/* Copies the files whose path begins with this to a folder, as this user's; each is compared with
 * the list on the way. ERR_BROKEN names the first that is not as it was. */
MUST struct err *backup_take_out(struct arena *mem, const char *folder, const struct backup *b,
                                 const char *prefix, const char *to, const char *user,
                                 struct progress *p);

#endif
