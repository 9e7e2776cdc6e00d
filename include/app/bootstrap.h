/* bootstrap.h - what a log begins with: its own name and keys, the playbooks, the first
 * administrator. */
#ifndef APP_BOOTSTRAP_H
#define APP_BOOTSTRAP_H

#include "app/job.h"

struct bootstrap_admin {
    const char *ref, *name, *email; /* name and email may be NULL */
};

/* Does what is not done yet, so that a beginning which was cut short can go on. *ret_code is the
 * code with which the administrator enrols a key; NULL when somebody has enrolled one already: then
 * the beginning is over, and nothing is done. now_ms is the clock. */
MUST struct err *bootstrap(struct arena *mem, struct store *store, const struct service *service,
                           const struct bootstrap_admin *admin, int64_t now_ms,
                           const char **ret_code);

/* The machine invites somebody, where there are not administrators enough who could: two besides
 * whoever had a key before, one besides who had none; ERR_CONFLICT where there are. The entry says
 * who invited: nobody but the service itself. */
MUST struct err *bootstrap_invite(struct arena *mem, struct store *store,
                                  const struct service *service, const char *person, int64_t now_ms,
                                  const char **ret_code);

/* Publishes the playbooks of this program which differ from the newest version that the program
 * itself published; those that somebody has published since stay as they are. An empty log gets its
 * first entry before. *ret_n: how many. */
MUST struct err *bootstrap_playbooks(struct arena *mem, struct store *store,
                                     const struct service *service, int64_t now_ms, size_t *ret_n);

/* ERR_BROKEN when the key that signs the log in the database is not among ours: the keys or the
 * database are another instance's. An empty log is anybody's. */
MUST struct err *bootstrap_check_keys(struct arena *mem, struct store *store,
                                      const struct service *service);

/* An older copy of the log goes on, because somebody has said so: the entry names the checkpoint (a
 * signed note) whose entries are lost. */
struct checkpoint;
MUST struct err *bootstrap_rolled_back(struct arena *mem, struct store *store,
                                       const struct service *service, int64_t now_ms,
                                       const struct checkpoint *lost, const char *note);

#endif
