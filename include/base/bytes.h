/* bytes.h - byte strings with a length, reading and writing them, and base64 (RFC 4648).
 *
 * Decoding is strict everywhere: no white space, no missing or surplus padding, no stray bits in
 * the last letter, so that one value has one spelling and a changed byte never passes.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *at;
    size_t n;
};

static inline struct bytes bytes_of(const void *at, size_t n)
{
    return (struct bytes){at, n};
}
static inline struct bytes bytes_of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, strlen(text)};
}
static inline bool bytes_same(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}
struct bytes bytes_copy(struct arena *mem, const void *at, size_t n);

/* ---- Reading from the front. A reader that ran past the end stays failed. -------------------- */

struct reader {
    const uint8_t *at;
    size_t n;
    bool failed;
};

static inline struct reader reader_of(struct bytes b)
{
    return (struct reader){b.at, b.n, false};
}
struct bytes read_n(struct reader *r, size_t n); /* empty when failed */
uint8_t read_u8(struct reader *r);
uint32_t read_u32(struct reader *r); /* big-endian */
uint64_t read_u64(struct reader *r);
bool reader_done(const struct reader *r); /* all read and nothing failed */

void write_u32(uint8_t out[4], uint32_t v); /* big-endian */
void write_u64(uint8_t out[8], uint64_t v);

/* ---- base64 ---------------------------------------------------------------------------------- */

char *base64_encode(struct arena *mem, const void *bytes, size_t n);    /* +/ with padding */
char *base64url_encode(struct arena *mem, const void *bytes, size_t n); /* -_ without padding */
bool base64_decode(struct arena *mem, const char *text, size_t n, struct bytes *ret);
bool base64url_decode(struct arena *mem, const char *text, size_t n, struct bytes *ret);

/* Exactly n bytes into out. */
bool base64_decode_to(const char *text, size_t len, void *out, size_t n);
bool base64url_decode_to(const char *text, size_t len, void *out, size_t n);

/* 32 bytes, as digests and tags are, into 43 letters and a NUL, without an arena. */
void base64url_encode_32(const uint8_t in[32], char out[44]);

#endif
