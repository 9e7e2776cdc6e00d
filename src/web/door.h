/* door.h - what signing in and enrolling have in common. */
#ifndef WEB_DOOR_H
#define WEB_DOOR_H

#include "form.h"
#include "visit.h"

/* What a page asks the passkey to sign. */
void door_riddle(struct visit *v, json_t *data);

/* The error where no passkeys are taken: nobody has said yet for which address. */
struct err *door_has_no_site(struct visit *v) __attribute__((returns_nonnull));

/* What a passkey gave, out of base64url. ERR_UNSIGNED when it is not there. */
MUST struct err *door_bytes(struct visit *v, const struct sent *s, const char *name,
                            struct bytes *ret);

/* For one whose passkey has signed. */
MUST struct err *door_opens(struct visit *v, struct worker *w, const struct browser *who);

/* Were too many refused from there? Then it is said. */
bool door_keeps_waiting(struct visit *v);
/* Counts what was refused; and says it besides. */
void door_counts(struct visit *v, const struct err *e);
void door_refuse(struct visit *v, const struct err *e);

#endif
