/* sentences.c - sentences of the engine in another language, as a table that is quick to look up:
 * by a word that the pattern has and few others have; see weave.h. */
#include "base/map.h"
#include "base/text.h"
#include "weave_internal.h"

#include <ctype.h>
#include <stdlib.h>

enum { PATTERNS_MAX = 8192 };

struct pattern {
    const char *english, *french, *word;
    size_t literal; /* letters outside of the {1}s: the more, the closer is it meant */
};

static struct err *wrong(struct arena *mem, const char *file, const char *english,
                         const char *because)
{
    return err_new(mem, ERR_INVALID, "texts/%s: '%s' %s", file, english, because);
}

/* ---- Words
 * --------------------------------------------------------------------------------------- */

/* The next whole word of a pattern, which no hole touches, or NULL. */
static const char *next_word(struct arena *mem, const char *pattern, const char **at)
{
    for (const char *c = *at; *c;) {
        size_t n = 0;
        while (isalpha((unsigned char)c[n]))
            n++;
        if (!n) {
            c++;
            continue;
        }
        bool whole = (c == pattern || c[-1] != '}') && c[n] != '{';
        *at = c + n;
        if (whole)
            return arena_copy_n(mem, c, n);
        c += n;
    }
    return NULL;
}

static void count_words(struct arena *mem, const struct pattern *p, struct map *seen)
{
    const char *at = p->english, *word;

    while ((word = next_word(mem, p->english, &at))) {
        size_t *n = map_get(seen, word);
        if (!n) {
            n = arena_alloc(mem, sizeof(*n));
            map_set(seen, word, n);
        }
        ++*n;
    }
}

/* The word that the fewest others have: the longest of those. */
static const char *rarest(struct arena *mem, const struct pattern *p, const struct map *seen)
{
    const char *at = p->english, *word, *best = NULL;
    size_t fewest = 0;

    while ((word = next_word(mem, p->english, &at))) {
        size_t n = *(size_t *)map_get(seen, word);
        if (!best || n < fewest || (n == fewest && strlen(word) > strlen(best))) {
            best = word;
            fewest = n;
        }
    }
    return best;
}

/* ---- Holes
 * --------------------------------------------------------------------------------------- */

/* "}" or "|say}" behind {1. */
static bool is_hole(const char *at)
{
    static const char *const filters[] = {"}",     "|word}", "|state}", "|name}", "|number}",
                                          "|say}", "|day}",  "|text}",  "|role}", NULL};

    if (at[0] != '{' || at[1] < '1' || at[1] > '9')
        return false;
    for (size_t i = 0; filters[i]; i++)
        if (text_starts(at + 2, filters[i]))
            return true;
    return false;
}

/* A brace is a hole's. */
static bool is_whole(const char *text)
{
    for (; *text; text++)
        if (*text == '{' && !is_hole(text))
            return false;
    return true;
}

/* Which of {1} to {9} there are, as bits. */
static unsigned holes_in(const char *text)
{
    unsigned holes = 0;

    for (; *text; text++)
        if (is_hole(text))
            holes |= 1U << (text[1] - '0');
    return holes;
}

static size_t letters_in(const char *text)
{
    size_t n = 0;

    while (*text) {
        n += !is_hole(text);
        text += is_hole(text) ? strcspn(text, "}") + 1 : 1;
    }
    return n;
}

/* ---- As C
 * ---------------------------------------------------------------------------------------- */

static int by_word(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    int order = strcmp(x->word, y->word);

    if (!order && x->literal != y->literal)
        return x->literal > y->literal ? -1 : 1;
    return order ? order : strcmp(x->english, y->english);
}

static const char *written(struct arena *mem, const struct pattern *patterns, size_t n)
{
    struct buf out;

    buf_init(&out, mem, 16 << 20);
    buf_printf(&out, "\nconst size_t sentences_n = %zu;\nconst struct spoken sentences[] = {\n", n);
    for (size_t i = 0; i < n; i++) {
        buf_text(&out, "    {");
        write_c_text(&out, patterns[i].word, strlen(patterns[i].word));
        buf_text(&out, ", ");
        write_c_text(&out, patterns[i].english, strlen(patterns[i].english));
        buf_text(&out, ",\n     ");
        write_c_text(&out, patterns[i].french, strlen(patterns[i].french));
        buf_printf(&out, ", %zu},\n", patterns[i].literal);
    }
    buf_text(&out, "};\n");
    return out.at;
}

/* The lines of one file, behind those that are there. */
static struct err *read_patterns(struct arena *mem, const struct language_file *file,
                                 struct pattern *patterns, size_t *n)
{
    struct catalog *c;

    TRY(catalog_read(mem, file, 1, &c));
    for (size_t i = 0; i < catalog_size(c); i++) {
        struct pattern *p = &patterns[*n];
        if (++*n > PATTERNS_MAX)
            return wrong(mem, file->name, catalog_key(c, i), "is one too many");
        *p = (struct pattern){.english = catalog_key(c, i), .french = catalog_text(c, i)};
        p->literal = letters_in(p->english);
        if (!is_whole(p->english) || !is_whole(p->french))
            return wrong(mem, file->name, p->english, "has a { that is no {1}, {1|say}, …");
        if (holes_in(p->english) != holes_in(p->french))
            return wrong(mem, file->name, p->english, "has other {1}s than its translation");
    }
    return NULL;
}

struct err *sentences_code(struct arena *mem, const struct language_file *files, size_t files_n,
                           const char **ret)
{
    struct pattern *patterns = arena_array(mem, PATTERNS_MAX + 1, sizeof(*patterns));
    struct map *seen = map_new(mem);
    size_t n = 0;

    for (size_t i = 0; i < files_n; i++)
        TRY(read_patterns(mem, &files[i], patterns, &n));
    for (size_t i = 0; i < n; i++)
        count_words(mem, &patterns[i], seen);
    for (size_t i = 0; i < n; i++) {
        patterns[i].word = rarest(mem, &patterns[i], seen);
        if (!patterns[i].word)
            return wrong(mem, files->name, patterns[i].english, "has no whole word to find it by");
    }
    qsort(patterns, n, sizeof(*patterns), by_word);
    for (size_t i = 1; i < n; i++)
        if (strcmp(patterns[i].english, patterns[i - 1].english) == 0)
            return wrong(mem, files->name, patterns[i].english, "is there twice");
    *ret = written(mem, patterns, n);
    return NULL;
}
