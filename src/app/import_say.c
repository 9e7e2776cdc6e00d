/* import_say.c - what is answered about a file: how it was read, what it comes to, what is wrong
 * with it. Every refused row is said with its line, column, code and reason; see import.h. */
#include "import.h"

#include <inttypes.h>

enum { PREVIEW_ROWS = 200, NOTES_SAID = 200, REFUSALS_SAID = 10000, ANSWER_MAX = 1 << 26 };
enum { SAMPLE_CELLS = 3, SAMPLE_BYTES = 60 };
static const struct import_brake usual = {.more_than = 50, .percent = 20};

bool import_quarantined(const struct import *im)
{
    const struct import_brake *brake = im->kind->brake.percent ? &im->kind->brake : &usual;

    return im->touched > brake->more_than && im->touched * 100 > im->existing * brake->percent;
}

static void columns(struct jsonw *w, const struct import *im)
{
    struct jsonw column;
    bool more = false;

    jsonw_key(w, "columns");
    buf_byte(w->b, '[');
    for (size_t i = 0; i < im->columns.n; i++) {
        if (!im->columns.at[i].ours)
            continue;
        buf_text(w->b, more ? "," : "");
        more = true;
        jsonw_open(&column, w->b);
        jsonw_text(&column, "their", im->columns.at[i].theirs);
        jsonw_text(&column, "ours", im->columns.at[i].ours);
        jsonw_close(&column);
    }
    buf_byte(w->b, ']');
    more = false;
    jsonw_key(w, "ignored");
    buf_byte(w->b, '[');
    for (size_t i = 0; i < im->columns.n; i++) {
        const char *theirs = im->columns.at[i].theirs;
        if (im->columns.at[i].ours)
            continue;
        buf_text(w->b, more ? "," : "");
        more = true;
        buf_json(w->b, theirs, strlen(theirs));
    }
    buf_byte(w->b, ']');
}

static bool is_among(const char *const *cells, size_t n, const char *cell)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(cells[i], cell) == 0)
            return true;
    return false;
}

/* No longer than so many bytes, and no letter cut in two. */
static const char *shortened(struct arena *mem, const char *cell)
{
    size_t n = strnlen(cell, SAMPLE_BYTES);

    while (n && ((unsigned char)cell[n] & 0xc0) == 0x80)
        n--;
    return text_printable(mem, cell, n);
}

/* The first different cells of a column: by them people see what it holds. */
const char *import_sample(const struct import *im, size_t column)
{
    const char *cells[SAMPLE_CELLS], *all = NULL;
    size_t n = 0;

    for (size_t i = 0; i < im->csv.n && n < SAMPLE_CELLS; i++) {
        const char *cell = im->csv.rows[i].fields[column];
        if (!*cell || is_among(cells, n, cell))
            continue;
        cells[n++] = cell;
        cell = shortened(im->mem, cell);
        all = all ? arena_printf(im->mem, "%s, %s", all, cell) : cell;
    }
    return all;
}

static void samples(struct jsonw *w, const struct import *im)
{
    struct jsonw column;

    jsonw_key(w, "samples");
    buf_byte(w->b, '[');
    for (size_t i = 0; i < im->columns.n; i++) {
        buf_text(w->b, i ? "," : "");
        jsonw_open(&column, w->b);
        jsonw_text(&column, "their", im->columns.at[i].theirs);
        jsonw_text(&column, "cells", import_sample(im, i));
        jsonw_close(&column);
    }
    buf_byte(w->b, ']');
}

static void remarks(struct jsonw *w, const char *name, const struct import_remarks *list,
                    size_t most)
{
    struct jsonw one;
    size_t n = 0;

    jsonw_key(w, name);
    buf_byte(w->b, '[');
    for (const struct import_remark *r = list->first; r && n < most; r = r->next) {
        buf_text(w->b, n++ ? "," : "");
        jsonw_open(&one, w->b);
        jsonw_int(&one, "line", (int64_t)r->line);
        jsonw_text(&one, "column", r->column);
        jsonw_text(&one, "code", r->code);
        jsonw_text(&one, "text", r->text);
        jsonw_close(&one);
    }
    buf_byte(w->b, ']');
}

/* How many notes of which code there are: {"no-dates":97}. */
static void noted(struct jsonw *w, const struct import *im)
{
    struct map *counts = map_new(im->mem);
    struct jsonw codes;

    for (const struct import_remark *r = im->notes.first; r; r = r->next) {
        size_t *n = map_get(counts, r->code);
        if (!n)
            map_set(counts, r->code, n = arena_alloc(im->mem, sizeof(*n)));
        ++*n;
    }
    jsonw_key(w, "noted");
    jsonw_open(&codes, w->b);
    for (const struct import_remark *r = im->notes.first; r; r = r->next) {
        size_t *n = map_get(counts, r->code);
        if (*n)
            jsonw_int(&codes, r->code, (int64_t)*n);
        *n = 0;
    }
    jsonw_close(&codes);
}

