/* sentence.c - sentences that the engine makes (refusals, reasons, what is left) in the reader's
 * language. The engine speaks English; texts/fr.sentences.txt has its patterns with holes and what
 * they are in French. A finished sentence is held against those patterns that share a rare word
 * with it, the closest is taken, and what was put in is put into the French one. What no pattern
 * fits stays as it is; tests/web/sentences.c sees to it that each has one. */
#define _GNU_SOURCE
#include "called.h"
#include "render.h"

#include "domain/machine.h"

#include <ctype.h>
#include <string.h>

enum { HOLES = 10, DEPTH_MAX = 4 };

struct holes {
    struct {
        const char *at;
        size_t n;
    } of[HOLES];
};

static const char *say_at_depth(struct page *p, const char *english, unsigned depth);

/* ---- What may be put in
 * -------------------------------------------------------------------------- */

enum filter {
    FILTER_NONE,
    FILTER_WORD,
    FILTER_STATE,
    FILTER_NAME,
    FILTER_NUMBER,
    FILTER_SAY,
    FILTER_DAY,
    FILTER_TEXT,
    FILTER_ROLE
};

/* {1|say} begins there. */
static enum filter filter_of(const char *hole)
{
    static const char *const names[] = {"}",     "|word}", "|state}", "|name}", "|number}",
                                        "|say}", "|day}",  "|text}",  "|role}"};
    size_t i = 0;

    while (!text_starts(hole + strlen("{1"), names[i])) /* weave has seen that it is one */
        i++;
    return (enum filter)i;
}

static enum filter filter_in(const char *text, char hole)
{
    while (!(text[0] == '{' && text[1] == hole))
        text++;
    return filter_of(text);
}

/* "in_progress", and "moderator" as a platform says it. */
static bool is_word_of_ours(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!islower((unsigned char)text[i]) && text[i] != '_')
            return false;
    return n > 0;
}

/* Is it no sentence, nor several? */
static bool is_plain(const char *text, size_t n)
{
    return !memmem(text, n, "; ", 2) && !memmem(text, n, ": ", 2);
}

/* A name, a number or a day is no sentence of its own; what stands in quotes may be anything. */
static bool may_hold(const struct spoken *s, const char *hole, const char *text, size_t n,
                     unsigned depth)
{
    switch (filter_in(s->french, hole[1])) {
    case FILTER_NAME:
        return n && !memchr(text, ' ', n);
    case FILTER_STATE: /* within a sentence, "Super admin" as a platform says it: no title of a seat
                        */
        return is_word_of_ours(text, n) || (depth > 0 && n && is_plain(text, n));
    case FILTER_NUMBER:
        return n && strspn(text, "0123456789") >= n;
    case FILTER_NONE:
        return (hole > s->english && hole[-1] == '\'') || is_plain(text, n);
    default:
        return true;
    }
}

/* ---- Does a pattern fit?
 * ------------------------------------------------------------------------- */

/* Each piece between holes where it comes first, and the last one at the end: when that does not
 * fit, nothing does. */
static bool fits(const struct spoken *s, const char *text, unsigned depth, struct holes *ret)
{
    const char *at = s->english, *end = text + strlen(text), *hole = NULL;

    for (;; at += strlen("{1}")) {
        size_t n = strcspn(at, "{"), left = (size_t)(end - text);
        const char *found = text;
        if (left < n)
            return false;
        if (hole)
            found = at[n] ? memmem(text, left, at, n) : end - n;
        if (!found || memcmp(found, at, n) != 0)
            return false;
        if (hole && *at == '{') { /* right behind another: that one has it all */
            ret->of[at[1] - '0'].at = text;
            ret->of[at[1] - '0'].n = 0;
            continue;
        }
        if (hole) {
            ret->of[hole[1] - '0'].n = (size_t)(found - text);
            if (!may_hold(s, hole, text, (size_t)(found - text), depth))
                return false;
        }
        text = found + n;
        at += n;
        if (!*at)
            return text == end;
        hole = at;
        ret->of[hole[1] - '0'].at = text;
    }
}

/* ---- Finding it
 * ---------------------------------------------------------------------------------- */

