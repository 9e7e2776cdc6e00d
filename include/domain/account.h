/* account.h - rules about accounts and what is held on them. Pure: no clock, no database. */
#ifndef DOMAIN_ACCOUNT_H
#define DOMAIN_ACCOUNT_H

#include "domain/platform.h"

#include <stdbool.h>

/* A personal profile is listed only: nobody owns it for a company, and no secret of it is recorded.
 */
MUST struct err *account_takes(struct arena *mem, const char *account, const char *kind,
                               const char *what);

/* An address that is to be recorded: one of this platform where a rule knows it, and none that only
 * begins like a platform's. platform may be NULL; *ret is what the address says. */
MUST struct err *account_check_url(struct arena *mem, const char *url, const char *platform,
                                   struct platform_guess *ret);

/* Is the change of an identifier only one of capitals? */
bool identifier_recased(const char *before, const char *after);

/* What a platform's role amounts to: "owner" can do everything and eject others, "admin" manages,
 * "other" is the rest. The first role of the platform's playbook is its highest. */
const char *role_level(const char *platform, const char *kind, const char *role);

/* Does the platform's playbook name the role? Blanks, hyphens and capitals tell no two apart. */
bool role_known(const char *platform, const char *kind, const char *role);

#endif
