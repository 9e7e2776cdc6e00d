/* platform.h - what is known of platforms: which URL means which account, whether capitals matter
 * in a handle, and which playbook belongs to a kind of account. Data: src/domain/data/rules.json.
 */
#ifndef DOMAIN_PLATFORM_H
#define DOMAIN_PLATFORM_H

#include "base/err.h"
#include "json/json.h"

extern const char *const account_kinds[];

/* What a URL says; members are NULL where it says nothing. */
struct platform_guess {
    const char *platform, *kind, *handle, *uid;
};

/* The rule whose host and path fit. ERR_INVALID (field url) for what is not a URL; where no rule
 * fits, ret->platform is NULL. */
MUST struct err *platform_of_url(struct arena *mem, const char *url, struct platform_guess *ret);

/* The id of an account for its tag: the platform's immutable id, or else the handle, in lower case
 * where the platform does not tell capitals apart. Neither: ERR_INVALID. */
MUST struct err *platform_tag_id(struct arena *mem, const char *platform, const char *uid,
                                 const char *handle, const char **ret);

/* Name of the playbook for a kind of account; "any" where there is none of its own. */
const char *platform_playbook(const char *platform, const char *kind);

/* "linkedin_group" back to platform and kind; false for a playbook that no rule names. */
bool platform_of_playbook(const char *playbook, const char **ret_platform, const char **ret_kind);

/* Is it a platform that rules know? Its full name, or NULL. */
const char *platform_name(const char *platform);

/* All playbooks that came with the program, as parsed JSON. */
const json_t *embedded_playbooks(void);

#endif
