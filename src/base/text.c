/* text.c - see text.h. */
#define _GNU_SOURCE
#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* ---- Buffers --------------------------------------------------------------------------------- */

void buf_init(struct buf *b, struct arena *mem, size_t limit)
{
    *b = (struct buf){.mem = mem, .limit = limit};
    b->room = limit < 255 ? limit : 255;
    b->at = arena_alloc(mem, b->room + 1);
}

static bool buf_reserve(struct buf *b, size_t n)
{
    if (b->full || n > b->limit - b->n) {
        b->full = true;
        return false;
    }
    if (n <= b->room - b->n)
        return true;
    size_t room = b->room * 2 + n;
    if (room > b->limit)
        room = b->limit;
    char *bigger = arena_alloc(b->mem, room + 1);
    memcpy(bigger, b->at, b->n);
    b->at = bigger;
    b->room = room;
    return true;
}

void buf_add_far(struct buf *b, const void *bytes, size_t n)
{
    if (buf_reserve(b, n))
        buf_add(b, bytes, n);
}

void buf_byte(struct buf *b, unsigned char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args, again;

    if (b->full)
        return;
    va_start(args, fmt);
    va_copy(again, args);
    size_t room = b->room - b->n;
    int n = vsnprintf(b->at + b->n, room + 1, fmt, args); /* most often it fits */
    va_end(args);
    if (n > 0 && (size_t)n > room) {
        b->at[b->n] = '\0';
        n = buf_reserve(b, (size_t)n) ? vsnprintf(b->at + b->n, (size_t)n + 1, fmt, again) : 0;
    }
    b->n += n > 0 ? (size_t)n : 0;
    va_end(again);
}

void buf_json(struct buf *b, const char *text, size_t n)
{
    static const char shorts[] = "btnvfr"; /* 0x08 to 0x0d; 0x0b has no short form */
    size_t from = 0;

    buf_byte(b, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(b, text + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            buf_add(b, (const char[]){'\\', (char)c}, 2);
        else if (c >= 0x08 && c <= 0x0d && c != 0x0b)
            buf_add(b, (const char[]){'\\', shorts[c - 0x08]}, 2);
        else
            buf_printf(b, "\\u%04x", c);
    }
    buf_add(b, text + from, n - from);
    buf_byte(b, '"');
}

static const char *html_of(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    default:
        return "&#39;";
    }
}

void buf_html_n(struct buf *b, const char *text, size_t n)
{
    static const bool means_something[256] = {
        ['<'] = true, ['>'] = true, ['&'] = true, ['"'] = true, ['\''] = true};
    const char *from = text, *end = text + n;

    for (const char *at = text; at < end; at++) {
        if (!means_something[(unsigned char)*at])
            continue;
        buf_add(b, from, (size_t)(at - from));
        buf_text(b, html_of(*at));
        from = at + 1;
    }
    buf_add(b, from, (size_t)(end - from));
}

void buf_html(struct buf *b, const char *text)
{
    buf_html_n(b, text, strlen(text));
}

/* ---- Looking at text ------------------------------------------------------------------------- */

bool text_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

bool text_ends(const char *text, const char *with)
{
    size_t n = strlen(text), m = strlen(with);

    return n >= m && strcmp(text + n - m, with) == 0;
}

/* How many bytes the code point at *s has, or 0 when it is not valid; RFC 3629 section 4. */
static size_t sequence(const unsigned char *s, size_t n)
{
    unsigned char c = s[0], low = 0x80, high = 0xbf;
    size_t len = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : 4;

    if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || len > n)
        return 0;
    if (c == 0xe0)
        low = 0xa0;
    else if (c == 0xed)
        high = 0x9f;
    else if (c == 0xf0)
        low = 0x90;
    else if (c == 0xf4)
        high = 0x8f;
    for (size_t i = 1; i < len; i++, low = 0x80, high = 0xbf)
        if (s[i] < low || s[i] > high)
            return 0;
    return len;
}

