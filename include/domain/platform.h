/* platform.h - what is known of platforms: which URL means which account, whether capitals matter
 * in a handle, and which playbook belongs to a kind of account. Data: src/domain/data/rules.json.
 */
#ifndef DOMAIN_PLATFORM_H
#define DOMAIN_PLATFORM_H

#include "base/err.h"
#include "base/record.h"
#include "domain/url.h"
#include "json/json.h"

extern const char *const account_kinds[];

/* What an address says; members are NULL where it says nothing. */
struct platform_guess {
    const char *platform, *kind, *handle, *uid;
    const json_t *also; /* other kinds that an account at such an address may be of */
    bool number;        /* where uid stands, digits are always an id, never a handle */
    bool below;         /* it leads to something of the account's: a post, a repository */
};

/* The rule whose host and path fit. ERR_INVALID (field url) for what is no address (url.h); where
 * no rule fits, ret->platform is NULL. */
MUST struct err *platform_of_url(struct arena *mem, const char *url, struct platform_guess *ret);

/* The platform whose host this one begins like, "x.com.evil.example" say; NULL: none. */
const char *platform_imitated(const struct url *url);

/* What a name or id means without its address. ERR_INVALID (field platform or kind) for no platform
 * or one that no rule knows, and where it could be of several kinds. kind may be NULL. */
MUST struct err *platform_of_name(struct arena *mem, const char *platform, const char *kind,
                                  const char *name, struct platform_guess *ret);

/* Does it tell capitals apart? */
bool platform_is_sensitive(const char *platform);

/* Each that rules know; NULL after the last. */
const char *platform_at(size_t i);

/* The id of an account for its tag: the platform's immutable id, or else the handle, in lower case
 * where the platform does not tell capitals apart. Neither: ERR_INVALID. */
MUST struct err *platform_tag_id(struct arena *mem, const char *platform, const char *uid,
                                 const char *handle, const char **ret);

/* Name of the playbook for a kind of account; "any" where there is none of its own. */
const char *platform_playbook(const char *platform, const char *kind);

/* The same of all that have one of their own: three lists, as long as each other. */
void platform_playbooks(struct arena *mem, struct list *ret_platforms, struct list *ret_kinds,
                        struct list *ret_playbooks);

/* "linkedin_group" back to platform and kind; false for a playbook that no rule names. */
bool platform_of_playbook(const char *playbook, const char **ret_platform, const char **ret_kind);

/* Is it a platform that rules know? Its full name, or NULL. */
const char *platform_name(const char *platform);

/* What came with the program is read when it is first asked for; a service does it before it
 * serves. */
void embedded_load(void);

/* All playbooks that came with the program, as parsed JSON. */
const json_t *embedded_playbooks(void);

#endif
