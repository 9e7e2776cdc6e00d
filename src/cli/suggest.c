/* suggest.c - which word was probably meant: the one that takes the fewest changed letters. */
#include "suggest.h"

#include "docs/docs.h"

#include <string.h>

enum { WORD_MAX_LETTERS = 40, WORDS_MAX = 128 };

/* Letters to add, drop, change or swap with their neighbour (Damerau and Levenshtein's distance).
 */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_MAX_LETTERS + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= m; j++)
        above[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = best < above[j] + 1 ? best : above[j] + 1;
            best = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[m];
}

const char *nearest(const char *word, const char *const *words)
{
    size_t n = strlen(word), best = n < 6 ? 1 : n / 3; /* more changes make any word of any */
    const char *found = NULL;

    if (n > WORD_MAX_LETTERS)
        return NULL;
    for (; *words; words++) {
        size_t m = strlen(*words);
        size_t d = m > WORD_MAX_LETTERS ? m : distance(word, n, *words, m);
        bool begins = n >= 3 && strncmp(*words, word, n) == 0;
        if (begins)
            d = 1;
        if (d < best || (d == best && !found)) {
            best = d;
            found = *words;
        }
    }
    return found;
}

static const char *did_you_mean(struct arena *mem, const char *word, const char *const *words)
{
    const char *meant = nearest(word, words);

    return meant ? arena_printf(mem, "; did you mean '%s'?", meant) : "";
}

struct err *unknown_option(struct arena *mem, const struct call *call, const char *word)
{
    const char *all[WORDS_MAX], *own = "";
    size_t n = 0;

    if (call->command)
        EACH_FIELD (f, &call->command->params) {
            all[n++] = docs_option(mem, f) + 2;
            if (!docs_is_argument(call->command, f))
                own = arena_printf(mem, "%s%s%s", own, *own ? ", " : "", docs_option(mem, f));
        }
    EACH_FIELD (f, &options_record)
        all[n++] = docs_option(mem, f) + 2;
    all[n] = NULL;
    const char *near = nearest(word + strspn(word, "-"), all);
    const char *meant = near   ? arena_printf(mem, "; did you mean '--%s'?", near)
                        : *own ? arena_printf(mem, "; it takes %s", own)
                               : "";
    if (!call->command)
        return err_new(mem, ERR_USAGE, "there is no option '%s' before a command%s", word, meant);
    return err_new(mem, ERR_USAGE, "'%s' has no option '%s'%s",
                   command_name(mem, call->noun, call->command), word, meant);
}

struct err *unknown_noun(struct arena *mem, const char *word)
{
    const char *all[WORDS_MAX];
    size_t n = 0;

    EACH_NOUN (noun, nouns)
        all[n++] = noun->name;
    all[n] = NULL;
    return err_new(mem, ERR_USAGE, "there is no '%s'%s; tenure --help lists all nouns", word,
                   did_you_mean(mem, word, all));
}

struct err *unknown_verb(struct arena *mem, const struct call *call, const char *word)
{
    const char *all[WORDS_MAX], *noun = call->noun->name;
    size_t n = 0;

    EACH_COMMAND (c, call->noun)
        all[n++] = c->verb;
    all[n] = NULL;
    return err_new(mem, ERR_USAGE, "there is no command '%s %s'%s; see tenure %s --help", noun,
                   word, did_you_mean(mem, word, all), noun);
}
