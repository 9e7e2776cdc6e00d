/* canonical.c - RFC 8785, the JSON Canonicalization Scheme; see json.h. */
#include "json/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void value(struct buf *out, const json_t *v);

/* ECMAScript's Number::toString: the fewest digits that read back as the same double. */
static void real(struct buf *out, double d)
{
    char text[40], digits[20];
    int precision = 0, exponent;

    if (d == 0) {
        buf_byte(out, '0');
        return;
    }
    do
        snprintf(text, sizeof(text), "%.*e", precision, fabs(d));
    while (strtod(text, NULL) != fabs(d) && ++precision < 17);
    char *e = strchr(text, 'e');
    exponent = (int)strtol(e + 1, NULL, 10);
    int n = 0;
    for (char *c = text; c < e; c++)
        if (*c != '.')
            digits[n++] = *c;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    if (d < 0)
        buf_byte(out, '-');
    int point = exponent + 1; /* digits before the decimal point */
    if (point > 21 || point < -5) {
        buf_byte(out, (unsigned char)digits[0]);
        if (n > 1)
            buf_printf(out, ".%.*s", n - 1, digits + 1);
        buf_printf(out, "e%+d", exponent);
    } else if (point <= 0) {
        buf_printf(out, "0.%.*s%.*s", -point, "00000", n, digits);
    } else if (n <= point) {
        buf_printf(out, "%.*s%.*s", n, digits, point - n, "000000000000000000000");
    } else {
        buf_printf(out, "%.*s.%.*s", point, digits, n - point, digits + point);
    }
}

/* Integers beyond 2^53 are doubles to ECMAScript, and are written as one. */
static void whole(struct buf *out, json_int_t n)
{
    const json_int_t exact = (json_int_t)1 << 53;

    if (n > exact || n < -exact)
        real(out, (double)n);
    else
        buf_printf(out, "%" JSON_INTEGER_FORMAT, n);
}

static int by_utf16(const void *a, const void *b)
{
    return text_compare_utf16(*(const char *const *)a, *(const char *const *)b);
}

static void object(struct buf *out, const json_t *v)
{
    size_t n = json_object_size(v), i = 0;
    const char **keys = arena_array(out->mem, n + 1, sizeof(*keys));

    for (void *at = json_object_iter(json_plain(v)); at;
         at = json_object_iter_next(json_plain(v), at))
        keys[i++] = json_object_iter_key(at);
    if (n)
        qsort(keys, n, sizeof(*keys), by_utf16);
    buf_byte(out, '{');
    for (i = 0; i < n; i++) {
        if (i)
            buf_byte(out, ',');
        buf_json(out, keys[i], strlen(keys[i]));
        buf_byte(out, ':');
        value(out, json_object_get(v, keys[i]));
    }
    buf_byte(out, '}');
}

static void array(struct buf *out, const json_t *v)
{
    size_t i;
    json_t *item;

    buf_byte(out, '[');
    json_array_foreach (v, i, item) {
        if (i)
            buf_byte(out, ',');
        value(out, item);
    }
    buf_byte(out, ']');
}

static void value(struct buf *out, const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        object(out, v);
        break;
    case JSON_ARRAY:
        array(out, v);
        break;
    case JSON_STRING:
        buf_json(out, json_string_value(v), json_string_length(v));
        break;
    case JSON_INTEGER:
        whole(out, json_integer_value(v));
        break;
    case JSON_REAL:
        real(out, json_real_value(v));
        break;
    case JSON_TRUE:
        buf_text(out, "true");
        break;
    case JSON_FALSE:
        buf_text(out, "false");
        break;
    case JSON_NULL:
        buf_text(out, "null");
        break;
    }
}

char *json_canonical(struct arena *mem, const json_t *v)
{
    struct buf out;

    buf_init(&out, mem, SIZE_MAX / 4);
    value(&out, v);
    return out.at;
}

bool json_is_canonical(struct bytes text, const json_t *v)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    return bytes_same(text, bytes_of_text(json_canonical(mem, v)));
}
