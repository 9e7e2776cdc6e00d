/* platform.c - see platform.h. A rule's host and path are patterns: {handle} and {uid} take one
 * part, {any} takes one and forgets it, {digits:uid} only digits, {rest:handle} all that is left.
 * "subdomains" and "locales" say what else may stand before its hosts, "reserved" which parts are
 * the platform's own pages, "also" what else than its kind such an address may be of.
 */
#include "embedded.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

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

static const char digits[] = "0123456789";

/* ---- Addresses -------------------------------------------------------------------------------
 */

/* Does a rule's list of words have this one, of n letters? */
static bool lists(const json_t *rule, const char *name, const char *word, size_t n)
{
    const json_t *one;
    size_t i;

    json_array_foreach (json_object_get(rule, name), i, one) {
        if (json_string_length(one) == n && strncasecmp(json_string_value(one), word, n) == 0)
            return true;
    }
    return false;
}

/* "fr" or "pt-br": what some platforms put before their host for a language or country. */
static bool is_locale(const char *label, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (i == 2 ? label[i] != '-' : label[i] < 'a' || label[i] > 'z')
            return false;
    return n == 2 || n == 5;
}

/* The host without www., m., fr. and whatever else the platform has for the same pages. */
static const char *host_on(const json_t *rule, const char *host)
{
    size_t n = strcspn(host, ".");

    if (!lists(rule, "subdomains", host, n) &&
        !(json_is_true(json_object_get(rule, "locales")) && is_locale(host, n)))
        return host;
    return strchr(host + n + 1, '.') ? host + n + 1 : host;
}

static void keep(struct arena *mem, const char *name, const char *value, size_t n,
                 struct platform_guess *g)
{
    size_t zeros = strspn(value, digits) >= n ? strspn(value, "0") : 0;

    if (text_starts(name, "uid"))
        g->uid = zeros < n ? arena_copy_n(mem, value + zeros, n - zeros) /* the same number */
                           : arena_copy_n(mem, value, n);
    else if (text_starts(name, "handle"))
        g->handle = arena_copy_n(mem, value, n);
}

/* Is the pattern the whole of the text? Letters in any case; {…} takes what stands before the
 * pattern's next letter. */
static bool match(struct arena *mem, const char *pattern, const char *text,
                  struct platform_guess *g)
{
    while (*pattern) {
        if (*pattern != '{') {
            if (tolower((unsigned char)*pattern++) != tolower((unsigned char)*text++))
                return false;
            continue;
        }
        const char *hole = pattern + 1, *end = strchr(hole, '}'), *colon = strchr(hole, ':');
        size_t n = end[1] ? strcspn(text, (const char[]){end[1], '\0'}) : strlen(text);
        if (!n || (text_starts(hole, "digits:") && strspn(text, digits) < n))
            return false;
        keep(mem, colon && colon < end ? colon + 1 : hole, text, n, g);
        g->number = g->number || text_starts(hole, "digits:uid");
        text += n;
        pattern = end + 1;
    }
    return !*text;
}

static const char *rest_of(struct arena *mem, const struct url *url, size_t from)
{
    const char *rest = url->parts[from];

    for (size_t i = from + 1; i < url->parts_n; i++)
        rest = arena_printf(mem, "%s/%s", rest, url->parts[i]);
    return rest;
}

/* "/groups/{uid}" or "/settings?business_id={uid}"; the address may go on below that. */
static bool match_path(struct arena *mem, const char *pattern, const struct url *url,
                       struct platform_guess *g)
{
    char *words = arena_copy(mem, pattern), *query = strchr(words, '?'), *part;
    size_t at = 0;

    if (query)
        *query++ = '\0';
    words++;
    while (words && *words) {
        part = strsep(&words, "/");
        if (at == url->parts_n)
            return false;
        bool rest = text_starts(part, "{rest:");
        if (!match(mem, part, rest ? rest_of(mem, url, at) : url->parts[at], g))
            return false;
        at = rest ? url->parts_n : at + 1;
    }
    g->below = at < url->parts_n;
    if (!query)
        return true;
    char *name = strsep(&query, "=");
    const char *value = url_query(url, name);
    return value && match(mem, query, value, g);
}

static bool match_rule(struct arena *mem, const json_t *rule, const json_t *pattern,
                       const struct url *url, struct platform_guess *ret)
{
    const char *host = json_text(pattern, "host"), *label = strchr(host, '{') ? url->host : NULL;
    struct platform_guess g = {.platform = json_text(rule, "platform"),
                               .kind = json_text(pattern, "kind"),
                               .also = json_object_get(pattern, "also")};

    if (label && lists(rule, "subdomains", label, strcspn(label, ".")))
        return false; /* www is nobody's workspace */
    if ((!match(mem, host, url->host, &g) && !match(mem, host, host_on(rule, url->host), &g)) ||
        !match_path(mem, json_text(pattern, "path"), url, &g) || !(g.handle || g.uid) ||
        (g.handle && lists(rule, "reserved", g.handle, strlen(g.handle))))
        return false;
    *ret = g;
    return true;
}

