/* site.h - where the registry is in the web. Passkeys are made for a domain and good for no other,
 * so that the log itself says which it is: the event site.set, once said, keeps its rp_id for ever.
 */
#ifndef APP_SITE_H
#define APP_SITE_H

#include "app/job.h"

struct site {
    const char *url; /* https://tenure.example.com, with a port or without; http://localhost too */
    const char *rp_id; /* its host, or a domain above it */
};

/* From what somebody typed: a path of "/" goes, anything more is refused. rp_id: NULL for the host.
 * ERR_INVALID, about "url" or "rp-id". */
MUST struct err *site_parse(struct arena *mem, const char *url, const char *rp_id,
                            struct site *ret);

/* An entry of the log says so, unless it is so already. ERR_CONFLICT when passkeys are taken for
 * another domain. now_ms is the clock. */
MUST struct err *site_set(struct arena *mem, struct store *store, const struct service *service,
                          const struct site *site, int64_t now_ms);

/* Sets web_origin and rp_id of the service, and base_url where it has none, as the log has them;
 * nothing when it says nothing of them. */
MUST struct err *site_load(struct arena *mem, struct store *store, struct service *service);

#endif
