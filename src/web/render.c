/* render.c - see render.h. */
#include "render.h"

#include "base/bytes.h"
#include "json/json.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

const char *const language_tags[] = {"en", "fr"};

static const char *const *texts(enum language language)
{
    return language == FRENCH ? texts_fr : texts_en;
}

/* ---- Putting
 * ------------------------------------------------------------------------------------- */

void put_text(struct page *p, const char *text)
{
    if (text)
        buf_html(p->out, text);
}

void put_drawn(struct page *p, void (*draw)(struct page *p, const json_t *value),
               const json_t *value)
{
    struct drawn *known = p->drawn ? &p->drawn[((uintptr_t)value >> 4) % DRAWN] : NULL;
    size_t from = p->out->n;

    if (known && known->value == value && known->draw == draw) {
        buf_add(p->out, p->out->at + known->from, known->n);
        return;
    }
    draw(p, value);
    if (known)
        *known = (struct drawn){draw, value, from, p->out->n - from};
}

/* A scheme that runs something, or an address that another site could be meant by, is none. */
static bool is_address(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c <= ' ' || *c == 0x7f) /* browsers drop some: then it is another */
            return false;
    if (*text == '/')
        return text[1] != '/' && text[1] != '\\';
    return *text == '?' || *text == '#' || strncasecmp(text, "https://", 8) == 0 ||
           strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "mailto:", 7) == 0;
}

void put_address(struct page *p, const char *text)
{
    put_text(p, text && is_address(text) ? text : "#");
}

