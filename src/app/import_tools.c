/* import_tools.c - what several kinds of files need: times, order, who leads; see import.h. */
#include "import.h"

const char *import_instant(struct arena *mem, const char *day)
{
    int64_t n;

    return day && day_parse(day, &n) ? instant_text(mem, n * MS_PER_DAY) : NULL;
}

const char *import_instant_after(struct arena *mem, const char *day)
{
    int64_t n;

    return day && day_parse(day, &n) ? instant_text(mem, (n + 1) * MS_PER_DAY) : NULL;
}

const char *import_later(const char *a, const char *b)
{
    if (!a || !b)
        return a ? a : b;
    return strcmp(a, b) < 0 ? b : a;
}

struct err *import_check_lead(struct import *im)
{
    const struct list ids = {&im->lead, 1};
    struct rows *rows;

    TRY(import_ask(im, "import_lead", &ids, &rows));
    if (rows_count(rows) && rows_bool(rows, 0, "stays"))
        return NULL;
    return err_field(im->mem, "lead", "whoever leads the cases must be here and stay");
}

/* Each thing waits in the row below the one above it; a row is taken when that one has its place.
 */
size_t *import_order(struct arena *mem, const size_t *above, size_t n, size_t *ret_circle)
{
    size_t *order = arena_array(mem, n + 1, sizeof(*order)), placed = 0;
    size_t *first = arena_array(mem, n + 1, sizeof(*first)),
           *next = arena_array(mem, n + 1, sizeof(*next));
    bool *done = arena_array(mem, n + 1, sizeof(*done));

    for (size_t i = 0; i <= n; i++)
        first[i] = n;
    for (size_t i = n; i-- > 0;) { /* backwards, so that the rows keep the order of the file */
        size_t over = above[i] == i ? n : above[i];
        next[i] = first[over];
        first[over] = i;
    }
    for (size_t i = first[n]; i < n; i = next[i])
        order[placed++] = i;
    for (size_t k = 0; k < placed; k++) {
        done[order[k]] = true;
        for (size_t i = first[order[k]]; i < n; i = next[i])
            order[placed++] = i;
    }
    *ret_circle = n - placed;
    for (size_t i = 0; i < n && placed < n; i++)
        if (!done[i])
            order[placed++] = i;
    return order;
}
