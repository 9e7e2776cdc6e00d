/* csv.c - see csv.h. One pass cuts a copy of the text into cells, in place: a file of many small
 * cells must not take many times its size. The separator is the one whose count on
 * the header line, outside quotes, is highest. */
#include "base/csv.h"

#include "base/text.h"

#include <stdlib.h>

enum { CELL_BYTES = 65536, COMPLAINTS = 100 };

struct cutter {
    struct arena *mem;
    char *at, *end; /* a NUL stands at the end */
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
static struct err *quoted_cell(struct cutter *c, char **ret)
{
    size_t began = c->line;
    char *to = *ret = c->at + 1;

    for (c->at++; c->at < c->end; c->at++) {
        if (*c->at == '"') {
            if (c->at + 1 == c->end || c->at[1] != '"') {
                c->at++;
                if (c->at < c->end && *c->at != c->separator && *c->at != '\n' && *c->at != '\r')
                    return err_new(c->mem, ERR_INVALID,
                                   "line %zu: text follows a closing quote; write a quote inside "
                                   "quotes as two",
                                   c->line);
                if (to - *ret > CELL_BYTES)
                    return err_new(c->mem, ERR_TOO_LARGE,
                                   "line %zu: a cell is longer than %d bytes", began, CELL_BYTES);
                *to = '\0'; /* where the closing quote was, or before it */
                return NULL;
            }
            c->at++;
        }
        c->line += *c->at == '\n';
        *to++ = *c->at;
    }
    return err_new(c->mem, ERR_INVALID, "line %zu: a quote is opened here and never closed", began);
}

/* Its end is at c->at, where what comes next must be looked at before a NUL is put there. */
static struct err *plain_cell(struct cutter *c, char **ret)
{
    *ret = c->at;
    while (c->at < c->end && *c->at != c->separator && *c->at != '\n' && *c->at != '\r')
        c->at++;
    if (c->at - *ret > CELL_BYTES)
        return err_new(c->mem, ERR_TOO_LARGE, "line %zu: a cell is longer than %d bytes", c->line,
                       CELL_BYTES);
    return NULL;
}

static const char *trimmed(char *text)
{
    static const char white[] = " \t\r\n\v\f";
    char *from = text + strspn(text, white), *to = from + strlen(from);

    while (to > from && strchr(white, to[-1]))
        to--;
    *to = '\0';
    return from;
}

/* The cells of one line into fields[CSV_COLUMNS]; *ret_n is 0 for an empty line. */
static struct err *cut_row(struct cutter *c, const char **fields, size_t *ret_n)
{
    size_t n = 0;
    bool quoted = false;
    char after;

    do {
        char *cell;
        if (n == CSV_COLUMNS)
            return err_new(c->mem, ERR_TOO_LARGE, "line %zu: more than %d columns", c->line,
                           CSV_COLUMNS);
        bool in_quotes = *c->at == '"';
        quoted = quoted || in_quotes;
        TRY(in_quotes ? quoted_cell(c, &cell) : plain_cell(c, &cell));
        after = *c->at;
        *c->at = '\0';
        fields[n++] = trimmed(cell);
        if (c->at < c->end)
            c->at++;
    } while (after == c->separator);
    if (after == '\r' && *c->at == '\n')
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
    char *copy = arena_copy_n(mem, (const char *)text.at, text.n);
    struct cutter c = {mem, copy, copy + text.n, 1, ','};
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
