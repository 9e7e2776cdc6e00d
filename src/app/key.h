/* key.h - what the files about the keys of people share: key.c has the commands, key_invite.c who
 * is invited to enrol one.
 */
#ifndef APP_KEY_H
#define APP_KEY_H

#include "app/fields.h"

/* The code that goes with an invitation, by its id. It is derived, so that asking again gives the
 * same one; the event keeps only its hash. */
const char *invitation_code(struct job *job, const char *invitation);

/* As it was made: codes are read out and typed, case and dashes do not matter. */
const char *invitation_code_as_made(struct arena *mem, const char *typed);
const char *invitation_code_hash(struct arena *mem, const char *typed);

struct invite_params {
    struct ref person;
    int64_t days;
};
struct seen_person {
    const char *status, *kind;
    bool had_key;   /* now or before */
    int64_t others; /* administrators who could confirm */
};
extern const struct field key_invite_fields[], key_invite_seen[];
struct err *decide_invite(struct job *job, const void *params, const void *seen);
void invite_result(struct job *job, const json_t *after);

struct confirm_params {
    struct ref invitation;
};
struct seen_waiting {
    const char *person, *status, *invited_by;
    bool used, expired, confirmed, waits;
};
extern const struct field key_confirm_fields[], key_confirm_seen[];
struct err *decide_confirm(struct job *job, const void *params, const void *seen);

struct invitation_params {
    const char *code;
};
extern const struct field key_invitation_fields[];
struct err *answer_invitation(struct job *job, const void *params, const char **ret);

#endif
