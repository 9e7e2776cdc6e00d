/* due.c - see due.h. A vector says what comes out, or that nothing can: with expect_error, or with
 * nulls where results would be. */
#include "support/due.h"

#include "domain/due.h"

#include <stdlib.h>
#include <string.h>

static int by_day(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static struct err *take_holidays(struct arena *mem, const json_t *days, struct due_place *place)
{
    int64_t *list = arena_array(mem, json_array_size(days) + 1, sizeof(*list));
    const json_t *day;
    size_t i;

    json_array_foreach (days, i, day) {
        const char *text = json_string_value(day);
        if (!text || !day_parse(text, &list[i]))
            return err_field(mem, "holidays", "'%s' is no day", text ? text : "?");
    }
    qsort(list, i, sizeof(*list), by_day);
    place->holidays = list;
    place->holidays_n = i;
    return NULL;
}

static struct err *take_weekend(struct arena *mem, const json_t *days, struct due_place *place)
{
    const json_t *day;
    size_t i;

    json_array_foreach (days, i, day) {
        json_int_t n = json_integer_value(day);
        if (!json_is_integer(day) || n < 0 || n > 6)
            return err_field(mem, "weekend", "a weekday is a number from 0 to 6");
        place->weekend[n] = true;
    }
    return NULL;
}

static struct err *take_cutoffs(struct arena *mem, const json_t *cutoffs, struct due_place *place)
{
    for (int day = 0; day < 7; day++) {
        const char *text = json_text(cutoffs, (const char[]){(char)('0' + day), 0});
        place->cutoff[day] = DUE_CUTOFF;
        if (text)
            TRY(due_time_parse(mem, text, &place->cutoff[day]));
    }
    return NULL;
}

static struct err *compute(struct arena *mem, const json_t *file, const json_t *v, struct due *ret)
{
    const json_t *own = json_object_get(v, "cutoff");
    const char *anchor = json_text(v, "anchor_date"), *zone = json_text(v, "tz");
    struct due_rule rule = {0};
    struct due_place place = {0};
    struct zone *loaded;
    int64_t day;

    if (!anchor || !day_parse(anchor, &day))
        return err_field(mem, "anchor_date", "'%s' is no day", anchor ? anchor : "");
    if (!json_whole(v, "offset", &rule.offset))
        return err_field(mem, "offset", "is no whole number");
    TRY(due_unit_parse(mem, json_text(v, "unit"), &rule.unit));
    TRY(due_time_parse(mem, json_text(v, "time"), &rule.minute));
    if (json_object_get(v, "roll"))
        TRY(due_roll_parse(mem, json_text(v, "roll"), &rule.roll));
    TRY(zone_load(mem, zone ? zone : "", &loaded));
    place.zone = loaded;
    TRY(take_weekend(mem, json_object_get(v, "weekend"), &place));
    TRY(take_holidays(mem, json_object_get(v, "holidays"), &place));
    TRY(take_cutoffs(mem, json_is_object(own) ? own : json_object_get(file, "cutoff"), &place));
    return due_at(mem, &rule, &place, day, ret);
}

static bool expects_error(const json_t *v)
{
    const json_t *said = json_object_get(v, "expect_error"),
                 *utc = json_object_get(v, "expect_utc");

    return (said && !json_is_null(said) && !json_is_false(said)) || json_is_null(utc);
}

/* What came out, next to what must. */
static size_t differences(FILE *out, const char *name, const json_t *v, const struct due *due)
{
    char day[DAY_TEXT], instant[INSTANT_TEXT], utc[INSTANT_TEXT];
    size_t compared = 0, wrong = 0;

    day_format(due->day, day);
    instant_format(due->seconds * 1000, instant);
    snprintf(utc, sizeof(utc), "%.19sZ", instant);
    const char *const pairs[][2] = {
        {"expect_local_date", day}, {"expect_utc", utc}, {"expect_local", due->local}};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        const json_t *expected = json_object_get(v, pairs[i][0]);
        const char *text = json_string_value(expected);
        if (!expected)
            continue;
        compared++;
        if (text && strcmp(text, pairs[i][1]) == 0)
            continue;
        wrong++;
        fprintf(out, "FAILED %s: %s is %s, not %s\n", name, pairs[i][0] + 7, pairs[i][1],
                text ? text : "null");
    }
    if (!compared)
        fprintf(out, "FAILED %s: it expects nothing\n", name);
    return wrong + !compared;
}

static bool holds(struct arena *mem, const json_t *file, const json_t *v, FILE *out)
{
    const char *name = json_text(v, "name") ? json_text(v, "name") : "without a name";
    struct due due;
    struct err *e = compute(mem, file, v, &due);

    if (e && !expects_error(v))
        fprintf(out, "FAILED %s: %s%s%s\n", name, e->field ? e->field : "", e->field ? ": " : "",
                e->text);
    if (!e && expects_error(v))
        fprintf(out, "FAILED %s: it is due at %s, where an error must be\n", name, due.local);
    if (e || expects_error(v))
        return (e != NULL) == expects_error(v);
    return differences(out, name, v, &due) == 0;
}

struct err *due_vectors_run(struct arena *mem, const json_t *file, FILE *out, size_t *ret_passed,
                            size_t *ret_failed)
{
    const json_t *all = json_object_get(file, "vectors"), *v;
    size_t i, passed = 0;

    if (!json_array_size(all))
        return err_new(mem, ERR_INVALID, "the file has no 'vectors'");
    json_array_foreach (all, i, v) {
        passed += holds(mem, file, v, out);
    }
    *ret_passed = passed;
    *ret_failed = i - passed;
    return NULL;
}
