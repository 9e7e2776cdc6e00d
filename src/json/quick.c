/* quick.c - JSON as nearly all of it is: no fractions, no \u. What is otherwise, or wrong, is left
 * to jansson, which says what is wrong with it: nothing is taken here that it would refuse. */
#include "json_internal.h"

struct reading {
    struct arena *mem;
    const char *at, *end;
    int depth;
};

static json_t *value(struct reading *r);

/* The next that is no white space; 0 at the end, as for what is no JSON. */
static char next(struct reading *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
        r->at++;
    return r->at < r->end ? *r->at : '\0';
}

static bool take(struct reading *r, char c)
{
    if (next(r) != c)
        return false;
    r->at++;
    return true;
}

/* ---- Texts ---- */

static bool is_plain(char c)
{
    return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

/* The first of eight letters as the lowest. */
static uint64_t eight_of(const char *at)
{
    uint64_t eight;

    memcpy(&eight, at, sizeof(eight));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

/* How many of the next letters are such, eight at a time: the lowest bit that a subtraction leaves
 * is of the first that is none. */
static size_t plain_letters(const char *at, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    size_t i = 0;

    for (uint64_t eight; n - i >= sizeof(eight); i += sizeof(eight)) {
        eight = eight_of(at + i);
        uint64_t quote = eight ^ (ones * '"'), slash = eight ^ (ones * '\\');
        uint64_t none = (((eight - ones * ' ') & ~eight) | ((quote - ones) & ~quote) |
                         ((slash - ones) & ~slash)) &
                        highs;
        if (none)
            return i + (size_t)__builtin_ctzll(none) / 8;
    }
    while (i < n && is_plain(at[i]))
        i++;
    return i;
}

/* With \n and the like in it; *at stands behind the opening quote. */
static bool unescaped(struct reading *r, const char **ret, size_t *ret_n)
{
    static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *end = memchr(r->at, '"', (size_t)(r->end - r->at));

    while (end && end[-1] == '\\') /* perhaps too far: it is only for the room */
        end = memchr(end + 1, '"', (size_t)(r->end - end - 1));
    char *text = end ? arena_alloc(r->mem, (size_t)(end - r->at) + 1) : NULL, *to = text;
    while (to && r->at < end && *r->at != '"') {
        const char *letter = NULL;
        if (*r->at == '\\' && (!r->at[1] || !(letter = strchr(letters, r->at[1]))))
            return false;
        if (!letter && !is_plain(*r->at))
            return false;
        *to++ = letter ? means[letter - letters] : *r->at;
        r->at += letter ? 2 : 1;
    }
    *ret = text;
    *ret_n = (size_t)(to - text);
    return to && r->at < r->end && *r->at++ == '"';
}

static bool text(struct reading *r, const char **ret, size_t *ret_n)
{
    const char *from, *c, *end = r->end;

    if (!take(r, '"'))
        return false;
    from = r->at;
    c = from + plain_letters(from, (size_t)(end - from));
    if (c < end && *c == '\\')
        return unescaped(r, ret, ret_n);
    *ret = from;
    *ret_n = (size_t)(c - from);
    r->at = c + 1;
    return c < end && *c == '"';
}

static json_t *string(struct reading *r)
{
    const char *from;
    size_t n;

    return text(r, &from, &n) ? json_stringn_nocheck(from, n) : NULL;
}

/* ---- The others ---- */

/* As many as always fit; a number that has more is read by jansson. */
enum { DIGITS_MAX = 18 };

static json_t *whole(struct reading *r)
{
    bool below = take(r, '-');
    const char *from = r->at;
    json_int_t n = 0;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9' && r->at - from < DIGITS_MAX)
        n = n * 10 + (*r->at++ - '0');
    size_t digits = (size_t)(r->at - from);
    bool ends = r->at < r->end && strchr(",]} \n\t\r", *r->at) && *r->at;
    if (!digits || (digits > 1 && *from == '0') || !ends)
        return NULL;
    return json_integer(below ? -n : n);
}

static json_t *word(struct reading *r, const char *is, json_t *means)
{
    size_t n = strlen(is);

    if ((size_t)(r->end - r->at) < n || memcmp(r->at, is, n) != 0)
        return NULL;
    r->at += n;
    return means;
}

static json_t *array(struct reading *r)
{
    json_t *all = json_array();

    if (take(r, ']'))
        return all;
    do {
        json_t *one = value(r);
        if (!one || json_array_append_new(all, one) != 0)
            break;
        if (take(r, ']'))
            return all;
    } while (take(r, ','));
    json_decref(all);
    return NULL;
}

/* A name that stands there twice makes no more members. */
static bool member(struct reading *r, json_t *object, size_t n)
{
    const char *name;
    size_t name_n;

    if (!text(r, &name, &name_n) || !take(r, ':'))
        return false;
    json_t *one = value(r);
    return one && json_object_setn_new_nocheck(object, name, name_n, one) == 0 &&
           json_object_size(object) == n;
}

static json_t *object(struct reading *r)
{
    json_t *all = json_object();

    if (take(r, '}'))
        return all;
    for (size_t n = 1; next(r) && member(r, all, n); n++) {
        if (take(r, '}'))
            return all;
        if (!take(r, ','))
            break;
    }
    json_decref(all);
    return NULL;
}

static json_t *value(struct reading *r)
{
    json_t *is = NULL;

    switch (next(r)) {
    case '"':
        return string(r);
    case 't':
        return word(r, "true", json_true());
    case 'f':
        return word(r, "false", json_false());
    case 'n':
        return word(r, "null", json_null());
    case '{':
    case '[':
        if (r->depth == JSON_DEPTH)
            return NULL;
        r->depth++;
        is = *r->at++ == '{' ? object(r) : array(r);
        r->depth--;
        return is;
    default:
        return whole(r);
    }
}

json_t *json_quick(struct arena *mem, struct bytes text)
{
    const char *at = (const char *)text.at;
    struct reading r = {.mem = mem, .at = at, .end = at + text.n};

    if (!text.n || !text_is_utf8(at, text.n) || (next(&r) != '{' && next(&r) != '['))
        return NULL;
    json_t *is = value(&r);
    next(&r);
    if (is && r.at == r.end)
        return is;
    json_decref(is);
    return NULL;
}
