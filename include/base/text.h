/* text.h - UTF-8 text and growing buffers.
 *
 * Text is NUL-terminated UTF-8 unless a length is given. A buffer knows its limit from birth and
 * stops growing there; whoever filled it asks buf_ok() once at the end.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ---- Buffers --------------------------------------------------------------------------------- */

struct buf {
    struct arena *mem;
    char *at; /* always NUL-terminated once buf_init() was called */
    size_t n, room, limit;
    bool full; /* something did not fit below limit */
};

void buf_init(struct buf *b, struct arena *mem, size_t limit);
void buf_add_far(struct buf *b, const void *bytes, size_t n); /* where there is no room yet */
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_byte(struct buf *b, unsigned char c);

/* A page is made of thousands of small pieces, whose lengths are mostly known where they stand. */
static inline void buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    if (b->full || n > b->room - b->n) {
        buf_add_far(b, bytes, n);
        return;
    }
    memcpy(b->at + b->n, bytes, n);
    b->n += n;
    b->at[b->n] = '\0';
}

static inline void buf_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

/* text as a JSON string with its quotes, escaped as RFC 8785 demands. Must be valid UTF-8. */
void buf_json(struct buf *b, const char *text, size_t n);

/* text with the characters that mean something in HTML replaced, for text and quoted attributes. */
void buf_html(struct buf *b, const char *text);
void buf_html_n(struct buf *b, const char *text, size_t n);

static inline bool buf_ok(const struct buf *b)
{
    return !b->full;
}

/* ---- Looking at text ------------------------------------------------------------------------- */

bool text_same(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *with);
bool text_ends(const char *text, const char *with);

/* Is it valid UTF-8 (no surrogates, no overlong forms) without a NUL? */
bool text_is_utf8(const char *text, size_t n);

/* One code point from at most n bytes of valid UTF-8; *ret_n is how many bytes it took. */
uint32_t text_code_point(const char *text, size_t n, size_t *ret_n);

/* The order of UTF-16 code units, which RFC 8785 sorts by. */
int text_compare_utf16(const char *a, const char *b);

/* A copy in which control characters and broken UTF-8 have become '?'. */
const char *text_printable(struct arena *mem, const char *text, size_t n);

/* What people wrote, for a place among other words: as it is where it cannot be taken for anything
 * around it (letters, digits, blanks and signs that divide nothing), else in double quotes, with
 * quotes and backslashes in it behind a backslash and what cannot be seen as \u{202e}. */
const char *text_quoted(struct arena *mem, const char *text);

/* A copy with ASCII letters in lower case; without white space at both ends. */
char *text_lower(struct arena *mem, const char *text);
char *text_trim(struct arena *mem, const char *text);

/* Columns a terminal needs for it (East Asian wide characters count two). */
size_t text_width(const char *text);

/* ---- Numbers --------------------------------------------------------------------------------- */

char *text_of_whole(struct arena *mem, int64_t n); /* in decimal digits */

/* Strict decimal: digits only, no sign, no leading zero but "0" itself, at most max. */
bool text_to_u64(const char *text, size_t n, uint64_t max, uint64_t *ret);

/* Lower case hexadecimal. */
char *hex_encode(struct arena *mem, const void *bytes, size_t n);
bool hex_decode(const char *text, uint8_t *out, size_t n); /* exactly 2n lower case digits */

#endif
