/* authorise.h - who asks, and may they: the one place where rights are checked. */
#ifndef APP_AUTHORISE_H
#define APP_AUTHORISE_H

#include "app/job.h"

/* How somebody says who they are: a person by id or ref, with the key of this fingerprint or of
 * this id; NULL: no key. Or by a token of this SHA-256, which says who it is. */
struct asker {
    const char *person, *fingerprint, *key, *token;
};

/* Asks who they are and what they may at this time, for n at once; once it is answered, ret[i].id
 * stays NULL for somebody who is not known. */
struct actors_asked {
    size_t *place, n;
    struct rows *rows;
};
MUST struct err *actors_ask(struct arena *mem, struct store *store, const struct asker *askers,
                            size_t n, int64_t now_ms, struct actors_asked *ret);
void actors_told(struct arena *mem, const struct actors_asked *asked, struct actor *ret);
/* Both. */
MUST struct err *actors_find(struct arena *mem, struct store *store, const struct asker *askers,
                             size_t n, int64_t now_ms, struct actor *ret);

/* What a role by unit, or a thing of one's own, is measured against. */
struct target {
    const char *noun, *id; /* the thing that the command's `within` names; NULL: none */
    const char *unit;      /* NULL: none */
    bool mine;
    struct err *missing; /* what the words name is not there; said only to whoever may go on */
};

/* Asks for unit and mine of the targets of those jobs whose roles do not reach everything anyhow;
 * *ret is NULL when there are none. Once it is answered, rights_told() fills them in. */
MUST struct err *rights_ask(struct arena *mem, struct store *store, struct job *const *jobs,
                            const struct target *targets, size_t n, const char *now,
                            const char *as_known, struct rows **ret);
void rights_told(const struct rows *rows, struct job *const *jobs, struct target *targets,
                 size_t n);

/* ERR_UNSIGNED when nobody known asks, ERR_FORBIDDEN when they may not: the same whether or not
 * there is such a thing, so that nobody learns by that what there is. */
MUST struct err *authorise(struct job *job, const struct target *target);

/* "admin, hr or the person whose own it is". */
const char *roles_in_words(struct arena *mem, unsigned roles);

/* Has the actor one of these roles, for everything or for some unit? */
bool has_role(const struct job *job, unsigned roles);

/* May the actor use the command on what belongs to this unit? For a second unit than the target's.
 */
bool reaches_unit(const struct job *job, const char *unit);

/* Does the actor see everything of this command's kind, or only these units and their own? */
bool sees_all(const struct job *job);
struct list sees_units(const struct job *job);

/* ---- Sessions: for reading, a token instead of a signature each time ------------------------- */

char *session_token_new(struct arena *mem, const struct service *service, const char *person,
                        const char *key, int64_t expires_ms);
/* ERR_UNSIGNED when it is not ours or too old. */
MUST struct err *session_token_open(struct arena *mem, const struct service *service,
                                    const char *token, int64_t now_ms, const char **ret_person,
                                    const char **ret_key);

#endif
