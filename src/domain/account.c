/* account.c - see account.h. */
#include "domain/account.h"

#include "base/text.h"
#include "domain/playbook.h"

#include <string.h>
#include <strings.h>

struct err *account_takes(struct arena *mem, const char *account, const char *kind,
                          const char *what)
{
    if (strcmp(kind, "personal_profile") != 0)
        return NULL;
    return err_new(mem, ERR_CONFLICT,
                   "'%s' is somebody's personal profile: it is listed only, no %s can be recorded",
                   account, what);
}

struct err *account_check_url(struct arena *mem, const char *text, const char *platform,
                              struct platform_guess *ret)
{
    struct url url;

    TRY(platform_of_url(mem, text, ret));
    TRY(url_parse(mem, text, &url));
    const char *imitated = ret->platform ? NULL : platform_imitated(&url);
    if (imitated)
        return err_field(mem, "url", "is not an address of %s: its host is '%s'",
                         platform_name(imitated), url.host);
    if (ret->platform && platform && strcmp(ret->platform, platform) != 0)
        return err_field(mem, "url", "is an address of %s, not of %s", ret->platform, platform);
    return NULL;
}

bool identifier_recased(const char *before, const char *after)
{
    return strcmp(before, after) != 0 && strcasecmp(before, after) == 0;
}

static char role_letter(char c)
{
    return c == ' ' || c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

/* "Full control", as people read it on the platform, is full_control. */
static bool same_role(const char *a, const char *b)
{
    for (; *a && role_letter(*a) == role_letter(*b); a++, b++)
        ;
    return role_letter(*a) == role_letter(*b);
}

bool role_known(const char *platform, const char *kind, const char *role)
{
    const json_t *roles = playbook_roles(platform, kind), *one;
    size_t i;

    json_array_foreach (roles, i, one) {
        if (same_role(role, json_string_value(one)))
            return true;
    }
    return false;
}

const char *role_level(const char *platform, const char *kind, const char *role)
{
    const char *highest = json_string_value(json_array_get(playbook_roles(platform, kind), 0));

    if ((highest && same_role(role, highest)) || same_role(role, "owner") ||
        same_role(role, "super_admin") || same_role(role, "primary_owner"))
        return "owner";
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *lower = text_lower(mem, role);
    if (strstr(lower, "admin") || strstr(lower, "manager") || strstr(lower, "moderator"))
        return "admin";
    return "other";
}
