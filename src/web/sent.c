/* sent.c - a form as it was sent, in either of the two ways that browsers have; see form.h. */
#include "form.h"

#include "http/head.h"
#include "http/query.h"

#include <strings.h>

enum { MEMBERS_FIRST = 64, BOUNDARY_MAX = 70 };

/* Twice as much whenever it is full: few forms are long. */
static bool has_room(struct arena *mem, struct sent *s)
{
    bool full = s->n == 0 || (s->n >= MEMBERS_FIRST && (s->n & (s->n - 1)) == 0);

    if (s->n == SENT_MAX)
        return false;
    if (full) {
        struct sent more = {
            .at = arena_array(mem, s->n ? 2 * s->n : MEMBERS_FIRST, sizeof(*more.at))};
        for (size_t i = 0; i < s->n; i++)
            more.at[i] = s->at[i];
        s->at = more.at;
    }
    return true;
}

static struct err *broken(struct arena *mem)
{
    return err_new(mem, ERR_USAGE, "the form was sent in a way that is not understood");
}

static bool is_text(const char *text)
{
    return text_is_utf8(text, strlen(text));
}

static struct err *read_encoded(struct arena *mem, struct bytes body, struct sent *s)
{
    const char *at = arena_copy_n(mem, (const char *)body.at, body.n);

    while (*at) {
        size_t n = strcspn(at, "&"), name = strcspn(at, "=&");
        if (!has_room(mem, s) || name >= n ||
            !percent_decode(mem, at, name, true, &s->at[s->n].name) ||
            !percent_decode(mem, at + name + 1, n - name - 1, true, &s->at[s->n].value) ||
            !is_text(s->at[s->n].name) || !is_text(s->at[s->n].value))
            return broken(mem);
        s->n++;
        at += n + (at[n] == '&');
    }
    return NULL;
}

/* Where text first stands in b; NULL: nowhere. */
static const uint8_t *find(struct bytes b, const char *text)
{
    size_t n = strlen(text);

    for (const uint8_t *at = b.at; n <= b.n - (size_t)(at - b.at); at++) {
        at = memchr(at, *text, b.n - (size_t)(at - b.at) - n + 1);
        if (!at || memcmp(at, text, n) == 0)
            return at;
    }
    return NULL;
}

/* `; name="x"` of a header's line. */
static const char *parameter(struct arena *mem, const char *line, const char *name)
{
    const char *key = arena_printf(mem, "; %s=\"", name);
    const char *at = strstr(line, key), *end = at ? strchr(at + strlen(key), '"') : NULL;

    return end ? arena_copy_n(mem, at + strlen(key), (size_t)(end - at) - strlen(key)) : NULL;
}

static struct err *read_part(struct arena *mem, struct bytes part, struct sent *s)
{
    const uint8_t *end = find(part, "\r\n\r\n");

    if (!end || !has_room(mem, s))
        return broken(mem);
    size_t head = (size_t)(end - part.at);
    const char *lines = arena_copy_n(mem, (const char *)part.at, head);
    const char *disposition = strstr(lines, "Content-Disposition: form-data");
    if (!is_text(lines) || !disposition || !parameter(mem, disposition, "name"))
        return broken(mem);
    struct bytes value = bytes_of(part.at + head + 4, part.n - head - 4);
    s->at[s->n].name = parameter(mem, disposition, "name");
    s->at[s->n].file = parameter(mem, disposition, "filename");
    s->at[s->n].bytes = value;
    if (!s->at[s->n].file) {
        if (memchr(value.at, '\0', value.n) || !text_is_utf8((const char *)value.at, value.n))
            return broken(mem);
        s->at[s->n].value = arena_copy_n(mem, (const char *)value.at, value.n);
    }
    s->n++;
    return NULL;
}

static const char *boundary_of(struct arena *mem, const char *media_type)
{
    const char *at = strstr(media_type, "boundary=");

    if (!at)
        return NULL;
    at += strlen("boundary=");
    bool quoted = *at == '"';
    size_t n = strcspn(at + quoted, quoted ? "\"" : "; ");
    return n && n <= BOUNDARY_MAX ? arena_printf(mem, "\r\n--%.*s", (int)n, at + quoted) : NULL;
}

static struct err *read_multipart(struct arena *mem, const char *media_type, struct bytes body,
                                  struct sent *s)
{
    const char *boundary = boundary_of(mem, media_type);
    size_t n = boundary ? strlen(boundary) : 0;

    if (!boundary || body.n < n || memcmp(body.at, boundary + 2, n - 2) != 0)
        return broken(mem);
    struct bytes rest = bytes_of(body.at + n - 2, body.n - n + 2);
    while (!(rest.n >= 2 && memcmp(rest.at, "--", 2) == 0)) {
        const uint8_t *next = find(rest, boundary);
        if (!next || rest.n < 2 || memcmp(rest.at, "\r\n", 2) != 0)
            return broken(mem);
        size_t len = (size_t)(next - rest.at);
        if (len < 2)
            return broken(mem); /* two boundaries in a row */
        TRY(read_part(mem, bytes_of(rest.at + 2, len - 2), s));
        rest = bytes_of(rest.at + len + n, rest.n - len - n);
    }
    return NULL;
}

static struct err *read_form(struct arena *mem, const char *media_type, struct bytes body,
                             struct sent *ret)
{
    *ret = (struct sent){0};
    if (media_type && strncasecmp(media_type, "multipart/form-data", 19) == 0)
        return read_multipart(mem, media_type, body, ret);
    if (media_type && strncasecmp(media_type, "application/x-www-form-urlencoded", 33) == 0)
        return read_encoded(mem, body, ret);
    return err_new(mem, ERR_USAGE, "send a form");
}

struct err *form_read(struct arena *mem, const char *media_type, struct bytes body,
                      struct sent *ret)
{
    TRY(read_form(mem, media_type, body, ret));
    if (sent_bytes(ret) > BODY_MAX)
        return err_new(mem, ERR_TOO_LARGE, "what is typed into a form may have 2 MiB");
    return NULL;
}

const char form_token[] = ".form";

const char *form_value(const struct sent *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, name) == 0 && s->at[i].value)
            return s->at[i].value;
    return NULL;
}

size_t sent_bytes(const struct sent *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += strlen(s->at[i].name) + (s->at[i].value ? strlen(s->at[i].value) : 0);
    return n;
}
