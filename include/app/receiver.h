/* receiver.h - what proves to whoever receives something that it comes from this service. No such
 * secret is in the database: each is made anew from the service's own, so that a copy of the
 * database signs nothing. */
#ifndef APP_RECEIVER_H
#define APP_RECEIVER_H

#include "app/job.h"
#include "crypto/ed25519.h"

enum { RECEIVER_SECRET = 32 };

/* Standard Webhooks: the key of HMAC-SHA-256 for the form v1; the seed of Ed25519 for v1a. */
void webhook_secret(const struct service *service, const char *webhook, const char *form,
                    uint8_t ret[RECEIVER_SECRET]);

/* As receivers take them: "whsec_" and base64; "whpk_" and base64 of the public key. */
char *webhook_key_text(struct arena *mem, const struct service *service, const char *webhook,
                       const char *form);

/* The name of a person's calendar in its address; and who is meant by one. false: nobody, or by an
 * address that this service did not make. *ret_person is an id. */
char *calendar_name(struct arena *mem, const struct service *service, const char *person,
                    int64_t number);
bool calendar_named(struct arena *mem, const struct service *service, const char *name,
                    const char **ret_person, int64_t *ret_number);

/* RFC 5545: the calendar of a person by this name. ERR_NOT_FOUND: not any more. */
MUST struct err *calendar_write(struct arena *mem, struct store *store,
                                const struct service *service, const char *name, int64_t now,
                                const char **ret);

#endif
