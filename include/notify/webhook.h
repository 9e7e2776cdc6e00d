/* webhook.h - Standard Webhooks 1.0: what is sent to a receiver, how it is signed, when it is tried
 * again. Pure. */
#ifndef NOTIFY_WEBHOOK_H
#define NOTIFY_WEBHOOK_H

#include "base/bytes.h"

/* The header webhook-signature over id.timestamp.body: "v1,…" by HMAC-SHA-256 with the secret, for
 * the form "v1a" "v1a,…" by Ed25519 with the secret as its seed. timestamp in POSIX seconds. */
char *webhook_signature(struct arena *mem, const char *form, const uint8_t secret[32],
                        const char *id, int64_t timestamp, struct bytes body);

/* Seconds until the next try after so many; -1: it is given up. */
int64_t webhook_pause(int64_t tries);

/* Is it an address of this machine or network, where nothing is sent unless that is allowed? family
 * is AF_INET or AF_INET6; address points to 4 or 16 bytes in network order. */
bool address_is_private(int family, const void *address);

#endif
