/* bytes.c - see bytes.h. */
#include "base/bytes.h"

struct bytes bytes_copy(struct arena *mem, const void *at, size_t n)
{
    return bytes_of(arena_copy_n(mem, at, n), n);
}

struct bytes read_n(struct reader *r, size_t n)
{
    if (r->failed || n > r->n) {
        r->failed = true;
        return (struct bytes){0};
    }
    struct bytes b = {r->at, n};
    r->at += n;
    r->n -= n;
    return b;
}

static uint64_t read_big_endian(struct reader *r, size_t n)
{
    struct bytes b = read_n(r, n);
    uint64_t v = 0;

    for (size_t i = 0; i < b.n; i++)
        v = v << 8 | b.at[i];
    return v;
}

uint8_t read_u8(struct reader *r)
{
    return (uint8_t)read_big_endian(r, 1);
}

uint32_t read_u32(struct reader *r)
{
    return (uint32_t)read_big_endian(r, 4);
}

uint64_t read_u64(struct reader *r)
{
    return read_big_endian(r, 8);
}

bool reader_done(const struct reader *r)
{
    return !r->failed && r->n == 0;
}

void write_u32(uint8_t out[4], uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> (24 - 8 * i));
}

void write_u64(uint8_t out[8], uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

/* ---- base64 ---------------------------------------------------------------------------------- */

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char urlsafe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Writes the letters for n bytes and returns how many; no padding. */
static size_t encode(const char *letters, const uint8_t *in, size_t n, char *out)
{
    size_t used = 0;

    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        uint32_t group = (uint32_t)in[i] << 16 | (have > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (have > 2 ? in[i + 2] : 0U);
        for (size_t k = 0; k <= have; k++)
            out[used++] = letters[group >> (18 - 6 * k) & 63];
    }
    return used;
}

char *base64_encode(struct arena *mem, const void *bytes, size_t n)
{
    char *text = arena_alloc(mem, (n + 2) / 3 * 4 + 1);
    size_t used = encode(standard, bytes, n, text);

    while (used % 4)
        text[used++] = '=';
    return text;
}

char *base64url_encode(struct arena *mem, const void *bytes, size_t n)
{
    char *text = arena_alloc(mem, (n + 2) / 3 * 4 + 1);

    encode(urlsafe, bytes, n, text);
    return text;
}

void base64url_encode_32(const uint8_t in[32], char out[44])
{
    out[encode(urlsafe, in, 32, out)] = '\0';
}

static int value_of(char c, bool url)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (url ? '-' : '+'))
        return 62;
    return c == (url ? '_' : '/') ? 63 : -1;
}

/* len letters without padding into exactly len * 6 / 8 bytes. */
static bool decode(const char *text, size_t len, bool url, uint8_t *out)
{
    uint32_t bits = 0;
    unsigned have = 0;

    for (size_t i = 0; i < len; i++) {
        int v = value_of(text[i], url);
        if (v < 0)
            return false;
        bits = (bits << 6 | (uint32_t)v) & 0xffffff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            *out++ = (uint8_t)(bits >> have);
        }
    }
    return have < 6 && (bits & ((1U << have) - 1)) == 0;
}

/* Takes the padding of the standard form off; false when there is too much or too little. */
static bool strip(const char *text, size_t *len)
{
    size_t padding = 0;

    if (*len % 4)
        return false;
    while (*len && text[*len - 1] == '=' && padding < 2) {
        --*len;
        padding++;
    }
    return true;
}

static bool decode_new(struct arena *mem, const char *text, size_t len, bool url, struct bytes *ret)
{
    size_t n = len / 4 * 3 + len % 4 * 6 / 8;
    uint8_t *out = arena_alloc(mem, n + 1);

    if (!decode(text, len, url, out))
        return false;
    *ret = bytes_of(out, n);
    return true;
}

bool base64_decode(struct arena *mem, const char *text, size_t n, struct bytes *ret)
{
    return strip(text, &n) && decode_new(mem, text, n, false, ret);
}

bool base64url_decode(struct arena *mem, const char *text, size_t n, struct bytes *ret)
{
    return decode_new(mem, text, n, true, ret);
}

bool base64_decode_to(const char *text, size_t len, void *out, size_t n)
{
    return strip(text, &len) && len == (n * 8 + 5) / 6 && decode(text, len, false, out);
}

bool base64url_decode_to(const char *text, size_t len, void *out, size_t n)
{
    return len == (n * 8 + 5) / 6 && decode(text, len, true, out);
}
