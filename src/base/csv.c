/* csv.c - see csv.h. One pass cuts the text into cells; the separator is the one whose count on
 * the header line, outside quotes, is highest. */
#include "base/csv.h"

#include "base/text.h"

#include <stdlib.h>

enum { CELL_BYTES = 65536, COMPLAINTS = 100 };

struct cutter {
    struct arena *mem;
    const char *at, *end;
    size_t line;
    char separator;
};

static struct err *detect_separator(struct arena *mem, struct bytes text, char *ret)
{
    static const char candidates[] = ",;\t";
    size_t count[3] = {0};
    bool quoted = false;

    for (size_t i = 0; i < text.n; i++) {
        char c = (char)text.at[i];
        if (c == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        if (c == '\n' || c == '\r')
            break;
        const char *which = c ? strchr(candidates, c) : NULL;
        if (which)
            count[which - candidates]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < 3; i++)
        if (count[i] > count[best])
            best = i;
    for (size_t i = 0; i < 3; i++)
        if (i != best && count[i] == count[best] && count[i])
            return err_new(mem, ERR_INVALID,
                           "the header line has as many '%c' as '%c': say which separates by "
                           "using only one",
                           candidates[best], candidates[i]);
    *ret = candidates[best];
    return NULL;
}

/* A cell in quotes: "" stands for a quote, line ends are kept as they are. */
static struct err *quoted_cell(struct cutter *c, const char **ret)
{
    size_t began = c->line;
    struct buf cell;

    buf_init(&cell, c->mem, CELL_BYTES);
    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"') {
            if (c->at + 1 == c->end || c->at[1] != '"') {
                c->at++;
                if (c->at < c->end && *c->at != c->separator && *c->at != '\n' && *c->at != '\r')
                    return err_new(c->mem, ERR_INVALID,
                                   "line %zu: text follows a closing quote; write a quote inside "
                                   "quotes as two",
                                   c->line);
                *ret = cell.at;
                return buf_ok(&cell)
                           ? NULL
                           : err_new(c->mem, ERR_TOO_LARGE,
                                     "line %zu: a cell is longer than %d bytes", began, CELL_BYTES);
            }
            c->at++;
        }
        c->line += *c->at == '\n';
        buf_byte(&cell, (unsigned char)*c->at);
    }
    return err_new(c->mem, ERR_INVALID, "line %zu: a quote is opened here and never closed", began);
}

static struct err *plain_cell(struct cutter *c, const char **ret)
{
    const char *from = c->at;

    while (c->at < c->end && *c->at != c->separator && *c->at != '\n' && *c->at != '\r')
        c->at++;
    if (c->at - from > CELL_BYTES)
        return err_new(c->mem, ERR_TOO_LARGE, "line %zu: a cell is longer than %d bytes", c->line,
                       CELL_BYTES);
    *ret = arena_copy_n(c->mem, from, (size_t)(c->at - from));
    return NULL;
}

/* The cells of one line into fields[CSV_COLUMNS]; *ret_n is 0 for an empty line. */
static struct err *cut_row(struct cutter *c, const char **fields, size_t *ret_n)
{
    size_t n = 0;
    bool quoted = false;

    for (;;) {
        if (n == CSV_COLUMNS)
            return err_new(c->mem, ERR_TOO_LARGE, "line %zu: more than %d columns", c->line,
                           CSV_COLUMNS);
        quoted = quoted || (c->at < c->end && *c->at == '"');
        if (c->at < c->end && *c->at == '"')
            TRY(quoted_cell(c, &fields[n]));
        else
            TRY(plain_cell(c, &fields[n]));
        fields[n] = text_trim(c->mem, fields[n]);
        n++;
        if (c->at == c->end || *c->at != c->separator)
            break;
        c->at++;
    }
    if (c->at < c->end && *c->at == '\r')
        c->at++;
    if (c->at < c->end && *c->at == '\n')
        c->at++;
    *ret_n = n == 1 && !quoted && !*fields[0] ? 0 : n;
    return NULL;
}

static struct err *take_header(struct cutter *c, struct csv *csv)
{
    const char *fields[CSV_COLUMNS];

    TRY(cut_row(c, fields, &csv->columns));
    if (!csv->columns)
        return err_new(c->mem, ERR_INVALID, "the first line is empty: it must name the columns");
    csv->header = arena_array(c->mem, csv->columns, sizeof(*csv->header));
    memcpy(csv->header, fields, csv->columns * sizeof(*fields));
    return NULL;
}

static void add_row(struct arena *mem, struct csv *csv, size_t line, const char **fields)
{
    if ((csv->n & (csv->n - 1)) == 0) {
        struct csv_row *more = arena_array(mem, csv->n ? 2 * csv->n : 1, sizeof(*more));
        if (csv->n)
            memcpy(more, csv->rows, csv->n * sizeof(*more));
        csv->rows = more;
    }
    struct csv_row *row = &csv->rows[csv->n++];
    row->line = line;
    row->fields = arena_array(mem, csv->columns, sizeof(*fields));
    memcpy(row->fields, fields, csv->columns * sizeof(*fields));
}

struct err *csv_parse(struct arena *mem, struct bytes file, struct csv *ret)
{
    const char *fields[CSV_COLUMNS];
    struct csv csv = {0};
    struct bytes text;
    size_t complaints = 0;

    TRY(text_decode(mem, file, &text, &csv.encoding));
    struct cutter c = {mem, (const char *)text.at, (const char *)text.at + text.n, 1, ','};
    TRY(detect_separator(mem, text, &c.separator));
    csv.separator = c.separator == ',' ? "comma" : c.separator == ';' ? "semicolon" : "tab";
    TRY(take_header(&c, &csv));
    struct err *bad = err_new(mem, ERR_INVALID, "the file is not a table");
    while (c.at < c.end) {
        size_t n, line = ++c.line;
        TRY(cut_row(&c, fields, &n));
        if (n == 0)
            continue;
        if (n != csv.columns) {
            err_add(mem, bad, "columns", arena_printf(mem, "line %zu", line),
                    "has %zu cells, the header has %zu", n, csv.columns);
            if (++complaints == COMPLAINTS)
                return bad;
            continue;
        }
        if (csv.n == CSV_ROWS)
            return err_new(mem, ERR_TOO_LARGE, "more than %d rows: cut the file", CSV_ROWS);
        add_row(mem, &csv, line, fields);
    }
    if (complaints)
        return bad;
    *ret = csv;
    return NULL;
}
