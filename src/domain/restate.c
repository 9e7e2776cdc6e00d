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

/* 0 to 9, or -1: the digits of ASCII, Arabic, Persian, Devanagari, Thai, and wide ones. */
static int digit_value(uint32_t c)
{
    static const uint32_t zeros[] = {'0', 0x0660, 0x06f0, 0x0966, 0x0e50, 0xff10};

    for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++)
        if (c >= zeros[i] && c < zeros[i] + 10)
            return (int)(c - zeros[i]);
    return -1;
}

/* The letter that stands there, in so many bytes; the rest of the text is not walked for its
 * length. */
static uint32_t letter_at(const char *at, size_t *ret_n)
{
    return text_code_point(at, strnlen(at, 4), ret_n);
}

/* How many digits the number has that the text begins with, 0 for none; its end and its value. */
static size_t read_number(const char *text, const char **ret_end, unsigned *ret_value)
{
    size_t digits = 0, n;

    *ret_value = 0;
    for (; *text; text += n, digits++) {
        int value = digit_value(letter_at(text, &n));
        if (value < 0)
            break;
        *ret_value = *ret_value * 10 + (unsigned)value;
    }
    *ret_end = text;
    return digits;
}

bool restate_says_day(const char *text, const char *day)
{
    const char *end;
    unsigned wanted, value;
    int64_t counted;
    size_t n;

    if (!day_parse(day, &counted)) /* no day of a calendar: only itself says it */
        return restate_says_word(text, day);
    read_number(day + strlen(day) - 2, &end, &wanted);
    for (const char *at = text; *at;) {
        size_t digits = read_number(at, &end, &value), hour = digits ? hour_behind(end) : 0;
        if (digits > 0 && digits <= 2 && !hour && value == wanted)
            return true;
        letter_at(at, &n);
        at = digits ? end + hour : at + n;
    }
    return false;
}

/* Letters of scripts that set no blank between words, and syllables that say as much as one: Thai,
 * Lao, Tibetan, Burmese, Khmer; Kana, Han and Hangul. */
static const struct range {
    uint32_t from, to;
} alone[] = {{0x0e01, 0x0e3a},   {0x0e40, 0x0e4e},  {0x0e81, 0x0ece}, {0x0f40, 0x0fbc},
             {0x1000, 0x103f},   {0x1100, 0x11ff},  {0x1780, 0x17d3}, {0x3040, 0x30fa},
             {0x30fc, 0x318f},   {0x31a0, 0x31bf},  {0x31f0, 0x31ff}, {0x3400, 0x4dbf},
             {0x4e00, 0x9fff},   {0xac00, 0xd7ff},  {0xf900, 0xfaff}, {0xff66, 0xffdc},
             {0x1b000, 0x1b16f}, {0x20000, 0x3ffff}};

/* Neither letters nor part of a word: signs, dashes and quotes, arrows, boxes, digits of some
 * scripts, pictures. */
static const struct range signs[] = {
    {0x0080, 0x00a9},   {0x00ab, 0x00b4}, {0x00b6, 0x00b9}, {0x00bb, 0x00bf}, {0x00d7, 0x00d7},
    {0x00f7, 0x00f7},   {0x060c, 0x060d}, {0x061b, 0x061f}, {0x0660, 0x066d}, {0x06d4, 0x06d4},
    {0x06f0, 0x06f9},   {0x0964, 0x096f}, {0x0e3f, 0x0e3f}, {0x0e4f, 0x0e5b}, {0x2000, 0x200b},
    {0x200e, 0x2070},   {0x2074, 0x207e}, {0x2080, 0x208e}, {0x20a0, 0x20cf}, {0x2190, 0x2bff},
    {0x2e00, 0x303f},   {0x30fb, 0x30fb}, {0xe000, 0xf8ff}, {0xfe10, 0xfe1f}, {0xfe30, 0xfe6f},
    {0xfeff, 0xfeff},   {0xff01, 0xff20}, {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0xffe0, 0xffff},
    {0x1f000, 0x1faff},
};

/* What begins no word and ends none: accents of their own, joiners, the hyphen that is not seen. */
static const struct range joins[] = {
    {0x00ad, 0x00ad}, {0x0300, 0x036f}, {0x200c, 0x200d}, {0xfe00, 0xfe0f}};

#define IS_IN(c, ranges) is_in((c), (ranges), sizeof(ranges) / sizeof(*(ranges)))

static bool is_in(uint32_t c, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    return false;
}

size_t restate_words(const char *text)
{
    size_t words = 0, left = strlen(text), n;
    bool within = false;

    for (const char *at = text; left > 0; at += n, left -= n) {
        uint32_t c = text_code_point(at, left, &n);
        bool ascii = c < 0x80, single = !ascii && IS_IN(c, alone);
        bool join = ascii ? is_part_of_a_word(*at) : IS_IN(c, joins);
        bool letter = ascii ? is_letter(*at) : !single && !join && !IS_IN(c, signs);
        words += single || (letter && !within);
        within = letter || (within && join);
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
