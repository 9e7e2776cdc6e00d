/* check.c - see check.h. */
#include "base/check.h"

#include "base/date.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool is_name(const char *text)
{
    if (!isalnum((unsigned char)*text))
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && !strchr("._:@/+-", *text))
            return false;
    return true;
}

bool is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (dash ? text[i] != '-' : !hex)
            return false;
    }
    return text[36] == '\0';
}

static bool is_digest(const char *text, size_t n)
{
    return n == 64 && strspn(text, "0123456789abcdef") >= 64;
}

static struct err *check_digest(struct arena *mem, const struct field *f, const char *value)
{
    size_t n = strlen(value);

    if (is_digest(value, n) ||
        (f->min && (int64_t)n >= f->min && n < 64 && strspn(value, "0123456789abcdef") == n))
        return NULL;
    if (!f->min)
        return err_field(mem, f->name, "must be a SHA-256 in hexadecimal");
    return err_field(mem, f->name,
                     "must be a SHA-256 in hexadecimal, or its first %" PRId64 " digits or more",
                     f->min);
}

bool digest_begins(const char *digest, const char *with)
{
    return strncmp(digest, with, strlen(with)) == 0;
}

/* What is no day is shown up to so many bytes. */
enum { DAY_SHOWN = 40 };

/* 31.04.2020: written like a day, and there is none. */
static bool is_no_day(struct arena *mem, const char *text)
{
    unsigned a, b, c;
    char mark[2];
    int n = 0;
    int64_t day;

    if (sscanf(text, "%4u%c%2u%c%4u%n", &a, &mark[0], &b, &mark[1], &c, &n) != 5 || text[n] ||
        mark[0] != mark[1] || !strchr("-./", mark[0]) || (a < 1000 && c < 1000))
        return false;
    return !day_parse(a >= 1000 ? arena_printf(mem, "%04u-%02u-%02u", a, b, c)
                                : arena_printf(mem, "%04u-%02u-%02u", c, b, a),
                      &day);
}

static struct err *check_day(struct arena *mem, const struct field *f, const char *value)
{
    int64_t day;

    if (day_parse(value, &day))
        return NULL;
    if (is_no_day(mem, value))
        return err_field(mem, f->name,
                         "'%s' is not in the calendar: there is no such day (2026-01-31 is how a "
                         "day is written)",
                         value);
    return err_field(mem, f->name, "'%s' is not a day like 2026-01-31", value);
}

/* The SHA-256 of an uploaded file, a slash and the name it had. */
static struct err *check_file(struct arena *mem, const struct field *f, const char *value)
{
    size_t n = strcspn(value, "/");

    if (!is_digest(value, n) || value[n] != '/' || !value[n + 1])
        return err_field(mem, f->name, "must be a file's SHA-256, a slash and its name");
    if (!text_is_utf8(value, strlen(value)) || strchr(value + n + 1, '/') ||
        strcmp(text_printable(mem, value, strlen(value)), value) != 0)
        return err_field(mem, f->name, "the file's name must be plain UTF-8 without a slash");
    return NULL;
}

/* What has no shape of its own and makes text look other than it is: controls, line separators, and
 * the marks that turn the direction of writing around. */
static bool misleads(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200d) || c == 0x202f ||
           c == 0x205f || c == 0x2060 || c == 0x3000 || c == 0xfeff;
}

static struct err *check_shown(struct arena *mem, const struct field *f, const char *value)
{
    size_t n = strlen(value), took;
    bool blank = true;

    for (size_t i = 0; i < n; i += took) {
        uint32_t c = text_code_point(value + i, n - i, &took);
        blank = blank && is_blank(c);
        if (misleads(c))
            return err_field(mem, f->name,
                             "must not contain U+%04" PRIX32
                             ": it is a control character or turns the direction of the text",
                             c);
    }
    return blank && n ? err_field(mem, f->name, "must not be blank") : NULL;
}

