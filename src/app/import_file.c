/* import_file.c - from the uploaded bytes to rows of checked values; see import.h. */
#include "import.h"

static struct err *fetch(struct import *im, struct bytes *ret)
{
    const char *digest = arena_copy_n(im->mem, im->file, 64);
    struct rows *rows;
    struct binds b;

    binds_init(&b, im->mem);
    bind_text(&b, "sha256", digest);
    TRY(store_call(im->mem, im->job->store, "import_file", &b, &rows));
    if (!rows_count(rows))
        return err_new(im->mem, ERR_NOT_FOUND,
                       "the file %s (%.12s…) was not uploaded: PUT /v1/files/%s first",
                       im->file + 65, digest, digest);
    *ret = rows_bytes(im->mem, rows, 0, "bytes");
    return NULL;
}

static bool is_day(const struct field *f)
{
    return f->kind == KIND_DATE || f->kind == KIND_TIME;
}

static const struct field *field_at(const struct import *im, size_t column)
{
    const char *ours = im->columns.at[column].ours;

    return ours ? record_find(&im->kind->row, ours) : NULL;
}

/* Which of day and month comes first is told by all cells of the file together. */
static void look_at_dates(struct import *im)
{
    for (size_t c = 0; c < im->columns.n; c++) {
        const struct field *f = field_at(im, c);
        for (size_t i = 0; f && is_day(f) && i < im->csv.n; i++)
            import_dates_look(&im->dates, im->csv.rows[i].fields[c]);
    }
}

/* The column is not read, and is said to be ignored. */
static void leave_out(struct import *im, const char *field)
{
    for (size_t c = 0; c < im->columns.n; c++)
        if (text_same(im->columns.at[c].ours, field))
            im->columns.at[c].ours = NULL;
}

/* Where it cannot be read, people see by the first cells of each column what it holds. */
static struct err *map_columns(struct import *im)
{
    struct err *e = import_columns_map(im->mem, im->kind->name, &im->kind->row, im->csv.header,
                                       im->csv.columns, &im->map, &im->columns);

    for (size_t c = 0; e && c < im->csv.columns; c++) {
        const char *cells = import_sample(im, c);
        if (cells)
            err_add(im->mem, e, "cells", im->csv.header[c], "from line %zu: %s",
                    im->csv.rows[0].line, cells);
    }
    return e;
}

struct err *import_open(struct import *im)
{
    struct bytes file;

    TRY(fetch(im, &file));
    TRY(csv_parse(im->mem, file, &im->csv));
    if (im->csv.n > IMPORT_ROWS_MAX)
        return err_new(im->mem, ERR_TOO_LARGE,
                       "the file has %zu rows; at most %d go in at once: cut it", im->csv.n,
                       IMPORT_ROWS_MAX);
    TRY(map_columns(im));
    if (!im->keep_reasons)
        leave_out(im, "reason");
    im->words = import_words(im->mem, im->kind->name);
    im->tags = map_new(im->mem);
    look_at_dates(im);
    return NULL;
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static void set(struct import *im, struct import_row *row, const struct field *f, const char *value)
{
    struct err *e = field_set(im->mem, f, value, row->in);

    if (!e)
        e = field_happened(im->mem, f, row->in, im->job->now);
    if (e && f->kind == KIND_CHOICE)
        import_refuse(im, row, f->name, "bad-value", "'%s' is not understood; write %s", value,
                      import_words_said(im->mem, im->kind->name, f));
    else if (e)
        import_refuse(im, row, f->name, "bad-value", "%s", e->text);
}

/* Several in one cell, with semicolons between them. */
static void set_items(struct import *im, struct import_row *row, const struct field *f,
                      const char *cell)
{
    for (const char *at = cell; *at;) {
        size_t n = strcspn(at, ";");
        const char *item = text_trim(im->mem, arena_copy_n(im->mem, at, n));
        if (*item)
            set(im, row, f, item);
        at += n + (at[n] == ';');
    }
}

/* A file made on Windows ends the lines in its cells with two characters. */
static const char *plain_lines(struct arena *mem, const char *cell)
{
    struct buf out;

    if (!strchr(cell, '\r'))
        return cell;
    buf_init(&out, mem, strlen(cell) + 1);
    for (; *cell; cell++)
        if (*cell != '\r' || cell[1] != '\n')
            buf_byte(&out, (unsigned char)*cell);
    return out.at;
}

static void read_cell(struct import *im, struct import_row *row, const struct field *f,
                      const char *cell)
{
    const char *value = cell;

    if (is_day(f))
        value = import_date(im->mem, &im->dates, cell);
    else if (f->kind == KIND_BOOL)
        value = import_word(im->words, "yes", cell);
    else if (f->kind == KIND_CHOICE || f->kind == KIND_NAME)
        value = import_word(im->words, f->name, cell);
    if (!value)
        import_refuse(im, row, f->name, "ambiguous-date",
                      "'%s' could be two days: write it as 2026-01-31", cell);
    else if (f->kind == KIND_LIST)
        set_items(im, row, f, value);
    else
        set(im, row, f, plain_lines(im->mem, value));
}

/* What stands in it may be wrong: then that is said already. */
static bool has_cell(const struct import *im, const struct field *f, const char *const *cells)
{
    for (size_t c = 0; c < im->columns.n; c++)
        if (*cells[c] && field_at(im, c) == f)
            return true;
    return false;
}

static void read_row(struct import *im, struct import_row *row, const char *const *cells)
{
    for (size_t c = 0; c < im->columns.n; c++) {
        const struct field *f = field_at(im, c);
        if (f && *cells[c])
            read_cell(im, row, f, cells[c]);
    }
    EACH_FIELD (f, &im->kind->row) {
        if (!f->optional && !field_is_set(f, row->in) && !has_cell(im, f, cells))
            import_refuse(im, row, f->name, "missing", "is empty: %s", f->help);
    }
}

void import_read_rows(struct import *im)
{
    im->n = im->csv.n;
    im->rows = arena_array(im->mem, im->n + 1, sizeof(*im->rows));
    for (size_t i = 0; i < im->n; i++) {
        struct import_row *row = &im->rows[i];
        row->line = im->csv.rows[i].line;
        row->in = arena_alloc(im->mem, im->kind->row.size);
        read_row(im, row, im->csv.rows[i].fields);
    }
}
