/* hsm.h - a PKCS#11 token of a test's own, in SoftHSM: reached as any hardware is, by its module.
 */
#ifndef SUPPORT_HSM_H
#define SUPPORT_HSM_H

#include "base/arena.h"

struct hsm;

/* A fresh token with the user PIN 1234. This process sees no other. */
struct hsm *hsm_new(struct arena *mem);

/* An Ed25519 key that is made in it; id in hexadecimal. */
void hsm_key(const struct hsm *t, const char *label, const char *id);

/* The URI of a key; and what comes after the '?'. */
const char *hsm_uri(const struct hsm *t, const char *label);
const char *hsm_query(const struct hsm *t);

/* Pull it out, and put it in again. */
void hsm_pull(const struct hsm *t);
void hsm_push(const struct hsm *t);

void hsm_pin(const struct hsm *t, const char *text); /* what the file with the PIN holds */
void hsm_change_pin(const struct hsm *t, const char *from, const char *to);

#endif