/* "25 person, 4 unit": a misspelt unit is seen here before it is one. */
static const char *makes(const struct import *im)
{
    struct map *counts = map_new(im->mem);
    struct buf out;

    buf_init(&out, im->mem, 4096);
    for (size_t i = 0; i < im->all_n; i++) {
        size_t *n = map_get(counts, im->all[i]->noun);
        if (!im->all[i]->fresh)
            continue;
        if (!n)
            map_set(counts, im->all[i]->noun, n = arena_alloc(im->mem, sizeof(*n)));
        ++*n;
    }
    for (size_t i = 0; i < im->all_n; i++) {
        size_t *n = map_get(counts, im->all[i]->noun);
        if (n && *n)
            buf_printf(&out, "%s%zu %s", out.n ? ", " : "", *n, im->all[i]->noun);
        if (n)
            *n = 0;
    }
    return out.n ? out.at : NULL;
}

/* The first rows that something comes of. */
static void preview(struct jsonw *w, const struct import *im, size_t most)
{
    static const char *const words[] = {"unchanged", "changed", "ended", "new", "refused"};
    struct jsonw one;
    size_t n = 0;

    jsonw_key(w, "preview");
    buf_byte(w->b, '[');
    for (size_t i = 0; i < im->n && n < most; i++) {
        const struct import_row *row = &im->rows[i];
        if (row->outcome == IMPORT_UNCHANGED || row->outcome == IMPORT_REFUSED)
            continue;
        buf_text(w->b, n++ ? "," : "");
        jsonw_open(&one, w->b);
        jsonw_int(&one, "line", (int64_t)row->line);
        jsonw_text(&one, "outcome", words[row->outcome]);
        jsonw_text(&one, "what", row->what);
        jsonw_close(&one);
    }
    buf_byte(w->b, ']');
}

const char *import_summary(const struct import *im, bool rows)
{
    bool nothing = im->count[IMPORT_REFUSED] > 0; /* one row that is wrong keeps all out */
    struct jsonw w;
    struct buf out;

    buf_init(&out, im->mem, ANSWER_MAX);
    jsonw_open(&w, &out);
    jsonw_text(&w, "kind", im->kind->name);
    jsonw_text(&w, "encoding", im->csv.encoding);
    jsonw_text(&w, "separator", im->csv.separator);
    columns(&w, im);
    jsonw_int(&w, "rows", (int64_t)im->n);
    jsonw_int(&w, "fresh", (int64_t)im->count[IMPORT_NEW]);
    jsonw_int(&w, "changed", (int64_t)im->count[IMPORT_CHANGED]);
    jsonw_int(&w, "unchanged", (int64_t)im->count[IMPORT_UNCHANGED]);
    jsonw_int(&w, "ended", (int64_t)im->count[IMPORT_ENDED]);
    jsonw_int(&w, "refused", (int64_t)im->count[IMPORT_REFUSED]);
    jsonw_int(&w, "events", nothing ? 0 : (int64_t)(im->job->events.n + (im->job->events.n > 0)));
    jsonw_text(&w, "plan", nothing ? NULL : im->hash);
    jsonw_text(&w, "makes", nothing ? NULL : makes(im));
    jsonw_bool(&w, "quarantine", !nothing && import_quarantined(im));
    noted(&w, im);
    remarks(&w, "notes", &im->notes, NOTES_SAID);
    if (rows) {
        samples(&w, im);
        remarks(&w, "refusals", &im->refusals, REFUSALS_SAID);
        preview(&w, im, nothing ? 0 : PREVIEW_ROWS);
    }
    jsonw_close(&w);
    return out.at;
}

struct err *import_refusal(const struct import *im)
{
    size_t n = 0;
    struct err *e = err_new(
        im->mem, ERR_INVALID,
        "%zu of %zu rows are refused, so nothing was changed: correct them and import again",
        im->count[IMPORT_REFUSED], im->n);

    for (const struct import_remark *r = im->refusals.first; r; r = r->next) {
        if (n++ == REFUSALS_SAID) {
            err_add(im->mem, e, "more", NULL, "and %zu more", im->refusals.n - REFUSALS_SAID);
            break;
        }
        err_add(im->mem, e, r->code,
                r->column ? arena_printf(im->mem, "line %zu, column %s", r->line, r->column)
                          : arena_printf(im->mem, "line %zu", r->line),
                "%s", r->text);
    }
    return e;
}
