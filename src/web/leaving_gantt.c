/* leaving_gantt.c - the plan as a picture: days from left to right, today and the last day as
 * lines, the steps on the longest way with what they wait for, and each account from its first step
 * to its last. The table beside it says the same in words. See leaving.h. */
#include "leaving.h"

#include "base/date.h"

#include <stdlib.h>

enum { LEFT = 8, WIDE = 704, HEAD = 34, ROW = 32, TICKS = 4, ACCOUNTS_MAX = 40, LEAST = 4 };

struct line {
    int64_t today, last_day, end; /* days */
};

static int64_t place_of(const struct line *line, int64_t day)
{
    int64_t span = line->end > line->today ? line->end - line->today : 1;

    day = day < line->today ? line->today : day > line->end ? line->end : day;
    return LEFT + (day - line->today) * WIDE / span;
}

static void set_number(json_t *object, const char *name, int64_t n)
{
    json_object_set_new(object, name, json_integer(n));
}

/* Of a day or of an instant. */
static bool day_of(const json_t *row, const char *name, int64_t *ret)
{
    const char *text = json_text(row, name);
    char day[11] = "";

    if (!text || strlen(text) < 10)
        return false;
    memcpy(day, text, 10);
    return day_parse(day, ret);
}

static void reach(struct line *line, const json_t *rows, const char *name)
{
    json_t *row;
    int64_t day;
    size_t i;

    json_array_foreach (rows, i, row) {
        if (day_of(row, name, &day) && day > line->end)
            line->end = day;
    }
}

static bool line_of(const struct leaving *l, struct line *ret)
{
    int64_t days = json_integer_value(json_object_get(l->plan, "days"));

    if (!day_of(l->plan, "last_day", &ret->last_day))
        return false;
    ret->today = ret->last_day - days;
    ret->end = ret->last_day;
    reach(ret, json_object_get(l->plan, "accounts"), "last_due");
    reach(ret, json_object_get(l->plan, "critical_path"), "due");
    return true;
}

static json_t *bar(const struct line *line, int64_t from, int64_t until, const char *state)
{
    int64_t x = place_of(line, from), w = place_of(line, until) - x;

    return json_pack("{s:I, s:I, s:s}", "x", (json_int_t)x, "w",
                     (json_int_t)(w < LEAST ? LEAST : w), "state", state);
}

static void add_row(json_t *rows, const char *label, json_t *bars)
{
    json_t *row = json_object(), *one;
    int64_t y = HEAD + (int64_t)json_array_size(rows) * ROW;
    size_t i;

    json_array_foreach (bars, i, one) {
        set_number(one, "y", y + 16);
    }
    json_object_set_new(row, "label", json_string(label));
    set_number(row, "y", y + 11);
    json_object_set_new(row, "bars", bars);
    json_array_append_new(rows, row);
}

/* What a step waits for, then the days that are left for it; red where there are none. */
static void add_step(struct page *p, const struct line *line, json_t *rows, const json_t *step)
{
    int64_t ready = line->today + json_integer_value(json_object_get(step, "after_days"));
    int64_t wait = json_integer_value(json_object_get(step, "wait_days")), due = ready;
    json_t *bars = json_array();

    (void)day_of(step, "due", &due);
    if (wait)
        json_array_append_new(bars, bar(line, ready - wait, ready, "wait"));
    json_array_append_new(bars, due < ready ? bar(line, due, ready, "late")
                                            : bar(line, ready, due, "critical"));
    add_row(rows, as_said(p, json_object_get(step, "title")), bars);
}

static void add_account(const struct line *line, json_t *rows, const json_t *account)
{
    const char *name = json_text(account, "name");
    int64_t first, last, safe = 0;
    json_t *bars = json_array();

    if (!day_of(account, "first_due", &first) || !day_of(account, "last_due", &last)) {
        json_decref(bars);
        return;
    }
    bool late = day_of(account, "last_safe_day", &safe) && safe < line->today;
    json_array_append_new(bars, bar(line, first, last, late ? "late" : "work"));
    add_row(rows, name ? name : json_text(account, "account"), bars);
}

static json_t *ticks_of(struct arena *mem, const struct line *line)
{
    json_t *ticks = json_array();
    int64_t span = line->end - line->today, each = span / TICKS ? span / TICKS : 1;

    for (int64_t day = line->today; day <= line->end; day += each)
        json_array_append_new(ticks,
                              json_pack("{s:I, s:s, s:s}", "x", (json_int_t)place_of(line, day),
                                        "day", day_text(mem, day), "anchor",
                                        day == line->today       ? "start"
                                        : day + each > line->end ? "end"
                                                                 : "middle"));
    return ticks;
}

void leaving_add_gantt(const struct leaving *l, json_t *data)
{
    json_t *gantt = json_object(), *rows = json_array(), *row;
    struct line line;
    size_t i;

    if (!line_of(l, &line))
        return;
    json_array_foreach (json_object_get(l->plan, "critical_path"), i, row) {
        add_step(&l->v->page, &line, rows, row);
    }
    json_array_foreach (json_object_get(l->plan, "accounts"), i, row) {
        if (i < ACCOUNTS_MAX)
            add_account(&line, rows, row);
    }
    if (i > ACCOUNTS_MAX)
        set_number(gantt, "more", (int64_t)i - ACCOUNTS_MAX);
    set_number(gantt, "height", HEAD + (int64_t)json_array_size(rows) * ROW);
    set_number(gantt, "last_x", place_of(&line, line.last_day));
    json_object_set_new(gantt, "ticks", ticks_of(l->v->mem, &line));
    json_object_set_new(gantt, "rows", rows);
    json_object_set_new(data, "gantt", gantt);
}
