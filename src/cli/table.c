/* table.c - see table.h. */
#include "table.h"

#include <ctype.h>
#include <string.h>

enum {
    GAP = 2,
    STIFF = 20,   /* no wider than a time or a type: cut only when all else is cut */
    WRAPPED = 24, /* a last column at least so wide goes on in the next line instead */
    NARROWEST = 6,
};

const char *text_cut(struct arena *mem, const char *text, size_t columns)
{
    size_t n = strlen(text), at = 0, used = 0, len;

    if (text_width(text) <= columns)
        return text;
    while (at < n && text_is_utf8(text + at, n - at)) {
        text_code_point(text + at, n - at, &len);
        size_t wide = text_width(arena_copy_n(mem, text + at, len));
        if (used + wide + 1 > columns)
            break;
        used += wide;
        at += len;
    }
    return arena_printf(mem, "%.*s…", (int)at, text);
}

static const char *cell(const struct table *t, size_t row, size_t column)
{
    const char *text = t->cells[row * t->columns + column];

    return text ? text : "";
}

/* How wide each column wants to be; 0 for those that are empty. */
static void measure(const struct table *t, size_t *widths)
{
    for (size_t c = 0; c < t->columns; c++) {
        size_t widest = 0;
        for (size_t r = 0; r < t->rows; r++) {
            size_t w = text_width(cell(t, r, c));
            widest = w > widest ? w : widest;
        }
        size_t head = text_width(t->heads[c]);
        widths[c] = widest == 0 ? 0 : widest > head ? widest : head;
    }
}

static size_t line_width(const size_t *widths, size_t n)
{
    size_t all = 0, used = 0;

    for (size_t c = 0; c < n; c++) {
        all += widths[c];
        used += widths[c] > 0;
    }
    return all + (used ? (used - 1) * GAP : 0);
}

/* Take from the widest of the columns from `from` on until it fits, or until none is wider than
 * `narrow`. */
static void narrow(size_t *widths, size_t from, size_t n, size_t room, size_t narrow_to)
{
    while (line_width(widths, n) > room) {
        size_t widest = from;
        for (size_t c = from; c < n; c++)
            widest = widths[c] > widths[widest] ? c : widest;
        if (widths[widest] <= narrow_to)
            return;
        widths[widest]--;
    }
}

static size_t last_of(const size_t *widths, size_t n)
{
    while (n > 1 && !widths[n - 1])
        n--;
    return n ? n - 1 : 0;
}

static void fit(size_t *widths, size_t n, size_t room)
{
    narrow(widths, 0, n, room, STIFF);
    narrow(widths, last_of(widths, n), n, room, NARROWEST);
    narrow(widths, 0, n, room, NARROWEST);
}

static void pad(struct buf *out, size_t n)
{
    while (n--)
        buf_byte(out, ' ');
}

/* As many words of *text as fit into width, taken off its front; at least a part of the first. */
static const char *next_words(struct arena *mem, const char **text, size_t width)
{
    size_t taken = 0, n = 0;

    for (;;) {
        n += strspn(*text + n, " ");
        n += strcspn(*text + n, " ");
        if (n == taken || text_width(arena_copy_n(mem, *text, n)) > width)
            break;
        taken = n;
    }
    const char *line = arena_copy_n(mem, *text, taken ? taken : n);
    *text += taken ? taken : n;
    *text += strspn(*text, " ");
    return text_cut(mem, line, width);
}

/* One row; what the last column cannot hold follows below it. */
static void write_row(struct buf *out, const struct table *t, const size_t *widths, size_t row,
                      bool head, size_t indent)
{
    size_t last = last_of(widths, t->columns), at = indent;
    size_t behind = 0; /* spaces that only stand when more follows */

    for (size_t c = 0; c < t->columns; c++) {
        const char *whole = head ? t->heads[c] : cell(t, row, c);
        bool wraps = c == last && widths[c] >= WRAPPED;
        if (!widths[c])
            continue;
        const char *text =
            wraps ? next_words(t->mem, &whole, widths[c]) : text_cut(t->mem, whole, widths[c]);
        size_t free = widths[c] - text_width(text), before = t->right[c] ? free : 0;
        if (*text)
            pad(out, behind + before);
        buf_text(out, text);
        behind = (*text ? 0 : behind + before) + free - before + GAP;
        while (wraps && *whole) {
            buf_byte(out, '\n');
            pad(out, at);
            buf_text(out, next_words(t->mem, &whole, widths[c]));
        }
        at += widths[c] + GAP;
    }
}

void table_write(struct buf *out, const struct table *t, size_t width, size_t indent, bool bold)
{
    size_t *widths = arena_array(t->mem, t->columns + 1, sizeof(*widths));

    measure(t, widths);
    if (width)
        fit(widths, t->columns, width > indent ? width - indent : 1);
    pad(out, indent);
    buf_text(out, bold ? "\033[1m" : "");
    write_row(out, t, widths, 0, true, indent);
    buf_text(out, bold ? "\033[0m\n" : "\n");
    for (size_t r = 0; r < t->rows; r++) {
        pad(out, indent);
        write_row(out, t, widths, r, false, indent);
        buf_byte(out, '\n');
    }
}
