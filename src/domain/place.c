/* place.c - see place.h. */
#include "domain/place.h"

#include "base/text.h"

#include <string.h>

const char *const place_weekdays[] = {"mon", "tue", "wed",  "thu", "fri",
                                      "sat", "sun", "none", NULL};
enum { FRIDAY = 4, SATURDAY = 5, SUNDAY = 6, NO_DAY = 7 };

static int weekday(const char *word, size_t n)
{
    for (int i = 0; place_weekdays[i]; i++)
        if (strlen(place_weekdays[i]) == n && strncmp(place_weekdays[i], word, n) == 0)
            return i;
    return -1;
}

void place_init(struct due_place *place, const struct zone *zone)
{
    *place = (struct due_place){.zone = zone};
    place->weekend[SATURDAY] = place->weekend[SUNDAY] = true;
    for (int day = 0; day < 7; day++)
        place->cutoff[day] = day < FRIDAY ? 16 * 60 : 12 * 60;
}

struct err *place_take_weekend(struct arena *mem, const struct list *words, struct due_place *place)
{
    bool free[7] = {false};
    size_t n = 0;

    if (words->n == 0)
        return NULL;
    for (size_t i = 0; i < words->n; i++) {
        int day = weekday(words->at[i], strlen(words->at[i]));
        if (day < 0)
            return err_field(mem, "weekend", "'%s' is no weekday: mon to sun", words->at[i]);
        if (day == NO_DAY && words->n > 1)
            return err_field(mem, "weekend", "is either none or some days");
        if (day == NO_DAY)
            break;
        n += !free[day];
        free[day] = true;
    }
    if (n == 7)
        return err_field(mem, "weekend", "leaves no day of the week to work on");
    memcpy(place->weekend, free, sizeof(free));
    return NULL;
}

struct err *place_take_cutoffs(struct arena *mem, const struct list *words, struct due_place *place)
{
    bool said[7] = {false};

    for (size_t i = 0; i < words->n; i++) {
        const char *word = words->at[i];
        size_t n = strcspn(word, "=");
        int day = weekday(word, n), minute;
        struct err *e = word[n] == '=' ? due_time_parse(mem, word + n + 1, &minute) : NULL;
        if (day < 0 || day == NO_DAY || word[n] != '=' || e || minute == DUE_CUTOFF)
            return err_field(mem, "cutoff", "'%s' is no cut-off: fri=12:00, say", word);
        if (said[day])
            return err_field(mem, "cutoff", "%s has two", place_weekdays[day]);
        said[day] = true;
        place->cutoff[day] = minute;
    }
    return NULL;
}
