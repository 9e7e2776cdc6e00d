/* token_uri.c - PKCS#11 URIs (RFC 7512), as far as they name one private key; see token.h. */
#include "token.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { URI_MAX = 2000 };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%41b" is "Ab"; false when a '%' has no two digits after it. */
static bool unescape(struct arena *mem, const char *text, size_t n, struct bytes *ret)
{
    uint8_t *out = arena_alloc(mem, n + 1);
    size_t to = 0;

    for (size_t i = 0; i < n; i++) {
        if (text[i] != '%') {
            out[to++] = (uint8_t)text[i];
            continue;
        }
        int high = i + 2 < n ? hex_digit(text[i + 1]) : -1;
        int low = i + 2 < n ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            return false;
        out[to++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    *ret = bytes_of(out, to);
    return true;
}

struct attribute {
    const char *name;
    const char **text;  /* where it goes; NULL: nowhere */
    const char *refuse; /* why it is not taken */
};

static struct err *take(struct arena *mem, const struct attribute *known, const char *at, size_t n,
                        struct token_uri *uri)
{
    const char *equals = memchr(at, '=', n);
    struct bytes value;

    if (!equals || !unescape(mem, equals + 1, n - (size_t)(equals + 1 - at), &value))
        return err_new(mem, ERR_INVALID, "the pkcs11 URI has a part that is not name=value: '%s'",
                       arena_copy_n(mem, at, n));
    const char *name = arena_copy_n(mem, at, (size_t)(equals - at));
    const char *text = arena_copy_n(mem, (const char *)value.at, value.n);
    if (strcmp(name, "id") == 0) {
        uri->id = value;
        return NULL;
    }
    for (const struct attribute *a = known; a->name; a++) {
        if (strcmp(a->name, name) != 0)
            continue;
        if (a->refuse)
            return err_new(mem, ERR_INVALID, "%s", a->refuse);
        if (strlen(text) != value.n || !value.n)
            return err_new(mem, ERR_INVALID, "%s in the pkcs11 URI is empty or no text", name);
        *a->text = text;
        return NULL;
    }
    return err_new(mem, ERR_INVALID,
                   "'%s' in the pkcs11 URI is not known here: token, serial, manufacturer, model, "
                   "object, id, type; after '?' module-path, pin-source",
                   name);
}

/* name=value, several of them with a letter between. */
static struct err *take_all(struct arena *mem, const struct attribute *known, const char *at,
                            size_t n, char between, struct token_uri *uri)
{
    for (size_t i = 0; i < n;) {
        const char *end = memchr(at + i, between, n - i);
        size_t len = end ? (size_t)(end - (at + i)) : n - i;
        TRY(take(mem, known, at + i, len, uri));
        i += len + 1;
    }
    return NULL;
}

static struct err *check_whole(struct arena *mem, const struct token_uri *u, const char *type)
{
    if (type && strcmp(type, "private") != 0)
        return err_new(mem, ERR_INVALID, "type in the pkcs11 URI must be private, not %s", type);
    if (!u->object && !u->id.n)
        return err_new(mem, ERR_INVALID, "the pkcs11 URI names no key: add object= or id=");
    if (!u->module || *u->module != '/')
        return err_new(mem, ERR_INVALID,
                       "the pkcs11 URI must say ?module-path= and the whole path of the module");
    if (!u->pin_source)
        return err_new(mem, ERR_INVALID,
                       "the pkcs11 URI must say &pin-source= and the file that holds the PIN");
    return NULL;
}

struct err *token_uri_parse(struct arena *mem, const char *text, struct token_uri *ret)
{
    static const char scheme[] = "pkcs11:";
    static const char open_pin[] = "a PIN does not belong into the pkcs11 URI, where everybody can "
                                   "read it: name a file with pin-source=";
    struct token_uri u = {0};
    const char *type = NULL;
    const struct attribute path[] = {{"token", &u.token, NULL},
                                     {"serial", &u.serial, NULL},
                                     {"manufacturer", &u.manufacturer, NULL},
                                     {"model", &u.model, NULL},
                                     {"object", &u.object, NULL},
                                     {"type", &type, NULL},
                                     {0}};
    const struct attribute query[] = {{"module-path", &u.module, NULL},
                                      {"pin-source", &u.pin_source, NULL},
                                      {"pin-value", NULL, open_pin},
                                      {0}};

    if (!text_starts(text, scheme) || strlen(text) > URI_MAX || strpbrk(text, " \t\r\n"))
        return err_new(mem, ERR_INVALID, "this is not a pkcs11: URI of at most %d letters",
                       URI_MAX);
    const char *at = text + strlen(scheme), *mark = strchr(at, '?');
    size_t n = mark ? (size_t)(mark - at) : strlen(at);
    TRY(take_all(mem, path, at, n, ';', &u));
    if (mark)
        TRY(take_all(mem, query, mark + 1, strlen(mark + 1), '&', &u));
    if (u.pin_source && text_starts(u.pin_source, "file:"))
        u.pin_source += strlen("file:");
    TRY(check_whole(mem, &u, type));
    *ret = u;
    return NULL;
}

struct err *token_uri_check(struct arena *mem, const char *uri)
{
    struct token_uri parsed;

    return token_uri_parse(mem, uri, &parsed);
}
