/* restate.c - see restate.h. */
#include "domain/restate.h"

#include "base/date.h"
#include "base/text.h"

#include <stdlib.h>
#include <strings.h>

#define DIGITS "0123456789"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_part_of_a_word(char c)
{
    return c == '-' || c == '_' || is_digit(c) || is_letter(c);
}

/* Where it stands as a whole, or NULL. */
static const char *find_word(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; n && *at; at++)
        if (strncasecmp(at, word, n) == 0 && (at == text || !is_part_of_a_word(at[-1])) &&
            !is_part_of_a_word(at[n]))
            return at;
    return NULL;
}

bool restate_says_word(const char *text, const char *word)
{
    return find_word(text, word);
}

/* 18h, 18h30 and 18:30 are hours: the length of what stands behind the number, or 0. */
static size_t hour_behind(const char *after)
{
    bool hour = (after[0] == ':' && is_digit(after[1])) ||
                ((after[0] == 'h' || after[0] == 'H') && !is_letter(after[1]));

    return hour ? 1 + strspn(after + 1, DIGITS) : 0;
}

bool restate_says_day(const char *text, const char *day)
{
    int64_t counted;

    if (!day_parse(day, &counted)) /* no day of a calendar: only itself says it */
        return restate_says_word(text, day);
    const char *of_month = day + strlen(day) - 2;
    long wanted = strtol(of_month, NULL, 10);
    for (const char *at = text; *at;) {
        size_t digits = strspn(at, DIGITS), hour = digits ? hour_behind(at + digits) : 0;
        if (digits > 0 && digits <= 2 && !hour && strtol(at, NULL, 10) == wanted)
            return true;
        at += digits ? digits + hour : 1;
    }
    return false;
}

/* Words of letters, of whatever script. */
size_t restate_words(const char *text)
{
    size_t words = 0;
    bool within = false;

    for (const char *at = text; *at; at++) {
        bool letter = is_letter(*at) || (unsigned char)*at >= 0x80;
        bool part = letter || (within && is_part_of_a_word(*at));
        words += letter && !within;
        within = part;
    }
    return words;
}

/* The longest first; the same ones, whatever their case, side by side. */
static int by_length(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    size_t x_n = strlen(x), y_n = strlen(y);

    return x_n != y_n ? (x_n < y_n ? 1 : -1) : strcasecmp(x, y);
}

size_t restate_words_beside(struct arena *mem, const char *text, const char *const *names, size_t n)
{
    const char **sorted = arena_array(mem, n + 1, sizeof(*sorted));
    char *left = arena_copy(mem, text);

    for (size_t i = 0; i < n; i++)
        sorted[i] = names[i];
    qsort(sorted, n, sizeof(*sorted), by_length);
    for (size_t i = 0; i < n; i++) {
        bool again = i > 0 && strcasecmp(sorted[i], sorted[i - 1]) == 0;
        const char *at = again ? NULL : find_word(left, sorted[i]);
        if (at)
            memset(left + (at - left), ' ', strlen(sorted[i]));
    }
    return restate_words(left);
}

size_t restate_words_wanted(size_t accounts, size_t faults)
{
    enum { AN_ACCOUNT = 4, A_FAULT = 2, MAX = 40 };
    size_t wanted = AN_ACCOUNT * accounts + A_FAULT * faults;

    return wanted < MAX ? wanted : MAX;
}
