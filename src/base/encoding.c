/* encoding.c - which encoding a file is in, and the same text in UTF-8; see csv.h.
 *
 * A byte order mark decides. Without one, valid UTF-8 is UTF-8; a file with many NUL bytes is
 * UTF-16 in the order that puts them where Latin letters have them; anything else is taken for
 * windows-1252, unless it has one of the five bytes which that leaves undefined.
 */
#include "base/csv.h"

#include "base/text.h"

#include <errno.h>
#include <iconv.h>

static struct err *convert(struct arena *mem, struct bytes file, const char *from,
                           struct bytes *ret)
{
    size_t left = file.n, room = file.n * 3 + 4;
    char *out = arena_alloc(mem, room + 1), *to = out;
    char *in = arena_copy_n(mem, (const char *)file.at, file.n);

    iconv_t cd = iconv_open("UTF-8", from);
    if (cd == (iconv_t)-1)
        return err_new(mem, ERR_SYSTEM, "this system cannot read %s", from);
    size_t done = iconv(cd, &in, &left, &to, &room);
    iconv_close(cd);
    if (done == (size_t)-1 || left)
        return err_new(mem, ERR_INVALID, "the file is not valid %s at byte %zu", from,
                       file.n - left);
    *ret = bytes_of(out, (size_t)(to - out));
    return NULL;
}

static const char *guess_utf16(struct bytes file)
{
    size_t even = 0, odd = 0;

    for (size_t i = 0; i < file.n && i < 4096; i++)
        if (file.at[i] == 0)
            *(i % 2 ? &odd : &even) += 1;
    size_t seen = file.n < 4096 ? file.n : 4096;
    if (file.n % 2 == 0 && odd > seen / 4 && even * 8 < odd)
        return "UTF-16LE";
    if (file.n % 2 == 0 && even > seen / 4 && odd * 8 < even)
        return "UTF-16BE";
    return NULL;
}

/* Letters beyond ASCII as UTF-8 has them, and bytes that are none. *ret_line: the first of those.
 */
static bool is_mixed(struct bytes file, size_t *ret_line)
{
    size_t letters = 0, wrong = 0, line = 1;

    for (size_t i = 0; i < file.n;) {
        size_t n = 1;
        line += file.at[i] == '\n';
        while (n < 4 && i + n < file.n && (file.at[i + n] & 0xc0) == 0x80)
            n++;
        if (file.at[i] < 0x80) {
            i++;
            continue;
        }
        bool letter = n > 1 && text_is_utf8((const char *)file.at + i, n);
        if (!letter && wrong++ == 0)
            *ret_line = line;
        letters += letter;
        i += letter ? n : 1;
    }
    return letters > wrong;
}

static struct bytes without(struct bytes file, size_t n)
{
    return bytes_of(file.at + n, file.n - n);
}

/* A zip, as .xlsx and .ods are, and what .xls was in. */
static bool is_workbook(struct bytes file)
{
    return file.n >= 4 &&
           (memcmp(file.at, "PK\3\4", 4) == 0 || memcmp(file.at, "\xd0\xcf\x11\xe0", 4) == 0);
}

struct err *text_decode(struct arena *mem, struct bytes file, struct bytes *ret,
                        const char **ret_encoding)
{
    const char *utf16 = NULL;

    if (is_workbook(file))
        return err_new(mem, ERR_INVALID,
                       "the file is a spreadsheet's own, or packed: save the sheet as CSV");
    if (file.n >= 3 && memcmp(file.at, "\xef\xbb\xbf", 3) == 0) {
        file = without(file, 3);
        *ret_encoding = "UTF-8 with BOM";
        if (!text_is_utf8((const char *)file.at, file.n))
            return err_new(mem, ERR_INVALID, "the file begins as UTF-8 but is not valid UTF-8");
        *ret = file;
        return NULL;
    }
    if (file.n >= 2 && memcmp(file.at, "\xff\xfe", 2) == 0)
        utf16 = "UTF-16LE";
    else if (file.n >= 2 && memcmp(file.at, "\xfe\xff", 2) == 0)
        utf16 = "UTF-16BE";
    if (utf16)
        file = without(file, 2);
    else if (text_is_utf8((const char *)file.at, file.n)) {
        *ret_encoding = "UTF-8";
        *ret = file;
        return NULL;
    } else
        utf16 = guess_utf16(file);
    size_t line = 0;
    if (!utf16 && is_mixed(file, &line))
        return err_new(
            mem, ERR_INVALID,
            "most of the file is UTF-8, but line %zu is not: save it as one or the other", line);
    *ret_encoding = utf16 ? utf16 : "windows-1252";
    TRY(convert(mem, file, utf16 ? utf16 : "WINDOWS-1252", ret));
    if (!text_is_utf8((const char *)ret->at, ret->n))
        return err_new(mem, ERR_INVALID, "the file holds NUL characters: it is not a text");
    return NULL;
}
