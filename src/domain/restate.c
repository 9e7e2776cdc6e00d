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

bool restate_says_word(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; n && *at; at++)
        if (strncasecmp(at, word, n) == 0 && (at == text || !is_part_of_a_word(at[-1])) &&
            !is_part_of_a_word(at[n]))
            return true;
    return false;
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

size_t restate_words_wanted(size_t accounts, size_t faults)
{
    enum { AN_ACCOUNT = 4, A_FAULT = 2, MAX = 40 };
    size_t wanted = AN_ACCOUNT * accounts + A_FAULT * faults;

    return wanted < MAX ? wanted : MAX;
}
