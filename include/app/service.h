/* service.h - making and loading the keys of a service: files of mode 0600 in DATA/keys.
 *
 *     log.key    the log's Ed25519 key, PRIVATE+KEY+name+id+base64
 *     tag.pem    the RSA key of the tags
 *     token.key  32 bytes for session tokens and invitation codes
 */
#ifndef APP_SERVICE_H
#define APP_SERVICE_H

#include "app/job.h"

MUST struct err *service_keys_make(struct arena *mem, const char *folder, const char *origin);

/* Everything in *ret lives as long as mem. */
MUST struct err *service_load(struct arena *mem, const char *folder, struct service *ret);

#endif
