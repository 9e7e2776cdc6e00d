/* calendar.c - see calendar.h. Lines are unfolded first, each with the number of its first line. */
#include "domain/calendar.h"

#include "base/date.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { CALENDAR_LINES_MAX = 200000, EVENT_DAYS_MAX = 366, NESTED_MAX = 8 };

struct line {
    unsigned number;
    const char *name;   /* in capitals */
    const char *params; /* between the name and the colon, ";VALUE=DATE" */
    const char *value;
};

/* What is known of the event that is being read. */
struct vevent {
    unsigned begun;
    bool cancelled, has_start, has_end, has_length;
    int64_t start, end, length;
    const char *name;
};

struct ics {
    struct arena *mem;
    const char *at, *end;
    unsigned number; /* of the line that `at` begins */
    const char *open[NESTED_MAX];
    size_t depth;
    struct vevent event;
    struct holidays days;
    bool seen_event;
};

static struct err *wrong(const struct ics *r, unsigned number, const char *what)
{
    return err_field(r->mem, "file", "line %u: %s", number, what);
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static size_t line_length(const struct ics *r)
{
    const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));

    return newline ? (size_t)(newline - r->at) : (size_t)(r->end - r->at);
}

static void take_piece(struct ics *r, struct buf *out, size_t skip)
{
    size_t n = line_length(r), text = n;

    if (text > skip && r->at[text - 1] == '\r')
        text--;
    buf_add(out, r->at + skip, text > skip ? text - skip : 0);
    r->at += n;
    r->at += r->at < r->end;
    r->number++;
}

/* A line that begins with a blank goes on with the one before. */
static const char *unfold(struct ics *r)
{
    struct buf out;

    buf_init(&out, r->mem, 1 << 20);
    take_piece(r, &out, 0);
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        take_piece(r, &out, 1);
    return out.at;
}

/* NAME;PARAM="with: colon";PARAM=x:value */
static struct err *split(const struct ics *r, const char *text, struct line *line)
{
    size_t name = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
    bool quoted = false;
    size_t colon = name;

    for (; text[colon] && (quoted || text[colon] != ':'); colon++)
        quoted = text[colon] == '"' ? !quoted : quoted;
    if (name == 0 || text[colon] != ':' || (text[name] != ':' && text[name] != ';'))
        return wrong(r, line->number, "is no line of a calendar: NAME:VALUE");
    char *upper = arena_copy_n(r->mem, text, name);
    for (char *c = upper; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    line->name = upper;
    line->params = arena_copy_n(r->mem, text + name, colon - name);
    line->value = arena_copy(r->mem, text + colon + 1);
    return NULL;
}

/* ---- Values ---------------------------------------------------------------------------------- */

static struct err *take_day(const struct ics *r, const struct line *line, int64_t *ret)
{
    const char *v = line->value;

    if (strlen(v) == 8 && strspn(v, "0123456789") == 8 &&
        day_parse(arena_printf(r->mem, "%.4s-%.2s-%.2s", v, v + 4, v + 6), ret))
        return NULL;
    if (strlen(v) > 8 && v[8] == 'T')
        return wrong(r, line->number,
                     "the event has a time of day: a holiday is a whole day, "
                     "DTSTART;VALUE=DATE:20261225");
    return wrong(r, line->number, arena_printf(r->mem, "'%.40s' is no day: 20261225, say", v));
}

/* P3D or P1W: whole days only. */
static struct err *take_length(const struct ics *r, const struct line *line, int64_t *ret)
{
    const char *v = line->value + (line->value[0] == '+');
    size_t n = strlen(v);
    uint64_t count;