/* How many of the next bytes are ASCII and not NUL, eight at a time. */
static size_t plain_bytes(const unsigned char *s, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t eight;
    size_t i = 0;

    for (; n - i >= sizeof(eight); i += sizeof(eight)) {
        memcpy(&eight, s + i, sizeof(eight));
        if ((eight | (eight - ones)) & highs)
            break;
    }
    return i;
}

bool text_is_utf8(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;

    for (size_t i = plain_bytes(s, n); i < n; i += plain_bytes(s + i, n - i)) {
        size_t len = sequence(s + i, n - i);
        if (len == 0 || s[i] == 0)
            return false;
        i += len;
    }
    return true;
}

uint32_t text_code_point(const char *text, size_t n, size_t *ret_n)
{
    static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *s = (const unsigned char *)text;
    size_t len = sequence(s, n);

    assert(len);
    uint32_t c = s[0] & first_bits[len];
    for (size_t i = 1; i < len; i++)
        c = c << 6 | (s[i] & 0x3f);
    *ret_n = len;
    return c;
}

/* Code points order as UTF-16 code units do, but for the astral ones, whose surrogates (from
 * d800) come before e000 to ffff. */
int text_compare_utf16(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    unsigned char x = (unsigned char)*a, y = (unsigned char)*b;
    bool x_astral = x >= 0xf0, y_astral = y >= 0xf0;
    if (x_astral != y_astral && x >= 0xee && y >= 0xee)
        return x_astral ? -1 : 1;
    return (x > y) - (x < y);
}

const char *text_printable(struct arena *mem, const char *text, size_t n)
{
    char *copy = arena_copy_n(mem, text, n);

    for (size_t i = 0; i < n;) {
        size_t len = sequence((const unsigned char *)text + i, n - i);
        unsigned char c = (unsigned char)text[i];
        if (len == 0 || c < 0x20 || c == 0x7f) {
            copy[i] = '?';
            len = 1;
        } else if (c == 0xc2 && (unsigned char)text[i + 1] < 0xa0) {
            copy[i] = copy[i + 1] = '?'; /* the C1 controls */
        }
        i += len;
    }
    return copy;
}

char *text_lower(struct arena *mem, const char *text)
{
    char *copy = arena_copy(mem, text);

    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

char *text_trim(struct arena *mem, const char *text)
{
    static const char white[] = " \t\r\n\v\f";
    const char *from = text + strspn(text, white), *to = from + strlen(from);

    while (to > from && strchr(white, to[-1]))
        to--;
    return arena_copy_n(mem, from, (size_t)(to - from));
}

size_t text_width(const char *text)
{
    size_t n = strlen(text), width = 0, len;

    for (size_t i = 0; i < n; i += len) {
        len = sequence((const unsigned char *)text + i, n - i);
        if (len == 0) {
            len = 1;
            width++;
            continue;
        }
        uint32_t c = text_code_point(text + i, n - i, &len);
        bool combining = (c >= 0x300 && c < 0x370) || (c >= 0x200b && c <= 0x200d) || c == 0xfe0f;
        bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                    (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
        width += combining ? 0 : wide ? 2 : 1;
    }
    return width;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

char *text_of_whole(struct arena *mem, int64_t n)
{
    char digits[sizeof("-9223372036854775808")], *at = digits + sizeof(digits) - 1;
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;

    *at = '\0';
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (n < 0)
        *--at = '-';
    return arena_copy(mem, at);
}

bool text_to_u64(const char *text, size_t n, uint64_t max, uint64_t *ret)
{
    uint64_t value = 0;

    if (n == 0 || (n > 1 && text[0] == '0'))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (value > (max - digit) / 10 || digit > max)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

char *hex_encode(struct arena *mem, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = bytes;
    char *text = arena_alloc(mem, 2 * n + 1);

    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[in[i] >> 4];
        text[2 * i + 1] = digits[in[i] & 15];
    }
    return text;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(const char *text, uint8_t *out, size_t n)
{
    if (strnlen(text, 2 * n + 1) != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