/* name@host.domain: no more can be told without sending a mail. */
static bool is_mail(const char *value)
{
    const char *at = strchr(value, '@'), *dot = at ? strrchr(at, '.') : NULL;

    return at && at != value && !strchr(at + 1, '@') && at[1] != '.' && !strstr(at, "..") && dot &&
           dot > at + 1 && dot[1] && strcspn(value, " <>()[],;:\\\"") == strlen(value);
}

static struct err *check_text(struct arena *mem, const struct field *f, const char *value)
{
    if (!text_is_utf8(value, strlen(value)))
        return err_field(mem, f->name, "must be valid UTF-8");
    for (const char *c = value; *c; c++) {
        bool control = (unsigned char)*c < 0x20 || *c == 0x7f;
        if (control && !(f->lines && (*c == '\n' || *c == '\t')))
            return err_field(mem, f->name, "must not contain control characters");
    }
    if (!*value)
        return err_field(mem, f->name,
                         f->optional ? "must not be empty; leave it out instead"
                                     : "must not be empty");
    TRY(check_shown(mem, f, value));
    if (f->mail && !is_mail(value))
        return err_field(mem, f->name, "'%s' is not a mail address like ana@acme.example", value);
    return NULL;
}

static struct err *check_choice(struct arena *mem, const struct field *f, const char *value)
{
    struct buf words;

    for (const char *const *c = f->choices; *c; c++)
        if (strcmp(*c, value) == 0)
            return NULL;
    buf_init(&words, mem, 900);
    for (const char *const *c = f->choices; *c; c++)
        buf_printf(&words, "%s%s", words.n ? ", " : "", *c);
    return err_field(mem, f->name, "'%s' is not one of: %s", value, words.at);
}

static struct err *check_time(struct arena *mem, const struct field *f, const char **value)
{
    int64_t at;

    if (day_parse(*value, &at))
        at = (at + f->last) * MS_PER_DAY - f->last;
    else if (!instant_said(*value, &at))
        return err_field(mem, f->name, "'%s' is not a time like 2026-01-31 or 2026-01-31T17:00:00Z",
                         *value);
    *value = instant_text(mem, at);
    return NULL;
}

/* Checks a value of a kind that is held as text; may replace it by its normal form. */
static struct err *check_kind(struct arena *mem, const struct field *f, enum kind kind,
                              const char **value)
{
    size_t n = strlen(*value);

    bool shown = kind == KIND_DATE && n <= DAY_SHOWN; /* then what is wrong with it is said */
    if (kind != KIND_INT && kind != KIND_LIST && !shown && n > (size_t)field_max(f) &&
        f->kind != KIND_LIST)
        return err_field(mem, f->name, "is %zu bytes long; the limit is %" PRId64, n, field_max(f));
    switch (kind) {
    case KIND_TEXT:
        return check_text(mem, f, *value);
    case KIND_NAME:
        if (!is_name(*value))
            return err_field(mem, f->name,
                             "'%s' must begin with a letter or digit and hold only letters, "
                             "digits and . _ : @ / + -",
                             *value);
        return NULL;
    case KIND_REF:
        if (!is_name(*value))
            return err_field(mem, f->name, "'%s' is no key or id: say which %s", *value, f->of);
        return NULL;
    case KIND_ID:
        return is_uuid(*value) ? NULL : err_field(mem, f->name, "'%s' is not a UUID", *value);
    case KIND_CHOICE:
        return check_choice(mem, f, *value);
    case KIND_DATE:
        return check_day(mem, f, *value);
    case KIND_TIME:
        return check_time(mem, f, value);
    case KIND_FILE:
        return check_file(mem, f, *value);
    case KIND_DIGEST:
        return check_digest(mem, f, *value);
    default:
        return NULL;
    }
}

static struct err *set_int(struct arena *mem, const struct field *f, const char *value, void *obj)
{
    char *end;