    if (n < 3 || v[0] != 'P' || (v[n - 1] != 'D' && v[n - 1] != 'W') ||
        !text_to_u64(v + 1, n - 2, EVENT_DAYS_MAX, &count) || count == 0)
        return wrong(r, line->number, "the event does not last whole days: P1D, say");
    *ret = (int64_t)count * (v[n - 1] == 'W' ? 7 : 1);
    return NULL;
}

/* Backslashes hide what would mean something else; a name is one line. */
static const char *take_name(const struct ics *r, const char *value)
{
    struct buf out;

    buf_init(&out, r->mem, 1 << 20);
    buf_text(&out, "");
    for (const char *c = value; *c; c++) {
        bool hidden = *c == '\\' && c[1];
        c += hidden;
        buf_byte(&out, hidden && (*c == 'n' || *c == 'N') ? ' ' : (unsigned char)*c);
    }
    const char *name = text_trim(r->mem, text_printable(r->mem, out.at, out.n));
    size_t n = 0, step;
    for (; name[n]; n += step) {
        (void)text_code_point(name + n, strlen(name + n), &step);
        if (n + step > HOLIDAY_NAME_MAX)
            break;
    }
    return arena_copy_n(r->mem, name, n);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static struct err *add_day(struct ics *r, unsigned number, int64_t day, const char *name)
{
    if (r->days.n == HOLIDAYS_MAX)
        return wrong(r, number, arena_printf(r->mem, "there are more than %d days", HOLIDAYS_MAX));
    r->days.at[r->days.n++] = (struct holiday){day, name};
    return NULL;
}

static struct err *end_event(struct ics *r)
{
    const struct vevent *e = &r->event;

    r->seen_event = true;
    if (!e->has_start)
        return wrong(r, e->begun, "the event has no DTSTART");
    int64_t end = e->has_end ? e->end : e->start + (e->has_length ? e->length : 1);
    if (end <= e->start)
        return wrong(r, e->begun,
                     "the event ends before it begins: DTEND is the day after its last");
    if (end - e->start > EVENT_DAYS_MAX)
        return wrong(r, e->begun,
                     arena_printf(r->mem, "the event lasts longer than %d days", EVENT_DAYS_MAX));
    for (int64_t day = e->start; day < end && !e->cancelled; day++)
        TRY(add_day(r, e->begun, day, e->name));
    return NULL;
}

static struct err *take_property(struct ics *r, const struct line *line)
{
    struct vevent *e = &r->event;

    if (text_same(line->name, "DTSTART")) {
        e->has_start = true;
        return take_day(r, line, &e->start);
    }
    if (text_same(line->name, "DTEND")) {
        e->has_end = true;
        return take_day(r, line, &e->end);
    }
    if (text_same(line->name, "DURATION")) {
        e->has_length = true;
        return take_length(r, line, &e->length);
    }
    if (text_same(line->name, "RRULE") || text_same(line->name, "RDATE"))
        return wrong(r, line->number,
                     arena_printf(r->mem,
                                  "the event repeats (%s): export the days of each year as events "
                                  "of their own",
                                  line->name));
    if (text_same(line->name, "SUMMARY"))
        e->name = take_name(r, line->value);
    if (text_same(line->name, "STATUS"))
        e->cancelled = text_same(line->value, "CANCELLED");
    return NULL;
}

static bool inside(const struct ics *r, const char *what)
{
    return r->depth && text_same(r->open[r->depth - 1], what);
}

static struct err *take_line(struct ics *r, const struct line *line)
{
    if (text_same(line->name, "BEGIN")) {
        if (r->depth == NESTED_MAX)
            return wrong(r, line->number, "too much lies within another");
        if (r->depth == 0 && !text_same(line->value, "VCALENDAR"))
            return wrong(r, line->number, "a calendar begins with BEGIN:VCALENDAR");
        r->open[r->depth++] = line->value;
        if (inside(r, "VEVENT"))
            r->event = (struct vevent){.begun = line->number, .name = ""};
        return NULL;
    }
    if (r->depth == 0)
        return wrong(r, line->number, "a calendar begins with BEGIN:VCALENDAR");
    if (text_same(line->name, "END")) {
        if (!inside(r, line->value))
            return wrong(r, line->number,
                         arena_printf(r->mem, "END:%.40s ends what is not open: that is %s",
                                      line->value, r->open[r->depth - 1]));
        bool event = inside(r, "VEVENT");
        r->depth--;
        return event ? end_event(r) : NULL;
    }
    return inside(r, "VEVENT") ? take_property(r, line) : NULL;
}

static int by_day(const void *a, const void *b)
{
    const struct holiday *x = a, *y = b;

    return (x->day > y->day) - (x->day < y->day);
}

/* A stable order, by hand: of two names for a day the first one stays. */
static void sort_once(struct holidays *days)
{
    size_t n = 0;

    for (size_t i = 0; i < days->n; i++) {
        size_t k = 0;
        while (k < n && days->at[k].day != days->at[i].day)
            k++;
        if (k == n)
            days->at[n++] = days->at[i];
    }
    days->n = n;
    qsort(days->at, n, sizeof(*days->at), by_day);
}

struct err *calendar_holidays(struct arena *mem, struct bytes file, struct holidays *ret)
{
    const char *text = (const char *)file.at;
    bool marked = file.n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    struct ics r = {.mem = mem, .at = text + (marked ? 3 : 0), .end = text + file.n, .number = 1};

    if (!text_is_utf8(text, file.n))
        return err_field(mem, "file", "is not UTF-8");
    r.days.at = arena_array(mem, HOLIDAYS_MAX, sizeof(*r.days.at));
    while (r.at < r.end) {
        struct line line = {.number = r.number};
        const char *unfolded = unfold(&r);
        if (line.number > CALENDAR_LINES_MAX)
            return wrong(&r, line.number, "the calendar is too long");
        if (!*unfolded)
            continue;
        TRY(split(&r, unfolded, &line));
        TRY(take_line(&r, &line));
    }
    if (r.depth)
        return wrong(&r, r.number, arena_printf(mem, "END:%s is missing", r.open[r.depth - 1]));
    if (!r.seen_event)
        return err_field(mem, "file", "has no events: a calendar with VEVENT lines is wanted");
    sort_once(&r.days);
    *ret = r.days;
    return NULL;
}
