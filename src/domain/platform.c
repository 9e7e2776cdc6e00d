/* platform.c - see platform.h. A rule's host and path are patterns: {handle} and {uid} take one
 * part, {any} takes one and forgets it, {digits:uid} only digits, {rest:handle} all that is left.
 */
#include "embedded.h"

#include <assert.h>
#include <ctype.h>

const char *const account_kinds[] = {"profile",
                                     "page",
                                     "group",
                                     "community",
                                     "channel",
                                     "ads",
                                     "workspace",
                                     "messaging",
                                     "listing",
                                     "analytics",
                                     "registry",
                                     "domain",
                                     "cloud",
                                     "commerce",
                                     "code_host",
                                     "email_marketing",
                                     "fediverse",
                                     "website",
                                     "mailbox",
                                     "app_listing",
                                     "business_portfolio",
                                     "developer_program",
                                     "publishing_tool",
                                     "personal_profile",
                                     NULL};

struct url {
    char *host;       /* lower case, without www. and m. */
    const char *path; /* with its leading slash; query kept, fragment and last slash gone */
};

static struct err *url_parse(struct arena *mem, const char *text, struct url *ret)
{
    const char *at = text_starts(text, "https://")  ? text + 8
                     : text_starts(text, "http://") ? text + 7
                                                    : NULL;

    if (!at || strlen(text) > 1000)
        return err_field(mem, "url", "'%s' is not an address that begins with https://", text);
    size_t n = strcspn(at, "/?#");
    char *host = text_lower(mem, arena_copy_n(mem, at, n));
    at += n;
    char *port = strchr(host, ':');
    if (port)
        *port = '\0';
    if (strchr(host, '@') || !*host)
        return err_field(mem, "url", "'%s' has no host", text);
    if (text_starts(host, "www."))
        host += 4;
    else if (text_starts(host, "m."))
        host += 2;
    n = strcspn(at, "#");
    while (n > 1 && at[n - 1] == '/')
        n--;
    ret->host = host;
    ret->path = n ? arena_copy_n(mem, at, n) : "/";
    if (*ret->path == '?')
        ret->path = arena_printf(mem, "/%s", ret->path);
    return NULL;
}

static void keep(struct platform_guess *g, const char *name, size_t n, const char *value)
{
    if (strncmp(name, "handle", n) == 0)
        g->handle = value;
    else if (strncmp(name, "uid", n) == 0)
        g->uid = value;
}

/* One {…} of a pattern: how much of text it takes. */
static size_t take(struct arena *mem, const char *hole, size_t n, const char *text,
                   const char *stop, struct platform_guess *g)
{
    const char *colon = memchr(hole, ':', n);
    const char *name = colon ? colon + 1 : hole;
    bool rest = strncmp(hole, "rest:", 5) == 0, digits = strncmp(hole, "digits:", 7) == 0;
    size_t len = rest ? strlen(text) : strcspn(text, stop);

    if (digits && strspn(text, "0123456789") < len)
        return 0;
    if (len && strspn(text, ".") == len)
        return 0; /* a way through folders, no name */
    size_t zeros = strspn(text, "0123456789") >= len ? strspn(text, "0") : 0;
    if (strncmp(name, "uid", 3) != 0 || zeros >= len)
        zeros = 0; /* a number is the same with zeros before it */
    if (len)
        keep(g, name, n - (size_t)(name - hole), arena_copy_n(mem, text + zeros, len - zeros));
    return len;
}

static bool match(struct arena *mem, const char *pattern, const char *text, const char *stop,
                  struct platform_guess *g)
{
    for (; *pattern; pattern++) {
        if (*pattern != '{') {
            if (tolower((unsigned char)*pattern) != tolower((unsigned char)*text++))
                return false;
            continue;
        }
        size_t n = strcspn(pattern + 1, "}");
        size_t took = take(mem, pattern + 1, n, text, stop, g);
        if (!took)
            return false;
        text += took;
        pattern += n + 1;
    }
    /* more path than the rule speaks of, and queries, do not matter */
    return !*text || strchr(stop, *text);
}

struct err *platform_of_url(struct arena *mem, const char *text, struct platform_guess *ret)
{
    const json_t *rule, *u;
    struct url url;
    size_t i, k;

    *ret = (struct platform_guess){0};
    TRY(url_parse(mem, text, &url));
    json_array_foreach (embedded_rules(), i, rule) {
        json_array_foreach (json_object_get(rule, "urls"), k, u) {
            struct platform_guess g = {.platform = json_text(rule, "platform"),
                                       .kind = json_text(u, "kind")};
            if (match(mem, json_text(u, "host"), url.host, ".", &g) &&
                match(mem, json_text(u, "path"), url.path, "/?&", &g) && (g.handle || g.uid)) {
                *ret = g;
                return NULL;
            }
        }
    }
    return NULL;
}

static const json_t *rule_of(const char *platform)
{
    const json_t *rule;
    size_t i;

    json_array_foreach (embedded_rules(), i, rule) {
        if (strcmp(json_text(rule, "platform"), platform) == 0)
            return rule;
    }
    return NULL;
}

const char *platform_name(const char *platform)
{
    return json_text(rule_of(platform), "name");
}

struct err *platform_tag_id(struct arena *mem, const char *platform, const char *uid,
                            const char *handle, const char **ret)
{
    bool sensitive = text_same(json_text(rule_of(platform), "case"), "sensitive");

    if (!uid && !handle)
        return err_field(mem, "handle",
                         "is missing: an account is known by its handle or by the platform's id");
    *ret = uid ? uid : sensitive ? handle : text_lower(mem, handle);
    return NULL;
}

const char *platform_playbook(const char *platform, const char *kind)
{
    const char *name = json_text(json_object_get(rule_of(platform), "playbooks"), kind);

    return name ? name : "any";
}

bool platform_of_playbook(const char *playbook, const char **ret_platform, const char **ret_kind)
{
    const json_t *rule;
    const char *kind;
    json_t *name;
    size_t i;

    json_array_foreach (embedded_rules(), i, rule) {
        json_object_foreach (json_object_get(rule, "playbooks"), kind, name) {
            if (strcmp(json_string_value(name), playbook) != 0)
                continue;
            *ret_platform = json_text(rule, "platform");
            *ret_kind = kind;
            return true;
        }
    }
    return false;
}
