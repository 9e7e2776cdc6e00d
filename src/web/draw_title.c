/* draw_title.c - the chain of an account's title as a picture: from the first holder to today, or
 * to the day that the page is about, a bar for each holder, its documents as dots. The list beside
 * it says the same in words. See draw.c. */
#include "web_internal.h"

#include "base/date.h"
#include "json/json.h"

enum { WIDE = 1000, ROW = 44, BAR = 22, LEAST = 6, DOT = 14, DOTS_MAX = 30 };

struct line {
    int64_t first, last; /* ms */
};

static void set_number(json_t *object, const char *name, int64_t n)
{
    json_object_set_new(object, name, json_integer(n));
}

static bool time_of(const char *text, int64_t *ret)
{
    int64_t day;

    if (!text)
        return false;
    if (day_parse(text, &day)) {
        *ret = day * MS_PER_DAY;
        return true;
    }
    return instant_parse(text, ret);
}

static bool line_of(struct visit *v, const json_t *chain, struct line *ret)
{
    const json_t *link;
    int64_t at;
    size_t i;

    *ret = (struct line){INT64_MAX, v->now};
    if (time_of(visit_query(v, "as_of"), &at))
        ret->last = at;
    json_array_foreach (chain, i, link) {
        if (time_of(json_text(link, "since"), &at) && at < ret->first)
            ret->first = at;
    }
    return ret->first < ret->last;
}

static int64_t place_of(const struct line *line, int64_t at)
{
    at = at < line->first ? line->first : at > line->last ? line->last : at;
    return (at - line->first) * WIDE / (line->last - line->first);
}

static json_t *dots_of(const json_t *documents, int64_t x, int64_t y)
{
    json_t *dots = json_array(), *document;
    size_t i;

    json_array_foreach (documents, i, document) {
        if (i == DOTS_MAX)
            break;
        json_t *dot = json_object();
        json_object_set(dot, "name", json_object_get(document, "name"));
        set_number(dot, "x", x + DOT / 2 + (int64_t)i * DOT);
        set_number(dot, "y", y + 9);
        json_array_append_new(dots, dot);
    }
    return dots;
}

/* A holder: until the next one began, or until today. */
static json_t *span_of(const struct line *line, const json_t *link, const json_t *next, int64_t y)
{
    int64_t from = line->first, to = line->last;
    json_t *span = json_object();

    json_object_update(span, json_plain(link));
    (void)time_of(json_text(link, "since"), &from);
    if (time_of(json_text(next, "since"), &to))
        json_object_set(span, "until", json_object_get(next, "since"));
    int64_t x = place_of(line, from), end = place_of(line, to);
    bool late = x > WIDE / 2;
    x = x > WIDE - LEAST ? WIDE - LEAST : x;
    set_number(span, "x", x);
    set_number(span, "wide", end - x < LEAST ? LEAST : end - x);
    set_number(span, "y", y + BAR);
    set_number(span, "text_y", y + BAR - 6);
    set_number(span, "text_x", late ? WIDE : x);
    json_object_set_new(span, "anchor", json_string(late ? "end" : "start"));
    json_object_set_new(span, "dots", dots_of(json_object_get(link, "documents"), x, y + BAR));
    return span;
}

json_t *title_line(struct visit *v, const json_t *chain)
{
    json_t *drawn = json_keep(v->mem, json_object()), *spans = json_array();
    const json_t *link;
    struct line line;
    int64_t y = 0;
    size_t i;

    if (line_of(v, chain, &line)) {
        json_array_foreach (chain, i, link) {
            json_array_append_new(spans, span_of(&line, link, json_array_get(chain, i + 1), y));
            y += ROW;
        }
    }
    set_number(drawn, "height", y + 4);
    json_object_set_new(drawn, "spans", spans);
    return drawn;
}
