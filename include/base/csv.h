/* csv.h - tables out of files as offices make them (RFC 4180 and its relatives).
 *
 * What the file did not say, its encoding and its separator, is detected and reported, so that it
 * can be shown to the person; where two readings are equally good the file is refused.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/bytes.h"
#include "base/err.h"

struct csv_row {
    size_t line;         /* the line of the file it begins on, from 1 */
    const char **fields; /* as many as the header has; white space at both ends is gone */
};

struct csv {
    const char *encoding;  /* "UTF-8", "UTF-8 with BOM", "UTF-16LE", "UTF-16BE", "windows-1252" */
    const char *separator; /* "comma", "semicolon", "tab" */
    const char **header;
    size_t columns;
    struct csv_row *rows;
    size_t n;
};

enum { CSV_COLUMNS = 256, CSV_ROWS = 1000000 };

/* Everything that is wrong with the shape of the file comes as one error with an item a line. */
MUST struct err *csv_parse(struct arena *mem, struct bytes file, struct csv *ret);

/* The bytes as UTF-8 without a BOM; *ret_encoding says what they were. */
MUST struct err *text_decode(struct arena *mem, struct bytes file, struct bytes *ret,
                             const char **ret_encoding);

#endif