    errno = 0;
    int64_t n = strtoll(value, &end, 10);
    bool beyond = errno == ERANGE; /* what a machine's word holds */
    if (end == value || *end || (errno && !beyond) || isspace((unsigned char)*value))
        return err_field(mem, f->name, "'%s' is not a whole number", value);
    if (beyond || n < f->min || n > field_max(f))
        return err_field(mem, f->name, "must lie between %" PRId64 " and %" PRId64, f->min,
                         field_max(f));
    *(int64_t *)field_in(f, obj) = n;
    return NULL;
}

static struct err *set_bool(struct arena *mem, const struct field *f, const char *value, void *obj)
{
    bool yes = strcmp(value, "true") == 0 || strcmp(value, "yes") == 0;

    if (!yes && strcmp(value, "false") != 0 && strcmp(value, "no") != 0)
        return err_field(mem, f->name, "must be true or false");
    *(bool *)field_in(f, obj) = yes;
    return NULL;
}

static struct err *add_item(struct arena *mem, const struct field *f, const char *value, void *obj)
{
    struct list *list = field_in(f, obj);

    if (list->n == (size_t)field_max(f))
        return err_field(mem, f->name, "has more than %" PRId64 " items", field_max(f));
    TRY(check_kind(mem, f, f->each, &value));
    if ((list->n & (list->n - 1)) == 0) { /* full at every power of two */
        const char **more = arena_array(mem, list->n ? 2 * list->n : 1, sizeof(*more));
        if (list->n)
            memcpy(more, list->at, list->n * sizeof(*more));
        list->at = more;
    }
    list->at[list->n++] = arena_copy(mem, value);
    return NULL;
}

struct err *field_set(struct arena *mem, const struct field *f, const char *value, void *obj)
{
    switch (f->held_as) {
    case HELD_AS_INT:
        return set_int(mem, f, value, obj);
    case HELD_AS_BOOL:
        return set_bool(mem, f, value, obj);
    case HELD_AS_LIST:
        return add_item(mem, f, value, obj);
    case HELD_AS_REF:
        TRY(check_kind(mem, f, f->kind, &value));
        *(struct ref *)field_in(f, obj) = (struct ref){.said = arena_copy(mem, value)};
        return NULL;
    case HELD_AS_TEXT:
        TRY(check_kind(mem, f, f->kind, &value));
        *(const char **)field_in(f, obj) = arena_copy(mem, value);
        return NULL;
    }
    return NULL;
}

struct err *record_complete(struct arena *mem, const struct record *r, const struct seen *seen)
{
    EACH_FIELD (f, r) {
        if (!f->optional && !seen->at[f - r->fields])
            return err_field(mem, f->name, "is missing: %s", f->help);
    }
    return NULL;
}

struct err *field_happened(struct arena *mem, const struct field *f, const void *obj, int64_t now)
{
    enum { EARLIEST_ZONE = 14 * 3600 * 1000, AHEAD_DAYS = 2 * 366 }; /* UTC+14 */
    const bool day = f->kind == KIND_DATE, time = f->kind == KIND_TIME;
    int64_t at = 0;

    if ((!day && !time) || !field_is_set(f, obj))
        return NULL;
    const char *value = field_text(mem, f, obj);
    if (day && day_parse(value, &at))
        at = at * MS_PER_DAY - EARLIEST_ZONE;
    else if (time)
        instant_parse(value, &at);
    if (strcmp(value, "1700") < 0)
        return err_field(mem, f->name, "%.10s is before 1700: is the year right?", value);
    if (f->past && at > now)
        return err_field(mem, f->name, "must not be in the future: record it when it is so");
    if (f->plan && at > now + AHEAD_DAYS * (int64_t)MS_PER_DAY)
        return err_field(mem, f->name, "%.10s is more than two years ahead: is the year right?",
                         value);
    return NULL;
}

struct err *record_happened(struct arena *mem, const struct record *r, const void *obj, int64_t now)
{
    EACH_FIELD (f, r)
        TRY(field_happened(mem, f, obj, now));
    return NULL;
}
