/* platform_url.c - which account an address is of; see platform.h. A rule's host and path are
 * patterns: {handle} and {uid} take one part, {any} takes one and forgets it, {digits:uid} only
 * digits, {rest:handle} all that is left. "subdomains" and "locales" say what else may stand before
 * its hosts, "reserved" which parts are the platform's own pages, "also" what else than its kind
 * such an address may be of. */
#include "embedded.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

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
        if (!n || (text_starts(hole, "digits:") && strspn(text, PLATFORM_DIGITS) < n))
            return false;
        platform_keep(mem, colon && colon < end ? colon + 1 : hole, text, n, g);
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
