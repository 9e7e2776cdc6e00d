/* service.h - making and loading the keys of a service: files of mode 0600 in DATA/keys.
 *
 *     log.key    the log's Ed25519 key, or where it is (keyring.h)
 *     tag.pem    the RSA key of the tags
 *     token.key  32 bytes for session tokens and invitation codes
 */
#ifndef APP_SERVICE_H
#define APP_SERVICE_H

#include "app/job.h"

/* log_key: the URI of the log's key in a token; NULL: it is made here. */
MUST struct err *service_keys_make(struct arena *mem, const char *folder, const char *origin,
                                   const char *log_key);

/* Everything in *ret lives as long as mem. */
MUST struct err *service_load(struct arena *mem, const char *folder, struct service *ret);

#endif
