/* authorise.h - who asks, and may they: the one place where rights are checked. */
#ifndef APP_AUTHORISE_H
#define APP_AUTHORISE_H

#include "app/job.h"

/* The actor's rights out of a row of the statement `actor`. */
void actor_from_row(struct arena *mem, const struct rows *rows, size_t row, struct actor *ret);

/* Look a person up by id or ref, with the key of this fingerprint (or of this id); NULL: no key. */
void actor_binds(struct binds *b, const char *person, const char *fingerprint, const char *key);

/* What a role by unit, or a thing of one's own, is measured against. */
struct target {
    const char *unit; /* NULL: none */
    bool mine;
};

/* ERR_UNSIGNED when nobody known asks, ERR_FORBIDDEN when they may not. */
MUST struct err *authorise(struct job *job, const struct target *target);

/* Does the actor see everything of this command's kind, or only these units and their own? */
bool sees_all(const struct job *job);
struct list sees_units(const struct job *job);

/* ---- Sessions: for reading, a token instead of a signature each time ------------------------- */

char *token_new(struct arena *mem, const struct service *service, const char *person,
                const char *key, int64_t expires_ms);
/* ERR_UNSIGNED when it is not ours or too old. */
MUST struct err *token_open(struct arena *mem, const struct service *service, const char *token,
                            int64_t now_ms, const char **ret_person, const char **ret_key);

#endif