static bool stands_in_address(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void put_part(struct page *p, const char *text)
{
    for (size_t n; text && *text; text += n) {
        for (n = 0; stands_in_address((unsigned char)text[n]);)
            n++;
        buf_add(p->out, text, n);
        if (text[n])
            buf_printf(p->out, "%%%02X", (unsigned char)text[n++]);
    }
}

/* ---- Texts
 * --------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    return strcmp(a, *(const char *const *)b);
}

const char *text_of(enum language language, const char *key)
{
    const char *const *at = bsearch(key, text_keys, text_n, sizeof(*text_keys), by_key);

    return at ? texts(language)[at - text_keys] : NULL;
}

static const char *const *term_at(const char *english)
{
    return bsearch(english, terms, terms_n, sizeof(*terms), by_key);
}

bool is_term(const char *english)
{
    return term_at(english);
}

const char *term(const struct page *p, const char *english)
{
    const char *const *at = term_at(english);

    return p->language == FRENCH && at ? terms_fr[at - terms] : english;
}

/* English has one for 1, French for 0 and 1. */
bool is_one(enum language language, const json_t *count)
{
    json_int_t n =
        json_is_array(count) ? (json_int_t)json_array_size(count) : json_integer_value(count);

    return n == 1 || (language == FRENCH && n == 0);
}

static void put_filled(struct page *p, const char *text, size_t n, const struct filling *said,
                       size_t said_n)
{
    const char *end = text + n;

    while (text < end) {
        const char *brace = memchr(text, '{', (size_t)(end - text));
        size_t plain = (size_t)((brace ? brace : end) - text);
        buf_html_n(p->out, text, plain);
        if (!brace)
            return;
        const char *close = strchr(brace, '}');
        for (size_t i = 0; i < said_n; i++)
            if (strlen(said[i].name) == (size_t)(close - brace - 1) &&
                memcmp(said[i].name, brace + 1, (size_t)(close - brace - 1)) == 0)
                put_text(p, said[i].value);
        text = close + 1;
    }
}

void say(struct page *p, int place, const json_t *count, const struct filling *said, size_t n)
{
    const char *text = texts(p->language)[place], *other = strstr(text, " | ");

    if (other && is_one(p->language, count))
        put_filled(p, text, (size_t)(other - text), said, n);
    else
        put_filled(p, other ? other + 3 : text, strlen(other ? other + 3 : text), said, n);
}

/* "; q=0.5" behind a language, with white space where RFC 9110 allows it; 1 if it says none. What
 * is no number is 0. */
static double weight_of(const char *range, size_t n)
{
    const char *at = memchr(range, ';', n);

    if (!at)
        return 1;
    at += 1 + strspn(at + 1, " \t");
    if (tolower((unsigned char)*at) != 'q')
        return 1;
    at += 1 + strspn(at + 1, " \t");
    return *at == '=' && isdigit((unsigned char)at[1]) ? strtod(at + 1, NULL) : 0;
}

/* "fr-CH, fr;q=0.9, en; q=0.8" */
enum language language_of(const char *accept)
{
    enum language best = ENGLISH;
    double most = 0;

    while (accept && *accept) {
        accept += strspn(accept, " \t,");
        size_t n = strcspn(accept, ",");
        double weight = weight_of(accept, n);
        for (int l = 0; l < LANGUAGES; l++)
            if (strncasecmp(accept, language_tags[l], 2) == 0 &&
                !isalpha((unsigned char)accept[2]) && weight > most) {
                best = (enum language)l;
                most = weight;
            }
        accept += n;
    }
    return best;
}

/* ---- Looking at values
 * --------------------------------------------------------------------------- */

bool is_there(const json_t *value)
{
    if (json_is_string(value))
        return *json_string_value(value) != '\0';
    if (json_is_integer(value))
        return json_integer_value(value) != 0;
    if (json_is_array(value))
        return json_array_size(value) > 0;
    if (json_is_object(value))
        return json_object_size(value) > 0;
    return json_is_true(value) || json_is_real(value);
}

bool is_word(const json_t *value, const char *word)
{
    return text_same(json_string_value(value), word);
}

const json_t *literal(struct page *p, const char *text)
{
    return json_keep(p->mem, json_string(text));
}

const char *as_plain(struct page *p, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return text_of_whole(p->mem, json_integer_value(value));
    if (json_is_real(value))
        return arena_printf(p->mem, "%g", json_real_value(value));
    if (json_is_boolean(value))
        return text_of(p->language, json_is_true(value) ? "word.yes" : "word.no");
    return value && !json_is_null(value) ? json_compact(p->mem, value) : NULL;
}

const char *as_text(struct page *p, const json_t *value)
{
    (void)p;
    return json_string_value(value);
}

const char *english_of(struct arena *mem, const char *name)
{
    char *plain = arena_copy(mem, name);

    for (char *c = plain; *c; c++)
        if (*c == '_' || *c == '.')
            *c = ' ';
    return plain;
}

/* What is no word of the registry is shown as it stands. */
static bool is_name_of_ours(const char *text)
{
    return *text && strspn(text, "abcdefghijklmnopqrstuvwxyz_.") == strlen(text);
}

const char *as_word(struct page *p, const json_t *value)
{
    const char *word = as_plain(p, value);

    if (json_is_string(value) && is_term(word)) /* "role-changes", "loose ends" */
        return term(p, word);
    if (!json_is_string(value) || !is_name_of_ours(word))
        return word;
    return term(p, english_of(p->mem, word));
}

const char *as_count(struct page *p, const json_t *value)
{
    return as_number(p, json_keep(p->mem, json_integer((json_int_t)json_array_size(value))));
}

const char *as_short(struct page *p, const json_t *value)
{
    const char *text = as_plain(p, value);

    return text && strlen(text) > 12 ? arena_printf(p->mem, "%.12s…", text) : text;
}

/* 12,345 or 12 345 (with a narrow space that does not break). */
const char *as_number(struct page *p, const json_t *value)
{
    const char *digits = as_plain(p, value);
    struct buf out;

    if (!json_is_integer(value) || *digits == '-')
        return digits;
    buf_init(&out, p->mem, 100);
    for (size_t i = 0, n = strlen(digits); i < n; i++) {
        if (i && (n - i) % 3 == 0)
            buf_text(&out, p->language == FRENCH ? "\u202f" : ",");
        buf_byte(&out, (unsigned char)digits[i]);
    }
    return out.at;
}