struct err *platform_of_url(struct arena *mem, const char *text, struct platform_guess *ret)
{
    const json_t *rule, *pattern;
    struct url url;
    size_t i, k;

    *ret = (struct platform_guess){0};
    TRY(url_parse(mem, text, &url));
    assert(url.host); /* no address is taken without one */
    json_array_foreach (embedded_rules(), i, rule) {
        json_array_foreach (json_object_get(rule, "urls"), k, pattern) {
            if (!url.port && match_rule(mem, rule, pattern, &url, ret))
                return NULL;
        }
    }
    return NULL;
}

/* "linkedin.com.evil.example" begins as a platform's host does. */
static bool imitates(const char *host, const char *of)
{
    size_t n = strlen(of);

    if (strchr(of, '{'))
        return false;
    for (const char *at = strstr(host, of); at; at = strstr(at + 1, of))
        if ((at == host || at[-1] == '.') && at[n] == '.')
            return true;
    return false;
}

const char *platform_imitated(const struct url *url)
{
    const json_t *rule, *pattern;
    size_t i, k;

    json_array_foreach (embedded_rules(), i, rule) {
        json_array_foreach (json_object_get(rule, "urls"), k, pattern) {
            if (imitates(url->host, json_text(pattern, "host")))
                return json_text(rule, "platform");
        }
    }
    return NULL;
}

/* ---- Names and ids ---------------------------------------------------------------------------
 */

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

bool platform_is_sensitive(const char *platform)
{
    return text_same(json_text(rule_of(platform), "case"), "sensitive");
}

const char *platform_at(size_t i)
{
    return json_text(json_array_get(embedded_rules(), i), "platform");
}

static const char *platforms_said(struct arena *mem)
{
    struct buf out;

    buf_init(&out, mem, 4000);
    for (size_t i = 0; platform_at(i); i++)
        buf_printf(&out, "%s%s", i ? ", " : "", platform_at(i));
    return out.at;
}

static bool takes(const json_t *pattern, const char *hole)
{
    return strstr(json_text(pattern, "host"), hole) || strstr(json_text(pattern, "path"), hole);
}

/* The kinds whose addresses have a handle (or an id), or all that are known where it has none. */
static json_t *kinds_with(struct arena *mem, const json_t *rule, bool uid)
{
    json_t *kinds = json_keep(mem, json_object());
    const json_t *pattern;
    const char *kind;
    json_t *playbook;
    size_t i;

    json_array_foreach (json_object_get(rule, "urls"), i, pattern) {
        if (takes(pattern, uid ? "uid}" : "handle}") &&
            strcmp(json_text(pattern, "kind"), "personal_profile") != 0)
            json_object_set_new(kinds, json_text(pattern, "kind"), json_true());
    }
    if (json_object_size(kinds))
        return kinds;
    json_object_foreach (json_object_get(rule, "playbooks"), kind, playbook) {
        json_object_set_new(kinds, kind, json_true());
    }
    return kinds;
}

static struct err *the_kind(struct arena *mem, const json_t *rule, json_t *kinds, const char **ret)
{
    struct buf out;
    const char *kind;
    json_t *yes;

    *ret = json_object_iter_key(json_object_iter(kinds));
    if (json_object_size(kinds) == 1)
        return NULL;
    buf_init(&out, mem, 2000);
    json_object_foreach (kinds, kind, yes) {
        buf_printf(&out, "%s%s", out.n ? ", " : "", kind);
    }
    for (size_t i = 0; !out.n && account_kinds[i]; i++)
        buf_printf(&out, "%s%s", i ? ", " : "", account_kinds[i]);
    return err_field(mem, "kind", "say which kind it is on %s: %s", json_text(rule, "name"),
                     out.at);
}

struct err *platform_of_name(struct arena *mem, const char *platform, const char *kind,
                             const char *name, struct platform_guess *ret)
{
    const json_t *rule = platform ? rule_of(platform) : NULL, *pattern;
    bool at = *name == '@', number = !at && strspn(name, digits) == strlen(name), has_uid = false,
         has_handle = false;
    struct platform_guess g = {.platform = platform, .kind = kind};
    size_t i;

    if (!platform)
        return err_field(mem, "platform", "say which platform '%s' is on: one of %s", name,
                         platforms_said(mem));
    if (!rule)
        return err_field(mem, "platform", "'%s' is no platform that is known; say one of %s",
                         platform, platforms_said(mem));
    if (!kind)
        TRY(the_kind(mem, rule, kinds_with(mem, rule, number), &g.kind));
    json_array_foreach (json_object_get(rule, "urls"), i, pattern) {
        if (strcmp(json_text(pattern, "kind"), g.kind) != 0)
            continue;
        has_uid = has_uid || takes(pattern, "uid}");
        has_handle = has_handle || takes(pattern, "handle}");
    }
    bool uid = has_uid && (number || (!at && !has_handle));
    keep(mem, uid ? "uid" : "handle", name + at, strlen(name + at), &g);
    *ret = g;
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
