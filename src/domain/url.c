/* url.c - see url.h. */
#include "domain/url.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

static const char digits[] = "0123456789";
static const char of_hosts[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

static bool has_prefix(const char *text, const char *with)
{
    for (; *with; with++, text++)
        if (tolower((unsigned char)*text) != *with)
            return false;
    return true;
}

/* What no address has as it stands. Browsers take a backslash for a slash. */
static struct err *check_characters(struct arena *mem, const char *text)
{
    if (!*text || strlen(text) > URL_MAX)
        return err_field(mem, "url", "an address has 1 to %d characters", URL_MAX);
    if (!text_is_utf8(text, strlen(text)))
        return err_field(mem, "url", "is not UTF-8");
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("\"<>\\^`{|}", *c))
            return err_field(mem, "url",
                             "'%s' has a character that no address has: write it as %%%02X", text,
                             (unsigned)(unsigned char)*c);
    return NULL;
}

/* Past the scheme and its slashes; *ret_usual is the port that goes without saying. */
static struct err *take_scheme(struct arena *mem, const char *text, const char **ret_rest,
                               const char **ret_usual)
{
    const char *rest = has_prefix(text, "https://")  ? text + 8
                       : has_prefix(text, "http://") ? text + 7
                                                     : text;

    const char *other = rest == text ? strstr(text, "://") : NULL;
    if (other && strcspn(text, ":/?#") == (size_t)(other - text))
        return err_field(mem, "url", "'%s' is not an address that begins with https://", text);
    *ret_rest = rest;
    *ret_usual = rest == text + 7 ? "80" : "443";
    return NULL;
}

/* Labels of letters, digits and hyphens, 63 at most each, and not all of them numbers. */
static bool is_host(const char *host)
{
    const char *last = host;

    for (const char *at = host;; at++) {
        size_t n = strcspn(at, ".");
        if (!n || n > 63 || at[0] == '-' || at[n - 1] == '-' || strspn(at, of_hosts) < n)
            return false;
        last = at;
        at += n;
        if (!*at)
            break;
    }
    return strlen(host) <= 253 && last != host && strspn(last, digits) < strlen(last);
}

static struct err *take_host(struct arena *mem, const char *text, const char *at, size_t n,
                             const char *usual, struct url *ret)
{
    char *host = text_lower(mem, arena_copy_n(mem, at, n)), *port = strchr(host, ':');

    if (strchr(host, '@'))
        return err_field(mem, "url",
                         "'%s' has a user's name before its host: what stands before '@' is not "
                         "where it leads",
                         text);
    if (port)
        *port++ = '\0';
    if (text_ends(host, "."))
        host[strlen(host) - 1] = '\0';
    if (!is_host(host))
        return err_field(mem, "url",
                         "'%s' has no host such as www.example.com (other letters than these are "
                         "written as xn--…)",
                         text);
    if (port && (strlen(port) > 5 || strspn(port, digits) < strlen(port)))
        return err_field(mem, "url", "'%s' has a port that is no number", text);
    ret->host = host;
    ret->port = port && *port && strcmp(port, usual) != 0 ? port : NULL;
    return NULL;
}

/* %41 is A. False for what does not decode, or is no text then. */
static bool decode(struct arena *mem, const char *at, size_t n, bool plus, const char **ret)
{
    char *out = arena_alloc(mem, n + 1);
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        if (at[i] != '%') {
            out[len++] = (char)(plus && at[i] == '+' ? ' ' : at[i]);
            continue;
        }
        uint8_t byte;
        if (i + 2 >= n ||
            !hex_decode(text_lower(mem, arena_copy_n(mem, at + i + 1, 2)), &byte, 1) ||
            byte < ' ' || byte == 0x7f)
            return false;
        out[len++] = (char)byte;
        i += 2;
    }
    *ret = out;
    return text_is_utf8(out, len);
}

static struct err *take_path(struct arena *mem, const char *text, const char *at, size_t n,
                             struct url *ret)
{
    while (n) {
        at++; /* the slash */
        n--;
        const char *slash = n ? memchr(at, '/', n) : NULL, *part;
        size_t len = slash ? (size_t)(slash - at) : n;
        if (!len && !slash)
            break; /* one slash at the end */
        if (!decode(mem, at, len, false, &part))
            return err_field(mem, "url", "'%s' is not encoded as an address is", text);
        if (!*part || strcmp(part, ".") == 0 || strcmp(part, "..") == 0 || strpbrk(part, "/\\"))
            return err_field(
                mem, "url",
                "'%s' has a path with '..', '.', '//' or a hidden slash in it: say the "
                "address to which that leads",
                text);
        if (ret->parts_n == URL_PARTS_MAX)
            return err_field(mem, "url", "'%s' has too long a path", text);
        ret->parts[ret->parts_n++] = part;
        at += len;
        n -= len;
    }
    return NULL;
}

static struct err *take_query(struct arena *mem, const char *text, const char *at, size_t n,
                              struct url *ret)
{
    while (n) {
        const char *end = memchr(at, '&', n);
        size_t len = end ? (size_t)(end - at) : n, skip = len + (end != NULL);
        const char *equals = memchr(at, '=', len), *name, *value = "";
        size_t name_n = equals ? (size_t)(equals - at) : len;
        if (!decode(mem, at, name_n, true, &name) ||
            (equals && !decode(mem, equals + 1, len - name_n - 1, true, &value)))
            return err_field(mem, "url", "'%s' is not encoded as an address is", text);
        if (ret->query_n == URL_PARTS_MAX)
            return err_field(mem, "url", "'%s' has too many words in its query", text);
        if (len) {
            ret->query[ret->query_n].name = name;
            ret->query[ret->query_n++].value = value;
        }
        at += skip;
        n -= skip;
    }
    return NULL;
}

struct err *url_parse(struct arena *mem, const char *text, struct url *ret)
{
    const char *at, *usual;
    struct url url = {0};

    TRY(check_characters(mem, text));
    TRY(take_scheme(mem, text, &at, &usual));
    size_t n = strcspn(at, "/?#");
    TRY(take_host(mem, text, at, n, usual, &url));
    at += n;
    n = strcspn(at, "?#");
    TRY(take_path(mem, text, at, n, &url));
    at += n;
    if (*at == '?')
        TRY(take_query(mem, text, at + 1, strcspn(at + 1, "#"), &url));
    *ret = url;
    return NULL;
}

const char *url_query(const struct url *u, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < u->query_n; i++) {
        if (strcmp(u->query[i].name, name) != 0)
            continue;
        if (value)
            return NULL;
        value = u->query[i].value;
    }
    return value;
}

static const char *without_www(const char *host)
{
    return text_starts(host, "www.") ? host + 4 : host;
}

bool url_same(const struct url *a, const struct url *b)
{
    if (strcmp(without_www(a->host), without_www(b->host)) != 0 || !text_same(a->port, b->port) ||
        a->parts_n != b->parts_n || a->query_n != b->query_n)
        return false;
    for (size_t i = 0; i < a->parts_n; i++)
        if (strcmp(a->parts[i], b->parts[i]) != 0)
            return false;
    for (size_t i = 0; i < a->query_n; i++)
        if (strcmp(a->query[i].name, b->query[i].name) != 0 ||
            strcmp(a->query[i].value, b->query[i].value) != 0)
            return false;
    return true;
}