/* The first pattern whose word is not before that one. */
static size_t first_of(const char *word, size_t n)
{
    size_t low = 0, high = sentences_n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(sentences[middle].word, word, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_found_by(const struct spoken *r, const char *word, size_t n)
{
    return strncmp(r->word, word, n) == 0 && !r->word[n];
}

static const struct spoken *closest(const char *text, unsigned depth, struct holes *ret)
{
    const struct spoken *best = NULL;
    struct holes holes;

    for (const char *word = text; *word;) {
        size_t n = 0;
        while (isalpha((unsigned char)word[n]))
            n++;
        for (size_t i = n ? first_of(word, n) : sentences_n;
             i < sentences_n && is_found_by(&sentences[i], word, n); i++) {
            if (best && sentences[i].literal <= best->literal)
                break; /* those after it are not closer */
            if (!fits(&sentences[i], text, depth, &holes))
                continue;
            best = &sentences[i];
            *ret = holes;
            break;
        }
        word += n + (n == 0);
    }
    return best;
}

/* ---- In the other language
 * ----------------------------------------------------------------------- */

static const char *word_said(struct page *p, const char *text)
{
    const char *words = english_of(p->mem, text), *named = term(p, words);

    return named == words ? say_at_depth(p, text, DEPTH_MAX) : named;
}

/* "admin, hr or legal": each of them, with what stands between. */
static const char *words_said(struct page *p, const char *text)
{
    static const struct {
        const char *english, *french;
    } between[] = {{", ", ", "}, {" or ", " ou "}, {" and ", " et "}};
    const char *whole = word_said(p, text);
    struct buf out;

    if (whole != text)
        return whole;
    buf_init(&out, p->mem, 1 << 16);
    while (*text) {
        size_t n = strlen(text), which = 0, skip = 0;
        for (size_t i = 0; i < sizeof(between) / sizeof(*between); i++) {
            const char *at = strstr(text, between[i].english);
            if (at && (size_t)(at - text) < n) {
                n = (size_t)(at - text);
                which = i;
                skip = strlen(between[i].english);
            }
        }
        size_t ends = n;
        while (ends && text[ends - 1] == ' ')
            ends--;
        buf_text(&out, word_said(p, arena_copy_n(p->mem, text, ends)));
        buf_add(&out, text + ends, n - ends);
        buf_text(&out, skip ? between[which].french : "");
        text += n + skip;
    }
    return out.at ? out.at : "";
}

static const char *hole_said(struct page *p, const char *text, enum filter filter, unsigned depth)
{
    const char *words;

    switch (filter) {
    case FILTER_WORD:
    case FILTER_STATE:
        return words_said(p, text);
    case FILTER_SAY:
        text += strspn(text, " "); /* " for it" goes on a sentence */
        return say_at_depth(p, text, depth + 1);
    case FILTER_DAY:
        words = as_day(p, literal(p, text));
        return words ? words : text;
    default:
        return text;
    }
}

/* Does a command stand there that has not ended yet? What is put into one stays as it is typed. */
static bool is_in_command(const struct buf *out)
{
    const char *at = NULL;

    for (const char *next = out->n ? strstr(out->at, "tenure ") : NULL; next;
         next = strstr(next + 1, "tenure "))
        at = next;
    while (at && *at && !(strchr(",;:)(", at[0]) && (!at[1] || at[1] == ' ')))
        at++;
    return at && !*at;
}

/* "owner of li-page": a platform calls its roles as it likes, in every language. */
static const char *role_said(struct page *p, const char *text)
{
    static const char between[] = " of ";
    const char *of = NULL;
    struct buf out;

    for (const char *at = text; (at = strstr(at, between)); at++)
        of = at;
    if (!of)
        return text;
    buf_init(&out, p->mem, 1 << 16);
    buf_add(&out, text, (size_t)(of - text));
    buf_text(&out, p->language == FRENCH ? " de " : between);
    of += strlen(between);
    const char *named = p->names ? with_names(p, of) : of;
    if (p->language == FRENCH && named != of)
        put_elided(&out, named);
    else
        buf_text(&out, named);
    return out.at;
}

static const char *filling(struct page *p, const struct buf *out, const char *text,
                           enum filter filter, unsigned depth)
{
    bool may_be_key = filter == FILTER_NONE || filter == FILTER_NAME;

    if (filter == FILTER_ROLE)
        return role_said(p, text);
    if (may_be_key && p->names && !is_in_command(out))
        return with_names(p, text);
    return p->language == FRENCH || filter == FILTER_SAY ? hole_said(p, text, filter, depth) : text;
}

/* "d’Ivo Brandt", "qu’Ana": before a name of letters that begins with a vowel. */
static bool is_elided(const struct buf *out, const char *said)
{
    static const char vowels[] = "aeiouyAEIOUY";
    bool of_letters = *said && strchr(vowels, *said) && isalpha((unsigned char)said[1]);
    bool accented = text_starts(said, "\u00c9") || text_starts(said, "\u00e9");
    const char *end = out->n > 3 ? out->at + out->n : NULL;

    if (!end || !(of_letters || accented))
        return false;
    return strcmp(end - 4, " de ") == 0 || (out->n > 4 && strcmp(end - 5, " que ") == 0);
}

void put_elided(struct buf *out, const char *said)
{
    if (is_elided(out, said)) {
        out->n -= 2; /* "e " */
        out->at[out->n] = '\0';
        buf_text(out, "\u2019");
    }
    buf_text(out, said);
}

static const char *filled(struct page *p, const struct spoken *s, const struct holes *holes,
                          unsigned depth)
{
    struct buf out;

    buf_init(&out, p->mem, 1 << 16);
    for (const char *at = p->language == FRENCH ? s->french : s->english; *at;) {
        size_t n = strcspn(at, "{");
        buf_add(&out, at, n);
        at += n;
        if (!*at)
            break;
        size_t hole = (size_t)(at[1] - '0');
        const char *text = arena_copy_n(p->mem, holes->of[hole].at, holes->of[hole].n);
        const char *said = filling(p, &out, text, filter_in(s->french, at[1]), depth);
        if (p->language == FRENCH && said != text)
            put_elided(&out, said);
        else
            buf_text(&out, said);
        at += strcspn(at, "}") + 1;
    }
    return out.at ? out.at : "";
}

/* "what is wrong; what to do", "step 4: what is wrong": each half by itself. */
static const char *in_halves(struct page *p, const char *english, const char *between,
                             const char *french, unsigned depth)
{
    const char *at = strstr(english, between);

    if (!at)
        return NULL;
    const char *left = arena_copy_n(p->mem, english, (size_t)(at - english));
    const char *right = at + strlen(between);
    const char *left_said = say_at_depth(p, left, depth + 1);
    const char *right_said = say_at_depth(p, right, depth + 1);
    if (left == left_said && right == right_said)
        return NULL;
    return arena_printf(p->mem, "%s%s%s", left_said, french, right_said);
}

static const char *say_at_depth(struct page *p, const char *english, unsigned depth)
{
    const char *halves = NULL;
    struct holes holes;

    if (depth > DEPTH_MAX)
        return english;
    const struct spoken *r = closest(english, depth, &holes);
    if (r)
        return filled(p, r, &holes, depth);
    if (strchr(english, ' ') &&
        term(p, english) != english) /* what help says; no name has a space */
        return term(p, english);
    bool french = p->language == FRENCH;
    if (strchr(english, '_') && is_term(english_of(p->mem, english)))
        return term(p, english_of(p->mem, english));
    halves = in_halves(p, english, "; ", french ? "\u202f; " : "; ", depth);
    if (!halves)
        halves = in_halves(p, english, ": ", french ? "\u00a0: " : ": ", depth);
    return halves ? halves : english;
}

/* "S8 evidence: step 3 demands …": the condition of the machine that is not met is for programs and
 * for who reads its documents; people read what follows. "S3 bucket: …" is no condition: somebody
 * wrote it. */
static const char *without_code(struct page *p, const char *english)
{
    size_t code = strcspn(english, " "), both = strcspn(english, ":");

    if ((*english != 'H' && *english != 'S') || both <= code || !text_starts(english + both, ": "))
        return english;
    const char *guard = arena_copy_n(p->mem, english + code + 1, both - code - 1);
    return guard_is_of(arena_copy_n(p->mem, english, code), guard) ? english + both + 2 : english;
}

const char *in_language(struct page *p, const char *english)
{
    english = english ? without_code(p, english) : NULL;

    bool as_it_is = p->language == ENGLISH && !p->names;

    return english && !as_it_is ? say_at_depth(p, english, 0) : english;
}

const char *as_part(struct page *p, const json_t *value)
{
    const char *english = as_plain(p, value);

    return english ? say_at_depth(p, english, 1) : NULL;
}

const char *as_said(struct page *p, const json_t *value)
{
    return in_language(p, as_plain(p, value));
}
