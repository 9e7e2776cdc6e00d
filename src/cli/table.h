/* table.h - rows and columns for people. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/text.h"

#include <stddef.h>

struct table {
    struct arena *mem;
    const char *const *heads; /* one per column */
    const bool *right;        /* numbers stand to the right */
    size_t columns;
    const char **cells; /* row after row; NULL: nothing there */
    size_t rows;
};

/* Columns in which nothing stands are left out. width: columns of the terminal, 0 for as wide as it
 * gets; a line that would be longer is made to fit by cutting its widest columns. indent: spaces
 * before each line. bold: the heads. */
void table_write(struct buf *out, const struct table *t, size_t width, size_t indent, bool bold);

/* text in at most `columns` columns of a terminal, ended by … when something was cut off. */
const char *text_cut(struct arena *mem, const char *text, size_t columns);

#endif
